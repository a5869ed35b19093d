"""When Python looks for objects that only refer to each other: between keys, not under them.

Over the rows of a long manual it takes 0.1 to 0.3 s.
"""

from __future__ import annotations

import gc
import time

REST = 1.0
"""Seconds without a key after which none is expected at once."""
PENDING = 5
"""Lesser collections after which a whole one is worth it; Python alone would wait for 10."""
MOST = 60
"""Lesser collections after which a whole one is made under the fingers after all: half a million new objects."""


class Sweeper:
    """Looks for them while nobody types."""

    def __init__(self) -> None:
        self._touched = 0.0

    def begin(self) -> None:
        """From now on; what stands already, libraries above all, stays as long as the program. For a start without collections."""
        if not gc.isenabled():
            gc.freeze()
            gc.set_threshold(*gc.get_threshold()[:2], MOST)
            gc.enable()

    def touch(self) -> None:
        """A key was pressed, a finger or the mouse moved."""
        self._touched = time.monotonic()

    def sweep(self) -> None:
        """Look now, where it is worth it and nobody waits."""
        if gc.get_count()[2] >= PENDING and time.monotonic() - self._touched >= REST:
            gc.collect()
