"""A folder of Markdown printed to PDF by Chromium, in several looks: what a vendor's PDF of the same manual would be.

The Markdown becomes HTML by our own renderer. Looks: `plain` (one column, the browser's own running head and foot), `book`
(contents with page numbers, chapters on new pages, running heads, serif type), `columns` (two columns, small type,
hyphenated and justified, warnings in shaded boxes, tables without upright lines).
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import pypdfium2

from fieldfare.ingest.extract import markdown
from fieldfare.ingest.extract.pages import Pictures, _order
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from fieldfare.domain import Remark

LOOKS = ("plain", "book", "columns")
_MARGIN_BOXES = """
@page {{ size: A4; margin: 22mm 18mm 20mm 18mm;
  @top-left {{ content: "{title}"; font: 8pt sans-serif; }}
  @bottom-right {{ content: counter(page); font: 8pt sans-serif; }} }}
"""
_STYLE = {
    "plain": """@page { size: A4; margin: 20mm }
        body { font: 11pt/1.4 "Liberation Sans"; }
        table { border-collapse: collapse } th, td { border: 1px solid #555; padding: 3px 6px }
        .admonition { border: 2px solid #333; padding: 4px 10px; margin: 8px 0 } .admonition > .word { font-weight: bold }""",
    "book": """body { font: 10.5pt/1.35 "Liberation Serif"; } h1 { break-before: page; font-size: 20pt }
        h1, h2, h3 { font-family: "Liberation Sans" } table { border-collapse: collapse; width: 100% }
        th, td { border-bottom: 0.7pt solid #333; padding: 3px 6px; text-align: left } th { background: #ddd }
        .admonition { border-left: 5px solid #c60; padding: 2px 12px; margin: 8px 0 } .admonition > .word { font-weight: bold }
        .toc div { display: flex } .toc span.dots { flex: 1; border-bottom: 1px dotted #999; margin: 0 4px }""",
    "columns": """body { font: 8.8pt/1.3 "DejaVu Serif Condensed", serif; columns: 2; column-gap: 9mm; text-align: justify; hyphens: auto }
        h1 { font-size: 15pt; column-span: all } h2 { font-size: 12pt } h3 { font-size: 10pt } table { border-collapse: collapse }
        th, td { border-top: 0.5pt solid #999; border-bottom: 0.5pt solid #999; padding: 2px 4px; text-align: left; hyphens: none }
        table.wide { column-span: all }
        .admonition { background: #f3e3c8; border: 1px solid #b80; padding: 3px 8px; margin: 6px 0 }
        .admonition > .word { font-weight: bold; text-align: center; display: block }""",
}  # fmt: skip
_COMMON = "img, svg { max-width: 100%; max-height: 11cm } pre { white-space: pre-wrap } body { orphans: 2; widows: 2 }"


def chromium() -> str:
    """The browser; SystemExit says what to install."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise SystemExit("Chromium prints the PDF. On Debian: apt-get install chromium")
    return found


def print_folder(folder: Path, target: Path, look: str, language: str = "en", pictures: Path | None = None) -> int:
    """Print all Markdown below a folder to one PDF; the number of its pages. `pictures` is where pictures are looked for."""
    title, body = render(folder, language, pictures or folder)
    contents = ""
    if look == "book":
        draft = target.with_suffix(".draft.pdf")
        _print(_document(title, body, look, language), draft)
        contents = _contents(draft, body, shift=1)
        draft.unlink()
    _print(_document(title, contents + body, look, language), target, heads=look == "plain")
    pdf = pypdfium2.PdfDocument(str(target))
    try:
        return len(pdf)
    finally:
        pdf.close()


def render(folder: Path, language: str, pictures: Path) -> tuple[str, str]:
    """The title and the HTML of all files of a folder, in the order in which a pack reads them."""
    remarks: list[Remark] = []
    finder = Pictures(pictures, language, remarks)
    pages = []
    for file in sorted([*folder.rglob("*.md"), *folder.rglob("*.mdx")]):
        text = file.read_text(encoding="utf-8", errors="replace")
        if text.strip():
            page = markdown.convert(text, remarks, file.name)
            pages.append((_order(file, folder, page.order), file, page))
    pages.sort(key=lambda entry: entry[0])
    parts = []
    for _, file, page in pages:
        root = lxml.html.fragment_fromstring(page.html, create_parent="div")
        for picture in root.iter("img"):
            found = finder.find(picture.get("src") or "", folder=file.parent, name=file.name)
            picture.set("src", Path(found.file).as_uri() if found else "")
        for box in root.iter("div"):
            kind = (box.get("class") or "").split()
            if kind[:1] == ["admonition"]:
                word = lxml.html.fragment_fromstring(f'<div class="word">{html.escape(kind[-1].upper())}</div>')
                said = box.get("data-title") or ""
                if said:
                    word.tail = said
                box.insert(0, word)
        for table in root.iter("table"):
            if len(table.xpath("(.//tr)[1]/*")) > 4:
                table.set("class", "wide")
        for heading in root.iter("h1", "h2", "h3", "h4", "h5"):
            level = min(int(heading.tag[1]) + (1 if page.title else 0), 6)
            heading.tag = f"h{level}"
        head = f"<h1>{html.escape(page.title)}</h1>" if page.title else ""
        parts.append(head + lxml.html.tostring(root, encoding="unicode"))
    first = next((page.title for *_, page in pages if page.title), folder.name)
    return first, "".join(parts)


def _document(title: str, body: str, look: str, language: str) -> str:
    boxes = "" if look == "plain" else _MARGIN_BOXES.format(title=title.replace('"', "'"))
    style = f"{boxes}{_STYLE[look]}{_COMMON}"
    return (f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
            f"<style>{style}</style></head><body>{body}</body></html>")  # fmt: skip


def _print(document: str, target: Path, *, heads: bool = False) -> None:
    with tempfile.TemporaryDirectory(prefix="fieldfare-print-") as scratch:
        page = Path(scratch) / "manual.html"
        page.write_text(document, encoding="utf-8")
        command = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={scratch}/profile",
                   "--generate-pdf-document-outline", f"--print-to-pdf={target}", page.as_uri()]  # fmt: skip
        if not heads:
            command.insert(-1, "--no-pdf-header-footer")
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if not target.exists():
            raise SystemExit(f"Chromium printed nothing: {done.stderr[-500:]}")


def _contents(printed: Path, body: str, shift: int) -> str:
    """A table of contents with the page numbers that the headings have in a first print."""
    pdf = pypdfium2.PdfDocument(str(printed))
    texts = [squeeze(pdf[index].get_textpage().get_text_bounded()) for index in range(len(pdf))]
    pdf.close()
    rows, page = [], 0
    for level, title in re.findall(r"<h([12])[^>]*>(.*?)</h\1>", body, re.DOTALL):
        name = squeeze(html.unescape(re.sub(r"<[^>]+>", "", title)))
        page = next((index for index in range(page, len(texts)) if name in texts[index]), page)
        indent = "&nbsp;" * 6 * (int(level) - 1)
        rows.append(f"<div>{indent}{html.escape(name)}<span class=dots></span>{page + 1 + shift}</div>")
    return f'<h1 style="break-before: auto">Contents</h1><div class="toc">{"".join(rows)}</div>'
