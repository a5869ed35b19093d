"""A job as rows and as JSON for a work-order system; docs/job.md lists the fields."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from fieldfare.domain import Acknowledged, Asked, Attached, Measured, Noted, Stepped, StepState
from fieldfare.domain.job import places_of
from fieldfare.journal import records
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fieldfare.domain import Entry, Job, Progress, Reference

FORMAT = "fieldfare-job"
VERSION = 1
COLUMNS = (
    "job", "order", "title", "maker", "model", "serial", "entry", "at", "kind", "text", "name", "value", "unit", "expected",
    "verdict", "step", "state", "reason", "pack", "pack_version", "document", "revision", "section", "page", "file", "converted", "unsigned",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones are read as the plain by some
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def job_object(
    job: Job, entries: Sequence[Entry], procedures: Sequence[Progress], files: Mapping[str, str]
) -> dict[str, Any]:
    """The job with its entries in order of time and how far its procedures are, all texts cleaned.

    `files` names the file beside it of each digest.
    """
    made: dict[str, Any] = _cleaned(
        {
            "format": FORMAT,
            "version": VERSION,
            "job": records.plain(job),
            "entries": [entry_object(entry, files) for entry in entries],
            "procedures": [_procedure_object(one) for one in procedures if one.begun],
        }
    )
    return made


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def _procedure_object(progress: Progress) -> dict[str, Any]:
    return {
        "reference": records.plain(progress.procedure),
        **{state.value: len(progress.in_state(state)) for state in StepState},
        "open_steps": [one.number for one in progress.in_state(StepState.OPEN)],
    }


def entry_object(entry: Entry, files: Mapping[str, str]) -> dict[str, Any]:
    """One entry, flat."""
    made = {
        "id": entry.id,
        "at": records.time_text(entry.at),
        **records.plain(entry.deed),
    }
    if isinstance(entry.deed, Attached) and entry.deed.digest in files:
        made["file"] = files[entry.deed.digest]
    return made


def json_text(job: Job, entries: Sequence[Entry], procedures: Sequence[Progress], files: Mapping[str, str]) -> str:
    """The job as JSON."""
    return json.dumps(job_object(job, entries, procedures, files), ensure_ascii=False, indent=2) + "\n"


def csv_text(job: Job, entries: Sequence[Entry], procedures: Sequence[Progress], files: Mapping[str, str]) -> str:
    """A row for each entry, for each source of a question, for each open step of a procedure that something was done in.

    RFC 4180, UTF-8 with a mark that spreadsheets look for.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="")
    writer.writeheader()
    rows = [row for entry in entries for row in _rows(entry, files)]
    rows += [row for one in procedures if one.begun for row in _open_rows(one)]
    for row in rows:
        row |= {
            "job": job.id,
            "order": job.order,
            "title": job.title,
            "maker": job.machine.maker,
            "model": job.machine.model,
            "serial": job.machine.serial,
        }
        writer.writerow({name: cell(value) for name, value in row.items()})
    return "\ufeff" + stream.getvalue()


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a plain number stays one."""
    text = clean(text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _rows(entry: Entry, files: Mapping[str, str]) -> list[dict[str, str]]:
    deed = entry.deed
    row = {"entry": entry.id, "at": records.time_text(entry.at), "kind": records.kind_of(deed)}
    match deed:
        case Asked():
            row |= {"text": deed.question, "verdict": deed.verdict}
        case Stepped():
            row |= {"text": deed.reference.text, "step": deed.number, "state": deed.state, "reason": deed.reason}
        case Acknowledged():
            row |= {"text": deed.reference.text, "name": deed.signal_word}
        case Measured():
            row |= {
                "name": deed.name,
                "value": deed.value,
                "unit": deed.unit,
                "converted": deed.converted,
                "expected": deed.expected,
                "verdict": deed.verdict,
            }
        case Noted():
            row |= {"text": deed.text}
        case Attached():
            row |= {"text": deed.caption, "name": deed.name, "file": files.get(deed.digest, "")}
    return [row | _place(place) for place in places_of(deed)] or [row]


def _open_rows(progress: Progress) -> list[dict[str, str]]:
    """Steps that nothing was decided on; no entry tells of them."""
    row = {"kind": "open", "state": StepState.OPEN.value} | _place(progress.procedure)
    return [row | {"step": one.number} for one in progress.in_state(StepState.OPEN)]


def _place(place: Reference) -> dict[str, str]:
    return {
        "pack": place.pack,
        "pack_version": place.version,
        "document": place.document,
        "revision": place.revision,
        "section": " > ".join(place.heading),
        "page": place.page,
        "unsigned": "yes" if place.unsigned else "",
    }
