"""A text taken apart for comparison: sentences into clauses, clauses into phrases, phrases into the words that bind.

Two texts that say the same in another order come out alike: a passive as its active (`the plug is tightened` as `tighten
the plug`), a condition behind its main clause, `the torque of the plug` as `plug torque`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from fieldfare import vocabulary as vocab
from fieldfare.quantities import Quantity, quantities
from fieldfare.text import identifier_key, identifiers, sentences, stem


class Kind(Enum):
    """What a word of a clause is to the lock."""

    VALUE = "value"
    CODE = "code"
    NEGATION = "negation"
    CONDITION = "condition"
    POLAR = "polar"
    OR = "or"
    PRONOUN = "pronoun"
    WORD = "word"
    FREE = "free"


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


@dataclass(frozen=True, slots=True)
class Token:
    """A word, value or code that binds.

    `phrase` counts the phrases of a clause; a prepositional one may be left out whole, with the preposition that leads it.
    `bound` marks what belongs to the value behind it (`at least 45`), `predicate` the verb that begins a clause whose subject
    stands in an earlier one (`… and shows A09`).
    """

    kind: Kind
    key: tuple[str, ...]
    surface: str = ""
    quantity: Quantity | None = None
    clause: int = 0
    phrase: int = 0
    prepositional: bool = False
    leads: bool = False
    bound: bool = False
    predicate: bool = False


@dataclass(slots=True)
class Clause:
    """The tokens between two boundaries, in canonical order."""

    opening: Opening
    tokens: list[Token] = field(default_factory=list)


_MARK = re.compile(r"^\s*(?:\d{1,2}[.)](?=\s+\D)|[a-zA-Z]\)|[•*–—-])\s+")
_THREAD = r"(?:M\d+(?:[.,]\d+)?(?:\s?[x×]\s?\d+(?:[.,]\d+)*)*|[GR]\s?\d+(?:/\d+)?(?:\"|″)?|\d+(?:/\d+)?\s?-\s?\d+\s?UN[CF]|\d+W-?\d+)"
_DATE = r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d+(?:[-./]\d+){3,}"
_MIXED = r"(?:[A-Za-zµ]+[-/]?\d[\w./-]*\w|[A-Za-z]+\d|[A-Z]{1,2}\s\d{1,4}(?=\s?(?:$|[.,;:)]|(?:is|means|and|or)\b)))"
_NAME = r"\w+(?:_\w+)+|/?\w+(?:/[\w.-]+)*/[\w-]+\.\w+|\w+\.(?:[a-z]{2,4}|[A-Z]{2,4})(?=\W|$)"  # stepper_y, /etc/evcc.yaml, evcc.db
_CODE = re.compile(rf"(?<![\w.-])(?:{_THREAD}|{_DATE}|{_MIXED}|{_NAME})(?![\w])")
_PIECE = re.compile(r"\x00(\d+)\x00|[^\W\d_]+(?:-[^\W\d_]+)*|\d[\w]*|['’]|[,;:()\[\]\n|–—…!?.\"“”/&+=<>*%-]")
_PREFIXES = (
    "non-",
    "under-",
    "over-",
    "anti-",
    "pre-",
    "re-",
    "de-",
    "un-",
    "low-",
    "high-",
    "counter-",
    "semi-",
    "self-",
)
_PAST = re.compile(r"[a-z]{2,}ed$")
_COORDINATES = {"and": Opening.AND, "und": Opening.AND, "et": Opening.AND, "y": Opening.AND, "&": Opening.AND,
                "but": Opening.BUT, "aber": Opening.BUT, "mais": Opening.BUT, "pero": Opening.BUT, "sondern": Opening.BUT}  # fmt: skip
_NAMING = frozenset({Kind.WORD, Kind.CODE, Kind.VALUE, Kind.POLAR})
_OR = frozenset({"or", "oder", "ou", "o"})
_WITHIN = frozenset("only except respectively otherwise".split())  # conditions that begin no clause
_STATES = frozenset(
    "opened closed locked connected installed stopped filled".split()
)  # `is closed` is no order to close
_BINDING = frozenset("by from within every each per after in at".split())
_FRONTED = frozenset({"every", "each", "within"})
_RELATIVES = frozenset("which who whose whom where that".split())


@lru_cache(maxsize=4096)
def parse(text: str, *, agents: bool = True) -> tuple[Clause, ...]:
    """The clauses of one sentence; they must not be changed.

    `by the motor` behind a passive names who does it, unless `agents` is off: `multiplied by the factor`.
    """
    clauses = _split(_raw(text))
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


def word_key(word: str) -> str:
    """A word without its ending; `filter` keeps its own, so that a cooler is not what is cool."""
    word = vocab.IRREGULAR.get(word, word)
    if word.endswith(("ied", "ies")) and len(word) > 5:
        return stem(word[:-3] + "y")
    if word.endswith("ers") and len(word) > 5:
        return word[:-1]
    if word.endswith(("er", "or")):
        return word
    return stem(word)


def _begins_predicate(first: Token) -> bool:
    """Whether a clause begins with a finite verb, so that its subject is that of the clause before."""
    if first.kind is Kind.FREE:
        return first.surface in vocab.BE | vocab.OBLIGATION
    return first.kind in {Kind.WORD, Kind.POLAR} and first.surface.endswith("s") and not first.surface.endswith("ss")


@lru_cache(maxsize=1024)
def appositions(text: str) -> tuple[tuple[Token, ...], ...]:
    """What a sentence names in brackets, with the thing before it: `safety label set (HG401-0060)`."""
    found = []
    raw = _raw(text)
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


def _raw(text: str) -> list[Token]:
    """Every word, value, code and mark of a sentence in order, classified but not yet parted."""
    text = _MARK.sub("", text.replace("’", "'").replace("\u00a0", " "))
    for pattern, replacement in vocab.PHRASES:
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    text = _NUMBER_WORD.sub(lambda match: _NUMBER_WORDS[match.group().casefold()], text)
    text = re.sub(rf"\bbetween (\S*\d\S*(?: {_NO_WORD})?) and (?=[-−+]?\d)", r"\1 to ", text, flags=re.IGNORECASE)
    text = re.sub(r"\bfrom (?=[-−+]?\d\S*(?: \S{1,4})? (?:to|up to) [-−+]?\d)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\w)'s?(?=\s)", "", text)
    kept: list[Token] = []

    def keep(token: Token) -> str:
        kept.append(token)
        return f"\x00{len(kept) - 1}\x00"

    text = _CODE.sub(lambda match: keep(_code(match.group())), text)
    for printed in identifiers(re.sub(r"\x00\d+\x00", "\x01", text)):
        if any(map(str.isalpha, printed)) and not _is_quantity(printed):
            text = text.replace(printed, keep(_code(printed)))
    for quantity in reversed(quantities(re.sub(r"\x00\d+\x00", lambda match: "\x01" * len(match.group()), text))):
        value = Token(Kind.VALUE, quantity.key, text[quantity.start : quantity.end], quantity)
        text = text[: quantity.start] + (_bound(quantity, keep)) + keep(value) + text[quantity.end :]
    raw = []
    pieces = list(_PIECE.finditer(text))
    for index, match in enumerate(pieces):
        if match.group(1):
            raw.append(kept[int(match.group(1))])
        else:
            after = pieces[index + 1].group() if index + 1 < len(pieces) else ""
            raw += _words(match.group(), initial=index == 0, after=after)
    return _values_bound(raw)


_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
}
_NUMBER_WORD = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(word for word in _NUMBER_WORDS if word != "one")
    + r"|(?<!no )(?<!this )(?<!that )(?<!each )(?<!which )(?<!any )(?<!every )(?<!the )one)(?![\w-])",
    re.IGNORECASE,
)
_NO_WORD = r"[^\s\w]*[^\W\d]{1,4}[^\s\w]*"


def _bound(quantity: Quantity, keep: object) -> str:
    """The words of a bound as one mark before its value."""
    names = {"min": "minimum", "max": "maximum"}
    if not quantity.bound or not callable(keep):
        return ""
    name = names.get(quantity.bound, quantity.bound)
    return str(keep(Token(Kind.POLAR, (name,), name, bound=True)))


def _is_quantity(printed: str) -> bool:
    found = quantities(printed)
    return len(found) == 1 and found[0].end - found[0].start == len(printed) and found[0].unit is not None


def _code(printed: str) -> Token:
    return Token(Kind.CODE, (identifier_key(printed.replace("×", "x")),), printed)


def _words(printed: str, *, initial: bool, after: str) -> list[Token]:
    """A piece of text as tokens; a compound whose first part turns it round (`under-voltage`) stays one."""
    word = printed.casefold()
    if len(printed) == 1 and printed.isalpha():
        if after == "'" or (word == "a" and (printed == "a" or initial)) or word in {"i", "y", "o", "à", "x"}:
            return [Token(Kind.OR if word == "o" and printed == "o" else Kind.FREE, (word,), word)]
        return [Token(Kind.CODE if printed.isupper() else Kind.WORD, (word,), word)]
    if word.startswith(_PREFIXES):
        return [Token(Kind.WORD, (word_key(word.replace("-", "")),), word)]
    return [_word(part) for part in word.split("-") if part] or [Token(Kind.FREE, (word,), word)]


def _word(word: str) -> Token:
    if word in _OR:
        return Token(Kind.OR, ("or",), word)
    for kind, words in (
        (Kind.NEGATION, vocab.NEGATIONS),
        (Kind.CONDITION, vocab.CONDITIONS),
        (Kind.POLAR, vocab.POLAR),
    ):
        if word in words:
            return Token(kind, (words[word],), word)
    if word in vocab.PRONOUNS:
        return Token(Kind.PRONOUN, (word,), word)
    if word in vocab.FREE or word in _COORDINATES or not word[0].isalnum():
        return Token(Kind.FREE, (word,), word)
    return Token(Kind.WORD, (word_key(word),), word)


def _values_bound(raw: list[Token]) -> list[Token]:
    """`by 5 mm`, `every 500 h`, `within 10 s`, `in 10 s` say something else than `5 mm`: the word binds to the value."""
    bound = []
    for index, token in enumerate(raw):
        after = next((one for one in raw[index + 1 : index + 3] if not one.bound), None)
        quantity = after.quantity if after else None
        if (
            quantity
            and token.surface in _BINDING
            and (token.surface not in {"in", "at"} or quantity.dimension == "time")
        ):
            key = "every" if token.surface in {"every", "each", "per"} else token.surface
            kind = Kind.CONDITION if token.kind is Kind.CONDITION else Kind.POLAR
            bound.append(replace(token, kind=kind, key=(key,), bound=True))
            continue
        bound.append(token)
    return bound


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
        elif free and word in _COORDINATES:
            begin(_COORDINATES[word])
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
    """The binding tokens with their phrase; words of no weight are dropped."""
    numbered: list[Token] = []
    phrase, prepositional, leads = 0, False, False
    for index, token in enumerate(tokens):
        determiner = token.kind is Kind.FREE and token.surface in vocab.DETERMINERS
        preposition = token.surface in vocab.PREPOSITIONS and token.kind in {Kind.FREE, Kind.POLAR}
        if preposition or (token.bound and not (numbered and numbered[-1].bound)):
            phrase, prepositional, leads = phrase + 1, True, True
        elif prepositional and (
            (token.kind is Kind.FREE and not (leads and determiner)) or _is_verb(tokens, index, numbered, phrase)
        ):
            phrase, prepositional = phrase + 1, False
        if token.kind is not Kind.FREE:
            leads = leads and preposition
            numbered.append(replace(token, clause=clause, phrase=phrase, prepositional=prepositional, leads=leads))
    return numbered


def _is_verb(tokens: list[Token], index: int, numbered: list[Token], phrase: int) -> bool:
    """Whether a word ends the phrase before it as its verb: `the tray in the base frame | holds 130 L`."""
    word = tokens[index].surface
    after = tokens[index + 1 : index + 2]
    return (
        tokens[index].kind in {Kind.WORD, Kind.POLAR}
        and word.endswith("s")
        and not word.endswith("ss")
        and bool(numbered)
        and numbered[-1].phrase == phrase
        and numbered[-1].kind in {Kind.WORD, Kind.CODE}
        and bool(after)
        and (after[0].kind is Kind.VALUE or after[0].bound or after[0].surface in vocab.DETERMINERS)
    )
