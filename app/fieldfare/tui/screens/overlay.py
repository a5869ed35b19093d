"""A screen that is laid over a room and goes away with an answer."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class Overlay(Screen[ScreenResultType]):
    """Goes once: a key that was pressed twice before the first was heard closes nothing below."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Give the result to whoever opened this screen, and go."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
