"""A manual as it is leafed through: its outline, what refers to what, where a text stands, its figures and printed pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldfare.domain.source import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """A manual of an installed pack; `id` counts within the pack. `machine` is what the pack covers, else its title.

    `superseded_by` names the document of the pack that replaced it, empty for a current one.
    """

    pack: str
    id: int
    title: str
    revision: str = ""
    language: str = "en"
    machine: str = ""
    superseded_by: str = ""
    sections: int = 0
    figures: int = 0
    sheets: int = 0
    unsigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a manual in reading order; `label` is its page as printed, `filled` whether text stands right below it."""

    section: int
    path: tuple[str, ...]
    label: str = ""
    filled: bool = True

    @property
    def title(self) -> str:
        """The heading itself, without those above it."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place inside a section: the block, counted from 0 (-1 its heading), and the row of a table (-1 the whole block)."""

    section: int
    block: int = -1
    row: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where a text stands: `excerpt[start:end]` is it, amid the words around it."""

    spot: Spot
    heading: tuple[str, ...]
    label: str
    excerpt: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """The first places at which a text stands in a manual, how many there are, and in how many sections."""

    first: tuple[Sighting, ...] = ()
    total: int = 0
    sections: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a section refers to: the words as printed, and the one place where they lead, by its `title` and page."""

    text: str
    spot: Spot
    title: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A figure of a manual with the heading and the spot where it stands."""

    figure: Figure
    spot: Spot
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A printed page of a manual, counted from 1, with its number as printed; `section` is the one that its text is of."""

    page: int
    label: str
    section: int
