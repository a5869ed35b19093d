"""The one screen on which something is chosen from a list; where the list can be long, a line narrows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import ScreenResultType
from textual.widgets import Input, Static

from fieldfare.catalogue import N_, _
from fieldfare.text import squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.strokes import SCAN, is_scanned
from fieldfare.tui.widgets.bars import Key, KeyBar
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.tui.widgets.question import LineInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.events import Key as KeyEvent
    from textual.timer import Timer

    from fieldfare.tui.strokes import StrokeApp


Value_co = TypeVar("Value_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Generic[Value_co]):
    """One thing to choose: how it is shown, and what it stands for."""

    row: Row
    value: Value_co


class NarrowingLine(LineInput):
    """Takes letters, while arrows and Enter work in the list below; so do digits that choose, as long as nothing was typed.

    A scanner's first digit is none that was pressed: it is typed when another character or Enter follows within `SCAN`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.step(-1)", show=False),
        Binding("down", "screen.step(1)", show=False),
        Binding("pageup", "screen.leap(-1)", show=False),
        Binding("pagedown", "screen.leap(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
    ]

    @dataclass
    class Numbered(Message):
        """A digit was pressed in the empty line."""

        number: int

    _held: KeyEvent | None = None
    _timer: Timer | None = None

    def __init__(self, limit: int, placeholder: str, *, numbered: bool) -> None:
        """Digits choose where the rows are `numbered`."""
        super().__init__(limit, placeholder)
        self._numbered = numbered

    def action_edge(self, end: int) -> None:
        """To the beginning or end of what was typed, or of the list."""
        if not self.value:
            self.screen.query_one(Listing).action_end(end)
        elif end < 0:
            self.action_home()
        else:
            self.action_end()

    def on_key(self, event: KeyEvent) -> None:
        """Tell digits that choose from those that are typed."""
        if (held := self._let_go()) is not None:
            self.put(held.key)
        if self._numbered and not self.value and event.key in set("123456789"):
            event.stop()
            event.prevent_default()
            self._held = event
            self._timer = self.set_timer(SCAN, self._press)

    def _let_go(self) -> KeyEvent | None:
        held, self._held = self._held, None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        return held

    def let_go_before(self, following: KeyEvent) -> bool:
        """Choose by what is held where a hand pressed it."""
        held = self._held
        if held is None or is_scanned(held, following):
            return False
        self._let_go()
        self.post_message(self.Numbered(int(held.key)))
        return True

    def _press(self) -> None:
        if self._held is not None and not cast("StrokeApp[object]", self.app).is_followed(self._held):
            self.post_message(self.Numbered(int(self._held.key)))
            self._let_go()


class ChoosingScreen(Overlay[ScreenResultType]):
    """Dismissed with the value of the offer that was chosen; Esc gives None.

    The same keys in all of them: arrows and Enter, PgUp and PgDn, Home and End, the number of a row, a tap; letters where
    there is a line. Subclasses say what is offered for what was typed and what a choice leads to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("back, nothing changed"), show=False),
        Binding("left", "leave", N_("back, nothing changed"), show=False),
    ]
    ABOUT = "pick"
    LIMIT: ClassVar[int] = 200
    """Characters that are read from the line."""

    def __init__(
        self, heading: str, offers: Iterable[Offer[ScreenResultType]] | None = None, *, sentence: str = "", hint: str = "",
        at: int | None = None, whole: bool = True, numbered: bool = True,
    ) -> None:  # fmt: skip
        """`sentence` stands above the rows; a `hint` at what can be typed makes a line for it; `at` is chosen first.

        Rows that are not `whole` are shortened to a line; those that are not `numbered` leave the digits to the line.
        Without `offers` a subclass calls `show_offers` when it has some.
        """
        super().__init__()
        self._heading, self._sentence, self._hint, self._at = heading, sentence, hint, at
        self._whole, self._has_numbers = whole, numbered
        self.all = None if offers is None else tuple(offers)
        self._offers: tuple[Offer[ScreenResultType], ...] = ()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(Content(self._heading), classes="heading", markup=False)
        if self._hint:
            yield NarrowingLine(self.LIMIT, self._hint, numbered=self._has_numbers)
        yield Listing(whole=self._whole, numbered=self._has_numbers)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what there is to choose; where it is read yet, what is pressed meanwhile waits for it."""
        self.listing.can_focus = not self._hint  # the line keeps it
        self.query_one(KeyBar).show(self.keys())
        if self.all is not None:
            self.show_offers()

    def offer(self, offers: Iterable[Offer[ScreenResultType]]) -> None:
        """Offer what was read meanwhile."""
        self.all = tuple(offers)
        if self.is_mounted:
            self.show_offers()

    @property
    def listing(self) -> Listing:
        """The rows."""
        return self.query_one(Listing)

    @property
    def line(self) -> NarrowingLine:
        """Where one types."""
        return self.query_one(NarrowingLine)

    def keys(self) -> tuple[Key, ...]:
        """The most important first."""
        numbers: tuple[Key, ...] = (("1", "1-9", _("Choose")),) if self._has_numbers else ()
        return ("enter", "Enter", _("Choose")), ("escape", "Esc", _("Back")), *numbers, ("down", "↓", _("More"))

    def say(self, text: str) -> None:
        """Say what is wanted in the heading. `text` is ours or cleaned."""
        self._heading = text
        for heading in self.query(".heading").results(Static):
            heading.update(Content(text))

    def offers(self, text: str) -> tuple[Offer[ScreenResultType], ...]:
        """What may be meant by a text, the likeliest first: here those in which each of its words stands."""
        words = text.casefold().split()
        return tuple(
            one for one in self.all or () if all(word in f"{one.row.text} {one.row.about}".casefold() for word in words)
        )

    def choose(self, value: ScreenResultType) -> None:
        """An offer was chosen."""
        self.dismiss(value)

    @on(Input.Changed)
    def show_offers(self) -> None:
        """Draw what may be meant; numbers are shown while they choose."""
        text = squeeze(self.line.value) if self._hint else ""
        if self._hint:
            self.listing.counts = not self.line.value
        self._offers = self.offers(text)
        told = (Row(text=self._sentence, told=True),) if self._sentence else ()
        at = None if self._at is None or text else self._at + len(told)
        self.listing.show((*told, *(one.row for one in self._offers)), at)

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        at = message.at - (1 if self._sentence else 0)
        if at < len(self._offers):
            self.choose(self._offers[at].value)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.listing.action_pick()

    @on(NarrowingLine.Numbered)
    def _numbered(self, message: NarrowingLine.Numbered) -> None:
        self.listing.action_take(message.number)

    def action_step(self, direction: int) -> None:
        """The row above or below."""
        self.listing.action_step(direction)

    def action_leap(self, direction: int) -> None:
        """A screen of rows further."""
        self.listing.action_leap(direction)

    def action_leave(self) -> None:
        """Away with nothing changed."""
        self.dismiss(None)


def place_offers(rows: Iterable[Row]) -> tuple[Offer[int | None], ...]:
    """Rows that stand for themselves: each is its number, from 0."""
    return tuple(Offer(row=row, value=at) for at, row in enumerate(rows))
