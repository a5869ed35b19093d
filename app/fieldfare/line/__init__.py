"""The line mode: the same engine as numbered questions and answers, for screen readers, serial lines and scripts.

Plain lines and nothing else: no escape sequence ever leaves, the cursor only goes forward. On a terminal a number opens what
it stands before and a letter is a command; from a pipe every line is a question, and a command begins with a colon.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from fieldfare.line.dialogue import Dialogue
from fieldfare.line.session import Session
from fieldfare.transliteration import ERRORS

if TYPE_CHECKING:
    from typing import TextIO

    from fieldfare.assistant import Assistant
    from fieldfare.journal import Journal

__all__ = ["Dialogue", "Session", "run"]


def run(
    assistant: Assistant,
    journal: Journal,
    source: TextIO,
    target: TextIO,
    *,
    ascii_only: bool = False,
    drafts: bool = False,
) -> int:
    """Ask and answer until the lines end or the technician leaves; the exit code: that of the last question of a pipe.

    `drafts` says that a language model writes: it is loaded for the first question.
    """
    shown = {"errors": ERRORS, "encoding": "ascii"} if ascii_only else {"errors": ERRORS}
    for stream, how in ((source, {"errors": "replace"}), (target, shown)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(**how)  # type: ignore[attr-defined]
    return Session(assistant, journal, Dialogue(source, target), drafts=drafts).run()
