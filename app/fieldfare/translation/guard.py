"""Whether a machine translation may be shown: what it changed, lost, turned round or made up, in words; empty where nothing. Pure.

A model says other things than its source with the same fluency. Values, codes and markup are compared exactly
(`invariants`); what denies, restricts, demands and turns round needs a counterpart by the small tables of `words`; the rest
(length, loops, script, language) must be plausible. docs/translation.md says what that catches and what it refuses.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.text import sentences
from fieldfare.translation.invariants import MARKUP, changed, invariants
from fieldfare.translation.words import LANGUAGES
from fieldfare.translation.words.language import AXES, CERTAIN_AXES, MARKED, RESTRICTIONS, VAGUE_AXES

if TYPE_CHECKING:
    from fieldfare.translation.words.language import Language

# Human translations of dev.en-XX.tsv stay inside these; short texts vary more.
LONGEST, SHORTEST = (1.5, 20), (0.65, 6)  # times the source's characters, and characters more or less
PARTED = (
    1.2,
    1.4,
)  # times the source's characters that a translation may have which parts its sentence, or one of several
HALF = 0.5  # times the source's characters that a translation has at least, however short
CLOSED = 0.9  # times the source's characters below which it must end as a sentence does where its source does
LOOP = 3  # times that one to eight words may follow themselves
COPIED = 4  # words of a text that is the same in both languages only by mistake
FOREIGN = 3  # words of the source's language that a translation must outdo with words of its own
_MARKS = re.compile(r"([^\w\s])(?:\s*\1){3,}|([^\W\d_])\2{3,}")  # : : : :, kommmmmen
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_END = re.compile(r"[.!?…:;][\"”»“’')\]*`]*\s*$")
_OPEN_END = re.compile(r"[^.!?…:;\s]\s*$")
_MISTAKE = re.compile(r"fehler|erreur|errore|error|erro(?!\w)|échou|échec")
_PLEONASM = re.compile(
    r"((?<!\w)(?:a meno che|finché|fino a quando|fin quando|à moins que?|avant que)[^.;:!?]{0,40}?)(?<!\w)(?:non|ne|n')(?!\w)"
)
_CHOICE = re.compile(
    r"(?<!\w)(?:whether or not|ohne bedenken|ohne weiteres|(?:or not|oder nicht|ou non|ou pas|o no|o meno|ou não)(?=\s*[.,;:!?)]|\s*$))"
)


def problem(source: str, target: str, source_language: str, target_language: str) -> str:
    """Why a translation of one sentence may not be shown; empty where it may."""
    if not target.strip():
        return _("nothing came out")
    return (
        _implausible(source, target)
        or changed(invariants(source, source_language), invariants(target, target_language))
        or _said_otherwise(source, target, source_language, target_language)
    )


def knows(*languages: str) -> bool:
    """Whether the small words of all languages are known; in others a lost `not` cannot be seen."""
    return all(language in LANGUAGES for language in languages)


def _implausible(source: str, target: str) -> str:
    """Length, structure, script and repetition, which need no words of a language."""
    mine, other = (len(MARKUP.sub("", text).strip()) for text in (source, target))
    if other > LONGEST[0] * mine + LONGEST[1]:
        return _("it is much longer than the original")
    if other < SHORTEST[0] * mine - SHORTEST[1] or other < HALF * mine - 1:
        return _("it is much shorter than the original")
    if other < CLOSED * mine and _END.search(source) and not _END.search(target):
        return _("it breaks off")
    if target.count("\n") != source.count("\n"):
        return _("its lines differ from the original's")
    if source.rstrip().endswith(":") and not target.rstrip().endswith(":"):
        return _("a sentence was added")  # behind the colon
    if target.rstrip().endswith(".") and _OPEN_END.search(source) and other > 1.3 * mine + 10:
        return _("a sentence was added")  # behind a title or a cell
    before, after = len(sentences(source)), len(sentences(target))
    if after > before + (before > 1) or (after > before and other > PARTED[before > 1] * mine):
        return _("a sentence was added")
    if scripts := _scripts(target) - _scripts(source) - {"LATIN"}:
        return _("it holds foreign letters ({script})").format(script=min(scripts).title())
    if (marks := _MARKS.search(target)) and not _MARKS.search(source):
        return _("it repeats “{part}”").format(part=marks[1] or marks[2])
    loop, times = _loop(target)
    return _("it repeats “{part}”").format(part=loop) if loop and times > _loop(source)[1] else ""


def _scripts(text: str) -> set[str]:
    """The scripts of the letters of a text; marks and units (µ, Ω) are of none."""
    return {
        unicodedata.name(one, "UNKNOWN").split()[0]
        for one in text
        if one.isalpha()
        and ord(one) > 0x24F
        and not unicodedata.name(one, "").startswith(("GREEK", "MODIFIER", "SUPERSCRIPT"))
    } | {"LATIN"}


def _loop(text: str) -> tuple[str, int]:
    """Words that follow themselves, or a part of three words that comes too often: those that do most, and how often."""
    said = [match.group().casefold() for match in _WORD.finditer(text)]
    found, most = "", 0
    for size in range(1, 9):
        for start in range(len(said) - size * 2 + 1):
            part = said[start : start + size]
            if size == 1 and part[0].isdigit():
                continue
            times = 1
            while said[start + size * times : start + size * (times + 1)] == part:
                times += 1
            if times >= (LOOP if size == 1 else 2) and times > most:  # one word may stand twice, a phrase may not
                found, most = " ".join(part), times
    triples = Counter(zip(said, said[1:], said[2:], strict=False))
    if triples:
        triple, times = triples.most_common(1)[0]
        if times > max(LOOP, len(said) / 12, most):
            found, most = " ".join(triple), times
    return found, most


def _said_otherwise(source: str, target: str, source_language: str, target_language: str) -> str:
    """What the small words of both sides say: denials, demands, restrictions, directions, and which language it is."""
    here, there = LANGUAGES.get(source_language), LANGUAGES.get(target_language)
    if here is None or there is None:
        return ""
    before, after = _folded(source), _folded(target)
    return (
        _untranslated(before, after, here, there)
        or _denied(before, after, here, there)
        or _demanded(before, after, here, there)
        or _restricted(before, after, here, there)
        or _turned(before, after, here, there)
    )


@lru_cache(maxsize=2048)
def _folded(text: str) -> str:
    """A text in small letters without its markup and without the denials that deny nothing: `or not`, `a meno che non`."""
    plain = " ".join(MARKUP.sub(" ", text).replace("’", "'").casefold().split())
    return _PLEONASM.sub(r"\1", _CHOICE.sub(" ", plain))


def _untranslated(before: str, after: str, here: Language, there: Language) -> str:
    said, heard = ([match.group() for match in _WORD.finditer(text)] for text in (before, after))
    if len(said) >= COPIED and said == heard and any(word in here.common - there.common for word in said):
        return _("it was not translated")
    if _copied(said, heard, here, there):
        return _("a part was not translated")
    foreign = sum(word in here.common - there.common for word in heard)
    own = sum(word in there.common - here.common for word in heard)
    return _("it is in another language") if foreign >= FOREIGN and foreign > own else ""


def _copied(said: list[str], heard: list[str], here: Language, there: Language) -> bool:
    """Whether some words of the source stand in a translation as they are, with a small word among them that shows their language."""
    runs = {tuple(said[at : at + COPIED]) for at in range(len(said) - COPIED + 1)}
    return any(
        tuple(heard[at : at + COPIED]) in runs
        and any(word in here.common - there.common for word in heard[at : at + COPIED])
        for at in range(len(heard) - COPIED + 1)
    )


def _denied(before: str, after: str, here: Language, there: Language) -> str:
    """A denial without counterpart: words that may stand for one count only where the other side has fewer of them."""
    least_before, most_before, weak_before = _denials(before, here)
    least_after, most_after, weak_after = _denials(after, there)
    if least_before > most_after + max(0, weak_after - weak_before):
        return _("a “not” was lost")
    if least_after > most_before + max(0, weak_before - weak_after):
        return _("a “not” was added")
    if here.affixed.search(before) and not most_after and not weak_after and not _MISTAKE.search(after):
        return _("a “not” was lost")
    return ""


def _denials(text: str, language: Language) -> tuple[int, int, int]:
    """How often a text denies, at least and at most, and how many of its words may stand for a denial."""
    denials = len(language.negations.findall(text))
    echoes = sum(bool(language.negations.fullmatch(match.group())) for match in language.echoes.finditer(text))
    others = len(language.echoes.findall(text)) - echoes
    least = max(1, denials - echoes) if denials else 0
    return least, denials + others, len(language.weak.findall(language.negations.sub(" ", text)))


def _demanded(before: str, after: str, here: Language, there: Language) -> str:
    """`must not` that became `need not`, `must` that became `may`, and the other way round."""
    mine, other = _forces(before, here), _forces(after, there)
    for forbids, frees in ((mine, other), (other, mine)):
        if "forbidden" in forbids and "needless" not in forbids and "needless" in frees and "forbidden" not in frees:
            return _("“must not” and “need not” were confused")
    for demands, permits in ((mine, other), (other, mine)):
        if demands == {"must"} and permits == {"may"}:
            return _("“must” and “may” were confused")
    return ""


def _forces(text: str, language: Language) -> set[str]:
    return {name for name, words in language.forces.items() if words.search(text)}


def _restricted(before: str, after: str, here: Language, there: Language) -> str:
    for name in RESTRICTIONS:
        if _sure(before, here, name) and not any(_says(after, there, one) for one in RESTRICTIONS):
            return _("“{word}” was lost").format(word=name)
    return ""


def _turned(before: str, after: str, here: Language, there: Language) -> str:
    """One pole of an axis that became the other, or changed places with it; of certain axes none may be lost."""
    said, heard = _axes(before, here), _axes(after, there)
    for axis, mine in said.items():
        other = heard.get(axis, ())
        lost, added = set(mine) - set(other), set(other) - set(mine)
        if added and (lost or axis not in VAGUE_AXES):
            if lost:
                return _("“{word}” became “{other}”").format(word=min(lost), other=min(added))
            return _("“{word}” was added").format(word=min(added))
        if axis in CERTAIN_AXES and (sure := {pole for pole in lost if _sure(before, here, pole)}):
            return _("“{word}” was lost").format(word=min(sure))
        if len(set(other)) > 1 and mine != other and axis not in VAGUE_AXES:
            return _("“{word}” and “{other}” changed places").format(word=axis[0], other=axis[1])
    for axis in said.keys() & heard.keys():
        ours, theirs = _counts(before, here, axis), _counts(after, there, axis)
        for pole, inverse in (axis, axis[::-1]):
            both = axis in VAGUE_AXES or ours[inverse] > 0
            if both and ours[pole] and not theirs[pole] and theirs[inverse] > ours[inverse]:  # `on or off`: `on or on`
                return _("“{word}” became “{other}”").format(word=pole, other=inverse)
    known = {"less"} if "decrease" in said.get(("increase", "decrease"), ()) else set()  # `smaller` may be less
    known |= {"never", "negative"} if here.weak.search(before) else set()
    for axis, poles in heard.items():
        if axis not in said and (new := (MARKED - known) & set(poles)):
            return _("“{word}” was added").format(word=min(new))
    return ""


def _counts(text: str, language: Language, axis: tuple[str, str]) -> dict[str, int]:
    """How often a text says each pole; of a vague axis by its sure words: `top`, not `up`."""
    names = [f"sure {pole}" if axis in VAGUE_AXES else pole for pole in axis]
    patterns = [language.concepts.patterns.get(name) for name in names]
    first, second = ([match.span() for match in one.finditer(text)] if one else [] for one in patterns)
    first = [one for one in first if not any(start <= one[0] < end for start, end in second)]
    return {axis[0]: len(first), axis[1]: len(second)}


def _sure(text: str, language: Language, pole: str) -> bool:
    """Whether a pole of a text is surely a direction: English `right` and `left` mean other things too."""
    patterns = language.concepts.patterns
    return bool(patterns.get(f"sure {pole}", patterns[pole]).search(text))


def _says(text: str, language: Language, name: str) -> bool:
    return bool(language.concepts.patterns[name].search(text))


@lru_cache(maxsize=2048)
def _axes(text: str, language: Language) -> dict[tuple[str, str], tuple[str, ...]]:
    """The axes that a folded text speaks of, each with its poles."""
    said = language.concepts.said(text)
    found = {axis: _poles(text, language, axis) for axis in AXES if said & set(axis)}
    return {axis: poles for axis, poles in found.items() if poles}


def _poles(text: str, language: Language, axis: tuple[str, str]) -> tuple[str, ...]:
    """The poles of an axis in the order in which a text changes from one to the other."""
    first, second = (language.concepts.patterns[pole] for pole in axis)
    inverse = [match.span() for match in second.finditer(text)]
    found = [(start, axis[1]) for start, _ in inverse]
    found += [
        (match.start(), axis[0]) for match in first.finditer(text)
        if not any(start <= match.start() < end for start, end in inverse)
    ]  # fmt: skip
    order = [pole for _, pole in sorted(found)]
    return (*order[:1], *(b for a, b in pairwise(order) if a != b))
