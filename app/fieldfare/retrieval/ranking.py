"""What is measured of every passage of a pack for one question, and the weights that make one score of it.

The weights were fitted by scripts/train/ranking.py on question sets that no figure is reported on. Every passage is measured,
not only what some lane proposes: over rows of numbers that takes less time than to choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fieldfare.domain import BlockKind, Match, Passage
from fieldfare.pack.words import FIELDS, KINDS
from fieldfare.retrieval.standing import HEADING, TEXT, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from fieldfare.domain import Reading
    from fieldfare.pack.archive import Archive
    from fieldfare.pack.words import Postings
    from fieldfare.retrieval.query import Query

# BM25F (Robertson and Zaragoza 2009): how much a word counts in each field, how much a field's length dampens it, and how
# soon more of the same word says nothing new.
COUNTS = {"context": 0.6, "heading": 2.0, "text": 1.0, "caption": 0.6, "parts": 0.4}
DAMPED = {"context": 0.5, "heading": 0.4, "text": 0.6, "caption": 0.4, "parts": 0.4}
SATURATED = 1.2
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
_MAX_REMEMBERED = 300_000  # passages of the words that were asked for last, sixty bytes each
SHORT = 80  # characters: a title page, a legend, a list of tools


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
        whole[shape.sections[self.firsts], 0] = shape.sizes[self.firsts, HEADING]
        whole[:, 1] = np.bincount(shape.sections, shape.sizes[:, TEXT], self.of_sections)
        present = np.isin(np.arange(self.of_sections), shape.sections)
        worth = np.zeros((self.of_sections, 2))
        worth[present] = _worth(whole[present], ("heading", "text"))
        around = np.zeros(shape.sizes.shape)
        around[self.firsts, HEADING] = worth[shape.sections[self.firsts], 0]
        around[:, TEXT] = worth[shape.sections, 1]
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
        self._standing: dict[tuple[tuple[str, float], ...], Standing] = {}
        self._remembered = 0
        self._lock = Lock()

    def standing(self, phrases: Mapping[str, float], postings: Sequence[Postings]) -> Standing:
        """Where a word stands; while a question is typed, all of its words but the last are remembered."""
        key = tuple(phrases.items())
        known = self._standing.get(key)
        if known is None or any(one is not other for one, other in zip(known.postings, postings, strict=True)):
            known = Standing(self, phrases, postings)
            with self._lock:
                self._remembered += len(known.passages)
                if self._remembered > _MAX_REMEMBERED:
                    self._standing, self._remembered = {}, len(known.passages)
                self._standing[key] = known
        return known


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
    before: Standing | None = None
    paired = 0.0
    for index, group in enumerate(query.groups):
        mine = pack.standing(group.phrases, [archive.postings(phrase) for phrase in group.phrases])
        at, above = mine.passages, mine.sections
        found["words"][at] += group.weight * mine.counted / (SATURATED + mine.counted)
        found["coverage"][at] += group.weight * mine.present
        found["share"][at] += mine.present / len(query.groups)
        found["own"][at] += group.weight * mine.own
        found["heading"][at] += group.weight * mine.heading
        around["words"][above] += group.weight * mine.counted_around / (SATURATED + mine.counted_around)
        around["coverage"][above] += group.weight * mine.present_around
        if index:
            weight = query.groups[index - 1].weight + group.weight
            paired += weight
            if before is not None:
                found["pairs"][before.together(mine)] += weight
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


def ceiling() -> float:
    """About the score of a passage that fits in every way: scores are shown as shares of it."""
    return (
        sum(WEIGHTS[name] for name in ("words", "coverage", "pairs", "meaning", "section_words", "section_coverage"))
        + 1
    )
