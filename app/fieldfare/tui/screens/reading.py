"""Reading a manual on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from fieldfare.catalogue import _
from fieldfare.text import squeeze
from fieldfare.tui.messages import EdgeReached, PictureWanted, Said, TranslationsChanged
from fieldfare.tui.scanner import ScannedScreen
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.translations import switch_key
from fieldfare.tui.widgets.bars import KeyBar, StatusLine
from fieldfare.tui.widgets.reader import Reader

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key as KeyEvent
    from textual.timer import Timer

    from fieldfare.tui.album import Shot
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.messages import Target

SAID = 5.0
"""Seconds for which a sentence stands above the text."""


class ReadingScreen(ScannedScreen[str]):
    """The reader with its keys; it is dismissed with what was typed that is no key of it, or with nothing."""

    ABOUT = "reading"
    CSS = """
    ReadingScreen StatusLine { display: none; }
    ReadingScreen.-saying StatusLine { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
        Binding("t", "original", "Original", show=False),
    ]

    def __init__(self, desk: Desk, target: Target, language: str = "", *, original: bool = False) -> None:
        """Translated into a `language`, unless the `original` is wanted."""
        super().__init__()
        self._language, self._original = language, original
        self.desk = desk
        self.target = target
        self._silence: Timer | None = None

    def compose(self) -> ComposeResult:
        """The section above the keys; a line for what is to be said only where there is anything."""
        yield StatusLine()
        yield Reader(self.desk, id="section")
        yield KeyBar()

    @property
    def reader(self) -> Reader:
        """What is read."""
        return self.query_one(Reader)

    def on_mount(self) -> None:
        """Begin to read."""
        self._show_keys()
        self.reader.show_original(original=self._original)
        self.reader.focus()
        self.reader.show(self.target, self._language)

    @on(TranslationsChanged)
    def _show_keys(self) -> None:
        switch = switch_key(original=self._original) if self.reader.translated else ()
        back = ("escape", "Esc", _("End search") if self.reader.searching else _("Back"))
        self.query_one(KeyBar).show((back, *switch, *self.reader.keys()))

    @on(Said)
    def _said(self, message: Said) -> None:
        message.stop()
        self.query_one(StatusLine).say(squeeze(message.text))
        self.set_class(bool(message.text), "-saying")
        if self._silence is not None:
            self._silence.stop()
        if not self.reader.searching:
            self._silence = self.set_timer(SAID, lambda: self.set_class(False, "-saying"))

    def action_original(self) -> None:
        """The original in place of its translation, and back."""
        self._original = not self._original
        self.reader.show_original(original=self._original)
        self._show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Where nothing is translated, the letter of that key begins a question as any other."""
        return action != "original" or self.reader.translated

    @on(EdgeReached)
    def _edge(self, message: EdgeReached) -> None:
        if message.edge == "left":
            self.action_leave()

    @on(PictureWanted)
    def _enlarge(self, message: PictureWanted) -> None:
        self.app.push_screen(PictureScreen.of(self.desk, message), self._back_from_picture)

    def _back_from_picture(self, shot: Shot | None) -> None:
        if shot is not None and shot.spot is not None:
            self.reader.to_spot(shot.spot)

    def action_leave(self) -> None:
        """End a search, or back to where one came from."""
        if self.reader.searching:
            self.reader.end_search()
        else:
            self.dismiss("")

    # A letter that is no key of the reader begins the next question; what a scanner types comes here at once.

    def on_key(self, event: KeyEvent) -> None:
        """What still comes when this is left already belongs to the screen below."""
        if not self.is_current:
            event.stop()
            event.prevent_default()
            self.app.screen.post_message(type(event)(event.key, event.character))

    def type(self, text: str) -> None:
        """Leave with what was typed."""
        self.dismiss(text)

    def typing(self) -> bool:
        """Nothing here takes text."""
        return False

    def typed(self) -> None:
        """What was typed has been handed on already."""
