"""Which pictures this terminal can draw; asked once, before Textual reads its input."""

from __future__ import annotations

import os
import re
import select
import struct
import sys
import time
from typing import TYPE_CHECKING, Any

from textual._context import active_app

from fieldfare.tui.theme import reddened

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.widget import Widget

# These never answer with pictures that survive their own redraws, and some lose a key press while they are asked.
_PLAIN_TERMS = ("tmux", "screen", "linux", "vt", "dumb", "ansi", "cygwin")
_QUERY = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + b"\x1b[16t" + b"\x1b[c"
"""A picture of one pixel to look at and forget (Kitty's protocol), how large a cell is, then what the terminal is (DA1):
every one answers that.
"""
_DEVICE = re.compile(rb"\x1b\[\?([\d;]*)c")
_KITTY = re.compile(rb"\x1b_Gi=31[^;\x1b]*;OK\x1b\\")
_CELL = re.compile(rb"\x1b\[6;(\d{1,3});(\d{1,3})t")
_USUAL_CELL = (10, 20)
"""Pixels of a cell, width and height, where nobody says: those of the VT340, which Sixel is drawn for."""
_SIXEL = b"4"  # among the attributes of DA1
_PATIENCE = 0.3
_PATIENCE_FAR = 1.0
"""Seconds in which a terminal must have answered, and one at the other end of a line."""
_RECOLOURED = {"sixel": {"console"}, "kitty": {"console", "night"}}
"""Looks in which a terminal shows no pixels: the placeholders of Kitty's pictures name them by their colour."""

_protocol = ""
"""`sixel`, `kitty`, or empty: characters."""
_cell = _USUAL_CELL


def probe() -> None:
    """Ask the terminal for Sixel or the Kitty protocol.

    Terminals that cannot do it are not asked, so that a handheld on a serial line starts at once; inside of a multiplexer
    pictures are made of characters. FIELDFARE_PICTURES says `blocks`, `sixel` or `kitty` where one knows better.
    """
    global _protocol, _cell  # noqa: PLW0603 - one terminal, one answer
    wanted = os.environ.get("FIELDFARE_PICTURES", "")
    term = os.environ.get("TERM", "")
    stdin, stdout = sys.__stdin__, sys.__stdout__
    if wanted in {"sixel", "kitty", "blocks"}:
        _protocol = wanted.removeprefix("blocks")
    elif (
        stdin is None
        or stdout is None
        or not stdin.isatty()
        or not stdout.isatty()
        or "TMUX" in os.environ
        or "STY" in os.environ
        or term.startswith(_PLAIN_TERMS)
    ):
        _protocol = ""
    elif sys.platform == "win32":
        _protocol = _windows()
    else:
        far = "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ
        answer = ask(stdin.fileno(), stdout.fileno(), _PATIENCE_FAR if far else _PATIENCE)
        _protocol = protocol(answer)
        _cell = cell(answer, stdout.fileno())


def _multiplexed(term: str) -> bool:
    return "TMUX" in os.environ or "STY" in os.environ or term.startswith(_PLAIN_TERMS)


def ask(stdin: int, stdout: int, seconds: float) -> bytes:
    """What a terminal answers within some time; it is as it was before afterwards."""
    import termios
    import tty

    try:
        before = termios.tcgetattr(stdin)
    except termios.error:
        return b""
    answer = b""
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        os.write(stdout, _QUERY)
        end = time.monotonic() + seconds
        while not _DEVICE.search(answer) and (left := end - time.monotonic()) > 0:
            if select.select([stdin], [], [], left)[0]:
                answer += os.read(stdin, 1024)
    except OSError:
        return b""
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
    return answer


def protocol(answer: bytes) -> str:
    """What an answer promises. Sixel first: several terminals that have both know no placeholders for Kitty's pictures."""
    device = _DEVICE.search(answer)
    if device and _SIXEL in device.group(1).split(b";"):
        return "sixel"
    return "kitty" if _KITTY.search(answer) else ""


def cell(answer: bytes, stdout: int) -> tuple[int, int]:
    """Width and height of a cell in pixels: what the terminal answers, else what the system knows, else the usual."""
    if (match := _CELL.search(answer)) and int(match.group(1)) and int(match.group(2)):
        return int(match.group(2)), int(match.group(1))
    import fcntl
    import termios

    try:
        size = struct.unpack("HHHH", fcntl.ioctl(stdout, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        return _USUAL_CELL
    rows, columns, width, height = size
    return (
        (width // columns, height // rows) if rows and columns and width >= columns and height >= rows else _USUAL_CELL
    )


def _windows() -> str:
    """What the library finds out on Windows, where a terminal is asked in another way."""
    try:
        from textual_image import renderable
    except Exception:  # noqa: BLE001 - a terminal that answers nonsense must not stop the assistant
        return ""
    return "sixel" if renderable.Image is renderable.SixelImage else ""


def has_pixels() -> bool:
    """Whether the terminal draws real pixels, and the look allows it; else pictures are made of characters."""
    if not _protocol or "NO_COLOR" in os.environ:
        return False
    app = active_app.get(None)
    return app is None or app.theme not in _RECOLOURED[_protocol]


def pixel_widget() -> Widget:
    """A new picture widget of textual-image; it draws what its attribute `image` is set to."""
    kind = _library().SixelImage if _protocol == "sixel" else _library().TGPImage
    widget: Widget = kind()
    return widget


def _library() -> Any:
    """The picture widgets. Without a terminal in sight the library asks none while it is imported: Textual reads already."""
    if "textual_image.widget" not in sys.modules:
        stdout, sys.__stdout__ = sys.__stdout__, None  # type: ignore[misc]
        try:
            from textual_image import _terminal
            from textual_image.renderable import tgp
        finally:
            sys.__stdout__ = stdout  # type: ignore[misc]
        tgp._send_tgp_message = _send_kitty
        _terminal.get_cell_size._result = _terminal.CellSize(*_cell)  # else it asks when it draws for the first time
    from textual_image import widget

    return widget


def _send_kitty(*, payload: str | None = None, **values: int | str | None) -> None:
    """Send a command of Kitty's protocol in one stream with what Textual draws: two would cut into each other."""
    driver = active_app.get()._driver  # Textual has no other way to send what it does not draw
    if driver is not None:
        control = ",".join(f"{key}={value}" for key, value in values.items() if value is not None)
        driver.write(f"\x1b_G{control}{f';{payload}' if payload else ''}\x1b\\")


def draw(widget: Any, image: Image) -> None:
    """Show an image in a picture widget; at night in red, which no filter does for pixels."""
    night = has_pixels() and widget.app.theme == "night"
    widget.image = reddened(image) if night else image


def draws_braille() -> bool:
    """Whether braille patterns can be expected in the font: not on the Linux console nor the old Windows one."""
    return os.environ.get("TERM") != "linux" and (sys.platform != "win32" or "WT_SESSION" in os.environ)
