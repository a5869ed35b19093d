"""A pack of which only some pages are found: what a question set hands over as the passage to be read."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fieldfare.pack.archive import Archive
from fieldfare.pack.words import FIELDS, Postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np


class Excerpt(Archive):
    """The pack itself, so that the weight of its words stays, but nothing is found outside the pages it is narrowed to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._of_page: defaultdict[str, set[int]] = defaultdict(set)
        for id_, passage in self.passages(range(1, self.manifest.passages + 1)).items():
            self._of_page[passage.place.label].add(id_)
        self._kept: set[int] = set()

    def narrow(self, pages: Iterable[str]) -> None:
        """From now on only the passages of these printed pages are found."""
        self._kept = set[int]().union(*(self._of_page[page] for page in pages))

    def postings(self, phrase: str) -> Postings:
        """As in the whole pack, without what stands elsewhere."""
        import numpy as np

        whole = super().postings(phrase)
        kept = np.isin(whole.fields // len(FIELDS) + 1, list(self._kept))
        return Postings(fields=whole.fields[kept], places=whole.places[kept])

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """As in the whole pack; what stands elsewhere is as far as can be."""
        import numpy as np

        whole = super().cosines(vector)
        return np.where(np.isin(np.arange(1, len(whole) + 1), list(self._kept)), whole, -1.0)

    def find_identifiers(self, keys: Sequence[str]) -> list[tuple[str, str, int, bool]]:
        """As in the whole pack, without what stands elsewhere."""
        return [hit for hit in super().find_identifiers(keys) if hit[2] in self._kept]

    def find_loose_identifiers(self, keys: Sequence[str]) -> list[tuple[str, str, int, bool]]:
        """As in the whole pack, without what stands elsewhere."""
        return [hit for hit in super().find_loose_identifiers(keys) if hit[2] in self._kept]

    def find_codes_by_number(self, number: str) -> list[tuple[str, str, int, bool]]:
        """As in the whole pack, without what stands elsewhere."""
        return [hit for hit in super().find_codes_by_number(number) if hit[2] in self._kept]
