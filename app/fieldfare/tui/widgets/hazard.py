"""A warning of the manual, verbatim and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fieldfare.text import squeeze
from fieldfare.tui.wording import hazard_class, page_name, plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain import Hazard, Place

_ALERTED = {"danger", "warning", "caution"}


class HazardBox(Vertical, can_focus=True):
    """Signal word as printed on a band in its colours, the text below it; on a mono screen the words and box remain.

    It takes the focus so that the arrows stop at it and scroll through all of it.
    """

    def __init__(
        self, *, signal_word: str, text: str, scheme: str = "", place: Place | None = None, cited: bool = False
    ) -> None:
        kind = hazard_class(signal_word)
        super().__init__(classes=f"hazard row {kind}{' cited-hazard' if cited else ''}")
        self.word = squeeze(signal_word)
        self._text = plain(text).strip()
        self._sign = "▲ " if kind in _ALERTED else ""
        # The scheme gives the word its meaning: CAUTION is injury in one and damage in another.
        self._notes = [note for note in (squeeze(scheme), page_name(place) if place is not None else "") if note]

    @classmethod
    def of(cls, hazard: Hazard, *, cited: bool = False) -> HazardBox:
        """The box of a hazard that protects a passage."""
        return cls(
            signal_word=hazard.signal_word, text=hazard.text, scheme=hazard.scheme, place=hazard.place, cited=cited
        )

    def compose(self) -> ComposeResult:
        """The band and the text."""
        notes = "".join(f"  {note}" for note in self._notes)
        yield Static(Content.assemble((f"{self._sign}{self.word}", "bold"), notes), classes="signal", markup=False)
        yield Static(Content(self._text), classes="hazard-text", markup=False)
