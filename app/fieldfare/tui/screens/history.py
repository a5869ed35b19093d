"""What was asked before, in this session and earlier ones, to ask it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.text import squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.widgets.listing import Row

if TYPE_CHECKING:
    from fieldfare.tui.desk import Desk


class HistoryScreen(ChoosingScreen[str | None]):
    """The questions that hold every typed word, the last one first; dismissed with one, or with None."""

    ABOUT = "history"

    def __init__(self, desk: Desk) -> None:
        asked = desk.workplace.questions
        said = ngettext("{number} question", "{number} questions", len(asked)).format(number=len(asked))
        super().__init__(
            said if asked else _("Nothing was asked yet."),
            (Offer(row=Row(text=squeeze(one)), value=one) for one in asked),
            hint=_("Words of the question"),
        )
