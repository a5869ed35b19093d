from __future__ import annotations

import asyncio
import gettext
import tomllib
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from fakes import FakeAssistant
from fieldfare import catalogue
from fieldfare.preferences import Preferences
from fieldfare.settings import Settings
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.procedure import ProcedureScreen
from fieldfare.tui.widgets.listing import Listing
from tui.screen import asked, rows, shown, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    Scenario = Callable[[FieldfareApp, Pilot[None]], Awaitable[None]]


def play(scenario: Scenario, preferences: Preferences, size: tuple[int, int] = (80, 40)) -> None:
    async def run() -> None:
        app = FieldfareApp(FakeAssistant(), preferences)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until_text(pilot, "ready")
            await scenario(app, pilot)

    asyncio.run(run())


@pytest.fixture(autouse=True)
def welcomed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start is behind; whatever a test chooses, the next one reads English."""
    monkeypatch.setenv("FIELDFARE_WELCOMED", "true")
    monkeypatch.setattr(catalogue, "_spoken", catalogue._spoken)


def written(home: Path) -> dict[str, object]:
    return tomllib.loads((home / "settings.toml").read_text("utf-8"))


def test_a_setting_is_changed_by_numbers_and_kept(home: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f8")
        await until_text(pilot, "Language of answers")
        low = app.screen.query_one(Listing).virtual_size.height
        await pilot.press("4", "3")
        await until_text(pilot, "Rows: Large")
        high = app.screen.query_one(Listing)
        await until(pilot, lambda: high.virtual_size.height >= low + 8, "a line more for each setting")
        await pilot.press("3", "5")
        await until_text(pilot, "Look: Red, for the night")
        assert app.theme == "night"
        assert written(home) == {"density": "large", "theme": "night"}

    play(scenario, Preferences.open())


def test_the_next_start_has_the_look_that_f9_led_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.fit({"TERM": "xterm"})
        await pilot.press("f9")
        await until(pilot, lambda: app.theme == "sun")
        assert written(home) == {"theme": "sun"}
        again = FieldfareApp(FakeAssistant(), Preferences.open())
        again.fit({"TERM": "xterm"})
        assert again.theme == "sun"

    play(scenario, Preferences.open())


class Shouting(gettext.NullTranslations):
    """A language of which every text is seen to be translated."""

    def gettext(self, message: str) -> str:
        return message if "{" in message else message.upper()


def test_another_language_holds_at_once_in_every_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def use(code: str) -> None:
        monkeypatch.setattr(catalogue, "_spoken", Shouting() if code == "fr" else gettext.NullTranslations())

    monkeypatch.setattr(catalogue, "use", use)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("f7")
        await until_text(pilot, "Install or update")
        await pilot.press("f8")
        await until_text(pilot, "Language of the screen")
        await pilot.press("1", "5")
        await until_text(pilot, "LANGUAGE OF THE SCREEN: Français")
        await until(pilot, lambda: "HOLDS AT ONCE" in rows(app)[1], "what the room is for")
        assert "MENU" in rows(app)[-1]
        await pilot.press("f2")
        await until_text(pilot, "35 N·m")  # the answer is where it was
        await pilot.press("f7")
        await until_text(pilot, "INSTALL OR UPDATE")
        await pilot.press("f8", "1", "1")
        await until_text(pilot, "Language of the screen: By itself")

    play(scenario, Preferences())


def test_the_clock_of_the_procedures_ticks_while_its_room_is_drawn_in_another_language() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, ProcedureScreen) and app.screen.is_mounted)
        room = app.screen
        assert isinstance(room, ProcedureScreen)
        await room.query("TimerLine").remove()  # as it is half way through
        room.tick_timers()
        await room.recompose()
        room.tick_timers()
        assert room.query("TimerLine")

    play(scenario, Preferences())


def test_what_the_it_has_set_is_shown_and_stays() -> None:
    preferences = Preferences(Settings(theme="sun", welcomed=True), locked={"theme"})

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f8")
        await until_text(pilot, "Set by your IT")
        await pilot.press("3")
        await until(pilot, lambda: "Set by your IT" in rows(app)[1], "the sentence")
        await pilot.press("f9")
        assert preferences.current.theme == "sun"

    play(scenario, preferences)


def test_a_wrong_file_is_said_and_kept(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text('density = "huge"\ntheme = "sun"\n')

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "density must be one of" in " ".join(shown(app).split()), "the sentence")
        await pilot.press("f8")
        await until_text(pilot, "Rows: Normal")
        await pilot.press("5", "2")
        await until_text(pilot, "Signs: All signs")
        assert written(home) == {"density": "huge", "theme": "sun", "signs": "full"}

    play(scenario, Preferences.open())


def test_a_model_that_is_none_is_refused_with_a_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.gguf").write_text("Dear model")

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f8")
        await until_text(pilot, "Answers: Quotes from the manual")
        await pilot.press("6", "3")
        await until_text(pilot, "A model of your own")
        app.screen.query_one(Input).value = str(tmp_path / "letter.gguf")
        await pilot.press("enter")
        await until_text(pilot, "Nothing was changed")
        assert "letter.gguf" in shown(app)
        await pilot.press("escape")
        await until_text(pilot, "Language of answers")
        assert "Answers: Quotes from the manual" in shown(app)
        assert not (home / "settings.toml").exists()

    play(scenario, Preferences.open(), size=(80, 50))


def test_another_model_and_language_hold_for_the_next_question() -> None:
    opened = [FakeAssistant()]

    def reopen() -> FakeAssistant:
        opened.append(FakeAssistant())
        return opened[-1]

    async def scenario() -> None:
        app = FieldfareApp(opened[0], Preferences(), reopen=reopen)
        async with app.run_test(size=(80, 40)) as pilot:
            await until_text(pilot, "ready")
            await pilot.press("f8")
            await until_text(pilot, "Patience: 5 seconds")
            await pilot.press("7", "2")
            await until_text(pilot, "Patience: 10 seconds")
            await until(pilot, lambda: opened[0].closed, "another assistant")
            await pilot.press("1", "2", "2", "3")
            await until_text(pilot, "Language of answers: Deutsch")
            await pilot.press("f2")
            await until_text(pilot, "ready")
            await asked(pilot)
            await until_text(pilot, "Answer from")

    asyncio.run(scenario())
    assert [one.language for one in opened[-1].questions] == ["de"]


def test_a_long_sentence_is_read_from_its_beginning_and_scrolled_to_its_answer() -> None:
    from fieldfare.tui.screens.pick import TellScreen

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.push_screen(TellScreen("Long", "\n".join(f"line {number}" for number in range(40))))
        await until_text(pilot, "line 0")
        for _ in range(60):
            await pilot.press("down")
        await until_text(pilot, "Go on")
        assert "line 39" in shown(app)
        await pilot.press("enter")
        await until_text(pilot, "Type a question")

    play(scenario, Preferences(), (40, 15))


def test_the_licences_of_what_is_inside_can_be_read() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "ready")
        await pilot.press("f8")
        await until_text(pilot, "Patience")
        await pilot.press("end", "enter")
        await until_text(pilot, "What this Python installation holds")
        await pilot.press(*"textual-im")
        await until_text(pilot, "LGPL")
        await pilot.press("enter")
        await until_text(pilot, "GNU LESSER GENERAL PUBLIC LICENSE")
        await pilot.press("escape")
        await until_text(pilot, "What this Python installation holds")
        await pilot.press("escape")
        await until_text(pilot, "Whose work is inside")

    play(scenario, Preferences(), (80, 40))
