"""Which way a page is read: columns of running text found, each read to its end before the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeVar

from fieldfare.ingest.extract.pdf_layout import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_shapes import Box

MAX_DEPTH = 3  # columns in columns: four at most
_GUTTER = 6.0  # points of white between two columns
_PROSE = 3.5  # words a line: fewer in a column are the cells of a table
_ENTRY = re.compile(r"\S.*[\s,]\d{1,4}(?:[-–]\d{1,4})?$")  # an index: words, then pages
_LIST = re.compile(r"^(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[•●▪■◦‣▶►➢✓–-])\s")


class Item(Protocol):
    """Something with a place on the page."""

    @property
    def box(self) -> Box:
        """Its place."""


Placed = TypeVar("Placed", bound=Item)


def usual_gutters(pages: Sequence[Sequence[Line]]) -> tuple[float, ...]:
    """Where most pages of a document, given by their lines, have their gutter: one place, or one for each side of a sheet."""
    found = [middle for lines in pages if (middle := gutter(lines)) is not None]
    places: list[float] = []
    for x in found:
        near = sum(abs(x - other) < 8 for other in found)
        if near >= max(3, 0.2 * len(pages)) and not any(abs(x - place) < 12 for place in places):
            places.append(x)
    return tuple(places[:2]) if len(found) >= 0.4 * len(pages) else ()


def flows(
    items: Sequence[Placed], lines_of: Sequence[Line], usual: Sequence[float] = (), depth: int = 0
) -> list[list[Placed]]:
    """The items of a page in reading order, parted where a column, or what runs across all columns, begins.

    `lines_of` are the lines of running text among them, by which columns are found; where they are too few, at the
    `usual` places of the document.
    """
    if not items:
        return []
    ordered = sorted(items, key=lambda item: (round(item.box.y0 / 3), item.box.x0))
    middle = gutter(lines_of) if depth < MAX_DEPTH else None
    if middle is None:
        middle = next((x for x in usual if _parts(items, x)), None)
    if middle is None:
        return [_by_baseline(ordered)]
    result: list[list[Placed]] = []
    left: list[Placed] = []
    right: list[Placed] = []
    across: list[Placed] = []

    def close_band() -> None:
        for side in (left, right):
            texts = [item for item in side if isinstance(item, Line)]
            result.extend(flows(side, texts, (), depth + 1))
            side.clear()

    body = sorted(line.size for line in lines_of)[len(lines_of) // 2] if lines_of else 10.0
    for item in ordered:
        if (item.box.x0 < middle - 3 and item.box.x1 > middle + 3) or _spans(item, ordered, middle, body):
            close_band()
            across.append(item)
            continue
        if across:
            result.append(_by_baseline(across))
            across = []
        (left if (item.box.x0 + item.box.x1) / 2 < middle else right).append(item)
    close_band()
    if across:
        result.append(_by_baseline(across))
    return result


def _parts(items: Sequence[Item], x: float) -> bool:
    """Whether things stand side by side at both sides of a place, and few across it."""
    left = [item.box for item in items if item.box.x1 < x + 3]
    right = [item.box for item in items if item.box.x0 > x - 3]
    crossing = len(items) - len(left) - len(right)
    beside = any(one.y0 < other.y1 and other.y0 < one.y1 for one in left for other in right)
    wordy = any(not isinstance(item, Line) or len(item.words) >= _PROSE for item in items if item.box.x0 > x - 3)
    return bool(left and right) and beside and wordy and crossing <= 0.35 * len(items)


def _spans(item: Item, items: Sequence[Item], middle: float, body: float) -> bool:
    """Whether a heading at the left heads both columns: large type, nothing beside it, and both columns above or below."""
    if not isinstance(item, Line) or item.box.x0 > middle or item.size < 1.25 * body:
        return False
    right = [other for other in items if other.box.x0 > middle - 3]
    if any(other.box.y0 < item.box.y1 + 2 and other.box.y1 > item.box.y0 - 2 for other in right):
        return False
    above, below = [other.box.y1 < item.box.y0 for other in right], [other.box.y0 > item.box.y1 for other in right]
    if any(below):
        return any(above) or item.size > 1.4 * body
    # At the end of the page: no heading stands last in a column whose text goes on in the next.
    last = not any(other.box.y0 > item.box.y1 for other in items if other.box.x1 < middle + 3)
    return any(above) and (last or item.size > 1.6 * body)


def _by_baseline(items: Sequence[Placed]) -> list[Placed]:
    """Top to bottom; lines on one baseline left to right, though their boxes begin at different heights."""
    return sorted(
        items, key=lambda item: (round(item.base if isinstance(item, Line) else item.box.y0 + 8), item.box.x0)
    )


def gutter(lines: Sequence[Line]) -> float | None:
    """The x between two columns of running text, None where there is one column."""
    if len(lines) < 10:
        return None
    low, high = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    best: tuple[float, float] | None = None
    for step in range(20, 81):
        x = low + (high - low) * step / 100
        left = [line for line in lines if line.box.x1 <= x]
        right = [line for line in lines if line.box.x0 >= x]
        crossing = len(lines) - len(left) - len(right)
        if len(left) < 5 or len(right) < 5 or crossing > 0.35 * len(lines):
            continue
        if not _beside(left, right) or not _reads(left, right):
            continue
        strip = min(line.box.x0 for line in right) - max(line.box.x1 for line in left)
        score = -crossing * 10 + strip
        if strip >= _GUTTER and (best is None or score > best[0]):
            best = (score, (min(line.box.x0 for line in right) + max(line.box.x1 for line in left)) / 2)
    return best[1] if best else None


def _beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether two sets of lines stand side by side rather than above each other."""
    fewer, more = sorted((left, right), key=len)
    low, high = min(line.base for line in more) - 30, max(line.base for line in more) + 30
    inside = sum(low <= line.base <= high for line in fewer)
    near = sum(any(abs(one.base - other.base) < 30 for other in more) for one in fewer)
    return inside >= 0.7 * len(fewer) and near >= 0.5 * len(fewer)


def _reads(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether both sides are running text, lists or an index, and not the columns of a table."""
    sides = (left, right)
    if all(sum(len(line.words) for line in side) / len(side) >= _PROSE for side in sides):
        return True
    if all(sum(bool(_ENTRY.search(line.text)) for line in side) >= 0.5 * len(side) for side in sides):
        return True
    lists = all(sum(bool(_LIST.match(line.text)) for line in side) >= max(2, 0.2 * len(side)) for side in sides)
    fewer, more = sorted(sides, key=len)
    level = sum(any(abs(one.base - other.base) < 1 for other in more) for one in fewer) / len(fewer)
    wordy = all(sum(len(line.words) for line in side) / len(side) >= 2.2 for side in sides)
    return (lists and wordy) or (level < 0.5 and wordy)
