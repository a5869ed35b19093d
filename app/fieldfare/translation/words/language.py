"""The small words of six languages by which a translation is compared with its source: what denies, restricts, orders, turns round.

A pattern is written as words parted by white space: `*` stands for any letters, `_` for white space. What a concept is
called is the same in all languages, so any two of them can be compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

# Two poles of an axis; the second is the first turned round.
AXES = (
    ("open", "close"), ("left", "right"), ("clockwise", "counterclockwise"), ("before", "after"), ("on", "off"),
    ("up", "down"), ("increase", "decrease"), ("more", "less"), ("minimum", "maximum"), ("tighten", "loosen"), ("connect", "disconnect"),
    ("install", "remove"), ("start", "stop"), ("enable", "disable"), ("first", "last"), ("positive", "negative"),
    ("lock", "unlock"), ("push", "pull"), ("fill", "drain"), ("hot", "cold"), ("always", "never"), ("front", "rear"),
    ("inlet", "outlet"), ("inside", "outside"), ("longer", "shorter"), ("fast", "slow"), ("highest", "lowest"),
)  # fmt: skip
# Of these a pole may not be lost either: their words have no synonyms.
CERTAIN_AXES = frozenset({
    ("left", "right"), ("clockwise", "counterclockwise"), ("before", "after"), ("first", "last"), ("fast", "slow"), ("always", "never"),
    ("inside", "outside"), ("positive", "negative"), ("minimum", "maximum"),
})  # fmt: skip
# Poles of which a translation never speaks where its source does not.
MARKED = frozenset({"less", "never", "slow", "unlock", "loosen", "negative"})
# Of these both poles often say the same thing in turn: `higher in less time`.
VAGUE_AXES = frozenset({("increase", "decrease"), ("up", "down"), ("inlet", "outlet"), ("highest", "lowest")})
_OPENING = 3  # letters by which a word is looked up
_WORD = re.compile(r"[^\W\d_]+")
RESTRICTIONS = ("only", "unless")  # a condition that may not be lost


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Concepts with the words that say them; `openings` finds by the first letters of a word which of them it may say."""

    patterns: dict[str, re.Pattern[str]]
    openings: dict[str, frozenset[str]]

    def said(self, text: str) -> set[str]:
        """The concepts that a folded text may say: all others need no look."""
        found = set(self.openings.get("", ()))
        for word in _WORD.findall(text):
            found |= self.openings.get(word[:_OPENING], frozenset())
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """The words of one language, as patterns over folded text.

    `negations` deny by themselves, `echoes` only repeat a denial (Romance `no … nunca`, `weder … noch`), `weak` words may
    stand for a denial of another language (`unable`, `fails`), `affixed` deny within a word. `forces` are what is demanded: must, may, forbidden, needless.
    `common` are words that are frequent here and rare in the other five.
    """

    name: str
    negations: re.Pattern[str]
    echoes: re.Pattern[str]
    weak: re.Pattern[str]
    affixed: re.Pattern[str]
    forces: dict[str, re.Pattern[str]]
    concepts: Table
    numbers: dict[str, int]
    common: frozenset[str]
    comma: bool = True  # whether the decimal mark is a comma


NOTHING = re.compile(r"(?!)")


def pattern(words: str, raw: str = "") -> re.Pattern[str]:
    """Words of a table, and what a table cannot say, as one pattern; a word that begins with `/` is one itself."""
    raw = "|".join([*filter(None, [raw]), *(word[1:] for word in words.split() if word[0] == "/")])
    parts = [
        re.escape(word.casefold()).replace(r"\*", r"\w*").replace("_", r"\s+")
        for word in words.split()
        if word[0] != "/"
    ]
    whole = [rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"] if parts else []
    return re.compile("|".join([*whole, *filter(None, [raw])]))


def table(text: str) -> Table:
    """Lines of `concept: words`."""
    patterns: dict[str, re.Pattern[str]] = {}
    openings: defaultdict[str, set[str]] = defaultdict(set)
    for line in text.strip().splitlines():
        name, _, words = (part.strip() for part in line.partition(":"))
        patterns[name] = pattern(words)
        for word in words.split():
            first = _WORD.match(word.casefold())
            begins = first.group() if first else ""
            short = len(begins) < _OPENING and word[len(begins) : len(begins) + 1] == "*"
            openings["" if short or not begins else begins[:_OPENING]].add(name)
    return Table(patterns, {begins: frozenset(names) for begins, names in openings.items()})


def numbers(text: str) -> dict[str, int]:
    """Number words from zero upwards, spellings of one number parted by `|`; one with `~` may say something else too."""
    return {word: value for value, words in enumerate(text.split()) for word in words.split("|")}
