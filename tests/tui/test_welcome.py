from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from fakes import FakeAssistant
from fieldfare import catalogue, settings
from fieldfare.preferences import Preferences
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.doctor import DoctorScreen
from tui.screen import shown, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot


def play(
    scenario: Callable[[FieldfareApp, Pilot[None]], Awaitable[None]],
    assistant: FakeAssistant,
    size: tuple[int, int] = (80, 24),
) -> None:
    async def run() -> None:
        app = FieldfareApp(assistant, Preferences.open())
        async with app.run_test(size=size) as pilot:
            await scenario(app, pilot)

    asyncio.run(run())


@pytest.fixture(autouse=True)
def english(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test chooses, the next one reads English."""
    monkeypatch.setattr(catalogue, "_spoken", catalogue._spoken)


@pytest.mark.parametrize("size", [(40, 15), (120, 40)])
def test_the_first_start_takes_four_keys_to_an_answer_and_comes_once(size: tuple[int, int]) -> None:
    assistant = FakeAssistant()

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "Sprache")
        await pilot.press("1")
        await until_text(pilot, "Which look")
        await pilot.press("3")
        await until(pilot, lambda: app.theme == "contrast")
        await until_text(pilot, "Which machine do you work on?")
        await pilot.press("enter")
        await until_text(pilot, "Try a question")
        await pilot.press("1")
        await until_text(pilot, "Answer from")
        assert assistant.questions[-1].text == "Oil?"

    play(scenario, assistant, size)
    kept = settings.read()[0]
    assert (kept.welcomed, kept.theme, kept.screen_language) == (True, "contrast", "en")

    async def again(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "ready")
        assert "Sprache" not in shown(app)

    play(again, FakeAssistant())


def test_esc_leaves_the_first_start_out_for_good() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "Sprache")
        await pilot.press("escape")
        await until_text(pilot, "Type a question")

    play(scenario, FakeAssistant())
    assert settings.read()[0].welcomed


def test_without_manuals_it_leads_to_where_they_are_installed() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "Sprache")
        await pilot.press("1", "1")
        await until_text(pilot, "No manuals are installed yet")
        await pilot.press("1")
        await until_text(pilot, "Type or paste a path")

    play(scenario, FakeAssistant(packs=()))


def test_the_doctor_shows_each_check_with_its_sentence() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("escape")
        await pilot.press("f8")
        await until_text(pilot, "Language of the screen")
        app.push_screen(DoctorScreen())
        await until(pilot, lambda: "checks: all is well" in shown(app) or "not well" in shown(app), "the end")
        assert "processor: " in shown(app)
        assert "memory: " in shown(app)

    play(scenario, FakeAssistant(), (100, 60))
