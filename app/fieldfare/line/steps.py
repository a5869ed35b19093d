"""A procedure by lines: its warnings, a step at a time, ticked, skipped, measured and noted as on the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import Limit, StepState
from fieldfare.domain.procedure import Check
from fieldfare.domain.translation import Text
from fieldfare.errors import FieldfareError
from fieldfare.line.pages import Layout
from fieldfare.procedure import course as courses
from fieldfare.procedure import readings
from fieldfare.procedure.lists import lists_of
from fieldfare.report.contents import limit_name, reading, state_name
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.domain import Deed, Hazard, Passage
    from fieldfare.domain.procedure import ProcedureTitle, Step
    from fieldfare.line.session import Session
    from fieldfare.procedure.course import Course


class Steps:
    """Chooses a procedure and leads through it; how far it is, is kept in the job."""

    def __init__(self, session: Session) -> None:
        self._session, self._dialogue = session, session.dialogue
        self._procedures = session.assistant.procedures
        self._course: Course

    def choose(self, places: Sequence[Passage], number: str = "") -> None:
        """The procedures at some places, else all those of the machine; the only one, or that of a number, begins."""
        found = dict.fromkeys(filter(None, (self._procedures.title_at(one.pack, one.section) for one in places)))
        packs = self._session.workplace.packs
        titles = tuple(found) or tuple(one for one in self._procedures.titles() if not packs or one.pack in packs)
        chosen = titles[int(number) - 1 :][:1] if number and int(number) else titles if len(found) == 1 else ()
        if not titles:
            self._dialogue.say(_("The manuals hold no procedures."))
        elif number and not chosen:
            self._dialogue.say(_("There is no procedure {number}.").format(number=number))
        elif chosen:
            self.carry_out(chosen[0])
        else:
            self._session.offer([lambda one=one: self.carry_out(one) for one in titles])  # type: ignore[misc]
            self._dialogue.show(self._dialogue.laid_out(_named(one), f"{at}. ") for at, one in enumerate(titles, 1))

    def carry_out(self, title: ProcedureTitle) -> None:
        """Lead through a procedure from where it is, until its end or until it is left."""
        procedure = self._procedures.open(title)
        self._course = courses.begin(procedure)
        kept = self._session.journal.progress(self._course.progress.procedure)
        if kept is not None:
            place = kept.procedure
            same = self._procedures.open_version(place.pack, place.digest, place.document, place.heading)
            self._course, changes = courses.resume(same or procedure, kept)
            if changes:
                self._changed(changes)
        self._dialogue.say(_named(title))
        self._page()
        while (line := self._dialogue.ask(self._prompt())) is not None:
            if line in {"q", ":q"}:
                break
            try:
                if self._obey(line):
                    break
            except FieldfareError as error:
                self._dialogue.complain(str(error))
        self._dialogue.say(_("The procedure is kept as far as it is. p goes on."))

    def _changed(self, changes: courses.Changes) -> None:
        self._dialogue.say(_("The manual has changed since version {version}.").format(version=changes.version))
        for sentence, numbers in (
            (_("Changed steps, open again: {numbers}"), changes.changed),
            (_("New steps: {numbers}"), changes.added),
            (_("Steps that are gone: {numbers}"), changes.removed),
        ):
            if numbers:
                self._dialogue.say(sentence.format(numbers=", ".join(numbers)))

    # -- what is shown

    def _prompt(self) -> str:
        course = self._course
        if course.unacknowledged(course.current) == course.current:
            return _("Warning read? Enter.")
        if course.current == courses.START:
            return _("Begin: Enter.")
        if course.current == courses.END:
            return _("End of the procedure. Leave: Enter.")
        return _("Done: Enter. Skip: s. Others: ?")

    def _page(self) -> None:
        """The page that is reached: warnings first, whole; then what is to be done."""
        self._dialogue.say()
        self._dialogue.show(self._lines())

    def _lines(self) -> Iterator[str]:
        course = self._course
        step = course.step
        hazards = course.hazards(course.current)
        layout = self._layout(step, hazards)
        for hazard in hazards:
            yield layout.hazard(hazard) + "\n"
        told = {squeeze(one.text) for one in hazards}
        if course.current == courses.START:
            yield from (layout.piece(one) for one in course.procedure.lead if squeeze(one.block.text) not in told)
        elif step is not None:
            yield from self._step(step, layout, told)
        else:
            yield from (layout.piece(one) for one in course.procedure.tail)
            yield from self._summary()

    def _step(self, step: Step, layout: Layout, told: set[str]) -> Iterator[str]:
        laid_out, state = self._dialogue.laid_out, self._course.state(step.key)
        for piece in step.before:
            if squeeze(piece.block.text) not in told:
                yield layout.piece(piece)
        at = [one.key for one in self._course.procedure.steps].index(step.key) + 1
        done = f" ({state_name(state.state)}{': ' + squeeze(state.reason) if state.reason else ''})"
        label = _("Step {number} of {count}").format(number=at, count=len(self._course.procedure.steps))
        yield laid_out(f"{label}{done if state.state is not StepState.OPEN else ''}:")
        yield layout.text(step.text, f"{squeeze(step.number)} " if step.number else "")
        for piece in step.body:
            if squeeze(piece.block.text) not in told:
                yield layout.piece(piece)
        for number, check in enumerate(step.checks, 1):
            expected = ", " + _("expected {limits}").format(limits=squeeze(check.expected)) if check.expected else ""
            yield laid_out(_("r {number}: measure {name}").format(number=number, name=_name_of(check)) + expected)
        for kept in state.readings:
            yield laid_out(f"{squeeze(kept.name)}: {reading(kept)}")
        if state.note:
            yield laid_out(_("Note: {text}").format(text=state.note))
        for wait in step.waits:
            yield laid_out(_("t: timer of {time}").format(time=squeeze(wait.text)))
        yield from map(laid_out, self._timers())

    def _summary(self) -> Iterator[str]:
        course, laid_out = self._course, self._dialogue.laid_out
        counts = course.counts()
        done = ngettext("{count} step done", "{count} steps done", counts[StepState.DONE])
        yield laid_out(
            f"{done.format(count=counts[StepState.DONE])}, "
            f"{_('{count} skipped').format(count=counts[StepState.SKIPPED])}, "
            f"{_('{count} open').format(count=counts[StepState.OPEN])}."
        )
        for step, reason in course.skipped():
            yield laid_out(
                _("Skipped: {step}").format(step=f"{squeeze(step.number)} {squeeze(step.text)} ({squeeze(reason)})")
            )
        for step, measured in course.out_of_limits():
            yield laid_out(f"{squeeze(step.number)} {squeeze(measured.name)}: {reading(measured)}")

    def _timers(self) -> Iterator[str]:
        for timer in self._course.progress.timers:
            step, left = self._course.step_of(timer.step), courses.remaining(timer, datetime.now(UTC))
            if step is not None:
                clock = f"{abs(left) // 60}:{abs(left) % 60:02}"
                sentence = (
                    _("Timer of step {number}: {time} left")
                    if left > 0
                    else _("Timer of step {number}: over since {time}")
                )
                yield sentence.format(number=squeeze(step.number), time=clock)

    def _layout(self, step: Step | None, hazards: Sequence[Hazard]) -> Layout:
        """With the translations of what is on the page."""
        texts = [Text(text=one.text, hazard=True) for one in hazards]
        blocks = [one.block for one in ((*step.before, *step.body) if step else self._course.procedure.lead)]
        texts += [Text(text=one) for one in ([step.text] if step else [])]
        texts += [Text(text=one.text) for one in blocks if one.text.strip() and not one.rows]
        said = self._session.reader.translated(texts, self._procedures.opening(self._course.procedure.title))
        return Layout(self._dialogue.width, said, self._session.language)

    # -- what is typed

    def _obey(self, line: str) -> bool:
        """Do what a line says; whether the procedure is left."""
        name, _space, rest = line.removeprefix(":").partition(" ")
        course = self._course
        match name:
            case "":
                return self._go_on()
            case "+" | "-":
                self._move(course.go_by(1 if name == "+" else -1))
            case "s" if course.step:
                reason = rest or self._dialogue.ask(_("Why is it skipped?")) or ""
                if reason:
                    self._move(*course.skip(course.current, reason))
            case "u" if course.step:
                self._keep(*course.reopen(course.current))
                self._page()
            case "n":
                if text := rest or self._dialogue.ask(_("Note:")) or "":
                    self._keep(*course.note(course.current, text))
                    self._dialogue.say(_("Noted in the job."))
            case "r" if course.step:
                self._measure(course.step, rest)
            case "t" if course.step and course.step.waits:
                self._keep(course.start_timer(course.current, course.step.waits[0], datetime.now(UTC)))
                for one in self._timers():
                    self._dialogue.say(one)
            case "l":
                self._lists()
            case "f":
                self._figure(rest)
            case "a":
                self._page()
            case _other:
                for sentence in _help():
                    self._dialogue.say(sentence)
        return False

    def _go_on(self) -> bool:
        """Enter: the warnings were read, the step is done, the procedure begins or ends."""
        course = self._course
        page = course.unacknowledged(course.current)
        if page and page != course.current:
            self._dialogue.say(_("First the warnings of the procedure:"))
            self._move(course.go(page))
        elif page:
            self._keep(*course.acknowledge(page))
            if course.current == courses.START:
                self._move(self._course.go(self._course.next_open))
        elif course.current == courses.START:
            self._move(course.go(course.next_open))
        elif course.step:
            self._move(*course.tick(course.current))
        else:
            return True
        return False

    def _measure(self, step: Step, typed: str) -> None:
        """Keep a reading: `r 23.5 V`, or `r 2 23.5 V` for the second thing that the step wants measured."""
        number, _space, rest = typed.partition(" ")
        several = len(step.checks) > 1
        at = int(number) - 1 if several and rest and number.isdecimal() and 0 < int(number) <= len(step.checks) else 0
        value = rest if several and at == int(number if number.isdecimal() else 0) - 1 and rest else typed
        check = step.checks[at] if step.checks else Check(name="")
        name = _name_of(check) if check.name or check.expected else (self._dialogue.ask(_("What was measured?")) or "")
        value = value or self._dialogue.ask(f"{name}:") or ""
        if not value or not name:
            return
        judged = readings.judge(check, value)
        course, deeds = self._course.measure(step.key, check, judged, name)
        self._keep(course, deeds)
        mark = "! " if judged.verdict in {Limit.LOW, Limit.HIGH} else ""
        expected = _("expected {limits}").format(limits=squeeze(check.expected)) if check.expected else ""
        said = ", ".join(filter(None, (f"{judged.value} {judged.unit}".strip(), judged.converted, expected)))
        self._dialogue.say(f"{mark}{name}: {said}: {limit_name(judged.verdict)}")

    def _lists(self) -> None:
        """What the procedure needs: tools, parts, amounts, torques."""
        lists = lists_of(self._course.procedure)
        layout = Layout(self._dialogue.width)
        for title, items in (
            (_("Tools"), lists.tools),
            (_("Parts"), lists.parts),
            (_("Fasteners"), lists.fasteners),
            (_("Amounts"), lists.amounts),
            (_("Torques"), lists.torques),
            (_("Also"), lists.more),
        ):
            if items:
                self._dialogue.say(f"{title}:")
            for item in items:
                value = f"{item.value}: " if item.value and item.value != item.text else ""
                self._dialogue.say(f"{value}{item.text}", starts="- ")
        for table in lists.tables:
            self._dialogue.write(layout.block(table))
        if not lists:
            self._dialogue.say(_("This procedure names no tools, parts or torques."))

    def _figure(self, number: str) -> None:
        """A figure of the step by its number, the first without one."""
        step = self._course.step
        figures = step.figures if step and step.figures else self._course.procedure.figures
        at = int(number) - 1 if number.isdecimal() else 0
        if not 0 <= at < len(figures):
            self._dialogue.say(
                _("There are no figures here.")
                if not figures
                else _("There is no figure {number}.").format(number=number)
            )
        else:
            self._session.reader.show(self._procedures.opening(self._course.procedure.title), figures[at])

    def _move(self, course: Course, deeds: Sequence[Deed] = ()) -> None:
        moved = course.current != self._course.current
        self._keep(course, deeds)
        if moved:
            self._page()

    def _keep(self, course: Course, deeds: Sequence[Deed] = ()) -> None:
        self._course = course
        self._session.kept(lambda: self._session.journal.save(course.progress, *deeds))


def _named(title: ProcedureTitle) -> str:
    page = ", " + _("p. {page}").format(page=squeeze(title.place.label)) if title.place.label else ""
    steps = ngettext("{count} step", "{count} steps", title.steps).format(count=title.steps)
    return f"{' > '.join(map(squeeze, title.heading))} ({squeeze(title.document)}{page}, {steps})"


def _name_of(check: Check) -> str:
    return squeeze(check.name) or _("reading")


def _help() -> tuple[str, ...]:
    return (
        _("Enter: done, the next step. s and a reason: skip. u: open again."),
        _("+ and -: look on or back. a: the step again."),
        _("r and a value: a reading. n and a text: a note. t: the timer."),
        _("l: tools, parts, torques. f: the figure. q: leave, it is kept."),
    )
