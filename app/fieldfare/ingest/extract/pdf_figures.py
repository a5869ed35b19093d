"""Figures on a page: bitmaps and clusters of drawn paths, with their caption and the words inside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_shapes import Box
from fieldfare.ingest.hazards import split_signal_word
from fieldfare.ingest.structure import FIGURE_CAPTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_layout import Line
    from fieldfare.ingest.extract.pdf_page import PageContent

MIN_SIDE = 40.0  # points; smaller pictures are icons
MIN_STROKES = 24  # lines and curves; fewer are decoration, unless a caption says that they are a figure
CAPTIONED_STROKES = 4
_CALLOUT_WORDS = 5  # words of a label beside a drawing; more are running text
_REACH = 60.0  # points between a figure and its caption


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustration:
    """A figure: `box` is its place without the caption, `text` the callouts inside it, `lines` what they were taken from."""

    box: Box
    caption: tuple[Line, ...]
    text: str
    lines: tuple[Line, ...]


def illustrations(page: PageContent, occupied: Sequence[Box], lines: Sequence[Line]) -> list[Illustration]:
    """The figures of a page from top to bottom; `occupied` are its tables and boxes of text.

    Their callouts are no longer running text.
    """
    whole = page.width * page.height
    bitmaps = [box for box in page.pictures if box.width >= 8 and box.height >= 8]
    found = [reduce(Box.join, group) for group in _cluster(bitmaps, 6)]
    captions = [line for line in lines if FIGURE_CAPTION.match(line.text)]
    boxes, strokes = _drawn(page, occupied, whole)
    for group in _cluster(boxes, 10):
        box = reduce(Box.join, group)
        drawn = [strokes[one] for one in group if one in strokes]
        needed = CAPTIONED_STROKES if any(_distance(box, line) < _REACH for line in captions) else MIN_STROKES
        total = sum(drawn) + sum(one not in strokes for one in group)
        if total >= needed and (sum(drawn) >= 4 or needed == CAPTIONED_STROKES) and not _reads_as_text(box, lines):
            found.append(_with_labels(box, group, lines))
    merged = [reduce(Box.join, group) for group in _cluster(found, 2)]
    figures = []
    for box in sorted(merged, key=lambda one: (one.y0, one.x0)):
        if box.width < MIN_SIDE or box.height < MIN_SIDE or box.width * box.height > 0.95 * whole:
            continue
        inside = [line for line in lines if box.holds(line.box, 0) and line not in captions]
        if box.width * box.height > 0.6 * whole and len(inside) > 12:
            continue  # a background behind text
        figures.append((box, tuple(inside)))
    named = _captions([box for box, _ in figures], captions, lines)
    return [
        Illustration(box=box, caption=caption, text=" ".join(line.text for line in inside), lines=inside)
        for (box, inside), caption in zip(figures, named, strict=True)
    ]


def _drawn(page: PageContent, occupied: Sequence[Box], whole: float) -> tuple[list[Box], dict[Box, int]]:
    """What is drawn outside tables and boxes of text, and how many strokes the shapes among it have."""
    strokes: dict[Box, int] = {}
    for shape in page.drawings:
        strokes[shape.box] = strokes.get(shape.box, 0) + min(shape.strokes, 40)
    boxes = [
        box
        for box in dict.fromkeys((*strokes, *page.frames, *page.rules))
        if not any(one.holds(box, 4) and one.covers(box, 12) for one in occupied)
        and box.width * box.height < 0.5 * whole
        and not (min(box.width, box.height) <= 3 and max(box.width, box.height) > 0.6 * page.width)
    ]
    return boxes, strokes


def _reads_as_text(box: Box, lines: Sequence[Line]) -> bool:
    """Whether a drawn region is running text with decoration rather than a drawing with callouts."""
    inside = [line for line in lines if box.holds(line.box, 0)]
    return sum(len(line.words) >= 7 for line in inside) >= 3


def _with_labels(box: Box, group: Sequence[Box], lines: Sequence[Line]) -> Box:
    """The box with the labels that stand at the ends of its lines."""
    for line in lines:
        if len(line.words) > _CALLOUT_WORDS or box.holds(line.box, 0) or FIGURE_CAPTION.match(line.text):
            continue
        if split_signal_word(line.text) or not any(one.near(line.box, 4) for one in group):
            continue
        reach = 1.6 * line.size
        wordy = any(
            other is not line and len(other.words) > _CALLOUT_WORDS and abs(other.base - line.base) < reach
            and other.box.x0 < line.box.x1 + reach and other.box.x1 > line.box.x0 - reach
            for other in lines
        )  # fmt: skip
        if not wordy:
            box = box.join(line.box)
    return box


def _captions(boxes: Sequence[Box], captions: Sequence[Line], lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """The caption of each figure: every caption goes to the nearest figure, below it rather than above or beside."""
    pairs = sorted(
        (_distance(box, line), number, index) for number, box in enumerate(boxes) for index, line in enumerate(captions)
    )
    found: dict[int, tuple[Line, ...]] = {}
    taken = set[int]()
    for distance, number, index in pairs:
        if distance < _REACH and number not in found and index not in taken:
            taken.add(index)
            found[number] = _whole(captions[index], lines, boxes[number])
    return [found.get(number, ()) for number in range(len(boxes))]


def _distance(box: Box, line: Line) -> float:
    """How far a caption stands from a figure, in points; above and beside it count for more."""
    across = line.box.x0 < box.x1 + 20 and line.box.x1 > box.x0 - 20
    if across and line.box.y0 >= box.y1 - 6:
        return max(line.box.y0 - box.y1, 0.0)
    if across and line.box.y1 <= box.y0 + 6:
        return max(box.y0 - line.box.y1, 0.0) + 20
    if box.y0 - 12 <= line.base <= box.y1 + 12:
        aside = max(line.box.x0 - box.x1, box.x0 - line.box.x1)
        return aside + 25 if aside > -4 else 1e9
    return 1e9


def _whole(first: Line, lines: Sequence[Line], box: Box) -> tuple[Line, ...]:
    """A caption with the lines that go on with it."""
    found = [first]
    for line in sorted(lines, key=lambda one: one.base):
        near = 0 < line.base - found[-1].base < 1.5 * first.size
        aside = abs(line.box.x0 - first.box.x0) < 3 * first.size or (
            line.box.x0 < first.box.x1 and line.box.x1 > first.box.x0
        )
        same = (
            abs(line.size - first.size) < 0.5 and line.bold == found[-1].bold
            if len(found) > 1
            else abs(line.size - first.size) < 0.5
        )
        if near and aside and same and not FIGURE_CAPTION.match(line.text) and not box.holds(line.box, 0):
            found.append(line)
    return tuple(found) if len(found) <= 4 else (first,)


def _cluster(boxes: Sequence[Box], distance: float) -> list[list[Box]]:
    """Boxes that lie within a distance of each other, directly or through others."""
    groups: list[tuple[Box, list[Box]]] = []
    for box in sorted(boxes, key=lambda one: one.y0):
        near = [group for group in groups if group[0].near(box, distance)]
        members = [box, *(one for group in near for one in group[1])]
        groups = [group for group in groups if not any(group is one for one in near)]
        groups.append((reduce(Box.join, members), members))
    return [members for _, members in groups]
