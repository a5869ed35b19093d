"""A bookshelf over the manual of `fakes`: the real one, with the pack's file replaced by what the fakes hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fieldfare.bookshelf import Bookshelf
from fieldfare.domain import BlockKind, Passage
from fieldfare.domain.manual import Heading, Leaf, Manual, Plate, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.domain import Manifest, SectionView


@dataclass(frozen=True)
class Shelved:
    """One manual whose sections are those of some passages, in their order."""

    manifest: Manifest
    found: Sequence[Passage]
    view: Callable[[Passage], SectionView]
    page: Callable[[], bytes]

    @property
    def contents(self) -> Shelved:
        return self

    def manuals(self) -> tuple[Manual, ...]:
        one = self.found[0]
        return (
            Manual(
                pack=one.pack, id=1, title=one.document, revision=one.revision, machine="Halden GS-40",
                sections=len(self.found), figures=len(self.plates(1)), sheets=len(self.leaves(1)),
            ),
        )  # fmt: skip

    def manual_of(self, _section: int) -> int:
        return 1

    def outline(self, _manual: int) -> tuple[Heading, ...]:
        return tuple(Heading(section=one.section, path=one.heading, label=one.place.label) for one in self.found)

    def opening(self, section: int) -> Passage:
        one = next(one for one in self.found if one.section == section)
        return replace(one, id=0, text="", kind=BlockKind.PARAGRAPH, hazards=())

    def neighbour(self, section: int, step: int) -> int | None:
        sections = [one.section for one in self.found]
        at = sections.index(section) + step
        return sections[at] if 0 <= at < len(sections) else None

    def texts(self, _manual: int) -> Iterator[tuple[Spot, str]]:
        for one in self.found:
            yield Spot(section=one.section), one.heading[-1]
            for index, block in enumerate(self.view(one).blocks):
                yield Spot(section=one.section, block=index), block.caption or block.text
                for number, row in enumerate(block.rows):
                    yield Spot(section=one.section, block=index, row=number), " | ".join(row)

    def captions(self, _manual: int) -> list[tuple[Spot, BlockKind, str, str, str]]:
        return [
            (Spot(section=one.section, block=index), block.kind, block.caption, "", one.place.label)
            for one in self.found
            for index, block in enumerate(self.view(one).blocks)
            if block.kind in {BlockKind.FIGURE, BlockKind.TABLE}
        ]

    def page_begins(self, _manual: int, label: str) -> Spot | None:
        return next((Spot(section=one.section, block=0) for one in self.found if one.place.label == label), None)

    def plates(self, _manual: int) -> tuple[Plate, ...]:
        return tuple(
            Plate(figure=figure, spot=Spot(section=one.section, block=4), heading=one.heading)
            for one in self.found
            for figure in one.figures
        )

    def leaves(self, _manual: int) -> tuple[Leaf, ...]:
        pages = sorted({(one.place.page or 0, one.place.label, one.section) for one in self.found})
        return tuple(Leaf(page=page, label=label, section=section) for page, label, section in pages)

    def sheet(self, _manual: int, _page: int) -> bytes:
        return self.page()


def bookshelf(
    manifest: Manifest, found: Sequence[Passage], view: Callable[[Passage], SectionView], page: Callable[[], bytes]
) -> Bookshelf:
    """The shelf on which that manual stands."""
    return Bookshelf([Shelved(manifest, found, view, page)])  # type: ignore[list-item]
