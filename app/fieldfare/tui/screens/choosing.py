"""One line to type into, and numbered rows of what it may mean: how a machine or an earlier question is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.screen import ScreenResultType
from textual.widgets import Input

from fieldfare.catalogue import _
from fieldfare.text import squeeze
from fieldfare.tui.messages import EdgeReached
from fieldfare.tui.scanner import ScannedScreen
from fieldfare.tui.widgets.bars import Key, KeyBar, StatusLine, TitleBar
from fieldfare.tui.widgets.column import Column
from fieldfare.tui.widgets.question import LineInput
from fieldfare.tui.widgets.wrapped import Wrapped, hanging

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.tui.desk import Desk

MOST = 40
"""Rows; who has more to choose from types a word of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Generic[ScreenResultType]):
    """One thing to choose: its name, a line about it (empty for none), and what it stands for."""

    name: str
    about: str = ""
    value: ScreenResultType


class OfferRow(Wrapped, can_focus=True):
    """A row that is chosen by Enter, a tap or its number."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "Choose", show=False)]

    @dataclass
    class Chosen(Message):
        """The row was chosen."""

        number: int

    def __init__(self, number: int, title: str, about: str) -> None:
        """`title` and `about` are ours or cleaned."""
        super().__init__(classes="row offer")
        self._said = number, title, about

    def show(self, number: int, title: str, about: str) -> None:
        """Show another offer in this row: while typing, rows are reused and nothing flickers."""
        if (number, title, about) != self._said:
            self._said = number, title, about
            self.changed()

    @on(Click)
    def action_choose(self) -> None:
        """Choose it."""
        self.post_message(self.Chosen(self._said[0]))

    def lines(self, width: int) -> list[Content]:
        """Number and name, and the line about it below."""
        place, title, about = self._said
        number = f"{place:>2} "
        indent = " " * len(number)
        lines = hanging(Content.styled(title, "bold"), width, Content.assemble((number, "bold")), indent)
        return [*lines, *(hanging(Content(about), width, indent, indent) if about else ())]


class ChoosingScreen(ScannedScreen[ScreenResultType]):
    """Draws the offers for what stands in the line. Esc leads from the rows to the line, and from there away.

    Subclasses say what is offered and what a choice or Enter in the line leads to.
    """

    AUTO_FOCUS = "LineInput"
    CSS = "ChoosingScreen .offer { height: auto; } ChoosingScreen.-tall .offer { margin: 0 0 1 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 10)),
    ]
    LIMIT = 200
    """Characters that are read from the line."""

    def __init__(self, desk: Desk, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.desk = desk
        self._offers: tuple[Offer[ScreenResultType], ...] = ()

    def offers(self, text: str) -> tuple[Offer[ScreenResultType], ...]:
        """What may be meant by a text, the likeliest first."""
        raise NotImplementedError

    def choose(self, value: ScreenResultType) -> None:
        """An offer was chosen."""
        self.dismiss(value)

    def enter(self, text: str) -> None:
        """Enter was pressed in the line: take the first offer, or go down to all where nothing was typed."""
        if text and self._offers:
            self.choose(self._offers[0].value)
        else:
            self._go_down()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TitleBar(self.desk)
        yield LineInput(self.LIMIT)
        yield StatusLine()
        yield Column(id="column", can_focus=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Offer everything."""
        self.show_offers()

    @property
    def line(self) -> LineInput:
        """Where one types."""
        return self.query_one(LineInput)

    def say(self, text: str) -> None:
        """Say what is wanted. `text` is ours or cleaned."""
        self.query_one(StatusLine).say(text)

    @on(Input.Changed)
    def show_offers(self) -> None:
        """Draw what may be meant."""
        self._offers = self.offers(squeeze(self.line.value))[:MOST]
        column = self.query_one(Column)
        rows = list(column.query(OfferRow))
        for number, offer in enumerate(self._offers, 1):
            if number <= len(rows):
                rows[number - 1].show(number, offer.name, offer.about)
                rows[number - 1].display = True
            else:
                column.mount(OfferRow(number, offer.name, offer.about))
        for row in rows[len(self._offers) :]:
            row.display = False
        column.scroll_home(animate=False)

    @on(Input.Submitted)
    def typed(self) -> None:
        """Take what was typed or scanned."""
        self.enter(squeeze(self.line.value))

    @on(OfferRow.Chosen)
    def _row_chosen(self, message: OfferRow.Chosen) -> None:
        self.action_choose(message.number)

    def action_choose(self, number: int) -> None:
        """Choose the row with a number."""
        if number <= len(self._offers):
            self.choose(self._offers[number - 1].value)

    def action_back(self) -> None:
        """From the rows to the line, from the line away with nothing changed."""
        if self.typing():
            self.leave()
        else:
            self.line.focus()

    def leave(self) -> None:
        """Away with nothing changed."""
        self.dismiss(None)

    @on(EdgeReached)
    def _edge(self, message: EdgeReached) -> None:
        if message.edge == "bottom":
            self._go_down()
        elif message.edge == "top":
            self.line.focus()

    def _go_down(self) -> None:
        for row in [one for one in self.query(OfferRow) if one.display][:1]:
            row.focus()

    def on_descendant_focus(self) -> None:
        """Other keys for another place."""
        self.show_keys()

    def keys(self) -> tuple[Key, ...]:
        """The keys of the moment, the most important first."""
        if self.typing():
            return ("enter", "Enter", _("Choose")), ("escape", "Esc", _("Back")), ("down", "↓", _("List"))
        return ("enter", "Enter", _("Choose")), ("escape", "Esc", _("Back")), ("1", "1-9", _("Choose"))

    def show_keys(self) -> None:
        """Draw the keys of the moment."""
        self.query_one(KeyBar).show((*self.keys(), ("f1", "F1", _("Help"))))

    def typing(self) -> bool:
        """Whether the line has the focus."""
        return self.line.has_focus

    def type(self, text: str) -> None:
        """A letter on a row belongs into the line."""
        self.set_focus(self.line)  # at once: the next key may have come already
        self.line.put(text)
