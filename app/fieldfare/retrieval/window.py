"""The part of a passage that the reader reads: its time grows with the text, and the answer stands near the question's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.stems import unaccented
from fieldfare.text import sentences

if TYPE_CHECKING:
    from fieldfare.retrieval.query import Query

SIZE = 480  # characters: about 100 tokens
_WORD = re.compile(r"[^\W_]+")
_LONG_STEM = 5  # letters from which the last of a stem may have changed: batteri, battery


def best_window(query: Query, text: str, size: int = SIZE) -> tuple[int, int]:
    """Where to read: the whole of a short text, else the sentences that hold most of the question's weight.

    Of windows that hold the same the first is taken; one sentence longer than the window is read from its start.
    """
    if len(text) <= size:
        return 0, len(text)
    spans = sentences(text)
    held = [_groups(query, text[start:end]) for start, end in spans]
    best, score = (0, min(size, len(text))), -1.0
    for first, (start, _) in enumerate(spans):
        groups: set[int] = set()
        end = start
        for (_, stop), mine in zip(spans[first:], held[first:], strict=True):
            if stop - start > size and end > start:
                break
            groups |= mine
            end = min(stop, start + size)
        weight = sum(query.groups[index].weight for index in groups)
        if weight > score + 1e-9:
            best, score = (start, end), weight
    return best


def _groups(query: Query, text: str) -> set[int]:
    """Which words of the question stand in a text, by the beginnings of its words: near enough to choose a place."""
    written = {unaccented(match.group().casefold()) for match in _WORD.finditer(text)}
    found = set()
    for index, group in enumerate(query.groups):
        beginnings = tuple(
            word[:-1] if len(word) > _LONG_STEM else word for phrase in group.phrases for word in phrase.split()
        )
        if any(word.startswith(beginnings) for word in written):
            found.add(index)
    return found
