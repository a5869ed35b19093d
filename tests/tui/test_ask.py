from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events

from fakes import (
    BURNS,
    FOUND,
    REFUSAL,
    REFUSED,
    SCRIPT,
    STATEMENTS,
    FakeAssistant,
    until_cancelled,
)
from fieldfare.domain import (
    Answered,
    Cancelled,
    Event,
    Evidence,
    EvidenceFound,
    Failed,
    ModelState,
    ModelStatus,
    Question,
)
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.help import HelpScreen
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.question import LIMIT, QuestionInput
from fieldfare.tui.widgets.rows import CitedGroup, EvidenceRow
from fieldfare.tui.widgets.section import SectionPane
from tui.screen import asked, rows, scan, shown, type_text, until, until_text

if TYPE_CHECKING:
    from textual.pilot import Pilot

Scenario = Callable[[FieldfareApp, "Pilot[None]"], Awaitable[None]]


def play(scenario: Scenario, assistant: FakeAssistant | None = None, size: tuple[int, int] = (80, 24)) -> FakeAssistant:
    """Run a scenario against an assistant on a screen of some size."""
    assistant = assistant or FakeAssistant()

    async def main() -> None:
        app = FieldfareApp(assistant)
        async with app.run_test(size=size) as pilot:
            await scenario(app, pilot)

    asyncio.run(main())
    return assistant


def test_starts_with_the_question_focused_and_loads_the_model_behind_it() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.focused, QuestionInput)
        assert "Halden GS-40" in rows(app)[0]
        await until_text(pilot, "● ready")

    play(scenario)


def test_says_that_the_model_is_loading_until_it_is_there() -> None:
    loaded = threading.Event()
    assistant = FakeAssistant()

    def load() -> None:
        loaded.wait(20)
        assistant.model_state = ModelState(status=ModelStatus.READY, sentence="Ready.")

    assistant.load_model = load  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "model loading…")
        await asked(pilot)
        await until_text(pilot, "Answer from")
        loaded.set()
        await until_text(pilot, "● ready")

    play(scenario, assistant)


def test_shows_results_while_typing_without_asking() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await type_text(pilot, "oil drain")
        await until_text(pilot, "8.3 Change the engine oil")
        assert "5 places" in shown(app)

    assistant = play(scenario)
    assert not assistant.questions


def test_searches_after_a_pause_and_not_for_every_letter() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.screen.query_one(QuestionInput).value = "oil"
        for letter in " drain plug":
            app.screen.query_one(QuestionInput).value += letter
        await until_text(pilot, "5 places")

    assert play(scenario).searched == ["oil drain plug"]


def test_the_answer_is_worked_out_ahead_after_a_pause_and_stopped_by_the_next_letter() -> None:
    assistant = FakeAssistant()
    assistant.slow_to_prepare = True

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.screen.query_one(QuestionInput).put("oil drain")
        await until(pilot, lambda: assistant.prepared)
        text, cancel = assistant.prepared[0]
        assert text == "oil drain"
        assert not cancel.is_set()
        await pilot.press("s")
        assert cancel.is_set()
        await until(pilot, lambda: assistant.prepared[1:])
        text, cancel = assistant.prepared[1]
        await pilot.press("enter")
        await until_text(pilot, "Answer from")
        assert text == assistant.questions[0].text == "oil drains"
        assert not cancel.is_set()

    play(scenario, assistant)
    assert assistant.prepared[1][1].is_set() or assistant.stopped.is_set()


def test_nothing_is_worked_out_for_what_is_not_found() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.screen.query_one(QuestionInput).put("zzz")
        await until_text(pilot, "Nothing found yet")
        await pilot.pause(0.5)

    assert not play(scenario).prepared


def test_leaving_stops_a_model_that_loads() -> None:
    assistant = FakeAssistant()
    assistant.load_model = lambda: assistant.stopped.wait(20)  # type: ignore[assignment, method-assign, return-value]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "model loading…")
        await pilot.press("ctrl+q")

    play(scenario, assistant)
    assert assistant.stopped.is_set()


def test_a_model_that_breaks_or_becomes_slow_is_shown_and_its_apology_read() -> None:
    broken = ModelState(status=ModelStatus.FAILED, sentence="The language model stopped working.")
    apology = "Sorry, this is quoted and not drafted: the language model stopped working."

    def ask(question: Question, cancel: threading.Event) -> Iterator[Event]:
        yield from SCRIPT[:-1]
        assistant.model_state = broken
        yield Answered(answer=replace(SCRIPT[-1].answer, message=apology))  # type: ignore[union-attr]

    assistant = FakeAssistant(ask=ask)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "● ready")
        await asked(pilot)
        await until_text(pilot, "Sorry, this is quoted")
        await until_text(pilot, "model failed: quotes only")
        assert "Answer from" in shown(app)
        assistant.model_state = ModelState(status=ModelStatus.SLOW, sentence="It is too slow.")
        await until_text(pilot, "slow machine: quotes only")
        assistant.model_state = ModelState(status=ModelStatus.READY, sentence="Ready.")
        await until_text(pilot, "● ready")

    play(scenario, assistant)


def test_drops_results_of_a_text_that_is_no_longer_there() -> None:
    first = threading.Event()

    def search(question: Question) -> tuple[Evidence, ...]:
        if question.text == "a":
            first.wait(20)
            return FOUND[:1]
        return FOUND[1:2]

    assistant = FakeAssistant(search=search)
    drawn: list[str] = []

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        column = app.screen.query_one("#column")
        original = column.show_results  # type: ignore[attr-defined]
        column.show_results = lambda found: (drawn.append(found[0].passage.text), original(found))  # type: ignore[attr-defined]
        await pilot.press("a")
        await until(pilot, lambda: assistant.searched == ["a"])
        await pilot.press("b")
        await pilot.pause(0.2)
        first.set()
        await until_text(pilot, "Table 8-4")

    play(scenario, assistant)
    assert drawn == [FOUND[1].passage.text]


def test_streams_statements_with_their_proof() -> None:
    gate = threading.Semaphore(0)

    def ask(question: Question, cancel: threading.Event) -> Iterator[Event]:
        for event in SCRIPT:
            gate.acquire(timeout=20)
            yield event

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Looking in the manuals…")
        gate.release()
        await until_text(pilot, "Writing…")
        assert "▲ WARNING" in shown(app)
        gate.release()
        await until_text(pilot, "Fit a new copper washer and tighten the oil drain plug to 35 N·m (T4). [1]")
        assert "[1] GS-40 Service Manual, p. 21, 8.3 Change the engine oil" in shown(app)
        assert "Answer from" not in shown(app)
        for _ in range(3):
            gate.release()
        await until_text(pilot, "Answer from 2 places")
        assert "“T4: Oil drain plug, 35 N·m, new copper washer” [2]" in shown(app)
        groups = app.screen.query(CitedGroup)
        assert [group.target.quotes for group in groups] == [
            (STATEMENTS[0].citation.quote, STATEMENTS[1].citation.quote),
            (STATEMENTS[2].citation.quote,),
        ]

    play(scenario, FakeAssistant(ask=ask))


@pytest.mark.parametrize("size", [(80, 24), (40, 15), (120, 40)])
def test_hazards_come_first_and_can_be_read_to_their_last_word(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        boxes = app.screen.query("#column HazardBox")
        column = app.screen.query_one("#column")
        assert "▲ WARNING" in rows(app)[boxes[0].region.y]
        assert boxes[0].region.y == column.content_region.y
        assert max(box.region.bottom for box in boxes) <= app.screen.query(CitedGroup)[0].region.y
        seen = set(" ".join(rows(app)).split())
        while not app.screen.query(EvidenceRow).last().has_focus:
            await pilot.press("down")
            seen |= set(" ".join(rows(app)).split())
        assert set(BURNS.text.split()) <= seen
        assert app.screen.query(EvidenceRow).last().has_focus

    play(scenario, size=size)


def test_a_hazard_longer_than_the_screen_is_scrolled_through_before_the_next_row() -> None:
    words = " ".join(f"word{number}" for number in range(150))
    hazard = type(BURNS)(id=9, signal_word="DANGER", text=words)
    script = (EvidenceFound(evidence=FOUND, hazards=(hazard,)), *SCRIPT[1:])

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "word0 ")
        seen: set[str] = set()
        while not app.screen.query(EvidenceRow).last().has_focus:
            seen |= set(" ".join(rows(app)).split())
            await pilot.press("down")
        assert set(words.split()) <= seen
        assert app.screen.query(EvidenceRow).last().has_focus
        for _ in range(80):
            if not isinstance(app.focused, QuestionInput):
                await pilot.press("up")
        assert isinstance(app.focused, QuestionInput)

    play(scenario, FakeAssistant(script=script), size=(40, 15))


def test_escape_stops_the_answer_at_once_and_keeps_what_is_proved() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "35 N·m (T4). [1]")
        await pilot.press("escape")
        await until_text(pilot, "Stopped.")
        assert "35 N·m (T4). [1]" in shown(app)

    play(scenario, FakeAssistant(ask=until_cancelled))


def test_quitting_stops_the_answer() -> None:
    flags: list[threading.Event] = []

    def ask(question: Question, cancel: threading.Event) -> Iterator[Event]:
        flags.append(cancel)
        yield from until_cancelled(question, cancel)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "35 N·m (T4). [1]")
        await pilot.press("ctrl+q")

    play(scenario, FakeAssistant(ask=ask))
    assert flags[0].is_set()


def test_a_new_question_replaces_the_one_that_is_running() -> None:
    flags: list[threading.Event] = []

    def ask(question: Question, cancel: threading.Event) -> Iterator[Event]:
        flags.append(cancel)
        if len(flags) == 1:
            cancel.wait(20)
            yield SCRIPT[0]  # late news of a stopped turn
            yield Cancelled()
        else:
            yield from REFUSAL

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until(pilot, lambda: flags)
        await asked(pilot, " again")
        await until_text(pilot, REFUSED.message)
        await pilot.pause(0.1)
        assert flags[0].is_set()
        assert not app.screen.query(HazardBox)

    play(scenario, FakeAssistant(ask=ask))


def test_a_refusal_is_plain_and_names_the_nearest_pages() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot, "brake fluid")
        await until_text(pilot, "Not answered")
        text = shown(app)
        assert REFUSED.message in text
        assert text.index("Nearest pages") < text.index("p. 13")

    play(scenario, FakeAssistant(script=REFUSAL))


@pytest.mark.parametrize("broken", [True, False])
def test_a_failure_is_a_sentence_and_the_pages_stay(broken: bool) -> None:
    def ask(question: Question, cancel: threading.Event) -> Iterator[Event]:
        yield SCRIPT[0]
        if broken:
            raise RuntimeError("out of memory")
        yield Failed(message="The model ran out of memory.")

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "out of memory")
        assert "8.3 Change the engine oil" in shown(app)

    play(scenario, FakeAssistant(ask=ask))


def test_an_answer_that_ends_without_a_verdict_does_not_hang() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "ended early")

    play(scenario, FakeAssistant(script=SCRIPT[:2]))


def test_typing_after_an_answer_shows_results_and_escape_brings_the_answer_back() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("x")
        await until_text(pilot, "5 places")
        assert "WARNING  p." not in shown(app)
        await pilot.press("escape")
        await until_text(pilot, "Answer from")
        assert "▲ WARNING" in shown(app)
        assert app.screen.query_one(QuestionInput).value == "oil"

    play(scenario)


def test_the_page_beside_belongs_to_what_stands_in_the_question() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        pane = app.screen.query_one(SectionPane)
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await until(pilot, lambda: pane.target and pane.children)
        first = pane.target
        await pilot.press("x")
        await until_text(pilot, "5 places")
        await until(pilot, lambda: not pane.target and not pane.children)
        await pilot.press("escape")
        await until(pilot, lambda: pane.target == first and pane.children)

    play(scenario, size=(120, 40))


def test_an_arrow_before_the_results_goes_to_them_when_they_come() -> None:
    found = threading.Event()

    def search(_question: Question) -> tuple[Evidence, ...]:
        found.wait(20)
        return FOUND

    assistant = FakeAssistant(search=search)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await type_text(pilot, "oil")
        await until(pilot, lambda: assistant.searched)
        await pilot.press("down")
        assert isinstance(app.focused, QuestionInput)
        found.set()
        await until(pilot, lambda: isinstance(app.focused, EvidenceRow))
        await pilot.press("1")
        await until(pilot, lambda: app.screen.query_one(SectionPane).target)
        assert app.screen.query_one(QuestionInput).value == "oil"

    play(scenario, assistant, size=(120, 40))


def test_who_types_on_after_an_arrow_stays_in_the_question() -> None:
    found = threading.Event()

    def search(_question: Question) -> tuple[Evidence, ...]:
        found.wait(20)
        return FOUND

    assistant = FakeAssistant(search=search)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until(pilot, lambda: assistant.searched == ["o"])
        await pilot.press("down", "i")
        found.set()
        await until_text(pilot, "5 places")
        await pilot.pause(0.2)
        assert isinstance(app.focused, QuestionInput)
        assert app.focused.value == "oi"

    play(scenario, assistant)


def test_a_letter_typed_on_a_row_begins_a_new_question() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("down", "down")
        await type_text(pilot, "water")
        assert app.screen.query_one(QuestionInput).value == "water"

    play(scenario)


def test_what_a_scanner_types_on_a_row_is_taken_whole() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("down", "down")
        scan(app, "part hg201-0020/t?")
        await until(pilot, lambda: app.screen.query_one(QuestionInput).value == "part hg201-0020/t?")

    play(scenario)


def test_an_empty_question_gets_a_hint() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("space", "enter")
        await until_text(pilot, "Type a question, a fault code or a part number first.")

    assert not play(scenario).questions


def test_a_huge_paste_is_cut_with_a_notice_and_its_control_characters_dropped() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.screen.query_one(QuestionInput).post_message(events.Paste("\x1b[31m" + "oil\nwater " * 10_000))
        await until_text(pilot, f"Only the first {LIMIT} characters")
        value = app.screen.query_one(QuestionInput).value
        assert len(value) == LIMIT
        assert "\x1b" not in value
        assert value.startswith("[31moil water oil")

    play(scenario)


def test_without_a_pack_it_says_what_to_do() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "F7 installs")
        await asked(pilot)
        await until_text(pilot, "nothing to ask yet")

    assistant = play(scenario, FakeAssistant(packs=()), size=(40, 15))
    assert not assistant.questions
    assert not assistant.searched


def test_a_pack_that_cannot_be_opened_is_named_at_the_start() -> None:
    assistant = FakeAssistant()
    assistant.problems = ("The pack pumps-2 is damaged. Install it again.",)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "The pack pumps-2 is damaged.")

    play(scenario, assistant)


@pytest.mark.parametrize(
    ("status", "name"),
    [(ModelStatus.FAILED, "model failed: quotes only"), (ModelStatus.ABSENT, "quotes only")],
)
def test_without_a_model_it_says_so_and_answers(status: ModelStatus, name: str) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, name)
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("f1")
        await until_text(pilot, "The model file is damaged.")

    play(scenario, FakeAssistant(model=ModelState(status=status, sentence="The model file is damaged.")), size=(80, 70))


def test_the_light_theme_keeps_every_word() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        before = shown(app)
        dark = app.screen.styles.background
        await pilot.press("f9")
        await until(pilot, lambda: app.screen.styles.background != dark)
        assert shown(app) == before
        assert app.screen.styles.background.rgb == (255, 255, 255)

    play(scenario)


def test_a_tap_on_a_key_of_the_footer_presses_it() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "F1 Help")
        await pilot.click("KeyBar", offset=(rows(app)[-1].index("Help"), 0))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))

    play(scenario)


def test_an_answer_stays_when_letters_were_typed_while_it_was_written() -> None:
    def ask(question: Question, cancel: threading.Event) -> Iterator[Event]:
        yield from SCRIPT[:2]
        while not assistant.questions[1:] and not finish.is_set():
            finish.wait(0.02)
        yield from SCRIPT[2:]

    finish = threading.Event()
    assistant = FakeAssistant(ask=ask)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Writing…")
        await type_text(pilot, "next")
        finish.set()
        await until_text(pilot, "Answer from")
        await pilot.pause(0.3)
        assert "Answer from" in shown(app)
        assert app.screen.query_one(QuestionInput).value == "next"

    play(scenario, assistant)


def test_answers_are_drawn_once_however_fast_they_come() -> None:
    script = (SCRIPT[0], *(SCRIPT[1:-1] * 30), Answered(answer=SCRIPT[-1].answer))  # type: ignore[union-attr]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        assert len(app.screen.query(CitedGroup)) == 2

    play(scenario, FakeAssistant(script=script))
