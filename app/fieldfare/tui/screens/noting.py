"""A note that is pinned to a place of a manual is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from fieldfare.catalogue import N_, _
from fieldfare.text import clean
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import Key, KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

LIMIT = 4000
"""Characters of a note."""


class NoteScreen(Overlay[str | None]):
    """Dismissed with the note, an empty one to remove it, or None to leave it as it was."""

    ABOUT = "note"
    AUTO_FOCUS = "TextArea"
    CSS = """
    NoteScreen TextArea, NoteScreen TextArea:focus { height: 1fr; border: none; background: $surface; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False, priority=True),
        Binding("enter", "keep", "Keep", show=False, priority=True),
        Binding("ctrl+j,shift+enter", "line", N_("New line"), show=False, priority=True),
    ]

    def __init__(self, note: str, place: str) -> None:
        """`place` is the text that the note stands at."""
        super().__init__()
        self._note, self._place = note, place

    def compose(self) -> ComposeResult:
        """Where, the note, the keys."""
        title = _("Note: {place}").format(place=self._place[:200]) if self._place else _("Note on this section")
        yield Static(Content(title), classes="heading", markup=False)
        yield TextArea(self._note, soft_wrap=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Write at the end."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        keys: tuple[Key, ...] = (
            ("enter", "Enter", _("Keep")), ("escape", "Esc", _("Cancel")), ("ctrl+j", "^J", _("New line")),
        )  # fmt: skip
        self.query_one(KeyBar).show(keys)

    def action_line(self) -> None:
        """A new line of the note."""
        self.query_one(TextArea).insert("\n")

    def action_keep(self) -> None:
        """Keep what was written."""
        self.dismiss(clean(self.query_one(TextArea).text).strip()[:LIMIT])
