"""Driving the screens in tests: waiting on conditions, and the screen as plain text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.keys import _character_to_key

from fieldfare.tui.app import FieldfareApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = ((40, 15), (80, 24), (120, 40))


def rows(app: FieldfareApp) -> list[str]:
    """What the terminal shows, row by row."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def shown(app: FieldfareApp) -> str:
    """What the terminal shows as one text."""
    return "\n".join(rows(app))


def place(app: FieldfareApp) -> str | None:
    """The name of what is on top: of an overlay, else of the room."""
    return getattr(app.screen, "ABOUT", "") or app.screen.id


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str = "") -> None:
    """Wait until something holds; a bounded number of turns of the event loop, 20 ms each."""
    for _ in range(500):
        if condition():
            await pilot.pause()
            if condition():
                return
        await pilot.pause(0.02)
    screen = shown(pilot.app) if isinstance(pilot.app, FieldfareApp) else ""
    raise AssertionError(f"never came true: {what or condition}\n{screen}")


async def until_text(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen shows a text."""
    await until(pilot, lambda: text in shown(pilot.app), f"{text!r} on the screen")


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type into whatever has the focus."""
    await pilot.press(*("space" if character == " " else character for character in text))


def scan(app: FieldfareApp, text: str) -> None:
    """Type as a barcode scanner does: every key is there before the first one is looked at. `\\r` is its Enter."""
    for character in text:
        app.post_message(events.Key("enter" if character == "\r" else _character_to_key(character), character))


async def asked(pilot: Pilot[None], text: str = "oil") -> None:
    """Type and ask."""
    await type_text(pilot, text)
    await pilot.press("enter")


def matches_snapshot(app: FieldfareApp, name: str) -> None:
    """Compare the screen with tests/tui/snapshots/NAME.txt; UPDATE_SNAPSHOTS=1 writes it instead."""
    path = SNAPSHOTS / f"{name}.txt"
    text = shown(app) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no snapshot {path.name}: run with UPDATE_SNAPSHOTS=1 and look at it"
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()
