"""One page of a procedure, big: its warnings first, then the step, then what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message

from fieldfare.catalogue import _
from fieldfare.text import squeeze
from fieldfare.tui.translations import Translations, origin
from fieldfare.tui.widgets.blocks import Prose
from fieldfare.tui.widgets.column import AtOnce
from fieldfare.tui.widgets.figure import FigureRow
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.wrapped import Wrapped, hanging
from fieldfare.tui.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.widget import Widget


class StepText(Wrapped):
    """The instruction itself: its number, then the text, bold and with room around it."""

    DEFAULT_CSS = """
    StepText { padding: 1 2; margin: 0 0 1 0; border-left: outer $accent; background: $surface; }
    """

    def __init__(self, text: str, *, number: str = "", translations: Translations | None = None) -> None:
        super().__init__(classes="step-text")
        self.texts = frozenset([text])
        self._text, self._number = text, squeeze(number)
        self._translations = translations or Translations()

    def lines(self, width: int) -> list[Content]:
        """The number stands out, the text hangs behind it."""
        said = self._translations.of(self._text)
        content = Content.styled(plain(said.text if said else self._text).strip("\n"), "bold")
        first = f"{self._number}  " if self._number else ""
        lines = hanging(content, width, Content.assemble((first, "bold $accent")), " " * min(len(first), 4))
        note = origin(said) if said is not None else None
        return lines + (hanging(note, width) if note is not None else [])


class Told(Wrapped):
    """A line of ours on a page; a tap presses its `key`."""

    def __init__(self, content: Content | str, *, key: str = "", mark: str = "", classes: str = "") -> None:
        """`mark` stands before the first line, the others hang behind it. All texts are ours or cleaned."""
        super().__init__(classes=f"told {classes}".strip())
        self._content = Content(content) if isinstance(content, str) else content
        self._mark, self.key = mark, key

    def lines(self, width: int) -> list[Content]:
        """The mark, then the text."""
        return hanging(self._content, width, Content.styled(self._mark, "bold"), " " * len(self._mark))

    @on(Click)
    def _tapped(self) -> None:
        if self.key:
            self.app.simulate_key(self.key)


class PageHead(Wrapped):
    """The line that stays above a page: where in the procedure this is, and which warnings are out of sight."""

    DEFAULT_CSS = "PageHead { height: 1; background: $panel; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__(id="page-head")
        self._place, self._marks, self._warned = "", "", ""

    def show(self, place: str, marks: str) -> None:
        """Say where this is; `marks` are drawn where there is room for them. Both are ours or cleaned."""
        if (place, marks) != (self._place, self._marks):
            self._place, self._marks = place, marks
            self.changed()

    def warn(self, words: str) -> None:
        """Name the warnings whose signal word is out of sight; empty for none."""
        if words != self._warned:
            self._warned = words
            self.changed()

    def lines(self, width: int) -> list[Content]:
        """One line."""
        warned = Content.styled(f" ▲ {self._warned} ", "bold reverse") if self._warned else Content("")
        room = width - warned.cell_length
        place = Content.styled(f" {self._place}" if self._warned else self._place, "bold").truncate(room, ellipsis=True)
        room -= place.cell_length
        marks = f"  {self._marks}" if len(self._marks) + 2 <= room else ""
        return [Content.assemble(warned, place, marks)]


class StepPage(AtOnce, can_focus=True):
    """Draws the widgets of a page and knows which of its warnings and texts have been on the screen, line after line."""

    STEP = 3
    """Lines that an arrow scrolls."""
    DEFAULT_CSS = """
    StepPage { padding: 0 1; scrollbar-gutter: stable; width: 1fr; height: 1fr; }
    StepPage > * { max-width: 104; }
    StepPage > .table { max-width: 100%; }
    StepPage .above { color: $foreground; margin: 0 0 1 0; }
    StepPage .rule { margin: 1 0 0 0; text-style: bold; color: $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "lines(1)", show=False),
        Binding("up", "lines(-1)", show=False),
    ]

    class Scrolled(Message):
        """More or other lines are on the screen."""

    def __init__(self) -> None:
        super().__init__(id="page")
        self._seen: dict[Widget, tuple[int, int]] = {}  # how many of its lines, from the first, and of how many

    async def show(self, widgets: Iterable[Widget]) -> None:
        """Draw another page from its top."""
        self._seen = {}
        async with self.batch():
            await self.remove_children()
            await self.mount_all(widgets)
        for box in self.query(HazardBox):
            box.can_focus = False
        self.scroll_home(animate=False)
        self.call_after_refresh(self._look)

    async def redo(self, widgets: Iterable[Widget]) -> None:
        """Draw the same page again: something was noted on it. What was seen stays seen, and the place stays."""
        kinds = (HazardBox, StepText, Prose)
        seen = {one.texts: self._seen[one] for one in self.children if isinstance(one, kinds) and one in self._seen}
        place = self.scroll_offset.y
        drawn = {one.figure: one for one in self.children if isinstance(one, FigureRow) and one.figure}
        widgets = list(widgets)
        for one in widgets:
            if isinstance(one, FigureRow) and one.figure in drawn:
                one.take(drawn[one.figure])
        async with self.batch():
            await self.remove_children()
            await self.mount_all(widgets)
        for box in self.query(HazardBox):
            box.can_focus = False
        self._seen = {one: seen[one.texts] for one in self.children if isinstance(one, kinds) and one.texts in seen}
        self.scroll_to(y=place, animate=False, force=True)
        self.call_after_refresh(self._look)

    @property
    def unseen(self) -> list[Widget]:
        """The warnings and the text that were not on the screen to their end, in order; none behind the first picture."""
        return [one for one in self._told() if not self._whole(one)]

    @property
    def measured(self) -> bool:
        """Whether it was laid out, so that `unseen` is known."""
        return bool(self._seen)

    def _whole(self, one: Widget) -> bool:
        seen, lines = self._seen.get(one, (0, 1))
        return seen >= lines

    def _told(self) -> Iterator[Widget]:
        for one in self.children:
            if isinstance(one, HazardBox | StepText | Prose):
                yield one
            elif isinstance(one, FigureRow | Table) or one.has_class("rule"):
                return

    @property
    def words_out_of_sight(self) -> str:
        """The signal words of the warnings that begin above what is on the screen."""
        top = self.scroll_offset.y
        above = [one for one in self.query(HazardBox) if one.virtual_region.y < top]
        return ", ".join(dict.fromkeys(one.word for one in above))

    def to(self, widget: Widget) -> None:
        """Bring a widget to the top."""
        self.scroll_to(y=widget.virtual_region.y, animate=False, force=True)
        self.call_after_refresh(self._look)

    def action_lines(self, direction: int) -> None:
        """Scroll a few lines."""
        self.scroll_relative(y=direction * self.STEP, animate=False, force=True)

    def onward(self) -> bool:
        """Scroll by what is on the screen, less a line to hold on to; back to where lines were jumped over, if so."""
        top, height = self.scroll_offset.y, self.content_size.height
        unseen = [one.virtual_region.y + self._seen.get(one, (0, 1))[0] for one in self.unseen]
        back = bool(unseen) and unseen[0] < top
        self.scroll_to(y=unseen[0] if back else top + max(1, height - 1), animate=False, force=True)
        return not back

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note what is on the screen now."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        top, height = self.scroll_offset.y, self.content_size.height
        if not height:
            return
        for one in self._told():
            region = one.virtual_region
            if not region.height or self._whole(one):
                continue
            seen, lines = self._seen.get(one, (0, 0))
            if lines != region.height:
                seen = 0  # its lines are others now
            if top <= region.y + seen:
                seen = max(seen, min(region.height, top + height - region.y))
            self._seen[one] = seen, region.height
        self.post_message(self.Scrolled())


def note_line(text: str) -> Told:
    """What the technician noted at a step."""
    return Told(plain(text), key="n", mark="✎ " + _("Note:") + " ")
