"""How many threads compute: as many as there are processors free for them.

Threads of llama.cpp wait for each other many times a token by spinning. When another program takes one processor, the
others burn theirs waiting: two threads on two busy processors are ten times slower than one. The count is therefore
chosen anew while the model works, from two clocks that cost microseconds to read: the processor time that this process
got and the time that the machine's processors were idle. Their sum is what is there to be used.
"""

from __future__ import annotations

import os
import time

_INTERVAL = 0.2  # seconds between decisions: the idle clock ticks in hundredths
_MARGIN = 0.3  # how much of the last processor may be taken by others before its thread is given up


class Pace:
    """Chooses the number of threads, from 1 to `most`, for one model."""

    def __init__(self, most: int) -> None:
        """Start with all of `most`, which is at least 1."""
        self.most = max(1, most)
        self._threads = self.most
        self._last = self._clocks()

    def threads(self) -> int:
        """How many threads to use for the next step; asked before each."""
        if self.most == 1:
            return 1
        if time.monotonic() - self._last[0] >= _INTERVAL:
            now = self._clocks()
            free = (now[1] - self._last[1] + now[2] - self._last[2]) / (now[0] - self._last[0])
            self._threads = max(1, min(self.most, int(free + _MARGIN)))
            self._last = now
        return self._threads

    @staticmethod
    def _clocks() -> tuple[float, float, float]:
        """Seconds: of the wall, of this process on processors, of idle processors of the whole machine."""
        import psutil

        try:
            times = psutil.cpu_times()
            idle = times.idle + getattr(times, "iowait", 0.0)
        except (OSError, RuntimeError, psutil.Error):
            idle = 0.0  # unknown: threads that were given up stay so
        return time.monotonic(), time.process_time(), idle


def default_threads() -> int:
    """Physical cores that this process may use, four at the most; from three on, one is left to the rest of the machine."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = min(allowed, psutil.cpu_count(logical=False) or allowed)
    return max(1, cores if cores <= 2 else min(4, cores - 1))
