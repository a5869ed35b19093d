"""Tables on a page that lines or shaded cells draw: edges -> a grid -> cells, merged cells resolved.

Borders may be missing: columns are then parted by white strips, rows by where their first cell begins.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_groups import TOUCH, bridges, columns_of, groups_of, merge, runs_over, strips_of
from fieldfare.ingest.extract.pdf_heads import header_rows, is_marked, level_border, spread
from fieldfare.ingest.extract.pdf_layout import Line, join_lines, lines_of
from fieldfare.ingest.extract.pdf_shapes import THIN, Box
from fieldfare.ingest.extract.pdf_stripes import with_plain_rows
from fieldfare.ingest.hazards import is_alert_mark, is_signal_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_page import PageContent, Word

DRAWN = 5  # curved or slanted shapes that make a ruled region a drawing: callout circles, parts, symbols
_FEW = 9  # cells: a warning's icon, banner and text, and no table of its own
_COVERED = 0.55  # share of a side that must be drawn for it to part two cells


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows of equal length, each with its place in `row_boxes`; `edges` are the x of the columns' borders, for
    joining tables over pages; `marked` where type or colour sets the header apart. A `rest` has one row.
    """

    box: Box
    rows: tuple[tuple[str, ...], ...]
    row_boxes: tuple[Box, ...]
    header_rows: int
    edges: tuple[float, ...]
    marked: bool = False
    confidence: float = 1.0
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawn box around running text, such as a warning's; a `grid` is one with cells that hold too little for a table."""

    box: Box
    grid: bool = False


def ruled(page: PageContent, lines: Sequence[Line]) -> tuple[list[Table], list[Panel], list[Table]]:
    """Tables with borders, row lines or shaded rows; boxes around text; and single rows.

    A single row is among the boxes too: it is no table, unless the page before began its row.
    """
    tables: list[Table] = []
    rests: list[Table] = []
    panels: list[Panel] = []
    words = [word for line in lines for word in line.words]
    for group in groups_of([*page.rules, *_cells(page, words)], words):
        box = reduce(Box.join, group)
        if box.width < 60 or box.height < 14:
            continue
        inside = [word for word in words if box.holds(word.box)]
        drawn = sum(box.holds(shape.box) for shape in page.drawings if min(shape.box.width, shape.box.height) > THIN)
        if len(inside) < 2 or drawn >= DRAWN + len(inside) // 8:
            continue
        if _encloses(group, box) and _is_warning(box, group, inside):
            panels.append(Panel(box))
            continue
        table = _read(box, group, inside, page)
        if table is not None and not table.rest:
            tables.append(table)
            continue
        if table is not None:
            rests.append(table)
        if box.height < 0.5 * page.height and _is_grid(group, box):
            panels.append(Panel(box, grid=True))
        elif _encloses(group, box):
            panels += _bands(group, box, inside)
    tables = [one for one in tables if not any(other is not one and _within(one.box, other.box) for other in tables)]
    return tables, [one for one in panels if not any(table.box.covers(one.box) for table in tables)], rests


def _cells(page: PageContent, words: Sequence[Word]) -> list[Box]:
    """The rectangles of a page without those that only mark words inside a line of text, or repeat the colour of the
    cell in which they lie.
    """
    inner = set[Box]()
    by_fill: dict[int, list[Box]] = {}
    for box, fill in page.shades:
        by_fill.setdefault(fill, []).append(box)
    for boxes in by_fill.values():
        boxes.sort(key=lambda box: box.width * box.height, reverse=True)
        for number, box in enumerate(boxes):
            if any(other.covers(box, 0.8) and other != box for other in boxes[:number]):
                inner.add(box)
    frames = [frame for frame in dict.fromkeys(page.frames) if frame not in inner]
    return [frame for frame in frames if not _marks_words(frame, frames, words)]


def _marks_words(frame: Box, frames: Sequence[Box], words: Sequence[Word]) -> bool:
    inside = [word for word in words if frame.holds(word.box, 0)]
    if not inside or frame.height > 2.2 * inside[0].size:
        return False
    base, reach = inside[0].base, 0.9 * inside[0].size
    for word in words:
        if abs(word.base - base) > 2 or frame.holds(word.box, 0):
            continue
        beside = 0 <= word.box.x0 - frame.x1 < reach or 0 <= frame.x0 - word.box.x1 < reach
        if beside and not any(other is not frame and other.holds(word.box, 0) for other in frames):
            return True
    return False


def _encloses(group: Sequence[Box], box: Box) -> bool:
    """Whether the lines make a closed box: one frame, or rules on its sides; or a bar beside the text."""
    frame = any(item.width > 0.9 * box.width and item.height > 0.9 * box.height for item in group)
    sides = sum(item.width <= THIN and item.height > 0.7 * box.height for item in group)
    bands = sum(item.height <= THIN and item.width > 0.9 * box.width for item in group)
    return frame or sides >= 2 or bands >= 2


def _is_warning(box: Box, group: Sequence[Box], words: Sequence[Word]) -> bool:
    """Whether a box of few cells is one warning: a signal word alone over its text, signs such as `!` beside them aside."""
    lines = lines_of([word for word in words if not is_alert_mark(word.text)])
    if len(lines) < 2 or not is_signal_word(lines[0].text):
        return False
    beside = any(abs(line.base - lines[0].base) < 0.4 * lines[0].size for line in lines[1:])
    upright, level = _edges(group)
    cells = (len(_positions(upright, box.x0, box.x1)) - 1) * (len(_positions(level, box.y0, box.y1)) - 1)
    return not beside and cells <= _FEW and not any(is_signal_word(line.text) for line in lines[1:])


def _is_grid(group: Sequence[Box], box: Box) -> bool:
    """Whether lines run through a box in both directions."""
    upright, level = _edges(group)
    xs, ys = _positions(upright, box.x0, box.x1)[1:-1], _positions(level, box.y0, box.y1)[1:-1]
    return any(_length(upright, x, box.y0, box.y1) > 0.8 * box.height for x in xs) and any(
        _length(level, y, box.x0, box.x1) > 0.8 * box.width for y in ys
    )


def _bands(group: Sequence[Box], box: Box, words: Sequence[Word]) -> list[Panel]:
    """The boxes that stand on each other in a group, each by itself."""
    _, level = _edges(group)
    ys = [y for y in _positions(level, box.y0, box.y1) if _length(level, y, box.x0, box.x1) > 0.8 * box.width]
    ys = [box.y0, *(y for y in ys if box.y0 + TOUCH < y < box.y1 - TOUCH), box.y1]
    bands = [Box(box.x0, top, box.x1, bottom) for top, bottom in itertools.pairwise(ys)]
    return [Panel(band) for band in bands if any(band.holds(word.box, 0) for word in words)]


def _within(inner: Box, outer: Box) -> bool:
    return outer.holds(inner) and inner.width * inner.height < outer.width * outer.height


@dataclass(frozen=True, slots=True)
class _Edge:
    """A drawn side of cells: `at` is its x (or y), and it runs from `start` to `end` in the other direction."""

    at: float
    start: float
    end: float


def _edges(items: Sequence[Box]) -> tuple[list[_Edge], list[_Edge]]:
    """Upright and level sides of rules and cells."""
    upright: list[_Edge] = []
    level: list[_Edge] = []
    for item in items:
        if item.height <= THIN and item.width > item.height:
            level.append(_Edge((item.y0 + item.y1) / 2, item.x0, item.x1))
        elif item.width <= THIN:
            upright.append(_Edge((item.x0 + item.x1) / 2, item.y0, item.y1))
        else:
            upright += [_Edge(item.x0, item.y0, item.y1), _Edge(item.x1, item.y0, item.y1)]
            level += [_Edge(item.y0, item.x0, item.x1), _Edge(item.y1, item.x0, item.x1)]
    return upright, level


def _read(box: Box, group: Sequence[Box], words: list[Word], page: PageContent) -> Table | None:
    """The table of a group of borders, None where it is a box around text or a drawing."""
    upright, level = _edges(group)
    box, words = _with_tail(box, words, page, upright)
    box, words = with_plain_rows(box, group, words, page.words)
    ys = _positions(level, box.y0, box.y1)
    ys = [y for y in ys if _length(level, y, box.x0, box.x1) > 0.25 * box.width or y in {ys[0], ys[-1]}]
    if _underlined_heading(words, ys, [edge for edge in upright if box.x0 + 4 < edge.at < box.x1 - 4]):
        box = Box(box.x0, ys[1], box.x1, box.y1)
        words = [word for word in words if box.holds(word.box)]
        ys = ys[1:]
    xs = _positions(upright, box.x0, box.x1)
    xs = [x for x in xs if x in {xs[0], xs[-1]} or _length(upright, x, box.y0, box.y1) > 0.12 * box.height]
    drawn = len(xs) > 2
    if not drawn:
        bands = [
            any(top < (word.box.y0 + word.box.y1) / 2 < low for word in words) for top, low in itertools.pairwise(ys)
        ]
        if sum(bands) < 2:
            return None  # a frame with nothing drawn inside holds text
        xs = _joints(level, words, box) or columns_of(words, box)
        upright += [_Edge(x, box.y0, box.y1) for x in xs]
    elif _crossed(words, upright, xs):
        return None
    if len(xs) < 3 or not words:
        return None
    border = _head_border(words, xs, ys)
    more = [
        y for y in [*_row_starts(words, xs, ys), *([border] if border else [])] if min(abs(y - one) for one in ys) > 4
    ]
    level += [_Edge(y, box.x0, box.x1) for y in more]
    ys = sorted([*ys, *more])
    cells = _fill(words, xs, ys)
    shade = _row_shades(page, box, ys)
    table = _table(_Grid(box, xs, ys), _merged(cells, xs, ys, upright, level), cells, shade, levels=border is not None)
    filled = [row for row, texts in enumerate(cells) if any(texts)]
    if table is None and drawn and len(filled) == 1:
        row = Box(box.x0, ys[filled[0]], box.x1, ys[filled[0] + 1])  # the line of a running head may stand over it
        texts = tuple(map(_cell_text, cells[filled[0]]))
        return Table(row, (texts,), (row,), 0, tuple(xs), confidence=_confidence(words), rest=True)
    return table


def _head_border(words: Sequence[Word], xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """The y between two levels of the first row, None where it has one."""
    if len(ys) < 3:
        return None
    head = [word for word in words if ys[0] <= (word.box.y0 + word.box.y1) / 2 <= ys[1]]
    return level_border([
        lines_of([word for word in head if low <= (word.box.x0 + word.box.x1) / 2 < high])
        for low, high in itertools.pairwise(xs)
    ])  # fmt: skip


def _with_tail(box: Box, words: list[Word], page: PageContent, upright: Sequence[_Edge]) -> tuple[Box, list[Word]]:
    """The table with the row that the end of the page cuts off: text in its columns below its last line, and nothing else."""
    if any(edge.end - edge.start > 0.8 * box.height for edge in upright):
        return box, words  # its sides are drawn: it ends where they end
    strips = strips_of(words, box)
    below = [word for word in page.words if word.box.y0 >= box.y1 - 2 and word.box.x1 > box.x0 and word.box.x0 < box.x1]
    foot = 0.93 * page.height  # page numbers stand below
    lines = [line for line in lines_of(below) if line.base < foot]
    if not strips or not lines or lines[0].base - box.y1 > 2.2 * lines[0].size or len(lines) > 40:
        return box, words
    within = all(line.box.x0 >= box.x0 - 2 and line.box.x1 <= box.x1 + 2 for line in lines)
    crossing = bridges([word for line in lines for word in line.words], strips)
    several = len({sum(line.box.x0 >= end - 1 for _, end in strips) for line in lines}) > 1
    close = all(lower.base - upper.base < 2.2 * upper.size for upper, lower in itertools.pairwise(lines))
    if not (within and several and close) or crossing or lines[-1].base < 0.8 * page.height:
        return box, words
    tail = [word for line in lines for word in line.words]
    return reduce(Box.join, (line.box for line in lines), box), [*words, *tail]


def _positions(edges: Sequence[_Edge], low: float, high: float) -> list[float]:
    """Where edges stand, those within a cell's border taken as one."""
    return merge(sorted([*(edge.at for edge in edges), low, high]), 4.5)


def _length(edges: Sequence[_Edge], at: float, start: float, end: float) -> float:
    """How much of a stretch is drawn at a place."""
    spans = sorted(
        (max(edge.start, start), min(edge.end, end))
        for edge in edges
        if abs(edge.at - at) <= 3 and edge.end > start and edge.start < end
    )
    total, reach = 0.0, start
    for low, high in spans:
        total += max(0.0, high - max(low, reach))
        reach = max(reach, high)
    return total


def _crossed(words: Sequence[Word], upright: Sequence[_Edge], xs: Sequence[float]) -> bool:
    """Whether words run through the upright lines inside: then it is a drawing."""
    crossing = 0
    for word in words:
        middle = (word.box.y0 + word.box.y1) / 2
        crossing += any(
            word.box.x0 + 0.2 * word.size < x < word.box.x1 - 0.2 * word.size
            and any(abs(edge.at - x) <= 3 and edge.start < middle < edge.end for edge in upright)
            for x in xs[1:-1]
        )
    return crossing > max(1, 0.08 * len(words))


def _underlined_heading(words: Sequence[Word], ys: Sequence[float], inner: Sequence[_Edge]) -> bool:
    """Whether the first band holds an underlined heading that only touches the table: larger type than the rest, in one
    piece, with no upright line of the table (`inner`) beside it.
    """
    first = [word for word in words if word.box.y1 <= ys[1] + 2]
    sizes = sorted(word.size for word in words if word not in first)
    if not first or not sizes or len(ys) < 3 or any(edge.start < (ys[0] + ys[1]) / 2 < edge.end for edge in inner):
        return False
    lines = lines_of(first)
    in_pieces = any(abs(one.base - other.base) < 0.4 * one.size for one, other in itertools.pairwise(lines))
    return not in_pieces and min(word.size for word in first) > 1.15 * sizes[len(sizes) // 2]


def _joints(level: Sequence[_Edge], words: Sequence[Word], box: Box) -> list[float]:
    """Borders of columns where most row lines are pieced together, a piece a cell; empty where they run through."""
    ends = sorted(edge.end for edge in level if box.x0 + 4 < edge.end < box.x1 - 4)
    heights = {round(edge.at / 2) for edge in level}
    found = [x for x in merge(ends, 2) if len({round(edge.at / 2) for edge in level if abs(edge.end - x) < 2
             and any(abs(other.at - edge.at) < 1 and abs(other.start - x) < 2 for other in level)}) > 0.6 * len(heights)]  # fmt: skip
    crossing = sum(any(word.box.x0 < x - 2 and word.box.x1 > x + 2 for x in found) for word in words)
    return [box.x0, *found, box.x1] if found and crossing <= 0.05 * len(words) else []


def _row_starts(words: Sequence[Word], xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """Borders of rows where lines are missing: text of the first column that begins beside text of another, and either at
    a distance from what stands over it, or line by line in step with every other column.
    """
    found: list[float] = []
    for top, bottom in itertools.pairwise(ys):
        inside = [word for word in words if top <= (word.box.y0 + word.box.y1) / 2 <= bottom]
        first = lines_of([word for word in inside if word.box.x0 < xs[1] - 1 and word.box.x1 <= xs[1] + 2])
        if len(first) < 2:
            continue
        columns = [
            lines_of([word for word in inside if low <= word.box.x0 < high]) for low, high in itertools.pairwise(xs)
        ]
        others = [line for column in columns[1:] for line in column]
        counts = {len({round(line.base) for line in column}) for column in columns if column}
        in_step = len(first) >= 3 and len(counts) == 1 and all(columns)
        for above, line in itertools.pairwise(first):
            beside = any(abs(line.base - other.base) < 0.5 * line.size for other in others)
            if beside and (in_step or line.base - above.base > 1.6 * line.size):
                found.append(line.box.y0 - 1)
    return found


def _fill(words: Sequence[Word], xs: Sequence[float], ys: Sequence[float]) -> list[list[list[Word]]]:
    cells: list[list[list[Word]]] = [[[] for _ in xs[1:]] for _ in ys[1:]]
    for word in words:
        x = min(word.box.x0 + word.size, (word.box.x0 + word.box.x1) / 2)
        y = (word.box.y0 + word.box.y1) / 2
        column = sum(edge <= x for edge in xs[1:-1])
        row = sum(edge <= y for edge in ys[1:-1])
        cells[row][column].append(word)
    return cells


_Merged = dict[tuple[int, int], tuple[int, int]]  # cell -> the cell in which its text stands


def _merged(
    cells: list[list[list[Word]]],
    xs: Sequence[float],
    ys: Sequence[float],
    upright: Sequence[_Edge],
    level: Sequence[_Edge],
) -> _Merged:
    """Join cells between which nothing is drawn, and move their words into the first of them."""
    home: _Merged = {(row, column): (row, column) for row in range(len(cells)) for column in range(len(cells[0]))}

    def root(cell: tuple[int, int]) -> tuple[int, int]:
        while home[cell] != cell:
            cell = home[cell]
        return cell

    plain = [not any(_length(upright, x, top, bottom) > 0 for x in xs[1:-1]) for top, bottom in itertools.pairwise(ys)]
    whole = [_length(upright, x, ys[0], ys[-1]) > 0.5 * (ys[-1] - ys[0]) for x in xs]
    for row, (top, bottom) in enumerate(itertools.pairwise(ys)):
        for column, (left, right) in enumerate(itertools.pairwise(xs)):
            if column + 1 < len(xs) - 1 and _length(upright, right, top, bottom) < _COVERED * (bottom - top):
                pair = [*cells[row][column], *cells[row][column + 1]]
                # Where a border is drawn for the head, or for shaded rows, what it parts there it parts in plain rows.
                pieces = plain[row] and sum(map(bool, cells[row])) > 1
                if (whole[column + 1] and not pieces) or runs_over(pair, right):
                    home[root((row, column + 1))] = root((row, column))
            if row + 1 < len(ys) - 1 and _length(level, bottom, left, right) < _COVERED * (right - left):
                home[root((row + 1, column))] = root((row, column))
    flat: _Merged = {}
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cell in home:
        members.setdefault(root(cell), []).append(cell)
    for group in members.values():
        first = min(group)
        square = {row for row, _ in group}, {column for _, column in group}
        is_whole = len(group) == len(square[0]) * len(square[1])
        for cell in group:
            flat[cell] = first if is_whole else cell
        if is_whole and len(group) > 1:
            words = [word for row, column in sorted(group) for word in cells[row][column]]
            for row, column in group:
                cells[row][column] = []
            cells[first[0]][first[1]] = words
    return flat


def _row_shades(page: PageContent, box: Box, ys: Sequence[float]) -> list[int | None]:
    """The colour behind each row, None where there is none."""
    shades = [(area, fill) for area, fill in page.shades if box.holds(area)]
    found: list[int | None] = []
    for top, bottom in itertools.pairwise(ys):
        middle = (top + bottom) / 2
        behind = [fill for area, fill in shades if area.y0 <= middle <= area.y1 and area.width > 12]
        found.append(behind[-1] if behind else None)
    return found


def _cell_text(words: Sequence[Word]) -> str:
    return join_lines(lines_of(words))


def _is_larger(first: Sequence[Sequence[Word]], others: Sequence[Sequence[Word]]) -> bool:
    """Whether a row is set in larger type than all others."""
    most = max((word.size for cell in others for word in cell), default=0.0)
    return min((word.size for cell in first for word in cell), default=0.0) > 1.06 * most > 0


@dataclass(frozen=True, slots=True)
class _Grid:
    """The borders of columns and rows."""

    box: Box
    xs: Sequence[float]
    ys: Sequence[float]


def _table(
    grid: _Grid, merged: _Merged, cells: list[list[list[Word]]], shades: Sequence[int | None], *, levels: bool
) -> Table | None:
    box, xs, ys = grid.box, grid.xs, grid.ys
    own = [[_cell_text(cell) for cell in row] for row in cells]
    kept = [row for row, texts in enumerate(own) if any(texts[merged[row, c][1]] or own[merged[row, c][0]][merged[row, c][1]]
                                                          for c in range(len(texts)))]  # fmt: skip
    columns = [column for column in range(len(xs) - 1) if any(own[row][column] for row in kept)]
    warns = len(kept) > 0 and 2 <= len(columns) <= 3 and is_signal_word(own[kept[0]][columns[0]])
    if len(columns) < 2 or (len(kept) < 2 and not warns):
        return None
    full = [[own[merged[row, column][0]][merged[row, column][1]] for column in columns] for row in kept]
    fresh = [
        index for index, texts in enumerate(full) if index == 0 or any(own[kept[index]]) or texts != full[index - 1]
    ]
    rows = [full[index] for index in fresh]
    boxes = [Box(box.x0, ys[kept[index]], box.x1, ys[kept[index] + 1]) for index in fresh]
    alone = [row for row in kept if sum(bool(own[row][column]) for column in columns) >= 2]
    if not warns and len(rows) < 2:
        return None
    if len(alone) < max(1, 0.34 * len(rows)):
        return None
    filled = sum(bool(cell) for texts in full for cell in texts)
    if filled < 0.4 * len(full) * len(columns):
        return None
    bold = [all(word.bold for cell in cells[row] for word in cell if any(map(str.isalnum, word.text))) for row in kept]
    bold[0] = bold[0] or _is_larger(cells[kept[0]], [cell for row in kept[1:] for cell in cells[row]])
    ink = [next((word.ink for cell in cells[row] for word in cell), 0) for row in kept]
    marks = list(zip(bold, ink, [shades[row] for row in kept], strict=True))
    spans = [len({merged[row, column] for column in columns}) < len(columns) for row in kept]
    spans[0] |= levels
    header = header_rows(full, marks, spans)
    if levels and len(rows) > 2 and header:
        rows[0], header = spread(rows[0], rows[1]), 2
    if header == 2 and not rows[0][0]:
        rows[0] = [rows[1][0], *rows[0][1:]]
    words = [word for row in cells for cell in row for word in cell]
    edges = (*tuple(xs[column] for column in columns), xs[-1])
    return Table(
        box,
        tuple(map(tuple, rows)),
        tuple(boxes),
        0 if warns else min(header, len(rows) - 1),
        edges,
        is_marked(marks),
        _confidence(words),
    )


def _confidence(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / len(words)
