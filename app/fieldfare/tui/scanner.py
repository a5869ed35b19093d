"""Telling a barcode scanner from a hand: it types faster than any, and what it types is never a row of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import ScreenResultType

from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.strokes import SCAN, is_scanned

if TYPE_CHECKING:
    from textual.events import Key
    from textual.timer import Timer

    from fieldfare.tui.strokes import StrokeApp


class ScannedScreen(Overlay[ScreenResultType]):
    """A screen on which single characters are keys and whole codes can be scanned all the same.

    A character that is a key waits for `SCAN` seconds: where another or Enter follows in that time, both were typed, not
    pressed. A character that is no key is typed at once.
    """

    _held: Key | None = None
    _release: Timer | None = None
    _passed = ""

    def type(self, text: str) -> None:
        """Take text that was typed where nothing takes text."""
        raise NotImplementedError

    def typing(self) -> bool:
        """Whether the focus is where text is typed anyway."""
        raise NotImplementedError

    def typed(self) -> None:
        """Enter followed on what a scanner typed."""
        raise NotImplementedError

    def on_key(self, event: Key) -> None:
        """Hold a key, let it pass, or take it as text."""
        if self._passed == event.key:
            self._passed = ""
            return
        held = self._let_go()
        if held is not None and held.character:
            if event.key == "enter":
                event.stop()
                self.type(held.character)
                self.typed()
                return
            if event.is_printable and event.character:
                event.stop()
                self.type(held.character + event.character)
                return
            self._pass(held)
        if not event.is_printable or not event.character:
            return
        if self.typing():
            event.stop()
            self.type(event.character)
        elif event.key in self.active_bindings:
            if event.key == "space":
                return  # no code begins with it: a page goes down at once
            event.stop()
            self._held = event
            self._release = self.set_timer(SCAN, self._press)
        else:
            event.stop()
            self.type(event.character)

    def _let_go(self) -> Key | None:
        held, self._held = self._held, None
        if self._release is not None:
            self._release.stop()
            self._release = None
        return held

    def let_go_before(self, following: Key) -> bool:
        """Press what is held where a hand pressed it."""
        held = self._held
        if held is None or is_scanned(held, following):
            return False
        self._let_go()
        self._pass(held)
        return True

    def _press(self) -> None:
        if self._held is not None and not self._strokes.is_followed(self._held):
            held = self._let_go()
            if held is not None and self.is_current:
                self._pass(held)

    @property
    def _strokes(self) -> StrokeApp[object]:
        return cast("StrokeApp[object]", self.app)

    def _pass(self, held: Key) -> None:
        """Let a held key do what it is bound to."""
        self._passed = held.key
        self._strokes.press_first(held.key)
