"""How many rows of a table are its header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def _alike(one: Mark, other: Mark) -> bool:
    return one[0] == other[0] and one[2] == other[2]
