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
from fieldfare.retrieval.ranking import Candidate, Fit
from fieldfare.retrieval.window import best_window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from fieldfare.domain import EmbedderIdentity, Question, Reading
    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval.query import Query

MAX_QUESTION = 2000  # characters that are looked at; nobody asks longer questions, hostile input does
CANDIDATES = 50  # passages that each lane proposes
SECTIONS = 30  # sections that are proposed as a whole
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
        vectors = {} if settled else self._vectors(meant, archives)
        candidates = self.candidates(query, archives, hits, vectors)
        ranking.score(candidates)
        ranked = _ordered(candidates)[: limit * WAITING]
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
        signals = _signals(current, max((one.closeness for one in candidates), default=0.0), compared=bool(vectors))
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

    def candidates(
        self,
        query: Query,
        archives: Sequence[Archive],
        hits: codes.Hits,
        vectors: Mapping[str, tuple[Embedder, bytes]],
    ) -> list[Candidate]:
        """What each lane proposes, with everything that is measured of it; no score yet."""
        found: dict[tuple[str, int], Candidate] = {}
        fits: dict[tuple[str, int], Fit] = {}
        sections: dict[tuple[str, int], Fit] = {}
        for archive in archives:
            pack = archive.manifest.id

            def candidate(id_: int, match: Match, archive: Archive = archive, pack: str = pack) -> Candidate:
                one = found.setdefault((pack, id_), Candidate(archive, id_))
                one.matched.add(match)
                return one

            matched = {id_ for id_, _ in archive.find_words(query.match, CANDIDATES)}
            if not matched and query.half_typed:
                matched = {id_ for id_, _ in archive.find_words(query.half_typed, CANDIDATES)}
            wholes = archive.find_sections(query.match, SECTIONS)
            sections |= {(pack, id_): ranking.fit(query, whole) for id_, whole in wholes.items()}
            if pack in vectors:
                embedder, vector = vectors[pack]
                for id_, cosine in archive.find_meaning(vector, CANDIDATES):
                    candidate(id_, Match.MEANING).closeness = embedder.closeness(cosine)
            count = Counter(hit.key for hit in hits.get(pack, ()))
            for hit in hits.get(pack, ())[:CANDIDATES]:
                rarity = 1 / (1 + 0.1 * (count[hit.key] - 1))  # a code that stands everywhere says little
                one = candidate(hit.passage, Match.IDENTIFIER)
                one.identifier = max(one.identifier, rarity * (1 + DEFINES * hit.defines) / (1 + DEFINES))
            wanted = {*matched, *(id_ for of, id_ in found if of == pack)}
            for id_, occurrences in archive.occurrences(query.match, wanted).items():
                candidate(id_, Match.WORDS)
                fits[pack, id_] = ranking.fit(query, occurrences)
            for id_ in matched - {id_ for of, id_ in found if of == pack}:
                candidate(id_, Match.WORDS)
            sketches = archive.sketches(id_ for of, id_ in found if of == pack)
            for (of, id_), one in found.items():
                if of == pack:
                    one.sketch = sketches[id_]
        chosen = list(found.values())
        ranking.measure(chosen, sections, fits)
        return chosen

    def _chosen(self, question: Question) -> list[Archive]:
        return [one for one in self._archives if not question.packs or one.manifest.id in question.packs]

    def _read(self, text: str, query: Query, best: Sequence[Candidate]) -> bool:
        """Let the reader read the first passages, and put its judgement into their scores; whether it did."""
        if self._reader is None or not best:
            return False
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

    def _vectors(self, text: str, archives: Sequence[Archive]) -> dict[str, tuple[Embedder, bytes]]:
        """The question by each embedder that made a pack's vectors, and that embedder, by pack: each is asked once."""
        found: dict[str, tuple[Embedder, bytes]] = {}
        made: dict[str, bytes] = {}
        for archive in archives:
            embedder = self._embedder_of(archive)
            if embedder is None:
                continue
            digest = embedder.identity.digest
            if digest not in made:
                try:
                    made[digest] = embedder.encode([text], query=True)[0].tobytes()
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
