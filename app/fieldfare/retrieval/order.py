"""The order in which candidates are shown: no text twice, not all of one section, the current manual before the old."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.retrieval.ranking import Candidate

PER_SECTION = 2
MAX_SUPERSEDED = 3  # pages of superseded documents beside the current ones


def current_first(ranked: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The best current passages, and the pages of superseded documents that say something else: each right after the page
    that replaced it, the others last.
    """
    current = [one for one in ranked if not one.passage.superseded_by]
    said = {_words_key(one) for one in current}
    older = [one for one in ranked if one.passage.superseded_by and _words_key(one) not in said]
    ordered = _without_repeats(current, limit)
    for one in _without_repeats(older, MAX_SUPERSEDED):
        subject = one.passage.subject
        places = [place for place, other in enumerate(ordered) if other.passage.subject == subject]
        ordered.insert(places[-1] + 1 if places else len(ordered), one)
    return ordered


def _words_key(one: Candidate) -> tuple[str, str]:
    return one.passage.pack, " ".join(one.passage.text.split()).casefold()


def _without_repeats(ranked: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The best candidates, no text twice, and not more than PER_SECTION of a section while others wait."""
    kept: list[Candidate] = []
    waiting: list[Candidate] = []
    seen: set[tuple[str, str]] = set()
    of_section: Counter[tuple[str, int]] = Counter()
    for one in ranked:
        key = _words_key(one)
        if key in seen:
            continue
        seen.add(key)
        of_section[one.section] += 1
        (kept if of_section[one.section] <= PER_SECTION else waiting).append(one)
        if len(kept) == limit:
            break
    return (kept + waiting)[:limit]
