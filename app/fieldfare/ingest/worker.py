"""Reads foreign files in a process of its own that can only read: little memory, no network, nothing written.

    python -m fieldfare.ingest.worker      (started by `Worker`, talks over its standard streams)

A manual is a program for the libraries that read it: one that is made to break them must not reach the author's files.
The child sends frames (a tag, a length, a payload); results are pickled, and the parent's unpickler knows the values of
`fieldfare.domain.source` and nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import json
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from fieldfare import offline
from fieldfare.domain import source
from fieldfare.errors import FieldfareError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fieldfare.ingest.extract import Progress

MEMORY = 6 << 30  # bytes of address space: pdfium, an OCR model and its threads fit, a bomb does not
SILENCE = 120  # seconds without a result or progress after which a child counts as stuck
_LARGEST_FRAME = 512 << 20
_LARGEST_RESULT = 8 << 30  # bytes that one job may send
_AHEAD = 8  # frames that wait in memory
_POLL = 0.2
_HEAD = struct.Struct(">cQ")
_Frames = queue.Queue[tuple[bytes, bytes]]
_RESULT, _PROGRESS, _ERROR, _END = b"R", b"P", b"E", b"Z"
_VALUES = {name: value for name, value in vars(source).items() if isinstance(value, type)}
_PAGES = ("fieldfare.ingest.extract.pdf_page", "fieldfare.ingest.extract.pdf_shapes")


class _Unpickler(pickle.Unpickler):
    modules: tuple[str, ...] = ()

    def find_class(self, module: str, name: str) -> Any:
        if module == source.__name__ and name in _VALUES:
            return _VALUES[name]
        if module in self.modules and dataclasses.is_dataclass(
            found := getattr(importlib.import_module(module), name, None)
        ):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a document")


def encode(result: Any) -> bytes:
    """A result as a worker sends it."""
    return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)


def decode(payload: bytes, *, page: bool = False) -> Any:
    """A result of a worker; ValueError where it holds anything but values of the domain, or those of a PDF `page`."""
    unpickler = _Unpickler(io.BytesIO(payload))
    unpickler.modules = _PAGES if page else ()
    try:
        return unpickler.load()
    except Exception as error:
        raise ValueError(f"a worker sent what is no document ({error})") from error


class Stopped(Exception):  # noqa: N818  (not an error: the author stopped the build)
    """The job was cancelled."""


class Worker:
    """One child process, started when it is needed and after it broke. Used by one thread at a time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._frames: _Frames = queue.Queue()
        self._closed = threading.Event()

    def run(
        self, function: str, argument: Any, *, name: str, progress: Progress, cancelled: Callable[[], bool]
    ) -> Iterator[bytes]:
        """The encoded results of `module:function(argument, progress)` below `fieldfare.ingest`, as they come.

        Raises what the function raised as SourceError, and SourceError where the child broke, was stuck or too greedy:
        the sentence names `name`. Raises Stopped once `cancelled`.
        """
        child = self._child if self._child is not None and self._child.poll() is None else self._start()
        finished = False
        try:
            request = pickle.dumps((function, argument))
            _write(child.stdin, struct.pack(">Q", len(request)) + request)
            size = 0
            while True:
                tag, payload = self._frame(name, cancelled)
                if tag == _RESULT:
                    size += len(payload)
                    if size > _LARGEST_RESULT:
                        raise SourceError(f"{name} unpacks to more than {_LARGEST_RESULT >> 30} GiB. Split it.")
                    yield payload
                elif tag == _PROGRESS:
                    stage, done, total = json.loads(payload)
                    progress(str(stage), int(done), int(total))
                elif tag == _ERROR:
                    finished = True
                    raise SourceError(json.loads(payload))
                else:
                    finished = True
                    return
        except (BrokenPipeError, struct.error, ValueError) as error:
            raise SourceError(f"{name} cannot be read: {self._ending(child)}. Replace it or leave it out.") from error
        finally:
            if not finished:  # in the middle of a job: what follows on the pipe is nobody's
                self.close()

    def close(self) -> None:
        """End the child at once."""
        child, self._child = self._child, None
        self._closed.set()
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self.close()
        environment = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "ORT_DISABLE_TELEMETRY": "1",
        }
        self._child = subprocess.Popen(
            [sys.executable, "-m", "fieldfare.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the parent's to handle
            env=environment | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._frames = queue.Queue(maxsize=_AHEAD)
        self._closed = threading.Event()
        pipe = self._child.stdout, self._frames, self._closed
        threading.Thread(target=_listen, args=pipe, name="worker-pipe", daemon=True).start()
        return self._child

    def _frame(self, name: str, cancelled: Callable[[], bool]) -> tuple[bytes, bytes]:
        """What the child sends next; ValueError once there is nothing more."""
        for _ in range(int(SILENCE / _POLL)):
            if cancelled():
                raise Stopped
            with contextlib.suppress(queue.Empty):
                tag, payload = self._frames.get(timeout=_POLL)
                if not tag:
                    raise ValueError("the child ended")
                return tag, payload
        raise SourceError(f"{name} cannot be read: nothing came in {SILENCE} s. Leave it out or simplify it.")

    def _ending(self, child: subprocess.Popen[bytes]) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.wait(timeout=2)
            if code < 0:
                return f"its reader was ended by {signal.Signals(-code).name}"
            if code == _OUT_OF_MEMORY:
                return f"it needs more than {MEMORY >> 30} GiB of memory"
        return "its reader stopped working"


def _listen(stream: IO[bytes] | None, frames: _Frames, closed: threading.Event) -> None:
    """Hand over the frames of a child, then an empty one. A thread, because not every system can wait for a pipe in time."""

    def hand_over(tag: bytes, payload: bytes) -> None:
        while not closed.is_set():
            with contextlib.suppress(queue.Full):
                frames.put((tag, payload), timeout=_POLL)
                return

    with contextlib.suppress(OSError, ValueError, struct.error):
        while not closed.is_set():
            tag, size = _HEAD.unpack(_exactly(stream, _HEAD.size))
            if size > _LARGEST_FRAME:
                break
            hand_over(tag, _exactly(stream, size))
    hand_over(b"", b"")


def _write(stream: IO[bytes] | None, data: bytes) -> None:
    """Write all of it: an unbuffered pipe may take less at a time."""
    view = memoryview(data)
    while stream is not None and view:
        view = view[stream.write(view) :]
    if stream is not None:
        stream.flush()


def _exactly(stream: IO[bytes] | None, size: int) -> bytes:
    data = bytearray()
    while stream is not None and len(data) < size:
        piece = stream.read(size - len(data))
        if not piece:
            raise ValueError("a frame is cut off")
        data += piece
    return bytes(data)


_OUT_OF_MEMORY = 77


def _limit() -> None:
    """Take from this process what reading a file does not need."""
    offline.close_network()
    offline.close_files()
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(stream: BinaryIO, tag: bytes, payload: bytes = b"") -> None:
    stream.write(_HEAD.pack(tag, len(payload)))
    stream.write(payload)
    stream.flush()


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Carry out one request after the other until the parent closes the pipe."""
    while head := requests.read(8):
        function, argument = pickle.loads(requests.read(struct.unpack(">Q", head)[0]))  # noqa: S301  (our parent's)
        module, _, attribute = function.partition(":")

        def report(stage: str, done: int, total: int) -> None:
            _send(answers, _PROGRESS, json.dumps([stage, done, total]).encode())

        try:
            call = getattr(importlib.import_module(f"fieldfare.ingest.{module}"), attribute)
            for result in call(argument, report):
                _send(answers, _RESULT, encode(result))
        except FieldfareError as error:
            _send(answers, _ERROR, json.dumps(str(error)).encode())
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        except Exception as error:  # noqa: BLE001  (whatever a hostile file provokes is told, not shown as a traceback)
            name = getattr(argument, "name", "A file")
            sentence = f"{name} cannot be read ({type(error).__name__}: {error}). Replace it or leave it out."
            _send(answers, _ERROR, json.dumps(sentence).encode())
        else:
            _send(answers, _END)


def main() -> None:
    """Serve the parent on the standard streams; what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    _limit()
    _serve(requests, answers)


if __name__ == "__main__":
    main()
