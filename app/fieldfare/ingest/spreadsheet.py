"""A table that an author keeps in a spreadsheet and saves as CSV, with the names of its columns in the first row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from fieldfare.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


def rows(file: Path, data: bytes, complaint: Callable[[Sequence[str]], str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The line and the filled cells of every row by column, in small letters; the separator is found out.

    `complaint` says what is wrong with the columns, nothing where they will do. A SourceError names the line that is no row.
    """
    text = decode(file, data)
    heading = text.split("\n", 1)[0]
    mark = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    columns: list[str] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [cell.strip().casefold() for cell in cells]
                if wrong := complaint(columns):
                    raise SourceError(f"{file.name}, line {line}: {wrong}")
                continue
            if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                raise SourceError(
                    f"{file.name}, line {line}: {len(cells)} cells, but {len(columns)} columns. Put a cell that holds "
                    f"{mark!r} into quotes."
                )
            yield line, {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}
    except csv.Error as error:
        raise SourceError(
            f"{file.name}, line {reader.line_num}: not a table ({error}). Save the sheet as CSV again."
        ) from error


def decode(file: Path, data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 by its mark; a .csv may also be of the Windows code page of western Europe."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"] if file.suffix.lower() == ".csv" else ["utf-8-sig"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    raise SourceError(f"{file.name}, line {line}: not UTF-8 text. Save the file as UTF-8.")
