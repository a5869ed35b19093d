"""The room in which a procedure is carried out: one step on the screen, and single keys for all that is done at it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from fieldfare.catalogue import N_, _, pgettext
from fieldfare.domain import StepState
from fieldfare.errors import FieldfareError
from fieldfare.procedure.course import CLOSED, END, START
from fieldfare.procedure.lists import lists_of
from fieldfare.procedure.words import missing
from fieldfare.text import squeeze
from fieldfare.tui.album import Shot
from fieldfare.tui.messages import PictureWanted, Target
from fieldfare.tui.screens.doing import DoingScreen
from fieldfare.tui.screens.needs import NeedsScreen
from fieldfare.tui.screens.overview import OverviewScreen
from fieldfare.tui.screens.pick import PickScreen
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.screens.procedures import ProceduresScreen
from fieldfare.tui.strokes import SCAN
from fieldfare.tui.translations import redraw, switch_key
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.step import StepText

if TYPE_CHECKING:
    from textual.events import Key as KeyEvent

    from fieldfare.domain.manual import Link
    from fieldfare.domain.procedure import ProcedureTitle
    from fieldfare.procedure.course import Course
    from fieldfare.tui.widgets.bars import Key


_OF_ONE = frozenset("onward look skip reading timer note figure lists overview follow reopen original".split())
"""What is done with a procedure that is open."""


class TitlesRead(Message):
    """The procedures of the installed manuals."""

    def __init__(self, screen: ProceduresScreen, titles: tuple[ProcedureTitle, ...], error: str = "") -> None:
        """`screen` is where they are offered."""
        super().__init__()
        self.screen, self.titles, self.error = screen, titles, error


class ProcedureScreen(DoingScreen):
    """Enter goes on: through the warnings, which are acknowledged when all of them were on the screen, to the tick."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "onward", N_("go on: read the warnings, then tick the step"), show=False),
        Binding("left", "look(-1)", N_("look at the page before, without ticking"), show=False),
        Binding("right", "look(1)", N_("look at the page behind, without ticking"), show=False),
        Binding("s", "skip", N_("skip the step, with a reason"), show=False),
        Binding("r", "reading", N_("take a reading"), show=False),
        Binding("m", "timer", N_("start the timer of the step, or end it"), show=False),
        Binding("n", "note", N_("write a note at the step"), show=False),
        Binding("f,z", "figure", N_("the figures of the step, large"), show=False),
        Binding("l", "lists", N_("torques, parts and tools of this procedure"), show=False),
        Binding("o", "overview", N_("all steps"), show=False),
        Binding("g", "follow", N_("open the section that the step refers to"), show=False),
        Binding("u", "reopen", N_("open a step again that was ticked or skipped"), show=False),
        Binding("p", "choose", N_("choose another procedure"), show=False),
        Binding("enter", "choose", N_("choose a procedure, where none is open"), show=False),
        Binding("t", "original", N_("the original in place of its translation, and back"), show=False),
    ]
    _scanned = ""
    _reminded = ""  # the step whose missing readings were told

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Without a procedure there is nothing to go on with, to look at or to note."""
        return self.opened is not None or action not in _OF_ONE

    def keys(self) -> tuple[Key, ...]:
        """Those that do something here, the most important first."""
        opened, course = self.opened, self.course
        if opened is None or course is None:
            return (("enter", "Enter", _("Choose")),)
        key, step = course.current, course.step
        found: list[Key] = [("enter", "Enter", self._onward_word(course))]
        if step is not None:
            open_ = course.state(key).state is StepState.OPEN
            found += [("r", "r", _("Reading"))] if step.checks else []
            found += [("m", "m", _("Timer"))] if step.waits or self.timer(course) else []
            found += [("s", "s", _("Skip"))] if open_ else [("u", "u", _("Undo"))]
        found += [("f", "f", _("Figure"))] if self.sheet(opened).figures() else []
        found += [("g", "g", _("Go to"))] if opened.links.get(key) else []
        found += switch_key(original=self._translations.original) if self._translations.any else ()
        found += [("right", "← →", pgettext("key", "Look")), ("o", "o", _("Overview")), ("l", "l", _("Parts, torques"))]
        found += [("n", "n", _("Note"))] if step is not None else []
        found += [("r", "r", _("Reading"))] if step is not None and not step.checks else []
        found += [("m", "m", _("Timer"))] if step is not None and not step.waits else []
        return (*dict.fromkeys(found), ("p", "p", _("Procedures")))

    def _onward_word(self, course: Course) -> str:
        key, unseen = course.current, self.page.unseen if self.page.measured else []
        if course.hazards(key) and not course.state(key).acknowledged:
            return _("More") if any(isinstance(one, HazardBox) for one in unseen) else _("Read it")
        if unseen:
            return _("More")
        if key == START:
            return _("Begin") if course.counts()[StepState.OPEN] == len(course.procedure.steps) else _("Go on")
        if key == END:
            return _("Open steps") if course.counts()[StepState.OPEN] else _("Close")
        return _("Done") if course.state(key).state is StepState.OPEN else _("Next")

    # Going on.

    async def action_onward(self) -> None:
        """See the rest of the page, acknowledge its warnings, tick its step: whichever comes first."""
        course = self.course
        if course is None:
            return
        key, page = course.current, self.page
        unread = course.hazards(key) and not course.state(key).acknowledged
        unseen = page.unseen
        if unread and any(isinstance(one, HazardBox) for one in unseen):
            below = page.onward()
            self.say(_("The warning goes on below.") if below else _("First read the warnings of this procedure."))
        elif unread:
            changed, deeds = course.acknowledge(key)
            await self.change(changed, deeds, again=True)
            self.call_after_refresh(self._to_text)
        elif unseen:
            page.onward()
        elif key == START:
            await self.change(course.go(course.next_open))
        elif key == END:
            await self._close(course)
        elif (first := course.unacknowledged(key)) and course.state(key).state is StepState.OPEN:
            await self.change(course.go(first))
            self.say(_("First read the warnings of this procedure."))
        elif course.state(key).state is not StepState.OPEN:
            await self.change(course.go_by(1))
        else:
            await self._tick(course, key)

    def _to_text(self) -> None:
        for text in self.page.query(StepText):
            if text.virtual_region.bottom > self.page.scroll_offset.y + self.page.content_size.height:
                self.page.to(text)

    async def _tick(self, course: Course, key: str) -> None:
        if missing(course.step, course.state(key).readings) and self._reminded != key:
            self._reminded = key
            self.say(_("This step asks for a reading: r takes it. Enter again goes on without."))
            return
        changed, deeds = course.tick(key)
        await self.change(changed, deeds)

    async def _close(self, course: Course) -> None:
        if course.next_open != END:
            await self.change(course.go(course.next_open))
            return
        title = squeeze(course.procedure.title.heading[-1]) if course.procedure.title.heading else ""
        self.keep(self._stack[-1], course.go(CLOSED).progress)
        self._begun[self._stack[-1]] = course.go(CLOSED).progress
        await self.close_top()
        self.say(_("{procedure}: closed. It is in the job.").format(procedure=title))

    async def action_look(self, pages: int) -> None:
        """Look at the page before or behind without ticking anything."""
        if (course := self.course) is not None:
            await self.change(course.go_by(pages))

    async def action_leave(self) -> None:  # type: ignore[override]
        """Back to the procedure below, else to where one came from."""
        if len(self._stack) > 1:
            await self.close_top()
        else:
            super().action_leave()

    async def action_reopen(self) -> None:
        """The step is to be done again, or after all."""
        course = self.course
        if course is not None and course.step and course.state(course.current).state is not StepState.OPEN:
            changed, deeds = course.reopen(course.current)
            await self.change(changed, deeds, again=True)

    # Looking.

    def action_figure(self) -> None:
        """The figures of the page on the whole screen."""
        opened = self.opened
        figures = self.sheet(opened).figures() if opened else ()
        if opened is None or not figures:
            self.say(_("There is no figure here."))
            return
        pack = opened.course.procedure.title.pack
        shots = tuple(
            Shot(
                title=squeeze(one.caption or one.number) or _("Figure"),
                load=partial(self.desk.assistant.picture, pack, one.image),
                name=f"figure-{one.id}",
            )
            for one in figures
        )
        self.app.push_screen(PictureScreen(shots[0].title, None, desk=self.desk, album=shots))

    @on(PictureWanted)
    def _enlarge(self, message: PictureWanted) -> None:
        self.app.push_screen(PictureScreen.of(self.desk, message))

    def action_lists(self) -> None:
        """Torques, parts and tools of the whole procedure."""
        if (course := self.course) is not None:
            self.app.push_screen(NeedsScreen(course.procedure, lists_of(course.procedure)))

    def action_overview(self) -> None:
        """All steps with what became of them."""
        if (course := self.course) is not None:
            self.app.push_screen(OverviewScreen(course), self._looked)

    def _looked(self, key: str | None) -> None:
        if key is not None and (course := self.course) is not None:
            self.run_worker(self.change(course.go(key)))

    def action_original(self) -> None:
        """The original in place of its translation, and back."""
        self._translations.original = not self._translations.original
        redraw(self.page)
        self.show_keys()

    # Other procedures.

    def action_follow(self) -> None:
        """Open what the step refers to; Esc comes back."""
        opened = self.opened
        links = opened.links.get(opened.course.current, ()) if opened else ()
        if len(links) == 1:
            self._follow(links[0])
        elif links:
            choices = [(str(i), squeeze(one.title), squeeze(one.label)) for i, one in enumerate(links)]
            self.app.push_screen(
                PickScreen(_("Go to"), choices), lambda i: self._follow(links[int(i)]) if i is not None else None
            )
        else:
            self.say(_("This step refers to no other section."))

    def _follow(self, link: Link) -> None:
        opened = self.opened
        if opened is None:
            return
        pack = opened.course.procedure.title.pack
        if self.desk.assistant.procedures.title_at(pack, link.spot.section) is not None:
            self.open(pack, link.spot.section)
            return
        from fieldfare.tui.screens.reading import ReadingScreen

        passage = self.desk.assistant.bookshelf.opening(pack, link.spot.section)
        target = Target(passage=passage, spot=replace(link.spot, block=-1))
        self.app.push_screen(ReadingScreen(self.desk, target, self._translations.language))

    def action_choose(self) -> None:
        """The procedures of the installed manuals; the list is there at once, so that no key is heard by the step."""
        screen = ProceduresScreen(self.desk)
        self.app.push_screen(screen, self._title_chosen)
        self._read_titles(screen)

    @work(thread=True, group="open", exclusive=True, exit_on_error=False)
    def _read_titles(self, screen: ProceduresScreen) -> None:
        try:
            self.post_message(TitlesRead(screen, self.desk.assistant.procedures.titles()))
        except FieldfareError as error:
            self.post_message(TitlesRead(screen, (), str(error)))

    @on(TitlesRead)
    def _titles_read(self, message: TitlesRead) -> None:
        message.screen.offer_titles(message.titles, self._begun)
        if message.error:
            message.screen.say(squeeze(message.error))

    def _title_chosen(self, title: ProcedureTitle | None) -> None:
        if title is not None:
            self._stack.clear()  # a choice of one's own begins anew; what is underway stays in the list
            self._open.clear()
            self.show_title(title)

    # What a scanner types is no row of commands: it is noted at the step.

    def typing(self) -> bool:
        """Whether a scanner is typing."""
        return bool(self._scanned)

    def type(self, text: str) -> None:
        """Take what a scanner types; a stray letter, behind which none comes, is nothing."""
        self._scanned = (self._scanned + text)[:200]
        self.set_timer(3 * SCAN, partial(self._forget_scan, self._scanned))

    def typed(self) -> None:
        """The scan is whole."""
        scanned, self._scanned = self._scanned, ""
        course = self.course
        if len(scanned) > 1 and course is not None:
            before = course.state(course.current).note
            said = _("Scanned: {code}").format(code=squeeze(scanned))
            self.noted(course.current, f"{before}; {said}" if before else said)

    def _forget_scan(self, seen: str) -> None:
        if self._scanned == seen:  # nothing came since
            self._scanned = ""

    def on_key(self, event: KeyEvent) -> None:
        """A scan ends with Enter."""
        if event.key == "enter" and self._scanned:
            event.stop()
            event.prevent_default()
            self.typed()
