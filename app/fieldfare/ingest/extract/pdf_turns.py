"""Pages that are read in two directions: turned tables under upright headings, upright headings over turned tables."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_page import ENOUGH_TURNED, PageContent, Word, turn_page
from fieldfare.ingest.extract.pdf_scripts import join_scripts
from fieldfare.ingest.extract.pdf_shapes import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.ingest.extract.pdf_layout import Line

_APART = 15  # type sizes between two turned words of one table: its columns stand wide


def around_turned(content: PageContent) -> PageContent | None:
    """What stands upright outside the text of a page that was turned: its heads, headings and captions, as the printed page;
    None where there is nothing.
    """
    if content.turn not in {1, 3} or not content.words:
        return None
    sheet = turn_page(content, -content.turn % 4)
    main = main_box(sheet)
    words = [word for word in sheet.turned if word.turn == 0 and not main.holds(word.box)]
    if not words:
        return None
    area = reduce(Box.join, (word.box for word in words))
    return _part(sheet, area, join_scripts(words))


def main_box(content: PageContent) -> Box:
    """The box around the words of a page."""
    return reduce(Box.join, (word.box for word in content.words))


def parted(lines: Sequence[Line], box: Box) -> tuple[list[Line], list[Line]]:
    """The lines over a box, and the others."""
    middle = (box.y0 + box.y1) / 2
    over = [line for line in lines if (line.box.y0 + line.box.y1) / 2 < middle]
    return over, [line for line in lines if line not in over]


def band(content: PageContent, top: float, bottom: float) -> PageContent:
    """What stands on a page between two heights."""

    def inside(box: Box) -> bool:
        return top <= (box.y0 + box.y1) / 2 < bottom

    return replace(
        content,
        words=tuple(word for word in content.words if inside(word.box)),
        rules=tuple(filter(inside, content.rules)),
        frames=tuple(filter(inside, content.frames)),
        shades=tuple(one for one in content.shades if inside(one[0])),
        drawings=tuple(one for one in content.drawings if inside(one.box)),
        pictures=tuple(filter(inside, content.pictures)),
    )


def turned_parts(content: PageContent) -> Iterator[tuple[PageContent, Box]]:
    """Parts of the page whose text runs up or down it, such as a turned table: each as a page that reads, with its box on
    this page.
    """
    upright = -content.turn % 4  # on the page as it is printed
    for quarters in (1, 3):
        if quarters == upright and around_turned(content):
            continue
        for group in _near([word for word in content.turned if word.turn == quarters]):
            box = reduce(Box.join, (word.box for word in group))
            if sum(len(word.text) for word in group) < ENOUGH_TURNED or len(group) < 6:
                continue
            if sum(box.holds(word.box) for word in content.words) > len(group) // 4:
                continue
            area = Box(box.x0 - 6, box.y0 - 6, box.x1 + 6, box.y1 + 6)
            part = turn_page(_part(content, area, group), quarters)
            yield replace(part, words=join_scripts(part.words)), box


def _part(content: PageContent, area: Box, words: Sequence[Word]) -> PageContent:
    return replace(
        content,
        words=tuple(words),
        turned=(),
        hidden=(),
        rules=tuple(one for one in content.rules if area.holds(one)),
        frames=tuple(one for one in content.frames if area.holds(one)),
        shades=tuple(one for one in content.shades if area.holds(one[0])),
        drawings=tuple(one for one in content.drawings if area.holds(one.box)),
        pictures=(),
    )


def _near(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[tuple[Box, list[Word]]] = []
    for word in words:
        close = [group for group in groups if group[0].near(word.box, _APART * word.size)]
        members = [word, *(one for group in close for one in group[1])]
        groups = [group for group in groups if group not in close]
        groups.append((reduce(Box.join, (one.box for one in members)), members))
    return [members for _, members in groups]
