"""Shown statement -> what in it nothing supports. Written apart from the lock, by simpler rules, so that it can catch its faults.

Every number with the unit after it, every code and every negation of a statement must stand in the quote that it cites, and
the quote must stand in the pack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.evaluation.asking import Said

# A number as printed, and the run of letters or signs that touches it or follows after one space.
_NUMBER = re.compile(r"(?<![\w.,])[-−–+±]?(\d+(?:[.,’'/]\d+)*)")
_UNIT = re.compile(r"\s?(%|‰|°\s?[CFK]?|[\"″′]|[A-Za-zµμΩ]{1,4}(?:[·*/.][A-Za-z]{1,3})*[²³]?(?![A-Za-z]))")
_UNITS = frozenset(
    """% ‰ ° °c °f °k k " ″ ′ µm um mm cm dm m km in ft yd mi mg g kg t lb lbs oz n kn nm n·m n.m n*m lb·ft lbf·ft ft·lb lb·in
    in·lb pa kpa mpa hpa bar mbar psi w kw mw v kv mv a ma µa ah mah va kva hz khz mhz ghz ω kω mω ohm ml cl dl l gal qt s ms min h hr
    hrs sec rpm mm² cm² m² mm³ cm³ m³ l/h l/min m/s km/h mph db""".split()
)
_WORDS = frozenset(("a", "in", "t", "s", "h", "m"))  # units that may be words: `2 in the box`
_CODE = re.compile(r"(?<![\w-])(?=[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![\w-])")
_NEGATION = re.compile(
    r"(?:\b(?:not|no|never|none|without|neither|nor|cannot|nicht|kein\w*|nie|niemals|ohne|pas|jamais|sans|aucun\w*|nunca|sin|"
    r"ningun\w*|ningún)\b|n[’']t\b)",
    re.IGNORECASE,
)
# The label that Fieldfare itself puts before the words of a replaced manual.
_LABEL = re.compile(r"^Superseded[^:]{0,80}, no longer valid: ")


def unsupported(said: Said) -> Iterator[str]:
    """What a statement shows and its quote does not, each as a few words."""
    if not said.stands:
        yield f"“{said.quote[:40]}” stands elsewhere or nowhere"
    text = _LABEL.sub("", said.text)
    quote = said.quote
    if text == quote:
        return
    pairs = set(_quantities(quote))
    numbers = {number for number, _ in pairs}
    for number, unit in _quantities(text):
        if number not in numbers:
            yield f"number {number}"
        elif unit and (number, unit) not in pairs and not ((number, "") in pairs and _stands(unit, quote)):
            yield f"unit {number} {unit}"
    codes = {code.casefold() for code in _CODE.findall(quote)}
    for code in dict.fromkeys(_CODE.findall(text)):
        if code.casefold() not in codes and not _is_quantity(code):
            yield f"code {code}"
    more = len(_NEGATION.findall(text)) - len(_NEGATION.findall(quote))
    if more > 0 or (_NEGATION.search(quote) and not _NEGATION.search(text) and _same_sentence(text, quote)):
        yield "negation"


def _quantities(text: str) -> list[tuple[str, str]]:
    found = []
    for match in _NUMBER.finditer(text):
        after = _UNIT.match(text, match.end())
        unit = re.sub(r"\s", "", after.group(1)) if after else ""
        known = (
            after is not None
            and unit.casefold() in _UNITS
            and not (unit in _WORDS and re.match(r"\s\w", text[after.end() :]))
        )
        found.append((match.group(1), unit.casefold() if known else ""))
    return found


def _is_quantity(code: str) -> bool:
    """Whether what looks like a code is a number with its unit: 45mm."""
    return any(unit and f"{number}{unit}" == code.casefold() for number, unit in _quantities(code))


def _stands(unit: str, text: str) -> bool:
    """Whether a unit is printed apart from its number, as in the head of a table."""
    return re.search(rf"(?<![^\W\d_]){re.escape(unit)}(?![^\W\d_])", text, re.IGNORECASE) is not None


def _same_sentence(text: str, quote: str) -> bool:
    """Whether a statement says what one negated sentence of its quote says, word for word but for the negation."""
    mine = set(re.findall(r"\w+", text.casefold()))
    for sentence in re.split(r"(?<=[.!?:;])\s+|\n", quote):
        theirs = set(re.findall(r"\w+", sentence.casefold()))
        if _NEGATION.search(sentence) and len(mine & theirs) >= 0.9 * len(mine) > 0:
            return True
    return False
