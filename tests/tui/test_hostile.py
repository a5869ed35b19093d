"""Text of others is only text: in every room and overlay, as it is drawn and as bytes on a terminal."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import doctor, holdings, offered
from fieldfare.domain import Failed
from fieldfare.errors import PackError
from fieldfare.tui.widgets.listing import Listing
from hostile import EVIL, HEAVY, OBEYED, SENT
from tui import evil
from tui.screen import asked, place, shown, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp

    Scenario = Callable[[FieldfareApp, Pilot[None]], Awaitable[None]]

TESTS = Path(__file__).resolve().parent.parent
MARK = "[@click"
CORPUS = [pytest.param(EVIL, (40, 15), id="evil-40x15"), pytest.param(HEAVY, (100, 24), id="heavy-100x24")]  # fmt: skip


def play(scenario: Scenario, app: FieldfareApp, size: tuple[int, int]) -> None:
    async def main() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            await scenario(app, pilot)
            assert app.is_running

    asyncio.run(main())


def assert_inert(app: FieldfareApp) -> None:
    """Nothing on the screen is obeyed by a terminal, leads anywhere or is clicked."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not OBEYED.search(segment.text), repr(segment.text)
            meta = segment.style.meta if segment.style is not None else {}
            assert not any(key.startswith("@click") for key in meta), meta
            assert segment.style is None or segment.style.link is None


async def leafed(app: FieldfareApp, pilot: Pilot[None], key: str = "pagedown", times: int = 2) -> None:
    """Look at a screen from its beginning on."""
    for _ in range(times):
        assert_inert(app)
        await pilot.press(key)
    assert_inert(app)


async def through(app: FieldfareApp, pilot: Pilot[None], *keys: str) -> None:
    """Into an overlay, through it, and back to the same screen."""
    before = app.screen
    await pilot.press(*keys)
    await until(pilot, lambda: app.screen is not before, f"another screen by {keys}")
    await leafed(app, pilot)
    for _ in range(6):
        if app.screen is before:
            return
        await pilot.press("escape")
        await pilot.pause()
    raise AssertionError(f"no way back from {keys}\n{shown(app)}")


@pytest.fixture
def device(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A device on which everything is called so."""
    text: str = request.param
    monkeypatch.setattr(holdings, "stock", lambda: evil.stock(text))
    monkeypatch.setattr(holdings, "compare", lambda *_: evil.comparison(text))
    monkeypatch.setattr(holdings, "roll_back", lambda _id: holdings.Done(said=(text,), failed=(text,)))
    monkeypatch.setattr(holdings, "translate", lambda *_: text)
    monkeypatch.setattr(doctor, "checks", lambda: evil.findings(text))
    monkeypatch.setattr(offered, "look", lambda *_args, **_more: evil.proposal(text))
    folder = home / "Documents" / _file_name(text)
    folder.mkdir(parents=True)
    (folder / f"{_file_name(text)}.jpg").write_bytes(evil.drawing())
    (folder / f"{_file_name(text)}.fpack").write_bytes(b"")
    monkeypatch.setattr(offered, "places", lambda: (folder,))
    monkeypatch.setenv("HOME", str(folder))
    return text


def _file_name(text: str) -> str:
    """As much of it as a file may be called."""
    return text.replace("/", "").replace("\0", "").encode()[:200].decode("utf-8", "ignore")


@pytest.mark.parametrize(("device", "size"), CORPUS, indirect=["device"])
def test_an_answer_and_the_manual(device: str, size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        await until_text(pilot, MARK)
        await leafed(app, pilot, "down", 2)
        await pilot.press("escape", "slash")
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await leafed(app, pilot, "down", 4)
        await through(app, pilot, "f1")
        await through(app, pilot, "f6")
        await through(app, pilot, "f10")
        await pilot.press("1")
        await until(pilot, lambda: app.screen.query("SectionPane .path"))
        await until_text(pilot, MARK)
        await leafed(app, pilot, times=4)
        await pilot.press("t")
        await leafed(app, pilot, "pageup", 2)

    play(scenario, evil.app(device), size)


@pytest.mark.parametrize(("device", "size"), CORPUS, indirect=["device"])
def test_the_manuals_and_what_is_found_in_them(device: str, size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f3")
        await until_text(pilot, MARK)
        await leafed(app, pilot, "down", 2)
        await through(app, pilot, "b")
        await through(app, pilot, "g")
        await pilot.press("enter")
        await leafed(app, pilot, "down", 2)
        await pilot.press("enter")
        await until(pilot, lambda: place(app) == "reading" and app.screen.query(".path"), "the reader")
        await leafed(app, pilot)
        for key in ("o", "slash", "g", "e"):
            await through(app, pilot, key)

    play(scenario, evil.app(device), size)


@pytest.mark.parametrize(("device", "size"), CORPUS, indirect=["device"])
def test_a_procedure(device: str, size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app.open_procedure(evil.PACK, evil.OIL)
        await until_text(pilot, MARK)
        await leafed(app, pilot)
        await pilot.press("right")
        await until_text(pilot, "24 V to 28")
        await leafed(app, pilot)
        for key in ("r", "s", "n", "o", "l", "p"):
            await through(app, pilot, key)
        await pilot.press("right")
        await leafed(app, pilot)

    play(scenario, evil.app(device), size)


@pytest.mark.parametrize(("device", "size"), CORPUS, indirect=["device"])
def test_a_job_and_its_files(device: str, size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f5")
        await until_text(pilot, MARK)
        for _ in range(6):
            await through(app, pilot, "enter")
            await pilot.press("up")
        for key in ("n", "e", "h", "t", "j", "w", "a"):
            await through(app, pilot, key)

    play(scenario, evil.app(device), size)


@pytest.mark.parametrize(("device", "size"), CORPUS, indirect=["device"])
def test_the_device(device: str, size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("f7")
        await until_text(pilot, MARK)
        await leafed(app, pilot)
        await through(app, pilot, "home", "2")
        await through(app, pilot, "3")
        await through(app, pilot, "4")
        await pilot.press("2")
        await until(pilot, lambda: type(app.screen).__name__ == "PickScreen", "what can be done with a pack")
        await pilot.press("1")
        await until(pilot, lambda: type(app.screen).__name__ == "TellScreen", "what changed")
        await leafed(app, pilot)
        await pilot.press("escape", "i")
        await until(pilot, lambda: place(app) == "folder" and len(app.screen.query_one(Listing).rows) > 1, "a place")
        await leafed(app, pilot)
        await pilot.press("2")
        await until(
            pilot, lambda: any(row.key == "whole" for row in app.screen.query_one(Listing).rows), "what lies there"
        )
        await leafed(app, pilot)
        await pilot.press("1")
        await until(pilot, lambda: type(app.screen).__name__ == "PickScreen", "what it would bring")
        await leafed(app, pilot)
        await pilot.press("escape", "f8")
        await until(pilot, lambda: place(app) == "settings" and app.screen.query_one(Listing).rows)
        await leafed(app, pilot)
        await through(app, pilot, "6")
        listing = app.screen.query_one(Listing)
        doctor = next(at for at, row in enumerate(listing.rows) if row.key == "doctor")
        listing.post_message(Listing.Picked(listing, doctor))
        await until(pilot, lambda: place(app) == "doctor" and len(app.screen.query("FindingLine")) == 2)
        await leafed(app, pilot)

    play(scenario, evil.app(device), size)


@pytest.mark.parametrize("text", [EVIL, HEAVY], ids=["evil", "heavy"])
def test_what_went_wrong(text: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise PackError(text)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, MARK)
        await leafed(app, pilot)
        app.notify(text, title=text, markup=False)
        await pilot.pause()
        assert_inert(app)
        await pilot.press("f3", "enter", "enter")
        await pilot.pause(0.2)
        await leafed(app, pilot)
        await pilot.press("f7")
        await until_text(pilot, MARK)
        await leafed(app, pilot)
        app.open_procedure(evil.PACK, evil.OIL)
        await until_text(pilot, MARK)
        await leafed(app, pilot)

    app = evil.app(text)
    assistant = app.desk.assistant
    assistant._script = (Failed(message=text),)  # type: ignore[attr-defined]
    for name, owner in (("view", assistant), ("open", assistant.procedures)):
        monkeypatch.setattr(owner, name, broken)
    monkeypatch.setattr(holdings, "stock", broken)
    play(scenario, app, (60, 20))


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal of Unix")
def test_no_byte_of_it_reaches_the_terminal_as_anything_but_letters() -> None:
    sent = _on_a_terminal("x", "\r", "\x1b[B", "1", "\x1b", "\x1b[13~", "\x1bOR", "\x1b[15~", "\x1b[18~", "\x1b[19~")
    assert b"@click" in sent
    for one in SENT:
        assert one not in sent, one
    rest = re.sub(rb"\x1b(?:\[[0-9;:?<>=]*[ $]?[A-Za-z@`{|}~]|[=>78]|\(B|\]22;[a-z]+\x07)", b"", sent)
    assert b"\x1b" not in rest, rest[rest.index(b"\x1b") :][:40]


def _on_a_terminal(*keys: str) -> bytes:
    """Everything that the program writes on a terminal of 100x30 while keys are pressed."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, "TERM": "xterm-256color",
        "LANG": "C.UTF-8", "LANGUAGE": "en", "PYTHONPATH": f"{TESTS}:{TESTS.parent / 'app'}",
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, str(TESTS / "tui" / "evil.py")], stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=TESTS, start_new_session=True
    )  # fmt: skip
    os.close(slave)
    sent = b""

    def read(quiet: float, ends: float) -> bytes:
        got = b""
        last = time.monotonic() + ends
        while time.monotonic() < last and select.select([master], [], [], quiet)[0]:
            try:
                got += os.read(master, 65_536)
            except OSError:
                break
        return got

    try:
        began = time.monotonic()
        while b"Question, code" not in sent and time.monotonic() < began + 60:
            sent += read(1, 5)
        for key in keys:
            os.write(master, key.encode())
            sent += read(0.5, 5)
        os.write(master, b"\x11")
        child.wait(30)
        sent += read(0.2, 5)
    finally:
        child.kill()
        child.wait()
        os.close(master)
    return sent
