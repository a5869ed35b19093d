"""What the keys do, what is installed, and how the model is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from fieldfare.text import squeeze
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.wrapped import Wrapped, hanging

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.assistant import Assistant

_KEYS = (
    ("Enter", "ask; open what is chosen; enlarge a figure"),
    ("Esc", "stop the answer; go back; back to the question"),
    ("↑ ↓", "move through hazards, answer and pages"),
    ("← →", "leave or enter the page beside the answer"),
    ("1 – 9", "open the page with this number"),
    ("/ or a letter", "type a question"),
    ("w", "reading: up to the warning above"),
    ("z", "reading: enlarge the figure"),
    ("p", "reading: the page as printed"),
    ("+ − 0", "picture: closer, farther, whole"),
    ("m", "picture: dots or colours"),
    ("F9", "dark or sunlight colours"),
    ("F10", "menu: every room and command"),
    ("Ctrl+Q", "quit"),
)


class KeyLine(Wrapped):
    """A key and what it does, which hangs behind it."""

    def __init__(self, key: str, meaning: str) -> None:
        super().__init__()
        self._key, self._meaning = key, meaning

    def lines(self, width: int) -> list[Content]:
        """One line, or more where it is narrow."""
        return hanging(Content(self._meaning), width, Content.assemble((f"{self._key:<14} ", "bold")), " " * 15)


class HelpScreen(Screen[None]):
    """One page of help that scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark,left", "dismiss", "Back", show=False),
    ]

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(id="help")
        self._assistant = assistant

    def compose(self) -> ComposeResult:
        """Keys first, then what is installed."""
        with VerticalScroll():
            for key, meaning in _KEYS:
                yield KeyLine(key, meaning)
            yield Static("", markup=False)
            for pack in self._assistant.packs:
                manifest = pack.manifest
                machines = ", ".join(squeeze(str(machine)) for machine in manifest.machines)
                version = f"{squeeze(manifest.id)} {squeeze(manifest.version)}, {squeeze(pack.signature)}"
                text = f"{squeeze(manifest.title)} ({version}): {machines}"
                yield Static(Content(text), markup=False)
            yield Static(Content(squeeze(self._assistant.model_state.sentence)), markup=False)
            yield Static(Content("Nothing here uses a network."), markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show how to leave."""
        self.query_one(KeyBar).show((("escape", "Esc", "Back"), ("down", "↓", "More")))
