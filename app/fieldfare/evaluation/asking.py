"""A case -> the real assistant -> what it said, as plain values that can be kept and judged later, in any process."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.domain import Answered, BlockKind, Drafted, EvidenceFound, Failed, Place, Question, Region
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Finding, Passage, Statement
    from fieldfare.evaluation.cases import Case
    from fieldfare.pack.archive import Archive

DEPTH = 10  # places that are ranked
_EXCERPT = 300  # characters of a found passage that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a passage stands, and the beginning of its text."""

    pack: str
    passage: int
    document: str
    heading: tuple[str, ...]
    place: Place
    kind: BlockKind
    text: str

    @property
    def line(self) -> str:
        """One line that names it."""
        page = f"p. {self.place.label}" if self.place.label else ""
        return ", ".join(filter(None, (self.document, page, " > ".join(self.heading))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement as it was shown. `stands` says whether the pack itself has the quote where the citation says."""

    text: str
    quote: str
    verbatim: bool
    stands: bool
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One reading of an ambiguous question that was offered to choose from, and where it would be answered from."""

    text: str
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the assistant did with a question; times are in seconds from Enter, `first` None where nothing was stated.

    `hazards` are the warnings shown, each with its signal word; `confidence` is what the gate decides by; `asked` is the
    question that was searched where it is not the one that was typed.
    """

    verdict: str
    message: str
    statements: tuple[Said, ...]
    hazards: tuple[str, ...]
    found: tuple[Spot, ...]
    confidence: float
    evidence: float
    first: float | None
    whole: float
    choices: tuple[Offered, ...] = ()
    asked: str = ""

    @property
    def text(self) -> str:
        """The answer as one text, or the readings to choose from, or the sentence of refusal."""
        return "\n".join(one.text for one in self.statements or self.choices) or self.message

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def of_object(cls, row: dict[str, Any]) -> Reply:
        """What `as_object` made; ValueError, TypeError or KeyError where it is something else."""
        said = tuple(Said(**{**one, "spot": _spot_of(one["spot"])}) for one in row["statements"])
        found = tuple(map(_spot_of, row["found"]))
        choices = tuple(Offered(text=one["text"], spot=_spot_of(one["spot"])) for one in row["choices"])
        return cls(**{**row, "statements": said, "found": found, "hazards": tuple(row["hazards"]), "choices": choices})


def _spot_of(row: dict[str, Any]) -> Spot:
    place = dict(row["place"])
    region = Region(**place["region"]) if place["region"] else None
    values = {**row, "heading": tuple(row["heading"]), "kind": BlockKind(row["kind"])}
    return Spot(**{**values, "place": Place(**{**place, "region": region})})


def spot(passage: Passage) -> Spot:
    """Where a passage stands."""
    return Spot(
        pack=passage.pack,
        passage=passage.id,
        document=f"{passage.document} {passage.revision}".strip(),
        heading=passage.heading,
        place=passage.place,
        kind=passage.kind,
        text=squeeze(passage.text)[:_EXCERPT],
    )


def confidence(finding: Finding) -> float:
    """What the gate decides by, from 0 to 1: the one place that knows where it is read."""
    return 0.0 if finding.unknown else finding.support


def ask(
    assistant: Assistant, archives: Mapping[str, Archive], case: Case, question: Question, *, depth: int = DEPTH
) -> Reply:
    """Ask one question as the screen does, then look at the evidence behind it; `question` is the case as it is asked.

    `archives` are the open packs by id: every quote is looked up again in its pack. Raises FieldfareError where an engine fails.
    """
    began = time.perf_counter()
    evidence = first = None
    for event in assistant.ask(question, threading.Event()):
        match event:
            case EvidenceFound():
                evidence = time.perf_counter() - began
            case Drafted():
                first = first or time.perf_counter() - began
            case Answered(answer=answer):
                whole = time.perf_counter() - began
                break
            case Failed(message=message):
                raise FieldfareError(message)
    else:
        raise FieldfareError(f"The question “{case.gold.text}” got no answer.")  # only a cancelled one ends so
    finding = assistant.find(question, max(depth, 2 * depth if case.pages else depth))
    warnings = [f"{hazard.signal_word} {hazard.text}" for hazard in answer.hazards]
    return Reply(
        verdict=answer.verdict.value,
        message=answer.message,
        statements=tuple(_said(one, archives) for one in answer.statements),
        hazards=tuple(warnings),
        found=tuple(spot(one.passage) for one in finding.evidence),
        confidence=confidence(finding),
        evidence=whole if evidence is None else evidence,
        first=first,
        whole=whole,
        choices=tuple(Offered(text=one.question.text, spot=spot(one.evidence.passage)) for one in answer.choices),
        asked=answer.asked,
    )


def _said(statement: Statement, archives: Mapping[str, Archive]) -> Said:
    citation = statement.citation
    archive = archives.get(citation.passage.pack)
    passage = archive.passages([citation.passage.id]).get(citation.passage.id) if archive else None
    stands = passage is not None and passage.text[citation.start : citation.end] == citation.quote
    return Said(
        text=statement.text,
        quote=citation.quote,
        verbatim=statement.verbatim,
        stands=stands,
        spot=spot(citation.passage),
    )
