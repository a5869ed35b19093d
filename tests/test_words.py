"""The word index of a pack, below the search: numbers as bytes, phrases, vectors in eight bits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fieldfare.pack.words import GAP, Postings, Shape, Vectors, followed, packed, risen, rising, scaled, unpacked

NUMBERS = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 300), max_size=60)


@given(NUMBERS)
def test_numbers_come_back(numbers: list[int]) -> None:
    assert unpacked(packed(numbers)).tolist() == numbers


@given(NUMBERS)
def test_rising_numbers_come_back(numbers: list[int]) -> None:
    assert risen(rising(sorted(numbers))).tolist() == sorted(numbers)


def test_small_numbers_take_one_byte() -> None:
    assert len(packed(range(128))) == 128


def text_of(fields: list[list[str]]) -> dict[str, Postings]:
    """The postings of the words of one passage with these fields."""
    shape = Shape(
        sections=np.zeros(1, int),
        kinds=np.zeros(1, int),
        lengths=np.zeros(1, int),
        rows=np.zeros(1, bool),
        sizes=np.array([[len(one) for one in fields]]),
    )
    starts = shape.starts()
    found = {}
    for word in {word for one in fields for word in one}:
        standing = [(field, place) for field, one in enumerate(fields) for place, w in enumerate(one) if w == word]
        numbers = np.array([field for field, _ in standing])
        places = starts[numbers] + np.array([place for _, place in standing])
        found[word] = Postings(fields=numbers, places=places)
    return found


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=8), min_size=5, max_size=5),
    st.text("abc", min_size=1, max_size=4),
)
def test_a_phrase_stands_where_its_words_follow_each_other_in_one_field(fields: list[list[str]], phrase: str) -> None:
    words = text_of(fields)
    nothing = Postings(fields=np.zeros(0, int), places=np.zeros(0, int))
    found = followed([words.get(word, nothing) for word in phrase])
    expected = [
        field
        for field, one in enumerate(fields)
        for start in range(len(one))
        if one[start : start + len(phrase)] == list(phrase)
    ]
    assert found.fields.tolist() == expected


def test_words_of_neighbouring_fields_are_never_near() -> None:
    words = text_of([["a"], ["b"], [], [], []])
    assert words["b"].places[0] - words["a"].places[0] > GAP


@given(st.integers(1, 1200), st.integers(0, 99))
def test_a_cosine_stays_what_it_was_to_a_few_thousandths(count: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(count, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = Vectors(scaled(vectors), 24).cosines(vectors[0])
    assert np.abs(found - vectors @ vectors[0]).max() < 0.01
