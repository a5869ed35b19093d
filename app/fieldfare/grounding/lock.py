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
from fieldfare.domain import BlockKind, Citation, Statement
from fieldfare.grounding.alignment import NAMES, Span, aligned, bound_alike
from fieldfare.grounding.clauses import Clause, Opening, appositions, parse, sentence_spans
from fieldfare.grounding.lists import leads, turned
from fieldfare.grounding.rows import is_row, row_proves, rows
from fieldfare.grounding.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Passage

SPAN_SENTENCES = 3
MAX_TOKENS = 80  # a longer sentence is a list or a runaway draft; it is quoted instead

_FIXED = frozenset(
    {Kind.NEGATION, Kind.CONDITION, Kind.POLAR, Kind.OR}
)  # never brought in, never left out in their clause
_TIGHTEN = (Kind.POLAR, ("tighten",))
_PREAMBLE = re.compile(
    r"^\s*(?:according to (?:the|this|your) (?:manual|document|excerpt|text)s?,?|the (?:manual|document|excerpt|text)s? (?:says?|states?)(?: that)?,?|"
    r"(?:the )?answer(?: is)?:)\s*",
    re.IGNORECASE,
)


def check(sentence: str, passages: Sequence[Passage]) -> Statement | None:
    """The sentence with the span that proves it, None where no span of the passages does."""
    for passage in passages:
        if found := _verbatim(sentence, passage):
            return Statement(text=sentence, citation=_cite(passage, *found), verbatim=True)
    if sentence.rstrip().endswith(("?", ":")):
        return None
    body = _PREAMBLE.sub("", sentence)
    claims = [[token for clause in parse(body, agents=agents) for token in clause.tokens] for agents in (True, False)]
    if claims[0] == claims[1]:
        del claims[1]
    for passage in passages:
        for claim in claims:
            if span := _span_of(claim, passage):
                return Statement(text=sentence, citation=_cite(passage, *span), verbatim=False)
    return None


def _span_of(claim: Sequence[Token], passage: Passage) -> tuple[int, int] | None:
    """The place in a passage that proves a claim."""
    if not 2 <= len(claim) <= MAX_TOKENS or not any(_speaks(token) for token in claim):
        return None
    table = passage.kind is BlockKind.TABLE
    for span in _spans(passage.text, table):
        if _proves(claim, span):
            return span.start, span.end
    printed = rows(passage.text) if table else ()
    for row in printed:
        alone = sum(one.subject == row.subject for one in printed) == 1  # else it is not known which is meant
        if alone and row_proves(claim, row, _names(passage.heading[-2:])):
            return row.start, row.end
    named = [token.key for token in claim if token.key[0] not in vocab.COPULAS]
    if len(named) > 1 and len(named) < len(claim):
        for start, end in sentence_spans(passage.text):
            if any(named == [token.key for token in one] for one in appositions(passage.text[start:end])):
                return start, end
    return None


def _speaks(token: Token) -> bool:
    """Whether a token says something by itself: a name or what is done, no bare value."""
    return token.kind in NAMES or (token.kind is Kind.POLAR and not token.bound)


def quote(passage: Passage, start: int, end: int) -> Statement:
    """A part of a passage as a statement of its own: verbatim, so it needs no lock.

    Points of a list are quoted with the sentence that introduces them.
    """
    introducing = [lead[0] for first, _ in sentence_spans(passage.text) if start <= first < end
                   for lead in leads(passage.text, first)]  # fmt: skip
    start = min((start, *introducing))
    citation = _cite(passage, start, end)
    return Statement(text=citation.quote, citation=citation, verbatim=True)


def _cite(passage: Passage, start: int, end: int) -> Citation:
    return Citation(passage=passage, quote=passage.text[start:end], start=start, end=end)


def _verbatim(sentence: str, passage: Passage) -> tuple[int, int] | None:
    """Where whole sentences of a passage stand that are, but for white space, the sentence itself."""
    wanted = " ".join(sentence.split())
    text = passage.text
    spans = sentence_spans(text)
    for first, (start, _) in enumerate(spans):
        if turned(text, start) or (start and passage.kind is BlockKind.TABLE and is_row(text)):
            continue
        for _, end in spans[first : first + SPAN_SENTENCES]:
            if wanted and " ".join(text[start:end].split()) == wanted:
                return start, end
    return None


def _names(heading: Sequence[str]) -> frozenset[tuple[str, ...]]:
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
    if table and (is_row(text) or rows(text)):
        places = places[:1]  # a cell says nothing without the thing of its row and the name of its column
    found = []
    for size in range(1, (1 if table else SPAN_SENTENCES) + 1):
        for first in range(len(places) - size + 1):
            if any(turned(text, start) for start, _ in places[first : first + size]):
                continue
            parsed = [(n, clause) for n in range(size) for clause in parse(text[slice(*places[first + n])])]
            found.append(_span(places[first][0], places[first + size - 1][1], parsed))
    return tuple(one for one in found if one.tokens)


def _span(start: int, end: int, parsed: Sequence[tuple[int, Clause]]) -> Span:
    tokens = tuple(replace(token, clause=n) for n, (_, clause) in enumerate(parsed) for token in clause.tokens)
    return Span(
        start=start, end=end, openings=tuple(clause.opening for _, clause in parsed), tokens=tokens,
        keys=frozenset((token.kind, token.key) for token in tokens), sentences=tuple(n for n, _ in parsed),
    )  # fmt: skip


def _proves(claim: Sequence[Token], span: Span) -> bool:
    """Whether every word of the claim stands in the span, bound as it is there.

    The noun of a measure may be added to its value: `tighten to 45 N·m` proves a torque.
    """
    measured = frozenset().union(
        *(vocab.DIMENSION_NOUNS.get(token.quantity.dimension, frozenset()) for token in claim if token.quantity)
    )
    said = [token for token in claim if (token.kind, token.key) in span.keys or token.surface not in measured]
    if len(said) < len(claim) and _TIGHTEN in span.keys:
        said = _tightened(claim)
    if not all((token.kind, token.key) in span.keys for token in said):
        return False
    mapping = aligned(said, span.tokens)
    return len(mapping) == len(said) and bound_alike(said, span, mapping)


def _tightened(claim: Sequence[Token]) -> list[Token]:
    """A claim about a torque as the order to tighten to it."""
    noun = next((token for token in claim if token.surface == "torque"), None)
    if noun is None:
        return list(claim)
    order = replace(noun, kind=Kind.POLAR, key=("tighten",), surface="tighten")
    rest = [token for token in claim if token is not noun]
    first = next((n for n, token in enumerate(rest) if token.clause == noun.clause), 0)
    return [*rest[:first], order, *rest[first:]]
