"""The menu: every room, and what can be done on the screen below it; letters narrow it down, numbers choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from fieldfare.catalogue import N_, _
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.tui.widgets.listing import Row


class MenuScreen(ChoosingScreen[str | None]):
    """Gives the key of the row that was chosen, None for none."""

    ABOUT = "menu"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10", "leave", N_("back, nothing changed"), show=False)]

    def __init__(self, rows: Iterable[Row]) -> None:
        """The `key` of each row is the key that does the same."""
        offers = (Offer(row=row, value=row.key) for row in rows)
        super().__init__(_("Menu"), offers, hint=_("Letters narrow it down"))
