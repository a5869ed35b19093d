"""Every room in its states, as text at three sizes and with the signs of a poor terminal.

One walk a size; each screen of it stands in `snapshots/rooms-SIZE.txt` under its name. After a wanted change:
UPDATE_SNAPSHOTS=1 pytest tests/tui/test_rooms_seen.py, then read the diff.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes import REFUSAL, SCRIPT, FakeAssistant
from fieldfare import doctor, holdings, offered
from fieldfare.domain import (
    Asked,
    Failed,
    Limit,
    Measured,
    Noted,
    Reference,
    Stepped,
    StepState,
    Verdict,
    WorkMachine,
)
from fieldfare.errors import StorageError
from fieldfare.journal import Journal
from fieldfare.pack.signing import PublicKey
from fieldfare.preferences import Preferences
from fieldfare.report import export
from fieldfare.settings import Settings
from fieldfare.trust import TrustedKey
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.widgets.listing import Listing
from scripted import OIL as OIL_CHANGE
from scripted import PACK
from tui import evil
from tui.screen import SNAPSHOTS, asked, place, shown, type_text, until, until_text

if TYPE_CHECKING:
    from textual.pilot import Pilot

WALKS = [
    pytest.param((40, 15), "dark", "full", id="40x15"),
    pytest.param((80, 24), "dark", "full", id="80x24"),
    pytest.param((120, 40), "dark", "full", id="120x40"),
    pytest.param((80, 24), "console", "ascii", id="80x24-ascii"),
]
PLACE = Reference(
    pack=PACK, version="1.2.0", digest="d", document="GS-40 Service Manual", revision="C",
    heading=("8 Maintenance", "8.3 Change the engine oil"), page="21", text="Tighten the drain plug to 35 N·m (T4).",
)  # fmt: skip
FINDINGS = (
    doctor.Finding(check="processor", ok=True, finding="8 cores of an x86-64 processor with AVX2."),
    doctor.Finding(check="models", ok=False, finding="The file of the language model is damaged: install the program again."),
    doctor.Finding(check="guard", ok=True, finding="The network is closed for this program."),
)  # fmt: skip


class Album:
    """The screens of a walk by their names, in order."""

    def __init__(self, app: FieldfareApp, pilot: Pilot[None]) -> None:
        self._app, self._pilot = app, pilot
        self.screens: dict[str, str] = {}

    async def keep(self, name: str) -> None:
        """Take a screen once it has come to rest."""
        before, same = "", 0
        for _ in range(200):
            now = shown(self._app)
            same = same + 1 if now == before and not self._busy() else 0
            if same == 2:
                break
            before = now
            await self._pilot.pause(0.02)
        self.screens[name] = before

    async def over(self, key: str, name: str) -> None:
        """Take what a key opens, and close it."""
        below = self._app.screen
        await self._pilot.press(key)
        await self.keep(name)
        for _ in range(4):
            if self._app.screen is not below:
                await self._pilot.press("escape")
                await self._pilot.pause()

    def _busy(self) -> bool:
        return any(not worker.is_finished for worker in self._app.workers)


def working() -> Journal:
    """A job with something that needs attention, and one that is over."""
    now = [datetime(2026, 5, 4, 8, 0, tzinfo=UTC)]

    def clock() -> datetime:
        now[0] += timedelta(minutes=7)
        return now[0]

    journal = Journal(None, clock)
    journal.use_machine(WorkMachine(maker="Halden", model="GS-40", serial="SN 0042"))
    journal.finish(journal.begin("Yearly inspection", "WO-16").id)
    journal.begin("Oil change", "WO-17")
    for deed in (
        Asked(question="How much oil?", verdict=Verdict.QUOTED, sources=(PLACE,)),
        Stepped(reference=PLACE, number="4", state=StepState.SKIPPED, reason="no torque wrench"),
        Measured(name="Supply", value="23.5", unit="V", expected="24 to 28 V", verdict=Limit.LOW),
        Noted(text="Seal of the filter housing is worn, ordered."),
    ):
        journal.record(deed)
    return journal


@pytest.fixture
def device(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that is the same everywhere."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    held = holdings.Held(
        pack=FakeAssistant().packs[0], languages=("en", "de"), documents=("GS-40 Service Manual",), dated="2025-11", since=1.7e9
    )  # fmt: skip
    package = holdings.Package(
        source="en", target="de", source_name="English", target_name="German", version="1.3", target_prefix="",
        sha256="", vouched="Halden", size=90_000_000, folder=Path(), bundled=False,
    )  # fmt: skip
    key = TrustedKey(name="Halden", key=PublicKey(id=b"12345678", key=b"1" * 32), site=False)
    stock = holdings.Stock(
        packs=(held,), languages=(package,), keys=(key,), problems=("pump-2.fpack is damaged: copy it again.",)
    )
    monkeypatch.setattr(holdings, "stock", lambda: stock)
    monkeypatch.setattr(doctor, "checks", lambda: iter(FINDINGS))
    monkeypatch.setattr(offered, "places", lambda: (Path("/media/STICK"),))
    monkeypatch.setattr(export, "folders", lambda: (Path("/data/tech/Documents"),))
    monkeypatch.setattr(Preferences, "memory", staticmethod(lambda: (120e6, 9.1e9, 16e9)))
    monkeypatch.setattr(Preferences, "places", staticmethod(lambda: (Path("/etc/f"), Path("/data"), Path("/share"))))
    monkeypatch.setattr(Preferences, "own_language", "en")


async def ask(app: FieldfareApp, pilot: Pilot[None], album: Album) -> None:
    """The first room and what opens over it."""
    assistant = app.desk.assistant
    await until_text(pilot, "ready")
    app.screen.query_one("#question").cursor_blink = False
    await album.keep("ask, empty")
    await type_text(pilot, "oil")
    await until_text(pilot, "Change the engine oil")
    await album.keep("ask, results")
    await pilot.press("enter")
    await until_text(pilot, "Answer from")
    await album.keep("ask, answered")
    for key, name in (("f1", "help"), ("f10", "menu"), ("f6", "machine"), ("pageup", "history")):
        await album.over(key, f"ask, {name}")
    assistant._script = REFUSAL  # type: ignore[attr-defined]
    await question(pilot, "colour")
    await until_text(pilot, "Not answered")
    await album.keep("ask, refused")
    assistant._script = (SCRIPT[0], Failed(message="The pack cannot be read (input/output error). Install it again."))  # type: ignore[attr-defined]
    await question(pilot, "filter")
    await album.keep("ask, failed")
    await question(
        pilot, "why does the engine of the generating set stop after some minutes under full load in the heat"
    )
    await album.keep("ask, a long question")


async def question(pilot: Pilot[None], text: str) -> None:
    """Ask the next one."""
    await pilot.press("escape")
    await asked(pilot, text)


async def manuals(app: FieldfareApp, pilot: Pilot[None], album: Album) -> None:
    """Leafing."""
    await pilot.press("f3")
    await album.keep("manuals")
    await pilot.press("enter")
    await album.keep("manuals, headings")
    await pilot.press("enter")
    await until(pilot, lambda: place(app) == "reading" and app.screen.query(".path"))
    await album.keep("reader")
    for key, name in (("o", "headings"), ("slash", "search"), ("e", "note"), ("f1", "help")):
        await album.over(key, f"reader, {name}")
    await pilot.press("n")
    await album.keep("reader, table")
    await pilot.press("escape", "escape")


async def procedure(app: FieldfareApp, pilot: Pilot[None], album: Album) -> None:
    """Step by step."""
    await pilot.press("f4")
    await album.keep("procedure, none")
    await album.over("enter", "procedure, choosing")
    app.open_procedure(PACK, OIL_CHANGE)
    await until_text(pilot, "Change the engine oil")
    await album.keep("procedure, before it begins")
    for number in range(1, 4):
        await pilot.press("enter")
        await album.keep(f"procedure, after {number} x Enter")
    for key, name in (("o", "all steps"), ("l", "lists"), ("r", "a reading"), ("s", "skipping"), ("f1", "help")):
        await album.over(key, f"procedure, {name}")


async def job(app: FieldfareApp, pilot: Pilot[None], album: Album) -> None:
    """What was done."""
    app.desk.journal.wipe_everything()
    await pilot.press("f5")
    await album.keep("job, empty")
    await pilot.press("f2")


async def filled_job(pilot: Pilot[None], album: Album) -> None:
    """The room with a job in it."""
    await pilot.press("f5")
    await until_text(pilot, "4 entries")
    await album.keep("job")
    for key, name in (("enter", "an entry"), ("e", "report"), ("j", "jobs"), ("w", "wipe"), ("n", "note"), ("f1", "help")):  # fmt: skip
        await album.over(key, f"job, {name}")


async def device_rooms(app: FieldfareApp, pilot: Pilot[None], album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    """Library and settings."""
    await pilot.press("f7")
    await album.keep("library")
    await album.over("2", "library, a pack")
    await pilot.press("i")
    await album.keep("library, where from")
    await pilot.press("1")
    await album.keep("library, a path")
    await pilot.press("escape", "escape")
    await album.over("f1", "library, help")
    await pilot.press("f8")
    await album.keep("settings")
    await album.over("3", "settings, look")
    listing = app.screen.query_one(Listing)
    doctor = next(at for at, row in enumerate(listing.rows) if row.key == "doctor")
    listing.post_message(Listing.Picked(listing, doctor))
    await until(pilot, lambda: len(app.screen.query("FindingLine")) == len(FINDINGS))
    await album.keep("settings, doctor")
    await pilot.press("escape")

    def broken() -> None:
        raise StorageError(
            "The record of the packs cannot be read (permission denied). Check the rights of its folder."
        )

    monkeypatch.setattr(holdings, "stock", broken)
    app.switch_mode("library")
    app.screen._read()  # type: ignore[attr-defined]
    await album.keep("library, it cannot be read")


@pytest.mark.slow
@pytest.mark.parametrize(("size", "look", "signs"), WALKS)
@pytest.mark.usefixtures("device")
def test_every_room_looks_as_it_did(
    size: tuple[int, int], look: str, signs: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens: dict[str, str] = {}

    async def empty() -> None:
        app = FieldfareApp(FakeAssistant())
        async with app.run_test(size=size) as pilot:
            app.look(look, signs=signs)
            album = Album(app, pilot)
            await ask(app, pilot, album)
            await manuals(app, pilot, album)
            await procedure(app, pilot, album)
            await job(app, pilot, album)
            screens.update(album.screens)

    async def filled() -> None:
        wrong = Preferences(Settings(welcomed=True), problems=("settings.toml: `theme` must be a word.",))
        app = FieldfareApp(FakeAssistant(), wrong, working())
        async with app.run_test(size=size) as pilot:
            app.look(look, signs=signs)
            album = Album(app, pilot)
            await filled_job(pilot, album)
            await device_rooms(app, pilot, album, monkeypatch)
            screens.update(album.screens)

    async def hostile() -> None:
        app = evil.app(evil.EVIL)
        async with app.run_test(size=size) as pilot:
            app.look(look, signs=signs)
            album = Album(app, pilot)
            await asked(pilot)
            await until_text(pilot, "Answer from")
            await album.keep("ask, hostile")
            screens.update(album.screens)

    async def first_start() -> None:
        app = FieldfareApp(FakeAssistant(), Preferences(Settings()))
        async with app.run_test(size=size) as pilot:
            app.look(look, signs=signs)
            album = Album(app, pilot)
            await until_text(pilot, "Sprache")
            await album.keep("first start, language")
            await pilot.press("enter")
            await album.keep("first start, look")
            await pilot.press("enter")
            await album.keep("first start, machine")
            screens.update(album.screens)

    for walk in (filled, hostile, first_start) if signs == "ascii" else (empty, filled, hostile, first_start):
        asyncio.run(walk())
    assert_kept(f"rooms-{request.node.callspec.id}", screens)


def assert_kept(name: str, screens: dict[str, str]) -> None:
    """Compare all screens of a walk with the kept ones; UPDATE_SNAPSHOTS=1 keeps them instead."""
    text = "".join(f"======== {title}\n{screen.rstrip()}\n" for title, screen in screens.items())
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no snapshot {path.name}: run with UPDATE_SNAPSHOTS=1 and look at it"
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()
