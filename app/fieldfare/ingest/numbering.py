"""Finds steps whose printed numbers jump: a step was lost on the way in, or never printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.ingest.contents import Chapter, Element

_NUMBER = re.compile(
    r"^\W*(?:step|schritt|étape|paso|passo|passaggio|fase)?\s*((?:\d+[.\-])*)(\d{1,3}|[a-z]{1,5})\W*$", re.IGNORECASE
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def jumps(chapters: Sequence[Chapter]) -> Iterator[tuple[Chapter, Element, str]]:
    """Each step whose number follows no other, with a sentence that says what was expected.

    A list may begin anew at any time, and a procedure may go on in the next section.
    """
    previous: list[tuple[str, set[int]]] = []  # prefix and possible values of the last step, by depth
    for number, chapter in enumerate(chapters):
        if number and chapters[number - 1].manual.id != chapter.manual.id:
            previous = []
        for element in chapter.elements:
            block = element.block
            if block.kind is not BlockKind.STEP:
                continue
            values = _values(block.number)
            depth = max(block.level, 1)
            if values is None:
                continue
            before = previous[depth - 1] if len(previous) >= depth else None
            prefix, meant = values
            if not meant & {0, 1} and not _follows(before, prefix, meant):
                last = _printed(before) if before else ""
                yield chapter, element, f"Step {block.number} follows {f'step {last}' if last else 'no other step'}"
            elif before and before[0] == prefix and meant & {0, 1} and len(before[1] & meant) and before[1] == meant:
                pass  # lists of one step each
            del previous[depth - 1 :]
            narrowed = {value for value in meant if before and value - 1 in before[1]} or meant
            previous += [("", {0})] * (depth - 1 - len(previous))
            previous.append((prefix, narrowed))


def _follows(before: tuple[str, set[int]] | None, prefix: str, meant: set[int]) -> bool:
    if before is None:
        return False
    return any(value - 1 in before[1] for value in meant) if before[0] == prefix else False


def _values(printed: str) -> tuple[str, set[int]] | None:
    """The prefix of a step's number (`3.` of `3.2`) and the values that its last part can have; None for bullets."""
    match = _NUMBER.match(printed.strip())
    if match is None:
        return None
    prefix, last = match.group(1), match.group(2).casefold()
    if last.isdigit():
        return prefix, {int(last)}
    values = {ord(last) - ord("a") + 1} if len(last) == 1 else set()
    if set(last) <= _ROMAN.keys():
        values.add(_roman(last))
    return (prefix, values) if values else None


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def _printed(before: tuple[str, set[int]]) -> str:
    return f"{before[0]}{min(before[1])}"
