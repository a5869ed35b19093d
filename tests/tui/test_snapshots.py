"""The screen as text at three sizes. After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/tui, then read the diff."""

from __future__ import annotations

import asyncio

import pytest

from fakes import REFUSAL, FakeAssistant
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.widgets.picture import BlockPicture
from tui.screen import SIZES, asked, matches_snapshot, until, until_text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", ["answer", "refusal", "reading"])
def test_snapshot(size: tuple[int, int], state: str) -> None:
    async def scenario() -> None:
        assistant = FakeAssistant(script=REFUSAL) if state == "refusal" else FakeAssistant()
        app = FieldfareApp(assistant)
        async with app.run_test(size=size) as pilot:
            await until_text(pilot, "ready")
            app.screen.query_one("#question").cursor_blink = False
            await asked(pilot)
            await until_text(pilot, "Not answered" if state == "refusal" else "Answer from")
            if state == "reading":
                await pilot.press("down")
                await pilot.press("2")
                await until_text(pilot, "▶")
            elif size[0] >= 100:
                await until(pilot, lambda: len(app.screen.query("#pane .cited")) == 1, "the pane beside")
                pictures = app.screen.query(BlockPicture)
                await until(pilot, lambda: all(picture.image for picture in pictures), "its pictures")
            for _ in range(10):
                await pilot.pause(0.02)
            matches_snapshot(app, f"{state}-{size[0]}x{size[1]}")

    asyncio.run(scenario())
