"""The machine that is worked on: nameplates, serial numbers, and which packs hold for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import pack
from fieldfare import nameplate
from fieldfare.domain import Machine, Manifest, WorkMachine


def covers(id_: str, *machines: Machine, title: str = "Manual") -> Manifest:
    """A manifest of a pack for some machines."""
    return replace(pack().manifest, id=id_, title=title, machines=machines)


OLD = covers("old", Machine(maker="Halden", model="GS-40", serials="up to 2023-9999"))
NEW = covers("new", Machine(maker="Halden", model="GS-40", serials="from 2024-0001"))
BIG = covers("big", Machine(maker="Halden", model="GS-400"))
PUMP = covers("pump", Machine(maker="Korvan", model="CP 200", serials="K100 to K199, K250"))
COURSE = covers("course", title="Solar course")
PACKS = (OLD, NEW, BIG, PUMP, COURSE)


@pytest.mark.parametrize(
    ("serial", "serials", "within"),
    [
        ("2024-0001", "from 2024-0001", True),
        ("2023-0999", "from 2024-0001", False),
        ("2024-12", "ab 2024-0001", True),
        ("77", "from 2024-0001", None),  # it is not built like those: nobody can tell
        ("K150", "K100 to K199", True),
        ("k199", "K100–K199", True),
        ("K200", "K100 bis K199", False),
        ("L150", "K100 - K199", False),
        ("K250", "K100 to K199, K250", True),
        ("K251", "K100 to K199, K250", False),
        ("1200", "1000 and later", True),
        ("900", "until 1000", True),
        ("1001", "hasta 1000", False),
        ("500", "early models", None),
        ("", "from 1", None),
        ("5", "", None),
    ],
)
def test_a_serial_number_lies_in_what_a_pack_says_or_nobody_can_tell(
    serial: str, serials: str, within: bool | None
) -> None:
    assert nameplate.is_within(serial, serials) is within


@pytest.mark.parametrize(
    ("typed", "model", "serial"),
    [
        ("GS-40 2024-0012", "GS-40", "2024-0012"),
        ("halden gs40", "GS-40", ""),
        ("Halden\tGS-40\tS/N 2024-0012", "GS-40", "2024-0012"),
        ("2024-0012;GS-40", "GS-40", "2024-0012"),
        ("GS-40:2024-0012", "GS-40", "2024-0012"),
        ("https://halden.example/id?model=GS-40&sn=2024-0012", "GS-40", "2024-0012"),
        ("GS-400 7", "GS-400", "7"),
        ("Type CP 200 Serial No. K150", "CP 200", "K150"),
        ("K150", "CP 200", "K150"),
        ("solar course", "Solar course", ""),
    ],
)
def test_a_nameplate_is_recognised(typed: str, model: str, serial: str) -> None:
    found = nameplate.recognise(typed, PACKS)
    assert found
    assert (found[0].model, found[0].serial) == (model, serial)


@pytest.mark.parametrize("typed", ["", "X100", "123456", "oil pressure", "GS-4", "GS-4000 1"])
def test_what_no_pack_covers_is_not_guessed(typed: str) -> None:
    assert not nameplate.recognise(typed, PACKS)


@given(st.text(max_size=300))
def test_any_text_of_a_scanner_is_taken_without_an_error(text: str) -> None:
    for machine in nameplate.recognise(text, PACKS):
        assert nameplate.manuals(machine, PACKS).packs
    nameplate.is_within(text, text)


@pytest.mark.parametrize(
    ("machine", "packs", "serials"),
    [
        (WorkMachine(maker="Halden", model="GS-40"), ("old", "new"), ()),
        (WorkMachine(maker="HALDEN", model="gs 40", serial="2024-0100"), ("new",), ()),
        (WorkMachine(model="Halden GS-40", serial="2020-1"), ("old",), ()),
        (WorkMachine(model="GS-40", serial="no idea"), ("old", "new"), ()),
        (WorkMachine(maker="Halden", model="GS-400"), ("big",), ()),
        (WorkMachine(maker="Korvan", model="CP-200", serial="K300"), ("pump",), ("K100 to K199, K250",)),
        (WorkMachine(maker="Other", model="GS-40"), (), ()),
        (WorkMachine(maker="Halden", model="GS-4"), (), ()),
        (WorkMachine(maker="Halden"), (), ()),
        (WorkMachine(model="Solar course"), ("course",), ()),
    ],
)
def test_only_the_manuals_of_just_this_machine_hold_for_it(
    machine: WorkMachine, packs: tuple[str, ...], serials: tuple[str, ...]
) -> None:
    assert nameplate.manuals(machine, PACKS) == nameplate.Manuals(packs=packs, serials=serials)


def test_machines_are_offered_once_and_found_by_any_part_of_their_name() -> None:
    names = [str(machine) for machine in nameplate.known(PACKS)]
    assert names == ["Halden GS-40", "Halden GS-400", "Korvan CP 200", "Solar course"]
    assert [str(one) for one in nameplate.matching("hal 400", nameplate.known(PACKS))] == ["Halden GS-400"]
    assert [str(one) for one in nameplate.matching("cp2", nameplate.known(PACKS))] == ["Korvan CP 200"]
