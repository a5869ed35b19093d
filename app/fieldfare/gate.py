"""Evidence -> the chance that the manuals answer the question. Pure.

A calibrated gate on what the search measured, not a sentence in a prompt: a model that is told to abstain does so at the
wrong moments. docs/silence.md shows what it keeps out and what it costs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldfare.domain import Finding

FEATURES = ("closeness", "coverage", "share", "margin", "answers", "span")
# scripts/train/gate.py fits these on public sets that no reported figure is taken from.
WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.0, 0.1)
CONSTANT = -2.0


def features(finding: Finding) -> tuple[float, ...]:
    """What the gate looks at, in the order of FEATURES."""
    signals = finding.signals
    return (
        signals.closeness,
        signals.coverage,
        signals.share,
        min(signals.margin, 1.0),
        _squeezed(signals.answers),
        _squeezed(signals.span),
    )


def confidence(finding: Finding) -> float:
    """The chance from 0 to 1 that what was found answers the question."""
    total = CONSTANT + sum(weight * value for weight, value in zip(WEIGHTS, features(finding), strict=True))
    return 1 / (1 + math.exp(-total))


def _squeezed(logit: float | None) -> float:
    """A logit of the reader from -1 to 1: far out it says nothing more."""
    return math.tanh((logit or 0.0) / 4)
