"""A pack read whole, as its author looks at it: documents, sections, blocks, and what protects and shows what.

The device never needs this: it reads the passages of one question. Pictures stay in the file until they are asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.database import Reader
from fieldfare.domain import (
    Block,
    BlockKind,
    Figure,
    GoldQuestion,
    Manifest,
    Picture,
    Place,
    Region,
    Remark,
    RemarkKind,
    Term,
    TermKind,
    Translation,
)
from fieldfare.errors import PackError
from fieldfare.pack import manifest
from fieldfare.pack.gold import gold_questions
from fieldfare.pack.translations import Translations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualEntry:
    """A document of a pack as its author described it; `superseded_by` is the number of the one that replaces it."""

    id: int
    source: str
    title: str
    number: str
    revision: str
    date: str
    language: str
    licence: str
    superseded_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A block of a pack with its place in the order: `figure` and `hazard` are numbers of those tables."""

    id: int
    block: Block
    figure: Figure | None = None
    hazard: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section of a pack with all of its elements."""

    id: int
    manual: ManualEntry
    path: tuple[str, ...]
    place: Place
    elements: tuple[Element, ...]

    @property
    def title(self) -> str:
        """Its own heading; the document's title for text before the first heading."""
        return self.path[-1] if self.path else self.manual.title

    @property
    def where(self) -> str:
        """Document, page and heading, for a person who has to find it."""
        return place_of(self.manual, self.place, self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a document and the digest of its picture, empty where the pack has none."""

    manual: int
    number: int
    label: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An identifier in a passage; `defines` where the passage is about it."""

    key: str
    printed: str
    passage: int
    section: int
    block: int
    text: str
    row: bool
    defines: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything of a pack but the bytes of its pictures.

    `passages` has the numbers of the first and last block of each passage, `protected` the passages that a hazard protects
    beside its own, `illustrated` those that a figure belongs to; `check` is what stands in [check] of pack.toml, `languages` those that every
    warning must be approved in.
    """

    manifest: Manifest
    manuals: tuple[ManualEntry, ...]
    chapters: tuple[Chapter, ...]
    pages: tuple[Page, ...]
    mentions: tuple[Mention, ...]
    remarks: tuple[Remark, ...]
    passages: dict[int, tuple[int, int]]
    protected: dict[int, tuple[int, ...]]
    illustrated: dict[int, tuple[int, ...]]
    terms: tuple[Term, ...]
    questions: tuple[GoldQuestion, ...]
    check: dict[str, Any]
    languages: tuple[str, ...] = ()
    translations: tuple[Translation, ...] = ()

    def elements(self, *kinds: BlockKind) -> Iterator[tuple[Chapter, Element]]:
        """Every element in reading order, or those of some kinds."""
        for chapter in self.chapters:
            for element in chapter.elements:
                if not kinds or element.block.kind in kinds:
                    yield chapter, element


def place_of(manual: ManualEntry, place: Place, heading: str) -> str:
    """`pump.pdf, page 12, 3.1 Oil`: the file, the page as printed, the heading."""
    name = manual.source.rpartition("/")[2] or manual.title
    page = place.label or (str(place.page) if place.page is not None else "")
    return ", ".join(part for part in (name, f"page {page}" if page else "", heading) if part)


class PackFile:
    """An open pack as an author reads it; use it as a context manager. Raises PackError for what is no sound pack."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise PackError(f"{path} does not exist. Name a .fpack file.")
        self._path = path
        self._reader = Reader(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def picture(self, digest: str) -> Picture:
        """A picture of the pack; a PackError where it has none of that digest."""
        rows = self._reader.rows("SELECT data, media_type, width, height FROM image WHERE digest = ?", (digest,))
        if not rows:
            raise PackError(f"{self._path.name} has no image {digest[:12]}. Build the pack again.")
        return Picture(data=bytes(rows[0][0]), media_type=rows[0][1], width=rows[0][2], height=rows[0][3])

    def picture_sizes(self) -> dict[str, int]:
        """The bytes of every picture by its digest."""
        return dict(self._reader.rows("SELECT digest, length(data) FROM image"))

    def read(self) -> Contents:
        """The whole pack but its pictures."""
        manuals = tuple(
            ManualEntry(
                id=row[0],
                source=row[1],
                title=row[2],
                number=row[3],
                revision=row[4],
                date=row[5],
                language=row[6],
                licence=row[7],
                superseded_by=row[8],
            )
            for row in self._reader.rows(
                "SELECT id, source, title, number, revision, date, language, licence, superseded_by FROM document "
                "ORDER BY id"
            )
        )
        return Contents(
            manifest=manifest.from_rows(self._reader.rows("SELECT key, value FROM manifest")),
            manuals=manuals,
            chapters=tuple(self._chapters({one.id: one for one in manuals})),
            pages=tuple(
                Page(manual=row[0], number=row[1], label=row[2], image=row[3] or "")
                for row in self._reader.rows("SELECT document, page, label, image FROM sheet ORDER BY document, page")
            ),
            mentions=tuple(
                Mention(
                    key=row[0],
                    printed=row[1],
                    passage=row[2],
                    section=row[3],
                    block=row[4],
                    text=row[5],
                    row=row[6] is not None,
                    defines=bool(row[7]),
                )
                for row in self._reader.rows(
                    "SELECT i.key, i.printed, p.id, p.section, p.first_block, p.text, p.cells_row, i.defines "
                    "FROM identifier i JOIN passage p ON p.id = i.passage ORDER BY i.key, p.id"
                )
            ),
            remarks=tuple(
                Remark(kind=RemarkKind(row[0]), where=row[1], text=row[2])
                for row in self._reader.rows("SELECT kind, place, text FROM remark ORDER BY id")
            ),
            passages={
                row[0]: (row[1], row[2])
                for row in self._reader.rows("SELECT id, first_block, last_block FROM passage ORDER BY id")
            },
            protected=self._bound(
                "SELECT hazard, passage FROM protects r JOIN passage p ON p.id = r.passage "
                "WHERE p.kind <> 'hazard' ORDER BY 1, 2"
            ),
            illustrated=self._bound(
                "SELECT figure, passage FROM illustrates r JOIN passage p ON p.id = r.passage "
                "WHERE p.kind <> 'figure' ORDER BY 1, 2"
            ),
            terms=tuple(
                Term(kind=TermKind(row[0]), text=row[1], means=row[2])
                for row in self._reader.rows("SELECT kind, text, means FROM term ORDER BY kind, text, means")
            ),
            questions=gold_questions(self._reader),
            check=json.loads(self._reader.value("SELECT settings FROM gate") or "{}"),
            languages=tuple(row[0] for row in self._reader.rows("SELECT code FROM language ORDER BY rowid")),
            translations=tuple(Translations(self._reader).all()),
        )

    def _chapters(self, manuals: dict[int, ManualEntry]) -> Iterator[Chapter]:
        elements: dict[int, list[Element]] = {}
        for row in self._reader.rows(
            "SELECT b.section, b.id, b.kind, b.text, b.number, b.level, b.caption, b.cells, b.header_rows, b.page, "
            "b.label, b.region, b.confidence, h.id, h.signal_word, h.scheme, h.symbol, h.protects, "
            "f.id, f.number, f.caption, f.text, f.image, i.width, i.height, f.page, f.label, f.region "
            "FROM block b LEFT JOIN hazard h ON h.id = b.hazard LEFT JOIN figure f ON f.id = b.figure "
            "LEFT JOIN image i ON i.digest = f.image ORDER BY b.id"
        ):
            elements.setdefault(row[0], []).append(_element(row))
        for id_, document, path, page, label in self._reader.rows(
            "SELECT id, document, path, page, label FROM section ORDER BY id"
        ):
            yield Chapter(
                id=id_,
                manual=manuals[document],
                path=tuple(json.loads(path)),
                place=Place(page=page, label=label),
                elements=tuple(elements.get(id_, ())),
            )

    def _bound(self, query: str) -> dict[int, tuple[int, ...]]:
        bound: dict[int, list[int]] = {}
        for one, passage in self._reader.rows(query):
            bound.setdefault(one, []).append(passage)
        return {one: tuple(passages) for one, passages in bound.items()}


def _element(row: tuple[Any, ...]) -> Element:
    figure = None
    if row[18] is not None:
        figure = Figure(
            id=row[18],
            number=row[19],
            caption=row[20],
            text=row[21],
            image=row[22],
            width=row[23],
            height=row[24],
            place=_place(row[25], row[26], row[27]),
        )
    block = Block(
        kind=BlockKind(row[2]),
        text=row[3],
        number=row[4],
        level=row[5],
        caption=row[6],
        rows=tuple(tuple(cells) for cells in json.loads(row[7])) if row[7] else (),
        header_rows=row[8],
        place=_place(row[9], row[10], row[11]),
        confidence=row[12],
        signal_word=row[14] or "",
        scheme=row[15] or "",
        symbol=row[16] or "",
        protects=row[17] or "",
    )
    return Element(id=row[1], block=block, figure=figure, hazard=row[13])


def _place(page: int | None, label: str, region: str | None) -> Place:
    if region is None:
        return Place(page=page, label=label)
    left, top, right, bottom = json.loads(region)
    return Place(page=page, label=label, region=Region(left=left, top=top, right=right, bottom=bottom))
