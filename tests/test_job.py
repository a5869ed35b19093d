"""Reports of jobs, jobs that are handed over, and their commands."""

from __future__ import annotations

import csv
import gettext
import hashlib
import io
import json
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from PIL import Image

from fieldfare import catalogue
from fieldfare.cli import main
from fieldfare.domain import (
    Acknowledged,
    Asked,
    Job,
    Limit,
    Measured,
    Progress,
    Read,
    Reference,
    Stepped,
    StepProgress,
    StepState,
    Verdict,
    WorkMachine,
)
from fieldfare.errors import FieldfareError, UsageError
from fieldfare.journal import Journal, attachments, open_journal
from fieldfare.journal.handover import hand_over, receive
from fieldfare.report import data
from fieldfare.report.contents import report_of
from fieldfare.report.export import FORMATS, export, file_name, folders, target_of
from fieldfare.report.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = "<b onclick=x()>]]> \x1b[31m=1+1 | `*_#~ [@click=app.quit]x[/] \u202egnp.exe"
PLACE = Reference(
    pack="cp200",
    version="2.0",
    digest="3f" * 32,
    document="CP 200 Service",
    revision="C",
    heading=("8 Maintenance", "8.2 Oil change"),
    page="42",
    language="en",
    text="Tighten the drain plug to 45 N·m.",
)


def place(text: str, translated: str = "") -> Reference:
    return Reference(
        pack=PLACE.pack, version=PLACE.version, digest=PLACE.digest, document=PLACE.document, revision=PLACE.revision,
        heading=PLACE.heading, page=PLACE.page, text=text, translated=translated,
    )  # fmt: skip


def silent(_stage: str, _done: int, _total: int) -> None:
    pass


def clock() -> Callable[[], datetime]:
    now = [datetime(2026, 5, 4, 8, 0, tzinfo=UTC)]

    def tick() -> datetime:
        now[0] += timedelta(minutes=1)
        return now[0]

    return tick


@pytest.fixture
def journal(home: Path) -> Journal:
    return open_journal(home, clock())


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "..=evil 'name'.jpg"
    Image.effect_noise((320, 240), 40).convert("RGB").save(file)
    return file


@pytest.fixture
def job(journal: Journal, photo: Path, tmp_path: Path) -> Job:
    """A job with every kind of entry."""
    journal.use_machine(WorkMachine(maker="Korvan", model="CP 200", serial="SN 7"))
    made = journal.begin("Ölwechsel", "WO-17")
    journal.record(Asked(question="How much oil?", verdict=Verdict.QUOTED, sources=(place("It holds 2.6 L."),)))
    journal.record(Asked(question="What is E99?", verdict=Verdict.REFUSED, message="E99 stands in no manual."))
    journal.record(Read(reference=PLACE))
    journal.record(Acknowledged(reference=place("Hot oil burns.", "Heißes Öl verbrennt."), signal_word="WARNING"))
    journal.record(Stepped(reference=place("Drain the oil."), number="1", state=StepState.SKIPPED, reason="no tool"))
    journal.record(Stepped(reference=place("Drain the oil."), number="1", state=StepState.DONE))
    journal.record(Stepped(reference=PLACE, number="2", state=StepState.SKIPPED, reason="no wrench"))
    journal.record(
        Measured(name="Supply", value="23.5", unit="V", expected="24 to 28 V", verdict=Limit.LOW, reference=PLACE)
    )
    journal.record(Measured(name="Insulation", value="12", unit="MΩ", expected="≥ 1 MΩ", verdict=Limit.OK))
    journal.note("Größe ñ µ Ω ° Привет Ωμέγα")
    journal.attach(photo, "Type plate")
    document = tmp_path / "cert.pdf"
    document.write_bytes(b"%PDF-1.4 certificate")
    journal.attach(document, "Certificate")
    return journal.finish(made.id)


EXPECTED = (
    "Ölwechsel", "Korvan CP 200", "SN 7", "WO-17", "cp200 2.0", "How much oil?", "It holds 2.6 L.", "What is E99?",
    "E99 stands in no manual.", "CP 200 Service", "p. 42", "8.2 Oil change", "Hot oil burns.", "Heißes Öl verbrennt.", "WARNING",
    "Tighten the drain plug to 45 N·m.", "no wrench", "Supply", "23.5 V", "24 to 28 V", "low", "12 MΩ", "within limits",
    "Größe ñ µ Ω ° Привет Ωμέγα", "Type plate", "Certificate", "rev. C",
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of the page: its text, its tags, what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.style = tag == "style"
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        self.style = False

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.text += data


def written(journal: Journal, job: Job, suffix: str, folder: Path) -> str:
    """The text of a report as its reader would see it."""
    path = export(journal, job, suffix, folder).path
    if suffix == "pdf":
        document = pypdfium2.PdfDocument(path)
        text = " ".join(page.get_textpage().get_text_range() for page in document)
        document.close()
        return " ".join(text.split())
    if suffix == "html":
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        return " ".join(page.text.split())
    if suffix == "md":
        page = Page()
        page.feed(MarkdownIt("commonmark").enable("table").render(path.read_text(encoding="utf-8")))
        return " ".join(page.text.split())
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", ["pdf", "html", "md"])
def test_a_report_says_what_was_done_with_sources_limits_and_reasons(
    journal: Journal, job: Job, tmp_path: Path, suffix: str
) -> None:
    text = written(journal, job, suffix, tmp_path)
    assert [one for one in EXPECTED if one not in text] == []
    assert text.index("Needs attention") < text.index("no wrench") < text.index("Questions and answers")
    assert "no tool" not in text, "the step was done after all"


@pytest.mark.parametrize("suffix", ["pdf", "html", "md"])
def test_a_note_at_a_place_stands_with_its_quote_and_source(journal: Journal, tmp_path: Path, suffix: str) -> None:
    job = journal.begin("Oil change")
    journal.note("How much oil?", place("It holds 2.6 L.", "Es fasst 2,6 L."))
    journal.note("Seal ordered", place(""))
    notes = written(journal, job, suffix, tmp_path).partition("Notes")[2]
    found = [
        notes.find(one) for one in ("How much oil?", "It holds 2.6 L.", "Es fasst 2,6 L.", "p. 42", "Seal ordered")
    ]
    assert -1 not in found and found == sorted(found)
    assert notes.count("p. 42") == 2


def half_done(journal: Journal) -> Job:
    """A job with a procedure whose first step is done, the second skipped, and the others open."""
    job = journal.begin("Oil change")
    steps = (
        StepProgress(step="start", acknowledged=True), StepProgress(step="1-1234abcd", state=StepState.DONE),
        StepProgress(step="2-5678abcd", state=StepState.SKIPPED, reason="no wrench"), StepProgress(step="3-9abcabcd"),
        StepProgress(step="3.a-9abcabcd"),
    )  # fmt: skip
    done = Stepped(reference=place("Drain the oil."), number="1", state=StepState.DONE)
    skipped = Stepped(reference=PLACE, number="2", state=StepState.SKIPPED, reason="no wrench")
    journal.save(Progress(procedure=place(""), current="3-9abcabcd", steps=steps), done, skipped)
    other = replace(place(""), heading=("9 Storage",))  # looked at, nothing done
    journal.save(Progress(procedure=other, current="start", steps=(StepProgress(step="1-1234abcd"),)))
    return job


@pytest.mark.parametrize("suffix", ["pdf", "html", "md"])
def test_a_report_says_which_steps_are_open_before_anything_else(journal: Journal, tmp_path: Path, suffix: str) -> None:
    text = written(journal, half_done(journal), suffix, tmp_path)
    needs = text[text.index("Needs attention") : text.index("Procedure")]
    assert "2 of 4 steps are open" in needs and "8.2 Oil change" in needs and "3, 3.a" in needs
    assert "1 done, 1 skipped, 2 open" in text[text.index("Procedure") :]
    assert "9 Storage" not in text


def test_programs_are_told_which_steps_are_open(journal: Journal, tmp_path: Path) -> None:
    job = half_done(journal)
    (found,) = json.loads(written(journal, job, "json", tmp_path))["procedures"]
    assert (found["done"], found["skipped"], found["open"], found["open_steps"]) == (1, 1, 2, ["3", "3.a"])
    assert found["reference"]["heading"] == ["8 Maintenance", "8.2 Oil change"]
    table = list(csv.DictReader(io.StringIO(written(journal, job, "csv", tmp_path).removeprefix("\ufeff"))))
    assert [(row["kind"], row["step"], row["state"]) for row in table if row["kind"] != "step"] == [
        ("open", "3", "open"), ("open", "3.a", "open"),
    ]  # fmt: skip
    assert table[-1]["section"] == "8 Maintenance > 8.2 Oil change"


def test_the_end_of_a_job_with_open_steps_is_asked_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_journal(home) as journal:
        half_done(journal)
    monkeypatch.setattr("sys.stdin", Terminal("no\n"))
    assert main(["job", "finish"]) == 1
    assert "2 of 4 steps are open: finish all the same?" in capsys.readouterr().err
    assert main(["job", "list", "--json"]) == 0 and "ended" not in json.loads(capsys.readouterr().out)[0]
    monkeypatch.setattr("sys.stdin", io.StringIO())  # a script: nobody can be asked
    assert main(["job", "finish"]) == 0
    assert "2 of 4 steps are open." in capsys.readouterr().err


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


def test_a_reading_is_numbers_for_programs_and_one_that_was_mended_needs_no_attention(
    journal: Journal, tmp_path: Path
) -> None:
    job = journal.begin("Cold store")
    warm = Measured(
        name="Supply",
        value="-500",
        unit="mV",
        converted="-0.5 V",
        expected="0 V or more",
        verdict=Limit.LOW,
        reference=PLACE,
    )
    journal.record(warm)
    other = replace(warm, reference=replace(PLACE, text="another step"))
    journal.record(other)
    journal.record(replace(other, value="2", unit="V", converted="", verdict=Limit.OK))
    html = written(journal, job, "html", tmp_path)
    assert html.count("−500 mV = −0.5 V") == 3, "once above, and both below"
    (row, *_rest) = csv.DictReader(io.StringIO(written(journal, job, "csv", tmp_path)[1:]))
    assert (float(row["value"]), row["unit"], row["converted"]) == (-500, "mV", "'-0.5 V")
    assert json.loads(written(journal, job, "json", tmp_path))["entries"][0]["converted"] == "-0.5 V"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_report_says_whose_pack_nobody_signed(journal: Journal, tmp_path: Path, suffix: str) -> None:
    job = journal.begin("Oil")
    journal.record(Read(reference=replace(PLACE, unsigned=True)))
    said = {"json": '"unsigned": true', "csv": ",yes\n"}.get(suffix, "unsigned pack")
    assert written(journal, job, suffix, tmp_path).count(said) == (2 if suffix in {"pdf", "html", "md"} else 1)
    assert next(one.deed for one in journal.entries(job.id)) == Read(reference=replace(PLACE, unsigned=True))


@pytest.mark.parametrize("text", ["Loosen the screw. " * 400, "x" * 6000], ids=["words", "a word"])
def test_texts_of_any_length_go_over_pages_and_stay_whole(journal: Journal, tmp_path: Path, text: str) -> None:
    long = replace(PLACE, text=text, heading=(text,))
    job = journal.begin("Long")
    journal.record(Stepped(reference=long, number="1", state=StepState.DONE, reason="stuck"))
    journal.record(Measured(name="Supply", value="1", reference=long))
    for number in range(120):
        journal.record(Read(reference=replace(PLACE, pack=f"pack-{number}", digest=f"{number}")))
    told = written(journal, job, "pdf", tmp_path)
    assert told.count("Loosen") >= 400 * 2 or told.count("x") >= 6000 * 2
    assert told.count("pack-119") == 2, "among the facts, and where it was read"


def test_the_pdf_embeds_photographs_and_its_letters(journal: Journal, job: Job, tmp_path: Path) -> None:
    done = export(journal, job, "pdf", tmp_path)
    document = pypdfium2.PdfDocument(done.path)
    images = [one for page in document for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
    assert len(images) == 1
    document.close()
    assert done.unsettable == ""
    assert [file.name for file in done.files] == ["01-cert.pdf"] and done.files[
        0
    ].read_bytes() == b"%PDF-1.4 certificate"
    assert b"DejaVuSansCondensed" in done.path.read_bytes()
    journal.note("中 שלום", job=job.id)
    assert export(journal, job, "pdf", tmp_path).unsettable == "中שלום"
    assert "中 שלום" in written(journal, job, "html", tmp_path), "the web page shows them"


def test_the_web_page_asks_for_nothing_and_runs_nothing(journal: Journal, job: Job, tmp_path: Path) -> None:
    journal.note(HOSTILE, job=job.id)
    text = export(journal, job, "html", tmp_path).path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert "default-src 'none'" in text and "img-src data:" in text
    assert not {"script", "iframe", "object", "link", "form"} & set(page.tags)
    assert page.links and all(link.startswith("data:") for link in page.links)
    assert "\x1b" not in text and "\u202e" not in text


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_text_of_a_job_becomes_markup_or_an_escape(journal: Journal, tmp_path: Path, suffix: str) -> None:
    hostile = Reference(pack=HOSTILE, version="1", digest="", document=HOSTILE, heading=(HOSTILE,), text=HOSTILE)
    job = journal.begin(HOSTILE, HOSTILE, WorkMachine(maker=HOSTILE, model="x", serial=HOSTILE))
    journal.record(Asked(question=HOSTILE, verdict=Verdict.QUOTED, sources=(hostile,)))
    journal.record(Stepped(reference=hostile, number=HOSTILE, state=StepState.SKIPPED, reason=HOSTILE))
    journal.record(Measured(name=HOSTILE, value=HOSTILE, unit=HOSTILE, expected=HOSTILE))
    journal.record(Acknowledged(reference=hostile, signal_word=HOSTILE))
    journal.note(HOSTILE)
    text = written(journal, job, suffix, tmp_path)
    assert "\x1b" not in text and "\u202e" not in text
    if suffix in {"pdf", "html", "md"}:
        assert "<b onclick=x()>]]>" in text, "it is shown as it was typed"
    assert file_name(job, suffix).isascii() and "/" not in file_name(job, suffix)


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    job = Job(id="0", number=1, machine=WorkMachine(), title=f"x{text}", begun=now)
    report = report_of(job, ())
    page = Page()
    page.feed(MarkdownIt("commonmark").enable("table").render("\n".join(markdown(report, {}))))
    assert " ".join(report.title.split()) in " ".join(page.text.split())
    assert set(page.tags) <= {"h1", "ul", "li", "strong"}


def test_a_table_has_a_row_for_each_entry_and_no_formula(journal: Journal, job: Job, tmp_path: Path) -> None:
    journal.note("=1+1", job=job.id)
    journal.note("@SUM(A1)", job=job.id)
    journal.note("  -2+3", job=job.id)
    journal.record(Measured(name="Oil", value="-2,5", unit="°C"))
    text = export(journal, job, "csv", tmp_path).path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(journal.entries(job.id))
    assert [row["text"] for row in rows if row["kind"] == "noted"][1:] == ["'=1+1", "'@SUM(A1)", "'  -2+3"]
    low = next(row for row in rows if row["verdict"] == "low")
    assert (low["name"], low["value"], low["unit"], low["expected"], low["page"]) == (
        "Supply",
        "23.5",
        "V",
        "24 to 28 V",
        "42",
    )
    files = [row["file"] for row in rows if row["kind"] == "attached"]
    assert all((tmp_path / file).is_file() for file in files) and len(files) == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-5", "-5"), ("+5.25", "+5.25"), ("-2,5", "-2,5"), ("-2,5 °C", "'-2,5 °C"), ("=A1", "'=A1"), ("\t=A1", "'\t=A1"),
        (" =A1", "' =A1"), ("＝A1", "'＝A1"), ("@x", "'@x"), ("a=b", "a=b"), ("-5-5", "'-5-5"), ("+cmd|x", "'+cmd|x"),
    ],
)  # fmt: skip
def test_a_cell_never_begins_a_formula(text: str, shown: str) -> None:
    assert data.cell(text) == shown


def test_json_holds_every_field_of_every_entry(journal: Journal, job: Job, tmp_path: Path) -> None:
    done = export(journal, job, "json", tmp_path)
    made = json.loads(done.path.read_text(encoding="utf-8"))
    assert made["format"] == "fieldfare-job" and made["job"]["order"] == "WO-17" and made["job"]["ended"].endswith("Z")
    kinds = [entry["kind"] for entry in made["entries"]]
    assert set(kinds) == {"asked", "read", "acknowledged", "step", "measured", "noted", "attached"}
    assert made["entries"][0]["sources"][0] == {
        "pack": "cp200", "version": "2.0", "digest": "3f" * 32, "document": "CP 200 Service", "revision": "C",
        "heading": ["8 Maintenance", "8.2 Oil change"], "page": "42", "text": "It holds 2.6 L.",
    }  # fmt: skip
    photo = next(entry for entry in made["entries"] if entry.get("media_type", "").startswith("image/"))
    assert hashlib.sha256((tmp_path / photo["file"]).read_bytes()).hexdigest() == photo["digest"]


def test_a_report_is_never_written_over_another_file(journal: Journal, job: Job, tmp_path: Path) -> None:
    first, second = (export(journal, job, "csv", tmp_path).path for _ in range(2))
    assert first != second and first.exists() and second.exists()
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        export(journal, job, "html", mine)
    with pytest.raises(UsageError, match="must end in"):
        target_of(job, "pdf", tmp_path / "report.doc")
    assert mine.read_text() == "mine"
    assert export(journal, job, "md").path.parent == folders()[0]


def test_what_is_stopped_leaves_nothing_behind(journal: Journal, job: Job, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for after in range(2):
        stop = threading.Event()
        told: list[int] = []

        def progress(
            _stage: str,
            done: int,
            _total: int,
            told: list[int] = told,
            stop: threading.Event = stop,
            after: int = after,
        ) -> None:
            told.append(done)
            if len(told) > after:
                stop.set()

        with pytest.raises(UsageError, match="Stopped"):
            export(journal, job, "json", folder, progress=progress, stop=stop)
        assert not folder.exists() or list(folder.iterdir()) == []


class Marked(gettext.NullTranslations):
    """A language in which every text of ours is seen to be one."""

    def gettext(self, message: str) -> str:
        return f"‹{message}›"


def test_all_that_is_ours_in_a_report_is_translated_and_quotes_stay_verbatim(
    journal: Journal, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_spoken", Marked())
    report = report_of(job, journal.entries(job.id))
    ours = [report.title, *(label for label, _ in report.facts), *(chapter.title for chapter in report.chapters)]
    ours += [cell for chapter in report.chapters if chapter.table for cell in chapter.table.header]
    assert [text for text in ours if not text.startswith("‹")] == []
    tables = [row for chapter in report.chapters if chapter.table for row in chapter.table.rows]
    assert ("‹Reading out of limits›", "Supply", "23.5 V, ‹expected 24 to 28 V›: ‹low›") in tables
    quotes = [quote for chapter in report.chapters for item in chapter.items for quote in item.quotes]
    assert [(quote.text, quote.translated) for quote in quotes] == [
        ("Hot oil burns.", "Heißes Öl verbrennt."), ("It holds 2.6 L.", ""),
    ]  # fmt: skip


# -- handing over


@pytest.fixture
def parcel(journal: Journal, job: Job, tmp_path: Path) -> Path:
    journal.reopen(job.id)
    journal.save(Progress(procedure=PLACE, current="2"))
    journal.pin(PLACE, "M22 here")
    journal.pin(Reference(pack="unrelated", version="1", digest="", document="D"), "private")
    journal.pin(PLACE)
    file = tmp_path / "job.fjob"
    hand_over(journal, journal.job(job.id), file, silent)
    return file


@pytest.fixture
def colleague(tmp_path: Path) -> Journal:
    return open_journal(tmp_path / "colleague", clock())


def test_a_colleague_gets_entries_files_progress_and_notes_and_can_go_on(
    journal: Journal, job: Job, parcel: Path, colleague: Journal
) -> None:
    received, new = receive(colleague, parcel, silent)
    entries = journal.entries(job.id)
    assert received.id == job.id and new == len(entries)
    assert colleague.entries(job.id) == entries
    for entry in entries:
        if hasattr(entry.deed, "digest"):
            assert colleague.attachment(entry.deed.digest) == journal.attachment(entry.deed.digest)
    assert [pin.note for pin in colleague.pins()] == ["M22 here"], "no others, and no bookmarks without a note"
    assert colleague.current() is None, "the colleague decides to go on with it"
    colleague.reopen(job.id)
    assert colleague.progress(PLACE) == Progress(procedure=PLACE, current="2")
    assert colleague.machine().serial == "SN 7"


def test_what_came_before_is_taken_once_and_the_later_step_stays(
    journal: Journal, job: Job, parcel: Path, colleague: Journal, tmp_path: Path
) -> None:
    receive(colleague, parcel, silent)
    assert receive(colleague, parcel, silent)[1] == 0
    colleague.reopen(job.id)
    for _ in range(60):
        colleague._now()  # the colleague works later
    colleague.note("done by the second shift")
    colleague.save(Progress(procedure=PLACE, current="5"))
    assert receive(colleague, parcel, silent)[1] == 0
    again = colleague.progress(PLACE)
    assert again is not None and again.current == "5", "an older state does not come over a newer one"
    back = tmp_path / "back.fjob"
    hand_over(colleague, colleague.job(job.id), back, silent)
    assert receive(journal, back, silent)[1] == 1
    newer = journal.progress(PLACE)
    assert newer is not None and newer.current == "5"
    assert len(journal.jobs()) == 1


def remade(parcel: Path, change: Callable[[dict[str, Any]], object], *, files: dict[str, bytes] | None = None) -> Path:
    """A parcel with other content, its digest made anew."""
    with zipfile.ZipFile(parcel) as old:
        members = {name: old.read(name) for name in old.namelist()}
    made = json.loads(members["job.json"])
    change(made)
    members["job.json"] = json.dumps(made).encode()
    members["SHA256"] = hashlib.sha256(members["job.json"]).hexdigest().encode()
    members |= files or {}
    target = parcel.with_name("remade.fjob")
    with zipfile.ZipFile(target, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return target


def attached(made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one["deed"] for one in made["entries"] if one["deed"]["kind"] == "attached")
    return found


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda made: made.update(format="x"),
    "a newer version": lambda made: made.update(version=99),
    "no job": lambda made: made.pop("job"),
    "a field too many": lambda made: made.update(more=1),
    "an unknown kind": lambda made: made["entries"][0]["deed"].update(kind="run"),
    "a wrong type": lambda made: made["entries"][0].update(at=5),
    "a time without zone": lambda made: made["entries"][0].update(at="2026-05-04T08:00:00"),
    "an entry twice": lambda made: made["entries"].append(made["entries"][0]),
    "a hostile id": lambda made: made["entries"][0].update(id="../../x"),
    "a hostile job id": lambda made: made["job"].update(id="'; DROP TABLE job; --"),
    "a hostile digest": lambda made: attached(made).update(digest="../../../etc/passwd"),
    "a missing file": lambda made: attached(made).update(digest="ab" * 32),
    "a program as file": lambda made: attached(made).update(media_type="application/x-msdownload"),
    "another size": lambda made: attached(made).update(size=5),
    "endless text": lambda made: made["job"].update(title="x" * 200_000),
    "a huge number": lambda made: made["job"].update(number=10**400),
    "a timer for ages": lambda made: made["procedures"][0]["progress"].update(
        timers=[{"step": "1-a", "started": "2026-01-01T00:00:00Z", "seconds": 9 * 10**15}]
    ),
    "the end of time": lambda made: made["job"].update(begun="9999-12-31T23:59:59Z"),
    "the beginning of time": lambda made: made["entries"][0].update(at="0001-01-01T00:00:00Z"),
    "half a character": lambda made: made["job"].update(title="\ud800x"),
    "half a character deep inside": lambda made: made["procedures"][0]["progress"].update(current="\udfff"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_hostile_parcel_is_refused_with_a_sentence_and_nothing_is_taken_in(
    parcel: Path, colleague: Journal, change: str
) -> None:
    with pytest.raises(FieldfareError, match=r"\w"):
        receive(colleague, remade(parcel, CHANGES[change]), silent)
    assert colleague.jobs() == () and colleague.pins() == ()


def test_what_can_be_typed_can_be_handed_over(journal: Journal, colleague: Journal, tmp_path: Path) -> None:
    job = journal.begin("x" * 500, "y" * 500)
    with pytest.raises(UsageError, match="at most 500"):
        journal.name(job.id, "x" * 501)
    with pytest.raises(UsageError, match="at most 500"):
        journal.begin(order="x" * 501)
    with pytest.raises(UsageError, match="at most 500"):
        journal.use_machine(WorkMachine(maker="x" * 501))
    hand_over(journal, journal.job(job.id), tmp_path / "long.fjob", silent)
    assert receive(colleague, tmp_path / "long.fjob", silent)[0].order == "y" * 500


def test_names_of_files_keep_the_letters_that_ascii_can_spell(journal: Journal) -> None:
    job = journal.begin("Ölwechsel Größe/½ Ω", "WO-17")
    assert file_name(job, "pdf") == f"job-{job.begun.astimezone():%Y-%m-%d}-Oelwechsel-Groesse-1-2-Ohm-WO-17.pdf"
    assert attachments.file_name(3, "image/webp", "Café\x1b Tür..jpg") == "03-Cafe_Tuer.webp"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_taking_in_stops_between_two_files_and_takes_nothing(parcel: Path, colleague: Journal, after: int) -> None:
    stop = threading.Event()
    if not after:
        stop.set()

    def progress(_stage: str, done: int, total: int) -> None:
        if done == (1 if after == 1 else total):
            stop.set()

    with pytest.raises(UsageError, match="Stopped"):
        receive(colleague, parcel, progress, stop)
    assert colleague.jobs() == ()


def test_a_damaged_parcel_is_refused(
    journal: Journal, job: Job, parcel: Path, colleague: Journal, tmp_path: Path
) -> None:
    whole, entries = parcel.read_bytes(), journal.entries(job.id)
    broken = tmp_path / "broken.fjob"
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        broken.write_bytes(whole[:length])
        with pytest.raises(FieldfareError):
            receive(colleague, broken, silent)
    for at in (*range(0, len(whole), len(whole) // 40), len(whole) - 17):  # the last is in the number of a disk
        flipped = bytearray(whole)
        flipped[at] ^= 0x10
        broken.write_bytes(bytes(flipped))
        try:
            receive(colleague, broken, silent)
        except FieldfareError:
            assert colleague.jobs() == ()
        else:  # a bit that says nothing, as the time of a member
            assert colleague.entries(job.id) == entries
            colleague.wipe_everything()


def test_a_file_of_a_parcel_must_be_a_picture_that_can_be_decoded(parcel: Path, colleague: Journal) -> None:
    false = b"RIFF\x00\x00\x00\x00WEBPnonsense"
    digest = hashlib.sha256(false).hexdigest()

    def change(made: dict[str, Any]) -> None:
        attached(made).update(digest=digest, size=len(false))

    with pytest.raises(FieldfareError, match="is not the file that was attached"):
        receive(colleague, remade(parcel, change, files={f"files/{digest}": false}), silent)
    assert colleague.jobs() == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", b"nothing"), ("a.pdf", b"MZ\x90"), ("a.svg", b"<svg onload='x()'/>"), ("a.png", b""), ("a.exe", b"%PD")],
)
def test_only_photographs_and_pdf_are_attached(journal: Journal, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=name):
        journal.attach(tmp_path / name)
    assert journal.jobs() == ()


def test_a_photograph_is_encoded_anew_and_says_nothing_of_where_it_was_taken(journal: Journal, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x9286] = "GPS 48.2 16.3"
    exif[0x0112] = 6  # held upright: a quarter turn clockwise
    Image.new("RGB", (3000, 1000), "teal").save(tmp_path / "p.jpg", exif=exif)
    entry = journal.attach(tmp_path / "p.jpg")
    data = journal.attachment(entry.deed.digest)  # type: ignore[union-attr]
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (667, 2000) and not picture.getexif()
    assert b"GPS" not in data


# -- the commands


def test_a_job_from_begin_to_wipe_by_commands(
    home: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str | Path) -> str:
        assert main(["job", *map(str, arguments)]) == 0
        return capsys.readouterr().out

    assert "no job yet" in run("list")
    assert "Oil change" in run("begin", "Oil change", "--order", "WO-1", "--maker", "Korvan", "--model", "CP 200")
    run("note", "seal worn")
    run("attach", photo, "--caption", "plate")
    shown = run("show")
    assert "seal worn" in shown and "plate" in shown and "WO-1" in shown
    run("finish")
    assert json.loads(run("show", "--json"))["job"]["ended"]
    assert "current" not in run("list")
    path = json.loads(run("export", "--format", "csv", "--to", tmp_path / "r.csv", "--json"))["path"]
    assert "seal worn" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig") and path == str(tmp_path / "r.csv")
    assert (home / "reports").exists() is False
    assert str(home / "reports") in run("export")
    run("hand-over", "--to", tmp_path / "j.fjob")
    run("wipe", "1", "--yes")
    assert json.loads(run("receive", tmp_path / "j.fjob", "--json"))["new"] == 2
    run("reopen", "2")
    assert json.loads(run("list", "--json"))[0]["current"] is True
    run("wipe", "--all", "--yes")
    assert json.loads(run("list", "--json")) == []


def test_a_program_is_answered_in_json_and_people_get_their_language(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert main(["job", "note", "x"]) == 0
    capsys.readouterr()
    assert main(["job", "export", "--to", str(tmp_path / "r.md"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(tmp_path / "r.md")
    assert "Begonnen" in (tmp_path / "r.md").read_text(encoding="utf-8")
    catalogue.use("en")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show",), "no job yet"), (("show", "7"), "no job 7"), (("reopen", "x"), "no job x"), (("note", "  "), "empty"),
        (("attach", "/nowhere.jpg"), "nowhere.jpg is no file"), (("receive", "/nowhere.fjob"), "nowhere.fjob is no file"),
        (("wipe",), "Name the job"), (("wipe", "1", "--all"), "Name the job"), (("export",), "no job yet"),
        (("wipe", "--all"), "cannot be undone"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("home")
def test_what_cannot_be_done_is_a_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["job", *arguments]) == UsageError.exit_code
    assert said in capsys.readouterr().err
