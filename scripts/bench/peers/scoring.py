"""What is counted of an answer or a list of results, the same for every system: no system's own judge is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

QUOTE_SHARE = (
    0.9  # of the words of a gold quote that must stand in a result: tables are laid out differently everywhere
)
PROSE_SHARE = 0.5  # of the content words of a gold answer without numbers that must stand in the answer
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Marks of citations and of numbered lists: they count things, they say nothing about a machine.
_MARKS = re.compile(r"\[\d{1,2}\]|^\s*\d{1,2}[.)]\s+", re.MULTILINE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    """a an and are as at be by can do does for from has have how if in is it its my not of on or so than that the their then
    there these they this to was were what when where which who why will with you your no yes""".split()
)
# How a model says that it has no answer: outright, or by what its text lacks.
_OUTRIGHT = re.compile(
    r"\b(?:do not|don['’]t|does not|doesn['’]t) (?:\w+ )?know\b|\b(?:cannot|can['’]t|could not|couldn['’]t) (?:\w+ ){0,2}?answer\b|"
    r"\bunable to (?:\w+ ){0,2}?(?:answer|find|determine|provide)\b|\bno (?:\w+ )?(?:information|answer)\b|\bempty response\b",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"(?:\b(?:not|no)|n['’]t)\s+(?:\w+\s+){0,3}?(?:answer|say|state|specify|specified|mention(?:ed)?|provided?|contain|include|"
    r"given?|stated|found|available|clear|explicitly)\b",
    re.IGNORECASE,
)
_READ = re.compile(
    r"\b(?:contexts?|texts?|passages?|manuals?|documents?|information|excerpts?|answers?)\b", re.IGNORECASE
)


def numbers(text: str) -> set[str]:
    """The numbers of a text as they count: without list marks, thousands joined, a decimal comma as a point."""
    found = set()
    for printed in _NUMBER.findall(_MARKS.sub(" ", text)):
        value = printed.replace(",", "") if _THOUSANDS.fullmatch(printed) else printed.replace(",", ".")
        if value.count(".") == 1:
            value = value.rstrip("0").rstrip(".")
        found.add(re.sub(r"^0+(?=\d)", "", value))
    return found


def refuses(text: str) -> bool:
    """Whether an answer says, in its first sentence, that there is none; an empty one says so too."""
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    return not first or bool(_OUTRIGHT.search(first) or (_LACKS.search(first) and _READ.search(first)))


def unsupported(answer: str, question: str, texts: Iterable[str]) -> set[str]:
    """The numbers of an answer that neither the question nor any of the texts has."""
    known = numbers(question)
    for text in texts:
        known |= numbers(text)
    return numbers(answer) - known


def words(text: str) -> list[str]:
    """The words of a text without case and punctuation."""
    return _WORD.findall(text.casefold())


def holds(text: str, quote: str) -> bool:
    """Whether a result has the words of a gold quote, however it is laid out."""
    wanted = set(words(quote))
    return bool(wanted) and len(wanted & set(words(text))) >= QUOTE_SHARE * len(wanted)


def lies_in(text: str, section: str) -> bool:
    """Whether a result is a part of a gold section: it has next to no words of its own."""
    given = set(words(text))
    return bool(given) and len(given & set(words(section))) >= QUOTE_SHARE * len(given)


def rank(found: Sequence[dict[str, str]], question: dict[str, Any], *, near: bool = False) -> int:
    """The place of the first right result from 1, 0 for none: by its source, or by its text where the gold is a quote.

    `near` also takes a part of the quote's section: what is cut small may hold the answer in other words beside the quote.
    """
    for place, one in enumerate(found, 1):
        if not question["quote"]:
            if one["doc"] in question["gold"]:
                return place
        elif holds(one["text"], question["quote"]) or (near and lies_in(one["text"], "\n".join(question["truth"]))):
            return place
    return 0


def right(answer: str, golds: Sequence[str]) -> bool:
    """Whether one of the gold answers stands in an answer: word for word, or by its numbers, or by half of its words."""
    given = words(answer)
    spoken, line = {word[:5] for word in given}, f" {' '.join(given)} "
    for gold in golds:
        wanted = words(gold)
        if wanted and f" {' '.join(wanted)} " in line:
            return True
        if len(wanted) <= 3:  # a name or a date: all of it or nothing
            continue
        if numbers(gold):
            if numbers(gold) <= numbers(answer):
                return True
            continue
        content = {word[:5] for word in wanted if word not in _COMMON}
        if content and len(content & spoken) >= PROSE_SHARE * len(content):
            return True
    return False


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
