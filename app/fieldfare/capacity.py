"""What this computer can give the program: instructions of its processor, and memory that it may take.

Where a thing cannot be known the answer is the hopeful one: nobody is kept from an answer by a system that tells little.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.errors import ModelError, ProcessorError, ShortageError, is_shortage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BASE = ("sse4_2", "popcnt")
"""What every library of the program is compiled for on x86-64 (numpy's baseline, x86-64-v2): processors since 2009."""
ENGINE = ("avx2", "fma", "f16c")
"""What the language engine is compiled for on x86-64 where it comes in one variant: processors since 2015."""
LEAST_MEMORY = 120_000_000
"""Bytes that a search takes (`/usr/bin/time -v fieldfare search oil`: 105 MB)."""
LEAST_ADDRESSES = 300_000_000
"""Bytes of address space below which numpy's OpenBLAS ends the program by itself (`prlimit --as=200000000 fieldfare search oil`)."""
# Where CPUID tells them: leaf, whether in what the system allows (registers that it must save) or in what there is, register, bit.
_BITS = {
    "sse4_2": (1, False, 2, 20), "popcnt": (1, False, 2, 23),
    "fma": (1, True, 2, 12), "f16c": (1, True, 2, 29), "avx2": (7, True, 1, 5),
}  # fmt: skip
_LEAVES = {1: 0, 7: 1}  # as glibc numbers them
_CGROUPS = Path("/sys/fs/cgroup")


class _Leaf(ctypes.Structure):
    """`struct cpuid_feature` of glibc's <sys/platform/x86.h>."""

    _fields_ = (("cpuid", ctypes.c_uint * 4), ("active", ctypes.c_uint * 4))


def lacking(wanted: Sequence[str]) -> tuple[str, ...]:
    """Which of these instructions this processor does not know; none where it is of another kind or does not tell."""
    if platform.machine() != "x86_64" or sys.platform != "linux":
        return ()
    try:
        ask = ctypes.CDLL(None).__x86_get_cpuid_feature_leaf  # glibc 2.33; older ones do not tell
    except (OSError, AttributeError):
        return ()
    ask.restype, ask.argtypes = ctypes.POINTER(_Leaf), [ctypes.c_uint]

    def known(name: str) -> bool:
        leaf, allowed, register, bit = _BITS[name]
        told = ask(_LEAVES[leaf]).contents
        return bool((told.active if allowed else told.cpuid)[register] >> bit & 1)

    return tuple(name for name in wanted if not known(name))


def unusable(error: Exception, sentence: str) -> ModelError:
    """What to raise where an engine does not load: the sentence, or that memory lacks where that is the reason."""
    if is_shortage(error):
        return ShortageError(_("There is not enough memory for this. Close other programs and try again."))
    return ModelError(sentence)


def check_processor() -> None:
    """Raise ProcessorError where this processor cannot run the program: a library would end it without a word."""
    if missing := lacking(BASE):
        raise ProcessorError(
            _("This processor is too old: it lacks {missing}. A computer made after 2009 is needed.").format(
                missing=", ".join(missing)
            )
        )


def check_memory() -> None:
    """Raise ShortageError where searching would be ended by the system for want of memory."""
    limit = _address_limit()
    for free, needed in (
        (_system_memory(swap=True), LEAST_MEMORY),
        (min(_group_rooms(), default=LEAST_MEMORY), LEAST_MEMORY),
        (LEAST_ADDRESSES if limit is None else limit, LEAST_ADDRESSES),
    ):
        if free < needed:
            raise ShortageError(
                _(
                    "Fieldfare may take {free:.0f} MB of memory here; {needed:.0f} MB are needed to search. Close other programs, or ask who set the limit."
                ).format(free=free / 1e6, needed=needed / 1e6)
            )


def free_memory() -> int:
    """Bytes that this program may still take: what is free here, within the limits of its group and its own."""
    import psutil

    free = [_system_memory(), *_group_rooms()]
    if (limit := _address_limit()) is not None:
        free.append(limit - int(psutil.Process().memory_info().vms))
    return max(0, min(free))


def _system_memory(*, swap: bool = False) -> int:
    """Bytes that are free on this computer, with the swap space if asked for."""
    try:  # psutil reads the same, but takes longer to import than this to read
        lines = (line.split() for line in Path("/proc/meminfo").read_text("ascii").splitlines())
        told = {name: 1024 * int(size) for name, size, *_unit in lines}
        return told["MemAvailable:"] + (told["SwapFree:"] if swap else 0)
    except (OSError, ValueError, KeyError):
        import psutil

        return int(psutil.virtual_memory().available) + (int(psutil.swap_memory().free) if swap else 0)


def _address_limit() -> int | None:
    """The bytes of address space that this process may have, None where there is no limit."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def _group_rooms() -> Iterator[int]:
    """What is left in each control group of Linux that this process is in; files that are only kept in memory can go."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines():
            _number, kinds, place = line.split(":", 2)
            if kinds == "memory":
                yield from _rooms(
                    _CGROUPS / "memory", place, ("limit_in_bytes", "usage_in_bytes", "total_inactive_file")
                )
            elif not kinds:
                yield from _rooms(_CGROUPS, place, ("max", "current", "inactive_file"))


def _rooms(top: Path, place: str, names: tuple[str, str, str]) -> Iterator[int]:
    limit, usage, kept = names
    folder = top / place.lstrip("/")
    for here in (folder, *folder.parents):
        with contextlib.suppress(OSError, ValueError):
            most = int((here / f"memory.{limit}").read_text("ascii"))
            told = dict(line.split() for line in (here / "memory.stat").read_text("ascii").splitlines())
            yield most - int((here / f"memory.{usage}").read_text("ascii")) + int(told.get(kept, 0))
        if here == top or os.path.ismount(here):
            return
