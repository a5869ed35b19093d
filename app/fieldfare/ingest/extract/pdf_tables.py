"""Tables on a page: from ruled lines where there are some, else from aligned columns."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_layout import Line, lines_of
from fieldfare.ingest.extract.pdf_page import Box, PageContent, Word
from fieldfare.ingest.hazards import is_signal_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TOUCH = 3.5
DRAWN = 5  # curved or slanted shapes that make a ruled region a drawing: callout circles, parts, symbols


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows of equal length; `edges` are the x of the columns' borders, for joining tables over pages."""

    box: Box
    rows: tuple[tuple[str, ...], ...]
    header_rows: int
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawn box around running text, such as a warning's."""

    box: Box


def ruled(page: PageContent, lines: Sequence[Line]) -> tuple[list[Table], list[Panel]]:
    """Tables with borders or row lines, and boxes around text."""
    tables: list[Table] = []
    panels: list[Panel] = []
    words = [word for line in lines for word in line.words]
    for group in _groups([*page.rules, *page.frames]):
        box = reduce(Box.join, group)
        if box.width < 60 or box.height < 14:
            continue
        inside = [word for word in words if box.holds(word.box)]
        if len(inside) < 2 or sum(box.holds(shape) for shape in page.drawings) >= DRAWN:
            continue
        table = _from_rules(box, group, inside)
        if table is not None and not _is_warning(table):
            tables.append(table)
        elif _encloses(group, box):
            panels.append(Panel(box))
    tables = [one for one in tables if not any(other is not one and _within(one.box, other.box) for other in tables)]
    return tables, panels


def _is_warning(table: Table) -> bool:
    """Whether a table is a box whose left cell holds nothing but a signal word and whose right cell is the warning."""
    left = [row[0] for row in table.rows if row[0]]
    return len(left) == 1 and is_signal_word(left[0]) and len(table.rows[0]) <= 3


def _encloses(group: Sequence[Box], box: Box) -> bool:
    """Whether the lines make a closed box: one frame, or rules on its sides."""
    frame = any(item.width > 0.9 * box.width and item.height > 0.9 * box.height for item in group)
    sides = sum(item.width <= 3 and item.height > 0.7 * box.height for item in group)
    return frame or sides >= 2


def _within(inner: Box, outer: Box) -> bool:
    return outer.holds(inner) and inner.width * inner.height < outer.width * outer.height


def _groups(items: Sequence[Box]) -> list[list[Box]]:
    """Rules and frames that touch each other; and of those that are rules alone, the ones that stack to a table."""
    groups = _joined([[item] for item in sorted(items, key=lambda one: (one.y0, one.x0))], _touch)
    flat = [group for group in groups if all(item.height <= 3 for item in group)]
    closed = [group for group in groups if group not in flat]
    return closed + _joined(flat, _stacked)


def _joined(groups: Sequence[list[Box]], belong: Callable[[Box, Box], bool]) -> list[list[Box]]:
    result: list[list[Box]] = []
    for group in groups:
        near = [other for other in result if any(belong(one, item) for one in other for item in group)]
        result = [other for other in result if other not in near]
        result.append([*group, *(item for other in near for item in other)])
    return result


def _touch(one: Box, other: Box) -> bool:
    return one.near(other, _TOUCH)


def _stacked(one: Box, other: Box) -> bool:
    """Whether two row lines of the same width follow each other closely."""
    gap = max(other.y0 - one.y1, one.y0 - other.y1)
    return abs(one.x0 - other.x0) < 4 and abs(one.x1 - other.x1) < 4 and gap < 90


def _from_rules(box: Box, group: Sequence[Box], words: Sequence[Word]) -> Table | None:
    rows = set[float]()
    upright: list[tuple[float, float]] = []  # x and height of every vertical border
    for item in group:
        if item.height <= 3:
            if item.width > 0.5 * box.width or item.x0 <= box.x0 + _TOUCH:
                rows.add((item.y0 + item.y1) / 2)
        elif item.width <= 3:
            upright.append(((item.x0 + item.x1) / 2, item.height))
        else:
            upright += [(item.x0, item.height), (item.x1, item.height)]
            if item.width > 0.5 * box.width or item.x0 <= box.x0 + _TOUCH:
                rows |= {item.y0, item.y1}
    y_edges = _merge(sorted({*rows, box.y0, box.y1}), 5)
    columns = {
        x for x, _ in upright if sum(height for other, height in upright if abs(other - x) < 4) > 0.3 * box.height
    }
    x_edges = _merge(sorted({*columns, box.x0, box.x1}), 5)
    if len(x_edges) < 3:
        if len(y_edges) < 3:
            return None  # a frame with nothing drawn inside holds text
        x_edges = _columns_of(words, box)
    if len(x_edges) < 3:
        return None
    if len(y_edges) < 4:
        y_edges = _rows_of(words, x_edges, y_edges)
    if _is_heading([word for word in words if word.box.y1 <= y_edges[1] + 2], words):
        box = Box(box.x0, y_edges[1], box.x1, box.y1)
        y_edges = y_edges[1:]
        words = [word for word in words if box.holds(word.box)]
    return _table(box, _fill(words, x_edges, y_edges), x_edges)


def _is_heading(first: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether the first band holds an underlined heading that only touches the table: larger type than the rest."""
    sizes = sorted(word.size for word in words if word not in first)
    return bool(first and sizes) and min(word.size for word in first) > 1.15 * sizes[len(sizes) // 2]


def _merge(values: Sequence[float], distance: float) -> list[float]:
    merged: list[float] = []
    for value in values:
        if not merged or value - merged[-1] > distance:
            merged.append(value)
    return merged


def _columns_of(words: Sequence[Word], box: Box) -> list[float]:
    """Borders of columns where no word of the region crosses: white strips at least half an em wide."""
    size = sorted(word.size for word in words)[len(words) // 2]
    spans = sorted((line.box.x0, line.box.x1) for line in lines_of(words))
    edges = [box.x0]
    reach = spans[0][1]
    for left, right in spans[1:]:
        if left - reach > 0.5 * size:
            edges.append((left + reach) / 2)
        reach = max(reach, right)
    return [*edges, box.x1]


def _rows_of(words: Sequence[Word], x_edges: Sequence[float], bands: Sequence[float]) -> list[float]:
    """Borders of rows where lines are missing: a row begins where the first column has text after a gap or always."""
    first = lines_of([word for word in words if word.box.x0 < x_edges[1] - 1 and word.box.x1 <= x_edges[1] + 2])
    others = lines_of([word for word in words if word.box.x0 >= x_edges[1] - 1])
    starts = [line.box.y0 for line in first if any(abs(line.base - other.base) < 0.5 * line.size for other in others)]
    return _merge(sorted({*bands, *(start - 1 for start in starts)}), 5)


def _fill(words: Sequence[Word], x_edges: Sequence[float], y_edges: Sequence[float]) -> list[list[list[Word]]]:
    cells: list[list[list[Word]]] = [[[] for _ in x_edges[1:]] for _ in y_edges[1:]]
    for word in words:
        x = min(word.box.x0 + word.size, (word.box.x0 + word.box.x1) / 2)
        y = (word.box.y0 + word.box.y1) / 2
        column = sum(edge <= x for edge in x_edges[1:-1])
        row = sum(edge <= y for edge in y_edges[1:-1])
        cells[row][column].append(word)
    return cells


def _cell_text(words: Sequence[Word]) -> str:
    text = ""
    for line in lines_of(words):
        joiner = "" if re.search(r"[a-zäöüß]-$", text) and line.text[:1].islower() else " "
        text = f"{text[:-1] if not joiner else text}{joiner}{line.text}".strip()
    return text


def _table(box: Box, cells: list[list[list[Word]]], x_edges: Sequence[float]) -> Table | None:
    rows = [[_cell_text(cell) for cell in row] for row in cells]
    kept = [(row, source) for row, source in zip(rows, cells, strict=True) if any(row)]
    columns = [index for index in range(len(x_edges) - 1) if any(row[index] for row, _ in kept)]
    if len(columns) < 2 or len(kept) < 2:
        return None
    filled = sum(bool(row[index]) for row, _ in kept for index in columns)
    if filled < 0.4 * len(kept) * len(columns):
        return None
    texts = [tuple(row[index] for index in columns) for row, _ in kept]
    spans = any(left and not right for left, right in itertools.pairwise(texts[0]))
    if len(texts) > 2 and spans and bool(texts[0][0]) != bool(texts[1][0]) and all(texts[1][1:]):
        # Two rows of heads: the upper one spans columns, the first column's name spans both rows.
        upper = list(texts[0])
        for index in range(1, len(upper)):
            upper[index] = upper[index] or upper[index - 1]
        upper[0] = upper[0] or texts[1][0]
        return Table(box, (tuple(upper), (upper[0], *texts[1][1:]), *texts[2:]), 2, tuple(x_edges))
    bold = [all(word.bold for cell in source for word in cell) for _, source in kept]
    return Table(box, tuple(texts), _header_rows(texts, bold), tuple(x_edges))


def _header_rows(rows: Sequence[Sequence[str]], bold: Sequence[bool]) -> int:
    """One row where the first is set apart by type, or holds short words without figures above longer or counted ones."""
    first = rows[0]
    if not all(first) and sum(map(bool, first)) < 2:
        return 0
    if bold[0] and not all(bold):
        return 1
    plain = not any(re.search(r"\d", cell) for cell in first) and all(len(cell.split()) <= 5 for cell in first)
    below = [cell for row in rows[1:] for cell in row[1:]]
    counted = sum(bool(re.search(r"\d", cell)) for cell in below) >= 0.3 * max(len(below), 1)
    longer = sum(len(cell.split()) for cell in below) >= 4 * max(len(below), 1)
    return int(plain and (len(first) > 2 or counted or longer))


def aligned(lines: Sequence[Line], page: PageContent) -> list[Table]:
    """Tables without any rule: at least three rows whose pieces begin at the same places."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][0].base - line.base) < 0.4 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    found: list[Table] = []
    index = 0
    while index < len(rows):
        end = _run_end(rows, index)
        if end - index >= 3:
            table = _from_rows(rows[index:end], page)
            if table is not None:
                found.append(table)
                index = end
                continue
        index += 1
    return found


def _starts(row: Sequence[Line]) -> list[float]:
    return [line.box.x0 for line in row]


def _run_end(rows: Sequence[Sequence[Line]], index: int) -> int:
    """The first row that no longer fits the columns of the row at `index`."""
    columns = _starts(rows[index])
    if len(columns) < 2:
        return index
    end = index + 1
    while end < len(rows):
        row = rows[end]
        gap = row[0].base - rows[end - 1][0].base
        fits = all(any(abs(start - column) < 6 for column in columns) for start in _starts(row))
        if not fits or gap > 3.2 * row[0].size:
            break
        if len(row) == 1 and (abs(row[0].box.x0 - columns[0]) < 6 or gap > 1.9 * row[0].size):
            break
        end += 1
    return end


def _from_rows(rows: Sequence[Sequence[Line]], page: PageContent) -> Table | None:
    columns = _starts(rows[0])
    full = [row for row in rows if len(row) >= 2]
    if len(full) < 3:
        return None
    prose = sum(len(line.words) > 9 for row in rows for line in row)
    if len(columns) == 2 and prose > 0.5 * sum(len(row) for row in rows):
        return None  # two columns of text
    words = [word for row in rows for line in row for word in line.words]
    box = reduce(Box.join, (word.box for word in words))
    x_edges = [box.x0, *(column - 2 for column in columns[1:]), max(box.x1, page.width * 0.5)]
    first = [row for row in rows if abs(row[0].box.x0 - columns[0]) < 6]
    y_edges = [row[0].box.y0 - 1 for row in first] + [box.y1 + 1]
    return _table(box, _fill(words, x_edges, y_edges), x_edges)
