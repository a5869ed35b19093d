from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fieldfare import evaluation
from fieldfare.domain import GoldQuestion
from fieldfare.errors import SourceError
from fieldfare.ingest.questions import read_questions
from fieldfare.settings import Settings

if TYPE_CHECKING:
    from fieldfare.evaluation import Outcome
    from fieldfare.pack.archive import Archive

GOLD = (
    GoldQuestion(
        id="oil", text="how much oil does the gearbox hold", expect=("2.6 L", "CLP 220"), page="3", section="Oil"
    ),
    GoldQuestion(id="code", text="what does E22 mean", answer="Under-voltage, below 207 V", section="Codes"),
    GoldQuestion(id="drain", text="how do I drain the oil?", section="Oil", hazard="hot oil burns"),
    GoldQuestion(id="any", text="how do I drain the oil", hazard="*", expect=("drain plug",)),
    GoldQuestion(id="gap", text="what is the capital of France", answerable=False),
    GoldQuestion(id="no gap", text="what does E07 mean", answerable=False),
    GoldQuestion(id="wrong page", text="what does E21 mean", page="77", expect=("999 V",)),
    GoldQuestion(id="no warning", text="what does E07 mean?", hazard="sharp knives"),
)


@pytest.fixture(scope="module")
def outcomes(pump_pack: Path) -> dict[str, Outcome]:
    from fieldfare.pack.archive import Archive

    archive = Archive(pump_pack)
    asked: list[tuple[str, int, int]] = []
    found = evaluation.ask_all(archive, GOLD, Settings(draft=False), lambda *step: asked.append(step))
    archive.close()
    assert asked[-1] == ("asking", len(GOLD), len(GOLD))
    return {one.question.id: one for one in found}


def test_the_real_assistant_answers_from_the_pack_alone(outcomes: dict[str, Outcome]) -> None:
    oil, code, drain = outcomes["oil"], outcomes["code"], outcomes["drain"]
    assert oil.cited and oil.exact and oil.right and 1 <= oil.rank <= evaluation.SHOWN
    assert code.rank == 1 and code.exact and code.right
    assert drain.warned and drain.cited
    assert outcomes["any"].warned and outcomes["any"].exact
    assert outcomes["gap"].refused and outcomes["gap"].right
    assert {one.pack for outcome in outcomes.values() for one in outcome.reply.found} == {"korvan-cp200"}


def test_what_is_wrong_is_counted_and_told(outcomes: dict[str, Outcome]) -> None:
    told = {id_: evaluation.failure(outcome) for id_, outcome in outcomes.items()}
    assert told["oil"] == told["code"] == told["drain"] == told["gap"] == ""
    assert told["no gap"] == "is not in the manual, but was answered"
    assert "page 77 is not among the first 5" in told["wrong page"] and "999 V" in told["wrong page"]
    assert told["no warning"] == "the expected warning is not shown"


def test_each_figure_counts_the_questions_that_it_is_about(outcomes: dict[str, Outcome]) -> None:
    found = {
        one.name: (one.good, one.total) for one in evaluation.scores(tuple(outcomes.values()), evaluation.THRESHOLDS)
    }
    assert found["hit_at_5"] == (3, 4)
    assert found["exact"] == (3, 4)
    assert found["hazards"] == (2, 3)
    assert found["abstention_precision"] == (1, 1)
    assert found["abstention_recall"] == (1, 2)


def test_a_figure_without_questions_is_not_judged(outcomes: dict[str, Outcome]) -> None:
    (only,) = evaluation.scores((outcomes["gap"],), evaluation.THRESHOLDS)[1:]
    assert only.name == "abstention_recall" and only.passed
    assert evaluation.scores((), evaluation.THRESHOLDS) == ()


def test_a_threshold_of_the_author_shuts_the_gate(outcomes: dict[str, Outcome]) -> None:
    strict = evaluation.thresholds({"hit_at_5": 0.8, "exact": 0.75, "ignore": []})
    judged = {one.name: one.passed for one in evaluation.scores(tuple(outcomes.values()), strict)}
    assert judged["exact"] and not judged["hit_at_5"]


@pytest.mark.parametrize(
    ("check", "sentence"),
    [({"hit_at_6": 0.5}, "has no 'hit_at_6'"), ({"exact": 50}, "from 0 to 1"), ({"exact": True}, "from 0 to 1"), ({"exact": "a"}, "from 0 to 1")],
)  # fmt: skip
def test_a_bad_threshold_gets_a_sentence(check: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        evaluation.thresholds(check)


@pytest.mark.parametrize(
    ("question", "hit"),
    [
        (GoldQuestion(id="", text="", page="3"), True),
        (GoldQuestion(id="", text="", page="4"), False),
        (GoldQuestion(id="", text="", section="oil"), True),
        (GoldQuestion(id="", text="", section="Oils"), False),
        (GoldQuestion(id="", text="", page="4", section="Oil"), True),
        (GoldQuestion(id="", text=""), False),
    ],
)
def test_a_place_is_a_printed_page_or_a_heading(pump: Archive, question: GoldQuestion, hit: bool) -> None:
    passage = next(one for one in pump.passages(range(1, 200)).values() if "2.6 L" in one.text)
    assert evaluation.stands_at(question, passage) is hit


# --- files of questions ---


def written(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_questions_of_json_lines(tmp_path: Path) -> None:
    lines = (
        '\ufeff# a note\n\n{"question": "How much oil?", "expect": ["2.6 L", "CLP 220"], "page": 3, "quote": "x"}\n'
        '{"text": "Tyre pressure?", "answerable": false, "near_page": 4}\n{"question": "Drain?", "hazard": true, "id": "d"}\n'
    )
    oil, tyre, drain = read_questions(written(tmp_path, "q.jsonl", lines))
    assert oil == GoldQuestion(id="q0001", text="How much oil?", expect=("2.6 L", "CLP 220"), page="3")
    assert not tyre.answerable and tyre.id == "q0002"
    assert drain.hazard == "*" and drain.id == "d"


@pytest.mark.parametrize(
    "data",
    [
        "question;expect;page;unanswerable;hazard\nWie viel Öl?;2,6 L;3;;\nReifendruck?;;;ja;nein\n".encode("cp1252"),
        '\ufeffQuestion,Expect,Page,Unanswerable,Hazard\r\nWie viel Öl?,"2,6 L",3,,\r\nReifendruck?,,,x,\r\n'.encode(),
        "question\texpect\tpage\tunanswerable\nWie viel Öl?\t2,6 L\t3\t0\nReifendruck?\t\t\t1\n".encode("utf-16"),
    ],
    ids=["German spreadsheet", "with quotes", "UTF-16 tabs"],
)
def test_questions_of_a_spreadsheet(tmp_path: Path, data: bytes) -> None:
    oil, tyre = read_questions(written(tmp_path, "q.csv", data))
    assert (oil.text, oil.expect, oil.page, oil.answerable) == ("Wie viel Öl?", ("2,6 L",), "3", True)
    assert (tyre.text, tyre.answerable, tyre.hazard) == ("Reifendruck?", False, "")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("q.jsonl", '{"question": "a", "page": 1}\n{"question": }', "q.jsonl, line 2: not valid JSON"),
        ("q.jsonl", "[1]", "line 1: a question is an object"),
        ("q.jsonl", '{"page": 1}', "line 1: the question is empty"),
        ("q.jsonl", '{"question": "a", "secton": "1"}', "line 1: 'secton' is not known"),
        ("q.jsonl", '{"question": "a"}', "line 1: say what is right"),
        ("q.jsonl", '{"question": "a", "unanswerable": true, "page": 1}', "line 1: it is marked as not in the manual"),
        ("q.jsonl", '{"question": "a", "page": {}}', "line 1: page must be text"),
        ("q.jsonl", '{"question": "a", "page": 1}\n{"question": "A", "page": 1}', "line 2: the question of line 1"),
        ("q.jsonl", '{"id": 1, "question": "a", "page": 1}\n{"id": 1, "question": "b", "page": 1}', "line 2: the id 1"),
        ("q.jsonl", b'{"question": "\xff"}', "line 1: not UTF-8"),
        ("q.jsonl", "[" * 100_000, "line 1: not valid JSON"),
        ("q.csv", "Frage;Seite\na;1", "line 1: the first row must name"),
        ("q.csv", "question,page\na,1\nb,2,3", "line 3: 3 cells, but 2 columns"),
        ("q.csv", 'question,page\n"a"b,1', "not a table"),
        ("q.csv", "question,unanswerable\na,maybe", "line 2: unanswerable is true or false"),
        ("q.xlsx", "x", "a .jsonl or a .csv file"),
    ],
)  # fmt: skip
def test_a_bad_line_gets_a_sentence_with_its_number(
    tmp_path: Path, name: str, text: str | bytes, sentence: str
) -> None:
    with pytest.raises(SourceError) as error:
        read_questions(written(tmp_path, name, text))
    assert sentence in str(error.value)


def test_the_demo_packs_questions_are_read_whole() -> None:
    file = Path(__file__).parent.parent / "packs" / "halden-gs40" / "questions.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    questions = read_questions(file)
    assert [(one.id, one.text, one.answerable) for one in questions] == [
        (row["id"], row["text"], row["answerable"]) for row in rows
    ]
    assert sum(bool(one.hazard) for one in questions) >= 30
