"""A place of a manual found again in another version of its pack: by document and headings, else by its text. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldfare.text import squeeze, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.domain.job import Reference

_ALIKE = 0.75  # share of the words of a place that must stand in a section for it to be called moved there
_TEXT = 2_000  # characters of a place that are compared


class Whereabouts(StrEnum):
    """How a place was found again."""

    SAME = "same"  # under its headings, word for word
    REWORDED = "reworded"  # under its headings, but its text differs
    MOVED = "moved"  # its text, under other headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A section of a pack that may hold the place; `key` is whatever names it to the caller, `text` all of its text."""

    key: int
    document: str
    heading: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a place is now."""

    key: int
    whereabouts: Whereabouts


def find_again(place: Reference, spots: Iterable[Spot]) -> Found | None:
    """The section that a place is in; None where this version has it no longer.

    The document may have another title (its revision in it), headings another number; text decides between them.
    """
    wanted = squeeze(place.text[:_TEXT]).casefold()
    bag = set(words(wanted))
    best: tuple[tuple[bool, bool, bool, bool, float], Found] | None = None
    for spot in spots:
        text = squeeze(spot.text).casefold()
        whole = bool(wanted) and wanted in text
        share = 1.0 if whole else len(bag & set(words(text))) / len(bag) if bag else 0.0
        document = spot.document == place.document
        path = _subjects(spot.heading) == _subjects(place.heading)
        if not (whole or (path and (document or share >= _ALIKE)) or (share >= _ALIKE and len(bag) >= 4)):
            continue
        kind = Whereabouts.MOVED if not path else Whereabouts.SAME if whole or not wanted else Whereabouts.REWORDED
        order = (whole, path and document, path, document, share)
        if best is None or order > best[0]:
            best = order, Found(key=spot.key, whereabouts=kind)
    return best[1] if best else None


def _subjects(heading: tuple[str, ...]) -> tuple[str, ...]:
    """Headings without their numbers: what stays when a manual is revised."""
    return tuple(squeeze(title).lstrip("0123456789.) ").casefold() for title in heading)
