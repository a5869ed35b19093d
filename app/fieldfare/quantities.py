"""Numbers as manuals print them, read whole: with their unit, range, tolerance, power and bound."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fieldfare.units import unit_at, unit_of

if TYPE_CHECKING:
    from fieldfare.units import Unit

# A number is its whole power: 10⁶ proves no 10, 5×10⁻³ no 5. A raised digit before a bracket (45¹⁾) marks a footnote.
_POWER = r"(?:(?:\s*[×x]\s*10)?(?:\s?\^\([^()]{1,12}\)|\^[-+−]?\d+|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?!⁾)))?"
_VULGAR = "½¼¾⅓⅔⅛⅜⅝⅞"
# `1 1/2`, `1-1/2`, `1½`, `400/230`; groups of thousands parted by a space.
_DIGITS = (
    rf"(?:\d+[\s-]\d{{1,2}}\s?[/⁄]\s?(?:2|3|4|8|16|32|64)(?!\d)|\d*\s?[{_VULGAR}]|"
    r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?![\d.,]\d|\d)|\d+(?:[.,]\d+)*(?:\s?[/⁄]\s?\d+(?:[.,]\d+)*)?)"
)
_NUMBER = re.compile(rf"[-−–+]?{_DIGITS}{_POWER}(?:¹⁾|²⁾|³⁾)?")
_FIRST = re.compile(rf"(?<![\w.,/]){_NUMBER.pattern}")
_SINGLE = re.compile(r"[-−–+]?\d+")
_TO = re.compile(
    r"\s*(?:–|—|-|−|\.\.\.?|…|~|÷)\s*(?=[-−–+]?\d)|\s+(?:to|through|thru|bis|à|a|hasta|up to)\s+(?=[-−–+]?\d)"
)
_EITHER = re.compile(r"\s?\(?\s?(?:±|\+\s?/\s?[-−–])\s?")
_PLUS = re.compile(r"\s?\(?\s?(?:\+)\s?(?=\d)")
_MINUS = re.compile(r"\s?[/,]?\s?[-−–]\s?(?=\d)")
_DEVIATION = re.compile(r"(?<![\w.,/])(?:±|\+\s?/\s?[-−–])\s?(?=\d)")
_LABEL = re.compile(r"[\s(\[,/](?P<unit>[^\s(\[,/][^()\[\],]{0,14}?)\s?[)\]]?\s*$")

_BEFORE = (
    ("min", r"at least|not? (?:less|lower|fewer|shorter|smaller) than|minimum(?: of)?|min\.?|mindestens|au moins|al menos|≥|>="),
    ("max", (r"at most|not? (?:more|higher|greater|longer|larger|later) than|maximum(?: of)?|max\.?|up to|höchstens|bis zu|"
            r"au plus|au maximum|como máximo|hasta|≤|<=")),
    ("above", r"(?:more|greater|higher|larger|longer|later) than|above|over|exceed(?:s|ing|ed)?|über|mehr als|plus de|más de|>"),
    ("below", r"(?:less|lower|smaller|shorter|fewer) than|below|under|unter|weniger als|moins de|menos de|<"),
    ("about", r"about|approximately|approx\.?|around|roughly|nearly|almost|circa|ca\.?|etwa|ungefähr|environ|aproximadamente|~|≈"),
)  # fmt: skip
_AFTER = (
    ("min", r"or (?:more|above|higher|longer|greater|larger|over)|(?:minimum|min\.?)(?!\w)|oder mehr|ou plus|o más"),
    (
        "max",
        r"or (?:less|below|lower|shorter|fewer|smaller|under)|(?:maximum|max\.?)(?!\w)|oder weniger|ou moins|o menos",
    ),
)
_BOUND_BEFORE = re.compile(
    "(?:" + "|".join(rf"(?P<{name}>(?<!\w)(?:{words}))" for name, words in _BEFORE) + r")\s*(?:a |an |of )?$",
    re.IGNORECASE,
)
_BOUND_AFTER = re.compile(
    r"\s*[,(]?\s*(?:" + "|".join(rf"(?P<{name}>{words})" for name, words in _AFTER) + r")(?!\w)", re.IGNORECASE
)
_LABEL_SIZE = 80  # characters of the name of a column
_BOUND_REACH = 24  # characters before a number that are looked at for its bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One value of a text: `text[start:end]`, with everything that belongs to it.

    `high` is the end of a range, `plus` and `minus` are the deviations of a tolerance, `bound` is one of min, max, above,
    below, about or empty. Numbers are normal strings: `0,5` is `0.5`; `1,234` stays as printed, since it may be either.
    """

    low: str
    high: str = ""
    plus: str = ""
    minus: str = ""
    unit: Unit | None = None
    bound: str = ""
    start: int
    end: int

    @property
    def key(self) -> tuple[str, ...]:
        """What two quantities that say the same have in common."""
        return self.low, self.high, self.plus, self.minus, self.unit.symbol if self.unit else ""

    @property
    def dimension(self) -> str:
        """What is measured; empty for a plain number."""
        return self.unit.dimension if self.unit else ""


def plain_number(printed: str) -> str:
    """A number without the freedom of its spelling; what could be read in two ways stays as it is printed."""
    number = re.sub(r"[¹²³]⁾$", "", printed.strip())
    for vulgar in _VULGAR:
        number = number.replace(vulgar, " " + unicodedata.normalize("NFKC", vulgar))
    number = number.replace("−", "-").replace("–", "-").replace("⁄", "/").strip().removeprefix("+")
    number = re.sub(r"(?<=\d)[\s-](?=\d{1,2}\s?/)", " ", number)
    number = re.sub(r"\s*/\s*", "/", number)
    number = re.sub(r"(?<=\d)[\u00a0\u202f\u2009 ](?=\d{3}(?!\d|/))", "", number)
    if re.fullmatch(r"-?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))", number):
        return number.replace(",", ".")
    for group, point in ((",", "."), (".", ",")):
        if re.fullmatch(
            rf"-?\d{{1,3}}(?:{re.escape(group)}\d{{3}}){{2,}}(?:{re.escape(point)}\d+)?", number
        ) or re.fullmatch(rf"-?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+{re.escape(point)}\d+", number):
            return number.replace(group, "").replace(point, ".")
    return number


def quantities(text: str) -> list[Quantity]:
    """Every value of a text in order.

    A value without a unit in a row of a table (`Torque (N·m): 45`) has that of its label.
    """
    found: list[Quantity] = []
    offset = 0
    for line in text.split("\n"):
        found += _of_line(line, offset)
        offset += len(line) + 1
    return found


def label_unit(label: str) -> Unit | None:
    """The unit that the name of a column ends in: `Torque (N·m)`."""
    found = _LABEL.search(label)
    return unit_of(found["unit"]) if found else None


def without_unit(label: str) -> str:
    """The name of a column without the unit that it ends in."""
    return _LABEL.sub("", label) if label_unit(label) else label


def _of_line(line: str, offset: int) -> list[Quantity]:
    label, colon, _ = line.partition(": ")
    unit = label_unit(label) if colon and len(label) < _LABEL_SIZE else None
    found: list[Quantity] = []
    place = 0
    while True:
        number, deviation = _FIRST.search(line, place), _DEVIATION.search(line, place)
        if deviation and (not number or deviation.start() < number.start()):
            one = _deviation(line, deviation)
        elif number:
            one = _quantity(line, number)
        else:
            return found
        place = one.end
        own = one.unit or (unit if one.start > len(label) else None)
        found.append(replace(one, unit=own, start=one.start + offset, end=one.end + offset))


def _deviation(line: str, mark: re.Match[str]) -> Quantity:
    """A tolerance that stands alone: `±5 %`."""
    printed, unit, end = _value(line, mark.end())
    return Quantity(low="", plus=printed, minus=printed, unit=unit, start=mark.start(), end=end)


def _value(line: str, start: int) -> tuple[str, Unit | None, int]:
    """The number at a place with its unit, and the place behind them."""
    number = _NUMBER.match(line, start)
    if number is None:
        return "", None, start
    found = _unit(line, number.end())
    # `10 000 h` is one number; without a unit it may as well be two.
    if found is None and re.search(r"\d \d{3}", number.group()) and "/" not in number.group():
        number = _SINGLE.match(line, start) or number
        found = _unit(line, number.end())
    unit, end = found or (None, number.end())
    return plain_number(number.group()), unit, end


def _unit(line: str, place: int) -> tuple[Unit, int] | None:
    """The unit behind a number: directly, after a space or after a hyphen."""
    found = unit_at(line, place)
    if found is None and line[place : place + 1] in {" ", "\u00a0", "\u202f", "-"}:
        found = unit_at(line, place + 1)
    return found


def _quantity(line: str, first: re.Match[str]) -> Quantity:
    low, unit, end = _value(line, first.start())
    high = plus = minus = ""
    units = [unit]
    if to := _TO.match(line, end):
        high, unit, beyond = _value(line, to.end())
        if line[beyond : beyond + 1].isalpha():  # 15-40W1: no range
            high = ""
        else:
            end = beyond
            units.append(unit)
    if either := _EITHER.match(line, end):
        plus, unit, beyond = _value(line, either.end())
        minus = plus
    elif mark := _PLUS.match(line, end):
        plus, unit, beyond = _value(line, mark.end())
        mark = _MINUS.match(line, beyond)
        minus, unit, beyond = _value(line, mark.end()) if mark else ("", None, beyond)
    elif (mark := _MINUS.match(line, end)) and (more := _PLUS.match(line, _value(line, mark.end())[2])):
        minus, _, _ = _value(line, mark.end())
        plus, unit, beyond = _value(line, more.end())
    if plus and minus:
        units.append(unit)
        end = beyond + (line[beyond : beyond + 1] == ")" and "(" in line[end:beyond])
        if not any(units) and (behind := _unit(line, end)):  # 22 (±2) N·m
            units, end = [behind[0]], behind[1]
    else:
        plus = minus = ""
    known = [one for one in units if one]
    if high and units[0] and units[1] and units[0] != units[1]:
        low = f"{low} {units[0].symbol}"  # 15 minutes to 2 hours
    bound, start, end = _bound(line, first.start(), end)
    return Quantity(
        low=low, high=high, plus=plus, minus=minus, unit=known[-1] if known else None, bound=bound, start=start, end=end
    )


def _bound(line: str, start: int, end: int) -> tuple[str, int, int]:
    """What bounds the value of `line[start:end]`, and the place of both."""
    if before := _BOUND_BEFORE.search(line, max(0, start - _BOUND_REACH), start):
        return str(before.lastgroup), before.start(), end
    if after := _BOUND_AFTER.match(line, end):
        return str(after.lastgroup), start, after.end()
    return "", start, end
