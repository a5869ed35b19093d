"""What lies over a room goes once, however often it is told to."""

from __future__ import annotations

import asyncio

from fakes import FakeAssistant
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.help import HelpScreen
from tui.screen import until, until_text


def test_a_screen_that_is_closed_twice_closes_nothing_below() -> None:
    async def scenario() -> None:
        app = FieldfareApp(FakeAssistant())
        async with app.run_test() as pilot:
            await until_text(pilot, "ready")
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            below = app.screen_stack[0]
            above = app.screen
            for _ in range(3):  # whatever asked for it, and however often
                app.call_later(above.dismiss)
            await until(pilot, lambda: app.screen is below)
            await pilot.pause(0.2)
            assert app.screen_stack == [below]

    asyncio.run(scenario())
