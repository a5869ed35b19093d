"""A value of the manual in the unit that the technician asked for: exact factors, source value first, rounded once.

The source's own number is converted, never a converted one; a range or tolerance is converted as a whole. The step of
rounding is at most half of the source's last place, so that no precision is lost; digits beyond that are not shown. A limit
is rounded to its safe side: `at most 7.5 kPa` never becomes more.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.quantities import quantities
from fieldfare.units import convert, unit_at

if TYPE_CHECKING:
    from fieldfare.quantities import Quantity
    from fieldfare.units import Unit

MAX_CONVERSIONS = 4  # lines below one statement
# `in psi`, `to ft-lb`, `how many litres`, `(bar)`, `psi?`: words before a unit that ask for it.
_ASKS = re.compile(
    r"(?:\b(?:in|into|to|as|how many|how much|convert(?:ed)?(?: to)?|using|auf|en)\s+|\()$", re.IGNORECASE
)
_WORD_START = re.compile(r"(?<![\w.,°])(?=[^\W\d_]|°)")
# `a rise of 10 °C`, `by 10 °C`; a rise to 60 °C ends at a temperature.
_DIFFERENCE = re.compile(
    r"\b(?:(?:difference|differential|rise|drop|fall|increase|decrease|hysteresis|deviation|spread|swing)s?(?: of|:)?|by)\s*$",
    re.IGNORECASE,
)
_GRADE = re.compile(r"\d+W-?\d+")  # SAE 15W-40 holds no watts
_FRACTION = re.compile(r"(-?)(?:(\d+) )?(\d+)/(2|4|8|16|32|64)")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_SHORT = 2  # letters of a unit that must be asked for: `in m`, never the `m` of a name


def conversions(question: str, text: str) -> tuple[str, ...]:
    """A line for each value of a statement that the question asks for in another unit: `45 N·m ≈ 33.2 lbf·ft`.

    Empty where no other unit is asked for, where the text gives it itself, or where a number can be read in two ways.
    """
    wanted = asked_units(question)
    if not wanted:
        return ()
    text = _GRADE.sub(" ", text)
    found = quantities(text)
    printed = {one.unit.symbol for one in found if one.unit}
    lines: dict[str, None] = {}
    for target in wanted:
        if target.symbol in printed:
            continue
        for one in found:
            if one.unit and one.unit.dimension == target.dimension and one.unit != target:
                difference = bool(_DIFFERENCE.search(text[max(0, one.start - 24) : one.start]))
                if line := _line(one, target, difference=difference):
                    lines.setdefault(line)
    return tuple(lines)[:MAX_CONVERSIONS]


def asked_units(question: str) -> tuple[Unit, ...]:
    """The units that a question asks for: those behind `in` or `how many`, at its end, or of a value that it compares with."""
    wanted: dict[str, Unit] = {}
    for one in quantities(question):
        if one.unit and one.unit.factor is not None:
            wanted.setdefault(one.unit.symbol, one.unit)
    behind = 0
    for match in _WORD_START.finditer(question):
        found = unit_at(question, match.start()) if match.start() >= behind else None
        if not found or found[0].factor is None:
            continue
        unit, end = found
        asked = _ASKS.search(question, 0, match.start())
        if question.startswith("in ", match.start()) and not asked:
            continue  # `in lb-ft` asks for no inch-pounds
        behind = end
        last = not question[end:].strip(" ?.!)")
        if asked or (end - match.start() > _SHORT and last):
            if question[match.start() : end] == "in" and not (asked and last):
                continue  # the preposition
            wanted.setdefault(unit.symbol, unit)
    return tuple(wanted.values())


def _line(quantity: Quantity, target: Unit, *, difference: bool) -> str:
    """`source ≈ converted`, empty where a number of the quantity is not plain."""
    source = quantity.unit
    numbers = {
        name: number_of(getattr(quantity, name)) for name in ("low", "high", "plus", "minus") if getattr(quantity, name)
    }
    if source is None or not numbers or any(number is None for number in numbers.values()):
        return ""
    finest = min(_place(getattr(quantity, name)) for name in numbers)
    factor = convert(Fraction(1), source, target, difference=True)
    step = _step(finest * factor / 2)
    exact = True
    shown: dict[str, str] = {}
    for name, number in numbers.items():
        if number is None:
            return ""
        value = convert(number, source, target, difference=difference or name in {"plus", "minus"})
        rounded = _rounded(value / step, name, quantity) * step
        exact = exact and rounded == value
        shown[name] = _text(rounded, step, exact=rounded == value)
    return f"{_printed(quantity, _own(quantity), source)} {'=' if exact else '≈'} {_printed(quantity, shown, target)}"


def _rounded(steps: Fraction, name: str, quantity: Quantity) -> Fraction:
    """Whole steps: up where less would be too little, down where more would be too much, else to the nearest."""
    if name in {"high", "plus", "minus"} or quantity.bound in {"max", "below"}:
        return Fraction(floor(steps))
    if (name == "low" and quantity.high) or quantity.bound in {"min", "above"}:
        return Fraction(ceil(steps))
    return Fraction(round(steps))


def _own(quantity: Quantity) -> dict[str, str]:
    names = ("low", "high", "plus", "minus")
    return {name: getattr(quantity, name).replace("-", "−") for name in names if getattr(quantity, name)}


def _printed(quantity: Quantity, shown: dict[str, str], unit: Unit) -> str:
    bounds = {"min": _("at least"), "max": _("at most"), "above": _("above"), "below": _("below"), "about": _("about")}
    text = f"{bounds[quantity.bound]} " if quantity.bound in bounds else ""
    text += shown.get("low", "")
    if "high" in shown:
        text += " " + _("to {value}").format(value=shown["high"])
    if "plus" in shown:
        gap = " " if "low" in shown else ""
        text += (
            f"{gap}± {shown['plus']}" if shown["plus"] == shown["minus"] else f" +{shown['plus']} / −{shown['minus']}"
        )
    return f"{text} {unit.symbol}"


_LONGEST = 60  # characters of a number: nothing is measured to more places


def number_of(printed: str) -> Fraction | None:
    """A plain number or fraction of an inch; None for what can be read in two ways (`1,234`), is a power, or has no end."""
    if len(printed) > _LONGEST:
        return None
    if match := _FRACTION.fullmatch(printed):
        sign, whole, above, below = match.groups()
        value = Fraction(int(whole or 0)) + Fraction(int(above), int(below))
        return -value if sign else value
    return Fraction(printed) if _PLAIN.fullmatch(printed) else None


def _place(printed: str) -> Fraction:
    """The last place of a number: 1 of `35`, 1/100 of `0.25`, 1/16 of `3/16`."""
    if match := _FRACTION.fullmatch(printed):
        return Fraction(1, int(match[4]))
    return Fraction(1, 10 ** len(printed.partition(".")[2]))


def _step(limit: Fraction) -> Fraction:
    """The greatest power of ten that is not above a limit."""
    power = 0
    while Fraction(10) ** power > limit:
        power -= 1
    while Fraction(10) ** (power + 1) <= limit:
        power += 1
    return Fraction(10) ** power


def _text(value: Fraction, step: Fraction, *, exact: bool) -> str:
    """A rounded number with as many decimals as its step has, an `exact` one with those that it needs."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    quantum = Decimal(step.numerator) / Decimal(step.denominator) if step < 1 else Decimal(1)
    text = f"{decimal.quantize(quantum, rounding=ROUND_HALF_EVEN):f}".replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text and exact else text
