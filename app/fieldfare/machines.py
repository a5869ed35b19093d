"""Which machines the manuals are for: their names, the one that is meant, what was searched. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.errors import UsageError
from fieldfare.text import identifier_key, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Manifest

NAMED = 3  # machines of a pack, or packs in a sentence, that are named before `and 4 more`


def name_of(manifest: Manifest) -> str:
    """What a pack covers: its machines, else its title."""
    names = [squeeze(str(machine)) for machine in manifest.machines] or [squeeze(manifest.title)]
    return shortened(names)


def shortened(names: Sequence[str], last: str = ", ") -> str:
    """Some names as one text: the first few and how many more."""
    more = len(names) - NAMED
    shown = list(names) if more <= 1 else [*names[:NAMED], _("{count} more").format(count=more)]
    return last.join(shown)


def covering(wanted: str, manifests: Sequence[Manifest], among: Sequence[str] = ()) -> tuple[str, ...]:
    """The packs that cover a machine, by its maker, model or both, however it is spelled; only those `among`, if any.

    A whole name rules out those that only begin with it. Raises UsageError for a machine that none of them covers.
    """
    manifests = [one for one in manifests if not among or one.id in among]
    key = identifier_key(wanted)
    spelled = {
        one.id: [
            identifier_key(text) for machine in one.machines for text in (str(machine), machine.model, machine.maker)
        ]
        + [identifier_key(one.id), identifier_key(one.title)]
        for one in manifests
    }
    exact = tuple(id_ for id_, keys in spelled.items() if key in keys)
    found = exact or tuple(id_ for id_, keys in spelled.items() if key and any(key in text for text in keys))
    if not found:
        known = ", ".join(dict.fromkeys(name_of(one) for one in manifests)) or _("none")
        raise UsageError(
            _("No installed pack covers the machine {wanted}. Known are: {known}.").format(
                wanted=squeeze(wanted), known=known
            )
        )
    return found


def searched(manuals: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """Each machine with how many of its manuals were searched."""
    counts: dict[str, int] = {}
    for name, number in manuals:
        counts[name] = counts.get(name, 0) + number
    return tuple(
        ngettext("{name} ({count} manual)", "{name} ({count} manuals)", number).format(name=name, count=number)
        for name, number in counts.items()
    )


def sentence(names: Sequence[str]) -> str:
    """The sentence that says what was searched; empty where nothing was."""
    return _("Searched: {names}.").format(names=shortened(names)) if names else ""
