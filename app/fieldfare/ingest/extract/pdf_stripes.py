"""Tables whose rows are shaded in turn: the plain rows over the first and under the last shade belong to them."""

from __future__ import annotations

import itertools
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_groups import bridges, strips_of
from fieldfare.ingest.extract.pdf_layout import Line, lines_of
from fieldfare.ingest.extract.pdf_shapes import THIN, Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_page import Word

_WRAP = 1.4  # ems between the baselines of the lines of one cell


def with_plain_rows(
    box: Box, group: Sequence[Box], words: Sequence[Word], page: Sequence[Word]
) -> tuple[Box, list[Word]]:
    """A striped table with the row before its first shade and the one after its last; another table as it is.

    `words` are those inside the box, `page` all of the page.
    """
    stripes = _stripes(group)
    apart = [lower[0] - upper[1] for upper, lower in itertools.pairwise(stripes)]
    usual = sum(low - top for top, low in stripes) / max(len(stripes), 1)
    if len(stripes) < 2 or not any(0.6 * usual < gap for gap in apart):
        return box, list(words)
    near = [word for word in page if word.box.x1 > box.x0 and word.box.x0 < box.x1]
    strips = strips_of(words, box)
    for direction in (-1, 1):
        row = _row_beside(box, near, direction, usual)
        inside = [word for line in row for word in line.words]
        pieces = {sum(line.box.x0 >= end - 1 for _, end in strips) for line in row}
        if not strips or len(pieces) < 2 or bridges(inside, strips):
            continue
        words = [*words, *inside]
        reach = reduce(Box.join, (line.box for line in row))
        edge = (reach.y0 - 2) if direction < 0 else (reach.y1 + 2)
        box = Box(box.x0, min(box.y0, edge), box.x1, max(box.y1, edge))
    return box, list(words)


def _stripes(group: Sequence[Box]) -> list[tuple[float, float]]:
    """The tops and bottoms of shaded rows; empty where the group holds lines too."""
    if any(min(item.width, item.height) <= THIN for item in group):
        return []
    return sorted({(round(item.y0, 1), round(item.y1, 1)) for item in group})


def _row_beside(box: Box, words: Sequence[Word], direction: int, usual: float) -> list[Line]:
    """The lines of the row over a table (-1) or under it (1), as far as one stands within the height of a row."""
    if direction < 0:
        outside = [word for word in words if (word.box.y0 + word.box.y1) / 2 < box.y0]
    else:
        outside = [word for word in words if (word.box.y0 + word.box.y1) / 2 > box.y1]
    lines = sorted(lines_of(outside), key=lambda line: direction * line.base)
    row: list[Line] = []
    for line in lines:
        first = (box.y0 - line.box.y1) if direction < 0 else (line.box.y0 - box.y1)
        if not row and first > 0.6 * usual:
            break
        if row and direction * (line.base - row[-1].base) > _WRAP * line.size:
            break
        row.append(line)
    return row
