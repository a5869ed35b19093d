"""Building a pack: what is redone, what is kept, what a hostile reader may not do, and what travels in the pack."""

from __future__ import annotations

import pickle
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import library
from fieldfare.assistant import Assistant
from fieldfare.domain import Answered, Drafted, Match, Place, Question, Section, Verdict
from fieldfare.errors import SourceError
from fieldfare.ingest import worker
from fieldfare.ingest.cache import Cache
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.retrieval import Embedder


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


class Stages:
    """Progress that remembers how much of each stage was to do."""

    def __init__(self) -> None:
        self.total: dict[str, int] = {}

    def __call__(self, stage: str, _done: int, total: int) -> None:
        self.total[stage] = max(total, self.total.get(stage, 0))


def test_a_second_build_redoes_only_what_changed_and_gives_the_same_bytes(
    pump_source: Path, embedder: Embedder, tmp_path: Path
) -> None:
    source = Path(shutil.copytree(pump_source, tmp_path / "korvan-cp200"))
    cache, first, second = tmp_path / "cache", Stages(), Stages()
    build(read_source(source), tmp_path / "a.fpack", embedder, first, cache=cache)
    notes = source / "notes.md"
    notes.write_text(notes.read_text("utf-8").replace("45 N·m", "48 N·m"), "utf-8")
    build(read_source(source), tmp_path / "b.fpack", embedder, second, cache=cache)
    assert first.total["drawing pictures"] == 4
    assert "drawing pictures" not in second.total
    assert second.total["understanding"] == 1
    assert 1 <= second.total["embedding"] < first.total["embedding"] / 3
    build(read_source(source), tmp_path / "cold.fpack", embedder, quiet)
    assert (tmp_path / "b.fpack").read_bytes() == (tmp_path / "cold.fpack").read_bytes()


def test_a_build_that_was_stopped_goes_on_where_it_was(pump_source: Path, embedder: Embedder, tmp_path: Path) -> None:
    def interrupt(stage: str, *_: int) -> None:
        if stage == "embedding":
            raise KeyboardInterrupt

    cache, after = tmp_path / "cache", Stages()
    with pytest.raises(KeyboardInterrupt):
        build(read_source(pump_source), tmp_path / "a.fpack", embedder, interrupt, cache=cache)
    assert not list(tmp_path.glob("*.fpack"))
    build(read_source(pump_source), tmp_path / "a.fpack", embedder, after, cache=cache)
    assert not {"reading", "understanding", "drawing pictures", "embedding"} & set(after.total)


def test_a_damaged_entry_of_the_cache_is_told(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        cache.write("ab", [worker.encode(Place(page=1)), b"no pickle"])
        entries = cache.read("ab")
        assert next(entries) == Place(page=1)
        with pytest.raises(ValueError, match="no document"):
            next(entries)


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("evil"),))


@pytest.mark.parametrize("payload", [pickle.dumps(Evil()), pickle.dumps(Path("a")), b"", b"\x80\x05garbage"])
def test_the_parent_takes_only_values_of_a_document(payload: bytes) -> None:
    with pytest.raises(ValueError, match="no document"):
        worker.decode(payload)
    section = Section(path=("a",), blocks=())
    assert worker.decode(worker.encode(section)) == section


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[worker.Worker]:
    """A worker that can be told to run code of this test, as a hostile file might."""
    monkeypatch.syspath_prepend(str(tmp_path))
    one = worker.Worker()
    yield one
    one.close()


HOSTILE = """
import os, socket, subprocess, sys, time
from pathlib import Path

def write(argument, progress):
    failed = []
    for attempt in (
        lambda: Path(argument, "written").write_text("x"), lambda: Path(argument, "folder").mkdir(),
        lambda: os.rename(Path(argument, "kept"), Path(argument, "gone")), lambda: os.unlink(Path(argument, "kept")),
        lambda: subprocess.run(["true"]), lambda: os.kill(os.getppid(), 9),
        lambda: socket.socket(socket.AF_INET), lambda: os.truncate(Path(argument, "kept"), 0),
        lambda: os.symlink("a", Path(argument, "link")), lambda: os.chmod(Path(argument, "kept"), 0),
    ):
        try:
            attempt()
        except OSError:
            failed.append(True)
    yield from ()
    if len(failed) < 10:
        raise RuntimeError(f"only {len(failed)} were refused")

def crash(argument, progress):
    yield from ()
    os.abort()

def eat(argument, progress):
    yield from ()
    hoard = [bytearray(1 << 30) for _ in range(64)]

def shout(argument, progress):
    print("x" * 1_000_000)
    yield from ()

def wait(argument, progress):
    yield from ()
    time.sleep(600)
"""


def run(one: worker.Worker, name: str, argument: str = "", stop: threading.Event | None = None) -> list[bytes]:
    cancelled = stop.is_set if stop else lambda: False
    return list(one.run(f"hostile:{name}", argument, name="evil.pdf", progress=quiet, cancelled=cancelled))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder beside `fieldfare.ingest` from which the worker can be made to run anything."""
    import fieldfare.ingest

    folder = tmp_path / "room"
    folder.mkdir()
    (folder / "kept").write_text("kept")
    package = tmp_path / "fieldfare"
    shutil.copytree(Path(fieldfare.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "tui"))
    (package / "ingest" / "hostile.py").write_text(HOSTILE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_the_reader_can_change_nothing_and_reach_nobody(room: Path, hostile: worker.Worker) -> None:
    assert run(hostile, "write", str(room)) == []
    assert [file.name for file in room.iterdir()] == ["kept"]
    assert (room / "kept").read_text() == "kept"


def test_a_reader_that_breaks_is_told_and_replaced(room: Path, hostile: worker.Worker) -> None:
    for name, why in (("crash", "SIGABRT"), ("eat", "memory"), ("missing", "AttributeError")):
        with pytest.raises(SourceError, match=why):
            run(hostile, name)
        assert run(hostile, "shout") == []
    assert room.exists()


def test_a_reader_that_hangs_can_be_stopped(room: Path, hostile: worker.Worker) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(worker.Stopped):
        run(hostile, "wait", stop=stop)
    assert room.exists()


REVISED = """
[pack]
id = "pump"
[[documents]]
path = "b.md"
title = "Pump manual"
number = "PM-1"
revision = "B"
[[documents]]
path = "c.md"
title = "Pump manual"
number = "PM-1"
revision = "C"
supersedes = "PM-1 B"
[terms.abbreviations]
SLV = "suction line valve"
[hazards]
scheme = "ANSI Z535"
"""
OLD = """# Service
## 2.1 Tightening torques
The drain plug is tightened to 45 N·m and the housing bolts to 50 N·m.
## 2.2 Storage
Store the pump dry. The desiccant bag is renewed every 6 months.
## 2.4 Interlock
The interlock S14 must never be removed.
"""
NEW = """# Service
## 2.2 Tightening torques
The drain plug is tightened to 38 N·m and the housing bolts to 50 N·m.
## 2.3 Valves
WARNING: Hot water.

The suction line valve opens at 0.3 bar and closes at 0.2 bar. The CO₂ cartridge holds 16 g.
## 2.4 Interlock
The interlock S14 must never be removed.
"""


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("revised")
    for name, text in (("pack.toml", REVISED), ("b.md", OLD), ("c.md", NEW)):
        (folder / name).write_text(text, "utf-8")
    build(read_source(folder), folder / "p.fpack", embedder, quiet)
    archive = Archive(folder / "p.fpack")
    yield Assistant(library.Shelf(archives=(archive,), packs=(), problems=()), embedder, None)
    archive.close()


def answer(assistant: Assistant, text: str) -> Answered:
    events = list(assistant.ask(Question(text=text), threading.Event()))
    assert isinstance(events[-1], Answered)
    drafted = tuple(event.statement for event in events if isinstance(event, Drafted))
    assert drafted == events[-1].answer.statements
    return events[-1]


def test_where_two_revisions_disagree_the_newer_answers_and_the_older_is_marked(revised: Assistant) -> None:
    given = answer(revised, "What is the tightening torque of the drain plug?").answer
    assert "38 N·m" in given.statements[0].text
    assert given.statements[0].citation.passage.caveats == ()
    (older,) = given.statements[1:]
    assert older.text.startswith("Superseded B, no longer valid: The drain plug is tightened to 45")
    assert older.citation.passage.caveats == ("superseded by Pump manual C",)


def test_a_superseded_page_alone_is_not_an_answer(revised: Assistant) -> None:
    given = answer(revised, "How often is the desiccant bag renewed?").answer
    assert given.verdict is Verdict.REFUSED
    assert not any("6 months" in one.text for one in given.statements)
    assert any("6 months" in one.passage.text and one.passage.superseded_by for one in given.evidence)


def test_what_both_revisions_say_is_current(revised: Assistant) -> None:
    given = answer(revised, "May the interlock S14 be removed?").answer
    assert [one.text for one in given.statements] == ["The interlock S14 must never be removed."]
    assert given.statements[0].citation.passage.caveats == ()


def test_a_document_that_supersedes_nothing_is_told(tmp_path: Path) -> None:
    for name, text in (("pack.toml", REVISED.replace("PM-1 B", "PM B")), ("b.md", OLD), ("c.md", NEW)):
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(SourceError, match=r"'PM B', which is no document of this pack\. It has: .*PM-1 B.*Pump manual"):
        build(read_source(tmp_path), tmp_path / "p.fpack", None, quiet)


def test_a_formula_is_found_as_it_is_typed(revised: Assistant) -> None:
    found = revised.search(Question(text="CO2"))
    assert "CO₂" in found[0].passage.text
    assert Match.WORDS in found[0].matched_by


def test_an_abbreviation_finds_its_long_form(revised: Assistant) -> None:
    found = revised.search(Question(text="SLV opens at"))
    assert "suction line valve" in found[0].passage.text
    assert found[0].coverage > 0.9  # what stands for a word counts a little less than the word


def test_the_house_scheme_is_kept_with_the_warning(revised: Assistant) -> None:
    found = revised.search(Question(text="suction line valve closes"))
    assert [(hazard.scheme, hazard.text) for hazard in found[0].passage.hazards] == [("ANSI Z535", "Hot water.")]


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ('[pack]\nid = "a"\ntitel = "x"\n', "has no 'titel'"),
        ('[packs]\nid = "a"\n', r"\[packs\] is not known"),
        ('[[documents]]\npath = "a.md"\nrevison = "C"\n', "has no 'revison'"),
        ('[terms]\nsynonyms = ["a"]\n', "terms.synonyms must be a table"),
        ('[pack]\nquestions = "../a.md"\n', "which is not below"),
        ('[pack]\nquestions = "q.jsonl"\n', "there is no such file"),
        ('[pack]\nlanguage = "english"\n', "must be a code such as en"),
    ],
)
def test_a_mistake_in_pack_toml_is_told(tmp_path: Path, config: str, sentence: str) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    for file in (tmp_path / "a.md", folder / "a.md"):
        file.write_text("# A\n\nText.\n")
    (folder / "pack.toml").write_text(config)
    with pytest.raises(SourceError, match=sentence):
        read_source(folder)


def test_all_files_that_cannot_be_read_are_told_together(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf", "c.docx"):
        (tmp_path / name).write_bytes(b"damaged")
    (tmp_path / "good.md").write_text("# A\n\nText.\n")
    with pytest.raises(SourceError) as raised:
        build(read_source(tmp_path), tmp_path / "p.fpack", None, quiet)
    assert all(name in str(raised.value) for name in ("a.pdf", "b.pdf", "c.docx"))


def test_the_language_is_found_out_where_nobody_says_it(tmp_path: Path, embedder: Embedder) -> None:
    text = "# Pumpe\n\nDie Schrauben der Pumpe werden mit einem Drehmoment von 25 N·m angezogen und nicht geölt.\n"
    (tmp_path / "pumpe.md").write_text(text, "utf-8")
    report = build(read_source(tmp_path), tmp_path / "p.fpack", embedder, quiet)
    assert report.manifest.language == "de"
    assert any("learned from English" in remark.text for remark in report.remarks)


def test_retrieval_works_on_what_was_built(pump: Archive, embedder: Embedder) -> None:
    found = Retriever([pump], embedder).search(Question(text="E21")).evidence[0].passage
    assert "Over-voltage" in found.text
