"""Text that wants to be more than text, for every seat where somebody else's words are shown."""

from __future__ import annotations

import re

EVIL = (
    "[@click=app.quit]evil[/] [red]x[/red] $accent \x1b]52;c;aGFjaw==\x07\x1b]0;owned\x07\x1b[31mESC\x1b[0m\x1bP1;2|x\x1b\\\x1b[2J\x1bc"
    "\x9b31m\x90q\x9c\x9d0;c1\x9c \u202egnp\u202c \u2066iso\u2069 \U000e0041\U000e0042 \x00\x08\x7f\ufeff\r\v\x85 \U0010ffff end"
)
"""Markup, an action, OSC, CSI, DCS, a reset, the same as C1, bidi, tags, NUL, backspace, line ends of other systems."""

HEAVY = (
    f"[@click=app.quit]evil[/] a{chr(0x301) * 10_000}b \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 "
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea\u2764\ufe0f \u6e29\u5ea6 " + "W" * 400
)
"""Ten thousand marks on one letter, two scripts that run from right to left, joined emoji, a word of 400 letters."""

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
"""What a terminal obeys, or what makes a line read as another one."""

SENT = (b"\x1b]52;", b"\x1b]0;owned", b"\x1bP1;2|", b"\x1bc", b"\xc2\x9b", b"\xc2\x90", b"\xc2\x9d", "\u202e".encode())
"""What of `EVIL` would have reached a terminal as bytes that it obeys."""
