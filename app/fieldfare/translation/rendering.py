"""A text taken apart into what is translated for itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain.translation import Outcome, Rendering, Sentence, Text
from fieldfare.text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

# What stands before a step and is no part of it: `3. `, `3.1 `, `b) `, `• `.
_MARK = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+|[a-zA-Z]\)|[•–—*-])\s+(?=\S)")
_SIGNAL = re.compile(r"([^\W\d_]{4,14})\s?[:!]\s+(?=\S)")
_LABEL = re.compile(r"([^:]{1,80}):\s+(?=\S)")


def untranslated(source: Text) -> Rendering:
    """A text taken apart, everything pending. `WARNING:` before a sentence is a sentence of its own."""
    text, found, place = source.text, [], 0
    for start, end in _spans(text, cells=source.cells):
        found.append(
            Sentence(before=text[place:start], source=text[start:end], text=text[start:end], outcome=Outcome.PENDING)
        )
        place = end
    return Rendering(source=source, sentences=tuple(found), after=text[place:])


def _spans(text: str, *, cells: bool) -> Iterator[tuple[int, int]]:
    """The places of what is translated for itself: sentences; in tables cells, and the names of their columns."""
    for first, last in _cells(text) if cells else [(0, len(text))]:
        for begin, end in sentences(text[first:last]):
            start, end = first + begin, first + end  # noqa: PLW2901
            while mark := _MARK.match(text, start, end):
                start = mark.end()
            if (signal := _SIGNAL.match(text, start, end)) and signal[1].isupper():
                yield start, signal.end(1)
                start = signal.end()
            yield start, end


def _cells(text: str) -> Iterator[tuple[int, int]]:
    """The cells of a table: `a | b` in a whole one, `Column: cell` in a row."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if " | " in line:
            for cell in line.split(" | "):
                yield start, start + len(cell)
                start += len(cell) + 3
        elif label := _LABEL.match(line):
            yield start, start + len(label[1])
            yield start + label.end(), end
        else:
            yield start, end
        start = end + 1
