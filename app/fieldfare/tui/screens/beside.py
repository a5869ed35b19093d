"""A screen that reads beside its answer where there is room for a pane, else on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from fieldfare.tui.messages import Highlighted, Opened, PictureWanted, Target
from fieldfare.tui.scanner import ScannedScreen
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.widgets.reader import Reader

if TYPE_CHECKING:
    from textual.timer import Timer

    from fieldfare.tui.album import Shot
    from fieldfare.tui.desk import Desk

FLUSH = 0.05
"""Seconds between two repaints of what streams at most."""


class BesideScreen(ScannedScreen[None]):
    """Shows what is chosen in its `Reader` or over itself."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="ask")
        self.desk = desk
        self._assistant = desk.assistant
        self._reading: Target | None = None
        self._preview: Timer | None = None
        self._language = ""  # of what is asked or typed
        self._original = False  # whether translations stand back

    @property
    def _pane(self) -> Reader:
        return self.query_one(Reader)

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
        self.app.push_screen(ReadingScreen(self.desk, target, self._language, original=self._original), self._read_on)

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
        self.app.push_screen(PictureScreen.of(self.desk, message), self._to_text)

    def _to_text(self, shot: Shot | None) -> None:
        """From a figure or printed page to its place in the text."""
        if shot is not None and shot.spot is not None:
            self._pane.to_spot(shot.spot)

    def _read_on_whole_screen(self) -> None:
        """Where the room beside is gone."""
        if self._reading is not None and not self._wide and self.app.screen is self:
            self._read(self._reading)
