"""Sentences of a manual made wrong, and made other without being made wrong: what the lock must stop, and what it must let pass.

Each falsifier takes a true sentence and says something else with it, as a careless model does: a wrong digit, the neighbour's
value, a dropped `not`. Each rewording keeps what is said. Both are rules over any text; neither knows the lock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Source:
    """A true sentence, the other sentences of its passage, and the manual's words, codes and headings to draw on."""

    sentence: str
    others: tuple[str, ...]
    nouns: tuple[str, ...]
    codes: tuple[str, ...]


NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w,.]*\d)(?!\s*(?:st|nd|rd|th)\b)")
CODE = re.compile(r"(?<![\w-])(?=[\w./-]*\d)(?=[\w./-]*[A-Za-z])[A-Z][\w./-]*\w(?![\w-])")
UNITS = (
    "N·m",
    "bar",
    "psi",
    "mm",
    "cm",
    "m",
    "kg",
    "g",
    "L",
    "mL",
    "V",
    "A",
    "W",
    "kW",
    "Hz",
    "°C",
    "°F",
    "h",
    "min",
    "s",
    "days",
    "Ω",
    "kPa",
    "MPa",
    "%",
    "rpm",
    "mA",
    "kΩ",
    "in",
    "ft",
    "lb",
    "hours",
    "minutes",
    "seconds",
    "years",
    "months",
    "volts",
    "amps",
    "inches",
    "feet",
    "pounds",
    "degrees",
)
UNIT = re.compile(r"(?<=\d)(\s?)(" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + r")(?![\w²³/·])")
_UNIT_SWAPS = {
    "N·m": "lbf·ft",
    "bar": "psi",
    "psi": "bar",
    "mm": "cm",
    "cm": "mm",
    "m": "ft",
    "kg": "lb",
    "g": "kg",
    "L": "gal",
    "mL": "L",
    "V": "kV",
    "A": "mA",
    "W": "kW",
    "kW": "hp",
    "Hz": "kHz",
    "°C": "°F",
    "°F": "°C",
    "h": "days",
    "min": "s",
    "s": "min",
    "days": "weeks",
    "Ω": "kΩ",
    "kPa": "psi",
    "MPa": "kPa",
    "%": "‰",
    "rpm": "Hz",
    "mA": "A",
    "kΩ": "Ω",
    "in": "mm",
    "ft": "m",
    "lb": "kg",
    "hours": "minutes",
    "minutes": "hours",
    "seconds": "minutes",
    "years": "months",
    "months": "years",
    "volts": "amps",
    "amps": "volts",
    "inches": "feet",
    "feet": "inches",
    "pounds": "kilograms",
    "degrees": "minutes",
}
ANTONYMS = {}
for _pair in (
    "open close",
    "opens closes",
    "opened closed",
    "opening closing",
    "left right",
    "clockwise counterclockwise",
    "on off",
    "up down",
    "above below",
    "over under",
    "minimum maximum",
    "least most",
    "increase decrease",
    "increases decreases",
    "increased decreased",
    "higher lower",
    "high low",
    "highest lowest",
    "tighten loosen",
    "tightened loosened",
    "positive negative",
    "inlet outlet",
    "upper lower",
    "front rear",
    "front back",
    "inside outside",
    "top bottom",
    "hot cold",
    "wet dry",
    "empty full",
    "remove install",
    "removed installed",
    "connect disconnect",
    "connected disconnected",
    "start stop",
    "starts stops",
    "lock unlock",
    "push pull",
    "first last",
    "more less",
    "before after",
    "into from",
    "with without",
    "always never",
    "large small",
    "long short",
    "new old",
    "input output",
    "may must",
    "can cannot",
    "fast slow",
    "thick thin",
    "early late",
    "male female",
    "primary secondary",
    "internal external",
    "vertical horizontal",
    "enable disable",
    "enabled disabled",
    "larger smaller",
    "longer shorter",
    "if unless",
    "greater less",
    "north south",
    "east west",
    "inner outer",
    "all some",
    "every some",
    "and or",
    "öffnen schließen",
    "links rechts",
    "vor nach",
    "ein aus",
    "mehr weniger",
    "abrir cerrar",
    "izquierda derecha",
    "antes después",
    "más menos",
):
    _a, _b = _pair.split()
    ANTONYMS.setdefault(_a, _b)
    ANTONYMS.setdefault(_b, _a)
NEGATION = re.compile(
    r"\b(?:do not|does not|did not|don't|doesn't|not|never|no|cannot|can't|isn't|aren't|without|nicht|kein|keine|nie|ohne|nunca|sin)\b",
    re.I,
)
WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    "ensure thing need needs require requires required would been being please their dass wird werden wurde haben sein eine einen einer eines dieser diese dieses auch oder also noch sich para este esta como this that these those with from into than then they them their there here when where which while will would shall should must have been were each also only more most some such your about after before under over between make made does using used every other another very just like because through until within without".split()
)


def _replace(text: str, match: re.Match[str], new: str, group: int = 0) -> str:
    return text[: match.start(group)] + new + text[match.end(group) :]


def _numbers(text: str) -> list[re.Match[str]]:
    return [match for match in NUMBER.finditer(text) if match.start() > 3 or not re.match(r"\s*\d+[.)]\s", text)]


def wrong_digit(source: Source, chance: random.Random) -> str | None:
    found = _numbers(source.sentence)
    if not found:
        return None
    match = chance.choice(found)
    digits = list(match.group())
    place = chance.choice([i for i, one in enumerate(digits) if one.isdigit()])
    digits[place] = chance.choice([d for d in "123456789" if d != digits[place]])
    return _replace(source.sentence, match, "".join(digits))


def moved_point(source: Source, chance: random.Random) -> str | None:
    found = _numbers(source.sentence)
    if not found:
        return None
    match = chance.choice(found)
    printed = match.group()
    return _replace(
        source.sentence, match, re.sub(r"[.,]", "", printed) if re.search("[.,]", printed) else printed + "0"
    )


def neighbours_number(source: Source, chance: random.Random) -> str | None:
    mine = _numbers(source.sentence)
    others = {match.group() for text in (*source.others, source.sentence) for match in _numbers(text)}
    if not mine:
        return None
    match = chance.choice(mine)
    choice = sorted(others - {match.group()})
    return _replace(source.sentence, match, chance.choice(choice)) if choice else None


def swapped_numbers(source: Source, chance: random.Random) -> str | None:
    found = _numbers(source.sentence)
    pairs = [(a, b) for a in found for b in found if a.start() < b.start() and a.group() != b.group()]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    text = source.sentence
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def swapped_unit(source: Source, chance: random.Random) -> str | None:
    found = list(UNIT.finditer(source.sentence))
    if not found:
        return None
    match = chance.choice(found)
    return _replace(source.sentence, match, _UNIT_SWAPS[match.group(2)], 2)


def dropped_unit(source: Source, chance: random.Random) -> str | None:
    found = list(UNIT.finditer(source.sentence))
    # In a range or before the preposition `in` the other mention keeps the unit.
    found = [
        match
        for match in found
        if not re.match(r"\s*(?:in\b|to\b|[–-])", source.sentence[match.end() :])
        and not re.search(r"(?:\bto|–|-)\s*[-+–]?[\d.,]+$", source.sentence[: match.start()])
        and (match.group(2) != "in" or not re.match(r"\s+\w", source.sentence[match.end() :]))
    ]
    return _replace(source.sentence, chance.choice(found), "") if found else None


def half_range(source: Source, chance: random.Random) -> str | None:
    match = re.search(
        r"(\d+(?:[.,]\d+)?)(?:\s?[–—-]\s?| to )(\d+(?:[.,]\d+)?)(?![\w-]*\w-)(?=\s?[^\W\d]|[ .,])", source.sentence
    )
    if (
        not match
        or re.match(r"[\w.-]", source.sentence[max(0, match.start() - 1)])
        or re.search(r"(?:fig|table|section)\S*\s*$", source.sentence[: match.start()], re.I)
    ):
        return None
    return _replace(source.sentence, match, match.group(chance.choice([1, 2])))


def dropped_tolerance(source: Source, _: random.Random) -> str | None:
    match = re.search(r"\s?(?:±|\+/-)\s?\d+(?:[.,]\d+)?(?!\s?%)", source.sentence)
    return (
        _replace(source.sentence, match, "")
        if match and re.search(r"\d\D{0,6}$", source.sentence[: match.start()])
        else None
    )


def dropped_negation(source: Source, chance: random.Random) -> str | None:
    found = list(NEGATION.finditer(source.sentence))
    if not found:
        return None
    match = chance.choice(found)
    new = {
        "without": "with",
        "cannot": "can",
        "can't": "can",
        "isn't": "is",
        "aren't": "are",
        "ohne": "mit",
        "sin": "con",
        "no": "the",
        "never": "",
    }.get(match.group().lower(), "")
    return " ".join(_replace(source.sentence, match, new).split())


def inserted_negation(source: Source, chance: random.Random) -> str | None:
    found = list(
        re.finditer(
            r"\b(?:is|are|was|were|can|will|must|should|may|ist|sind|darf|kann|muss)\b(?! (?:not|nicht))",
            source.sentence,
        )
    )
    if found:
        match = chance.choice(found)
        word = "nicht" if match.group() in {"ist", "sind", "darf", "kann", "muss"} else "not"
        return source.sentence[: match.end()] + f" {word}" + source.sentence[match.end() :]
    match = re.match(r"((?:\d+[.)]|•)?\s*)([A-Z][a-z]+)(?= the | a | it )", source.sentence)
    return f"{match.group(1)}Do not {match.group(2).lower()}{source.sentence[match.end() :]}" if match else None


def antonym(source: Source, chance: random.Random) -> str | None:
    found = [match for match in re.finditer(r"[^\W\d_]+", source.sentence) if match.group().lower() in ANTONYMS]
    if not found:
        return None
    match = chance.choice(found)
    new = ANTONYMS[match.group().lower()]
    return _replace(source.sentence, match, new.capitalize() if match.group()[0].isupper() else new)


def dropped_only(source: Source, _: random.Random) -> str | None:
    match = re.search(
        r"\b(?:only|nur|solo|sólo|except|usually|normally|sometimes|approximately|about)\s", source.sentence, re.I
    )
    return _replace(source.sentence, match, "") if match else None


def dropped_condition(source: Source, _: random.Random) -> str | None:
    match = re.match(r"(?:If|When|Unless|Before|After|While|Until|Once)\b[^,]{4,80}, ", source.sentence)
    if match:
        rest = source.sentence[match.end() :]
        return rest[0].upper() + rest[1:]
    match = re.search(
        r",? (?:if|unless|until|only if|except|before|after|when|while)\b[^,.;:]{4,}(?=\.$)", source.sentence
    )
    return _replace(source.sentence, match, "") if match and match.start() > 15 else None


def neighbours_code(source: Source, chance: random.Random) -> str | None:
    mine = list(CODE.finditer(source.sentence))
    if not mine:
        return None
    match = chance.choice(mine)
    near = {one.group() for text in source.others for one in CODE.finditer(text)} - {match.group()}
    choice = sorted(near) or sorted(set(source.codes) - {match.group()})
    return _replace(source.sentence, match, chance.choice(choice)) if choice else None


def swapped_codes(source: Source, chance: random.Random) -> str | None:
    found = list(CODE.finditer(source.sentence))
    pairs = [
        (a, b)
        for a in found
        for b in found
        if a.start() < b.start()
        and a.group() != b.group()
        and not re.fullmatch(r"\W*(?:and|or|und|,|to)?\W*", source.sentence[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    text = source.sentence
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def _content(text: str) -> list[re.Match[str]]:
    return [match for match in WORD.finditer(text) if match.group().lower() not in _COMMON]


def other_part(source: Source, chance: random.Random) -> str | None:
    """Another thing of the same passage, or of the manual, in the place of one that is named."""
    mine = [match for match in _content(source.sentence) if match.start() > 0]
    words = {match.group().lower() for match in _content(source.sentence)}
    near = sorted({match.group() for text in source.others for match in _content(text) if match.group().islower()})
    pool = [
        word
        for word in (near if near and chance.random() < 0.7 else source.nouns)
        if not any(word.lower()[:3] == one[:3] for one in words)
    ]
    if not mine or not pool:
        return None
    return _replace(source.sentence, chance.choice(mine), chance.choice(pool))


def swapped_parts(source: Source, chance: random.Random) -> str | None:
    """Two things of a sentence in each other's place."""
    found = list(
        re.finditer(
            r"\b(?:the|a|an|The|der|die|das|el|la) ([^\W\d_]{4,})(?= (?:is|to|with|from|at|into|before|after|on|must|has|opens|drives|by)\b|\.$)",
            source.sentence,
        )
    )
    pairs = [
        (a, b)
        for a in found
        for b in found
        if a.start() < b.start()
        and not {a.group(1).lower(), b.group(1).lower()} & _COMMON
        and a.group(1).lower()[:4] != b.group(1).lower()[:4]
        and not re.fullmatch(r"\W*(?:and|or)\W*", source.sentence[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    text = source.sentence
    return text[: a.start(1)] + b.group(1) + text[a.end(1) : b.start(1)] + a.group(1) + text[b.end(1) :]


def invented(source: Source, chance: random.Random) -> str | None:
    """A word or a reason that the sentence does not have."""
    if chance.random() < 0.5:
        tail = chance.choice(
            (
                "because of a malfunctioning motor",
                "due to wear",
                "to prevent corrosion",
                "in all modes",
                "at any time",
                "for safety reasons",
                "by hand",
                "once a year",
                "if necessary",
            )
        )
        return source.sentence.rstrip(" .") + f" {tail}."
    spots = list(re.finditer(r"\b(?:the|a|an) (?=[a-z]{4,})", source.sentence))
    pool = [word for word in source.nouns if word.lower() not in source.sentence.lower()]
    if not spots or not pool:
        return None
    match = chance.choice(spots)
    return source.sentence[: match.end()] + chance.choice(pool) + " " + source.sentence[match.end() :]


_VERB = re.compile(r"\b(?:is|are|must be|should be|has|have|means|can|must|will|may|should)\b")


def spliced(source: Source, chance: random.Random) -> str | None:
    """The beginning of one sentence with the end of another of the same passage."""
    mine = _VERB.search(source.sentence)
    if not mine or mine.start() < 6:
        return None
    ends = [match.string[match.start() :] for match in map(_VERB.search, source.others) if match and match.start() > 5]
    ends = [
        end
        for end in ends
        if end.rstrip(".") not in source.sentence and not re.match(r"(?:\w+ ){0,3}(?:it|they|this)\b", end)
    ]
    return source.sentence[: mine.start()] + chance.choice(ends) if ends else None


def spliced_value(source: Source, chance: random.Random) -> str | None:
    """A subject with the value of another: `the torque of A is 22, of B 30` as `the torque of A is 30`."""
    quantity = r"\d+(?:[.,]\d+)?\s?(?:" + "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True))) + r")(?!\w)"
    mine = list(re.finditer(quantity, source.sentence))
    if not mine:
        return None
    pool = sorted(
        {match.group() for text in (*source.others, source.sentence) for match in re.finditer(quantity, text)}
    )
    match = chance.choice(mine)
    pool = [one for one in pool if one != match.group()]
    return _replace(source.sentence, match, chance.choice(pool)) if pool else None


def cut_to_other(source: Source, _: random.Random) -> str | None:
    """The beginning of a sentence with its last value or code, without what stands between them."""
    found = [*_numbers(source.sentence), *CODE.finditer(source.sentence)]
    if len(found) < 2:
        return None
    found.sort(key=lambda match: match.start())
    first, last = found[0], found[-1]
    if len(source.sentence) - last.end() > 12:  # what follows may be its own subject and verb
        return None
    if (
        last.start() - first.end() < 6
        or first.group() == last.group()
        or ";" in source.sentence[first.end() : last.start()]
    ):
        return None
    return source.sentence[: first.start()] + source.sentence[last.start() :]


FALSIFIERS: dict[str, Callable[[Source, random.Random], str | None]] = {
    "wrong digit": wrong_digit, "decimal point moved": moved_point, "neighbour's number": neighbours_number,
    "numbers swapped": swapped_numbers, "unit swapped": swapped_unit, "unit dropped": dropped_unit,
    "half of a range": half_range, "tolerance dropped": dropped_tolerance, "negation dropped": dropped_negation,
    "negation inserted": inserted_negation, "opposite word": antonym, "only or about dropped": dropped_only, "condition dropped": dropped_condition,
    "neighbour's code": neighbours_code, "codes swapped": swapped_codes, "other part": other_part, "parts swapped": swapped_parts,
    "invented": invented, "two sentences spliced": spliced, "neighbour's value": spliced_value, "cut to another value": cut_to_other,
}  # fmt: skip


def _gist(text: str, shortest: int = 4) -> str:
    """The long words and the numbers of a text: two texts with the same gist say the same, or one is a piece of the other."""
    return (
        " "
        + " ".join(
            word.removesuffix("s")
            for word in re.findall(
                rf"\d+(?:[.,]\d+)*|[^\W\d_]{{{shortest},}}", re.sub(r"^\s*(?:\d+[.)]|•)\s", "", text.casefold())
            )
            if word not in _COMMON
        )
        + " "
    )


_FROM_ELSEWHERE = frozenset(
    {
        "other part",
        "two sentences spliced",
        "neighbour's value",
        "neighbour's number",
        "cut to another value",
        "invented",
    }
)


def falsified(source: Source, chance: random.Random) -> list[tuple[str, str]]:
    """Every falsehood that the rules make of a sentence, with the name of its rule.

    What the passage says elsewhere is none.
    """
    made = []
    whole = " ".join(" ".join((source.sentence, *source.others)).casefold().split())
    gists = [_gist(other) for other in source.others]
    exact = [_gist(other, 2) for other in source.others]
    for name, rule in FALSIFIERS.items():
        text = rule(source, chance)
        if not text or " ".join(text.split()).casefold() in whole:
            continue
        if name in _FROM_ELSEWHERE and any(_gist(text) in gist for gist in (*gists, _gist(source.sentence))):
            continue
        if any(_gist(text, 2) in gist for gist in exact):
            continue
        made.append((name, text))
    return made


# --- rewordings ---

_IMPERATIVE = re.compile(
    r"(?:\d+[.)]\s+|•\s*)?(Remove|Install|Tighten|Loosen|Clean|Replace|Check|Measure|Fill|Drain|Inspect|Turn|Push|Press|Set|Connect|Disconnect|Open|Close|Fit|Attach|Place|Insert|Lift|Use|Change|Start|Stop|Pull|Apply|Adjust|Test|Read|Wash|Wear|Keep|Put|Hold|Lubricate|Select) ((?:the|a|an|both|all|each) [a-z][a-z -]{2,40}?)(?= (?:to|with|from|at|into|before|after|on|in|by|for|until|if|when|and|every)\b|[.,;:])"
)
_PARTICIPLE = {
    "Fit": "fitted",
    "Put": "put",
    "Set": "set",
    "Read": "read",
    "Hold": "held",
    "Keep": "kept",
    "Stop": "stopped",
    "Apply": "applied",
    "Drain": "drained",
    "Wear": "worn",
}


def passive(source: Source, chance: random.Random) -> str | None:
    match = _IMPERATIVE.match(source.sentence)
    rest = source.sentence[match.end() :] if match else ""
    if not match or re.match(r" and\b|,", rest):
        return None
    verb = _PARTICIPLE.get(match.group(1)) or match.group(1).lower().removesuffix("e") + "ed"
    number = (
        "must be"
        if match.group(2).startswith(("both", "all")) or match.group(2).endswith("s")
        else chance.choice(("must be", "should be", "is"))
    )
    if number == "is" and match.group(1) in {"Open", "Close", "Connect", "Install", "Stop", "Fill", "Lock"}:
        number = "must be"
    return f"{match.group(2)[0].upper()}{match.group(2)[1:]} {number} {verb}{rest}"


def obliged(source: Source, _: random.Random) -> str | None:
    match = re.match(
        r"(?:\d+[.)]\s+|•\s*)?(Do not |)(Remove|Install|Tighten|Loosen|Clean|Replace|Check|Measure|Fill|Drain|Inspect|Turn|Push|Press|Set|Connect|Disconnect|Open|Close|Fit|Use|Start|Stop|Wear|Keep|Make|Touch|Operate)\b",
        source.sentence,
    )
    if not match:
        return None
    rest = match.group(2).lower() + source.sentence[match.end() :]
    return f"You must {'not ' if match.group(1) else ''}{rest}"


def condition_moved(source: Source, _: random.Random) -> str | None:
    match = re.fullmatch(
        r"((?:If|When|Before|After|While|Until|Once|Unless) [^,:;()]{6,80}), ([^,:;()]+)\.", source.sentence
    )
    if match:
        first, main = match.groups()
        return f"{main[0].upper()}{main[1:]} {first[0].lower()}{first[1:]}."
    match = re.fullmatch(
        r"([A-Z][^,:;()]{10,}?) ((?:if|when|before|after|until|unless) [^,:;()]{6,})\.", source.sentence
    )
    if (
        match
        and not re.search(r"\b(?:and|or|that|which)\b", match.group(1))
        and not re.search(r"\b(?:only|not|do)$", match.group(1))
    ):
        main, last = match.groups()
        return f"{last[0].upper()}{last[1:]}, {main[0].lower() if not re.match(r'[A-Z]{2}|[A-Z]?[0-9]', main) else main[0]}{main[1:]}."
    return None


_RESPELLED = (("N·m", "Nm"), (" hours", " h"), (" minutes", " min"), (" seconds", " s"), (" litres", " L"), (" °C", "°C"), (" kg", "kg"), (" mm", "mm"), (" V", " volts"), (" A", " amps"), (" h", " hours"), (" min", " minutes"), (" inches", " in"), (" feet", " ft"), (" L", " liters"))  # fmt: skip


def respelled_unit(source: Source, _: random.Random) -> str | None:
    for old, new in _RESPELLED:
        match = re.search(rf"(?<=\d){re.escape(old)}(?![\w/·²³.(-])", source.sentence)
        if match and not re.search(r"\d\s?[–-]\s?\d|[/±]", source.sentence):
            return _replace(source.sentence, match, new)
    return None


def number_in_words(source: Source, _: random.Random) -> str | None:
    names = dict(zip("2 3 4 5 6 7 8 9 10".split(), "two three four five six seven eight nine ten".split(), strict=True))
    match = re.search(r"(?<= )(?:[2-9]|10)(?= [a-z]{4,})", source.sentence)
    if match and not re.search(
        r"(?:step|item|section|chapter|page|no\.|x|×|/|class|grade|type|level|[Ff]ig\S*|[Tt]able|\d) $",
        source.sentence[: match.start()],
    ):
        return _replace(source.sentence, match, names[match.group()])
    back = {word: digit for digit, word in names.items()}
    match = re.search(r"(?<= )(?:two|three|four|five|six|seven|eight|nine|ten)(?= [a-z]{3,})", source.sentence)
    return _replace(source.sentence, match, back[match.group()]) if match else None


def without_articles(source: Source, _: random.Random) -> str | None:
    text = re.sub(r"\b(?:the|a|an) (?=[a-z])", "", source.sentence)
    return text[0].upper() + text[1:] if text != source.sentence else None


def introduced(source: Source, _: random.Random) -> str | None:
    body = re.sub(r"^(?:\d+[.)]|•)\s*", "", source.sentence)
    return f"According to the manual, {body[0].lower() if re.match('[A-Z][a-z]', body) else body[0]}{body[1:]}"


def aside_dropped(source: Source, _: random.Random) -> str | None:
    match = re.search(r" \((?![^)]*\b(?:not|only|if|unless|except|or|without)\b)[^()]{2,60}\)", source.sentence)
    if match and len(source.sentence) - len(match.group()) > 25:
        return _replace(source.sentence, match, "")
    match = re.search(r", which [^,;:]*(?=,)|, which [^,;:]*(?=\.$)", source.sentence)
    if match and not re.search(r"\b(?:not|only|if|unless|or|without)\b", match.group()):
        text = _replace(source.sentence, match, "")
        return (
            re.sub(r"(?<=\w), (?=\w)", " ", text, count=1)
            if match.group()[-1] != "." and source.sentence[match.end() : match.end() + 1] == ","
            else text
        )
    return None


def first_of_two(source: Source, _: random.Random) -> str | None:
    """The first of two orders that a sentence joins."""
    match = re.fullmatch(
        r"([A-Z][^,:;()]{12,80})(?:,| and|, and) (?:then )?((?:remove|clean|check|turn|push|press|pull|lift|wait|replace|let|make|put|use)\b [^,:;()]{8,})\.",
        source.sentence,
    )
    if not match or re.search(
        r"\b(?:not|if|or|until|before|after|when|unless|only|without|to|both|between)\b", source.sentence
    ):
        return None
    return f"{match.group(1)}."


def joined(source: Source, _: random.Random) -> str | None:
    """The sentence with the one behind it, joined by `and`."""
    after = source.others[0] if source.others else ""
    plain = r"[A-Z][^,:;()?]{12,90}\."
    if (
        re.fullmatch(plain, source.sentence)
        and re.fullmatch(plain, after)
        and re.match(r"(?:Remove|Clean|Check|Turn|Push|Open|Close|Start|Stop|Put|Use|Tighten|The|Let|Lift)\b", after)
    ):
        return f"{source.sentence[:-1]} and {after[0].lower()}{after[1:]}"
    return None


def contracted(source: Source, _: random.Random) -> str | None:
    text = source.sentence
    for old, new in (
        ("Do not", "Don't"),
        ("do not", "don't"),
        ("does not", "doesn't"),
        ("cannot", "can't"),
        ("is not", "isn't"),
        ("must not", "mustn't"),
        ("are not", "aren't"),
    ):
        if old in text:
            return text.replace(old, new)
    return None


def genitive(source: Source, _: random.Random) -> str | None:
    match = re.search(
        r"\bthe ([a-z]{4,}) of the ([a-z]{4,}(?: [a-z]{4,})?)(?= (?:is|must|has|at|to|in)\b)", source.sentence
    )
    return _replace(source.sentence, match, f"the {match.group(2)} {match.group(1)}") if match else None


REWORDINGS: dict[str, Callable[[Source, random.Random], str | None]] = {
    "passive": passive, "you must": obliged, "condition moved": condition_moved, "unit respelled": respelled_unit,
    "number in words": number_in_words, "articles dropped": without_articles, "introduced": introduced,
    "aside dropped": aside_dropped, "first of two orders": first_of_two, "two sentences joined": joined, "contracted": contracted, "of turned": genitive,
}  # fmt: skip


def reworded(source: Source, chance: random.Random) -> list[tuple[str, str]]:
    """Every rewording that the rules make of a sentence, with the name of its rule."""
    made = ((name, rule(source, chance)) for name, rule in REWORDINGS.items())
    return [(name, text) for name, text in made if text and text != source.sentence]


def sources(sentences: Sequence[str], nouns: Sequence[str], codes: Sequence[str]) -> list[Source]:
    """The sentences of one passage, each with the others: those behind it first."""
    return [
        Source(one, (*sentences[number + 1 :], *sentences[:number]), tuple(nouns), tuple(codes))
        for number, one in enumerate(sentences)
    ]
