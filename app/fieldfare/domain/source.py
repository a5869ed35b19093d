"""A source document as ingest understood it: headings, blocks, warnings, pictures, and what was noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block of a document is, as its author meant it."""

    PARAGRAPH = "paragraph"
    STEP = "step"
    TABLE = "table"
    HAZARD = "hazard"
    FIGURE = "figure"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle on a page: fractions of its width and height, origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in its document.

    `page` counts the sheets of the document from 1 and is None where the source has no pages; `label` is the page
    number as printed.
    """

    page: int | None = None
    label: str = ""
    region: Region | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded image that was decoded once and re-encoded, so it is safe to decode again."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSource:
    """Where a picture will be read from: a file, a member of that file where it is a container, or a region of its page.

    `page` counts from 1 and is turned by `turn` quarters clockwise so that its text reads; without a `region`, which counts
    on the turned page, the whole page is meant.
    """

    file: str
    member: str = ""
    page: int | None = None
    turn: int = 0
    region: Region | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture that was read from its source, or the problem why not; neither where it is too small to be a figure.

    `text` are words recognised in it, with their `confidence`.
    """

    source: PictureSource
    picture: Picture | None = None
    text: str = ""
    confidence: float = 1.0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A warning of the manual, verbatim.

    `signal_word` is printed as in the source and never re-graded; `scheme` names the standard that gives it its
    meaning (CAUTION is minor injury in ANSI Z535 and equipment damage in MIL-STD-38784).
    """

    id: int
    signal_word: str
    text: str
    scheme: str = ""
    symbol: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture of the manual with its caption; `image` is the digest that finds its bytes in the pack.

    `text` is the words inside the drawing.
    """

    id: int
    caption: str
    image: str
    number: str = ""
    text: str = ""
    width: int
    height: int
    place: Place = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One element of a section in reading order, as ingest understood it.

    `number` is a step's number as printed and `level` its depth from 1. A table has `rows` of equal length, the first
    `header_rows` of which are its header, and `row_places` says where each begins, where it is known. A figure has the source of its picture, and its `text` is the words inside the
    drawing. A hazard has its `signal_word`, and `protects` says what it belongs to: "row" (of the table that it stands in),
    "step" (the block before it or the next step), "procedure" or "section". `confidence` is below 1 where the text was recognised from a picture (0 to 1).
    """

    kind: BlockKind
    text: str
    place: Place = Place()
    number: str = ""
    level: int = 1
    rows: tuple[tuple[str, ...], ...] = ()
    row_places: tuple[Place, ...] = ()
    header_rows: int = 0
    caption: str = ""
    picture: PictureSource | None = None
    signal_word: str = ""
    scheme: str = ""
    symbol: str = ""
    protects: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with the blocks up to the next heading; `path` holds the titles from the outermost to its own."""

    path: tuple[str, ...]
    place: Place = Place()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a document calls itself and the language that it declares; both empty where it does not say."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page of a source that has pages, with the source of its picture where it can be drawn."""

    place: Place
    picture: PictureSource | None = None


class RemarkKind(StrEnum):
    """Why an author should look at a place of his source."""

    LOST = "lost"  # could not be taken into the pack
    HIDDEN = "hidden"  # text that the eye does not see: white, tiny, covered, invisible
    UNSURE = "unsure"  # recognised from a picture with low confidence
    DOUBT = "doubt"  # taken in, but perhaps not as it was meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What ingest noticed: `where` is the file and page, `text` says what it is and what to do."""

    kind: RemarkKind
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.text}"


class TermKind(StrEnum):
    """How a word of the trade is to be treated."""

    SYNONYM = "synonym"  # found by the other word too
    ABBREVIATION = "abbreviation"  # found by its long form and the other way round
    PROTECTED = "protected"  # never translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the pack's trade as its author accepted it; `means` is the other word or the long form."""

    kind: TermKind
    text: str
    means: str = ""
