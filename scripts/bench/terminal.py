"""The program in a pseudo-terminal, for benches: keys in, what stands on the screen out."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from typing import TYPE_CHECKING

from rich.cells import split_graphemes

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, HEIGHT = 90, 50  # no page beside the answer
KEY = 0.08  # seconds between keys: 150 words a minute
_TOKEN = re.compile(
    r"\x1b\[(?P<place>\d+;\d+)H|(?P<erase>\x1b\[K)|(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X][^\x1b]*\x1b\\|\x1b[ -/]*[0-OQ-WYZ`-~]|[\x00-\x1a\x1c-\x1f\x7f]"
)


class Terminal:
    """A program in a pseudo-terminal of 90 by 50 with a home of its own; `raw` is all that it has drawn."""

    def __init__(self, command: list[str], home: str) -> None:
        self.raw = b""
        self._rows = [[" "] * WIDTH for _ in range(HEIGHT)]
        self._x = self._y = 0
        self._rest = ""  # the beginning of a sequence whose end is still to come
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
            own = {"TERM": "tmux-256color", "FIELDFARE_HOME": home, "FIELDFARE_WELCOMED": "true"}
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
            os.execvpe(command[0], command, os.environ | own)

    def read(self, seconds: float) -> bool:
        """Take what was drawn within some time; whether there was anything."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        drawn = os.read(self.terminal, 1 << 16)
        self.raw += drawn
        self._draw(self._rest + self._decoder.decode(drawn))
        return True

    def _draw(self, data: str) -> None:
        position = 0
        while match := _TOKEN.match(data, position):
            position = match.end()
            if place := match["place"]:
                row, _, column = place.partition(";")
                self._y, self._x = min(int(row), HEIGHT) - 1, int(column) - 1
            elif match["erase"]:
                self._rows[self._y][self._x :] = [" "] * (WIDTH - self._x)
            elif text := match["text"]:
                cells = [cell for start, end, width in split_graphemes(text)[0]
                         for cell in (text[start:end], *[""] * (width - 1))][: max(0, WIDTH - self._x)]  # fmt: skip
                self._rows[self._y][self._x : self._x + len(cells)] = cells
                self._x += len(cells)
        self._rest = data[position:]

    def screen(self) -> str:
        """What stands on the screen, line by line."""
        return "\n".join("".join(row).rstrip() for row in self._rows)

    def press(self, keys: str) -> int:
        """Press keys; how many bytes were drawn before."""
        while self.read(0):
            pass
        os.write(self.terminal, keys.encode())
        return len(self.raw)

    def wait(self, shown: str | Callable[[str], bool], limit: float = 60) -> bool:
        """Read until a text, or what is asked for, stands on the screen; whether it came."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end:
            screen = self.screen()
            if shown in screen if isinstance(shown, str) else shown(screen):
                return True
            self.read(0.05)
        return False

    def settled(self, silence: float) -> float:
        """When the screen last changed, by `time.perf_counter`, once nothing was drawn for some seconds."""
        last = time.perf_counter()
        while self.read(silence):
            last = time.perf_counter()
        return last

    def rest(self, seconds: float) -> None:
        """Let time pass."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def close(self) -> None:
        """Quit; kill what does not."""
        os.write(self.terminal, b"\x11")
        end = time.perf_counter() + 10
        gone = 0
        while not gone and time.perf_counter() < end:
            try:
                self.rest(0.05)
            except OSError:
                time.sleep(0.05)
            gone, _ = os.waitpid(self.pid, os.WNOHANG)
        if not gone:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            print("the program did not quit within 10 s")
