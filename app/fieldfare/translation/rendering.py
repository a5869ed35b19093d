"""A text taken apart into what is translated for itself."""

from __future__ import annotations

import re

from fieldfare.domain.translation import Outcome, Rendering, Sentence, Text
from fieldfare.text import sentences

# What stands before a step and is no part of it: `3. `, `3.1 `, `b) `, `• `.
_MARK = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+|[a-zA-Z]\)|[•–—*-])\s+(?=\S)")
_SIGNAL = re.compile(r"([^\W\d_]{4,14})\s?[:!]\s+(?=\S)")
_CELL = re.compile(r"[^:\n]{1,80}:\s+(?=\S)")


def untranslated(source: Text) -> Rendering:
    """A text taken apart, everything pending. `WARNING:` before a sentence is a sentence of its own."""
    text, found, place = source.text, [], 0
    for start, end in _spans(text, cells=source.cells):
        found.append(
            Sentence(before=text[place:start], source=text[start:end], text=text[start:end], outcome=Outcome.PENDING)
        )
        place = end
    return Rendering(source=source, sentences=tuple(found), after=text[place:])


def _spans(text: str, *, cells: bool) -> list[tuple[int, int]]:
    spans = []
    for begin, end in sentences(text):
        start = begin
        while mark := _MARK.match(text, start, end):
            start = mark.end()
        parts = _CELL if cells else _SIGNAL
        if (label := parts.match(text, start, end)) and (cells or label[1].isupper()):
            colon = start + len(label.group().rstrip()) - 1
            spans.append((start, colon))
            start = label.end()
        spans.append((start, end))
    return spans
