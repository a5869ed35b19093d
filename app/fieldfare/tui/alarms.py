"""Timers that run on in every room and through a restart: each is told once when it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.procedure.course import CLOSED, remaining
from fieldfare.text import squeeze
from fieldfare.tui.wording import heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.domain import Progress, Timer
    from fieldfare.journal import Journal

_LONGEST = 24  # characters of a heading in a line that stands beside others


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A timer with the words that name it."""

    label: str
    timer: Timer
    closed: bool = False  # its procedure: nobody can stop it there

    def line(self, now: datetime) -> str:
        """`8.2 Change the oil, step 3: 9:41`."""
        left = remaining(self.timer, now)
        if left <= 0:
            return _("OVER since {time}: {label}").format(time=clock(-left), label=self.label)
        return f"{self.label}: {clock(left)}"


class Alarms:
    """The timers of the procedures of a job."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, ...], tuple[Running, ...]] = {}
        self._told: set[tuple[str, datetime]] = set()

    def of(self, progress: Progress) -> None:
        """Take the timers of a procedure, in place of those it had."""
        place = progress.procedure
        name = _short(heading(place.heading) or squeeze(place.document))
        self._running[place.pack, place.document, *place.heading] = tuple(
            Running(
                label=_("{procedure}, step {step}").format(procedure=name, step=_number(one.step)),
                timer=one,
                closed=progress.current == CLOSED,
            )
            for one in progress.timers
        )

    def load(self, journal: Journal) -> None:
        """Take those of the current job, without what ended in a closed procedure; in a worker. Raises StorageError."""
        job, now = journal.current(), datetime.now(UTC)
        for progress in journal.procedures(job.id) if job else ():
            going = tuple(one for one in progress.timers if progress.current != CLOSED or remaining(one, now) > 0)
            self.of(replace(progress, timers=going))

    def forget(self) -> None:
        """Another job has begun: its timers are others."""
        self._running.clear()

    @property
    def running(self) -> tuple[Running, ...]:
        """All of them, that which is over first before the others; what a closed procedure left is gone once it was told."""
        every = (
            one
            for some in self._running.values()
            for one in some
            if not (one.closed and (one.timer.step, one.timer.started) in self._told)
        )
        return tuple(sorted(every, key=lambda one: one.timer.started.timestamp() + one.timer.seconds))

    def due(self, now: datetime) -> list[str]:
        """What is to be told of those that came to their end since this was asked last."""
        over = [one for one in self.running if remaining(one.timer, now) <= 0]
        fresh = [one for one in over if (one.timer.step, one.timer.started) not in self._told]
        self._told |= {(one.timer.step, one.timer.started) for one in fresh}
        return [one.line(now) for one in fresh]


def ahead(every: Iterable[Running], now: datetime) -> bool:
    """Whether any timer is still to come to its end."""
    return any(remaining(one.timer, now) > 0 for one in every)


def clock(seconds: int) -> str:
    """`9:41`, `1:05:00`."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _short(title: str) -> str:
    """The number of a heading, or its first words: `8.2`."""
    first = title.partition(" ")[0].rstrip(".")
    return first if first[:1].isdigit() else title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"


def _number(key: str) -> str:
    return squeeze(key.rpartition("-")[0])
