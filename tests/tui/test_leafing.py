"""Moving about in a manual: the room of the manuals, headings, search inside, references, back, bookmarks and notes."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from fakes import DOCUMENT, OIL, PACK, STARTING, TORQUE, FakeAssistant
from fieldfare.bookshelf import Bookshelf
from fieldfare.domain import Block, BlockKind, Passage, Read, SectionView
from fieldfare.domain.manual import Spot
from fieldfare.errors import PackError, StorageError
from fieldfare.journal import Journal
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.marking import Marking
from fieldfare.tui.messages import Target
from fieldfare.tui.screens.finding import FindingScreen
from fieldfare.tui.screens.manuals import ManualsScreen
from fieldfare.tui.screens.noting import NoteScreen
from fieldfare.tui.screens.outline import OutlineScreen
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.listing import Listing
from fieldfare.tui.widgets.reader import Reader
from tui.screen import SIZES, rows, shown, type_text, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    Scenario = Callable[[FieldfareApp, Pilot[None]], Awaitable[None]]


def play(
    scenario: Scenario, assistant: FakeAssistant | None = None, size: tuple[int, int] = (80, 24),
    journal: Journal | None = None,
) -> None:  # fmt: skip
    async def main() -> None:
        app = FieldfareApp(assistant or FakeAssistant(), journal=journal)
        async with app.run_test(size=size) as pilot:
            await scenario(app, pilot)

    asyncio.run(main())


async def reading(app: FieldfareApp, pilot: Pilot[None], passage: Passage = OIL) -> Reader:
    app.push_screen(
        ReadingScreen(app.desk, Target(passage=app.desk.assistant.bookshelf.opening(PACK, passage.section)))
    )
    await until(pilot, lambda: isinstance(app.screen, ReadingScreen) and app.screen.query(".path"))
    reader = app.screen.query_one(Reader)
    await until(pilot, lambda: reader._around is not None)
    return reader


@pytest.mark.parametrize("size", SIZES)
def test_from_the_manuals_to_a_heading_by_arrows_and_letters(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, ManualsScreen) and DOCUMENT in shown(app))
        await pilot.press("enter")
        await until_text(pilot, "8.3 Change the engine oil")
        await type_text(pilot, "torq")
        await until(pilot, lambda: "8.3 Change" not in shown(app))
        assert "Table 8-4" in shown(app) and "p. 28" in shown(app)
        await pilot.press("enter")
        await until_text(pilot, "Values for clean, oiled threads.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ManualsScreen))
        await pilot.press("escape")  # all headings again
        await until_text(pilot, "8.3 Change")
        await pilot.press("escape")  # the manuals, and where one was last
        await until_text(pilot, "last: Table 8-4")

    play(scenario, size=size)


def test_sections_are_leafed_through_and_every_way_goes_back() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await pilot.press("n")
        await until_text(pilot, "Values for clean, oiled threads.")
        await pilot.press("v")
        await until_text(pilot, "Tools: 19 mm")
        await pilot.press("v")
        await until_text(pilot, "The manual begins here.")
        await pilot.press("backspace")
        await until_text(pilot, "Values for clean")
        await pilot.press("f")
        await until_text(pilot, "Tools: 19 mm")
        await pilot.press("backspace", "backspace")
        await until(pilot, lambda: app.screen.query_one(Reader).target.passage.section == OIL.section)
        await pilot.press("backspace")
        await until(pilot, lambda: not isinstance(app.screen, ReadingScreen))

    play(scenario)


def test_a_journal_that_cannot_be_read_hides_no_manual(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_pack: str = "") -> None:
        raise StorageError("journal.sqlite cannot be read.")

    journal = Journal(None)
    monkeypatch.setattr(journal, "pins", broken)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f3")
        await until_text(pilot, "journal.sqlite cannot be read.")
        assert DOCUMENT in shown(app)

    play(scenario, journal=journal)


def test_without_a_manual_the_room_offers_nothing_that_needs_one() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f3")
        await until_text(pilot, "No manuals are installed. F7 installs them.")
        await pilot.pause()
        assert "Headings" not in rows(app)[-1] and "Search" not in rows(app)[-1]
        assert "F10 Menu" in rows(app)[-1]

    assistant = FakeAssistant(packs=())
    assistant.bookshelf = Bookshelf(())
    play(scenario, assistant=assistant)


def test_what_is_searched_for_stands_out_in_warnings_too() -> None:
    marking = Marking()
    box = HazardBox(signal_word="WARNING", text="Hot oil burns.", marking=marking)
    assert not box._body().spans
    marking.pattern = re.compile("oil")
    (span,) = box._body().spans
    assert (span.start, span.end, "reverse" in str(span.style)) == (4, 7, True)


def test_a_search_inside_leads_from_place_to_place_and_marks_them() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        reader = await reading(app, pilot)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, FindingScreen))
        await type_text(pilot, "copper washer")
        await until_text(pilot, "2 places in 2 sections")
        await pilot.press("enter")
        await until_text(pilot, "1 of 2")
        await until_text(pilot, "Fit a new copper washer")
        assert reader._marking.pattern is not None
        await pilot.press("n")
        await until_text(pilot, "2 of 2")
        await until_text(pilot, "T4")
        assert reader.target is not None and reader.target.spot == Spot(section=TORQUE.section, block=1, row=2)
        await pilot.press("n")
        await until_text(pilot, "1 of 2")  # round again
        await pilot.press("escape")
        await until(pilot, lambda: "of 2" not in shown(app))
        assert reader._marking.pattern is None
        assert isinstance(app.screen, ReadingScreen)

    play(scenario)


def test_what_does_not_stand_word_for_word_is_offered_by_meaning() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await pilot.press("slash")
        await type_text(pilot, "lubricant")
        await until_text(pilot, "does not stand in this manual word for word")
        await until_text(pilot, "like it:")
        await pilot.press("down", "down", "enter")
        await until_text(pilot, "Values for clean")

    play(scenario)


def test_a_reference_is_followed_by_its_number() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        reader = await reading(app, pilot)
        await pilot.press("r")
        await until_text(pilot, "Fig. 8-2")
        await pilot.press("1")
        await until(pilot, lambda: reader.target is not None and reader.target.spot == Spot(section=1, block=4))
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))

    play(scenario)


def test_a_bookmark_and_a_note_stay_at_their_block_and_are_found_again() -> None:
    journal = Journal(None)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await pilot.press("b")
        await until_text(pilot, "★ Bookmark")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, NoteScreen))
        await type_text(pilot, "Washer was gone")
        await pilot.press("enter")
        await until_text(pilot, "✎ Note: Washer was gone")
        (pin,) = journal.pins()
        assert pin.note == "Washer was gone"
        assert pin.reference.heading == OIL.heading and pin.reference.text.startswith("Tools: 19 mm")
        await pilot.press("escape", "f3")
        await until_text(pilot, "1 bookmark or note")
        await pilot.press("b", "1")
        await until_text(pilot, "✎ Note: Washer was gone")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, NoteScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert journal.pins() == (pin,)

    play(scenario, journal=journal)


def test_a_second_press_takes_the_bookmark_away() -> None:
    journal = Journal(None)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await pilot.press("b")
        await until_text(pilot, "★ Bookmark")
        await pilot.press("b")
        await until(pilot, lambda: "★" not in shown(app))
        assert journal.pins() == ()

    play(scenario, journal=journal)


def test_what_is_read_goes_into_the_job() -> None:
    journal = Journal(None)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await pilot.press("n")
        await until(pilot, lambda: journal.current() is not None and len(journal.entries(journal.current().id)) == 2)
        job = journal.current()
        assert job is not None
        deeds = [entry.deed for entry in journal.entries(job.id)]
        assert [deed.reference.heading for deed in deeds if isinstance(deed, Read)] == [OIL.heading, TORQUE.heading]

    play(scenario, journal=journal)


def test_the_outline_is_one_key_away_and_says_where_one_is() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot, STARTING)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OutlineScreen) and app.screen.query_one(Listing).rows)
        listing = app.screen.query_one(Listing)
        assert listing.rows[listing.at].text == STARTING.heading[-1]
        await pilot.press("home", "enter")
        await until_text(pilot, "Tools: 19 mm")

    play(scenario)


def test_printed_pages_are_leafed_through_and_lead_back_into_the_text() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen) and "Page 21" in rows(app)[0])
        await pilot.press("n")
        await until(pilot, lambda: "Page 22" in rows(app)[0])
        await pilot.press("t")
        await until_text(pilot, "8.4 Drain the fuel pre-filter")

    play(scenario)


def big(rows_of: int, columns: int) -> FakeAssistant:
    head = tuple(f"Column {n}" for n in range(columns))
    body = tuple(tuple(f"cell {row}.{n} of the table" for n in range(columns)) for row in range(rows_of))
    block = Block(kind=BlockKind.TABLE, text="", rows=(head, *body), header_rows=1)

    def view(passage: Passage) -> SectionView:
        return SectionView(
            document=passage.document, revision="", heading=passage.heading, place=passage.place, blocks=(block,),
            figures=(),
        )  # fmt: skip

    assistant = FakeAssistant()
    assistant.view = view  # type: ignore[method-assign]
    return assistant


def test_a_wide_table_keeps_its_first_column_and_header_while_it_moves() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await until_text(pilot, "Columns 2–3 of 9")
        await pilot.press("right", "right")
        await until_text(pilot, "Columns 4–5 of 9")
        assert "cell 3.0" in shown(app) and "cell 3.3" in shown(app) and "cell 3.1" not in shown(app)
        await pilot.press("space", "space")
        await until(pilot, lambda: "cell 3.0" not in shown(app))
        assert "Column 0" in rows(app)[1] and "Column 3" in rows(app)[1]
        await pilot.press("home", "c")
        await until_text(pilot, "Column 2: cell 0.2 of the table")
        await pilot.press("c")
        await until_text(pilot, "Columns 4–5 of 9")

    play(scenario, big(60, 9))


def test_only_what_is_seen_of_a_table_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    line = Table.line

    def counted(self: Table, y: int, width: int) -> object:
        drawn.append(y)
        return line(self, y, width)

    monkeypatch.setattr(Table, "line", counted)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await reading(app, pilot)
        await until_text(pilot, "cell 3.0")
        assert len(set(drawn)) < 100
        await pilot.press("end")
        await until_text(pilot, "cell 2999.0")
        assert len(set(drawn)) < 200

    play(scenario, big(3000, 2))


def test_a_long_section_is_drawn_whole_in_the_end() -> None:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=f"Paragraph {n}.") for n in range(150))

    def view(passage: Passage) -> SectionView:
        return SectionView(
            document=passage.document,
            revision="",
            heading=passage.heading,
            place=passage.place,
            blocks=blocks,
            figures=(),
        )

    assistant = FakeAssistant()
    assistant.view = view  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        reader = await reading(app, pilot)
        reader.to_spot(Spot(section=OIL.section, block=140))
        await until_text(pilot, "Paragraph 140.")
        await pilot.press("end")
        await until_text(pilot, "Paragraph 149.")

    play(scenario, assistant)


def test_the_place_that_is_read_stays_when_the_window_changes() -> None:
    texts = [f"Paragraph {n}: " + "some words that are wrapped otherwise on a narrow screen " * 3 for n in range(40)]
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)

    def view(passage: Passage) -> SectionView:
        return SectionView(
            document=passage.document,
            revision="",
            heading=passage.heading,
            place=passage.place,
            blocks=blocks,
            figures=(),
        )

    assistant = FakeAssistant()
    assistant.view = view  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        reader = await reading(app, pilot)
        await pilot.press("space", "space", "space")
        await pilot.pause()
        top = reader.block_on_screen()
        assert top > 5
        for size in ((40, 15), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: abs(reader.block_on_screen() - top) <= 1, f"paragraph {top} at the top")

    play(scenario, assistant)


def test_manuals_that_cannot_be_read_say_so() -> None:
    assistant = FakeAssistant()

    def gone() -> None:
        raise PackError("The pack halden-gs40 is damaged.")

    assistant.bookshelf.manuals = gone  # type: ignore[assignment,method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f3")
        await until_text(pilot, "is damaged")

    play(scenario, assistant)
