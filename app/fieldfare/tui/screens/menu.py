"""The menu: every room, and what can be done on the screen below it; letters narrow it down, numbers choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.lines import Line, Lines, Picked

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the menu: the key that does the same, what it is, and what for."""

    key: str
    title: str
    purpose: str = ""


class MenuScreen(Overlay[str | None]):
    """Gives the key of the entry that was chosen, None for none."""

    DEFAULT_CSS = """
    MenuScreen > #typed { height: 1; padding: 0 1; background: $bar; color: $bar-text; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f10", "back", "Back", show=False)]

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        super().__init__(id="menu")
        self._entries = entries
        self._typed = ""

    def compose(self) -> ComposeResult:
        """What was typed, and the entries that it is in."""
        yield Static(Content(self._heading()), id="typed", markup=False)
        with Lines():
            yield from self._lines()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at the first."""
        self.query_one(Lines).choose()
        self.query_one(KeyBar).show(
            (("enter", "Enter", _("Choose")), ("escape", "Esc", _("Back")), ("down", "↓", _("More")))
        )

    def _heading(self) -> str:
        return _("Menu: {typed}").format(typed=self._typed) if self._typed else _("Menu: letters narrow it down")

    def _lines(self) -> list[Line]:
        words = self._typed.casefold().split()
        return [
            Line(one.key, one.title, sentence=one.purpose)
            for one in self._entries
            if all(word in f"{one.title} {one.purpose}".casefold() for word in words)
        ]

    async def on_key(self, event: Key) -> None:
        """A letter narrows the list down; Backspace takes the last one back."""
        if event.character and event.character.isdigit():
            return  # it chooses
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.character and event.is_printable and (self._typed or not event.character.isspace()):
            self._typed += event.character
        else:
            return
        event.stop()
        self.query_one("#typed", Static).update(Content(self._heading()))
        await self.query_one(Lines).fill(self._lines())

    def action_back(self) -> None:
        """Close it; what was typed goes first."""
        self.dismiss(None)

    @on(Picked)
    def _picked(self, message: Picked) -> None:
        self.dismiss(message.key)
