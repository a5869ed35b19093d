"""What is done at a step beside ticking it: skipping, notes, readings, timers, each asked for in a small screen."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from fieldfare.catalogue import N_, _
from fieldfare.domain import StepState
from fieldfare.domain.job import LONGEST_TIMER
from fieldfare.domain.procedure import Check, Wait
from fieldfare.errors import UsageError
from fieldfare.procedure import readings
from fieldfare.procedure.words import missing, name_of, said_of
from fieldfare.text import squeeze
from fieldfare.tui.screens.pick import PickScreen, TypeScreen
from fieldfare.tui.screens.underway import UnderwayScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Deed, Timer
    from fieldfare.procedure.course import Course

REASONS = (
    N_("Does not apply to this machine"),
    N_("Was done before"),
    N_("Part or tool is missing"),
    N_("Not possible now"),
)
_OTHER = "other"


class DoingScreen(UnderwayScreen):
    """Asks, and changes the procedure on top by the answer."""

    @property
    def course(self) -> Course | None:
        """How far the procedure on top is."""
        return self.opened.course if self.opened else None

    def action_skip(self) -> None:
        """Leave the step out, for a reason."""
        course = self.course
        if course is None or course.step is None or course.state(course.current).state is not StepState.OPEN:
            self.say(_("Only a step that is open can be skipped."))
            return
        choices = [(_(reason), _(reason), "") for reason in REASONS]
        choices.append((_OTHER, _("Another reason…"), ""))
        heading = _("Why is step {number} skipped?").format(number=squeeze(course.step.number))
        self.app.push_screen(PickScreen(heading, choices), partial(self._skip_for, course.current, heading))

    def _skip_for(self, key: str, heading: str, reason: str | None) -> None:
        if reason == _OTHER:
            screen = TypeScreen(heading, check=lambda text: "" if text else _("Type why, or leave with Esc."))
            self.app.push_screen(screen, partial(self._skip, key))
        else:
            self._skip(key, reason)

    def _skip(self, key: str, reason: str | None) -> None:
        if reason and (course := self.course) is not None:
            changed, deeds = course.skip(key, squeeze(reason)[:200])
            self.run_worker(self.change(changed, deeds))

    def action_note(self) -> None:
        """Write a note at the step."""
        if (course := self.course) is not None:
            heading = _("Note at this step") if course.step else _("Note at this procedure")
            screen = TypeScreen(heading, value=course.state(course.current).note)
            self.app.push_screen(screen, partial(self.noted, course.current))

    def noted(self, key: str, text: str | None) -> None:
        """Keep what was written at a page; nothing where it was left."""
        if text is not None and (course := self.course) is not None and text != course.state(key).note:
            changed, deeds = course.note(key, text[:2000])
            self.run_worker(self.change(changed, deeds, again=True))

    # Readings.

    def action_reading(self) -> None:
        """Take a reading: the next that the step asks for, or one of which it says nothing."""
        course = self.course
        if course is None or course.step is None:
            self.say(_("Readings are taken at a step."))
            return
        taken = {one.name for one in course.state(course.current).readings}
        checks = course.step.checks
        if len(checks) == 1 and name_of(checks[0]) not in taken:
            self._take(checks[0])
            return
        if not checks and not taken:
            self._name_it()
            return
        choices = [
            (str(index), name_of(one), squeeze(one.expected) + ("  ✓" if name_of(one) in taken else ""))
            for index, one in enumerate(checks)
        ]
        choices.append((_OTHER, _("Another reading…"), ""))
        first = next((str(i) for i, one in enumerate(checks) if name_of(one) not in taken), None)
        self.app.push_screen(PickScreen(_("Which reading?"), choices, chosen=first), self._chosen)

    def _chosen(self, choice: str | None) -> None:
        course = self.course
        if choice == _OTHER:
            self._name_it()
        elif choice is not None and course is not None and course.step is not None:
            self._take(course.step.checks[int(choice)])

    def _name_it(self) -> None:
        screen = TypeScreen(
            _("What is measured?"), hint=_("Battery voltage"),
            check=lambda text: "" if text else _("Type what is measured, or leave with Esc."),
        )  # fmt: skip
        self.app.push_screen(screen, lambda name: self._take(Check(name=squeeze(name)[:100])) if name else None)

    def _take(self, check: Check) -> None:
        """Ask for the value of a reading until it can be read."""

        def wrong(text: str) -> str:
            try:
                readings.judge(check, text)
            except UsageError as error:
                return squeeze(str(error))
            return ""

        sentence = _("Expected: {value}").format(value=squeeze(check.expected)) if check.expected else ""
        hint = _("Number and unit, such as 23.5 {unit}").format(unit=check.unit or "V")
        course = self.course
        if course is not None:
            screen = TypeScreen(name_of(check), sentence=sentence, hint=hint, check=wrong)
            self.app.push_screen(screen, partial(self._taken, course.current, check))

    def _taken(self, key: str, check: Check, text: str | None) -> None:
        course = self.course
        if text is None or course is None:
            return
        changed, deeds = course.measure(key, check, readings.judge(check, text), name_of(check))
        self.run_worker(self._measured(changed, deeds, key))

    async def _measured(self, course: Course, deeds: Sequence[Deed], key: str) -> None:
        await self.change(course, deeds, again=True)
        reading = course.state(key).readings[-1]
        self.say(f"{reading.name}: {said_of(reading)}")
        step = course.step_of(key)
        left = missing(step, course.state(key).readings)
        if left and len(step.checks if step else ()) > 1:
            self._take(left[0])

    # Timers.

    @staticmethod
    def timer(course: Course) -> Timer | None:
        """The timer of the page that is shown."""
        return next((one for one in course.progress.timers if one.step == course.current), None)

    def action_timer(self) -> None:
        """Start the duration of the step, end the timer that runs, or put away those that are over."""
        course = self.course
        if course is None:
            return
        if self.put_away(datetime.now(UTC)):
            return
        if (timer := self.timer(course)) is not None:
            choices = [("on", _("Let it run"), ""), ("stop", _("End the timer"), "")]
            self.app.push_screen(PickScreen(_("Timer"), choices), partial(self._stop_timer, timer.step))
        elif course.step is None:
            self.say(_("A timer belongs to a step."))
        elif len(course.step.waits) == 1:
            self._start(course.current, course.step.waits[0])
        elif course.step.waits:
            waits = course.step.waits
            choices = [(str(i), squeeze(one.text), "") for i, one in enumerate(waits)]
            self.app.push_screen(
                PickScreen(_("Which time?"), choices),
                lambda i: self._start(course.current, waits[int(i)]) if i is not None else None,
            )
        else:
            screen = TypeScreen(_("Timer"), sentence=_("How many minutes?"), check=_wrong_minutes)
            self.app.push_screen(screen, lambda text: self._start(course.current, _minutes(text)) if text else None)

    def _start(self, key: str, wait: Wait) -> None:
        if (course := self.course) is not None:
            self.run_worker(self.change(course.start_timer(key, wait, datetime.now(UTC)), again=True))

    def _stop_timer(self, key: str, choice: str | None) -> None:
        if choice == "stop" and (course := self.course) is not None:
            self.run_worker(self.change(course.stop_timer(key), again=True))


def _minutes(text: str) -> Wait:
    number = float(text.replace(",", "."))
    return Wait(text=_("{number} min").format(number=text), seconds=round(number * 60))


def _wrong_minutes(text: str) -> str:
    try:
        fits = 1 <= _minutes(text).seconds <= LONGEST_TIMER
    except (ValueError, OverflowError):
        fits = False
    return "" if fits else _("Type a number of minutes, at most 24 hours.")
