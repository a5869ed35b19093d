from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from fakes import OIL_STEPS, TORQUE, FakeAssistant, section
from fieldfare.domain import Block, BlockKind, Passage, Region, SectionView
from fieldfare.errors import PackError
from fieldfare.tui.highlight import quoted_rows, quoted_span
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.widgets.figure import FigureRow
from fieldfare.tui.widgets.grid import Table, column_widths
from fieldfare.tui.widgets.picture import BlockPicture, marked
from fieldfare.tui.widgets.question import QuestionInput
from fieldfare.tui.widgets.section import SectionPane
from tui.screen import SIZES, asked, rows, scan, shown, type_text, until, until_text
from tui.test_ask import play

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp


async def answered(pilot: Pilot[None]) -> None:
    await asked(pilot)
    await until_text(pilot, "Answer from")
    await pilot.press("down")


async def opened(app: FieldfareApp, pilot: Pilot[None], number: int = 1) -> SectionPane:
    await answered(pilot)
    await pilot.press(str(number))
    await until(pilot, lambda: app.screen.query("SectionPane .path") and app.screen.query_one(SectionPane).has_focus)
    await until(pilot, lambda: app.screen.query(".cited, .cited-table"))
    return app.screen.query_one(SectionPane)


@pytest.mark.parametrize("size", SIZES)
def test_a_number_opens_the_passage_at_its_quote(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        pane = await opened(app, pilot)
        await until_text(pilot, "Tighten")
        cited = pane.query(".cited").first()
        assert pane.content_region.contains_region(cited.region)
        assert isinstance(app.screen, ReadingScreen) == (size[0] < 100)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ReadingScreen))
        assert not pane.has_focus

    play(scenario, size=size)


def test_a_manual_is_read_in_its_room_while_a_page_lies_over_the_answer() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        page = app.screen
        assert isinstance(page, ReadingScreen)
        await pilot.press("f3")
        await until(pilot, lambda: app.current_mode == "manuals")
        app.push_screen(ReadingScreen(app.desk, page.target))
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen) and app.screen is not page)
        await pilot.press("f2")
        await until(pilot, lambda: app.screen is page)

    play(scenario)


@pytest.mark.parametrize("size", SIZES)
def test_what_a_scanner_types_while_reading_is_the_next_question(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        scan(app, "sensor pt100, 2 wires, type hg201-0020")
        await until(
            pilot,
            lambda: (
                [line.value for line in app.screen.query(QuestionInput)] == ["sensor pt100, 2 wires, type hg201-0020"]
            ),
        )

    play(scenario, size=size)


def test_enter_on_a_row_opens_it() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await type_text(pilot, "oil")
        await until_text(pilot, "5 places")
        await pilot.press("down", "down", "enter")
        await until_text(pilot, "new copper washer")
        assert isinstance(app.screen, ReadingScreen)
        assert app.screen.target.passage == TORQUE

    play(scenario)


def test_a_tap_on_a_row_opens_it() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await type_text(pilot, "oil")
        await until_text(pilot, "5 places")
        await pilot.click("EvidenceRow")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))

    play(scenario)


def test_a_hazard_above_the_quote_is_announced_and_one_key_away() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await until_text(pilot, "▲ WARNING above: key w")
        await pilot.press("w")
        await until_text(pilot, "Hot oil")
        await until(pilot, lambda: "above" not in rows(app)[0])

    play(scenario)


def test_a_hazard_of_another_section_stands_before_the_passage_it_protects() -> None:
    def view(passage: Passage) -> SectionView:
        blocks = tuple(block for block in section(passage).blocks if block.kind is not BlockKind.HAZARD)
        whole = section(passage)
        return SectionView(
            document=whole.document,
            revision="",
            heading=whole.heading,
            place=whole.place,
            blocks=blocks,
            figures=(),
        )

    assistant = FakeAssistant()
    assistant.view = view  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("home")
        await until_text(pilot, "Hot oil")

    play(scenario, assistant)


@pytest.mark.parametrize("size", SIZES)
def test_the_figure_is_drawn_between_its_steps_and_can_be_enlarged(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        pane = await opened(app, pilot)
        figure = pane.query_one(FigureRow)
        await until(pilot, lambda: figure.query_one(BlockPicture).image is not None)
        drawn = figure.query_one(BlockPicture).region
        assert drawn.area > 40
        assert drawn.width <= pane.content_size.width
        await pilot.press("z")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen))
        await until_text(pilot, "Fig. 8-2")
        picture = app.screen.query_one(BlockPicture)
        await until(pilot, lambda: picture.region.area and any(ord(c) > 0x2800 for c in shown(app)))
        whole = shown(app)
        await pilot.press("plus", "plus")
        await until_text(pilot, "×2")
        closer = shown(app)
        await pilot.press("right")
        await until(pilot, lambda: shown(app) not in {whole, closer})
        await pilot.press("m")
        await until_text(pilot, "▀")
        await pilot.press("0")
        await until(pilot, lambda: "×" not in rows(app)[0])
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PictureScreen))

    play(scenario, size=size)


def test_the_printed_page_is_one_key_away() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen))
        await until(pilot, lambda: app.screen.query_one(BlockPicture).image is not None)
        assert "Page 21" in rows(app)[0]

    play(scenario)


@pytest.mark.parametrize("corner", [0.1, 0.7])
def test_the_place_on_the_printed_page_is_framed_and_gone_to(corner: float) -> None:
    page, region = (
        Image.new("RGB", (600, 800), "white"),
        Region(left=corner, top=corner, right=corner + 0.1, bottom=corner + 0.1),
    )
    framed = marked(page, region)
    assert framed.getpixel((round(600 * corner) - 6, round(800 * corner) - 6)) != (255, 255, 255)
    assert framed.getpixel((round(600 * (corner + 0.05)), round(800 * (corner + 0.05)))) == (255, 255, 255)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.push_screen(PictureScreen("Page 21", page, region))
        await until(pilot, lambda: isinstance(app.screen, PictureScreen))
        await until(pilot, lambda: app.screen.query_one(BlockPicture).image is not None)
        await pilot.press("plus", "plus", "plus", "plus")
        await until_text(pilot, "×4")
        seen = app.screen.query_one(BlockPicture).image
        assert seen is not None and seen.getcolors(maxcolors=10_000) != [
            (seen.width * seen.height, (255, 255, 255))
        ]  # the frame is on the screen

    play(scenario)


def test_arrows_and_enter_alone_reach_the_figure_and_the_page() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await answered(pilot)
        await pilot.press("enter")
        if not isinstance(app.screen, ReadingScreen):  # the first row is a hazard: nothing to open
            await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        await until(pilot, lambda: app.screen.query(FigureRow))
        await until(pilot, lambda: app.screen.query_one(BlockPicture).image is not None)
        for _ in range(30):
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen))
        assert "Page 21" in rows(app)[0]
        await pilot.press("enter")
        await until_text(pilot, "×2")
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: isinstance(app.focused, QuestionInput))

    play(scenario)


def test_a_picture_that_cannot_be_decoded_says_so() -> None:
    assistant = FakeAssistant()
    assistant.picture = lambda pack, image: b"not a picture"  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("w")
        await until_text(pilot, "cannot be shown")

    play(scenario, assistant)


def test_a_section_that_cannot_be_read_says_so() -> None:
    def view(passage: Passage) -> SectionView:
        raise PackError("The pack halden-gs40 is damaged. Install it again.")

    assistant = FakeAssistant()
    assistant.view = view  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await answered(pilot)
        await pilot.press("1")
        await until_text(pilot, "is damaged")

    play(scenario, assistant)


def test_what_is_read_stays_readable_when_the_window_shrinks_and_grows() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.resize_terminal(40, 15)
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        await until_text(pilot, "35 N·m (T4)")
        await pilot.press("escape")
        await until_text(pilot, "Answer from")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: app.screen.query_one("#pane").region.width > 40)
        assert "▲ WARNING" in shown(app)

    play(scenario, size=(120, 40))


@pytest.mark.parametrize("width", [120, 60, 38, 20])
def test_no_cell_of_a_table_is_lost_at_any_width(width: int) -> None:
    block = section(TORQUE).blocks[1]
    lines = [line.plain for line in Table(block).lines(width)]
    text = "\n".join(lines)
    assert max(map(len, lines)) <= width
    flat = " ".join(text.replace("│", " ").split())
    for row in block.rows[1:]:
        for cell in row:
            for word in cell.split():
                assert word in flat


def test_columns_give_way_to_records_rather_than_break_words() -> None:
    rows_of = [("Mark", "Connection"), ("T4", "Unterbrechungsfreie Stromversorgung")]
    assert column_widths(rows_of, 80) == [4, 35]
    assert column_widths(rows_of, 20) is None


def test_only_the_cited_row_is_marked() -> None:
    block = section(TORQUE).blocks[1]
    assert quoted_rows(block, (TORQUE.text,)) == {2}
    assert quoted_rows(block, ("Torque: 350 N·m",)) == frozenset()
    short = Block(kind=BlockKind.TABLE, text="", rows=(("1", "10 N·m"), ("11", "110 N·m")))
    assert quoted_rows(short, ("Item 11, 110 N·m",)) == {1}


def test_a_quote_is_found_however_its_white_space_fell() -> None:
    text = "Fit a new\ncopper  washer. Tighten it."
    span = quoted_span(text, ("a new copper washer.",))
    assert span is not None
    assert text[slice(*span)] == "a new\ncopper  washer."
    assert quoted_span(OIL_STEPS[0], (f"1. {OIL_STEPS[0]}\n2. {OIL_STEPS[1]}",)) == (0, len(OIL_STEPS[0]))
    assert quoted_span("Something else", ("Fit a new washer",)) is None
