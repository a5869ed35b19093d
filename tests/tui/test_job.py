"""The job on the screen: what was done in order, notes, files, reports, handing over, wiping."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from textual.widgets import Input

from fakes import FakeAssistant
from fieldfare.domain import (
    Asked,
    Limit,
    Measured,
    Noted,
    Progress,
    Reference,
    Stepped,
    StepProgress,
    StepState,
    Verdict,
    WorkMachine,
)
from fieldfare.errors import DamageError
from fieldfare.journal import Journal, handover
from fieldfare.report import export
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.choosing import ChoosingScreen
from fieldfare.tui.screens.entry import EntryScreen
from fieldfare.tui.screens.files import FileScreen
from fieldfare.tui.screens.job import JobScreen
from fieldfare.tui.screens.report import ReportScreen
from tui.screen import SIZES, place, rows, shown, type_text, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from fieldfare.domain import Job

    Scenario = Callable[[FieldfareApp, Pilot[None]], Awaitable[None]]

HOSTILE = "\x1b]0;x\x07[@click=app.quit]go[/] [red]x \u202e\x1b[31m"
PLACE = Reference(
    pack="gs40", version="1", digest="d", document="GS-40 Manual", heading=("8 Service", "8.2 Oil"), page="42", text="Drain the oil."
)  # fmt: skip


def working(*, at: datetime = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)) -> Journal:
    """A journal with a job at a machine."""
    now = [at]

    def clock() -> datetime:
        now[0] += timedelta(minutes=1)
        return now[0]

    journal = Journal(None, clock)
    journal.use_machine(WorkMachine(maker="Halden", model="GS-40", serial="SN 7"))
    journal.begin("Oil change", "WO-17")
    journal.record(Asked(question="How much oil?", verdict=Verdict.QUOTED, sources=(PLACE,)))
    journal.record(Stepped(reference=PLACE, number="1", state=StepState.SKIPPED, reason="no tool"))
    journal.record(Measured(name="Supply", value="23.5", unit="V", expected="24 to 28 V", verdict=Limit.LOW))
    return journal


def play(scenario: Scenario, journal: Journal | None = None, size: tuple[int, int] = (80, 24)) -> Journal:
    """Enter the room and run a scenario."""
    journal = journal or working()

    async def main() -> None:
        app = FieldfareApp(FakeAssistant(), journal=journal)
        async with app.run_test(size=size) as pilot:
            await pilot.press("f5")
            await until(pilot, lambda: isinstance(app.screen, JobScreen))
            await scenario(app, pilot)

    asyncio.run(main())
    return journal


def fill(app: FieldfareApp, text: str) -> None:
    """Put a long text into the line, as pasting does."""
    app.screen.query_one(Input).value = text


@pytest.fixture
def documents(home: Path) -> Path:
    return home / "reports"


def test_an_empty_journal_says_what_comes_here_and_a_note_begins_a_job() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "Nothing is written down yet")
        await pilot.press("e", "f", "t", "h")  # nothing of a job that is not there
        assert isinstance(app.screen, JobScreen)
        await pilot.press("n")
        await type_text(pilot, "seal worn")
        await pilot.press("enter")
        await until_text(pilot, "Noted.")
        await until_text(pilot, "seal worn")

    journal = play(scenario, Journal(None))
    job = journal.current()
    assert job is not None
    assert [entry.deed for entry in journal.entries(job.id)] == [Noted(text="seal worn")]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_done_stands_in_order_with_what_needs_attention(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries, 2 need attention")
        text = shown(app)
        order = [text.index(one) for one in ("Oil change", "How much oil?", "1 Drain the oil.", "Supply: 23.5 V")]
        assert order == sorted(order)
        assert "skipped: no tool" in text and "expected 24 to 28 V: low" in text and "SN 7" in text
        assert rows(app)[-1].lstrip().startswith("n Note a Attach")
        assert all(len(row) <= size[0] for row in rows(app))

    play(scenario, size=size)


def test_the_report_is_written_with_three_keys_and_its_place_is_said(documents: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("e", "enter")  # F5 came first
        await until_text(pilot, "Written:")
        await pilot.press("3")
        await until(pilot, lambda: list(documents.glob("*.md")))
        await until_text(pilot, ".md")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, JobScreen))
        await pilot.press("e")
        await until_text(pilot, "Enter writes it.")
        assert "▌3 Markdown" in shown(app)

    play(scenario)
    assert [file.suffix for file in sorted(documents.iterdir())] == [".md", ".pdf"]
    assert next(documents.glob("*.pdf")).read_bytes().startswith(b"%PDF-")


def test_a_report_goes_to_a_folder_that_is_typed_and_an_impossible_one_is_a_sentence(
    tmp_path: Path, documents: Path
) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("e", "7")
        await until_text(pilot, "Another folder")
        await pilot.press(str(len(export.folders()) + 1))
        fill(app, str(tmp_path / "nowhere"))
        await pilot.press("enter")
        await until_text(pilot, "There is no such folder.")
        fill(app, str(tmp_path))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen))
        await pilot.press("4")
        await until(pilot, lambda: list(tmp_path.glob("*.csv")))

    play(scenario)
    assert not documents.exists()


def test_escape_ends_what_is_being_written(documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = export.export

    def slow(*arguments: object, **options: object) -> export.Exported:
        options["stop"].wait(10)  # type: ignore[attr-defined]
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(export, "export", slow)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("e", "1")
        await until_text(pilot, "Writing")
        await pilot.press("1", "escape")  # a second press begins nothing
        await until_text(pilot, "Stopped. Nothing was written.")
        assert isinstance(app.screen, ReportScreen)

    play(scenario)
    assert not documents.exists() or list(documents.iterdir()) == []


def test_finishing_leads_to_the_report_and_a_finished_job_can_go_on(documents: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("f", "5")
        await until_text(pilot, "Written:")
        await pilot.press("escape")
        await until_text(pilot, "finished")
        await pilot.press("n")
        await type_text(pilot, "one more")
        await pilot.press("enter")
        await until_text(pilot, "one more")
        await pilot.press("g")
        await until_text(pilot, "This job goes on.")

    journal = play(scenario)
    job = journal.current()
    assert job is not None and job.ended is None and len(journal.entries(job.id)) == 4
    assert json.loads(next(documents.glob("*.json")).read_text())["job"]["ended"]


def test_finishing_with_open_steps_is_asked_first() -> None:
    journal = working()
    steps = (
        StepProgress(step="1-12345678", state=StepState.DONE),
        *(StepProgress(step=f"{n}-12345678") for n in (2, 3)),
    )
    job = journal.save(Progress(procedure=PLACE, current="2-12345678", steps=steps))

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("f")
        await until_text(pilot, "2 of 3 steps are open.")
        await pilot.press("enter")  # the first choice: the job goes on
        await until(pilot, lambda: isinstance(app.screen, JobScreen))
        assert journal.job(job.id).ended is None
        await pilot.press("f", "2")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen))

    play(scenario, journal)
    assert journal.job(job.id).ended is not None


def test_a_photograph_is_found_by_letters_of_its_name_and_shown(tmp_path: Path) -> None:
    Image.new("RGB", (80, 60), "teal").save(tmp_path / "plate.jpg")
    Image.new("RGB", (80, 60), "teal").save(tmp_path / "pump.png")
    (tmp_path / "letter.txt").write_text("x")
    (tmp_path / "broken.jpg").write_text("x")
    os.utime(tmp_path / "plate.jpg", (0, 0))

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, FileScreen))
        fill(app, "~nobody-of-that-name/x.jpg")
        await pilot.pause()
        fill(app, "/" + "a" * 300)
        await pilot.press("enter")
        await until_text(pilot, "There is no such file.")
        fill(app, str(tmp_path))
        await pilot.press("enter")
        await until_text(pilot, "plate.jpg")
        text = shown(app)
        assert text.index("pump.png") < text.index("plate.jpg"), "the newest first"
        assert "letter.txt" not in text
        await type_text(pilot, "plat")
        await pilot.press("enter")
        await until_text(pilot, "What does it show?")
        await type_text(pilot, "type plate")
        await pilot.press("enter")
        await until_text(pilot, "plate.jpg is attached.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EntryScreen))
        await pilot.press("z")
        await until(pilot, lambda: place(app) == "picture")
        await pilot.press("escape", "escape", "a")
        await until(pilot, lambda: isinstance(app.screen, FileScreen))
        fill(app, str(tmp_path / "broken.jpg"))
        await pilot.press("enter", "enter")
        await until_text(pilot, "neither a photograph")

    journal = play(scenario)
    job = journal.current()
    assert job is not None and len(journal.entries(job.id)) == 4


def test_a_photograph_is_read_beside_the_screen_and_what_is_wrong_with_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def attachment(digest: str) -> bytes:
        go.wait(30)
        raise DamageError("An attached file is damaged in the journal. Attach it again.")

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "4 entries")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EntryScreen))
        await pilot.press("z")
        await until(pilot, lambda: place(app) == "picture")
        assert "damaged" not in shown(app)
        go.set()
        await until_text(pilot, "Attach it again.")

    Image.new("RGB", (80, 60), "teal").save(tmp_path / "plate.jpg")
    journal = working()
    journal.attach(tmp_path / "plate.jpg", "plate")
    monkeypatch.setattr(journal, "attachment", attachment)
    play(scenario, journal)


def test_an_entry_is_read_whole_and_removed_only_when_it_is_meant() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(app.screen, EntryScreen))
        await until_text(pilot, "GS-40 Manual, p. 42, 8.2 Oil (gs40 1)")
        await pilot.press("d")
        await until_text(pilot, "Really remove?")
        await pilot.press("escape", "enter", "d", "d")
        await until_text(pilot, "The entry is removed.")
        assert "How much oil?" not in shown(app)

    assert play(scenario).questions() == ()


def test_wiping_asks_and_everything_is_asked_twice() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("w", "enter")
        await until_text(pilot, "3 entries")
        await pilot.press("w", "3", "enter")
        await until_text(pilot, "3 entries")
        await pilot.press("w", "2")
        await until_text(pilot, "The job is wiped.")
        await pilot.press("w", "2", "2")
        await until_text(pilot, "Everything is wiped.")
        assert "SN 7" not in shown(app) and app.desk.workplace.questions == ()

    journal = play(scenario)
    assert journal.jobs() == () and not journal.machine().is_known


def test_a_job_is_handed_over_and_taken_in_on_the_screen(documents: Path) -> None:
    async def hand_over(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("h", "enter")
        await until_text(pilot, "Written:")

    async def take_in(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "Nothing is written down")
        await pilot.press("j", "2")
        await until(pilot, lambda: isinstance(app.screen, FileScreen))
        await until_text(pilot, ".fjob")
        await pilot.press("down", "1")
        await until_text(pilot, "Oil change is here: 3 new entries")
        await pilot.press("g")
        await until_text(pilot, "This job goes on.")

    play(hand_over)
    assert len(list(documents.glob("*.fjob"))) == 1
    journal = play(take_in, Journal(None))
    job = journal.current()
    assert job is not None and len(journal.entries(job.id)) == 3 and journal.machine().serial == "SN 7"


def test_a_job_that_is_taken_in_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def receive(
        journal: Journal, file: Path, progress: Callable[[str, int, int], None], stop: threading.Event
    ) -> tuple[object, int]:
        progress("Checking the files", 1, 9)
        assert stop.wait(30)
        return real(journal, file, progress, stop)

    real = handover.receive
    monkeypatch.setattr(handover, "receive", receive)
    other = working()
    picture = tmp_path / "plate.jpg"
    Image.new("RGB", (80, 60), "teal").save(picture)
    other.attach(picture)
    job = other.current()
    assert job is not None
    handover.hand_over(other, job, tmp_path / "oil.fjob", lambda *_: None)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "Nothing is written down")
        room = app.screen
        assert isinstance(room, JobScreen)
        room._take_in(tmp_path / "oil.fjob")
        await until_text(pilot, "s Stop")
        await pilot.press("s")
        await until_text(pilot, "Stopped. Nothing was written.")
        await until_text(pilot, "n Note")

    assert not play(scenario, Journal(None)).jobs()


def test_the_list_of_jobs_waits_for_the_journal_and_no_key_is_lost_meanwhile() -> None:
    journal, go = working(), threading.Event()

    def jobs() -> tuple[Job, ...]:
        go.wait(30)
        return real()

    real, journal.jobs = journal.jobs, jobs  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("j")
        await until(pilot, lambda: isinstance(app.screen, ChoosingScreen))
        await pilot.press("1")
        assert isinstance(app.screen, ChoosingScreen)
        go.set()
        await until_text(pilot, "A new job is begun.")

    play(scenario, journal)


def test_titles_and_other_jobs(documents: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("j", "1")
        await until_text(pilot, "A new job is begun.")
        await pilot.press("t")
        await type_text(pilot, "Second")
        await pilot.press("enter")
        await until_text(pilot, "work order")
        await type_text(pilot, "WO-18")
        await pilot.press("enter")
        await until_text(pilot, "WO-18")
        await pilot.press("j")
        await until_text(pilot, "Take in a job")
        await pilot.press("4")
        await until_text(pilot, "How much oil?")
        assert "Go on" in rows(app)[-1] and "Finish" not in rows(app)[-1]

    journal = play(scenario)
    assert [(job.title, job.order) for job in journal.jobs()] == [("Second", "WO-18"), ("Oil change", "WO-17")]


def test_a_report_that_breaks_is_said_and_its_screen_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("too large on page 3")

    monkeypatch.setattr("fieldfare.report.export.export", broken)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        await pilot.press("e", "enter")
        await until_text(pilot, "The report cannot be written: too large on page 3")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, JobScreen))

    play(scenario)


def test_the_job_that_a_question_names_is_the_one_that_is_wiped() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await until_text(pilot, "3 entries")
        room, journal = app.screen, app.desk.journal
        assert isinstance(room, JobScreen)
        await pilot.press("w")
        await until_text(pilot, "Wipe this job: Oil change")
        journal.begin("another job")  # elsewhere, while the question stands
        journal.note("stays")
        room._read()
        await until(pilot, lambda: room._shown.job and room._shown.job.title == "another job")
        await pilot.press("2")
        await until(pilot, lambda: len(journal.jobs()) == 1, "one is wiped")

    assert [job.title for job in play(scenario).jobs()] == ["another job"]


@pytest.mark.parametrize("size", [(40, 15), (120, 40)])
def test_no_text_of_a_job_or_file_name_is_obeyed(size: tuple[int, int], tmp_path: Path, documents: Path) -> None:
    hostile = Reference(pack=HOSTILE, version=HOSTILE, digest="", document=HOSTILE, heading=(HOSTILE,), text=HOSTILE)
    journal = Journal(None)
    journal.begin(HOSTILE, HOSTILE, WorkMachine(maker=HOSTILE, model=HOSTILE, serial=HOSTILE))
    journal.record(Asked(question=HOSTILE, verdict=Verdict.REFUSED, sources=(hostile,), message=HOSTILE))
    journal.record(Stepped(reference=hostile, number=HOSTILE, state=StepState.SKIPPED, reason=HOSTILE))
    journal.record(Measured(name=HOSTILE, value=HOSTILE, unit=HOSTILE, expected=HOSTILE))
    journal.note(HOSTILE)
    name = HOSTILE.replace("/", "_")
    (tmp_path / f"{name}.jpg").write_text("x")
    (tmp_path / name).mkdir()

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        def harmless() -> None:
            text = shown(app)
            assert "\x1b" not in text and "\u202e" not in text and "\x07" not in text
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    assert not (segment.style and "@click" in segment.style.meta and "quit" in str(segment.style.meta))

        await until_text(pilot, "4 entries")
        harmless()
        for key in (
            "enter",
            "escape",
            "up",
            "enter",
            "escape",
            "home",
            "enter",
            "escape",
            "e",
            "escape",
            "j",
            "escape",
            "w",
            "escape",
        ):
            await pilot.press(key)
            await pilot.pause()
            harmless()
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, FileScreen))
        fill(app, str(tmp_path))
        await pilot.press("enter")
        await until_text(pilot, "[@click=app.quit]go")
        harmless()
        await pilot.press("escape", "escape", "e", "enter")
        await until_text(pilot, "Written:")
        harmless()

    play(scenario, journal, size=size)
    assert [path.name.isascii() for path in documents.iterdir()] == [True]
