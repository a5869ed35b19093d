"""The words, values and codes of a sentence, each as the lock sees it: what must be kept, and what weighs nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from fieldfare import vocabulary as vocab
from fieldfare.quantities import Quantity, quantities
from fieldfare.text import identifier_key, identifiers, stem

if TYPE_CHECKING:
    from collections.abc import Callable


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


@dataclass(frozen=True, slots=True)
class Token:
    """A word, value or code that binds.

    `clause` counts the clauses of its sentence; `prepositional` where a preposition stands before it; `bound` marks what belongs to
    the value behind it (`at least 45`), `predicate` the verb that begins a clause whose subject stands in an earlier one
    (`… and shows A09`).
    """

    kind: Kind
    key: tuple[str, ...]
    surface: str = ""
    quantity: Quantity | None = None
    clause: int = 0
    prepositional: bool = False
    bound: bool = False
    predicate: bool = False


_MARK = re.compile(r"^\s*(?:\d{1,2}[.)](?=\s+\D)|[a-zA-Z]\)|[•*–—-])\s+")
# What opens a sentence and says nothing of it: the word of a notice, a connective.
_LEAD = re.compile(
    r"^\s*(?:(?:please )?(?:note|notice|warning|caution|danger|important|tip|hint|attention|hinweis|achtung|warnung|vorsicht|gefahr|"
    r"remarque|nota|aviso|advertencia|peligro)\s*:|"
    r"(?:also|additionally|in addition|furthermore|moreover|however|in fact|in short|for example)\s*,)\s*",
    re.IGNORECASE,
)
_THREAD = r"(?:M\d+(?:[.,]\d+)?(?:\s?[x×]\s?\d+(?:[.,]\d+)*)*|[GR]\s?\d+(?:/\d+)?(?:\"|″)?|\d+(?:/\d+)?\s?-\s?\d+\s?UN[CF]|\d+W-?\d+)"
_DATE = r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d+(?:[-./]\d+){3,}"
_MIXED = r"(?:[A-Za-zµ]+[-/]?\d[\w./-]*\w|[A-Za-z]+\d|[A-Z]{1,2}\s\d{1,4}(?=\s?(?:$|[.,;:)]|(?:is|means|and|or)\b)))"
_NAME = r"\w+(?:_\w+)+|/?\w+(?:/[\w.-]+)*/[\w-]+\.\w+|\w+\.(?:[a-z]{2,4}|[A-Z]{2,4})(?=\W|$)"  # stepper_y, /etc/evcc.yaml, evcc.db
CODE = re.compile(rf"(?<![\w.-])(?:{_THREAD}|{_DATE}|{_MIXED}|{_NAME})(?![\w])")
_PIECE = re.compile(r"\x00(\d+)\x00|[^\W\d_]+(?:-[^\W\d_]+)*|\d[\w]*|['’]|[,;:()\[\]\n|–—…!?.\"“”/&+=<>*%-]")
_PREFIXES = tuple("non- under- over- anti- pre- re- de- un- low- high- counter- semi- self-".split())
_OR = frozenset({"or", "oder", "ou", "o"})
COORDINATES = {"and": "and", "und": "and", "et": "and", "y": "and", "&": "and",
               "but": "but", "aber": "but", "mais": "but", "pero": "but", "sondern": "but"}  # fmt: skip
_BINDING = frozenset("by from within every each per after in at".split())
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


def tokens_of(text: str) -> list[Token]:
    """Every word, value, code and mark of a sentence in order, classified but not yet parted."""
    text = _MARK.sub("", text.replace("\x00", " ").replace("’", "'").replace("\u00a0", " "))
    text = _LEAD.sub("", text)
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

    text = CODE.sub(lambda match: keep(_code(match.group())), text)
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


def _bound(quantity: Quantity, keep: Callable[[Token], str]) -> str:
    """The words of a bound as one mark before its value."""
    names = {"min": "minimum", "max": "maximum"}
    if not quantity.bound:
        return ""
    name = names.get(quantity.bound, quantity.bound)
    return keep(Token(Kind.POLAR, (name,), name, bound=True))


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
    if word in vocab.FREE or word in COORDINATES or not word[0].isalnum():
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
