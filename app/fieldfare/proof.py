"""Proves on this machine that the program is offline: uses it, tries to get out, and reports what was tried and what came of it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import json
import os
import platform
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import __version__, inventory, offline, paths, settings, trust
from fieldfare.catalogue import N_, _, ngettext
from fieldfare.domain import Answered, Failed, ModelStatus, Question, Verdict
from fieldfare.errors import FieldfareError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fieldfare.assistant import Assistant
    from fieldfare.pack.archive import Archive

_LIBRARIES = ("apsw", "numpy", "ctranslate2", "tokenizers", "llama-cpp-python", "llama_cpp_python", "sentencepiece", "pillow", "textual",
              "pynacl", "Python")  # fmt: skip
_LOOKED = 20  # questions that are tried until one has an answer, or finds a figure
ASKED = N_("How is the machine switched off?")  # where a pack has no question of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One thing that was tried: `ok` None where it could not be tried on this machine. `name` is for the catalogue."""

    name: str
    ok: bool | None
    outcome: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was tried, on what; `digest` covers all of it."""

    trials: tuple[Trial, ...]
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing that was tried failed."""
        return all(one.ok is not False for one in self.trials)

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        rows = [{"tried": one.name, "ok": one.ok, "outcome": one.outcome, "seconds": round(one.seconds, 3)}
                for one in self.trials]  # fmt: skip
        whole = {**self.about, "offline": self.holds, "trials": rows}
        canonical = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return {**whole, "sha256_of_report": hashlib.sha256(canonical.encode()).hexdigest()}


def run() -> Proof:
    """Close the network, use the program, and look whether anything got out; takes seconds."""
    began = datetime.now().astimezone().isoformat(timespec="seconds")
    guard = offline.close_network()
    trials = [
        _tried(N_("files of the program"), _files),
        Trial(name=N_("guard"), ok=guard.covers_native or None, outcome=_(guard.sentence)),
        _tried(N_("socket of Python"), _python_socket),
        _tried(N_("socket of native code"), _native_socket),
        _tried(N_("socket of a child process"), _child_socket),
        *_uses(),
    ]
    return Proof(trials=tuple(trials), about=_about(began, guard.kind))


def _tried(name: str, trial: Callable[[], tuple[bool | None, str]]) -> Trial:
    """Run one trial; what it raises is its failure."""
    began = time.monotonic()
    try:
        ok, outcome = trial()
    except (FieldfareError, OSError, LookupError, ValueError, subprocess.SubprocessError) as error:
        ok, outcome = False, str(error)
    return Trial(name=name, ok=ok, outcome=outcome, seconds=time.monotonic() - began)


def _files() -> tuple[bool | None, str]:
    """What is proved of this program holds for others of the same files only."""
    folder = inventory.program_dir()
    if folder is None:
        return None, _("This program runs from a Python installation, which has no list of its files. Verify a bundle.")
    found = inventory.verify(folder, lambda *_: None)
    return found.sound, inventory.told(found)


def _python_socket() -> tuple[bool | None, str]:
    if offline.probe():
        return False, _("A socket to another machine could be opened.")
    return True, _("It was refused.")


def _native_socket() -> tuple[bool | None, str]:
    if os.name != "posix":
        return None, _("It cannot be tried on this system.")
    libc = ctypes.CDLL(None, use_errno=True)
    for family in (socket.AF_INET, socket.AF_INET6):
        descriptor = libc.socket(int(family), int(socket.SOCK_STREAM), 0)
        if descriptor >= 0:
            os.close(descriptor)
            return False, _("A socket to another machine could be opened.")
    refused = ctypes.get_errno() in {errno.EACCES, errno.EPERM}
    return refused or None, _("It was refused.") if refused else os.strerror(ctypes.get_errno())


def _child_socket() -> tuple[bool | None, str]:
    """The guard goes on to what the program starts: a child of the same kind as the model's process asks for a socket.

    It closes the network for itself too: only the count of its filters tells that ours came with it.
    """
    program = [sys.executable] if inventory.program_dir() else [sys.executable, "-P", "-m", "fieldfare"]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([*program, "doctor", "--socket"], capture_output=True, check=False, env=found, timeout=60)
    if done.returncode == offline.OPENED:
        return False, _("A socket to another machine could be opened.")
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return False, _("It failed: {reason}").format(reason=said or done.returncode)
    mine, found_there = offline.filters(), int(done.stdout.strip() or 0)
    if not mine or not found_there:
        return True, _("It was refused.")
    inherited = found_there > mine
    return inherited, _("It was refused; the filter of this program came with it.") if inherited else _(
        "It was refused, but the filter of this program did not come with it."
    )


def _uses() -> Iterator[Trial]:
    """What a technician does: search, ask, let the model write where there is one, translate, look at a figure."""
    from fieldfare.assistant import open_assistant

    try:
        assistant = open_assistant(replace(settings.read()[0], draft=True), eager=True)
    except FieldfareError as error:
        yield Trial(name=N_("packs"), ok=False, outcome=str(error))
        return
    try:
        if assistant.packs:
            question = Question(text=_questions(1)[0])
            yield _tried(N_("search"), lambda: _search(assistant, question))
            yield _tried(N_("ask"), lambda: _ask(assistant))
            yield _tried(N_("language model"), lambda: _model(assistant))
            yield _tried(N_("translate"), _translate)
            yield _tried(N_("figure"), lambda: _figure(assistant))
        else:
            outcome = _("No pack is installed: searching and asking were not tried.")
            yield Trial(name=N_("packs"), ok=None, outcome=outcome)
        yield _tried(N_("sockets of all processes"), _no_sockets)  # while the model's process lives
    finally:
        assistant.close()


def _archives() -> Iterator[Archive]:
    from fieldfare import library

    shelf = library.open_shelf()
    try:
        yield from shelf.archives
    finally:
        shelf.close()


def _questions(most: int) -> list[str]:
    """Questions that the authors of the installed packs expect; one that fits any machine where they expect none."""
    asked = [gold.text for archive in _archives() for gold in archive.questions() if gold.answerable]
    return asked[:most] or [_(ASKED)]


def _search(assistant: Assistant, question: Question) -> tuple[bool | None, str]:
    found = assistant.search(question)
    said = ngettext("“{question}”: {count} place found.", "“{question}”: {count} places found.", len(found))
    return True, said.format(question=question.text, count=len(found))


def _ask(assistant: Assistant) -> tuple[bool | None, str]:
    """Ask until one question has an answer: a refusal exercises less of the program."""
    said = _("No answer came.")
    answered = False
    for text in _questions(_LOOKED):
        for event in assistant.ask(Question(text=text), threading.Event()):
            if isinstance(event, Failed):
                return False, event.message
            if isinstance(event, Answered):
                answered, verdict = True, event.answer.verdict
                said = _("“{question}”: {verdict}.").format(question=text, verdict=verdict.value)
                if verdict is not Verdict.REFUSED:
                    return True, said
    return answered, said


def _model(assistant: Assistant) -> tuple[bool | None, str]:
    """The engine that runs in a process of its own; it is ready after it has written a few words."""
    assistant.load_model()
    state = assistant.model_state
    return True if state.status is ModelStatus.READY else None, state.sentence


def _translate() -> tuple[bool | None, str]:
    from fieldfare.translation import packages
    from fieldfare.translation.engine import Engine

    found = packages.installed()[0]
    if not found:
        return None, _("No language package is installed.")
    said = next(iter(Engine(found[:1], threads=1).translate(["Switch the machine off."], *found[0].pair)))
    text = said[0].text if said else ""
    return bool(text), f"{found[0]}: {text}"


def _figure(assistant: Assistant) -> tuple[bool | None, str]:
    import io

    from PIL import Image

    for text in _questions(_LOOKED):
        for evidence in assistant.find_figures(Question(text=text)):
            if evidence.figure is None:
                continue
            with Image.open(io.BytesIO(assistant.picture(evidence.passage.pack, evidence.figure.image))) as image:
                image.load()
                return True, _("A figure of {width} x {height} pixels was drawn.").format(
                    width=image.width, height=image.height
                )
    return None, _("No figure was found.")


def _no_sockets() -> tuple[bool | None, str]:
    """Every socket that this process and those that it started hold must be one that stays on this machine."""
    import psutil

    if not Path("/proc/self/fd").is_dir():
        return None, _("This system does not show them.")
    mine = [psutil.Process(), *psutil.Process().children(recursive=True)]
    foreign = sorted({one for process in mine for one in _held(process.pid) - _local(process.pid)})
    if foreign:
        return False, ", ".join(foreign)
    said = ngettext("{count} process has none to another machine.", "{count} processes have none to another machine.", len(mine))  # fmt: skip
    return True, said.format(count=len(mine))


def _held(process: int) -> set[str]:
    """The sockets of a process, as the kernel names them."""
    held = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            held.add(str(one.readlink()))
    return {name for name in held if name.startswith("socket:")}


def _local(process: int) -> set[str]:
    """The sockets that reach this machine only: of the families that the guard leaves, as the kernel lists them."""
    known = set()
    for table, column in (("unix", 6), ("netlink", 9)):
        with contextlib.suppress(OSError):
            rows = (
                line.split() for line in Path(f"/proc/{process}/net/{table}").read_text("utf-8", "replace").splitlines()
            )
            known |= {f"socket:[{row[column]}]" for row in rows if len(row) > column}
    return known


def _about(began: str, guard: str) -> dict[str, Any]:
    """What was tried: program, libraries, packs, language packages and models with their digests."""
    from fieldfare import library
    from fieldfare.translation import packages

    folder = inventory.program_dir()
    sums = folder / inventory.SUMS if folder else None
    wanted = {name.lower() for name in _LIBRARIES}
    shelf = library.open_shelf()
    shelf.close()
    packs = [{"id": one.manifest.id, "version": one.manifest.version, "sha256": trust.sha256(Path(one.path)),
              "signature": one.signature} for one in shelf.packs]  # fmt: skip
    models = sorted(
        path for path in (paths.share_dir() / "models").rglob("*") if path.is_file() and path.stat().st_size > 1 << 20
    )
    return {
        "report": "fieldfare offline proof",
        "time": began,
        "program": {"version": __version__, "executable": trust.sha256(Path(sys.executable).resolve()),
                    "sums": trust.sha256(sums) if sums and sums.is_file() else ""},
        "machine": platform.node(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "guard": guard,
        "libraries": {one.name: one.version for one in inventory.parts() if one.name.lower() in wanted},
        "packs": packs,
        "languages": [{"id": str(one), "version": one.version, "sha256": one.sha256} for one in packages.installed()[0]],
        "models": {path.relative_to(paths.share_dir()).as_posix(): trust.sha256(path) for path in models},
    }  # fmt: skip
