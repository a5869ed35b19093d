"""Questions with known answers -> the assistant -> scores: is the right place found, the answer right, a gap admitted?

`cases` what is asked, `asking` what was said, `judging` and `support` whether it is right and proved, `measures` the figures,
`gate` what a pack must reach, `run` and `journal` a whole run, `comparison` two of them, `report` the page, `models` which
language model serves best here.
"""

from __future__ import annotations

from fieldfare.evaluation.cases import Case, QuestionSet, gold_cases, read_set, sample
from fieldfare.evaluation.gate import THRESHOLDS, Score, scores, thresholds
from fieldfare.evaluation.judging import SHOWN, Outcome, failure, stands_at
from fieldfare.evaluation.measures import Measure, measures
from fieldfare.evaluation.run import Run, ask_all, ask_cases, outcome_object

__all__ = [
    "SHOWN",
    "THRESHOLDS",
    "Case",
    "Measure",
    "Outcome",
    "QuestionSet",
    "Run",
    "Score",
    "ask_all",
    "ask_cases",
    "failure",
    "gold_cases",
    "measures",
    "outcome_object",
    "read_set",
    "sample",
    "scores",
    "stands_at",
    "thresholds",
]
