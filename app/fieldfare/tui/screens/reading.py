"""Reading a section on the whole screen, where there is no room beside the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldfare.tui.messages import EdgeReached, PictureWanted, TranslationsChanged
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.translations import switch_key
from fieldfare.tui.widgets.bars import Key, KeyBar
from fieldfare.tui.widgets.section import SectionPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key as KeyEvent

    from fieldfare.assistant import Assistant
    from fieldfare.tui.messages import Target

READING_KEYS: tuple[Key, ...] = (
    ("escape", "Esc", "Back"),
    ("down", "↓", "More"),
    ("w", "w", "Warnings"),
    ("z", "z", "Figure"),
    ("p", "p", "Page"),
    ("f1", "F1", "Help"),
    ("f10", "F10", "Menu"),
)


class ReadingScreen(Screen[str]):
    """The section pane with its keys; it is dismissed with the character that was typed, or with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
        Binding("t", "original", "Original", show=False),
    ]

    def __init__(self, assistant: Assistant, target: Target, language: str = "", *, original: bool = False) -> None:
        """Translated into a `language`, unless the `original` is wanted."""
        super().__init__(id="reading")
        self._language, self._original = language, original
        self._assistant = assistant
        self.target = target

    def compose(self) -> ComposeResult:
        """The section above the keys."""
        yield SectionPane(self._assistant, id="section")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to read."""
        self._show_keys()
        pane = self.query_one(SectionPane)
        pane.show_original(original=self._original)
        pane.show(self.target, self._language)
        pane.focus()

    @on(TranslationsChanged)
    def _show_keys(self) -> None:
        switch = switch_key(original=self._original) if self.query_one(SectionPane).translated else ()
        self.query_one(KeyBar).show(READING_KEYS[:1] + switch + READING_KEYS[1:])

    def action_original(self) -> None:
        """The original in place of its translation, and back."""
        self._original = not self._original
        self.query_one(SectionPane).show_original(original=self._original)
        self._show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Where nothing is translated, the letter of that key begins a question as any other."""
        return action != "original" or self.query_one(SectionPane).translated

    @on(EdgeReached)
    def _edge(self, message: EdgeReached) -> None:
        if message.edge == "left":
            self.action_back()

    @on(PictureWanted)
    def _enlarge(self, message: PictureWanted) -> None:
        self.app.push_screen(PictureScreen(message.title, message.picture, message.region))

    def action_back(self) -> None:
        """Back to the answer."""
        self.dismiss("")

    def on_key(self, event: KeyEvent) -> None:
        """A letter that is no key of the reader begins the next question; what a scanner types comes here at once."""
        if not self.is_current:
            event.stop()
            self.app.screen.post_message(event)
        elif event.is_printable and event.character and event.key not in self.active_bindings:
            event.stop()
            self.dismiss(event.character)
