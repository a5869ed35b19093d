"""The procedures that are underway: opened, drawn, translated, and kept in the journal at every change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError
from fieldfare.procedure.course import CLOSED, END, START, remaining
from fieldfare.text import primary, squeeze
from fieldfare.tui import undertakings
from fieldfare.tui.alarms import ahead
from fieldfare.tui.messages import TextTranslated
from fieldfare.tui.screens.keeping import KeepingScreen
from fieldfare.tui.translations import Translations, redraw
from fieldfare.tui.undertakings import Name, Undertaking, name_in, name_of
from fieldfare.tui.widgets.pages import MARKS, Sheet
from fieldfare.tui.widgets.step import PageHead, StepPage, Told
from fieldfare.tui.wording import heading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from fieldfare.domain import Deed, Passage, Progress
    from fieldfare.domain.procedure import ProcedureTitle
    from fieldfare.domain.translation import Text
    from fieldfare.procedure.course import Course
    from fieldfare.tui.desk import Desk


@dataclass
class Ready(Message):
    """A procedure can be shown; None where it cannot, and `error` says why."""

    opened: Undertaking | None
    error: str = ""


@dataclass
class JobRead(Message):
    """What the journal holds of the current job, the id of which is empty where there is none, after so many changes."""

    job: str
    procedures: tuple[Progress, ...]
    changes: int
    error: str = ""


class TimerLine(Static):
    """The timers that run, or are over; gone where there is none."""

    DEFAULT_CSS = """
    TimerLine { height: auto; max-height: 3; padding: 0 1; background: $panel; display: none; }
    TimerLine.-over { text-style: bold reverse; }
    """

    def __init__(self) -> None:
        super().__init__("", id="timers", markup=False)


class UnderwayScreen(KeepingScreen):
    """Shows the procedure on top of the stack; what was opened from within another one lies upon it."""

    SCOPED_CSS = False  # what is scoped knows no class of the screen itself
    CSS = """
    #steps { height: 1fr; }
    #figures { display: none; width: 40%; height: 1fr; border-left: solid $rule; padding: 0 1; }
    UnderwayScreen.-wide #figures.-some { display: block; }
    UnderwayScreen.-short StepText { padding: 0 1; margin: 0; }
    UnderwayScreen.-narrow StepText { padding: 0 1; }
    UnderwayScreen.-narrow StepPage, UnderwayScreen.-narrow PageHead, UnderwayScreen.-narrow TimerLine { padding: 0; }
    UnderwayScreen.-short .above, UnderwayScreen.-short .rule { margin: 0; }
    UnderwayScreen.-tall Told { margin: 0 0 1 0; }
    .-large Told { padding: 1 0; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="procedure")
        self._open: dict[Name, Undertaking] = {}
        self._stack: list[Name] = []
        self._begun: dict[Name, Progress] = {}  # of this job, as the journal had it
        self._wanted: tuple[str, int] | None = None
        self._language = ""
        self._translations = Translations()
        self._translated: dict[Name, Translations] = {}

    def compose_body(self) -> ComposeResult:
        """Where this is, the page with its figures beside it, the timers."""
        yield PageHead()
        with Horizontal(id="steps"):
            yield StepPage()
            yield VerticalScroll(id="figures", can_focus=False)
        yield TimerLine()

    def on_mount(self) -> None:
        """Read the journal, then show what was open."""
        self.page.focus()
        self.set_interval(1.0, self.tick_timers)
        self.read_job()

    def on_screen_resume(self) -> None:
        """The job may be another now, or the language of the screen."""
        if self.job is not None:
            self.read_job()
        if not self.page.children:
            self.run_worker(self.draw())

    # What is shown.

    @property
    def opened(self) -> Undertaking | None:
        """The procedure that is shown."""
        return self._open.get(self._stack[-1]) if self._stack else None

    @property
    def page(self) -> StepPage:
        """Where it is drawn."""
        return self.query_one(StepPage)

    def sheet(self, opened: Undertaking) -> Sheet:
        """What its page is drawn from."""
        return Sheet(
            course=opened.course,
            opening=opened.opening,
            links=opened.links.get(opened.course.current, ()),
            changes=opened.changes,
            translations=self._translations,
            assistant=self.desk.assistant,
            beside=self._beside,
            columns=max(10, self.page.scrollable_content_region.width - 1),
        )

    @property
    def _beside(self) -> bool:
        return self.has_class("-wide")

    async def draw(self, *, again: bool = False) -> None:
        """Draw the page that is shown; `again` where it is the same one and only something on it changed."""
        opened = self.opened
        if opened is None:
            await self._draw_nothing()
            return
        sheet = self.sheet(opened)
        widgets = list(sheet.widgets())
        await (self.page.redo(widgets) if again else self.page.show(widgets))
        if not again:
            await self._draw_figures(sheet)
        self.page.focus()
        self.show_place()
        self.show_keys()
        self.tick_timers()
        if not again:
            self._translate(opened, sheet)

    async def _draw_figures(self, sheet: Sheet) -> None:
        beside = self.query_one("#figures", VerticalScroll)
        figures = sheet.figures() if sheet.beside else ()
        beside.set_class(bool(figures), "-some")
        await beside.remove_children()
        columns = max(10, self.size.width * 2 // 5 - 4)
        await beside.mount_all(sheet.figure(one, columns) for one in figures)

    async def _draw_nothing(self) -> None:
        said = _("No procedure is open. Enter shows those of the installed manuals.")
        await self.page.show([Told(said, key="enter")])
        self.query_one(PageHead).show("", "")
        self.query_one(PageHead).warn("")
        self.show_keys()

    def show_place(self) -> None:
        """Say which procedure this is and where in it."""
        opened = self.opened
        if opened is None:
            return
        course = opened.course
        steps = course.procedure.steps
        places = {START: _("Warnings and preparation"), END: _("Summary")}
        at = next((i for i, one in enumerate(steps, 1) if one.key == course.current), 0)
        place = places.get(course.current) or _("Step {number} of {all}").format(number=at, all=len(steps))
        if len(self._stack) > 1:
            below = self._open[self._stack[-2]].course.procedure.title.heading
            place = _("{place} · back to {procedure}: Esc").format(place=place, procedure=heading(below))
        marks = "".join("▶" if i == at else MARKS[course.state(one.key).state] for i, one in enumerate(steps, 1))
        head = self.query_one(PageHead)
        head.show(place, marks)
        head.warn(self.page.words_out_of_sight)
        title = course.procedure.title
        self.say(self.trouble or opened.notice or heading(title.heading) or squeeze(title.document))

    @on(StepPage.Scrolled)
    def _scrolled(self) -> None:
        self.query_one(PageHead).warn(self.page.words_out_of_sight if self.opened else "")
        self.show_keys()  # what Enter does is another once all was seen

    @on(Resize)
    async def _resized(self) -> None:
        opened = self.opened
        drawn = bool(self.query("#figures.-some"))
        if opened is not None and self._beside != drawn and self.sheet(opened).figures():
            self.call_after_refresh(self.draw)

    # What changes.

    async def change(self, course: Course, deeds: Sequence[Deed] = (), *, again: bool = False) -> None:
        """Show another state of the procedure on top, and keep it with what was done."""
        opened = self.opened
        if opened is None:
            return
        name = self._stack[-1]
        self._open[name] = replace(opened, course=course, notice=opened.notice if again else "")
        self._begun = {name: course.progress} | {one: known for one, known in self._begun.items() if one != name}
        self.keep(name, course.progress, deeds)
        await self.draw(again=again)

    # What is opened.

    def open(self, pack: str, section: int, language: str = "") -> None:
        """Show the procedure that a section is, or is a part of, upon the one that is shown."""
        self._language = language or self._language
        self._wanted = pack, section
        if self.job is not None:
            self.read_job()

    def _open_wanted(self) -> None:
        if self._wanted is not None:
            (pack, section), self._wanted = self._wanted, None
            self._read(partial(undertakings.at, self.desk, pack, section))

    def read_job(self) -> None:
        """Begin to read which job is current; what is underway in it is shown then."""
        self._read_job()

    @work(thread=True, group="journal", exit_on_error=False)
    def _read_job(self) -> None:
        changes = self.changes
        try:
            job = self.desk.journal.current()
            begun = self.desk.journal.procedures(job.id) if job else ()
            self.post_message(JobRead(job.id if job else "", begun, changes))
        except FieldfareError as error:
            self.post_message(JobRead("", (), changes, str(error)))

    @on(JobRead)
    async def _job_read(self, message: JobRead) -> None:
        if message.error:
            self.say(squeeze(message.error))
        unread = message.error and self.job is not None
        if unread or self.keeping or self.changes != message.changes:  # what is shown is newer than what it read
            self._open_wanted()
            return
        if message.job != self.job:
            self.job = message.job
            self._stack.clear()
            self._open.clear()
            self.alarms.forget()
            self._begun = {name_in(one): one for one in message.procedures}
            for one in message.procedures:
                self.alarms.of(one)
            latest = next((one for one in message.procedures if one.current != CLOSED), None)
            if self._wanted is None and latest is not None:
                self._read(partial(undertakings.again, self.desk, latest))
            elif self._wanted is None:
                await self._draw_nothing()
            else:
                await self.page.show([])  # what is wanted comes
        self._open_wanted()

    def show_title(self, title: ProcedureTitle) -> None:
        """Show a procedure that was chosen."""
        self._read(partial(undertakings.of, self.desk, title))

    @work(thread=True, group="open", exclusive=True, exit_on_error=False)
    def _read(self, find: Callable[[], Undertaking]) -> None:
        try:
            self.post_message(Ready(find()))
        except FieldfareError as error:
            self.post_message(Ready(None, str(error)))
        except Exception as error:  # noqa: BLE001 - a manual that breaks must not take the screen along
            self.post_message(Ready(None, _("This procedure cannot be shown: {error}").format(error=error)))

    @on(Ready)
    async def _ready(self, message: Ready) -> None:
        opened = message.opened
        if opened is None:
            self.say(squeeze(message.error))
            if self.opened is None:
                await self._draw_nothing()
            return
        name = name_of(opened.course.procedure.title)
        if name in self._stack:  # it is underway below: what was opened upon it is left
            del self._stack[self._stack.index(name) + 1 :]
            opened = self._open[name]
        else:
            self._stack.append(name)
        if opened.course.current == CLOSED:
            opened = replace(opened, course=opened.course.go(END))
        elif opened.changes:
            opened = replace(opened, course=opened.course.go(START))
        self._open[name] = opened
        known = name in self._begun
        self._begun.setdefault(name, opened.course.progress)
        if known:
            self.keep(name, opened.course.progress)
        await self.draw()

    async def close_top(self) -> None:
        """Leave the procedure on top for the one below it."""
        if self._stack:
            self._open.pop(self._stack.pop(), None)
        await self.draw()

    # Translated.

    def _translate(self, opened: Undertaking, sheet: Sheet) -> None:
        name = name_of(opened.course.procedure.title)
        language = self._language or self.desk.preferences.current.language
        known = self._translated.get(name)
        if known is None or known.language != language:
            known = Translations(language)
            self._translated[name] = known
        known.original = self._translations.original
        if self._translations is not known:
            self._translations = known
            sheet = self.sheet(opened)
            self.call_after_refresh(self.draw, again=True)
        missing = [one for one in sheet.texts() if known.said(one.text) is None]
        if language and primary(sheet.opening.language) != primary(language) and missing:
            self._translate_texts(known, sheet.opening, missing)

    @work(thread=True, group="translate", exclusive=True, exit_on_error=False)
    def _translate_texts(self, translations: Translations, opening: Passage, texts: list[Text]) -> None:
        worker = get_current_worker()
        pairs = [(one, opening) for one in texts]
        for index, said in self.desk.assistant.render(pairs, translations.language, lambda: worker.is_cancelled):
            self.post_message(TextTranslated(translations, texts[index].text, said))

    @on(TextTranslated)
    def _rendered(self, message: TextTranslated) -> None:
        message.translations.take(message.text, message.said)
        if message.translations is self._translations:
            redraw(self.page, message.text)
            self.show_keys()

    # Timers.

    def put_away(self, now: datetime) -> bool:
        """End the timers that are over, of whichever procedure of this job; whether there was any."""
        found = False
        for name, progress in list(self._begun.items()):
            left = tuple(one for one in progress.timers if remaining(one, now) > 0)
            if left == progress.timers:
                continue
            found = True
            self._begun[name] = replace(progress, timers=left)
            if (known := self._open.get(name)) is not None:
                self._open[name] = replace(known, course=replace(known.course, progress=self._begun[name]))
            self.keep(name, self._begun[name])
        if found:
            self.tick_timers()
        return found

    def tick_timers(self) -> None:
        """Draw the time that is left; there is no line for it while the room is drawn in another language."""
        running, now = self.alarms.running, datetime.now(UTC)
        for line in self.query(TimerLine):
            line.display = bool(running)
            if running:
                line.update(Content("\n".join(f"◷ {one.line(now)}" for one in running[:3])))
                line.set_class(not ahead(running, now), "-over")
