"""Figures against the shares that a pack's author asks for: what `pack check` passes or stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.errors import SourceError
from fieldfare.evaluation.measures import MEANINGS, measures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.evaluation.judging import Outcome

# What a pack should reach unless its author says otherwise in [check]; each is a share from 0 to 1.
THRESHOLDS = {
    "hit_at_1": 0.5,
    "hit_at_5": 0.8,
    "exact": 0.5,
    "hazards": 0.9,
    "abstention_precision": 0.5,
    "abstention_recall": 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One figure of a check: `good` of `total`, and the share that it must reach."""

    name: str
    good: int
    total: int
    threshold: float

    @property
    def share(self) -> float:
        """The share of the good ones."""
        return self.good / self.total

    @property
    def passed(self) -> bool:
        """Whether the threshold is reached."""
        return self.share >= self.threshold

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        return MEANINGS[self.name]


def scores(outcomes: Sequence[Outcome], thresholds: dict[str, float]) -> tuple[Score, ...]:
    """The figures for which there were questions, in the order of THRESHOLDS."""
    found = {one.name: one for one in measures(outcomes)}
    return tuple(
        Score(name=name, good=found[name].good or 0, total=found[name].total, threshold=thresholds[name])
        for name in THRESHOLDS
        if name in found
    )


def thresholds(check: dict[str, Any]) -> dict[str, float]:
    """The thresholds of [check] in pack.toml over the defaults; SourceError for one that is no share from 0 to 1."""
    chosen = dict(THRESHOLDS)
    for name, value in check.items():
        if name == "ignore":
            continue
        if name not in THRESHOLDS:
            raise SourceError(f"pack.toml: [check] has no {name!r}. It has ignore, {', '.join(THRESHOLDS)}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise SourceError(f"pack.toml: check.{name} must be a number from 0 to 1, not {value!r}.")
        chosen[name] = float(value)
    return chosen
