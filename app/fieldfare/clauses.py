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
    `bound` marks what belongs to the value behind it (`at least 45`), `adverb` what may be left out.
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
    adverb: bool = False


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
_BINDING = frozenset("by from within every each per after in".split())
_FRONTED = frozenset({"every", "each", "within"})
_RELATIVES = frozenset("which who whose whom where that".split())


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of one sentence. They must not be changed."""
    clauses = _split(_raw(text))
    clauses = _reordered([one for one in clauses if one.tokens])
    parsed = []
    for number, clause in enumerate(clauses):
        tokens = _active(_of_turned(clause.tokens))
        parsed.append(Clause(clause.opening, _numbered(tokens, number)))
    return tuple(one for one in parsed if one.tokens)


@lru_cache(maxsize=1024)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the sentences of a text stand, see `fieldfare.text.sentences`."""
    return tuple(sentences(text))


def word_key(word: str) -> str:
    """A word without its ending; `filter` keeps its own, so that a cooler is not what is cool."""
    word = vocab.IRREGULAR.get(word, word)
    if word.endswith("ers") and len(word) > 5:
        return word[:-1]
    if word.endswith(("er", "or")):
        return word
    return stem(word)


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
    return Token(Kind.WORD, (word_key(word),), word, adverb=word.endswith("ly") and len(word) > 4)


def _values_bound(raw: list[Token]) -> list[Token]:
    """`by 5 mm`, `every 500 h`, `within 10 s`, `in 10 s` say something else than `5 mm`: the word binds to the value."""
    bound = []
    for index, token in enumerate(raw):
        after = next((one for one in raw[index + 1 : index + 3] if not one.bound), None)
        quantity = after.quantity if after else None
        if quantity and token.surface in _BINDING and (token.surface != "in" or quantity.dimension == "time"):
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
    if main == 1 and (first.tokens[0].surface in vocab.PREPOSITIONS or first.tokens[0].surface in _FRONTED):
        return [Clause(Opening.SENTENCE, [*second.tokens, *first.tokens]), *clauses[2:]]
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


def _active(tokens: list[Token]) -> list[Token]:
    """A passive as its active: the participle stands before what it is done to, `by` whom before both."""
    for index, token in enumerate(tokens):
        if token.surface not in vocab.BE or token.kind is not Kind.FREE:
            continue
        end = index + 1
        while end < len(tokens) and (
            tokens[end].kind is Kind.NEGATION or tokens[end].adverb or tokens[end].surface in vocab.BE
        ):
            end += 1
        if end == len(tokens):
            continue
        done = tokens[end]
        participle = _PAST.fullmatch(done.surface) or done.surface in vocab.PARTICIPLES
        if not participle or done.kind not in {Kind.WORD, Kind.POLAR}:
            continue
        ordered = any(one.surface in vocab.OBLIGATION for one in tokens[max(0, index - 3) : index])
        if (
            done.surface in {"opened", "closed", "locked", "connected", "installed", "stopped", "filled"}
            and not ordered
        ):
            continue  # a state is no instruction
        begin = index
        while begin and (tokens[begin - 1].surface in vocab.OBLIGATION or tokens[begin - 1].kind is Kind.NEGATION):
            begin -= 1
        lead = 1 if tokens[0].kind in {Kind.CONDITION, Kind.OR} else 0
        between = [one for one in tokens[begin:end] if one.kind is not Kind.FREE]
        negations = [one for one in between if one.kind is Kind.NEGATION]
        others = [one for one in between if one.kind is not Kind.NEGATION]
        agent = tokens[end + 1 : end + 2]
        if done.surface == "used":
            done = replace(done, kind=Kind.WORD, key=(word_key("use"),))
        doer = tokens[end + 2 : end + 3]
        if (
            agent
            and agent[0].surface == "by"
            and doer
            and doer[0].kind in _NAMING | {Kind.FREE}
            and not doer[0].surface.endswith("ing")
        ):
            stop = end + 2
            while stop < len(tokens) and (
                tokens[stop].kind in {Kind.WORD, Kind.CODE} or tokens[stop].surface in vocab.DETERMINERS
            ):
                stop += 1
            return [
                *tokens[:lead],
                *tokens[end + 2 : stop],
                *negations,
                done,
                *tokens[lead:begin],
                *others,
                *tokens[stop:],
            ]
        return [*tokens[:lead], *negations, done, *tokens[lead:begin], *others, *tokens[end + 1 :]]
    return tokens


def _numbered(tokens: list[Token], clause: int) -> list[Token]:
    """The binding tokens with their phrase; words of no weight are dropped."""
    numbered: list[Token] = []
    phrase, prepositional, leads = 0, False, False
    for token in tokens:
        preposition = token.surface in vocab.PREPOSITIONS and token.kind in {Kind.FREE, Kind.POLAR}
        if preposition or (token.bound and not (numbered and numbered[-1].bound)):
            phrase, prepositional, leads = phrase + 1, True, True
        elif token.kind is Kind.FREE and prepositional and not (leads and token.surface in vocab.DETERMINERS):
            phrase, prepositional = phrase + 1, False
        if token.kind is not Kind.FREE:
            leads = leads and preposition
            numbered.append(replace(token, clause=clause, phrase=phrase, prepositional=prepositional, leads=leads))
    return numbered
