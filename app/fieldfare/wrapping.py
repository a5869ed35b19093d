"""Lines of a terminal: how many cells a text takes, and where it may be broken. Pure.

A letter of Chinese, Japanese or Korean takes two cells, and in the first two any may end a line; marks that sit on a letter
take none. Text in Arabic or Hebrew stays in the order in which it is read: terminals turn it round, or show it as it comes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_UNSPACED = r"[\u2e80-\u303e\u3041-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U00020000-\U0003fffd]"
_NOT_FIRST = r"[、。，．・：；？！ー）］｝〉》」』】〕”’々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]"
_NOT_LAST = r"[（［｛〈《「『【〔“‘]"
# What is never broken: a word, or one letter with the marks that belong to it.
_PIECE = re.compile(
    rf"\s+|{_NOT_LAST}*{_UNSPACED}(?:[\u0300-\u036f\u3099\u309a\ufe0f]|{_NOT_FIRST})*|(?:(?!{_UNSPACED})\S)+{_NOT_FIRST}*"
)


_HAS_UNSPACED = re.compile(_UNSPACED)


def is_unspaced(text: str) -> bool:
    """Whether a text holds letters of scripts that put no spaces between words."""
    return not text.isascii() and _HAS_UNSPACED.search(text) is not None


def unbroken(text: str) -> list[str]:
    """The pieces of a text that are never broken: its words, or its letters where words have no spaces between them."""
    return text.split() if not is_unspaced(text) else [one for one in _PIECE.findall(text) if not one.isspace()]


def line_starts(text: str, width: int, measure: Callable[[str], int]) -> list[int]:
    """Where the lines of one line of text begin, by its characters, but for the first; `measure` gives cells.

    No word is broken, and none of the marks is parted from its letter: a line may be longer where a word is.
    """
    starts, room = [], width
    for piece in _PIECE.finditer(text):
        if piece.group().isspace():
            room -= measure(piece.group())
            continue
        wide = measure(piece.group())
        if wide > room and room < width:
            starts.append(piece.start())
            room = width
        room -= wide
    return starts


def cells(text: str) -> int:
    """How many cells of a terminal a line takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> str:
    """One line of text as lines of at most `width` cells, begun with `first` and then `rest`; 0 wraps nothing.

    A word that is longer than a line stands whole: a part number or path that is cut cannot be read or typed again.
    """
    if width <= 0:
        return first + text
    lines, line, room, gap = [], "", width - cells(first), ""
    for piece in _PIECE.findall(text):
        if piece.isspace():
            gap = piece if line else ""
        elif line and cells(line) + len(gap) + cells(piece) > room:
            lines.append(line)
            line, gap, room = piece, "", width - cells(rest)
        else:
            line, gap = line + gap + piece, ""
    return "\n".join(f"{rest if index else first}{one}".rstrip() for index, one in enumerate([*lines, line]))
