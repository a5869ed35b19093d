"""The installed manuals to read: what stands where, what refers to what. No engine and no model is needed for any of it."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import groupby
from threading import RLock
from typing import TYPE_CHECKING, TypeVar, cast

from fieldfare.catalogue import _
from fieldfare.domain import Block, BlockKind
from fieldfare.domain.manual import Heading, Leaf, Link, Manual, Plate, Sighting, Sightings, Spot
from fieldfare.errors import PackError
from fieldfare.mentions import FIGURE, PAGE, SECTION, TABLE, mentions
from fieldfare.text import identifier_key, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fieldfare.domain import Passage, SectionView
    from fieldfare.pack.archive import Archive

Value = TypeVar("Value")

_AROUND = 60
"""Characters of an excerpt before and behind what was sought."""
_CODE = re.compile(r"[^\W\d_]{0,5}[\s\-_./–]?\d[\w\-./–]*")
_NUMBERED = re.compile(
    r"^(?:(?:chapter|section|part|kapitel|abschnitt|teil|cap[ií]tulo|secci[oó]n|parte|chapitre|partie|appendix|anhang)\s+)?"
    r"([A-Z]?\d+(?:[.-]\d+)*)[.):]?(?:\s|$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“„«»\"‘]([^“”„«»\"‘’\n]{4,100})[”“«»\"’]")


def sought_pattern(text: str, *, begun: bool = False) -> re.Pattern[str] | None:
    """How a text is found as it is printed: white space as it fell, letters large or small, codes in any spelling.

    A code is a whole one: `E2` does not stand in `E21`, unless it is only `begun`. None for an empty text.
    """
    wanted = squeeze(text)
    if not wanted:
        return None
    if _CODE.fullmatch(wanted) and any(map(str.isalpha, wanted)):
        parts = re.findall(r"[^\W\d_]+|\d+", identifier_key(wanted))
        spelled = r"[\s\-_./–]?".join(map(re.escape, parts))
        end = "" if begun else r"(?![^\W_])"
        return re.compile(rf"(?<![^\W_]){spelled}{end}", re.IGNORECASE)
    return re.compile(r"\s+".join(map(re.escape, wanted.split())), re.IGNORECASE)


class Bookshelf:
    """All manuals of the open packs, by id. What was read of one manual last is kept: searching in it is instant then."""

    def __init__(self, archives: Iterable[Archive]) -> None:
        self._archives = {one.manifest.id: one for one in archives}
        self._kept: dict[str, tuple[Manual, object]] = {}
        self._lock = RLock()

    def manuals(self) -> tuple[Manual, ...]:
        """Every manual, pack by pack."""
        return tuple(manual for archive in self._archives.values() for manual in archive.contents.manuals())

    def manual_of(self, passage: Passage) -> Manual:
        """The manual that a passage is of; a PackError where its pack is gone."""
        contents = self._archive(passage.pack).contents
        wanted = contents.manual_of(passage.section)
        return next(one for one in contents.manuals() if one.id == wanted)

    def outline(self, manual: Manual) -> tuple[Heading, ...]:
        """Its headings in reading order."""
        return self._once("outline", manual, lambda: self._archive(manual.pack).contents.outline(manual.id))

    def opening(self, pack: str, section: int) -> Passage:
        """The beginning of a section, as a passage without text."""
        return self._archive(pack).contents.opening(section)

    def neighbour(self, passage: Passage, step: int) -> Passage | None:
        """The section before (-1) or behind (1) the one of a passage; None at the ends of its manual."""
        contents = self._archive(passage.pack).contents
        found = contents.neighbour(passage.section, step)
        return None if found is None else contents.opening(found)

    def plates(self, manual: Manual) -> tuple[Plate, ...]:
        """Its figures in reading order."""
        return self._once("plates", manual, lambda: self._archive(manual.pack).contents.plates(manual.id))

    def leaves(self, manual: Manual) -> tuple[Leaf, ...]:
        """Its printed pages in order."""
        return self._once("leaves", manual, lambda: self._archive(manual.pack).contents.leaves(manual.id))

    def sheet(self, manual: Manual, page: int) -> bytes:
        """The picture of a printed page, encoded."""
        return self._archive(manual.pack).contents.sheet(manual.id, page)

    def sightings(self, manual: Manual, text: str, limit: int = 300) -> Sightings:
        """Where a text stands, word for word, in reading order; the first `limit` places, and how many there are.

        A code that stands nowhere may be the beginning of others: then those.
        """
        whole, begun = sought_pattern(text), sought_pattern(text, begun=True)
        if whole is None or begun is None:
            return Sightings()
        found = self._sightings(manual, whole, limit)
        return found if found.total or begun == whole else self._sightings(manual, begun, limit)

    def _sightings(self, manual: Manual, pattern: re.Pattern[str], limit: int) -> Sightings:
        headings = {one.section: one for one in self.outline(manual)}
        first: list[Sighting] = []
        total, sections = 0, set()
        for spot, printed in self._texts(manual):
            for match in pattern.finditer(printed):
                total += 1
                sections.add(spot.section)
                if len(first) < limit:
                    first.append(_sighting(spot, headings[spot.section], printed, match))
        return Sightings(first=tuple(first), total=total, sections=len(sections))

    def sections(self, manual: Manual) -> Iterator[tuple[int, str]]:
        """The text of each section of a manual, in reading order."""
        for section, spots in groupby(self._texts(manual), key=lambda one: one[0].section):
            yield section, "\n".join(text for spot, text in spots if spot.block >= 0)

    def links(self, passage: Passage, view: SectionView) -> tuple[Link, ...]:
        """What a section refers to that can be told surely, in the order in which it is printed, each place once."""
        manual = self.manual_of(passage)
        found: dict[Spot, Link] = {}
        for block in view.blocks:
            for name, number, kind in _named(block):
                link = self._link(manual, name, number, kind)
                if link is not None and (link.spot.section != passage.section or link.spot.block >= 0):
                    found.setdefault(link.spot, link)
        return tuple(found.values())

    def _link(self, manual: Manual, name: str, number: str, kind: re.Pattern[str]) -> Link | None:
        headings = {one.section: one for one in self.outline(manual)}
        if kind is PAGE:
            spot = self._archive(manual.pack).contents.page_begins(manual.id, number)
            return Link(text=name, spot=spot, title=headings[spot.section].title, label=number) if spot else None
        known = self._numbers(manual).get((kind, number.casefold()), [])
        if not known and kind is FIGURE:
            known = self._numbers(manual).get((kind, number.casefold().rstrip("abcdefghijkl")), [])
        return Link(text=name, spot=known[0][0], title=known[0][1], label=known[0][2]) if len(known) == 1 else None

    def _numbers(self, manual: Manual) -> dict[tuple[re.Pattern[str], str], list[tuple[Spot, str, str]]]:
        """Spot, title and page of whatever has a number in a manual, or a title that is quoted."""

        def read() -> dict[tuple[re.Pattern[str], str], list[tuple[Spot, str, str]]]:
            known: defaultdict[tuple[re.Pattern[str], str], list[tuple[Spot, str, str]]] = defaultdict(list)
            for one in self.outline(manual):
                place = Spot(section=one.section), one.title, one.label
                title = squeeze(one.title)
                if match := _NUMBERED.match(title):
                    known[SECTION, match.group(1).casefold()].append(place)
                    title = title[match.end() :]
                known[_QUOTED, title.casefold()].append(place)
            for spot, kind, caption, number, label in self._archive(manual.pack).contents.captions(manual.id):
                pattern = FIGURE if kind is BlockKind.FIGURE else TABLE
                named = number or next((one for one, _ in mentions(pattern, caption[:200])), "")
                if named:
                    known[pattern, named.casefold()].append((spot, caption or named, label))
            return dict(known)

        return self._once("numbers", manual, read)

    def _texts(self, manual: Manual) -> list[tuple[Spot, str]]:
        return self._once("texts", manual, lambda: list(self._archive(manual.pack).contents.texts(manual.id)))

    def _once(self, name: str, manual: Manual, read: Callable[[], Value]) -> Value:
        with self._lock:
            known = self._kept.get(name)
            if known is None or known[0] != manual:
                known = self._kept[name] = manual, read()
            return cast("Value", known[1])

    def _archive(self, pack: str) -> Archive:
        try:
            return self._archives[pack]
        except KeyError:
            raise PackError(_("The pack {pack} is not installed any more. Ask again.").format(pack=pack)) from None


def _named(block: Block) -> Iterable[tuple[str, str, re.Pattern[str]]]:
    """What a block mentions: as it is named, its number or title, and of which kind it is; a caption names itself."""
    if block.kind is BlockKind.FIGURE:
        return
    text = "\n".join([block.text, *(" ".join(row) for row in block.rows)])
    for kind in (SECTION, FIGURE, TABLE, PAGE):
        for number, word in mentions(kind, text):
            yield f"{squeeze(word)} {number}", number, kind
    for match in _QUOTED.finditer(text):
        yield squeeze(match.group()), squeeze(match.group(1)), _QUOTED


def _sighting(spot: Spot, heading: Heading, printed: str, match: re.Match[str]) -> Sighting:
    before = squeeze(printed[max(0, match.start() - _AROUND) : match.start()] + "·")[:-1]
    behind = squeeze("·" + printed[match.end() : match.end() + _AROUND])[1:]
    found = squeeze(match.group())
    before = ("… " if match.start() > _AROUND else "") + before
    behind += " …" if match.end() + _AROUND < len(printed) else ""
    return Sighting(
        spot=spot, heading=heading.path, label=heading.label, excerpt=before + found + behind,
        start=len(before), end=len(before) + len(found),
    )  # fmt: skip
