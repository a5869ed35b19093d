"""The one list of the product: settings, packs, machines, headings, places, answers. Only what is seen is drawn."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
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

from fieldfare.tui.widgets.wrapped import broken, hanging, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDEST = 105
"""Cells of a line: a longer one is not read to its end."""
STEP = 3
"""Lines that an arrow scrolls where the next row is farther than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; all texts are ours or cleaned. `page` stands at the right, `value` behind the text, `about` on lines of its own.

    `key` is what it stands for. `text[start:end]` of the `about`, or of the text where there is none, stands out. `fold` is
    the sign of what can be opened and closed, at a `depth` from 0. What is only `told` is read, not chosen.
    """

    text: str
    key: str = ""
    value: str = ""
    page: str = ""
    about: str = ""
    start: int = 0
    end: int = 0
    depth: int = 0
    fold: str = ""
    bold: bool = False
    told: bool = False


class Listing(ScrollView, can_focus=True):
    """Rows of which one is chosen: by the arrows and Enter, a tap, or its number where they are `numbered`.

    A row is as high as its text where it is shown `whole`; else each takes one line, or two where any says something
    `about` itself, shortened to the width. What was pressed before there were rows is done when they come.
    """

    DEFAULT_CSS = """
    Listing { height: 1fr; background: $background; overflow-x: hidden; scrollbar-gutter: stable; }
    Listing > .listing--chosen { background: $chosen; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"listing--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "leap(-1)", show=False),
        Binding("pagedown,space", "leap(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "pick", show=False),
        *(Binding(str(number), f"take({number})", show=False) for number in range(1, 10)),
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

        @property
        def key(self) -> str:
            """What the row stands for."""
            return self.listing.rows[self.at].key

    class Picked(Told):
        """A row was opened."""

    class Reached(Told):
        """Another row is chosen."""

    class Left(Told):
        """The arrow went up from the first row."""

    def __init__(self, *, whole: bool = False, numbered: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()
        self.numbered = numbered
        self.counts = True  # whether the numbers are shown and choose at present
        self._whole = whole
        self._shown = self._touched = False
        self._early: list[Callable[[], None]] = []  # what was pressed before there were rows
        self._numbers: dict[int, int] = {}  # of the rows that can be chosen, by their place
        self._laid: list[list[Content]] = []  # the lines of each row that is shown whole
        self._tops: list[int] = []  # where each begins
        self._laid_room = 0
        self._lines = 1  # of a row that is not

    def show(self, rows: Sequence[Row], at: int | None = None) -> None:
        """Show other rows: `at` is chosen, by default the one with the same key as before, else the first that can be."""
        key = self.rows[self.at].key if self.at < len(self.rows) else ""
        self.rows = tuple(rows)
        choosable = [i for i, row in enumerate(self.rows) if not row.told]
        self._numbers = {i: number for number, i in enumerate(choosable, 1)}
        if at is None:
            at = next((i for i in choosable if key and self.rows[i].key == key), choosable[0] if choosable else 0)
        self._lines = 2 if any(row.about for row in self.rows) else 1
        self.set_reactive(Listing.at, max(0, min(at, len(self.rows) - 1)))
        self._measure()
        self.refresh()
        early, self._early, self._shown = self._early, [], True
        for do in early:
            self.call_next(do)

    # Where the rows stand.

    @property
    def _room(self) -> int:
        """Empty lines of a row: large ones have some around them, and whole ones one below where there is space for it."""
        screen = self.screen
        if screen.app.has_class("-large"):
            return 2 if self._whole else 1
        return int(self._whole and screen.has_class("-tall") and not screen.app.has_class("-compact"))

    @property
    def _above(self) -> int:
        """Those of the empty lines that are above the text."""
        return int(self._room == 2)

    @property
    def _height(self) -> int:
        """Lines of a row that is not shown whole."""
        return self._lines + self._room

    @on(Resize)
    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        if not width:  # not on the screen: what stood here before must not be drawn with other rows
            self._tops, self._laid, self.virtual_size = [], [], Size(0, 0)
            return
        height, self._laid_room = len(self.rows) * self._height, self._room
        if self._whole:
            self._laid = [self._lay(i, min(WIDEST, width - 1)) for i in range(len(self.rows))]
            self._tops, height, short = [], 0, self.screen.has_class("-short")
            for row, lines in zip(self.rows, self._laid, strict=True):
                self._tops.append(height)
                height += len(lines) + (int(not row.bold and not short) if row.told else self._room)
        self.virtual_size = Size(width, height)
        self._begin()

    def notify_style_update(self) -> None:
        """Lay out again where rows became higher or lower."""
        super().notify_style_update()
        if self.rows and self._room != self._laid_room:
            self._measure()

    def _top(self, index: int) -> int:
        return self._tops[index] if self._whole and self._tops else index * self._height

    def _bottom(self, index: int) -> int:
        return self._top(index + 1) if index + 1 < len(self.rows) else self.virtual_size.height

    def _begin(self) -> None:
        """Show the chosen row, but begin with what is told above it."""
        if not self.rows:
            return
        if self.rows[0].told and not self._touched and self._bottom(self.at) > self.size.height:
            self.scroll_to(y=0, animate=False, force=True)
        else:
            self._reveal()

    def _reveal(self) -> None:
        if not self.rows or (self._whole and not self._tops):
            return
        top, bottom = self._top(self.at), self._bottom(self.at)
        if top < self.scroll_y or bottom - top > self.size.height:
            self._scroll(top)
        elif bottom > self.scroll_y + self.size.height:
            self._scroll(bottom - self.size.height)

    def _scroll(self, y: float) -> None:
        self.scroll_to(y=y, animate=False, force=True)

    def watch_at(self) -> None:
        """Bring the chosen row on the screen, and tell."""
        self._reveal()
        self.refresh()
        self.post_message(self.Reached(self, self.at))

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """One line of what is on the screen."""
        y += round(self.scroll_y)
        width = self.scrollable_content_region.width
        base = self.visual_style
        if not width or y >= self.virtual_size.height or (self._whole and not self._tops):
            return Strip.blank(width, base.rich_style)
        index = bisect_right(self._tops, y) - 1 if self._whole else y // self._height
        row, inside = self.rows[index], y - self._top(index) - (0 if self.rows[index].told else self._above)
        between = self._whole and self._room == 1 and inside >= len(self._laid[index])
        chosen = index == self.at and not row.told and not between
        content = self._line(index, inside, width - 1) if inside >= 0 else Content("")
        whole = Content("▌" if chosen else " ") + content
        whole = whole.pad_right(max(0, width - whole.cell_length))
        style = self.get_visual_style("listing--chosen") if chosen else base
        options = RenderOptions(self._get_style, self.styles)  # type: ignore[arg-type]  # as Textual passes it
        return whole.render_strips(width, 1, style, options)[0]

    def _line(self, index: int, inside: int, width: int) -> Content:
        if self._whole:
            return self._laid[index][inside] if inside < len(self._laid[index]) else Content("")
        if inside == 0:
            return self._first(index, width)
        return self._second(self.rows[index], width) if inside < self._lines else Content("")

    def _lay(self, index: int, width: int) -> list[Content]:
        """All lines of a row that is shown whole."""
        row = self.rows[index]
        if row.told:
            return broken(Content.styled(row.text, "bold $accent" if row.bold else ""), width) or [Content("")]
        left = self._left(index)
        text = Content.styled(row.text, "bold")
        for more in (row.value, row.page):
            text = Content.assemble(text, ": " if more is row.value else "  ", (more, "$accent")) if more else text
        indent = " " * left.cell_length
        return [
            *hanging(text, width, left, indent),
            *(hanging(Content(row.about), width, indent, indent) if row.about else ()),
        ]

    def _left(self, index: int) -> Content:
        """Number, depth and fold."""
        row, number = self.rows[index], self._numbers.get(index, 0)
        shown = (f"{number} " if self.counts and number < 10 else "  ") if self.numbered else ""
        return Content.styled(shown + "  " * min(row.depth, 6) + (f"{row.fold} " if row.fold else ""), "bold")

    def _first(self, index: int, width: int) -> Content:
        row, left = self.rows[index], self._left(index)
        page = Content(f" {row.page} ") if row.page else Content("")
        text = Content(row.text)
        if row.end > row.start and not row.about:
            text = text.stylize("bold reverse", row.start, row.end)
        bold = row.bold or index == self.at
        room = max(4, width - left.cell_length - page.cell_length)
        text = shortened(text.stylize("bold") if bold else text, room)
        gap = max(0, width - left.cell_length - text.cell_length - page.cell_length)
        return Content.assemble(left, text, " " * gap, page)

    def _second(self, row: Row, width: int) -> Content:
        indent = "  "
        text = Content(row.about).stylize("bold reverse", row.start, row.end)
        room = width - len(indent)
        if row.end > room:  # what was found is not what is cut off
            cut = min(row.start, row.end - room + min(12, room // 3))
            text = Content("…") + text[cut:]
        return Content(indent) + shortened(text, max(4, room))

    # Keys.

    def _is_early(self, do: Callable[[], None]) -> bool:
        """Whether there are no rows yet, and it is done when they come."""
        self._touched = self._shown
        if not self._shown:
            self._early.append(do)
        return not self._shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Numbers choose where they are shown."""
        return action != "take" or (self.numbered and self.counts)

    def action_step(self, direction: int) -> None:
        """To the row after or before, or a little towards it where there is more to read first; from the top out of the list."""
        if self._is_early(partial(self.action_step, direction)) or not self.rows:
            return
        view, height = round(self.scroll_y), self.size.height
        following = self.at + direction
        while 0 <= following < len(self.rows) and self.rows[following].told:
            following += direction
        if direction > 0:
            hidden = self._bottom(self.at) - self._room - view - height
            far = self._top(following) + 1 - view - height if following < len(self.rows) else STEP + 1
        else:
            hidden = view - self._top(self.at)
            far = view + 1 - self._bottom(following) if following >= 0 else STEP + 1
        if hidden > 0 and hidden < height:
            self._scroll(view + direction * min(STEP, hidden))
        elif far <= STEP:
            self.at = following
        elif direction < 0 and following < 0 and view <= 0:
            self.post_message(self.Left(self, self.at))
        else:
            self._scroll(view + direction * STEP)

    def action_leap(self, direction: int) -> None:
        """A screen further: to the farthest row that it shows."""
        if self._is_early(partial(self.action_leap, direction)) or not self.rows:
            return
        goal = self._top(self.at) + direction * max(1, self.size.height - 1)
        choosable = [i for i, row in enumerate(self.rows) if not row.told]
        if direction > 0:
            passed = [i for i in choosable if i > self.at and self._top(i) <= goal]
            following = passed[-1:] or [i for i in choosable if i > self.at][:1]
        else:
            passed = [i for i in choosable if i < self.at and self._top(i) >= goal]
            following = passed[:1] or [i for i in choosable if i < self.at][-1:]
        if following and abs(self._top(following[0]) - self._top(self.at)) <= self.size.height:
            self.at = following[0]
        else:  # there is text to read between, before or behind the rows
            self._scroll(self.scroll_y + direction * max(1, self.size.height - 1))

    def action_end(self, end: int) -> None:
        """To the first or last row, and to what stands before or behind it."""
        if self._is_early(partial(self.action_end, end)) or not self._numbers:
            return
        self.at = min(self._numbers) if end < 0 else max(self._numbers)
        self._scroll(0 if end < 0 else self.virtual_size.height)

    def action_take(self, number: int) -> None:
        """Open a row by its number."""
        if self._is_early(partial(self.action_take, number)):
            return
        for index in [i for i, known in self._numbers.items() if known == number]:
            self.at = index
            self.post_message(self.Picked(self, index))

    def action_pick(self) -> None:
        """Open the chosen row; one that is not on the screen is brought there first."""
        if self._is_early(self.action_pick) or self.at not in self._numbers:
            return
        if self._top(self.at) >= self.scroll_y + self.size.height > 0:
            self._scroll(self.scroll_y + max(1, self.size.height - 1))
        else:
            self.post_message(self.Picked(self, self.at))

    @on(Click)
    def _tapped(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y + round(self.scroll_y)
        index = bisect_right(self._tops, y) - 1 if self._whole else y // self._height
        if y < self.virtual_size.height and index in self._numbers:
            self.at = index
            self.post_message(self.Picked(self, index))
