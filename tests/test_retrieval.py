from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldfare.domain import Match, Question, Reading
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive
from fieldfare.retrieval import Retriever
from fieldfare.retrieval.query import understand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fieldfare.retrieval import Embedder

HOSTILE = [
    'pump" OR 1=1 --',
    "NEAR(pump motor, 5) AND NOT heading: x*",
    "pump-12 10.5mm what's",
    "{}[]()^$*+?|\\",
    "\x00\x1b[31mpump\x07",
    "\u202egnir-O\u202c pump",
    "מה המומנט של פקק הניקוז",
    "pump " * 20_000,
    "A" * 100_000,
    "🔧🔧🔧",
    "' ; DROP TABLE passage; --",
    "E21" * 500,
]


@pytest.mark.parametrize("spelling", ["E21", "E-21", "e 21", "e21", "what is E 21?", "fault e-21", "ALARM E21!"])
def test_a_code_is_found_in_every_spelling(pump: Archive, embedder: Embedder, spelling: str) -> None:
    best = Retriever([pump], embedder).search(Question(text=spelling)).evidence[0]
    assert best.passage.text.startswith("Code: E21\n")
    assert best.matched_by[0] is Match.IDENTIFIER


def test_a_code_is_found_without_its_leading_zero(pump: Archive) -> None:
    best = Retriever([pump], None).search(Question(text="E7")).evidence[0]
    assert best.passage.text.startswith("Code: E07")


def test_words_find_without_an_embedder(pump: Archive) -> None:
    best = Retriever([pump], None).search(Question(text="gearbox oil quantity")).evidence[0]
    assert "2.6 L" in best.passage.text or "container" in best.passage.text


def test_meaning_finds_other_words(pump: Archive, embedder: Embedder) -> None:
    finding = Retriever([pump], embedder).search(Question(text="how heavy is it"))
    assert any("4.8 kg" in one.passage.text for one in finding.evidence[:5])


def test_unknown_codes_are_named(pump: Archive, embedder: Embedder) -> None:
    retriever = Retriever([pump], embedder)
    assert retriever.search(Question(text="what does E99 mean")).unknown == ("E99",)
    assert retriever.search(Question(text="what does E21 mean")).unknown == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_questions_are_only_questions(pump: Archive, embedder: Embedder, text: str) -> None:
    for engine in (embedder, None):
        finding = Retriever([pump], engine).search(Question(text=text))
        assert 0 <= finding.support <= 1


@given(st.text(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_a_search(pump: Archive, text: str) -> None:
    evidence = Retriever([pump], None).search(Question(text=text)).evidence
    assert [one.rank for one in evidence] == list(range(1, len(evidence) + 1))
    assert all(0 <= one.score <= 1 for one in evidence)


def test_vectors_of_another_embedder_are_never_compared(pump: Archive, embedder: Embedder) -> None:
    class Foreign:
        identity = type(embedder.identity)(name="other", version="1", dimension=384, digest="0")

        def encode(self, texts: object) -> object:
            return embedder.encode(texts)  # type: ignore[arg-type]

    evidence = Retriever([pump], Foreign()).search(Question(text="how heavy is it")).evidence  # type: ignore[arg-type]
    assert all(Match.MEANING not in one.matched_by for one in evidence)


def test_only_the_chosen_packs_are_searched(pump: Archive) -> None:
    retriever = Retriever([pump], None)
    assert retriever.search(Question(text="drain plug", packs=("other",))).evidence == ()
    assert retriever.search(Question(text="drain plug", packs=("korvan-cp200",))).evidence


SPOOLS = """# Winder W7

## Power

The power supply unit gives 24 V. The motor draws 3.5 A.

## Reels

Take the reel off before the brake is adjusted. Keep every band of the drum and its cover clean.

The drum brake has a gap of 10,5 mm.

## Hauling

Pour the oil slowly. The headlight of the trolley is switched off while it hauls.
"""
PUMPS = """# Ladepumpe LP3

## Aufstellen

Die Ladestationen werden an der Wand befestigt. Der Ölwechsel ist alle 500 Betriebsstunden fällig.

## Störungen

Bei Überdruck öffnet das Sicherheitsventil.
"""


def packed(folder: Path, name: str, text: str, language: str, model: str = "") -> Archive:
    source = folder / name
    source.mkdir()
    (source / "manual.md").write_text(text, encoding="utf-8")
    machine = f'[[machines]]\nmaker = "Korvan"\nmodel = "{model}"\n' if model else ""
    toml = f'[pack]\nid = "{name}"\nversion = "1"\ntitle = "{name}"\nlanguage = "{language}"\n{machine}'
    (source / "pack.toml").write_text(toml + '[[documents]]\npath = "manual.md"\n', encoding="utf-8")
    build(read_source(source), folder / f"{name}.fpack", None, lambda *_: None)
    return Archive(folder / f"{name}.fpack")


@pytest.fixture(scope="module")
def winder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = packed(tmp_path_factory.mktemp("winder"), "winder", SPOOLS, "en", "W7")
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def charger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = packed(tmp_path_factory.mktemp("charger"), "lader", PUMPS, "de", "LP3")
    yield archive
    archive.close()


def first(archive: Archive, text: str) -> str:
    evidence = Retriever([archive], None).search(Question(text=text)).evidence
    return evidence[0].passage.text if evidence else ""


@pytest.mark.parametrize("spelling", ["E2l", "E2I", "what is EO7?", "eo7", "e 2l"])
def test_letters_that_look_like_digits_are_forgiven(pump: Archive, spelling: str) -> None:
    assert first(pump, spelling).startswith("Code: E07" if "o" in spelling.lower() else "Code: E21")


@pytest.mark.parametrize("text", ["alarm 22", "fault code 22", "error no. 22"])
def test_a_code_is_found_by_its_number(pump: Archive, text: str) -> None:
    assert first(pump, text).startswith("Code: E22")


@pytest.mark.parametrize("text", ["gaerbox oil", "geabox oil", "gearbx oil", "gearboxx oil"])
def test_typing_errors_are_forgiven(pump: Archive, text: str) -> None:
    found = Retriever([pump], None).search(Question(text=text))
    assert "gearbox holds" in found.evidence[0].passage.text
    assert found.signals.coverage > 0.7


def test_a_half_typed_word_is_completed(pump: Archive) -> None:
    assert not pump.frequency("contai")
    found = Retriever([pump], None).search(Question(text="contai")).evidence
    assert "container" in found[0].passage.text.lower()


def test_a_word_that_stands_in_the_manual_is_never_corrected(winder: Archive) -> None:
    assert "reel" in first(winder, "reel")
    assert [group.phrases for group in understand("reel", [winder]).groups] == [{"reel": 1.0}]


def test_of_words_that_tell_little_the_one_that_stands_everywhere_is_left_out(tmp_path: Path) -> None:
    texts = [f"## {name}\n\nThe reel {name} is wound by the left hand." for name in ("A", "B", "C", "D")]
    archive = packed(tmp_path, "reels", "\n\n".join(["# Reels", *texts, "## Places", "Where is it?"]), "en")
    assert archive.frequency("the") > archive.manifest.passages / 2 >= archive.frequency("where")
    assert [group.word for group in understand("where the", [archive]).groups] == ["where"]
    assert [group.word for group in understand("the", [archive]).groups] == ["the"]
    archive.close()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("psu", "power supply unit"),
        ("10.5mm gap", "10,5 mm"),
        ("10,5 mm", "10,5 mm"),
        ("head light", "headlight"),
        ("pour", "Pour the oil"),
        ("hauled", "hauls"),
    ],
)
def test_words_are_found_however_they_are_written(winder: Archive, asked: str, wanted: str) -> None:
    assert wanted in first(winder, asked)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("Station", "Ladestationen"),
        ("Ladestation befestigen", "Ladestationen"),
        ("Oelwechsel", "Ölwechsel"),
        ("wann muss ich das Öl wechseln", "Ölwechsel"),
        ("Ventil", "Sicherheitsventil"),
    ],
)
def test_german_is_found_by_its_stems_and_the_parts_of_compounds(charger: Archive, asked: str, wanted: str) -> None:
    assert wanted in first(charger, asked)


def test_words_that_stand_together_beat_the_same_words_apart(winder: Archive) -> None:
    assert "10,5 mm" in first(winder, "drum brake")


def test_scaffolding_of_a_question_weighs_nothing(winder: Archive) -> None:
    retriever = Retriever([winder], None)
    bare, dressed = (retriever.search(Question(text=text)) for text in
                     ("drum brake gap", "please can you tell me what is the drum brake gap"))  # fmt: skip
    assert [one.passage.id for one in bare.evidence] == [one.passage.id for one in dressed.evidence]
    assert dressed.signals.coverage == 1.0


def test_a_machine_that_was_chosen_rules_the_others_out(winder: Archive, pump: Archive) -> None:
    retriever = Retriever([pump, winder], None)
    for machine, pack in (("Korvan W7", "winder"), ("w7", "winder"), ("CP200", "korvan-cp200")):
        found = retriever.search(Question(text="oil", machine=machine)).evidence
        assert found and {one.passage.pack for one in found} == {pack}
    assert len({one.passage.pack for one in retriever.search(Question(text="oil")).evidence}) == 2


def test_the_order_does_not_depend_on_the_order_of_the_packs(winder: Archive, pump: Archive) -> None:
    one, other = (Retriever(packs, None).search(Question(text="oil")) for packs in ([winder, pump], [pump, winder]))
    assert one == other


def test_a_reader_is_not_asked_in_a_language_that_it_does_not_know(winder: Archive) -> None:
    class Foreign:
        def reads(self, language: str) -> bool:
            return language == "de"

        def read(self, question: str, texts: Sequence[str], leads: Sequence[str] = ()) -> tuple[Reading, ...]:
            raise AssertionError(question)

    question = Question(text="what is switched, the brake or the oil drum?")
    assert Retriever([winder], None, reader=Foreign()).search(question) == Retriever([winder], None).search(question)


def test_the_reader_has_a_say_in_the_order(winder: Archive) -> None:
    heard = []

    class Insistent:
        def reads(self, language: str) -> bool:
            return language == "en"

        def read(self, question: str, texts: Sequence[str], leads: Sequence[str] = ()) -> tuple[Reading, ...]:
            heard.append(question)
            return tuple(Reading(answers=40.0 * ("trolley" in text), start=0, end=1, span=0.0) for text in texts)

    title = Question(text="switched brake oil drum rope winch")
    question = Question(text="what is switched, the brake or the oil drum?")
    assert "trolley" not in Retriever([winder], None, reader=Insistent()).search(title).evidence[0].passage.text
    assert "trolley" not in Retriever([winder], None).search(question).evidence[0].passage.text
    read = Retriever([winder], None, reader=Insistent()).search(question)
    assert "trolley" in read.evidence[0].passage.text
    assert read.signals.answers == 40.0
    Retriever([winder], None, reader=Insistent()).search(Question(text="brake oil drum"))
    assert heard == [title.text, question.text, "what is the brake oil drum?"]  # a few words ask what it is
