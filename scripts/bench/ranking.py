"""How well each lane and each fusion ranks, on every open set. What a question costs: search_times.py.

    .venv/bin/python scripts/bench/ranking.py --work FOLDER [--set NAME …] [--reader FOLDER | --no-reader]

Packs of the sets are built by the real creator and kept in FOLDER. Lanes: `bm25` is FTS5 over one field of whole texts with
porter stems (what a plain program does), `words` the pack's own index, `meaning` its vectors, `RRF` bm25 and meaning with equal
weights, `search` the shipped ranking, `+reader` the same with the reader. All are judged by texts: the first passage of a text
is its place.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import apsw
import corpora
import numpy as np

from fieldfare import reading
from fieldfare.assistant import open_embedder, open_reader
from fieldfare.domain import Question
from fieldfare.pack.archive import fts_phrase
from fieldfare.retrieval import Retriever
from fieldfare.retrieval.query import understand
from fieldfare.retrieval.ranking import measure
from fieldfare.text import content_words, identifier_candidates, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from corpora import Asked, Corpus

    from fieldfare.retrieval import Embedder, Reader

READ_TO = 30  # places that the shipped ranking is read to: ten texts, whatever passages of one stand together
DEPTH = 100  # places that the lanes are read to
RRF = 60  # the constant of reciprocal rank fusion that everybody uses (Cormack et al. 2009)


def distinct(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def plain_words(corpus: Corpus) -> Callable[[str], list[str]]:
    """bm25 over whole texts in one field, porter stems."""
    db = apsw.Connection(":memory:")
    db.execute("CREATE VIRTUAL TABLE plain USING fts5(id UNINDEXED, text, tokenize='porter unicode61')")
    db.executemany("INSERT INTO plain VALUES (?, ?)", [(one.id, f"{one.title}\n{one.text}") for one in corpus.texts])

    def find(question: str) -> list[str]:
        query = " OR ".join(map(fts_phrase, content_words(question) or words(question))) or '"-"'
        rows = db.execute(
            "SELECT id FROM plain WHERE plain MATCH ? ORDER BY bm25(plain), rowid LIMIT ?", (query, DEPTH)
        )
        return [row[0] for row in rows]

    return find


def pack_words(corpus: Corpus) -> Callable[[str], list[str]]:
    """The pack's word index alone: fields, stems of the manual's language, terms of the trade, corrected words."""

    def find(question: str) -> list[str]:
        query = understand(question, [corpus.archive])
        nothing = np.zeros(corpus.archive.manifest.passages)
        words = measure(query, corpus.archive, closeness=None, near=nothing > 0, identifiers=nothing).features["words"]
        return distinct(corpus.text_of[int(at) + 1] for at in np.argsort(-words, kind="stable")[:DEPTH] if words[at])

    return find


class Remembering:
    """An embedder that encodes every question once, whichever lanes ask."""

    def __init__(self, embedder: Embedder) -> None:
        self.identity, self.closeness, self._embedder = embedder.identity, embedder.closeness, embedder
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        key = "\n".join(texts)
        if key not in self._known:
            self._known[key] = self._embedder.encode(texts, query=query)
        return self._known[key]


def meaning(corpus: Corpus, embedder: Embedder) -> Callable[[str], list[str]]:
    """The pack's vectors alone."""

    def find(question: str) -> list[str]:
        cosines = corpus.archive.cosines(embedder.encode([question], query=True)[0])
        return distinct(corpus.text_of[int(at) + 1] for at in np.argsort(-cosines, kind="stable")[:DEPTH])

    return find


def identifiers(corpus: Corpus) -> Callable[[str], list[str]]:
    """What is found by codes and part numbers alone."""

    def find(question: str) -> list[str]:
        hits = corpus.archive.find_identifiers(list(identifier_candidates(question)))
        return distinct(corpus.text_of[id_] for _, _, id_, _ in hits)

    return find


def reciprocal(*lanes: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Reciprocal rank fusion with equal weights."""

    def find(question: str) -> list[str]:
        scores: dict[str, float] = {}
        for lane in lanes:
            for rank, id_ in enumerate(lane(question), 1):
                scores[id_] = scores.get(id_, 0.0) + 1 / (RRF + rank)
        return sorted(scores, key=lambda id_: (-scores[id_], id_))

    return find


def search(corpus: Corpus, retriever: Retriever) -> Callable[[str], list[str]]:
    """The shipped ranking."""

    def find(question: str) -> list[str]:
        return distinct(
            corpus.text_of[one.passage.id] for one in retriever.search(Question(text=question), READ_TO).evidence
        )

    return find


def figures(find: Callable[[str], list[str]], asked: Sequence[Asked]) -> dict[str, float]:
    """hit@1, hit@5, MRR@10 and nDCG@10 of a lane."""
    total = dict.fromkeys(("hit@1", "hit@5", "MRR", "nDCG"), 0.0)
    for one in asked:
        found = [id_ in one.right for id_ in find(one.text)[:10]]
        total["hit@1"] += any(found[:1])
        total["hit@5"] += any(found[:5])
        total["MRR"] += next((1 / rank for rank, good in enumerate(found, 1) if good), 0.0)
        ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(one.right), 10) + 1))
        total["nDCG"] += sum(good / math.log2(rank + 1) for rank, good in enumerate(found, 1)) / ideal
    return {name: value / len(asked) for name, value in total.items()}


def judge(corpus: Corpus, embedder: Embedder, reader: Reader | None) -> dict[str, dict[str, float]]:
    """Every lane and fusion on a set, printed as it is found out."""
    lanes = {
        "bm25": plain_words(corpus),
        "words": pack_words(corpus),
        "meaning": meaning(corpus, embedder),
        "identifiers": identifiers(corpus),
    }
    lanes = {name: cache(lane) for name, lane in lanes.items()}
    lanes["RRF"] = reciprocal(lanes["bm25"], lanes["meaning"])
    lanes["search"] = search(corpus, Retriever([corpus.archive], embedder))
    if reader is not None:
        lanes["+reader"] = search(corpus, Retriever([corpus.archive], embedder, reader=reader))
    print(f"\n{corpus.name}: {corpus.archive.manifest.passages} passages, {len(corpus.questions)} questions")
    print(f"{'':12} {'hit@1':>6} {'hit@5':>6} {'MRR':>6} {'nDCG':>6}")
    results = {}
    for name, lane in lanes.items():
        results[name] = figures(lane, corpus.questions)
        print(f"{name:12} " + " ".join(f"{value:6.3f}" for value in results[name].values()), flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where the sets' packs are kept")
    parser.add_argument("--set", action="append", default=[], help="only this set; may be given again")
    parser.add_argument("--reader", type=Path, help="the reader's folder; without it the embedded one, if it is there")
    parser.add_argument("--no-reader", action="store_true", help="leave the reader out")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder()
    if embedder is None:
        parser.error("the embedder is not set up: run scripts/test once")
    reader = None if options.no_reader else reading.Reader(options.reader) if options.reader else open_reader()
    remembering = Remembering(embedder)
    results = {}
    for corpus in corpora.open_sets(options.work, embedder, options.set):
        results[corpus.name] = judge(corpus, remembering, reader)
        corpus.archive.close()
    if results:
        print(f"\n{'average':12} {'hit@1':>6}")
        for lane in next(iter(results.values())):
            print(f"{lane:12} {statistics.mean(one[lane]['hit@1'] for one in results.values()):6.3f}")
        behind = {
            name: best - found["search"]["hit@1"]
            for name, found in results.items()
            if (best := max(found[lane]["hit@1"] for lane in ("bm25", "words", "meaning"))) > found["search"]["hit@1"]
        }
        print("behind the best lane: " + (", ".join(f"{n} by {d:.3f}" for n, d in behind.items()) or "nowhere"))


if __name__ == "__main__":
    sys.exit(main())
