"""Every look keeps text readable: contrast is measured on what is drawn, not on a list of colours."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from rich.terminal_theme import TerminalTheme
from textual.color import Color

from fakes import FOUND, GROUNDED, FakeAssistant
from fieldfare import settings
from fieldfare.domain import Answered, EvidenceFound, Hazard
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.rooms import ROOMS
from fieldfare.tui.signs import SETS, fitting
from fieldfare.tui.theme import LOOKS, THEMES, first_theme
from tui.screen import asked, shown, until, until_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    from rich.color import Color as Drawn
    from rich.segment import Segment
    from textual.pilot import Pilot

WORDS = ("DANGER", "WARNING", "CAUTION", "NOTICE", "PELIGRO")
# The palette of the Linux console and of the first PC displays.
CONSOLE = TerminalTheme(
    (0, 0, 0), (170, 170, 170),
    [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170)],
    [(85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
     (255, 255, 255)],
)  # fmt: skip


def segments(app: FieldfareApp) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from strip


def rgb(colour: Drawn, *, foreground: bool) -> tuple[int, int, int]:
    return tuple(colour.get_truecolor(CONSOLE, foreground=foreground))


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (part / 255 for part in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def faint(app: FieldfareApp) -> list[tuple[float, str, str]]:
    """Every text on the screen with a contrast below 7:1 to its ground."""
    found = []
    for segment in segments(app):
        style = segment.style
        if not any(map(str.isalnum, segment.text)):
            continue
        assert style
        assert style.color
        assert style.bgcolor
        ink, ground = rgb(style.color, foreground=True), rgb(style.bgcolor, foreground=False)
        if style.reverse:
            ink, ground = ground, ink
        bright, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
        if (contrast := (bright + 0.05) / (dark + 0.05)) < 7:
            found.append((round(contrast, 2), segment.text, str(style)))
    return found


def warned() -> FakeAssistant:
    """An assistant whose answer has a warning of every signal word."""
    hazards = tuple(Hazard(id=number, signal_word=word, text="Stop.") for number, word in enumerate(WORDS, 1))
    return FakeAssistant(script=(EvidenceFound(evidence=FOUND, hazards=hazards), Answered(answer=GROUNDED)))


async def looks(app: FieldfareApp, pilot: Pilot[None]) -> Iterator[str]:
    """Goes through the themes on the screen of the moment."""
    for name in LOOKS:
        app.look(name)
        theme = app.get_theme(name)
        assert theme
        assert theme.background
        ground = Color.parse(theme.background).rgb
        while app.screen.styles.background.rgb != ground:
            await pilot.pause(0.02)
        await pilot.pause(0.05)
        yield name


def test_every_text_has_a_contrast_of_seven_in_every_look_and_the_night_is_red() -> None:
    async def scenario() -> None:
        app = FieldfareApp(warned())
        async with app.run_test(size=(120, 60)) as pilot:
            await until_text(pilot, "ready")
            for keys, text in (
                ((), "Every answer"),
                (("o", "i", "l", "enter"), "Answer from"),
                (("f8",), "Look"),
                (("3",), "Red, for the night"),
                (("escape", "f10"), "Leave"),
                (("escape", "f1"), "Ctrl+Q"),
            ):
                await pilot.press(*keys)
                await until_text(pilot, text)
                words = shown(app)
                async for name in looks(app, pilot):
                    assert not faint(app), (name, text)
                    assert [one for one in WORDS if one in shown(app)] == [one for one in WORDS if one in words], name
                    if name == "night":
                        assert not [one for one in segments(app) if not is_red(one)], text
                if text == "Answer from":
                    assert all(word in words for word in WORDS)

    asyncio.run(scenario())


def test_every_room_can_be_read_in_every_look(home: Path) -> None:
    async def scenario() -> None:
        app = FieldfareApp(FakeAssistant())
        async with app.run_test(size=(90, 40)) as pilot:
            await until_text(pilot, "ready")
            for room in ROOMS[1:]:
                await pilot.press(room.key)
                await until(pilot, lambda name=room.name: app.current_mode == name)
                await pilot.pause(0.3)
                async for name in looks(app, pilot):
                    assert not faint(app), (name, room.name)
                    assert name != "night" or all(is_red(one) for one in segments(app)), room.name

    asyncio.run(scenario())


def is_red(segment: Segment) -> bool:
    style = segment.style
    colours = [rgb(one, foreground=True) for one in (style.color, style.bgcolor) if one] if style else []
    return all(green <= 0.45 * red and blue <= green for red, green, blue in colours)


def test_sixteen_colours_are_drawn_with_the_terminals_own() -> None:
    async def scenario() -> None:
        app = FieldfareApp(warned())
        async with app.run_test(size=(80, 40)) as pilot:
            app.look("console", signs="ascii")
            await asked(pilot)
            await until_text(pilot, "Answer from")
            styles = [(one.text, one.style) for one in segments(app) if one.style]
            assert not [text for text, style in styles if text.strip() and style.color and style.color.number is None]
            grounds = {style.bgcolor.number for _, style in styles if style.bgcolor}
            assert max(8 if one is None else one for one in grounds) < 8, "the Linux console has eight grounds"
            assert not [text for text, style in styles if style.reverse and style.bold], "that is dark grey there"
            assert set(re.findall(r"[^\x00-\x7f]", shown(app))) <= set("°·"), "what stands in the manual"
            assert "! WARNING" in shown(app)

    asyncio.run(scenario())


def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scenario() -> None:
        app = FieldfareApp(warned())
        app.fit({"TERM": "xterm-256color"})
        async with app.run_test(size=(80, 40)) as pilot:
            await asked(pilot)
            await until_text(pilot, "Answer from")
            styles = [one.style for one in segments(app) if one.style]
            drawn = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
            assert {one.is_default for one in drawn} == {True}
            bands = "".join(one.text for one in segments(app) if one.style and one.style.reverse)
            assert [word for word in WORDS if word in bands] == list(WORDS), "a band is seen without a colour"

    asyncio.run(scenario())


def test_a_terminal_gets_what_it_can_draw() -> None:
    assert first_theme("", colours="truecolor") == "dark"
    assert first_theme("night", colours="256") == "night"
    assert first_theme("night", colours="standard") == first_theme("", colours=None) == "console"
    assert fitting({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}) == "full"
    assert fitting({"TERM": "linux"}) == "plain"
    assert fitting({"TERM": "xterm", "LC_ALL": "de_DE.ISO-8859-1"}) == "ascii"
    assert fitting({"TERM": "vt220"}) == "ascii"
    assert fitting({}, platform="win32") == "plain"
    assert fitting({"WT_SESSION": "1"}, platform="win32") == "full"


def test_the_settings_know_the_looks_and_signs_that_there_are() -> None:
    assert ("", *LOOKS) == settings.THEMES
    assert ("", *SETS) == settings.SIGNS
    assert [theme.name for theme in THEMES] == list(LOOKS)
