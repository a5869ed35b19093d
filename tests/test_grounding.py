from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldfare import grounding
from fieldfare.domain import BlockKind, Citation, Passage

TEXT = (
    "Tighten the drain plug to 45 N·m. Fill in 8.5 L of SAE 15W-40 oil. Do not start the engine without oil. "
    "Fault E22 means generator under-voltage: below 360 V for 5 s. Open valve V3 before you close valve V4. "
    "Change the oil filter every 500 h or 12 months."
)
PASSAGE = Passage(
    id=1,
    pack="p",
    document="Manual",
    section=1,
    heading=("7 Maintenance", "7.3 Oil"),
    text=TEXT,
    kind=BlockKind.PARAGRAPH,
)


def check(sentence: str) -> Citation | None:
    statement = grounding.check(sentence, [PASSAGE])
    return statement.citation if statement else None


@pytest.mark.parametrize(
    "sentence",
    [
        "Tighten the drain plug to 45 N·m.",
        "The drain plug is tightened to 45 Nm.",
        "Fill in 8.5 L of SAE 15W-40 oil.",
        "Fault E22 means generator under-voltage.",
        "Do not start the engine without oil.",
        "Change the oil filter every 500 hours or 12 months.",
    ],
)
def test_a_sentence_of_the_manual_passes_and_cites_it(sentence: str) -> None:
    citation = check(sentence)
    assert citation is not None
    assert TEXT[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "sentence",
    [
        "Tighten the drain plug to 54 N·m.",  # digits swapped
        "Tighten the drain plug to 45 lb·ft.",  # unit swapped
        "Tighten the drain plug to 45.",  # unit dropped
        "Tighten the drain plug to 8.5 N·m.",  # a neighbour's number
        "Fill in 85 L of SAE 15W-40 oil.",  # decimal point lost
        "Fill in 8.5 L of SAE 5W-40 oil.",
        "Start the engine without oil.",  # negation dropped
        "Do not tighten the drain plug to 45 N·m.",  # negation added
        "Fault E21 means generator under-voltage.",  # a neighbour's code
        "Fault E22 means a malfunctioning motor.",  # words that the manual does not have
        "Open valve V3 after you close valve V4.",  # order turned
        "Open valve V4 before you close valve V3.",
        "Close valve V3 before you open valve V4.",
        "Change the oil filter every 500 h or two months.",  # a number as a word
        "The tank holds 1000 liters.",
        "Yes.",
        "",
    ],
)
def test_a_sentence_that_says_anything_else_is_thrown_away(sentence: str) -> None:
    assert check(sentence) is None


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from(re.findall(r"\d+(?:\.\d+)?", TEXT)))
def test_no_changed_number_is_ever_grounded(value: int, printed: str) -> None:
    if str(value) in TEXT:
        return
    for start, end in ((m.start(), m.end()) for m in re.finditer(re.escape(printed), TEXT)):
        changed = TEXT[:start] + str(value) + TEXT[end:]
        sentence = next(part for part in re.split(r"(?<=\.) ", changed) if str(value) in part)
        assert check(sentence) is None


def test_a_unit_in_the_header_of_a_row_counts_for_its_number() -> None:
    row = Passage(
        id=2, pack="p", document="M", section=1, heading=(), kind=BlockKind.TABLE,
        text="Joint: Oil drain plug\nThread: M14\nTorque (N·m): 45",
    )  # fmt: skip
    assert grounding.check("The torque of the oil drain plug is 45 N·m.", [row]) is not None
    assert grounding.check("The torque of the oil drain plug is 45 bar.", [row]) is None


def test_a_quote_must_stand_in_its_passage() -> None:
    with pytest.raises(ValueError, match="verbatim"):
        Citation(passage=PASSAGE, quote="Tighten", start=1, end=8)


def test_quotes_are_verbatim_by_construction() -> None:
    statement = grounding.quote(PASSAGE, 0, 33)
    assert statement.verbatim
    assert statement.text == TEXT[:33]


@pytest.mark.parametrize(
    ("printed", "claimed", "proved"),
    [
        ("The resistance must be at least 10⁶ Ω.", "The resistance must be at least 10⁶ Ω.", True),
        ("The resistance must be at least 10⁶ Ω.", "The resistance must be at least 10 Ω.", False),
        ("The resistance must be at least 10⁶ Ω.", "The resistance must be at least 106 Ω.", False),
        ("The flow is 5×10⁻³ m³/s.", "The flow is 5×10⁻² m³/s.", False),
        ("The flow is 5×10⁻³ m³/s.", "The flow is 5 m³/s.", False),
        ("The length is 25^(0.1) mm.", "The length is 25 mm.", False),
        ("Tighten the bolt to 45¹⁾ N·m.", "Tighten the bolt to 45 N·m.", True),
        ("Fit 3 x 10 mm bolts.", "Fit 3 bolts of 10 mm.", True),
    ],
)
def test_a_number_is_its_whole_power(printed: str, claimed: str, proved: bool) -> None:
    passage = Passage(
        id=1, pack="p", document="d", section=1, heading=("Limits",), text=printed, kind=BlockKind.PARAGRAPH
    )
    assert bool(grounding.check(claimed, [passage])) is proved
