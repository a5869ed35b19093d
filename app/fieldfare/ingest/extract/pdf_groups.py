"""Which drawn lines and cells of a page belong to one table, and the white strips that part its columns."""

from __future__ import annotations

import itertools
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_layout import lines_of
from fieldfare.ingest.extract.pdf_shapes import THIN, Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fieldfare.ingest.extract.pdf_page import Word

TOUCH = 3.5  # points between two borders that meet
_STACKED = 90.0  # points between two row lines of one table


def groups_of(items: Sequence[Box], words: Sequence[Word]) -> list[list[Box]]:
    """Borders and cells that touch each other, and those that stack to one table of the same width."""
    groups = _joined([[item] for item in sorted(items, key=lambda one: (one.y0, one.x0))], _touch)
    boxes = [(reduce(Box.join, group), group) for group in groups]
    boxes.sort(key=lambda one: (one[0].y0, one[0].x0))
    result: list[tuple[Box, list[Box]]] = []
    for box, group in boxes:
        over = [one for one in result if one[0].x0 < box.x1 and one[0].x1 > box.x0]
        nearest = max(over, key=lambda one: one[0].y1, default=None)
        above = nearest if nearest is not None and _stacks(nearest, (box, group), words) else None
        if above is None:
            result.append((box, group))
        else:
            result[result.index(above)] = (above[0].join(box), [*above[1], *group])
    return [group for _, group in result]


def _joined(groups: Sequence[list[Box]], belong: Callable[[Box, Box], bool]) -> list[list[Box]]:
    result: list[tuple[Box, list[Box]]] = []
    for group in groups:
        around = reduce(Box.join, group)
        near = [
            other
            for other in result
            if other[0].near(around, TOUCH) and any(belong(one, item) for one in other[1] for item in group)
        ]
        kept = [other for other in result if not any(other is one for one in near)]
        joined = [*group, *(item for other in near for item in other[1])]
        result = [*kept, (reduce(Box.join, joined), joined)]
    return [group for _, group in result]


def _touch(one: Box, other: Box) -> bool:
    return one.near(other, TOUCH)


def _stacks(upper: tuple[Box, list[Box]], lower: tuple[Box, list[Box]], words: Sequence[Word]) -> bool:
    """Whether a group goes on with the table above it: the same width, and rows without lines of their own between."""
    above, below = upper[0], lower[0]
    gap = below.y0 - above.y1
    if abs(above.x0 - below.x0) > 4 or abs(above.x1 - below.x1) > 4:
        return False
    between = [word for word in words if above.y1 - 1 < (word.box.y0 + word.box.y1) / 2 < below.y0 + 1]
    between = [word for word in between if above.x0 - 2 <= word.box.x0 <= above.x1 + 2]
    pieces, more = _pieced(upper[1]), _pieced(lower[1])
    if pieces or more:
        shared = sum(any(abs(x - other) < 2 for other in more) for x in pieces)
        strips = [(x - 1, x + 1) for x in pieces]
        alike = shared >= 0.6 * max(len(pieces), len(more))
        same = shared == max(len(pieces), len(more)) or gap < 20
        return alike and same and not bridges(between, strips)
    if gap > _STACKED:
        return False
    if gap <= TOUCH:
        return True
    flat = all(item.height <= THIN for item in upper[1]) or all(item.height <= THIN for item in lower[1])
    if flat:
        return _fits(
            between, [word for word in words if above.holds(word.box) or below.holds(word.box)], above.join(below)
        )
    if _is_frame(upper) and _is_frame(lower):
        # Shaded rows with plain rows between them: the same columns run through all three.
        rows = [[word for word in words if part.holds(word.box)] for part in (above, below)]
        if not all(map(_in_pieces, (*rows, between))) or len(columns_of([*rows[0], *rows[1], *between], above)) < 3:
            return False
        return gap < 4 * max(above.height, 1.2 * between[0].size)
    sides_above, sides_below = _uprights(upper[1]), _uprights(lower[1])
    shared = sum(any(abs(x - other) < 3 for other in sides_below) for x in sides_above)
    return shared >= 3 and gap < 30


def _in_pieces(words: Sequence[Word]) -> bool:
    """Whether some line of words is parted by a wide gap, as the cells of a row are."""
    lines = lines_of(words)
    return any(abs(one.base - other.base) < 1 for one, other in itertools.pairwise(lines))


def _pieced(items: Sequence[Box]) -> list[float]:
    """Where row lines are pieced together, a piece a cell."""
    level = [item for item in items if item.height <= THIN < item.width]
    return merge(sorted(
        item.x1 for item in level
        if any(abs(other.x0 - item.x1) < 2 and abs(other.y0 - item.y0) < 1 for other in level)
    ), 2)  # fmt: skip


def _fits(between: Sequence[Word], known: Sequence[Word], box: Box) -> bool:
    """Whether the words between two parts of a table keep to its columns, as far as it shows any."""
    strips = strips_of(known, box)
    inside = [word for word in between if box.x0 - 2 <= word.box.x0 <= box.x1 + 2]
    return not strips or not inside or not bridges(inside, strips)


def bridges(words: Sequence[Word], strips: Sequence[tuple[float, float]]) -> bool:
    """Whether text runs from one column into the next without a gap."""
    return any(runs_over(words, (start + end) / 2) for start, end in strips)


def _is_frame(group: tuple[Box, list[Box]]) -> bool:
    """Whether a group is nothing but one rectangle, or cells in one row."""
    box, items = group
    return all(item.height > THIN and item.height > 0.8 * box.height for item in items)


def _uprights(items: Iterable[Box]) -> list[float]:
    found = []
    for item in items:
        if item.height <= THIN:
            continue
        found += [(item.x0 + item.x1) / 2] if item.width <= THIN else [item.x0, item.x1]
    return merge(sorted(found), 5)


def strips_of(words: Sequence[Word], box: Box) -> list[tuple[float, float]]:
    """White strips at least half an em wide where no word of the region crosses, over all of its lines."""
    if not words:
        return []
    size = sorted(word.size for word in words)[len(words) // 2]
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: (one.base, one.box.x0)):
        if rows and word.base - rows[-1][0].base < 0.4 * word.size:
            rows[-1].append(word)
        else:
            rows.append([word])
    few = len(rows) < 4  # words of so few lines leave strips by chance
    spans = []
    for row in rows:
        row.sort(key=lambda one: one.box.x0)
        gaps = [right.box.x0 - left.box.x1 for left, right in itertools.pairwise(row)]
        wide = row[-1].box.x1 - row[0].box.x0 > 0.6 * box.width and max(gaps, default=0.0) < 0.5 * size
        if few or not wide:  # a line as wide as the table, such as a heading between rows, parts no columns
            spans += [(word.box.x0, word.box.x1) for word in row]
    spans.sort()
    found = []
    reach = spans[0][1] if spans else 0.0
    for left, right in spans[1:]:
        if left - reach > (1.2 if few else 0.5) * size:
            found.append((reach, left))
        reach = max(reach, right)
    return found


def columns_of(words: Sequence[Word], box: Box) -> list[float]:
    """Borders of columns in the middle of white strips."""
    return [box.x0, *((left + right) / 2 for left, right in strips_of(words, box)), box.x1]


def merge(values: Sequence[float], distance: float) -> list[float]:
    """Ascending values, each run of close ones replaced by its middle."""
    runs: list[list[float]] = []
    for value in values:
        if runs and value - runs[-1][0] <= distance:
            runs[-1].append(value)
        else:
            runs.append([value])
    return [(run[0] + run[-1]) / 2 for run in runs]


def runs_over(words: Sequence[Word], x: float) -> bool:
    """Whether a line of text runs over a place: a word stands on it, or two with no more than a space between them."""
    left = [word for word in words if x - 40 < word.box.x1 <= x + 1]
    for word in words:
        if word.box.x0 < x - 2 and word.box.x1 > x + 2:
            return True
        if x - 1 <= word.box.x0 < x + word.size:
            reach = 0.42 * word.size
            if any(abs(one.base - word.base) < 1 and -1 < word.box.x0 - one.box.x1 < reach for one in left):
                return True
    return False
