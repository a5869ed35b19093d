"""The machine that is worked on: recognised from its nameplate, and which packs hold for it and its serial number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import WorkMachine
from fieldfare.text import identifier_key, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.domain import Machine, Manifest

LONGEST = 200  # characters of a nameplate that are looked at; a data matrix of this trade holds fewer
# What plates print before a value, in the languages of the screen.
_LABELS = frozenset(
    """s/n sn serial ser serie série serien seriennr seriennummer no nr n° núm num number nummer fabr fabrik-nr factory type typ tipo
    model modell modelo modèle mod""".split()
)
_FIELDS = re.compile(r"[\s,;|\x1d]+")
_LINK = re.compile(r"[\s,;|\x1d/?&=#]+")  # a plate's code may be a link (IEC 61406): the values are in it
_FROM = r"(?:from|since|ab|von|desde|de|à partir de|dès)"
_TO = r"(?:up to|to|until|through|bis|hasta|a|jusqu['’]à|à)"
_SERIAL = r"(?P<{}>[^\s,;–—]*\d[^\s,;–—]*)"
_RANGE = re.compile(
    rf"(?:{_FROM}\s+)?{_SERIAL.format('first')}\s*(?:{_TO}\s|–|—|\s-\s|…|\.\.\.?)\s*{_SERIAL.format('last')}", re.I
)
_SINCE = re.compile(
    rf"(?:{_FROM}|≥|>=)\s*{_SERIAL.format('first')}(?:\s+(?:and|onwards?).*)?|{_SERIAL.format('later')}"
    r"\s+(?:and (?:up|later|above|newer)|onwards?|und (?:höher|später)|y posteriores|et suivants)", re.I,
)  # fmt: skip
_UNTIL = re.compile(rf"(?:{_TO}|≤|<=)\s*{_SERIAL.format('last')}", re.I)
_ONE = re.compile(_SERIAL.format("one"))
_ORDER = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuals:
    """What the installed packs have on a machine: the `packs` that hold for it, empty where none does.

    `serials` are the ranges as printed in the packs where its serial number lies outside of all of them.
    """

    packs: tuple[str, ...]
    serials: tuple[str, ...] = ()


def known(manifests: Sequence[Manifest]) -> tuple[WorkMachine, ...]:
    """The machines that packs cover, each once, in the order of the packs; a pack that names none stands with its title."""
    found: dict[tuple[str, str], WorkMachine] = {}
    for manifest in manifests:
        for maker, model in [(one.maker, one.model) for one in manifest.machines] or [("", manifest.title)]:
            name = squeeze(maker), squeeze(model)
            found.setdefault(name, WorkMachine(maker=name[0], model=name[1]))
    return tuple(found.values())


def manuals(machine: WorkMachine, manifests: Sequence[Manifest]) -> Manuals:
    """The packs for a machine by its whole name, however that is spelled: those for its serial number, else all with a word.

    Parts of a name do not count: a manual for the GS-400 is no manual for a GS-40.
    """
    held: dict[str, list[str]] = {}
    for manifest in manifests:
        covered = [one for one in manifest.machines if _is_named(machine, one.maker, one.model)]
        if covered or (not manifest.machines and _is_named(machine, "", manifest.title)):
            held[manifest.id] = [squeeze(one.serials) for one in covered] or [""]
    holding = tuple(
        id_ for id_, ranges in held.items() if any(is_within(machine.serial, one) is not False for one in ranges)
    )
    if holding or not held:
        return Manuals(packs=holding)
    return Manuals(packs=tuple(held), serials=tuple(dict.fromkeys(one for ranges in held.values() for one in ranges)))


def is_within(serial: str, serials: str) -> bool | None:
    """Whether a serial number lies in what a pack says (`from 2024-0001`, `A100 to A199, B7`); None where nobody can tell."""
    if not serial.strip() or not serials.strip():
        return None
    verdicts = [_is_in_part(serial, part.strip()) for part in re.split(r"[,;]", serials) if part.strip()]
    if any(verdicts):
        return True
    return None if None in verdicts else False


def recognise(text: str, manifests: Sequence[Manifest]) -> tuple[WorkMachine, ...]:
    """The machines that a nameplate, its barcode or a technician may mean, the surest first; empty where none is known.

    `GS-40 2024-0012` names model and serial number, `2024-0012` alone a machine whose packs hold for just such numbers.
    """
    text = text[:LONGEST]
    fields = [one for one in (_LINK if "://" in text else _FIELDS).split(text) if one]
    fields = [one for one in fields if one.strip(".:").casefold() not in _LABELS]
    machines = known(manifests)
    found = [(length, named) for machine in machines for length, named in _named(machine, fields)]
    if found:
        return tuple(machine for _, machine in sorted(found, key=lambda one: -one[0]))
    if len(fields) != 1 or not re.search(r"\d", fields[0]):
        return ()
    serial = squeeze(fields[0])
    return tuple(
        WorkMachine(maker=squeeze(one.maker), model=squeeze(one.model), serial=serial)
        for one in _machines(manifests) if is_within(serial, one.serials)
    )  # fmt: skip


def matching(text: str, machines: Iterable[WorkMachine]) -> tuple[WorkMachine, ...]:
    """The machines in whose maker, model or serial number every typed word stands: to choose from while typing."""
    keys = [identifier_key(word) for word in text.split()]
    return tuple(
        one for one in machines
        if all(key in identifier_key(f"{one.maker} {one.model} {one.serial}") for key in keys)
    )  # fmt: skip


def _machines(manifests: Sequence[Manifest]) -> tuple[Machine, ...]:
    return tuple(dict.fromkeys(one for manifest in manifests for one in manifest.machines))


def _is_named(machine: WorkMachine, maker: str, model: str) -> bool:
    """Whether a covered machine is this one: the same model, and the same maker where both say it."""
    whole = {identifier_key(f"{maker} {model}"), identifier_key(model)}
    if machine.maker and maker:
        whole.discard(identifier_key(model))
        if identifier_key(machine.maker) != identifier_key(maker):
            return False
    names = {identifier_key(str(machine))} | ({identifier_key(machine.model)} if not maker else set())
    return bool(whole & names - {""})


def _named(machine: WorkMachine, fields: Sequence[str]) -> list[tuple[int, WorkMachine]]:
    """The machine with the serial number that stands beside its name, and how much of the fields its name takes."""
    names = {identifier_key(str(machine)), identifier_key(machine.model)} - {""}
    maker = identifier_key(machine.maker)
    for length in range(min(len(fields), 8), 0, -1):
        for start in range(len(fields) - length + 1):
            said = identifier_key("".join(fields[start : start + length]))
            if said in names:
                rest = [*fields[:start], *fields[start + length :]]
                serial = " ".join(one for one in rest if re.search(r"\d", one) and identifier_key(one) != maker)
                return [(len(said), WorkMachine(maker=machine.maker, model=machine.model, serial=squeeze(serial)))]
    for field in fields:  # one code for both: `GS-40:2024-0012`
        spelled = next(
            (name for name in (str(machine), machine.model) if field.casefold().startswith(name.casefold())), ""
        )
        glued = field[len(spelled) :]
        if spelled and glued and not glued[0].isalnum() and re.search(r"\d", glued):
            serial = glued.lstrip("-_.:/*+ ")
            return [(len(spelled), WorkMachine(maker=machine.maker, model=machine.model, serial=squeeze(serial)))]
    return []


def _is_in_part(serial: str, part: str) -> bool | None:
    """The same for one range or one serial number."""
    for pattern in (_RANGE, _SINCE, _UNTIL, _ONE):
        if match := pattern.fullmatch(part):
            said = match.groupdict()
            first = said.get("first") or said.get("later") or said.get("one")
            last = said.get("last") or said.get("one")
            return _is_between(serial, first, last)
    return None


def _is_between(serial: str, first: str | None, last: str | None) -> bool | None:
    """Whether a serial number lies between two, both included; None where they are not built alike."""
    mine = _order(serial)
    bounds = [_order(one) if one else None for one in (first, last)]
    if any(bound is not None and not _alike(mine, bound) for bound in bounds):
        return None
    low, high = bounds
    return (low is None or low <= mine) and (high is None or mine <= high)


def _order(serial: str) -> list[tuple[int, str]]:
    """What serial numbers are compared by: runs of digits as numbers, runs of letters as text."""
    runs = _ORDER.findall(serial.casefold())
    return [(int(run[:30]), "") if run.isdecimal() else (-1, run) for run in runs]


def _alike(one: list[tuple[int, str]], other: list[tuple[int, str]]) -> bool:
    """Whether two serial numbers are runs of the same kinds, and letters of the same length."""
    return len(one) == len(other) and all(
        (a[0] < 0) == (b[0] < 0) and len(a[1]) == len(b[1]) for a, b in zip(one, other, strict=True)
    )


def machine_name(machine: WorkMachine) -> str:
    """`Halden GS-40 · 2024-0012`: a machine with its serial number, as far as they are known."""
    return " · ".join(filter(None, (squeeze(str(machine)), squeeze(machine.serial))))
