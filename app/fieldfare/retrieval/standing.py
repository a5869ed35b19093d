"""Where a word of a question stands in a pack, with what may stand for it: what does not depend on the other words.

While a question is typed only its last word changes; of the others this is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.pack.words import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from fieldfare.pack.words import Postings
    from fieldfare.retrieval.ranking import Scales

NEAR = 4  # words within which neighbours of the question stand together
HEADING, TEXT = FIELDS.index("heading"), FIELDS.index("text")
assert FIELDS[TEXT:] == ("text", "caption", "parts"), "from the text on, the fields are a passage's own"  # noqa: S101


class Standing:
    """Where one word stands.

    `passages` and `sections` are those that have it, ascending, as indexes; the other values are theirs.
    """

    def __init__(self, pack: Scales, phrases: Mapping[str, float], postings: Sequence[Postings]) -> None:
        """`phrases` are the stand-ins with what each counts, `postings` where each stands."""
        import numpy as np

        self.postings = tuple(postings)
        parts = [(one, factor) for one, factor in zip(postings, phrases.values(), strict=True) if len(one.fields)]
        self._fields = _joined([one.fields for one, _ in parts])
        self._places = _joined([one.places for one, _ in parts])
        self._following: tuple[Standing, np.ndarray] | None = None
        self.passages, seats = _numbered([one.fields // len(FIELDS) for one, _ in parts], pack.passages)
        self.sections, seats_around = _numbered(
            [pack.sections[self.passages[seat]] for seat in seats], pack.of_sections
        )
        self.counted, self.present, self.own, self.heading = (np.zeros(len(self.passages)) for _ in range(4))
        self.counted_around, self.present_around = (np.zeros(len(self.sections)) for _ in range(2))
        for (standing, factor), seat, seat_around in zip(parts, seats, seats_around, strict=True):
            columns = standing.fields - self.passages[seat] * len(FIELDS)
            self.counted += np.bincount(seat, factor * pack.worth[standing.fields], len(self.passages))
            worth = pack.section_worth[standing.fields]
            self.counted_around += np.bincount(seat_around, factor * worth, len(self.sections))
            # Repeated indexes count once: that is what is wanted here.
            self.present[seat] += factor
            self.own[seat[columns >= TEXT]] += factor
            self.heading[seat[columns == HEADING]] += factor
            self.present_around[seat_around[worth > 0]] += factor
        for values in (self.present, self.own, self.heading, self.present_around):
            np.minimum(values, 1.0, out=values)

    def together(self, other: Standing) -> np.ndarray:
        """The passages in which another word stands near this one, as indexes, some several times; the last are remembered."""
        import numpy as np

        known = self._following
        if known is not None and known[0] is other:
            return known[1]
        others = np.sort(other._places)
        next_ = np.searchsorted(others, self._places - NEAR)
        near = next_ < len(others)
        near[near] = others[next_[near]] <= self._places[near] + NEAR
        found = self._fields[near] // len(FIELDS)
        self._following = other, found
        return found


def _joined(rows: Sequence[np.ndarray]) -> np.ndarray:
    import numpy as np

    return rows[0] if len(rows) == 1 else np.concatenate([np.zeros(0, dtype=np.int64), *rows])


def _numbered(rows: Sequence[np.ndarray], count: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """The numbers below `count` in some ascending rows, ascending and each once, and for each row where its own are among them."""
    import numpy as np

    if len(rows) == 1:
        news = np.diff(rows[0], prepend=-1) > 0
        return rows[0][news], [np.cumsum(news) - 1]
    there = np.zeros(count, dtype=bool)
    for row in rows:
        there[row] = True
    seats = np.cumsum(there) - 1
    return np.flatnonzero(there), [seats[row] for row in rows]
