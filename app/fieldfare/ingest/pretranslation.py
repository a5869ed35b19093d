"""What translators review: every text of a pack with what memory and machine propose, and their work taken back.

A file that was reviewed in part is continued: what a person wrote in it stands, whatever is proposed now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fieldfare.ingest.units import State, Unit, altered, digest_of
from fieldfare.text import squeeze
from fieldfare.translation.guard import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldfare.ingest.segments import Segment
    from fieldfare.translation.memory import MemoryMatch

    # Translates texts; what it gives passed its guard.
    Machine = Callable[[Sequence[str]], Sequence["Suggestion"]]

BATCH = 16  # texts that are given to the machine together
GONE = "The pack has no such text any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a machine makes of a text; empty with the reason where its guard let nothing through."""

    text: str = ""
    reason: str = ""


def pretranslate(
    wanted: Sequence[Segment],
    pair: tuple[str, str],
    recall: Callable[[Segment], MemoryMatch | None],
    machine: Machine | None,
    known: Iterable[Unit],
) -> Iterator[Unit]:
    """A unit for each text in order, then those of `known` that a person wrote and the pack has no more.

    `pair` are the languages, `recall` asks the memory, `known` is the file as it was left.
    """
    before = {squeeze(unit.source): unit for unit in known}
    waiting: list[Segment] = []
    for segment in wanted:
        unit = _known(segment, pair, recall(segment), before.get(segment.text))
        if unit is None and machine is not None:
            waiting.append(segment)
        elif unit is None:
            yield _unit(segment, pair)
        if waiting and (unit is not None or len(waiting) >= BATCH):
            yield from _suggested(waiting, pair, machine)
            waiting = []
        if unit is not None:
            yield unit
    yield from _suggested(waiting, pair, machine)
    texts = {segment.text for segment in wanted}
    for source, unit in before.items():
        if source not in texts and unit.state >= State.TRANSLATED:
            yield replace(unit, notes=tuple(dict.fromkeys((*unit.notes, GONE))))


def _unit(segment: Segment, pair: tuple[str, str]) -> Unit:
    return Unit(
        source=segment.text, source_language=pair[0], target_language=pair[1], digest=digest_of(segment.text),
        kind=segment.kind, context=segment.context, page=segment.page,
    )  # fmt: skip


def _known(segment: Segment, pair: tuple[str, str], match: MemoryMatch | None, before: Unit | None) -> Unit | None:
    """What is there already: a person's work in the file, an approved translation, an older proposal, a similar text."""
    unit = _unit(segment, pair)
    approved = match if match is not None and match.approved else None
    if before is not None and before.state >= State.TRANSLATED and not (approved and approved.text == before.target):
        notes = before.notes if approved is None else (*before.notes, f"Approved until now: {approved.text}")
        return replace(unit, target=before.target, state=before.state, origin=before.origin,
                       notes=tuple(dict.fromkeys(notes)), approved_by=before.approved_by, approved_on=before.approved_on)  # fmt: skip
    if approved is not None:
        return replace(unit, target=approved.text, state=State.APPROVED, origin=f"exact ({approved.pack})",
                       approved_by=approved.approved_by, approved_on=approved.approved_on)  # fmt: skip
    if before is not None and before.target:
        return replace(unit, target=before.target, state=State.REVIEW, origin=before.origin, notes=before.notes)
    if match is not None:
        note = f"Translation of “{match.source}”. Different: {', '.join(match.differences)}"
        return replace(unit, target=match.text, state=State.REVIEW, origin=f"similar {match.score:.0%}", notes=(note,))
    return None


def _suggested(waiting: Sequence[Segment], pair: tuple[str, str], machine: Machine | None) -> Iterator[Unit]:
    if machine is None or not waiting:
        return
    for segment, made in zip(waiting, machine([one.text for one in waiting]), strict=True):
        unit = _unit(segment, pair)
        if made.text:
            doubt = (made.reason,) if made.reason else ()
            yield replace(unit, target=made.text, state=State.REVIEW, origin="machine", notes=doubt)
        else:
            yield replace(unit, notes=(f"No machine translation: {made.reason}",) if made.reason else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What of a reviewed file is taken: `refused` and `doubted` with the reason; `open` is not approved yet."""

    taken: tuple[Unit, ...]
    refused: tuple[tuple[Unit, str], ...] = ()
    doubted: tuple[tuple[Unit, str], ...] = ()
    open: int = 0


def review(units: Iterable[Unit], *, least: State, by: str, on: str) -> Review:
    """Judge a reviewed file: a unit is taken from a state on, and only where it has the numbers and codes of its source.

    `by` and `on` say who approved and when, where the file does not.
    """
    taken: list[Unit] = []
    refused: list[tuple[Unit, str]] = []
    doubted: list[tuple[Unit, str]] = []
    waiting = 0
    for unit in units:
        if unit.state < least or not unit.target:
            waiting += 1
            continue
        if reason := fault(unit):
            refused.append((unit, reason))
            continue
        if reason := problem(unit.source, unit.target, unit.source_language, unit.target_language):
            doubted.append((unit, reason))
        taken.append(
            replace(unit, state=State.APPROVED, notes=(), origin="", digest=digest_of(unit.source),
                    approved_by=unit.approved_by or by, approved_on=unit.approved_on or on)
        )  # fmt: skip
    return Review(taken=tuple(taken), refused=tuple(refused), doubted=tuple(doubted), open=waiting)


def fault(unit: Unit) -> str:
    """Why a unit cannot be approved: its source is not what was given, or a value or code differs; empty where it can."""
    if unit.digest and len(unit.digest) == len(digest_of("")) and unit.digest != digest_of(unit.source):
        return "its source text was changed in the file"
    return altered(unit.source, unit.target, (unit.source_language, unit.target_language))


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A memory with new units in it: how many are new, and which were `replaced`, as they were before."""

    units: tuple[Unit, ...]
    added: int
    replaced: tuple[Unit, ...]


def merge(memory: Sequence[Unit], new: Iterable[Unit]) -> Merge:
    """The memory in its order with new units in the place of those of the same text and context, the others behind."""
    merged = {_key(unit): unit for unit in memory}
    replaced = []
    size = len(merged)
    for unit in new:
        before = merged.get(_key(unit))
        if before is not None and before.target != unit.target:
            replaced.append(before)
        if before is None or before.target != unit.target:
            merged[_key(unit)] = unit
    return Merge(units=tuple(merged.values()), added=len(merged) - size, replaced=tuple(replaced))


def _key(unit: Unit) -> tuple[str, str, str]:
    return squeeze(unit.source), unit.target_language, unit.context


def states(units: Iterable[Unit]) -> Counter[State]:
    """How many units are how far."""
    return Counter(unit.state for unit in units)
