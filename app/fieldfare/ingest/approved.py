"""Translation memories and terminology of a pack.toml -> the rows of a pack by which they are found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare.ingest.termbase import read_terms
from fieldfare.ingest.tmx import read_tmx
from fieldfare.ingest.units import State, altered
from fieldfare.text import primary, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

    from fieldfare.domain import TradeTerm, Translation
    from fieldfare.ingest.extract import Progress
    from fieldfare.ingest.sources import ForeignSource


def read_translations(source: ForeignSource, language: str) -> tuple[Translation, ...]:
    """The approved ones of all memories, in their order; the text of a manual in `language` is their source."""
    return tuple(
        unit.approved
        for file in source.memory
        for unit in read_tmx(file, language)
        if unit.state is State.APPROVED and unit.target
    )


def read_trade_terms(source: ForeignSource) -> tuple[TradeTerm, ...]:
    """The terms of all files; concepts of two files are never joined."""
    found: list[TradeTerm] = []
    for file in source.terms:
        found += read_terms(file, first=found[-1].concept + 1 if found else 1)
    return tuple(found)


def sentence_pairs(translation: Translation) -> Iterator[Translation]:
    """The sentences of a translation with those of its source, where they can be told apart.

    That is where both have as many, and each pair has the same values and codes; else only the whole is approved.
    """
    source, target = _sentences(translation.source), _sentences(translation.target)
    languages = translation.source_language, translation.target_language
    if len(source) == len(target) > 1 and all(
        not altered(one, other, languages) for one, other in zip(source, target, strict=True)
    ):
        for one, other in zip(source, target, strict=True):
            yield replace(translation, source=one, target=other)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def write_translations(connection: apsw.Connection, source: ForeignSource, language: str, progress: Progress) -> None:
    """Write translations, their sentences and the terms; the same source gives the same rows."""
    connection.executemany("INSERT INTO language VALUES (?)", [(code,) for code in source.languages])
    segments: dict[tuple[str, str], int] = {}
    translations = read_translations(source, primary(language))
    for done, whole in enumerate(translations, 1):
        progress("translations", done, len(translations))
        for one, is_whole in ((whole, 1), *((part, 0) for part in sentence_pairs(whole))):
            key = one.source, one.source_language
            if key not in segments:
                segments[key] = len(segments) + 1
                connection.execute("INSERT INTO segment VALUES (?, ?, ?)", (segments[key], *key))
            connection.execute(
                "INSERT INTO translation VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "whole = max(whole, excluded.whole)",
                (segments[key], one.target_language, one.context, one.target, is_whole, one.approved_by,
                 one.approved_on),
            )  # fmt: skip
    connection.execute(
        "CREATE VIRTUAL TABLE segment_words USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    connection.execute("CREATE VIRTUAL TABLE segment_vocabulary USING fts5vocab(segment_words, row)")
    connection.executemany(
        "INSERT INTO segment_words (rowid, text) VALUES (?, ?)", [(id_, text) for (text, _), id_ in segments.items()]
    )
    connection.executemany(
        "INSERT INTO trade_term VALUES (?, ?, ?, ?)",
        [(term.concept, term.language, term.text, term.status.value) for term in read_trade_terms(source)],
    )
