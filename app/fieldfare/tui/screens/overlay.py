"""A screen that is laid over a room and goes away with an answer."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class Overlay(Screen[ScreenResultType]):
    """Goes once: a key that was pressed twice before the first was heard closes nothing below."""

    ABOUT: ClassVar[str] = ""
    """Under which name the help says what it is for. It has no id: the same may lie over two rooms at once."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Give the result to whoever opened this screen, and go."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
