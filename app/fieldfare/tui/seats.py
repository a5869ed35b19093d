"""Which warnings a list of found places must show before it may show their text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fieldfare.domain import Evidence, Hazard

WHOLE = 2  # places, the best ones, whose warnings are shown in the list; those of the others would bury it


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What a row shows before its text: `hazards` whole, or nothing of its text at all where it is `withheld`."""

    hazards: tuple[Hazard, ...] = ()
    withheld: bool = False


def seats(evidence: Iterable[Evidence], told: Iterable[Hazard]) -> Iterator[Seat]:
    """One seat a place: the warnings that stand neither above the list (`told`) nor in a row above.

    Where a place further down has such warnings, its row names it and says that they come first when it is opened.
    """
    known = {_said(hazard) for hazard in told}
    for number, one in enumerate(evidence, 1):
        new = tuple(hazard for hazard in one.passage.hazards if _said(hazard) not in known)
        if number <= WHOLE:
            known |= {_said(hazard) for hazard in new}
            yield Seat(hazards=new)
        else:
            yield Seat(withheld=bool(new))


def untold(hazards: Iterable[Hazard], told: Iterable[Hazard]) -> list[Hazard]:
    """The warnings that were not told yet, in their order."""
    known = {_said(hazard) for hazard in told}
    return [hazard for hazard in hazards if _said(hazard) not in known]


def _said(hazard: Hazard) -> tuple[str, str, str]:
    """What a reader sees of a warning: the same words with the same meaning are told once."""
    return hazard.signal_word, hazard.scheme, hazard.text
