"""All steps of a procedure with what became of each; one is chosen to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from fieldfare.catalogue import N_, _, pgettext
from fieldfare.domain import StepState
from fieldfare.procedure.course import END, START
from fieldfare.text import squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.widgets.listing import Row
from fieldfare.tui.widgets.pages import MARKS
from fieldfare.tui.wording import heading

if TYPE_CHECKING:
    from fieldfare.domain.procedure import Step
    from fieldfare.procedure.course import Course
    from fieldfare.tui.widgets.bars import Key


class OverviewScreen(ChoosingScreen[str | None]):
    """Dismissed with the key of a page, or with None."""

    ABOUT = "overview"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "leave", N_("back, nothing changed"), show=False)]

    def __init__(self, course: Course) -> None:
        """It begins at the page that is shown."""
        self._course = course
        counts = course.counts()
        said = _("{done} done, {skipped} skipped, {open} open").format(
            done=counts[StepState.DONE], skipped=counts[StepState.SKIPPED], open=counts[StepState.OPEN]
        )
        title = course.procedure.title
        rows = (
            Row(text="▲ " + _("Warnings and preparation"), bold=True),
            *map(self._row, course.procedure.steps),
            Row(text="■ " + _("Summary"), bold=True),
        )
        pages = (START, *(one.key for one in course.procedure.steps), END)
        super().__init__(
            f"{heading(title.heading) or squeeze(title.document)}: {said}",
            (Offer(row=row, value=page) for row, page in zip(rows, pages, strict=True)),
            at=course.pages.index(course.current), whole=False, numbered=False,
        )  # fmt: skip

    def keys(self) -> tuple[Key, ...]:
        """Enter looks at a step; it ticks nothing."""
        return (("enter", "Enter", pgettext("key", "Look")), *super().keys()[1:])

    def _row(self, step: Step) -> Row:
        state = self._course.state(step.key)
        words = {StepState.DONE: _("done"), StepState.SKIPPED: _("skipped"), StepState.OPEN: _("open")}
        marks = ("▲" if step.hazards else "") + ("☐" if step.checks and not state.readings else "")
        text = f"{MARKS[state.state]} {squeeze(step.number)} {squeeze(step.text)}"
        return Row(text=text, page=f"{marks} {words[state.state]}".strip(), depth=step.level - 1)
