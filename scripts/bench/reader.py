"""What the reader is worth: does a given passage answer (AUROC), where (exact, F1), at what cost; the peer is the cosine.

    .venv/bin/python scripts/bench/reader.py [--reader build/models/reader] [--eval ../shared/eval]

squad2: half of the questions cannot be answered from their paragraph, which was written to look as if it did.
"""

from __future__ import annotations

import argparse
import json
import re
import string
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from fieldfare import paths
from fieldfare.assistant import open_embedder
from fieldfare.reading import Reader

ROOT = Path(__file__).resolve().parents[2]


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def auroc(scores: list[float], labels: list[bool]) -> float:
    """The chance that a right one scores above a wrong one; ties count half."""
    order = np.argsort(scores, kind="stable")
    values = np.asarray(scores)[order]
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    mine = np.asarray(labels)[order]
    right, wrong = int(mine.sum()), int((~mine).sum())
    return float((ranks[mine].sum() - right * (right + 1) / 2) / (right * wrong))


def plain(text: str) -> list[str]:
    """SQuAD's own normalisation: no case, punctuation or articles."""
    text = "".join(" " if one in string.punctuation else one for one in text.casefold())
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(given: str, gold: str) -> float:
    one, other = plain(given), plain(gold)
    both = sum((Counter(one) & Counter(other)).values())
    return 2 * both / (len(one) + len(other)) if both else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, default=paths.reader_dir())
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    reader, embedder = Reader(options.reader), open_embedder()
    corpus = {row["id"]: row for row in rows(options.eval / "squad2" / "corpus.jsonl")}
    answers = {row["id"]: row for row in rows(options.eval / "squad2" / "answers.jsonl")}
    asked = rows(options.eval / "squad2" / "queries.jsonl")[: options.limit or None]
    labels, read, cosines, exact, overlaps, spent = [], [], [], [], [], []
    for one in asked:
        passage, answer = corpus[one["context_doc_ids"][0]], answers[one["id"]]
        begun = time.perf_counter()
        (found,) = reader.read(one["text"], [passage["text"]], [passage["title"]])
        spent.append(time.perf_counter() - begun)
        labels.append(bool(answer["answerable"]))
        read.append(found)
        if embedder is not None:
            vectors = embedder.encode([one["text"], passage["text"]])
            cosines.append(float(vectors[0] @ vectors[1]))
        if answer["answerable"]:
            given = passage["text"][found.start : found.end]
            exact.append(any(plain(given) == plain(gold) for gold in answer["all_answers"]))
            overlaps.append(max(f1(given, gold) for gold in answer["all_answers"]))
    print(f"squad2, the passage given: {len(asked)} questions, {sum(labels)} answerable; reader {reader.version}")
    print(f"AUROC  answers {auroc([one.answers for one in read], labels):.3f}")
    print(f"AUROC  span    {auroc([one.span for one in read], labels):.3f}")
    print(f"AUROC  both    {auroc([one.answers + 0.3 * one.span for one in read], labels):.3f}")
    if cosines:
        print(f"AUROC  cosine  {auroc(cosines, labels):.3f}  (all-MiniLM-L6-v2)")
    print(f"answerable: exact {np.mean(exact):.3f}, token F1 {np.mean(overlaps):.3f}")
    print(f"ms a passage: median {1000 * np.median(spent):.1f}, p95 {1000 * np.quantile(spent, 0.95):.1f}")


if __name__ == "__main__":
    main()
