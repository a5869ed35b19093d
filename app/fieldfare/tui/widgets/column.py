"""A column that is read and chosen from with the arrows alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from fieldfare.tui.messages import EdgeReached

if TYPE_CHECKING:
    from textual.widget import Widget


class AtOnce(VerticalScroll):
    """Scrolls without animation: on a slow line every step between costs a second, and nothing was read that flew by."""

    def action_page_down(self) -> None:
        """A screen on."""
        self.scroll_page_down(animate=False, force=True)

    def action_page_up(self) -> None:
        """A screen back."""
        self.scroll_page_up(animate=False, force=True)

    def action_scroll_home(self) -> None:
        """To the beginning."""
        self.scroll_home(animate=False, force=True)

    def action_scroll_end(self) -> None:
        """To the end."""
        self.scroll_end(animate=False, force=True)


class Column(AtOnce):
    """Rows to choose from amid text to read.

    An arrow moves to the next row only when its beginning is on the screen, and scrolls otherwise: nothing on the way,
    least of all a hazard, is jumped over.
    """

    DEFAULT_CSS = "Column { max-width: 106; }"  # a longer line of text is not read to its end
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
        Binding("space", "page_down", show=False),
        Binding("left", "leave('left')", "Left", show=False),
        Binding("right", "leave('right')", "Right", show=False),
    ]

    STEP = 3

    @property
    def rows(self) -> list[Widget]:
        """The rows that can be chosen, in order."""
        return [row for row in self.query(".row") if row.focusable and row.region.height]

    def action_leave(self, edge: str) -> None:
        """Tell the screen that the arrows want to go elsewhere."""
        self.post_message(EdgeReached(edge))

    def action_move(self, direction: int) -> None:
        """Go to the next row in a direction or scroll towards it; at the top, leave the column."""
        rows = self.rows
        current = next((row for row in rows if row.has_focus or row.has_focus_within), None)
        view = self.content_region
        if current is None:
            visible = [row for row in rows if view.overlaps(row.region)]
            following = (visible[0] if direction > 0 else visible[-1]) if visible else None
        else:
            index = rows.index(current) + direction
            following = rows[index] if 0 <= index < len(rows) else None
        hidden = self._hidden(current, direction) if current is not None else 0
        if hidden > 0:
            self._scroll(direction * min(self.STEP, hidden))
            return
        distance = self._distance(following, direction)
        if following is not None and distance <= self.STEP:
            following.focus(scroll_visible=False)
            self.scroll_to_widget(following, animate=False, force=True, top=False)
            if following.region.height > view.height:
                self.scroll_to_widget(following, animate=False, force=True, top=direction > 0)
        elif direction < 0 and self.scroll_y <= 0:
            self.action_leave("top")
        else:
            self._scroll(direction * self.STEP)

    def _hidden(self, row: Widget, direction: int) -> int:
        """How many lines of a row lie beyond the edge that the arrow points at."""
        view = self.content_region
        return row.region.bottom - view.bottom if direction > 0 else view.y - row.region.y

    def _distance(self, row: Widget | None, direction: int) -> int:
        """How many lines must be scrolled until the near end of a row is seen."""
        if row is None:
            return 1_000_000
        view = self.content_region
        return row.region.y + 1 - view.bottom if direction > 0 else view.y + 1 - row.region.bottom

    def _scroll(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False, force=True)
