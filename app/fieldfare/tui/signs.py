"""Frames, bullets and marks for fonts that hold few signs: each becomes a plain one of the same width as it is drawn."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

from fieldfare.catalogue import N_
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.color import Color

SETS = {"full": N_("All signs"), "plain": N_("Few signs"), "ascii": N_("Letters and digits only")}
"""Which signs are drawn: all, those of the oldest PC fonts (code page 437), those of ASCII."""

_PLAIN = {
    "▲△▴": "!", "▶►▸❯›»→⏵": ">", "◀◂‹←⏴": "<", "↑": "^", "↓▼▾⏷": "v", "↕↔": "|", "●■◆★•◉⬤✎": "*", "○□◇☆◌☐◷": "o", "✓✔☑": "x",
    "✗✘☒": "-", "╌╍┄┅▔▁▂▃▅▆▇━⎯": "-", "┃╎╏┆▏▎▍▋▊▉▕": "|", "╭╮╯╰┏┓┗┛┣┫┳┻╋▗▖▝▘▙▛▜▟▚▞": "+", "“”„": '"', "‘’‚": "'", "–—‐‑−": "-",
    "…": ".",
}  # fmt: skip
_ASCII = _PLAIN | {"─═▀▄": "-", "│║▌▐█": "|", "┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬": "+", "░▒▓": "#"}
_TABLES = {
    name: str.maketrans({sign: plain for signs, plain in table.items() for sign in signs})
    for name, table in (("plain", _PLAIN), ("ascii", _ASCII))
}

_PLACEHOLDER = "\U0010eeee"
"""A cell of a picture in Kitty's protocol; the widgets take it out of what others wrote."""
_NO_BREAKS = dict.fromkeys(map(ord, "\n\t"), " ")


def fitting(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """The signs that can be expected in the font of a terminal.

    The console of Linux holds 256 or 512 signs, the old one of Windows those of its code page (Windows Terminal says
    WT_SESSION); a locale that names another encoding than UTF-8 has no room for any.
    """
    locale = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    encoding = locale.partition(".")[2].partition("@")[0].casefold().replace("-", "")
    term = environment.get("TERM", "")
    if encoding not in {"", "utf8"} or term.startswith("vt") or term == "ansi":
        return "ascii"
    if term in {"linux", "cygwin"} or (platform == "win32" and "WT_SESSION" not in environment):
        return "plain"
    return "full"


class PlainSigns(LineFilter):
    """Draws plainer signs; words, units and the letters of other languages stay what they are."""

    def __init__(self, signs: str) -> None:
        super().__init__(enabled=signs in _TABLES)
        self._table = _TABLES.get(signs, {})

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments in the same cells."""
        return [Segment(text.translate(self._table), style, control) for text, style, control in segments]


class Printed(LineFilter):
    """The last gate before the terminal: nothing that it might obey or that turns a line round, wherever it comes from."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments in the same cells."""
        if all(one.text.isascii() and one.text.isprintable() for one in segments):
            return segments
        return [Segment(_printed(text), style, control) for text, style, control in segments]


@lru_cache(4096)
def _printed(text: str) -> str:
    kept = _PLACEHOLDER.join(map(clean, text.split(_PLACEHOLDER))).translate(_NO_BREAKS)
    return kept + " " * (cell_len(text) - cell_len(kept))
