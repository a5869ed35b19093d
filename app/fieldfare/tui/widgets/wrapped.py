"""Text that is laid out by ourselves: hanging indents, tables, two-line rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.geometry import Size


class Wrapped(Widget):
    """A widget whose lines depend on its width.

    Static wraps every line to the left margin; steps, quotes and tables need their own indent. The lines are made once
    for a width and kept.
    """

    DEFAULT_CSS = "Wrapped { height: auto; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, markup=False)
        self._made: tuple[int, list[Content]] | None = None

    def lines(self, width: int) -> list[Content]:
        """The lines for a width in cells."""
        raise NotImplementedError

    def changed(self) -> None:
        """Lay out again: what is shown changed."""
        self._made = None
        self.clear_cached_dimensions()
        self.refresh(layout=True)

    def _lines(self, width: int) -> list[Content]:
        if self._made is None or self._made[0] != width:
            self._made = width, self.lines(width)
        return self._made[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """As many rows as lines."""
        return len(self._lines(width)) if width else 0

    def render(self) -> Content:
        """The lines at the present width."""
        return Content("\n").join(self._lines(max(1, self.content_size.width)))


def hanging(content: Content, width: int, first: Content | str = "", rest: str = "") -> list[Content]:
    """Wrap behind a prefix: `first` before the first line, `rest` (as wide) before the others."""
    prefix = Content(first) if isinstance(first, str) else first
    room = max(4, width - max(prefix.cell_length, len(rest)))
    lines = content.wrap(room) or [Content("")]
    return [prefix + lines[0].rstrip(), *(Content(rest) + line.rstrip() for line in lines[1:])]
