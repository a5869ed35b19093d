"""A question in the words of approved translations, for packs in a language that no machine leads to."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from fieldfare.stems import stem, stop_words, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fieldfare.pack.archive import Archive

TITLE = 10  # telling words of an approved text that may stand for a question
SAME_TITLE = 0.6  # share of a question's telling words that a title holds which says the same
TOGETHER = 0.5  # of the texts with one of two words that hold both, so that one is asked for the other
LEARNED_FROM = 2000  # approved texts of a pack, the shortest: words that stand together in long ones say little
_MARKS = "¿?¡!.,;:()„“”«»\"'"  # around a code in a question
_NUMBERING = re.compile(r"^\d+(?:\.\d+)*\s+")


class Phrasing:
    """The short texts, the terms and the single words of open packs that a person translated. All threads may ask."""

    def __init__(self, archives: Sequence[Archive]) -> None:
        self._archives = tuple(archives)
        self._texts: dict[tuple[str, str], Sequence[tuple[frozenset[str], str]]] = {}
        self._words: dict[tuple[str, str], Mapping[str, str]] = {}

    def phrase(self, text: str, source: str, target: str) -> str:
        """A question from one language in another: the title that says it, else term after term, then word after word.

        What nothing is known of stays as it is, codes and numbers always.
        """
        asked = _telling(text, source)
        known = self._known(source, target)
        close = [
            (2 * len(both) / len(asked) + len(both) / len(words), -len(words), said)
            for words, said in known
            if len(both := asked & words) >= max(2, SAME_TITLE * len(asked))
        ]
        if close:
            title = max(close)[2]
            there = set(tokens(title))
            kept = [word for word in text.split() if any(map(str.isdigit, word)) and not set(tokens(word)) <= there]
            return " ".join([title, *kept])
        made = []
        for words, said in known:
            if words <= asked:
                made.append(said)
                asked -= words
        learned, put = self._learned(source, target), bool(made)
        for word in text.split():
            if any(map(str.isdigit, word)):
                made.append(word.strip(_MARKS))
                continue
            for part in tokens(word):
                if (root := stem(part, source)) in asked:
                    made.append(learned.get(root, part))
                    put |= root in learned
        return " ".join(made) if put else text

    def _known(self, source: str, target: str) -> Sequence[tuple[frozenset[str], str]]:
        """Short approved texts and terms, the longest first: the telling stems in one language, the text in the other."""
        if (source, target) not in self._texts:
            found: dict[frozenset[str], str] = {}
            for archive in self._archives:
                concepts: dict[int, dict[str, list[str]]] = {}
                for term in archive.translations.trade_terms():
                    concepts.setdefault(term.concept, {}).setdefault(term.language, []).append(term.text)
                for words in concepts.values():
                    for word in words.get(source, ()) if target in words else ():
                        found.setdefault(_telling(word, source), words[target][0])
            for telling, said in self._approved(source, target):
                found.setdefault(telling, said)
            short = [one for one in found.items() if 0 < len(one[0]) <= TITLE]
            self._texts[source, target] = sorted(short, key=lambda one: (-len(one[0]), one[1]))
        return self._texts[source, target]

    def _approved(self, source: str, target: str) -> Iterator[tuple[frozenset[str], str]]:
        """The shortest approved texts of each pack: the telling stems in one language, the text in the other."""
        for archive in self._archives:
            found = [
                one for one in archive.translations.all()
                if (one.target_language, one.source_language) == (source, target)
            ]  # fmt: skip
            for one in sorted(found, key=lambda one: len(one.source))[:LEARNED_FROM]:
                yield _telling(one.target, source), _NUMBERING.sub("", one.source)

    def _learned(self, source: str, target: str) -> Mapping[str, str]:
        """Words by their stems, each with the word that stands in the translations of the texts that it stands in.

        They only help to search: what two words have in common is counted (Dice), nobody approved them as translations.
        """
        if (source, target) not in self._words:
            mine, other, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
            printed: dict[str, str] = {}
            longer = (one for one in self._approved(source, target) if len(one[0]) > TITLE)
            for words, said in (*self._known(source, target), *longer):
                telling = _telling(said, target)
                roots = {root: word for word in tokens(said) if (root := stem(word, target)) in telling}
                for root, word in roots.items():
                    printed.setdefault(root, word)
                mine.update(words)
                other.update(roots.keys())
                both.update((word, root) for word in words for root in roots)
            best: dict[str, tuple[float, str]] = {}
            for (word, root), times in both.items():
                share = 2 * times / (mine[word] + other[root])
                if times > 1 and share >= TOGETHER:
                    best[word] = max(best.get(word, (0.0, "")), (share, printed[root]))
            self._words[source, target] = {word: said for word, (_, said) in best.items()}
        return self._words[source, target]


def _telling(text: str, language: str) -> frozenset[str]:
    """The stems of the words that say what a text is about."""
    small = stop_words(language)
    return frozenset(
        stem(word, language) for word in tokens(text) if len(word) > 1 and word not in small and not word.isdigit()
    )
