"""Lines to choose from: arrows and Enter, a number, or a tap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message

from fieldfare.tui.widgets.wrapped import Wrapped, hanging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget


@dataclass
class Picked(Message):
    """A line was chosen."""

    key: str


class Line(Wrapped, can_focus=True):
    """One thing with its value and a sentence: `1 Look: Dark`. All texts are ours or cleaned."""

    DEFAULT_CSS = """
    Line { height: auto; padding: 0 1 0 0; margin: 0 0 1 0; }
    .-short Line, .-compact Line, .-large Line { margin: 0; }
    """
    SCOPED_CSS = False  # what is around a line decides how it stands
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space,right", "pick", "Choose", show=False)]

    def __init__(self, key: str, title: str, *, value: str = "", sentence: str = "", mark: str = "") -> None:
        """`mark` stands before the title: what is on, what is chosen."""
        super().__init__(classes="row")
        self.key = key
        self._title, self._value, self._sentence, self._mark = title, value, sentence, mark
        self.number = 0

    def show(self, *, value: str, sentence: str) -> None:
        """Say something else of the same thing."""
        if (value, sentence) != (self._value, self._sentence):
            self._value, self._sentence = value, sentence
            self.changed()

    @on(Click)
    def action_pick(self) -> None:
        """Choose it."""
        self.post_message(Picked(self.key))

    def lines(self, width: int) -> list[Content]:
        """Number, title and value; below, the sentence."""
        number = f"{self.number} " if 0 < self.number < 10 else "  "
        head = Content.styled(f"{self._mark}{self._title}", "bold")
        if self._value:
            head = Content.assemble(head, ": ", (self._value, "$accent"))
        lines = hanging(head, width, Content.assemble((number, "bold")), "  ")
        return [*lines, *(hanging(Content(self._sentence), width, "  ", "  ") if self._sentence else [])]


class Lines(VerticalScroll, can_focus=False):
    """Lines below each other, numbered; beside them other widgets may stand."""

    DEFAULT_CSS = "Lines { height: 1fr; padding: 0 1; } .-narrow Lines { padding: 0; }"
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("home", "end(0)", "First", show=False),
        Binding("end", "end(-1)", "Last", show=False),
        *(Binding(str(number), f"take({number})", show=False) for number in range(1, 10)),
    ]

    def on_mount(self) -> None:
        """Number the lines."""
        self.number()

    def number(self) -> None:
        """Give each line the number that chooses it."""
        for number, line in enumerate(self.query(Line), 1):
            line.number = number
            line.changed()

    async def fill(self, lines: Sequence[Widget]) -> None:
        """Show other lines; the one with the same key keeps the focus."""
        focused = self.screen.focused
        key = focused.key if isinstance(focused, Line) else None
        async with self.batch():
            await self.remove_children()
            await self.mount_all(lines)
        self.number()
        self.choose(key)

    def choose(self, key: str | None = None, *, scroll: bool = True) -> None:
        """Put the focus on the line of a key, else on the first, and scroll to it."""
        lines = list(self.query(Line))
        if lines:
            next((line for line in lines if line.key == key), lines[0]).focus(scroll_visible=scroll)

    def action_move(self, step: int) -> None:
        """To the line before or after; where there is text before or behind them that is not seen, it scrolls."""
        lines = list(self.query(Line))
        focused = self.screen.focused
        at = lines.index(focused) if isinstance(focused, Line) and focused in lines else -1
        below = at >= 0 and lines[at].virtual_region.y >= self.scroll_y + self.scrollable_content_region.height
        if 0 <= at + step < len(lines) and not below:
            lines[at + step].focus()
        else:
            self.scroll_relative(y=step, animate=False)

    def action_end(self, at: int) -> None:
        """To the first or the last line."""
        if lines := list(self.query(Line)):
            lines[at].focus()

    def action_take(self, number: int) -> None:
        """Choose a line by its number."""
        lines = list(self.query(Line))
        if number <= len(lines):
            lines[number - 1].focus()
            lines[number - 1].action_pick()
