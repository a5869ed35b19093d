"""How much of a page is read when it comes as a scan: words of six languages, with their accents, at several qualities.

    PYTHON scripts/bench/scans.py [--pdf FILE --pages 3 10]      (PYTHON has requirements/ocr.txt installed)

A page of sentences in six languages (or pages of a PDF with a text layer) is drawn, turned, and made grainy; printed are the
share of its words, spelt exactly as printed, that come back, and the share of words that the recognition doubts.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from fieldfare.ingest.extract import ocr, pdf
from fieldfare.ingest.sources import DocumentSource

QUALITIES = ((300, 0.0, 6), (200, 1.5, 14), (200, -3.0, 14), (150, 1.0, 20))  # dots an inch, degrees, grain of 255
_SENTENCES = (
    "Close the fuel valve and wait until the engine has cooled below 40 °C.",
    "Schließen Sie das Kraftstoffventil; prüfen Sie Öl, Kühlmittel und Größe der Dichtung.",
    "Fermez la vanne, vérifiez le niveau d'huile et débranchez la borne négative à côté du réservoir.",
    "Cierre la válvula de combustible y espere más de diez minutos; el año está en la señal.",
    "Feche a válvula de combustível; a manutenção não é permitida com tensão na ligação à terra.",
    "Chiudere la valvola; la pressione è più alta perché l'unità non è stata scaricata, cioè 10,5 bar.",
)


def print_sentences(target: Path) -> None:
    """One page with the sentences in sizes from 8 to 12 points."""
    from reportlab.lib.pagesizes import A5
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    name = "Helvetica"
    for file in Path("/usr/share/fonts").rglob("LiberationSerif-Regular.ttf"):
        name = "Print"
        pdfmetrics.registerFont(TTFont(name, str(file)))
        break
    canvas = Canvas(str(target), pagesize=A5)
    y = 560.0
    for size in (8, 10, 12):
        for sentence in _SENTENCES:
            words = sentence.split()
            for start in range(0, len(words), 8):
                canvas.setFont(name, size)
                canvas.drawString(36, y, " ".join(words[start : start + 8]))
                y -= 1.35 * size
            y -= 2
    canvas.save()


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]{2,}", text))


def scan(page: object, dpi: int, degrees: float, grain: float, target: Path) -> None:
    sheet = page.render(scale=dpi / 72).to_pil().convert("L")  # type: ignore[attr-defined]
    turned = np.asarray(sheet.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)).astype(float)
    noise = np.random.default_rng(1).normal(0, grain, turned.shape)
    Image.fromarray((turned + noise).clip(0, 255).astype("uint8")).save(target, "PDF", resolution=dpi)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pdf", type=Path)
    parser.add_argument("--pages", type=int, nargs="+", default=[1])
    options = parser.parse_args()
    if not ocr.available():
        raise SystemExit(f"Nothing to measure: {ocr.INSTALL}.")
    with tempfile.TemporaryDirectory(prefix="fieldfare-scans-") as folder:
        printed = options.pdf or Path(folder) / "printed.pdf"
        if options.pdf is None:
            print_sentences(printed)
        document = pypdfium2.PdfDocument(str(printed))
        print(f"{'dpi':>4} {'turned':>7} {'grain':>6} {'words':>6} {'read':>7} {'doubted':>8}")
        for dpi, degrees, grain in QUALITIES:
            wanted, found, doubted, total = Counter[str](), Counter[str](), 0, 0
            for number in options.pages:
                page = document[number - 1]
                wanted += words_of(page.get_textpage().get_text_bounded())
                target = Path(folder) / "scan.pdf"
                scan(page, dpi, degrees, grain, target)
                source = DocumentSource(base=target.parent, root=target.parent, files=(target,), form="pdf", title="",
                                        language="")  # fmt: skip
                (content,) = pdf.read_pages((source, 0, 1), lambda *_: None)
                found += words_of(" ".join(word.text for word in content.words))
                doubted += sum(word.confidence < ocr.UNSURE for word in content.words)
                total += len(content.words)
            read = sum((wanted & found).values()) / max(sum(wanted.values()), 1)
            print(f"{dpi:4} {degrees:+6.1f}° {grain:6} {sum(wanted.values()):6} {read:7.1%} "
                  f"{doubted / max(total, 1):8.1%}", flush=True)  # fmt: skip
        document.close()


if __name__ == "__main__":
    main()
