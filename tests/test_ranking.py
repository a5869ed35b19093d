"""What the ranking measures over rows of numbers, beside the same counted word by word."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldfare.pack.words import FIELDS, Postings, Shape, Vectors, scaled
from fieldfare.retrieval.query import Group, Query
from fieldfare.retrieval.ranking import COUNTS, DAMPED, SATURATED, best, measure
from fieldfare.retrieval.standing import NEAR

if TYPE_CHECKING:
    from fieldfare.pack.archive import Archive

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "x"]), max_size=7)
PASSAGES = st.lists(st.lists(TEXTS, min_size=len(FIELDS), max_size=len(FIELDS)), min_size=1, max_size=5)


class Counted:
    """A pack of passages given as words, each in a section of its own."""

    def __init__(self, passages: list[list[list[str]]]) -> None:
        self.fields = [field for one in passages for field in one]
        count = len(passages)
        self.shape = Shape(
            sections=np.arange(count),
            kinds=np.zeros(count, np.int8),
            lengths=np.full(count, 100),
            rows=np.zeros(count, bool),
            sizes=np.array([[len(field) for field in one] for one in passages]),
        )

    def postings(self, word: str) -> Postings:
        starts = self.shape.starts()
        standing = [
            (at, place) for at, words in enumerate(self.fields) for place, one in enumerate(words) if one == word
        ]
        fields = np.array([at for at, _ in standing], dtype=np.int64)
        return Postings(
            fields=fields, places=starts[fields] + np.array([place for _, place in standing], dtype=np.int64)
        )


def counted(query: Query, passages: list[list[list[str]]], at: int) -> dict[str, float]:
    """Words, coverage and pairs of one passage by the definitions."""
    usual = [np.mean([len(one[column]) for one in passages]) or 1.0 for column in range(len(FIELDS))]
    words = coverage = near = neighbours = 0.0
    for number, group in enumerate(query.groups):
        count = present = 0.0
        for phrase, factor in group.phrases.items():
            for column, name in enumerate(FIELDS):
                field = passages[at][column]
                damping = 1 - DAMPED[name] + DAMPED[name] * len(field) / usual[column]
                count += factor * COUNTS[name] * field.count(phrase) / damping
            present += factor * any(phrase in field for field in passages[at])
        words += group.weight * count / (SATURATED + count)
        coverage += group.weight * min(present, 1.0)
        if number:
            before = query.groups[number - 1]
            both = before.weight + group.weight
            neighbours += both
            near += both * any(
                abs(one - other) <= NEAR
                for field in passages[at]
                for one, first in enumerate(field)
                for other, second in enumerate(field)
                if first in before.phrases and second in group.phrases
            )
    return {
        "words": words / query.weight,
        "coverage": coverage / query.weight,
        "pairs": near / neighbours if neighbours else 0.0,
    }


@settings(max_examples=150, deadline=None)
@given(PASSAGES, st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True))
def test_rows_of_numbers_say_what_counting_says(passages: list[list[list[str]]], asked: list[str]) -> None:
    groups = tuple(Group(word, {word: 1.0, "x": 0.5}, weight) for weight, word in enumerate(asked, 1))
    query = Query(groups, tuple(asked), ())
    nothing = np.zeros(len(passages))
    archive = cast("Archive", Counted(passages))
    measures = measure(query, archive, closeness=None, near=nothing > 0, identifiers=nothing)
    for at in range(len(passages)):
        expected = counted(query, passages, at)
        assert {name: float(measures.features[name][at]) for name in expected} == pytest.approx(expected)
        assert measures.proposed[at] == any({*asked, "x"} & set(field) for field in passages[at])


class Remembering(Counted):
    """The same, and as a pack it gives the same postings again."""

    def __init__(self, passages: list[list[list[str]]]) -> None:
        super().__init__(passages)
        self.postings = cache(super().postings)  # type: ignore[method-assign]


@settings(max_examples=60, deadline=None)
@given(PASSAGES, st.lists(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4), max_size=5))
def test_what_is_remembered_of_other_questions_changes_no_measure(
    passages: list[list[list[str]]], questions: list[list[str]]
) -> None:
    nothing = np.zeros(len(passages))
    old = Remembering(passages)
    for asked in questions:
        groups = tuple(Group(word, {word: 1.0, "x": 0.5}, weight) for weight, word in enumerate(asked, 1))
        one, other = (
            measure(Query(groups, tuple(asked), ()), cast("Archive", archive), closeness=None, near=nothing > 0, identifiers=nothing)
            for archive in (old, Remembering(passages))
        )  # fmt: skip
        for name, values in one.features.items():
            assert values.tolist() == other.features[name].tolist()
        assert one.share.tolist() == other.share.tolist()
        assert one.coverage.tolist() == other.coverage.tolist()


def test_many_vectors_are_compared_as_few_are() -> None:
    chance = np.random.default_rng(1)
    data = scaled(chance.normal(size=(21_000, 8)))
    asked = chance.normal(size=8).astype(np.float32)
    parts = [Vectors(data[start : start + 8 * 1024], 8).cosines(asked) for start in range(0, len(data), 8 * 1024)]
    assert Vectors(data, 8).cosines(asked).tolist() == np.concatenate(parts).tolist()


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 12))
def test_of_equal_values_the_first_is_the_best(values: list[int], count: int) -> None:
    expected = sorted(range(len(values)), key=lambda at: (-values[at], at))[:count]
    assert best(np.array(values, dtype=float), count).tolist() == expected
