"""Documents -> a pack file. The file appears whole or not at all, and the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import database
from fieldfare.domain import Block, BlockKind, Document, Manifest, Picture, Place
from fieldfare.errors import SourceError, StorageError, UsageError
from fieldfare.ingest.passages import cut, leading_hazards
from fieldfare.ingest.sources import PackSource, read_documents
from fieldfare.pack import manifest
from fieldfare.text import identifier_key, loose_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import apsw

    from fieldfare.retrieval import Embedder

    Progress = Callable[[str, int, int], None]

EMBEDDING_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build understood, for its author."""

    manifest: Manifest
    size: int
    sections: int
    tables: int
    steps: int
    identifiers: int
    losses: tuple[str, ...]


def build(source: PackSource, target: Path, embedder: Embedder | None, progress: Progress) -> BuildReport:
    """Extract, cut, index and write; `target` is replaced only by a finished pack.

    Without an embedder the pack is found by words and identifiers only. Raises SourceError for an unreadable manual and
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
        with tempfile.TemporaryDirectory(prefix=".fieldfare-", dir=target.parent) as scratch:
            draft, finished = Path(scratch) / "draft", Path(scratch) / "finished"
            connection = database.create(draft)
            try:
                report = _Writer(connection, source, embedder, progress).write()
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
        self, connection: apsw.Connection, source: PackSource, embedder: Embedder | None, progress: Progress
    ) -> None:
        self._db = connection
        self._source = source
        self._embedder = embedder
        self._progress = progress
        self._texts: list[str] = []
        self._losses: list[str] = []
        self._titles: list[str] = []
        self._counts = dict.fromkeys(("sections", "tables", "steps", "identifiers", "figures", "hazards"), 0)
        self._next = dict.fromkeys(("section", "block", "passage", "figure", "hazard"), 0)
        self._open_hazards: dict[tuple[str, ...], list[int]] = {}

    def write(self) -> dict[str, Any]:
        schema = Path(manifest.__file__).with_name("schema.sql").read_text(encoding="utf-8")
        tokens = (
            "porter unicode61 remove_diacritics 2" if self._source.language == "en" else "unicode61 remove_diacritics 2"
        )
        self._db.execute(f"PRAGMA page_size=4096; PRAGMA application_id={database.APPLICATION_ID}; "
                         f"PRAGMA user_version={database.SCHEMA_VERSION}")  # fmt: skip
        with self._db:
            self._db.execute(schema)
            self._db.execute(
                f"CREATE VIRTUAL TABLE passage_words USING fts5(heading, text, caption, content='', tokenize='{tokens}')"
            )
            for number, document in enumerate(read_documents(self._source, self._progress), 1):
                self._document(number, document)
            if not self._texts:
                raise SourceError("No text was found in the manuals. Scanned pages need text recognition first.")
            self._vectors()
            made = self._manifest()
            self._db.executemany("INSERT INTO manifest VALUES (?, ?)", manifest.to_rows(made))
            self._db.execute("INSERT INTO passage_words(passage_words) VALUES ('optimize')")
        return {
            "manifest": made,
            "sections": self._counts["sections"],
            "tables": self._counts["tables"],
            "steps": self._counts["steps"],
            "identifiers": self._counts["identifiers"],
            "losses": tuple(self._losses),
        }

    def _id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table]

    def _document(self, number: int, document: Document) -> None:
        self._losses += document.losses
        self._titles.append(document.title)
        self._open_hazards = {}
        self._db.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                document.source,
                document.title,
                document.number,
                document.revision,
                document.date,
                document.language,
            ),
        )
        for sheet in document.sheets:
            image = self._image(sheet.picture) if sheet.picture else None
            self._db.execute(
                "INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?)", (number, sheet.place.page, sheet.place.label, image)
            )
        for section in document.sections:
            id_ = self._id("section")
            self._counts["sections"] += 1
            self._db.execute(
                "INSERT INTO section VALUES (?, ?, ?, ?, ?)",
                (id_, number, _json(section.path), section.place.page, section.place.label),
            )
            blocks = [self._block(id_, block) for block in section.blocks]
            inherited = [
                hazard
                for depth in range(1, len(section.path))
                for hazard in self._open_hazards.get(section.path[:depth], ())
            ]
            self._open_hazards[section.path] = [hazard for i in leading_hazards(section) if (hazard := blocks[i][2])]
            for one in cut(section, self._source.patterns):
                passage = self._id("passage")
                heading = " > ".join(section.path)
                captions = "\n".join(section.blocks[i].caption for i in sorted(one.figures))
                self._db.execute(
                    "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (passage, id_, one.kind.value, one.text, blocks[one.first][0], blocks[one.last][0], one.row,
                     *_place(one.place)),
                )  # fmt: skip
                self._db.execute(
                    "INSERT INTO passage_words (rowid, heading, text, caption) VALUES (?, ?, ?, ?)",
                    (passage, f"{document.title} > {heading}", one.text, captions),
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

    def _block(self, section: int, block: Block) -> tuple[int, int | None, int | None]:
        """Write a block; its id and those of its figure and hazard."""
        figure = hazard = None
        if block.kind is BlockKind.FIGURE and block.picture is not None:
            figure = self._id("figure")
            self._counts["figures"] += 1
            self._db.execute(
                "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?)",
                (figure, block.number, block.caption, self._image(block.picture), *_place(block.place)),
            )
        elif block.kind is BlockKind.HAZARD:
            hazard = self._id("hazard")
            self._counts["hazards"] += 1
            self._db.execute(
                "INSERT INTO hazard VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    hazard,
                    block.signal_word,
                    block.scheme,
                    block.text,
                    block.symbol,
                    block.protects,
                    *_place(block.place),
                ),
            )
        self._counts["tables"] += block.kind is BlockKind.TABLE
        self._counts["steps"] += block.kind is BlockKind.STEP
        id_ = self._id("block")
        self._db.execute(
            "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id_, section, block.kind.value, block.text, block.number, block.level, block.caption,
             _json(block.rows) if block.rows else None, block.header_rows, figure, hazard, *_place(block.place)),
        )  # fmt: skip
        return id_, figure, hazard

    def _image(self, picture: Picture) -> str:
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
        self._counts["identifiers"] += len(rows)
        self._db.executemany("INSERT INTO identifier VALUES (?, ?, ?, ?, ?)", rows.values())

    def _vectors(self) -> None:
        if self._embedder is None:
            return
        dimension = self._embedder.identity.dimension
        self._db.execute(
            f"CREATE VIRTUAL TABLE passage_meaning USING vec0(embedding float[{dimension}] distance_metric=cosine)"
        )
        for start in range(0, len(self._texts), EMBEDDING_BATCH):
            batch = self._texts[start : start + EMBEDDING_BATCH]
            vectors = self._embedder.encode(batch)
            self._db.executemany(
                "INSERT INTO passage_meaning (rowid, embedding) VALUES (?, ?)",
                [(start + index + 1, vector.tobytes()) for index, vector in enumerate(vectors)],
            )
            self._progress("embedding", min(start + len(batch), len(self._texts)), len(self._texts))

    def _manifest(self) -> Manifest:
        embedder = self._embedder.identity if self._embedder else None
        described = _json(
            [self._source.id, self._source.version, self._source.digests, str(embedder), database.SCHEMA_VERSION]
        )
        return Manifest(
            id=self._source.id,
            version=self._source.version,
            title=self._source.title or self._titles[0],
            language=self._source.language,
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
