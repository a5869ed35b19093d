"""What the commands share: how a group of commands is declared, and how progress is told."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from fieldfare import catalogue
from fieldfare.catalogue import N_
from fieldfare.errors import UsageError
from fieldfare.text import squeeze

if TYPE_CHECKING:
    import argparse

    # What add_subparsers returns: argparse gives it no public name.
    Commands = Any


USAGE = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("not allowed with argument %s"),
)
"""What argparse itself says to a technician."""


def speak_usage() -> None:
    """Let argparse speak our language: it asks gettext through these two names, for texts that it has none of itself."""
    import argparse

    argparse._ = catalogue._  # type: ignore[attr-defined]
    argparse.ngettext = catalogue.ngettext  # type: ignore[attr-defined]


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
            terminal = getattr(sys.stderr, "terminal", sys.stderr)
            terminal.write(f"\r\x1b[K{squeeze(line)}{chr(10) if done == total else ''}")
            terminal.flush()
        else:
            print(line, file=sys.stderr, flush=True)
