"""What a search costs at 10,000 and 100,000 passages, beside what SQLite's own index and vectors cost on the same file.

    .venv/bin/python scripts/bench/search_times.py --work FOLDER [--reader FOLDER | --no-reader]

Packs of the open sets are built by the real creator and kept in FOLDER, as scripts/bench/ranking.py does. One large pack is the
repair guides several times over, with the index that they would have. Milliseconds a question: of the clock, and of this
process's processors, which is what a quiet machine comes near. The floor is FTS5's bm25 over one field and sqlite-vec's brute
force over float32, each for its best 50, without any ranking.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import apsw
import corpora
import numpy as np
import sqlite_vec

from fieldfare import database, reading
from fieldfare.assistant import open_embedder, open_reader
from fieldfare.domain import Question
from fieldfare.pack.archive import Archive, fts_phrase
from fieldfare.pack.words import FIELDS, packed, risen, rising, unpacked
from fieldfare.retrieval import Retriever
from fieldfare.text import content_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldfare.retrieval import Embedder, Reader

SETS = ("repair-guides", "mtrag", "faq-en", "squad2", "demo")  # about 10,000 passages together
TIMES = (3, 25)  # the repair guides in one pack: about 12,000 and 100,000 passages
ASKED = 20  # questions of each set
BEST = 50


def multiplied(archive: Archive, times: int, target: Path) -> Archive:
    """A pack with the passages of another several times; hazards, figures and codes stay with the first."""
    shutil.copy(archive.path, target)
    db = apsw.Connection(str(target))
    passages, sections = archive.manifest.passages, db.execute("SELECT max(id) FROM section").get
    copies = range(times)
    with db:
        for copy in copies[1:]:
            db.execute(
                "INSERT INTO section SELECT id + ?, document, path, page, label FROM section WHERE id <= ?",
                (copy * sections, sections),
            )
            db.execute(
                "INSERT INTO passage SELECT id + ?, section + ?, kind, text, first_block, last_block, cells_row, confidence, "
                "page, label, region FROM passage WHERE id <= ?",
                (copy * passages, copy * sections, passages),
            )
        rows = db.execute("SELECT stem, passages, fields, places FROM stem").fetchall()
        db.executemany(
            "UPDATE stem SET passages = ?, fields = ?, places = ? WHERE stem = ?",
            (
                (
                    frequency * times,
                    rising(np.concatenate([risen(fields) + copy * passages * len(FIELDS) for copy in copies])),
                    packed(np.tile(unpacked(places), times)),
                    stem,
                )
                for stem, frequency, fields, places in rows
            ),
        )
        for name, numbers in db.execute("SELECT name, numbers FROM shape").fetchall():
            grown = (
                rising(np.concatenate([risen(numbers) + copy * sections for copy in copies]))
                if name == "section"
                else packed(np.tile(unpacked(numbers), times))
            )
            db.execute("UPDATE shape SET numbers = ? WHERE name = ?", (grown, name))
        (vectors,) = db.execute("SELECT data FROM vectors WHERE of = 'passage'").fetchone()
        db.execute("UPDATE vectors SET data = ? WHERE of = 'passage'", (vectors * times,))
        db.execute("UPDATE manifest SET value = ? WHERE key = 'passages'", (str(passages * times),))
    db.close()
    return Archive(target)


def floor(archives: Sequence[Archive], embedder: Embedder) -> dict[str, Callable[[str], object]]:
    """The same texts and vectors, asked bare."""
    db = apsw.Connection(":memory:")
    db.enable_load_extension(True)
    db.load_extension(sqlite_vec.loadable_path())
    for number, archive in enumerate(archives):
        reader = database.Reader(archive.path)
        db.execute(f"CREATE VIRTUAL TABLE words{number} USING fts5(text, tokenize='porter unicode61')")
        db.executemany(f"INSERT INTO words{number} VALUES (?)", reader.rows("SELECT text FROM passage ORDER BY id"))
        db.execute(
            f"CREATE VIRTUAL TABLE near{number} USING vec0(v float[{embedder.identity.dimension}] distance_metric=cosine)"
        )
        data = np.frombuffer(reader.value("SELECT data FROM vectors WHERE of = 'passage'"), dtype=np.int8)
        vectors = data.reshape(-1, embedder.identity.dimension).astype(np.float32)
        db.executemany(f"INSERT INTO near{number} (v) VALUES (?)", ((one.tobytes(),) for one in vectors))
        reader.close()

    def bm25(question: str) -> None:
        query = " OR ".join(map(fts_phrase, content_words(question))) or '"-"'
        for number in range(len(archives)):
            db.execute(
                f"SELECT rowid FROM words{number} WHERE words{number} MATCH ? ORDER BY rank LIMIT {BEST}", (query,)
            ).fetchall()

    @cache
    def vector(question: str) -> bytes:
        return embedder.encode([question], query=True)[0].tobytes()

    def nearest(question: str) -> None:
        for number in range(len(archives)):
            db.execute(f"SELECT rowid FROM near{number} WHERE v MATCH ? AND k = {BEST}", (vector(question),)).fetchall()

    return {"floor: FTS5 bm25": bm25, "floor: sqlite-vec": nearest}


def measure(archives: Sequence[Archive], asked: Sequence[str], embedder: Embedder, reader: Reader | None) -> None:
    """Print the times of one collection of packs."""
    plain = Retriever(archives, embedder)
    works: dict[str, Callable[[str], object]] = {
        **floor(archives, embedder),
        "the question's vector": lambda question: embedder.encode([question], query=True),
        "search": lambda question: plain.search(Question(text=question)),
    }
    if reader is not None:
        reads = Retriever(archives, embedder, reader=reader)
        works["search and reader"] = lambda question: reads.search(Question(text=question))
    passages = sum(archive.manifest.passages for archive in archives)
    begun = time.perf_counter()
    works["search"](asked[0])
    print(
        f"\n{passages} passages in {len(archives)} pack(s); the first search {1000 * (time.perf_counter() - begun):.0f} ms"
    )
    print(f"{'':24} {'clock p50':>10} {'p95':>8} {'processors p50':>15} {'p95':>8}")
    for name, work in works.items():
        for question in asked:
            work(question)
        spent, used = [], []
        for question in asked:
            begun, began = time.perf_counter(), time.process_time()
            work(question)
            spent.append((time.perf_counter() - begun) * 1000)
            used.append((time.process_time() - began) * 1000)
        cuts, busy = statistics.quantiles(spent, n=20), statistics.quantiles(used, n=20)
        print(f"{name:24} {cuts[9]:>10.1f} {cuts[18]:>8.1f} {busy[9]:>15.1f} {busy[18]:>8.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where the sets' packs are kept")
    parser.add_argument("--reader", type=Path, help="the reader's folder; without it the embedded one, if it is there")
    parser.add_argument("--no-reader", action="store_true", help="leave the reader out")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder()
    if embedder is None:
        parser.error("the embedder is not set up: run scripts/test once")
    reader = None if options.no_reader else reading.Reader(options.reader) if options.reader else open_reader()
    sets = [one for name in SETS for one in corpora.open_sets(options.work, embedder, [name])]
    asked = [one.text for corpus in sets for one in corpus.questions[:ASKED]]
    measure([corpus.archive for corpus in sets], asked, embedder, reader)
    guides = sets[0].archive
    for times in TIMES:
        measure([multiplied(guides, times, options.work / "multiplied.fpack")], asked, embedder, reader)


if __name__ == "__main__":
    sys.exit(main())
