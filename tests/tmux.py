"""The real program in a real terminal: keys in, the screen as text out."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HAND = 0.1  # seconds
needed = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A program, else `python -m fieldfare`, in a tmux server of its own, with a home of its own."""

    def __init__(
        self,
        home: Path,
        *,
        program: tuple[str, ...] = (sys.executable, "-m", "fieldfare"),
        size: tuple[int, int] = (100, 40),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._socket = f"fieldfare-{uuid.uuid4().hex[:12]}"
        variables = {"FIELDFARE_HOME": str(home), "LANG": "C.UTF-8", **(environment or {})}
        command = shlex.join(["env", *(f"{name}={value}" for name, value in variables.items()), *program])
        width, height = size
        self._tmux(
            "-f",
            os.devnull,
            "new-session",
            "-d",
            "-x",
            str(width),
            "-y",
            str(height),
            command,
            ";",
            "set",
            "-g",
            "remain-on-exit",
            "on",
        )

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments], capture_output=True, text=True, check=True, timeout=30
        )
        return done.stdout

    def screen(self) -> str:
        """What it shows."""
        return self._tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Press keys by their names (`Enter`, `Down`, `F4`, `n`), as fast as a hand can and slower than a scanner types."""
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(HAND)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-l", text)

    def until(self, text: str, seconds: float = 30) -> str:
        """Wait for a text, and for a screen that stands still with it; AssertionError with the screen where it never comes."""
        end = time.monotonic() + seconds
        before = ""
        while time.monotonic() < end:
            screen = self.screen()
            if text in screen and screen == before:
                return screen
            before = screen
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{before}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(subprocess.SubprocessError):
            self._tmux("kill-server")
