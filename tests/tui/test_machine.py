"""The machine that is worked on: chosen, typed or scanned with F6, shown everywhere, obeyed by every question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes import FakeAssistant, pack
from fieldfare.domain import Machine, WorkMachine
from fieldfare.tui.screens.machine import MachineScreen
from tui.screen import asked, rows, scan, shown, type_text, until, until_text
from tui.test_ask import play

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp

GS40 = pack()
PUMP = replace(
    pack(),
    manifest=replace(
        pack().manifest, id="pump", title="CP 200 manual", machines=(Machine(maker="Korvan", model="CP 200", serials="from 100"),)
    ),
)  # fmt: skip


def two() -> FakeAssistant:
    """An assistant with the manuals of two machines."""
    return FakeAssistant(packs=(GS40, PUMP))


async def opened(pilot: Pilot[None]) -> None:
    """F6 was pressed."""
    await pilot.press("f6")
    await until(pilot, lambda: isinstance(pilot.app.screen, MachineScreen))


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (120, 40)])
def test_a_scanned_nameplate_sets_machine_and_serial_number_and_every_question_obeys(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(pilot)
        scan(app, "cp 200 sn 0123")
        await until_text(pilot, "Korvan CP 200 · 0123")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, MachineScreen))
        await until(pilot, lambda: "Korvan CP 200" in rows(app)[0])
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await until(pilot, lambda: app.desk.journal.machine().serial == "0123")

    assert play(scenario, two(), size).questions[0].packs == ("pump",)


def test_a_chosen_machine_is_asked_for_its_serial_number() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(pilot)
        await until_text(pilot, "Any machine")
        await pilot.press("down", "enter")
        await until_text(pilot, "Serial number of Halden GS-40?")
        await type_text(pilot, "77")
        await pilot.press("enter")
        await until(pilot, lambda: "Halden GS-40 · 77" in rows(app)[0])
        assert app.desk.workplace.packs == (GS40.manifest.id,)
        await opened(pilot)
        await until_text(pilot, "set now")
        await pilot.press("home", "enter")
        await until(pilot, lambda: not app.desk.workplace.machine.is_known)
        await until(pilot, lambda: "Korvan" in rows(app)[0])
        assert app.desk.workplace.packs == ()

    play(scenario, two())


def test_a_name_that_begins_with_a_digit_is_typed_slowly_or_fast() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(pilot)
        await until_text(pilot, "Any machine")
        await pilot.press("down")
        for digit in "1210":
            await pilot.press(digit)
            await pilot.pause(0.1)
        await until_text(pilot, "Another machine: 1210")
        assert isinstance(app.screen, MachineScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, MachineScreen))
        await opened(pilot)
        scan(app, "1210")
        await until_text(pilot, "Another machine: 1210")

    play(scenario, two())


def test_a_machine_that_was_typed_by_mistake_leaves_the_list_and_the_journal() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        for machine in (WorkMachine(model="1210", serial="1210"), WorkMachine()):
            app.desk.workplace.choose(machine)
            app.desk.journal.use_machine(machine)
        await opened(pilot)
        await until_text(pilot, "1210 · 1210")
        await pilot.press("delete")
        await until_text(pilot, "no pack is for can be removed")
        await pilot.press("down", "delete")
        await until(pilot, lambda: "1210" not in shown(app))
        await until(pilot, lambda: not app.desk.journal.machines())
        await pilot.press("down", "delete")
        await pilot.pause(0.1)
        assert "Halden GS-40" in shown(app)
        await type_text(pilot, "gs")
        await pilot.press("left", "delete")
        await until(pilot, lambda: app.screen.query_one("LineInput").value == "g")  # type: ignore[attr-defined]

    play(scenario, two())


def test_a_machine_without_manuals_is_said_and_nothing_is_asked_for_it() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(pilot)
        await type_text(pilot, "X100")
        await until_text(pilot, "No manual for it is installed.")
        await pilot.press("enter")
        await until_text(pilot, "Who made X100?")
        await type_text(pilot, "Acme")
        await pilot.press("enter", "enter")
        await until_text(pilot, "No manual for Acme X100 is installed.")
        assert "! no manuals: Acme X100" in rows(app)[0]
        await asked(pilot)
        await pilot.pause(0.3)
        assert "No manual for Acme X100" in shown(app)

    fake = play(scenario, two())
    assert not fake.questions
    assert not fake.searched


def test_a_serial_number_that_the_manual_does_not_hold_for_is_said_with_every_answer() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(pilot)
        await type_text(pilot, "CP 200 50")
        await until_text(pilot, "Only for serial numbers from 100")
        await pilot.press("enter")
        await until(pilot, lambda: "other serial numbers" in rows(app)[0])
        await asked(pilot)
        await until_text(pilot, "Answer from")
        assert "for serial numbers from 100" in shown(app)

    assert play(scenario, two(), size=(80, 40)).questions[0].packs == ("pump",)


def test_another_machine_is_another_subject() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await opened(pilot)
        scan(app, "GS-40 5")
        await pilot.pause(0.1)
        await pilot.press("enter")
        await until(pilot, lambda: "GS-40 · 5" in rows(app)[0])
        await until(pilot, lambda: "Fit a new copper washer" not in shown(app))
        await asked(pilot, "why")
        await until(pilot, lambda: len(fake.questions) == 2)

    fake = two()
    play(scenario, fake)
    assert fake.questions[1].history == ()


def test_escape_and_f6_leave_the_machine_as_it_is_and_a_tap_on_the_title_opens_it() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.click("#title", offset=(15, 0))
        await until(pilot, lambda: isinstance(app.screen, MachineScreen))
        await type_text(pilot, "zzz")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, MachineScreen))
        await opened(pilot)
        await until_text(pilot, "Halden GS-40")
        await pilot.press("f6")
        await until(pilot, lambda: not isinstance(app.screen, MachineScreen))
        assert not app.desk.workplace.machine.is_known

    play(scenario)


def test_a_machine_is_tapped() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await opened(pilot)
        await until_text(pilot, "Korvan CP 200")
        await pilot.click("Listing", offset=(8, 0))
        await until(pilot, lambda: not isinstance(app.screen, MachineScreen))

    play(scenario, two())


def test_a_serial_number_alone_belongs_to_the_machine_that_is_set() -> None:
    workplace = play_workplace()
    workplace.choose(WorkMachine(maker="Halden", model="GS-40"))
    offers = workplace.offers("X-77")
    assert (offers[0].model, offers[0].serial) == ("GS-40", "X-77")
    workplace.choose(offers[0])
    assert [one.serial for one in workplace.offers("halden")] == ["X-77", ""]


def play_workplace():  # type: ignore[no-untyped-def]
    """A workplace over the two packs, and a journal in memory."""
    from fieldfare.tui.desk import Desk

    return Desk(assistant=two()).workplace  # type: ignore[arg-type]
