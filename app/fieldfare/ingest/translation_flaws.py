"""What an author should look at in the approved translations of a pack."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind
from fieldfare.ingest.segments import segments
from fieldfare.ingest.units import altered
from fieldfare.text import primary, squeeze
from fieldfare.translation.guard import problem
from fieldfare.translation.memory import SIMILAR
from fieldfare.translation.resemblance import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.domain import Translation
    from fieldfare.ingest.contents import Chapter, Contents, Element


def untranslated_hazards(contents: Contents) -> Iterator[tuple[Chapter, Element, str]]:
    """Warnings that are not approved in a language that the pack promises, with that language."""
    for language in contents.languages:
        known = {squeeze(one.source) for one in contents.translations if one.target_language == primary(language)}
        for chapter, element in contents.elements(BlockKind.HAZARD):
            if chapter.manual.language != language and squeeze(element.block.text) not in known:
                yield chapter, element, language


def unfaithful(contents: Contents) -> Iterator[tuple[Translation, str, bool]]:
    """Translations that differ from their source, why, and whether it is a value or code: that is no matter of taste."""
    for one in contents.translations:
        pair = one.source_language, one.target_language
        if reason := altered(one.source, one.target, pair):
            yield one, reason, True
        elif reason := problem(one.source, one.target, *pair):
            yield one, reason, False


def contradictions(contents: Contents) -> Iterator[tuple[Translation, Translation]]:
    """Two translations of one text under one heading that differ."""
    said: dict[tuple[str, str, str], Translation] = {}
    for one in contents.translations:
        first = said.setdefault((squeeze(one.source), one.target_language, one.context), one)
        if first.target != one.target:
            yield first, one


def stale(contents: Contents) -> Iterator[tuple[Translation, str]]:
    """Translations of texts that the pack does not have, with the text that took their place, empty where none did."""
    present = {one.text for one in segments(contents)}
    translated: defaultdict[str, set[str]] = defaultdict(set)
    for one in contents.translations:
        translated[one.target_language].add(squeeze(one.source))
    for one in contents.translations:
        if squeeze(one.source) not in present:
            candidates = present - translated[one.target_language]
            yield one, _nearest(one.source, sorted(candidates))


def _nearest(text: str, others: Sequence[str]) -> str:
    """The text that has most words in common with another, empty below the share that makes a similar one."""
    mine = frozenset(tokens(text.casefold()))

    def share(other: str) -> float:
        said = frozenset(tokens(other.casefold()))
        return len(mine & said) / max(len(mine), len(said), 1)

    best = max(others, key=share, default="")
    return best if best and share(best) >= SIMILAR else ""
