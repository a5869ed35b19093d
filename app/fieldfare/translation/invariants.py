"""What no translation may change: the values and codes of a sentence, read as the lock reads them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter, itemgetter

from fieldfare.catalogue import _
from fieldfare.grounding.tokens import CODE
from fieldfare.quantities import quantities
from fieldfare.text import identifiers
from fieldfare.translation.words import LANGUAGES
from fieldfare.units import unit_at

# `$$ v_{max} = 5 $$`, `{0}`, `%1$s`, `${HOME}`, `<b>`, `&nbsp;`, `` `code` ``, addresses, the target of a Markdown link, `/dev/ttyACM0`.
MARKUP = re.compile(
    r"\$\$?(?=[^$\n]*[\\{^_])[^$\n]{1,400}\$\$?|\$?\{\{?[^{}\s]{0,40}\}?\}|%(?:\(\w+\))?(?:\d+\$)?[-+0]?\d*(?:\.\d+)?[sdifgx](?![\w%])|</?[A-Za-z][^<>\n]{0,200}>|"
    r"&(?:[a-z]{2,8}|#\d{1,6});|`[^`\n]{1,80}`|(?:https?|ftp|mailto|file)://[^\s<>()\"'»”]*[\w/]|"
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<=\])\([^()\s]+\)|\*\*|__|"
    r"(?<![\w./])(?:-\w|~|\.{1,2})?(?:/[\w.+-]*\w){2,}/?|\\[A-Za-z]{2,}|\|"
)
_VERSION = re.compile(r"(?<![\w.])[vV]?\d+(?:\.\d+)*\.[xX](?!\w)|(?<![\w.])[vV]\.?\d+(?:\.\d+)*(?![\w])")  # 0.85.x
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COMPOUND = re.compile(r"(?<=\d)(?:-[^\W\d_]*[^\W\d_A-Z]{2,}[^\W\d_]*)+$")  # M8-Schraube, 24-hour
# `minus 5` is -5; `au moins 5` and `al menos 5` are bounds.
_MINUS = re.compile(r"(?<!plus )(?<!plus or )(?<!plus ou )(?<!\w)minus (?=\d)", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"(-?[1-9]\d{0,2})([.,])(\d{3})")  # 0.001 is no thousand
_DECIMALS = re.compile(r"(?:[.,]\d+)+")
_UNREAD = re.compile(r"[^\W_]*\d[^\W_]*(?:[.,]\d+)*")
_LETTERED = re.compile(
    r"(?<![\w.,])\d+(?:[.,]\d+)*(?!(?:st|nd|rd|th|er|re|o)(?!\w))(?P<letters>[^\W\d_]{1,2})(?!\w)"
)  # 14a, 2x
# Where a letter that stands alone may come from: `axis z`, `XYZ`, `AXIS_L`, `DTerm`.
_ALONE = re.compile(r"(?<![^\W_'’])[^\W\d_](?![^\W_'’])|(?<![^\W_])[A-Z](?=[A-Z][a-z])|(?<![^\W_])[A-Z]{2,4}(?![^\W_])")
# `axis Z`, `point X`, `6.2 G`: not `z. B.`, not the words of one letter that languages have.
_LETTER = re.compile(r"(?<![\w'’&/.])(?<!\.[\s\u00a0])[B-DF-HJ-NP-TV-XZ](?![\w'’&]|\.[\s\u00a0]?[A-Z]\.)")
_NAMED = re.compile(r"(?<![\w./-])(?:\w+[-/])+[A-Z]+\d+\w*|(?<![\w.,])\d+[A-Z]+\d\w*")  # ST-Link/V2, 6H6
_DECIMAL = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)+(?![.,]?\w)")
_BEFORE_UNIT = re.compile(r"[\d\x02][\s\u00a0-]?(?=\S)")
_DEVIATION = "±"
_AND = re.compile(r"\s*(?:[,/x×–-]|,?\s(?:and|und|y|e|et|o|ou|or|oder|to|à|a|bis|hasta|até|al|x|×|ed|et|u))\s*")


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a text as it reads in its language, with the symbol of its unit (empty for none).

    `5 and 10 mm` are two values in millimetres.
    """

    number: str
    unit: str
    printed: str


@dataclass(frozen=True, slots=True)
class Invariants:
    """The values, codes, markup and number words of a text, each in order."""

    values: tuple[Value, ...]
    codes: tuple[str, ...]  # folded, without white space
    order: tuple[Value | str, ...]  # values and codes as they follow each other
    bare: tuple[str, ...]  # decimals without a unit as printed: 3.1 may be a section or a version
    units: tuple[str, ...]  # printed behind numbers, each time
    markup: tuple[str, ...]
    letters: frozenset[str]  # capitals that stand alone
    alone: frozenset[str]  # every letter that does, or could on the other side
    words: tuple[int, ...]  # numbers written as words
    vague: tuple[int, ...]  # words that may stand for a number: `both`, `pair`


def number_of(plain: str, language: str) -> str:
    """A number of `fieldfare.quantities` in the reading of a language: `1,234` is 1234 in English, 1.234 in German."""
    known = LANGUAGES.get(language)
    found = _AMBIGUOUS.fullmatch(plain)
    if found is None or known is None:
        return plain
    decimal = (found[2] == ",") is known.comma
    return f"{found[1]}.{found[3]}" if decimal else found[1] + found[3]


def code_spans(text: str) -> list[tuple[int, int]]:
    """Where codes, part numbers, threads, dates and file names stand; a compound (`M8-Schraube`) counts with its code alone."""
    found = {match.span() for pattern in (CODE, _VERSION, _NAMED) for match in pattern.finditer(text)}
    for printed in identifiers(text):
        for match in re.finditer(rf"(?<![\w.\-/]){re.escape(printed)}(?![\w-]|[./]\w)", text):
            found.add(match.span())
    found |= {match.span() for match in _LETTERED.finditer(text) if not unit_at(text, match.start("letters"))}
    spans: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if spans and start < spans[-1][1]:
            continue
        compound = _COMPOUND.search(text[start:end])
        stop = start + compound.start() if compound else end
        if text[stop - 1] in '"″' and text[start - 1 : start] in {'"', "″"}:  # "G4" stands in quotes
            stop -= 1
        stop += len(decimals.group()) if (decimals := _DECIMALS.match(text, stop)) else 0  # X-2,5
        if not _is_value(text[start:stop]):
            spans.append((start, stop))
    return spans


def _is_value(printed: str) -> bool:
    """Whether what looks like a code is a value: `24V`, `5-10bar`, or a plain number."""
    if not printed[0].isdigit():
        return False
    found = quantities(printed)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(printed)):
        return False
    return found[0].unit is not None or bool(_NUMBER.fullmatch(printed))


@lru_cache(maxsize=4096)
def invariants(text: str, language: str) -> Invariants:
    """What a translation of a text must keep, read in the text's language."""
    alone = frozenset("".join(_ALONE.findall(text)).upper())
    markup = tuple(match.group() for match in MARKUP.finditer(text))
    text = MARKUP.sub(lambda match: "\x02" * len(match.group()), text)
    spans = code_spans(text)
    codes = [(start, "".join(text[start:end].replace("×", "x").casefold().split())) for start, end in spans]
    for start, end in spans:
        text = text[:start] + "\x01" * (end - start) + text[end:]
    text = _MINUS.sub(lambda match: " " * (len(match.group()) - 1) + "-", text)
    values = _values(text, language)
    codes += _left_over(text)
    codes.sort(key=itemgetter(0))
    order: list[tuple[int, Value | str]] = sorted([*codes, *values], key=itemgetter(0))
    return Invariants(
        bare=_bare(text),
        units=_units(text, language),
        values=tuple(value for _, value in values),
        codes=tuple(code for _, code in codes),
        order=tuple(one for _, one in order),
        markup=markup,
        letters=_letters(text),
        alone=alone,
        words=_words(text, language, ""),
        vague=_words(text, language, "~"),
    )


def _left_over(text: str) -> list[tuple[int, str]]:
    """The digits that stand in no value and no code, with their places: `Fig.3`. Of a text no digit goes unread."""
    for one in quantities(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return [(match.start(), match.group().casefold()) for match in _UNREAD.finditer(text)]


def _letters(text: str) -> frozenset[str]:
    """The letters that stand alone behind no number whose unit they are: of an axis, a point, a figure."""
    for one in quantities(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return frozenset(_LETTER.findall(text)) if any(map(str.islower, text)) else frozenset()


def _bare(text: str) -> tuple[str, ...]:
    """The decimals that stand without a unit, without those that may be thousands."""
    found = []
    for match in _DECIMAL.finditer(text):
        place = match.end() + (text[match.end() : match.end() + 1] in {" ", "-", "\u00a0"})
        if not _AMBIGUOUS.fullmatch(match.group()) and not unit_at(text, match.end()) and not unit_at(text, place):
            found.append(match.group())
    return tuple(found)


def _is_preposition(text: str, end: int, language: str) -> bool:
    """Whether an `in` that ends at a place is no inch: `2025 in Kraft`, `layer 2 in OSI`."""
    return text[:end].endswith("in") and (language != "en" or bool(re.match(r"[\s-]+\w", text[end:])))


def _units(text: str, language: str) -> tuple[str, ...]:
    """The units that are printed behind numbers and markup, in the order of their symbols."""
    found = []
    for match in _BEFORE_UNIT.finditer(text):
        unit = unit_at(text, match.end())
        if unit and not (unit[0].symbol == "in" and _is_preposition(text, unit[1], language)):
            found.append(unit[0].symbol)
    return tuple(sorted(found))


def _values(text: str, language: str) -> list[tuple[int, Value]]:
    """Every single number of a text with its place: the ends of a range and the deviations of a tolerance each for themselves."""
    found: list[tuple[int, Value]] = []
    before = -1
    for one in quantities(text):
        symbol = one.unit.symbol if one.unit else ""
        if symbol == "in" and _is_preposition(text, one.end, language):
            symbol = ""
        if symbol and found and not found[-1][1].unit and _AND.fullmatch(text, before, one.start):  # 5 and 10 mm
            found[-1] = (found[-1][0], replace(found[-1][1], unit=symbol))
        before = one.end
        low, _, own = one.low.partition(" ")  # a range between two units has the first one here
        if own and "/" in own:
            low, own = one.low, ""
        parts = [(low, own or symbol, ""), (one.high, symbol, "")]
        if one.plus == one.minus:
            parts.append((one.plus, symbol, _DEVIATION))
        else:
            parts += [(one.plus, symbol, "+"), (one.minus, symbol, "-")]
        for number, unit, sign in parts:
            if number:
                found.append((one.start, Value(sign + number_of(number, language), unit, sign + number)))
    return found


def _words(text: str, language: str, mark: str) -> tuple[int, ...]:
    known = LANGUAGES.get(language)
    if known is None:
        return ()
    found = (known.numbers.get(mark + word) for word in _WORD.findall(text.casefold()))
    return tuple(value for value in found if value is not None)


def changed(source: Invariants, target: Invariants) -> str:
    """What a translation changed of the values, codes and markup of its source, as words; empty where nothing."""
    if lost := Counter(source.codes) - Counter(target.codes):
        return _("the code {code} is missing").format(code=next(iter(lost)))
    if added := Counter(target.codes) - Counter(source.codes):
        return _("the code {code} was added").format(code=next(iter(added)))
    if lost := Counter(source.markup) - Counter(target.markup):
        return _("the markup {markup} is missing").format(markup=next(iter(lost)))
    if added := Counter(target.markup) - Counter(source.markup):
        return _("the markup {markup} was added").format(markup=next(iter(added)))
    if source.letters - target.alone:
        return _("the code {code} is missing").format(code=min(source.letters - target.alone))
    if target.letters - source.alone:
        return _("the code {code} was added").format(code=min(target.letters - source.alone))
    if lost := Counter(source.bare) - Counter(target.bare):
        return _("the number {number} is missing, or printed otherwise").format(number=next(iter(lost)))
    return _numbers_changed(source, target) or _units_changed(source, target) or _reordered(source, target)


def _numbers_changed(source: Invariants, target: Invariants) -> str:
    """A number that is missing or new, each read as its own language prints it, or all as they are printed."""
    best = ""
    for read in (lambda value: value.number, lambda value: value.printed):
        before, after = Counter(map(read, source.values)), Counter(map(read, target.values))
        words_before, words_after = Counter(source.words + source.vague), Counter(target.words + target.vague)
        lost = _uncovered(before - after, words_after - words_before)
        added = _uncovered(after - before, words_before - words_after)
        if not lost and not added:
            return _words_changed(source, target)
        best = best or (
            _("the number {number} is missing").format(number=lost)
            if lost
            else _("the number {number} was added").format(number=added)
        )
    return best


def _uncovered(numbers: Counter[str], words: Counter[int]) -> str:
    """The first number that is not written as a word on the other side."""
    for number, count in numbers.items():
        if not (number.isdigit() and words[int(number)] >= count):
            return number
    return ""


def _words_changed(source: Invariants, target: Invariants) -> str:
    """A number word from two upwards that the other side says neither as a word nor in digits."""
    for mine, other, what in (
        (source, target, _("the number {number} (as a word) is missing")),
        (target, source, _("the number {number} (as a word) was added")),
    ):
        digits = {value.number for value in other.values}
        for word in mine.words:
            if word > 1 and word not in other.words + other.vague and str(word) not in digits:
                return what.format(number=word)
    return ""


def _units_changed(source: Invariants, target: Invariants) -> str:
    """A unit that was lost, is new or stands behind another number; `5 and 10 mm` may become `5 mm and 10 mm`."""
    if lost := Counter(source.units) - Counter(target.units):
        return _("the unit {unit} is missing").format(unit=next(iter(lost)))
    if added := set(target.units) - set(source.units):
        return _("the unit {unit} was added").format(unit=min(added))
    for number in {one.number for one in source.values} & {one.number for one in target.values}:
        mine, other = (Counter(one.unit for one in side.values if one.number == number) for side in (source, target))
        if mine != other:
            return _("the value {number} has another unit").format(number=number)
    return ""


def _reordered(source: Invariants, target: Invariants) -> str:
    """Whether numbers and codes changed places, so that each may belong to another thing; people hardly ever do that."""
    for read in (attrgetter("number"), attrgetter("printed")):
        before, after = (
            [one if isinstance(one, str) else read(one) for one in side.order] for side in (source, target)
        )
        if sorted(before) == sorted(after):
            return _("numbers or codes stand in another order") if before != after else ""
    return ""
