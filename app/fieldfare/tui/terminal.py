"""Which pictures this terminal can draw; asked once, before Textual reads its input."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from fieldfare.tui.theme import reddened

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.widget import Widget

# These never answer with pictures that survive their own redraws, and some lose a key press while they are asked.
_PLAIN_TERMS = ("tmux", "screen", "linux", "vt", "dumb", "ansi", "cygwin")

_pixel_widget: Any = None


def probe() -> None:
    """Ask the terminal for Sixel or the Kitty protocol (at most 0.3 s) and keep what textual-image offers for it.

    Terminals that cannot do it are not asked, so that a handheld on a serial line starts at once.
    """
    global _pixel_widget  # noqa: PLW0603 - one terminal, one answer
    term = os.environ.get("TERM", "")
    stdout = sys.__stdout__
    if stdout is None or not stdout.isatty() or "TMUX" in os.environ or term.startswith(_PLAIN_TERMS):
        return
    if os.environ.get("FIELDFARE_PICTURES") == "blocks":
        return
    try:
        from textual_image import renderable, widget
    except Exception:  # noqa: BLE001 - a terminal that answers nonsense must not stop the assistant
        return
    if renderable.Image is renderable.SixelImage:
        _pixel_widget = widget.SixelImage
    elif renderable.Image is renderable.TGPImage:
        _pixel_widget = widget.TGPImage


def has_pixels() -> bool:
    """Whether the terminal draws real pixels; otherwise pictures are made of characters."""
    return _pixel_widget is not None


def pixel_widget() -> Widget:
    """A new picture widget of textual-image; it draws what its attribute `image` is set to."""
    widget: Widget = _pixel_widget()
    return widget


def draw(widget: Any, image: Image) -> None:
    """Show an image in a picture widget; at night in red, which no filter does for pixels."""
    night = has_pixels() and widget.app.theme == "night"
    widget.image = reddened(image) if night else image


def draws_braille() -> bool:
    """Whether braille patterns can be expected in the font: not on the Linux console nor the old Windows one."""
    return os.environ.get("TERM") != "linux" and (sys.platform != "win32" or "WT_SESSION" in os.environ)
