"""Keys one after the other: each meets the screen that the one before it led to, however fast they are pressed.

Textual hands every key at once to what has the focus. What a key leads to takes some turns of its message loops: a second key
that is pressed meanwhile would be typed into the screen that is about to be covered, or get lost before the new one has its
focus.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import on
from textual.app import App, ReturnType
from textual.events import Key
from textual.message import Message

if TYPE_CHECKING:
    from textual.events import Event
    from textual.widget import Widget

ROUNDS = 3
"""Ways through the message loops: the key itself, what its binding told the screen, the screen that was opened by that."""
LOST = 0.05
"""Seconds after which it is looked whether what a key was handed to is gone, and the answer with it."""
DEAF = 2.0
"""Seconds after which a key is heard though the one before it is not done."""
AT_ONCE = frozenset({"ctrl+q"})
"""Keys that wait for nothing."""


SCAN = 0.04
"""Seconds in which a scanner has typed its next character (USB ones need 1 to 10 ms, radio ones up to 30); no hand has."""


def is_scanned(before: Key, after: Key) -> bool:
    """Whether a character or Enter came so fast behind a key that both were typed by a scanner."""
    return (after.is_printable or after.key == "enter") and after.time - before.time <= SCAN


@runtime_checkable
class Holding(Protocol):
    """Holds a key until it is known whether a scanner typed it."""

    def let_go_before(self, following: Key) -> bool:
        """Press what is held where the key that comes next shows that a hand pressed it; whether something was."""
        ...


class Settled(Message):
    """Comes back through every message loop that a key went through, behind what the key led to there."""

    def __init__(self, stroke: int) -> None:
        super().__init__()
        self.stroke = stroke


class StrokeApp(App[ReturnType]):
    """Hands out one key at a time."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._waiting: deque[Key] = deque()
        self._stroke = 0  # numbers the ways, so that a late answer is told from the one that is waited for
        self._rounds = 0
        self._target: Widget | None = None  # what the last key was handed to
        self._deaf_until = 0.0

    async def on_event(self, event: Event) -> None:
        """Let a key wait for the one before it."""
        if isinstance(event, Key) and not event.is_forwarded and event.key not in AT_ONCE:
            self._waiting.append(event)
            await self._begin()
        else:
            await super().on_event(event)

    def press_first(self, key: str) -> None:
        """Press a key before those that wait."""
        event = Key(key, None)
        event.set_sender(self)  # what a screen sends ends at the screen
        self._waiting.appendleft(event)
        self.call_later(self._begin)

    def is_followed(self, event: Key) -> bool:
        """Whether what a scanner typed behind a key waits already."""
        return bool(self._waiting) and is_scanned(event, self._waiting[0])

    async def _begin(self) -> None:
        if not self._rounds:
            await self._hand_out()

    async def _hand_out(self) -> None:
        if not self._waiting:
            return
        self._target = self._listening
        self._rounds = ROUNDS
        self._deaf_until = asyncio.get_running_loop().time() + DEAF
        if self._target is not None and self.screen.is_mounted and not self._lets_go(self._waiting[0]):
            await super().on_event(self._waiting.popleft())
        self._send()

    @property
    def _listening(self) -> Widget | None:
        """What hears the next key; nothing while one room is left and the other not yet there."""
        return (self.focused or self.screen) if self.screen_stack else None

    def _lets_go(self, following: Key) -> bool:
        """Whether a key that was held is pressed first."""
        nodes: tuple[object, ...] = (self.screen, self.focused)
        return any(isinstance(one, Holding) and one.let_go_before(following) for one in nodes)

    def _send(self) -> None:
        """Send for what has the key now: at last the screen that it opened."""
        self._stroke += 1
        if self._rounds == 1 or self._target is None or not self._target.is_attached:
            self._target = self._listening
        if self._target is not None:
            self._target.post_message(Settled(self._stroke))
        asyncio.get_running_loop().call_later(LOST, self._look, self._stroke)

    def _look(self, stroke: int) -> None:
        if stroke != self._stroke or not self._rounds:
            return
        late = asyncio.get_running_loop().time() > self._deaf_until
        if late or self._target is None or not self._target.is_attached or not self._target.is_running:
            self.post_message(Settled(stroke))
        else:
            asyncio.get_running_loop().call_later(LOST, self._look, stroke)

    @on(Settled)
    async def _settled(self, message: Settled) -> None:
        if message.stroke == self._stroke and self._rounds:
            self._rounds -= 1
            if self._rounds:
                self._send()
            else:
                await self._hand_out()
