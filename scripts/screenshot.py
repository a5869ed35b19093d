"""Draws docs/screen.svg and docs/translated.svg: the screen on the demo pack, after a question. Run with .venv/bin/python."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from fieldfare.assistant import open_assistant
from fieldfare.settings import Settings
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.widgets.question import QuestionInput

DOCS = Path(__file__).resolve().parents[1] / "docs"
QUESTIONS = {
    "screen.svg": "how do I change the engine oil and filter?",
    "translated.svg": "¿Cómo cambio el aceite del motor?",
}


async def draw(name: str, question: str) -> None:
    assistant = open_assistant(Settings())
    app = FieldfareApp(assistant)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause(0.5)
        app.screen.query_one(QuestionInput).value = question
        await pilot.press("enter")
        await pilot.pause(3.0)
        svg = app.export_screenshot(title="Fieldfare")
    assistant.close()
    # The fonts of the picture come from the reader's machine, never from a network.
    (DOCS / name).write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    for name, question in QUESTIONS.items():
        asyncio.run(draw(name, question))
