"""The headings of a manual: opened and closed, narrowed by typing, and the way into the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from fieldfare.catalogue import _, ngettext
from fieldfare.domain.manual import Spot
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui.messages import Said
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar, StatusLine
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.tui.wording import page_of

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key as KeyEvent

    from fieldfare.domain.manual import Heading, Manual
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key

MANY = 40
"""Headings of a manual up to which its outline begins with all of them open."""


class Outline(Vertical):
    """A tree of headings with their pages. Letters narrow it; → and ← open and close; Enter goes there."""

    DEFAULT_CSS = "Outline { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "unfold", show=False),
        Binding("left", "fold", show=False),
        Binding("backspace", "shorten", show=False),
    ]

    class Chosen(Message):
        """A heading was chosen."""

        def __init__(self, manual: Manual, spot: Spot) -> None:
            super().__init__()
            self.manual, self.spot = manual, spot

    class _Read(Message):
        def __init__(self, manual: Manual, headings: tuple[Heading, ...]) -> None:
            super().__init__()
            self.manual, self.headings = manual, headings

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.manual: Manual | None = None
        self._section = 0
        self._headings: tuple[Heading, ...] = ()
        self._parents: list[int] = []
        self._open: set[int] = set()
        self._seen: list[int] = []  # which heading each row is
        self.typed = ""

    def compose(self) -> ComposeResult:
        """The headings."""
        yield Listing()

    @property
    def listing(self) -> Listing:
        """The rows."""
        return self.query_one(Listing)

    def show(self, manual: Manual, section: int = 0) -> None:
        """Show a manual, at a section where one was."""
        self.manual, self._section, self.typed = manual, section, ""
        self._read(manual)

    @work(thread=True, exclusive=True, group="outline", exit_on_error=False)
    def _read(self, manual: Manual) -> None:
        try:
            self.post_message(self._Read(manual, self._desk.assistant.bookshelf.outline(manual)))
        except FieldfareError as error:
            self.post_message(Said(str(error)))

    @on(_Read)
    def _has_read(self, message: _Read) -> None:
        message.stop()
        if message.manual != self.manual:
            return
        self._headings = message.headings
        self._parents = _parents(message.headings)
        self._open = set(range(len(self._headings))) if len(self._headings) <= MANY else set()
        at = next((i for i, one in enumerate(self._headings) if one.section == self._section), 0)
        self._reveal(at)
        self._draw(at)

    def _reveal(self, index: int) -> None:
        while (index := self._parents[index] if self._headings else -1) >= 0:
            self._open.add(index)

    def _draw(self, at: int = -1) -> None:
        """Draw the rows; `at` is the heading that is chosen, by default the one that is."""
        if at < 0:
            at = self._seen[self.listing.at] if self._seen else 0
        words = self.typed.casefold().split()
        self._seen, rows = [], []
        for index, one in enumerate(self._headings):
            title = squeeze(one.title)
            if words:
                if not all(word in title.casefold() for word in words):
                    continue
                depth, fold = 0, ""
            else:
                if not self._visible(index):
                    continue
                depth = len(one.path) - 1
                fold = ("▾" if index in self._open else "▸") if self._has_more(index) else " "
            self._seen.append(index)
            rows.append(Row(text=title, page=page_of(one.label), depth=depth, fold=fold, bold=depth == 0 and not words))
        position = max((i for i, index in enumerate(self._seen) if index <= at), default=0)
        self.listing.show(rows, 0 if words else position)
        self._say()

    def _has_more(self, index: int) -> bool:
        """Whether headings stand below one."""
        return index + 1 < len(self._parents) and self._parents[index + 1] == index

    def _visible(self, index: int) -> bool:
        while (index := self._parents[index]) >= 0:
            if index not in self._open:
                return False
        return True

    def _say(self) -> None:
        if self.typed:
            count = len(self._seen)
            found = ngettext("{count} heading", "{count} headings", count).format(count=count)
            self.post_message(Said(_("“{text}”: {found}. Esc shows all.").format(text=self.typed, found=found)))
        else:
            self.post_message(Said(_("Type to narrow the headings. Enter opens, / searches the text.")))

    def on_key(self, event: KeyEvent) -> None:
        """Letters narrow the headings."""
        if event.is_printable and event.character and event.character not in "/?" and len(self.typed) < 60:
            event.stop()
            self.typed += event.character
            self._draw()

    def widen(self) -> bool:
        """Show all headings again; whether some were hidden."""
        narrowed, self.typed = bool(self.typed), ""
        if narrowed:
            self._draw()
        return narrowed

    def action_shorten(self) -> None:
        """Take the last letter back."""
        if self.typed:
            self.typed = self.typed[:-1]
            self._draw()

    def action_unfold(self) -> None:
        """Show what is below the heading."""
        if self._seen and not self.typed:
            index = self._seen[self.listing.at]
            if index in self._open or not self._has_more(index):
                self.listing.action_step(1)
            else:
                self._open.add(index)
                self._draw()

    def action_fold(self) -> None:
        """Hide what is below the heading, or go up to the one above."""
        if not self._seen or self.typed:
            return
        index = self._seen[self.listing.at]
        if index in self._open and self._has_more(index):
            self._open.discard(index)
            self._draw()
        elif self._parents[index] >= 0:
            self._draw(self._parents[index])

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        """Go there; a heading without any text leads to the first below it that has some."""
        message.stop()
        index = self._seen[message.at]
        while not self._headings[index].filled and index + 1 < len(self._headings):
            index += 1
        if self.manual is not None:
            self.post_message(self.Chosen(self.manual, Spot(section=self._headings[index].section)))


def _parents(headings: tuple[Heading, ...]) -> list[int]:
    """The heading above each, -1 for the outermost."""
    above: list[tuple[int, int]] = []
    found = []
    for index, one in enumerate(headings):
        depth = len(one.path)
        while above and above[-1][0] >= depth:
            above.pop()
        found.append(above[-1][1] if above else -1)
        above.append((depth, index))
    return found


class OutlineScreen(Overlay[Spot | None]):
    """The outline of the manual that is read; dismissed with where to go."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]

    def __init__(self, desk: Desk, manual: Manual, section: int) -> None:
        super().__init__()
        self._desk, self._manual, self._section = desk, manual, section

    def compose(self) -> ComposeResult:
        """What is typed, the headings, the keys."""
        yield StatusLine()
        yield Outline(self._desk)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show where one is."""
        self.query_one(Outline).show(self._manual, self._section)
        self.query_one(Listing).focus()
        keys: tuple[Key, ...] = (
            ("escape", "Esc", _("Back")),
            ("enter", "Enter", _("Open")),
            ("right", "→ ←", _("Open, close")),
        )
        self.query_one(KeyBar).show(keys)

    @on(Said)
    def _said(self, message: Said) -> None:
        message.stop()
        self.query_one(StatusLine).say(squeeze(message.text))

    @on(Outline.Chosen)
    def _chosen(self, message: Outline.Chosen) -> None:
        self.dismiss(message.spot)

    def action_back(self) -> None:
        """Show all headings again, or back to the text."""
        if not self.query_one(Outline).widen():
            self.dismiss(None)
