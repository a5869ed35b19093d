from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldfare import database
from fieldfare.domain import (
    Acknowledged,
    Asked,
    Attached,
    Entry,
    Limit,
    Measured,
    Noted,
    Progress,
    Read,
    Reference,
    Stepped,
    StepProgress,
    StepState,
    Timer,
    Verdict,
    WorkMachine,
)
from fieldfare.errors import DamageError, JobChangedError, StorageError, UsageError
from fieldfare.journal import Journal, open_journal, records
from fieldfare.journal.places import Spot, Whereabouts, find_again
from fieldfare.journal.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = "Zylinderkopf 4711"
PLACE = Reference(
    pack="cp200",
    version="2.0",
    digest="d2",
    document="CP 200 Service",
    heading=("8 Maintenance", "8.2 Oil change"),
    page="42",
    text="Drain the oil. Tighten the plug to 45 N·m.",
)
PUMP = WorkMachine(maker="Korvan", model="CP 200", packs=("cp200",))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return open_journal(tmp_path / "home", Clock())


def again(journal: Journal) -> Journal:
    """As the next session sees it."""
    path = journal.path
    assert path is not None
    journal.close()
    return open_journal(path.parent, Clock())


def texts(journal: Journal, job: str) -> list[str]:
    return [entry.deed.text for entry in journal.entries(job) if isinstance(entry.deed, Noted)]


def test_the_machine_the_job_and_its_entries_are_there_in_the_next_session(journal: Journal) -> None:
    journal.use_machine(PUMP)
    deeds = (
        Asked(question="How much oil?", verdict=Verdict.QUOTED, sources=(PLACE,)),
        Read(reference=PLACE),
        Acknowledged(reference=PLACE, signal_word="WARNING"),
        Stepped(reference=PLACE, number="1", state=StepState.SKIPPED, reason="no oil left"),
        Measured(name="Supply", value="23,5", unit="V", expected="24 to 28 V", verdict=Limit.LOW, reference=PLACE),
        Noted(text="Seal worn", reference=PLACE),
    )
    for deed in deeds:
        journal.record(deed)
    journal = again(journal)
    job = journal.current()
    assert job is not None and job.machine == PUMP == journal.machine()
    entries = journal.entries(job.id)
    assert tuple(entry.deed for entry in entries) == deeds
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_what_is_done_without_a_job_begins_one_and_nothing_is_written_before(journal: Journal) -> None:
    assert journal.current() is None and journal.jobs() == ()
    entry = journal.record(Noted(text="first"))
    job = journal.current()
    assert job is not None and journal.entries(job.id) == (entry,)


def test_a_finished_job_takes_no_more_and_goes_on_when_it_is_opened_again(journal: Journal) -> None:
    first = journal.begin("Oil change", "WO-17")
    journal.note("one")
    ended = journal.finish(first.id)
    assert ended.ended is not None and journal.finish(first.id).ended == ended.ended
    assert journal.current() is None
    journal.note("two")
    second = journal.current()
    assert second is not None and second.id != first.id
    assert journal.reopen(first.id).ended is None
    journal.note("three")
    assert texts(journal, first.id) == ["one", "three"]
    assert texts(journal, second.id) == ["two"]
    assert [job.id for job in journal.jobs()] == [second.id, first.id]
    assert journal.job(str(first.number)) == journal.job(first.id)
    with pytest.raises(UsageError, match="no job 99"):
        journal.job("99")
    with pytest.raises(UsageError, match="no job nonsense"):
        journal.reopen("nonsense")
    assert journal.current() == journal.job(first.id)


def test_another_machine_never_enters_the_job_of_the_first(journal: Journal) -> None:
    journal.note("before anything was chosen")
    job = journal.current()
    assert job is not None
    journal.use_machine(PUMP)
    journal.use_machine(WorkMachine(maker="korvan", model="CP 200", serial="SN 5"))
    assert journal.job(job.id).machine.serial == "SN 5", "the serial number came later"
    journal.use_machine(WorkMachine())
    assert journal.current() == journal.job(job.id) and journal.job(job.id).machine.serial == "SN 5", (
        "any machine is no other"
    )
    journal.use_machine(WorkMachine(maker="Korvan", model="CP 200"))
    assert journal.job(job.id).machine.serial == "SN 5", "what is known is not forgotten"
    journal.use_machine(WorkMachine(maker="Acme", model="X"))
    assert journal.current() is None and journal.job(job.id).ended is None
    journal.note("at the other one")
    other = journal.current()
    assert other is not None and other.machine.model == "X"
    assert journal.reopen(job.id).machine == journal.machine()
    assert journal.machine().serial == "SN 5"
    assert next(str(one) for one in journal.machines()) == "Korvan CP 200"
    journal.use_machine(WorkMachine(maker="korvan", model="CP 200", serial="SN 6"))
    assert journal.current() is None, "another serial number is another machine"


def test_a_question_is_written_again_with_the_translation_of_its_answer(journal: Journal) -> None:
    asked = Asked(question="oil?", verdict=Verdict.QUOTED, sources=(PLACE,))
    translated = replace(asked, sources=(replace(PLACE, translated="Öl ablassen."),))
    entry = journal.record(asked)
    journal.translate(entry.id, translated)
    job = journal.current()
    assert job is not None
    assert journal.record(asked).deed == translated, "asked again, it is the same question"
    assert [one.deed for one in journal.entries(job.id)] == [translated]
    journal.remove(entry.id)
    journal.translate(entry.id, translated)
    assert not journal.entries(job.id)


def test_a_place_is_noted_as_read_once_a_job_and_a_repeated_answer_once(journal: Journal) -> None:
    asked = Asked(question="oil?", verdict=Verdict.REFUSED, message="not there")
    first = journal.record(Read(reference=PLACE))
    assert journal.record(asked) == journal.record(asked)
    assert journal.record(Read(reference=PLACE)) == first
    journal.record(Asked(question="plug?", verdict=Verdict.REFUSED))
    journal.record(asked)
    job = journal.current()
    assert job is not None
    assert [records.kind_of(entry.deed) for entry in journal.entries(job.id)] == ["read", "asked", "asked", "asked"]
    assert journal.questions() == ("oil?", "plug?")
    assert journal.questions(1) == ("oil?",)
    assert journal.record(Noted(text="x")) != journal.record(Noted(text="x"))


def test_a_procedure_goes_on_at_the_same_step_also_in_a_newer_version(journal: Journal) -> None:
    began = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
    kept = Progress(
        procedure=PLACE,
        current="3",
        steps=(
            StepProgress(step="1", state=StepState.DONE, acknowledged=True),
            StepProgress(step="2", state=StepState.SKIPPED, reason="no tool", note="see photo"),
        ),
        timers=(Timer(step="3", started=began, seconds=600),),
    )
    journal.save(kept, Stepped(reference=PLACE, number="2", state=StepState.SKIPPED, reason="no tool"))
    journal = again(journal)
    newer = Reference(pack="cp200", version="3.0", digest="d3", document=PLACE.document, heading=PLACE.heading)
    assert journal.progress(newer) == kept
    job = journal.current()
    assert job is not None and journal.procedures(job.id) == (kept,)
    assert len(journal.entries(job.id)) == 1
    journal.forget(newer)
    assert journal.progress(PLACE) is None
    journal.save(kept)
    journal.begin("another job")
    assert journal.progress(PLACE) is None, "a new job begins a procedure anew"


def test_progress_goes_to_the_job_it_was_read_from_or_nowhere(journal: Journal) -> None:
    kept, done = Progress(procedure=PLACE, current="2"), Stepped(reference=PLACE, number="1", state=StepState.DONE)
    first = journal.save(kept, done, job="")
    assert journal.save(replace(kept, current="3"), job=first.id) == first
    for end in (lambda: journal.begin("another"), lambda: journal.finish(first.id)):
        journal.reopen(first.id)
        end()
        with pytest.raises(JobChangedError, match="not kept"):
            journal.save(replace(kept, current="4"), done, job=first.id)
    journal.reopen(first.id)
    with pytest.raises(JobChangedError, match="not kept"):
        journal.save(kept, job="")
    assert journal.progress(PLACE) == replace(kept, current="3")
    assert [one.deed for job in journal.jobs() for one in journal.entries(job.id)] == [done]


def test_a_damaged_line_hides_no_other_and_is_told(journal: Journal) -> None:
    for number in range(3):
        journal.note(f"note {number}")
        journal.pin(PLACE, f"pin {number}")
    journal.save(Progress(procedure=PLACE, current="2"))
    job = journal.current()
    assert job is not None
    with journal._store.writing() as connection:
        connection.execute("UPDATE entry SET deed = '{' WHERE number = 2")
        connection.execute("UPDATE pin SET at = 'long ago' WHERE note = 'pin 0'")
        connection.execute("UPDATE progress SET progress = '{}'")
    assert [one.deed for one in journal.entries(job.id)] == [Noted(text="note 0"), Noted(text="note 2")]
    assert journal.problem == "1 line of the journal is damaged and left out here. All others are whole."
    assert [one.note for one in journal.pins()] == ["pin 2", "pin 1"]
    assert journal.procedures(job.id) == ()
    parcel = journal.parcel(job)
    assert (len(parcel.entries), len(parcel.procedures)) == (2, 0)


def test_a_step_and_its_entry_are_kept_together_or_not_at_all(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.note("there before")

    def fail(_deed: object) -> str:
        raise OverflowError

    monkeypatch.setattr(records, "kind_of", fail)
    with pytest.raises(OverflowError):
        journal.save(Progress(procedure=PLACE, current="2"), Stepped(reference=PLACE, number="1", state=StepState.DONE))
    assert journal.progress(PLACE) is None


def test_bookmarks_and_notes_are_kept_by_pack_and_can_be_changed(journal: Journal) -> None:
    mark = journal.pin(PLACE)
    journal.pin(Reference(pack="other", version="1", digest="x", document="D"), "look here")
    journal.write_on(mark.id, "plug is M22 here")
    journal = again(journal)
    assert [pin.note for pin in journal.pins()] == ["look here", "plug is M22 here"]
    assert [(pin.note, pin.reference) for pin in journal.pins("cp200")] == [("plug is M22 here", PLACE)]
    journal.unpin(mark.id)
    assert journal.pins("cp200") == ()


def test_what_is_removed_is_in_no_file_of_the_journal_any_more(journal: Journal) -> None:
    def everywhere() -> bytes:
        assert journal.path is not None
        return b"".join(file.read_bytes() for file in sorted(journal.path.parent.iterdir()))

    journal.note("stays")
    entry = journal.note(PRIVATE)
    for number in range(40):  # the secret is moved about between pages
        journal.note(f"{number} " * 200)
    assert PRIVATE.encode() in everywhere()
    journal.remove(entry.id)
    assert PRIVATE.encode() not in everywhere()
    job = journal.current()
    assert job is not None
    assert texts(journal, job.id)[0] == "stays"

    other = journal.begin(PRIVATE)
    journal.record(Asked(question=PRIVATE, verdict=Verdict.REFUSED))
    journal.save(Progress(procedure=PLACE, current=PRIVATE))
    journal.wipe(other.id)
    assert PRIVATE.encode() not in everywhere()
    assert journal.questions() == () and [one.id for one in journal.jobs()] == [job.id]

    journal.pin(PLACE, PRIVATE)
    journal.use_machine(WorkMachine(maker=PRIVATE))
    assert journal.path is not None
    journal.path.with_name("journal.damaged-1.sqlite").write_bytes(PRIVATE.encode() * 1000)
    journal.wipe_everything()
    assert PRIVATE.encode() not in everywhere() and b"stays" not in everywhere()
    assert journal.jobs() == () and journal.pins() == () and not journal.machine().is_known and not journal.machines()
    journal.note("goes on")


@pytest.mark.skipif(os.name != "posix", reason="kills as only POSIX can")
def test_what_was_recorded_survives_a_killed_process(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom fieldfare.domain import Noted\nfrom fieldfare.journal import open_journal\n"
        "journal = open_journal(Path(sys.argv[1]))\n"
        "for number in range(10_000):\n    journal.record(Noted(text=str(number)))\n    print(number, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [next(process.stdout) for _ in range(7)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    journal = open_journal(tmp_path)
    job = journal.current()
    assert not journal.problem and job is not None
    kept = texts(journal, job.id)
    assert len(said) <= len(kept) <= len(said) + 1 and kept == [str(number) for number in range(len(kept))]


@pytest.mark.parametrize("content", [b"no database at all" * 400, b"SQLite format 3\0" + bytes(5000), None])
def test_a_damaged_journal_is_set_aside_whole_and_a_new_one_begun(journal: Journal, content: bytes | None) -> None:
    for number in range(30):
        journal.note(f"{number} " * 300)
    path = journal.path
    assert path is not None
    journal.close()
    data = bytearray(path.read_bytes())
    if content is None:  # pages of entries are torn
        data[5 * 4096 :] = bytes(len(data) - 5 * 4096)
    path.write_bytes(content or bytes(data))
    damaged = path.read_bytes()
    fresh = open_journal(path.parent)
    assert "damaged" in fresh.problem and "journal.damaged-1.sqlite" in fresh.problem
    assert path.with_name("journal.damaged-1.sqlite").read_bytes() == damaged
    fresh.note("goes on")
    fresh.close()
    assert not open_journal(path.parent).problem


def test_a_foreign_or_newer_journal_is_left_alone(tmp_path: Path) -> None:
    foreign = database.create(tmp_path / "journal.sqlite")
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    journal = open_journal(tmp_path)
    assert "no file of this program" in journal.problem
    journal.close()
    newer = database.open_durable(
        tmp_path / "journal.sqlite", application=APPLICATION_ID, migrations=MIGRATIONS, small=()
    )
    newer.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    newer.close()
    before = (tmp_path / "journal.sqlite").read_bytes()
    journal = open_journal(tmp_path)
    assert "newer Fieldfare" in journal.problem and "Nothing" in journal.problem
    journal.note("lasts until the end")
    assert (tmp_path / "journal.sqlite").read_bytes() == before


def test_an_older_journal_is_led_to_this_version(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    old = ("CREATE TABLE t (x); INSERT INTO t VALUES (1)",)
    database.open_durable(path, application=7, migrations=old, small=("t",)).close()
    new = database.open_durable(path, application=7, migrations=(*old, "ALTER TABLE t ADD y DEFAULT 2"), small=("t",))
    assert new.execute("SELECT x, y FROM t").fetchall() == [(1, 2)]
    new.close()
    broken = (*old, "ALTER TABLE t ADD y DEFAULT 2", "CREATE TABLE u (z); SELECT nonsense")
    with pytest.raises(StorageError):
        database.open_durable(path, application=7, migrations=broken, small=())
    same = database.open_durable(path, application=7, migrations=broken[:2], small=("t",))
    assert [row[0] for row in same.execute("SELECT name FROM sqlite_master")] == ["t"], "all or none"
    same.close()


def test_where_nothing_can_be_written_the_work_goes_on(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    journal = open_journal(tmp_path / "home")
    assert journal.problem.startswith("Nothing of this job is kept")
    assert "Errno" not in journal.problem
    journal.record(Noted(text="x"))
    job = journal.current()
    assert job is not None and texts(journal, job.id) == ["x"]


def test_two_running_programs_share_a_journal(journal: Journal) -> None:
    assert journal.path is not None
    other = open_journal(journal.path.parent)
    failures: list[BaseException] = []

    def write(one: Journal, name: str) -> None:
        try:
            for number in range(8):
                one.note(f"{name}{number}")
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    journal.begin("shared")
    threads = [
        threading.Thread(target=write, args=(one, name)) for one, name in ((journal, "a"), (other, "b"), (other, "c"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job = other.current()
    assert not failures and job is not None
    assert sorted(texts(journal, job.id)) == sorted(f"{name}{number}" for name in "abc" for number in range(8))


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
def test_only_its_owner_reads_the_journal(journal: Journal) -> None:
    journal.note("x")
    assert journal.path is not None
    for file in journal.path.parent.iterdir():
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file


# -- values as JSON

_texts = st.text(max_size=30)
_references = st.builds(
    Reference,
    pack=_texts,
    version=_texts,
    digest=_texts,
    document=_texts,
    heading=st.lists(_texts, max_size=3).map(tuple),
)
_times = st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2090, 1, 1)).map(  # noqa: DTZ001 - made UTC
    lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000, tzinfo=UTC)
)
_deeds = st.one_of(
    st.builds(
        Asked, question=_texts, verdict=st.sampled_from(Verdict), sources=st.lists(_references, max_size=2).map(tuple)
    ),
    st.builds(Measured, name=_texts, value=_texts, verdict=st.sampled_from(Limit), reference=st.none() | _references),
    st.builds(Attached, name=_texts, media_type=_texts, size=st.integers(0, 1 << 40), digest=_texts),
    st.builds(Stepped, reference=_references, number=_texts, state=st.sampled_from(StepState)),
)


@settings(max_examples=60)
@given(st.builds(Entry, id=_texts, at=_times, deed=_deeds))
def test_every_entry_comes_back_as_it_was_written(entry: Entry) -> None:
    assert records.deed_of(records.kind_of(entry.deed), records.text_of(entry.deed)) == entry.deed
    assert records.parsed(Entry, records.text_of(entry)) == entry
    assert records.time_of(records.time_text(entry.at)) == entry.at


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"text": 5}', '{"text": "x", "more": 1}', '{"text": null}', "NaN", pytest.param('{"text": "' + "x" * 4_000_001 + '"}', id="endless"),
        '{"text": "x", "reference": []}', '{"text": "x", "reference": {"pack": "p"}}', pytest.param("[" * 100_000, id="nested"),
        '{"text": "x", "reference": {"pack":"p","version":"1","digest":"","document":"d","heading":"no list"}}',
        '{"text": true}', '{"text": "x"',
    ],
)  # fmt: skip
def test_a_value_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        records.parsed(Noted, text)


@pytest.mark.parametrize("time", ["", "yesterday", "2026-05-04", "2026-05-04T08:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_without_its_zone_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        records.time_of(time)


def test_a_flipped_bit_in_an_entry_is_a_sentence(journal: Journal) -> None:
    journal.note("abc")
    job = journal.current()
    assert job is not None and journal.path is not None
    journal.close()
    journal.path.write_bytes(journal.path.read_bytes().replace(b'"text":"abc"}', b'"text":"abc"\xfd'))
    with pytest.raises(DamageError, match="damaged"):
        open_journal(journal.path.parent).entries(job.id)


# -- places in another version

OIL = Spot(
    key=1, document="CP 200 Service", heading=("8 Maintenance", "8.2 Oil change"), text=f"Before. {PLACE.text} After."
)
COOLANT = Spot(key=2, document="CP 200 Service", heading=("8 Maintenance", "8.3 Coolant"), text="Drain the coolant.")


@pytest.mark.parametrize(
    ("spots", "key", "whereabouts"),
    [
        ((COOLANT, OIL), 1, Whereabouts.SAME),
        ((COOLANT, Spot(key=3, document="Other title", heading=("9 Maintenance", "9.4 Oil change"), text=OIL.text)), 3,
         Whereabouts.SAME),
        ((Spot(key=4, document=OIL.document, heading=OIL.heading, text="Drain oil; plug 50 N·m."), COOLANT), 4, Whereabouts.REWORDED),
        ((COOLANT, Spot(key=5, document=OIL.document, heading=("7 Fluids",), text=OIL.text)), 5, Whereabouts.MOVED),
        ((Spot(key=6, document=OIL.document, heading=OIL.heading, text="See chapter 9."),
          Spot(key=7, document=OIL.document, heading=("9 Fluids",), text=OIL.text)), 7, Whereabouts.MOVED),
    ],
)  # fmt: skip
def test_a_place_is_found_again_by_headings_and_text(
    spots: tuple[Spot, ...], key: int, whereabouts: Whereabouts
) -> None:
    found = find_again(PLACE, spots)
    assert found is not None and (found.key, found.whereabouts) == (key, whereabouts)


def test_a_place_that_is_no_more_is_not_found() -> None:
    assert find_again(PLACE, (COOLANT,)) is None
    assert find_again(PLACE, ()) is None


def test_what_is_written_can_be_read_again_however_long_it_is(journal: Journal) -> None:
    table = Reference(pack="p", version="1", digest="d", document="D", heading=("1",), text="row 12345\n" * 100_000)
    journal.record(Read(reference=table))
    journal.save(Progress(procedure=table, current="1"))
    job = journal.current()
    assert job is not None
    assert [entry.deed for entry in journal.entries(job.id)] == [Read(reference=table)]
    assert journal.progress(table) is not None
