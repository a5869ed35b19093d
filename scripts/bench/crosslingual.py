"""Questions in one language over manuals in another: what is found as it was asked, in approved words, and translated.

    .venv/bin/python scripts/bench/crosslingual.py SET --work FOLDER [--languages FOLDER]

SET is `demo` (37 of the demo pack's gold questions in German, Spanish and French, over its English manual), a folder with corpus.jsonl,
queries.jsonl (with `lang`) and qrels.tsv (../shared/eval/crosslingual-faq), or a table of translated texts
(../shared/eval/translation/dev.en-de.tsv): there each foreign text seeks the English one.

--languages installs every .argosmodel of a folder for this measurement; without it those of this device are used. Packs are built
by the real creator and kept in --work. `own words` are those that people asked in English; `product` is what the device asks:
translated and checked, else in approved words, else as it is.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import corpora
from corpora import Asked, Corpus
from ranking import Remembering, figures, pack_words, search

from fieldfare.assistant import open_embedder, open_reader
from fieldfare.domain import Question
from fieldfare.errors import FieldfareError
from fieldfare.ingest.questions import read_questions
from fieldfare.interpreter import Interpreter
from fieldfare.retrieval import Retriever
from fieldfare.text import sentences
from fieldfare.translation import installation, packages
from fieldfare.translation.engine import Engine
from fieldfare.translation.memory import Memory
from fieldfare.translation.terminology import Terminology
from fieldfare.translation.translator import Translator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fieldfare.translation.packages import Package

DEMO = Path(__file__).with_suffix(".tsv")
SHOWN = 3  # questions that are printed as they were asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """The questions of a language, and the same in English where people asked them."""

    language: str
    questions: tuple[Asked, ...]
    english: tuple[Asked, ...] = ()


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def open_set(name: str, work: Path, embedder: Remembering) -> tuple[Corpus, list[Foreign]]:
    """The pack of a set and its questions by language."""
    if name == "demo":
        return _demo(work, embedder)
    place = Path(name)
    if (place / "queries.jsonl").is_file():
        return _folder(place, work, embedder)
    if place.suffix == ".tsv" and place.is_file():
        return _table(place, work, embedder)
    raise SystemExit(f"{name} is no set: name `demo`, a folder with queries.jsonl, or a .tsv table of translations.")


def _demo(work: Path, embedder: Remembering) -> tuple[Corpus, list[Foreign]]:
    corpus = corpora.open_demo(work, embedder)
    gold = [one for one in read_questions(corpora.ROOT / "packs" / "halden-gs40" / "questions.jsonl") if one.answerable]
    right = {one.id: asked for one, asked in zip(gold, corpus.questions, strict=True)}
    table = rows(DEMO)
    return corpus, [
        Foreign(
            language=code,
            questions=tuple(replace(right[row["id"]], text=row[code]) for row in table),
            english=tuple(right[row["id"]] for row in table),
        )
        for code in list(table[0])[1:]
    ]


def _folder(place: Path, work: Path, embedder: Remembering) -> tuple[Corpus, list[Foreign]]:
    texts, queries, right = corpora.open_texts(place)
    by_language: dict[str, dict[str, Asked]] = defaultdict(dict)
    for row in queries:
        if right.get(str(row["id"])):
            asked = Asked(text=str(row["text"]), right=frozenset(right[str(row["id"])]))
            by_language[str(row["lang"])][str(row["id"]).rpartition("_")[2]] = asked
    corpus = corpora.from_texts(place.resolve().name, texts, (), work, embedder)
    english = by_language.pop("en", {})
    return corpus, [
        Foreign(
            language=code,
            questions=tuple(asked.values()),
            english=tuple(english[number] for number in asked if number in english),
        )
        for code, asked in by_language.items()
    ]


def _table(place: Path, work: Path, embedder: Remembering) -> tuple[Corpus, list[Foreign]]:
    table = rows(place)
    code = list(table[0])[-1]
    texts = [corpora.Text(id=f"d{number:05}", title="", text=row["en"]) for number, row in enumerate(table)]
    same = defaultdict(set)
    for text in texts:
        same[text.text].add(text.id)
    asked = tuple(Asked(text=row[code], right=frozenset(same[row["en"]])) for row in table if row[code] != row["en"])
    return corpora.from_texts(place.stem.replace(".", "-"), texts, (), work, embedder), [
        Foreign(language=code, questions=asked)
    ]


@contextlib.contextmanager
def open_packages(folder: Path | None) -> Iterator[Sequence[Package]]:
    """Those of a folder, installed for as long as this runs; without one those of the device."""
    if folder is None:
        yield packages.installed()[0]
        return
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="fieldfare-bench-") as scratch:
        os.environ["FIELDFARE_HOME"] = scratch
        try:
            yield [installation.install(file, unverified=True) for file in installation.files_of(folder)]
        finally:
            os.environ.clear()
            os.environ.update(before)


def judge(name: str, asked: Sequence[Asked], lanes: Mapping[str, Callable[[str], list[str]]], note: str = "") -> None:
    """hit@1, hit@5 and MRR of some questions in each lane."""
    for lane, find in lanes.items():
        found = figures(find, asked)
        print(
            f"{name:<22} {lane:<8} {found['hit@1']:6.3f} {found['hit@5']:6.3f} {found['MRR']:6.3f}  {note}", flush=True
        )


def said(asked: Iterable[Asked], texts: Iterable[str]) -> list[Asked]:
    return [replace(one, text=text) for one, text in zip(asked, texts, strict=True)]


def measure(
    foreign: Foreign, corpus: Corpus, known: Sequence[Package], lanes: Mapping[str, Callable[[str], list[str]]]
) -> None:
    """Every way to ask the questions of a language."""
    code, asked = foreign.language, foreign.questions
    archives, engine = [corpus.archive], Engine(known)
    translator = Translator(
        engine, memory=Memory(archives), terminology=Terminology(archives), protected=corpus.archive.protected_words()
    )
    interpreter = Interpreter(archives, engine, translator, Terminology(archives))
    questions = [Question(text=one.text, language=code) for one in asked]
    way = interpreter.route(code, "en")
    print(
        f"\n{code} → en: {len(asked)} questions over {corpus.archive.manifest.passages} passages; {way or 'no package leads there'}"
    )
    print(f"{'':<31} {'hit@1':>6} {'hit@5':>6} {'MRR':>6}")
    if foreign.english:
        judge("own words", foreign.english, lanes, f"{len(foreign.english)} questions")
    judge("untranslated", asked, lanes)
    approved = [interpreter.questions(one, at_once=True)[0].text for one in questions]
    changed = sum(text != one.text for text, one in zip(approved, asked, strict=True))
    if changed:
        judge("approved words", said(asked, approved), lanes, f"{changed} put otherwise")
    if way:
        try:
            plain = [
                " ".join(
                    many[0].text
                    for many in engine.translate([one.text[a:b] for a, b in sentences(one.text)], code, "en")
                )
                for one in asked
            ]
        except FieldfareError as error:
            raise SystemExit(str(error)) from error
        judge("machine, unchecked", said(asked, plain), lanes)
        product = [interpreter.questions(one)[0].text for one in questions]
        changed = sum(text != one.text for text, one in zip(product, asked, strict=True))
        judge("product", said(asked, product), lanes, f"{changed} put otherwise")
        for one, text, other in list(zip(asked, plain, product, strict=True))[:SHOWN]:
            print(f"    {one.text}\n      machine {text}\n      product {other}")
    interpreter.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", metavar="SET")
    parser.add_argument("--work", type=Path, required=True, help="where the packs of sets are kept")
    parser.add_argument("--languages", type=Path, help="a folder of .argosmodel files")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder()
    if embedder is None:
        parser.error("the embedder is not set up: run scripts/test once")
    remembering = Remembering(embedder)
    corpus, languages = open_set(options.set, options.work, remembering)
    lanes = {"words": pack_words(corpus), "search": search(corpus, Retriever([corpus.archive], remembering))}
    if reader := open_reader():
        lanes["+reader"] = search(corpus, Retriever([corpus.archive], remembering, reader=reader))
    with open_packages(options.languages) as known:
        for foreign in languages:
            measure(foreign, corpus, known, lanes)
    corpus.archive.close()


if __name__ == "__main__":
    sys.exit(main())
