"""A fault of the program itself: a sentence, an exit code, a file with what a report needs; never a trace on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import tmux
from fieldfare import cli, errors

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BROKEN_SCREEN = """
from fieldfare import cli, errors
from fieldfare.tui.screens.ask import AskScreen
def broken(self):
    raise RuntimeError("broken on purpose")
    yield
AskScreen.compose = broken
print("exit code", cli.main([]))
input()
"""


def test_a_fault_in_a_command_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path))
    monkeypatch.setattr("fieldfare.library.open_shelf", lambda: 1 // 0)
    assert cli.main(["pack", "list"]) == errors.FAULT
    said = capsys.readouterr().err
    assert said.startswith("fieldfare: Fieldfare met a fault")
    assert "Traceback" not in said
    assert "ZeroDivisionError" in (tmp_path / "fault.txt").read_text()


@tmux.needed
def test_a_fault_of_the_screen_is_a_sentence(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN_SCREEN)
    with tmux.Terminal(tmp_path / "home", program=(sys.executable, str(script))) as terminal:
        screen = terminal.until("exit code")
    assert f"exit code {errors.FAULT}" in screen
    assert "met a fault of its own" in screen
    assert "Traceback" not in screen
    assert "broken on purpose" in (tmp_path / "home" / "fault.txt").read_text()
