"""Draws docs/screen.svg: the screen on the demo pack, after a question. Run with .venv/bin/python."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from fieldfare.assistant import open_assistant
from fieldfare.settings import Settings
from fieldfare.tui.app import FieldfareApp

TARGET = Path(__file__).resolve().parents[1] / "docs" / "screen.svg"
QUESTION = "how do I change the engine oil and filter?"


async def draw() -> None:
    assistant = open_assistant(Settings())
    app = FieldfareApp(assistant)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause(0.5)
        await pilot.press(*(character if character != " " else "space" for character in QUESTION.replace("?", "")))
        await pilot.press("enter")
        await pilot.pause(2.0)
        svg = app.export_screenshot(title="Fieldfare")
    assistant.close()
    # The fonts of the picture come from the reader's machine, never from a network.
    TARGET.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw())
