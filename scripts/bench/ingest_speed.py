"""Pages a second of the PDF reader, the share of its stages, its memory over a long manual, and a converter of the field.

    .venv/bin/python scripts/bench/ingest_speed.py [PDF ...] [--long 2000] [--peer PYTHON]

Without files it reads the Morserino manuals. Stages: `reading` is what stands on a page (text, shapes, what the eye sees; it
runs on all cores), `understanding` is what it means (tables, figures, order, paragraphs), `drawing` is the picture of each
page and figure, encoded. The peer is a converter that keeps pages and text, run in the same minute on one core, in an
environment of its own: `--peer PYTHON` names a Python that has pdfplumber (MIT), which also finds tables.
Memory: a generated manual of text, tables and drawings; the resident memory of the reading process each hundred pages.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from fieldfare.domain import Block, BlockKind, PictureSource, Section, Sheet
from fieldfare.ingest import pictures
from fieldfare.ingest.extract import pdf
from fieldfare.ingest.sources import DocumentSource

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
MANUALS = ROOT.parent / "shared" / "manuals" / "morserino"
_PEER = """
import sys, time, importlib.metadata, pdfplumber
began = time.perf_counter(); pages = tables = 0
for name in sys.argv[1:]:
    with pdfplumber.open(name) as document:
        for page in document.pages:
            page.extract_text(); tables += len(page.extract_tables()); pages += 1; page.close()
print(f"pdfplumber {importlib.metadata.version('pdfplumber')}", pages, time.perf_counter() - began)
"""


def source_of(file: Path) -> DocumentSource:
    return DocumentSource(base=file.parent, root=file.parent, files=(file,), form="pdf", title="", language="en")


def _read(job: tuple[Path, int, int]) -> int:
    file, first, last = job
    return sum(1 for _ in pdf.read_pages((source_of(file), first, last), lambda *_: None))


def _draw(sources: list[PictureSource]) -> int:
    return sum(1 for _ in pictures.draw(sources, lambda *_: None))


def speed(files: list[Path]) -> None:
    """The stages one after the other, each on the cores that it uses in a build."""
    cores = os.cpu_count() or 1
    jobs, counts = [], {}
    for file in files:
        (counts[file],) = pdf.count_pages(source_of(file), lambda *_: None)
        jobs += [(file, start, min(start + 25, counts[file])) for start in range(0, counts[file], 25)]
    total = sum(counts.values())
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(_read, jobs[:cores]))  # the processes are started and their modules loaded
        began = time.perf_counter()
        list(pool.map(_read, jobs))
        reading = time.perf_counter() - began
        inside = _Clock(pdf.read_page)  # `extract` alone reads the pages too: only the rest is understanding
        pdf.read_page = inside
        began = time.perf_counter()
        found: list[PictureSource] = []
        for file in files:
            for piece in pdf.extract(source_of(file), lambda *_: None):
                if isinstance(piece, Sheet) and piece.picture:
                    found.append(piece.picture)
                elif isinstance(piece, Section):
                    found += [one.picture for one in piece.blocks if _has_picture(one) and one.picture]
        understanding = time.perf_counter() - began - inside.seconds
        began = time.perf_counter()
        batches = [found[start : start + 16] for start in range(0, len(found), 16)]
        list(pool.map(_draw, batches))
        drawing = time.perf_counter() - began
    spent = reading + understanding + drawing
    print(f"{total} pages of {len(files)} manuals, {cores} cores: {total / spent:.1f} pages a second")
    for name, seconds in (("reading", reading), ("understanding", understanding), ("drawing", drawing)):
        print(
            f"  {name:<14} {seconds:6.1f} s  {seconds / spent:5.0%}  {total / max(seconds, 1e-9):6.1f} pages a second"
        )


class _Clock:
    """A function that counts the seconds which it takes."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function
        self.seconds = 0.0

    def __call__(self, *arguments: object) -> object:
        began = time.perf_counter()
        try:
            return self._function(*arguments)
        finally:
            self.seconds += time.perf_counter() - began


def _has_picture(block: Block) -> bool:
    return block.kind is BlockKind.FIGURE


def peer(python: Path, files: list[Path]) -> None:
    """The converter of the field over the same files."""
    done = subprocess.run([python, "-c", _PEER, *map(str, files)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python} has no pdfplumber: {done.stderr.strip().splitlines()[-1]}")
    name, version, pages, seconds = done.stdout.split()
    print(f"{name} {version}, text and tables only, one core: {int(pages) / float(seconds):.1f} pages a second")


def memory(pages: int) -> None:
    """Resident memory while a generated manual is read."""
    with tempfile.TemporaryDirectory(prefix="fieldfare-speed-") as scratch:
        file = Path(scratch) / "long.pdf"
        make_manual(file, pages)
        process, seen, done = psutil.Process(), [], 0
        for piece in pdf.extract(source_of(file), lambda *_: None):
            if isinstance(piece, Sheet):
                done += 1
                if done % 100 == 0:
                    seen.append(process.memory_info().rss / 1e6)
        print(f"{pages} pages, memory after each hundred, MB: {' '.join(f'{one:.0f}' for one in seen)}")
        print(f"  growth from the third hundred to the last: {seen[-1] - seen[min(2, len(seen) - 1)]:+.0f} MB")


def make_manual(target: Path, pages: int) -> None:
    """Text, a ruled table and a drawing on each page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(target), pagesize=A4)
    for page in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(60, 780, f"{page} Unit {page}")
        canvas.setFont("Helvetica", 10)
        for line in range(18):
            canvas.drawString(
                60,
                750 - 13 * line,
                f"Line {line} of unit {page}: close valve {line + page} before you open cover {page}.",
            )
        for row in range(9):
            canvas.line(60, 480 - 18 * row, 460, 480 - 18 * row)
            if row < 8:
                canvas.drawString(66, 467 - 18 * row, f"Part {page}-{row}" if row else "Part")
                canvas.drawString(266, 467 - 18 * row, f"{row * page % 97} N·m" if row else "Torque")
        for x in (60, 260, 460):
            canvas.line(x, 480, x, 480 - 18 * 8)
        for ring in range(12):
            canvas.circle(200, 200, 10 + 6 * ring)
            canvas.line(200, 200, 320, 140 + 10 * ring)
        canvas.drawString(60, 90, f"Figure {page}: Unit {page}")
        canvas.showPage()
    canvas.save()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--long", type=int, default=2000, help="pages of the generated manual (0: none)")
    parser.add_argument("--peer", type=Path, help="a Python that has pdfplumber")
    options = parser.parse_args()
    files = options.files or sorted(MANUALS.glob("*.pdf"))
    if not files:
        raise SystemExit(f"{MANUALS} holds no PDF. Name the files to read.")
    speed(files)
    if options.peer:
        peer(options.peer, files)
    else:
        print("no peer: name a Python that has pdfplumber with --peer")
    if options.long:
        memory(options.long)


if __name__ == "__main__":
    main()
