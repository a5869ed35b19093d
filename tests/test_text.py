from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldfare.text import (
    clean,
    content_words,
    identifier_candidates,
    identifier_key,
    identifiers,
    loose_key,
    lowered,
    raised,
    sentences,
)


def test_clean_drops_what_a_terminal_obeys_and_a_reader_cannot_see() -> None:
    hostile = "a\x1b[31mb\x07c\u202ed\u200be\ufeff\U000e0041f\u00adg\x9bh"
    assert clean(hostile) == "a[31mbcdefgh"


def test_clean_keeps_lines_tabs_and_letters_of_all_scripts() -> None:
    assert clean("Öl\tα\r\n日本\u2028नि") == "Öl\tα\n日本\nनि"


@given(st.text())
def test_clean_text_has_no_control_characters_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(unicodedata.category(one) not in {"Cc", "Cs", "Co"} or one in "\n\t" for one in cleaned)


@pytest.mark.parametrize("spelling", ["E21", "E-21", "e 21", "e21", "E 21", "e-21", "E_21", "E.21"])
def test_every_spelling_of_a_code_has_one_key(spelling: str) -> None:
    assert identifier_key(spelling) == "e21"
    assert "e21" in identifier_candidates(f"what does {spelling} mean?")


def test_leading_zeros_are_loose() -> None:
    assert loose_key("e07") == loose_key("e7") == "e7"
    assert loose_key("hg1000050") == "hg1000050"


def test_an_article_before_a_number_is_no_code() -> None:
    assert "a12" not in identifier_candidates("install a 12 V battery")
    assert "a12" in identifier_candidates("alarm A 12 is on")
    assert "a12" in identifier_candidates("a12")


def test_identifiers_of_running_text() -> None:
    text = "Fault E22: check K3 and X1.4, part HG100-1234 (old 05.40.212), from 2024-01-31, range 10-20, 230 V, AC/DC."
    assert identifiers(text) == ["E22", "K3", "X1.4", "HG100-1234", "05.40.212"]


def test_sentences_end_where_a_reader_ends_them() -> None:
    text = "See Fig. 3 for approx. 5 mm. 1. Open the valve! Set 2.5 bar, e.g. at X1. Is it off?\nNext line"
    assert [text[start:end] for start, end in sentences(text)] == [
        "See Fig. 3 for approx. 5 mm.",
        "1. Open the valve!",
        "Set 2.5 bar, e.g. at X1.",
        "Is it off?",
        "Next line",
    ]


@given(st.text(alphabet=st.sampled_from("aB1 .!?\n)3,"), max_size=200))
def test_sentences_lose_no_character(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_content_words_leave_out_function_words_of_four_languages() -> None:
    assert content_words("What is the torque of the oil drain plug?") == ["torque", "oil", "drain", "plug"]
    assert content_words("Wie ist der Öldruck?") == ["öldruck"]


def test_raised_and_lowered_type_makes_no_other_number() -> None:
    assert [raised(text) for text in ("6", "−3", "-3", "+", "1)", "n", "st", "a", "TM", "1, 2", "+0.02")] == [
        "⁶", "⁻³", "⁻³", "⁺", "¹⁾", "ⁿ", "st", "ᵃ", "™", "^(1, 2)", " +0.02",
    ]  # fmt: skip
    assert [lowered(text) for text in ("2", "max", "1N", "−0,01")] == ["₂", "max", "₁N", " −0,01"]


@given(st.text(alphabet=st.sampled_from("0123456789+-−.,)a "), min_size=1, max_size=8))
def test_what_is_raised_never_joins_the_digits_before_it(text: str) -> None:
    for written in (raised(text), lowered(text)):
        assert not re.match(r"[0-9.,]*[0-9]", written)


def test_of_the_marks_on_one_letter_thirty_are_kept() -> None:
    marks = "\u0301\u0323\u0308"
    assert clean(f"o{marks}a") == unicodedata.normalize("NFC", f"o{marks}a")
    buried = clean(f"a{chr(0x301) * 10_000}b\x07")
    assert len(buried) <= 33 and buried.endswith("b")
