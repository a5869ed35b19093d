"""What a search measured -> the chance that the manuals answer the question. Pure.

A calibrated gate on evidence, not a sentence in a prompt: a model that is told to abstain does so at the wrong moments.
docs/silence.md shows what it keeps out and what that costs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldfare.domain import Signals

GATE = 0.35  # the chance below which the answer is that the manuals do not say; docs/silence.md shows the others
MEANING, WORDS, READER = ("closeness",), ("coverage", "share", "margin"), ("answers", "span")
# The logistic weights, the constant last, for every kind of search: with or without vectors, with or without a reader.
# scripts/train/gate.py fits them on public sets that no reported figure is taken from.
WEIGHTS: dict[tuple[str, ...], tuple[float, ...]] = {
    MEANING + WORDS + READER: (3.39, 0.49, 0.76, 1.43, 1.67, 1.32, -2.33),
    MEANING + WORDS: (4.16, 1.82, 1.89, 2.39, -4.81),
    WORDS + READER: (0.82, 0.94, 1.80, 2.11, 1.09, -1.31),
    WORDS: (2.41, 2.30, 2.80, -3.75),
}
NO_WORD_SHARED = 0.45  # closeness at which a question in another language than its answer passes


def features(signals: Signals) -> dict[str, float]:
    """What the gate looks at: only what was measured."""
    found = {"coverage": signals.coverage, "share": signals.share, "margin": min(signals.margin, 1.0)}
    if signals.closeness is not None:
        found["closeness"] = signals.closeness
    if signals.answers is not None and signals.span is not None:
        # Far out a logit says nothing more.
        found["answers"], found["span"] = math.tanh(signals.answers / 4), math.tanh(signals.span / 8)
    return found


def confidence(signals: Signals) -> float:
    """The chance from 0 to 1 that what was found answers the question."""
    found = features(signals)
    for names, (*weights, constant) in WEIGHTS.items():
        if found.keys() == set(names):
            total = constant + sum(weight * found[name] for weight, name in zip(weights, names, strict=True))
            chance = 1 / (1 + math.exp(-total))
            if not signals.coverage and signals.closeness is not None:
                return max(chance, GATE * signals.closeness / NO_WORD_SHARED) if signals.closeness > 0 else chance
            return chance
    raise AssertionError(f"no weights for {sorted(found)}")
