"""How many rows of a table are its header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_layout import Line

_LEADING = 1.45  # ems between the lines of one name at most
_LIMITS = frozenset("min max minimum maximum nom nominal typ typical avg mín máx nenn".split())

Mark = tuple[bool, int, int | None]  # what sets a row apart: bold, ink, shade


def header_rows(rows: Sequence[Sequence[str]], marks: Sequence[Mark], spans: Sequence[bool]) -> int:
    """How many rows are the header: set apart by type or colour, or short words without figures above longer or counted
    ones; a row whose cells span columns goes with the row below it.
    """
    first = rows[0]
    if sum(map(bool, first)) < 2 and not spans[0]:
        return 0
    if is_marked(marks):
        count = 1
        while count < len(rows) - 1 and count < 3 and spans[count - 1] and _alike(marks[count], marks[0]):
            count += 1
        return count
    if spans[0] and len(rows) > 2 and not any(re.search(r"\d{2,}", cell) for cell in first):
        texts = [cell for cell in rows[1] if cell]
        upper = len(set(first)) < len(first)
        if upper and len(texts) == len(rows[1]) and rows[1][0] != first[1] and (not first[0] or rows[1][0] == first[0]):
            return 2
    if not all(first):
        return 0
    plain = not any(re.search(r"\d", cell) for cell in first) and all(len(cell.split()) <= 5 for cell in first)
    below = [cell for row in rows[1:] for cell in row[1:] if cell]
    counted = sum(bool(re.search(r"\d", cell)) for cell in below) >= 0.3 * max(len(below), 1)
    wordy = sum(len(cell.split()) for cell in below) / max(len(below), 1)
    longer = wordy >= 4 and wordy > 2 * sum(len(cell.split()) for cell in first[1:]) / max(len(first) - 1, 1)
    named = len(first) > 2 and all(cell[:1].isupper() or not cell[:1].isalpha() for cell in first)
    if named and not _differs(rows):
        return 0  # a list in several columns
    return int(plain and (named or ((counted or longer) and first[0][:1].isupper())))


def _differs(rows: Sequence[Sequence[str]]) -> bool:
    """Whether some column holds other things than its first cell: figures, sentences, or the same few words."""
    for name, *cells in zip(*rows, strict=True):
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        counted = sum(any(map(str.isdigit, cell)) for cell in filled) >= 0.5 * len(filled)
        wordy = sum(len(cell.split()) for cell in filled) / len(filled)
        repeated = len(filled) > 3 and len(set(filled)) < 0.6 * len(filled)
        if counted or repeated or wordy >= max(3, 2 * len(name.split())):
            return True
    return False


def is_marked(marks: Sequence[Mark]) -> bool:
    """Whether the first row is set apart from the others by weight, ink or shade."""
    bold, ink, shade = marks[0]
    body = marks[1:]
    return (
        (bold and sum(mark[0] for mark in body) < 0.5 * len(body))
        or all(ink != mark[1] for mark in body)
        or (shade is not None and sum(mark[2] == shade for mark in body) < 0.34 * len(body))
    )


def level_border(columns: Sequence[Sequence[Line]]) -> float | None:
    """The y between the two levels of a head, given by the lines of each of its columns; None where it has one level.

    A name over several columns stands further above theirs than the lines of one name stand apart.
    """
    for index, column in enumerate(columns[1:], 1):
        if len(column) != 2 or column[1].base - column[0].base <= _LEADING * column[0].size:
            continue
        upper, lower = column
        beside = columns[index + 1] if index + 1 < len(columns) else ()
        if len(beside) == 1 and abs(beside[0].base - lower.base) < 0.3 * lower.size:
            return (upper.box.y1 + lower.box.y0) / 2
    return None


def spread(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The upper level of a head, each name repeated over the columns that it heads: those without one, named alike."""
    names = list(upper)
    for index in range(1, len(names)):
        above = names[index - 1]
        if not names[index] and above and lower[index - 1] and _kind(lower[index]) == _kind(lower[index - 1]):
            names[index] = above
    return names


def _kind(name: str) -> str:
    """What the name of a column looks like: a limit, a figure, a word in small letters, a title."""
    if name.casefold().strip(".") in _LIMITS:
        return "limit"
    return "figure" if name[:1].isdigit() else "small" if name[:1].islower() else "title" if name else ""


def _alike(one: Mark, other: Mark) -> bool:
    return one[0] == other[0] and one[2] == other[2]
