"""How soon the first sentence of a page stands in another language, and the whole page: as the screen gets them.

    .venv/bin/python scripts/bench/translation_stream.py [--languages FOLDER] [--pages N] [--to de] [--approved]

The longest sections of the demo pack, a page each, through masks, engine and guard. --languages holds .argosmodel files; without it
a package is made that has the size of those that are published, whose words make no sense: most of what it says is refused and tried
again, which costs more than a good one does. `cold` loads the model first, `warm` has it loaded (Assistant.prepare_language).
Without --approved the pack's approved translations are left out, so that every sentence is the machine's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from fieldfare.domain.translation import Outcome, Text
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive
from fieldfare.translation import installation
from fieldfare.translation.engine import Engine
from fieldfare.translation.memory import Memory
from fieldfare.translation.terminology import Terminology
from fieldfare.translation.translator import Translator

ROOT = Path(__file__).resolve().parents[2]


def pages(archive: Archive, count: int) -> list[list[Text]]:
    """The longest sections, each as the texts of its passages."""
    sections: dict[tuple[str, ...], list[Text]] = {}
    for one in archive.passages(range(1, archive.manifest.passages + 1)).values():
        if one.kind.value not in {"table", "figure"}:
            text = Text(text=one.text, context=" > ".join(one.heading), hazard=one.kind.value == "hazard")
            sections.setdefault(one.heading, []).append(text)
    longest = sorted(sections.values(), key=lambda texts: -sum(len(one.text) for one in texts))
    return longest[:count]


def run(translator: Translator, page: list[Text], target: str, digest: str) -> tuple[float, float, int]:
    """Seconds to the first sentence that the machine decided and to the last, and how many it decided."""
    began, first, decided = time.perf_counter(), 0.0, 0
    made = {}
    for index, rendering in translator.translate(page, "en", target, pack="halden-gs40", pack_digest=digest):
        before = made.get(index)
        made[index] = rendering
        if before is not None:
            decided += 1
            first = first or time.perf_counter() - began
    assert not any(one.outcome is Outcome.PENDING for rendering in made.values() for one in rendering.sentences)
    return first, time.perf_counter() - began, decided


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--languages", type=Path, help="a folder of .argosmodel files")
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--to", default="de")
    parser.add_argument("--approved", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldfare-bench-") as scratch:
        os.environ["FIELDFARE_HOME"] = scratch
        files = installation.files_of(options.languages) if options.languages else [_made(Path(scratch))]
        known = [installation.install(file, unverified=True) for file in files]
        built = Path(scratch) / "demo.fpack"
        build(read_source(ROOT / "packs" / "halden-gs40"), built, None, lambda *_: None)
        archive = Archive(built)
        memory = Memory([archive]) if options.approved else None
        found = []
        for page in pages(archive, options.pages):
            engine = Engine(known)
            translator = Translator(engine, memory=memory, terminology=Terminology([archive]))
            cold = run(translator, page, options.to, "")
            engine.prepare("en", options.to)
            warm = run(translator, page, options.to, "")
            found.append((*cold, *warm))
            print(f"{len(page)} texts, {warm[2]} sentences by machine: cold {cold[0]:.2f} s, page {cold[1]:.2f} s; "
                  f"warm {warm[0]:.2f} s, page {warm[1]:.2f} s", flush=True)  # fmt: skip
        middle = [statistics.median(one[at] for one in found) for at in (0, 1, 3, 4)]
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; medians: first sentence cold {middle[0]:.2f} s, warm {middle[2]:.2f} s "
              f"(slowest {max(one[3] for one in found):.2f} s), page {middle[1]:.2f} and {middle[3]:.2f} s")  # fmt: skip
        archive.close()


def _made(folder: Path) -> Path:
    sys.path.insert(0, str(ROOT / "tests"))
    from languages import write_package

    return write_package(folder / "made.argosmodel", layers=6, width=512, vocabulary=32000, heads=8)


if __name__ == "__main__":
    main()
