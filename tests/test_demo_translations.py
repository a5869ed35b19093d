"""The demo pack's approved translations, as a device shows them: every warning, step and number of its commonest procedure."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare.domain import BlockKind
from fieldfare.domain.translation import Outcome, Text
from fieldfare.ingest.contents import Contents, PackFile
from fieldfare.ingest.creator import build
from fieldfare.ingest.lint import lint
from fieldfare.ingest.pretranslation import pretranslate, review
from fieldfare.ingest.questions import read_questions
from fieldfare.ingest.segments import segments
from fieldfare.ingest.sources import read_source
from fieldfare.ingest.tmx import read_tmx, write_tmx
from fieldfare.ingest.units import State
from fieldfare.ingest.xliff import read_xliff, write_xliff
from fieldfare.pack.archive import Archive
from fieldfare.signal_words import signal_word
from fieldfare.text import squeeze
from fieldfare.translation.memory import Memory
from fieldfare.translation.terminology import Terminology
from fieldfare.translation.translator import Translator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.domain import Passage

SOURCE = Path(__file__).resolve().parents[1] / "packs" / "halden-gs40"
LANGUAGES = ("de", "es", "fr")
PROCEDURE = "8.2 Change the engine oil and the oil filter"
BEFORE = "8.1 Make the set safe for work"  # which its first step asks for
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("demo") / "demo.fpack"
    build(read_source(SOURCE), target, None, lambda *_: None)
    return target


@pytest.fixture(scope="module")
def contents(file: Path) -> Contents:
    with PackFile(file) as pack:
        return pack.read()


@pytest.fixture(scope="module")
def archive(file: Path) -> Iterator[Archive]:
    opened = Archive(file)
    yield opened
    opened.close()


def numbers(text: str) -> Counter[str]:
    return Counter(one.replace(",", ".") for one in NUMBER.findall(text))


def same_numbers(source: str, translated: str) -> bool:
    """Whether a translation has the numbers of its source; what is a word there may be a digit here."""
    words = Counter({"2": source.count("two"), "4": source.count("four")})
    return numbers(source) <= numbers(translated) <= numbers(source) + words


def passages(archive: Archive, contents: Contents, *sections: str) -> list[Passage]:
    every = archive.passages(contents.passages).values()
    return [one for one in every if not sections or (one.heading and one.heading[-1] in sections)]


def test_the_procedure_is_the_one_that_is_asked_for_most() -> None:
    asked = Counter(one.section for one in read_questions(SOURCE / "questions.jsonl") if one.section.startswith("8."))
    assert asked.most_common(1)[0][0] == PROCEDURE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_is_approved_with_its_numbers_and_its_signal_word(
    archive: Archive, contents: Contents, language: str
) -> None:
    memory = Memory([archive])
    hazards = [element.block for _, element in contents.elements(BlockKind.HAZARD)]
    assert len(hazards) == 73
    for block in hazards:
        match = memory.lookup(block.text, "en", language, pack="halden-gs40")
        assert match is not None and match.approved and match.score == 1, block.text
        assert match.text != block.text and match.approved_by
        assert same_numbers(block.text, match.text)
        assert signal_word(block.signal_word, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_procedure_is_complete_in_every_language(archive: Archive, contents: Contents, language: str) -> None:
    translator = Translator(None, memory=Memory([archive]), terminology=Terminology([archive]))
    shown = passages(archive, contents, PROCEDURE, BEFORE)
    assert (
        sum(one.kind is BlockKind.STEP for one in shown) >= 2
        and sum(one.kind is BlockKind.HAZARD for one in shown) == 3
    )
    texts = [Text(text=one.text, context=" > ".join(one.heading), hazard=one.kind is BlockKind.HAZARD) for one in shown]
    made = dict(translator.translate(texts, "en", language, pack="halden-gs40"))
    for index, passage in enumerate(shown):
        rendering = made[index]
        assert rendering.approved, rendering.text
        assert not any(one.outcome is Outcome.ORIGINAL for one in rendering.sentences)
        assert same_numbers(passage.text, rendering.text)
        assert rendering.text.count("\n") == passage.text.count("\n")
    steps = [made[index].text for index, one in enumerate(shown) if one.kind is BlockKind.STEP]
    marks = [re.findall(r"(?m)^\s*\d+\. ", one) for one in steps]
    assert marks == [re.findall(r"(?m)^\s*\d+\. ", one.text) for one in shown if one.kind is BlockKind.STEP]
    assert "8,5 L" in "".join(steps) and "8.5 L" not in "".join(steps)
    assert "45 N·m" in "".join(steps) and "(T1)" in "".join(steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_tables_headings_and_figure_are_there_too(archive: Archive, contents: Contents, language: str) -> None:
    memory = Memory([archive])

    def said(text: str) -> str:
        match = memory.lookup(text, "en", language, pack="halden-gs40")
        assert match is not None and match.approved, text
        assert same_numbers(text, match.text)
        return match.text

    torques = passages(archive, contents, "7.7 Tightening torques")
    assert len(torques) == 41
    for passage in torques:
        said(passage.text)
    parts = ("HG101-0005", "HG101-0006", "HG101-0010", "HG101-0011", "HG101-0020", "HG101-0022")
    rows = [one for one in passages(archive, contents, "11.1 How to order") if any(part in one.text for part in parts)]
    assert len(rows) == len(parts)
    for passage in rows:
        translated = said(passage.text)
        assert all(part in translated for part in parts if part in passage.text)
    figure = next(one for one in passages(archive, contents, PROCEDURE) if one.kind is BlockKind.FIGURE)
    assert "8-1" in said(figure.text)
    for heading in (PROCEDURE, BEFORE, "8 Service procedures", "7.7 Tightening torques", "11.1 How to order"):
        said(heading)


def test_no_translation_changes_a_number_or_contradicts_another(contents: Contents) -> None:
    flaws = [one for one in lint(contents, lambda _: False, lambda *_: None) if "translat" in one.code]
    assert [one for one in flaws if one.code != "translation-doubt"] == []
    assert {one.target_language for one in contents.translations} == set(contents.languages) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_translations_keep_to_the_packs_own_terms(archive: Archive, contents: Contents, language: str) -> None:
    terms = Terminology([archive])
    mine = [one for one in contents.translations if one.target_language == language]
    assert len(mine) > 150
    assert [why for one in mine if (why := terms.problem(one.source, one.target, "en", language))] == []
    assert sum(bool(terms.terms_in(one.source, "en", language)) for one in mine) > 60


@pytest.mark.parametrize("form", ["xliff", "tmx"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_procedure_comes_back_from_its_translators_as_it_went(
    archive: Archive, contents: Contents, tmp_path: Path, language: str, form: str
) -> None:
    search = Memory([archive]).of("en", language, pack="halden-gs40")
    assert search is not None
    wanted = [one for one in segments(contents) if any(name in one.context for name in (PROCEDURE, BEFORE))]
    kinds = Counter(one.kind for one in wanted)
    assert kinds[BlockKind.STEP.value] >= 20 and kinds[BlockKind.HAZARD.value] == 3
    sent = list(pretranslate(wanted, ("en", language), lambda one: search.find(one.text), None, ()))
    paper = tmp_path / f"review.{form}"
    if form == "tmx":
        paper.write_bytes(write_tmx(sent, "en"))
        back = read_tmx(paper, "en")
    else:
        paper.write_bytes(write_xliff(sent, "en", language, "halden-gs40"))
        back = read_xliff(paper)
    judged = review(back, least=State.APPROVED, by="somebody else", on="2026-01-01")
    assert (judged.refused, judged.open) == ((), 0)
    taken = {squeeze(one.source): one for one in judged.taken}
    for one in wanted:
        match = search.find(one.text)
        assert match is not None and taken[one.text].target == match.text
        assert taken[one.text].approved_by == match.approved_by != "somebody else"
        assert same_numbers(one.text, taken[one.text].target)
