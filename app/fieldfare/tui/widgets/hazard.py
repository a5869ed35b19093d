"""A warning of the manual, verbatim and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fieldfare.signal_words import signal_word
from fieldfare.text import squeeze
from fieldfare.tui.marking import Marking
from fieldfare.tui.translations import Translations, origin
from fieldfare.tui.widgets.wrapped import Flowing
from fieldfare.tui.wording import hazard_class, page_name, plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain import Hazard, Place
    from fieldfare.domain.translation import Rendering

_ALERTED = {"danger", "warning", "caution"}


class HazardBox(Vertical, can_focus=True):
    """Signal word as printed on a band in its colours, the text below it; on a mono screen the words and box remain.

    It takes the focus so that the arrows stop at it and scroll through all of it.
    """

    def __init__(
        self,
        *,
        signal_word: str,
        text: str,
        scheme: str = "",
        place: Place | None = None,
        cited: bool = False,
        translations: Translations | None = None,
        marking: Marking | None = None,
    ) -> None:
        kind = hazard_class(signal_word)
        super().__init__(classes=f"hazard row {kind}{' cited-hazard' if cited else ''}")
        self.word = squeeze(signal_word)
        self.texts = frozenset([text])
        self._text = text
        self._translations = translations or Translations()
        self.marking = marking or Marking()
        self._sign = "▲ " if kind in _ALERTED else ""
        # The scheme gives the word its meaning: CAUTION is injury in one and damage in another.
        self._notes = [note for note in (squeeze(scheme), page_name(place) if place is not None else "") if note]

    @classmethod
    def of(
        cls,
        hazard: Hazard,
        *,
        cited: bool = False,
        translations: Translations | None = None,
        marking: Marking | None = None,
    ) -> HazardBox:
        """The box of a hazard that protects a passage."""
        return cls(
            signal_word=hazard.signal_word, text=hazard.text, scheme=hazard.scheme, place=hazard.place, cited=cited,
            translations=translations, marking=marking,
        )  # fmt: skip

    def compose(self) -> ComposeResult:
        """The band and the text."""
        yield Static(self._band(), classes="signal", markup=False)
        yield Flowing(self._body(), classes="hazard-text")

    def changed(self) -> None:
        """Draw again: its translation came, or the original is wanted."""
        self.query_one(".signal", Static).update(self._band())
        self.query_one(".hazard-text", Flowing).update(self._body())

    def _translated(self) -> Rendering | None:
        return self._translations.of(self._text)

    def _band(self) -> Content:
        said = self._translated()
        word = signal_word(self.word, self._translations.language) if said and not said.original_first else ""
        printed = [self.word] if word and word != self.word else []
        notes = "".join(f"  {note}" for note in (*printed, *self._notes))
        return Content.assemble((f"{self._sign}{word or self.word}", "bold"), notes)

    def _body(self) -> Content:
        """The text whole; where nobody approved its translation, the original stands above that."""
        text, said = plain(self._text).strip(), self._translated()
        if said is None:
            return self.marking.mark(Content(text))
        translated = plain(said.text).strip()
        if not said.original_first:
            return self.marking.mark(Content(translated))
        note = origin(said)
        both = Content.assemble(text, "\n", ("— ", "bold"), translated, *(("\n", note) if note else ()))
        return self.marking.mark(both)
