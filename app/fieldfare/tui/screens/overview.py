"""All steps of a procedure with what became of each; one is chosen to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from fieldfare.catalogue import _, pgettext
from fieldfare.domain import StepState
from fieldfare.procedure.course import END, START
from fieldfare.text import squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.tui.widgets.pages import MARKS
from fieldfare.tui.wording import heading

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain.procedure import Step
    from fieldfare.procedure.course import Course


class OverviewScreen(Overlay[str | None]):
    """Dismissed with the key of a page, or with None."""

    DEFAULT_CSS = """
    OverviewScreen .heading { height: auto; padding: 0 1; background: $bar; color: $bar-text; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,o,q,left", "dismiss(None)", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
    ]

    def __init__(self, course: Course) -> None:
        super().__init__(id="overview")
        self._course = course

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        counts = self._course.counts()
        said = _("{done} done, {skipped} skipped, {open} open").format(
            done=counts[StepState.DONE], skipped=counts[StepState.SKIPPED], open=counts[StepState.OPEN]
        )
        title = self._course.procedure.title
        yield Static(
            Content(f"{heading(title.heading) or squeeze(title.document)}: {said}"), classes="heading", markup=False
        )
        yield Listing()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at the page that was shown."""
        listing = self.query_one(Listing)
        rows = [
            Row(text="▲ " + _("Warnings and preparation"), bold=True),
            *map(self._row, self._course.procedure.steps),
            Row(text="■ " + _("Summary"), bold=True),
        ]
        listing.show(rows, self._course.pages.index(self._course.current))
        listing.focus()
        self.query_one(KeyBar).show(
            (("enter", "Enter", pgettext("key", "Look")), ("escape", "Esc", _("Back")), ("down", "↓", _("More")))
        )

    def _row(self, step: Step) -> Row:
        state = self._course.state(step.key)
        words = {StepState.DONE: _("done"), StepState.SKIPPED: _("skipped"), StepState.OPEN: _("open")}
        marks = ("▲" if step.hazards else "") + ("☐" if step.checks and not state.readings else "")
        text = f"{MARKS[state.state]} {squeeze(step.number)} {squeeze(step.text)}"
        return Row(text=text, page=f"{marks} {words[state.state]}".strip(), depth=step.level - 1)

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        pages = (START, *(one.key for one in self._course.procedure.steps), END)
        self.dismiss(pages[message.at])
