"""What the texts on a screen say in the technician's language, as far as it is known; one key shows the originals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from fieldfare.catalogue import N_, _
from fieldfare.domain import BlockKind
from fieldfare.domain.translation import Outcome, Text
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from fieldfare.domain import SectionView
    from fieldfare.domain.translation import Rendering

MACHINE = N_("machine translation of the original")


class Translations:
    """The translations of one answer or page by their originals. `original` shows those instead."""

    def __init__(self, language: str = "") -> None:
        """Into a `language`; an empty one translates nothing."""
        self.language = language
        self.original = False
        self._said: dict[str, Rendering] = {}

    @property
    def any(self) -> bool:
        """Whether anything is translated, so that there is something to switch."""
        return any(one.changed for one in self._said.values())

    @property
    def machine(self) -> bool:
        """Whether something that is shown was translated by a machine."""
        return not self.original and any(one.changed and one.machine for one in self._said.values())

    def take(self, text: str, rendering: Rendering) -> None:
        """A text came nearer to its translation."""
        self._said[text] = rendering

    def said(self, text: str) -> Rendering | None:
        """The translation of a text as far as it is known, shown or not."""
        return self._said.get(text)

    def of(self, text: str) -> Rendering | None:
        """What is shown in place of a text, None for the text itself."""
        said = self._said.get(text)
        return None if said is None or self.original or not said.changed else said

    @property
    def refused(self) -> str:
        """Why nothing of all this is translated, as a sentence; empty where something is, or nothing was to be."""
        if self.any or not self._said:
            return ""
        reasons = dict.fromkeys(one.reason for said in self._said.values() for one in said.originals)
        return _("In the original: {reasons}").format(reasons=squeeze(next(iter(reasons)))) if reasons else ""


def switch_key(*, original: bool) -> tuple[tuple[str, str, str], ...]:
    """The key that switches, for the bar of keys."""
    return (("t", "t", _("Translation") if original else _("Original")),)


def origin(said: Rendering) -> Content | None:
    """The line under a translated text that says who made it; None where a person approved all of it."""
    if said.approved:
        return None
    similar = min((one.score for one in said.sentences if one.outcome is Outcome.SIMILAR), default=1.0)
    parts = [_(MACHINE)] if said.machine else []
    parts += [_("approved for a text that is {share:.0%} alike").format(share=similar)] if similar < 1 else []
    reasons = dict.fromkeys(squeeze(one.reason) for one in said.originals)
    parts += [_("partly in the original: {reasons}").format(reasons="; ".join(reasons))] if reasons else []
    return Content(f"({', '.join(parts)})") if parts else None


def texts_of(view: SectionView) -> Iterator[Text]:
    """What of a section is translated, in the order in which it is read."""
    context = " > ".join(view.heading)
    for hazard in view.hazards:
        yield Text(text=hazard.text, context=context, hazard=True)
    for block in view.blocks:
        if block.kind is BlockKind.CODE:
            continue
        for text in filter(str.strip, (block.caption, *(cell for row in block.rows for cell in row))):
            yield Text(text=text, context=context)
        if block.text.strip() and not block.rows:
            yield Text(text=block.text, context=context, hazard=block.kind is BlockKind.HAZARD)


def redraw(parent: Widget, text: str = "") -> None:
    """Draw the widgets below `parent` again that show a text, or all that show any."""
    for widget in parent.query("*"):
        texts = getattr(widget, "texts", None)
        if texts and (not text or text in texts):
            widget.changed()  # type: ignore[attr-defined]
