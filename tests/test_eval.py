from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from fieldfare.cli import main
from fieldfare.errors import SourceError
from fieldfare.evaluation import journal as journal_module
from fieldfare.evaluation import run as running
from fieldfare.evaluation.cases import manuals_of, pages_of, read_set, sample
from fieldfare.evaluation.journal import Journal
from fieldfare.ingest.corpus import page

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    (
        "d1",
        "Gearbox oil",
        "The gearbox holds 2.6 L of CLP 220 oil.\n1. Remove the drain plug.\n2. Tighten it to 45 N·m.",
    ),
    ("d2", "Gearbox oil", "Oil samples are taken at the dipstick of the gearbox every 500 hours."),
    ("d3", "Drive belt", "The drive belt is changed after 2000 hours. Its tension is 300 N."),
    ("d4", "", "The pump <b>house</b> is cleaned with soft soap & water, never with solvent."),
)
QUERIES: tuple[dict[str, Any], ...] = (
    {"id": "q1", "text": "How much oil does the gearbox hold?", "context_doc_ids": ["d1"]},
    {"id": "q2", "text": "When is the drive belt changed?", "context_doc_ids": ["d3"]},
    {"id": "q3", "text": "and its tension?", "context_doc_ids": ["d3"],
     "history": [{"speaker": "user", "text": "When is the drive belt changed?"}, {"speaker": "agent", "text": "…"}]},
    {"id": "q4", "text": "What is the capital of France <script>alert(1)</script>?", "context_doc_ids": ["d4"]},
    {"id": "q5", "text": "Is the pump house cleaned with solvent?", "context_doc_ids": ["d4"]},
)  # fmt: skip
ANSWERS: tuple[dict[str, Any], ...] = (
    {"id": "q1", "answer": "2.6 L", "all_answers": ["2.6 L", "2.6 L of CLP 220"], "answerable": True},
    {"id": "q2", "answer": "after 2000 hours", "answerable": True},
    {"id": "q3", "answer": "300 N", "answerable": True},
    {"id": "q4", "answer": None, "answerable": False},
    {"id": "q5", "answer": "It depends.", "answerable": None, "label": "PARTIAL"},
)
QRELS = "query\tdocument\trelevance\nq1\td1\t2\nq1\td2\t1\nq2\td3\t1\nq3\td3\t1\nq5\td4\t1\nq5\tgone\t1\nq4\td4\t0\n"


def lines(rows: tuple[dict[str, Any], ...]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def write_set(folder: Path) -> Path:
    folder.mkdir()
    corpus = tuple({"id": id_, "title": title, "text": text} for id_, title, text in TEXTS)
    (folder / "corpus.jsonl").write_text(lines(corpus), encoding="utf-8")
    (folder / "queries.jsonl").write_text(lines(QUERIES), encoding="utf-8")
    (folder / "answers.jsonl").write_text(lines(ANSWERS), encoding="utf-8")
    (folder / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One run with everything, by the command, in a home of its own."""
    folder = tmp_path_factory.mktemp("eval")
    files = {
        "set": write_set(folder / "pumps"),
        "json": folder / "a.json",
        "html": folder / "a.html",
        "home": folder / "home",
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FIELDFARE_HOME", str(files["home"]))
        assert main(["eval", str(files["set"]), "--no-draft", "--removed", "--given", "--history",
                     "--json", str(files["json"]), "--html", str(files["html"])]) == 0  # fmt: skip
    return files


@pytest.fixture
def record(whole_run: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("FIELDFARE_HOME", str(whole_run["home"]))
    found: dict[str, Any] = json.loads(whole_run["json"].read_text(encoding="utf-8"))
    return found


# --- reading a set ---


def test_a_set_knows_what_is_right(tmp_path: Path) -> None:
    questions = read_set(write_set(tmp_path / "pumps"))
    first, second, third, fourth, fifth = questions.cases
    assert (
        first.pages == (("1", 2), ("2", 1))
        and first.accepted == ("2.6 L", "2.6 L of CLP 220")
        and first.given == ("1",)
    )
    assert second.gold.answer == "after 2000 hours" and second.accepted == ()
    assert third.history == ("When is the drive belt changed?",)
    assert not fourth.gold.answerable and fourth.pages == () and fourth.judged
    assert not fifth.judged and fifth.pages == (("4", 1),) and fifth.gold.kind == "PARTIAL"


def test_texts_go_out_with_their_whole_manual(tmp_path: Path) -> None:
    questions = read_set(write_set(tmp_path / "pumps"))
    groups = manuals_of(questions)
    pages = pages_of(questions, groups)
    assert groups["q2"] == groups["q3"] != groups["q1"] and "q4" not in groups
    assert pages[groups["q1"]] == {1, 2} and pages[groups["q2"]] == {3}


def test_a_sample_is_the_same_each_time_and_keeps_its_order(tmp_path: Path) -> None:
    cases = read_set(write_set(tmp_path / "pumps")).cases
    assert sample(cases, 3, 7) == sample(cases, 3, 7)
    assert [cases.index(one) for one in sample(cases, 3, 7)] == sorted(cases.index(one) for one in sample(cases, 3, 7))
    assert sample(cases, 0, 7) == cases == sample(cases, 99, 7)
    assert len({sample(cases, 3, seed) for seed in range(20)}) > 1


def test_a_set_may_lack_all_but_its_questions(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "pumps")
    for name in ("corpus.jsonl", "qrels.tsv", "answers.jsonl"):
        (folder / name).unlink()
    questions = read_set(folder)
    assert len(questions.cases) == 5 and questions.texts == ()
    assert not any(case.judged or case.placed for case in questions.cases)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("queries.jsonl", '{"id": "a", "text": "b"}\n{"id": }', "queries.jsonl, line 2: not valid JSON"),
        ("queries.jsonl", "[1]", "line 1: an object"),
        ("queries.jsonl", '{"id": "a"}', "line 1: 'text' is missing"),
        ("queries.jsonl", '{"id": "a", "text": "b"}\n{"id": "a", "text": "c"}', "line 2: the id a stands here again"),
        ("queries.jsonl", b'{"id": "\xff"}', "line 1: not UTF-8"),
        ("queries.jsonl", "[" * 100_000, "line 1: not valid JSON"),
        ("corpus.jsonl", '{"id": "a", "text": "b"}\n{"id": "a", "text": "c"}', "two texts have the same id"),
        ("qrels.tsv", "q\td\trelevance\nq1\td1\tx", "qrels.tsv, line 2: a query, a document and a number"),
        ("qrels.tsv", "q1 d1 1\nq2", "line 2: a query"),
        ("queries.jsonl", "\n\n", "queries.jsonl holds no question"),
        ("queries.jsonl", '{"id": "a", "text": "b", "history": 5}', "question a: 'history' must be a list"),
        ("queries.jsonl", '{"id": "a", "text": "b", "context_doc_ids": "d1"}', "'context_doc_ids' must be a list"),
        ("answers.jsonl", '{"id": "q1", "all_answers": "2.6 L"}', "answers.jsonl, question q1: 'all_answers' must be"),
    ],
)  # fmt: skip
def test_a_bad_line_of_a_set_gets_a_sentence(tmp_path: Path, name: str, text: str | bytes, sentence: str) -> None:
    folder = write_set(tmp_path / "pumps")
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError) as error:
        read_set(folder)
    assert sentence in str(error.value)


def test_text_of_a_set_is_no_markup() -> None:
    made = page(4, "A <i>title</i>", TEXTS[3][2] + "\n1. <script>x</script>")
    assert "<script>" not in made and "&lt;b&gt;house" in made and made.count("<li>") == 1
    assert "<!-- page 4 -->" in made


# --- running ---


def test_a_run_reports_every_mode_with_intervals(record: dict[str, Any]) -> None:
    assert list(record["modes"]) == ["asked", "history", "given", "removed"]
    asked = {one["name"]: one for one in record["modes"]["asked"]["measures"]}
    assert asked["hit_at_1"]["total"] == 4 and asked["hit_at_1"]["good"] >= 3
    assert asked["exact"]["total"] == 3 and asked["auroc"]["total"] == 4
    assert asked["supported"]["value"] == 1.0
    assert asked["auroc_removed"]["total"] == 6
    assert all(one["low"] <= one["value"] <= one["high"] for one in asked.values())
    by_id = {(one["mode"], one["id"]): one for one in record["questions"]}
    assert by_id["asked", "q1"]["right"] and "2.6 L" in by_id["asked", "q1"]["answer"]
    assert by_id["asked", "q4"]["verdict"] == "refused" and by_id["asked", "q5"]["answerable"] is None


def test_with_the_passage_given_nothing_else_is_found(record: dict[str, Any]) -> None:
    given = {one["id"]: one for one in record["questions"] if one["mode"] == "given"}
    pages = {"q1": "p. 1,", "q2": "p. 3,", "q3": "p. 3,", "q5": "p. 4,"}
    for id_, wanted in pages.items():
        assert given[id_]["found"], id_
        assert all(wanted in line for line in given[id_]["found"]), id_


def test_without_its_manual_the_answer_is_not_found(record: dict[str, Any]) -> None:
    removed = {one["id"]: one for one in record["questions"] if one["mode"] == "removed"}
    assert set(removed) == {"q1", "q2", "q3"}
    assert all("Gearbox" not in line for line in removed["q1"]["found"])
    assert all("Drive belt" not in line for line in removed["q2"]["found"])
    assert all(one["answerable"] is False for one in removed.values())


def test_follow_ups_are_asked_with_what_was_asked_before(record: dict[str, Any]) -> None:
    assert [one["id"] for one in record["questions"] if one["mode"] == "history"] == ["q3"]


def test_a_run_says_what_it_was_measured_with(record: dict[str, Any]) -> None:
    (pack,) = record["packs"]
    assert len(pack["sha256"]) == 64 and pack["passages"] >= 4
    assert record["model"] is None and record["embedder"]["digest"]
    assert record["machine"]["processors"] >= 1 and record["machine"]["engines"]["apsw"]
    assert record["memory"] > 1e7 and record["sample"] == {"limit": 0, "seed": 1}
    assert set(record["modes"]["asked"]["seconds"]["whole answer"]) == {"p50", "p90", "p99"}


def test_a_second_run_asks_nothing_and_says_the_same(
    whole_run: dict[str, Path],
    record: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(running, "ask", lambda *_, **__: pytest.fail("asked again"))
    assert main(["eval", str(whole_run["set"]), "--no-draft", "--removed", "--given", "--history", "--json", "-"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["resumed"] == len(record["questions"])
    assert again["questions"] == record["questions"] and again["modes"] == record["modes"]


def test_a_stopped_run_keeps_its_answers_and_goes_on(
    whole_run: dict[str, Path],
    record: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[str] = []
    real = running.ask

    def until_stopped(*arguments: Any, **how: Any) -> Any:
        if len(asked) == 2:
            raise KeyboardInterrupt
        asked.append(arguments[2].gold.id)
        return real(*arguments, **how)

    command = ["eval", str(whole_run["set"]), "--no-draft", "--depth", "4", "--json", "-"]
    monkeypatch.setattr(running, "ask", until_stopped)
    assert main(command) == 130
    assert "2 answers are kept" in capsys.readouterr().err
    monkeypatch.setattr(running, "ask", real)
    assert main(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["resumed"] == 2 and len(found["questions"]) == 5
    assert main([*command, "--no-resume"]) == 0
    assert json.loads(capsys.readouterr().out)["resumed"] == 0


def test_a_journal_that_was_cut_off_is_read_as_far_as_it_goes(whole_run: dict[str, Path], tmp_path: Path) -> None:
    (file,) = [one for one in whole_run["home"].rglob("*.jsonl") if "removed" in one.read_text(encoding="utf-8")]
    text = file.read_text(encoding="utf-8")
    (tmp_path / "key.jsonl").write_text(text[: len(text) // 2], encoding="utf-8")
    with Journal(tmp_path, "key") as journal:
        count = len(journal)
        reply = journal.get("asked", "/q1")
        assert 0 < count < text.count("\n") and reply is not None
        journal.add("asked", "new", reply)
    with Journal(tmp_path, "key") as journal:
        assert len(journal) == count + 1 and journal.get("asked", "new") == reply


def test_runs_that_were_used_longest_ago_go_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, name in enumerate(("new", "old", "oldest")):
        (tmp_path / f"{name}.jsonl").write_text("x" * 1000, encoding="utf-8")
        os.utime(tmp_path / f"{name}.jsonl", (1e9 - age, 1e9 - age))
    monkeypatch.setattr(journal_module, "LARGEST", 2000)
    with Journal(tmp_path, "mine"):
        assert sorted(one.stem for one in tmp_path.iterdir()) == ["mine", "new", "old"]


# --- what is shown ---


def test_the_page_asks_for_nothing_and_takes_no_markup(whole_run: dict[str, Path]) -> None:
    text = whole_run["html"].read_text(encoding="utf-8")
    found = html.document_fromstring(text)
    assert found.xpath("//script|//iframe|//img|//link|//form|//base|//@style|//@href|//@src") == []
    assert "style-src 'sha256-" in text and "default-src 'none'" in text and "{{" not in text
    assert [name for one in found.iter(html.etree.Element) for name in one.attrib if name.startswith("on")] == []
    assert len(found.xpath("//svg")) >= 4
    assert "hit_at_1" in found.xpath("string(//table)")


def test_hostile_questions_are_text_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pump_pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    rows = ({"question": "what does E21 mean </dd><script>alert(1)</script>\x1b[31m", "page": 77, "expect": "<img src=x>"},
            {"question": "what does E07 mean", "unanswerable": True})  # fmt: skip
    (tmp_path / "q.jsonl").write_text(lines(rows), encoding="utf-8")
    command = ["eval", str(pump_pack), "--no-draft", "--questions", str(tmp_path / "q.jsonl")]
    assert main([*command, "--html", str(tmp_path / "r.html")]) == 0
    shown = capsys.readouterr()
    assert "is not in the manual, but was answered" in shown.out and "\x1b" not in shown.out
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    page_ = html.document_fromstring(text)
    assert page_.xpath("//script|//img") == []
    assert "alert(1)" in page_.xpath("string(//main)") and "page 77" in page_.xpath("string(//main)")


def test_the_table_names_figures_and_failures(
    whole_run: dict[str, Path], record: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", str(whole_run["set"]), "--no-draft"]) == 0
    shown = capsys.readouterr().out
    assert "pumps over pumps-set 1; quotes only" in shown
    assert "hit_at_1" in shown and "of 4" in shown and "peak memory" in shown and "p50" in shown


def test_two_records_are_compared_question_by_question(
    whole_run: dict[str, Path], record: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worse = json.loads(json.dumps(record))
    for one in worse["questions"]:
        if one["mode"] == "asked" and one["id"] in {"q1", "q2"}:
            one |= {"right": False, "rank": None, "exact": False}
    worse["settings"]["depth"] = 5
    (tmp_path / "b.json").write_text(json.dumps(worse), encoding="utf-8")
    compared = ["eval", "--compare", str(whole_run["json"]), str(tmp_path / "b.json")]
    assert main(compared) == 0
    shown = capsys.readouterr().out
    assert "settings depth: 10 and 5" in shown
    assert "right only in the first (2)" in shown and "How much oil" in shown
    assert main([*compared, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    right = next(one for one in found["differences"]["asked"] if one["name"] == "right")
    assert (right["won"], right["lost"]) == (0, 2) and right["chance"] == 0.5


# --- what cannot be done ---


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.fpack"], "does not exist"),
        (["some-id"], "no folder and no installed pack"),
        ([], "No pack is installed"),
        (["{folder}"], "holds no queries.jsonl"),
        (["{set}", "{set}"], "Name one question set"),
        (["{set}", "--questions", "x.csv"], "brings its own questions"),
        (["{set}", "--depth", "0"], "--depth must be at least 1"),
        (["{set}", "--html", "page.txt"], "no name of an HTML file"),
        (["{set}", "--json", "{folder}/no/where.json"], "Make it first"),
        (["{pack}", "--removed"], "at least two packs"),
        (["{pack}", "--given"], "are for question sets"),
        (["{pack}"], "no gold questions to ask"),
        (["--compare", "{set}/queries.jsonl", "{set}/queries.jsonl"], "is no record of a run"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_gets_a_sentence(
    home: Path, pump_pack: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    tmp_path = home.parent
    values = {"folder": str(tmp_path), "set": str(write_set(tmp_path / "pumps")), "pack": str(pump_pack)}
    assert main(["eval", "--no-draft", *(one.format(**values) for one in arguments)]) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err and shown.out == ""


def test_a_record_that_cannot_be_read_has_its_exit_code(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--compare", "a.json", "b.json"]) == 6
    assert "cannot be read" in capsys.readouterr().err


# --- models ---


@pytest.mark.slow
def test_models_are_compared_on_the_packs_own_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    assert main(["model", "bench", "--limit", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    model, quotes = found["trials"]
    assert model["speed"]["reading"] > 0 and model["speed"]["writing"] > 0 and model["speed"]["memory"] > 5e7
    assert quotes["name"] == "quotes only" and quotes["speed"] is None
    assert all(one["counts"]["questions"] == 3 for one in found["trials"])
    assert found["recommended"] in {model["file"], "quotes only"} and found["reason"].endswith(".")


def test_a_model_that_is_not_there_gets_a_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "bench", "none.gguf"]) == 2
    assert "none.gguf does not exist" in capsys.readouterr().err
    assert main(["model", "bench"]) == 2
    assert "No installed pack has gold questions" in capsys.readouterr().err
