from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldfare.domain import Match, Question
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from fieldfare.pack.archive import Archive
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
