"""A language model in a process of its own: when native code crashes or the system takes its memory, the program lives.

The process is the program itself, started with another argument, so that a frozen bundle needs no Python.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fieldfare import catalogue
from fieldfare.catalogue import _
from fieldfare.errors import CrashError, ModelError, ProcessorError
from fieldfare.llm import frames
from fieldfare.llm.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from fieldfare.llm.frames import Frame

_POLL = 0.02  # seconds between looks at `cancelled` while the model process computes
_PATIENCE = 300.0  # seconds without a word after which the process counts as stuck
_SECOND_CRASH, _LONGEST_REST = 30.0, 600.0  # seconds before the third start, doubled at each crash, and at most
# What is read and written to learn the speed of this machine, after the instructions, where nobody waits.
_PROBE = "Excerpts from the manual:\n[1] Tightening torques\n" + "Tighten the bolts crosswise in two stages. " * 6
_PROBED = 4  # tokens written
_TELLING = 32  # tokens read: fewer say little of the speed of reading


class ModelProcess:
    """One model file, loaded in a child process that is started when it is needed and again after it broke.

    Callers take turns, as with `LanguageModel`. May be closed from any thread at any time, also while it loads.
    """

    def __init__(self, path: Path, *, instructions: str, context: int = 2048, threads: int | None = None) -> None:
        """`instructions` are read ahead whenever the model is loaded; `context` and `threads` as in `LanguageModel`."""
        self._path, self._instructions = path, instructions
        self._settings = {"path": str(path), "context": context, "threads": threads}
        self._turn = threading.Lock()
        self._starting = threading.Lock()
        self._closing = False
        self._child: _Child | None = None
        self._crashes = 0  # in a row, without an answer between them
        self._crashed_at = 0.0
        self._latest = Work()

    def load(self) -> None:
        """Start the process, load the model, read the instructions; waits for it. Raises ModelError."""
        with self._turn:
            self._loaded(lambda: False)
            for _piece in self._request(
                frames.GENERATE, lambda: False, **self._asked(self._instructions, _PROBE, _PROBED)
            ):
                pass

    def generate(
        self, system: str, user: str, *, max_tokens: int, cancelled: Callable[[], bool], opening: str = ""
    ) -> Iterator[str]:
        """As `LanguageModel.generate`; also raises ModelError where the process broke, and is ready for the next call."""
        while not self._turn.acquire(timeout=_POLL):
            if cancelled() or self._closing:
                return
        try:
            if self._loaded(cancelled):
                yield from self._request(frames.GENERATE, cancelled, **self._asked(system, user, max_tokens, opening))
        finally:
            self._turn.release()

    def seconds(self, read: int, written: int) -> float:
        """How long reading and writing so many tokens takes, as measured last; 0 before anything was."""
        return self._latest.seconds(read, written)

    @property
    def memory(self) -> int:
        """Bytes of memory that the process holds, 0 where there is none."""
        import psutil

        child = self._child
        with contextlib.suppress(psutil.Error):
            return int(psutil.Process(child.pid).memory_info().rss) if child else 0
        return 0

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none."""
        child = self._child
        return child.pid if child else None

    def close(self) -> None:
        """End the process at once; the model cannot be used afterwards."""
        with self._starting:
            self._closing = True
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def _asked(self, system: str, user: str, max_tokens: int, opening: str = "") -> dict[str, Any]:
        return {"system": system, "user": user, "max_tokens": max_tokens, "opening": opening}

    def _loaded(self, cancelled: Callable[[], bool]) -> bool:
        """Have a process with the model in it; False where it was cancelled meanwhile."""
        if self._child is not None and self._child.alive:
            return True
        rest = min(_SECOND_CRASH * 2 ** (self._crashes - 2), _LONGEST_REST) if self._crashes > 1 else 0.0
        left = self._crashed_at + rest - time.monotonic()
        if left > 0:
            raise CrashError(
                _("The language model broke {crashes} times; it is tried again in {left:.0f} s.").format(
                    crashes=self._crashes, left=left
                )
            )
        with self._starting:
            if self._closing:
                raise ModelError(_("The language model is closed. Restart Fieldfare."))
            if self._child is not None:
                self._child.end()
            child = self._child = _Child()
        try:
            for _piece in self._request(frames.OPEN, cancelled, **self._settings):
                pass
        except ModelError:
            child.end()
            raise
        return not cancelled()

    def _request(self, tag: bytes, cancelled: Callable[[], bool], **values: Any) -> Iterator[str]:
        """What the process answers, piece by piece. Raises ModelError for what it says or where it broke."""
        child = self._child
        if child is None:
            return  # closed meanwhile
        try:
            done = yield from child.request(tag, values, cancelled)
        except _Broken as broken:
            if self._closing:
                return
            self._crashes += 1
            self._crashed_at = time.monotonic()
            failure = CrashError(_("The language model stopped working ({broken}).").format(broken=broken))
            failure.exit_code = child.blamed(failure.exit_code)
            child.end()
            raise failure from broken
        if done is not None and tag == frames.GENERATE:
            self._crashes = 0
        if done is not None:
            self._learn(done)

    def _learn(self, done: Work) -> None:
        """Keep the speed of a request that did enough to tell."""
        if done.read >= _TELLING:
            self._latest = replace(self._latest, read=done.read, reading=done.reading)
        if done.written >= _PROBED - 1:
            self._latest = replace(self._latest, written=done.written, writing=done.writing)


class _Broken(Exception):  # noqa: N818  (how it ended, not yet an error for a person)
    """The process is gone or says what it should not."""


def _work(values: dict[str, Any]) -> Work:
    """What the process says it has computed; raises _Broken for anything else."""
    try:
        return Work(
            read=int(values["read"]),
            reading=float(values["reading"]),
            written=int(values["written"]),
            writing=float(values["writing"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _Broken(_("it said what it should not")) from error


def _refusal(values: dict[str, Any]) -> ModelError:
    """What the process says why it cannot, with the exit code that it would have."""
    failure = ModelError(str(values.get("sentence", _("The language model gave no reason. Ask again."))))
    if isinstance(code := values.get("code"), int):
        failure.exit_code = code
    return failure


class _Child:
    """The running process and its pipes."""

    def __init__(self) -> None:
        """Start it. Raises ModelError where this system does not allow that."""
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "fieldfare"]
        try:
            self._process = subprocess.Popen(
                [*program, frames.COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the parent's to handle
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    frames.LANGUAGE: catalogue.spoken(),
                },
            )
        except OSError as error:
            raise ModelError(
                _("The language model's process cannot be started ({reason}). Close other programs.").format(
                    reason=error.strerror
                )
            ) from error
        self.pid = self._process.pid
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._number = 0
        self._work = Work()
        self._listener = threading.Thread(target=self._listen, name="model-pipe", daemon=True)
        self._listener.start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def request(
        self, tag: bytes, values: dict[str, Any], cancelled: Callable[[], bool]
    ) -> Generator[str, None, Work | None]:
        """The pieces of an answer; returns what was computed for it, None where it was cancelled. Raises ModelError for a
        sentence of the process and _Broken where it is gone.
        """
        self._number += 1
        number, finished = self._number, False
        try:
            self._send(tag, {"number": number, **values})
            heard = time.monotonic()
            while not cancelled():
                try:
                    tag, values = self._frames.get(timeout=_POLL)
                except queue.Empty:
                    if time.monotonic() - heard > _PATIENCE:
                        raise _Broken(_("nothing came in {patience:.0f} s").format(patience=_PATIENCE)) from None
                    continue
                heard = time.monotonic()
                if tag == frames.BROKEN:
                    raise _Broken(self._ending())
                if values.pop("number", 0) != number:
                    continue  # late words of a request that was cancelled
                if tag == frames.PIECE:
                    yield str(values.get("text", ""))
                    continue
                finished = True
                if tag == frames.ERROR:
                    raise _refusal(values)
                before, self._work = self._work, _work(values)
                return self._work - before
            return None
        finally:
            if not finished:
                with contextlib.suppress(_Broken):
                    self._send(frames.CANCEL, {"number": number})

    def _send(self, tag: bytes, values: dict[str, Any]) -> None:
        stream = self._process.stdin
        try:
            if stream is not None:
                frames.send(stream, tag, values)
        except (OSError, ValueError) as error:
            raise _Broken(self._ending()) from error

    def _ending(self) -> str:
        """How the process ended, in words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=2)
            if code < 0:
                with contextlib.suppress(ValueError):
                    return _("its process was ended by {name}").format(name=signal.Signals(-code).name)
            return _("its process ended with code {code}").format(code=code)
        return _("its process does not answer")

    def blamed(self, code: int) -> int:
        """The exit code for its end: that of the processor where it met an instruction that this does not know, else `code`."""
        unknown = getattr(signal, "SIGILL", None)
        return ProcessorError.exit_code if unknown and self._process.poll() == -unknown else code

    def end(self) -> None:
        """Kill it and let go of its pipes; may be called again."""
        self._process.kill()
        self._process.wait()
        self._listener.join(timeout=1)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self) -> None:
        """Hand over what the process says, then BROKEN. A thread, because not every system can wait for a pipe in time."""
        stream = self._process.stdout
        tag = frames.END
        while stream is not None and tag != frames.BROKEN:
            tag, values = frames.receive(stream)
            self._frames.put((tag, values))
