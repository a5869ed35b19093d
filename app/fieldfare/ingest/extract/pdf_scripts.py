"""Raised and lowered type joined to the word that carries it: 10 with a small raised 6 is 10⁶ and never 106."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_shapes import Box
from fieldfare.text import lowered, raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_page import Word

_SMALLER = 0.87  # of the size of the word before it: scripts are set at 0.5 to 0.8
_SMALLEST = 0.45  # smaller type beside a word is a line of its own
_RAISED = (0.12, 0.75)  # ems above the baseline
_LOWERED = (0.07, 0.55)  # ems below it
_AS_LARGE = (0.28, 0.6)  # ems above it from which a figure is raised, though it is no smaller
_GAP = 0.2  # ems between a word and its script
_TOUCH = 0.12  # ems between a script and the rest of its word: a space is twice as wide
_LONGEST = 14  # characters of a script
_GRID = 4.0  # points of a pigeonhole in which word ends are looked up


class _Kind(Enum):
    PLAIN = 0
    RAISED = 1
    LOWERED = 2


@dataclass(slots=True)
class _Chain:
    """The pieces of one word; `anchor` is the one that stands on the baseline."""

    anchor: Word
    pieces: list[tuple[_Kind, Word]] = field(default_factory=list)

    def word(self) -> Word:
        """The pieces as one word: a fraction keeps its stroke, figures never run into those before them."""
        text = ""
        for index, (kind, piece) in enumerate(self.pieces):
            if kind is _Kind.PLAIN or self._in_fraction(index):
                text += f" {piece.text}" if kind is _Kind.RAISED and text[-1:].isdigit() else piece.text
            else:
                text += raised(piece.text) if kind is _Kind.RAISED else lowered(piece.text)
        boxes = [piece.box for _, piece in self.pieces]
        box = Box(min(one.x0 for one in boxes), self.anchor.box.y0, max(one.x1 for one in boxes), self.anchor.box.y1)
        return replace(self.anchor, text=text.strip(), box=box)

    def _in_fraction(self, index: int) -> bool:
        """Whether a piece is the raised or lowered figure of a fraction: 3 over 4 with a stroke between them."""
        first = index if self.pieces[index][0] is _Kind.RAISED else index - 2
        if first < 0:
            return False
        parts = self.pieces[first : first + 3]
        kinds = [kind for kind, _ in parts]
        return kinds == [_Kind.RAISED, _Kind.PLAIN, _Kind.LOWERED] and parts[1][1].text in {"/", "⁄"}


def join_scripts(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a page, those that run to the right, with raised and lowered pieces joined to theirs."""
    close = _close_bases(words)
    if not close:
        return tuple(words)
    order = sorted(
        (index for index, word in enumerate(words) if round(word.base, 1) in close),
        key=lambda index: (words[index].box.x0, words[index].base),
    )
    ends: dict[int, list[int]] = {}
    starts: dict[int, list[int]] = {}
    for index in order:
        word = words[index]
        ends.setdefault(round(word.box.x1 / _GRID), []).append(index)
        starts.setdefault(round(word.box.x0 / _GRID), []).append(index)
    chains: dict[int, _Chain] = {}
    for index in order:
        word = words[index]
        reach = 1 + round(0.3 * word.size / _SMALLEST / _GRID)
        before = [one for one in _holes(ends, word.box.x0, reach) if one != index]
        found = _joins(word, before, words, chains)
        if found is not None:
            root, kind = found
            chain = chains.setdefault(root, _Chain(words[root], [(_Kind.PLAIN, words[root])]))
            chain.pieces.append((kind, word))
            chains[index] = chain
            continue
        after = [words[one] for one in _holes(starts, word.box.x1, reach) if one != index]
        following = next((one for one in after if _script_kind(word, one, one.box.x0 - word.box.x1, 0.6)), None)
        if following is not None and _script_kind(word, following, 0.0, _GAP) is _Kind.RAISED:
            chains[index] = _Chain(following, [(_Kind.RAISED, word)])
    result: list[Word] = []
    done: set[int] = set()
    for index, word in enumerate(words):
        made = chains.get(index)
        if made is None:
            result.append(word)
        elif id(made) not in done:
            done.add(id(made))
            result.append(made.word())
    return tuple(result)


def _close_bases(words: Sequence[Word]) -> set[float]:
    """The baselines that stand as close to another as scripts do: those of running text stand further apart."""
    sizes: dict[float, float] = {}
    for word in words:
        base = round(word.base, 1)
        sizes[base] = max(sizes.get(base, 0.0), word.size)
    order = sorted(sizes)
    found = set[float]()
    for index, base in enumerate(order):
        for other in order[index + 1 : index + 30]:
            if other - base < (_RAISED[1] + 0.02) * max(sizes[base], sizes[other]):
                found |= {base, other}
    return found


def _holes(places: dict[int, list[int]], x: float, reach: int) -> list[int]:
    middle = round(x / _GRID)
    return list(
        itertools.chain.from_iterable(places.get(hole, ()) for hole in range(middle - reach, middle + reach + 1))
    )


def _joins(
    word: Word, before: Sequence[int], words: Sequence[Word], chains: dict[int, _Chain]
) -> tuple[int, _Kind] | None:
    """The word before, by its index, to which a word belongs, and how; None where it stands by itself."""
    for index in before:
        other = words[index]
        gap = word.box.x0 - other.box.x1
        chain = chains.get(index)
        if chain is not None and any(piece is other for kind, piece in chain.pieces if kind is not _Kind.PLAIN):
            anchor = chain.anchor
            level = (
                abs(word.base - anchor.base) < 0.05 * anchor.size and abs(word.size - anchor.size) < 0.1 * anchor.size
            )
            if level and -0.3 * anchor.size < gap < _TOUCH * anchor.size:
                return index, _Kind.PLAIN
            alike = abs(word.base - other.base) < 0.5 and abs(word.size - other.size) < 0.5
            if alike and gap < _GAP * other.size and (kind := _script_kind(word, anchor, 0.0, _GAP)):
                return index, kind
            continue
        if kind := _script_kind(word, other, gap, _GAP):
            return index, kind
    return None


def _script_kind(word: Word, other: Word, gap: float, widest: float) -> _Kind | None:
    """Whether a word is raised or lowered against another from which this gap parts it."""
    size = other.size
    if not -0.3 * size < gap < widest * size or not _SMALLEST * size < word.size or len(word.text) > _LONGEST:
        return None
    rise = (other.base - word.base) / max(size, 1.0)
    if word.size <= _SMALLER * size:
        if _RAISED[0] < rise < _RAISED[1]:
            return _Kind.RAISED
        if _LOWERED[0] < -rise < _LOWERED[1]:
            return _Kind.LOWERED
    if word.size <= 1.02 * size and _AS_LARGE[0] < rise < _AS_LARGE[1] and word.text.strip("+-−–()").isdigit():
        return _Kind.RAISED
    return None
