"""Documents -> a pack file. The file appears whole or not at all, and the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import database
from fieldfare.domain import (
    Block,
    BlockKind,
    Manifest,
    Picture,
    Place,
    Remark,
    RemarkKind,
    Section,
    Sheet,
)
from fieldfare.errors import SourceError, StorageError, UsageError
from fieldfare.ingest.approved import write_translations
from fieldfare.ingest.cache import Cache
from fieldfare.ingest.chosen import ChosenEmbedder
from fieldfare.ingest.documents import Workshop
from fieldfare.ingest.illustrations import illustration
from fieldfare.ingest.passages import cut, leading_hazards
from fieldfare.ingest.word_index import IndexedPassage, WordIndex
from fieldfare.pack import manifest
from fieldfare.pack.words import scaled
from fieldfare.text import identifier_key, loose_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from fieldfare.domain import Drawn, PictureSource
    from fieldfare.ingest.chosen import Agreement
    from fieldfare.ingest.documents import Pictures, ReadDocument
    from fieldfare.ingest.extract import Progress
    from fieldfare.ingest.sources import PackSource
    from fieldfare.retrieval import Embedder

EMBEDDING_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build understood, for its author; an identifier counts once, however often it is printed."""

    manifest: Manifest
    size: int
    sections: int
    tables: int
    steps: int
    identifiers: int
    remarks: tuple[Remark, ...]
    agreement: Agreement | None = None


def build(
    source: PackSource, target: Path, embedder: Embedder | None, progress: Progress, *, cache: Path | None = None,
    workers: int = 0,
) -> BuildReport:  # fmt: skip
    """Extract, cut, index and write; `target` is replaced only by a finished pack.

    Without an embedder the pack is found by words and identifiers only. `cache` is the folder of what earlier builds
    computed, `workers` how many processes read at once (0: one a core). Raises SourceError for an unreadable manual and
    StorageError where the target cannot be written.
    """
    target = target.absolute()
    if not target.parent.is_dir():
        raise StorageError(f"The folder {target.parent} does not exist. Make it first.")
    if target.is_dir():
        raise UsageError(f"{target} is a folder. Name the file of the pack: -o {target / (source.id + '.fpack')}")
    if target.exists() and not _is_pack(target):
        raise UsageError(f"{target} exists and is no pack. It is left as it is: choose another name for the pack.")
    try:
        with Cache(cache) as known, tempfile.TemporaryDirectory(prefix=".fieldfare-", dir=target.parent) as scratch:
            with Workshop(known, progress, workers=workers) as workshop:
                documents = workshop.read(source)
                pictures = workshop.draw(documents)
            draft, finished = Path(scratch) / "draft", Path(scratch) / "finished"
            connection = database.create(draft)
            try:
                writer = _Writer(connection, source=source, documents=documents, pictures=pictures, embedder=embedder,
                                 cache=known, progress=progress)  # fmt: skip
                report = writer.write()
                connection.execute("VACUUM INTO ?", (str(finished),))
            finally:
                connection.close()
            with finished.open("rb") as stream:
                os.fsync(stream.fileno())
            size = finished.stat().st_size
            finished.replace(target)
    except (OSError, database.DatabaseError) as error:
        raise StorageError(
            f"{target} cannot be written ({error}). Check the folder and the space left on it."
        ) from error
    return BuildReport(size=size, **report)


def _is_pack(file: Path) -> bool:
    """Whether a file may be replaced by a pack: it is one, or empty."""
    with file.open("rb") as stream:
        head = stream.read(72)
    return not head or (head[:15] == b"SQLite format 3" and head[68:72] == database.APPLICATION_ID.to_bytes(4, "big"))


class _Writer:
    def __init__(
        self,
        connection: apsw.Connection,
        *,
        source: PackSource,
        documents: Sequence[ReadDocument],
        pictures: Pictures,
        embedder: Embedder | None,
        cache: Cache,
        progress: Progress,
    ) -> None:
        self._db = connection
        self._source = source
        self._documents = documents
        self._pictures = pictures
        self._embedder = embedder
        self._cache = cache
        self._progress = progress
        spoken = Counter(document.language for document in documents)
        self._language = source.language or max(sorted(spoken), key=lambda code: spoken[code])
        self._texts: list[str] = []
        self._index = WordIndex(connection, progress)
        self._illustrations: list[str] = []  # of the figures, in the order of their ids
        self._identified: set[str] = set()
        self._remarks: list[Remark] = []
        self._agreement: Agreement | None = None
        self._counts = dict.fromkeys(("sections", "tables", "steps", "figures", "hazards"), 0)
        self._next = dict.fromkeys(("section", "block", "passage", "figure", "hazard"), 0)
        self._open_hazards: dict[tuple[str, ...], list[int]] = {}

    def write(self) -> dict[str, Any]:
        schema = Path(manifest.__file__).with_name("schema.sql").read_text(encoding="utf-8")
        self._db.execute(f"PRAGMA page_size=4096; PRAGMA application_id={database.APPLICATION_ID}; "
                         f"PRAGMA user_version={database.SCHEMA_VERSION}")  # fmt: skip
        with self._db:
            self._db.execute(schema)
            for number, document in enumerate(self._documents, 1):
                self._document(number, document)
                self._progress("writing", number, len(self._documents))
            if not self._texts:
                raise SourceError("No text was found in the manuals. Scanned pages need text recognition first.")
            self._index.write()
            self._vectors()
            self._db.executemany(
                "INSERT OR REPLACE INTO term VALUES (?, ?, ?)",
                [(term.kind.value, term.text, term.means) for term in self._source.terms],
            )
            write_translations(self._db, self._source.foreign, self._language, self._progress)
            self._db.executemany(
                "INSERT OR REPLACE INTO question VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(one.id, one.text, one.answerable, _json(one.expect), one.answer, one.page, one.section, one.hazard,
                  one.kind) for one in self._source.questions],
            )  # fmt: skip
            self._db.execute("INSERT INTO gate VALUES (?)", (self._source.check,))
            self._db.executemany(
                "INSERT INTO remark (kind, place, text) VALUES (?, ?, ?)",
                [(remark.kind.value, remark.where, remark.text) for remark in self._remarks],
            )
            made = self._manifest()
            self._db.executemany("INSERT INTO manifest VALUES (?, ?)", manifest.to_rows(made))
        return {
            "manifest": made,
            "sections": self._counts["sections"],
            "tables": self._counts["tables"],
            "steps": self._counts["steps"],
            "identifiers": len(self._identified),
            "remarks": tuple(self._remarks),
            "agreement": self._agreement,
        }

    def _id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table]

    def _document(self, number: int, document: ReadDocument) -> None:
        source = document.source
        self._open_hazards = {}
        self._db.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                source.name,
                document.title,
                source.number,
                source.revision,
                source.date,
                document.language,
                source.licence or self._source.licence,
                self._superseded.get(number),
            ),
        )
        for piece in document.pieces():
            match piece:
                case Remark():
                    self._remarks.append(piece)
                case Sheet():
                    image = self._drawn(piece.picture, piece.place) if piece.picture else None
                    self._db.execute(
                        "INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?)",
                        (number, piece.place.page, piece.place.label, image and self._image(image.picture)),
                    )
                case Section():
                    self._section(number, document.title, document.language, piece)

    @cached_property
    def _superseded(self) -> dict[int, int]:
        """Which document replaces which, by their numbers from 1; a SourceError where one supersedes what is not there."""
        names = [
            dict.fromkeys(filter(None, (f"{one.number} {one.revision}".strip(), one.number, document.title)))
            for document in self._documents
            for one in [document.source]
        ]
        found: dict[int, int] = {}
        for number, document in enumerate(self._documents, 1):
            wanted = document.source.supersedes
            older = [other for other, mine in enumerate(names, 1) if other != number and wanted in mine]
            if wanted and not older:
                others = ", ".join(name for other, mine in enumerate(names, 1) if other != number for name in mine)
                raise SourceError(
                    f"pack.toml: {document.source.name} supersedes {wanted!r}, which is no document of this pack. "
                    f"It has: {others}."
                )
            exact = [other for other in older if next(iter(names[other - 1])) == wanted]
            found |= dict.fromkeys(exact or older, number)
        return found

    def _section(self, document: int, title: str, language: str, section: Section) -> None:
        section = replace(section, blocks=tuple(block for one in section.blocks for block in self._prepared(one)))
        id_ = self._id("section")
        self._counts["sections"] += 1
        self._db.execute(
            "INSERT INTO section VALUES (?, ?, ?, ?, ?)",
            (id_, document, _json(section.path), section.place.page, section.place.label),
        )
        blocks = [self._block(id_, block) for block in section.blocks]
        inherited = [
            hazard
            for depth in range(1, len(section.path))
            for hazard in self._open_hazards.get(section.path[:depth], ())
        ]
        for number, (_, figure, _) in enumerate(blocks):
            if figure is not None:
                words = illustration(section, number)
                found_by = words.caption, f"{title} > {words.heading}", f"{words.callouts}\n{words.text}"
                self._index.add_figure(figure, language, found_by)
                self._illustrations.append(words.whole)
        self._open_hazards[section.path] = [hazard for i in leading_hazards(section) if (hazard := blocks[i][2])]
        for one in cut(section, self._source.patterns):
            passage = self._id("passage")
            captions = "\n".join(section.blocks[i].caption for i in sorted(one.figures))
            confidence = min(section.blocks[i].confidence for i in range(one.first, one.last + 1))
            self._db.execute(
                "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (passage, id_, one.kind.value, one.text, blocks[one.first][0], blocks[one.last][0], one.row,
                 confidence, *_place(one.place)),
            )  # fmt: skip
            above = " > ".join((title, *section.path[:-1]))
            last = section.path[-1] if section.path else ""
            self._index.add_passage(
                IndexedPassage(id_, one.kind, one.row is not None, language, above, last, one.text, captions)
            )
            hazards = {blocks[i][2] for i in one.hazards}
            if one.kind is not BlockKind.HAZARD:
                hazards |= set(inherited)
            self._db.executemany(
                "INSERT INTO protects VALUES (?, ?)",
                [(passage, hazard) for hazard in sorted(filter(None, hazards))],
            )
            figures = {blocks[i][1] for i in one.figures}
            self._db.executemany(
                "INSERT INTO illustrates VALUES (?, ?)",
                [(passage, figure) for figure in sorted(filter(None, figures))],
            )
            self._identifiers(passage, one.identifiers)
            self._texts.append(f"{' > '.join(section.path[-2:])}\n{one.text}")

    def _prepared(self, block: Block) -> list[Block]:
        """The block as it is written: a figure with the words recognised in it, none where it has no picture."""
        if block.kind is BlockKind.HAZARD and not block.scheme:
            return [replace(block, scheme=self._source.scheme)]
        if block.kind is not BlockKind.FIGURE or block.picture is None:
            return [block]
        drawn = self._drawn(block.picture, block.place)
        if drawn is None:
            return []
        if drawn.text and not block.text:
            return [replace(block, text=drawn.text, confidence=drawn.confidence)]
        return [block]

    def _drawn(self, source: PictureSource, place: Place) -> Drawn | None:
        """The picture of a source; None, and a remark, where it could not be read."""
        drawn = self._pictures.find(source)
        if drawn.problem:
            where = f"{Path(source.file).name}, page {place.label}" if place.label else Path(source.file).name
            self._remarks.append(Remark(kind=RemarkKind.LOST, where=where, text=f"its picture: {drawn.problem}"))
        return drawn if drawn.picture is not None else None

    def _block(self, section: int, block: Block) -> tuple[int, int | None, int | None]:
        """Write a block; its id and those of its figure and hazard."""
        figure = hazard = None
        if block.kind is BlockKind.FIGURE and block.picture is not None:
            figure = self._id("figure")
            self._counts["figures"] += 1
            picture = self._pictures.find(block.picture).picture
            self._db.execute(
                "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (figure, block.number, block.caption, block.text, self._image(picture), *_place(block.place)),
            )
        elif block.kind is BlockKind.HAZARD:
            hazard = self._id("hazard")
            self._counts["hazards"] += 1
            self._db.execute(
                "INSERT INTO hazard VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (hazard, block.signal_word, block.scheme, block.text, block.symbol, block.protects,
                 *_place(block.place)),
            )  # fmt: skip
        self._counts["tables"] += block.kind is BlockKind.TABLE
        self._counts["steps"] += block.kind is BlockKind.STEP
        id_ = self._id("block")
        self._db.execute(
            "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id_, section, block.kind.value, block.text, block.number, block.level, block.caption,
             _json(block.rows) if block.rows else None, block.header_rows, figure, hazard, block.confidence,
             *_place(block.place)),
        )  # fmt: skip
        return id_, figure, hazard

    def _image(self, picture: Picture | None) -> str | None:
        if picture is None:
            return None
        digest = hashlib.sha256(picture.data).hexdigest()
        self._db.execute(
            "INSERT OR IGNORE INTO image VALUES (?, ?, ?, ?, ?)",
            (digest, picture.media_type, picture.width, picture.height, picture.data),
        )
        return digest

    def _identifiers(self, passage: int, printed: dict[str, bool]) -> None:
        rows: dict[str, tuple[str, str, str, int, int]] = {}
        for spelling, defines in printed.items():
            key = identifier_key(spelling)
            rows.setdefault(key, (key, loose_key(key), spelling, passage, int(defines)))
        self._identified |= rows.keys()
        self._db.executemany("INSERT INTO identifier VALUES (?, ?, ?, ?, ?)", rows.values())

    def _vectors(self) -> None:
        if self._embedder is None:
            return
        if isinstance(self._embedder, ChosenEmbedder):
            self._progress("measuring the embedder", 0, 1)
            self._agreement = self._embedder.measure(self._texts)
            self._progress("measuring the embedder", 1, 1)
            if doubt := self._embedder.doubt:
                self._remarks.append(Remark(kind=RemarkKind.DOUBT, where=self._embedder.identity.name, text=doubt))
            carried = self._embedder.files() if self._embedder.travels else {}
            self._db.executemany("INSERT INTO embedder_file VALUES (?, ?)", carried.items())
        elif self._language != "en":
            text = f"learned from English: its search by meaning is weak in {self._language}. Name a multilingual one, see "
            remark = Remark(kind=RemarkKind.DOUBT, where=self._embedder.identity.name, text=f"{text}docs/embedders.md.")
            self._remarks.append(remark)
        import numpy as np

        dimension = self._embedder.identity.dimension
        texts = {"passage": self._texts, "figure": self._illustrations}
        known = self._cache.vectors(f"{self._embedder.identity.digest[:16]}-{self._source.id}", dimension)
        needed = dict.fromkeys(self._texts + self._illustrations)
        missing = [text for text in needed if text not in known]
        for start in range(0, len(missing), EMBEDDING_BATCH):
            batch = missing[start : start + EMBEDDING_BATCH]
            known.add(dict(zip(batch, self._embedder.encode(batch), strict=True)))
            self._progress("embedding", min(start + len(batch), len(missing)), len(missing))
        for of, written in texts.items():
            if written:
                data = scaled(np.array([known[text] for text in written]))
                self._db.execute("INSERT INTO vectors VALUES (?, ?)", (of, data))
        known.keep(needed)

    def _manifest(self) -> Manifest:
        embedder = self._embedder.identity if self._embedder else None
        described = _json(
            [self._source.id, self._source.version, self._source.digests, str(embedder), database.SCHEMA_VERSION]
        )
        return Manifest(
            id=self._source.id,
            version=self._source.version,
            title=self._source.title or self._documents[0].title,
            language=self._language,
            licence=self._source.licence,
            machines=self._source.machines,
            embedder=embedder,
            sources=self._source.digests,
            digest=hashlib.sha256(described.encode()).hexdigest(),
            passages=len(self._texts),
            figures=self._counts["figures"],
            hazards=self._counts["hazards"],
        )


def _json(value: Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _place(place: Place) -> tuple[int | None, str, str | None]:
    region = place.region
    if region is None:
        return place.page, place.label, None
    corners = [round(corner, 4) for corner in (region.left, region.top, region.right, region.bottom)]
    return place.page, place.label, _json(corners)
