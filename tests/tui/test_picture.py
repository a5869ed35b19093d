"""A figure on the whole screen: its neighbours, a frame around a part, a copy in the job and in the viewer."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PIL import Image
from textual.geometry import Size

from fakes import DOCUMENT, FakeAssistant, drawing
from fieldfare.domain import Attached
from fieldfare.domain.manual import Spot
from fieldfare.journal import Journal
from fieldfare.tui.album import Shot
from fieldfare.tui.messages import PictureWanted
from fieldfare.tui.screens import picture as picture_module
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.widgets.picture import BlockPicture, dots
from tui.screen import rows, shown, until, until_text
from tui.test_leafing import play

if TYPE_CHECKING:
    import pytest
    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp


def album(count: int = 3) -> tuple[Shot, ...]:
    return tuple(
        Shot(
            title=f"Figure {n}", load=lambda n=n: drawing(640 + 40 * n, 360), spot=Spot(section=1, block=4),  # type: ignore[misc]
            name=f"figure-{n}", pack="halden-gs40",
        )
        for n in range(1, count + 1)
    )  # fmt: skip


async def opened(app: FieldfareApp, pilot: Pilot[None], at: int = 0, pictures: tuple[Shot, ...] = ()) -> PictureScreen:
    pictures = pictures or album()
    wanted = PictureWanted(pictures[at].title, None, None, pictures, at)
    app.push_screen(PictureScreen.of(app.desk, wanted))
    await until(pilot, lambda: isinstance(app.screen, PictureScreen))
    await until(pilot, lambda: app.screen.query_one(BlockPicture).image is not None)
    screen: Any = app.screen
    return screen


def seen(screen: PictureScreen) -> tuple[int, int]:
    image = screen.query_one(BlockPicture).image
    assert image is not None
    return image.size


def test_the_others_of_the_manual_are_one_key_away() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        screen = await opened(app, pilot)
        assert rows(app)[0].startswith("1/3  Figure 1")
        await pilot.press("v")  # there is none before
        await pilot.press("n")
        await until(pilot, lambda: rows(app)[0].startswith("2/3  Figure 2") and seen(screen) == (720, 360))
        await pilot.press("n", "n", "n")
        await until(pilot, lambda: rows(app)[0].startswith("3/3  Figure 3") and seen(screen) == (760, 360))

    play(scenario)


def test_a_picture_that_comes_late_is_not_shown_under_the_title_of_another() -> None:
    go = threading.Event()

    def slow() -> bytes:
        go.wait(30)
        return drawing(720, 360)

    first, second, third = album()
    pictures = (first, replace(second, load=slow), third)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        screen = await opened(app, pilot, pictures=pictures)
        await pilot.press("n", "n")
        await until(pilot, lambda: rows(app)[0].startswith("3/3  Figure 3") and seen(screen) == (760, 360))
        go.set()
        for _ in range(10):
            await pilot.pause(0.02)
            assert seen(screen) == (760, 360)

    play(scenario)


def test_what_is_framed_is_kept_in_the_job_with_its_place() -> None:
    journal = Journal(None)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        screen = await opened(app, pilot)
        await pilot.press("c")
        await until_text(pilot, "No frame")
        await pilot.press("s")
        await until_text(pilot, "Kept in the job.")
        job = journal.current()
        assert job is not None
        (deed,) = (entry.deed for entry in journal.entries(job.id))
        assert isinstance(deed, Attached) and deed.reference is not None
        assert (deed.caption, deed.reference.document) == ("Figure 1", DOCUMENT)
        with Image.open(io.BytesIO(journal.attachment(deed.digest))) as kept:
            assert kept.size == (340, 180)  # half of 680 by 360 each way
        await pilot.press("enter")
        await until_text(pilot, "×2")
        await until(pilot, lambda: seen(screen)[0] <= 340)
        assert "No frame" not in shown(app)

    play(scenario, journal=journal)


def test_a_frame_moves_and_shrinks_within_what_is_seen() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        screen = await opened(app, pilot)
        await pilot.press("c", "plus", "right", "right", "right", "right", "right", "down", "down", "down", "down")
        await until(pilot, lambda: (framed := screen.query_one(BlockPicture).framed) and framed.right > 0.99)
        framed = screen.query_one(BlockPicture).framed
        assert framed is not None and framed.bottom > 0.99
        assert abs(framed.right - framed.left - 0.4) < 0.02
        await pilot.press("escape")
        await until(pilot, lambda: screen.query_one(BlockPicture).framed is None)
        assert isinstance(app.screen, PictureScreen)

    play(scenario)


def test_a_picture_is_turned_and_made_as_wide_as_the_screen() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        screen = await opened(app, pilot)
        await pilot.press("r")
        await until(pilot, lambda: seen(screen) == (360, 680))
        await pilot.press("w")
        await until(pilot, lambda: seen(screen)[0] == 360 and seen(screen)[1] < 400)
        assert screen.query_one(BlockPicture).region.width == 80

    play(scenario)


def test_the_viewer_gets_what_is_seen_and_what_it_says_is_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[bytes, str]] = []

    def view(data: bytes, name: str) -> str:
        given.append((data, name))
        return "There is no window here to show it in. The picture lies at " + "folder/" * 12 + "figure-1.png"

    monkeypatch.setattr(picture_module, "view", view)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("x")
        await until_text(pilot, "figure-1.png")  # whole, over several lines
        with Image.open(io.BytesIO(given[0][0])) as copy:
            assert (copy.format, copy.size, given[0][1]) == ("PNG", (680, 360), "figure-1")

    play(scenario)


def test_a_tap_goes_closer_to_what_was_tapped() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        screen = await opened(app, pilot)
        await pilot.click(BlockPicture, offset=(2, 2))
        await until_text(pilot, "×1.5")
        assert screen._centre[0] < 0.5 and screen._centre[1] < 0.5

    play(scenario)


def test_letters_of_a_drawing_stay_open_where_there_is_room_for_them() -> None:
    image = Image.new("RGB", (40, 40), "white")
    for x in range(8, 32):
        for y in range(8, 32):
            if x in range(8, 12) or x in range(28, 32) or y in range(8, 12) or y in range(28, 32):
                image.putpixel((x, y), (0, 0, 0))
    ring = "\n".join("".join(segment.text for segment in strip) for strip in dots(image, Size(20, 10)))
    assert ring.count("⠀") > 20  # paper around it and in it
    middle = ring.split("\n")[5]
    assert middle[10] == "⠀" and middle.strip("⠀")


def test_a_picture_that_is_gone_says_so() -> None:
    assistant = FakeAssistant()

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        shot = Shot(title="Gone", load=lambda: b"")
        app.push_screen(PictureScreen.of(app.desk, PictureWanted("Gone", None, None, (shot,), 0)))
        await until_text(pilot, "cannot be shown")
        for key in ("plus", "r", "w", "c", "s", "x", "right", "enter"):
            await pilot.press(key)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PictureScreen))

    play(scenario, assistant)
