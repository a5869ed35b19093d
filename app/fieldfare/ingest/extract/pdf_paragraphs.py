"""Lines in reading order -> paragraphs, steps, headings: where one ends, and what it is."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_layout import LARGER, Line, Style, is_contents_title, join_lines, lines_of
from fieldfare.ingest.extract.pdf_shapes import Box
from fieldfare.ingest.hazards import NOTE_WORDS, split_signal_word
from fieldfare.ingest.structure import FIGURE_CAPTION
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_page import PageContent

NUMBERED = re.compile(r"^((?:\d{1,2}|[A-Z])(?:\.\d{1,3})*)\.?\s+(?=\S*[A-Za-zÀ-ÿ])")
MARKER = re.compile(
    r"^(\(?\d{1,2}[.)](?!\d)|\(?[a-z][.)]|\((?:[ivx]{1,4}|[A-Z])\)|[ivx]{2,4}[.)]|[•●○▪■◦‣⁃∙·▶►➢➤✓✔□❑]|[–—-](?=\s))\s*"
)
_SUBSTEP = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,3})\.?\s+(?=\S)")
_STEP_WORD = re.compile(r"^(?:step|schritt|étape|paso|passo|fase)\s+(\d{1,2})\s*[:.–—-]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What opens a list item: its number as printed, empty for a bullet, and where the text after it begins."""

    number: str
    end: int


def read_mark(text: str, last_step: str = "") -> Mark | None:
    """The mark that opens a list item; a decimal number is one below the step before it, else it may be a measure."""
    if found := MARKER.match(text):
        mark = found.group(1)
        plain = mark.strip("()").rstrip(".)")
        if len(text) == found.end():
            return None
        return Mark(plain if plain.isalnum() else "", found.end())
    if found := _STEP_WORD.match(text):
        return Mark(found.group(1), found.end()) if len(text) > found.end() else None
    if (found := _SUBSTEP.match(text)) and last_step:
        number = found.group(1)
        parent = number.rpartition(".")[0]
        if last_step in {parent, number} or last_step.rpartition(".")[0] == parent:
            return Mark(number, found.end())
    return None


def goes_on(before: Sequence[Line], line: Line, *, in_panel: bool) -> bool:
    """Whether a line belongs to the paragraph of the lines before it."""
    last = before[-1]
    gap = line.base - last.base
    if gap < 0.3 * line.size:  # beside it, or a new column
        beside = abs(gap) < 0.3 * line.size and line.box.x0 > last.box.x1 - 1
        return beside and line.box.x0 - last.box.x1 <= 4 * last.size
    if abs(line.size - last.size) > 0.12 * max(line.size, last.size):
        return False
    if gap > (2.2 if in_panel else 1.65) * line.size or MARKER.match(line.text):
        return False
    if line.bold != before[0].bold and (before[0].bold and all(one.bold for one in before)):
        return False
    if line.bold and not last.bold and len(line.words) <= 12 and gap > 1.35 * line.size:
        return False
    if FIGURE_CAPTION.match(line.text) or split_signal_word(line.text):
        return False
    first = before[0].box.x0
    if len(before) == 1 and MARKER.match(before[0].text):
        return line.box.x0 >= first - 2
    # The second line, not a piece of the first that justified text has torn off.
    expected = next((one.box.x0 for one in before if one.base - before[0].base > 0.3 * one.size), first)
    return abs(line.box.x0 - expected) < 2.5 * line.size or line.box.x0 > expected


def heading_level(lines: Sequence[Line], text: str, style: Style, marks: Sequence[tuple[str, int]]) -> int | None:
    """The level of a heading, None for text: bookmarks (folded title, level) decide, else size, weight and numbering."""
    if text.casefold().strip(" :!") in NOTE_WORDS:
        return None
    if len(text) > 160 or len(lines) > 4 or split_signal_word(text) or not any(map(str.isalpha, text)):
        return None
    folded = text.casefold()
    bare = NUMBERED.sub("", text).casefold()
    for title, level in marks:
        if title in {folded, bare} or NUMBERED.sub("", title) == bare:
            return level
    size, body = lines[0].size, style.body_size
    numbered = NUMBERED.match(text)
    larger = size >= LARGER * body
    bold = all(line.bold for line in lines)
    if not (larger or (bold and size >= 0.95 * body)) or FIGURE_CAPTION.match(text):
        return None
    if text.endswith((".", ":", ",", ";")) and not (larger and size >= 1.3 * body and text.endswith(":")):
        return None
    if MARKER.match(text) and not (numbered and (larger or (bold and "." in numbered.group(1)))):
        return None
    if numbered:
        return numbered.group(1).count(".") + 1
    if larger:
        return style.level_of(size)
    return 5 if len(text) <= 80 and len(lines) == 1 and not marks else None


def printed_title(page: PageContent, style: Style) -> str:
    """The title on a first page: its largest print, where that is one piece in its upper part and no heading; else empty."""
    lines = lines_of(page.words)
    largest = max((line.size for line in lines), default=0.0)
    large = [line for line in lines if line.size >= 0.95 * largest]
    if largest < 1.5 * style.body_size or large[0].base > 0.6 * page.height:
        return ""
    apart = any(lower.base - upper.base > 1.8 * largest for upper, lower in itertools.pairwise(large))
    between = any(line not in large and large[0].base < line.base < large[-1].base for line in lines)
    text = squeeze(" ".join(line.text for line in large))
    heading = NUMBERED.match(text) or is_contents_title(text) or split_signal_word(text)
    return "" if apart or between or heading or len(text) > 120 or not any(map(str.isalpha, text)) else text


def box_of(lines: Sequence[Line]) -> Box:
    """The box around lines."""
    return reduce(Box.join, (line.box for line in lines))


def paragraphs(lines: Sequence[Line], vocabulary: frozenset[str]) -> list[str]:
    """The paragraphs of a box of text, in reading order."""
    found: list[list[Line]] = []
    for line in lines:
        if found and goes_on(found[-1], line, in_panel=True):
            found[-1].append(line)
        else:
            found.append([line])
    return [join_lines(one, vocabulary) for one in found]


def ends_open(text: str) -> bool:
    """Whether a text stops inside a sentence, as at the end of a page or column."""
    return text[-1:] not in ".:!?;…" and text[-1:] != ""


class Depth:
    """How deep a step or bullet stands, by where its mark stands on the page."""

    def __init__(self) -> None:
        self._stack: list[float] = []

    def of(self, left: float) -> int:
        """The level, from 1, of an item whose mark is at this x."""
        while self._stack and left < self._stack[-1] - 4:
            self._stack.pop()
        if not self._stack or left > self._stack[-1] + 6:
            self._stack.append(left)
        return len(self._stack)

    def move(self) -> None:
        """The next item may stand in another column: keep the depth, forget the places."""
        self._stack = self._stack[:0]
