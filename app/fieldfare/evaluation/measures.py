"""Judged outcomes -> figures, each with its interval, and the curves behind them. Plain arithmetic, no engine.

Intervals hold 95 %: Wilson (1927) for shares, Hanley and McNeil (1982) for AUROC, the normal one for means.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fieldfare.evaluation.judging import Outcome

_Z = 1.959964  # standard deviations that hold 95 % of a normal distribution
MEANINGS = {
    "hit_at_1": "right page or section found first",
    "hit_at_5": "right page or section among the first 5",
    "hit_at_10": "right page or section among the first 10",
    "mrr": "1 over the place of the first right one, mean",
    "ndcg_at_10": "right ones by relevance and place, against the best order",
    "right": "served: right place quoted or right words given, or rightly nothing",
    "exact": "expected words and numbers in the answer",
    "f1": "words of the answer against those expected, mean F1",
    "numbers": "expected numbers all in the answer",
    "hazards": "expected warning shown with the answer",
    "supported": "statements whose every number, unit, code and negation stands in the quote, and the quote in the pack",
    "auroc": "answerable questions have more confidence than unanswerable ones",
    "auroc_removed": "questions have more confidence than with their own manual taken out",
    "abstention_precision": "refusals that were due",
    "abstention_recall": "gaps of the manual that were admitted",
    "answered": "answerable questions that were answered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure: `value` from 0 to 1 over `total` cases, with its interval; `good` where it is a share."""

    name: str
    value: float
    total: int
    low: float
    high: float
    good: int | None = None

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        return MEANINGS[self.name]


def measures(outcomes: Sequence[Outcome], removed: Sequence[Outcome] = ()) -> tuple[Measure, ...]:
    """The figures for which there were questions, in the order of MEANINGS; `removed` were asked without their manual."""
    known: dict[str, Measure | None] = {}
    placed = [one for one in outcomes if one.case.placed]
    for depth in (1, 5, 10):
        known[f"hit_at_{depth}"] = share(f"hit_at_{depth}", (0 < one.rank <= depth for one in placed))
    known["mrr"] = mean("mrr", [1 / one.rank if one.rank else 0.0 for one in placed])
    known["ndcg_at_10"] = mean("ndcg_at_10", map(ndcg, placed))
    judged = [one for one in outcomes if one.case.judged]
    answerable = [one for one in judged if one.question.answerable]
    gaps = [one for one in judged if not one.question.answerable]
    known["right"] = share(
        "right", (one.right for one in judged if one.case.placed or one.exact is not None or one in gaps)
    )
    known["exact"] = share("exact", (one.exact for one in outcomes if one.exact is not None))
    known["f1"] = mean("f1", [one.f1 for one in outcomes if one.f1 is not None])
    known["numbers"] = share("numbers", (one.numbers for one in outcomes if one.numbers is not None))
    known["hazards"] = share("hazards", (one.warned for one in outcomes if one.warned is not None))
    known["supported"] = _supported(outcomes)
    known["auroc"] = auroc("auroc", [(one.reply.confidence, one.question.answerable) for one in judged])
    known["auroc_removed"] = _against_removed(answerable, removed)
    refused = [one for one in judged if one.refused]
    known["abstention_precision"] = share(
        "abstention_precision", (not one.question.answerable for one in refused if gaps)
    )
    known["abstention_recall"] = share("abstention_recall", (one.refused for one in gaps))
    known["answered"] = share("answered", (not one.refused for one in answerable))
    return tuple(one for name in MEANINGS if (one := known[name]) is not None)


def share(name: str, marks: Iterable[bool]) -> Measure | None:
    """The share of the good ones with its Wilson interval, None where there is nothing to judge."""
    judged = list(marks)
    good, total = sum(judged), len(judged)
    if not total:
        return None
    low, high = wilson(good, total)
    return Measure(name=name, value=good / total, total=total, low=low, high=high, good=good)


def wilson(good: int, total: int) -> tuple[float, float]:
    """The interval of a share."""
    found, squared = good / total, _Z * _Z
    middle = (found + squared / (2 * total)) / (1 + squared / total)
    half = _Z / (1 + squared / total) * math.sqrt(found * (1 - found) / total + squared / (4 * total * total))
    return max(0.0, min(middle - half, found)), min(1.0, max(middle + half, found))


def mean(name: str, values: Iterable[float]) -> Measure | None:
    """The mean with its interval, None where there is nothing to judge."""
    judged = list(values)
    if not judged:
        return None
    value = math.fsum(judged) / len(judged)
    spread = math.sqrt(math.fsum((one - value) ** 2 for one in judged) / max(len(judged) - 1, 1))
    half = _Z * spread / math.sqrt(len(judged))
    return Measure(name=name, value=value, total=len(judged), low=max(0.0, value - half), high=min(1.0, value + half))


def ndcg(outcome: Outcome) -> float:
    """Discounted gain of the first 10 over that of the best order (Järvelin and Kekäläinen 2002), gain linear."""
    gained = math.fsum(grade / math.log2(1 + rank) for rank, grade in outcome.ranks if rank <= 10)
    grades = sorted((grade for _, grade in outcome.case.pages), reverse=True)[:10] or [1]
    return gained / math.fsum(grade / math.log2(1 + rank) for rank, grade in enumerate(grades, 1))


def auroc(name: str, marked: Sequence[tuple[float, bool]]) -> Measure | None:
    """How likely a positive has more confidence than a negative, ties counting half; None where one kind is missing."""
    positives, negatives = sum(mark for _, mark in marked), sum(not mark for _, mark in marked)
    if not positives or not negatives:
        return None
    above = beaten = 0.0
    groups: defaultdict[float, list[int]] = defaultdict(lambda: [0, 0])
    for value, mark in marked:
        groups[value][mark] += 1
    for value in sorted(groups):
        low, high = groups[value]
        above += high * (beaten + low / 2)
        beaten += low
    area = above / (positives * negatives)
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    variance = area * (1 - area) + (positives - 1) * (first - area * area) + (negatives - 1) * (second - area * area)
    half = _Z * math.sqrt(max(variance, 0.0) / (positives * negatives))
    return Measure(
        name=name, value=area, total=len(marked), low=max(0.0, area - half), high=min(1.0, area + half)
    )  # fmt: skip


def _against_removed(present: Sequence[Outcome], removed: Sequence[Outcome]) -> Measure | None:
    """The same questions with their manual and without it."""
    ids = {one.question.id for one in removed}
    marked = [(one.reply.confidence, True) for one in present if one.question.id in ids]
    return auroc("auroc_removed", marked + [(one.reply.confidence, False) for one in removed])


def _supported(outcomes: Sequence[Outcome]) -> Measure | None:
    from fieldfare.evaluation.support import unsupported

    return share("supported", (not any(unsupported(said)) for one in outcomes for said in one.reply.statements))


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How the questions ended. Wrong: answered although there is no answer, or from another place with other words."""
    judged = [one for one in outcomes if one.case.judged]
    right = sum(one.right for one in judged)
    refused = sum(one.refused and one.question.answerable for one in judged)
    return {
        "questions": len(outcomes),
        "right": right,
        "refused": refused,
        "wrong": len(judged) - right - refused,
        "not judged": len(outcomes) - len(judged),
        "quoted": sum(one.quoted for one in outcomes),
        "offered to choose": sum(one.offered for one in outcomes),
        "unsupported": sum(len(one.unsupported) for one in outcomes),
    }


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each kind of question, the most frequent first."""
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        gap = "other" if one.question.answerable else "not in the manual"
        groups[one.question.kind or gap].append(one)
    return dict(sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])))


def percentiles(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Seconds from the question to the evidence, the first statement and the whole answer: p50, p90, p99."""
    takers: dict[str, Callable[[Outcome], float | None]] = {
        "evidence": lambda one: one.reply.evidence,
        "first statement": lambda one: one.reply.first,
        "whole answer": lambda one: one.reply.whole,
    }
    found = {}
    for name, taken in takers.items():
        values = sorted(value for one in outcomes if (value := taken(one)) is not None)
        if values:
            found[name] = {f"p{rank}": percentile(values, rank) for rank in (50, 90, 99)}
    return found


def percentile(ordered: Sequence[float], rank: float) -> float:
    """The value below which `rank` % of the ordered values lie, between neighbours in proportion."""
    place = (len(ordered) - 1) * rank / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def roc(marked: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """The curve of an AUROC from (0, 0) to (1, 1): share of the negatives and of the positives above each threshold."""
    positives, negatives = sum(mark for _, mark in marked), sum(not mark for _, mark in marked)
    points, taken = [(0.0, 0.0)], [0, 0]
    ordered = sorted(marked, key=lambda entry: -entry[0])
    for index, (value, mark) in enumerate(ordered):
        taken[mark] += 1
        if index + 1 == len(ordered) or ordered[index + 1][0] != value:
            points.append((taken[0] / (negatives or 1), taken[1] / (positives or 1)))
    return points


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Share of the questions that a threshold answers, and the share of those that are not right, from strict to lax."""
    ordered = sorted(outcomes, key=lambda one: -one.reply.confidence)
    points, wrong = [], 0
    for index, one in enumerate(ordered, 1):
        wrong += not one.sound
        if index == len(ordered) or ordered[index].reply.confidence != one.reply.confidence:
            points.append((index / len(ordered), wrong / index))
    return points


def calibration(outcomes: Sequence[Outcome], bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, share of the right ones and number of questions in each tenth of the confidence that has any."""
    groups: defaultdict[int, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[min(int(one.reply.confidence * bins), bins - 1)].append(one)
    return [
        (
            math.fsum(one.reply.confidence for one in group) / len(group),
            sum(one.sound for one in group) / len(group),
            len(group),
        )
        for _, group in sorted(groups.items())
    ]
