"""Durations that a step asks to wait or run for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.conversion import number_of
from fieldfare.domain.job import LONGEST_TIMER
from fieldfare.domain.procedure import Wait
from fieldfare.quantities import quantities
from fieldfare.text import sentences, squeeze
from fieldfare.units import unit_of

if TYPE_CHECKING:
    from fractions import Fraction

    from fieldfare.quantities import Quantity

# Directly before a duration that is to pass: `wait 5 minutes`, `run it for 10 min`, `nach 5 Minuten`.
_LASTS = re.compile(
    r"(?:\b(?:for|wait(?:\s+for)?|after|during|leave|hold|keep|pause(?:\s+of)?|another|further|"
    r"warten|wartezeit|nach|für|während|noch|lang|weitere|"
    r"pendant|durant|attendre|attendez|patienter|patientez|après|"
    r"durante|esperar?|espere|después\s+de|tras|aguard[ae]r?|após|depois\s+de|por|"
    r"attendere|attendi|dopo|per)\s*:?)\s*(?:about|approx\.?|approximately|at\s+least|etwa|ca\.?|mindestens|environ|au\s+moins|"
    r"al\s+menos|unos|circa|almeno|pelo\s+menos|cerca\s+de|the|a|an|einer?|de)?\s*$",
    re.IGNORECASE,
)
# Directly behind one: `5 Minuten warten`, `10 minutes later`.
_PASSES = re.compile(
    r"^\s*(?:lang\s+)?(?:warten|laufen|abkühlen|einwirken|ruhen|halten|lang|later|long)\b", re.IGNORECASE
)
# A rest, an interval or an age is nothing that somebody waits for now.
_NOT_NOW = re.compile(
    r"\b(?:every|each|alle|jede[nrs]?|toutes?\s+les|tous\s+les|cada|ogni|a\s+cada|rest\s+of|older\s+than|interval|if|wenn|falls|si|se)\b[^,.;]*$",
    re.IGNORECASE,
)


def waits(text: str) -> tuple[Wait, ...]:
    """The durations in a text that are to pass before the technician goes on, each once, in order."""
    found: dict[str, Wait] = {}
    for start, end in sentences(text):
        sentence = text[start:end]
        for one in quantities(sentence):
            seconds = _seconds(one) if one.dimension == "time" else None
            before, behind = sentence[: one.start], sentence[one.end :]
            if seconds is None or not 1 <= seconds <= LONGEST_TIMER or one.bound in {"max", "below"}:
                continue
            if (_LASTS.search(before) or _PASSES.match(behind)) and not _NOT_NOW.search(before):
                printed = squeeze(sentence[one.start : one.end]).rstrip(".")
                found.setdefault(printed, Wait(text=printed, seconds=round(seconds)))
    return tuple(found.values())


def _seconds(quantity: Quantity) -> Fraction | None:
    """A duration, of a range its shorter end; None where its number cannot be read surely."""
    printed, _, unit = quantity.low.partition(" ")  # `15 min` of a range over two units
    value, own = number_of(printed), unit_of(unit) if unit else quantity.unit
    return None if value is None or own is None or own.symbol not in _SECONDS else value * _SECONDS[own.symbol]


_SECONDS = {"s": 1, "min": 60, "h": 3600}
"""The factors of the units that a timer runs in; longer ones have none."""
