"""A question and those before it -> the question that stands by itself. Pure: no engine, no manual.

A technician goes on in half sentences: `and the voltage?`, `what about the left one?`, `how do I remove it?`. Such a text takes
its thing (or, where it names another thing, what is asked of it) from the question before; a question that names its own thing
is left alone. The words that decide stand in `question_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fieldfare.question_words import is_thing, language_of
from fieldfare.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Question
    from fieldfare.question_words import Language

EARLIER = 6  # questions before this one that are looked at
LONGEST = 300  # characters of each: what is longer is no half sentence, and its subject is not found by its words
FRAGMENT = 6  # words of a thing that is named without a sentence
WHICH = 3  # words of `which oil?`
SHORT_NAME = 3  # letters of a property that ends too many words by chance
# What holds at a time, a place or a temperature; what a thing is told apart by; verbs that need another beside them.
WHEN = frozenset(
    "in at during under above below when while bei im unter über während à en sous pendant a durante".split()
)
SIDES = frozenset(
    """left right front rear back upper lower top bottom inner outer first second third last inlet outlet input output hot cold
    links rechts linke linken rechte rechten obere oberen untere unteren vordere vorderen hintere hinteren""".split()
)
COUNTING = frozenset("many much viel viele cuántos cuántas combien".split())
LIGHT = frozenset("need needed do done make made use used take takes work works brauche braucht machen tun".split())
_LASTING = frozenset("long often lang lange oft dauert longtemps souvent tarda".split())  # asked of a piece of work
_SENTENCE = re.compile(r"[.!]\s+\S")  # who says more than one sentence says what they are about
_TOKEN = re.compile(r"[^\W_]+(?:[-./'’][^\W_]+)*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question, folded, with where it stands."""

    text: str
    start: int
    end: int


def standalone(question: Question) -> Question:
    """The question with what it leaves out, without its history; the same words where it stands by itself."""
    before = ""
    earlier = [text for text in question.history if text.strip()][-EARLIER:]
    language = language_of(question.text, *earlier)
    for text in earlier:
        whole = _completed(text, before, language)
        if _things(whole, language) or not before:
            before = whole
    text = _completed(question.text, before, language)
    packs = question.packs or (question.settled if text != question.text else ())
    context = earlier[-1] if earlier and text == question.text else ""
    return replace(question, text=text, packs=packs, history=(), settled=(), context=context)


def names_thing(text: str) -> bool:
    """Whether a question says what it is about, be it by a code."""
    return bool(_things(text, language_of(text)))


def asked_of(text: str, thing: str) -> str:
    """A question that names no thing, asked of one: `what is the torque?` of the drain plug."""
    language = language_of(text)
    rest, _ = _without_opening(text, language)
    said = _words(rest)
    first = _words(thing)[:1]
    named = bool(first) and first[0].text not in language.actions  # `Change the oil` is a heading, no name
    if {word.text for word in said} & language.properties & {word.text for word in _words(thing)}:
        return thing  # `Rated voltage, three phases` says what is asked
    if not said or not named or len(_words(thing)) > FRAGMENT:
        return f"{rest.rstrip(' ?!.')}: {thing}"
    pointer = _pointer(said, language)
    if pointer is not None:
        return _filled(rest, said, pointer, thing, language)
    return _joined(rest, said, thing, thing, language)


def _completed(text: str, before: str, language: Language) -> str:
    """A text with the thing of the question before it, as it stands where it needs none."""
    if not before or len(text) > LONGEST or _SENTENCE.search(text.strip()):
        return text
    subject = _subject(before, language)
    rest, opened = _without_opening(text, language)
    said = _words(rest)
    if not said:
        return text
    if not subject:  # the thing of a property or action that was asked before
        fragment = _things(rest, language) and _is_fragment(said, language, opened=opened)
        return _joined(before, _words(before), before, _bare(rest, language), language) if fragment else text
    if _adds(said, rest, subject, language):
        return f"{before.rstrip(' ?!.')} {_addition(rest, language)}{'?' if '?' in before + rest else ''}"
    if said[0].text in language.asking and len(said) <= WHICH and _names_again(said, subject, language):
        return f"{rest.rstrip(' ?!.')}: {_bare(_asked(before, language), language)}{'?' if '?' in rest else ''}"
    pointer = _pointer(said, language)
    if pointer is not None:
        if any(word.text in _LASTING for word in said) and not _things(rest, language):
            return _joined(
                rest, said, before, subject, language
            )  # `how long does it take` asks about the work, not its thing
        tells_apart = said[pointer].text in language.ones
        rest = _filled(rest, said, pointer, subject, language)
        if tells_apart and _is_fragment(_words(rest), language, opened=opened or rest.endswith("?")):
            return _in_place(before, subject, _bare(rest, language), language)
        return rest
    things = _things(rest, language)
    if not things:
        return _joined(rest, said, before, subject, language)
    named = any(word.text in language.properties for word in said)
    if not named and _is_fragment(said, language, opened=opened):
        return _in_place(before, subject, _bare(rest, language), language)
    return text


def _adds(said: Sequence[_Word], rest: str, subject: str, language: Language) -> bool:
    """Whether a text only adds to the question before: another unit (`in psi?`) or when it holds (`at 20 °C?`, `in winter?`)."""
    if said[0].text in language.articles:
        return False
    units = _units(said, rest, language)
    things = [word for word in said if is_thing(word.text, language)]
    asked = {word.text for word in said} & (language.properties | language.actions) - {word.text for word in units}
    if units and asked <= COUNTING and all(word in units for word in things):
        return True
    sentence = any(word.text in language.asking for word in said) or bool(asked)
    named = {word.text for word in _words(subject)} & {word.text for word in things}
    return said[0].text in WHEN and len(said) <= FRAGMENT and not sentence and not named


def _addition(rest: str, language: Language) -> str:
    """What a text adds, as the end of a question: `in psi` of `how many psi is that?`."""
    said = _words(rest)
    if said[0].text in WHEN:
        return rest.strip(" ?!.¿")
    return "in " + " ".join(rest[word.start : word.end] for word in _units(said, rest, language))


def _units(said: Sequence[_Word], rest: str, language: Language) -> list[_Word]:
    """The words of a text that are units and could name no property: `Nm`, but no `time`."""
    found = [(word, unit_of(rest[word.start : word.end])) for word in said]
    return [word for word, unit in found if unit and (unit.factor is not None or is_thing(word.text, language))]


def _names_again(said: Sequence[_Word], subject: str, language: Language) -> bool:
    """Whether a text asks which of a thing that the question before was about: `which oil?`."""
    known = [word.text for word in _words(subject)]
    return len(said) > 1 and all(
        is_thing(word.text, language)
        and any(one == word.text or (language.compounds and one.endswith(word.text)) for one in known)
        for word in said[1:]
    )


def _words(text: str) -> list[_Word]:
    return [
        _Word(match.group().casefold().replace("’", "'"), *match.span()) for match in _TOKEN.finditer(text[:LONGEST])
    ]


def _things(text: str, language: Language) -> list[_Word]:
    return [word for word in _words(text) if is_thing(word.text, language)]


def _subject(text: str, language: Language) -> str:
    """What a question is about: its things with the little words between them, as they are spelled."""
    said = _words(text)
    runs: list[list[_Word]] = []
    last = -2
    for index, word in enumerate(said):
        if is_thing(word.text, language) or _modifies(said, index, language):
            between = said[last + 1 : index]
            if runs and all(one.text in language.links for one in between):
                runs[-1] += [*between, word]
            else:
                runs.append([word])
            last = index
    return " ".join(text[run[0].start : run[-1].end] for run in runs)


def _modifies(said: Sequence[_Word], index: int, language: Language) -> bool:
    """Whether a property or action is part of a name: the `drain` of `the drain plug`, the `pressure` of `oil pressure sensor`."""
    if not 0 < index < len(said) - 1 or said[index].text not in language.properties | language.actions:
        return False
    first = index - 1
    while first and said[first].text in language.properties | language.actions:  # the `right` of `the right drain plug`
        first -= 1
    before, after = said[first].text, said[index + 1].text
    led = before in language.links or is_thing(before, language)
    return led and is_thing(after, language)


def _without_opening(text: str, language: Language) -> tuple[str, bool]:
    """The text without the words by which it goes on from another, and whether there were any."""
    said = _words(text)
    for opening in language.openings:
        words = opening.split()
        if len(said) > len(words) and [word.text for word in said[: len(words)]] == words:
            return text[said[len(words)].start :], True
    return text.strip(), False


def _pointer(said: Sequence[_Word], language: Language) -> int | None:
    """The word that stands for a thing of the question before; none where the text names a thing ahead of it."""
    for index, word in enumerate(said[1:], 1):
        last = index == len(said) - 1 or not is_thing(said[index + 1].text, language)
        if word.text in language.ones and last and said[index - 1].text not in language.asking:
            return index
    for index, word in enumerate(said):
        if is_thing(word.text, language):
            return None
        after = said[index + 1].text if index + 1 < len(said) else ""
        if word.text in language.owners and after:
            return index
        if word.text in language.pointers:
            empty = after in language.impersonal
            determines = bool(after) and word.text not in {"it", "they", "them"} and not _is_verbal(after, language)
            if not empty and not (determines and language.the):
                return index
    return None


def _is_verbal(word: str, language: Language) -> bool:
    return word in language.asking or word in language.actions or word in language.links


def _filled(text: str, said: Sequence[_Word], index: int, subject: str, language: Language) -> str:
    """The text with the thing itself where a word stood for it."""
    word = said[index]
    article = f"{language.the} " if language.the and not subject[:1].isupper() else ""
    if word.text in language.ones or (index and said[index - 1].text in language.articles):
        article = ""
    if word.text in language.owners and index + 1 < len(said):
        after = said[index + 1]
        owned = f"{language.the} {text[after.start : after.end]} {language.of} {article}{subject}".strip()
        return text[: word.start] + owned + text[after.end :]
    return text[: word.start] + article + subject + text[word.end :]


def _is_fragment(said: Sequence[_Word], language: Language, *, opened: bool) -> bool:
    """Whether words name a thing without a sentence around it: `the fuel filter`, and not a query of key words."""
    begins = bool(said) and (opened or said[0].text in language.articles)
    return begins and len(said) <= FRAGMENT and not any(word.text in language.asking for word in said)


def _bare(text: str, language: Language) -> str:
    """A thing without its article and marks."""
    said = _words(text)
    if len(said) > 1 and said[0].text in language.articles:
        said = said[1:]
    return text[said[0].start : said[-1].end] if said else ""


def _in_place(before: str, subject: str, thing: str, language: Language) -> str:
    """The question before, asked of another thing."""
    at = before.find(subject)
    if at >= 0:
        lead = before[:at]
        last = _words(lead)[-1:]
        if last and last[0].text in SIDES and _words(thing)[0].text in SIDES:
            lead = lead[: last[0].start]
        if _measures(subject, language):
            return f"{before.rstrip(' ?!.')}: {thing}{'?' if '?' in before else ''}"
        return lead + thing + before[at + len(subject) :]
    asked = [word for word in _words(before) if word.text in language.properties | language.actions]
    return " ".join([*(before[word.start : word.end] for word in asked), thing])


def _measures(subject: str, language: Language) -> bool:
    """Whether a thing is a compound that names what is asked of it: of `Öldruck` the pressure must stay."""
    return language.compounds and any(
        word.text.endswith(name) for word in _words(subject) for name in language.properties if len(name) > SHORT_NAME
    )


def _joined(text: str, said: Sequence[_Word], before: str, subject: str, language: Language) -> str:
    """A property, an action or a bare `why` with the thing that it is asked of."""
    body = text.rstrip(" ?!.¿")
    mark = "?" if "?" in text[len(body) :] else ""
    article = f"{language.the} " if language.the and not subject[:1].isupper() else ""
    last = said[-1].text
    if last in language.actions - LIGHT and not any(word.text in _LASTING for word in said):
        return f"{body} {article}{subject}{mark}"
    if any(word.text in language.properties for word in said) and last not in language.asking | LIGHT:
        if said[0].text in language.articles and not any(word.text in language.asking for word in said):
            body = body[said[1].start - said[0].start :] if len(said) > 1 else body
        measure = last in {"much", "many"} or any(word.text in _LASTING for word in said)
        if not measure:
            return f"{body} {language.of} {article}{subject}{mark}"
    return f"{body}: {_bare(_asked(before, language), language)}{mark}"


def _asked(text: str, language: Language) -> str:
    """A question without the words that only make it one: `change the engine oil`."""
    said = _words(text)
    said = [word for word in said if word.text not in language.asking]
    kept = [
        word for word in said if is_thing(word.text, language) or word.text in language.actions | language.properties
    ]
    return text[kept[0].start : kept[-1].end] if kept else text
