"""How passages, pages and hazards are named on the screen; every text of a pack is cleaned here before it is drawn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.domain import Match, ModelStatus
from fieldfare.signal_words import signal_word
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldfare.domain import Hazard, InstalledPack, ModelState, Passage, Place
    from fieldfare.tui.messages import Target

# Colours by the level of the signal word (ANSI Z535.4 / ISO 3864-2). Only colours: the word itself is never changed.
_HAZARD_CLASSES = {"danger": "danger", "warning": "warning", "caution": "caution", "notice": "notice"}
_LESS_KNOWN = dict.fromkeys(("achtung", "note", "important"), "notice")  # words that manuals print all the same


def page_name(place: Place) -> str:
    """`p. 21`, by the printed label where there is one; empty for sources without pages."""
    label = squeeze(place.label) or (str(place.page) if place.page is not None else "")
    return _("p. {page}").format(page=label) if label else ""


def page_of(label: str) -> str:
    """`p. 21`, empty where there is no page."""
    return _("p. {page}").format(page=squeeze(label)) if squeeze(label) else ""


def heading(path: Iterable[str]) -> str:
    """The innermost heading, as a person would say where they read."""
    titles = [title for title in map(squeeze, path) if title]
    return titles[-1] if titles else ""


def heading_path(path: Iterable[str]) -> str:
    """All headings from the outermost."""
    return " › ".join(title for title in map(squeeze, path) if title)


def source_line(passage: Passage, *, machine: bool = False) -> str:
    """`Document, p. 21, heading`: enough to find the place in the printed manual; before it the `machine`."""
    parts = (squeeze(passage.document), page_name(passage.place), heading(passage.heading))
    named = f"{squeeze(passage.machine)}: " if machine and passage.machine else ""
    return named + ", ".join(part for part in parts if part) + caveats(passage)


def quotation(target: Target) -> str:
    """What a row proves or shows, in its own words, with its source below: to be pasted elsewhere."""
    passage = target.passage
    said = "\n".join(plain(quote).strip() for quote in target.quotes) or plain(passage.text).strip()
    return f"{said}\n({source_line(passage, machine=True)})"


def caveats(passage: Passage) -> str:
    """What a reader must know before he trusts a passage, in brackets."""
    return "".join(f" ({squeeze(caveat)})" for caveat in passage.caveats)


def snippet(passage: Passage, limit: int = 400) -> str:
    """The beginning of a passage on one line, without the heading that is shown above it."""
    text = squeeze(passage.text[: limit * 3])
    title = heading(passage.heading)
    if title and text.startswith(title):
        text = text[len(title) :].lstrip(" .:–—")
    return text[:limit]


def hazard_class(printed: str) -> str:
    """Which colours a signal word gets; `other` for words of schemes that are not known here."""
    word = re.sub(r"[^\w]", "", printed)
    level = (signal_word(word, "en") or word).casefold()
    return _HAZARD_CLASSES.get(level) or _LESS_KNOWN.get(level, "other")


def signal_words(hazards: Iterable[Hazard]) -> str:
    """The signal words of some hazards as printed, each once."""
    return ", ".join(dict.fromkeys(squeeze(hazard.signal_word) for hazard in hazards))


def machines(packs: tuple[InstalledPack, ...]) -> str:
    """The machines that the installed packs cover, else the titles of the packs; those of unsigned packs say so."""
    names = dict.fromkeys(
        squeeze(name) + (f" ({_('unsigned')})" if pack.unsigned else "")
        for pack in packs
        for name in ([str(machine) for machine in pack.manifest.machines] or [pack.manifest.title])
    )
    return " · ".join(name for name in names if name)


def model_name(state: ModelState) -> str:
    """The state of the model in two or three words; its sentence stands in the help."""
    return {
        ModelStatus.ABSENT: _("quotes only"),
        ModelStatus.LOADING: _("model loading…"),
        ModelStatus.READY: _("ready"),
        ModelStatus.SLOW: _("slow machine: quotes only"),
        ModelStatus.FAILED: _("model failed: quotes only"),
    }[state.status]


def match_name(match: Match) -> str:
    """Why a passage was found, in a word."""
    return {Match.IDENTIFIER: _("identifier"), Match.WORDS: _("words"), Match.MEANING: _("meaning")}[match]


def plain(text: str) -> str:
    """Cleaned text with its line breaks; tabs become spaces so that columns are what they look like."""
    return clean(text).expandtabs(4)
