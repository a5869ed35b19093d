"""What tells an answer from a gap: each measure of a search alone, the reader alone, the gate, and the best that any weighing could do.

    .venv/bin/python scripts/bench/silence.py --work DIR [--reader build/models/reader] [--eval ../shared/eval]

mtrag: a pack of each of its four collections; its questions asked of all, and of all but the collection that answers. squad2: its
paragraphs in one pack, half of the questions written so that their paragraph misleads; and each with its paragraph given, read
whole and sentence by sentence. Every figure is an AUROC (0.5 is chance); `limit` is fitted on the set itself, held out by fifths,
and shows what these measures hold, not what the product does.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from corpora import open_sets, packed
from reader import auroc, rows

from fieldfare import paths
from fieldfare.assistant import open_embedder
from fieldfare.conversation import standalone
from fieldfare.domain import Question
from fieldfare.gate import GATE, features
from fieldfare.ingest.corpus import Corpus, corpus_pack
from fieldfare.pack.archive import Archive
from fieldfare.reading import Reader
from fieldfare.retrieval import Retriever
from fieldfare.text import sentences

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "train"))
from gate import fit  # noqa: E402  (the trainer's own regression)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.retrieval import Embedder

Measured = tuple[dict[str, float], float]  # what the gate looks at, and what it says


class Asked:
    """Searches of one set, so that each is made once."""

    def __init__(self, folder: Path, embedder: Embedder | None, reader: Reader, work: Path, *, by: str = "") -> None:
        """A pack of the set's texts; with `by` a pack for each value of that key."""
        texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in rows(folder / "corpus.jsonl"):
            texts[str(row[by]) if by else folder.name].append((str(row.get("title") or ""), row["text"].strip()))
        corpora = {name: Corpus(name=name, texts=tuple(found), language="en") for name, found in texts.items()}
        archives = {name: Archive(corpus_pack(one, embedder, work, lambda *_: None)) for name, one in corpora.items()}
        self.packs = {name: archive.manifest.id for name, archive in archives.items()}
        self._retriever = Retriever(list(archives.values()), embedder, reader=reader)

    def __call__(self, text: str, without: str = "", before: Sequence[str] = ()) -> Measured:
        packs = tuple(id_ for name, id_ in self.packs.items() if name != without)
        finding = self._retriever.search(standalone(Question(text=text, packs=packs, history=tuple(before))))
        return features(finding.signals), finding.support


def tell(title: str, right: Sequence[Measured], wrong: Sequence[Measured]) -> None:
    """A line of figures for two groups of searches, and what the gate does at its threshold."""
    labels = [True] * len(right) + [False] * len(wrong)
    both = [*right, *wrong]
    names = sorted({name for found, _ in both for name in found})
    table = np.array([[found.get(name, 0.0) for name in names] for found, _ in both])
    truth, held = np.array(labels), np.zeros(len(both))
    fold = np.random.default_rng(3).permutation(len(both)) % 5
    for out in range(5):
        beta = fit(table[fold != out], truth[fold != out], np.ones((fold != out).sum()))
        held[fold == out] = table[fold == out] @ beta[:-1] + beta[-1]
    print(f"\n{title}: {len(right)} against {len(wrong)}")
    print(f"  gate {auroc([support for _, support in both], labels):.3f}, limit {auroc(held.tolist(), labels):.3f}; "
          + ", ".join(f"{name} {auroc(table[:, index].tolist(), labels):.3f}" for index, name in enumerate(names)))  # fmt: skip
    passed, kept = (np.mean([support >= GATE for _, support in group]) for group in (right, wrong))
    print(f"  at the threshold {GATE}: {passed:.1%} of the first are answered, {1 - kept:.1%} of the second refused")


def mtrag(folder: Path, embedder: Embedder | None, reader: Reader, work: Path) -> None:
    """Answerable against not, and with the collection that answers against without it."""
    asked = Asked(folder, embedder, reader, work, by="collection")
    answers = {row["id"]: row.get("answerable") for row in rows(folder / "answers.jsonl")}
    queries = rows(folder / "queries.jsonl")
    earlier = {row["id"]: [turn["text"] for turn in row["history"] if turn["speaker"] == "user"] for row in queries}
    strange = {row["id"]: next(one for one in queries if one["collection"] != row["collection"]) for row in queries}
    for title in ("the last turn alone", "in its conversation"):
        present, gaps, removed, switched = [], [], [], []
        for row in queries:
            before = earlier[row["id"]] if title == "in its conversation" else []
            if answers[row["id"]] is True:
                present.append(asked(row["text"], "", before))
                removed.append(asked(row["text"], row["collection"], before))
                switched.append(asked(row["text"], row["collection"], [strange[row["id"]]["text"]]))
            elif answers[row["id"]] is False:
                gaps.append(asked(row["text"], "", before))
        tell(f"mtrag, {title}, answerable and not", present, gaps)
        tell(f"mtrag, {title}, with the collection that answers and without it", present, removed)
    tell("mtrag, the same against questions without their collection that come after one of another", present, switched)


def squad2(folder: Path, embedder: Embedder | None, reader: Reader, work: Path) -> None:
    """Answerable against not, over all paragraphs and with the paragraph given."""
    asked = Asked(folder, embedder, reader, work)
    corpus = {row["id"]: row for row in rows(folder / "corpus.jsonl")}
    answers = {row["id"]: bool(row["answerable"]) for row in rows(folder / "answers.jsonl")}
    groups: dict[bool, list[Measured]] = {True: [], False: []}
    labels, given = [], defaultdict[str, list[float]](list)
    for row in rows(folder / "queries.jsonl"):
        labels.append(answers[row["id"]])
        groups[labels[-1]].append(asked(row["text"]))
        passage = corpus[row["context_doc_ids"][0]]
        (whole,) = reader.read(row["text"], [passage["text"]], [passage["title"]])
        parts = [passage["text"][start:end] for start, end in sentences(passage["text"])]
        read = reader.read(row["text"], parts, [passage["title"]] * len(parts))
        given["whole: answers"].append(whole.answers)
        given["whole: span"].append(whole.span)
        given["best sentence: answers"].append(max(one.answers for one in read))
        given["best sentence: span"].append(max(one.span for one in read))
        given["all four"].append(sum(values[-1] / scale for values, scale in zip(given.values(), (1, 3, 1, 3), strict=False)))  # fmt: skip
        if embedder is not None:
            vectors = embedder.encode([row["text"], passage["text"]])
            given["cosine"].append(float(vectors[0] @ vectors[1]))
    tell("squad2, over all paragraphs", groups[True], groups[False])
    print(f"\nsquad2, the paragraph given: {sum(labels)} against {len(labels) - sum(labels)}")
    print("  " + ", ".join(f"{name} {auroc(scores, labels):.3f}" for name, scores in given.items()))


def german(folder: Path, embedder: Embedder | None, reader: Reader, work: Path) -> None:
    """The headings of a German manual, taken out of it: asked of the manual, and of another German one alone."""
    corpus = next(iter(open_sets(work, embedder, ("evcc-de",))))
    (manual,) = (folder / "manuals" / "morserino").glob("*de*.pdf")
    source = work / "morserino-de"
    source.mkdir(exist_ok=True)
    shutil.copy(manual, source / "manual.pdf")
    toml = '[pack]\nid = "morserino-de"\nversion = "1"\ntitle = "Morserino"\nlanguage = "de"\n'
    (source / "pack.toml").write_text(toml, encoding="utf-8")
    other = packed("morserino-de", source, work, embedder)
    for title, used, read in (("all", embedder, reader), ("no reader", embedder, None), ("words alone", None, None)):
        groups = []
        for archive in (corpus.archive, other):
            retriever = Retriever([archive], used, reader=read)
            found = [retriever.search(Question(text=one.text)) for one in corpus.questions]
            groups.append([(features(one.signals), one.support) for one in found])
        tell(f"evcc-de headings of their manual and of another, {title}", *groups)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder for the packs")
    parser.add_argument("--reader", type=Path, default=paths.reader_dir())
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--set", choices=("mtrag", "squad2", "german"), action="append")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    embedder, reader = open_embedder(), Reader(options.reader)
    for name, measure in (("mtrag", mtrag), ("squad2", squad2)):
        if name in (options.set or ("mtrag", "squad2")):
            measure(options.eval / name, embedder, reader, options.work)
    if not options.set or "german" in options.set:
        german(options.eval.parent, embedder, reader, options.work)


if __name__ == "__main__":
    main()
