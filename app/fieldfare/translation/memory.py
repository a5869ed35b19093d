"""Approved translations of the installed packs: exact, put together from exact parts, with other numbers, or similar.

A similar one is never offered where a number, a code, a denial, a condition or a direction differs. Where nothing but numbers
differs and each stands once on either side, they are put in and the match says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldfare.signal_words import signal_word
from fieldfare.text import identifiers, primary, sentences, squeeze
from fieldfare.translation.resemblance import compare, decimal_mark, put_in, tokens
from fieldfare.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Translation
    from fieldfare.pack.archive import Archive

SIMILAR = 0.75  # share of the words that a similar text must have in common, as translators' tools count it
_CANDIDATES = 16  # texts of a pack that share most words, which are compared
# What stands before a step and is no part of it: `3. `, `b) `, `• `.
_MARK = re.compile(r"\s*(?:\d+(?:\.\d+)*[.)]|[a-z][.)]|[•–])\s+")
_SIGNAL = re.compile(r"([^\W\d_]{4,14}):\s+")
_LABEL = re.compile(r"([^:\n]{1,80}):\s+(?=\S)")
_CELLS = " | "  # parts the cells of a header in a passage
_WORD = re.compile(r"[^\W\d_]{2,}")


class MatchKind(StrEnum):
    """How near what was approved is to what was asked; all but NUMBERS and SIMILAR are the approved translation itself."""

    IN_CONTEXT = "in context"  # approved under the same heading
    EXACT = "exact"
    PARTS = "parts"  # every sentence, cell or label of it is approved
    NUMBERS = "numbers"  # the same text with other numbers, which were put in
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMatch:
    """A translation from memory: `text` is what to show, `score` 1 where the source is the same.

    `source` is the text that was approved and `differences` the words and numbers in which it is not the one that was asked.
    `pack` is the pack that it comes from.
    """

    text: str
    kind: MatchKind
    score: float
    source: str
    pack: str
    differences: tuple[str, ...] = ()
    approved_by: str = ""
    approved_on: str = ""

    @property
    def approved(self) -> bool:
        """Whether a person approved just this, so that a warning may be shown in it."""
        return self.kind in {MatchKind.IN_CONTEXT, MatchKind.EXACT, MatchKind.PARTS}


class Memory:
    """The approved translations of open packs. All threads may ask at once.

    A pack's own translations come first, then those of the others. What nobody answers for translates its own pack only.
    """

    def __init__(self, archives: Sequence[Archive]) -> None:
        self._archives = [(archive, pairs) for archive in archives for pairs in [archive.translations.pairs()] if pairs]

    def pairs(self) -> frozenset[tuple[str, str]]:
        """The pairs of languages in which anything is approved."""
        return frozenset(pair for _, pairs in self._archives for pair in pairs)

    def lookup(self, text: str, source: str, target: str, *, pack: str = "", context: str = "") -> MemoryMatch | None:
        """The best translation of a text from one language into another (`en`, `de`), None where there is none.

        `pack` and `context` (its heading path, parted by ` > `) say where the text stands: what was approved there comes first.
        White space and the marks of steps and warnings stay as they are in the text.
        """
        search = self.of(source, target, pack=pack, context=context)
        return search.find(text) if search else None

    def approved(self, text: str, source: str, target: str, *, pack: str = "", context: str = "") -> MemoryMatch | None:
        """The same of just this text, without a search for similar ones."""
        search = self.of(source, target, pack=pack, context=context)
        return search.approved(text) if search else None

    def of(self, source: str, target: str, *, pack: str = "", context: str = "") -> Search | None:
        """A search for many texts of one place; None where nothing is approved for the pair of languages."""
        source, target = primary(source), primary(target)
        usable = [
            archive
            for archive, pairs in self._archives
            if (source, target) in pairs and (archive.manifest.id == pack or not archive.unsigned)
        ]
        usable.sort(key=lambda archive: archive.manifest.id != pack)
        return Search(usable, source, target, context) if usable else None


class Search:
    """The translations of one place of a pack into one language; `Memory.of` makes it."""

    def __init__(self, archives: Sequence[Archive], source: str, target: str, context: str) -> None:
        self._archives = archives
        self._source, self._target = source, target
        self._context = context

    def find(self, text: str) -> MemoryMatch | None:
        """The best match of a text, as `Memory.lookup`."""
        return (self.approved(text) or self._similar(text)) if squeeze(text) else None

    def approved(self, text: str) -> MemoryMatch | None:
        """A match that a person approved, whole or in its parts."""
        return (self._exact(text) or self._parts(text)) if squeeze(text) else None

    def _exact(self, text: str) -> MemoryMatch | None:
        wanted = squeeze(text)
        for archive in self._archives:
            found = archive.translations.exact([wanted], self._source, self._target).get(wanted, [])
            for one in sorted(found, key=lambda one: one.context != self._context):
                kind = MatchKind.IN_CONTEXT if self._context and one.context == self._context else MatchKind.EXACT
                return _match(one, archive, _spaced(text, one.target), kind=kind)
        return None

    def _parts(self, text: str) -> MemoryMatch | None:
        """A text whose marks, labels, cells and sentences are each approved, or need no translation."""
        spans = sentences(text)
        found: list[MemoryMatch] = []
        made, place = "", 0
        for start, end in spans:
            part = self._part(text[start:end], found)
            if part is None:
                return None
            made += text[place:start] + part
            place = end
        if not found:
            return None
        first = found[0]
        return MemoryMatch(
            text=made + text[place:], kind=MatchKind.PARTS, score=1.0, source=squeeze(text), pack=first.pack,
            approved_by=first.approved_by, approved_on=first.approved_on,
        )  # fmt: skip

    def _part(self, text: str, found: list[MemoryMatch]) -> str | None:
        """A sentence, a line or a cell, without its mark; what was found for it is added."""
        if not translatable(text):
            return text
        if one := self._exact(text):
            found.append(one)
            return one.text
        if (mark := _MARK.match(text)) and (rest := self._part(text[mark.end() :], found)) is not None:
            return mark.group() + rest
        if (signal := _SIGNAL.match(text)) and (word := signal_word(signal[1], self._target)):
            rest = self._part(text[signal.end() :], found)
            return f"{word}: {rest}" if rest is not None else None
        if _CELLS in text:
            cells = [self._part(cell, found) for cell in text.split(_CELLS)]
            known = [cell for cell in cells if cell is not None]
            return _CELLS.join(known) if len(known) == len(cells) else None
        if label := _LABEL.match(text):
            name = self._part(label[1], found)
            value = self._part(text[label.end() :], found) if name is not None else None
            return name + text[label.end(1) : label.end()] + value if name is not None and value is not None else None
        return None

    def _similar(self, text: str) -> MemoryMatch | None:
        mark = _MARK.match(text)
        asked = tokens(squeeze(text[mark.end() :] if mark else text))
        words = [word for word in asked if _WORD.fullmatch(word)]
        # An approved text may be longer than the one that is asked, by the share that may differ.
        missing = int(len(asked) * (1 - SIMILAR) / SIMILAR)
        best: MemoryMatch | None = None
        for archive in self._archives:
            for one in archive.translations.similar(
                words, self._source, self._target, missing=missing, limit=_CANDIDATES
            ):
                match = self._compared(asked, one, archive)
                if match and (best is None or _rank(match) > _rank(best)):
                    best = match
        return best

    def _compared(self, asked: tuple[str, ...], one: Translation, archive: Archive) -> MemoryMatch | None:
        found = compare(asked, tokens(one.source), least=SIMILAR)
        if found is None:
            return None
        if not found.numbers:
            kind = MatchKind.SIMILAR
            text, differences = one.target if found.words else "", found.words
        else:
            kind = MatchKind.NUMBERS
            marks = decimal_mark(self._source), decimal_mark(self._target)
            text = "" if found.words else put_in(found.numbers, one, *marks)
            differences = tuple(f"{old} → {new}" for old, new in found.numbers)
        return _match(one, archive, text, kind=kind, score=found.score, differences=differences) if text else None


def translatable(text: str) -> bool:
    """Whether a text has words: values, units, codes and short capitals are the same in every language."""
    plain = text
    for code in identifiers(text):
        plain = plain.replace(code, " ")
    return any(unit_of(word) is None and not (word.isupper() and len(word) <= 4) for word in _WORD.findall(plain))


def _match(
    one: Translation,
    archive: Archive,
    text: str,
    *,
    kind: MatchKind,
    score: float = 1.0,
    differences: Sequence[str] = (),
) -> MemoryMatch:
    return MemoryMatch(
        text=text,
        kind=kind,
        score=score,
        source=one.source,
        pack=archive.manifest.id,
        differences=tuple(differences),
        approved_by=one.approved_by,
        approved_on=one.approved_on,
    )


def _rank(match: MemoryMatch) -> tuple[bool, float]:
    return match.kind is MatchKind.NUMBERS, match.score


def _spaced(text: str, translated: str) -> str:
    """A translation with the white space around the text."""
    stripped = text.strip()
    return text[: len(text) - len(text.lstrip())] + translated + (text[len(text.rstrip()) :] if stripped else "")
