"""A text taken apart for comparison: sentences into clauses, clauses into the words that bind.

Two texts that say the same in another order come out alike: a passive as its active (`the plug is tightened` as `tighten
the plug`), a condition behind its main clause, `the torque of the plug` as `plug torque`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from fieldfare import vocabulary as vocab
from fieldfare.grounding.tokens import COORDINATES, Kind, Token, tokens_of, word_key
from fieldfare.text import sentences


class Opening(Enum):
    """How a clause begins, which says what it hangs on."""

    SENTENCE = "sentence"
    HARD = "hard"  # semicolon
    COMMA = "comma"
    AND = "and"
    OR = "or"
    BUT = "but"
    CONDITION = "condition"
    RELATIVE = "relative"  # behind a comma: says more, restricts nothing
    COLON = "colon"
    PARENTHESIS = "parenthesis"


@dataclass(slots=True)
class Clause:
    """The tokens between two boundaries, in canonical order."""

    opening: Opening
    tokens: list[Token] = field(default_factory=list)


_PAST = re.compile(r"[a-z]{2,}ed$")
_NAMING = frozenset({Kind.WORD, Kind.CODE, Kind.VALUE, Kind.POLAR})
_WITHIN = frozenset("only except respectively otherwise".split())  # conditions that begin no clause
_STATES = frozenset(
    "opened closed locked connected installed stopped filled".split()
)  # `is closed` is no order to close
_FRONTED = frozenset({"every", "each", "within"})
_NO_VERBS = frozenset("links rechts aus bis plus moins dessus dessous más menos nichts".split())  # that end in s
_RELATIVES = frozenset("which who whose whom where that".split())


@lru_cache(maxsize=4096)
def parse(text: str, *, agents: bool = True) -> tuple[Clause, ...]:
    """The clauses of one sentence; they must not be changed.

    `by the motor` behind a passive names who does it, unless `agents` is off: `multiplied by the factor`.
    """
    clauses = _split(tokens_of(text))
    clauses = _gathered(_reordered([one for one in clauses if one.tokens]))
    parsed = []
    for number, clause in enumerate(one for one in clauses if one.tokens):
        tokens = _active(_of_turned(clause.tokens), agents=agents)
        numbered = _numbered(tokens, number)
        first = clause.tokens[0]
        if clause.opening in {Opening.AND, Opening.COMMA} and numbered and _begins_predicate(first):
            numbered[0] = replace(numbered[0], predicate=True)
        parsed.append(Clause(clause.opening, numbered))
    return tuple(one for one in parsed if one.tokens)


@lru_cache(maxsize=1024)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the sentences of a text stand, see `fieldfare.text.sentences`."""
    return tuple(sentences(text))


def _begins_predicate(first: Token) -> bool:
    """Whether a clause begins with a finite verb, so that its subject is that of the clause before."""
    if first.kind is Kind.FREE:
        return first.surface in vocab.BE | vocab.OBLIGATION
    ends = first.surface.endswith("s") and not first.surface.endswith("ss")
    return first.kind in {Kind.WORD, Kind.POLAR} and ends and first.surface not in _NO_VERBS


@lru_cache(maxsize=1024)
def appositions(text: str) -> tuple[tuple[Token, ...], ...]:
    """What a sentence names in brackets, with the thing before it: `safety label set (HG401-0060)`."""
    found = []
    raw = tokens_of(text)
    for index, token in enumerate(raw):
        if token.kind is not Kind.FREE or token.surface != "(":
            continue
        begin = index
        while begin and raw[begin - 1].kind in {Kind.WORD, Kind.CODE, Kind.POLAR}:
            begin -= 1
        end = next((n for n in range(index, len(raw)) if raw[n].surface == ")"), len(raw))
        inside = [one for one in raw[index + 1 : end] if one.kind is not Kind.FREE]
        if begin < index and inside and all(one.kind in _NAMING for one in inside):
            found.append((*raw[begin:index], *inside))
    return tuple(found)


def _split(raw: list[Token]) -> list[Clause]:
    """Parts the words of a sentence at its boundaries; what stands in brackets comes behind the clause that it interrupts."""
    clauses = [Clause(Opening.SENTENCE)]
    asides: list[Clause] = []
    depth = 0

    def begin(opening: Opening) -> None:
        if clauses[-1].tokens:
            clauses.extend(asides)
            asides.clear()
            clauses.append(Clause(opening))
        elif clauses[-1].opening is not Opening.SENTENCE:
            clauses[-1].opening = opening

    previous = ""
    for token in raw:
        word = token.surface
        free = token.kind is Kind.FREE
        if free and word in {"(", "["}:
            depth += 1
            asides.append(Clause(Opening.PARENTHESIS))
        elif free and word in {")", "]"}:
            depth = max(0, depth - 1)
        elif depth:
            asides[-1].tokens.append(token)
        elif free and word == ",":
            begin(Opening.COMMA)
        elif free and word in {";", "\n", "|", ".", "!", "?"}:
            begin(Opening.HARD)
        elif free and word in {":", "–", "—", "…"}:
            begin(Opening.COLON)
        elif free and word in COORDINATES:
            begin(Opening(COORDINATES[word]))
        elif free and word == "then":
            begin(Opening.AND)
        elif token.kind is Kind.OR:
            begin(Opening.OR)
            clauses[-1].tokens.append(token)
        elif token.kind is Kind.CONDITION and not token.bound and word not in _WITHIN:
            begin(Opening.CONDITION)
            clauses[-1].tokens.append(token)
        elif word in _RELATIVES and previous == ",":
            clauses[-1].opening = Opening.RELATIVE
        else:
            clauses[-1].tokens.append(token)
        previous = word
    return [*clauses, *asides]


def _reordered(clauses: list[Clause]) -> list[Clause]:
    """A condition or phrase that opens the sentence (`If …, stop`; `In AUTO mode, …`) stands behind what it belongs to."""
    main = next((n for n, one in enumerate(clauses) if n and one.opening in {Opening.COMMA, Opening.HARD}), 0)
    if not main or clauses[main].opening is Opening.HARD:
        return clauses
    first, second = clauses[0], clauses[main]
    if first.tokens[0].kind is Kind.CONDITION:
        end = next((n for n, one in enumerate(clauses) if n > main and one.opening is Opening.HARD), len(clauses))
        first.opening, second.opening = Opening.CONDITION, Opening.SENTENCE
        return [*clauses[main:end], *clauses[:main], *clauses[end:]]
    asides = {one.opening for one in clauses[1:main]} <= {Opening.PARENTHESIS}
    if asides and (first.tokens[0].surface in vocab.PREPOSITIONS or first.tokens[0].surface in _FRONTED):
        return [Clause(Opening.SENTENCE, [*second.tokens, *first.tokens]), *clauses[1:main], *clauses[main + 1 :]]
    return clauses


def _of_turned(tokens: list[Token]) -> list[Token]:
    """`the torque of the drain plug` as `drain plug torque`; `for` where a measure stands before it."""
    nouns = frozenset().union(*vocab.DIMENSION_NOUNS.values()) | {"interval", "capacity", "setting", "level", "code"}
    turned = list(tokens)
    for index in range(len(turned) - 2, 0, -1):
        token, head = turned[index], turned[index - 1]
        if token.surface not in {"of", "for", "des", "du", "de", "del"} or token.kind is not Kind.FREE:
            continue
        if head.kind not in {Kind.WORD, Kind.CODE} or (token.surface == "for" and head.surface not in nouns):
            continue
        end = index + 1
        while end < len(turned) and turned[end].kind is Kind.FREE and turned[end].surface in vocab.DETERMINERS:
            end += 1
        begun = end
        while (
            end < len(turned)
            and (turned[end].kind in _NAMING or turned[end].bound)
            and (turned[end].surface not in vocab.PREPOSITIONS or turned[end].bound)
        ):
            if turned[end].kind in {Kind.WORD, Kind.POLAR} and _PAST.fullmatch(turned[end].surface):
                break
            end += 1
            if turned[end - 1].kind is Kind.VALUE:
                break
        if end > begun:
            turned = [*turned[: index - 1], *turned[index + 1 : end], head, *turned[end:]]
    return turned


def _active(tokens: list[Token], *, agents: bool) -> list[Token]:
    """A passive as its active: the participle stands before what it is done to, `by` whom before both."""
    for index, token in enumerate(tokens):
        if token.surface not in vocab.BE or token.kind is not Kind.FREE:
            continue
        end = index + 1
        while end < len(tokens) and (
            tokens[end].kind is Kind.NEGATION or tokens[end].surface.endswith("ly") or tokens[end].surface in vocab.BE
        ):
            end += 1
        if end == len(tokens):
            continue
        done = tokens[end]
        participle = _PAST.fullmatch(done.surface) or done.surface in vocab.PARTICIPLES
        if not participle or done.kind not in {Kind.WORD, Kind.POLAR}:
            continue
        ordered = any(one.surface in vocab.OBLIGATION for one in tokens[max(0, index - 3) : index])
        if done.surface in _STATES and not ordered:
            continue
        begin = index
        while begin and (tokens[begin - 1].surface in vocab.OBLIGATION or tokens[begin - 1].kind is Kind.NEGATION):
            begin -= 1
        if done.surface == "used":
            done = replace(done, kind=Kind.WORD, key=(word_key("use"),))
        lead = 1 if tokens[0].kind in {Kind.CONDITION, Kind.OR} else 0
        between = [one for one in tokens[begin:end] if one.kind is not Kind.FREE]
        negations = [one for one in between if one.kind is Kind.NEGATION]
        others = [one for one in between if one.kind is not Kind.NEGATION]
        start, stop = _agent(tokens, end + 1) if agents else (len(tokens), len(tokens))
        rest = [*tokens[end + 1 : start], *tokens[stop:]]
        doer = tokens[start + 1 : stop]
        return [*tokens[:lead], *doer, *negations, done, *tokens[lead:begin], *others, *rest]
    return tokens


def _agent(tokens: list[Token], start: int) -> tuple[int, int]:
    """Where `by` somebody stands behind a participle; an empty place at the end where it does not."""
    for index in range(start, len(tokens)):
        if tokens[index].surface == "by" and tokens[index].kind is Kind.FREE:
            stop = index + 1
            while stop < len(tokens) and (tokens[stop].kind in _NAMING or tokens[stop].surface in vocab.DETERMINERS):
                if tokens[stop].surface in vocab.PREPOSITIONS or tokens[stop].kind is Kind.VALUE:
                    break
                stop += 1
            if not any(one.surface.endswith("ing") for one in tokens[index + 1 : index + 3]):
                return index, stop
    return len(tokens), len(tokens)


def _gathered(clauses: list[Clause]) -> list[Clause]:
    """`A and B are replaced`: the passive of several things stands before the first of them."""
    for number, clause in enumerate(clauses[1:4], 1):
        before = clauses[:number]
        if clause.opening not in {Opening.AND, Opening.COMMA}:
            break
        things = all(one.kind in _NAMING or one.surface in vocab.DETERMINERS for part in before for one in part.tokens)
        named = before[0].tokens[0].surface in vocab.DETERMINERS or before[0].tokens[0].kind is Kind.CODE
        passive = any(one.surface in vocab.BE and one.kind is Kind.FREE for one in clause.tokens)
        if things and named and passive:
            turned = _active(clause.tokens, agents=False)
            if turned is clause.tokens or turned[0].kind not in {Kind.WORD, Kind.POLAR}:
                break
            first = Clause(before[0].opening, [turned[0], *before[0].tokens])
            return [first, *before[1:], Clause(clause.opening, turned[1:]), *clauses[number + 1 :]]
    return clauses


def _numbered(tokens: list[Token], clause: int) -> list[Token]:
    """The binding tokens; words of no weight are dropped."""
    numbered: list[Token] = []
    prepositional = False
    for token in tokens:
        prepositional |= token.surface in vocab.PREPOSITIONS and token.kind in {Kind.FREE, Kind.POLAR}
        if token.kind is not Kind.FREE:
            numbered.append(replace(token, clause=clause, prepositional=prepositional or token.bound))
            prepositional = False
    return numbered
