"""Figures on a page: bitmaps and clusters of drawn paths, with their caption and the words inside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_page import Box, PageContent
from fieldfare.ingest.structure import FIGURE_CAPTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_layout import Line

MIN_SIDE = 40.0  # points; smaller pictures are icons
MIN_PATHS = 12  # fewer drawn paths are decoration


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustration:
    """A figure: `box` is its place without the caption, `text` the callouts inside it."""

    box: Box
    caption: tuple[Line, ...]
    text: str


def illustrations(page: PageContent, occupied: Sequence[Box], lines: Sequence[Line]) -> list[Illustration]:
    """The figures of a page from top to bottom; `occupied` are its tables and boxes of text.

    Their callouts are no longer running text.
    """
    whole = page.width * page.height
    bitmaps = [box for box in page.pictures if box.width >= 8 and box.height >= 8]
    groups = _cluster(bitmaps, 6)
    found = [reduce(Box.join, group) for group in groups]
    shapes = [
        box
        for box in (*page.drawings, *page.frames, *page.rules)
        if not any(one.holds(box, 4) for one in occupied) and box.width * box.height < 0.5 * whole
    ]
    for group in _cluster(shapes, 10):
        box = reduce(Box.join, group)
        drawn = sum(one in page.drawings for one in group)
        if len(group) >= MIN_PATHS and drawn >= 4 and not _reads_as_text(box, lines):
            found.append(box)
    merged = [reduce(Box.join, group) for group in _cluster(found, 2)]
    result = []
    for box in sorted(merged, key=lambda one: (one.y0, one.x0)):
        if box.width < MIN_SIDE or box.height < MIN_SIDE or box.width * box.height > 0.95 * whole:
            continue
        inside = [line for line in lines if box.holds(line.box, 0) and not FIGURE_CAPTION.match(line.text)]
        if box.width * box.height > 0.6 * whole and len(inside) > 12:
            continue  # a background behind text
        result.append(Illustration(box=box, caption=_caption(box, lines), text=" ".join(line.text for line in inside)))
    return result


def _reads_as_text(box: Box, lines: Sequence[Line]) -> bool:
    """Whether a drawn region is running text with decoration rather than a drawing with callouts."""
    inside = [line for line in lines if box.holds(line.box, 0)]
    return sum(len(line.words) >= 7 for line in inside) >= 3


def _caption(box: Box, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The nearest line that begins as a caption does, below the figure or else above it, with its following lines."""
    captions = [line for line in lines if FIGURE_CAPTION.match(line.text) and _beside(line, box)]
    below = [line for line in captions if -4 <= line.box.y0 - box.y1 < 60]
    above = [line for line in captions if -4 <= box.y0 - line.box.y1 < 40]
    first = min(below, key=lambda line: line.box.y0, default=None) or max(
        above, key=lambda line: line.box.y0, default=None
    )
    if first is None:
        return ()
    found = [first]
    for line in lines:
        near = 0 < line.base - found[-1].base < 1.5 * first.size
        if near and abs(line.size - first.size) < 0.5 and _beside(line, first.box):
            found.append(line)
    return tuple(found) if len(found) <= 3 else (first,)


def _beside(line: Line, box: Box) -> bool:
    return line.box.x0 < box.x1 + 20 and line.box.x1 > box.x0 - 20


def _cluster(boxes: Sequence[Box], distance: float) -> list[list[Box]]:
    """Boxes that lie within a distance of each other, directly or through others."""
    groups: list[tuple[Box, list[Box]]] = []
    for box in sorted(boxes, key=lambda one: one.y0):
        near = [group for group in groups if group[0].near(box, distance)]
        members = [box, *(one for group in near for one in group[1])]
        groups = [group for group in groups if group not in near]
        groups.append((reduce(Box.join, members), members))
    return [members for _, members in groups]
