"""Tables of XML formats: merged cells repeated in every place that they cover, CALS and simple tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind
from fieldfare.ingest.extract.xml import attribute, children, local
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lxml.etree import _Element

    Render = Callable[[_Element], str]

MAX_CELLS = 500_000
MAX_REPEATED = 1_000_000  # characters that a merged cell may repeat
_SPAN = 1000


class Grid:
    """Rows that are filled from left to right around the cells that reach down from above."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], str] = {}
        self._row = -1
        self._column = 0
        self._width = 0

    def row(self) -> None:
        """Begin the next row."""
        self._row += 1
        self._column = 0

    def add(self, text: str, *, across: int = 1, down: int = 1, column: int | None = None) -> None:
        """Put a cell into the next free place, or into `column`; what would exceed MAX_CELLS is left out."""
        column = self._column if column is None else column
        while (self._row, column) in self._cells:
            column += 1
        across, down = min(max(across, 1), _SPAN), min(max(down, 1), _SPAN)
        if len(text) * across * down > MAX_REPEATED:
            across = down = 1
        if len(self._cells) + across * down <= MAX_CELLS:
            for i in range(down):
                for j in range(across):
                    self._cells.setdefault((self._row + i, column + j), text)
        self._column = column + across
        self._width = max(self._width, self._column)

    def rows(self) -> list[list[str]]:
        """All rows in equal length."""
        return [[self._cells.get((i, j), "") for j in range(self._width)] for i in range(self._row + 1)]


def table_block(rows: Sequence[Sequence[str]], header_rows: int, caption: str = "") -> Block | None:
    """A table without its empty rows, None where nothing is left."""
    header = sum(any(row) for row in rows[:header_rows])
    filled = [tuple(map(squeeze, row)) for row in rows if any(row)]
    if not filled:
        return None
    text = "\n".join(" | ".join(row) for row in filled)
    return Block(
        kind=BlockKind.TABLE,
        text=text,
        rows=tuple(filled),
        header_rows=min(header, len(filled)),
        caption=squeeze(caption),
    )


def cals(table: _Element, render: Render, caption: str = "") -> list[Block]:
    """The blocks of a CALS table (OASIS TM 9502), one for each of its groups."""
    blocks = []
    for group in children(table, "tgroup"):
        columns = {attribute(spec, "colname"): index for index, spec in enumerate(children(group, "colspec"))}
        spans = {
            attribute(spec, "spanname"): (attribute(spec, "namest"), attribute(spec, "nameend"))
            for spec in children(group, "spanspec")
        }
        grid = Grid()
        header_rows = 0
        for part in children(group, "thead", "tbody", "tfoot"):
            for row in children(part, "row"):
                grid.row()
                header_rows += local(part) == "thead"
                for entry in children(row, "entry", "entrytbl"):
                    first, last = spans.get(attribute(entry, "spanname"), ("", ""))
                    first = attribute(entry, "namest") or first or attribute(entry, "colname")
                    last = attribute(entry, "nameend") or last
                    start = columns.get(first)
                    across = columns[last] - start + 1 if last in columns and start is not None else 1
                    grid.add(
                        render(entry), across=across, down=number(attribute(entry, "morerows"), 0) + 1, column=start
                    )
        block = table_block(grid.rows(), header_rows, caption)
        if block is not None:
            blocks.append(block)
    return blocks


def number(text: str, default: int) -> int:
    """A whole number of an attribute, the default where it is none."""
    return int(text) if re.fullmatch(r"\s*\d{1,6}\s*", text, re.ASCII) else default
