"""How often the answer is right, refused or wrong, on the demo pack's gold questions and with its manual taken away.

    .venv/bin/python scripts/bench/answers.py [--draft] [--eval ../shared/eval]

Right: an answerable question whose gold page is cited or whose gold numbers all stand in the answer. Peers in the same
run: words alone (FTS5 bm25) and meaning alone (vectors), by the page of their first and first five passages. The gate is
also asked questions of other worlds (--eval), which the demo pack cannot answer.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
import threading
import time
from pathlib import Path

from fieldfare import library, settings
from fieldfare.assistant import Assistant, open_assistant, open_embedder
from fieldfare.domain import Answer, Answered, Match, Question, Verdict
from fieldfare.retrieval import Retriever

ROOT = Path(__file__).resolve().parents[2]
PACK = "halden-gs40"


def gold() -> list[dict[str, object]]:
    lines = (ROOT / "packs" / PACK / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def answer_of(assistant: Assistant, text: str) -> Answer:
    events = assistant.ask(Question(text=text, packs=(PACK,)), threading.Event())
    return next(event.answer for event in events if isinstance(event, Answered))


def right(answer: Answer, question: dict[str, object]) -> bool:
    cited = {one.citation.passage.place.label for one in answer.statements}
    numbers = re.findall(r"\d+(?:\.\d+)?", str(question["answer"]))
    stand = all(re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", answer.text) for number in numbers)
    return str(question["page"]) in cited or (bool(numbers) and stand)


def lanes(questions: list[dict[str, object]]) -> None:
    shelf = library.open_shelf()
    archives = [one for one in shelf.archives if one.manifest.id == PACK]
    embedder = open_embedder()
    answerable = [question for question in questions if question["answerable"]]

    def share(pages: list[list[str]], depth: int) -> float:
        hits = (str(q["page"]) in found[:depth] for q, found in zip(answerable, pages, strict=True))
        return sum(hits) / len(answerable)

    print(f"{'lane':<24} {'hit@1':>6} {'hit@5':>6} {'ms':>6}")
    retriever = Retriever(archives, embedder)
    begun = time.perf_counter()
    fused = [retriever.search(Question(text=str(q["text"]))).evidence for q in answerable]
    spent = (time.perf_counter() - begun) / len(answerable) * 1000
    for name, match in (("fused (what ships)", None), ("words alone", Match.WORDS), ("meaning alone", Match.MEANING)):
        if match is None:
            pages = [[one.passage.place.label for one in found] for found in fused]
        else:
            pages = [lane(archives[0], embedder, str(q["text"]), match) for q in answerable]
        milliseconds = f"{spent:6.1f}" if match is None else ""
        print(f"{name:<24} {share(pages, 1):6.3f} {share(pages, 5):6.3f} {milliseconds}")
    shelf.close()


def lane(archive: object, embedder: object, text: str, match: Match) -> list[str]:
    """The pages of one lane's passages, best first, without fusion."""
    from fieldfare.pack.archive import fts_phrase
    from fieldfare.text import content_words, words

    if match is Match.WORDS:
        query = " OR ".join(map(fts_phrase, content_words(text) or words(text)))
        found = archive.find_words(query, 5)  # type: ignore[attr-defined]
    else:
        found = archive.find_meaning(embedder.encode([text])[0].tobytes(), 5)  # type: ignore[attr-defined]
    passages = archive.passages(id_ for id_, _ in found)  # type: ignore[attr-defined]
    return [passages[id_].place.label for id_, _ in found]


def foreign(folder: Path) -> list[str]:
    """Questions of other worlds: everyday repair, encyclopaedia, finance, printers."""
    chosen = []
    for name in ("repair-guides", "squad2", "mtrag", "crosslingual-faq"):
        file = folder / name / "queries.jsonl"
        if file.exists():
            rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            texts = [row["text"] for row in rows if row.get("lang", "en") == "en"]
            chosen += random.Random(1).sample(texts, min(60, len(texts)))
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draft", action="store_true", help="let the language model draft (slow)")
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval")
    options = parser.parse_args()
    questions = gold()
    lanes(questions)
    assistant = open_assistant(dataclasses.replace(settings.Settings(), draft=options.draft), eager=True)
    answers = {str(q["id"]): answer_of(assistant, str(q["text"])) for q in questions}
    answerable = [q for q in questions if q["answerable"]]
    given = [q for q in answerable if answers[str(q["id"])].verdict is not Verdict.REFUSED]
    correct = [q for q in given if right(answers[str(q["id"])], q)]
    silent = [q for q in questions if not q["answerable"]]
    kept = [q for q in silent if answers[str(q["id"])].verdict is Verdict.REFUSED]
    print(f"\nanswerable {len(answerable)}: right {len(correct)}, refused {len(answerable) - len(given)}, "
          f"other page {len(given) - len(correct)}")  # fmt: skip
    print(f"not in the manual, near misses {len(silent)}: refused {len(kept)}")
    others = foreign(options.eval)
    if others:
        refused = sum(answer_of(assistant, text).verdict is Verdict.REFUSED for text in others)
        print(f"of other worlds {len(others)}: refused {refused} ({refused / len(others):.1%})")
    else:
        print("of other worlds: skipped, no --eval folder")
    shown = [one for answer in answers.values() for one in answer.statements]
    proved = sum(
        one.citation.quote == one.citation.passage.text[one.citation.start : one.citation.end] for one in shown
    )
    print(
        f"statements {len(shown)}: quote stands in its passage {proved}, verbatim {sum(one.verbatim for one in shown)}"
    )
    assistant.close()


if __name__ == "__main__":
    main()
