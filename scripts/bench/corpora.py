"""Question sets as packs: the texts of a set become pages, the real creator builds a pack of them, and what is right is known.

A set is built once and kept in the folder that the caller names; a changed creator, schema or text builds it again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import database
from fieldfare.evaluation import stands_at
from fieldfare.ingest.corpus import page
from fieldfare.ingest.creator import build
from fieldfare.ingest.questions import read_questions
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldfare.retrieval import Embedder

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text of a set: what a search should find."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with the ids of the texts that answer it; `before` are the user's earlier turns."""

    text: str
    right: frozenset[str]
    before: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Corpus:
    """A set as a pack: its questions, and which text each passage of the pack is from."""

    name: str
    archive: Archive
    questions: Sequence[Asked]
    texts: Sequence[Text]
    by_section: bool = False
    by_passage: bool = False

    @cached_property
    def text_of(self) -> dict[int, str]:
        """The id of the text that each passage is from: its file, or its section where a manual is one text."""
        reader = database.Reader(self.archive.path)
        rows = reader.rows(
            "SELECT p.id, d.source, s.id FROM passage p JOIN section s ON s.id = p.section "
            "JOIN document d ON d.id = s.document"
        )
        reader.close()
        if self.by_passage:
            return {row[0]: str(row[0]) for row in rows}
        return {row[0]: str(row[2]) if self.by_section else Path(row[1]).stem for row in rows}


def rows(file: Path) -> list[dict[str, object]]:
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def open_texts(folder: Path) -> tuple[list[Text], list[dict[str, object]], dict[str, set[str]]]:
    """The texts of a folder, its questions and which texts are right for each."""
    texts = [
        Text(id=f"d{number:05}", title=str(row.get("title") or ""), text=str(row["text"]))
        for number, row in enumerate(rows(folder / "corpus.jsonl"))
    ]
    ids = {row["id"]: text.id for row, text in zip(rows(folder / "corpus.jsonl"), texts, strict=True)}
    right: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, relevance = line.split("\t")
        if int(relevance) and document in ids:
            right[query].add(ids[document])
    return texts, rows(folder / "queries.jsonl"), right


def _asked(queries: Iterable[dict[str, object]], right: dict[str, set[str]], language: str = "") -> list[Asked]:
    return [
        Asked(
            text=str(row["text"]),
            right=frozenset(right[str(row["id"])]),
            before=tuple(turn["text"] for turn in row.get("history", ()) if turn["speaker"] == "user"),  # type: ignore[attr-defined]
        )
        for row in queries
        if right.get(str(row["id"])) and (not language or row.get("lang") == language)
    ]


def _state() -> str:
    """What the pack of a set depends on beside its texts: the code that cuts and indexes passages."""
    folder = ROOT / "app" / "fieldfare"
    parts = (
        "pack/schema.sql",
        "pack/words.py",
        "ingest/creator.py",
        "ingest/passages.py",
        "ingest/word_index.py",
        "database.py",
        "stems.py",
    )
    return hashlib.sha256(b"".join((folder / part).read_bytes() for part in parts)).hexdigest()


def packed(name: str, source: Path, work: Path, embedder: Embedder | None) -> Archive:
    """The pack of a folder of manuals, built where it is missing or its code or text changed."""
    files = sorted(file for file in source.rglob("*") if file.is_file())
    seed = [_state(), str(embedder.identity if embedder else None)]
    seed += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    mark, target = work / f"{name}.state", work / f"{name}.fpack"
    state = hashlib.sha256("".join(seed).encode()).hexdigest()
    if not (target.is_file() and mark.is_file() and mark.read_text() == state):
        print(f"building the pack of {name}", file=sys.stderr)
        build(read_source(source), target, embedder, lambda *_: None, cache=work / "cache")
        mark.write_text(state)
    return Archive(target)


def from_texts(
    name: str, texts: Sequence[Text], questions: Sequence[Asked], work: Path, embedder: Embedder | None
) -> Corpus:
    """The corpus of English texts: a page and a document each."""
    source = work / name
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    toml = [f'[pack]\nid = "{name}"\nversion = "1"\ntitle = "{name}"\nlanguage = "en"\n']
    for text in texts:
        (source / f"{text.id}.html").write_text(page(1, text.title, text.text), encoding="utf-8")
        toml.append(f'[[documents]]\npath = "{text.id}.html"\n')
    (source / "pack.toml").write_text("\n".join(toml), encoding="utf-8")
    return Corpus(name=name, archive=packed(name, source, work, embedder), questions=questions, texts=texts)


_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$", re.MULTILINE)


def from_manual(name: str, folder: Path, work: Path, embedder: Embedder | None, language: str) -> Corpus:
    """A Markdown manual whose headings became numbers: each heading is the question for its section."""
    source = work / name
    shutil.rmtree(source, ignore_errors=True)
    heads: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        key = f"N{len(heads) + 1}"
        heads[key] = re.sub(r"[*_`{}\[\]]|\(.*?\)|<.*?>|\{#.*?\}", " ", match.group(2))
        return f"{match.group(1)} {key}"

    for file in sorted(folder.rglob("*.md*")):
        parts = re.split(r"(^```.*?^```)", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        target = source / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            "".join(p if p.startswith("```") else _HEADING.sub(number, p) for p in parts), encoding="utf-8"
        )
    toml = f'[pack]\nid = "{name}"\nversion = "1"\ntitle = "{name}"\nlanguage = "{language}"\n'
    (source / "pack.toml").write_text(toml, encoding="utf-8")
    archive = packed(name, source, work, embedder)
    return _known_items(name, archive, heads)


def _known_items(name: str, archive: Archive, heads: dict[str, str]) -> Corpus:
    """Questions for the sections whose number stands last in their path, as far as a heading names one section only."""
    reader = database.Reader(archive.path)
    rows = reader.rows("SELECT s.id, s.path, group_concat(p.text, char(10)) FROM section s JOIN passage p "
                       "ON p.section = s.id GROUP BY s.id ORDER BY s.id")  # fmt: skip
    reader.close()
    texts, wanted = [], defaultdict(set)
    for section, path, text in rows:
        texts.append(Text(id=str(section), title="", text=text))
        last = json.loads(path)[-1] if json.loads(path) else ""
        if last in heads:
            wanted[" ".join(heads[last].split())].add(str(section))
    questions = [
        Asked(text=heading, right=frozenset(right))
        for heading, right in wanted.items()
        if len(right) == 1 and len(heading.split()) >= 2
    ]
    return Corpus(name=name, archive=archive, questions=questions, texts=texts, by_section=True)


def open_demo(work: Path, embedder: Embedder | None) -> Corpus:
    """The demo pack with its answerable gold questions: a passage is right on the page or in the section that is named."""
    source = ROOT / "packs" / "halden-gs40"
    archive = packed("halden-gs40", source, work, embedder)
    passages = archive.passages(range(1, archive.manifest.passages + 1))
    texts = [Text(id=str(id_), title=" ".join(one.heading), text=one.text) for id_, one in passages.items()]
    questions = [
        Asked(text=gold.text, right=frozenset(str(id_) for id_, one in passages.items() if stands_at(gold, one)))
        for gold in read_questions(source / "questions.jsonl")
        if gold.answerable
    ]
    return Corpus(name="demo", archive=archive, questions=questions, texts=texts, by_passage=True)


def open_sets(work: Path, embedder: Embedder | None, names: Sequence[str] = ()) -> Iterator[Corpus]:
    """Every open set that is here, one after the other; with `names` only those."""
    evals, manuals = SHARED / "eval", SHARED / "manuals"
    if not names or "demo" in names:
        yield open_demo(work, embedder)

    def wanted(name: str) -> bool:
        return not names or name in names

    for name in ("repair-guides", "mtrag", "squad2"):
        if wanted(name) and (evals / name).is_dir():
            texts, queries, right = open_texts(evals / name)
            yield from_texts(name, texts, _asked(queries, right), work, embedder)
    for language in ("en", "fr"):
        if wanted(f"faq-{language}") and (evals / "crosslingual-faq").is_dir():
            texts, queries, right = open_texts(evals / "crosslingual-faq")
            corpus = from_texts("faq", texts, _asked(queries, right, language), work, embedder)
            corpus.name = f"faq-{language}"
            yield corpus
    for name, folder, language in (
        ("evcc-en", manuals / "evcc" / "src" / "content" / "docs" / "en", "en"),
        ("evcc-de", manuals / "evcc" / "src" / "content" / "docs" / "de", "de"),
        ("farmbot", manuals / "farmbot-express", "en"),
    ):
        if wanted(name) and folder.is_dir():
            yield from_manual(name, folder, work, embedder, language)
