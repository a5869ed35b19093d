"""What the commands share: how a group of commands is declared, and how progress is told."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from fieldfare.errors import UsageError

if TYPE_CHECKING:
    import argparse

    # What add_subparsers returns: argparse gives it no public name.
    Commands = Any


def show_help(parser: argparse.ArgumentParser) -> int:
    """Print the help of a group that was called without a command; the exit code."""
    parser.print_help(sys.stderr)
    return UsageError.exit_code


class Progress:
    """One line on stderr that says how far a stage is, how fast, and how long it will take."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._shown = 0.0
        self._first = 0
        self._ended = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is; a rate once a second has passed."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._shown, self._first = stage, now, 0.0, min(done, total - 1)
            self._ended = False
        if done >= total and self._ended:
            return  # several workers tell the end
        self._ended = done >= total
        quiet = 0.2 if sys.stderr.isatty() else 10.0
        if done < total and now - self._shown < quiet:
            return
        self._shown = now
        line = f"{stage}: {done} of {total}"
        if (spent := now - self._began) > 1:
            rate = (done - self._first) / spent
            left = f", {(total - done) / rate:.0f} s left" if 0 < done < total and rate else ""
            line += f" ({rate:.1f}/s{left})"
        if sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)
