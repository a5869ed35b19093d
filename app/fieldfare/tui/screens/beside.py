"""A screen that reads beside its answer where there is room for a pane, else on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from fieldfare.tui.messages import Highlighted, Opened, PictureWanted, Target
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.widgets.section import SectionPane

if TYPE_CHECKING:
    from textual.timer import Timer

    from fieldfare.assistant import Assistant

FLUSH = 0.05
"""Seconds between two repaints of what streams at most."""


class BesideScreen(Screen[None]):
    """Shows what is chosen in its `SectionPane` or over itself."""

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(id="ask")
        self._assistant = assistant
        self._reading: Target | None = None
        self._preview: Timer | None = None
        self._language = ""  # of what is asked or typed
        self._original = False  # whether translations stand back

    def type(self, character: str) -> None:
        """Begin the next question with a letter."""
        raise NotImplementedError

    @property
    def _pane(self) -> SectionPane:
        return self.query_one(SectionPane)

    @property
    def _wide(self) -> bool:
        return self._pane.display and self.has_class("-wide")

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        if self._wide:
            self._reading = message.target
            self._pane.show(message.target, self._language)
            self._pane.focus()
        else:
            self._read(message.target)

    def _read(self, target: Target) -> None:
        self._reading = target
        self.app.push_screen(
            ReadingScreen(self._assistant, target, self._language, original=self._original), self._read_on
        )

    def _read_on(self, typed: str | None) -> None:
        self._reading = None
        if typed:
            self.type(typed)

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        self._show_beside(message.target)

    def _show_beside(self, target: Target) -> None:
        if self._preview is not None:
            self._preview.stop()
        if self._wide:
            self._preview = self.set_timer(FLUSH, lambda: self._pane.show(target, self._language))

    def _clear_beside(self) -> None:
        """What stands beside belongs to another question."""
        if self._preview is not None:
            self._preview.stop()
        self._reading = None
        self._pane.clear()

    @on(PictureWanted)
    def _enlarge(self, message: PictureWanted) -> None:
        self.app.push_screen(PictureScreen(message.title, message.picture, message.region))

    def _read_on_whole_screen(self) -> None:
        """Where the room beside is gone."""
        if self._reading is not None and not self._wide and self.app.screen is self:
            self._read(self._reading)
