"""What was measured of each candidate, and the weights that make one score of it.

The weights were fitted by scripts/train/ranking.py on question sets that no figure is reported on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind, Match, Passage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fieldfare.domain import Reading
    from fieldfare.pack.archive import Archive, Occurrences, Sketch
    from fieldfare.retrieval.query import Query

# BM25F (Robertson and Zaragoza 2009): how much a word counts in each field, how much a field's length dampens it, and how
# soon more of the same word says nothing new.
FIELDS = {"context": 0.6, "heading": 2.0, "text": 1.0, "caption": 0.6, "parts": 0.4}
DAMPED = {"context": 0.5, "heading": 0.4, "text": 0.6, "caption": 0.4, "parts": 0.4}
SATURATED = 1.2
NEAR = 4  # words within which neighbours of the question stand together
WEIGHTS = {
    "words": 2.7,
    "coverage": 1.71,
    "pairs": 0.87,
    "heading": 0.85,
    "meaning": 3.69,
    "section_words": 1.6,
    "section_coverage": 1.1,
    "section_meaning": 2.12,
    "identifier": 4.5,
    "hazard": -0.33,
    "figure": -0.3,
    "row": -0.39,
    "table": -0.12,
    "step": 0.09,
    "short": -0.28,
}
SHORT = 80  # characters: a title page, a legend, a list of tools


@dataclass(slots=True)
class Candidate:
    """A passage that may answer, with what each lane says of it; every value runs from 0 to about 1."""

    archive: Archive
    id: int
    sketch: Sketch | None = None
    matched: set[Match] = field(default_factory=set)
    closeness: float = 0.0
    identifier: float = 0.0
    coverage: float = 0.0
    share: float = 0.0  # as coverage, every word counting alike
    features: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    found: Passage | None = None
    reading: Reading | None = None

    @property
    def passage(self) -> Passage:
        """The passage; it is read from the pack before anything is shown."""
        assert self.found is not None, "shown candidates have their passage"  # noqa: S101 - narrows the type
        return self.found

    @property
    def section(self) -> tuple[str, int]:
        """What tells sections of all packs apart."""
        assert self.sketch is not None, "measured candidates have their sketch"  # noqa: S101 - narrows the type
        return self.archive.manifest.id, self.sketch.section


@dataclass(frozen=True, slots=True)
class Fit:
    """How the words of a question stand in a text."""

    words: float = 0.0  # BM25F, as a share of what no text can exceed
    coverage: float = 0.0
    own: float = 0.0  # coverage without headings and context
    heading: float = 0.0
    pairs: float = 0.0
    share: float = 0.0  # coverage with every word counting alike


def fit(query: Query, occurrences: Occurrences | None) -> Fit:
    """How a question's words stand in one text; nothing where none does."""
    total = query.weight
    if occurrences is None or not total:
        return Fit()
    place = {phrase: number for number, phrase in enumerate(query.phrases)}
    words = coverage = own = heading = share = 0.0
    spots: list[dict[int, list[int]]] = []
    for group in query.groups:
        count = present = inside = above = 0.0
        mine: dict[int, list[int]] = {}
        for phrase, factor in group.phrases.items():
            hit = mine_here = above_here = False
            for column, positions in enumerate(occurrences.places[place[phrase]]):
                if not positions:
                    continue
                name = occurrences.columns[column]
                usual = occurrences.usual[column] or 1.0
                damping = 1 - DAMPED[name] + DAMPED[name] * occurrences.sizes[column] / usual
                count += factor * FIELDS[name] * len(positions) / damping
                mine.setdefault(column, []).extend(positions)
                hit = True
                mine_here |= name in {"text", "caption", "parts"}
                above_here |= name == "heading"
            present += factor * hit
            inside += factor * mine_here
            above += factor * above_here
        words += group.weight * count / (SATURATED + count)
        coverage += group.weight * min(present, 1.0)
        share += min(present, 1.0) / len(query.groups)
        own += group.weight * min(inside, 1.0)
        heading += group.weight * min(above, 1.0)
        spots.append(mine)
    return Fit(words / total, coverage / total, own / total, heading / total, _pairs(query, spots), share)


def _pairs(query: Query, spots: Sequence[Mapping[int, Sequence[int]]]) -> float:
    """The share of the question's neighbouring words that stand together in the text too, weighed by their rarity."""
    groups = query.groups
    total = near = 0.0
    for index in range(len(groups) - 1):
        weight = groups[index].weight + groups[index + 1].weight
        total += weight
        for column, positions in spots[index].items():
            others = spots[index + 1].get(column, ())
            if any(abs(one - other) <= NEAR for one in positions for other in others):
                near += weight
                break
    return near / total if total else 0.0


def measure(
    candidates: Sequence[Candidate],
    sections: Mapping[tuple[str, int], Fit],
    fits: Mapping[tuple[str, int], Fit],
) -> None:
    """Fill the features and the coverage of the candidates of one question."""
    nearest: dict[tuple[str, int], float] = {}
    for one in candidates:
        nearest[one.section] = max(one.closeness, nearest.get(one.section, 0.0))
    for one in candidates:
        mine = fits.get((one.archive.manifest.id, one.id), Fit())
        around = sections.get(one.section, Fit())
        assert one.sketch is not None, "measured candidates have their sketch"  # noqa: S101 - narrows the type
        kind, row = one.sketch.kind, one.sketch.row
        # A table row or a warning is judged by its own words: the heading over it speaks of its neighbours as well.
        one.coverage = mine.own if kind in {BlockKind.TABLE, BlockKind.HAZARD} else mine.coverage
        one.share = mine.share
        one.features = {
            "words": mine.words,
            "coverage": mine.coverage,
            "pairs": mine.pairs,
            "heading": mine.heading,
            "meaning": one.closeness,
            "section_words": around.words,
            "section_coverage": around.coverage,
            "section_meaning": nearest[one.section],
            "identifier": one.identifier,
            "hazard": float(kind is BlockKind.HAZARD),
            "figure": float(kind is BlockKind.FIGURE),
            "row": float(row),
            "table": float(kind is BlockKind.TABLE and not row),
            "step": float(kind is BlockKind.STEP),
            "short": float(one.sketch.size < SHORT and not row),
        }


def score(candidates: Sequence[Candidate]) -> None:
    """One score of each candidate's features."""
    for one in candidates:
        one.score = sum(WEIGHTS[name] * value for name, value in one.features.items())


def ceiling() -> float:
    """About the score of a passage that fits in every way: scores are shown as shares of it."""
    return (
        sum(WEIGHTS[name] for name in ("words", "coverage", "pairs", "meaning", "section_words", "section_coverage"))
        + 1
    )
