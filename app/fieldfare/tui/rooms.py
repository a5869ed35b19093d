"""The rooms of the screen: each has its function key, keeps its place while another is shown, and stands in the menu."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fieldfare.catalogue import N_

if TYPE_CHECKING:
    from textual.screen import Screen

    from fieldfare.tui.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One room: `screen` is `module:Class` below `tui.screens`, imported when the room is entered for the first time."""

    name: str
    key: str
    label: str
    purpose: str
    screen: str

    def build(self, desk: Desk) -> Screen[Any]:
        """Its screen."""
        module, _, name = self.screen.partition(":")
        screen: Screen[Any] = getattr(import_module(f"fieldfare.tui.screens.{module}"), name)(desk)
        return screen


ROOMS = (
    Room(name="ask", key="f2", label=N_("Ask"), purpose=N_("Ask the manuals"), screen="ask:AskScreen"),
    Room(name="manuals", key="f3", label=N_("Manuals"), purpose=N_("Headings, figures, pages, bookmarks"), screen="manuals:ManualsScreen"),
    Room(name="procedure", key="f4", label=N_("Procedure"), purpose=N_("Step by step, with readings and timers"), screen="procedure:ProcedureScreen"),
    Room(name="job", key="f5", label=N_("Job"), purpose=N_("What was done: notes, report, handing over"), screen="job:JobScreen"),
    Room(name="library", key="f7", label=N_("Library"), purpose=N_("Packs and languages: install, update, roll back"), screen="library:LibraryScreen"),
    Room(name="settings", key="f8", label=N_("Settings"), purpose=N_("Language, look, rows, model, memory"), screen="settings:SettingsScreen"),
)  # fmt: skip

OF_THE_DEVICE = frozenset({"library", "settings"})
"""Rooms that show nothing of a manual: other packs change nothing in them that they do not read themselves."""
