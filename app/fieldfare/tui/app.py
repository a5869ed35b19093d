"""The Textual application: themes, the screens, and the keys that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from fieldfare.tui.screens.ask import AskScreen
from fieldfare.tui.theme import DARK, SUN

if TYPE_CHECKING:
    from textual.screen import Screen

    from fieldfare.assistant import Assistant


class FieldfareApp(App[None]):
    """Shows one assistant. It owns no state but the theme: the screens draw what the assistant says."""

    TITLE = "Fieldfare"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    # Textual declares these two in a way that no annotation of ours matches.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-medium"), (34, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", show=False, priority=True),
        Binding("f2", "toggle_theme", "Light", show=False, priority=True),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant
        self.register_theme(DARK)
        self.register_theme(SUN)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        """The one screen for asking."""
        return AskScreen(self._assistant)

    def action_toggle_theme(self) -> None:
        """Dark for a plant room, light for the sun."""
        self.theme = SUN.name if self.theme == DARK.name else DARK.name

    def action_help(self) -> None:
        """Open the help, or close it."""
        from fieldfare.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self._assistant))
