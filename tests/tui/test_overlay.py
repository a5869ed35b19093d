"""What lies over a room goes once, however often the key for it was pressed."""

from __future__ import annotations

import asyncio

from textual.events import Key

from fakes import FakeAssistant
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.help import HelpScreen
from tui.screen import until, until_text


def test_a_key_that_was_pressed_twice_closes_one_screen_only() -> None:
    async def scenario() -> None:
        app = FieldfareApp(FakeAssistant())
        async with app.run_test() as pilot:
            await until_text(pilot, "ready")
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            below = app.screen_stack[0]
            for _ in range(3):  # all are there before the first is heard
                app.screen.post_message(Key("escape", None))
            await until(pilot, lambda: app.screen is below)
            await pilot.pause(0.2)
            assert app.screen_stack == [below]

    asyncio.run(scenario())
