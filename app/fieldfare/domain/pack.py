"""A pack: what it says of itself, the passages that can be found in it, a section to read, its author's questions."""

from __future__ import annotations

from dataclasses import dataclass

from fieldfare.catalogue import _
from fieldfare.domain.source import Block, BlockKind, Figure, Hazard, Picture, Place


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
        superseded = _("superseded by {document}").format(document=self.superseded_by) if self.superseded_by else ""
        scanned = (
            _("read from a picture, {share:.0%} sure").format(share=self.confidence) if self.confidence < 1 else ""
        )
        return tuple(filter(None, (superseded, scanned, _("unsigned pack") if self.unsigned else "")))


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

    @property
    def voucher(self) -> str:
        """Who answers for it, in the language of the screen; `signature` is how that is kept."""
        kinds = {"unsigned": _("unsigned"), "came with the program": _("came with the program")}
        name = self.signature.removeprefix("signed by ")
        return kinds.get(self.signature) or _("signed by {name}").format(name=name)
