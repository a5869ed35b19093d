"""Draft sentence + evidence -> citation, or none. Pure.

The lock: a sentence passes only if its numbers with their units, its identifiers, its words of polarity and nearly all
of its content words stand in one span of one passage. What does not pass is never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import Citation, Statement
from fieldfare.text import content_words, identifier_key, identifiers, sentences, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.domain import Passage

MIN_OVERLAP = 0.8  # share of a sentence's content words that must stand in the span; all of them where it negates
SPAN_SENTENCES = 3

# A number is its whole power: 10⁶ proves no 10, 5×10⁻³ no 5. A raised digit before a bracket (45¹⁾) is the mark of a footnote.
_POWER = r"(?:(?:\s*[×x]\s*10)?(?:\s?\^\([^()]{1,12}\)|\^[-+−]?\d+|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?!⁾)))?"
_NUMBER = re.compile(rf"(?<![\w.,])[-−+±]?\d+(?:[.,]\d+)*(?:\s*/\s*\d+)?{_POWER}")
_UNIT = re.compile(
    r"\s?(°\s?[CF]|%|‰|µm|mm²|cm²|m²|m³|mm|cm|km|dm|[kMGm]?W(?:h)?|kVA|[kM]?VA|[kmµ]?V|[kmµ]?A(?:h)?|[kMG]?Hz|[kMG]?Ω|ohms?|"
    r"N[·.\-*]?m|Nm|kN|N|lb[·.\-\s]?(?:ft|in)|ft[·.\-\s]?lb|in[·.\-\s]?lb|lbs?|kg|mg|g|t|[kM]?Pa|m?bar|psi|l/h|L/h|l/min|L/min|"
    r"ml|mL|l|L|litres?|liters?|gal|rpm|r/min|min⁻¹|dB(?:\(A\))?|years?|months?|weeks?|days?|hours?|hrs?|h|minutes?|mins?|min|"
    r"seconds?|secs?|ms|s|inch(?:es)?|in|\"|ft|m|times|bars?|volts?|amps?|watts?|degrees?)(?![\w])"
)
_QUANTITY = re.compile(rf"{_NUMBER.pattern}(?:{_UNIT.pattern})?")
_UNIT_NAMES = {
    "litres": "l", "litre": "l", "liters": "l", "liter": "l", "L": "l", "mL": "ml", "Nm": "nm", "volts": "v", "volt": "v",
    "amps": "a", "amp": "a", "watts": "w", "watt": "w", "ohms": "ω", "ohm": "ω", "bars": "bar", "hours": "h", "hour": "h",
    "hrs": "h", "hr": "h", "minutes": "min", "minute": "min", "mins": "min", "seconds": "s", "second": "s", "secs": "s",
    "sec": "s", "years": "year", "months": "month", "weeks": "week", "days": "day", "inches": "in", "inch": "in",
    '"': "in", "lbs": "lb", "r/min": "rpm", "min⁻¹": "rpm", "degrees": "degree",
}  # fmt: skip
_WORD_NUMBERS = {
    word: str(value)
    for value, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_NEGATIONS = frozenset(
    "not no never none without cannot nor neither nicht kein keine nie ohne pas jamais sans nunca sin".split()
)
_POLAR = frozenset(
    """only open opened closed close left right clockwise counterclockwise anticlockwise on off up
    down above below minimum maximum least most increase decrease higher lower tighten loosen
    positive negative inlet outlet upper front rear""".split()
)


_ORDER = frozenset("before after until unless first last then".split())


@dataclass(frozen=True, slots=True)
class _Facts:
    """What must agree: numbers with units ('' where none is printed), codes, polarity, negations, content words.

    `sequence` holds every word in its place.
    """

    numbers: frozenset[tuple[str, str]]
    codes: frozenset[str]
    polar: frozenset[str]
    negations: int
    content: tuple[str, ...]
    sequence: tuple[str, ...]


def _facts(text: str) -> _Facts:
    tokens = words(text)
    negations = sum(token in _NEGATIONS or token.endswith(("n't", "n’t")) for token in tokens)
    codes = {identifier_key(printed) for printed in identifiers(text)}
    codes |= {identifier_key(token) for token in tokens if token[0].isalpha() and any(map(str.isdigit, token))}
    return _Facts(
        numbers=frozenset(_numbers(text)),
        codes=frozenset(codes),
        polar=frozenset(token for token in tokens if token in _POLAR | _ORDER),
        negations=negations,
        content=tuple(
            stem(word) for word in content_words(_QUANTITY.sub(" ", text)) if not any(map(str.isdigit, word))
        ),
        sequence=tuple(stem(word) for word in tokens),
    )


def _numbers(text: str) -> Iterable[tuple[str, str]]:
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        yield _plain_number(match.group()), _plain_unit(unit.group(1)) if unit else ""
    for word in words(text):
        if word in _WORD_NUMBERS:
            yield _WORD_NUMBERS[word], ""


def _plain_number(printed: str) -> str:
    number = printed.replace("−", "-").replace(" ", "").lstrip("+±")
    if re.fullmatch(r"-?\d+[.,]\d+", number):
        number = number.replace(",", ".")
    return number


def _plain_unit(printed: str) -> str:
    compact = re.sub(r"[\s·.\-*]", "", printed)
    return _UNIT_NAMES.get(compact, compact).casefold()


def check(sentence: str, passages: Sequence[Passage]) -> Statement | None:
    """The sentence with the span that proves it, None where no span of the passages does."""
    claim = _facts(sentence)
    if not claim.content:
        return None
    best: tuple[float, Citation] | None = None
    for passage in passages:
        spans = sentences(passage.text)
        for first in range(len(spans)):
            for last in range(first, min(first + SPAN_SENTENCES, len(spans))):
                start, end = spans[first][0], spans[last][1]
                overlap = _proves(claim, passage, start, end, last > first)
                # A longer span must prove more than a shorter one.
                overlap -= 0.02 * (last - first)
                if overlap >= (1.0 if claim.negations else MIN_OVERLAP - 0.04) and (best is None or overlap > best[0]):
                    best = overlap, Citation(passage=passage, quote=passage.text[start:end], start=start, end=end)
    if best is None:
        return None
    verbatim = " ".join(sentence.split()) == " ".join(best[1].quote.split())
    return Statement(text=sentence, citation=best[1], verbatim=verbatim)


def _proves(claim: _Facts, passage: Passage, start: int, end: int, several: bool) -> float:
    """The share of the claim's content words in the span, 0 where a number, a code or polarity disagrees.

    `several` spans hold more than one sentence: with a negation in play they prove nothing, since it would be open
    which of them is negated.
    """
    span = passage.text[start:end]
    facts = _facts(span)
    heading = _facts(" ".join(passage.heading[-2:]))
    if claim.negations != facts.negations or (several and claim.negations):
        return 0.0
    if not claim.codes <= facts.codes | heading.codes or not claim.polar <= facts.polar:
        return 0.0
    for number, unit in claim.numbers:
        apart = unit and (number, "") in facts.numbers and _unit_stands(unit, span)
        if (number, unit) not in facts.numbers and not apart:
            return 0.0
    if (claim.polar & _ORDER or len(claim.polar) > 1) and not _in_order(claim.sequence, facts.sequence):
        return 0.0
    return sum(word in facts.content for word in claim.content) / len(claim.content)


def _in_order(claimed: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the words that both share stand in the same order: `open A before B` is not `open B before A`."""
    rest = iter(printed)
    return all(word in rest for word in claimed if word in printed)


def _unit_stands(unit: str, span: str) -> bool:
    """Whether a unit is printed apart from its number, as in a table's header: `Torque (N·m): 22`."""
    return any(_plain_unit(match.group(1)) == unit for match in _UNIT.finditer(span))


def quote(passage: Passage, start: int, end: int) -> Statement:
    """A part of a passage as a statement of its own: verbatim, so it needs no lock."""
    text = passage.text[start:end]
    return Statement(text=text, citation=Citation(passage=passage, quote=text, start=start, end=end), verbatim=True)
