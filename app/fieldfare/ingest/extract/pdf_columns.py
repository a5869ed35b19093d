"""Tables on a page that nothing draws: rows whose pieces stand in the same columns."""

from __future__ import annotations

import itertools
import re
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_heads import header_rows, is_marked
from fieldfare.ingest.extract.pdf_layout import Line, join_lines, make_line
from fieldfare.ingest.extract.pdf_shapes import Box
from fieldfare.ingest.extract.pdf_tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 3  # fewer rows with several pieces are no table
_STRIP = 0.9  # ems of white between two columns
_GAP = 3.4  # ems between the baselines of two rows of one table
_WRAP = 1.6  # ems between the lines of one cell
_MARK = re.compile(r"[•●▪■◦‣–—-]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)]")
_Row = list[Line]


def aligned(lines: Sequence[Line]) -> list[tuple[Table, list[Line]]]:
    """Tables without any line, with the lines of text that they are made of; `lines` are those of one column of the page."""
    rows: list[_Row] = []
    for line in sorted(lines, key=lambda one: (one.base, one.box.x0)):
        if rows and abs(rows[-1][0].base - line.base) < 0.4 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda one: one.box.x0)
    found: list[tuple[Table, list[Line]]] = []
    index = 0
    while index < len(rows):
        end, columns = _extent(rows, index)
        table = _from_rows(rows[index:end], columns) if end - index >= ROWS else None
        if table is None:
            index += 1
        else:
            used = [line for line in lines if table.box.holds(line.box)]
            found.append((table, used))
            index = end
    return found


def _extent(rows: list[_Row], start: int) -> tuple[int, list[tuple[float, float]]]:
    """The end of the table that begins at a row, and the spans of its columns."""
    columns = [(line.box.x0, line.box.x1) for line in rows[start]]
    if len(columns) < 2:
        return start, columns
    size = rows[start][0].size
    end = start + 1
    while end < len(rows):
        row = rows[end] = _parted(rows[end], columns)
        gap = row[0].base - rows[end - 1][0].base
        if gap > _GAP * max(size, row[0].size) or abs(row[0].size - size) > 0.35 * size:
            break
        wider = _widened(columns, row, size)
        if len(wider) < len(columns) and not (end - start == 1 and len(row) == len(wider) >= 2):
            break
        if len(row) == 1:
            first = row[0].box.x0 < columns[1][0] - 2
            goes_on = gap <= _WRAP * size
            follows = (
                end + 1 < len(rows) and len(rows[end + 1]) >= 2 and rows[end + 1][0].base - row[0].base < _GAP * size
            )
            if not goes_on and not (first and follows and len(row[0].words) <= 8 and not row[0].text.endswith(".")):
                break
            if (
                first
                and goes_on
                and not follows
                and gap > 1.05 * (rows[end - 1][0].base - rows[max(end - 2, start)][0].base)
            ):
                break
        columns = wider
        end += 1
    while end > start and len(rows[end - 1]) == 1 and not _in_cell(rows[end - 1][0], rows[end - 2], size):
        end -= 1
    return end, columns


def _parted(row: _Row, columns: Sequence[tuple[float, float]]) -> _Row:
    """The row, its only piece cut where a word begins exactly at the second column: a wide first cell leaves little white."""
    if len(row) != 1 or row[0].box.x0 > columns[1][0] - 2 or len(row[0].words) < 2:
        return row
    words = row[0].words
    gaps = [right.box.x0 - left.box.x1 for left, right in itertools.pairwise(words)]
    usual = sorted(gaps)[(len(gaps) - 1) // 2] if len(gaps) > 1 else 1.0
    for index, gap in enumerate(gaps, 1):
        if abs(words[index].box.x0 - columns[1][0]) < 1.5 and gap > max(1.0, 1.2 * usual):
            return [make_line(words[:index]), make_line(words[index:])]
    return row


def _in_cell(line: Line, above: Sequence[Line], size: float) -> bool:
    """Whether a line goes on with a cell of the row above it."""
    return line.base - above[0].base <= _WRAP * size and any(
        abs(line.box.x0 - other.box.x0) < 3 * size or (line.box.x0 < other.box.x1 and other.box.x0 < line.box.x1)
        for other in above
    )


def _widened(columns: Sequence[tuple[float, float]], row: Sequence[Line], size: float) -> list[tuple[float, float]]:
    """The spans of columns after a row joined them; spans that touch become one."""
    spans = sorted([*columns, *((line.box.x0, line.box.x1) for line in row)])
    merged = [spans[0]]
    for low, high in spans[1:]:
        if low - merged[-1][1] < 0.5 * _STRIP * size:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _from_rows(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> Table | None:
    full = [row for row in rows if len(row) >= 2]
    if len(full) < ROWS or len(columns) < 2 or len(full) < 0.3 * len(rows):
        return None
    if not _is_regular(full, columns):
        return None
    prose = sum(len(line.words) > 9 for row in rows for line in row)
    if len(columns) == 2 and prose > 0.6 * sum(len(row) for row in rows):
        return None  # two columns of text
    lines = [line for row in rows for line in row]
    if all(_MARK.fullmatch(row[0].text) for row in full):
        return None  # a list with wide gaps after its marks
    box = reduce(Box.join, (line.box for line in lines))
    edges = [box.x0, *((one[1] + other[0]) / 2 for one, other in itertools.pairwise(columns)), box.x1]
    texts: list[list[list[Line]]] = []
    last = 0.0
    size = sorted(line.size for line in lines)[len(lines) // 2]
    leading = _leading(rows)
    for row in rows:
        cells: list[list[Line]] = [[] for _ in columns]
        for line in row:
            middle = (line.box.x0 + line.box.x1) / 2
            cells[sum(edge <= middle for edge in edges[1:-1])].append(line)
        wraps = bool(texts) and row[0].base - last <= max(1.25 * leading, _WRAP * size)
        goes_on = wraps and (not cells[0] or (len(row) == 1 and row[0].base - last <= 1.3 * size))
        if goes_on:
            for column, lines_ in enumerate(cells):
                texts[-1][column] += lines_
        else:
            texts.append(cells)
        last = row[0].base
    table = [tuple(join_lines(cell) for cell in cells) for cells in texts]
    marks = [
        (
            all(line.bold for cell in cells for line in cell),
            next(w.ink for c in cells for line in c for w in line.words),
            None,
        )
        for cells in texts
    ]
    if len(table) < 2:
        return None
    confidence = [word.confidence for line in lines for word in line.words]
    header = header_rows(table, marks, [False] * len(table))
    return Table(
        box,
        tuple(table),
        tuple(reduce(Box.join, (line.box for cell in cells for line in cell)) for cells in texts),
        min(header, len(table) - 1),
        tuple(edges),
        is_marked(marks),
        sum(confidence) / len(confidence),
    )


def _leading(rows: Sequence[_Row]) -> float:
    """The smallest usual distance between two baselines."""
    gaps = sorted(lower[0].base - upper[0].base for upper, lower in itertools.pairwise(rows))
    return gaps[len(gaps) // 4] if gaps else 0.0


def _is_regular(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether each column's pieces begin, end or centre at one place, as those of a table do."""
    regular = 0
    for low, high in columns:
        pieces = [line.box for row in rows for line in row if low - 1 <= (line.box.x0 + line.box.x1) / 2 <= high + 1]
        if len(pieces) < 2:
            continue
        best = 0
        for places in ([p.x0 for p in pieces], [p.x1 for p in pieces], [(p.x0 + p.x1) / 2 for p in pieces]):
            best = max(best, *(sum(abs(place - other) < 5 for other in places) for place in places))
        regular += best >= 0.6 * len(pieces)
    return regular >= min(len(columns), 2) and regular >= 0.6 * len(columns)
