"""Fit the gate: from what a search measured to the chance that the manuals answer the question.

    .venv/bin/python scripts/train/gate.py DATA [--work DIR] [--reader build/models/reader]

DATA is the folder of training sets; nothing that a figure is reported on is read here. A guide of a technical documentation
or an article of an encyclopaedia is a manual: its questions are asked with it and without it, and questions that were turned
so that their passage leaves them open are asked with it. The weights are printed as `answering` holds them.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
from reader_data import Maker, read

from fieldfare import paths
from fieldfare.assistant import open_embedder
from fieldfare.domain import Question
from fieldfare.gate import WEIGHTS, features
from fieldfare.ingest.corpus import Corpus, corpus_pack
from fieldfare.pack.archive import Archive
from fieldfare.reading import Reader
from fieldfare.retrieval import Retriever

GUIDES, ARTICLES = 12, 14
QUESTIONS = 14  # of each manual


def manuals(
    folder: Path, chance: random.Random
) -> tuple[dict[str, list[tuple[str, str]]], list[tuple[str, str, bool]]]:
    """Texts by manual; questions, the manual that answers each, and whether it does."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    asked: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in read(folder / "awsdocs_headings" / "train_selection.jsonl.gz"):
        guide = row["title"].split(" / ")[0]
        for text in row["candidates"]:
            texts[guide].setdefault(text, row["title"].split(" / ", 1)[-1])
        if any(row["labels"]):
            asked[guide].append((row["question"], True))
    for row in read(folder / "squadshifts_new_wiki" / "train.jsonl.gz"):
        texts[row["title"]].setdefault(row["passage"], "")
        asked[row["title"]].append((row["question"], True))
    maker = Maker(folder, lambda _word, _chance: None, 11)
    by_title = defaultdict(list)
    rows = read(folder / "squadshifts_new_wiki" / "train.jsonl.gz")
    for row in rows:
        by_title[row["title"]].append(row["question"])
    for row in rows:
        turned = maker.turned(row, by_title[row["title"]])
        if turned:
            asked[row["title"]].append((turned, False))
    guides = sorted(name for name in asked if "_" not in name and 40 <= len(texts[name]) <= 500)
    articles = sorted({row["title"] for row in rows})
    chosen = chance.sample(guides, min(GUIDES, len(guides))) + chance.sample(articles, min(ARTICLES, len(articles)))
    questions = []
    for name in chosen:
        right = [one for one in asked[name] if one[1]]
        open_ = [one for one in asked[name] if not one[1]]
        for text, answered in chance.sample(right, min(QUESTIONS, len(right))) + chance.sample(
            open_, min(QUESTIONS // 2, len(open_))
        ):
            questions.append((text, name, answered))
    return {name: [(title, text) for text, title in texts[name].items()] for name in chosen}, questions


def fit(rows: np.ndarray, labels: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Logistic regression with a little ridge, by Newton's method; the last coefficient is the constant."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    beta = np.zeros(design.shape[1])
    ridge = np.diag([*[1.0] * rows.shape[1], 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ beta))
        slope = design.T @ (mass * (labels - chance)) - ridge @ beta
        curve = (design * (mass * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    right, wrong = scores[labels], scores[~labels]
    return float(np.mean([np.mean((one > wrong) + 0.5 * (one == wrong)) for one in right]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("work-gate"))
    parser.add_argument("--reader", type=Path, default=paths.reader_dir())
    options = parser.parse_args()
    chance = random.Random(5)
    embedder, reader = open_embedder(), Reader(options.reader)
    if embedder is None:
        parser.error("the embedder is not set up: run scripts/test once")
    options.work.mkdir(parents=True, exist_ok=True)
    texts, questions = manuals(options.data, chance)
    archives = {}
    for name, pages in texts.items():
        corpus = Corpus(name=name, texts=tuple(pages), language="en")
        archives[name] = Archive(corpus_pack(corpus, embedder, options.work, lambda *_: None))
        print(f"{name}: {len(pages)} texts", flush=True)
    retriever = Retriever(list(archives.values()), embedder, reader=reader)
    everything = {name: archive.manifest.id for name, archive in archives.items()}
    rows, labels, kinds, groups = [], [], [], []
    for number, (text, name, answered) in enumerate(questions):
        for without in (False, True) if answered else (False,):
            packs = tuple(id_ for other, id_ in everything.items() if not (without and other == name))
            finding = retriever.search(Question(text=text, packs=packs))
            rows.append(features(finding.signals))
            labels.append(answered and not without)
            kinds.append("removed" if without else "present" if answered else "open")
            groups.append(name)
        if number % 100 == 99:
            print(f"{number + 1} of {len(questions)} questions", flush=True)
    names = list(next(iter(WEIGHTS)))
    table, truth, kind = np.array([[row[name] for name in names] for row in rows]), np.array(labels), np.array(kinds)
    np.savez(options.work / "features.npz", names=names, rows=table, labels=truth, kinds=kind, groups=np.array(groups))
    report(options.work / "features.npz")


def report(file: Path) -> None:
    """What each measure and all of them tell apart, held out by manual, and the weights over everything."""
    kept = np.load(file)
    names, table, truth, kind, groups = list(kept["names"]), kept["rows"], kept["labels"], kept["kinds"], kept["groups"]
    mass = np.where(kind == "open", 0.5, 1.0)
    order = sorted(set(groups))
    random.Random(5).shuffle(order)
    for name, column in zip(names, table.T, strict=True):
        print(f"{name:>38}" + told(column, truth, kind))
    for wanted in WEIGHTS:
        mine = table[:, [names.index(name) for name in wanted]]
        held = np.zeros(len(mine))
        for fold in range(5):
            out = np.isin(groups, order[fold::5])
            beta = fit(mine[~out], truth[~out], mass[~out])
            held[out] = mine[out] @ beta[:-1] + beta[-1]
        print(f"{' '.join(wanted):>38}" + told(held, truth, kind) + "  held out")
        beta = fit(mine, truth, mass)
        print(f"    {wanted}: ({', '.join(f'{one:.2f}' for one in beta)}),")


def told(scores: np.ndarray, truth: np.ndarray, kind: np.ndarray) -> str:
    text = ""
    for against in ("removed", "open"):
        chosen = (kind == "present") | (kind == against)
        text += f"  {against} {auroc(scores[chosen], truth[chosen]):.3f}"
    return text


if __name__ == "__main__":
    main()
