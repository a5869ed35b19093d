"""Identifiers and machine names in a question: exact look-ups, with the slips of fingers and ears forgiven."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fieldfare.stems import tokens
from fieldfare.text import content_words, identifier_candidates, identifier_key, loose_key, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.pack.archive import Archive

_MOST_SPELLINGS = 32  # of one code, with letters and digits that look alike exchanged
_ALIKE = {"o": "o0", "0": "0o", "i": "i1", "1": "1il", "l": "l1"}
_CODE_IN_QUESTION = re.compile(r"(?<![\w-])[A-Za-z]{1,4}-?\d{1,5}[A-Za-z]?(?![\w-])")
_CODE_WORDS = (
    "code|fault|error|alarm|warning|message|fehler|fehlercode|störung|alarme?|defaut|défaut|erreur|código|fallo|error"
)
_NUMBERED = re.compile(
    rf"\b(?:{_CODE_WORDS})(?:\s+(?:code|number|no|nr|nummer|número|numéro))?[\s.:#-]+(\d{{1,5}})\b", re.I
)
_CODE_QUESTION = frozenset(
    "code fault error alarm meaning mean means fehler fehlercode défaut código fallo display shows".split()
)
_GENERIC_NAMES = frozenset(
    """manual user users service operating operation instructions guide handbook owner installation maintenance the and for
    set unit system machine series model edition version rev revision documentation""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An identifier of the question where a pack has it; `defines` where the passage is about it."""

    key: str
    printed: str
    passage: int
    defines: bool


Hits = dict[str, list[Hit]]


def named(text: str, archives: Sequence[Archive], machine: str = "") -> tuple[str, Sequence[Archive]]:
    """The packs whose machine or manual the question names, and the question without those names.

    The same question has different answers for different machines, so a named one rules the others out; what is left of
    the question must then fit by itself. All packs and the whole question where it names none, or nothing else. A
    `machine` that was chosen beforehand rules the same way.
    """
    names = {archive.manifest.id: _names(archive) for archive in archives}
    if machine:
        asked = {identifier_key(machine), *words(machine)} - _GENERIC_NAMES
        fits = {pack: len(asked & mine) for pack, mine in names.items()}
        best = max(fits.values(), default=0)
        archives = [one for one in archives if best and fits[one.manifest.id] == best] or archives
    shared = frozenset.intersection(*names.values()) if len(names) > 1 else frozenset()
    spelled = {**identifier_candidates(text), **{word: word for word in words(text)}}
    mentioned = set(spelled) - shared
    chosen = [archive for archive in archives if mentioned & names[archive.manifest.id]]
    rest = text
    for archive in chosen:
        for word in mentioned & names[archive.manifest.id]:
            rest = re.sub(rf"(?<!\w){re.escape(spelled[word])}(?!\w)", " ", rest, flags=re.IGNORECASE)
    return (rest, chosen) if chosen and content_words(rest) else (text, archives)


_NAMING = 12  # documents up to which their titles name the machine; of a larger collection they name subjects
_known_names: WeakKeyDictionary[Archive, frozenset[str]] = (
    WeakKeyDictionary()
)  # packs do not change while they are open


def _names(archive: Archive) -> frozenset[str]:
    found = _known_names.get(archive)
    if found is None:
        found = _known_names[archive] = frozenset(_read_names(archive))
    return found


def _read_names(archive: Archive) -> set[str]:
    made = archive.manifest
    manuals = archive.document_titles()
    titles = " ".join([made.title, *map(str, made.machines), *(manuals if len(manuals) <= _NAMING else ())])
    found = {word for word in words(titles) if len(word) >= 3 and not word.isdigit()} - _GENERIC_NAMES
    return found | {identifier_key(machine.model) for machine in made.machines}


def identified(text: str, archives: Sequence[Archive]) -> tuple[str, Hits]:
    """The question with its codes spelled as the manuals print them, and where each pack has them.

    Every spelling of the question is looked up first; only where none is defined anywhere, leading zeros, then letters
    and digits that look alike, then the number of a code without its letter.
    """
    candidates = identifier_candidates(text)
    hits = {archive.manifest.id: _exact(archive, list(candidates)) for archive in archives}
    spelled = dict(candidates)
    if not _settled(hits):
        # `E7` means E07 rather than a mention of ACEA E7, but E21 of one machine is not E-021 of another.
        loose = {loose_key(key): raw for key, raw in candidates.items()}
        for archive in archives:
            found = [Hit(key=k, printed=p, passage=i, defines=d)
                     for k, p, i, d in archive.find_loose_identifiers(list(loose)) if d]  # fmt: skip
            hits[archive.manifest.id] = found or hits[archive.manifest.id]
            spelled |= {hit.key: loose[loose_key(hit.key)] for hit in found}
    if not any(hits.values()):
        alike = {other: raw for key, raw in candidates.items() for other in _look_alikes(key)}
        for archive in archives:
            hits[archive.manifest.id] = [hit for hit in _exact(archive, list(alike)) if hit.defines]
            spelled |= {hit.key: alike[hit.key] for hit in hits[archive.manifest.id]}
    if not any(hits.values()):
        hits = _by_number(text, archives)
        spelled |= {hit.key: match.group(1) for found in hits.values() for hit in found
                    for match in _NUMBERED.finditer(text) if hit.key.endswith(match.group(1))}  # fmt: skip
    for found in hits.values():
        for hit in found:
            raw = spelled.get(hit.key, "")
            if raw and raw != hit.printed:
                printed = hit.printed.replace("\\", r"\\")  # a backslash is read as one of a pattern
                text = re.sub(rf"(?<!\w){re.escape(raw)}(?!\w)", printed, text)
    return text, hits


def _exact(archive: Archive, keys: list[str]) -> list[Hit]:
    return [Hit(key=k, printed=p, passage=i, defines=d) for k, p, i, d in archive.find_identifiers(keys)]


def _settled(hits: Hits) -> bool:
    return any(hit.defines for found in hits.values() for hit in found)


def _look_alikes(key: str) -> list[str]:
    """Other spellings of a code with O for 0 and I or l for 1 and the other way round; only of what reads as a code."""
    if len(key) > 12 or not any(map(str.isdigit, key)):
        return []
    choices = (_ALIKE.get(letter, letter) for letter in key)
    return ["".join(spelling) for spelling in islice(product(*choices), 1, _MOST_SPELLINGS)]


def _by_number(text: str, archives: Sequence[Archive]) -> Hits:
    """`alarm 22` where the manuals define one code with that number."""
    numbers = [match.group(1) for match in _NUMBERED.finditer(text)]
    hits: Hits = {archive.manifest.id: [] for archive in archives}
    for number in numbers:
        for archive in archives:
            found = archive.find_codes_by_number(number)
            if len({key for key, *_ in found}) == 1:
                hits[archive.manifest.id] += [Hit(key=k, printed=p, passage=i, defines=d) for k, p, i, d in found]
    return hits


def says_more(text: str, hits: Hits) -> bool:
    """Whether a question says more than the codes that were found in it."""
    spelled = {word for found in hits.values() for hit in found for word in words(hit.printed)}
    return any(word not in spelled | _CODE_QUESTION for word in content_words(text))


def settled(text: str, hits: Hits) -> bool:
    """Whether a code alone is asked for and defined: its look-up is the answer."""
    return _settled(hits) and not says_more(text, hits)


def unknown(text: str, archives: Sequence[Archive]) -> tuple[str, ...]:
    """Codes and model names of the question that no manual holds, as the question spells them."""
    missing = []
    for match in _CODE_IN_QUESTION.finditer(text):
        key = identifier_key(match.group())
        spellings = {" ".join(tokens(match.group())), key}
        if not any(
            archive.find_identifiers([key])
            or archive.find_loose_identifiers([loose_key(key)])
            or any(map(archive.frequency, spellings))
            for archive in archives
        ):
            missing.append(match.group())
    return tuple(dict.fromkeys(missing))
