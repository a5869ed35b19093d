"""The screen: draws what the assistant says and posts what the technician does; it knows no pack and no model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldfare.assistant import Assistant
    from fieldfare.journal import Journal
    from fieldfare.preferences import Preferences


def run(assistant: Assistant, preferences: Preferences, journal: Journal) -> None:
    """Show the assistant and the journal on this terminal until the technician quits.

    The terminal is asked which pictures it can draw before Textual takes it: afterwards it cannot be asked any more.
    """
    from fieldfare.tui import terminal

    terminal.probe()
    from fieldfare.tui.app import FieldfareApp

    app = FieldfareApp(assistant, preferences, journal)
    app.fit(os.environ)
    app.run()
