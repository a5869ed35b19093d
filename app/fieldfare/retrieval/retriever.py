"""The search: every lane proposes candidates, what was measured of each makes its score, the reader has the last word."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fieldfare.domain import Evidence, Finding, Match, Signals
from fieldfare.errors import ModelError
from fieldfare.gate import confidence
from fieldfare.retrieval import codes, ranking
from fieldfare.retrieval.figures import find_figures
from fieldfare.retrieval.order import current_first
from fieldfare.retrieval.query import understand
from fieldfare.retrieval.window import best_window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from fieldfare.domain import EmbedderIdentity, Question, Reading
    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval.query import Query
    from fieldfare.retrieval.ranking import Candidate, Measures

MAX_QUESTION = 2000  # characters that are looked at; nobody asks longer questions, hostile input does
CANDIDATES = 50  # passages that meaning and identifiers propose; whatever holds a word of the question is looked at
FURTHEST = -0.5  # cosine below which nothing is proposed: no two texts are that far apart
DEFINES = 1.0  # what an identifier's own row or heading is worth over a mention of it
WAITING = 4  # as many candidates as are wanted wait behind, for repeats and superseded pages that are not shown
READ = 5  # passages that the reader reads
NAMED = 4  # words: `oil filter torque` asks what it is, a longer list of words may be a title
READER_WEIGHT = 0.4  # of a logit of the reader in the score of what was read; docs/ranking.md says what it gains
# The reader learned from questions: of a title or a list of words it knows nothing, and has no say in their order.
_QUESTION = re.compile(
    r"[?¿]|\b(?:what|how|which|who|whom|whose|when|where|why|is|are|does|do|did|can|could|should|must|may|will|was|were|"
    r"wie|was|wo|wann|warum|welche[mnrs]?|wer|wieso|wofür|kann|muss|darf|soll|"
    r"comment|quel(?:le)?s?|où|quand|pourquoi|combien|cómo|qué|cuál(?:es)?|dónde|cuándo|cuánt[oa]s?)\b",
    re.IGNORECASE,
)


class Embedder(Protocol):
    """Text to unit vectors, by the model that made the vectors of a pack."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Which embedder this is: vectors of another one are never compared with its."""

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        """One float32 vector of unit length a text; `query` where the texts are questions."""

    def closeness(self, cosine: float) -> float:
        """A cosine on the scale that all embedders share."""


class Reader(Protocol):
    """Question and passages to what each says of the question."""

    def reads(self, language: str) -> bool:
        """Whether it knows a language."""

    def read(self, question: str, texts: Sequence[str], leads: Sequence[str] = ()) -> tuple[Reading, ...]:
        """A reading of each text; `leads` stand before the texts, as their headings do."""


class Retriever:
    """Searches the open packs. Safe to use from several threads."""

    def __init__(
        self,
        archives: Sequence[Archive],
        embedder: Embedder | None,
        others: Mapping[str, Embedder] | None = None,
        reader: Reader | None = None,
    ) -> None:
        """`others` are the embedders, by pack, of packs whose vectors another one made than `embedder`.

        A `reader` reads the first passages that were found: what it says of each is part of the evidence and of its rank.
        """
        self._archives = tuple(archives)
        self._embedder = embedder
        self._others = others or {}
        self._reader = reader

    def search(self, question: Question, limit: int = 10) -> Finding:
        """The best passages for a question, at most `limit`, best first; nothing for a question without words."""
        asked = question.text[:MAX_QUESTION]
        text, archives = codes.named(asked, self._chosen(question), question.machine)
        text, hits = codes.identified(text, archives)
        if not archives:
            return Finding(evidence=(), support=0.0)
        query = understand(text, archives)
        if not query.groups:
            return Finding(evidence=(), support=0.0)
        # A code alone is settled by its look-up: no need to load and ask the embedder.
        settled = codes.settled(text, hits)
        meant = " ".join((text, *(f"({other})" for other in query.explained)))
        vectors = {} if settled else self._vectors(meant, archives, question.context)
        found = [self.measure(query, archive, hits.get(archive.manifest.id, []), vectors) for archive in archives]
        ranked = ranking.first(found, limit * WAITING)
        for archive in archives:
            mine = [one for one in ranked if one.archive is archive]
            passages = archive.passages(one.id for one in mine)
            for one in mine:
                one.found = passages[one.id]
        best = current_first(ranked, limit)
        if not settled and self._read(asked, query, [one for one in best if not one.passage.superseded_by][:READ]):
            best = current_first(_ordered(best), limit)
        ceiling = ranking.ceiling()
        evidence = tuple(
            Evidence(
                passage=one.passage,
                rank=rank,
                score=round(min(max(one.score / ceiling, 0.0), 1.0), 4),
                matched_by=tuple(match for match in Match if match in one.matched),
                coverage=round(one.coverage, 4),
                reading=one.reading,
            )
            for rank, one in enumerate(best, 1)
        )
        current = [one for one in best if not one.passage.superseded_by]
        signals = _signals(current, max((one.nearest for one in found), default=0.0), compared=bool(vectors))
        return Finding(
            evidence=evidence,
            support=round(confidence(signals), 4),
            unknown=codes.unknown(text, archives),
            signals=signals,
        )

    def find_figures(self, question: Question, limit: int = 6) -> tuple[Evidence, ...]:
        """The figures for a question or a caption, best first: by their captions, the words inside them and the text that
        they illustrate.
        """
        text = question.text[:MAX_QUESTION]
        # Captions tell variants of a machine apart by its name: it stays in the query.
        _, archives = codes.named(text, self._chosen(question), question.machine)
        query = understand(text, archives) if archives else None
        if query is None or not query.groups:
            return ()
        return find_figures(query, archives, self._vectors(text, archives), limit)

    def measure(
        self,
        query: Query,
        archive: Archive,
        hits: Sequence[codes.Hit],
        vectors: Mapping[str, tuple[Embedder, np.ndarray]],
    ) -> Measures:
        """What was measured of the passages of a pack, and which of them each lane proposes."""
        import numpy as np

        identifiers = np.zeros(archive.manifest.passages)
        count = Counter(hit.key for hit in hits)
        for hit in hits[:CANDIDATES]:
            rarity = 1 / (1 + 0.1 * (count[hit.key] - 1))  # a code that stands everywhere says little
            worth = rarity * (1 + DEFINES * hit.defines) / (1 + DEFINES)
            identifiers[hit.passage - 1] = max(identifiers[hit.passage - 1], worth)
        closeness, near = None, np.zeros(len(identifiers), dtype=bool)
        if archive.manifest.id in vectors:
            embedder, vector = vectors[archive.manifest.id]
            cosines = archive.cosines(vector)
            stranger, same = embedder.closeness(0.0), embedder.closeness(1.0)  # the scale is a straight line
            closeness = stranger + (same - stranger) * cosines
            near[ranking.best(cosines, CANDIDATES)] = True
            near &= cosines > FURTHEST
        return ranking.measure(query, archive, closeness=closeness, near=near, identifiers=identifiers)

    def _chosen(self, question: Question) -> list[Archive]:
        return [one for one in self._archives if not question.packs or one.manifest.id in question.packs]

    def _read(self, text: str, query: Query, best: Sequence[Candidate]) -> bool:
        """Let the reader read the first passages, and put its judgement into their scores; whether it did."""
        if self._reader is None or not best or not all(self._reader.reads(one.passage.language) for one in best):
            return False  # in a language that it does not know, it tells less than the words alone
        spans = [best_window(query, one.passage.text) for one in best]
        parts = [one.passage.text[start:end] for one, (start, end) in zip(best, spans, strict=True)]
        leads = [" > ".join(one.passage.heading[-2:]) for one in best]
        asks = bool(_QUESTION.search(text))
        named = not asks and len(query.groups) <= NAMED
        readings = self._reader.read(f"what is the {text.strip(' ?')}?" if named else text, parts, leads)
        weight = READER_WEIGHT if asks or named else 0.0
        lowest = min(reading.answers for reading in readings)
        for one, reading, (start, _) in zip(best, readings, spans, strict=True):
            one.reading = replace(reading, start=reading.start + start, end=reading.end + start)
            one.score += weight * (reading.answers - lowest)  # who was not read stays behind who was
        return True

    def _vectors(
        self, text: str, archives: Sequence[Archive], context: str = ""
    ) -> dict[str, tuple[Embedder, np.ndarray]]:
        """The question by each embedder that made a pack's vectors, and that embedder, by pack: each is asked once.

        In a conversation it is the mean of the question alone and behind the one before: what leans on that is found, and a
        question about something else is still nearer to its own subject.
        """
        texts = [text, f"{context[:MAX_QUESTION]} {text}"] if context else [text]
        found: dict[str, tuple[Embedder, np.ndarray]] = {}
        made: dict[str, np.ndarray] = {}
        for archive in archives:
            embedder = self._embedder_of(archive)
            if embedder is None:
                continue
            digest = embedder.identity.digest
            if digest not in made:
                try:
                    made[digest] = embedder.encode(texts, query=True).mean(axis=0)
                except ModelError:
                    if embedder is self._embedder:
                        raise
                    continue  # one pack's broken embedder is no reason to find nothing in the others
            found[archive.manifest.id] = embedder, made[digest]
        return found

    def _embedder_of(self, archive: Archive) -> Embedder | None:
        """The embedder that made the vectors of a pack, None where it is not on this device: others never compare."""
        for one in (self._embedder, self._others.get(archive.manifest.id)):
            if one is not None and archive.manifest.embedder == one.identity:
                return one
        return None


def _ordered(candidates: Sequence[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda one: (-one.score, one.archive.manifest.id, one.id))


def _signals(best: Sequence[Candidate], nearest: float, *, compared: bool) -> Signals:
    """What was measured of the best candidates, as it is."""
    first = best[:3]
    if not first:
        return Signals()
    other = next((one.score for one in best if one.section != first[0].section), 0.0)
    readings = [one.reading for one in best if one.reading]
    return Signals(
        closeness=round(max(one.closeness for one in first), 4) if compared else None,
        nearest=round(nearest, 4),
        coverage=round(max(one.coverage for one in first), 4),
        share=round(max(one.share for one in first), 4),
        margin=round((first[0].score - other) / ranking.ceiling(), 4),
        answers=max((reading.answers for reading in readings), default=None),
        span=max((reading.span for reading in readings), default=None),
    )
