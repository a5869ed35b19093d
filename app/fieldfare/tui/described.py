"""What is installed, in words: packs, language packages, keys, what a stick would bring, what changed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from fieldfare.catalogue import LANGUAGES, Number, _, ngettext
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.holdings import Change, Comparison, Coverage, Held, Package, Stock, TrustedKey
    from fieldfare.offered import Proposal

_MOST = 200  # changes and texts of a change that are told; who wants all reads the manual
_LONGEST = 300  # characters of a text that changed


def summary(stock: Stock) -> str:
    """How much there is."""
    packs = ngettext("{count} pack", "{count} packs", len(stock.packs)).format(count=len(stock.packs))
    languages = ngettext("{count} language package", "{count} language packages", len(stock.languages))
    return f"{packs}, {languages.format(count=len(stock.languages))}"


def pack(held: Held) -> tuple[str, str, str]:
    """Title, version and the lines below."""
    made = held.pack.manifest
    machines = ", ".join(squeeze(str(machine)) for machine in made.machines)
    parts = (machines, _signed(held), _size(held.pack.size), _day(held.since))
    return squeeze(made.title), squeeze(made.version), " · ".join(part for part in parts if part)


def whole_pack(held: Held) -> str:
    """Everything that is known of a pack, a line each."""
    made = held.pack.manifest
    lines = [
        f"{squeeze(made.id)} {squeeze(made.version)}, {_size(held.pack.size)}",
        _("Machines: {machines}").format(machines=", ".join(squeeze(str(one)) for one in made.machines) or "-"),
        _("Manuals: {manuals}").format(manuals=", ".join(map(squeeze, held.documents))),
        _("Languages: {languages}").format(languages=", ".join(_language(code) for code in held.languages)),
        ", ".join(
            (
                ngettext("{number} passage", "{number} passages", made.passages).format(number=made.passages),
                ngettext("{number} figure", "{number} figures", made.figures).format(number=made.figures),
                ngettext("{number} warning", "{number} warnings", made.hazards).format(number=made.hazards),
            )
        ),
        _signed(held, whole=True),
        _("On this device since {day}.").format(day=_day(held.since)) if held.since else "",
        _("The newest manual is of {date}.").format(date=squeeze(held.dated)) if held.dated else "",
        _("Licence: {licence}").format(licence=squeeze(made.licence)) if made.licence else "",
    ]
    return "\n".join(filter(None, lines))


def _signed(held: Held, *, whole: bool = False) -> str:
    if held.pack.unsigned:
        return _("UNSIGNED: nobody answers for its text, every answer from it says so.") if whole else _("UNSIGNED")
    said = squeeze(held.pack.voucher)
    if whole and held.trusted_since:
        said += ", " + _("whose key is trusted since {day}").format(day=_day(held.trusted_since))
    return said


def language(package: Package) -> tuple[str, str, str]:
    """Which way it leads, its version, and what else is known of it."""
    names = f"{squeeze(package.source_name)} → {squeeze(package.target_name)}"
    came = _("came with the program") if package.bundled else ""
    parts = (_size(package.size), squeeze(package.voucher), came)
    return names, squeeze(package.version), " · ".join(part for part in parts if part)


def key(trusted: TrustedKey) -> tuple[str, str, str]:
    """Whose key it is, and where it comes from."""
    return squeeze(trusted.name), "", _("came with the program") if trusted.site else _("trusted by you")


def whole_key(trusted: TrustedKey) -> str:
    """The key, to be compared with its owner."""
    return _("Packs signed with this key are taken. Compare it with its owner: {key}").format(key=trusted.key)


def proposal(proposed: Proposal) -> str:
    """What would be done, what is left, and what is in doubt."""
    parts = [f"+ {squeeze(one)}" for one in proposed.steps]
    parts += [f"- {squeeze(one)}" for one in proposed.left]
    if not proposed.steps:
        none = _("Nothing here is newer than what is installed.")
        left = _("Nothing here is taken by itself; a single file can still be chosen:")
        parts.insert(0, left if proposed.left else none)
    return "\n".join([*parts, *(["", squeeze(proposed.doubt)] if proposed.doubt else [])])


def coverage(found: Iterable[Coverage]) -> str:
    """How much is approved in each language."""
    sentence = _(
        "{language}: {hazards} of {all_hazards} warnings and {passages} of {all_passages} passages are approved."
    )
    lines = [
        sentence.format(
            language=_language(one.language), hazards=one.hazards[0], all_hazards=one.hazards[1],
            passages=one.passages[0], all_passages=one.passages[1],
        )
        for one in found
    ]  # fmt: skip
    return "\n".join(lines) or _("Nobody has approved a translation of this pack.")


def comparison(found: Comparison) -> str:
    """What changed from the older to the newer version, section by section."""
    lines = [
        _("From {old} to {new}:").format(old=squeeze(found.old), new=squeeze(found.new)) + " "
        + ngettext("{count} section differs", "{count} sections differ", len(found.changes)).format(count=len(found.changes))
        + ", " + ngettext("{count} is the same.", "{count} are the same.", found.same).format(count=found.same)
    ]  # fmt: skip
    for one in found.changes[:_MOST]:
        lines += ["", *_change(one)]
    if (more := len(found.changes) - _MOST) > 0:
        lines += ["", ngettext("… and {count} more.", "… and {count} more.", more).format(count=more)]
    return "\n".join(lines)


def _change(change: Change) -> list[str]:
    word = {"added": _("NEW"), "removed": _("GONE"), "changed": _("CHANGED")}[change.kind]
    page = f" (p. {squeeze(change.label)})" if change.label else ""
    heading = " › ".join(map(squeeze, change.heading[-2:])) or squeeze(change.document)
    lines = [f"{word}  {heading}{page}"]
    if change.kind == "changed":
        lines += [f"  - {_cut(text)}" for text in change.went[:5]] + [f"  + {_cut(text)}" for text in change.came[:5]]
    return lines


def _cut(text: str) -> str:
    flat = squeeze(text)
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def _language(code: str) -> str:
    return LANGUAGES.get(code, squeeze(code))


def _size(size: int) -> str:
    return f"{Number(size / 1e6):.1f} MB"


def _day(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds).astimezone().date().isoformat() if seconds else ""
