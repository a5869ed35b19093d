"""A question on its way: evidence, what a search measured, citations, the answer, and the events that tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldfare.domain.source import BlockKind, Figure, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.domain.pack import Passage


class Match(StrEnum):
    """Why a passage was found."""

    IDENTIFIER = "identifier"
    WORDS = "words"
    MEANING = "meaning"


class Verdict(StrEnum):
    """What kind of answer was given."""

    GROUNDED = "grounded"
    QUOTED = "quoted"
    REFUSED = "refused"
    CHOICE = "choice"  # the question has several readings: the technician chooses one


class ModelStatus(StrEnum):
    """How far the language model is; everything but drafting works in every state."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    SLOW = "slow"  # loaded, but this machine is too slow or too busy to draft with it
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelState:
    """The state of the language model with a sentence that explains it to the technician."""

    status: ModelStatus
    sentence: str


def hazards_before(shown: Iterable[Passage | Citation]) -> tuple[Hazard, ...]:
    """Every hazard that must be shown before some passages or quotes: once each, whatever it protects of them."""
    found: dict[tuple[str, ...], Hazard] = {}
    for one in shown:
        for hazard in one.warnings:
            found.setdefault((hazard.signal_word, hazard.scheme, hazard.text), hazard)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the technician wants to know. Empty `packs` means every installed pack, an empty `machine` every machine.

    `history` are the questions asked before, oldest first: `and the voltage?` means that of what they were about, in the
    packs that had been `settled` on. Of a question that stands by itself the `context` is the one before it: what it means
    may lean on that all the same. `language` is
    that of the technician, in which he is answered; empty, it is found out from his words.
    """

    text: str
    language: str = ""
    machine: str = ""
    packs: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reader makes of one passage and a question.

    `answers` is the logit that it answers the question; text[start:end] the likeliest answer in it and `span` how much
    likelier that is than none, as a difference of logits.
    """

    answers: float
    start: int
    end: int
    span: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that may answer: `rank` from 1, `score` from 0 to 1, and why it was found.

    `coverage` is the share of the question's words, weighed by their rarity, that stand in the passage or its headings.
    A search for figures names the `figure` that it found; its passage is the figure's own or the text that it illustrates.
    """

    passage: Passage
    rank: int
    score: float
    matched_by: tuple[Match, ...]
    coverage: float = 0.0
    figure: Figure | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a search measured of the first three current passages, before anything is weighed: a gate is calibrated on it.

    `closeness` is the nearest meaning (0 for strangers, about 1 for the same words; None where none was compared), `nearest`
    the same over all candidates. `coverage` is the best share of the question's words weighed by rarity, `share` the same
    with every word counting alike. `margin` is the score of the first passage over the best of another section. `answers`
    and `span` are the reader's best logits, None where nothing was read.
    """

    closeness: float | None = None
    nearest: float = 0.0
    coverage: float = 0.0
    share: float = 0.0
    margin: float = 0.0
    answers: float | None = None
    span: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a search found, and how well it fits: `support` from 0 to 1 is what the gate decides by.

    `unknown` are identifiers of the question that stand in no installed manual.
    """

    evidence: tuple[Evidence, ...]
    support: float
    unknown: tuple[str, ...] = ()
    signals: Signals = Signals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a statement is proved: `quote` is `passage.text[start:end]` of the passage that it names."""

    passage: Passage
    quote: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.passage.text[self.start : self.end] != self.quote or not self.quote:
            raise ValueError("a citation quotes its passage verbatim")

    @property
    def warnings(self) -> tuple[Hazard, ...]:
        """The hazards that must be shown before the quote; a warning that is quoted whole says it itself."""
        return () if self.passage.kind is BlockKind.HAZARD and self.quote == self.passage.text else self.passage.hazards


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence, step or row of an answer with its proof; a verbatim one is the quote itself.

    `conversions` give its values in the unit that the question asked for, source value first: computed, not of the manual.
    """

    text: str
    citation: Citation
    verbatim: bool
    conversions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One reading of an ambiguous question: it stands by itself, and `evidence` is what it would be answered from."""

    question: Question
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown: statements with proof, a refusal that names the nearest pages, or the readings to choose from.

    `message` is the sentence of a refusal; beside statements it says why they are quotes and no draft.

    `asked` is the question that was searched where it is not the one that was typed; `searched` the machines whose manuals
    were.
    """

    verdict: Verdict
    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]
    message: str = ""
    choices: tuple[Choice, ...] = ()
    asked: str = ""
    searched: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.verdict in {Verdict.GROUNDED, Verdict.QUOTED}) != bool(self.statements):
            raise ValueError("an answer has statements, a refusal or choice has none")
        if (self.verdict is Verdict.CHOICE) != bool(self.choices):
            raise ValueError("a choice has readings, nothing else has")

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Every hazard that protects what is cited, whoever made the answer: none can be left out."""
        return hazards_before(one.citation for one in self.statements)

    @property
    def language(self) -> str:
        """The language of what is cited first, empty where nothing is."""
        return self.statements[0].citation.passage.language if self.statements else ""

    @property
    def text(self) -> str:
        """The answer as one text, a statement a line; the sentence of refusal where there is no answer."""
        return "\n".join(statement.text for statement in self.statements) or self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """The instant tier has finished: useful alone, shown at once.

    `hazards` protect what the answer will likely cite; `asked` is the question that was searched where another was typed.
    """

    evidence: tuple[Evidence, ...]
    hazards: tuple[Hazard, ...]
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One more statement of the answer passed the lock (or was replaced by its quote)."""

    statement: Statement

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """What must be shown before it."""
        return self.statement.citation.warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer is complete."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The technician stopped the answer; what was drafted before stays valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The answer could not be finished; `message` is a sentence for a person. The evidence stays valid.

    `exit_code` is that of a program which was asked for nothing else.
    """

    message: str
    exit_code: int = 1


Event = EvidenceFound | Drafted | Answered | Cancelled | Failed
