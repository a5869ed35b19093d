from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from fieldfare import library
from fieldfare.assistant import Assistant
from fieldfare.cli import main
from fieldfare.doctor import examine
from fieldfare.tui.app import FieldfareApp
from publishing import make_pack
from tui.screen import SIZES, asked, shown, until, until_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("packs"), "pump", "1.0", "CP200")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_says_that_a_pack_is_unsigned(pack: Path, size: tuple[int, int]) -> None:
    library.install(pack, unsigned=True)
    app = FieldfareApp(Assistant(library.open_shelf(), None, None))

    async def scenario() -> None:
        async with app.run_test(size=size) as pilot:
            await until_text(pilot, "(unsigned)")
            await asked(pilot, "drain plug")
            await until(pilot, lambda: "(unsigned pack)" in " ".join(shown(app).split()), "the caveat")
            await pilot.press("down", "1")
            await until_text(pilot, "UNSIGNED PACK")
            if size[0] < 100:
                await pilot.press("escape")
            await pilot.press("f1", "end")
            await until(pilot, lambda: "1.0, unsigned" in " ".join(shown(app).split()), "the signature in the help")
            await pilot.press("escape", "f6", *"cp200")
            await until_text(pilot, "1 pack: Pump pump")
            await pilot.press("enter")
            await until_text(pilot, "Serial number")
            await pilot.press("enter")
            await until(
                pilot, lambda: app.desk.workplace.machine.is_known and "(unsigned)" in shown(app), "the machine"
            )

    asyncio.run(scenario())


@pytest.mark.usefixtures("home")
def test_every_command_says_that_a_pack_is_unsigned(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library.install(pack, unsigned=True)
    for command in (["search", "drain plug"], ["ask", "--no-draft", "what does E21 mean?"]):
        assert main(command) == 0
        assert "(unsigned pack)" in capsys.readouterr().out
        assert main([*command, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert "unsigned pack" in found["evidence"][0]["caveats"]
    assert main(["pack", "list"]) == 0
    assert "UNSIGNED" in capsys.readouterr().out
    assert any("unsigned" in one.finding for one in examine() if one.check == "pack")
