"""Garbage is looked for between keys, not under them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.tui import sweeping
from fieldfare.tui.sweeping import MOST, PENDING, REST, Sweeper

if TYPE_CHECKING:
    import pytest


class Litter:
    """An object that only refers to itself."""

    def __init__(self) -> None:
        self.mine = self


def left() -> weakref.ref[Litter]:
    """Such an object that all lesser collections have passed by."""
    gc.collect()
    litter = Litter()
    for _ in range(PENDING + 2):
        gc.collect(1)
    return weakref.ref(litter)


def test_it_is_swept_once_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(sweeping.time, "monotonic", lambda: now)
    sweeper, litter = Sweeper(), left()
    sweeper.touch()
    now += REST / 2
    sweeper.sweep()
    assert litter() is not None
    now += REST
    sweeper.sweep()
    assert litter() is None


def test_a_little_is_left_lying() -> None:
    gc.collect()
    litter = Litter()
    gc.collect(1)
    kept = weakref.ref(litter)
    del litter
    Sweeper().sweep()
    assert kept() is not None
    gc.collect()


def test_the_program_starts_without_collections_and_then_has_them() -> None:
    code = (
        "import gc; gc.disable()\n"
        "from fieldfare.tui.sweeping import Sweeper; Sweeper().begin()\n"
        "print(gc.isenabled(), gc.get_threshold()[2], gc.get_freeze_count() > 1000)\n"
        "kept = gc.get_freeze_count(); Sweeper().begin(); print(gc.get_freeze_count() == kept)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "app")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["True", str(MOST), "True", "True"]
