"""Memory that the program has done with goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """Give back what the allocator keeps for later, where it can be asked to (glibc).

    Loading a model and reading a page take memory for a moment; by itself glibc keeps it in every thread's own heap.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another library, or none (Windows)
        ctypes.CDLL(None).malloc_trim(0)
