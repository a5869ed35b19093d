"""Typing errors: the words of the manuals that a misspelt word may mean."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SHORTEST = 4  # letters: a shorter word has too many neighbours
_TWO_ERRORS = 8  # letters from which two errors are forgiven
_MOST = 3  # corrections of a word


def corrections(word: str, words_like: Callable[[str, int, int], Sequence[tuple[str, int]]]) -> list[str]:
    """The nearest words of a pack, commonest first, at most three; none for codes, numbers and short words.

    `words_like` gives the pack's words that begin with a letter and have a length between two, with their frequency. Who
    mistypes the first letter is not understood: to look at all words would take too long on a small machine.
    """
    if len(word) < _SHORTEST or not word.isalpha():
        return []
    most = 2 if len(word) >= _TWO_ERRORS else 1
    letters = Counter(word)
    found: dict[int, list[tuple[int, str]]] = {}
    for other, frequency in words_like(word[0], len(word) - most, len(word) + most):
        if sum((letters - Counter(other)).values()) <= most:
            errors = distance(word, other, most)
            if errors <= most:
                found.setdefault(errors, []).append((-frequency, other))
    return [other for _, other in sorted(found[min(found)])[:_MOST]] if found else []


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be put in, left out, changed or swapped with their neighbour; more than `most` for too many."""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        last, line, earlier = line, [row], before
        for column, compared in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != compared))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == compared:
                cost = min(cost, earlier[column - 2] + 1)
            line.append(cost)
        before = last
        if min(line) > most:
            return most + 1
    return line[-1]
