"""How far somebody is in a procedure: every change gives a new state and what is to be written into the journal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fieldfare.domain import (
    Acknowledged,
    Deed,
    Limit,
    Measured,
    Noted,
    Progress,
    Reference,
    Stepped,
    StepProgress,
    StepState,
    Timer,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from fieldfare.domain import Hazard
    from fieldfare.domain.procedure import Check, Procedure, Step, Wait
    from fieldfare.procedure.readings import Judged

START = "start"
"""The page before the first step: the warnings of the procedure, what stands above its steps."""
END = "end"
"""The page behind the last step: what stands below the steps, what was skipped, which readings are out of limits."""

CLOSED = "closed"
"""Shown of a procedure that somebody has closed: nothing, until he opens it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is different in a procedure since it was begun in another version of its pack; steps by their numbers.

    A `changed` step is open again, `removed` ones are gone with what was noted at them.
    """

    version: str
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.changed, self.added, self.removed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A procedure with how far it is. Each step of `procedure` has its line in `progress`."""

    procedure: Procedure
    progress: Progress

    @property
    def pages(self) -> tuple[str, ...]:
        """The keys of all pages in order: the opening, the steps, the end."""
        return START, *(step.key for step in self.procedure.steps), END

    @property
    def current(self) -> str:
        """The page that is shown."""
        return self.progress.current

    @property
    def step(self) -> Step | None:
        """The step that is shown; None at the opening and at the end."""
        return self.step_of(self.progress.current)

    def step_of(self, key: str) -> Step | None:
        """A step by its key."""
        return next((one for one in self.procedure.steps if one.key == key), None)

    def state(self, key: str) -> StepProgress:
        """What happened to a step, or at the opening."""
        return next((one for one in self.progress.steps if one.step == key), StepProgress(step=key))

    def hazards(self, key: str) -> tuple[Hazard, ...]:
        """The warnings of a page, which come before anything else on it."""
        if key == START:
            return self.procedure.hazards
        step = self.step_of(key)
        return step.hazards if step else ()

    def unacknowledged(self, key: str) -> str:
        """The page whose warnings must be acknowledged before a step may be ticked: its own, else the opening; or empty."""
        for page in (START, key):
            if self.hazards(page) and not self.state(page).acknowledged:
                return page
        return ""

    @property
    def next_open(self) -> str:
        """The first step that nothing was decided on, the end where there is none."""
        return next((one.key for one in self.procedure.steps if self.state(one.key).state is StepState.OPEN), END)

    def counts(self) -> dict[StepState, int]:
        """How many steps are in each state."""
        found = [self.state(one.key).state for one in self.procedure.steps]
        return {state: found.count(state) for state in StepState}

    def skipped(self) -> tuple[tuple[Step, str], ...]:
        """The steps that were skipped, each with its reason."""
        states = [(one, self.state(one.key)) for one in self.procedure.steps]
        return tuple((one, state.reason) for one, state in states if state.state is StepState.SKIPPED)

    def out_of_limits(self) -> tuple[tuple[Step, Measured], ...]:
        """The last reading of each name that is too low or too high, with its step."""
        found = []
        for step in self.procedure.steps:
            last = {one.name: one for one in self.state(step.key).readings}
            found += [(step, one) for one in last.values() if one.verdict in {Limit.LOW, Limit.HIGH}]
        return tuple(found)

    def place(self, text: str, page: str = "") -> Reference:
        """The place of a text of this procedure, for the journal; a `page` as printed where it is not the first."""
        return replace(self.progress.procedure, text=text, page=page or self.progress.procedure.page)

    def go(self, key: str) -> Course:
        """Show another page."""
        return replace(self, progress=replace(self.progress, current=key))

    def go_by(self, pages: int) -> Course:
        """Show a page further on, or back; at the ends nothing changes."""
        at = self.pages.index(self.current) + pages
        return self.go(self.pages[max(0, min(at, len(self.pages) - 1))])

    def acknowledge(self, key: str) -> tuple[Course, tuple[Deed, ...]]:
        """The warnings of a page were read."""
        deeds = [
            Acknowledged(reference=self.place(one.text, one.place.label), signal_word=one.signal_word)
            for one in self.hazards(key)
        ]
        return self._set(replace(self.state(key), acknowledged=True)), tuple(deeds)

    def tick(self, key: str) -> tuple[Course, tuple[Deed, ...]]:
        """A step is done, and the next open one behind it is shown."""
        course, deeds = self._mark(key, StepState.DONE)
        return course.go(course._behind(key)), deeds

    def skip(self, key: str, reason: str) -> tuple[Course, tuple[Deed, ...]]:
        """A step and the open ones inside it are left out for a reason, and the next open one is shown."""
        inside = [one.key for one in self._inside(key) if self.state(one.key).state is StepState.OPEN]
        course: Course = self
        deeds: list[Deed] = []
        for one in (key, *inside):
            course, more = course._mark(one, StepState.SKIPPED, reason)
            deeds += more
        return course.go(course._behind((key, *inside)[-1])), tuple(deeds)

    def reopen(self, key: str) -> tuple[Course, tuple[Deed, ...]]:
        """A step is to be done after all, or again."""
        return self._mark(key, StepState.OPEN)

    def note(self, key: str, text: str) -> tuple[Course, tuple[Deed, ...]]:
        """Keep a remark at a page; it replaces the one that is there."""
        step = self.step_of(key)
        place = self.place(step.text if step else "", step.place.label if step else "")
        return self._set(replace(self.state(key), note=text)), ((Noted(text=text, reference=place),) if text else ())

    def measure(self, key: str, check: Check, judged: Judged, name: str) -> tuple[Course, tuple[Deed, ...]]:
        """Keep a reading at a step under a name; one of that name that is there stays in the journal."""
        step = self.step_of(key)
        reading = Measured(
            name=name,
            value=judged.value,
            unit=judged.unit,
            converted=judged.converted,
            expected=check.expected,
            verdict=judged.verdict,
            reference=self.place(step.text if step else "", step.place.label if step else ""),
        )
        state = self.state(key)
        others = tuple(one for one in state.readings if one.name != name)
        return self._set(replace(state, readings=(*others, reading))), (reading,)

    def start_timer(self, key: str, wait: Wait, now: datetime) -> Course:
        """Begin a timer at a step; one that runs there begins anew."""
        others = tuple(one for one in self.progress.timers if one.step != key)
        timer = Timer(step=key, started=now, seconds=wait.seconds)
        return replace(self, progress=replace(self.progress, timers=(*others, timer)))

    def stop_timer(self, key: str) -> Course:
        """End the timer of a step, whether it is over or not."""
        others = tuple(one for one in self.progress.timers if one.step != key)
        return replace(self, progress=replace(self.progress, timers=others))

    def _mark(self, key: str, state: StepState, reason: str = "") -> tuple[Course, tuple[Deed, ...]]:
        step = self.step_of(key)
        if step is None:
            return self, ()
        course = self._set(replace(self.state(key), state=state, reason=reason))
        place = self.place(step.text, step.place.label)
        return course, (Stepped(reference=place, number=step.number, state=state, reason=reason),)

    def _inside(self, key: str) -> list[Step]:
        """The steps that a step consists of, at any depth."""
        steps = self.procedure.steps
        at = next((i for i, one in enumerate(steps) if one.key == key), len(steps))
        found = []
        for one in steps[at + 1 :]:
            if one.level <= steps[at].level:
                break
            found.append(one)
        return found

    def _behind(self, key: str) -> str:
        """The next open step behind one; where there is none, the first open one, or the end."""
        steps = self.procedure.steps
        at = next((i for i, one in enumerate(steps) if one.key == key), -1)
        rest = (one.key for one in steps[at + 1 :] if self.state(one.key).state is StepState.OPEN)
        return next(rest, self.next_open)

    def _set(self, state: StepProgress) -> Course:
        others = {one.step: one for one in self.progress.steps}
        steps = tuple((others | {state.step: state}).values())
        return replace(self, progress=replace(self.progress, steps=steps))


def begin(procedure: Procedure) -> Course:
    """A procedure that nothing was done in yet."""
    title = procedure.title
    place = Reference(
        pack=title.pack,
        version=procedure.version,
        digest=procedure.digest,
        document=title.document,
        revision=title.revision,
        heading=title.heading,
        page=title.place.label,
        language=title.language,
        unsigned=title.unsigned,
    )
    steps = tuple(StepProgress(step=one.key) for one in procedure.steps)
    return Course(procedure=procedure, progress=Progress(procedure=place, current=START, steps=steps))


def resume(procedure: Procedure, progress: Progress) -> tuple[Course, Changes]:
    """Go on with a procedure; where the manual has changed meanwhile, what still says the same keeps its state.

    A step is the same if it says the same, whatever its number is now. One that says something else has the readings and
    the note of the only one that had its number; of several (bullets, a count that begins anew) nobody knows whose they are.
    """
    fresh = begin(procedure)
    known = {one.step: one for one in progress.steps}
    pages = set(fresh.pages)
    by_digest: dict[str, list[str]] = {}
    for key in known:
        by_digest.setdefault(_said(key), []).append(key)
    moved: dict[str, str] = {}  # from the keys of then to those of now
    for step in procedure.steps:
        if step.key in known:
            moved[step.key] = step.key
    for step in procedure.steps:
        same = [key for key in by_digest.get(_said(step.key), ()) if key not in moved]
        if step.key not in known and same:
            moved[same[0]] = step.key
    course = fresh
    for old, new in [*moved.items(), (START, START), (END, END)]:
        if old in known:
            course = course._set(replace(known[old], step=new))
    there = set(moved.values())
    gone = _by_number(key for key in known if key not in moved and key not in {START, END})
    fresh_steps = _by_number(one.key for one in procedure.steps if one.key not in there)
    for number, keys in fresh_steps.items():
        if len(keys) == len(gone.get(number, ())) == 1:  # what was measured and noted was measured all the same
            before = known[gone[number][0]]
            course = course._set(StepProgress(step=keys[0], note=before.note, readings=before.readings))
            moved[before.step] = keys[0]
    if progress.procedure.digest != procedure.digest:  # its warnings may be others too
        course = course._set(replace(course.state(START), acknowledged=False))
    timers = tuple(replace(one, step=moved[one.step]) for one in progress.timers if one.step in moved)
    current = moved.get(progress.current, progress.current)
    shown = current if current in pages else course.next_open
    course = replace(course, progress=replace(course.progress, timers=timers, current=shown))
    then, now = (
        Counter({one: len(keys) for one, keys in gone.items()}),
        Counter({one: len(keys) for one, keys in fresh_steps.items()}),
    )
    return course, Changes(
        version=progress.procedure.version,
        changed=tuple((now & then).elements()),
        added=tuple((now - then).elements()),
        removed=tuple((then - now).elements()),
    )


def remaining(timer: Timer, now: datetime) -> int:
    """Seconds until a timer is over; negative since when it is."""
    left = timer.started + timedelta(seconds=timer.seconds) - now
    return round(left.total_seconds())


def _said(key: str) -> str:
    return key.rpartition("-")[2].partition("+")[0]


def _number(key: str) -> str:
    return key.rpartition("-")[0]


def _by_number(keys: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(_number(key), []).append(key)
    return found
