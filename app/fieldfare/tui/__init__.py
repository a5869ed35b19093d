"""The screen: draws what the assistant says and posts what the technician does; it knows no pack and no model."""

from __future__ import annotations

import asyncio
import gc
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldfare.assistant import Assistant
    from fieldfare.journal import Journal
    from fieldfare.preferences import Preferences


def run(assistant: Assistant, preferences: Preferences, journal: Journal, reopen: Callable[[], Assistant]) -> None:
    """Show the assistant and the journal on this terminal until the technician quits; `reopen` opens what was installed since.

    Leaving waits for no thread: what they do is whole or not at all, and the process is to end soon. The terminal is asked which pictures it can draw before Textual takes it: afterwards it cannot be asked any more.
    """
    from fieldfare.tui import terminal

    gc.disable()  # until the screen stands (`sweeping`)
    terminal.probe()
    from fieldfare.tui.app import FieldfareApp

    app = FieldfareApp(assistant, preferences, journal, reopen)
    app.fit(os.environ)
    app.run(loop=asyncio.new_event_loop())  # a loop that is closed by nobody joins no thread
    if app.desk.assistant is not assistant:
        app.desk.assistant.close()
    if app.fault is not None:
        raise app.fault
