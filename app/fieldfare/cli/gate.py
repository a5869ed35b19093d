"""The last gate of the command line: nothing that a terminal obeys leaves on stdout or stderr, whatever a command forgot.

Texts of manuals, jobs and models are cleaned where they are laid out. JSON is data, in which nothing may be lost, and what
argparse or the system says repeats what was typed: file names too, which a stick may have brought.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TextIO

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
"""What a terminal obeys, or what makes a line read as another one: control, bidi and tag characters."""


class Gate:
    """A stream on which they are spelled as JSON spells them: there it is the same character."""

    def __init__(self, stream: TextIO) -> None:
        self.terminal = stream  # for what is drawn on purpose

    def write(self, text: str) -> int:
        """Write a text; the characters that were written."""
        return self.terminal.write(text if text.isascii() and text.isprintable() else _OBEYED.sub(_spelled, text))

    def writelines(self, lines: list[str]) -> None:
        """Write several."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.terminal, name)


def _spelled(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
