"""Fit the weights of the ranking: what was measured of each candidate -> one score.

    .venv/bin/python scripts/train/ranking.py --work FOLDER

The questions are from the training sets (../shared/train) and the headings of a manual that no figure is reported on; their
texts become packs, and the real retriever measures the candidates. The score is linear; its weights are those under which a
softmax over the candidates of a question says best which are right, with a little weight decay. Each set is also left out
once: the gain must hold on questions of another kind than those that were fitted.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "bench"))

import corpora  # noqa: E402
from corpora import Asked, Corpus, Text  # noqa: E402

from fieldfare.assistant import open_embedder  # noqa: E402
from fieldfare.retrieval import Retriever, codes, ranking  # noqa: E402
from fieldfare.retrieval.query import understand  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.retrieval import Embedder

TRAIN = corpora.SHARED / "train"
QUESTIONS = 150  # of each set
DECAY = 0.02
CONSIDERED = 150  # of the passages of a question, those that the shipped weights rank first, and the right ones


def choices(name: str, work: Path, embedder: Embedder) -> Corpus:
    """Questions whose right text is one of several of the same document."""
    rows = [row for row in corpora.rows(TRAIN / name / "train_selection.jsonl.gz") if any(row["labels"])]
    picked = random.Random(1).sample(rows, QUESTIONS)
    texts: dict[str, Text] = {}
    questions = []
    for row in picked:
        title = str(row.get("title") or "").rsplit(" / ", 1)[-1]
        for text in row["candidates"]:
            texts.setdefault(text, Text(id=f"d{len(texts):05}", title=title, text=text))
        right = frozenset(texts[text].id for text, label in zip(row["candidates"], row["labels"], strict=True) if label)
        questions.append(Asked(text=row["question"], right=right))
    return corpora.from_texts(f"train-{name.replace('_', '-')}", list(texts.values()), questions, work, embedder)


def answered(name: str, work: Path, embedder: Embedder) -> Corpus:
    """Questions whose right text holds the answer."""
    rows = [row for row in corpora.rows(TRAIN / name / "train.jsonl.gz") if row["answerable"]]
    picked = random.Random(2).sample(rows, QUESTIONS)
    texts: dict[str, Text] = {}
    questions = []
    for row in picked:
        title = str(row.get("title") or "").replace("_", " ")
        text = texts.setdefault(row["passage"], Text(id=f"d{len(texts):05}", title=title, text=row["passage"]))
        questions.append(Asked(text=row["question"], right=frozenset({text.id})))
    for row in random.Random(3).sample(rows, min(QUESTIONS, len(rows))):
        title = str(row.get("title") or "").replace("_", " ")
        texts.setdefault(row["passage"], Text(id=f"d{len(texts):05}", title=title, text=row["passage"]))
    return corpora.from_texts(f"train-{name.replace('_', '-')}", list(texts.values()), questions, work, embedder)


def training_sets(work: Path, embedder: Embedder) -> Iterator[Corpus]:
    """The sets that the weights are fitted on."""
    yield corpora.from_manual(
        "train-libresolar", corpora.SHARED / "manuals" / "libresolar" / "docs", work, embedder, "en"
    )
    for name in ("awsdocs_headings",):
        yield choices(name, work, embedder)
    for name in ("squadshifts_new_wiki", "nq_oracle"):
        yield answered(name, work, embedder)


def measured(corpus: Corpus, embedder: Embedder) -> list[tuple[np.ndarray, list[str], frozenset[str]]]:
    """Of each question the features of its candidates (a row each), the texts that they are from, and the right ones."""
    retriever = Retriever([corpus.archive], embedder)
    names = list(ranking.WEIGHTS)
    found = []
    for asked in corpus.questions:
        text, hits = codes.identified(asked.text, [corpus.archive])
        query = understand(text, [corpus.archive])
        vectors = retriever._vectors(text, [corpus.archive])
        measures = retriever.measure(query, corpus.archive, hits[corpus.archive.manifest.id], vectors)
        found_at = np.flatnonzero(measures.proposed)
        scores = measures.scores()[found_at]
        right = [corpus.text_of[int(at) + 1] in asked.right for at in found_at]
        kept = found_at[(np.argsort(np.argsort(-scores)) < CONSIDERED) | np.array(right, dtype=bool)]
        rows = np.array([measures.features[name][kept] for name in names], dtype=np.float64).T
        found.append((rows, [corpus.text_of[int(at) + 1] for at in kept], asked.right))
    return found


def best_texts(rows: np.ndarray, texts: Sequence[str], weights: np.ndarray) -> list[str]:
    order = np.argsort(-(rows @ weights), kind="stable")
    return list(dict.fromkeys(texts[index] for index in order))


def hit(
    measurements: Sequence[tuple[np.ndarray, list[str], frozenset[str]]], weights: np.ndarray, depth: int = 1
) -> float:
    return float(np.mean([
        len(rows) > 0 and any(text in right for text in best_texts(rows, texts, weights)[:depth])
        for rows, texts, right in measurements
    ]))  # fmt: skip


def fit(sets: Sequence[Sequence[tuple[np.ndarray, list[str], frozenset[str]]]], start: np.ndarray) -> np.ndarray:
    """Weights by gradient descent (Adam); every set weighs alike."""
    weights = start.copy()
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, 401):
        gradient = DECAY * (weights - start)
        for measurements in sets:
            total = np.zeros_like(weights)
            for rows, texts, right in measurements:
                good = np.array([text in right for text in texts])
                if not good.any() or good.all():
                    continue
                values = rows @ weights
                odds = np.exp(values - values.max())
                odds /= odds.sum()
                wanted = np.where(good, odds, 0)
                wanted /= wanted.sum()
                total += (odds - wanted) @ rows
            gradient += total / len(measurements) / len(sets)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        weights -= 0.05 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where the sets' packs are kept")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder()
    if embedder is None:
        parser.error("the embedder is not set up: run scripts/test once")
    sets = {}
    for corpus in training_sets(options.work, embedder):
        sets[corpus.name] = measured(corpus, embedder)
        corpus.archive.close()
        print(corpus.name, len(corpus.questions), "questions", flush=True)
    start = np.array(list(ranking.WEIGHTS.values()))
    print(f"{'left out':28} shipped  fitted on the others")
    for name, left in sets.items():
        others = fit([one for other, one in sets.items() if other != name], start)
        print(f"{name:28} {hit(left, start):.3f}    {hit(left, others):.3f}")
    weights = fit(list(sets.values()), start)
    for name, value in zip(ranking.WEIGHTS, weights, strict=True):
        print(f'    "{name}": {value:.2f},')


if __name__ == "__main__":
    main()
