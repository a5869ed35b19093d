"""Tables: drawn as columns where they fit, else record by record, so that no cell is ever cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from fieldfare.tui.translations import Translations
from fieldfare.tui.widgets.wrapped import Wrapped, hanging
from fieldfare.tui.wording import plain

if TYPE_CHECKING:
    from fieldfare.domain import Block

_GAP = " │ "
_CITED = "bold underline"
_READABLE = 8  # a column narrower than this with longer text is hard to read
_TALLEST = 8  # a cell of more lines than this is a ribbon that nobody reads
_VALUE = 18  # a cell up to this long is a value with its unit and tolerance: kept on one line where possible


def _words_width(cell: str) -> int:
    return max((Content(word).cell_length for word in cell.split()), default=0)


def column_widths(rows: list[tuple[str, ...]], width: int) -> list[int] | None:
    """How wide each column is drawn, or None where they would break words or become ribbons."""
    columns = len(rows[0])
    room = width - len(_GAP) * (columns - 1)
    wanted = [max(1, *(Content(row[i]).cell_length for row in rows)) for i in range(columns)]
    if sum(wanted) <= room:
        return wanted
    words = [max(_words_width(row[i]) for row in rows) for i in range(columns)]
    least = [min(want, max(word, _READABLE)) for want, word in zip(wanted, words, strict=True)]
    values = [want if want <= _VALUE else low for want, low in zip(wanted, least, strict=True)]
    widths = values if sum(values) <= room else least
    if sum(widths) > room:
        return None
    for _ in range(room - sum(widths)):
        # The column that wraps most gets the next cell: the rows become as low as they can.
        index = max(range(columns), key=lambda i: wanted[i] / widths[i])
        widths[index] += 1
    if max(want / width for want, width in zip(wanted, widths, strict=True)) > _TALLEST:
        return None
    return widths


class Table(Wrapped):
    """A table of the manual with its header; the cited rows are marked."""

    def __init__(
        self, block: Block, cited: frozenset[int] = frozenset(), translations: Translations | None = None
    ) -> None:
        super().__init__(classes="block table")
        self._block = block
        self._translations = translations or Translations()
        self.texts = frozenset(cell for row in block.rows for cell in row)
        self._rows: list[tuple[str, ...]] = []
        self._headers = block.header_rows
        self._cited = cited
        self._offsets: dict[int, int] = {}

    @property
    def cited_line(self) -> int:
        """The line on which the first cited row begins, 0 where none is cited."""
        return self._offsets.get(min(self._cited, default=-1), 0)

    def lines(self, width: int) -> list[Content]:
        """Columns, or records where columns do not fit."""
        self._offsets = {}
        self._rows = [tuple(map(self._cell, row)) for row in self._block.rows]
        if not self._rows or not self._rows[0]:
            return []
        room = width - 2 if self._cited else width  # the margin for the marks
        widths = column_widths(self._rows, room)
        return self._records(width) if widths is None else self._columns(widths)

    def _cell(self, cell: str) -> str:
        said = self._translations.of(cell)
        return plain(said.text if said else cell).strip()

    def _mark(self, index: int) -> str:
        if not self._cited:
            return ""
        return "▶ " if index in self._cited else "  "

    def _columns(self, widths: list[int]) -> list[Content]:
        lines: list[Content] = []
        blank = "  " if self._cited else ""
        rule = "─┼─".join("─" * width for width in widths)
        wraps = any(Content(cell).cell_length > widths[i] for row in self._rows for i, cell in enumerate(row))
        wraps = wraps or any("\n" in cell for row in self._rows for cell in row)
        for index, row in enumerate(self._rows):
            style = "bold" if index < self._headers else _CITED if index in self._cited else ""
            if index and (wraps or index == self._headers):
                lines.append(Content(blank + (rule.replace("─", "━") if index == self._headers else rule)))
            self._offsets[index] = len(lines)
            cells = [Content(cell).wrap(widths[i]) or [Content("")] for i, cell in enumerate(row)]
            for line in range(max(map(len, cells))):
                parts: list[Content | str] = [self._mark(index) if line == 0 else blank]
                for i, cell in enumerate(cells):
                    text = cell[line].rstrip() if line < len(cell) else Content("")
                    parts.append(text.stylize(style) if style else text)
                    if i < len(cells) - 1:
                        parts += [" " * (widths[i] - text.cell_length), _GAP]
                lines.append(Content.assemble(*parts))
        return lines

    def _records(self, width: int) -> list[Content]:
        headers = self._rows[: self._headers]
        names = [" ".join(dict.fromkeys(row[i] for row in headers if row[i])) for i in range(len(self._rows[0]))]
        lines: list[Content] = []
        for index, row in enumerate(self._rows[self._headers :], start=self._headers):
            if lines:
                lines.append(Content("─" * width))
            self._offsets[index] = len(lines)
            mark = self._mark(index)
            for i, cell in enumerate(row):
                if not cell:
                    continue
                name = Content.assemble((f"{names[i]}: ", "bold")) if names[i] else Content("")
                value = Content(cell).stylize(_CITED) if index in self._cited else Content(cell)
                lines += hanging(name + value, width, mark if i == 0 else " " * len(mark), "  ")
        return lines
