"""Lines in, lines out."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

from fieldfare import output
from fieldfare.catalogue import _
from fieldfare.telling import Paper
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator
    from typing import TextIO

LONGEST = 20_000  # characters of a line that is read; what is longer is no question


class Dialogue(Paper):
    """Where lines come from and where they go: a terminal, by which somebody sits, or a pipe.

    On a terminal lines are as wide as it is, and what is longer than it is high waits for Enter; in a pipe they are whole.
    """

    def __init__(self, source: TextIO, target: TextIO) -> None:
        super().__init__(target, output.terminal_width(target))
        self.source = source
        self.interactive = source.isatty() and target.isatty()
        self.pending = ""  # a line that was typed where only Enter was asked for

    def ask(self, prompt: str) -> str | None:
        """One line, without the spaces around it; None where there are no more, or Ctrl-C was pressed."""
        if self.pending:
            line, self.pending = self.pending, ""
            return line
        if self.interactive:
            self.stream.write(f"{clean(prompt)} ")
            self.stream.flush()
        try:
            line = self.source.readline(LONGEST)
        except KeyboardInterrupt:
            line = ""
        if not line and self.interactive:
            self.say()
        return squeeze(line) if line else None

    def laid_out(self, text: str, starts: str = "") -> str:
        """A paragraph as `show` takes it."""
        return output.paragraph(clean(text), starts, width=self.width)

    def complain(self, sentence: str) -> None:
        """Say that something went wrong: on a terminal among the lines, else on stderr."""
        if self.interactive:
            self.say(sentence)
        else:
            sys.stderr.write(f"fieldfare: {clean(sentence)}\n")

    def show(self, paragraphs: Iterable[str]) -> int:
        """Something long, already laid out: on a terminal as much as it shows at once, then on with Enter.

        What is typed instead of Enter ends it, and is the next line that is asked for. Returns how many paragraphs were shown.
        """
        room, used, shown = self._height(), 0, 0
        for paragraph in paragraphs:
            lines = paragraph.split("\n")
            if room and used and used + len(lines) > room:
                used = 0
                typed = self.ask(_("More: Enter. Stop: s and Enter."))
                if typed != "":
                    self.pending = "" if typed is None or typed.casefold() in {"s", "q"} else typed
                    return shown
            self.write(paragraph)
            used += len(lines)
            shown += 1
        return shown

    def _height(self) -> int:
        """The lines that are shown at once, 0 for all."""
        if not self.interactive:
            return 0
        try:
            return max(8, os.get_terminal_size(self.stream.fileno()).lines - 2)
        except (OSError, ValueError):
            return 22


@contextlib.contextmanager
def interruptible(cancel: threading.Event) -> Iterator[None]:
    """Ctrl-C stops the work in order instead of tearing it down."""
    try:
        previous = signal.signal(signal.SIGINT, lambda *_ignored: cancel.set())
    except ValueError:  # not the main thread: whoever runs it there stops it himself
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
