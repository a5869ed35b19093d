"""The room of the manuals: which there are, their headings, figures and printed pages, and the places that were marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from fieldfare.catalogue import _, ngettext
from fieldfare.errors import FieldfareError
from fieldfare.journal.places import Spot as Known
from fieldfare.journal.places import Whereabouts, find_again
from fieldfare.text import squeeze
from fieldfare.tui.album import Shot, figure_rows, figures, pages
from fieldfare.tui.messages import PictureWanted, Said, Target
from fieldfare.tui.screens.choosing import ChoosingScreen, place_offers
from fieldfare.tui.screens.outline import Outline
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.screens.room import RoomScreen
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.tui.wording import heading

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain import Pin
    from fieldfare.domain.manual import Manual, Plate, Spot
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key


@dataclass
class ManualsRead(Message):
    """The manuals, those of the machine first, and the bookmarks."""

    manuals: tuple[Manual, ...]
    pins: tuple[Pin, ...]
    error: str = ""


@dataclass
class AlbumRead(Message):
    """The pictures of a manual, or why they cannot be read."""

    plates: tuple[Plate, ...]
    album: tuple[Shot, ...]
    error: str = ""


@dataclass
class PlaceOpened(Message):
    """A place to read at."""

    target: Target


class ManualsScreen(RoomScreen):
    """Manuals at the left, headings of the chosen one at the right; where it is narrow, one after the other."""

    CSS = """
    ManualsScreen #shelf { width: 2fr; }
    ManualsScreen Outline { width: 3fr; border-left: solid $rule; }
    ManualsScreen.-narrow Outline, ManualsScreen.-normal Outline { display: none; border-left: none; width: 1fr; }
    ManualsScreen.-inside.-narrow #shelf, ManualsScreen.-inside.-normal #shelf { display: none; }
    ManualsScreen.-inside.-narrow Outline, ManualsScreen.-inside.-normal Outline { display: block; }
    """
    AUTO_FOCUS = "#shelf"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "Search", show=False),
        Binding("ctrl+g", "figures", "Figures", show=False),
        Binding("ctrl+p", "pages", "Pages", show=False),
        Binding("g", "figures", "Figures", show=False),
        Binding("p", "pages", "Pages", show=False),
        Binding("b", "bookmarks", "Bookmarks", show=False),
        Binding("right", "enter", "Headings", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="manuals")
        self._manuals: tuple[Manual, ...] = ()
        self._pins: tuple[Pin, ...] = ()
        self._own = 0  # how many of the first are of the machine
        self._album: tuple[Shot, ...] = ()
        self._list: ChoosingScreen[int | None] | None = None  # of the figures, until they are read

    def compose_body(self) -> ComposeResult:
        """Both lists."""
        with Horizontal(id="body"):
            yield Listing(numbered=True, id="shelf")
            yield Outline(self.desk)

    @property
    def shelf(self) -> Listing:
        """The manuals."""
        return self.query_one("#shelf", Listing)

    @property
    def outline(self) -> Outline:
        """The headings."""
        return self.query_one(Outline)

    def on_screen_resume(self) -> None:
        """Manuals may have come or gone, and places been marked."""
        self._read()

    @work(thread=True, exclusive=True, group="manuals", exit_on_error=False)
    def _read(self) -> None:
        try:
            found = self.desk.assistant.bookshelf.manuals()
            own = self.desk.workplace.packs
            ordered = sorted(found, key=lambda one: (one.pack not in own if own else False, bool(one.superseded_by)))
        except FieldfareError as error:
            self.post_message(ManualsRead((), (), str(error)))
            return
        journal = self.desk.journal
        pins: tuple[Pin, ...] = ()
        before = trouble = journal.problem
        try:
            pins, trouble = journal.pins(), journal.problem
        except FieldfareError as error:
            trouble = str(error)
        self.post_message(ManualsRead(tuple(ordered), pins, trouble if trouble != before else ""))

    @on(ManualsRead)
    def _have_read(self, message: ManualsRead) -> None:
        message.stop()
        chosen = self._chosen
        self._manuals, self._pins = message.manuals, message.pins
        own = self.desk.workplace.packs
        self._own = sum(one.pack in own for one in self._manuals)
        rows = [self._row(one) for one in self._manuals]
        if self._pins:
            count = len(self._pins)
            text = ngettext("{count} bookmark or note", "{count} bookmarks and notes", count).format(count=count)
            rows.append(Row(text="★ " + text, about=_("Key b, or Enter here"), bold=True))
        self.shelf.show(rows, self._manuals.index(chosen) if chosen in self._manuals else 0)
        if message.error:
            self.say(squeeze(message.error))
        elif not self._manuals:
            self.say(_("No manuals are installed. F7 installs them."))
        else:
            self._say_idle()
        if self._manuals and self.outline.manual not in self._manuals:
            self._show_outline()
        self.show_keys()

    def _say_idle(self) -> None:
        self.say(
            ngettext("{count} manual. Enter opens it.", "{count} manuals. Enter opens one.", len(self._manuals)).format(
                count=len(self._manuals)
            )
        )

    def _row(self, one: Manual) -> Row:
        parts = [squeeze(one.machine)] if one.machine else []
        parts += [_("rev. {revision}").format(revision=squeeze(one.revision))] if one.revision else []
        parts += [one.language] if one.language else []
        parts += [ngettext("{count} section", "{count} sections", one.sections).format(count=one.sections)]
        parts += [_("superseded by {manual}").format(manual=squeeze(one.superseded_by))] if one.superseded_by else []
        last = self.desk.places.get((one.pack, one.title))
        if last is not None:
            parts.insert(0, _("last: {heading}").format(heading=heading(last.passage.heading)))
        unsigned = _("UNSIGNED") + " " if one.unsigned else ""
        return Row(text=unsigned + squeeze(one.title), about=" · ".join(parts), bold=True)

    @property
    def _chosen(self) -> Manual | None:
        return self._manuals[self.shelf.at] if self.shelf.at < len(self._manuals) else None

    @property
    def _inside(self) -> bool:
        return self.has_class("-inside")

    def _show_outline(self) -> None:
        if (manual := self._chosen) is not None:
            last = self.desk.places.get((manual.pack, manual.title))
            self.outline.show(manual, last.passage.section if last is not None else 0)

    @on(Listing.Reached, "#shelf")
    def _reached(self) -> None:
        if self.has_class("-wide"):
            self._show_outline()
        self.show_keys()

    @on(Listing.Picked, "#shelf")
    def action_enter(self) -> None:
        """To the headings of the chosen manual, or to the bookmarks."""
        if self.shelf.at >= len(self._manuals):
            self.action_bookmarks()
        elif not self._inside or not self.outline.listing.has_focus:
            self.set_class(True, "-inside")
            if self.outline.manual != self._chosen:
                self._show_outline()
            self.outline.listing.focus()

    def action_leave(self) -> None:
        """All headings, the manuals, or the questions."""
        if self.outline.listing.has_focus and self.outline.widen():
            return
        if self._inside:
            self.set_class(False, "-inside")
            self.shelf.focus()
            self._say_idle()
        else:
            super().action_leave()

    @on(Said)
    def _said(self, message: Said) -> None:
        message.stop()
        if self._inside:
            self.say(squeeze(message.text))

    # Reading.

    @on(Outline.Chosen)
    def _open_heading(self, message: Outline.Chosen) -> None:
        self._open(message.manual.pack, message.spot)

    @work(thread=True, exclusive=True, group="open", exit_on_error=False)
    def _open(self, pack: str, spot: Spot, said: str = "") -> None:
        try:
            target = Target(passage=self.desk.assistant.bookshelf.opening(pack, spot.section), spot=spot)
            self.post_message(PlaceOpened(target))
        except FieldfareError as error:
            said = str(error)
        if said:
            self.post_message(Said(said))

    @on(PlaceOpened)
    def _place_opened(self, message: PlaceOpened) -> None:
        message.stop()
        self.read(message.target)

    def read(self, target: Target) -> None:
        """Read at a target, in the language of the technician."""
        language = self.desk.preferences.current.language
        self.app.push_screen(ReadingScreen(self.desk, target, language), self._read_on)

    def _read_on(self, typed: str | None) -> None:
        if typed:
            self.app.switch_mode("ask")
            self.call_after_refresh(lambda: getattr(self.app.screen, "type", lambda _text: None)(typed))

    def action_find(self) -> None:
        """Search the chosen manual."""
        from fieldfare.tui.screens.finding import FindingScreen

        manual = self.outline.manual if self._inside else self._chosen
        if manual is None:
            return

        def found(hit: object) -> None:
            if isinstance(hit, tuple):
                _text, hits, at = hit
                self._open(manual.pack, hits[at].spot)

        self.app.push_screen(FindingScreen(self.desk, manual), found)

    # Pictures.

    def action_figures(self) -> None:
        """The figures of the chosen manual."""
        if (manual := self._chosen) is not None and manual.figures:
            self._list = ChoosingScreen(_("Figures"), whole=False)
            self.app.push_screen(self._list, self._figure_chosen)  # at once, so that no key is heard by the shelf
            self._read_album(manual, printed=False)

    def action_pages(self) -> None:
        """The printed pages of the chosen manual."""
        if (manual := self._chosen) is not None and manual.sheets:
            self._list = None
            self._read_album(manual, printed=True)

    @work(thread=True, exclusive=True, group="open", exit_on_error=False)
    def _read_album(self, manual: Manual, *, printed: bool) -> None:
        assistant = self.desk.assistant
        try:
            if printed:
                self.post_message(AlbumRead((), pages(manual, assistant.bookshelf.leaves(manual), assistant.bookshelf)))
            else:
                plates = assistant.bookshelf.plates(manual)
                album = figures(manual.pack, plates, lambda image: assistant.picture(manual.pack, image))
                self.post_message(AlbumRead(plates, album))
        except FieldfareError as error:
            self.post_message(AlbumRead((), (), str(error)))

    @on(AlbumRead)
    def _album_read(self, message: AlbumRead) -> None:
        message.stop()
        self._album = message.album
        if message.error:
            (self._list or self).say(squeeze(message.error))
        elif message.plates and self._list is not None:
            self._list.offer(place_offers(figure_rows(message.plates)))
        elif message.album:
            self._figure_chosen(0)

    def _figure_chosen(self, at: int | None) -> None:
        if at is not None:
            wanted = PictureWanted(self._album[at].title, None, self._album[at].region, self._album, at)
            self.app.push_screen(PictureScreen.of(self.desk, wanted), self._to_text)

    def _to_text(self, shot: Shot | None) -> None:
        if shot is not None and shot.spot is not None:
            self._open(shot.pack, shot.spot)

    # Bookmarks.

    def action_bookmarks(self) -> None:
        """The places that were marked."""
        pins = self._pins

        def picked(at: int | None) -> None:
            if at is not None:
                self._find_again(pins[at])

        if pins:
            offers = place_offers(map(_pin_row, pins))
            self.app.push_screen(ChoosingScreen(_("Bookmarks and notes"), offers, whole=False), picked)
        else:
            self.say(_("No place is marked yet: b sets a bookmark while you read, e writes a note there."))

    @work(thread=True, exclusive=True, group="open", exit_on_error=False)
    def _find_again(self, pin: Pin) -> None:
        """A place as it stands in the pack of today: its version may be newer than the bookmark."""
        try:
            self._open_pin(pin)
        except FieldfareError as error:
            self.post_message(Said(str(error)))

    def _open_pin(self, pin: Pin) -> None:
        shelf, place = self.desk.assistant.bookshelf, pin.reference
        known: dict[int, Known] = {}
        for manual in (one for one in shelf.manuals() if one.pack == place.pack):
            paths = {one.section: one.path for one in shelf.outline(manual)}
            for section, text in shelf.sections(manual):
                known[section] = Known(key=section, document=manual.title, heading=paths[section], text=text)
        found = find_again(place, known.values())
        if found is None:
            self.post_message(Said(_("This place stands in no installed manual any more.")))
            return
        opening = shelf.opening(place.pack, found.key)
        said = {
            Whereabouts.SAME: "",
            Whereabouts.MOVED: _("This place has moved to another section."),
            Whereabouts.REWORDED: _("The text of this place was changed since."),
        }[found.whereabouts]
        self.post_message(PlaceOpened(Target(passage=opening, quotes=(place.text,) if place.text else ())))
        if said:
            self.post_message(Said(said))

    def keys(self) -> tuple[Key, ...]:
        """The keys of the moment."""
        if self._inside and self.outline.listing.has_focus:
            return ("enter", "Enter", _("Read")), ("right", "→ ←", _("Open, close")), ("slash", "/", _("Search"))
        found = bool(self._manuals)
        keys: list[Key] = [("enter", "Enter", _("Headings")), ("slash", "/", _("Search"))] if found else []
        manual = self._chosen
        keys += [("g", "g", _("Figures"))] if manual is not None and manual.figures else []
        keys += [("p", "p", _("Printed pages"))] if manual is not None and manual.sheets else []
        keys += [("b", "b", _("Bookmarks"))] if self._pins else []
        return tuple(keys)


def _pin_row(pin: Pin) -> Row:
    place = pin.reference
    said = squeeze(pin.note) or squeeze(place.text)[:200]
    sign = "✎" if pin.note else "★"
    page = _("p. {page}").format(page=squeeze(place.page)) if place.page else ""
    return Row(text=f"{sign} {heading(place.heading) or squeeze(place.document)}", about=said, page=page, bold=True)
