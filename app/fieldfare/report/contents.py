"""What a job's report says, whatever it is written as: facts, tables and items, in the technician's language.

Quotes of manuals stay verbatim; their approved translation stands below them. Times are those of the device's clock zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import (
    Acknowledged,
    Asked,
    Attached,
    Limit,
    Measured,
    Noted,
    Read,
    Stepped,
    StepState,
    Verdict,
)
from fieldfare.domain.job import places_of
from fieldfare.procedure.steps import BULLET
from fieldfare.procedure.words import value_of
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from fieldfare.domain import Deed, Entry, Job, Progress, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Text of a manual with where it stands; `label` is the signal word of a warning."""

    text: str
    source: str
    translated: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that was done: `head` is what, a `strong` one is a title; `lines` say more, `quotes` are the manual's.

    `file` is what was attached.
    """

    at: str
    head: str
    strong: bool = False
    lines: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    file: Attached | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows below a header; those `marked` need attention, which their text says too."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A part of the report; `under` says what it is about, the place of a procedure."""

    title: str
    under: str = ""
    table: Table | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A job as it is handed in."""

    title: str
    facts: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]


def report_of(
    job: Job, entries: Sequence[Entry], procedures: Sequence[Progress] = (), zone: tzinfo | None = None
) -> Report:
    """The report of a job with how far its procedures are; times in a `zone`, by default that of this machine."""
    chapters = (
        _attention(entries, procedures),
        *_procedures(entries, procedures, zone),
        _readings(entries, zone),
        _chapter(_("Warnings acknowledged"), Acknowledged, entries, zone),
        _chapter(_("Notes"), Noted, entries, zone),
        _chapter(_("Photographs and documents"), Attached, entries, zone),
        _chapter(_("Questions and answers"), Asked, entries, zone),
        _chapter(_("Sections read"), Read, entries, zone),
    )
    return Report(
        title=_("Job report: {name}").format(name=job_name(job)),
        facts=_facts(job, entries, zone),
        chapters=tuple(chapter for chapter in chapters if chapter.items or (chapter.table and chapter.table.rows)),
    )


def job_name(job: Job) -> str:
    """What a job is called: its title, else its machine, else its number."""
    return squeeze(job.title) or squeeze(str(job.machine)) or _("job {number}").format(number=job.number)


def time_line(at: datetime, zone: tzinfo | None = None) -> str:
    """`2026-05-04 10:12`."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def source_line(place: Reference) -> str:
    """`CP 200 Service rev. C, p. 42, 8.2 Oil change (cp200 2.0)`: enough to find it in the printed manual and the pack."""
    revision = " " + _("rev. {revision}").format(revision=squeeze(place.revision)) if place.revision else ""
    page = _("p. {page}").format(page=squeeze(place.page)) if place.page else ""
    heading = squeeze(place.heading[-1]) if place.heading else ""
    parts = ", ".join(part for part in (squeeze(place.document) + revision, page, heading) if part)
    return f"{parts} ({squeeze(place.pack)} {squeeze(place.version)}{_unsigned(place)})"


def _unsigned(place: Reference) -> str:
    return f", {_('unsigned pack')}" if place.unsigned else ""


def open_steps(procedures: Iterable[Progress]) -> str:
    """`2 of 3 steps are open`, of all procedures that something was done in; empty where none is open."""
    begun = [one for one in procedures if one.begun]
    still = sum(len(one.in_state(StepState.OPEN)) for one in begun)
    total = sum(len(one.in_state(state)) for one in begun for state in StepState)
    sentence = ngettext("{number} of {total} steps is open", "{number} of {total} steps are open", still)
    return sentence.format(number=still, total=total) if still else ""


def numbers_open(progress: Progress) -> tuple[str, ...]:
    """The numbers of the steps that are open; a bullet has none."""
    return tuple(squeeze(one.number) for one in progress.in_state(StepState.OPEN) if BULLET not in one.number)


def limit_name(limit: Limit) -> str:
    """A verdict on a reading, in a word."""
    return {
        Limit.LOW: _("low"),
        Limit.OK: _("within limits"),
        Limit.HIGH: _("high"),
        Limit.UNCHECKED: _("not checked"),
    }[limit]


def state_name(state: StepState) -> str:
    """What became of a step, in a word."""
    return {StepState.OPEN: _("open"), StepState.DONE: _("done"), StepState.SKIPPED: _("skipped")}[state]


def verdict_name(verdict: Verdict) -> str:
    """How a question was answered, in a word."""
    return {
        Verdict.GROUNDED: _("answered from the manuals"),
        Verdict.QUOTED: _("quoted from the manuals"),
        Verdict.REFUSED: _("not in the manuals"),
        Verdict.CHOICE: _("several readings"),
    }[verdict]


def headline(deed: Deed) -> str:
    """What an entry says, in one line."""
    match deed:
        case Asked():
            return squeeze(deed.question)
        case Read():
            return squeeze(deed.reference.heading[-1]) if deed.reference.heading else squeeze(deed.reference.document)
        case Stepped():
            return " ".join(filter(None, (squeeze(deed.number), squeeze(deed.reference.text))))
        case Acknowledged():
            return f"{squeeze(deed.signal_word)}: {squeeze(deed.reference.text)}"
        case Measured():
            return f"{squeeze(deed.name)}: {value_of(deed)}"
        case Noted():
            return squeeze(deed.text)
        case Attached():
            return squeeze(deed.caption) or squeeze(deed.name)


def detail(deed: Deed) -> str:
    """What kind of entry it is and what became of it, in one line."""
    match deed:
        case Asked():
            parts = [verdict_name(deed.verdict), *(source_line(place) for place in deed.sources[:1])]
        case Read():
            parts = [source_line(deed.reference)]
        case Stepped():
            parts = [": ".join(filter(None, (state_name(deed.state), squeeze(deed.reason))))]
        case Acknowledged():
            parts = [_("acknowledged")]
        case Measured():
            parts = [reading(deed)]
        case Noted():
            parts = [source_line(deed.reference)] if deed.reference else []
        case Attached():
            size = f"{max(1, round(deed.size / 1000))} kB"
            parts = [squeeze(deed.name), size] if deed.caption else [size]
    return " · ".join((kind_name(deed), *parts))


def describe(deed: Deed) -> str:
    """An entry in one line."""
    return f"{headline(deed)} ({detail(deed)})"


def needs_attention(deed: Deed) -> bool:
    """Whether a reader must not overlook it: a step left out, a reading out of limits."""
    if isinstance(deed, Stepped):
        return deed.state is StepState.SKIPPED
    return isinstance(deed, Measured) and deed.verdict in {Limit.LOW, Limit.HIGH}


def reading(deed: Measured) -> str:
    """What was expected and how the value lies to it: `expected 24 to 28 V: low`."""
    expected = _("expected {limits}").format(limits=squeeze(deed.expected)) + ": " if deed.expected else ""
    return f"{expected}{limit_name(deed.verdict)}"


def kind_name(deed: Deed) -> str:
    """What kind of entry it is, in a word."""
    match deed:
        case Asked():
            return _("asked")
        case Read():
            return _("read")
        case Stepped():
            return _("step")
        case Acknowledged():
            return _("warning")
        case Measured():
            return _("measured")
        case Noted():
            return _("note")
        case Attached():
            return _("file")


def _facts(job: Job, entries: Iterable[Entry], zone: tzinfo | None) -> tuple[tuple[str, str], ...]:
    packs = dict.fromkeys(
        f"{squeeze(place.pack)} {squeeze(place.version)} (SHA-256 {squeeze(place.digest)[:16]}{_unsigned(place)})"
        for entry in entries
        for place in places_of(entry.deed)
    )
    offset = job.begun.astimezone(zone).strftime("%z")
    ended = time_line(job.ended, zone) if job.ended else _("not finished")
    facts = (
        (_("Machine"), squeeze(str(job.machine))),
        (_("Serial number"), squeeze(job.machine.serial)),
        (_("Order"), squeeze(job.order)),
        (_("Begun"), f"{time_line(job.begun, zone)} (UTC{offset[:3]}:{offset[3:]})"),
        (_("Finished"), ended),
        (_("Manuals used"), "\n".join(packs)),
    )
    return tuple((label, value) for label, value in facts if value)


def _attention(entries: Iterable[Entry], procedures: Iterable[Progress]) -> Chapter:
    """What a reader must not overlook: steps left open or out, readings out of limits."""
    steps, readings = _last_steps(entries), _last_readings(entries)
    rows = [
        (said, source_line(one.procedure), ", ".join(dict.fromkeys(numbers_open(one))))
        for one in procedures
        if (said := open_steps((one,)))
    ]
    rows += [
        (
            _("Step {number} skipped").format(number=squeeze(deed.number)),
            squeeze(deed.reference.text),
            squeeze(deed.reason),
        )
        for deed in (entry.deed for entry in steps)
        if isinstance(deed, Stepped) and needs_attention(deed)
    ]
    rows += [
        (_("Reading out of limits"), squeeze(deed.name), f"{value_of(deed)}, {reading(deed)}")
        for deed in readings
        if needs_attention(deed)
    ]
    header = (_("What"), _("Where"), _("Details"))
    table = Table(header=header, rows=tuple(rows), marked=frozenset(range(len(rows))))
    return Chapter(title=_("Needs attention"), table=table)


def _last_steps(entries: Iterable[Entry]) -> list[Entry]:
    """Each step as it was left, in the order in which they were touched first."""
    last: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        if isinstance(entry.deed, Stepped):
            last[_procedure(entry.deed.reference), entry.deed.number, entry.deed.reference.text] = entry
    return list(last.values())


def _last_readings(entries: Iterable[Entry]) -> list[Measured]:
    """The last reading of each name at each step: one that was low and is right now needs no attention."""
    last: dict[tuple[object, ...], Measured] = {}
    for deed in (entry.deed for entry in entries):
        if isinstance(deed, Measured):
            place = deed.reference
            last[_procedure(place) if place else (), place.text if place else "", deed.name] = deed
    return list(last.values())


def _procedure(place: Reference) -> tuple[object, ...]:
    return place.pack, place.version, place.document, place.heading


def _counts(place: Reference, procedures: Iterable[Progress]) -> str:
    """How many steps of a procedure are done, skipped and open; empty where nobody knows."""
    sentence = _("{done} done, {skipped} skipped, {open} open")
    for one in procedures:
        there = one.procedure
        if (there.pack, there.document, there.heading) == (place.pack, place.document, place.heading):
            return sentence.format_map({state: len(one.in_state(state)) for state in StepState})
    return ""


def _procedures(entries: Iterable[Entry], procedures: Sequence[Progress], zone: tzinfo | None) -> list[Chapter]:
    """A table of steps for each procedure."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in _last_steps(entries):
        if isinstance(entry.deed, Stepped):
            groups.setdefault(_procedure(entry.deed.reference), []).append(entry)
    chapters = []
    for group in groups.values():
        rows: list[tuple[str, ...]] = []
        marked: set[int] = set()
        place = None
        for entry in group:
            deed = entry.deed
            if isinstance(deed, Stepped):
                place = deed.reference
                state = ": ".join(filter(None, (state_name(deed.state), squeeze(deed.reason))))
                text = "\n".join(filter(None, (squeeze(place.text), squeeze(place.translated))))
                if needs_attention(deed):
                    marked.add(len(rows))
                rows.append((squeeze(deed.number), text, state, time_line(entry.at, zone)))
        header = (_("Step"), _("Text"), _("State"), _("Time"))
        table = Table(header=header, rows=tuple(rows), marked=frozenset(marked))
        under = " · ".join(filter(None, (_counts(place, procedures), source_line(place)))) if place else ""
        chapters.append(Chapter(title=_("Procedure"), under=under, table=table))
    return chapters


def _readings(entries: Iterable[Entry], zone: tzinfo | None) -> Chapter:
    rows: list[tuple[str, ...]] = []
    marked: set[int] = set()
    for entry in entries:
        if isinstance(deed := entry.deed, Measured):
            if needs_attention(deed):
                marked.add(len(rows))
            place = source_line(deed.reference) if deed.reference else ""
            rows.append(
                (
                    squeeze(deed.name),
                    value_of(deed),
                    squeeze(deed.expected),
                    limit_name(deed.verdict),
                    time_line(entry.at, zone),
                    place,
                )
            )
    header = (_("Reading"), _("Value"), _("Expected"), _("Result"), _("Time"), _("Source"))
    return Chapter(title=_("Readings"), table=Table(header=header, rows=tuple(rows), marked=frozenset(marked)))


def _chapter(title: str, kind: type[Deed], entries: Iterable[Entry], zone: tzinfo | None) -> Chapter:
    return Chapter(title=title, items=tuple(_item(entry, zone) for entry in entries if isinstance(entry.deed, kind)))


def _item(entry: Entry, zone: tzinfo | None) -> Item:
    at, deed = time_line(entry.at, zone), entry.deed
    match deed:
        case Asked():
            lines = tuple(filter(None, (verdict_name(deed.verdict), squeeze(deed.message))))
            return Item(
                at=at, head=squeeze(deed.question), strong=True, lines=lines, quotes=tuple(map(_quote, deed.sources))
            )
        case Acknowledged():
            return Item(at=at, head="", quotes=(_quote(deed.reference, squeeze(deed.signal_word)),))
        case Noted():
            place = deed.reference
            if place is not None and place.text:
                return Item(at=at, head=clean(deed.text), quotes=(_quote(place),))
            return Item(at=at, head=clean(deed.text), lines=(source_line(place),) if place else ())
        case Attached():
            lines = (source_line(deed.reference),) if deed.reference else ()
            return Item(at=at, head=squeeze(deed.caption) or squeeze(deed.name), strong=True, lines=lines, file=deed)
        case _:
            return Item(at=at, head=source_line(deed.reference) if isinstance(deed, Read) else headline(deed))


def _quote(place: Reference, label: str = "") -> Quote:
    return Quote(text=clean(place.text), source=source_line(place), translated=clean(place.translated), label=label)
