"""Half sentences and questions asked back: what completing a question is worth, and how often a good question is asked back.

    .venv/bin/python scripts/bench/conversation.py --work FOLDER [--set NAME …] [--show]

MT-RAG's questions with turns before them are searched as given and completed (fieldfare.conversation), told apart by whether
the rules changed them. Every question of the open sets and of the demo pack is then judged for asking back
(fieldfare.ambiguity): each set by itself, and the demo pack's with the other manuals installed beside it. All of these
questions have one meaning, so each that is asked back is a false alarm.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import corpora

from fieldfare import ambiguity
from fieldfare.assistant import open_embedder
from fieldfare.conversation import standalone
from fieldfare.domain import Question
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from corpora import Corpus

DEPTH = 30  # passages among which the first texts are looked for


def hits(retriever: Retriever, corpus: Corpus, question: Question, right: frozenset[str]) -> tuple[bool, bool]:
    """Whether a right text is the first, and among the first five."""
    found = [corpus.text_of[one.passage.id] for one in retriever.search(question, DEPTH).evidence]
    first = list(dict.fromkeys(found))[:5]
    return bool(right & set(first[:1])), bool(right & set(first))


def completed(corpus: Corpus, retriever: Retriever, *, show: bool) -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for asked in corpus.questions:
        if not asked.before:
            continue
        question = standalone(Question(text=asked.text, history=asked.before))
        whole = question.text
        given = hits(retriever, corpus, Question(text=asked.text), asked.right)
        then = hits(retriever, corpus, question, asked.right)
        count = counts["with its context" if whole == asked.text else "completed"]
        for place, value in enumerate((True, given[0], then[0], given[1], then[1])):
            count[place] += value
        if show and whole != asked.text:
            mark = "+" if then[0] > given[0] else "-" if then[0] < given[0] else " "
            print(f"  {mark} {asked.before[-1][:60]!r} {asked.text[:70]!r} -> {whole[:100]!r}")
    print(f"{'':<16} {'questions':>9} {'hit@1 given':>12} {'searched':>10} {'hit@5 given':>12} {'searched':>10}")
    for name, (total, *right) in counts.items():
        shares = [value / total for value in right]
        print(f"{name:<16} {total:9} {shares[0]:12.3f} {shares[1]:10.3f} {shares[2]:12.3f} {shares[3]:10.3f}")


def asked_back(name: str, corpus: Corpus, retriever: Retriever, names: dict[str, str], *, show: bool) -> None:
    count = 0
    for asked in corpus.questions:
        question = standalone(Question(text=asked.text, history=asked.before))
        answer = ambiguity.ask_back(question, retriever.search(question), names)
        count += answer is not None
        if show and answer is not None:
            print(f"  {question.text[:80]!r} -> {[one.question.text[:60] for one in answer.choices]}")
    total = len(corpus.questions)
    print(f"{name:<24} {total:6} {count:6} {count / max(total, 1):7.1%}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for the packs of the sets")
    parser.add_argument("--set", nargs="+", default=[], help="only these sets, as scripts/bench/ranking.py names them")
    parser.add_argument("--show", action="store_true", help="name the questions that were changed or asked back")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder()
    sets = {one.name: one for one in corpora.open_sets(options.work, embedder, options.set)}
    if "mtrag" in sets:
        completed(sets["mtrag"], Retriever([sets["mtrag"].archive], embedder), show=options.show)
    print(f"\n{'asked back':<24} {'of':>6} {'times':>6}")
    for name, corpus in sets.items():
        asked_back(name, corpus, Retriever([corpus.archive], embedder), {}, show=options.show)
    manuals = [sets[name].archive for name in ("demo", "evcc-en", "evcc-de", "farmbot") if name in sets]
    names = {archive.manifest.id: archive.machine for archive in manuals}
    if "demo" in sets:
        asked_back("demo, beside manuals", sets["demo"], Retriever(manuals, embedder), names, show=options.show)


if __name__ == "__main__":
    main()
