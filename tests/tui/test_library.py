from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from fakes import FakeAssistant
from fieldfare import holdings, offered, trust
from fieldfare.domain import WorkMachine
from fieldfare.pack import signing
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.library import LibraryScreen
from fieldfare.tui.widgets.listing import Listing
from publishing import make_pack, put, sign
from tui.screen import asked, rows, shown, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    Scenario = Callable[[FieldfareApp, Pilot[None]], Awaitable[None]]


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two versions of a signed pack, one that nobody signed, and the author's key."""
    folder = tmp_path_factory.mktemp("author")
    key = signing.new_key()
    for version, torque in (("1", 45), ("2", 50)):
        sign(make_pack(folder, "pump", version, "P1", torque), key)
    make_pack(folder, "fan", "1", "F1")
    (folder / "Korvan.pub").write_text(signing.write_public_key(key.public))
    return folder


@pytest.fixture
def stick(author: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is plugged in: an empty stick; the device trusts the author."""
    stick = tmp_path / "STICK"
    stick.mkdir()
    trust.trust(author / "Korvan.pub")
    monkeypatch.setattr(offered, "places", lambda: (stick,))
    return stick


def play(
    scenario: Scenario, size: tuple[int, int] = (100, 40), opened: list[FakeAssistant] | None = None
) -> list[FakeAssistant]:
    """The assistants that were opened, the first one first."""
    opened = [FakeAssistant()] if opened is None else opened

    def reopen() -> FakeAssistant:
        opened.append(FakeAssistant())
        return opened[-1]

    async def run() -> None:
        app = FieldfareApp(opened[0], reopen=reopen)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until_text(pilot, "ready")
            await pilot.press("f7")
            await until_text(pilot, "Install or update")
            await scenario(app, pilot)

    asyncio.run(run())
    return opened


async def flat(pilot: Pilot[None], text: str) -> None:
    """Wait for a text that may be wrapped."""
    app = pilot.app
    assert isinstance(app, FieldfareApp)
    await until(pilot, lambda: text in " ".join(shown(app).split()), text)


def test_a_stick_is_installed_updated_compared_and_rolled_back(author: Path, stick: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        put(author / "pump-1.fpack", stick)
        put(author / "fan-1.fpack", stick, signed=False)
        await pilot.press("i")
        await flat(pilot, "STICK")
        await pilot.press("2")
        await flat(pilot, "Everything in this folder")
        await pilot.click(Listing, offset=(4, 0))
        await until_text(pilot, "+ pump 1")
        await flat(pilot, "fan-1.fpack has no signature")
        await pilot.press("1")
        await flat(pilot, "Pump pump: 1")
        assert "signed by Korvan" in shown(app)
        put(author / "pump-2.fpack", stick)
        await pilot.press("i")
        await flat(pilot, "STICK")
        await pilot.press("2")
        await flat(pilot, "pump-2.fpack")
        await pilot.press("1")
        await until_text(pilot, "+ pump 2")
        await pilot.press("1")
        await flat(pilot, "Pump pump: 2")
        await pilot.press("2")
        await flat(pilot, "whose key is trusted since")
        await pilot.press("1")
        await flat(pilot, "From 1 to 2: 1 section differs")
        await flat(pilot, "+ Tighten the drain plug to 50 N·m.")
        await pilot.press("escape", "2", "2")
        await flat(pilot, "Pump pump: 1")
        assert holdings.stock().packs[0].pack.kept == "2"

    opened = play(scenario)
    assert len(opened) == 4, "after each change the assistant is opened over what is installed"
    assert opened[0].closed


def test_an_unsigned_pack_wants_a_typed_yes(author: Path, stick: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("i", "1")
        await until_text(pilot, "The path of a file or folder")
        app.screen.query_one(Input).value = str(stick / "gone")
        await pilot.press("enter")
        await flat(pilot, "no such file or folder")
        app.screen.query_one(Input).value = f"'{author / 'fan-1.fpack'}'"
        await pilot.press("enter")
        await flat(pilot, "every answer from it will say that it is unsigned")
        await pilot.press("enter")
        assert not holdings.stock().packs
        await pilot.press(*"yes", "enter")
        await flat(pilot, "UNSIGNED")
        assert holdings.stock().packs[0].pack.unsigned

    play(scenario)


def test_what_goes_on_is_stopped_and_leaves_nothing(author: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    going, on = threading.Event(), threading.Event()

    def take(
        proposal: offered.Proposal, progress: Callable[[str, int, int], None], stop: threading.Event, **_: object
    ) -> holdings.Done:
        progress("copying pump", 3, 100)
        going.set()
        stop.wait(30)
        return real(proposal, progress, stop)

    real = offered.take
    monkeypatch.setattr(offered, "take", take)
    put(author / "pump-1.fpack", stick)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("i", "2", "1", "1")
        await until_text(pilot, "copying pump: 3 of 100")
        assert "s Stop" in rows(app)[-1]
        await pilot.press("i")
        await flat(pilot, "One thing after the other")
        await pilot.press("s")
        await flat(pilot, "Nothing is half installed")
        assert not holdings.stock().packs
        on.set()

    opened = play(scenario)
    assert len(opened) == 1


def test_what_was_found_while_one_asks_is_offered_when_one_is_back(
    author: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = threading.Event()

    def look(path: Path, *, everything: bool = False) -> offered.Proposal:
        going.wait(30)
        return real(path, everything=everything)

    real = offered.look
    monkeypatch.setattr(offered, "look", look)
    put(author / "pump-1.fpack", stick)

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("i", "2", "1")
        await until_text(pilot, "Looking what there is")
        await pilot.press("i")
        await flat(pilot, "One thing after the other")
        await pilot.press("f2")
        await until(pilot, lambda: app.current_mode == "ask")
        going.set()
        await until_text(pilot, "+ pump 1")  # it is told of, and not asked
        assert len(app.screen_stack) == 1
        await pilot.press("1", "enter")
        await pilot.press("f7")
        await until_text(pilot, "Leave it")
        assert not holdings.stock().packs
        await pilot.press("1")
        await flat(pilot, "Pump pump: 1")

    play(scenario)


def test_an_answer_stays_until_one_leaves_it_and_the_next_is_from_the_new_packs(author: Path, stick: Path) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        first = app.desk.assistant
        await pilot.press("f2")
        await asked(pilot)
        await until_text(pilot, "Answer from")
        library = next(stack[0] for stack in app._screen_stacks.values() if isinstance(stack[0], LibraryScreen))
        library._start(library._taking(offered.look(author / "pump-1.fpack")))
        await until(pilot, lambda: any("once you have left" in one.message for one in app._notifications))
        assert app.desk.assistant is not first
        assert "35 N·m" in shown(app)
        assert not first.closed  # type: ignore[attr-defined]
        await pilot.press("f7")
        await until(pilot, lambda: first.closed, "the old assistant is closed")  # type: ignore[attr-defined]
        await pilot.press("f2")
        await until_text(pilot, "ready")
        await asked(pilot)
        await until_text(pilot, "Answer from")
        assert app.desk.assistant.questions  # type: ignore[attr-defined]

    play(scenario)


def test_what_another_program_installs_is_taken_without_a_new_start() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        app._look_around()
        await pilot.pause()
        assert app.desk.assistant is opened[0], "nothing came"
        app.desk.workplace.choose(WorkMachine(maker="Halden", model="GS-40", serial="7"))
        app.desk.workplace.asked("drain plug torque")
        opened[0].is_current = False
        for _ in range(3):
            app._look_around()
        await until(pilot, lambda: app.desk.assistant is not opened[0], "the new assistant")
        app._look_around()
        await pilot.pause()
        assert len(opened) == 2, "it is opened once"
        assert app.desk.workplace.questions == ("drain plug torque",)
        await pilot.press("f8")
        await until(pilot, lambda: "GS-40 · 7" in rows(app)[0], "the machine in another room")

    opened = [FakeAssistant()]
    play(scenario, opened=opened)
