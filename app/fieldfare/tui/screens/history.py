"""What was asked before, in this session and earlier ones, to ask it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.text import squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer

if TYPE_CHECKING:
    from fieldfare.tui.desk import Desk


class HistoryScreen(ChoosingScreen[str | None]):
    """The questions that hold every typed word, the last one first; dismissed with one, or with None."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="history")

    def on_mount(self) -> None:
        """Offer all of them."""
        self.line.placeholder = _("Words of the question")
        super().on_mount()
        self.show_keys()

    def offers(self, text: str) -> tuple[Offer[str | None], ...]:
        """The questions with the typed words."""
        asked = self.desk.workplace.questions
        words = text.casefold().split()
        found = tuple(one for one in asked if all(word in one.casefold() for word in words))
        said = ngettext("{number} question", "{number} questions", len(found)).format(number=len(found))
        self.say(said if asked else _("Nothing was asked yet."))
        return tuple(Offer(name=squeeze(one), value=one) for one in found)
