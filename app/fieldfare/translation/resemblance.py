"""How near two texts of one language are, and what may be put in the place of what differs. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from fieldfare.translation.words import LANGUAGES
from fieldfare.units import unit_of
from fieldfare.vocabulary import CONDITIONS, NEGATIONS, POLAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Translation

# A code (letters and digits in one, HG101-0020), a number, a word, a mark.
_TOKEN = re.compile(
    r"(?=[\w./-]*\d)(?=[\w./-]*[^\W\d_])[^\W_]+(?:[-./][^\W_]+)*|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]"
)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_GROUP = re.compile(r"\d{1,3}[.,]\d{3}")  # thousands or decimals: nobody can tell
_SIGNS = frozenset("+−-–/%°·<>±≤≥=")
# Words of which no similar text may have another: they turn a sentence round.
_TURNING = frozenset(NEGATIONS) | frozenset(CONDITIONS) | frozenset(POLAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """What of a text differs from an approved one: its `numbers` as pairs of approved and asked, its `words` as printed."""

    score: float
    numbers: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words, numbers, codes and marks of a text in order."""
    return tuple(_TOKEN.findall(text))


def compare(asked: Sequence[str], approved: Sequence[str], *, least: float) -> Resemblance | None:
    """How a text differs from an approved one, None where less than a share is the same or what differs must not.

    The score is one less the share of words that must be changed, put in or left out (the edit distance in words), as
    translators' tools count it.
    """
    longest = max(len(asked), len(approved), 1)
    # Numbers count as the same: what differs only in them is looked at whatever their share.
    folded, known = _shapes(tuple(asked)), _shapes(tuple(approved))
    if min(len(asked), len(approved)) < least * longest:
        return None
    if (Counter(folded) & Counter(known)).total() < least * longest:
        return None
    numbers: list[tuple[str, str]] = []
    words: list[str] = []
    changed = 0
    for one, other in _alignment(folded, known):
        old, new = (approved[other] if other is not None else ""), (asked[one] if one is not None else "")
        if old.casefold() == new.casefold():
            continue
        changed += 1
        if _PLAIN.fullmatch(old) and _PLAIN.fullmatch(new):
            numbers.append((old, new))
            continue
        if any(_is_fixed(part) for part in (old, new) if part):
            return None
        words += [part for part in (new, old) if part]
    score = 1 - changed / longest
    return Resemblance(score=score, numbers=tuple(numbers), words=tuple(words)) if not words or score >= least else None


@lru_cache(maxsize=4096)
def _shapes(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a text in small letters, every plain number the same."""
    return tuple("0" if _PLAIN.fullmatch(word) else word.casefold() for word in words)


def _is_fixed(word: str) -> bool:
    """Whether a word may not differ: a number, a unit, a code, a sign, a denial, a condition, a direction."""
    if any(map(str.isdigit, word)) or word in _SIGNS or unit_of(word):
        return True
    return word.casefold() in _TURNING


def _alignment(one: Sequence[str], other: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Which places of two texts belong together with fewest changes; None where a word has no counterpart."""
    shorter = min(len(one), len(other))
    head = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    rest = shorter - head
    tail = next((place for place in range(rest) if one[-1 - place] != other[-1 - place]), rest)
    middle = _cheapest(one[head : len(one) - tail], other[head : len(other) - tail])
    return [
        *((place, place) for place in range(head)),
        *((row if row is None else row + head, column if column is None else column + head) for row, column in middle),
        *((len(one) - place, len(other) - place) for place in range(tail, 0, -1)),
    ]


def _cheapest(one: Sequence[str], other: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """The same for what is left between equal beginnings and ends, by the edit distance of Wagner and Fischer."""
    width = len(other) + 1
    costs = [list(range(width))]
    for row, word in enumerate(one, 1):
        above, line = costs[-1], [row]
        for column in range(1, width):
            kept = above[column - 1] + (word != other[column - 1])
            line.append(min(kept, above[column] + 1, line[column - 1] + 1))
        costs.append(line)
    row, column = len(one), len(other)
    found: list[tuple[int | None, int | None]] = []
    while row or column:
        here = costs[row][column]
        if row and column and here == costs[row - 1][column - 1] + (one[row - 1] != other[column - 1]):
            row, column = row - 1, column - 1
            found.append((row, column))
        elif row and here == costs[row - 1][column] + 1:
            row -= 1
            found.append((row, None))
        else:
            column -= 1
            found.append((None, column))
    return found[::-1]


def decimal_mark(code: str) -> str:
    """The decimal mark of a language."""
    known = LANGUAGES.get(code)
    return "," if known is None or known.comma else "."


def put_in(numbers: Sequence[tuple[str, str]], one: Translation, mark: str, target_mark: str) -> str:
    """A translation with other numbers; empty where it is not certain which of its numbers is which.

    Each number that changes must stand once in the source and once in the translation. One that is or becomes 1 may ask for
    another form of the word behind it, so it is not put in.
    """
    changes: dict[str, str] = {}
    said, heard = Counter(tokens(one.source)), Counter(tokens(one.target))
    for old, new in numbers:
        printed = old.replace(mark, target_mark)
        if said[old] != 1 or heard[printed] != 1 or "1" in {old, new}:
            return ""
        if (
            _GROUP.fullmatch(old)
            or _GROUP.fullmatch(new)
            or (target_mark == mark and not old.isdigit() and mark not in old)
        ):
            return ""
        changes[printed] = new.replace(mark, target_mark)
    return _TOKEN.sub(lambda match: changes.get(match.group(), match.group()), one.target)
