"""Pictures that are leafed through: the figures of a manual, or its printed pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.domain.manual import Spot
from fieldfare.text import squeeze
from fieldfare.tui.widgets.listing import Row
from fieldfare.tui.wording import heading_path, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fieldfare.bookshelf import Bookshelf
    from fieldfare.domain import Region
    from fieldfare.domain.manual import Leaf, Link, Manual, Plate


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture of a manual: its title, where its encoded bytes come from, the region that is marked, the text around it.

    `load` may take a while and raise FieldfareError. `pack` is where it is from, `name` a name for a file.
    """

    title: str
    load: Callable[[], bytes]
    spot: Spot | None = None
    region: Region | None = None
    name: str = "figure"
    pack: str = ""


def figures(pack: str, plates: Iterable[Plate], load: Callable[[str], bytes]) -> tuple[Shot, ...]:
    """The figures of a manual; `load` reads an image by its digest."""
    return tuple(
        Shot(
            title=figure_title(plate),
            load=lambda image=plate.figure.image: load(image),  # type: ignore[misc]
            spot=plate.spot,
            pack=pack,
            name=f"figure-{squeeze(plate.figure.number) or plate.figure.id}",
        )
        for plate in plates
    )


def figure_title(plate: Plate) -> str:
    """Caption, else number, else the heading that it stands under."""
    title = squeeze(plate.figure.caption) or squeeze(plate.figure.number)
    return title or _("Figure in {heading}").format(heading=squeeze(plate.heading[-1]) if plate.heading else "")


def pages(
    manual: Manual, leaves: Iterable[Leaf], bookshelf: Bookshelf, marked: tuple[int, Region] | None = None
) -> tuple[Shot, ...]:
    """The printed pages of a manual; `marked` is the page on which a region is framed, and the region."""
    return tuple(
        Shot(
            title=_("Page {page}").format(page=squeeze(leaf.label) or leaf.page),
            load=lambda page=leaf.page: bookshelf.sheet(manual, page),  # type: ignore[misc]
            spot=Spot(section=leaf.section),
            pack=manual.pack,
            region=marked[1] if marked is not None and marked[0] == leaf.page else None,
            name=f"page-{squeeze(leaf.label) or leaf.page}",
        )
        for leaf in leaves
    )


def figure_rows(plates: Iterable[Plate]) -> list[Row]:
    """Figures: caption, and the heading under which they stand."""
    return [
        Row(text=figure_title(one), about=heading_path(one.heading), page=page_of(one.figure.place.label), bold=True)
        for one in plates
    ]


def link_rows(links: Iterable[Link]) -> list[Row]:
    """References: as they are printed, and where they lead."""
    return [Row(text=squeeze(one.text), about=squeeze(one.title), page=page_of(one.label), bold=True) for one in links]
