"""Tables that the end of a page or column parts: which go on, and how their rows are joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Block, Place
    from fieldfare.ingest.extract.pdf_layout import Line
    from fieldfare.ingest.extract.pdf_tables import Table

_SHIFT = 40.0  # points: left and right pages have their margins exchanged; columns stand further apart
_APART = 14.0  # points between the borders of one column on two pages


def same_columns(before: Table, table: Table) -> bool:
    """Whether two tables have their borders at one place, the margin of the page aside."""
    shift = table.edges[0] - before.edges[0]
    return len(before.edges) == len(table.edges) and all(
        abs(after - edge - shift) < _APART for edge, after in zip(before.edges, table.edges, strict=True)
    )


def is_end(before: Table, rest: Table, lines: Sequence[Line]) -> bool:
    """Whether the one row on a page, whose `lines` are given, ends the table that the page before broke off.

    It is the last row, or what the break cut off it.
    """
    above = any(line.base < rest.box.y0 for line in lines)
    return not above and len(before.rows[0]) == len(rest.rows[0]) and same_columns(before, rest)


def joined(block: Block, before: Table, table: Table, places: Sequence[Place]) -> Block | None:
    """A table with what goes on with it on the next page or column; None where it is another one.

    `before` is the part of the block that was read last, `places` are those of the rows of `table`.
    """
    header = table.rows[: table.header_rows]
    repeated = table.header_rows if header and header == block.rows[: block.header_rows] else 0
    shift = table.edges[0] - before.edges[0]
    apart = block.row_places[-1].page != places[0].page or abs(shift) > _SHIFT
    if not (apart and same_columns(before, table) and len(block.rows[0]) == len(table.rows[0])):
        return None
    if table.marked and not repeated:
        return None
    rows, more, begun = block.rows, table.rows[repeated:], places[repeated:]
    if more and not more[0][0] and any(more[0]):
        last = tuple(squeeze(f"{above} {below}") for above, below in zip(rows[-1], more[0], strict=True))
        rows, more, begun = (*rows[:-1], last), more[1:], begun[1:]
    return replace(block, rows=(*rows, *more), row_places=(*block.row_places, *begun))
