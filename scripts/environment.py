"""Makes the environment that scripts/run and scripts/test work in: `.venv` at the root of the repository.

The environment is made in stages; each is stamped with a hash of what it was made from, so a stage runs again only when
that changed, an interrupted set-up goes on where it stopped, and a finished one costs a few hashes. Standard library
only. Talk goes to stderr, the tools' full output to `.venv/setup.log`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import zipfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "requirements"
INGEST = ROOT / "app" / "fieldfare" / "ingest"
SHARE = VENV / "share" / "fieldfare"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
QUANTISATION = "Q4_0"  # why this one: see fieldfare.ingest.quantise
LIBRARY_ONLY = ROOT / "build" / "llama-library-only.cmake"
# A portable library: no instructions of this machine alone (the AMX path crashes on some), and no OpenMP, whose waiting
# threads spin and starve each other when the machine is busy.
FLAGS = ("GGML_NATIVE=OFF", "GGML_OPENMP=OFF", "GGML_CCACHE=OFF", "LLAVA_BUILD=OFF")


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def ensure(*, testing: bool = False) -> None:
    """Bring `.venv` up to date: quick when nothing changed, minutes the first time. Raises SetupError."""
    lock = "test.txt" if testing else "author.txt"
    done = _State()
    stages = [stage for stage in _stages(lock) if stage[1] and not done.has(stage[0], stage[1])]
    if not stages:
        return
    _check_python()
    VENV.mkdir(exist_ok=True)
    with _alone():
        done = _State()  # another run may have finished meanwhile
        for name, stamp, make in _stages(lock):
            # A stamp may hang on a stage before it, so it is asked for again here.
            if stamp and not done.has(name, stamp):
                make()
                done.add(name, stamp)
                if name == "python":
                    done = _State()
                if name == "packages test.txt":  # it holds everything of author.txt, at the same versions
                    done.add("packages author.txt", _digest(LOCKS / "author.txt"))
    _say("Ready.")


def start(arguments: list[str]) -> None:
    """Become `.venv/bin/python` with these arguments, or run it and exit as it did where a process cannot become."""
    if WINDOWS:
        sys.exit(subprocess.run([str(PYTHON), *arguments], check=False).returncode)
    os.execv(PYTHON, [str(PYTHON), *arguments])


def environment() -> dict[str, str]:
    """This process's environment without what would bend pip, Python or the compiler; indexes and certificates stay."""
    bends = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "CMAKE_ARGS", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN"}
    bends |= {"PIP_NO_BINARY", "PIP_ONLY_BINARY", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_QUIET", "PIP_REQUIRE_HASHES"}
    bends |= {"PIP_NO_DEPS", "PIP_PYTHON", "PIP_LOG", "PIP_EDITABLE", "PIP_NO_INDEX"} - {"PIP_NO_INDEX"}
    kept = {name: value for name, value in os.environ.items() if name not in bends and not name.startswith("SKBUILD_")}
    settings = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    return kept | settings


# --- the stages -----------------------------------------------------------------------------------------------------


def _stages(lock: str) -> Iterator[tuple[str, str, Callable[[], None]]]:
    """Name, stamp and maker of each stage, in order; an empty stamp means that there is nothing to make yet."""
    python = f"{sys.implementation.cache_tag} {sysconfig.get_platform()} {sys.base_prefix} {VENV}"
    yield "python", python if not (VENV / "pyvenv.cfg").exists() or _other_python(python) else _kept("python"), lambda: _make_venv(python)
    yield f"packages {lock}", _digest(LOCKS / lock), lambda: _install(lock)
    yield "llama-cpp-python", _wheel_key(), _install_llama
    yield "project", _digest_text(str(ROOT), (ROOT / "pyproject.toml").read_text("utf-8")), _install_project
    models = _digest(LOCKS / "models.txt")
    yield "language model", _digest_text(models, QUANTISATION, _wheel_key(), _digest(INGEST / "quantise.py")), _make_language_model
    embedder = _digest_text(models, _locked("ctranslate2"), _digest(INGEST / "embedder.py"))
    yield "embedder", embedder, _make_embedder
    for source in sorted((ROOT / "packs").glob("*/pack.toml")):
        yield f"pack {source.parent.name}", _pack_stamp(source.parent, embedder), lambda folder=source.parent: _make_pack(folder)
