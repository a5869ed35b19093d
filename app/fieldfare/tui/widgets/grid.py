"""Tables: columns where they fit, columns that move sideways behind the first where they do not, or row by row.

No cell is ever cut, and what is not on the screen is not drawn: a table of thousands of rows moves as a small one does.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from fieldfare.catalogue import _
from fieldfare.tui.marking import Marking
from fieldfare.tui.translations import Translations
from fieldfare.tui.widgets.wrapped import Wrapped, broken, hanging
from fieldfare.tui.wording import plain
from fieldfare.wrapping import unbroken

if TYPE_CHECKING:
    from fieldfare.domain import Block

_GAP = " │ "
_CITED = "bold underline"
_READABLE = 8  # a column narrower than this with longer text is hard to read
_TALLEST = 8  # a cell of more lines than this is a ribbon that nobody reads
_VALUE = 18  # a cell up to this long is a value with its unit and tolerance: kept on one line where possible
_COMFORT = 34  # cells are wrapped at this width where columns move sideways
_SIDEWAYS = 56  # cells of a screen on which moving sideways shows more than going row by row


def _width(text: str) -> int:
    """Cells of the widest line."""
    if "\n" in text:
        return max(map(_width, text.split("\n")))
    return len(text) if text.isascii() else cell_len(text)


def _words_width(cell: str) -> int:
    return max(map(_width, unbroken(cell)), default=0)


@lru_cache(maxsize=4096)
def _wrapped(cell: str, width: int) -> tuple[str, ...]:
    return tuple(line.plain.rstrip() for line in broken(Content(cell), width)) or ("",)


def _lines_of(cell: str, width: int) -> tuple[str, ...]:
    return (cell,) if "\n" not in cell and _width(cell) <= width else _wrapped(cell, width)


def column_widths(rows: list[tuple[str, ...]], width: int) -> list[int] | None:
    """How wide each column is drawn, or None where they would break words or become ribbons."""
    columns = len(rows[0])
    room = width - len(_GAP) * (columns - 1)
    if room < columns:
        return None
    wanted = [max(1, *(_width(row[i]) for row in rows)) for i in range(columns)]
    if sum(wanted) <= room:
        return wanted
    words = [max(_words_width(row[i]) for row in rows) for i in range(columns)]
    least = [min(want, max(word, _READABLE)) for want, word in zip(wanted, words, strict=True)]
    values = [want if want <= _VALUE else low for want, low in zip(wanted, least, strict=True)]
    widths = values if sum(values) <= room else least
    if sum(widths) > room:
        return None
    for _step in range(room - sum(widths)):
        # The column that wraps most gets the next cell: the rows become as low as they can.
        index = max(range(columns), key=lambda i: wanted[i] / widths[i])
        widths[index] += 1
    if max(want / width for want, width in zip(wanted, widths, strict=True)) > _TALLEST:
        return None
    return widths


class Table(Wrapped):
    """A table of the manual with its header; the cited rows are marked.

    Where it is too wide it moves `sideways` behind its first column, or is read `row by row`; a key changes that.
    """

    def __init__(
        self,
        block: Block,
        cited: frozenset[int] = frozenset(),
        translations: Translations | None = None,
        marking: Marking | None = None,
    ) -> None:
        super().__init__(classes="block table")
        self._block = block
        self._translations = translations or Translations()
        self.marking = marking or Marking()
        self.texts = frozenset(cell for row in block.rows for cell in row)
        self._rows: list[tuple[str, ...]] = []
        self._headers = block.header_rows
        self._cited = cited
        self._by_row: bool | None = None  # None: whichever suits the width
        self._left = 1  # the column behind the first one
        self._laid: int | None = None  # the width for which all of the below holds
        self._widths: list[int] = []
        self._fits = False
        self._upright = False  # read row by row
        self._names: list[str] = []
        self._total = 0
        self._ruled = False
        self._starts: list[int] = []  # the line on which each row begins

    # What the pane asks.

    @property
    def cited_line(self) -> int:
        """The line on which the first cited row begins, 0 where none is cited."""
        return self.line_of(min(self._cited, default=-1))

    def line_of(self, row: int) -> int:
        """The line on which a row begins, 0 before it was laid out."""
        return self._starts[row] if 0 <= row < len(self._starts) else 0

    @property
    def too_wide(self) -> bool:
        """Whether its columns do not fit side by side, as far as it was laid out."""
        return self._laid is not None and not self._fits

    @property
    def header(self) -> list[Content]:
        """The lines that stay above its rows while they are scrolled through; none where it is read row by row."""
        if self._upright or not self._headers or not self._starts:
            return []
        last = self._starts[self._headers] if self._headers < len(self._starts) else self._total
        return [self.line(y, self._laid or 1) for y in range(self._starts[0], last)]

    def move(self, columns: int) -> bool:
        """Move sideways; whether there was anywhere to move to."""
        if not self.too_wide or self._upright:
            return False
        if columns > 0 and self._shown()[-1] == len(self._widths) - 1:
            return False
        left = min(max(1, self._left + columns), len(self._widths) - 1)
        if left == self._left:
            return False
        self._left = left
        self.refresh()
        return True

    def turn(self) -> None:
        """From columns to row by row, and back."""
        self._by_row = not self._upright
        self.changed()

    # Drawing.

    def changed(self) -> None:
        """Lay out again: a translation came, or another form is wanted."""
        self._laid, self._rows = None, []
        super().changed()

    def lines(self, width: int) -> list[Content]:
        """All of them."""
        return [self.line(y, width) for y in range(self.count(width))]

    def count(self, width: int) -> int:
        """How many lines there are."""
        self._lay_out(width)
        return self._total

    def line(self, y: int, width: int) -> Content:
        """One line: of a row, of the rule above it, or the one that says what is beside."""
        self._lay_out(width)
        if not self._fits and not self._upright and y == 0:
            return self._beside()
        index = max(0, bisect_right(self._starts, y) - 1)
        inside = y - self._starts[index]
        if self._upright:
            lines = self._record(index, width)
            return lines[inside] if inside < len(lines) else Content("─" * width)
        if inside >= self._height(index):
            return self._rule(index + 1)
        return self._row_line(index, inside)

    def _lay_out(self, width: int) -> None:
        if self._laid == width:
            return
        self._laid, self._upright, self._total = width, False, 0
        if not self._rows:
            self._rows = [tuple(map(self._cell, row)) for row in self._block.rows]
        if not self._rows or not self._rows[0]:
            self._rows, self._starts, self._fits = [], [], True
            return
        room = width - 2 if self._cited else width  # the margin for the marks
        widths = column_widths(self._rows, room)
        self._fits = widths is not None
        if widths is None:
            widths = self._sideways_widths(room)
            by_row = width < _SIDEWAYS if self._by_row is None else self._by_row
            if by_row or sum(widths[:1]) + len(_GAP) + max(widths[1:], default=0) > room:
                self._upright = True
                self._lay_rows(width)
                return
        self._widths = widths
        self._ruled = any("\n" in cell or _width(cell) > widths[i] for row in self._rows for i, cell in enumerate(row))
        self._starts, y = [], 0 if self._fits else 1
        for index in range(len(self._rows)):
            y += bool(index and (self._ruled or index == self._headers))
            self._starts.append(y)
            y += self._height(index)
        self._total = y

    def _sideways_widths(self, room: int) -> list[int]:
        """Widths at which the first column and any other fit together."""
        widths: list[int] = []
        for i in range(len(self._rows[0])):
            wanted = max(1, *(_width(row[i]) for row in self._rows))
            longest = max(_words_width(row[i]) for row in self._rows)
            limit = room // 3 if i == 0 else room - (widths[0] + len(_GAP))
            widths.append(max(1, min(wanted, max(_COMFORT, longest), limit)))
        return widths

    def _cell(self, cell: str) -> str:
        said = self._translations.of(cell)
        return plain(said.text if said else cell).strip()

    def _height(self, index: int) -> int:
        if not self._ruled:
            return 1
        return max(len(_lines_of(cell, self._widths[i])) for i, cell in enumerate(self._rows[index]))

    def _shown(self) -> list[int]:
        """The columns on the screen: all, or the first and as many behind it as fit."""
        if self._fits:
            return list(range(len(self._widths)))
        room = (self._laid or 1) - (2 if self._cited else 0) - self._widths[0]
        shown = [0]
        for i in range(self._left, len(self._widths)):
            room -= len(_GAP) + self._widths[i]
            if room < 0:
                break
            shown.append(i)
        return shown

    def _beside(self) -> Content:
        shown = self._shown()
        text = _("Columns {first}–{last} of {all}").format(
            first=shown[min(1, len(shown) - 1)] + 1, last=shown[-1] + 1, all=len(self._widths)
        )
        arrows = ("← " if self._left > 1 else "") + ("→" if shown[-1] < len(self._widths) - 1 else "")
        return Content.assemble((f"{text}  {arrows}".rstrip(), "italic"), "  ", (_("c: row by row"), "italic"))

    def _rule(self, index: int) -> Content:
        rule = "─┼─".join("─" * self._widths[i] for i in self._shown())
        blank = "  " if self._cited else ""
        return Content(blank + (rule.replace("─", "━") if index == self._headers else rule))

    def _row_line(self, index: int, inside: int) -> Content:
        style = "bold" if index < self._headers else _CITED if index in self._cited else ""
        mark = self._mark(index) if inside == 0 else "  " if self._cited else ""
        parts: list[Content | str] = [mark]
        shown = self._shown()
        for i in shown:
            lines = _lines_of(self._rows[index][i], self._widths[i])
            text = lines[inside] if inside < len(lines) else ""
            content = self.marking.mark(Content(text))
            parts.append(content.stylize(style) if style else content)
            if i != shown[-1]:
                parts += [" " * (self._widths[i] - _width(text)), _GAP]
        return Content.assemble(*parts)

    def _mark(self, index: int) -> str:
        if not self._cited:
            return ""
        return "▶ " if index in self._cited else "  "

    def _column_name(self, column: int) -> str:
        headers = self._rows[: self._headers]
        name = " ".join(dict.fromkeys(row[column] for row in headers if row[column]))
        return f"{name}: " if name else ""

    def _lay_rows(self, width: int) -> None:
        """Where each row begins when it is read cell by cell, one below the other, with a line above it."""
        self._names = [self._column_name(i) for i in range(len(self._rows[0]))]
        self._starts = [0] * self._headers
        y = 0
        for index, row in enumerate(self._rows[self._headers :], start=self._headers):
            y += bool(index > self._headers)
            self._starts.append(y)
            for i, cell in enumerate(row):
                if cell and ("\n" in cell or _width(cell) + _width(self._names[i]) > width - 2):
                    y += len(self._cell_lines(index, i, width))
                else:
                    y += bool(cell)
        self._total = y

    def _cell_lines(self, index: int, column: int, width: int) -> list[Content]:
        mark = self._mark(index)
        value = self.marking.mark(Content(self._rows[index][column]))
        value = value.stylize(_CITED) if index in self._cited else value
        name = Content.styled(self._names[column], "bold")
        return hanging(name + value, width, mark if column == 0 else " " * len(mark), "  ")

    def _record(self, index: int, width: int) -> list[Content]:
        return [line for i, cell in enumerate(self._rows[index]) if cell for line in self._cell_lines(index, i, width)]
