"""Frames, bullets and marks for fonts that hold few signs: each becomes a plain one of the same width as it is drawn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

from fieldfare.catalogue import N_

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
