"""What is measured of every passage of a pack for one question, and the weights that make one score of it.

The weights were fitted by scripts/train/ranking.py on question sets that no figure is reported on. Every passage is measured,
not only what some lane proposes: over rows of numbers that takes less time than to choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fieldfare.domain import BlockKind, Match, Passage
from fieldfare.pack.words import FIELDS, KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from fieldfare.domain import Reading
    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval.query import Query

# BM25F (Robertson and Zaragoza 2009): how much a word counts in each field, how much a field's length dampens it, and how
# soon more of the same word says nothing new.
COUNTS = {"context": 0.6, "heading": 2.0, "text": 1.0, "caption": 0.6, "parts": 0.4}
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
_HEADING, _TEXT = FIELDS.index("heading"), FIELDS.index("text")
assert FIELDS[_TEXT:] == ("text", "caption", "parts"), "from the text on, the fields are a passage's own"  # noqa: S101


@dataclass(slots=True)
class Candidate:
    """A passage that may answer, with what was measured of it; every value but the score runs from 0 to about 1."""

    archive: Archive
    id: int
    section: tuple[str, int]  # what tells sections of all packs apart
    matched: frozenset[Match]
    closeness: float
    coverage: float
    share: float  # as coverage, every word counting alike
    score: float
    found: Passage | None = None
    reading: Reading | None = None

    @property
    def passage(self) -> Passage:
        """The passage; it is read from the pack before anything is shown."""
        assert self.found is not None, "shown candidates have their passage"  # noqa: S101 - narrows the type
        return self.found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """What was measured of all passages of a pack, passage N being the entry N - 1.

    `lanes` say who proposes a passage: what nobody proposes is not found. `features` are what WEIGHTS weigh.
    """

    archive: Archive
    lanes: Mapping[Match, np.ndarray]
    coverage: np.ndarray
    share: np.ndarray
    closeness: np.ndarray
    features: Mapping[str, np.ndarray]

    @property
    def proposed(self) -> np.ndarray:
        """Which passages any lane proposes."""
        import numpy as np

        found: np.ndarray = np.any(list(self.lanes.values()), axis=0)
        return found

    @property
    def nearest(self) -> float:
        """The largest closeness of what is proposed."""
        return float(self.closeness[self.proposed].max(initial=0.0))

    def scores(self) -> np.ndarray:
        """One score of each passage."""
        import numpy as np

        total = np.zeros(len(self.coverage))
        for name, values in self.features.items():
            total += WEIGHTS[name] * values
        return total


def best(values: np.ndarray, count: int) -> np.ndarray:
    """The indexes of the largest values, largest first, of equal ones the first."""
    import numpy as np

    chosen = np.arange(len(values))
    if len(values) > count:
        chosen = np.flatnonzero(values >= np.partition(values, -count)[-count])
    found: np.ndarray = chosen[np.argsort(-values[chosen], kind="stable")][:count]
    return found


def first(found: Sequence[Measures], count: int) -> list[Candidate]:
    """The best passages of all packs that any lane proposes, best first."""
    import numpy as np

    ranked: list[tuple[float, str, int, Measures]] = []
    for measures in found:
        scores = np.where(measures.proposed, measures.scores(), -np.inf)
        pack = measures.archive.manifest.id
        ranked += [(-float(scores[at]), pack, int(at), measures) for at in best(scores, count) if scores[at] > -np.inf]
    ranked.sort(key=lambda one: one[:3])
    return [
        Candidate(
            archive=measures.archive,
            id=at + 1,
            section=(pack, int(measures.archive.shape.sections[at])),
            matched=frozenset(match for match, lane in measures.lanes.items() if lane[at]),
            closeness=float(measures.closeness[at]),
            coverage=float(measures.coverage[at]),
            share=float(measures.share[at]),
            score=-negative,
        )
        for negative, pack, at, measures in ranked[:count]
    ]


class Scales:
    """What of a pack does not depend on the question: what one more word counts in each field, which kind a passage is."""

    def __init__(self, archive: Archive) -> None:
        import numpy as np

        shape = archive.shape
        self.sections = shape.sections
        self.passages, self.of_sections = len(shape.sections), int(shape.sections.max(initial=-1)) + 1
        self.firsts = np.flatnonzero(np.diff(shape.sections, prepend=-1))  # the first passage of each section
        self.worth = _worth(shape.sizes, FIELDS).reshape(-1)
        # A section has the heading of its first passage and the texts of all.
        whole = np.zeros((self.of_sections, 2))
        whole[shape.sections[self.firsts], 0] = shape.sizes[self.firsts, _HEADING]
        whole[:, 1] = np.bincount(shape.sections, shape.sizes[:, _TEXT], self.of_sections)
        present = np.isin(np.arange(self.of_sections), shape.sections)
        worth = np.zeros((self.of_sections, 2))
        worth[present] = _worth(whole[present], ("heading", "text"))
        around = np.zeros(shape.sizes.shape)
        around[self.firsts, _HEADING] = worth[shape.sections[self.firsts], 0]
        around[:, _TEXT] = worth[shape.sections, 1]
        self.section_worth = around.reshape(-1)
        kind = {one: shape.kinds == number for number, one in enumerate(KINDS)}
        self.judged_alone = kind[BlockKind.TABLE] | kind[BlockKind.HAZARD]
        self.kinds = {
            "hazard": kind[BlockKind.HAZARD],
            "figure": kind[BlockKind.FIGURE],
            "row": shape.rows,
            "table": kind[BlockKind.TABLE] & ~shape.rows,
            "step": kind[BlockKind.STEP],
            "short": (shape.lengths < SHORT) & ~shape.rows,
        }


def _worth(sizes: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """What a word counts in each field of each text: less in a field that is longer than usual."""
    import numpy as np

    usual = np.mean(sizes, axis=0, keepdims=True)
    usual = np.where(usual == 0, 1.0, usual)
    damped = np.array([DAMPED[name] for name in names])
    worth: np.ndarray = np.array([COUNTS[name] for name in names]) / (1 - damped + damped * sizes / usual)
    return worth


_known_scales: WeakKeyDictionary[Archive, Scales] = WeakKeyDictionary()  # packs do not change while they are open


def scales(archive: Archive) -> Scales:
    """The scales of a pack, made once."""
    found = _known_scales.get(archive)
    if found is None:
        found = _known_scales[archive] = Scales(archive)
    return found


def measure(
    query: Query, archive: Archive, *, closeness: np.ndarray | None, near: np.ndarray, identifiers: np.ndarray
) -> Measures:
    """Measure all passages of a pack: how the words of a question stand in them and around them, how near their meaning is.

    All three have a value a passage: `closeness` is None where the pack was not compared, `near` marks what meaning proposes.
    """
    import numpy as np

    pack = scales(archive)
    count, sections, total = pack.passages, pack.of_sections, query.weight or 1.0
    found = {name: np.zeros(count) for name in ("words", "coverage", "own", "heading", "pairs", "share")}
    around = {name: np.zeros(sections) for name in ("words", "coverage")}
    before: tuple[np.ndarray, np.ndarray] | None = None
    paired = 0.0
    for index, group in enumerate(query.groups):
        counted, counted_around = np.zeros(count), np.zeros(sections)
        present, own, above, present_around = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(sections)
        fields, places = [], []
        for phrase, factor in group.phrases.items():
            standing = archive.postings(phrase)
            if not len(standing.fields):
                continue
            passages, columns = np.divmod(standing.fields, len(FIELDS))
            counted += np.bincount(passages, factor * pack.worth[standing.fields], count)
            worth = pack.section_worth[standing.fields]
            counted_around += np.bincount(pack.sections[passages], factor * worth, sections)
            # Repeated indexes count once: that is what is wanted here.
            present[passages] += factor
            own[passages[columns >= _TEXT]] += factor
            above[passages[columns == _HEADING]] += factor
            present_around[pack.sections[passages[worth > 0]]] += factor
            fields.append(standing.fields)
            places.append(standing.places)
        found["words"] += group.weight * counted / (SATURATED + counted)
        found["coverage"] += group.weight * np.minimum(present, 1.0)
        found["share"] += np.minimum(present, 1.0) / len(query.groups)
        found["own"] += group.weight * np.minimum(own, 1.0)
        found["heading"] += group.weight * np.minimum(above, 1.0)
        around["words"] += group.weight * counted_around / (SATURATED + counted_around)
        around["coverage"] += group.weight * np.minimum(present_around, 1.0)
        mine = (np.concatenate(fields), np.concatenate(places)) if fields else None
        if index:
            weight = query.groups[index - 1].weight + group.weight
            paired += weight
            if before and mine:
                found["pairs"][_together(before, mine)] += weight
        before = mine
    for name in ("words", "coverage", "own", "heading"):
        found[name] /= total
    for name in around:
        around[name] /= total
    found["pairs"] /= paired or 1.0
    if closeness is None:
        closeness = np.zeros(count)
    nearest = np.zeros(sections)
    if count:
        nearest[pack.sections[pack.firsts]] = np.maximum.reduceat(closeness, pack.firsts)
    return Measures(
        archive=archive,
        lanes={Match.IDENTIFIER: identifiers > 0, Match.WORDS: found["share"] > 0, Match.MEANING: near},
        # A table row or a warning is judged by its own words: the heading over it speaks of its neighbours as well.
        coverage=np.where(pack.judged_alone, found["own"], found["coverage"]),
        share=found["share"],
        closeness=closeness,
        features={
            "words": found["words"],
            "coverage": found["coverage"],
            "pairs": found["pairs"],
            "heading": found["heading"],
            "meaning": closeness,
            "section_words": around["words"][pack.sections],
            "section_coverage": around["coverage"][pack.sections],
            "section_meaning": nearest[pack.sections],
            "identifier": identifiers,
            **pack.kinds,
        },
    )


def _together(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The passages in which two words stand near each other, as indexes, some several times."""
    import numpy as np

    (fields, places), others = one, np.sort(other[1])
    next_ = np.searchsorted(others, places - NEAR)
    near = others[np.minimum(next_, len(others) - 1)] <= places + NEAR
    return fields[near & (next_ < len(others))] // len(FIELDS)


def ceiling() -> float:
    """About the score of a passage that fits in every way: scores are shown as shares of it."""
    return (
        sum(WEIGHTS[name] for name in ("words", "coverage", "pairs", "meaning", "section_words", "section_coverage"))
        + 1
    )
