"""A procedure by lines: its warnings, a step at a time, ticked, skipped, measured and noted as on the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import Limit, StepState
from fieldfare.domain.procedure import Check
from fieldfare.domain.translation import Text
from fieldfare.errors import FieldfareError, JobChangedError, UsageError
from fieldfare.line.pages import Layout
from fieldfare.procedure import course as courses
from fieldfare.procedure import readings
from fieldfare.procedure.lists import lists_of
from fieldfare.procedure.underway import go_on
from fieldfare.procedure.words import missing, name_of, said_of
from fieldfare.report.contents import state_name
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.domain import Deed, Hazard, Measured, Passage, Progress
    from fieldfare.domain.procedure import ProcedureTitle, Step
    from fieldfare.line.session import Session
    from fieldfare.procedure.course import Course


_DIGITS = 4  # a longer number is none of a figure


class Steps:
    """Chooses a procedure and leads through it; how far it is, is kept in the job."""

    def __init__(self, session: Session) -> None:
        self._session, self._dialogue = session, session.dialogue
        self._procedures = session.assistant.procedures
        self._course: Course
        self._job = ""  # the id of the job that it is carried out in
        self._kept = True  # whether the journal has what was done last
        self._read = ""  # the page whose warnings were shown to their end

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
        job = self._session.journal.current()
        self._job, self._kept = job.id if job else "", True
        underway = go_on(self._procedures, title, self._session.journal.progress)
        self._course = underway.course
        self._dialogue.say(_named(title))
        if underway.notice:
            self._dialogue.say(underway.notice)
        if underway.changes:
            self._changed(underway.changes)
        self._page()
        while (line := self._dialogue.ask(self._prompt())) is not None:
            if line in {"q", ":q"}:
                break
            try:
                if self._obey(line):
                    break
            except JobChangedError as error:
                self._dialogue.complain(str(error))
                return
            except FieldfareError as error:
                self._dialogue.complain(str(error))
        self._dialogue.say(
            _("The procedure is kept as far as it is. p goes on.")
            if self._kept
            else _("What you did last is not written down: the journal cannot be written.")
        )

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
            return _("Warning read? Enter.") if self._read == course.current else _("The warning goes on: Enter.")
        if course.current == courses.START:
            return _("Begin: Enter.")
        if course.current == courses.END:
            return _("End of the procedure. Leave: Enter.")
        return _("Done: Enter. Skip: s. Others: ?")

    def _page(self) -> None:
        """The page that is reached: warnings first, whole; then what is to be done."""
        self._dialogue.say()
        page = self._course.current
        shown = self._dialogue.show(self._lines())
        self._read = page if shown >= len(self._course.hazards(page)) else ""

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
            yield laid_out(_("r {number}: measure {name}").format(number=number, name=name_of(check)) + expected)
        for kept in state.readings:
            yield laid_out(_reading(kept))
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
            yield laid_out(_reading(measured, step.number))

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
        elif page and self._read != page:
            self._page()
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
        """Keep a reading: `r 23.5 V` for the next that the step wants, `r 2 23.5 V` for its second, `r 2` to be asked for it."""
        number, _space, rest = typed.partition(" ")
        at = int(number) if number.isdecimal() and len(number) <= len(str(readings.MOST)) else 0
        left = missing(step, self._course.state(step.key).readings) or step.checks
        if 0 < at <= len(step.checks):
            check, value = step.checks[at - 1], rest
            if rest and all(_is_reading(check, one) for one in (typed, rest)):
                sentence = _("{typed} can be read in two ways. Type r {number} and Enter, then the value.")
                raise UsageError(sentence.format(typed=typed, number=at))
        else:
            check, value = left[0] if left else Check(name=""), typed
        name = name_of(check) if step.checks else self._dialogue.ask(_("What was measured?")) or ""
        value = value or self._dialogue.ask(f"{name}:") or ""
        if not value or not name:
            return
        course, deeds = self._course.measure(step.key, check, readings.judge(check, value), name)
        self._keep(course, deeds)
        self._dialogue.say(_reading(course.state(step.key).readings[-1]))

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
        at = int(number) - 1 if number.isdecimal() and len(number) < _DIGITS else 0
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
        self._kept = self._session.kept(lambda: self._save(course.progress, deeds))

    def _save(self, progress: Progress, deeds: Sequence[Deed]) -> None:
        self._job = self._session.journal.save(progress, *deeds, job=self._job).id


def _named(title: ProcedureTitle) -> str:
    page = ", " + _("p. {page}").format(page=squeeze(title.place.label)) if title.place.label else ""
    steps = ngettext("{count} step", "{count} steps", title.steps).format(count=title.steps)
    return f"{' > '.join(map(squeeze, title.heading))} ({squeeze(title.document)}{page}, {steps})"


def _reading(measured: Measured, number: str = "") -> str:
    mark = "!" if measured.verdict in {Limit.LOW, Limit.HIGH} else ""
    return " ".join(filter(None, (mark, squeeze(number), f"{squeeze(measured.name)}: {said_of(measured)}")))


def _is_reading(check: Check, typed: str) -> bool:
    try:
        readings.judge(check, typed)
    except UsageError:
        return False
    return True


def _help() -> tuple[str, ...]:
    return (
        _("Enter: done, the next step. s and a reason: skip. u: open again."),
        _("+ and -: look on or back. a: the step again."),
        _("r and a value: a reading. n and a text: a note. t: the timer."),
        _("l: tools, parts, torques. f: the figure. q: leave, it is kept."),
    )
