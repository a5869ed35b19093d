"""Where the question is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from fieldfare.text import squeeze
from fieldfare.tui.messages import EdgeReached, TooLong

if TYPE_CHECKING:
    from textual.events import Paste

LIMIT = 2000
"""Characters in a question; a page of pasted text is not a question, and the model would read for minutes."""


class QuestionInput(Input):
    """One line for the question; pasted lines are joined, cleaned and cut at LIMIT with a notice."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "leave", "Results", show=False)]

    def __init__(self) -> None:
        super().__init__(
            placeholder="Question, code or part number",
            id="question",
            max_length=LIMIT,
            select_on_focus=False,
            compact=True,
        )

    def action_leave(self) -> None:
        """Go down to the results."""
        self.post_message(EdgeReached("bottom"))

    def _on_paste(self, event: Paste) -> None:
        """Insert what fits of a paste; the clipping comes first, so that a huge one costs nothing."""
        event.stop()
        event.prevent_default()
        room = LIMIT - len(self.value) + len(self.selected_text)
        text = squeeze(event.text[: LIMIT * 2])
        self.put(text[: max(0, room)])
        if len(text) > room or len(event.text) > LIMIT * 2:
            self.post_message(TooLong(LIMIT))

    def put(self, text: str) -> None:
        """Replace the selection, or insert at the cursor."""
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)
