"""A list on the whole screen from which one row is picked: figures, references, bookmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.text import squeeze
from fieldfare.tui.album import figure_title
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import Key, KeyBar
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.tui.wording import heading_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from fieldfare.domain.manual import Link, Plate


class PickingScreen(Overlay[int | None]):
    """Dismissed with the number of the row, counted from 0."""

    CSS = """
    PickingScreen > .list-title { height: 1; padding: 0 1; background: $bar; color: $bar-text; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q,left", "dismiss(None)", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
        *(Binding(str(number), f"pick({number - 1})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, title: str, rows: Iterable[Row], at: int = 0) -> None:
        super().__init__()
        self._title, self._rows, self._first = title, tuple(rows), at

    def compose(self) -> ComposeResult:
        """Title, rows, keys."""
        yield Static(Content(self._title), classes="list-title", markup=False)
        yield Listing(numbered=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the rows."""
        self.query_one(Listing).show(self._rows, self._first)
        keys: tuple[Key, ...] = (("escape", "Esc", _("Back")), ("enter", "Enter", _("Open")), ("1", "1-9", _("Open")))
        self.query_one(KeyBar).show(keys)

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        self.dismiss(message.at)

    def action_pick(self, index: int) -> None:
        """Pick a row by its number."""
        if index < len(self._rows):
            self.dismiss(index)


def page_of(label: str) -> str:
    """`p. 21`, empty where there is no page."""
    return _("p. {page}").format(page=squeeze(label)) if squeeze(label) else ""


def link_rows(links: Iterable[Link]) -> list[Row]:
    """References: as they are printed, and where they lead."""
    return [Row(text=squeeze(one.text), about=squeeze(one.title), page=page_of(one.label), bold=True) for one in links]


def figure_rows(plates: Iterable[Plate]) -> list[Row]:
    """Figures: caption, and the heading under which they stand."""
    return [
        Row(text=figure_title(one), about=heading_path(one.heading), page=page_of(one.figure.place.label), bold=True)
        for one in plates
    ]
