"""The word index of a pack: where each word stands, as two rows of small numbers that numpy reads at once.

A passage has five fields. Fields are numbered through the whole pack, so that field 5 * (passage - 1) + 2 is the text of a
passage; of each word the index holds the fields in which it stands, once for every time, and its places in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

FIELDS = ("context", "heading", "text", "caption", "parts")
KINDS = tuple(BlockKind)  # a shape holds the number of a kind
GAP = 16  # more places between two fields than words that stand together have between them
_BITS = 7  # of a number in a byte; the eighth says that another byte follows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Postings:
    """Where a word or phrase stands: `fields` ascending, one entry each time; `places` count words over the whole pack.

    Two words stand N words apart in one field where their places differ by N, up to GAP.
    """

    fields: np.ndarray
    places: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """What of the passages bears on their rank, a value each: passage N of the pack is the entry N - 1."""

    sections: np.ndarray  # numbers from 0, ascending
    kinds: np.ndarray  # numbers in KINDS
    lengths: np.ndarray  # characters
    rows: np.ndarray  # whether it is one row of a table
    sizes: np.ndarray  # words: passages x FIELDS

    def starts(self) -> np.ndarray:
        """The place of the first word of each field."""
        import numpy as np

        ends = np.cumsum(self.sizes.reshape(-1).astype(np.int64) + GAP)
        return np.concatenate(([0], ends[:-1]))


def packed(numbers: Sequence[int] | np.ndarray) -> bytes:
    """Numbers from 0 to 2^32 - 1 as bytes, small ones in one: seven bits a byte, the lowest first."""
    import numpy as np

    values = np.asarray(numbers, dtype=np.uint64)
    sizes = np.ones(len(values), dtype=np.int64)
    for bits in range(_BITS, 32, _BITS):
        sizes += values >= 1 << bits
    found = np.zeros(int(np.sum(sizes)), dtype=np.uint8)
    first = np.cumsum(sizes) - sizes
    for byte in range(int(np.max(sizes, initial=0))):
        mine = sizes > byte
        follows = (sizes[mine] > byte + 1).astype(np.uint8) << _BITS
        found[first[mine] + byte] = ((values[mine] >> (_BITS * byte)) & 127).astype(np.uint8) | follows
    return found.tobytes()


def unpacked(data: bytes) -> np.ndarray:
    """The numbers that `packed` wrote."""
    import numpy as np

    read = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(read < 128)
    if len(ends) == len(read):  # every number is below 128
        return read.astype(np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    shifts = _BITS * (np.arange(len(read)) - np.repeat(starts, ends - starts + 1))
    return np.add.reduceat((read & 127).astype(np.int64) << shifts, starts)


def rising(numbers: Sequence[int] | np.ndarray) -> bytes:
    """As `packed`, for numbers that never fall: what each has over the one before."""
    import numpy as np

    return packed(np.diff(np.asarray(numbers, dtype=np.int64), prepend=0))


def risen(data: bytes) -> np.ndarray:
    """The numbers that `rising` wrote."""
    import numpy as np

    return np.cumsum(unpacked(data))


def followed(words: Sequence[Postings]) -> Postings:
    """Where words stand one after the other, by the place of the first."""
    import numpy as np

    first = words[0]
    kept = np.ones(len(first.places), dtype=bool)
    for behind, word in enumerate(words[1:], 1):
        wanted = first.places + behind
        next_ = np.minimum(np.searchsorted(word.places, wanted), len(word.places) - 1)
        kept &= word.places[next_] == wanted if len(word.places) else False
    return Postings(fields=first.fields[kept], places=first.places[kept])


def scaled(vectors: np.ndarray) -> bytes:
    """Unit vectors as whole numbers from -127 to 127, the largest of each vector being 127: a quarter of the room.

    A cosine changes by less than 0.003 (measured on 4,139 passages with all-MiniLM-L6-v2).
    """
    import numpy as np

    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    whole: np.ndarray = np.rint(vectors * (127 / largest)).astype(np.int8)
    return whole.tobytes()


class Vectors:
    """The vectors of a pack, compared with one at once."""

    _MANY = 512  # rows that are made floats together: they stay in the processor's cache
    _SHARED = 20_000  # rows that take longer than a thread takes to start

    def __init__(self, data: bytes, dimension: int) -> None:
        import numpy as np

        self._whole = np.frombuffer(data, dtype=np.int8).reshape(-1, dimension)
        self._lengths = np.ones(len(self._whole), dtype=np.float32)
        for start in range(0, len(self._whole), self._MANY):
            part = self._whole[start : start + self._MANY].astype(np.float32)
            self._lengths[start : start + len(part)] = np.maximum(np.sqrt((part * part).sum(axis=1)), 1e-9)

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of each with a unit vector (float32); of many vectors a second thread compares half."""
        import numpy as np

        found = np.empty(len(self._whole), dtype=np.float32)
        if len(found) < self._SHARED:
            self._compare(vector, found, 0, len(found))
        else:
            middle = len(found) // (2 * self._MANY) * self._MANY
            helper = Thread(target=self._compare, args=(vector, found, 0, middle))
            helper.start()
            self._compare(vector, found, middle, len(found))
            helper.join()
        return found / self._lengths

    def _compare(self, vector: np.ndarray, found: np.ndarray, first: int, last: int) -> None:
        import numpy as np

        part = np.empty((self._MANY, self._whole.shape[1]), dtype=np.float32)
        for start in range(first, last, self._MANY):
            rows = self._whole[start : min(start + self._MANY, last)]
            np.copyto(part[: len(rows)], rows)
            np.dot(part[: len(rows)], vector, out=found[start : start + len(rows)])
