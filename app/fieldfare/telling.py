"""An answer told line by line, for the command line and the line mode: warnings first, each statement with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare import output
from fieldfare.catalogue import _
from fieldfare.domain import BlockKind, Drafted, Verdict
from fieldfare.domain.translation import Text
from fieldfare.text import clean, primary

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Answer, Choice, EvidenceFound, Hazard, Passage, Question
    from fieldfare.domain.translation import Rendering


class Paper:
    """What is told on: a stream, with lines of `width` cells (0 wraps nothing). Everything is cleaned before it is written."""

    def __init__(self, stream: TextIO, width: int) -> None:
        self.stream, self.width = stream, width

    def say(self, text: str = "", starts: str = "", ends: str = "") -> None:
        """A paragraph; an empty one is a blank line."""
        self.write(output.paragraph(clean(text), starts, ends, self.width) if text else "")

    def write(self, lines: str) -> None:
        """Lines that are laid out already."""
        self.stream.write(f"{clean(lines)}\n")
        self.stream.flush()


class Telling:
    """Tells one answer as it comes, in the technician's language; without a `paper` it only translates.

    Below a translation that nobody approved stands the original; `originals` puts it below every one. `said` holds the
    translations by their originals, `places` the passages that the numbers in brackets stand for.
    """

    def __init__(
        self, assistant: Assistant, question: Question, cancel: threading.Event, paper: Paper | None, *, originals: bool
    ) -> None:
        self._assistant, self._question, self._cancel, self._paper = assistant, question, cancel, paper
        self._originals = originals
        self._language = assistant.language_of(question)
        self._several = len(question.packs or assistant.packs) > 1 and not question.machine
        self._hazards: list[Hazard] = []
        self._machine = ""
        self.places: list[Passage] = []
        self.said: dict[str, Rendering] = {}

    @property
    def language(self) -> str:
        """The language in which it is told; empty where no other than the manuals' is known."""
        return self._language

    def evidence(self, event: EvidenceFound) -> None:
        """The question as it was put, and the warnings of what will likely be cited."""
        if event.asked:
            self._say(_("Asked as: {question}").format(question=event.asked))
            self._gap()
        self._warn(event.hazards, [one.passage for one in event.evidence])

    def statement(self, event: Drafted) -> None:
        """A statement after its warnings, with the number of its source."""
        statement = event.statement
        passage = statement.citation.passage
        if passage not in self.places:
            self.places.append(passage)
        self._warn(event.hazards, [passage])
        said = self._translated(Text(text=statement.text, context=" > ".join(passage.heading),
                                     cells=passage.kind is BlockKind.TABLE), passage)  # fmt: skip
        if self._several and passage.machine != self._machine:
            self._machine = passage.machine
            self._say(f"{self._machine}:")
        self._say(said.text if said else statement.text, ends=f" [{self.places.index(passage) + 1}]")
        if said and (origin := output.origin(said)):
            self._say(f"({origin})", starts="    ")
        if said and said.changed and (self._originals or not said.approved):
            self._say(statement.text, starts="    = ")
        for line in statement.conversions:
            self._say(line, starts="    ", ends=f" ({_('converted')})")
        self._gap()

    def answer(self, answer: Answer) -> None:
        """What is left: warnings that came with no statement, the refusal, what it can mean, the sources."""
        self._warn(answer.hazards, [one.citation.passage for one in answer.statements])
        kept = dict.fromkeys(one.reason for said in self.said.values() if not said.changed for one in said.originals)
        if kept:
            self._say(_("In the original: {reasons}").format(reasons="; ".join(kept)))
            self._gap()
        route = self._assistant.route(answer.language, self._language)
        if route.count("→") > 1 and any(said.machine for said in self.said.values()):
            self._say(_("Translated over a third language: {route}").format(route=route))
            self._gap()
        if answer.verdict in {Verdict.REFUSED, Verdict.CHOICE}:
            self._say(answer.message)
            self._gap()
            self.places = [one.passage for one in answer.evidence] if answer.verdict is Verdict.REFUSED else []
        for number, passage in enumerate(self.places, 1):
            self._say(f"[{number}] {output.source_line(passage, machine=self._several)}")

    def choices(self, choices: Sequence[Choice], command: Callable[[Choice], str] | None = None) -> None:
        """The readings of a question, numbered; below each the `command` that asks it."""
        for number, one in enumerate(choices, 1):
            self._say(one.question.text, starts=f"{number}. ")
            self._say(output.source_line(one.evidence.passage, machine=self._several), starts="   ")
            if command is not None and self._paper is not None:
                self._paper.write(f"   {command(one)}\n")

    def again(self, answer: Answer) -> None:
        """All of an answer that was told before."""
        for statement in answer.statements:
            self.statement(Drafted(statement=statement))
        self.answer(answer)

    def hazards(self, hazards: Sequence[Hazard], passages: Sequence[Passage]) -> None:
        """Warnings whole, whether or not they were told."""
        self._hazards = [one for one in self._hazards if one not in hazards]
        self._warn(hazards, passages)

    def _warn(self, hazards: Sequence[Hazard], passages: Sequence[Passage]) -> None:
        """The warnings that were not told yet, before what they protect."""
        for hazard in hazards:
            if hazard in self._hazards:
                continue
            self._hazards.append(hazard)
            passage = next((one for one in passages if hazard in one.hazards), None)
            said = self._translated(Text(text=hazard.text, hazard=True), passage) if passage else None
            if self._paper is not None:
                width = self._paper.width
                self._paper.write(
                    output.translated_hazard_lines(hazard, said, self._language, width)
                    if said
                    else output.hazard_lines(hazard, width=width)
                )
            self._gap()

    def _translated(self, text: Text, passage: Passage) -> Rendering | None:
        """A text in the technician's language, None where it is printed in that."""
        if not self._language or primary(passage.language) == self._language:
            return None
        for _index, rendering in self._assistant.render([(text, passage)], self._language, self._cancel.is_set):
            self.said[text.text] = rendering
        return self.said.get(text.text)

    def _say(self, text: str, starts: str = "", ends: str = "") -> None:
        if self._paper is not None:
            self._paper.say(text, starts, ends)

    def _gap(self) -> None:
        if self._paper is not None:
            self._paper.say()
