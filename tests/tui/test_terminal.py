"""Which pictures a terminal is asked for, and that they arrive: in a pseudo-terminal that answers as real ones do."""

from __future__ import annotations

import base64
import io
import os
import re
import select
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from fieldfare import viewer
from fieldfare.tui import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KITTY = b"\x1b_Gi=31;OK\x1b\\\x1b[6;24;12t\x1b[?62;c"
SIXEL = b"\x1b[?62;4;6c"
NEITHER = b"\x1b[?6c"
APP = """
import asyncio, sys
sys.path[:0] = ["app", "tests"]
from fakes import OIL, PACK, FakeAssistant
from fieldfare.tui import terminal
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.messages import Target
from fieldfare.tui.screens.reading import ReadingScreen
terminal.probe()
async def drive(pilot):
    app = pilot.app
    app.push_screen(ReadingScreen(app.desk, Target(passage=OIL, quotes=("Fit a new copper washer.",))))
    for _ in range(200):
        await asyncio.sleep(0.1)
        if app.screen.ABOUT == "picture":
            await asyncio.sleep(1)
            break
        for figure in app.screen.query("FigureRow"):
            figure.action_enlarge()
    app.exit()
    assert app._exception is None, app._exception
FieldfareApp(FakeAssistant()).run(auto_pilot=drive)
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


class Answering:
    """The other end of a pseudo-terminal: answers the question for pictures, and keeps all that is drawn."""

    def __init__(self, answer: bytes) -> None:
        self.master, self.slave = os.openpty()
        self.drawn = b""
        self._answer = answer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        answered = False
        while not self._stop.is_set():
            if select.select([self.master], [], [], 0.05)[0]:
                self.drawn += os.read(self.master, 65536)
                if not answered and b"\x1b[c" in self.drawn and self._answer:
                    os.write(self.master, self._answer)
                    answered = True

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def answering() -> Iterator[list[Answering]]:
    made: list[Answering] = []
    yield made
    for one in made:
        one.close()


@posix
@pytest.mark.parametrize(
    ("answer", "found"), [(KITTY, "kitty"), (SIXEL, "sixel"), (b"\x1b_Gi=31;OK\x1b\\" + SIXEL, "sixel"), (NEITHER, "")]
)
def test_a_terminal_is_believed(answering: list[Answering], answer: bytes, found: str) -> None:
    one = Answering(answer)
    answering.append(one)
    assert terminal.protocol(terminal.ask(one.slave, one.slave, 5.0)) == found


@posix
def test_one_that_says_nothing_is_not_waited_for_and_is_left_as_it_was(answering: list[Answering]) -> None:
    import termios

    one = Answering(b"")
    answering.append(one)
    before = termios.tcgetattr(one.slave)
    assert terminal.protocol(terminal.ask(one.slave, one.slave, 0.05)) == ""
    assert termios.tcgetattr(one.slave) == before


@posix
def test_the_size_of_a_cell_is_what_the_terminal_says_else_what_the_system_knows(answering: list[Answering]) -> None:
    import fcntl
    import termios

    one = Answering(b"")
    answering.append(one)
    assert terminal.cell(KITTY, one.slave) == (12, 24)
    assert terminal.cell(SIXEL, one.slave) == (10, 20)  # no size at all
    fcntl.ioctl(one.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 720, 480))
    assert terminal.cell(SIXEL, one.slave) == (8, 16)
    assert terminal.cell(b"\x1b[6;0;0t", one.slave) == (8, 16)


@pytest.mark.parametrize(
    "answer", [b"", b"\x1b[?62", b"\x1b[?44;14c", b"\x1b_Gi=31;ENOTSUPPORTED\x1b\\\x1b[?6c", b"4c\x00"]
)
def test_half_an_answer_promises_nothing(answer: bytes) -> None:
    assert terminal.protocol(answer) == ""


def drawn_by(answering: list[Answering], answer: bytes, **environment: str) -> bytes:
    one = Answering(answer)
    answering.append(one)
    kept = {
        key: value for key, value in os.environ.items() if key not in {"TMUX", "STY", "NO_COLOR", "FIELDFARE_PICTURES"}
    }
    process = subprocess.Popen(
        [sys.executable, "-c", APP], stdin=one.slave, stdout=one.slave, stderr=one.slave, cwd=ROOT,
        env={**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "90", "LINES": "30", **environment},
    )  # fmt: skip
    assert process.wait(60) == 0, one.drawn[-3000:].decode("utf-8", "replace")
    time.sleep(0.1)
    return one.drawn


@posix
def test_kitty_gets_the_figure_itself(answering: list[Answering]) -> None:
    drawn = drawn_by(answering, KITTY)
    sent = re.findall(rb"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\", drawn)
    pictures: dict[bytes, bytes] = {}
    for control, payload in sent:
        values = dict(pair.split(b"=") for pair in control.split(b","))
        if values.get(b"f") == b"100":
            pictures[values[b"i"]] = pictures.get(values[b"i"], b"") + payload
    assert pictures
    for encoded in pictures.values():
        with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
            assert image.width > image.height > 40  # the drawing of 640 by 360
    assert "\U0010eeee" in drawn.decode("utf-8", "replace")  # where it stands


@posix
def test_sixel_gets_the_figure_itself(answering: list[Answering]) -> None:
    assert re.search(rb"\x1bP[0-9;]*q\"1;1;\d{3,};\d{2,}", drawn_by(answering, SIXEL))


@posix
@pytest.mark.parametrize(
    ("answer", "environment"), [(NEITHER, {}), (SIXEL, {"TMUX": "socket,1,0"}), (KITTY, {"TERM": "tmux-256color"})]
)
def test_everywhere_else_it_is_made_of_characters(
    answering: list[Answering], answer: bytes, environment: dict[str, str]
) -> None:
    drawn = drawn_by(answering, answer, **environment)
    assert b"\x1bP" not in drawn and b"a=p" not in drawn
    assert any(0x2800 < ord(sign) < 0x2900 for sign in drawn.decode("utf-8", "replace"))


# The viewer of the device.


def test_a_server_without_a_window_says_where_the_copy_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(viewer.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    said = viewer.view(b"\x89PNG", "../../fig 8-2; rm")
    assert "no window" in said
    copy = Path(said.rsplit("lies at ")[-1])
    assert copy.read_bytes() == b"\x89PNG"
    assert copy.parent.parent == tmp_path
    assert re.fullmatch(r"[\w-]+\.png", copy.name)


@posix
@pytest.mark.parametrize(("code", "said"), [(0, "Opened in the viewer"), (3, "No program opens pictures")])
def test_an_opener_is_called_without_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    opener, called = tmp_path / "xdg-open", tmp_path / "called"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {called}\nexit {code}\n', encoding="utf-8")
    opener.chmod(0o755)
    monkeypatch.setattr(viewer.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    assert viewer.view(b"RIFF", "page $(id)").startswith(said)
    assert Path(called.read_text(encoding="utf-8")).read_bytes() == b"RIFF"


def test_old_copies_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer.tempfile, "tempdir", str(tmp_path))
    for number in range(25):
        copy = viewer.write_copy(b"\x89PNG", f"figure {number}")
        os.utime(copy.parent, (number, number))
    assert len(list(tmp_path.iterdir())) <= 21
    assert copy.exists()


def test_a_bundle_gives_its_libraries_to_no_program_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    given = {"LD_LIBRARY_PATH": "/opt/fieldfare", "LD_LIBRARY_PATH_ORIG": "/usr/local/lib", "HOME": "/home/x"}
    assert viewer.own_environment(given) == {"LD_LIBRARY_PATH": "/usr/local/lib", "HOME": "/home/x"}
