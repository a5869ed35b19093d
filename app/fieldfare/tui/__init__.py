"""The screen: draws what the assistant says and posts what the technician does; it knows no pack and no model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldfare.assistant import Assistant


def run(assistant: Assistant) -> None:
    """Show the assistant on this terminal until the technician quits.

    The terminal is asked which pictures it can draw before Textual takes it: afterwards it cannot be asked any more.
    """
    from fieldfare.tui import terminal

    terminal.probe()
    from fieldfare.tui.app import FieldfareApp

    FieldfareApp(assistant).run()
