"""Whether one text says what another says: its words found there in order, and nothing left out that turns it round. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from fieldfare.grounding.clauses import Opening
from fieldfare.grounding.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT_CLAUSE = 3  # tokens; `but not without oil` restricts, `but do not remove the key from it` is a second order
NAMES = frozenset({Kind.WORD, Kind.CODE})


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a passage that may prove a sentence, taken apart."""

    start: int
    end: int
    openings: tuple[Opening, ...]  # of each clause
    sentences: tuple[int, ...]  # of each clause, counted within the span
    tokens: tuple[Token, ...]
    keys: frozenset[tuple[Kind, tuple[str, ...]]]


def aligned(claim: Sequence[Token], printed: Sequence[Token]) -> dict[int, int]:
    """Which printed token each token of the claim is, in order: as many as there are, as near together as they stand."""
    places: dict[tuple[Kind, tuple[str, ...]], list[int]] = {}
    for j, token in enumerate(printed):
        places.setdefault((token.kind, token.key), []).append(j)
    chains: list[tuple[float, int, int, int]] = []  # score, i, j, index of the chain before
    for i, token in enumerate(claim):
        for j in places.get((token.kind, token.key), ()):
            best, before = 0.0, -1
            for index, (score, i0, j0, _) in enumerate(chains):
                if i0 < i and j0 < j:
                    apart = (printed[j].clause != printed[j0].clause) + (j - j0 - 1) / 100
                    if score - apart > best:
                        best, before = score - apart, index
            chains.append((best + 10, i, j, before))
    mapping: dict[int, int] = {}
    index = max(range(len(chains)), key=lambda n: chains[n][0], default=-1)
    while index >= 0:
        _, i, j, index = chains[index]
        mapping[i] = j
    return mapping


def bound_alike(claim: Sequence[Token], span: Span, mapping: dict[int, int]) -> bool:
    """Whether nothing was left out or put together that changes what is said."""
    used = set(mapping.values())
    touched = sorted({span.tokens[j].clause for j in used})
    subject = _shared_subject(claim, span, mapping)
    if any(
        token.clause in touched and token.clause != subject and j not in used for j, token in enumerate(span.tokens)
    ):
        return False  # of a clause that is used nothing is left out: each phrase may be what limits it
    return _joined_alike(claim, span, mapping, subject) and _clauses_kept(span, touched)


def _shared_subject(claim: Sequence[Token], span: Span, mapping: dict[int, int]) -> int | None:
    """The clause of which the claim has the subject alone, with a later predicate: `the HC-4 … and shows A09`."""
    steps = sorted(mapping.items())
    for (i0, j0), (i, j) in pairwise(steps):
        a, b = span.tokens[j0].clause, span.tokens[j].clause
        if a == b:
            continue
        subject = [n for n, token in enumerate(span.tokens) if token.clause == a]
        kept = [one for _, one in steps if span.tokens[one].clause == a]
        turned = span.tokens[subject[0]].surface.endswith("ed")  # `the bearing is sealed` is `sealed the bearing`
        dropped = [span.tokens[n] for n in subject if n not in kept]
        later = [token for token in span.tokens if token.clause == b]
        between = [token for token in span.tokens if a < token.clause < b]
        dimensions = {token.quantity.dimension for token in later if token.quantity}
        if (
            claim[i0].clause == claim[i].clause
            and span.sentences[a] == span.sentences[b]
            and (kept == subject[: len(kept)] or (turned and kept == subject[1 : len(kept) + 1]))
            and span.tokens[j].predicate
            and all(span.openings[n] in {Opening.AND, Opening.COMMA} for n in range(a + 1, b + 1))
            and not any(token.kind in {Kind.NEGATION, Kind.CONDITION, Kind.OR} for token in (*dropped, *between))
            and not any(token.quantity and token.quantity.dimension in dimensions for token in (*dropped, *between))
        ):
            return a
    return None


def _joined_alike(claim: Sequence[Token], span: Span, mapping: dict[int, int], subject: int | None) -> bool:
    """Whether what stands together in the claim stands together in the span, with nothing left out between."""
    steps = sorted(mapping.items())
    if _hangs(span, span.tokens[steps[0][1]].clause):
        return False
    for (i0, j0), (i, j) in pairwise(steps):
        a, b = span.tokens[j0].clause, span.tokens[j].clause
        if a in {b, subject}:
            continue
        if not {span.openings[n] for n in range(a + 1, b)} <= {Opening.RELATIVE, Opening.PARENTHESIS}:
            return False
        if claim[i0].clause == claim[i].clause and span.sentences[a] != span.sentences[b]:
            return False
    return True


def _hangs(span: Span, clause: int) -> bool:
    """Whether a clause says nothing without the one before it: `…, of B 30`, `(26 lbf·ft)`, `: below 360 V`."""
    if not clause or span.sentences[clause] != span.sentences[clause - 1]:
        return False
    opening = span.openings[clause]
    head = next(token for token in span.tokens if token.clause == clause)
    return opening in {Opening.COLON, Opening.PARENTHESIS, Opening.RELATIVE} or (
        opening in {Opening.COMMA, Opening.AND, Opening.OR} and (head.kind is Kind.VALUE or head.prepositional)
    )


def _clauses_kept(span: Span, touched: Sequence[int]) -> bool:
    """Whether no clause that restricts the others was left out of the sentences that are used."""
    used = {span.sentences[clause] for clause in touched}
    for clause, opening in enumerate(span.openings):
        if clause in touched or span.sentences[clause] not in used:
            continue
        tokens = [token for token in span.tokens if token.clause == clause]
        kinds = {token.kind for token in tokens}
        mine = [one for one in touched if span.sentences[one] == span.sentences[clause]]
        denied = any(
            span.tokens[n].kind is Kind.NEGATION and span.tokens[n].clause == clause - 1
            for n in range(len(span.tokens))
        )
        if opening is Opening.OR and denied and not kinds & {Kind.CONDITION, Kind.VALUE, Kind.NEGATION}:
            continue  # `not A or B` says `not A`
        if opening in {Opening.CONDITION, Opening.OR} or kinds & {Kind.CONDITION, Kind.OR}:
            return False
        chain = clause
        while chain and span.openings[chain] is Opening.AND:
            chain -= 1
        if span.openings[chain] is Opening.CONDITION:  # `if A and B`: B is a condition too
            return False
        if clause < mine[-1]:
            parted = any(span.openings[n] in {Opening.HARD, Opening.BUT} for n in range(clause + 1, mine[-1] + 1))
            if Kind.NEGATION in kinds and not parted:
                return False
        else:
            before = clause - 1
            while before not in touched and span.openings[before] is Opening.PARENTHESIS:
                before -= 1
            goes_on = opening in {Opening.COMMA, Opening.AND} and before in touched and _hangs(span, clause)
            if goes_on and Kind.VALUE in kinds:
                return False
            if Kind.NEGATION in kinds and len(tokens) <= SHORT_CLAUSE:
                return False
    return True
