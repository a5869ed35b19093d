"""What an engine must not touch is put behind masks before it reads a sentence, and comes back in its place behind it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.quantities import quantities
from fieldfare.text import STOP_WORDS
from fieldfare.translation.invariants import MARKUP, code_spans, number_of
from fieldfare.translation.words import LANGUAGES
from fieldfare.units import UNITS, unit_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[±]?(?<!\d)[-−–+]?\d+(?:[.,]\d+)*")
_SYMBOL_SIZE = (
    2  # letters of a word that may be a unit's name in one language only: `min` stays, `minutes` is translated
)
# Capitals inside a sentence: what is printed on the machine (`AUTO`, `ESC`), unless it is a word said loudly (`NOT`).
_LABEL = re.compile(r"(?<![\w.-])[A-ZÄÖÜÉÈ][A-ZÄÖÜÉÈ0-9]{1,5}(?:[+/][A-Z0-9]{1,6})*(?![\w])")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SEPARATED = re.compile(r"\d[.,]\d")


@dataclass(frozen=True, slots=True)
class Form:
    """How a mask looks to an engine: `template` holds its number, `pattern` finds it again however it was spaced."""

    template: str
    pattern: re.Pattern[str]

    def mask(self, number: int) -> str:
        """The mask with a number."""
        return self.template.format(number)


def _form(template: str) -> Form:
    before, _, after = template.partition("{}")
    pieces = [
        r"(?<![^\W_])",
        *(re.escape(one) + r"\s?" for one in before),
        r"(\d{1,2})(?!\d)",
        *(r"\s?" + re.escape(one) for one in after),
    ]
    return Form(template, re.compile("".join(pieces), re.IGNORECASE))


# docs/translation.md says which of these come through small models, and how often.
FORMS = {name: _form(template) for name, template in {
    "brackets": "[{}]", "letters": "XZ{}", "hash": "#{}", "angle": "<{}>", "rare": "⟦{}⟧", "digits": "770{}",
}.items()}  # fmt: skip
FORM = FORMS["letters"]


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence whose masks stand for what is kept: `kept` is what each of them becomes."""

    text: str
    kept: tuple[str, ...]
    beside: tuple[tuple[str, str], ...]  # the characters before and after each
    form: Form

    @property
    def wordless(self) -> bool:
        """Whether nothing is left to translate."""
        return not _WORDS.search(self.form.pattern.sub(" ", self.text)) if self.kept else not _WORDS.search(self.text)

    def restored(self, translated: str) -> str | None:
        """A translation with what was kept in its place; None where a mask was lost, doubled, made up or changed places."""
        found = [int(match[1]) for match in self.form.pattern.finditer(translated)]
        if found != list(range(len(self.kept))):
            return None

        made, place = "", 0
        for match in self.form.pattern.finditer(translated):
            number = int(match[1])
            before, after = self.beside[number]
            between = translated[place : match.start()]
            if before and not before.isspace():
                between = between.rstrip() if before.isalnum() or not between.strip() else between
            elif before and between[-1:].isalnum():
                between += " "
            made += between + self.kept[number]
            rest = translated[match.end() :]
            place = match.end() + (len(rest) - len(rest.lstrip()) if after.isalnum() else 0)
            made += " " if after.isspace() and rest[:1].isalnum() else ""
        return made + translated[place:]


def masked(
    text: str,
    source: str,
    target: str,
    *,
    numbers: bool,
    protected: Iterable[str] = (),
    terms: Sequence[tuple[int, int, str]] = (),
    form: Form = FORM,
) -> Masked:
    """A sentence with masks for its markup, codes, labels and `protected` words, and for its `numbers` where wanted.

    `terms` are places of the text with the words that must stand there in the translation. Decimals of values come back as the
    target's language prints them where nothing in the sentence can be read in two ways; else all numbers as printed.
    """
    spans = [(start, end, text[start:end]) for start, end in _fixed(text, source, protected)]
    if numbers:
        spans += _numbers(text, source, target)
    spans += terms
    if form.pattern.search(text):
        form = next((one for one in FORMS.values() if not one.pattern.search(text)), form)
    made, place = "", 0
    kept: list[str] = []
    beside: list[tuple[str, str]] = []
    for start, end, stands in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < place:
            continue
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        made += (
            text[place:start] + (" " if before.isalnum() or (start == place and start) else "") + form.mask(len(kept))
        )
        made += " " if after.isalnum() else ""
        kept.append(stands)
        beside.append((before, after))
        place = end
    return Masked(made + text[place:], tuple(kept), tuple(beside), form)


def _fixed(text: str, language: str, protected: Iterable[str]) -> list[tuple[int, int]]:
    """Where markup, codes, labels in capitals and protected words stand; markup first, since it may hold the others."""
    found = [match.span() for match in MARKUP.finditer(text)] + code_spans(text)
    for word in protected:
        flags = 0 if word != word.lower() else re.IGNORECASE
        found += [match.span() for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, flags)]
    if any(map(str.islower, text)):
        found += [match.span() for match in _LABEL.finditer(text) if not _loud(match.group(), language)]
    return found


def _loud(word: str, language: str) -> bool:
    """Whether a word in capitals is a word of the language and no label."""
    folded = word.casefold()
    if folded in STOP_WORDS:
        return True
    known = LANGUAGES.get(language)
    if known is None:
        return False
    patterns = (known.negations, known.echoes, known.weak, *known.forces.values(), *known.concepts.patterns.values())
    return folded in known.common or folded in known.numbers or any(pattern.fullmatch(folded) for pattern in patterns)


def _numbers(text: str, source: str, target: str) -> list[tuple[int, int, str]]:
    """The numbers of a text with the symbols of their units, and what they become."""
    found: list[tuple[int, int]] = []
    for one in quantities(text):
        place = one.start
        while match := _NUMBER.search(text, place, one.end):
            place = match.end()
            unit = unit_at(text, place) or (
                unit_at(text, place + 1) if text[place : place + 1] in {" ", "\u00a0"} else None
            )
            if unit and unit[1] <= one.end and _is_symbol(text[place : unit[1]].strip()):
                place = unit[1]
            found.append((match.start(), place))
    convert = _decimals_are_sure([text[start:end] for start, end in found], source, target)
    # `5–10 bar` and `2 ± 0.1 mm` are one.
    whole: list[tuple[int, int]] = []
    for start, end in found:
        if whole and not re.search(r"[^\W_]|,\s|[;:()]", text[whole[-1][1] : start]):
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return [(start, end, _printed(text[start:end], target) if convert else text[start:end]) for start, end in whole]


def _is_symbol(unit: str) -> bool:
    """Whether a unit is printed alike in every language: a symbol, no name."""
    return unit in UNITS and (
        len(unit) <= _SYMBOL_SIZE or not unit.islower() or not unit.isalpha() or unit in {"bar", "rpm", "psi", "min"}
    )


def _decimals_are_sure(printed: Sequence[str], source: str, target: str) -> bool:
    """Whether every separated number of a sentence is a value with a unit that can be read in one way only, and must change."""
    here, there = LANGUAGES.get(source), LANGUAGES.get(target)
    if here is None or there is None or here.comma == there.comma:
        return False
    separated = [one for one in printed if _SEPARATED.search(one)]
    mark = "," if here.comma else "."
    return bool(separated) and all(
        re.fullmatch(rf"[±+−–-]?\d+{re.escape(mark)}\d+\s?[^\d\s].*", one)
        and number_of(re.sub(r"[^\d.,]", "", one), source) == number_of(re.sub(r"[^\d.,]", "", one), target)
        for one in separated
    )


def _printed(value: str, language: str) -> str:
    """A decimal as a language prints it."""
    known = LANGUAGES[language]
    return re.sub(r"(?<=\d)[.,](?=\d)", "," if known.comma else ".", value)
