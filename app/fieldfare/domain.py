"""What flows through Fieldfare: frozen values that know no storage, no engine and no screen.

Stages, in order: source (Title, Section, Block, Sheet, Remark) -> pack (Manifest) -> index (Passage) -> query (Question) ->
evidence (Evidence, Hazard, Figure) -> answer (Citation, Statement, Answer) -> events.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class BlockKind(StrEnum):
    """What a block of a document is, as its author meant it."""

    PARAGRAPH = "paragraph"
    STEP = "step"
    TABLE = "table"
    HAZARD = "hazard"
    FIGURE = "figure"
    CODE = "code"


class Match(StrEnum):
    """Why a passage was found."""

    IDENTIFIER = "identifier"
    WORDS = "words"
    MEANING = "meaning"


class Verdict(StrEnum):
    """What kind of answer was given."""

    GROUNDED = "grounded"
    QUOTED = "quoted"
    REFUSED = "refused"
    CHOICE = "choice"  # the question has several readings: the technician chooses one


class ModelStatus(StrEnum):
    """How far the language model is; everything but drafting works in every state."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    SLOW = "slow"  # loaded, but this machine is too slow or too busy to draft with it
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelState:
    """The state of the language model with a sentence that explains it to the technician."""

    status: ModelStatus
    sentence: str


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
    `header_rows` of which are its header. A figure has the source of its picture, and its `text` is the words inside the
    drawing. A hazard has its `signal_word`, and `protects` says what it belongs to: "row" (of the table that it stands in),
    "step" (the block before it or the next step), "procedure" or "section". `confidence` is below 1 where the text was recognised from a picture (0 to 1).
    """

    kind: BlockKind
    text: str
    place: Place = Place()
    number: str = ""
    level: int = 1
    rows: tuple[tuple[str, ...], ...] = ()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question of the pack's author with what is right for it; not `answerable` where the manual does not say.

    Every word and number of each part of `expect` must stand in the answer; `answer` is prose, of which the numbers must
    stand. `page` is the page as printed, `section` a heading or its number, `hazard` words of the warning that must be
    shown (`*` for any). `kind` is the author's own sorting.
    """

    id: str
    text: str
    answerable: bool = True
    expect: tuple[str, ...] = ()
    answer: str = ""
    page: str = ""
    section: str = ""
    hazard: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that a pack covers."""

    maker: str
    model: str
    serials: str = ""

    def __str__(self) -> str:
        return f"{self.maker} {self.model}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderIdentity:
    """Which embedder made the vectors of a pack; vectors of different embedders must never be compared."""

    name: str
    version: str
    dimension: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a pack says of itself."""

    id: str
    version: str
    title: str
    language: str
    licence: str
    machines: tuple[Machine, ...]
    embedder: EmbedderIdentity | None
    sources: tuple[tuple[str, str], ...]
    digest: str
    passages: int
    figures: int
    hazards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a manual that can be found, cited and shown: paragraphs, a procedure, one row of a table, a figure.

    `text` is verbatim apart from white space. `id` counts within its pack. Hazards are those that protect the passage.
    `confidence` is below 1 where the text was recognised from a picture; `superseded_by` names the document (title and
    revision) that replaced this one, empty for a current one. `unsigned` where nobody answers for its pack. `machine` is
    what the pack covers, else its title.
    """

    id: int
    pack: str
    document: str
    section: int
    heading: tuple[str, ...]
    text: str
    kind: BlockKind
    place: Place = Place()
    revision: str = ""
    language: str = "en"
    hazards: tuple[Hazard, ...] = ()
    figures: tuple[Figure, ...] = ()
    identifiers: tuple[str, ...] = ()
    confidence: float = 1.0
    superseded_by: str = ""
    unsigned: bool = False
    machine: str = ""

    @property
    def warnings(self) -> tuple[Hazard, ...]:
        """The hazards that must be shown before its text; one that is a warning says it itself."""
        return () if self.kind is BlockKind.HAZARD else self.hazards

    @property
    def subject(self) -> str:
        """The heading without its number: what stays when a manual is revised."""
        return self.heading[-1].lstrip("0123456789.) ").casefold() if self.heading else ""

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know before he trusts the passage; shown wherever its source is."""
        superseded = f"superseded by {self.superseded_by}" if self.superseded_by else ""
        scanned = f"read from a picture, {self.confidence:.0%} sure" if self.confidence < 1 else ""
        return tuple(filter(None, (superseded, scanned, "unsigned pack" if self.unsigned else "")))


def hazards_before(shown: Iterable[Passage | Citation]) -> tuple[Hazard, ...]:
    """Every hazard that must be shown before some passages or quotes: once each, whatever it protects of them."""
    found: dict[tuple[str, ...], Hazard] = {}
    for one in shown:
        for hazard in one.warnings:
            found.setdefault((hazard.signal_word, hazard.scheme, hazard.text), hazard)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the technician wants to know. Empty `packs` means every installed pack, an empty `machine` every machine.

    `history` are the questions asked before, oldest first: `and the voltage?` means that of what they were about.
    """

    text: str
    language: str = "en"
    machine: str = ""
    packs: tuple[str, ...] = ()
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reader makes of one passage and a question.

    `answers` is the logit that it answers the question; text[start:end] the likeliest answer in it and `span` how much
    likelier that is than none, as a difference of logits.
    """

    answers: float
    start: int
    end: int
    span: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that may answer: `rank` from 1, `score` from 0 to 1, and why it was found.

    `coverage` is the share of the question's words, weighed by their rarity, that stand in the passage or its headings.
    A search for figures names the `figure` that it found; its passage is the figure's own or the text that it illustrates.
    """

    passage: Passage
    rank: int
    score: float
    matched_by: tuple[Match, ...]
    coverage: float = 0.0
    figure: Figure | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a search measured of the first three current passages, before anything is weighed: a gate is calibrated on it.

    `closeness` is the nearest meaning (0 for strangers, about 1 for the same words; None where none was compared), `nearest`
    the same over all candidates. `coverage` is the best share of the question's words weighed by rarity, `share` the same
    with every word counting alike. `margin` is the score of the first passage over the best of another section. `answers`
    and `span` are the reader's best logits, None where nothing was read.
    """

    closeness: float | None = None
    nearest: float = 0.0
    coverage: float = 0.0
    share: float = 0.0
    margin: float = 0.0
    answers: float | None = None
    span: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a search found, and how well it fits: `support` from 0 to 1 is what the gate decides by.

    `unknown` are identifiers of the question that stand in no installed manual.
    """

    evidence: tuple[Evidence, ...]
    support: float
    unknown: tuple[str, ...] = ()
    signals: Signals = Signals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a statement is proved: `quote` is `passage.text[start:end]` of the passage that it names."""

    passage: Passage
    quote: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.passage.text[self.start : self.end] != self.quote or not self.quote:
            raise ValueError("a citation quotes its passage verbatim")

    @property
    def warnings(self) -> tuple[Hazard, ...]:
        """The hazards that must be shown before the quote; a warning that is quoted whole says it itself."""
        return () if self.passage.kind is BlockKind.HAZARD and self.quote == self.passage.text else self.passage.hazards


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence, step or row of an answer with its proof; a verbatim one is the quote itself.

    `conversions` give its values in the unit that the question asked for, source value first: computed, not of the manual.
    """

    text: str
    citation: Citation
    verbatim: bool
    conversions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One reading of an ambiguous question: it stands by itself, and `evidence` is what it would be answered from."""

    question: Question
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown: statements with proof, a refusal that names the nearest pages, or the readings to choose from.

    `message` is the sentence of a refusal; beside statements it says why they are quotes and no draft.

    `asked` is the question that was searched where it is not the one that was typed; `searched` the machines whose manuals
    were.
    """

    verdict: Verdict
    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]
    message: str = ""
    choices: tuple[Choice, ...] = ()
    asked: str = ""
    searched: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.verdict in {Verdict.GROUNDED, Verdict.QUOTED}) != bool(self.statements):
            raise ValueError("an answer has statements, a refusal or choice has none")
        if (self.verdict is Verdict.CHOICE) != bool(self.choices):
            raise ValueError("a choice has readings, nothing else has")

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Every hazard that protects what is cited, whoever made the answer: none can be left out."""
        return hazards_before(one.citation for one in self.statements)

    @property
    def text(self) -> str:
        """The answer as one text, a statement a line; the sentence of refusal where there is no answer."""
        return "\n".join(statement.text for statement in self.statements) or self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section of a pack as it is read on a screen, with the place of the passage that led there.

    `hazards` protect something in it and are printed elsewhere; those of its `blocks` stand before what they protect.
    """

    document: str
    revision: str
    heading: tuple[str, ...]
    place: Place
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    hazards: tuple[Hazard, ...] = ()
    sheet: Picture | None = None
    unsigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPack:
    """A pack on this device; `signature` says who answers for it, `kept` is the version that a rollback brings back."""

    manifest: Manifest
    path: str
    size: int
    bundled: bool
    signature: str = "unsigned"
    kept: str = ""

    @property
    def unsigned(self) -> bool:
        """Whether nobody whom this device trusts has signed it: every screen that shows its text says so."""
        return self.signature == "unsigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """The instant tier has finished: useful alone, shown at once.

    `hazards` protect what the answer will likely cite; `asked` is the question that was searched where another was typed.
    """

    evidence: tuple[Evidence, ...]
    hazards: tuple[Hazard, ...]
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One more statement of the answer passed the lock (or was replaced by its quote)."""

    statement: Statement

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """What must be shown before it."""
        return self.statement.citation.warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer is complete."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The technician stopped the answer; what was drafted before stays valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The answer could not be finished; `message` is a sentence for a person. The evidence stays valid."""

    message: str


Event = EvidenceFound | Drafted | Answered | Cancelled | Failed
