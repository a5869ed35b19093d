"""How far something is and how long it will take, as one line."""

from __future__ import annotations

import time

from fieldfare.catalogue import _

_SOON = 1.0  # seconds of a stage after which its rate tells something


class Pace:
    """Keeps when a stage began; one for each piece of work."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._first = 0

    def line(self, stage: str, done: int, total: int) -> str:
        """The stage, how much of it is done, and the seconds that are left once that can be told."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._first = stage, now, min(done, total)
        said = _("{stage}: {done} of {total}").format(stage=stage, done=done, total=total)
        spent = now - self._began
        if spent > _SOON and self._first < done < total:
            left = (total - done) * spent / (done - self._first)
            said += ", " + _("{seconds:.0f} s left").format(seconds=max(1, left))
        return said
