"""Draft sentence + evidence -> citation, or none. Pure.

The lock: a sentence passes only if it is a sentence of the evidence, or one made from it by leaving out whole clauses,
phrases and qualifying words, and by turns that change no meaning (see `clauses`). Every value with its unit, range and tolerance,
every code, negation, condition, direction and content word stands in the cited span, in the clause and beside the words
that it stands beside there: `22` of one joint never becomes that of another. What does not pass is never shown.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from fieldfare import vocabulary as vocab
from fieldfare.alignment import NAMES, Span, aligned, bound_alike
from fieldfare.clauses import Clause, Kind, Opening, Token, parse, sentence_spans
from fieldfare.domain import BlockKind, Citation, Statement
from fieldfare.rows import row_proves, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Passage

SPAN_SENTENCES = 3
MAX_IMPORTS = 1 / 3  # share of a sentence's names that may come from the heading instead of the span
MAX_TOKENS = 80  # a longer sentence is a list or a runaway draft; it is quoted instead

_FIXED = frozenset(
    {Kind.NEGATION, Kind.CONDITION, Kind.POLAR, Kind.OR}
)  # never brought in, never left out in their clause
_PREAMBLE = re.compile(
    r"^\s*(?:according to (?:the|this|your) (?:manual|document|excerpt|text)s?,?|the (?:manual|document|excerpt|text)s? (?:says?|states?)(?: that)?,?|"
    r"(?:the )?answer(?: is)?:)\s*",
    re.IGNORECASE,
)


def check(sentence: str, passages: Sequence[Passage]) -> Statement | None:
    """The sentence with the span that proves it, None where no span of the passages does."""
    for passage in passages:
        if found := _verbatim(sentence, passage.text):
            return Statement(text=sentence, citation=_cite(passage, *found), verbatim=True)
    if sentence.rstrip().endswith(("?", ":")):
        return None
    claim = [token for clause in parse(_PREAMBLE.sub("", sentence)) for token in clause.tokens]
    if not 2 <= len(claim) <= MAX_TOKENS or not any(token.kind in NAMES for token in claim):
        return None
    for passage in passages:
        context = _context(passage.heading[-2:])
        for span in _spans(passage.text, passage.kind is BlockKind.TABLE):
            if _proves(claim, span, context):
                return Statement(text=sentence, citation=_cite(passage, span.start, span.end), verbatim=False)
        for row in rows(passage.text) if passage.kind is BlockKind.TABLE else ():
            if row_proves(claim, row, context):
                return Statement(text=sentence, citation=_cite(passage, row.start, row.end), verbatim=False)
    return None


def quote(passage: Passage, start: int, end: int) -> Statement:
    """A part of a passage as a statement of its own: verbatim, so it needs no lock."""
    citation = _cite(passage, start, end)
    return Statement(text=citation.quote, citation=citation, verbatim=True)


def _cite(passage: Passage, start: int, end: int) -> Citation:
    return Citation(passage=passage, quote=passage.text[start:end], start=start, end=end)


def _verbatim(sentence: str, text: str) -> tuple[int, int] | None:
    """Where whole sentences of a text stand that are, but for white space, the sentence itself."""
    wanted = " ".join(sentence.split())
    spans = sentence_spans(text)
    for first, (start, _) in enumerate(spans):
        for _, end in spans[first : first + SPAN_SENTENCES]:
            if wanted and " ".join(text[start:end].split()) == wanted:
                return start, end
    return None


def _context(heading: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """The names that a heading gives to what stands below it; a heading over several things gives none."""
    names: set[tuple[str, ...]] = set()
    for title in heading:
        clauses = parse(title)
        if not any(clause.opening in {Opening.AND, Opening.OR, Opening.COMMA} for clause in clauses):
            names |= {token.key for clause in clauses for token in clause.tokens if token.kind in NAMES}
    return frozenset(names)


@lru_cache(maxsize=512)
def _spans(text: str, table: bool) -> tuple[Span, ...]:
    """The spans of a text that may prove something, short ones first."""
    places = sentence_spans(text)
    found = []
    for size in range(1, (1 if table else SPAN_SENTENCES) + 1):
        for first in range(len(places) - size + 1):
            parsed = [(n, clause) for n in range(size) for clause in parse(text[slice(*places[first + n])])]
            found.append(_span(places[first][0], places[first + size - 1][1], parsed))
    return tuple(one for one in found if one.tokens)


def _span(start: int, end: int, parsed: Sequence[tuple[int, Clause]]) -> Span:
    tokens = tuple(replace(token, clause=n) for n, (_, clause) in enumerate(parsed) for token in clause.tokens)
    return Span(
        start=start, end=end, openings=tuple(clause.opening for _, clause in parsed), tokens=tokens,
        keys=frozenset((token.kind, token.key) for token in tokens), sentences=tuple(n for n, _ in parsed),
    )  # fmt: skip


def _proves(claim: Sequence[Token], span: Span, context: frozenset[tuple[str, ...]]) -> bool:
    """Whether every word of the claim stands in the span, bound as it is there."""
    measured = frozenset().union(
        *(vocab.DIMENSION_NOUNS.get(token.quantity.dimension, frozenset()) for token in claim if token.quantity)
    )
    imports, extras, names = 0, 0, 0
    for token in claim:
        names += token.kind in NAMES
        if (token.kind, token.key) in span.keys:
            continue
        extras += 1
        if token.kind is Kind.WORD and token.surface in measured:
            continue
        if token.kind not in NAMES or token.key not in context:
            return False
        imports += 1
    if imports > MAX_IMPORTS * names or extras >= len(claim):
        return False
    mapping = aligned(claim, span.tokens)
    lost = [token for index, token in enumerate(claim) if index not in mapping]
    if len(lost) != extras:
        return False
    return bound_alike(claim, span, mapping, strict=imports > 0)
