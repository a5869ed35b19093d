"""What lies over a room goes once, however often it is told to; a key meets the screen that the key before it opened."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from fakes import FakeAssistant
from fieldfare.preferences import Preferences
from fieldfare.settings import Settings
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.screens.help import HelpScreen
from fieldfare.tui.screens.noting import NoteScreen
from fieldfare.tui.screens.pick import PickScreen, TellScreen, TypeScreen
from fieldfare.tui.widgets.listing import Listing, Row
from tui.screen import place, rows, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    Scenario = Callable[[FieldfareApp, Pilot[None]], Awaitable[None]]


def play(scenario: Scenario, size: tuple[int, int] = (80, 24)) -> None:
    async def run() -> None:
        app = FieldfareApp(FakeAssistant(), Preferences(Settings(welcomed=True)))
        async with app.run_test(size=size) as pilot:
            await until_text(pilot, "Type a question")
            await scenario(app, pilot)

    asyncio.run(run())


def rush(app: FieldfareApp, *keys: str, apart: float = 0.1) -> None:
    """All keys are there before the first is looked at, though a hand pressed them `apart` seconds after each other."""
    for number, key in enumerate(keys):
        event = Key(_character_to_key(key) if len(key) == 1 else key, key if len(key) == 1 else None)
        event.time += number * apart
        app.post_message(event)


def test_a_screen_that_is_closed_twice_closes_nothing_below() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        below = app.screen_stack[0]
        above = app.screen
        for _ in range(3):  # whatever asked for it, and however often
            app.call_later(above.dismiss)
        await until(pilot, lambda: app.screen is below)
        await pilot.pause(0.2)
        assert app.screen_stack == [below]

    play(scenario)


def test_keys_that_come_all_at_once_each_meet_the_screen_that_the_one_before_opened() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        rush(app, "f8", "4", "3", "3", "down", "down", "enter")  # rows: large; look: the third below the first
        await until(pilot, lambda: app.desk.preferences.current.density == "large", "large rows")
        await until(pilot, lambda: app.desk.preferences.current.theme, "a look")
        rush(app, "f2", "f10", "6", "f10", *"job", "enter")
        await until(pilot, lambda: app.current_mode == "job")
        rush(app, "f2", *"oil", "f6", *"gs", "enter", *"77", "enter")
        await until(pilot, lambda: app.desk.workplace.machine.serial == "77", "the machine")
        await until_text(pilot, "GS-40 · 77")
        assert "oil" in rows(app)[1]  # nothing of the machine was typed into the question

    play(scenario)


def test_a_list_that_is_read_first_is_there_before_the_next_key() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        gate = threading.Event()
        plates = app.desk.assistant.bookshelf.plates
        app.desk.assistant.bookshelf.plates = lambda manual: gate.wait(20) and plates(manual)  # type: ignore[assignment,method-assign]
        await pilot.press("f3")
        await until_text(pilot, "g Figures")
        rush(app, "g", "1")
        await until(pilot, lambda: isinstance(app.screen, ChoosingScreen), "the list")
        gate.set()
        await until(pilot, lambda: place(app) == "picture", "the first figure, not the first manual")

    play(scenario)


def test_what_is_typed_before_a_line_has_its_focus_is_typed_into_it() -> None:
    answers: list[str | None] = []

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.push_screen(TypeScreen("Why?"), answers.append)
        rush(app, *"worn out", "enter", "f10", "escape")
        await until(pilot, lambda: answers)
        app.push_screen(NoteScreen("", "a place"), answers.append)
        rush(app, *"hot", "enter")
        await until(pilot, lambda: len(answers) == 2)
        assert answers == ["worn out", "hot"]
        assert "hot" not in rows(app)[1]

    play(scenario)


def test_what_is_pressed_before_there_are_rows_chooses_when_they_come() -> None:
    chosen: list[str | None] = []
    offers = [Offer(row=Row(text=name), value=name) for name in ("one", "two", "three")]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        for keys, expected in ((("2",), "two"), (("down", "down", "enter"), "three")):
            screen: ChoosingScreen[str | None] = ChoosingScreen("Which?")
            app.push_screen(screen, chosen.append)
            rush(app, *keys)
            await until_text(pilot, "Which?")
            assert app.screen is screen
            screen.all = tuple(offers)
            screen.show_offers()
            await until(pilot, lambda: chosen)
            assert chosen.pop() == expected

    play(scenario)


def test_space_leafs_and_chooses_nothing_and_a_row_that_was_not_seen_is_shown_before_it_is_chosen() -> None:
    answers: list[str | None] = []

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.push_screen(PickScreen("Skip?", [("a", "Not here", ""), ("b", "Done before", "")]), answers.append)
        await until_text(pilot, "1 Not here")
        await pilot.press("space", "space")
        await until(pilot, lambda: app.screen.query_one(Listing).at == 1)
        assert not answers
        await pilot.press("enter")
        await until(pilot, lambda: answers)
        assert answers.pop() == "b"
        app.push_screen(TellScreen("Long", "\n".join(f"line {number}" for number in range(40))), answers.append)
        await until_text(pilot, "line 0")
        for _ in range(4):
            await pilot.press("enter")
        await until(pilot, lambda: answers == [""])

    play(scenario, (40, 15))


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40)])
def test_menu_and_help_stand_in_every_key_bar_and_long_texts_end_behind_a_word(size: tuple[int, int]) -> None:
    cut = {"f8": "holds at once and…", "f6": "or scan the…"}

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        for key in ("f2", "f3", "f4", "f5", "f7", "f8", "f6", "f10", "f1"):
            await pilot.press(key)
            await until(pilot, lambda: "F10 Menu F1 Help" in rows(app)[-1], key)
            if size[0] == 40 and key in cut:
                await until(pilot, lambda: rows(app)[1].endswith(cut[key]), cut[key])  # noqa: B023 - it is awaited here

    play(scenario, size)


@pytest.mark.parametrize("whole", [True, False])
def test_rows_that_are_shown_out_of_sight_are_not_drawn_where_more_stood_before(whole: bool) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        listing = Listing(whole=whole)
        await app.screen.mount(listing)
        listing.show([Row(key=str(i), text=f"row {i}") for i in range(40)])
        await until(pilot, lambda: listing.virtual_size.height >= 40)
        listing.display = False
        await until(pilot, lambda: not listing.scrollable_content_region.width)
        listing.show([Row(key="only", text="the only one")])
        assert listing.virtual_size.height == 0, "the next picture may come before it is measured"
        listing.display = True
        await until(pilot, lambda: 1 <= listing.virtual_size.height <= 3)

    play(scenario)
