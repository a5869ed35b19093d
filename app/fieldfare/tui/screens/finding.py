"""Searching one manual: every place where a text stands word for word, then what the search finds by meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import Question
from fieldfare.domain.manual import Sighting, Sightings, Spot
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui.messages import EdgeReached
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar, StatusLine
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.tui.widgets.question import LineInput
from fieldfare.tui.wording import heading, page_of, snippet

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain.manual import Manual
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key

PAUSE = 0.08
"""Seconds without a key before the manual is searched."""
OTHERS = 8
"""Places that are offered because the search finds them, though the text stands there in other words."""


class FindingScreen(Overlay[tuple[str, tuple[Sighting, ...], int] | None]):
    """Dismissed with what was sought, all places, and which one to go to; a place by meaning stands alone, unmarked."""

    CSS = "FindingScreen StatusLine { height: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back", show=False)]

    class _Found(Message):
        def __init__(self, text: str, exact: Sightings, others: tuple[Sighting, ...], error: str = "") -> None:
            super().__init__()
            self.text, self.exact, self.others, self.error = text, exact, others, error

    def __init__(self, desk: Desk, manual: Manual, text: str = "") -> None:
        super().__init__()
        self._desk, self._manual, self._text = desk, manual, text
        self._exact = Sightings()
        self._others: tuple[Sighting, ...] = ()
        self._entered = ""  # what Enter was pressed for before its places were known

    def compose(self) -> ComposeResult:
        """The line, what was found, the keys."""
        yield LineInput(200, _("Search this manual: a word, a code, a part number"))
        yield StatusLine()
        yield Listing()
        yield KeyBar()

    def on_mount(self) -> None:
        """Type."""
        line = self.query_one(LineInput)
        line.value = self._text
        line.action_select_all()
        line.focus()
        title = squeeze(self._manual.title)
        self.query_one(StatusLine).say(_("In {manual}").format(manual=title))
        keys: tuple[Key, ...] = (
            ("enter", "Enter", _("Go there")),
            ("escape", "Esc", _("Back")),
            ("down", "↓", _("List")),
        )
        self.query_one(KeyBar).show(keys)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._entered = ""
        self._search(squeeze(self.query_one(LineInput).value))

    @work(thread=True, exclusive=True, group="find", exit_on_error=False)
    def _search(self, text: str) -> None:
        from time import sleep

        from textual.worker import get_current_worker

        worker = get_current_worker()
        sleep(PAUSE)
        if worker.is_cancelled:
            return
        try:
            exact = self._desk.assistant.bookshelf.sightings(self._manual, text)
            self.post_message(self._Found(text, exact, ()))
            others = self._by_meaning(text) if text and not worker.is_cancelled else ()
            self.post_message(self._Found(text, exact, others))
        except FieldfareError as error:
            self.post_message(self._Found(text, Sightings(), (), str(error)))

    def _by_meaning(self, text: str) -> tuple[Sighting, ...]:
        manual = self._manual
        sections = {one.section for one in self._desk.assistant.bookshelf.outline(manual)}
        found: dict[int, Sighting] = {}
        for one in self._desk.assistant.search(Question(text=text, packs=(manual.pack,))):
            passage = one.passage
            if passage.pack == manual.pack and passage.section in sections:
                excerpt = squeeze(snippet(passage, 160))
                spot = Spot(section=passage.section)
                label = passage.place.label
                sighting = Sighting(spot=spot, heading=passage.heading, label=label, excerpt=excerpt, start=0, end=0)
                found.setdefault(passage.section, sighting)
        return tuple(found.values())[:OTHERS]

    @on(_Found)
    def _found(self, message: _Found) -> None:
        message.stop()
        if message.text != squeeze(self.query_one(LineInput).value):
            return
        known = {one.spot.section for one in message.exact.first}
        self._exact = message.exact
        self._others = tuple(one for one in message.others if one.spot.section not in known)
        rows = [_row(one, _("like it: ") if at >= len(message.exact.first) else "") for at, one in enumerate(self._all)]
        self.query_one(Listing).show(rows, self.query_one(Listing).at if message.others else 0)
        self.query_one(StatusLine).say(squeeze(message.error) or self._count(message.text))
        if self._entered == message.text and message.text:
            self._go(0)

    @property
    def _all(self) -> tuple[Sighting, ...]:
        return self._exact.first + self._others

    def _count(self, text: str) -> str:
        total, sections = self._exact.total, self._exact.sections
        if not text:
            return _("In {manual}").format(manual=squeeze(self._manual.title))
        if not total:
            return _("“{text}” does not stand in this manual word for word.").format(text=text)
        places = ngettext("{count} place", "{count} places", total).format(count=total)
        within = ngettext("{count} section", "{count} sections", sections).format(count=sections)
        shown = (
            _(", the first {count} are listed").format(count=len(self._exact.first))
            if total > len(self._exact.first)
            else ""
        )
        return _("{places} in {sections}").format(places=places, sections=within) + shown

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._all:
            self._go(self.query_one(Listing).at)
        else:
            self._entered = squeeze(self.query_one(LineInput).value)

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        self._go(message.at)

    def _go(self, at: int) -> None:
        text = squeeze(self.query_one(LineInput).value)
        if at < len(self._exact.first):
            self.dismiss((text, self._exact.first, at))
        elif at < len(self._all):
            self.dismiss((text, (self._all[at],), 0))

    @on(EdgeReached)
    def _down(self) -> None:
        if self._all:
            self.query_one(Listing).focus()

    @on(Listing.Left)
    def _up(self) -> None:
        self.query_one(LineInput).focus()


def _row(one: Sighting, before: str) -> Row:
    shift = len(before)
    return Row(
        text=before + (heading(one.heading) or "…"), about=one.excerpt, page=page_of(one.label), start=one.start, end=one.end,
        bold=not shift,
    )  # fmt: skip
