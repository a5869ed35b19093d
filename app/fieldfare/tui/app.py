"""The Textual application: themes, the rooms, the menu, and the keys that work everywhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType

from fieldfare.catalogue import _
from fieldfare.tui.desk import Desk
from fieldfare.tui.rooms import ROOMS
from fieldfare.tui.theme import THEMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from fieldfare.assistant import Assistant


class FieldfareApp(App[None]):
    """Shows one desk. It owns no state but the look: the screens draw what the desk's rooms say."""

    TITLE = "Fieldfare"
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = ROOMS[0].name
    COMMAND_PALETTE_BINDING = "f10"
    # Textual declares these two in a way that no annotation of ours matches.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-medium"), (34, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", show=False, priority=True),
        *(Binding(room.key, f"room('{room.name}')", room.label, show=False, priority=True) for room in ROOMS),
        Binding("f9", "next_theme", "Look", show=False, priority=True),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self.desk = Desk(assistant=assistant)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        for room in ROOMS:
            self.add_mode(room.name, partial(room.build, self.desk))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 - Textual's signature
        """What the menu offers: every room, the look, help, and to leave."""
        for room in ROOMS:
            yield SystemCommand(
                f"{_(room.label)} ({room.key.upper()})", _(room.purpose), partial(self.action_room, room.name)
            )
        yield SystemCommand(_("Look") + " (F9)", _("The next theme: dark, sunlight, …"), self.action_next_theme)
        yield SystemCommand(_("Help") + " (F1)", _("What the keys do"), self.action_help)
        yield SystemCommand(_("Quit") + " (Ctrl+Q)", _("Leave Fieldfare"), self.exit)

    def action_room(self, name: str) -> None:
        """Enter a room; it is as it was left."""
        if self.current_mode != name:
            self.switch_mode(name)

    def action_next_theme(self) -> None:
        """From one theme to the next: dark for a plant room, light for the sun."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_help(self) -> None:
        """Open the help, or close it."""
        from fieldfare.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self.desk.assistant))
