"""A question as the index understands it: its words with everything that may stand for them, weighed by rarity."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from fieldfare.pack.archive import fts_phrase
from fieldfare.retrieval.typing_errors import corrections
from fieldfare.stems import COMPOUNDING, compound_parts, indexed, stem, stop_words, tokens
from fieldfare.trade import meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.pack.archive import Archive

MAX_WORDS = 40  # of a question that are looked at
# What a stand-in for a word counts, the word itself being 1: a synonym of the author's, one of the trade's, a part of a
# compound, a corrected word.
ACCEPTED, USUAL, PART, CORRECTED = 0.9, 0.7, 0.4, 0.8
_SHORTEST_HALF_TYPED = 3
_COMPLETED = 20  # words that a half-typed one may become
_SHORTEST_IN_COMPOUND = 5  # letters of a word that is looked for inside others
_COMPOUNDS = 6  # of one word
# Words of questions that say what kind of answer is wanted and nothing about the machine.
_SCAFFOLD = frozenset(
    """question answer tell know want wonder wondering help try trying give need information info details anything something
    someone possible way kind please thanks recommend recommended suggest wissen bitte hilfe frage question aide information
    pregunta ayuda información""".split()
)


@dataclass(slots=True)
class Group:
    """A word of the question: the phrases of the index that may stand for it, each with what it counts."""

    word: str
    phrases: dict[str, float] = field(default_factory=dict)
    weight: float = 0.0

    def add(self, phrase: str, factor: float) -> None:
        """One more phrase; the larger factor stays."""
        if phrase:
            self.phrases[phrase] = max(factor, self.phrases.get(phrase, 0.0))


@dataclass(frozen=True, slots=True)
class Query:
    """The groups of a question in its order, and their phrases in the order of the FTS5 query."""

    groups: tuple[Group, ...]
    phrases: tuple[str, ...]
    explained: tuple[str, ...]  # what its abbreviations mean, for the embedder

    @property
    def match(self) -> str:
        """The FTS5 query for any of the phrases."""
        return " OR ".join(map(fts_phrase, self.phrases))

    @property
    def weight(self) -> float:
        """The weight of all words together."""
        return sum(group.weight for group in self.groups)


def understand(text: str, archives: Sequence[Archive]) -> Query:
    """The query for a question to these packs: in their languages, with their authors' terms and the trade's."""
    languages = list(dict.fromkeys(language for archive in archives for language in archive.languages()))
    asked = tokens(text)[: 4 * MAX_WORDS]
    groups = [Group(word) for word in _content(asked, languages, archives)[:MAX_WORDS]]
    for group in groups:
        for language in languages:
            group.add(stem(group.word, language), 1.0)
    _accept_terms(groups, asked, languages, archives)
    explained = _trade_terms(groups, asked, languages)
    _join_and_cut(groups, asked, languages, archives)
    _complete(groups, archives)
    total = sum(archive.manifest.passages for archive in archives)
    for group in groups:
        frequencies = [_frequency(phrase, archives) for phrase, factor in group.phrases.items() if factor >= USUAL]
        group.weight = math.log(1 + total / (0.5 + max(frequencies, default=0)))
    phrases = tuple(dict.fromkeys(phrase for group in groups for phrase in group.phrases))
    return Query(tuple(groups), phrases, explained)


def _content(asked: Sequence[str], languages: Sequence[str], archives: Sequence[Archive]) -> list[str]:
    """The words that carry meaning, once each: no function words, no scaffolding of the question.

    Function words of other languages are left out only where the manuals do not use them: `pour` is French for `for`, and
    what is done with oil.
    """
    mine = frozenset[str]().union(*(stop_words(language) for language in languages), stop_words("en"))
    foreign = stop_words("") - mine
    kept = []
    for word in dict.fromkeys(asked):
        if word in mine or (word in foreign and not _frequency(stem(word, languages[0]), archives)):
            continue
        kept.append(word)
    telling = [word for word in kept if word not in _SCAFFOLD]
    return telling or kept or _rarer(asked, languages, archives)


def _rarer(asked: Sequence[str], languages: Sequence[str], archives: Sequence[Archive]) -> list[str]:
    """Of words that all tell little those that do not stand nearly everywhere, if any: of a large pack, reading where
    `the` stands takes half a second.
    """
    half = sum(archive.manifest.passages for archive in archives) / 2
    words = list(dict.fromkeys(asked))
    return [word for word in words if _frequency(stem(word, languages[0]), archives) <= half] or words


def _frequency(phrase: str, archives: Sequence[Archive]) -> int:
    return sum(archive.frequency(phrase) for archive in archives)


def _accept_terms(
    groups: Sequence[Group], asked: Sequence[str], languages: Sequence[str], archives: Sequence[Archive]
) -> None:
    """What the packs' authors accept for words and phrases of the question."""
    pairs = [pair for archive in archives for pair in archive.synonyms()]
    for language in languages:
        said = f" {' '.join(stem(word, language) for word in asked)} "
        for one, other in pairs:
            for here, there in ((one, other), (other, one)):
                spelled = indexed(here, language)
                if spelled and f" {' '.join(spelled)} " in said:
                    for group in groups:
                        if stem(group.word, language) in spelled:
                            group.add(" ".join(indexed(there, language)), ACCEPTED)


def _trade_terms(groups: Sequence[Group], asked: Sequence[str], languages: Sequence[str]) -> tuple[str, ...]:
    """The usual synonyms and abbreviations of technicians."""
    explained = []
    for spelled, others in meanings(asked):
        for group in groups:
            if group.word in spelled:
                for other in others:
                    for language in languages:
                        group.add(" ".join(indexed(other, language)), USUAL)
        if len(spelled) == 1 and len(spelled[0]) <= 4:
            explained.append(others[0])
    return tuple(explained)


def _join_and_cut(
    groups: Sequence[Group], asked: Sequence[str], languages: Sequence[str], archives: Sequence[Archive]
) -> None:
    """Words that the manuals write in one or in two, parts of compounds, and typing errors."""

    def known(phrase: str) -> bool:
        return _frequency(phrase, archives) > 0

    by_word = {group.word: group for group in groups}
    for one, other in pairwise(asked):
        if one in by_word and other in by_word and (one + other).isalpha():
            for language in languages:
                if known(joined := stem(one + other, language)):
                    by_word[one].add(joined, 1.0)
                    by_word[other].add(joined, 1.0)
    for group in groups:
        found = any(known(phrase) for phrase in group.phrases)
        for language in languages:
            compounding = language.split("-", 1)[0] in COMPOUNDING
            if compounding or not found:
                parts = compound_parts(group.word, language, known)
                if compounding:
                    for part in parts:
                        group.add(part, PART)
                    if not found and len(group.word) >= _SHORTEST_IN_COMPOUND:
                        for archive in archives:
                            for word in archive.words_with(group.word, _COMPOUNDS):
                                group.add(stem(word, language), ACCEPTED)
                elif parts and known(" ".join(parts)):
                    group.add(" ".join(parts), 1.0)
                    found = True
        if not found and not any(map(known, group.phrases)):
            for archive in archives:
                for word in corrections(group.word, archive.words_like):
                    for language in languages:
                        group.add(stem(word, language), CORRECTED)


def _complete(groups: Sequence[Group], archives: Sequence[Archive]) -> None:
    """The last word may be half typed where the manuals have none of the others either."""
    if not groups or len(groups[-1].word) < _SHORTEST_HALF_TYPED:
        return
    if not any(_frequency(phrase, archives) for group in groups for phrase in group.phrases):
        for archive in archives:
            for stem_ in archive.stems_with(groups[-1].word, _COMPLETED):
                groups[-1].add(stem_, CORRECTED)
