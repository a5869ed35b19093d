"""One question on its way: what has arrived of its answer, and which number each passage has on the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event as Flag
from typing import TYPE_CHECKING

from fieldfare.domain import (
    Answer,
    Answered,
    Asked,
    BlockKind,
    Cancelled,
    Drafted,
    Evidence,
    EvidenceFound,
    Failed,
    Hazard,
    Statement,
    Verdict,
    reference,
)
from fieldfare.domain.translation import Text
from fieldfare.text import primary
from fieldfare.tui.seats import untold
from fieldfare.tui.translations import Translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fieldfare.domain import Event, Manifest, Passage, Question


@dataclass(slots=True)
class Turn:
    """The state of one question; the screen draws it and a worker feeds it.

    `notice` is what must be said of the machine's manuals beside every answer; `routes` are the ways of machine translations
    that led through a third language.
    """

    number: int
    question: Question
    cancel: Flag = field(default_factory=Flag)
    evidence: tuple[Evidence, ...] = ()
    hazards: list[Hazard] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    answer: Answer | None = None
    asked: str = ""  # the question that was searched where another was typed
    ended_by: Cancelled | Failed | None = None
    translations: Translations = field(default_factory=Translations)
    notice: str = ""
    figures: tuple[Evidence, ...] = ()
    routes: tuple[str, ...] = ()
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self.answer is None and self.ended_by is None

    def take(self, event: Event) -> None:
        """Keep what an event brings. Hazards are only ever added: nobody loses the warning that is being read."""
        if isinstance(event, EvidenceFound):
            self.evidence = event.evidence
            self.asked = event.asked
            for evidence in event.evidence:
                self.number_of(evidence.passage)
            self._add_hazards(event.hazards)
        elif isinstance(event, Drafted):
            self._add_hazards(event.hazards)
            self.statements.append(event.statement)
        elif isinstance(event, Answered):
            self.answer = event.answer
            if event.answer.choices:  # the readings have the first numbers: one key chooses
                numbered = enumerate(self._numbers, len(event.answer.choices) + 1)
                self._numbers = {place: number for number, place in numbered}
            self.statements = list(event.answer.statements)
            self.evidence = self.evidence or event.answer.evidence
            self._add_hazards(event.answer.hazards)
        elif isinstance(event, (Cancelled, Failed)):
            self.ended_by = event

    def texts(self, language: str) -> list[tuple[Text, Passage]]:
        """The warnings and statements that stand in another language, each with the passage that it is of."""
        shown = [one.citation.passage for one in self.statements] + [one.passage for one in self.evidence]
        found = [
            (Text(text=hazard.text, hazard=True), passage)
            for hazard in self.hazards
            for passage in [one for one in shown if hazard in one.hazards][:1]
        ]
        for one in self.statements:
            passage = one.citation.passage
            text = Text(text=one.text, context=" > ".join(passage.heading), cells=passage.kind is BlockKind.TABLE)
            found.append((text, passage))
        return [one for one in found if primary(one[1].language) != language]

    def find_routes(self, route: Callable[[str, str], str], passages: Iterable[Passage]) -> None:
        """Find out which translations of passages lead through a third language: what is lost twice must be said."""
        languages = dict.fromkeys(primary(one.language) for one in passages)
        ways = (route(one, self.translations.language) for one in languages)
        self.routes = tuple(way for way in ways if way.count("→") > 1)

    def deed(self, manifests: Mapping[str, Manifest]) -> Asked | None:
        """What the job keeps of it: what was shown as the answer, each text with its place; None without an answer.

        A translation is kept where a person approved it.
        """
        if self.answer is None or self.answer.verdict is Verdict.CHOICE:
            return None
        sources = []
        for one in self.answer.statements:
            said = self.translations.said(one.text)
            approved = said.text if said is not None and said.changed and said.approved else ""
            if manifest := manifests.get(one.citation.passage.pack):
                sources.append(reference(one.citation.passage, manifest, one.citation.quote, approved))
        refusal = self.answer.message if self.answer.verdict is Verdict.REFUSED else ""
        return Asked(question=self.question.text, verdict=self.answer.verdict, sources=tuple(sources), message=refusal)

    def number_of(self, passage: Passage) -> int:
        """The number of a passage: its place in the evidence, or the next free one."""
        return self._numbers.setdefault((passage.pack, passage.id), len(self._numbers) + 1)

    def _add_hazards(self, hazards: tuple[Hazard, ...]) -> None:
        self.hazards += untold(hazards, self.hazards)
