"""A cage for the frozen program: no home, no network, its calls watched; and its screen in a pseudo-terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 240  # seconds for one run: a draft takes ten on a laptop, and strace slows it
INTERNET = re.compile(r"AF_INET6?\b|AF_PACKET|io_uring_setup")
ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])")


class SmokeError(Exception):
    """What a check found wrong, as a sentence."""


class Run(NamedTuple):
    """One run of the program."""

    code: int
    output: str
    talk: str
    seconds: float
    memory: float  # peak, in MB
    internet: tuple[str, ...]  # network calls of the internet families, as strace has them


class Cage:
    """Runs the program without home and network, and watches what it asks of the network."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.home = folder / "home"
        self.home.mkdir()
        self.log = folder / "trace"
        self.namespace = next((one for one in (["unshare", "-n"], ["unshare", "-rn"]) if _works([*one, "true"])), None)
        self.traced = _works([*(self.namespace or []), "strace", "-o", os.devnull, "true"])
        # Nothing of this machine's settings reaches the program; CI is unset, because some telemetry hides from it.
        self.environment = {"PATH": os.defpath, "HOME": str(self.home), "LANG": "C.UTF-8", "TERM": "xterm-256color"}

    def describe(self) -> str:
        """What the checks prove on this system."""
        network = (
            "empty network namespace" if self.namespace else "NO network namespace (unshare is missing or refused)"
        )
        trace = "network calls traced" if self.traced else "network calls NOT traced (strace is missing or refused)"
        return f"empty home, {network}, {trace}"

    def command(self, *arguments: str) -> list[str]:
        """The program with arguments, and what it is wrapped in."""
        command = [str(self.program), *arguments]
        if self.traced:
            # Not --seccomp-bpf, which is faster: the program's own filter would refuse a call before strace sees it.
            command = ["strace", "-f", "-qq", "-o", str(self.log), "-e", "trace=network,io_uring_setup", *command]
        if self.namespace:
            command = [*self.namespace, "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh", *command]
        return command

    def internet(self) -> tuple[str, ...]:
        """The internet calls of the run before."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.traced else []
        return tuple(line for line in lines if INTERNET.search(line))

    def run(self, *arguments: str) -> Run:
        """Run the program to its end."""
        began = time.monotonic()
        with (self.folder / "out").open("w+b") as out, (self.folder / "err").open("w+b") as err:
            process = subprocess.Popen(
                self.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=self.environment,
                cwd=self.home,
                start_new_session=True,
            )
            code, memory = _reaped(process.pid, began + LIMIT)
            seconds = time.monotonic() - began
            out.seek(0)
            err.seek(0)
            texts = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
        return Run(code, *texts, seconds, memory, self.internet())


class Screen:
    """The program's screen in a pseudo-terminal of 80 by 24, which says that it can draw sixels."""

    def __init__(self, cage: Cage) -> None:
        self.cage = cage
        self.began = time.monotonic()
        self.raw = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(cage.home)
            command = cage.command()
            os.execvpe(command[0], command, {**cage.environment, "FIELDFARE_WELCOMED": "true"})
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 80 * 8, 24 * 16))

    def text(self, since: int = 0) -> str:
        """What was drawn since some byte, without colours and positions, runs of blanks as one."""
        return " ".join(ESCAPES.sub(b" ", self.raw[since:]).decode("utf-8", "replace").split())

    def type(self, keys: str) -> int:
        """Press keys; where in the output their effect begins."""
        since = len(self.raw)
        os.write(self.terminal, keys.encode())
        return since

    def wait(self, what: str, found: Callable[[int], bool], keys: str = "", *, again: bool = False) -> None:
        """Press keys and read until something is drawn; `found` is told where in the output their effect begins.

        `again` presses them every second until then: for keys that do nothing before a picture has arrived.
        """
        since = self.type(keys)
        end, next_press = time.monotonic() + 60, time.monotonic() + 1
        while not found(since):
            if time.monotonic() > end:
                raise SmokeError(f"{what} was not drawn within a minute; drawn was: {self.text(since)[-400:]}")
            if again and time.monotonic() > next_press:
                self.type(keys)
                next_press = time.monotonic() + 1
            if not self.read(0.2):
                raise SmokeError(f"the program ended before {what} was drawn: {self.text()[-600:]}")

    def read(self, seconds: float) -> bool:
        """Take what was drawn within some time and answer what the terminal was asked; False once the program is gone."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            drawn = os.read(self.terminal, 1 << 16)
        except OSError:  # how Linux says that the other end is closed
            return False
        if b"\x1b[c" in drawn:  # "what are you?"
            os.write(self.terminal, b"\x1b[?62;4c")  # "a VT220 that draws sixels"
        self.raw += drawn
        return bool(drawn)

    def quit(self) -> Run:
        """Press Ctrl+Q and see the program off."""
        self.type("\x11")
        end = time.monotonic() + 30
        while self.read(0.2) and time.monotonic() < end:
            pass
        code, memory = _reaped(self.pid, end)
        self.close()
        return Run(code, self.text(), "", time.monotonic() - self.began, memory, self.cage.internet())

    def close(self) -> None:
        """Let go of the terminal and end what still runs in it; strace keeps its program from hearing that it is gone."""
        with contextlib.suppress(OSError):
            os.close(self.terminal)
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _works(command: list[str]) -> bool:
    return (
        shutil.which(command[0]) is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


def _reaped(pid: int, end: float) -> tuple[int, float]:
    """The exit code and peak memory in MB of a process and its children; ends them where they take too long."""
    while True:
        gone, status, usage = os.wait4(pid, os.WNOHANG)
        if gone:
            scale = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux thousands of them
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss / scale
        if time.monotonic() > end:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise SmokeError("it did not end in time")
        time.sleep(0.005)
