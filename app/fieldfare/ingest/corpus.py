"""The texts of a question set as a pack: every text a printed page of one manual, made by the real creator.

Page N of the pack is the N-th text, so whatever is found or cited says which text it is from. Packs are kept in the build
cache by what they are made from.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import database, stems
from fieldfare.errors import StorageError
from fieldfare.ingest.cache import Cache
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack import manifest
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Collection

    from fieldfare.ingest.extract import Progress
    from fieldfare.retrieval import Embedder

_STEP = re.compile(r"\d+[.)]\s+(?=\S)")
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts with their titles (empty where they have none), what they are called together, and their language."""

    name: str
    texts: tuple[tuple[str, str], ...]
    language: str


def corpus_pack(
    corpus: Corpus, embedder: Embedder | None, cache: Path, progress: Progress, *, without: Collection[int] = ()
) -> Path:
    """The pack of a corpus, built where the cache has none; `without` are pages (from 1) that are left out.

    Raises SourceError where no text is left, StorageError where the cache cannot be written.
    """
    with Cache(cache) as known:
        index = [Path(manifest.__file__).with_name("schema.sql"), Path(stems.__file__)]
        made = [file.read_text(encoding="utf-8") for file in index]
        identity = str(embedder.identity if embedder else None)
        key = known.key("corpus", asdict(corpus), identity, sorted(without), made, database.SCHEMA_VERSION)
        target = known.file(key).with_suffix(".fpack")
    try:
        if target.is_file():
            os.utime(target)  # the cache drops what was used longest ago
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = (_OTHER.sub("-", corpus.name.casefold()).strip("-") or "set")[:40].rstrip("-") + "-set"
        id_ = f"{whole}-{key[:8]}" if without else whole
        with tempfile.TemporaryDirectory(prefix="fieldfare-set-") as scratch:
            source = Path(scratch) / "source"
            _write_source(source, id_, corpus, without)
            vectors = (
                [cache / f"vectors-{embedder.identity.digest[:16]}-{one}" for one in (whole, id_)] if embedder else []
            )
            if without and vectors and vectors[0].is_file():
                shutil.copy(*vectors)  # the texts of a part are among those of the whole
            build(read_source(source), target, embedder, progress, cache=cache)
            if without and vectors:
                vectors[1].unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"The pack of {corpus.name} cannot be made in {cache} ({error.strerror}). Make space, then try again."
        ) from error
    return target


def page(number: int, title: str, text: str) -> str:
    """A text as the web page that it could be: lines are paragraphs, numbered lines are steps."""
    parts = [f"<h1>{html.escape(title)}</h1>"] if title.strip() else []
    steps: list[str] = []
    for line in (*text.strip().splitlines(), ""):
        mark = _STEP.match(line)
        if mark:
            steps.append(f"<li>{html.escape(line[mark.end() :])}</li>")
            continue
        if steps:
            parts.append(f"<ol>{''.join(steps)}</ol>")
            steps = []
        if line.strip():
            parts.append(f"<p>{html.escape(line.strip())}</p>")
    # The comment is in an element: parsers move one that stands first out of the body.
    body = f"<article><!-- page {number} -->{''.join(parts)}</article>"
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _write_source(folder: Path, id_: str, corpus: Corpus, without: Collection[int]) -> None:
    for number, (title, text) in enumerate(corpus.texts, 1):
        if number not in without:
            file = folder / "pages" / f"{number:06}" / "page.html"
            file.parent.mkdir(parents=True)
            file.write_text(page(number, title, text), encoding="utf-8")
    folder.mkdir(exist_ok=True)
    title = json.dumps(squeeze(corpus.name), ensure_ascii=False)
    (folder / "pack.toml").write_text(
        f'[pack]\nid = "{id_}"\nversion = "1"\ntitle = {title}\nlanguage = "{corpus.language}"\n'
        f'[[documents]]\npath = "pages"\ntitle = {title}\n',
        encoding="utf-8",
    )
