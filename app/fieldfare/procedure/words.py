"""Readings in words, the same on the screen, in the lines and in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.catalogue import _, marked
from fieldfare.domain import Limit
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Measured
    from fieldfare.domain.procedure import Check, Step


def name_of(check: Check) -> str:
    """What a reading is called on the screen and in the journal."""
    return squeeze(check.name) or _("Reading")


def missing(step: Step | None, taken: Sequence[Measured]) -> tuple[Check, ...]:
    """What a step wants measured and nobody has measured yet."""
    names = {one.name for one in taken}
    return tuple(one for one in step.checks if name_of(one) not in names) if step else ()


def value_of(reading: Measured) -> str:
    """What was measured: `−5 °C`, `23500 mV = 23.5 V`; with the decimal mark of the language of the screen."""
    value = f"{squeeze(reading.value)} {squeeze(reading.unit)}".strip()
    shown = (f"−{one[1:]}" if one.startswith("-") else one for one in (value, squeeze(reading.converted)))
    return marked(" = ".join(filter(None, shown)))


def said_of(reading: Measured) -> str:
    """A reading with what was expected and the verdict: `23.5 V, expected 24 V to 28 V: LOW`."""
    said = value_of(reading)
    if reading.expected:
        said = _("{reading}, expected {expected}").format(reading=said, expected=squeeze(reading.expected))
    verdict = {Limit.LOW: _("LOW"), Limit.HIGH: _("HIGH"), Limit.OK: _("ok")}.get(reading.verdict, "")
    return f"{said}: {verdict}" if verdict else said
