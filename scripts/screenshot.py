"""Draws the pictures of the guide: every room on the demo pack, as SVG. Run with .venv/bin/python scripts/screenshot.py [NAME ...]."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import catalogue
from fieldfare.assistant import open_assistant
from fieldfare.journal import open_journal
from fieldfare.preferences import Preferences
from fieldfare.settings import Settings
from fieldfare.tui.app import FieldfareApp

if TYPE_CHECKING:
    from textual.pilot import Pilot

DOCS = Path(__file__).resolve().parents[1] / "docs"
SIZE = (120, 38)
SETTINGS = Settings(welcomed=True, screen_language="en")
OIL = "how do I change the engine oil and filter?"
Steps = tuple[str, ...]
"""Keys by their names; `=text` types, `~` waits until the screen stands still."""
PICTURES: dict[str, tuple[Settings, tuple[int, int], Steps]] = {
    "screen": (SETTINGS, SIZE, (f"={OIL}", "~", "enter")),
    "translated": (SETTINGS, SIZE, ("=¿Cómo cambio el aceite del motor?", "~", "enter")),
    "manuals": (SETTINGS, SIZE, ("f3", "enter")),
    "figure": (SETTINGS, SIZE, ("=wiring diagram of strip X2", "~", "enter", "~", "down", "g", "enter", "~", "plus", "plus")),
    "procedure": (SETTINGS, SIZE, (f"={OIL}", "~", "enter", "~", "down", "s", "~", "enter", "enter", "~", "r", "~", "=65", "enter")),
    "job": (SETTINGS, SIZE, ("=E07", "~", "enter", "~", "down", "n", "~", f"/={OIL}", "~", "f5", "n", "~", "=Sealing ring renewed", "enter")),
    "library": (SETTINGS, SIZE, ("f7",)),
    "settings": (replace(SETTINGS, screen_language="de"), (100, 22), ("f8",)),
    "sun": (replace(SETTINGS, theme="sun"), (80, 24), ("=E07", "~", "enter")),
    "night": (replace(SETTINGS, theme="night"), (80, 24), ("=E07", "~", "enter")),
    "small": (SETTINGS, (40, 15), ("=E07", "~", "enter")),
}  # fmt: skip


async def still(pilot: Pilot[None]) -> None:
    """Wait until nothing changes any more."""
    before = ""
    for _ in range(100):
        await pilot.pause(0.25)
        now = pilot.app.export_screenshot()
        if re.sub(r"terminal-\d+", "", now) == before:
            return
        before = re.sub(r"terminal-\d+", "", now)


async def draw(name: str) -> None:
    settings, size, steps = PICTURES[name]
    catalogue.use(settings.screen_language)
    with tempfile.TemporaryDirectory() as home, open_journal(Path(home)) as journal:
        assistant = open_assistant(settings)
        app = FieldfareApp(assistant, Preferences(settings), journal)
        async with app.run_test(size=size) as pilot:
            await still(pilot)
            for step in steps:
                if step == "~":
                    await still(pilot)
                    continue
                _, typed, text = step.partition("=")
                for letter in text:
                    await pilot.press("space" if letter == " " else letter)
                if not typed:
                    await pilot.press(step)
                await pilot.pause(0.1)
            await still(pilot)
            svg = app.export_screenshot(title="Fieldfare")
        assistant.close()
    # The fonts of the picture come from the reader's machine, never from a network.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (DOCS / f"{name}.svg").write_text(re.sub(r"terminal-\d+", f"fieldfare-{name}", svg), encoding="utf-8")
    print(f"docs/{name}.svg")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or PICTURES:
        asyncio.run(draw(chosen))
