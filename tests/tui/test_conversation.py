"""What the screen does with half sentences, readings to choose from, and warnings that fill it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fakes import FOUND, GAS, OIL, REFUSAL, SCRIPT, STATEMENTS, TORQUE, FakeAssistant, pack
from fieldfare.domain import Answer, Answered, Choice, Drafted, EvidenceFound, Question, Verdict
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.seats import seats
from fieldfare.tui.widgets.rows import CitedGroup, EvidenceRow
from fieldfare.tui.widgets.section import SectionPane
from tui.screen import asked, rows, shown, type_text, until, until_text
from tui.test_ask import play

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from textual.pilot import Pilot

    from fieldfare.domain import Event
    from fieldfare.tui.app import FieldfareApp

CHOICES = (
    Choice(question=Question(text="torque of the drain plug?", packs=("halden-gs40",)), evidence=FOUND[1]),
    Choice(question=Question(text="torque of the filter housing?", packs=("halden-gs40",)), evidence=FOUND[0]),
)
ASKED_BACK = Answer(verdict=Verdict.CHOICE, statements=(), evidence=FOUND, choices=CHOICES, message="Which one?")


def asks_back(question: Question, _: threading.Event) -> Iterator[Event]:
    if question.text == "torque":
        yield EvidenceFound(evidence=FOUND, hazards=())
        yield Answered(answer=ASKED_BACK)
    else:
        yield from SCRIPT


def test_a_reading_is_chosen_by_its_number_and_asked_as_it_is() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot, "torque")
        await until_text(pilot, "Keys 1 to 2 choose")
        await until_text(pilot, " 2 torque of the filter housing?")
        await until_text(pilot, " 3 p. 21")  # the places come after the readings
        await until(pilot, lambda: not app.screen.query_one("#question").has_focus)
        await pilot.press("2")
        await until_text(pilot, "Answer from")
        assert "torque of the filter housing?" in rows(app)[1]

    assert play(scenario, FakeAssistant(ask=asks_back)).questions[1:] == [CHOICES[1].question]


def test_a_letter_instead_of_a_choice_begins_the_next_question() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot, "torque")
        await until(pilot, lambda: not app.screen.query_one("#question").has_focus)
        await type_text(pilot, "oil")
        await until_text(pilot, "5 places")
        assert not app.screen.query("ChoiceRow") or "torque of" not in shown(app)

    play(scenario, FakeAssistant(ask=asks_back))


def test_a_question_goes_on_from_those_before_it_and_says_what_was_asked() -> None:
    def follows(question: Question, _: threading.Event) -> Iterator[Event]:
        whole = "level of the oil" if question.history else ""
        yield EvidenceFound(evidence=FOUND, hazards=(), asked=whole)
        yield from (Drafted(statement=statement) for statement in STATEMENTS)
        yield Answered(answer=Answer(verdict=Verdict.GROUNDED, statements=STATEMENTS, evidence=FOUND, asked=whole))

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot, "oil")
        await until_text(pilot, "Answer from")
        await asked(pilot, "and the level")
        await until_text(pilot, "Asked as: level of the oil")
        await asked(pilot, "why")
        await until(pilot, lambda: len(fake.questions) == 3)

    fake = FakeAssistant(ask=follows)
    play(scenario, fake)
    assert [question.history for question in fake.questions] == [(), ("oil",), ("oil", "and the level")]


def test_with_several_packs_every_answer_and_place_names_its_machine() -> None:
    def named(event: Event) -> Event:
        if isinstance(event, EvidenceFound):
            found = tuple(replace(one, passage=replace(one.passage, machine="Halden GS-40")) for one in event.evidence)
            return replace(event, evidence=found)
        return event

    assistant = FakeAssistant(packs=(pack(), pack()), script=tuple(map(named, REFUSAL)))

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Not answered")
        await until_text(pilot, "Halden GS-40  p. 13")

    play(scenario, assistant)


def test_where_warnings_fill_the_screen_a_line_says_that_the_answer_follows() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "▼ The answer follows")
        assert not any(
            app.screen.content_region.overlaps(row.region) and row.region.y < 13 for row in app.query(CitedGroup)
        )
        for _ in range(20):
            await pilot.press("down")
            if "Fit a new copper washer" in shown(app):
                break
        await until(pilot, lambda: "The answer follows" not in shown(app))

    play(scenario, size=(40, 15))


def test_a_place_whose_warnings_were_not_told_shows_them_before_its_text() -> None:
    found = (*FOUND[1:3], FOUND[0], replace(FOUND[3], passage=replace(FOUND[3].passage, hazards=(GAS,))))
    said = list(seats(found, ()))
    assert [seat.withheld for seat in said] == [False, False, True, True]
    assert [seat.withheld for seat in seats(found, OIL.hazards)] == [False, False, False, True]
    assert next(seat.hazards for seat in seats(FOUND, ())) == OIL.hazards

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await type_text(pilot, "torque")
        await until_text(pilot, "4 places")
        oil = next(row for row in app.screen.query(EvidenceRow) if row.target.passage.id == OIL.id)
        assert "Run the engine" not in "\n".join(line.plain for line in oil.lines(60))
        assert not oil.target.warned
        await pilot.press("down", "3")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        await until_text(pilot, "Tools")
        assert app.screen.query_one(SectionPane).scroll_offset.y == 0

    play(scenario, FakeAssistant(search=lambda _: found))


def test_a_warning_that_a_later_statement_brings_is_drawn_with_those_above() -> None:
    brought = replace(TORQUE, hazards=(GAS,))
    statement = replace(STATEMENTS[2], citation=replace(STATEMENTS[2].citation, passage=brought))
    answer = Answer(verdict=Verdict.GROUNDED, statements=(*STATEMENTS[:2], statement), evidence=FOUND)
    script = (EvidenceFound(evidence=FOUND, hazards=()), *(Drafted(statement=one) for one in answer.statements))

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await until_text(pilot, "Carbon monoxide")
        text = shown(app)
        assert text.index("Hot oil") < text.index("Carbon monoxide") < text.index("Fit a new copper washer")

    play(scenario, FakeAssistant(script=(*script, Answered(answer=answer))), size=(80, 40))
