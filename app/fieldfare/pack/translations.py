"""The approved translations and the words of the trade that a pack carries."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from fieldfare.domain import TermStatus, TradeTerm, Translation
from fieldfare.stems import unaccented

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.database import Reader

_TRANSLATION = """
    SELECT s.text, t.text, s.language, t.language, t.context, t.approved_by, t.approved_on
    FROM segment s JOIN translation t ON t.segment = s.id
"""


class Translations:
    """What a pack says in other languages. All threads may read at once; a PackError where the file is damaged."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def pairs(self) -> frozenset[tuple[str, str]]:
        """The pairs of languages in which anything is approved."""
        rows = self._reader.rows(
            "SELECT DISTINCT s.language, t.language FROM segment s JOIN translation t ON t.segment = s.id"
        )
        return frozenset((row[0], row[1]) for row in rows)

    def exact(self, texts: Iterable[str], source: str, target: str) -> dict[str, list[Translation]]:
        """The translations of texts whose white space was squeezed, latest approval first, by text."""
        found: dict[str, list[Translation]] = {}
        for row in self._reader.rows(
            _TRANSLATION  # noqa: S608  (a constant)
            + "WHERE s.text IN (SELECT value FROM json_each(?)) AND s.language = ? AND t.language = ? "
            "ORDER BY t.whole DESC, t.approved_on DESC, t.context, t.text",
            (json.dumps(list(texts), ensure_ascii=False), source, target),
        ):
            found.setdefault(row[0], []).append(_translation(row))
        return found

    def similar(self, words: Sequence[str], source: str, target: str, *, missing: int, limit: int) -> list[Translation]:
        """Translations of texts that share most words with a text and lack at most so many of them, likely ones first.

        A text that lacks no more has one of the `missing + 1` rarest words, so only these are searched for.
        """
        counts = {word: self._count(word) for word in dict.fromkeys(map(_folded, words))}
        rarest = sorted(counts, key=lambda word: counts[word])[: missing + 1]
        if not rarest or not any(counts[word] for word in rarest):
            return []
        rows = self._reader.rows(
            _TRANSLATION  # noqa: S608  (a constant)
            + "JOIN (SELECT rowid, bm25(segment_words) AS distance FROM segment_words WHERE segment_words MATCH ? "
            "ORDER BY distance LIMIT ?) w ON w.rowid = s.id "
            "WHERE s.language = ? AND t.language = ? ORDER BY w.distance, s.id, t.approved_on DESC",
            (" OR ".join(f'"{word}"' for word in rarest if counts[word]), limit, source, target),
        )
        return [_translation(row) for row in rows]

    def _count(self, word: str) -> int:
        """In how many segments a word stands."""
        return int(self._reader.value("SELECT doc FROM segment_vocabulary WHERE term = ?", (word,)) or 0)

    def all(self) -> list[Translation]:
        """Every translation of a whole text, for its author."""
        rows = self._reader.rows(_TRANSLATION + "WHERE t.whole ORDER BY s.id, t.language, t.context, t.text")
        return [_translation(row) for row in rows]

    def trade_terms(self) -> list[TradeTerm]:
        """The words of the trade in every language, by concept; the preferred ones first."""
        rows = self._reader.rows(
            "SELECT concept, language, text, status FROM trade_term "
            "ORDER BY concept, language, status <> 'preferred', rowid"
        )
        return [TradeTerm(concept=row[0], language=row[1], text=row[2], status=TermStatus(row[3])) for row in rows]


def _folded(word: str) -> str:
    """A word as the index of segments holds it."""
    return re.sub(r"\W", "", unaccented(word.lower()))


def _translation(row: tuple[str, ...]) -> Translation:
    return Translation(
        source=row[0],
        target=row[1],
        source_language=row[2],
        target_language=row[3],
        context=row[4],
        approved_by=row[5],
        approved_on=row[6],
    )
