"""Lines of a terminal: how many cells a text takes, and where it may be broken. Pure.

A letter of Chinese, Japanese or Korean takes two cells, and in the first two any may end a line; marks that sit on a letter
take none. Thai, Lao, Khmer and Burmese put no spaces between words either: without a dictionary a line ends where a cluster
of letters does, the smallest piece that their readers take as one. Text in Arabic or Hebrew stays in the order in which it is
read: terminals turn it round, or show it as it comes.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_UNSPACED = r"[\u2e80-\u303e\u3041-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U00020000-\U0003fffd]"
_NOT_FIRST = r"[、。，．・：；？！ー）］｝〉》」』】〕”’々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]"
_NOT_LAST = r"[（［｛〈《「『【〔“‘]"
# What is never broken: a word, or one letter with the marks that belong to it.
_PIECE = re.compile(
    rf"\s+|{_NOT_LAST}*{_UNSPACED}(?:[\u0300-\u036f\u3099\u309a\ufe0f]|{_NOT_FIRST})*|(?:(?!{_UNSPACED})\S)+{_NOT_FIRST}*"
)
_SOUTH_EAST = r"[\u0e01-\u0e4f\u0e5a-\u0ecf\u0edc-\u0eff\u1000-\u103f\u104a-\u109f\u1780-\u17df]"
"""Letters of Thai, Lao, Burmese and Khmer, without their digits."""
_HAS_SOUTH_EAST = re.compile(_SOUTH_EAST)
_HAS_UNSPACED = re.compile(f"{_UNSPACED}|{_SOUTH_EAST}")
_HAS_CLUSTERS = re.compile(rf"{_UNSPACED}|{_SOUTH_EAST}|[\u0900-\u0dff\u0f00-\u0fff\u200d\ufe0f\U0001f1e6-\U0001f1ff]")
_BEFORE = frozenset("เแโใไເແໂໃໄ")  # vowels that are written before the consonant that they follow
_BEHIND = frozenset("ะาำๅๆฯะັະາຳຽໆຯ។៕៖ៗ៘၊။")  # vowels and signs that never begin a line
_CLOSED = re.compile(r"[\u0e31\u0e37\u0e47][\u0e48-\u0e4b]?$")  # Thai vowels that a consonant always ends
_SILENT = frozenset("\u0e4c\u103a")  # marks of a consonant that ends a syllable instead of beginning one
_VIRAMA = 9  # the combining class of what joins two consonants
_JOINER = "\u200d"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKINS = range(0x1F3FB, 0x1F400)


def breaks_between_words(text: str) -> bool:
    """Whether a text is broken at its spaces only, and letters of several characters need no care."""
    return text.isascii() or _HAS_CLUSTERS.search(text) is None


def unbroken(text: str) -> list[str]:
    """The pieces of a text that are never broken: its words, or its letters where words have no spaces between them."""
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return text.split()
    return [piece for _start, piece in _pieces(text) if not piece.isspace()]


def clusters(text: str) -> list[str]:
    """What an eye takes as one letter: a letter with its marks, joined consonants, a vowel before and behind, a joined emoji.

    Coarser than the clusters of Unicode (UAX 29) where a script of South East Asia never begins a line with what follows.
    """
    found: list[str] = []
    for character in text:
        if character in _SILENT and len(found) > 1 and _HAS_SOUTH_EAST.match(found[-2][-1]):
            found[-2:] = [found[-2] + found[-1] + character]
        elif found and _joins(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _joins(before: str, character: str) -> bool:
    """Whether a character belongs to the cluster before it."""
    last = before[-1]
    if _JOINER in {character, last} or unicodedata.category(character)[0] == "M":
        return True
    if unicodedata.combining(last) == _VIRAMA:
        return character.isalpha()
    if character in _BEHIND or last in _BEFORE:
        return True
    if ord(character) in _FLAG_LETTERS:
        return len(before) == 1 and ord(before) in _FLAG_LETTERS
    return ord(character) in _SKINS or (_CLOSED.search(before) is not None and "ก" <= character <= "ฮ")


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The spaces and unbroken pieces of a text with where they begin."""
    for match in _PIECE.finditer(text):
        start, whole = match.start(), match.group()
        if whole.isascii() or not _HAS_SOUTH_EAST.search(whole):
            yield start, whole
            continue
        piece = ""
        for cluster in clusters(whole):
            if piece and _parts(piece, cluster):
                yield start, piece
                start, piece = start + len(piece), ""
            piece += cluster
        yield start, piece


def _parts(before: str, cluster: str) -> bool:
    """Whether a line may end between what stands before and a cluster behind it, with no space between them."""
    if _HAS_SOUTH_EAST.match(cluster):
        return unicodedata.category(before[-1]) not in {"Ps", "Pi"}
    return _HAS_SOUTH_EAST.search(before) is not None and unicodedata.category(cluster[0]) not in {"Pe", "Pf", "Po"}


def line_starts(text: str, width: int, measure: Callable[[str], int]) -> list[int]:
    """Where the lines of one line of text begin, by its characters, but for the first; `measure` gives cells.

    No word is broken, and none of the marks is parted from its letter: a line may be longer where a word is.
    """
    return _starts(_pieces(text), width, measure)


def cut_starts(word: str, width: int, measure: Callable[[str], int]) -> list[int]:
    """Where the lines of a word that is longer than a line begin, but for the first: never inside of a letter with its marks."""
    ends = accumulate(map(len, found := clusters(word)))
    return _starts(((end - len(one), one) for end, one in zip(ends, found, strict=True)), width, measure)


def _starts(pieces: Iterator[tuple[int, str]], width: int, measure: Callable[[str], int]) -> list[int]:
    starts, room = [], width
    for start, piece in pieces:
        wide = measure(piece)
        if not piece.isspace() and wide > room and room < width:
            starts.append(start)
            room = width
        room -= wide
    return starts


def stands_beside(character: str) -> bool:
    """Whether it is a vowel that stands beside its letter, as in Hindi, Tamil, Khmer and Burmese: most terminals give it a cell."""
    return unicodedata.category(character) == "Mc"


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
    for _start, piece in _pieces(text):
        if piece.isspace():
            gap = piece if line else ""
        elif line and cells(line) + len(gap) + cells(piece) > room:
            lines.append(line)
            line, gap, room = piece, "", width - cells(rest)
        else:
            line, gap = line + gap + piece, ""
    return "\n".join(f"{rest if index else first}{one}".rstrip() for index, one in enumerate([*lines, line]))
