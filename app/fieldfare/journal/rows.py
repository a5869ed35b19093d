"""Rows of the journal's tables as values, and back. DamageError where a row is not what this program writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fieldfare.catalogue import _
from fieldfare.domain.job import Entry, Job, Pin, Reference, WorkMachine
from fieldfare.errors import DamageError
from fieldfare.journal import records
from fieldfare.journal.store import FILE

if TYPE_CHECKING:
    from datetime import datetime

JOB = "SELECT number, id, machine, title, order_number, begun, ended FROM job"
"""What `job` reads."""


def job(row: tuple[Any, ...]) -> Job:
    """A row of JOB."""
    number, id_, machine, title, order, begun, ended = row
    return Job(
        id=id_,
        number=number,
        machine=parsed(WorkMachine, machine),
        title=title,
        order=order,
        begun=time(begun),
        ended=time(ended) if ended else None,
    )


def entry(row: tuple[Any, ...]) -> Entry:
    """Id, time, kind and deed of an entry."""
    id_, at, kind, deed = row
    try:
        return Entry(id=id_, at=records.time_of(at), deed=records.deed_of(kind, deed))
    except ValueError as error:
        raise _damaged(error) from error


def pin(row: tuple[Any, ...]) -> Pin:
    """Id, place, note and time of a bookmark."""
    id_, place, note, at = row
    return Pin(id=id_, reference=parsed(Reference, place), note=note, at=time(at))


def pin_row(pin: Pin) -> tuple[str, ...]:
    """A bookmark as it is kept."""
    place = pin.reference
    return pin.id, place.pack, records.text_of(place), pin.note, records.time_text(pin.at)


def parsed(kind: type[records.Value], text: str) -> records.Value:
    """A value that was kept as JSON."""
    try:
        return records.parsed(kind, text)
    except ValueError as error:
        raise _damaged(error) from error


def time(text: str) -> datetime:
    """A time as it was kept."""
    try:
        return records.time_of(text)
    except ValueError as error:
        raise _damaged(error) from error


def heading_text(place: Reference) -> str:
    """The headings of a place, by which the progress of its procedure is found."""
    return json.dumps(place.heading, ensure_ascii=False)


def _damaged(error: ValueError) -> DamageError:
    return DamageError(_("{name} is damaged ({reason}).").format(name=FILE, reason=error))
