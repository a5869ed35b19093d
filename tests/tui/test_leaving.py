"""Leaving waits for nothing: the real program in a pseudo-terminal, with whatever it does going on for ever."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import holdings, library, trust
from fieldfare.pack import signing
from publishing import make_pack, sign

if TYPE_CHECKING:
    from collections.abc import Iterator

pty = pytest.importorskip("pty", reason="needs a system with pseudo-terminals")
ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, threading
from pathlib import Path
sys.path[:0] = [{app!r}, {tests!r}]
from fakes import FakeAssistant
from fieldfare import assistant, cli, library
for_ever, mark = threading.Event(), Path({mark!r})

def stuck(*_arguments, **_options):
    for_ever.wait()

class Busy(FakeAssistant):
    load_model = search = language_of = stuck

def copy(source, target, progress):
    target.write_bytes(source.read_bytes()[:1000])
    progress("copying", 1, 100)
    mark.touch()
    for_ever.wait()

assistant.open_assistant = lambda *_arguments, **_options: Busy()
library._copy = copy
sys.argv = ["fieldfare"]
cli.run()
"""


class Terminal:
    """A program in a terminal of 80 by 24."""

    def __init__(self, program: str, home: Path) -> None:
        self.raw = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            environment = {"TERM": "xterm-256color", "FIELDFARE_HOME": str(home), "FIELDFARE_WELCOMED": "true"}
            os.execve(  # noqa: S606 - as a shell would start it
                sys.executable, [sys.executable, "-c", program], {**os.environ, **environment}
            )
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def _drawn(self, text: str) -> bool:
        """Whether a text was drawn, be it letter by letter: only what differs is sent, and the cursor is a blank."""
        return text.replace(" ", "").encode() in re.sub(rb"\x1b\[[0-?]*[ -/]*[@-~]| ", b"", self.raw)

    def until(self, condition: object, seconds: float = 60) -> None:
        """Read what is drawn until a text is among it, or something is true."""
        end = time.monotonic() + seconds
        while not (condition() if callable(condition) else self._drawn(str(condition))):
            assert time.monotonic() < end, f"never came: {condition}\n{self.raw[-3000:].decode('utf-8', 'replace')}"
            if select.select([self.terminal], [], [], 0.05)[0]:
                try:
                    self.raw += os.read(self.terminal, 65536)
                except OSError:  # it is gone
                    time.sleep(0.05)

    def press(self, keys: bytes) -> None:
        """Press keys; what was drawn before is forgotten."""
        self.raw = b""
        os.write(self.terminal, keys)

    def close(self) -> None:
        """Close the window."""
        if self.terminal >= 0:
            os.close(self.terminal)
            self.terminal = -1

    def gone(self) -> bool:
        """Whether the program has ended; then with which code."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.pid = 0
            self.code = os.waitstatus_to_exitcode(status)
        return bool(pid)


@pytest.fixture
def busy(home: Path, tmp_path: Path) -> Iterator[tuple[Terminal, Path]]:
    """The program that is busy with everything, and the file that it touches in the middle of a copy."""
    mark = tmp_path / "half"
    program = PROGRAM.format(app=str(ROOT / "app"), tests=str(ROOT / "tests"), mark=str(mark))
    terminal = Terminal(program, home)
    yield terminal, mark
    if terminal.pid:
        os.kill(terminal.pid, 9)
        os.waitpid(terminal.pid, 0)
    terminal.close()


def test_the_program_ends_while_a_model_loads_a_search_runs_and_a_pack_is_copied(
    busy: tuple[Terminal, Path], home: Path, tmp_path: Path
) -> None:
    key = signing.new_key()
    (tmp_path / "Korvan.pub").write_text(signing.write_public_key(key.public))
    trust.trust(tmp_path / "Korvan.pub")
    packs = [make_pack(tmp_path, "pump", version, "P1") for version in ("1", "2")]
    for pack in packs:
        sign(pack, key)
    library.install(packs[0])
    terminal, mark = busy
    terminal.until("uestion, code")
    terminal.press(b"oil")
    terminal.until("oil")
    terminal.press(b"\x1b[18~")  # F7
    terminal.until("Install")
    terminal.press(b"i")
    terminal.until("Type or paste")
    terminal.press(b"1")
    terminal.until("The path of a file")
    terminal.press(str(packs[1]).encode() + b"\r")
    terminal.until("Leave it")  # "signed by Korvan" stands in the list already
    terminal.press(b"1")
    terminal.until(mark.exists)
    terminal.press(b"\x11")  # Ctrl+Q
    terminal.until(terminal.gone)
    assert terminal.code == 0
    stock = holdings.stock()
    assert [one.pack.manifest.version for one in stock.packs] == ["1"]
    assert not stock.problems
    assert not [one for one in (home / "packs").iterdir() if one.name.startswith(".incoming")], (
        "nothing is left half done"
    )


def test_the_program_ends_with_its_terminal_also_where_the_signal_of_that_is_ignored(home: Path) -> None:
    program = PROGRAM.format(app=str(ROOT / "app"), tests=str(ROOT / "tests"), mark=str(home / "half"))
    terminal = Terminal("import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + program, home)
    try:
        terminal.until("uestion, code")
        terminal.close()
        for _ in range(600):
            if terminal.gone():
                break
            time.sleep(0.1)
        assert terminal.code == 0
    finally:
        terminal.close()
        if terminal.pid:
            os.kill(terminal.pid, 9)
            os.waitpid(terminal.pid, 0)
