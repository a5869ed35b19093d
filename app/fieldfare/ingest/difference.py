"""Finds what two versions of a pack have in common, byte by byte, and writes the delta from the one to the other.

A pack that is built anew has its rows on other pages: an unchanged picture lies at another offset, in pages that each
begin with another pointer. So the older file is indexed by blocks of 32 bytes, every position of the newer one is looked
up (a polynomial hash of all windows at once), and a match is followed over small differences on the same diagonal.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fieldfare.errors import StorageError, UsageError
from fieldfare.pack import delta
from fieldfare.pack.delta import MOST_LITERALS, MOST_OPERATIONS, Delta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Bytes = np.ndarray
    Operation = tuple[int, int, int]
    Progress = Callable[[str, int, int], None]

BLOCK = 32  # bytes: shorter than most rows of a pack
STRIDE = 4 << 20  # positions of the newer file that are looked up at once
SAME = 16  # equal bytes after a difference that count as the same place again
NEAR = 512  # how far after a difference they may begin
LONGEST = 1 << 30  # bytes of one copy
_FACTOR = 0x9E3779B97F4A7C15  # odd; from the golden ratio, as in Fibonacci hashing
_BITS = 24  # of a hash for the first, cheap look


def make(old: Path, new: Path, target: Path, header: Delta, progress: Progress) -> int:
    """Write the delta and apply it once to be sure; its size in bytes.

    Memory: about the size of the older file. Raises StorageError where the target cannot be written.
    """
    if not target.absolute().parent.is_dir():
        raise StorageError(f"The folder {target.absolute().parent} does not exist. Make it first.")
    if target.exists() and not _is_delta(target):
        raise UsageError(f"{target} exists and is no delta. It is left as it is: choose another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=".fieldfare-", dir=target.absolute().parent) as scratch:
            made = Path(scratch) / target.name
            older, newer = _mapped(old), _mapped(new)
            with made.open("wb") as stream:
                delta.write(stream, header, _segments(operations(older, newer, progress), newer))
                stream.flush()
                os.fsync(stream.fileno())
            delta.apply(delta.read(made), old, Path(scratch) / "again", progress)
            size = made.stat().st_size
            made.replace(target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written ({error.strerror}). Check the space left on it.") from error
    return size


def _is_delta(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(15) in {b"", b"fieldfare delta"}


def _mapped(file: Path) -> Bytes:
    return np.memmap(file, np.uint8, "r") if file.stat().st_size else np.zeros(0, np.uint8)


def operations(old: Bytes, new: Bytes, progress: Progress) -> Iterator[Operation]:
    """Copies and literals (bytes to copy, distance from the end of the last copy, literal bytes) that give `new`."""
    index = _Index(old)
    position = ended = 0  # in the newer file; in the older one, the end of the last copy
    copied = distance = literal = 0  # the operation that is growing
    for place, source, length in _matches(index, old, new, progress):
        if place > position:
            literal += place - position
        if copied or literal:
            yield copied, distance, literal
        copied, distance, literal = length, source - ended, 0
        position, ended = place + length, source + length
    literal += len(new) - position
    if copied or literal:
        yield copied, distance, literal


def _matches(index: _Index, old: Bytes, new: Bytes, progress: Progress) -> Iterator[tuple[int, int, int]]:
    """Where bytes of the newer file stand in the older one: position, position there, length; in order, apart."""
    position = source = 0
    tell = delta.megabytes(progress, "comparing", len(new))
    for start in range(0, len(new), STRIDE):
        tell(start)
        stop = min(start + STRIDE, len(new))
        places, sources = index.hits(new, start, stop)
        at = 0
        while position < stop:
            best = _resumed(old, new, position, source)
            if best is None or best[0] - position > BLOCK or best[2] < 2 * BLOCK:
                at += int(np.searchsorted(places[at:], position))
                while at < len(places):  # past two blocks of one hash
                    found = _grown(old, new, int(places[at]), int(sources[at]), position)
                    if found[2] >= SAME:
                        if best is None or found[0] + BLOCK < best[0] or found[2] > best[2]:
                            best = found
                        break
                    at += 1
            if best is None:
                break
            yield best
            position, source = best[0] + best[2], best[1] + best[2]
    tell(len(new))


def _resumed(old: Bytes, new: Bytes, position: int, source: int) -> tuple[int, int, int] | None:
    """The next match on the same diagonal, if it is near."""
    size = min(NEAR, len(new) - position, len(old) - source)
    if size < SAME:
        return None
    equal = (new[position : position + size] == old[source : source + size]).tobytes()
    first = equal.find(b"\1" * SAME)
    if first < 0:
        return None
    return position + first, source + first, _run(old, new, position + first, source + first)


def _grown(old: Bytes, new: Bytes, place: int, source: int, floor: int) -> tuple[int, int, int]:
    """A match from its block backwards and forwards, but not before `floor`."""
    back = min(place - floor, source, 1 << 16)
    if back:
        equal = new[place - back : place] == old[source - back : source]
        back = int(np.argmin(equal[::-1])) if not equal.all() else back
    return place - back, source - back, back + _run(old, new, place, source)


def _run(old: Bytes, new: Bytes, place: int, source: int) -> int:
    """How many bytes are equal from here on."""
    length, step = 0, 64
    limit = min(len(new) - place, len(old) - source, LONGEST)
    while length < limit:
        size = min(step, limit - length)
        equal = new[place + length : place + length + size] == old[source + length : source + length + size]
        if not equal.all():
            return length + int(np.argmin(equal))
        length += size
        step = min(step * 4, 1 << 20)
    return length


class _Index:
    """The blocks of the older file by their hash."""

    def __init__(self, old: Bytes) -> None:
        hashes = [
            _hashes(old[start : start + STRIDE + BLOCK - 1])[:STRIDE:BLOCK] for start in range(0, len(old), STRIDE)
        ]
        every = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
        self._keys, self._first = np.unique(every, return_index=True)
        self._known = np.zeros(1 << _BITS, bool)
        self._known[self._keys >> np.uint64(64 - _BITS)] = True

    def hits(self, new: Bytes, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions from start to stop whose block stands in the older file, and a position there."""
        hashes = _hashes(new[start : stop + BLOCK - 1])
        places = np.flatnonzero(self._known[hashes >> np.uint64(64 - _BITS)])
        wanted = hashes[places]
        found = np.minimum(np.searchsorted(self._keys, wanted), max(len(self._keys) - 1, 0))
        sure = self._keys[found] == wanted if len(self._keys) else np.zeros(len(wanted), bool)
        return places[sure] + start, self._first[found[sure]] * BLOCK


def _hashes(data: Bytes) -> np.ndarray:
    """A hash of each window of BLOCK bytes: a polynomial modulo 2**64, doubled five times, then mixed."""
    hashes = data.astype(np.uint64) + np.uint64(1)
    width, factor = 1, _FACTOR
    while width < BLOCK and len(hashes) > width:
        hashes = hashes[:-width] * np.uint64(factor) + hashes[width:]
        width, factor = width * 2, factor * factor % 2**64
    if width < BLOCK:
        return np.zeros(0, np.uint64)
    hashes ^= hashes >> np.uint64(29)
    return hashes * np.uint64(_FACTOR)


def _segments(every: Iterator[Operation], new: Bytes) -> Iterator[tuple[list[Operation], bytes]]:
    """Operations with their literal bytes, in segments within the bounds of the format."""
    batch: list[Operation] = []
    literals: list[bytes] = []
    held = position = 0
    for copied, distance, literal in every:
        position += copied
        for start in range(0, max(literal, 1), MOST_LITERALS):
            size = min(literal - start, MOST_LITERALS)
            if batch and (len(batch) == MOST_OPERATIONS or held + size > MOST_LITERALS):
                yield batch, b"".join(literals)
                batch, literals, held = [], [], 0
            batch.append((0, 0, size) if start else (copied, distance, size))
            literals.append(new[position : position + size].tobytes())
            held, position = held + size, position + size
    if batch:
        yield batch, b"".join(literals)
