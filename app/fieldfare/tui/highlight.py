"""Finding a quote again in the blocks of its section, however the white space fell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.domain import Block

_NUMBER = re.compile(r"^(?:\(?[\w.]{1,6}[.)]|[-•–])\s+")


def quoted_span(text: str, quotes: Iterable[str]) -> tuple[int, int] | None:
    """Where `text` is quoted: a quote that stands in it, or the whole of it where a quote spans several blocks."""
    flat = squeeze(text)
    for quote in quotes:
        words = squeeze(quote).split()
        if not words:
            continue
        for candidate in (words, squeeze(_NUMBER.sub("", " ".join(words))).split()):
            match = re.search(r"\s+".join(map(re.escape, candidate)), text) if candidate else None
            if match:
                return match.span()
        if len(flat) > 3 and flat in " ".join(words):
            return 0, len(text)
    return None


def quoted_rows(block: Block, quotes: Iterable[str]) -> frozenset[int]:
    """Which body rows of a table are quoted: their cells stand in a quote in their order, or one cell holds all of it.

    Order and word ends matter: marking a neighbouring row would point a technician to a wrong value.
    """
    flats = [flat for flat in map(squeeze, quotes) if flat]
    found = set()
    for index, row in enumerate(block.rows[block.header_rows :], start=block.header_rows):
        cells = [cell for cell in map(squeeze, row) if cell]
        pattern = r".{0,80}?".join(rf"(?<!\w){re.escape(cell)}(?!\w)" for cell in cells)
        if any(cells and (re.search(pattern, flat) or any(flat in cell for cell in cells)) for flat in flats):
            found.add(index)
    return frozenset(found)
