"""What every room but Ask is built on: its name above, its keys below, one line that says what is going on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldfare.catalogue import _
from fieldfare.tui.widgets.bars import KeyBar, StatusLine, TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key


class RoomScreen(Screen[None]):
    """Draws `compose_body` between the title and the keys; Esc leads back to Ask, which is where one came from.

    A room keeps its state while another is shown: what must be fresh is read anew in `on_screen_resume`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
    ]

    def __init__(self, desk: Desk, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.desk = desk
        self._machine = desk.workplace.machine

    def move(self, desk: Desk) -> None:
        """Work at another desk from now on: what is installed changed."""
        self.desk = desk
        self.query_one(TitleBar).move(desk)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield TitleBar(self.desk)
        yield StatusLine()
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """What the room shows."""
        raise NotImplementedError

    def keys(self) -> tuple[Key, ...]:
        """The keys of the moment, the most important first; those that work everywhere follow by themselves."""
        return ()

    def show_keys(self) -> None:
        """Draw the keys of the moment."""
        self.query_one(KeyBar).show((*self.keys(), ("escape", "Esc", _("Back"))))

    def say(self, text: str) -> None:
        """Say what is going on. `text` is ours or cleaned."""
        self.query_one(StatusLine).say(text)

    def on_mount(self) -> None:
        """Show the keys."""
        self.show_keys()

    def on_screen_resume(self) -> None:
        """The machine may be another now."""
        self.query_one(TitleBar).refresh()
        if self._machine != self.desk.workplace.machine:
            self._machine = self.desk.workplace.machine
            self.machine_chosen()

    def machine_chosen(self) -> None:
        """Another machine is worked on."""

    def on_descendant_focus(self) -> None:
        """Other keys for another place."""
        self.show_keys()

    def action_leave(self) -> None:
        """To the room where questions are asked."""
        self.app.switch_mode("ask")
