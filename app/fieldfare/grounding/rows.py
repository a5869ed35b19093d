"""Rows of tables as evidence: what is said of the thing in the first cell is proved cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from fieldfare import vocabulary as vocab
from fieldfare.grounding.alignment import NAMES, aligned
from fieldfare.grounding.clauses import parse
from fieldfare.grounding.tokens import Kind, Token
from fieldfare.quantities import label_unit, quantities, without_unit

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: the name of its column and what stands in it."""

    label: tuple[Token, ...]
    value: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the place of its text; its first cell names what it is about."""

    start: int
    end: int
    cells: tuple[Cell, ...]

    @property
    def subject(self) -> tuple[tuple[str, ...], ...]:
        """The words of the thing that it is about."""
        return tuple(token.key for token in self.cells[0].value)


def is_row(text: str) -> bool:
    """Whether a table's passage is one row, a cell a line, and no whole table."""
    return " | " not in text and "\n" in text.strip()


@lru_cache(maxsize=512)
def rows(text: str) -> tuple[Row, ...]:
    """The rows of a table's passage: one printed cell by cell, or a whole table with a line a row."""
    lines = text.split("\n")
    header = next((line.split(" | ") for line in lines if " | " in line), None)
    if header is None:
        pairs = [line.split(": ", 1) if ": " in line else ["", line] for line in lines if line.strip()]
        return (Row(0, len(text), tuple(_cell(label, value) for label, value in pairs)),) if len(pairs) > 1 else ()
    found = []
    start = 0
    for line in lines:
        cells = line.split(" | ")
        if len(cells) == len(header) and cells != header:
            parsed = tuple(_cell(label, value) for label, value in zip(header, cells, strict=True) if value.strip())
            if parsed:
                found.append(Row(start, start + len(line), parsed))
        start += len(line) + 1
    return tuple(found)


def _cell(label: str, value: str) -> Cell:
    """A cell; a number alone has the unit of its column."""
    unit = label_unit(label)
    numbers = quantities(value)
    if (
        unit
        and len(numbers) == 1
        and numbers[0].unit is None
        and numbers[0].end - numbers[0].start == len(value.strip())
    ):
        value = f"{value.strip()} {unit.symbol}"
    return Cell(_tokens(without_unit(label)), _tokens(value))


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(token for clause in parse(text) for token in clause.tokens)


def row_proves(claim: Sequence[Token], row: Row, context: frozenset[tuple[str, ...]]) -> bool:
    """Whether a claim names the thing of a row and says of it only what its cells say.

    What comes from one cell stands together in the claim, whole, with the name of its column.
    """
    subject, *cells = row.cells
    names = {token.key for token in (*subject.label, *subject.value) if token.kind in NAMES}
    left = [(i, token) for i, token in enumerate(claim) if not (token.kind in NAMES and token.key in names)]
    about = aligned(claim, subject.value)
    if not subject.value or len(about) < len(subject.value):
        return False
    left = [(i, token) for i, token in left if i not in about]
    used: set[int] = set()
    for cell in cells:
        found = aligned([token for _, token in left], cell.value)
        label = {token.key for token in cell.label}
        whole = found and len(found) == len(cell.value)
        if not whole:
            continue
        places = sorted(left[n][0] for n in found)
        named = {i for i, token in left if token.key in label and token.kind in {Kind.WORD, Kind.CODE, Kind.POLAR}}
        near = {i for i in named if i not in used}
        if not _labelled(cell, {claim[i].key for i in near}):
            continue
        block = sorted([*places, *near])
        between = [i for i in range(block[0], block[-1]) if i not in block]
        if any(claim[i].kind is not Kind.WORD and i not in about for i in between):
            return False
        used |= set(block)
    measured = frozenset().union(
        *(vocab.DIMENSION_NOUNS.get(token.quantity.dimension, frozenset()) for token in claim if token.quantity)
    )
    rest = [token for i, token in left if i not in used]
    return bool(used) and all(
        token.kind in NAMES and (token.key in context or token.surface in measured or token.key[0] in vocab.COPULAS)
        for token in rest
    )


def _labelled(cell: Cell, named: set[tuple[str, ...]]) -> bool:
    """Whether the name of the column is said, or goes without saying: the meaning of a code, the torque of 45 N·m."""
    words = [token for token in cell.label if token.kind is not Kind.VALUE]
    measured = {
        noun
        for token in cell.value
        if token.quantity
        for noun in vocab.DIMENSION_NOUNS.get(token.quantity.dimension, frozenset())
    }
    return all(token.key in named or token.surface in measured or token.key[0] in vocab.COPULAS for token in words)
