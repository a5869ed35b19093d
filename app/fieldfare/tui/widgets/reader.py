"""Moving about in a manual: section by section, back and forward, to what is sought or referred to; bookmarks and notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from fieldfare.bookshelf import sought_pattern
from fieldfare.catalogue import N_, _
from fieldfare.domain import Read, reference
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui.album import figure_rows, figures, link_rows, pages
from fieldfare.tui.messages import PictureWanted, Said, Surroundings, SurroundingsLoaded, Target, TranslationsChanged
from fieldfare.tui.widgets.blocks import PageRow, Prose, Remark
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.section import SectionPane

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from fieldfare.domain import Passage, Pin, Reference, SectionView
    from fieldfare.domain.manual import Sighting, Spot
    from fieldfare.tui.app import FieldfareApp
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key


@dataclass
class PlaceFound(Message):
    """A place to go on to is known."""

    passage: Passage
    spot: Spot | None = None


class Reader(SectionPane):
    """A section that is read, and the ways from it. Every way can be gone back.

    While something is searched for, the keys for the next and the previous section lead from one place to the next.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "onward(1)", "Next", show=False),
        Binding("v", "onward(-1)", "Previous", show=False),
        Binding("N", "onward(-1)", "Previous", show=False),
        Binding("backspace", "back", "Back", show=False),
        Binding("f", "forward", "Forward", show=False),
        Binding("o", "outline", "Outline", show=False),
        Binding("slash", "find", "Find", show=False),
        Binding("r", "links", "References", show=False),
        Binding("g", "figures", "Figures", show=False),
        Binding("p", "page", "Page", show=False),
        Binding("b", "bookmark", "Bookmark", show=False),
        Binding("e", "note", "Note", show=False),
        Binding("d", "both", "Both", show=False),
        Binding("s", "steps", N_("carry it out step by step"), show=False),
    ]

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(desk, id=id)
        self._trail: list[tuple[Target, float]] = []  # where one was, with how far it was scrolled
        self._at = -1
        self._resume: float | None = None  # to be scrolled to when it is drawn
        self._around: Surroundings | None = None
        self._hits: tuple[Sighting, ...] = ()
        self._hit = 0
        self._recorded: Target | None = None

    # Going.

    def show(self, target: Target, language: str = "") -> None:
        """Begin to read at a target; where one was before is another story."""
        if target != self.target:
            self._trail, self._at = [(target, 0.0)], 0
            self._stop_search()
        super().show(target, language)

    def go(self, passage: Passage, spot: Spot | None = None) -> None:
        """Go on to another place of a manual."""
        self._remember()
        self._trail[self._at + 1 :] = [(Target(passage=passage, spot=spot), 0.0)]
        self._at += 1
        self._turn_to(None)

    def _remember(self) -> None:
        if self._at >= 0:
            self._trail[self._at] = self._trail[self._at][0], self.scroll_y

    def _turn_to(self, scroll: float | None) -> None:
        target = self._trail[self._at][0]
        self._resume = scroll
        if self.target is not None and self._same_section(target.passage, self.target.passage):
            self.target = self._shown = target
            self._arrive()
        else:
            super().show(target, self._translations.language)

    def _same_section(self, one: Passage, other: Passage) -> bool:
        return (one.pack, one.section) == (other.pack, other.section) and self.view is not None

    def _arrive(self) -> None:
        scroll, self._resume = self._resume, None
        super()._arrive()
        if scroll is not None:
            self.scroll_to(y=scroll, animate=False, force=True)

    def action_back(self) -> None:
        """To where one was before; from the first place, away."""
        if self._at > 0:
            self._remember()
            self._at -= 1
            self._turn_to(self._trail[self._at][1])
        else:
            self.action_leave("left")

    def action_forward(self) -> None:
        """Where one came back from."""
        if self._at + 1 < len(self._trail):
            self._remember()
            self._at += 1
            self._turn_to(self._trail[self._at][1])

    def action_onward(self, step: int) -> None:
        """The next or previous section, or place that was found."""
        if self._hits:
            self._hit = (self._hit + step) % len(self._hits)
            self._to_hit()
        elif self.target is not None:
            self._leaf(self.target.passage, step)

    @work(thread=True, exclusive=True, group="leaf", exit_on_error=False)
    def _leaf(self, passage: Passage, step: int) -> None:
        found = self._tried(lambda: self._assistant.bookshelf.neighbour(passage, step))
        if found is not None:
            self.post_message(PlaceFound(found))
        else:
            self.post_message(Said(_("The manual ends here.") if step > 0 else _("The manual begins here.")))

    @on(PlaceFound)
    def _place_found(self, message: PlaceFound) -> None:
        message.stop()
        self.go(message.passage, message.spot)

    def to_spot(self, spot: Spot) -> None:
        """Go to a place of the manual that is read."""
        if self.target is not None:
            self._open_spot(self.target.passage.pack, spot)

    @work(thread=True, exclusive=True, group="leaf", exit_on_error=False)
    def _open_spot(self, pack: str, spot: Spot) -> None:
        if (found := self._tried(lambda: self._assistant.bookshelf.opening(pack, spot.section))) is not None:
            self.post_message(PlaceFound(found, spot))

    def _tried(self, read: Callable[[], Passage | None]) -> Passage | None:
        try:
            return read()
        except FieldfareError as error:
            self.post_message(Said(str(error)))
            return None

    # What belongs to the section.

    def look_around(self, target: Target, view: SectionView) -> None:
        """Manual, references, figures, printed pages, bookmarks; in the worker that read the section."""
        shelf, passage = self._assistant.bookshelf, target.passage
        manual = shelf.manual_of(passage)
        plates, leaves = shelf.plates(manual), shelf.leaves(manual)
        place = passage.place
        marked = (place.page, place.region) if place.page is not None and place.region is not None else None
        around = Surroundings(
            manual=manual,
            procedure=self._assistant.procedures.title_at(passage.pack, passage.section) is not None,
            links=shelf.links(passage, view),
            figures=figures(manual.pack, plates, lambda image: self._assistant.picture(manual.pack, image)),
            figure_ids=tuple(plate.figure.id for plate in plates),
            pages=pages(manual, leaves, shelf, marked),
            page_numbers=tuple(leaf.page for leaf in leaves),
            marks=self._marks(passage, view),
        )
        self.post_message(SurroundingsLoaded(target, around))

    @on(SurroundingsLoaded)
    def _looked_around(self, message: SurroundingsLoaded) -> None:
        message.stop()
        if message.target == self.target:
            self._around = message.surroundings
            self._show_marks()
            self.post_message(TranslationsChanged())

    def drawn(self) -> None:
        """What was known belongs to another section."""
        self._around = None
        self._record()

    def on_focus(self) -> None:
        """Whoever reads wants it in the job."""
        self._record()

    def _record(self) -> None:
        if self.target is not None and self.target is self._shown and self.has_focus and self._recorded != self.target:
            self._recorded = self.target
            self.desk.places[self.target.passage.pack, self.target.passage.document] = self.target
            self._write(lambda place: self.desk.journal.record(Read(reference=place)), self.target.passage)

    @work(thread=True, group="journal", exit_on_error=False)
    def _write(self, write: Callable[[Reference], object], passage: Passage, text: str = "", said: str = "") -> None:
        """Put something into the journal, in a worker; `said` when it is done."""
        try:
            write(self._place(passage, text))
        except FieldfareError as error:
            said = str(error)
        if said:
            self.post_message(Said(said))
        if self.view is not None and self.target is not None and self._around is not None:
            around = replace(self._around, marks=self._marks(self.target.passage, self.view))
            self.post_message(SurroundingsLoaded(self.target, around))

    def _place(self, passage: Passage, text: str = "") -> Reference:
        manifest = next(pack.manifest for pack in self._assistant.packs if pack.manifest.id == passage.pack)
        return reference(passage, manifest, text)

    # Bookmarks and notes.

    def _marks(self, passage: Passage, view: SectionView) -> tuple[tuple[int, Pin], ...]:
        texts = {squeeze(block.text or block.caption): index for index, block in reversed(list(enumerate(view.blocks)))}
        try:
            pins = self.desk.journal.pins(passage.pack)
        except FieldfareError:
            return ()
        here = (
            one for one in pins if (one.reference.document, one.reference.heading) == (passage.document, view.heading)
        )
        return tuple((texts.get(squeeze(one.reference.text), -1), one) for one in here)

    def _show_marks(self) -> None:
        self.query(Remark).remove()
        for block, pin in self._around.marks if self._around is not None else ():
            found = self._blocks.get(block, []) if block >= 0 else list(self.query(".path"))
            if found:
                self.mount(Remark(pin), before=found[0]) if block >= 0 else self.mount(Remark(pin), after=found[0])

    def _pin_here(self) -> tuple[Pin | None, str]:
        """The bookmark at the block on the screen, and the text of that block."""
        block = self.block_on_screen()
        pin = next((pin for at, pin in (self._around.marks if self._around else ()) if at == block), None)
        text = ""
        if self.view is not None and block >= 0:
            text = self.view.blocks[block].text or self.view.blocks[block].caption
        return pin, text

    def action_bookmark(self) -> None:
        """Set a bookmark at what is on the screen, or take it away; one with a note asks for the note first."""
        if self.target is None or self._around is None:
            return
        pin, text = self._pin_here()
        if pin is None:
            self._write(self.desk.journal.pin, self.target.passage, text, _("Bookmark set."))
        elif pin.note:
            self.action_note()
        else:
            self._write(lambda _place: self.desk.journal.unpin(pin.id), self.target.passage, "", _("Bookmark removed."))

    def action_note(self) -> None:
        """Write the note at what is on the screen."""
        if self.target is None or self._around is None:
            return
        from fieldfare.tui.screens.noting import NoteScreen

        pin, text = self._pin_here()
        passage = self.target.passage

        def noted(note: str | None) -> None:
            if note is None:
                return
            if pin is None and note:
                self._write(lambda place: self.desk.journal.pin(place, note), passage, text, _("Note kept."))
            elif pin is not None and note:
                self._write(lambda _place: self.desk.journal.write_on(pin.id, note), passage, "", _("Note kept."))
            elif pin is not None:
                self._write(lambda _place: self.desk.journal.unpin(pin.id), passage, "", _("Note removed."))

        self.app.push_screen(NoteScreen(pin.note if pin is not None else "", squeeze(text)), noted)

    # Lists to choose from.

    def action_outline(self) -> None:
        """The outline of the manual."""
        if self._around is not None and self.target is not None:
            from fieldfare.tui.screens.outline import OutlineScreen

            self.app.push_screen(
                OutlineScreen(self.desk, self._around.manual, self.target.passage.section), self._chosen
            )

    def action_find(self) -> None:
        """Search the manual."""
        if self._around is not None:
            from fieldfare.tui.screens.finding import FindingScreen

            text = self._sought if self._hits else ""
            self.app.push_screen(FindingScreen(self.desk, self._around.manual, text), self._found)

    def action_links(self) -> None:
        """What this section refers to."""
        if self._around is not None and not self._around.links:
            self.post_message(Said(_("This section refers to no other place.")))
        elif self._around is not None:
            from fieldfare.tui.screens.choosing import ChoosingScreen, place_offers

            links = self._around.links

            def picked(index: int | None) -> None:
                if index is not None:
                    self.to_spot(links[index].spot)

            offers = place_offers(link_rows(links))
            self.app.push_screen(ChoosingScreen(_("This section refers to"), offers, whole=False), picked)

    def _chosen(self, spot: Spot | None) -> None:
        if spot is not None:
            self.to_spot(spot)

    # Searching.

    _sought = ""

    def _found(self, found: tuple[str, tuple[Sighting, ...], int] | None) -> None:
        if found is not None:
            self._sought, self._hits, self._hit = found
            self.mark(self._pattern())
            self._to_hit()
            self.post_message(TranslationsChanged())

    def _pattern(self) -> re.Pattern[str] | None:
        """What is marked: where the first place holds but the beginning of a code, all that begin so."""
        whole, one = sought_pattern(self._sought), self._hits[0]
        if whole is not None and not whole.fullmatch(one.excerpt, one.start, one.end):
            return sought_pattern(self._sought, begun=True)
        return whole

    def _to_hit(self) -> None:
        text = _("{number} of {count}: “{text}” (Esc ends the search)")
        self.post_message(Said(text.format(number=self._hit + 1, count=len(self._hits), text=squeeze(self._sought))))
        self.to_spot(self._hits[self._hit].spot)

    @property
    def searching(self) -> bool:
        """Whether something is searched for."""
        return bool(self._hits)

    def end_search(self) -> None:
        """Take the marks of a search away."""
        self._stop_search()
        self.mark(None)
        self.post_message(Said(""))
        self.post_message(TranslationsChanged())

    def _stop_search(self) -> None:
        self._hits, self._sought, self._marking.pattern = (), "", None

    # Pictures.

    @on(PictureWanted)
    def _with_album(self, message: PictureWanted) -> None:
        """A figure of the section is one of those of its manual."""
        around = self._around
        if message.album or around is None or message.figure not in around.figure_ids:
            return
        message.stop()
        at = around.figure_ids.index(message.figure)
        self.post_message(PictureWanted(message.title, message.picture, album=around.figures, at=at))

    def action_figures(self) -> None:
        """All figures of the manual."""
        if self._around is not None and not self._around.figures:
            self.post_message(Said(_("This manual has no figures.")))
        elif self._around is not None:
            from fieldfare.tui.screens.choosing import ChoosingScreen, place_offers

            shots = self._around.figures

            def picked(index: int | None) -> None:
                if index is not None:
                    self.post_message(PictureWanted(shots[index].title, None, album=shots, at=index))

            plates = self._assistant.bookshelf.plates(self._around.manual)
            here = self.target.passage.section if self.target is not None else 0
            onward = (at for at, one in enumerate(plates) if one.spot.section >= here)
            at = next(onward, len(plates) - 1)  # the list begins at what is read
            offers = place_offers(figure_rows(plates))
            self.app.push_screen(ChoosingScreen(_("Figures"), offers, at=at, whole=False), picked)

    @on(PageRow.Opened)
    def action_page(self) -> None:
        """The printed page, from which the others are leafed to."""
        around, target, view = self._around, self.target, self.view
        if around is None or target is None or view is None:
            return
        if not around.pages:
            self.post_message(Said(_("Of this manual there are no printed pages.")))
            return
        page = target.passage.place.page or view.place.page
        block = self.block_on_screen()
        if target.passage.place.region is None and 0 <= block < len(view.blocks):
            page = view.blocks[block].place.page or page
        at = around.page_numbers.index(page) if page in around.page_numbers else 0
        self.post_message(PictureWanted(around.pages[at].title, None, around.pages[at].region, around.pages, at))

    # Languages and keys.

    def action_steps(self) -> None:
        """Carry out the procedure that this section is, or is a step of."""
        if self._around is not None and self._around.procedure and self.target is not None:
            passage = self.target.passage
            app = cast("FieldfareApp", self.app)
            app.open_procedure(passage.pack, passage.section, self._translations.language)

    def action_both(self) -> None:
        """The original and its translation side by side, and back."""
        self._both = not self._both
        self.set_class(self._both, "-both")
        for prose in self.parts(Prose):
            prose.both = self._both
            prose.changed()

    def keys(self) -> tuple[Key, ...]:
        """The keys of the moment, those that lead onward first."""
        around, view = self._around, self.view
        keys: list[Key] = [("n", "n", _("Next")), ("v", "v", _("Previous")), ("slash", "/", _("Search"))]
        keys += [("o", "o", _("Outline"))]
        if self.translated:
            keys += [("d", "d", _("Both"))]
        if around is not None and around.procedure:
            keys.insert(0, ("s", "s", _("Step by step")))
        if view is not None and (view.hazards or any(block.signal_word for block in view.blocks)):
            keys += [("w", "w", _("Warnings"))]
        if view is not None and view.figures:
            keys += [("z", "z", _("Figure"))]
        if around is not None and around.pages:
            keys += [("p", "p", _("Page"))]
        if around is not None and around.links:
            keys += [("r", "r", _("See also"))]
        if any(table.too_wide for table in self.parts(Table)):
            keys += [("c", "c", _("Columns"))]
        if self._at > 0:
            keys += [("backspace", "⌫", _("Was here"))]
        if self._at + 1 < len(self._trail):
            keys += [("f", "f", _("Forward"))]
        keys += [("b", "b", _("Bookmark")), ("e", "e", _("Note"))]
        if around is not None and around.figures:
            keys += [("g", "g", _("Figures"))]
        return tuple(keys)
