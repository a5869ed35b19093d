from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes import OIL as OIL_PASSAGE
from fakes import FakeAssistant, drawing, pack
from fieldfare.domain import (
    Acknowledged,
    Block,
    BlockKind,
    Limit,
    Measured,
    Noted,
    Progress,
    Reference,
    Stepped,
    StepState,
    Timer,
)
from fieldfare.domain.translation import Outcome
from fieldfare.journal import Journal, open_journal
from fieldfare.procedure.course import CLOSED
from fieldfare.tui.alarms import Alarms
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.messages import Target
from fieldfare.tui.screens.needs import NeedsScreen
from fieldfare.tui.screens.overview import OverviewScreen
from fieldfare.tui.screens.pick import PickScreen, TypeScreen
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.procedure import ProcedureScreen
from fieldfare.tui.screens.procedures import ProceduresScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.widgets.figure import FigureRow
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.step import PageHead, StepPage, StepText
from scripted import BATTERY, BLOCKS, OIL, PACK, ScriptedProcedures, hazard, step
from tui.screen import rows, scan, shown, type_text, until, until_text

if TYPE_CHECKING:
    from textual.pilot import Pilot

Scenario = Callable[[FieldfareApp, "Pilot[None]"], Awaitable[None]]
TESTS = Path(__file__).resolve().parent.parent


def play(
    scenario: Scenario,
    *,
    size: tuple[int, int] = (80, 24),
    journal: Journal | None = None,
    assistant: FakeAssistant | None = None,
) -> Journal:
    journal = journal or Journal(None)

    async def main() -> None:
        app = FieldfareApp(assistant or FakeAssistant(), journal=journal)
        async with app.run_test(size=size, notifications=True) as pilot:
            await scenario(app, pilot)

    asyncio.run(main())
    return journal


def room(app: FieldfareApp) -> ProcedureScreen:
    return next(one for one in app.screen_stack if isinstance(one, ProcedureScreen))


def at(app: FieldfareApp) -> str:
    """The number of the step that is shown, or the name of the page."""
    course = room(app).course
    if course is None:
        return ""
    return course.step.number if course.step else course.current


async def opened(app: FieldfareApp, pilot: Pilot[None], section: int = OIL) -> None:
    app.open_procedure(PACK, section)
    await until(pilot, lambda: isinstance(app.screen, ProcedureScreen) and app.screen.course, "a procedure")
    await until(pilot, lambda: room(app).page.query(StepText), "its page")


async def kept(pilot: Pilot[None], journal: Journal, condition: Callable[[Progress], object]) -> Progress:
    """The progress as the journal holds it, once a condition is true of it."""
    found: list[Progress] = []

    def there() -> bool:
        job = journal.current()
        found[:] = [one for one in (journal.procedures(job.id) if job else ()) if condition(one)]
        return bool(found)

    await until(pilot, there, "in the journal")
    return found[0]


def deeds(journal: Journal) -> list[object]:
    job = journal.current()
    return [one.deed for one in journal.entries(job.id)] if job else []


async def onward(pilot: Pilot[None], app: FieldfareApp, until_at: str) -> None:
    """Enter, as often as it needs, up to a page."""
    for _ in range(20):
        if at(app) == until_at:
            return
        await pilot.press("enter")
        await pilot.pause()
    raise AssertionError(f"never at {until_at}\n{shown(app)}")


def test_a_procedure_is_chosen_by_a_word_and_carried_out_with_enter() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f4")
        await until_text(pilot, "No procedure is open")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProceduresScreen))
        await type_text(pilot, "oil")
        await pilot.press("enter")
        await until_text(pilot, "Hot oil, up to 90 °C")
        await onward(pilot, app, "1")
        await until_text(pilot, "Run the engine, then do section 8.1.")
        await onward(pilot, app, "end")
        await until_text(pilot, "6 done, 0 skipped, 0 open")
        assert "If it leaks, start again at step 2." in shown(app)
        await pilot.press("enter")
        await until_text(pilot, "8.2 Change the engine oil: closed")
        assert "No procedure is open" in shown(app)

    done = [one for one in deeds(play(scenario)) if isinstance(one, Stepped | Acknowledged)]
    said = [one.signal_word if isinstance(one, Acknowledged) else one.number for one in done]
    assert said == ["CAUTION", "1", "WARNING", "2", "3", "1", "2", "4"]
    assert done[1].reference.text == BLOCKS[OIL][1][2].text


def test_a_warning_is_on_the_screen_whole_before_its_step_can_be_ticked() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await onward(pilot, app, "2")
        course = room(app).course
        assert course is not None
        key = course.current
        page = room(app).query_one(StepPage)
        await until(pilot, lambda: page.query("HazardBox"))
        assert "WARNING" in shown(app)
        ends = 0
        while not room(app).course.state(key).acknowledged:  # type: ignore[union-attr]
            assert at(app) == "2"
            ends += "treat the" in shown(app) or "wound yourself" in shown(app)
            assert "WARNING" in shown(app)  # the word stays, however far the text was scrolled
            await pilot.press("enter")
            await pilot.pause()
        assert ends, "it was acknowledged before its end was seen"
        assert room(app).course.state(key).state is StepState.OPEN  # type: ignore[union-attr]
        assert "WARNING" in rows(app)[2] or page.scroll_offset.y == 0
        await onward(pilot, app, "3")

    play(scenario, size=(40, 15))


def test_the_key_bar_says_that_enter_shows_more_until_all_was_seen() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await until_text(pilot, "Enter More")
        await pilot.press("enter")
        await until_text(pilot, "Enter Read it")
        assert room(app).query_one(StepPage).scroll_offset.y > 0

    play(scenario, size=(40, 8))


def test_a_warning_that_was_jumped_over_is_not_read() -> None:
    blocks = dict(BLOCKS)
    title, (heading, *rest) = blocks[OIL]
    blocks[OIL] = (title, (heading, hazard("DANGER", "Live parts kill. " * 40 + "Lock out Q1 first."), *rest))
    assistant = FakeAssistant()
    assistant.procedures = ScriptedProcedures(assistant.packs[0].manifest, blocks)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        page = room(app).page
        await until_text(pilot, "Enter More")
        await pilot.press("end")
        await until(pilot, lambda: page.scroll_offset.y == page.max_scroll_y > 0, "its end")
        before = page.size
        await pilot.resize_terminal(42, 14)
        await until(pilot, lambda: page.size != before, "another width")
        await until_text(pilot, "Enter More")
        await pilot.press("enter")  # back to where lines were jumped over
        await until_text(pilot, "DANGER")
        seen = ""
        while any(isinstance(one, HazardBox) for one in page.unseen):
            await pilot.press("enter")
            await pilot.pause()
            assert not room(app).course.state("start").acknowledged  # type: ignore[union-attr]
            seen += shown(app)
        assert "Q1" in seen
        await until_text(pilot, "Enter Read it")

    play(scenario, size=(41, 15), assistant=assistant)


def test_looking_ahead_ticks_nothing_and_a_tick_leads_back_to_the_warnings_of_the_procedure() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("right")
        await until(pilot, lambda: at(app) == "1")
        await pilot.press("enter")
        await until(pilot, lambda: at(app) == "start")
        await until_text(pilot, "First read the warnings")
        await pilot.press("left", "right", "right", "right")
        await until(pilot, lambda: at(app) == "3")

    assert not deeds(play(scenario))


def test_a_reading_is_judged_and_told_in_the_summary() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await onward(pilot, app, "1")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, TypeScreen))
        assert "Expected: 24 V to 28 V" in shown(app)
        await type_text(pilot, "good")
        await pilot.press("enter")
        await until_text(pilot, "Type one number and its unit")
        await pilot.press(*["backspace"] * 4)
        await type_text(pilot, "23500 mV")
        await pilot.press("enter")
        await until_text(pilot, "23500 mV = 23.5 V, expected 24 V to 28 V: LOW")
        await pilot.press("enter")
        await until(pilot, lambda: at(app) == "2")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OverviewScreen))
        await until_text(pilot, "✓ 1 Run the engine")
        await pilot.press("end", "enter")
        await until(pilot, lambda: at(app) == "end")
        await until_text(pilot, "! 1 voltage: 23500 mV = 23.5 V, expected 24 V to 28 V: LOW")

    journal = play(scenario)
    measured = [one for one in deeds(journal) if isinstance(one, Measured)]
    assert [(one.name, one.value, one.verdict) for one in measured] == [("voltage", "23500", Limit.LOW)]


def test_a_step_is_skipped_for_a_reason_with_those_inside_and_opened_again() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: at(app) == "3")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, TypeScreen))
        await type_text(pilot, "no dipstick")
        await pilot.press("enter")
        await until(pilot, lambda: at(app) == "4")
        await pilot.press("left")
        await until_text(pilot, "– skipped: no dipstick")
        await pilot.press("u")
        await until(pilot, lambda: "skipped" not in shown(app))

    said = [one for one in deeds(play(scenario)) if isinstance(one, Stepped)]
    assert [(one.number, one.state, one.reason) for one in said] == [
        ("3", StepState.SKIPPED, "no dipstick"), ("1", StepState.SKIPPED, "no dipstick"), ("2", StepState.SKIPPED, "no dipstick"),
        ("2", StepState.OPEN, ""),
    ]  # fmt: skip


def test_a_timer_runs_on_through_a_restart_and_tells_of_its_end_in_any_room() -> None:
    journal = Journal(None)

    async def start(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("right", "right", "m")
        await until_text(pilot, "◷ 8.2, step 2: ")
        await kept(pilot, journal, lambda one: one.timers)

    play(start, journal=journal)
    (progress,) = journal.procedures(journal.current().id)  # type: ignore[union-attr]
    begun = datetime.now(UTC) - timedelta(seconds=601)
    journal.save(replace(progress, timers=(replace(progress.timers[0], started=begun),)))

    async def later(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "OVER since")  # in the room for asking
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, ProcedureScreen) and at(app) == "2")
        await pilot.press("m")
        await kept(pilot, journal, lambda one: not one.timers)

    play(later, journal=journal)


def test_a_timer_of_a_closed_procedure_is_told_once() -> None:
    now = datetime.now(UTC)
    place = Reference(pack="p", version="1", digest="0", document="Manual", heading=("8.2 Oil",))
    timers = (Timer(step="2-a", started=now, seconds=60),)
    journal, alarms = Journal(None), Alarms()
    journal.save(Progress(procedure=place, current=CLOSED, timers=timers))
    alarms.load(journal)
    assert [one.closed for one in alarms.running] == [True]
    assert not alarms.due(now)
    assert len(alarms.due(now + timedelta(seconds=61))) == 1
    assert not alarms.running
    journal.save(
        Progress(procedure=place, current=CLOSED, timers=(replace(timers[0], started=now - timedelta(hours=1)),))
    )
    later = Alarms()
    later.load(journal)
    assert not later.due(now)


def test_what_a_step_refers_to_opens_above_it_and_esc_comes_back_to_the_step() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await onward(pilot, app, "1")
        await until_text(pilot, "8.1 Make the set safe for work, p. 20: g opens it")
        await pilot.press("g")
        await until_text(pilot, "Live parts and automatic start")
        assert "back to 8.2" in shown(app)
        await onward(pilot, app, "2")
        await pilot.press("escape")
        await until_text(pilot, "Run the engine, then do section 8.1.")
        assert at(app) == "1"
        await pilot.press("g")
        await until_text(pilot, "Wait until the engine stops.")  # where it was left
        await onward(pilot, app, "end")
        await pilot.press("enter")
        await until(pilot, lambda: at(app) == "1" and "Run the engine" in shown(app))

    play(scenario)


def test_lists_notes_figures_and_the_room_keeps_its_place() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, NeedsScreen))
        assert "Step 4: 45 N·m  Tighten the drain plug to 45 N·m (T1)." in shown(app)
        assert "Parts: oil filter (HG101-0020)." in shown(app)
        await pilot.press("escape", "right", "n")
        await until(pilot, lambda: isinstance(app.screen, TypeScreen))
        await type_text(pilot, "plug is worn")
        await pilot.press("enter")
        await until_text(pilot, "Note: plug is worn")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, PictureScreen))
        await pilot.press("escape", "f2", "f4")
        await until(pilot, lambda: isinstance(app.screen, ProcedureScreen))
        assert at(app) == "1" and "Note: plug is worn" in shown(app)

    assert [one.text for one in deeds(play(scenario)) if isinstance(one, Noted)] == ["plug is worn"]


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40), (250, 70)])
def test_every_size_shows_the_step_and_resizing_keeps_it(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await onward(pilot, app, "1")
        await until_text(pilot, "24 V to 28 V")
        assert app.screen.query_one("#figures").display is (size[0] >= 100)
        await pilot.resize_terminal(120 if size[0] < 100 else 40, 20)
        await until(pilot, lambda: app.screen.query_one("#figures").display is (size[0] < 100))
        await until_text(pilot, "Run the engine")
        assert at(app) == "1"

    play(scenario, size=size)


def test_a_translated_step_has_its_original_one_key_away() -> None:
    assistant = FakeAssistant()
    said = "Stellen Sie den Motor ab."
    assistant.said = {"Close Q0.": (said, Outcome.APPROVED)}

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.open_procedure(PACK, BATTERY, "de")
        await until(pilot, lambda: isinstance(app.screen, ProcedureScreen) and room(app).course)
        await pilot.press("right", "right")
        await until_text(pilot, said)
        await pilot.press("t")
        await until_text(pilot, "Close Q0.")
        assert said not in shown(app)

    play(scenario, assistant=assistant)


def test_what_a_scanner_types_is_a_note_and_presses_no_key() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await onward(pilot, app, "1")
        scan(app, "HG101-sor\r")
        await until_text(pilot, "Scanned: HG101-sor")
        assert at(app) == "1" and isinstance(app.screen, ProcedureScreen)

    journal = play(scenario)
    assert [one.text for one in deeds(journal) if isinstance(one, Noted)] == ["Scanned: HG101-sor"]
    assert not [one for one in deeds(journal) if isinstance(one, Stepped)]


def test_a_manual_that_changed_says_which_steps_unless_the_old_one_is_kept() -> None:
    journal, old = Journal(None), ScriptedProcedures(pack().manifest)

    async def begin(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot, BATTERY)
        await onward(pilot, app, "1")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: at(app) == "2")
        await kept(pilot, journal, lambda one: one.steps[0].state is StepState.DONE)

    play(begin, journal=journal)
    manifest = replace(pack().manifest, version="2.0.0", digest="1" * 64)
    blocks = BLOCKS | {
        BATTERY: (
            BLOCKS[BATTERY][0],
            (step("Measure the voltage: 12.6 V or more is good.", "1"), step("Close Q0.", "2")),
        )
    }
    assistant = FakeAssistant()
    assistant.procedures = ScriptedProcedures(manifest, blocks)

    async def changed(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f4")
        await until_text(pilot, "Changed, open again: 1")
        assert "version 1.2.0, now 2.0.0" in shown(app)

    play(changed, journal=journal, assistant=assistant)
    assistant.procedures.kept = {old.manifest.digest: old}

    async def goes_on(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f4")
        await until_text(pilot, "Goes on in version 1.2.0")
        await pilot.press("left")
        await until_text(pilot, "12.4 V or more")

    journal.forget(journal.procedures(journal.current().id)[0].procedure)  # type: ignore[union-attr]
    play(begin, journal=journal)
    play(goes_on, journal=journal, assistant=assistant)


def test_what_was_done_in_one_job_never_comes_into_another(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    states: list[Progress] = []

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await onward(pilot, app, "3")
        states.append(await kept(pilot, journal, lambda one: one.current.startswith("3-")))
        with Journal(journal.path) as other:  # another running Fieldfare
            other.begin("at the pump")
        await pilot.press("enter")
        await until_text(pilot, "No procedure is open")
        assert "The job is another one now" in shown(app)
        await opened(app, pilot)
        assert at(app) == "start"
        await onward(pilot, app, "1")
        await kept(pilot, journal, lambda one: one.current.startswith("1-"))

    play(scenario, journal=journal)
    pump, first = journal.jobs()
    assert journal.procedures(first.id) == tuple(states)
    assert [type(one.deed) for one in journal.entries(pump.id)] == [Acknowledged]
    assert not any(one.state is StepState.DONE for one in journal.procedures(pump.id)[0].steps)


def test_hostile_text_is_shown_and_never_obeyed() -> None:
    bad = "[@click=app.quit]x[/] \x1b[2J\x1b]0;owned\x07 [bold]"
    blocks = (
        hazard(bad, bad), step(bad, "1[/]"), hazard("WARNING", bad, "step"), step(f"Measure {bad}: 12 V or more is good.", "2"),
        Block(kind=BlockKind.TABLE, text="", rows=((bad, bad), (bad, "")), header_rows=1, caption=bad),
    )  # fmt: skip
    assistant = FakeAssistant()
    assistant.procedures = ScriptedProcedures(pack().manifest, {OIL: (f"8.2 {bad}", blocks)})

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        for key in (
            "enter",
            "enter",
            "right",
            "enter",
            "o",
            "escape",
            "l",
            "escape",
            "r",
            "escape",
            "right",
            "p",
            "escape",
        ):
            await pilot.press(key)
            await pilot.pause()
            assert "\x1b" not in shown(app) and "\x07" not in shown(app)
        await pilot.press("left")
        await until_text(pilot, "[@click=app.quit]x[/]")

    play(scenario, assistant=assistant)


def test_what_cannot_be_written_is_said_and_written_with_the_next_change() -> None:
    journal = Journal(None)
    save = journal.save

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        journal.save = full  # type: ignore[method-assign]
        await pilot.press("enter")
        await until_text(pilot, "no space left")
        journal.save = save  # type: ignore[method-assign]
        await pilot.press("right")
        await until(pilot, lambda: at(app) == "1" and "no space left" not in shown(app))

    play(scenario, journal=journal)
    assert [one.signal_word for one in deeds(journal) if isinstance(one, Acknowledged)] == ["CAUTION"]


KILLED = """
import asyncio, os, signal, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from fakes import FakeAssistant
from fieldfare.journal import open_journal
from fieldfare.tui.app import FieldfareApp
from tui.test_procedure import at, kept, onward, opened
journal = open_journal(Path({folder!r}))
async def main():
    app = FieldfareApp(FakeAssistant(), journal=journal)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        await onward(pilot, app, "2")
        await kept(pilot, journal, lambda one: one.current.startswith("2-"))
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def test_after_kill_9_the_same_step_is_shown(tmp_path: Path) -> None:
    code = KILLED.format(paths=[str(TESTS), str(TESTS.parent / "app")], folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], timeout=120, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f4")
        await until_text(pilot, "Step 2 of 6")
        await until_text(pilot, "Oil under pressure")
        course = room(app).course
        assert course is not None and course.counts()[StepState.DONE] == 1

    with open_journal(tmp_path) as journal:
        play(scenario, journal=journal)


def test_the_head_names_the_warnings_that_are_out_of_sight() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        await pilot.press("down", "down")
        await until(pilot, lambda: "▲ CAUTION" in str(app.screen.query_one(PageHead).lines(40)[0]))

    play(scenario, size=(40, 15))


def test_the_reader_starts_the_procedure_that_is_read() -> None:
    assistant = FakeAssistant()
    assistant.procedures = ScriptedProcedures(pack().manifest, {OIL_PASSAGE.section: BLOCKS[OIL]})

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.push_screen(ReadingScreen(app.desk, Target(passage=OIL_PASSAGE)))
        await until_text(pilot, "Step by step")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, ProcedureScreen) and at(app) == "start")
        await until_text(pilot, "Tools: 27 mm socket, torque wrench.")

    play(scenario, assistant=assistant)


def test_a_page_that_is_drawn_again_keeps_its_pictures() -> None:
    loaded: list[int] = []

    def figure() -> FigureRow:
        def load() -> bytes:
            loaded.append(1)
            return drawing()

        return FigureRow(caption="Terminals", width=64, height=36, columns=40, load=load, id_=7)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(app, pilot)
        page = room(app).page
        await page.show([figure()])
        await until(pilot, lambda: page.query_one(FigureRow)._image is not None, "the picture")
        before = page.query_one(FigureRow)
        await page.redo([figure()])
        await pilot.pause()
        after = page.query_one(FigureRow)
        assert after is not before and after._image is before._image
        assert loaded == [1]

    play(scenario)
