"""The words of the trade: which terms a text holds, what must stand for them in its translation, what is never translated."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.domain import TermStatus
from fieldfare.stems import COMPOUNDING, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.pack.archive import Archive

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMatch:
    """A term of a text, `text[start:end]`: `targets` may stand for it, the preferred one first, `forbidden` must not."""

    start: int
    end: int
    text: str
    targets: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    stems: tuple[str, ...]
    targets: tuple[str, ...]
    forbidden: tuple[str, ...]


class Terminology:
    """The terms of open packs. All threads may ask at once. Words are found in every form that their stem has."""

    def __init__(self, archives: Sequence[Archive]) -> None:
        self._archives = tuple(archives)
        self._known: dict[tuple[str, str], dict[str, list[_Entry]]] = {}
        self._lock = threading.Lock()

    def terms_in(self, text: str, source: str, target: str) -> tuple[TermMatch, ...]:
        """The terms of a text in order, longest first where two begin together; none overlaps another."""
        entries = self._entries(source, target)
        if not entries:
            return ()
        spans = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
        stems = [stem(text[start:end].casefold(), source) for start, end in spans]
        found: list[TermMatch] = []
        place = 0
        while place < len(stems):
            fitting = [
                one
                for one in entries.get(stems[place], ())
                if tuple(stems[place : place + len(one.stems)]) == one.stems
            ]
            if not fitting:
                place += 1
                continue
            longest = max(len(one.stems) for one in fitting)
            chosen = [one for one in fitting if len(one.stems) == longest]
            start, end = spans[place][0], spans[place + longest - 1][1]
            found.append(
                TermMatch(
                    start=start,
                    end=end,
                    text=text[start:end],
                    targets=tuple(dict.fromkeys(word for one in chosen for word in one.targets)),
                    forbidden=tuple(dict.fromkeys(word for one in chosen for word in one.forbidden)),
                )
            )
            place += longest
        return tuple(found)

    def problem(self, text: str, translated: str, source: str, target: str) -> str:
        """Which term of a text its translation lacks or says wrongly, as a sentence; empty where none."""
        for one in self.terms_in(text, source, target):
            if not any(says(translated, word, target) for word in one.targets):
                return _("“{word}” must be “{term}”").format(word=one.text, term=one.targets[0])
            for word in one.forbidden:
                if says(translated, word, target) and not any(
                    word.casefold() in good.casefold() for good in one.targets
                ):
                    return _("“{word}” must not be used, but “{term}”").format(word=word, term=one.targets[0])
        return ""

    def _entries(self, source: str, target: str) -> dict[str, list[_Entry]]:
        """The terms of a pair of languages by the stem of their first word."""
        with self._lock:
            if (source, target) not in self._known:
                self._known[source, target] = self._read(source, target)
            return self._known[source, target]

    def _read(self, source: str, target: str) -> dict[str, list[_Entry]]:
        entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        for archive in self._archives:
            concepts: defaultdict[int, defaultdict[str, list[tuple[str, TermStatus]]]] = defaultdict(
                lambda: defaultdict(list)
            )
            for term in archive.translations.trade_terms():
                concepts[term.concept][term.language].append((term.text, term.status))
            for words in concepts.values():
                good = tuple(text for text, status in words[target] if status is not TermStatus.FORBIDDEN)
                bad = tuple(text for text, status in words[target] if status is TermStatus.FORBIDDEN)
                for text, _status in words[source] if good else ():
                    stems = _stems(text, source)
                    if stems:
                        entries[stems[0]].append(_Entry(stems=stems, targets=good, forbidden=bad))
        return dict(entries)


def says(text: str, word: str, language: str) -> bool:
    """Whether a text holds a word or phrase in some form; in German and its kin also as a part of a compound."""
    wanted, said = _stems(word, language), _stems(text, language)
    if any(said[place : place + len(wanted)] == wanted for place in range(len(said) - len(wanted) + 1)):
        return True
    return language in COMPOUNDING and len(wanted) == 1 and len(wanted[0]) > 3 and any(wanted[0] in one for one in said)


def _stems(text: str, language: str) -> tuple[str, ...]:
    return tuple(stem(match.group().casefold(), language) for match in _TOKEN.finditer(text))
