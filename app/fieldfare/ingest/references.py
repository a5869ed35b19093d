"""Finds what the text refers to by number, and what of it is not in the pack: `see Fig. 9` without a figure 9."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.ingest.contents import Chapter, Contents, Element

_NUMBER = r"[A-Z]?\d+(?:[-–.]\d+)*[a-z]?"
_AND = r"\s*(?:,|&|\+|;|-|–|\b(?:and|or|to|und|oder|bis|et|ou|y|o|a|e|à)\b)\s*"
_LIST = rf"\s*({_NUMBER}(?:{_AND}{_NUMBER})*)(?![\w%°])(?!\s*(?:mm|cm|kg|V|A|W|°)\b)"
_FIGURE = re.compile(
    r"\b((?i:figures?|figs?\.?|abbildung(?:en)?|abb\.?|figura|figuras|ilustraci(?:ón|ones)|illustrazion[ei]|ilustraç(?:ão|ões))"
    rf"|Bild(?:er)?|Image){_LIST}"
)
_TABLE = re.compile(rf"\b((?i:tables?|tab\.|tabellen?|tableaux?|tablas?|tabelas?|tabell[ae]|quadro)){_LIST}")
_OTHER_BOOK = re.compile(
    r"^.{0,40}?\b(?:manual|handbook|guide|standard|datasheet|handbuch|norm|anleitung|manuel|notice|norme|norma|manuale)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAX_TEXT = 20_000


def mentioned_figures(block: Block) -> set[str]:
    """The numbers of the figures that a block names, in small letters."""
    return {number.casefold() for number, _ in _mentions(_FIGURE, _text(block))}


def missing(contents: Contents) -> Iterator[tuple[str, str, Chapter, Element, str]]:
    """Code, word, chapter, element and number of each reference to a figure or table that the pack has not.

    Tables are only missed in a document whose tables have numbers; each number is told once a document.
    """
    for code, pattern, known in (
        ("figure-reference", _FIGURE, _known(contents, BlockKind.FIGURE)),
        ("table-reference", _TABLE, _known(contents, BlockKind.TABLE)),
    ):
        told: set[tuple[int, str]] = set()
        everything = set().union(*known.values()) if known else set()
        for chapter, element in contents.elements():
            manual = chapter.manual.id
            if element.block.kind is BlockKind.FIGURE or (pattern is _TABLE and manual not in known):
                continue
            for number, name in _mentions(pattern, _text(element.block)):
                key = number.casefold()
                if key not in everything and key.rstrip("abcdefghijkl") not in everything and (manual, key) not in told:
                    told.add((manual, key))
                    yield code, name, chapter, element, number


def _known(contents: Contents, kind: BlockKind) -> dict[int, set[str]]:
    """The numbers of the figures or tables of each document, in small letters."""
    known: defaultdict[int, set[str]] = defaultdict(set)
    pattern = _FIGURE if kind is BlockKind.FIGURE else _TABLE
    for chapter, element in contents.elements(kind):
        numbers = {number for number, _ in _mentions(pattern, element.block.caption[:200])}
        numbers |= {element.figure.number} if element.figure and element.figure.number else set()
        if numbers:
            known[chapter.manual.id] |= {number.casefold() for number in numbers}
    return known


def _mentions(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """Number and word of each mention; what another book's figure is said to show does not count."""
    for match in pattern.finditer(text[:_MAX_TEXT]):
        if not _OTHER_BOOK.match(text[match.end() : match.end() + 60].split(". ", maxsplit=1)[0]):
            for number in re.findall(_NUMBER, match.group(2)):
                yield number.replace("–", "-"), match.group(1)


def _text(block: Block) -> str:
    return "\n".join([block.text, *(" ".join(cells) for cells in block.rows)])
