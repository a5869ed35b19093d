"""Questions of before, a new subject, and what a row gives away: its quote into the job or the clipboard, its figures."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes import BATTERY, FOUND, REFUSAL, SCRIPT, FakeAssistant
from fieldfare.domain import Asked, Event, Noted, Question, Verdict
from fieldfare.tui.screens.history import HistoryScreen
from fieldfare.tui.widgets.question import QuestionInput
from fieldfare.tui.widgets.rows import CitedGroup, FoundFigure
from tui.screen import asked, place, scan, shown, type_text, until, until_text
from tui.test_ask import play

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp

FIGURE = replace(FOUND[0], figure=BATTERY)


def test_the_arrow_up_leads_through_the_questions_of_this_and_earlier_sessions_and_down_back() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        line = app.screen.query_one(QuestionInput)
        app.desk.journal.record(Asked(question="old one", verdict=Verdict.REFUSED))
        app.desk.workplace.load()
        await asked(pilot, "first")
        await asked(pilot, "second")
        await until_text(pilot, "Answer from")
        await pilot.press("up")
        assert line.value == "first"  # what stands there was asked last
        await pilot.press("up", "up")
        assert line.value == "old one"
        await pilot.press("down", "down")
        assert line.value == "second"
        await until_text(pilot, "Answer from")
        await pilot.press("up", "enter")
        await until(pilot, lambda: len(fake.questions) == 3)
        assert fake.questions[2].text == "first"

    fake = FakeAssistant()
    play(scenario, fake)


def test_escape_in_the_question_begins_a_new_subject_and_the_history_stays() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot, "oil")
        await until_text(pilot, "Answer from")
        await until_text(pilot, "New subject")
        await pilot.press("escape")
        await until_text(pilot, "What is wrong")
        assert "Fit a new" not in shown(app)
        await asked(pilot, "why")
        await until(pilot, lambda: len(fake.questions) == 2)
        await pilot.press("up")
        assert app.screen.query_one(QuestionInput).value == "oil"

    fake = FakeAssistant()
    play(scenario, fake)
    assert fake.questions[1].history == ()


def test_an_earlier_question_is_chosen_from_the_list_by_a_word_and_asked() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        for text in ("battery voltage", "oil level"):
            app.desk.workplace.asked(text)
        await pilot.press("pageup")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await until_text(pilot, "1 oil level")
        await type_text(pilot, "volt")
        await until(pilot, lambda: "oil level" not in shown(app))
        await pilot.press("enter")
        await until_text(pilot, "Answer from")

    assert [one.text for one in play(scenario).questions] == ["battery voltage"]


def test_question_verdict_and_sources_go_into_the_job() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        journal = app.desk.journal
        await until(pilot, journal.current)
        job = journal.current()
        assert job is not None
        (entry,) = journal.entries(job.id)
        assert isinstance(entry.deed, Asked)
        assert (entry.deed.question, entry.deed.verdict) == ("oil", Verdict.GROUNDED)
        assert [one.page for one in entry.deed.sources] == ["21", "21", "28"]
        assert entry.deed.sources[2].text == "T4: Oil drain plug, 35 N·m, new copper washer"
        assert entry.deed.sources[0].version == "1.2.0"

    play(scenario)


def test_a_refusal_goes_into_the_job_with_its_sentence() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until(pilot, app.desk.journal.current)
        job = app.desk.journal.current()
        assert job is not None
        deed = app.desk.journal.entries(job.id)[0].deed
        assert isinstance(deed, Asked)
        assert deed.verdict is Verdict.REFUSED
        assert "do not answer this" in deed.message

    play(scenario, FakeAssistant(script=REFUSAL))


def test_the_quote_of_a_row_goes_into_the_job_and_the_clipboard_with_its_source() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        app.screen.query(CitedGroup).last().focus()
        await until_text(pilot, "n Into the job")
        await pilot.press("n")
        await until_text(pilot, "Noted in the job")
        job = app.desk.journal.current()
        assert job is not None
        notes = [entry.deed for entry in app.desk.journal.entries(job.id) if isinstance(entry.deed, Noted)]
        assert [one.reference.text for one in notes if one.reference] == [
            "T4: Oil drain plug, 35 N·m, new copper washer"
        ]
        await pilot.press("y")
        await until_text(pilot, "Copied with its source")
        assert app.clipboard.startswith("T4: Oil drain plug, 35 N·m, new copper washer\n(")
        assert "GS-40 Service Manual, p. 28" in app.clipboard

    play(scenario, size=(120, 40))


@pytest.mark.parametrize("code", ["notyet f21", "21", "y2", "part no 7"])
def test_a_code_that_begins_with_a_key_is_scanned_whole_on_a_row(code: str) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        app.screen.query(CitedGroup).last().focus()
        await pilot.pause()
        scan(app, code + "\r")
        await until(pilot, lambda: len(fake.questions) == 2)
        assert fake.questions[1].text == code

    fake = FakeAssistant()
    play(scenario, fake)


def test_one_character_and_enter_from_a_scanner_are_a_question() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        app.screen.query(CitedGroup).last().focus()
        await pilot.pause()
        scan(app, "7\r")
        await until(pilot, lambda: len(fake.questions) == 2)
        assert fake.questions[1].text == "7"

    fake = FakeAssistant()
    play(scenario, fake)


def test_who_asks_for_a_diagram_has_the_figures_first_and_opens_one_with_two_keys() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot, "wiring diagram")
        await until_text(pilot, "▣ Fig. 8-2: Oil drain and filter")
        text = shown(app)
        assert text.index("▣") < text.index("Nearest pages")
        await pilot.press("down")
        await until(pilot, lambda: isinstance(app.focused, FoundFigure))
        await pilot.press("enter")
        await until(pilot, lambda: place(app) == "picture")

    fake = FakeAssistant(script=REFUSAL)
    fake.figures = (FIGURE,)
    play(scenario, fake)


def test_the_way_through_a_third_language_is_said() -> None:
    from fakes import OIL_STEPS, STATEMENTS
    from fieldfare.domain.translation import Outcome

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "en → es → de")

    fake = FakeAssistant()
    fake.language, fake.way = "de", "en → es → de"
    fake.said = {one.text: ("Das Öl", Outcome.TRANSLATED) for one in STATEMENTS} | {
        OIL_STEPS[0]: ("x", Outcome.TRANSLATED)
    }
    play(scenario, fake, size=(100, 50))


@pytest.mark.parametrize(
    ("row", "opened"), [("CitedGroup", "reading"), ("EvidenceRow", "reading"), ("FoundFigure", "picture")]
)
def test_every_row_is_opened_by_a_tap(row: str, opened: str) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "▣ Fig. 8-2")
        await until(pilot, lambda: app.screen.query(row))
        app.screen.query(row).first().scroll_visible(animate=False)
        await pilot.pause(0.1)
        await pilot.click(row, offset=(6, 0))
        await until(pilot, lambda: place(app) == opened)

    fake = FakeAssistant()
    fake.figures = (FIGURE,)
    play(scenario, fake, size=(80, 50))


def test_enter_on_an_answered_question_opens_its_page() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Enter Page")
        await pilot.press("enter")
        await until(pilot, lambda: place(app) == "reading")

    assert len(play(scenario).questions) == 1


def test_the_size_changes_while_an_answer_streams() -> None:
    gate = threading.Semaphore(0)

    def ask(_question: Question, _cancel: threading.Event) -> Iterator[Event]:
        for event in SCRIPT:
            gate.acquire(timeout=20)
            yield event

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        gate.release()
        await until_text(pilot, "Writing…")
        for size in ((40, 15), (250, 70), (80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            gate.release()
            await until_text(pilot, "▲ WARNING")
        await until_text(pilot, "Answer from 2 places")
        await until(pilot, lambda: app.screen.query_one("#pane").display and app.screen.query("#pane .cited"))

    play(scenario, FakeAssistant(ask=ask))


def test_the_procedure_of_an_answer_is_carried_out_with_one_key() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("down")
        await until_text(pilot, "s Step by step")
        await pilot.press("s")
        await until(pilot, lambda: app.current_mode == "procedure")

    play(scenario)
