"""What stands on each page of a procedure, as widgets in their order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import BlockKind, Limit, StepState
from fieldfare.domain.translation import Text
from fieldfare.procedure.course import END, START
from fieldfare.procedure.words import name_of, said_of
from fieldfare.text import squeeze
from fieldfare.tui.widgets.blocks import Code, Prose
from fieldfare.tui.widgets.figure import FigureRow
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.step import StepText, Told, note_line
from fieldfare.tui.wording import caveats, heading, page_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.widget import Widget

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Figure, Measured, Passage
    from fieldfare.domain.manual import Link
    from fieldfare.domain.procedure import Piece, Step
    from fieldfare.procedure.course import Changes, Course
    from fieldfare.tui.translations import Translations

MARKS = {StepState.OPEN: "○", StepState.DONE: "✓", StepState.SKIPPED: "–"}
"""How the state of a step is drawn beside its word."""
_LARGE = frozenset({BlockKind.FIGURE, BlockKind.TABLE})  # what is to be done stands before these


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that a page is drawn from. `beside` says that its figures stand beside it; `columns` are those for pictures."""

    course: Course
    opening: Passage
    links: tuple[Link, ...]
    changes: Changes | None
    translations: Translations
    assistant: Assistant
    beside: bool
    columns: int

    def widgets(self) -> Iterator[Widget]:
        """The page that is shown."""
        key = self.course.current
        if key == START:
            yield from self._start()
        elif key == END:
            yield from self._end()
        elif (step := self.course.step) is not None:
            yield from self._step(step)

    def figures(self) -> tuple[Figure, ...]:
        """The figures of the page."""
        key = self.course.current
        if (step := self.course.step) is not None:
            return step.figures
        pieces = self.course.procedure.lead if key == START else self.course.procedure.tail
        return tuple(one.figure for one in pieces if one.figure)

    def figure(self, figure: Figure, columns: int) -> FigureRow:
        """A figure to look at."""
        pack = self.course.procedure.title.pack
        return FigureRow(
            id_=figure.id,
            caption=figure.caption or figure.number,
            width=figure.width,
            height=figure.height,
            columns=columns,
            load=partial(self.assistant.picture, pack, figure.image),
            translations=self.translations,
        )

    def _start(self) -> Iterator[Widget]:
        procedure = self.course.procedure
        title = procedure.title
        yield from self._hazards(START)
        if self.changes:
            yield from self._changed(self.changes)
        yield StepText(heading(title.heading) or title.document, translations=self.translations)
        source = ", ".join(filter(None, (squeeze(title.document), page_name(title.place))))
        yield Told(Content(source + caveats(self.opening)), classes="above")
        yield from self._pieces(procedure.lead, hazards=False)
        yield from self._links()
        count = ngettext("{number} step", "{number} steps", len(procedure.steps)).format(number=len(procedure.steps))
        yield Told(Content.styled(_("{steps}. Enter begins.").format(steps=count), "bold"), key="enter")

    def _changed(self, changes: Changes) -> Iterator[Widget]:
        said = _("The manual has changed since this was begun (version {old}, now {new}).").format(
            old=squeeze(changes.version), new=squeeze(self.course.procedure.version)
        )
        yield Told(Content.styled(said, "bold"), mark="! ")
        for sentence, numbers in (
            (_("Changed, open again: {steps}"), changes.changed),
            (_("New: {steps}"), changes.added),
            (_("Not in it any more: {steps}"), changes.removed),
        ):
            if numbers:
                yield Told(sentence.format(steps=", ".join(map(squeeze, numbers))), mark="  ")

    def _step(self, step: Step) -> Iterator[Widget]:
        state = self.course.state(step.key)
        yield from self._hazards(step.key)
        for above in self._above(step):
            yield Prose(
                plain(above.text), number=plain(above.number), source=above.text, translations=self.translations
            ).add_class("above")
        yield from self._pieces(step.before, hazards=False)
        yield StepText(step.text, number=step.number, translations=self.translations)
        if state.state is not StepState.OPEN:
            word = _("done") if state.state is StepState.DONE else _("skipped: {reason}")
            said = word.format(reason=squeeze(state.reason))
            yield Told(Content.styled(f"{MARKS[state.state]} {said}", "bold"), key="u")
        if step.confidence < 1:
            yield Told(
                _("Read from a picture, {sure:.0%} sure: compare with the page.").format(sure=step.confidence),
                mark="! ",
            )
        at = next((i for i, one in enumerate(step.body) if one.block.kind in _LARGE), len(step.body))
        yield from self._pieces(step.body[:at], hazards=False)
        yield from self._checks(step, state.readings)
        for wait in step.waits:
            yield Told(_("{time}: m starts the timer").format(time=squeeze(wait.text)), key="m", mark="◷ ")
        if state.note:
            yield note_line(state.note)
        yield from self._links()
        yield from self._pieces(step.body[at:], hazards=False)
        mentioned = [one for one in step.mentioned if one.block.rows or not self.beside]
        if mentioned:
            yield Told(_("Named in this step"), classes="rule")
            yield from self._pieces(mentioned, hazards=False)

    def _above(self, step: Step) -> Iterator[Step]:
        """The steps that this one is a part of, the outermost first."""
        if step.parent is not None:
            parent = self.course.procedure.steps[step.parent]
            yield from self._above(parent)
            yield parent

    def _end(self) -> Iterator[Widget]:
        course = self.course
        counts = course.counts()
        head = _("{done} done, {skipped} skipped, {open} open").format(
            done=counts[StepState.DONE], skipped=counts[StepState.SKIPPED], open=counts[StepState.OPEN]
        )
        yield StepText(head)
        for step, reason in course.skipped():
            said = _("{step} skipped: {reason}").format(step=self._short(step), reason=squeeze(reason))
            yield Told(said, mark="– ")
        for step in course.procedure.steps:
            for reading in course.state(step.key).readings:
                said = f"{squeeze(step.number)} {squeeze(reading.name)}: {said_of(reading)}".strip()
                yield Told(said, mark=mark_of(reading))
            if note := course.state(step.key).note:
                yield Told(f"{squeeze(step.number)}: {squeeze(note)}", mark="✎ ")
        if counts[StepState.OPEN]:
            yield Told(Content.styled(_("Enter: to the first open step"), "bold"), key="enter")
        else:
            yield Told(Content.styled(_("Enter: close this procedure. All of it is in the job."), "bold"), key="enter")
        if course.procedure.tail:
            yield Told(_("Below the steps"), classes="rule")
            yield from self._pieces(course.procedure.tail, hazards=True)

    @staticmethod
    def _short(step: Step) -> str:
        text = squeeze(step.text)
        return f"{squeeze(step.number)} {text[:60]}{'…' if len(text) > 60 else ''}".strip()

    def _hazards(self, key: str) -> Iterator[Widget]:
        hazards = self.course.hazards(key)
        for one in hazards:
            yield HazardBox.of(one, translations=self.translations)
        if hazards:
            done = self.course.state(key).acknowledged
            said = _("Read and understood") if done else _("Enter: I have read this")
            yield Told(Content.styled(said, "bold"), key="" if done else "enter", mark="✓ " if done else "▲ ")

    def _checks(self, step: Step, readings: tuple[Measured, ...]) -> Iterator[Widget]:
        taken = {one.name: one for one in readings}
        for check in step.checks:
            name = name_of(check)
            reading = taken.pop(name, None)
            if reading is not None:
                yield Told(f"{name}: {said_of(reading)}", key="r", mark=mark_of(reading))
            else:
                expected = _(" (expected: {value})").format(value=squeeze(check.expected)) if check.expected else ""
                yield Told(
                    _("{name}{expected}: r takes the reading").format(name=name, expected=expected), key="r", mark="☐ "
                )
        for reading in taken.values():
            yield Told(f"{squeeze(reading.name)}: {said_of(reading)}", key="r", mark=mark_of(reading))

    def _links(self) -> Iterator[Widget]:
        for link in self.links:
            page = _("p. {page}").format(page=squeeze(link.label)) if link.label else ""
            title = ", ".join(filter(None, (squeeze(link.title), page)))
            yield Told(_("{title}: g opens it").format(title=title), key="g", mark="→ ")

    def _pieces(self, pieces: Iterable[Piece], *, hazards: bool) -> Iterator[Widget]:
        """Blocks as the manual prints them; its warnings where they stand only where `hazards` says so."""
        for piece in pieces:
            block = piece.block
            if block.kind is BlockKind.HAZARD:
                if hazards or block.protects == "row":
                    yield HazardBox(
                        signal_word=block.signal_word,
                        text=block.text,
                        scheme=block.scheme,
                        translations=self.translations,
                    )
            elif block.kind is BlockKind.TABLE and block.rows:
                if block.caption:
                    yield Prose(plain(block.caption), source=block.caption, translations=self.translations).add_class(
                        "table-caption"
                    )
                yield Table(block, translations=self.translations)
            elif block.kind is BlockKind.FIGURE:
                if piece.figure is not None and not self.beside:
                    yield self.figure(piece.figure, self.columns)
                elif piece.figure is not None or block.caption or block.text:
                    yield Prose(
                        plain(block.caption or block.text), source=block.caption, translations=self.translations
                    )
            elif block.kind is BlockKind.CODE:
                yield Code(plain(block.text).strip("\n"))
            elif block.text.strip():
                yield Prose(
                    plain(block.text).strip("\n"), number=plain(block.number), source=block.text,
                    translations=self.translations,
                )  # fmt: skip

    def texts(self) -> list[Text]:
        """What of the page is translated, in the order in which it is read."""
        course = self.course
        context = " > ".join(course.procedure.title.heading)
        found = [Text(text=one.text, context=context, hazard=True) for one in course.hazards(course.current)]
        pieces: list[Piece] = []
        if (step := course.step) is not None:
            texts = [*(one.text for one in self._above(step)), step.text]
            found += [Text(text=one, context=context) for one in texts]
            pieces = [*step.before, *step.body, *step.mentioned]
        elif course.current == START:
            found.append(Text(text=heading(course.procedure.title.heading), context=context))
            pieces = list(course.procedure.lead)
        else:
            pieces = list(course.procedure.tail)
        for block in (one.block for one in pieces):
            if block.kind is BlockKind.CODE:
                continue
            cells = (cell for row in block.rows for cell in row)
            found += [Text(text=one, context=context) for one in (block.caption, *cells) if one.strip()]
            if block.text.strip() and not block.rows and block.kind is not BlockKind.FIGURE:
                found.append(Text(text=block.text, context=context, hazard=block.kind is BlockKind.HAZARD))
        return found


def mark_of(reading: Measured) -> str:
    """What stands before a reading."""
    return "! " if reading.verdict in {Limit.LOW, Limit.HIGH} else "✓ "
