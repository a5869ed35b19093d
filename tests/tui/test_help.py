"""The menu and the help say what the keys do that there are: both are read from the bindings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fakes import FakeAssistant
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.commands import commands, key_name
from fieldfare.tui.rooms import ROOMS
from fieldfare.tui.screens.help import PURPOSES, HelpScreen
from fieldfare.tui.screens.menu import MenuScreen
from fieldfare.tui.widgets.bars import KeyBar
from tui.screen import asked, rows, shown, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot


def play(scenario: Callable[[FieldfareApp, Pilot[None]], Awaitable[None]], size: tuple[int, int] = (80, 60)) -> None:
    async def run() -> None:
        app = FieldfareApp(FakeAssistant())
        async with app.run_test(size=size) as pilot:
            await until_text(pilot, "ready")
            await scenario(app, pilot)

    asyncio.run(run())


def test_each_room_has_help_with_all_its_keys_and_its_key_bar_holds_no_other() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        for room in ROOMS:
            await pilot.press(room.key)
            await until(pilot, lambda name=room.name: app.current_mode == name)
            await pilot.pause(0.05)
            screen = app.screen
            assert room.name in PURPOSES, f"the help does not say what {room.name} is for"
            bound = {key for one in commands(screen) for key in one.keys} | set(app.active_bindings)
            assert not [key for key, *_ in screen.query_one(KeyBar)._keys if key not in bound], room.name
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            said = " ".join(" ".join(rows(app)).split())
            for one in commands(screen):
                assert f"{one.shown} {one.meaning}" in said, (room.name, one)
            assert all(f"{key_name(other.key)} {other.label}" in said for other in ROOMS)
            await pilot.press("escape")

    play(scenario, size=(160, 100))


def test_the_help_is_about_the_screen_that_it_was_asked_on() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("down", "down", "down", "down", "enter")
        await until_text(pilot, "▶")
        await pilot.press("f1")
        await until_text(pilot, "The manual itself.")
        assert "the page as printed" in shown(app)
        await pilot.press("f1")
        await until_text(pilot, "▶")

    play(scenario)


def test_the_menu_leads_to_each_room_by_its_number_and_presses_what_is_chosen() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        for number, room in enumerate(ROOMS, 1):
            await pilot.press("f10")
            await until(pilot, lambda: isinstance(app.screen, MenuScreen))
            await pilot.press(str(number))
            await until(pilot, lambda name=room.name: app.current_mode == name)
        await pilot.press("f2", "f10", *"dark")
        await until(pilot, lambda: "Go to Ask" not in shown(app) and "dark, light for the sun" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "sun", "the next look")
        await pilot.press("f10", "escape")
        await until_text(pilot, "Question")

    play(scenario)


def test_the_menu_is_narrowed_and_widened_by_letters() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f10", *"zzz")
        await until_text(pilot, "zzz")
        assert "Leave Fieldfare" not in shown(app)
        await pilot.press("backspace", "backspace", "backspace")
        await until_text(pilot, "Leave Fieldfare")
        await pilot.click("Listing", offset=(4, 0))
        await until(pilot, lambda: app.current_mode == ROOMS[0].name and app.screen.id == "ask")

    play(scenario, size=(40, 60))
