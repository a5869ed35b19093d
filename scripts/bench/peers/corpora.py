"""The question sets in one form for every system: documents of {id, title, text}, questions of {id, text, gold, …}.

A question has `gold` (ids of the documents that answer) or `quote` (words that stand in the right result), `golds` (gold
answers), `truth` (the texts that its numbers may come from), `answerable` (null where the set does not say), and `ask`
(whether it is in the sample that is answered, not only searched).
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "packs" / "halden-gs40"
SETS = ("demo", "repair-guides", "mtrag", "squad2")
BALLAST = 300  # pages of an aviation handbook that stand in every index and answer nothing
SEED = 7


def write_set(name: str, shared: Path, target: Path, *, asked: int) -> None:
    """Write documents.jsonl and questions.jsonl of a set; `asked` questions of each kind are marked for answering."""
    documents, questions = _demo() if name == "demo" else _open_set(shared / name)
    pages = _rows(shared / "faa-powerplant.jsonl")
    ballast = random.Random(SEED).sample(pages, min(BALLAST, len(pages)))
    documents += [{"id": f"ballast:{row['id']}", "title": "", "text": row["text"]} for row in ballast]
    order = random.Random(SEED).sample(questions, len(questions))
    for kind in (True, False):
        chosen = [question for question in order if question["answerable"] is kind]
        for question in chosen[:asked]:
            question["ask"] = True
    target.mkdir(parents=True, exist_ok=True)
    for file, rows in (("documents", documents), ("questions", order)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (target / f"{file}.jsonl").write_text(text, encoding="utf-8")


def _rows(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        raise SystemExit(f"{file} is missing. Name the folder of the open sets with --eval.")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def _question(row: dict[str, Any], **known: Any) -> dict[str, Any]:
    fresh = {"gold": [], "quote": "", "golds": [], "truth": [], "answerable": None, "ask": False}
    return {"id": row["id"], "text": row["text"], **fresh, **known}


def _demo() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    documents = [
        {"id": file.name, "title": "", "text": re.sub(r"<!--.*?-->\n*", "", file.read_text("utf-8"), flags=re.DOTALL)}
        for file in sorted((DEMO / "manual").glob("*.md"))
    ]
    sections = [part for one in documents for part in re.split(r"(?m)^(?=#+ )", one["text"])]
    questions = []
    for row in _rows(DEMO / "questions.jsonl"):
        section = row.get("section", "")
        truth = [part for part in sections if section and part.split("\n", 1)[0].lstrip("# ").startswith(section)]
        golds = [row["answer"]] if row.get("answer") else []
        questions.append(
            _question(row, quote=row.get("quote", ""), golds=golds, truth=truth, answerable=row["answerable"])
        )
    return documents, questions


def _open_set(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    documents = [{key: row[key] for key in ("id", "title", "text")} for row in _rows(folder / "corpus.jsonl")]
    texts = {row["id"]: f"{row['title']}\n{row['text']}" for row in documents}
    gold: dict[str, list[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, relevance = line.split("\t")
        if int(relevance) > 0:
            gold.setdefault(query, []).append(document)
    file = folder / "answers.jsonl"
    answers = {row["id"]: row for row in _rows(file)} if file.is_file() else {}
    questions = []
    for row in _rows(folder / "queries.jsonl"):
        known = answers.get(row["id"], {})
        golds = known.get("all_answers") or []  # long answers in prose are no gold for single words
        places = gold.get(row["id"], [])
        truth = [texts[one] for one in places if one in texts]
        questions.append(_question(row, gold=places, golds=golds, truth=truth, answerable=known.get("answerable")))
    return documents, questions
