"""A list of any length to choose from: headings, places that were found, figures, bookmarks. Only what is seen is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import RenderOptions

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; all texts are ours or cleaned. `page` stands at the right, `about` on a line of its own.

    `text[start:end]` of the `about`, or of the text where there is none, stands out. `fold` is the sign of what can be
    opened and closed, at a `depth` from 0.
    """

    text: str
    page: str = ""
    about: str = ""
    start: int = 0
    end: int = 0
    depth: int = 0
    fold: str = ""
    bold: bool = False


class Listing(ScrollView, can_focus=True):
    """Rows of one height, of which one is chosen: arrows, Enter, a tap, or its number where they are `numbered`."""

    DEFAULT_CSS = """
    Listing { height: 1fr; background: $background; overflow-x: hidden; scrollbar-gutter: stable; }
    Listing > .listing--chosen { background: $chosen; text-style: bold; }
    Listing > .listing--page { color: $accent; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"listing--chosen", "listing--page"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "leap(-1)", show=False),
        Binding("pagedown", "leap(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "pick", show=False),
    ]
    at: reactive[int] = reactive(0)
    """Which row is chosen."""

    @dataclass
    class Told(Message):
        """Something happened at a row."""

        listing: Listing
        at: int

        @property
        def control(self) -> Listing:
            """Whose row it is."""
            return self.listing

    class Picked(Told):
        """A row was opened."""

    class Reached(Told):
        """Another row is chosen."""

    class Left(Told):
        """The arrow went up from the first row."""

    def __init__(self, *, numbered: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()
        self.numbered = numbered
        self._lines = 1

    def show(self, rows: Sequence[Row], at: int = 0) -> None:
        """Show other rows, one of them chosen."""
        self.rows = tuple(rows)
        self._lines = 2 if any(row.about for row in self.rows) else 1
        self._measure()
        self.set_reactive(Listing.at, max(0, min(at, len(self.rows) - 1)))
        self._reveal()
        self.refresh()

    @property
    def _height(self) -> int:
        """Lines of a row; large ones have room around them."""
        return self._lines + (1 if self.screen.has_class("-large") else 0)

    @on(Resize)
    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows) * self._height)
        self._reveal()

    def _reveal(self) -> None:
        top, height = self.at * self._height, self._height
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False, force=True)
        elif top + height > self.scroll_y + self.size.height:
            self.scroll_to(y=top + height - self.size.height, animate=False, force=True)

    def watch_at(self) -> None:
        """Bring the chosen row on the screen, and tell."""
        self._reveal()
        self.refresh()
        self.post_message(self.Reached(self, self.at))

    def render_line(self, y: int) -> Strip:
        """One line of what is on the screen."""
        index, inside = divmod(y + round(self.scroll_y), self._height)
        width = self.scrollable_content_region.width
        base = self.visual_style
        if index >= len(self.rows) or not width:
            return Strip.blank(width, base.rich_style)
        row, chosen = self.rows[index], index == self.at
        content = (
            self._first(row, index, width) if inside == 0 else self._second(row, width) if inside == 1 else Content("")
        )
        if self._lines == 1 and inside == 1:
            content = Content("")
        mark = Content("▌" if chosen else " ")
        style = self.get_visual_style("listing--chosen") if chosen else base
        whole = mark + content
        whole = whole.pad_right(max(0, width - whole.cell_length))
        options = RenderOptions(self._get_style, self.styles)  # type: ignore[arg-type]  # as Textual passes it
        return whole.render_strips(width, 1, style, options)[0]

    def _first(self, row: Row, index: int, width: int) -> Content:
        number = (f"{index + 1} " if index < 9 else "  ") if self.numbered else ""
        left = number + "  " * min(row.depth, 6) + (f"{row.fold} " if row.fold else "")
        page = Content(f" {row.page} ") if row.page else Content("")
        text = Content(row.text)
        if row.end > row.start and not row.about:
            text = text.stylize("bold reverse", row.start, row.end)
        room = max(4, width - 1 - len(left) - page.cell_length)
        text = (text.stylize("bold") if row.bold else text).truncate(room, ellipsis=True)
        gap = max(0, width - 1 - len(left) - text.cell_length - page.cell_length)
        return Content.assemble((left, "bold"), text, " " * gap, page)

    def _second(self, row: Row, width: int) -> Content:
        indent = "    " if self.numbered else "  "
        text = Content(row.about).stylize("bold reverse", row.start, row.end)
        room = width - 1 - len(indent)
        if row.end > room:  # what was found is not what is cut off
            cut = min(row.start, row.end - room + min(12, room // 3))
            text = Content("…") + text[cut:]
        return Content(indent) + text.truncate(max(4, room), ellipsis=True)

    def action_step(self, rows: int) -> None:
        """To the next row; from the first upwards is out of the list."""
        if rows < 0 and self.at == 0:
            self.post_message(self.Left(self, 0))
        else:
            self.at = max(0, min(self.at + rows, len(self.rows) - 1))

    def action_leap(self, pages: int) -> None:
        """A screen further."""
        self.at = max(0, min(self.at + pages * max(1, self.size.height // self._height - 1), len(self.rows) - 1))

    def action_end(self, end: int) -> None:
        """To the first or last row."""
        self.at = 0 if end < 0 else max(0, len(self.rows) - 1)

    def action_pick(self) -> None:
        """Open the chosen row."""
        if self.rows:
            self.post_message(self.Picked(self, self.at))

    @on(Click)
    def _tapped(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        index = (offset.y + round(self.scroll_y)) // self._height if offset is not None else -1
        if 0 <= index < len(self.rows):
            self.at = index
            self.action_pick()
