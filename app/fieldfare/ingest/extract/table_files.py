"""CSV files of codes and parts -> a document of tables, a file a section.

Separator, encoding and header are found out from the beginning of the file; rows are streamed in tables of bounded size,
so that a parts list of any length leaves the memory flat.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import os
import re
from typing import TYPE_CHECKING, TextIO

from fieldfare.domain import Remark, RemarkKind, Title
from fieldfare.errors import SourceError
from fieldfare.ingest.extract.grid import table_block
from fieldfare.ingest.extract.names import in_order, titled
from fieldfare.ingest.structure import Outline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".csv", ".tsv", ".tab")
_SEPARATORS = ";\t,|"
_SAMPLE = 1 << 16  # bytes that separator and encoding are found out from
_ROWS = 1000  # rows of one table: what a section may hold in memory
MAX_COLUMNS = 100
MAX_CELL = 20_000  # characters
_FIGURES = re.compile(r"[-+]?\d[\d.,\s]*+[a-zA-Z%°]{0,3}")


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Each file becomes a section under its name, in tables of at most 1000 rows with the header in each."""
    files = in_order(source.files, source.root)
    yield Title(text=titled(files[0].stem) if len(files) == 1 else "")
    outline = Outline()
    remarks: list[Remark] = []
    for file in files:
        outline.restart()
        yield from _tables(file, outline, remarks, progress)
    yield from outline.sections()
    yield from remarks


def _tables(file: Path, outline: Outline, remarks: list[Remark], progress: Progress) -> Iterator[Piece]:
    encoding = _encoding(file)
    title = titled(file.stem)
    size = max(file.stat().st_size, 1)
    with file.open(encoding=encoding, errors="replace", newline="") as stream:
        separator = _separator(stream)
        if separator == "sep":  # a first line `sep=;` that spreadsheet programs write
            separator = stream.readline().strip()[-1:]
        rows = _rows(stream, separator, file)
        opening = list(itertools.islice((row for row in rows if any(row)), 3))
        if not opening:
            remarks.append(
                Remark(kind=RemarkKind.LOST, where=file.name, text="the file holds no row: fill it or leave it out")
            )
            return
        headed = _is_header(opening)
        header, body = (opening[:1], opening[1:]) if headed else ([], opening)
        if not headed:
            text = "its first row was not taken for a header: put the names of the columns into the first row"
            remarks.append(Remark(kind=RemarkKind.DOUBT, where=file.name, text=text))
        every = itertools.chain(body, (row for row in rows if any(row)))
        begun = 0
        while (batch := list(itertools.islice(every, _ROWS))) or not begun:
            width = max(len(row) for row in (*header, *batch))
            if header and width > len(header[0]):
                text = (
                    f"a row among {begun + 1} to {begun + len(batch)} is longer than the header: check its separators"
                )
                remarks.append(Remark(kind=RemarkKind.DOUBT, where=file.name, text=text))
            block = table_block([[*row, *[""] * (width - len(row))] for row in (*header, *batch)], len(header), title)
            outline.heading(1, title)
            if block is not None:
                outline.add(block)
            begun += len(batch) or 1
            yield from outline.take()
            progress(
                f"reading {file.name}", min(os.lseek(stream.fileno(), 0, os.SEEK_CUR), size) >> 10, (size >> 10) or 1
            )


def _encoding(file: Path) -> str:
    """UTF-8 or UTF-16 by mark or by trial, else the Windows code page of western Europe."""
    with file.open("rb") as stream:
        head = stream.read(_SAMPLE)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        zeros = head[1::2].count(0), head[::2].count(0)
        if max(zeros) > len(head) / 5:
            return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while head:
                decoder.decode(head)
                head = stream.read(_SAMPLE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _separator(stream: TextIO) -> str:
    """The separator that divides the first lines most and most evenly; `sep` where the first line names it."""
    start = stream.tell()
    lines = [line for line in stream.read(_SAMPLE).splitlines()[:40] if line.strip()]
    stream.seek(start)
    if lines and re.fullmatch(r"\ufeff?sep=[;,|\t]", lines[0]):
        return "sep"

    def evenness(separator: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator)]
        most = max(set(counts), key=lambda count: (counts.count(count), count)) if counts else 1
        return (counts.count(most) / len(counts) if most > 1 else 0.0), most

    return max(_SEPARATORS, key=evenness)


def _rows(stream: TextIO, separator: str, file: Path) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 20)
    reader = csv.reader(stream, delimiter=separator)
    try:
        for row in reader:
            cells = [cell.strip()[:MAX_CELL] for cell in row[:MAX_COLUMNS]]
            while cells and not cells[-1]:
                cells.pop()
            yield cells
    except (csv.Error, UnicodeError) as error:
        text = f"{file.name}, line {reader.line_num}: {error}. Check the quotation marks there and save it again."
        raise SourceError(text) from error


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: distinct words, no bare figures, no shape that the rows below repeat."""
    first = rows[0]
    if not all(first) or len({cell.casefold() for cell in first}) < len(first) or len(rows) < 2:
        return False
    if any(_FIGURES.fullmatch(cell) or len(cell) > 80 for cell in first):
        return False
    shapes = [[re.sub(r"\d", "0", cell) for cell in row] for row in rows]
    return not any(
        "0" in one and all(one == other[i] for other in shapes[1:] if i < len(other)) for i, one in enumerate(shapes[0])
    )
