"""What a step wants measured, between which limits, and whether a reading lies there.

Limits are taken only where the text leaves no doubt that a value is expected: it bounds what is measured, in a sentence
that says so (`must be`, `is good`, `permitted`, `check that`), and nothing else in the step does. A condition (`if it is below
12.4 V`) or a setting (`drain to 20 L or less`) is none. Without limits a reading is noted and not judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fieldfare.catalogue import _, marked
from fieldfare.conversion import conversions, number_of
from fieldfare.domain import Limit
from fieldfare.domain.procedure import Check
from fieldfare.errors import UsageError
from fieldfare.procedure import phrases
from fieldfare.quantities import label_unit, quantities, without_unit
from fieldfare.text import sentences, squeeze
from fieldfare.units import UNITS, convert, prefix_factor, unit_of, units_alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from fieldfare.domain import Block
    from fieldfare.quantities import Quantity
    from fieldfare.units import Unit

MOST = 12  # readings of one step
_NAME = 60  # characters of a name, and of a value: a longer one is none
_TYPED = re.compile(r"([-−–+]?)([.,]?\d(?:[\d.,/ ]*\d)?(?![\d/]))\s*((?:1/)?[^\d\s.,].*)?")
_BOUNDARY = re.compile(r"[;:()]|,(?!\s*(?:dass|ob)\b)|\s[–—-]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reading: `value` as a plain number and its `unit`, `converted` to that of the manual where it is another, the verdict."""

    value: str
    unit: str
    converted: str
    verdict: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    low: Fraction | None = None
    high: Fraction | None = None
    low_included: bool = True
    high_included: bool = True


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """Something to be measured; `checks` are the values that may be expected of it."""

    name: str
    dimension: str
    found: list[Check]


def checks(text: str, tables: Sequence[Block] = ()) -> tuple[Check, ...]:
    """The readings that a step asks for, in order; `tables` are those that it names, of which a record has a row each."""
    wanted: list[_Wanted] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        wanted += _measured(sentence)
        for subject, expected in _expected(sentence):
            _assign(wanted, subject, expected)
    made = [_settled(one) for one in wanted]
    records = [check for table in tables for check in record_checks(table)]
    if records:  # `write the values of Table 5-1`: its rows say what
        made = [one for one in made if one.expected]
    return tuple({one.name.casefold(): one for one in (*records, *made)}.values())[:MOST]


def record_checks(table: Block) -> tuple[Check, ...]:
    """The rows of a table in which values are to be written down, each with what its row permits."""
    if not table.header_rows or len(table.rows) <= table.header_rows:
        return ()
    header = [
        " ".join(dict.fromkeys(cell for cell in column if cell))
        for column in zip(*table.rows[: table.header_rows], strict=True)
    ]
    body = table.rows[table.header_rows :]
    empty = [
        i for i, name in enumerate(header) if phrases.MEASURED.search(name) and not any(row[i].strip() for row in body)
    ]
    if len(empty) != 1:
        return ()
    limits = [i for i, name in enumerate(header) if phrases.PERMITTED.search(name)]
    names = [i for i in range(len(header)) if i != empty[0] and i not in limits]
    found = []
    for row in body:
        name = squeeze(row[names[0]]) if names else ""
        if not name:
            continue
        unit = label_unit(header[limits[0]]) if len(limits) == 1 else None
        cell = squeeze(row[limits[0]]) if len(limits) == 1 else ""
        found.append(_of_cell(without_unit(name), cell, unit or label_unit(name)))
    return tuple(found)


def judge(check: Check, typed: str) -> Judged:
    """A reading as it was typed, against the limits of a check; without a unit it is in that of the check.

    Raises UsageError with a sentence for what is no single number, can be read in two ways, or is in a foreign unit.
    """
    expected = UNITS.get(check.unit)
    text, unit = _as_printed(squeeze(typed), expected)
    found = quantities(text)
    whole = (
        len(text) <= _NAME
        and len(found) == 1
        and found[0].start == 0
        and found[0].low
        and not text[found[0].end :].strip(" .")
    )
    if not whole or found[0].high or found[0].plus or found[0].bound:
        raise UsageError(_("Type one number and its unit, such as {example}.").format(example=_example(check)))
    one = found[0]
    value = number_of(one.low)
    if value is None:
        raise UsageError(
            _("{number} can be read in two ways. Type a point before decimals and nothing between thousands.").format(
                number=one.low
            )
        )
    unit = unit or one.unit or expected
    number = one.low
    if unit is None:
        return Judged(value=number, unit="", converted="", verdict=Limit.UNCHECKED)
    if expected is None:
        return Judged(value=number, unit=unit.symbol, converted="", verdict=Limit.UNCHECKED)
    if unit.dimension != expected.dimension:
        said = _("{unit} measures something else. The manual gives {expected}.")
        raise UsageError(said.format(unit=unit.symbol, expected=expected.symbol))
    converted = ""
    if unit != expected:
        number_in, converted = _converted(value, one.low, unit, expected)
        if number_in is None:
            said = _("{unit} cannot be converted. Type the reading in {expected}.")
            raise UsageError(said.format(unit=unit.symbol, expected=expected.symbol))
        value = number_in
    return Judged(value=number, unit=unit.symbol, converted=converted, verdict=_verdict(check, value))


def _converted(value: Fraction, printed: str, unit: Unit, expected: Unit) -> tuple[Fraction | None, str]:
    """A value in the unit of the manual, exactly and as it is shown; None where there is no way."""
    if (factor := prefix_factor(unit, expected)) is not None:
        exactly = value * factor
        shown = f"{float(exactly):.6g} {expected.symbol}" if factor != 1 else ""
        return exactly, shown
    if unit.factor is None or expected.factor is None:
        return None, ""
    lines = conversions(f"in {expected.symbol}", f"{printed} {unit.symbol}")
    shown = next(iter(lines[0].split(" = ")[1:] or lines[0].split(" ≈ ")[1:]), "") if lines else ""
    return convert(value, unit, expected), shown.replace("−", "-")


def _verdict(check: Check, value: Fraction) -> Limit:
    if not check.limited:
        return Limit.UNCHECKED
    if check.low is not None and (value < check.low or (value == check.low and not check.low_included)):
        return Limit.LOW
    if check.high is not None and (value > check.high or (value == check.high and not check.high_included)):
        return Limit.HIGH
    return Limit.OK


def _as_printed(text: str, expected: Unit | None) -> tuple[str, Unit | None]:
    """A reading typed without the care of a printer (`23,5v`, `80 c`, `.5 V`, `300 KPA`) as one is printed, with its unit.

    Of the units that may be meant it is that which measures what is `expected`; empty where none, or several could be.
    """
    match = _TYPED.fullmatch(text)
    if match is None:
        return text, None
    sign, number, behind = match.groups()
    number = f"{sign}0{number}" if number[0] in ".," else f"{sign}{number}"
    if not behind:
        return number, None
    alike = units_alike(behind.rstrip(" ."))
    fitting = [one for one in alike if expected is None or one.dimension == expected.dimension] or alike
    if len(fitting) == 1 or (fitting and unit_of(behind) == fitting[0]):
        return f"{number} {fitting[0].symbol}", fitting[0]
    return ("", None) if behind[0].isalpha() else (f"{number}{behind}", None)


def _example(check: Check) -> str:
    return marked(f"23.5 {check.unit or 'V'}")


def _measured(sentence: str) -> Iterator[_Wanted]:
    """What a sentence tells to measure: each noun that says what is measured, else the whole of its object."""
    for match in (*phrases.MEASURE.finditer(sentence), *phrases.GERMAN_MEASURE.finditer(sentence)):
        groups = match.groupdict()
        if groups.get("value"):
            yield _Wanted(name="", dimension="", found=[])
            continue
        whole = groups.get("sure") or groups.get("any") or ""
        if groups.get("any") and phrases.dimension_of(whole) is None:
            continue
        telling = [part for part in phrases.AND.split(whole) if phrases.dimension_of(part) is not None]
        for part in telling if len(telling) > 1 else [whole]:
            name = squeeze(phrases.ARTICLE.sub("", squeeze(part)))
            if name and len(name) <= _NAME:
                told = "" if phrases.PRONOUN.fullmatch(name) or phrases.NO_NAME.match(name) else name
                yield _Wanted(name=told, dimension=phrases.dimension_of(name) or "", found=[])


def _expected(sentence: str) -> Iterator[tuple[str, Check]]:
    """The values that a sentence expects, each with the words that say of what; those are empty for `it` and the like."""
    if phrases.CONDITION.search(sentence) or phrases.LEADING_CONDITION.match(sentence):
        return
    for one in quantities(sentence):
        if one.unit is None or not one.low:
            continue
        before, behind = sentence[: one.start], sentence[one.end :]
        clause = _BOUNDARY.split(before)[-1]
        if phrases.COMPARED.match(behind):  # `1/8 inch larger than the damage`
            continue
        limits, start = _limits(sentence, one, clause)
        direct = bool(phrases.DIRECT.search(clause))
        is_said = bool(phrases.IS_NEAR.search(clause) or phrases.IS.match(behind.lstrip()))
        asking = (phrases.MUST, phrases.UNTIL, phrases.ENSURE)
        if limits is None:
            said = bool(phrases.VALUE_IS.search(clause)) and any(word.search(clause) for word in asking)
        else:
            said = (
                direct
                or (is_said and any(word.search(clause) for word in asking))
                or any(word.search(clause) for word in (phrases.PERMITTED, phrases.HEALTHY))
                or any(word.search(before) for word in (phrases.EXTREME, phrases.COLON))
                or bool(phrases.GOOD.match(behind))
                or bool(
                    phrases.MUST.search(clause)
                    and (phrases.WITHIN.search(clause) or phrases.EXCEED.match(sentence, one.start))
                )
            )
        subject = _subject(clause)
        if limits is None and subject and phrases.dimension_of(subject) is None:
            continue  # `the fuse must be 2.5 A` is no reading
        if not said or (one.dimension == "time" and not (limits and phrases.WITHIN.search(clause))):
            continue
        made = Check(name="", expected=squeeze(sentence[start : one.end]), unit=one.unit.symbol)
        if limits is not None:
            made = _limited(made, limits)
        if direct:  # `measure 2 V or more between 23 and 24`
            yield squeeze(_BOUNDARY.split(behind)[0].strip(" .")), made
        elif one.dimension == "time":  # `the engine must stop in less than 10 s`
            yield squeeze(phrases.ARTICLE.sub("", squeeze(phrases.WITHIN.sub("", clause)))), made
        else:
            yield subject, made


def _limits(sentence: str, one: Quantity, clause: str) -> tuple[_Range | None, int]:
    """The limits that a value sets and where in the sentence they begin; None where it sets none, or not surely.

    In a `clause` that says not, `above` is a maximum and `below` a minimum, and nothing else is sure.
    """
    numbers = {name: number_of(getattr(one, name)) for name in ("low", "high", "plus", "minus") if getattr(one, name)}
    low, high = numbers.get("low"), numbers.get("high")
    if low is None or None in numbers.values() or one.bound == "about":
        return None, one.start
    if refused := list(phrases.NOT.finditer(clause)):
        turned = {"above": _Range(high=low), "below": _Range(low=low)}.get(one.bound)
        return (None if high is not None or "plus" in numbers else turned), one.start - len(clause) + refused[
            -1
        ].start()
    if "plus" in numbers:
        plus, minus = numbers["plus"], numbers["minus"]
        if plus is None or minus is None or one.bound or high is not None:
            return None, one.start
        printed = sentence[one.start : one.end]
        if "%" in printed:
            own = [unit for unit in quantities(re.split(r"±|\+", printed, maxsplit=1)[0]) if unit.unit]
            if one.unit is None or (one.unit.symbol == "%" and not (own and own[0].unit and own[0].unit.symbol == "%")):
                return None, one.start  # a share of the value: its unit stands before the tolerance, its amount behind
        return _Range(low=low - minus, high=low + plus), one.start
    if high is not None:
        return (None, one.start) if one.bound or high <= low else (_Range(low=low, high=high), one.start)
    bounds = {
        "min": _Range(low=low),
        "above": _Range(low=low, low_included=False),
        "max": _Range(high=low),
        "below": _Range(high=low, high_included=False),
    }
    if one.bound:
        return bounds.get(one.bound), one.start
    if named := phrases.EXTREME.search(sentence[: one.start]):
        return bounds[str(named.lastgroup)], named.start()
    return None, one.start


def _subject(clause: str) -> str:
    """What a clause says something of: the words before its verb; empty where these name nothing."""
    words = phrases.ENSURE.split(phrases.UNTIL.split(clause)[-1])[-1]
    name = squeeze(phrases.ARTICLE.sub("", squeeze(phrases.VERB.split(words, maxsplit=1)[0])))
    nameless = (
        not name or phrases.PRONOUN.fullmatch(name) or phrases.NO_NAME.match(name) or phrases.EXTREME_NAME.search(name)
    )
    return "" if nameless or len(name) > _NAME else name


def _assign(wanted: list[_Wanted], subject: str, expected: Check) -> None:
    """Give an expected value to what it is expected of: what has its name, what was to be measured last, else itself."""
    dimension, named = unit_dimension(expected.unit), phrases.dimension_of(subject) or ""
    if named and named != dimension:
        return
    if subject:
        fitting = [
            one for one in wanted if one.name.casefold() == subject.casefold() or (named and one.dimension == named)
        ]
    else:
        fitting = [one for one in wanted if one.dimension in {"", dimension}]
    if len({one.name for one in fitting}) > 1:  # it may be of any of them
        for one in fitting:
            one.found += [expected, expected]
    elif fitting:
        fitting[-1].found.append(expected)
    elif subject or not wanted:
        wanted.append(_Wanted(name=subject, dimension=named, found=[expected]))


def _settled(one: _Wanted) -> Check:
    """What is measured with the one value that is expected of it; where there are several, nobody knows which holds."""
    if len(one.found) != 1 or (one.dimension and one.dimension != unit_dimension(one.found[0].unit)):
        return Check(name=one.name)
    return replace(one.found[0], name=one.name)


def unit_dimension(symbol: str) -> str:
    """What a unit measures; empty for none."""
    unit = UNITS.get(symbol)
    return unit.dimension if unit else ""


def _of_cell(name: str, cell: str, unit: Unit | None) -> Check:
    """What one cell of a column of limits permits: all of it must be one value with its bound."""
    found = quantities(cell)
    if len(found) != 1 or not found[0].low or cell[: found[0].start].strip() or cell[found[0].end :].strip(" ."):
        return Check(name=name, expected=cell, unit=unit.symbol if unit else "")
    one = found[0] if found[0].unit else replace(found[0], unit=unit)
    made = Check(name=name, expected=cell, unit=one.unit.symbol if one.unit else "")
    limits = _limits(cell, one, "")[0]
    return made if limits is None or one.unit is None else _limited(made, limits)


def _limited(check: Check, limits: _Range) -> Check:
    return replace(
        check,
        low=limits.low,
        high=limits.high,
        low_included=limits.low_included,
        high_included=limits.high_included,
    )
