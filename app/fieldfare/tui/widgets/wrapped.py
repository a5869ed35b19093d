"""Text that is laid out by ourselves: hanging indents, tables, two-line rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widget import Widget

from fieldfare.wrapping import breaks_between_words, cut_starts, line_starts

if TYPE_CHECKING:
    from textual.geometry import Size


class Wrapped(Widget):
    """A widget whose lines depend on its width.

    Static wraps every line to the left margin; steps, quotes and tables need their own indent. The lines are made once
    for a width and kept, and drawn only as they come on the screen: a table of thousands of rows costs what is seen of it.
    """

    DEFAULT_CSS = "Wrapped { height: auto; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, markup=False)
        self._made: tuple[int, list[Content]] | None = None
        self._drawn: dict[int, Strip] = {}

    def lines(self, width: int) -> list[Content]:
        """The lines for a width in cells."""
        raise NotImplementedError

    def count(self, width: int) -> int:
        """How many lines there are at a width."""
        return len(self._lines(width))

    def line(self, y: int, width: int) -> Content:
        """One of the lines."""
        return self._lines(width)[y]

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
        return self.count(width) if width else 0

    def render(self) -> Content:
        """All lines at the present width: what is copied when it is selected."""
        return Content("\n").join(self.lines(max(1, self.content_size.width)))

    def render_line(self, y: int) -> Strip:
        """One line of the content; what was drawn is kept until something changes."""
        if self._dirty_regions:
            self._dirty_regions.clear()
            self._drawn.clear()
        if (known := self._drawn.get(y)) is None:
            known = self._drawn[y] = self._draw(y)
        return known

    def _draw(self, y: int) -> Strip:
        width = self.size.width
        if not width or y >= self.count(width):
            return Strip.blank(width, self.visual_style.rich_style)
        selection, style = self.text_selection, None
        if selection is not None:
            start, end = (None if one is None else Offset(one.x, one.y - y) for one in selection)
            selection = Selection(start, end)
            style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
        options = RenderOptions(self._get_style, self.styles, selection, style)  # type: ignore[arg-type]  # as Textual passes it
        strips = self.line(y, width).render_strips(width, 1, self.visual_style, options)
        return strips[0] if strips else Strip.blank(width, self.visual_style.rich_style)


class Flowing(Wrapped):
    """A text that fills its width, each line broken where its script breaks."""

    def __init__(self, content: Content, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._content = content

    def update(self, content: Content) -> None:
        """Show another text."""
        self._content = content
        self.changed()

    def lines(self, width: int) -> list[Content]:
        """Its lines."""
        return broken(self._content, width)


def hanging(content: Content, width: int, first: Content | str = "", rest: str = "") -> list[Content]:
    """Wrap behind a prefix: `first` before the first line, `rest` (as wide) before the others."""
    prefix = Content(first) if isinstance(first, str) else first
    room = max(4, width - max(prefix.cell_length, len(rest)))
    lines = broken(content, room) or [Content("")]
    return [prefix + lines[0].rstrip(), *(Content(rest) + line.rstrip() for line in lines[1:])]


def broken(content: Content, width: int) -> list[Content]:
    """The lines of a text: between words, and between the letters of scripts that put no spaces between words.

    Textual breaks those anywhere: inside a code, between a letter and its vowel, or so that a line begins with a full stop.
    """
    if breaks_between_words(content.plain):
        return list(content.wrap(width))
    lines = []
    for line in content.split("\n", allow_blank=True):
        for part in line.divide(line_starts(line.plain, width, cell_len)):
            whole = part.rstrip()
            lines += (
                [whole] if cell_len(whole.plain) <= width else whole.divide(cut_starts(whole.plain, width, cell_len))
            )
    return lines


def shortened(content: Content, width: int) -> Content:
    """A text on one line of a width: what does not fit is cut off behind a word, where one ends near enough, with `…`."""
    if content.cell_length <= width:
        return content
    cut = content.truncate(max(0, width - 1)).rstrip()
    kept = cut.plain
    if len(kept) < len(content.plain) and not content.plain[len(kept)].isspace():
        word = kept.rfind(" ")
        if word > len(kept) // 2:
            cut = cut[:word].rstrip()
    return cut + "…" if width > 0 else Content("")
