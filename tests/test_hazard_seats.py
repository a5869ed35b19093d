"""Every warning that protects what is shown stands before it, whole: over every passage and section of the packs at hand."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.geometry import Region
from textual.widgets import Static

import hazard_oracle
from fieldfare.assistant import Assistant
from fieldfare.cli import questions
from fieldfare.domain import Answered, BlockKind, Citation, InstalledPack, Question
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.library import Shelf
from fieldfare.pack.archive import Archive
from fieldfare.text import clean
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.messages import Target
from fieldfare.tui.screens.ask import AskScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.turn import Turn
from fieldfare.tui.widgets.answer import AnswerColumn
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.rows import CitedGroup, EvidenceRow
from fieldfare.tui.widgets.section import SectionPane
from fieldfare.tui.widgets.wrapped import Wrapped
from tui.screen import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.widget import Widget

    from fieldfare.domain import Answer, Passage, SectionView
    from hazard_oracle import Said

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "manuals"
SOURCES = {
    "demo": ROOT / "packs" / "halden-gs40",
    "farmbot-express": SHARED / "farmbot-express",
    "evcc": SHARED / "evcc" / "src" / "content" / "docs" / "en",
    "morserino": SHARED / "morserino" / "user-manual-v7-en.pdf",
}
EVERY = {"demo": 6, "farmbot-express": 5, "evcc": 40, "morserino": 40}  # each how manieth passage is asked for


class Opened:
    """A pack with the assistant that answers from it, by words alone, and the oracle that knows its warnings."""

    def __init__(self, path: Path) -> None:
        self.archive = Archive(path)
        made = self.archive.manifest
        installed = InstalledPack(
            manifest=made, path=str(path), size=1, bundled=True, signature="came with the program"
        )
        self.assistant = Assistant(Shelf(archives=(self.archive,), packs=(installed,), problems=()), None, None)
        self.oracle = hazard_oracle.read(path)
        self.passages = self.archive.passages(range(1, made.passages + 1))

    def needed(self, id_: int) -> set[Said]:
        return self.oracle.needed.get(id_, set())


@pytest.fixture(
    scope="module",
    params=["pump", "demo", *(pytest.param(name, marks=pytest.mark.slow) for name in SOURCES if name != "demo")],
)
def opened(
    request: pytest.FixtureRequest, pump_pack: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = pump_pack
    if request.param != "pump":
        source = SOURCES[request.param]
        if not source.exists():
            pytest.skip(f"{source.name} is not beside this checkout")
        path = tmp_path_factory.mktemp("seats") / f"{request.param}.fpack"
        build(read_source(source), path, None, lambda *_: None)
    one = Opened(path)
    yield one
    one.assistant.close()


def asked_for(one: Opened, name: str) -> list[Passage]:
    """Passages to ask for by their own words: all of a small pack, of a large one each so manieth and the first of each
    section that has warnings.
    """
    chosen = {id_: passage for id_, passage in one.passages.items() if id_ % EVERY.get(name, 1) == 0}
    for passages in one.oracle.sections.values():
        warned = [id_ for id_ in passages if one.needed(id_)]
        chosen |= {id_: one.passages[id_] for id_ in warned[:1]}
    return [chosen[id_] for id_ in sorted(chosen)][:200]


def squeezed(text: str) -> str:
    """A text without white space and the bars and marks that a screen draws, as it can be compared across line ends."""
    return re.sub(r"[\s▎▊▌▐▁-▉▔⚠▲]", "", clean(text))


def spoken(said: Said) -> str:
    word, scheme, text = said
    return squeezed(f"{word} ({scheme}): {text}" if scheme else f"{word}: {text}")


def command(run: Callable[[argparse.Namespace], int], text: str, *, as_json: bool = False) -> argparse.Namespace:
    return argparse.Namespace(
        question=[text],
        json=as_json,
        pack=[],
        machine="",
        language="",
        original=False,
        after=[],
        draft=False,
        limit=5,
        figures=False,
        run=run,
    )


@pytest.fixture
def output_of(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[argparse.Namespace], str]:
    """What a command prints, asked of the pack."""

    @contextlib.contextmanager
    def assistant(*_: object, **__: object) -> Iterator[Assistant]:
        yield opened.assistant

    monkeypatch.setattr(questions, "_assistant", assistant)

    def run(options: argparse.Namespace) -> str:
        capsys.readouterr()
        options.run(options)
        return capsys.readouterr().out

    return run


def answer_of(one: Opened, text: str) -> Answered:
    events = list(one.assistant.ask(Question(text=text), threading.Event()))
    assert isinstance(events[-1], Answered)
    return events[-1]


def check_every_passage_carries_its_hazards(one: Opened) -> None:
    for id_, passage in one.passages.items():
        carried = {(hazard.signal_word, hazard.scheme, hazard.text) for hazard in passage.hazards}
        assert one.needed(id_) <= carried, passage.text[:80]


def check_answers(one: Opened, asked: list[Passage], output_of: Callable[[argparse.Namespace], str]) -> int:
    """Text and JSON of the answers to some passages' own words; how many warnings were looked for."""
    looked = 0
    for passage in asked:
        answer = answer_of(one, passage.text[:300]).answer
        printed = squeezed(output_of(command(questions._ask, passage.text[:300])))
        told = json.loads(output_of(command(questions._ask, passage.text[:300], as_json=True)))
        assert list(told).index("hazards") < list(told).index("answer") < list(told).index("statements")
        listed = {(hazard["signal_word"], hazard["scheme"], hazard["text"]) for hazard in told["hazards"]}
        for statement in answer.statements:
            needed = one.needed(statement.citation.passage.id)
            looked += len(needed)
            at = printed.index(squeezed(statement.text))
            assert needed <= listed
            for said in needed:
                assert 0 <= printed.find(spoken(said)) < at, (said, statement.text)
    return looked


def check_searches(one: Opened, asked: list[Passage], output_of: Callable[[argparse.Namespace], str]) -> None:
    for passage in asked:
        found = one.assistant.search(Question(text=passage.text[:300]), 5)
        printed = re.split(r"(?m)^\[\d\] ", output_of(command(questions._search, passage.text[:300])))[1:]
        told = json.loads(output_of(command(questions._search, passage.text[:300], as_json=True)))["evidence"]
        assert len(found) == len(printed) == len(told)
        for one_found, chunk, row in zip(found, printed, told, strict=True):
            needed = one.needed(one_found.passage.id)
            listed = {(hazard["signal_word"], hazard["scheme"], hazard["text"]) for hazard in row["hazards"]}
            assert needed <= listed
            assert list(row).index("hazards") < list(row).index("text")
            body = squeezed(chunk)
            for said in needed:
                at = body.find(spoken(said))
                # Past the line that says where it stands: there the text of the passage may stand as a title.
                assert at >= 0
                assert squeezed(one_found.passage.text)[:60] not in body[len(squeezed(chunk.split("\n")[0])) : at]


def check_sections(one: Opened) -> None:
    """Read block by block, every warning has come before the first block that it protects."""
    for section, ids in one.oracle.sections.items():
        view = one.archive.section(one.passages[ids[0]])
        seen = {(hazard.signal_word, hazard.scheme, hazard.text) for hazard in view.hazards}
        numbers = one.oracle.blocks[section]
        assert len(numbers) == len(view.blocks)
        come: dict[int, set[Said]] = {}
        for number, block in zip(numbers, view.blocks, strict=True):
            if block.kind is BlockKind.HAZARD:
                seen.add((block.signal_word, block.scheme, block.text))
            come[number] = set(seen)
        for said, first in one.oracle.before[section]:
            assert said in come[first], (view.heading, said)


def test_every_passage_carries_its_hazards(opened: Opened) -> None:
    check_every_passage_carries_its_hazards(opened)


def test_every_section_shows_its_hazards_first(opened: Opened) -> None:
    check_sections(opened)


def test_every_answer_and_search_shows_its_hazards_first(
    opened: Opened, request: pytest.FixtureRequest, output_of: Callable[[argparse.Namespace], str]
) -> None:
    asked = asked_for(opened, request.node.callspec.params["opened"])
    looked = check_answers(opened, asked, output_of)
    assert looked or not any(opened.oracle.needed.values())
    check_searches(opened, asked[::4], output_of)


def drawn(column: Widget) -> str:
    """All that a column draws, from top to bottom, also what is scrolled away: every widget at the size that it was given."""
    parts = []
    for widget in column.walk_children():
        if isinstance(widget, Static | Wrapped) and widget.region.area and widget.id != "onward":
            strips = widget.render_lines(Region(0, 0, *widget.outer_size))
            parts.append((widget.region.y, "".join(strip.text for strip in strips)))
    return squeezed("".join(text for _, text in sorted(parts, key=lambda part: part[0])))


def stands_before(said: Said, at: int, text: str) -> bool:
    """Whether a warning is drawn whole before a place: its word and scheme on the band or line, then its words."""
    word, scheme, body = map(squeezed, said)
    where = text.find(body)
    led = text[max(0, where - len(word) - len(scheme) - 12) : where]
    return where >= 0 and where + len(body) <= at and word in led and scheme in led


def check_column(one: Opened, column: AnswerColumn, answer: Answer) -> None:
    text = drawn(column)
    for statement in answer.statements:
        at = text.index(squeezed(statement.text))
        for said in one.needed(statement.citation.passage.id):
            assert stands_before(said, at, text), (said, statement.text)
    for row in column.query(EvidenceRow):
        passage = row.target.passage
        line = squeezed("\n".join(content.plain for content in row.lines(row.size.width)))
        shown = text.find(line) + line.find(squeezed(passage.text)[:20])
        if row.display and squeezed(passage.text)[:20] in line:
            assert all(stands_before(said, shown, text) for said in one.needed(passage.id)), line


def is_drawn(turn: Turn, column: AnswerColumn) -> bool:
    """Whether all that has come of an answer has its place in the column."""
    parts = [*column.query(HazardBox), *column.query(CitedGroup)]
    proved = [statement for group in column.query(CitedGroup) for statement in group._statements]
    return proved == turn.statements and all(part.region.area for part in parts)


async def check_screens(one: Opened, size: tuple[int, int], passages: list[Passage]) -> None:
    """Each passage asked for by its own words and opened for reading: the column and the section, scrolled through."""
    app = FieldfareApp(one.assistant)
    async with app.run_test(size=size) as pilot:
        ask = app.screen
        assert isinstance(ask, AskScreen)
        for passage in passages:
            ask.ask(passage.text[:300])
            turn = ask._turn
            assert turn is not None
            column = ask.query_one(AnswerColumn)
            await until(pilot, lambda turn=turn: not turn.running)
            await until(pilot, lambda turn=turn, column=column: is_drawn(turn, column))
            assert turn.answer is not None
            check_column(one, column, turn.answer)
            app.push_screen(ReadingScreen(app.desk, Target(passage=passage, warned=False)))
            await until(pilot, lambda: any(path.region.area for path in app.screen.query("SectionPane .path")))
            pane = app.screen.query_one(SectionPane)
            text = drawn(pane)
            at = text.find(squeezed(passage.text.split("\n")[0])[:40])
            if passage.kind in {BlockKind.PARAGRAPH, BlockKind.STEP} and at >= 0:
                assert all(stands_before(said, at, text) for said in one.needed(passage.id)), passage.text[:80]
            assert pane.scroll_offset.y == 0
            app.pop_screen()
            await pilot.pause()


@pytest.mark.parametrize("size", [(40, 15), (80, 24)], ids=["40x15", "80x24"])
def test_every_screen_shows_its_hazards_first(
    opened: Opened, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    found = asked_for(opened, request.node.callspec.params["opened"])
    warned = [passage for passage in found if opened.needed(passage.id)]
    asyncio.run(check_screens(opened, size, warned[:: max(1, len(warned) // 6)]))


# Broken on purpose: each line of the product that keeps the rule must be missed by the checks.


def test_the_checks_miss_an_answer_without_its_hazards(
    opened: Opened, output_of: Callable[[argparse.Namespace], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    warned = [passage for id_, passage in opened.passages.items() if opened.needed(id_)]
    if not warned:
        pytest.skip("the pack has no warning that protects a passage")
    monkeypatch.setattr(Citation, "warnings", property(lambda _: ()))
    with pytest.raises(AssertionError):
        check_answers(opened, warned[:20], output_of)


def test_the_checks_miss_a_section_without_the_hazards_above_it(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(archive: Archive, passage: Passage) -> SectionView:
        return replace(whole(archive, passage), hazards=())

    whole = Archive.section
    ahead = any(whole(opened.archive, opened.passages[ids[0]]).hazards for ids in opened.oracle.sections.values())
    if not ahead:
        pytest.skip("every warning of the pack is printed before what it protects")
    monkeypatch.setattr(Archive, "section", bare)
    with pytest.raises(AssertionError):
        check_sections(opened)


def test_the_checks_miss_a_screen_that_forgets_a_hazard(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    warned = [passage for id_, passage in opened.passages.items() if opened.needed(id_)]
    if not warned:
        pytest.skip("the pack has no warning that protects a passage")
    monkeypatch.setattr(Turn, "_add_hazards", lambda *_: None)
    with pytest.raises(AssertionError):
        asyncio.run(check_screens(opened, (80, 24), warned[:4]))
