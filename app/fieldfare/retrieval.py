"""Question -> evidence: identifiers by exact look-up, words by FTS5, meaning by vectors, fused. No language model.

Words weigh more than meaning: on manuals bm25 beats a small embedder, and equal weights make it worse
(scripts/bench/answers.py measures both and the fusion).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from fieldfare.domain import BlockKind, Evidence, Finding, Match, Passage, Question, Reading, Signals
from fieldfare.errors import ModelError
from fieldfare.pack.archive import fts_phrase
from fieldfare.text import content_words, identifier_candidates, identifier_key, loose_key, stem, words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np

    from fieldfare.domain import EmbedderIdentity
    from fieldfare.pack.archive import Archive

MAX_QUESTION = 2000  # characters that are looked at; nobody asks longer questions, hostile input does
MAX_WORDS = 40
PER_SECTION = 2
CANDIDATES = 50  # passages that each lane proposes
WORDS_WEIGHT = 0.45
COVERAGE_WEIGHT = 0.3
HAZARD_DISCOUNT = 0.15  # warnings stand with the passages that they protect; their shortness must not put them first
MEANING_ALONE = 0.8  # of the meaning where no word is shared: passes the gate at a closeness of 0.45
IDENTIFIER_BONUS = 1.0
READ = 5  # passages that the reader reads
MAX_SUPERSEDED = 3  # pages of superseded documents beside the current ones
DEFINES_BONUS = 1.0


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


@dataclass(slots=True)
class _Candidate:
    archive: Archive
    id: int
    words: float = 0.0
    cosine: float = 0.0
    identifier: float = 0.0
    matched: set[Match] = field(default_factory=set)
    passage: Passage | None = None
    coverage: float = 0.0
    score: float = 0.0
    reading: Reading | None = None


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

        A `reader` reads the first passages that were found: what it says of each is part of the evidence.
        """
        self._archives = tuple(archives)
        self._embedder = embedder
        self._others = others or {}
        self._reader = reader

    def search(self, question: Question, limit: int = 10) -> Finding:
        """The best passages for a question, at most `limit`, best first; nothing for a question without words."""
        chosen = [one for one in self._archives if not question.packs or one.manifest.id in question.packs]
        text, archives = _named(question.text[:MAX_QUESTION], chosen)
        text, hits = _identified(text, archives)
        terms = list(dict.fromkeys(content_words(text) or words(text)))[:MAX_WORDS]
        synonyms = _synonyms(text, archives)
        if not terms or not archives:
            return Finding(evidence=(), support=0.0)
        found: dict[tuple[str, int], _Candidate] = {}

        def candidate(archive: Archive, id_: int, match: Match) -> _Candidate:
            one = found.setdefault((archive.manifest.id, id_), _Candidate(archive, id_))
            one.matched.add(match)
            return one

        # A code alone is settled by its look-up: no need to load and ask the embedder.
        settled = any(defines for found_ in hits.values() for *_, defines in found_) and not _says_more(text, hits)
        meant = " ".join((text, *(f"({other})" for other in synonyms)))
        vectors = {} if settled else self._vectors(meant, archives)
        for archive in archives:
            for id_, score in archive.find_words(self._match(terms, synonyms), CANDIDATES):
                candidate(archive, id_, Match.WORDS).words = score
            if archive.manifest.id in vectors:
                embedder, vector = vectors[archive.manifest.id]
                for id_, cosine in archive.find_meaning(vector, CANDIDATES):
                    candidate(archive, id_, Match.MEANING).cosine = embedder.closeness(cosine)
            mine = hits.get(archive.manifest.id, [])
            count = Counter(key for key, *_ in mine)
            for key, _, id_, defines in mine[:CANDIDATES]:
                one = candidate(archive, id_, Match.IDENTIFIER)
                rarity = 1 / (1 + 0.1 * (count[key] - 1))  # a code that stands everywhere says little
                one.identifier = max(one.identifier, rarity * (IDENTIFIER_BONUS + DEFINES_BONUS * defines))
        self._score(list(found.values()), terms, synonyms, archives)
        ranked = sorted(found.values(), key=lambda one: (-one.score, one.archive.manifest.id, one.id))
        best = _current_first(ranked, limit)
        self._read(question.text[:MAX_QUESTION], [one for one in best if not _passage(one).superseded_by][:READ])
        top = max(self._ceiling(), 1e-9)
        evidence = tuple(
            Evidence(
                passage=_passage(one),
                rank=rank,
                score=round(min(max(one.score / top, 0.0), 1.0), 4),
                matched_by=tuple(match for match in Match if match in one.matched),
                coverage=round(one.coverage, 4),
                reading=one.reading,
            )
            for rank, one in enumerate(best, 1)
        )
        current = [one for one in best if not _passage(one).superseded_by]
        support = _support(current, vectors.keys())
        nearest = max((one.cosine for one in found.values()), default=0.0)
        return Finding(
            evidence=evidence,
            support=support,
            unknown=self._unknown(text, archives),
            signals=_signals(current, nearest, set(map(stem, terms))),
        )

    def _read(self, text: str, best: Sequence[_Candidate]) -> None:
        if self._reader is None or not best:
            return
        passages = [_passage(one) for one in best]
        leads = [" > ".join(passage.heading[-2:]) for passage in passages]
        for one, reading in zip(best, self._reader.read(text, [each.text for each in passages], leads), strict=True):
            one.reading = reading

    def find_figures(self, question: Question, limit: int = 6) -> tuple[Evidence, ...]:
        """The figures for a question or a caption, best first: by their captions, the words inside them and the text that
        they illustrate.
        """
        chosen = [one for one in self._archives if not question.packs or one.manifest.id in question.packs]
        text = question.text[:MAX_QUESTION]
        _, archives = _named(
            text, chosen
        )  # captions tell variants of a machine apart by its name: it stays in the query
        terms = list(dict.fromkeys(content_words(text) or words(text)))[:MAX_WORDS]
        if not terms or not archives:
            return ()
        vectors = self._vectors(text, archives)
        found: dict[tuple[str, int], _Candidate] = {}
        for archive in archives:
            pack = archive.manifest.id
            for id_, score in archive.find_figure_words(self._match(terms, ()), CANDIDATES):
                one = found.setdefault((pack, id_), _Candidate(archive, id_))
                one.words, one.matched = score, one.matched | {Match.WORDS}
            if pack in vectors:
                embedder, vector = vectors[pack]
                for id_, cosine in archive.find_figure_meaning(vector, CANDIDATES):
                    one = found.setdefault((pack, id_), _Candidate(archive, id_))
                    one.cosine, one.matched = embedder.closeness(cosine), one.matched | {Match.MEANING}
        best_words = max((one.words for one in found.values()), default=0.0) or 1.0
        for one in found.values():
            one.score = _fused(one, best_words)
        ranked = sorted(found.values(), key=lambda one: (-one.score, one.archive.manifest.id, one.id))
        shown = {
            archive.manifest.id: archive.figures(one.id for one in ranked if one.archive is archive)
            for archive in archives
        }
        known = [one for one in ranked if one.id in shown[one.archive.manifest.id]][:limit]
        evidence = []
        for rank, one in enumerate(known, 1):
            figure, passage = shown[one.archive.manifest.id][one.id]
            matched = tuple(match for match in Match if match in one.matched)
            score = round(min(max(one.score, 0.0), 1.0), 4)
            evidence.append(Evidence(passage=passage, rank=rank, score=score, matched_by=matched, figure=figure))
        return tuple(evidence)

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

    @staticmethod
    def _match(terms: Sequence[str], synonyms: Collection[str]) -> str:
        """An FTS5 query for any of the words or the phrases that mean them, each quoted; the last may be half typed."""
        last = f" OR {fts_phrase(terms[-1])}*" if len(terms[-1]) >= 3 else ""
        return " OR ".join(map(fts_phrase, (*synonyms, *terms))) + last

    @staticmethod
    def _ceiling() -> float:
        return 1.0 + COVERAGE_WEIGHT + IDENTIFIER_BONUS + DEFINES_BONUS

    def _score(
        self,
        candidates: list[_Candidate],
        terms: Sequence[str],
        synonyms: Mapping[str, set[str]],
        archives: Sequence[Archive],
    ) -> None:
        """Weigh the lanes: bm25 against the best of its kind, cosine on its useful range, identifiers on top."""
        best_words = max((one.words for one in candidates), default=0.0) or 1.0
        by_archive: dict[str, list[_Candidate]] = {}
        for one in candidates:
            by_archive.setdefault(one.archive.manifest.id, []).append(one)
        for group in by_archive.values():
            passages = group[0].archive.passages(one.id for one in group)
            for one in group:
                one.passage = passages[one.id]
        weights = _weights(terms, archives)
        for one in candidates:
            one.coverage = _coverage(weights, synonyms, _passage(one))
            fused = _fused(one, best_words)
            if _passage(one).kind is BlockKind.HAZARD:
                fused -= HAZARD_DISCOUNT
            one.score = fused + COVERAGE_WEIGHT * one.coverage + one.identifier

    def _unknown(self, text: str, archives: Sequence[Archive]) -> tuple[str, ...]:
        """Codes and model names of the question that no manual holds, as the question spells them."""
        unknown = []
        for match in _CODE_IN_QUESTION.finditer(text):
            key = identifier_key(match.group())
            known = any(
                archive.find_identifiers([key])
                or archive.find_loose_identifiers([loose_key(key)])
                or archive.document_frequency(match.group().replace("-", " "))
                or archive.document_frequency(key)
                for archive in archives
            )
            if not known:
                unknown.append(match.group())
        return tuple(dict.fromkeys(unknown))


def _fused(one: _Candidate, best_words: float) -> float:
    """bm25 against the best of its kind and closeness on its useful range, weighed."""
    meaning = min(max((one.cosine - 0.1) / 0.7, 0.0), 1.0)
    return WORDS_WEIGHT * one.words / best_words + (1 - WORDS_WEIGHT) * meaning


_CODE_IN_QUESTION = re.compile(r"(?<![\w-])[A-Za-z]{1,4}-?\d{1,5}[A-Za-z]?(?![\w-])")


_GENERIC_NAMES = frozenset(
    """manual user users service operating operation instructions guide handbook owner installation maintenance the and for
    set unit system machine series model edition version rev revision documentation""".split()
)


def _named(text: str, archives: Sequence[Archive]) -> tuple[str, Sequence[Archive]]:
    """The packs whose machine or manual the question names, and the question without those names.

    The same question has different answers for different machines, so a named one rules the others out; what is left of
    the question must then fit by itself. All packs and the whole question where it names none, or nothing else.
    """
    names: dict[str, set[str]] = {}
    for archive in archives:
        made = archive.manifest
        titles = " ".join([made.title, *map(str, made.machines), *archive.document_titles()])
        names[made.id] = {word for word in words(titles) if len(word) >= 3 and not word.isdigit()} - _GENERIC_NAMES
        names[made.id] |= {identifier_key(machine.model) for machine in made.machines}
    shared = set.intersection(*names.values()) if len(names) > 1 else set()
    spelled = {**identifier_candidates(text), **{word: word for word in words(text)}}
    mentioned = set(spelled) - shared
    chosen = [archive for archive in archives if mentioned & names[archive.manifest.id]]
    rest = text
    for archive in chosen:
        for word in mentioned & names[archive.manifest.id]:
            rest = re.sub(rf"(?<!\w){re.escape(spelled[word])}(?!\w)", " ", rest, flags=re.IGNORECASE)
    return (rest, chosen) if chosen and content_words(rest) else (text, archives)


_Hits = dict[str, list[tuple[str, str, int, bool]]]


def _identified(text: str, archives: Sequence[Archive]) -> tuple[str, _Hits]:
    """The question with its codes spelled as the manuals print them, and where each pack has them."""
    candidates = identifier_candidates(text)
    loose = {loose_key(key): raw for key, raw in candidates.items()}
    exact = {archive.manifest.id: archive.find_identifiers(list(candidates)) for archive in archives}
    settled = any(defines for found in exact.values() for *_, defines in found)
    hits: _Hits = {}
    for archive in archives:
        found = exact[archive.manifest.id]
        if (
            not settled
        ):  # `E7` means E07 rather than a mention of ACEA E7, but E21 of one machine is not E-021 of another
            found = [hit for hit in archive.find_loose_identifiers(list(loose)) if hit[3]] or found
        hits[archive.manifest.id] = found
        for key, printed, *_ in found:
            raw = candidates.get(key) or loose.get(loose_key(key), "")
            if raw and raw != printed:
                text = text.replace(raw, printed)
    return text, hits


_CODE_QUESTION = frozenset(
    "code fault error alarm meaning mean means fehler fehlercode défaut código fallo display shows".split()
)


def _says_more(text: str, hits: _Hits) -> bool:
    """Whether a question says more than the codes that were found in it."""
    spelled = {word for found in hits.values() for _, printed, *_ in found for word in words(printed)}
    return any(word not in spelled | _CODE_QUESTION for word in content_words(text))


def _passage(candidate: _Candidate) -> Passage:
    assert candidate.passage is not None, "scored candidates have their passage"  # noqa: S101 - narrows the type
    return candidate.passage


def _weights(terms: Sequence[str], archives: Sequence[Archive]) -> dict[str, float]:
    """How much each word of a question says: rare words much, unknown words most (inverse document frequency)."""
    total = sum(archive.manifest.passages for archive in archives)
    weights: dict[str, float] = {}
    for term in terms:
        frequency = sum(archive.document_frequency(term) for archive in archives)
        weights[stem(term)] = math.log(1 + total / (0.5 + frequency))
    return weights


def _synonyms(text: str, archives: Sequence[Archive]) -> dict[str, set[str]]:
    """The phrases that the packs' authors accept for phrases of the question, each with the stems of what it stands for."""
    asked = f" {' '.join(words(text))} "
    found: dict[str, set[str]] = {}
    for archive in archives:
        for pair in archive.synonyms():
            for here, other in (pair, pair[::-1]):
                spelled = words(here)
                if spelled and f" {' '.join(spelled)} " in asked and words(other):
                    found.setdefault(other, set()).update(map(stem, spelled))
    return found


def _coverage(weights: dict[str, float], synonyms: Mapping[str, set[str]], passage: Passage) -> float:
    """The share of the question's weight whose words stand in a passage, its headings or its document's title.

    A table row or a warning is judged by its own words: the heading over it speaks of its neighbours as well.
    """
    context = ""
    if passage.kind not in {BlockKind.TABLE, BlockKind.HAZARD}:
        context = " ".join((passage.document, *passage.heading, *(figure.caption for figure in passage.figures)))
    present = {stem(word) for word in words(f"{context} {passage.text}")}
    present |= {part for word in present for part in re.split(r"[.,'’]", word)}
    for other, meant in synonyms.items():
        if {stem(word) for word in words(other)} <= present:
            present |= meant
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in present) / total if total else 0.0


def _words_key(one: _Candidate) -> tuple[str, str]:
    passage = _passage(one)
    return passage.pack, " ".join(passage.text.split()).casefold()


def _without_repeats(ranked: Sequence[_Candidate], limit: int) -> list[_Candidate]:
    """The best candidates, no text twice, and not more than PER_SECTION of a section while others wait."""
    kept: list[_Candidate] = []
    waiting: list[_Candidate] = []
    seen: set[tuple[str, str]] = set()
    of_section: Counter[tuple[str, int]] = Counter()
    for one in ranked:
        passage = _passage(one)
        key = _words_key(one)
        if key in seen:
            continue
        seen.add(key)
        section = (passage.pack, passage.section)
        of_section[section] += 1
        (kept if of_section[section] <= PER_SECTION else waiting).append(one)
        if len(kept) == limit:
            break
    return (kept + waiting)[:limit]


def _current_first(ranked: Sequence[_Candidate], limit: int) -> list[_Candidate]:
    """The best current passages, and the pages of superseded documents that say something else: each right after the page
    that replaced it, the others last.
    """
    current = [one for one in ranked if not _passage(one).superseded_by]
    said = {_words_key(one) for one in current}
    older = [one for one in ranked if _passage(one).superseded_by and _words_key(one) not in said]
    ordered = _without_repeats(current, limit)
    for one in _without_repeats(older, MAX_SUPERSEDED):
        subject = _passage(one).subject
        places = [place for place, other in enumerate(ordered) if _passage(other).subject == subject]
        ordered.insert(places[-1] + 1 if places else len(ordered), one)
    return ordered


def _signals(best: Sequence[_Candidate], nearest: float, wanted: Collection[str]) -> Signals:
    """What was measured of the best candidates, as it is."""
    first = best[:3]
    if not first:
        return Signals()
    section = _section(first[0])
    other = next((one.score for one in best if _section(one) != section), 0.0)
    present = ({stem(word) for word in words(_context(one) + _passage(one).text)} for one in first)
    shares = [sum(word in mine for word in wanted) / len(wanted) for mine in present] if wanted else [0.0]
    return Signals(
        closeness=round(max(one.cosine for one in first), 4),
        nearest=round(nearest, 4),
        coverage=round(max(one.coverage for one in first), 4),
        share=round(max(shares), 4),
        margin=round(first[0].score - other, 4),
        answers=max((one.reading.answers for one in best if one.reading), default=None),
        span=max((one.reading.span for one in best if one.reading), default=None),
    )


def _section(one: _Candidate) -> tuple[str, int]:
    return _passage(one).pack, _passage(one).section


def _context(one: _Candidate) -> str:
    passage = _passage(one)
    return " ".join((passage.document, *passage.heading, ""))


def _support(best: Sequence[_Candidate], meant: Collection[str]) -> float:
    """How well the evidence fits the question: the nearest meaning, and how much of its words stand in a passage; the
    words alone in packs that could not be searched by meaning. `meant` are those that could.

    The weights are those with the best AUROC of present against removed manual (scripts/bench/answers.py).
    """
    first = best[:3]
    coverage = max((one.coverage for one in first), default=0.0)
    plain = max((one.coverage for one in first if one.archive.manifest.id not in meant), default=0.0)
    if not meant:
        return coverage
    meaning = max((one.cosine for one in first), default=0.0)
    if not coverage:  # a question in another language shares no word with its answer
        return max(plain, MEANING_ALONE * meaning)
    return max(plain, (meaning + 0.5 * coverage) / 1.5)
