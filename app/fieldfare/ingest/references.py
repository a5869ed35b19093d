"""Finds what the text refers to by number, and what of it is not in the pack: `see Fig. 9` without a figure 9."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind
from fieldfare.mentions import FIGURE, TABLE, mentions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.ingest.contents import Chapter, Contents, Element


def mentioned_figures(block: Block) -> set[str]:
    """The numbers of the figures that a block names, in small letters."""
    return {number.casefold() for number, _ in mentions(FIGURE, _text(block))}


def missing(contents: Contents) -> Iterator[tuple[str, str, Chapter, Element, str]]:
    """Code, word, chapter, element and number of each reference to a figure or table that the pack has not.

    Tables are only missed in a document whose tables have numbers; each number is told once a document.
    """
    for code, pattern, known in (
        ("figure-reference", FIGURE, _known(contents, BlockKind.FIGURE)),
        ("table-reference", TABLE, _known(contents, BlockKind.TABLE)),
    ):
        told: set[tuple[int, str]] = set()
        everything = set().union(*known.values()) if known else set()
        for chapter, element in contents.elements():
            manual = chapter.manual.id
            if element.block.kind is BlockKind.FIGURE or (pattern is TABLE and manual not in known):
                continue
            for number, name in mentions(pattern, _text(element.block)):
                key = number.casefold()
                if key not in everything and key.rstrip("abcdefghijkl") not in everything and (manual, key) not in told:
                    told.add((manual, key))
                    yield code, name, chapter, element, number


def _known(contents: Contents, kind: BlockKind) -> dict[int, set[str]]:
    """The numbers of the figures or tables of each document, in small letters."""
    known: defaultdict[int, set[str]] = defaultdict(set)
    pattern = FIGURE if kind is BlockKind.FIGURE else TABLE
    for chapter, element in contents.elements(kind):
        numbers = {number for number, _ in mentions(pattern, element.block.caption[:200])}
        numbers |= {element.figure.number} if element.figure and element.figure.number else set()
        if numbers:
            known[chapter.manual.id] |= {number.casefold() for number in numbers}
    return known


def _text(block: Block) -> str:
    return "\n".join([block.text, *(" ".join(cells) for cells in block.rows)])
