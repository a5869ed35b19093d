"""Gold questions -> the real assistant over one pack -> scores: is the right place found, the answer right, a gap admitted?

The pack is opened as it lies, installed or not, and nothing else is searched.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.assistant import Assistant
from fieldfare.domain import Answer, Answered, BlockKind, Evidence, Failed, GoldQuestion, Passage, Question, Verdict
from fieldfare.errors import FieldfareError, SourceError
from fieldfare.library import Shelf
from fieldfare.text import content_words, stem, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fieldfare.assistant import Model
    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval import Embedder

DEPTH = 5  # places that a technician is shown beside an answer
WORDS_SHARE = 0.5  # of the words of a gold answer in prose that must stand in what is answered, where it has no numbers
# What a pack should reach unless its author says otherwise in [check]; each is a share from 0 to 1.
THRESHOLDS = {
    "hit_at_1": 0.5,
    "hit_at_5": 0.8,
    "exact": 0.5,
    "hazards": 0.9,
    "abstention_precision": 0.5,
    "abstention_recall": 0.5,
}
_MEANING = {
    "hit_at_1": "right page or section found first",
    "hit_at_5": f"right page or section among the first {DEPTH}",
    "exact": "expected words and numbers in the answer",
    "hazards": "expected warning shown with the answer",
    "abstention_precision": "refusals that were due",
    "abstention_recall": "gaps of the manual that were admitted",
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the assistant did with one question.

    `rank` is the place of the first right evidence from 1, 0 for none; `cited` whether the answer quotes the right place.
    `exact` and `warned` are None where the question expects no words or no warning; who gets no answer acts on none, so a
    refusal is not judged for its warning.
    """

    question: GoldQuestion
    answer: Answer
    rank: int
    cited: bool
    exact: bool | None
    warned: bool | None
    found: tuple[Evidence, ...]

    @property
    def refused(self) -> bool:
        """Whether the assistant said that it is not in the manuals."""
        return self.answer.verdict is Verdict.REFUSED

    @property
    def right(self) -> bool:
        """Whether a technician is served: the right place is quoted or the expected words are given, or rightly nothing."""
        return self.refused if not self.question.answerable else not self.refused and (self.cited or bool(self.exact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One figure of an evaluation: `good` of `total`, and the share that it must reach."""

    name: str
    good: int
    total: int
    threshold: float

    @property
    def share(self) -> float:
        """The share of the good ones; 1 where there is nothing to judge."""
        return self.good / self.total if self.total else 1.0

    @property
    def passed(self) -> bool:
        """Whether the threshold is reached."""
        return self.share >= self.threshold

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        return _MEANING[self.name]


def ask_all(
    archive: Archive,
    questions: Sequence[GoldQuestion],
    embedder: Embedder | None,
    progress: Callable[[str, int, int], None],
    *,
    open_model: Callable[[], Model] | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Ask every question of one pack alone; with `open_model` running text is drafted as on the device, else quoted.

    `warn` hears what is wrong with the pack: that its embedder is not here, say. The archive is closed by its owner.
    Raises FieldfareError where an engine fails.
    """
    shelf = Shelf(archives=(archive,), packs=(), problems=())
    assistant = Assistant(shelf, embedder, open_model, eager=True)
    for problem in assistant.problems:
        warn(problem)
    outcomes = []
    for done, question in enumerate(questions, 1):
        outcomes.append(_outcome(question, *_asked(assistant, question.text)))
        progress("asking", done, len(questions))
    return tuple(outcomes)


def _asked(assistant: Assistant, text: str) -> tuple[Answer, tuple[Evidence, ...]]:
    question = Question(text=text)
    for event in assistant.ask(question, threading.Event()):
        if isinstance(event, Answered):
            return event.answer, assistant.search(question, DEPTH)
        if isinstance(event, Failed):
            raise FieldfareError(event.message)
    raise FieldfareError(f"The question “{text}” got no answer.")  # only a cancelled one ends so, and none is


def _outcome(question: GoldQuestion, answer: Answer, found: tuple[Evidence, ...]) -> Outcome:
    cited = {one.citation.passage.id: one.citation.passage for one in answer.statements}
    return Outcome(
        question=question,
        answer=answer,
        rank=next((one.rank for one in found if stands_at(question, one.passage)), 0),
        cited=any(stands_at(question, passage) for passage in cited.values()),
        exact=_is_exact(question, answer),
        warned=_is_warned(question, answer),
        found=found,
    )


def stands_at(question: GoldQuestion, passage: Passage) -> bool:
    """Whether a passage stands on the page or in the section that a question names."""
    if question.page and question.page.casefold() in {passage.place.label.casefold(), str(passage.place.page or "")}:
        return True
    wanted = " ".join(words(question.section))
    if not wanted:
        return False
    headings = [" ".join(words(title)) for title in passage.heading]
    numbered = re.fullmatch(r"[\d.]+", question.section) is not None
    return any(wanted == title or (numbered and title.split(" ")[0] == wanted) for title in headings if title)


def _is_exact(question: GoldQuestion, answer: Answer) -> bool | None:
    if not question.answerable or not (question.expect or question.answer):
        return None
    if answer.verdict is Verdict.REFUSED:
        return False
    text = " ".join(answer.text.casefold().split())
    numbers = set(_numbers(text))
    stems = {stem(word) for word in words(text)}
    if question.expect:
        return all(
            (part.casefold() in text and set(_numbers(part)) <= numbers)
            or (set(_numbers(part)) <= numbers and {stem(word) for word in content_words(part)} <= stems)
            for part in question.expect
        )
    wanted = set(_numbers(question.answer))
    if wanted:
        return wanted <= numbers
    spoken = {stem(word) for word in content_words(question.answer)}
    return bool(spoken) and len(spoken & stems) >= WORDS_SHARE * len(spoken)


def _numbers(text: str) -> list[str]:
    """The numbers of a text; a decimal comma is a point."""
    return [number.replace(",", ".") for number in _NUMBER.findall(text)]


def _is_warned(question: GoldQuestion, answer: Answer) -> bool | None:
    if not question.hazard or answer.verdict is Verdict.REFUSED:
        return None
    shown = [f"{hazard.signal_word} {hazard.text}" for hazard in answer.hazards]
    shown += [one.text for one in answer.statements if one.citation.passage.kind is BlockKind.HAZARD]
    wanted = set() if question.hazard == "*" else {stem(word) for word in words(question.hazard)}
    return any(wanted <= {stem(word) for word in words(text)} for text in shown)


def scores(outcomes: Sequence[Outcome], thresholds: dict[str, float]) -> tuple[Score, ...]:
    """The figures for which there were questions, in the order of THRESHOLDS."""
    placed = [one for one in outcomes if one.question.answerable and (one.question.page or one.question.section)]
    gaps = [one for one in outcomes if not one.question.answerable]
    refused = [one for one in outcomes if one.refused]
    counted: dict[str, Iterable[bool]] = {
        "hit_at_1": [one.rank == 1 for one in placed],
        "hit_at_5": [one.rank > 0 for one in placed],
        "exact": [one.exact for one in outcomes if one.exact is not None],
        "hazards": [one.warned for one in outcomes if one.warned is not None],
        "abstention_precision": [not one.question.answerable for one in refused] if gaps else [],
        "abstention_recall": [one.refused for one in gaps],
    }
    found = []
    for name, judged in counted.items():
        marks = list(judged)
        if marks:
            found.append(Score(name=name, good=sum(marks), total=len(marks), threshold=thresholds[name]))
    return tuple(found)


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


def failure(outcome: Outcome) -> str:
    """What was found instead of what the author expects, in one line; empty where the question passed."""
    question, parts = outcome.question, []
    if not question.answerable:
        if outcome.refused:
            return ""
        parts.append("is not in the manual, but was answered")
    else:
        if outcome.refused:
            parts.append("was refused")
        if (question.page or question.section) and not outcome.rank:
            place = f"page {question.page}" if question.page else f"section {question.section}"
            parts.append(f"{place} is not among the first {DEPTH}")
        if outcome.exact is False and not outcome.refused:
            parts.append(f"expected “{'; '.join(question.expect) or question.answer}”")
        if outcome.warned is False:
            parts.append("the expected warning is not shown" if question.hazard != "*" else "no warning is shown")
    return "; ".join(parts)
