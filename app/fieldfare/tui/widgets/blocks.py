"""The parts of a section: prose, code, what stands at its place, and the row that opens its printed page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.tui.marking import Marking
from fieldfare.tui.translations import Translations, origin
from fieldfare.tui.widgets.wrapped import Wrapped, hanging
from fieldfare.tui.wording import plain

if TYPE_CHECKING:
    from fieldfare.domain import Pin

_QUOTE = "bold underline"
_BESIDE = 90
"""Cells of a pane in which the original and its translation have room side by side."""


class Prose(Wrapped):
    """A paragraph or step; the quoted part is underlined and its block has a bar.

    While `both` is wanted, its translation stands to the right of it where there is room, else below it.
    """

    def __init__(
        self,
        text: str,
        *,
        number: str = "",
        level: int = 1,
        span: tuple[int, int] | None = None,
        source: str = "",
        translations: Translations | None = None,
        marking: Marking | None = None,
    ) -> None:
        """`source` is the text as the manual has it, by which its translation is known."""
        super().__init__(classes="block" + (" cited" if span else ""))
        self.texts = frozenset([source])
        self._source, self._span = source, span
        self._translations = translations or Translations()
        self.marking = marking or Marking()
        self.both = False
        self._text = text
        self._indent = "   " * (max(1, level) - 1)
        self._number = number

    def lines(self, width: int) -> list[Content]:
        """The number stands out, the text hangs behind it."""
        said = self._translations.said(self._source) if self.both else self._translations.of(self._source)
        if said is None or not said.changed:
            return self._hung(self._original(), width)
        content = Content(plain(said.text).strip("\n"))
        note = origin(said)
        if self.both:
            return self._side_by_side(content, note, width)
        content = content.stylize(_QUOTE) if self._span else content
        lines = self._hung(self.marking.mark(content), width)
        if said.originals and note is not None:
            blank = " " * len(self._first)
            lines += hanging(note, width, blank, blank)
        return lines

    @property
    def _first(self) -> str:
        return self._indent + (f"{self._number:<3} " if self._number else "")

    def _original(self) -> Content:
        content = Content(self._text)
        return self.marking.mark(content.stylize(_QUOTE, *self._span) if self._span else content)

    def _hung(self, content: Content, width: int) -> list[Content]:
        first = self._first
        return hanging(content, width, Content.assemble((first, "bold")), " " * len(first))

    def _side_by_side(self, said: Content, note: Content | None, width: int) -> list[Content]:
        if width < _BESIDE:
            below = hanging(said.stylize("italic"), width, self._indent + "  ", self._indent + "  ")
            return self._hung(self._original(), width) + below
        half = (width - 3) // 2
        left = self._hung(self._original(), half)
        right = self._hung(said, half) + (hanging(note, half) if note is not None else [])
        empty = Content("")
        rows = range(max(len(left), len(right)))
        pairs = [(left[y] if y < len(left) else empty, right[y] if y < len(right) else empty) for y in rows]
        return [one.pad_right(half - one.cell_length) + Content(" │ ") + other for one, other in pairs]


class Code(Wrapped):
    """Text that is set as it was printed; lines that are too long are broken where the room ends."""

    def __init__(self, text: str, *, cited: bool = False, marking: Marking | None = None) -> None:
        super().__init__(classes="block code" + (" cited" if cited else ""))
        self._text = text
        self.marking = marking or Marking()

    def lines(self, width: int) -> list[Content]:
        """The lines as they are."""
        return [
            part
            for line in self._text.split("\n")
            for part in (self.marking.mark(Content(line)).fold(width) or [Content("")])
        ]


class Remark(Wrapped):
    """A bookmark, or the note that somebody pinned to the block below."""

    def __init__(self, pin: Pin) -> None:
        super().__init__(classes="remark")
        self.pin = pin

    def lines(self, width: int) -> list[Content]:
        """What it is, and the note whole."""
        if not self.pin.note:
            return [Content.styled("★ " + _("Bookmark"), "bold")]
        return hanging(
            Content(plain(self.pin.note).strip()), width, Content.styled("✎ " + _("Note:") + " ", "bold"), "  "
        )


class PageRow(Static, can_focus=True):
    """Opens the picture of the printed page."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]

    class Opened(Message):
        """The printed page is wanted."""

    def __init__(self, page: str) -> None:
        """`page` is cleaned."""
        text = _("Page {page} as printed (Enter or p)").format(page=page)
        super().__init__(Content(text), classes="row page-row", markup=False)

    @on(Click)
    def action_open(self) -> None:
        """Fill the screen with the page."""
        self.post_message(self.Opened())
