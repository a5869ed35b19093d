"""Where one line is typed: the question, a nameplate, what a list is narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input

from fieldfare.catalogue import N_, _
from fieldfare.text import squeeze
from fieldfare.tui.messages import EdgeReached, TooLong
from fieldfare.tui.widgets.wrapped import shortened

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Paste

LIMIT = 2000
"""Characters in a question; a page of pasted text is not a question, and the model would read for minutes."""


class LineInput(Input):
    """One line; pasted lines are joined, cleaned and cut at a limit with a notice. The arrow down leaves it."""

    DEFAULT_CSS = """
    LineInput, LineInput:focus { height: 1; padding: 0 1; border: none; background: $surface; color: $foreground; }
    .-narrow LineInput, .-narrow LineInput:focus { padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "leave", N_("to the results"), show=False)]

    def __init__(self, limit: int, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(placeholder=placeholder, id=id, max_length=limit, select_on_focus=False, compact=True)
        self.cursor_blink = False  # a slow line and a battery have better to do
        self._limit = limit
        self._hint = placeholder

    def hint(self, text: str) -> None:
        """Say what can be typed, as far as it fits."""
        self._hint = text
        self._fit_hint()

    @on(Resize)
    def _fit_hint(self) -> None:
        width = self.content_size.width
        self.placeholder = shortened(Content(self._hint), width).plain if width else self._hint

    def action_leave(self) -> None:
        """Go down to what can be chosen."""
        self.post_message(EdgeReached("bottom"))

    def _on_paste(self, event: Paste) -> None:
        """Insert what fits of a paste; the clipping comes first, so that a huge one costs nothing."""
        event.stop()
        event.prevent_default()
        room = self._limit - len(self.value) + len(self.selected_text)
        text = squeeze(event.text[: self._limit * 2])
        self.put(text[: max(0, room)])
        if len(text) > room or len(event.text) > self._limit * 2:
            self.post_message(TooLong(self._limit))

    def put(self, text: str) -> None:
        """Replace the selection, or insert at the cursor."""
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)


class QuestionInput(LineInput):
    """The line for the question; the arrows lead through what was asked before, as in a shell."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("up", "earlier", N_("the question before this one"), show=False)]

    def __init__(self, earlier: Callable[[], tuple[str, ...]]) -> None:
        """`earlier` gives the questions of before, the last one first."""
        super().__init__(LIMIT, _("Question, code or part number"), id="question")
        self._earlier = earlier
        self._way: tuple[str, ...] = ()  # what the arrows lead through: what was typed, then the questions before it
        self._at = 0

    def action_earlier(self) -> None:
        """The question before this one."""
        if not self._at:
            self._way = (self.value, *(one for one in self._earlier() if one != self.value))
        self._recall(min(self._at + 1, len(self._way) - 1))

    def action_leave(self) -> None:
        """Back towards what was typed; from there down to the results."""
        if self._at:
            self._recall(self._at - 1)
        else:
            super().action_leave()

    def _recall(self, at: int) -> None:
        self._at = at
        self.value = self._way[at]
        self.action_end()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._at and self.value != self._way[self._at]:
            self._at = 0

    def rest(self) -> None:
        """The question was asked as it stands: the next arrow up begins anew."""
        self._at = 0
