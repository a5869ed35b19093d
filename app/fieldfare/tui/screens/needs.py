"""What a procedure needs and sets, in one view: tools, parts, amounts, torques, each with its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.text import squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.blocks import Prose
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.step import Told
from fieldfare.tui.wording import heading, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.widget import Widget

    from fieldfare.domain.procedure import Procedure
    from fieldfare.procedure.lists import Item, Lists


class NeedsScreen(Overlay[None]):
    """One page that scrolls; every line is printed in the manual."""

    ABOUT = "needs"
    SCOPED_CSS = False  # what is scoped knows no class of the screen itself
    CSS = """
    NeedsScreen .group { margin: 1 0 0 0; text-style: bold; color: $accent; height: 1; }
    NeedsScreen.-short .group { margin: 0; }
    NeedsScreen VerticalScroll { padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,l,q,left", "dismiss", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
    ]

    def __init__(self, procedure: Procedure, lists: Lists) -> None:
        super().__init__()
        self._procedure, self._lists = procedure, lists

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        title = heading(self._procedure.title.heading) or squeeze(self._procedure.title.document)
        yield Static(Content(title), classes="heading", markup=False)
        with VerticalScroll():
            yield from self._groups()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show how to leave."""
        self.query_one(VerticalScroll).focus()
        self.query_one(KeyBar).show((("escape", "Esc", _("Back")), ("down", "↓", _("More"))))

    def _groups(self) -> Iterator[Widget]:
        numbers = {one.key: squeeze(one.number) for one in self._procedure.steps}
        lists = self._lists
        if not lists:
            yield Told(_("This procedure names no tools, parts, amounts or torques."))
        groups: tuple[tuple[str, tuple[Item, ...]], ...] = (
            (_("Tightening torques"), lists.torques),
            (_("Tools"), lists.tools),
            (_("Parts and materials"), lists.parts),
            (_("Screws and nuts"), lists.fasteners),
            (_("Amounts"), lists.amounts),
            (_("Time and more"), lists.more),
        )
        for name, items in groups:
            if items:
                yield Static(Content(name), classes="group", markup=False)
            for item in items:
                step = _("Step {number}: ").format(number=numbers[item.step]) if item.step else ""
                value = Content.styled(f"{squeeze(item.value)}  ", "bold") if item.value else Content("")
                yield Told(value + Content(squeeze(item.text)), mark=step)
        for table in lists.tables:
            yield Static(Content(_("Table")), classes="group", markup=False)
            if table.caption:
                yield Prose(plain(table.caption))
            yield Table(table)
