"""The scorer of scripts/bench/peers: it decides what is said of other people's programs."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parents[1] / "scripts" / "bench" / "peers" / "scoring.py"
_spec = importlib.util.spec_from_file_location("peers_scoring", FILE)
assert _spec and _spec.loader
scoring = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scoring)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tighten to 85 N m, then 1,200 turns", {"85", "1200"}),
        ("0,25 mm and 0.250 mm are one", {"0.25"}),
        ("1. Drain the oil.\n2. Fill 12 l [3].", {"12"}),
        ("code E05 at 007", {"5", "7"}),
        ("0 V", {"0"}),
        ("no figures", set()),
    ],
)
def test_numbers_count_as_they_are_meant(text: str, found: set[str]) -> None:
    assert scoring.numbers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "I do not know.",
        "I don't know the answer.",
        "The context does not contain the answer.",
        "The manual does not specify the torque. It could be 40 N m.",
        "There is no information about that.",
        "It is not clear from the text.",
        "",
    ],
)
def test_every_way_to_say_no_is_a_refusal(text: str) -> None:
    assert scoring.refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do not run below 30 % load.",
        "No coolant may be left in the block.",
        "Tighten to 85 N m. The tool is not given here.",
        "The pump is not provided with a filter.",
    ],
)
def test_an_instruction_with_a_no_in_it_is_an_answer(text: str) -> None:
    assert not scoring.refuses(text)


def test_a_number_is_supported_by_what_was_read_or_asked() -> None:
    read = ["The fuse is 16 A.", "It opens at 92 °C."]
    assert scoring.unsupported("E22: the 16 A fuse opens at 92 °C", "what is E22", read) == set()
    assert scoring.unsupported("the 18 A fuse", "what is E22", read) == {"18"}


def test_a_result_is_right_by_its_quote_however_the_table_is_laid_out() -> None:
    question = {"quote": "| C | 2026-05-04 | Codes A19 and A20 added |", "gold": []}
    wrong = {"doc": "a", "text": "| B | 2025-03-24 | Diode test added |"}
    right = {"doc": "a", "text": "Revision: C\nDate: 2026-05-04\nChange: Codes A19 and A20 added"}
    assert scoring.rank([wrong, right], question) == 2
    assert scoring.rank([wrong], question) == 0


def test_another_part_of_the_gold_section_is_near() -> None:
    truth = ["8.1 Oil\nThread M22, torque 45 N m. Tighten the drain plug to 45 N m."]
    question = {"quote": "Tighten the drain plug to 45 N m.", "gold": [], "truth": truth}
    found = [{"doc": "a", "text": "Bolt M8, torque 25 N m"}, {"doc": "a", "text": "Thread M22, torque 45 N m"}]
    assert scoring.rank(found, question) == 0
    assert scoring.rank(found, question, near=True) == 2


def test_a_result_is_right_by_its_source_where_there_is_no_quote() -> None:
    found = [{"doc": "a", "text": "x"}, {"doc": "b", "text": "y"}]
    assert scoring.rank(found, {"quote": "", "gold": ["b", "c"]}) == 2


def test_an_answer_is_right_by_words_by_numbers_or_by_most_of_its_content() -> None:
    assert scoring.right("It lies in France.", ["France"])
    assert not scoring.right("It lies in Francia.", ["France"])
    assert scoring.right("The hoses are due every 4000 hours", ["Coolant hose interval now 4000 h"])
    assert not scoring.right("The hoses are due every 400 hours", ["Coolant hose interval now 4000 h"])
    assert scoring.right("Only an electrician who is qualified may do it", ["No, only a qualified electrician"])
    assert not scoring.right("Ask the operator", ["No, only a qualified electrician"])


def test_a_percentile_is_one_of_the_values() -> None:
    assert scoring.percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert scoring.percentile([1.0, 9.0], 0.95) == 9.0
    assert scoring.percentile([], 0.5) == 0.0
