"""The job: what was asked, read, done, measured and noted, in order; its report, handing over, wiping."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldfare.catalogue import N_, _, ngettext
from fieldfare.domain.job import MAX_NAME
from fieldfare.errors import FieldfareError, UsageError
from fieldfare.report.contents import detail, headline, job_name, needs_attention, open_steps, time_line
from fieldfare.text import clean, squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.screens.entry import EntryScreen
from fieldfare.tui.screens.files import FileScreen
from fieldfare.tui.screens.pick import Choice, PickScreen, TypeScreen
from fieldfare.tui.screens.report import HAND_OVER, ReportScreen, progress_text
from fieldfare.tui.screens.room import RoomScreen
from fieldfare.tui.widgets.bars import TitleBar
from fieldfare.tui.widgets.listing import Listing, Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import ComposeResult

    from fieldfare.domain import Entry, Job
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key

NEW, RECEIVE = "+", "<"
KEEP, ONE, ALL = "keep", "one", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A job as it is drawn; None where there is none. `current` is whether entries go to it."""

    job: Job | None = None
    entries: tuple[Entry, ...] = ()
    current: bool = False
    still: str = ""  # how many steps of its procedures are open


@dataclass
class JobRead(Message):
    """The journal was read; `said` is what was done before, empty for nothing."""

    shown: Shown
    said: str


@dataclass
class JobsRead(Message):
    """The jobs that there are, for the `screen` on which one is chosen; `error` says why they cannot be read."""

    screen: ChoosingScreen[str | None]
    jobs: tuple[Job, ...]
    current: Job | None
    error: str = ""


class Received(Message):
    """A job is taken in, or it was given up."""


@dataclass
class Working(Message):
    """A long piece of work came further."""

    text: str


@dataclass
class Failed(Message):
    """A piece of work could not be done."""

    text: str


class JobScreen(RoomScreen):
    """The entries of the current job, or of an earlier one that was chosen."""

    DEFAULT_CSS = """
    #job-head { height: auto; padding: 0 1; margin: 0 0 1 0; }
    .-short #job-head, .-compact #job-head { margin: 0; }
    .-narrow #job-head { padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "note", N_("write a note down"), show=False),
        Binding("a", "attach", N_("attach a photograph or PDF"), show=False),
        Binding("e", "report", N_("write the report of this job"), show=False),
        Binding("f", "finish", N_("finish this job, and write its report"), show=False),
        Binding("t", "name", N_("give the job a title and order number"), show=False),
        Binding("j", "jobs", N_("other jobs, or a new one"), show=False),
        Binding("g", "go_on", N_("go on with this job"), show=False),
        Binding("h", "hand_over", N_("hand the job over to a colleague as one file"), show=False),
        Binding("w", "wipe", N_("wipe this job, or everything"), show=False),
        Binding("s", "stop", N_("stop what is going on"), show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="job")
        self._journal = desk.journal
        self._shown = Shown()
        self._chosen = ""  # an earlier job that is looked at
        self._order = threading.Lock()  # what is read later is drawn later
        self._said = self._trouble = ""  # until something else is done
        self._reports = False  # whether the report is wanted once the job has ended
        self._format = "pdf"  # what was written last, and where to
        self._folder: Path | None = None
        self._stop: threading.Event | None = None  # of the job that is taken in

    def compose_body(self) -> ComposeResult:
        """What the job is, then its entries."""
        yield Static("", id="job-head", markup=False)
        yield Listing()

    def keys(self) -> tuple[Key, ...]:
        """What can be done with what is shown; while a job is taken in, stop that."""
        if self._stop is not None:
            return (("s", "s", _("Stop")),)
        job = self._shown.job
        note, attach, jobs = ("n", "n", _("Note")), ("a", "a", _("Attach")), ("j", "j", _("Jobs"))
        if job is None:
            return note, attach, jobs
        report, more = (
            ("e", "e", _("Report")),
            (("h", "h", _("Hand over")), ("t", "t", _("Title")), ("w", "w", _("Wipe"))),
        )
        if self._shown.current:
            return note, attach, report, ("f", "f", _("Finish")), jobs, *more
        return ("g", "g", _("Go on")), report, jobs, *more

    def on_screen_resume(self) -> None:
        """Something may have been done meanwhile."""
        self._read()

    def on_screen_suspend(self) -> None:
        """What was said was read."""
        self._said = self._trouble = ""

    def machine_chosen(self) -> None:
        """Another machine is another job."""
        self._chosen = ""
        if self.is_current:
            self._read()

    # Reading and drawing.

    @work(thread=True, group="journal", exit_on_error=False)
    def _do(self, change: Callable[[], object], said: str) -> None:
        """Change the journal, then read it anew and say what was done; another machine may be worked on then."""
        with self._order:
            try:
                change()
                self.desk.workplace.load()
                self.post_message(JobRead(self._current(), said))
            except FieldfareError as error:
                self.post_message(Failed(squeeze(str(error))))

    @work(thread=True, group="journal", exit_on_error=False)
    def _read(self) -> None:
        with self._order:
            try:
                self.post_message(JobRead(self._current(), ""))
            except FieldfareError as error:
                self.post_message(Failed(squeeze(str(error))))

    def _current(self) -> Shown:
        """In a worker: what is to be shown."""
        current = job = self._journal.current()
        if self._chosen:
            job = next((one for one in self._journal.jobs() if one.id == self._chosen), current)
        entries = self._journal.entries(job.id) if job else ()
        still = open_steps(self._journal.procedures(job.id)) if job else ""
        return Shown(job=job, entries=entries, current=job is not None and job == current, still=still)

    @on(JobRead)
    def _draw(self, message: JobRead) -> None:
        self._said = message.said or self._said
        listing = self.query_one(Listing)
        before, self._shown = self._shown, message.shown
        same = before.job is not None and self._shown.job is not None and before.job.id == self._shown.job.id
        grown = len(self._shown.entries) > len(before.entries)
        days = {time_line(entry.at)[:10] for entry in self._shown.entries}
        rows = [_row(entry, day=len(days) > 1) for entry in self._shown.entries]
        listing.show(rows, listing.at if same and not grown else len(rows) - 1)
        self._show_head()
        self.query_one(TitleBar).refresh()
        if not listing.has_focus and self.is_current:
            listing.focus()
        said = (self._said, squeeze(self._journal.problem))
        self.say(" ".join(filter(None, said)) or _summary(self._shown))
        self.show_keys()
        if message.said and self._reports:
            self._reports = False
            self.action_report()

    @on(Failed)
    def _say_failure(self, message: Failed) -> None:
        self._said = self._trouble = message.text
        self._reports = False
        self.say(message.text)
        self._show_head()

    @on(Working)
    def _say_progress(self, message: Working) -> None:
        self.say(message.text)

    def _show_head(self) -> None:
        """What the job is; below it what went wrong, whole."""
        name, _line, rest = _head(self._shown).partition("\n")
        lines = [Content.styled(name, "bold" if rest else ""), Content(rest), Content.styled(self._trouble, "bold")]
        self.query_one("#job-head", Static).update(Content("\n").join([line for line in lines if line.plain]))

    # What is done to a job.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Only what can be done with the job that is shown."""
        job = self._shown.job
        if action in {"report", "hand_over", "name"}:
            return job is not None
        if action == "finish":
            return self._shown.current
        if action == "stop":
            return self._stop is not None
        if action == "go_on":
            return job is not None and not self._shown.current
        return True

    def action_note(self) -> None:
        """Write a note down in the job that is shown."""
        from fieldfare.tui.screens.noting import NoteScreen

        name = job_name(self._shown.job) if self._shown.job else _("a new job")
        self.app.push_screen(NoteScreen("", name), partial(self._note, self._job_id()))

    def _note(self, job: str, text: str | None) -> None:
        if text:
            self._do(lambda: self._journal.note(text, job=job), _("Noted."))

    def action_attach(self) -> None:
        """Choose a photograph or PDF, then say what it shows."""
        self.app.push_screen(FileScreen(), partial(self._file_chosen, self._job_id()))

    def _file_chosen(self, job: str, path: Path | None) -> None:
        if path is None:
            return

        def attach(caption: str | None) -> None:
            if caption is not None:
                said = _("{name} is attached.").format(name=squeeze(path.name))
                self._do(lambda: self._journal.attach(path, clean(caption), job=job), said)

        screen = TypeScreen(_("What does it show?"), sentence=squeeze(path.name), hint=_("Enter leaves it empty"))
        self.app.push_screen(screen, attach)

    def action_name(self) -> None:
        """Ask for a title, then for the number of the order."""
        job = self._shown_job()

        def titled(title: str | None) -> None:
            if title is None:
                return

            def ordered(order: str | None) -> None:
                if order is not None:
                    self._do(lambda: self._journal.name(job.id, clean(title), clean(order)), _("Kept."))

            screen = TypeScreen(
                _("Number of the work order"), value=job.order, hint=_("Enter leaves it empty"), check=_wrong_name
            )
            self.app.push_screen(screen, ordered)

        screen = TypeScreen(_("Title of the job"), value=job.title, hint=job_name(job), check=_wrong_name)
        self.app.push_screen(screen, titled)

    def action_finish(self) -> None:
        """End the job, and ask first where steps are open; its report is the next thing that is wanted."""
        job = self._shown_job()
        if not self._shown.still:
            self._finish(job, ONE)
            return
        choices = ((KEEP, _("Go on with the job"), ""), (ONE, _("Finish it all the same"), ""))
        screen = PickScreen(_("Finish?"), choices, sentence=f"{self._shown.still}.")
        self.app.push_screen(screen, partial(self._finish, job))

    def _finish(self, job: Job, value: str | None) -> None:
        if value != ONE:
            return
        self._chosen = job.id
        self._reports = True
        self._do(lambda: self._journal.finish(job.id), _("The job is finished. g goes on with it."))

    def action_go_on(self) -> None:
        """Open an earlier job again; its machine is worked on."""
        job = self._shown_job()
        self._do(lambda: self._journal.reopen(job.id), _("This job goes on."))

    def action_jobs(self) -> None:
        """Choose another job; the list is there at once, and filled when the journal was read."""
        screen = ChoosingScreen[str | None](_("Jobs"))
        self.app.push_screen(screen, self._job_picked)
        self._read_jobs(screen)

    @work(thread=True, group="journal", exit_on_error=False)
    def _read_jobs(self, screen: ChoosingScreen[str | None]) -> None:
        try:
            self.post_message(JobsRead(screen, self._journal.jobs(), self._journal.current()))
        except FieldfareError as error:
            self.post_message(JobsRead(screen, (), None, squeeze(str(error))))

    @on(JobsRead)
    def _offer_jobs(self, message: JobsRead) -> None:
        rows = (
            Row(key=NEW, text=_("New job"), about=_("What is done from now on belongs to it.")),
            Row(key=RECEIVE, text=_("Take in a job"), about=_("A colleague handed it over as a file.")),
            *(Row(key=one.id, text=job_name(one), about=_about(one, current=one == message.current)) for one in message.jobs),
        )  # fmt: skip
        message.screen.offer(Offer(row=row, value=row.key) for row in rows)
        if message.error:
            message.screen.say(message.error)

    def _job_picked(self, value: str | None) -> None:
        if value == NEW:
            self._chosen = ""
            self._do(self._journal.begin, _("A new job is begun. t gives it a title."))
        elif value == RECEIVE:
            self.app.push_screen(FileScreen(handed_over=True), self._take_in)
        elif value is not None:
            self._chosen = value
            self._read()

    def _take_in(self, path: Path | None) -> None:
        if path is not None and self._stop is None:
            self._stop = threading.Event()
            self.show_keys()
            self._receive(path, self._stop)

    def action_stop(self) -> None:
        """Stop taking a job in."""
        if self._stop is not None:
            self._stop.set()
            self.say(_("Stopping…"))

    def on_unmount(self) -> None:
        """Nobody waits for the job any more."""
        if self._stop is not None:
            self._stop.set()

    def action_wipe(self) -> None:
        """Ask, and name what would be gone."""
        choices: list[Choice] = [(KEEP, _("Keep everything"), "")]
        job = self._shown.job
        if job is not None:
            number = len(self._shown.entries)
            entries = ngettext("{number} entry", "{number} entries", number).format(number=number)
            choices.append((ONE, _("Wipe this job: {name}").format(name=job_name(job)), entries))
        choices.append((ALL, _("Wipe everything"), _("All jobs, bookmarks, notes, questions and the machine.")))
        sentence = _("What is wiped is overwritten and cannot be brought back.")
        self.app.push_screen(PickScreen(_("Wipe?"), choices, sentence=sentence), partial(self._wipe, job))

    def _wipe(self, job: Job | None, value: str | None) -> None:
        if value == ONE and job is not None:
            self._chosen = ""
            self._do(lambda: self._forget(lambda: self._journal.wipe(job.id)), _("The job is wiped."))
        elif value == ALL:
            choices = ((KEEP, _("Keep everything"), ""), (ALL, _("Yes, wipe everything"), ""))
            self.app.push_screen(PickScreen(_("Really everything?"), choices), self._wipe_all)

    def _wipe_all(self, value: str | None) -> None:
        if value == ALL:
            self._chosen = ""
            self._do(lambda: self._forget(self._journal.wipe_everything), _("Everything is wiped."))

    def _forget(self, wipe: Callable[[], None]) -> None:
        """In a worker: wipe, here and in what the screens remember."""
        wipe()
        self.desk.workplace.forget()

    @on(Listing.Picked)
    def _open(self, message: Listing.Picked) -> None:
        entry = self._shown.entries[message.at]
        self.app.push_screen(EntryScreen(self.desk, entry), lambda remove: self._remove(entry.id) if remove else None)

    def _remove(self, entry: str) -> None:
        self._do(lambda: self._journal.remove(entry), _("The entry is removed."))

    # Files: long work.

    def action_report(self) -> None:
        """Choose what the report is written as, and where to."""
        self._write(self._format)

    def action_hand_over(self) -> None:
        """The same for the file that a colleague takes in."""
        self._write(HAND_OVER)

    def _write(self, chosen: str) -> None:
        screen = ReportScreen(self.desk, self._shown_job(), chosen, self._folder)
        self.app.push_screen(screen, self._written)

    def _written(self, chosen: tuple[str, Path | None] | None) -> None:
        if chosen is not None:
            self._format, self._folder = chosen

    @work(thread=True, group="journal", exit_on_error=False)
    def _receive(self, path: Path, stop: threading.Event) -> None:
        from fieldfare.journal.handover import receive

        try:
            job, new = receive(self._journal, path, self._receiving, stop)
            self._chosen = job.id
            entries = ngettext("{number} new entry", "{number} new entries", new).format(number=new)
            said = _("{name} is here: {entries}. g goes on with it.").format(name=job_name(job), entries=entries)
            with self._order:
                self.post_message(Received())
                self.post_message(JobRead(self._current(), said))
        except FieldfareError as error:
            self.post_message(Received())
            self.post_message(Failed(squeeze(str(error))))

    @on(Received)
    def _received(self) -> None:
        self._stop = None
        self.show_keys()

    def _receiving(self, stage: str, done: int, total: int) -> None:
        self.post_message(Working(progress_text(stage, done, total)))

    # What is shown.

    def _shown_job(self) -> Job:
        if self._shown.job is None:
            raise UsageError(_("There is no job yet."))
        return self._shown.job

    def _job_id(self) -> str:
        """The job that is shown; empty where the first entry begins one."""
        return self._shown.job.id if self._shown.job else ""


def _wrong_name(text: str) -> str:
    if len(text) <= MAX_NAME:
        return ""
    return _("A name has at most {number} characters. Shorten it.").format(number=MAX_NAME)


def _row(entry: Entry, *, day: bool) -> Row:
    """An entry with its time, and the `day` where a job goes over several."""
    deed, at = entry.deed, time_line(entry.at)
    return Row(text=headline(deed), page=at[5:] if day else at[11:], about=detail(deed), bold=needs_attention(deed))


def _head(shown: Shown) -> str:
    """What the job is, in two lines at most."""
    if shown.job is None:
        return _(
            "Nothing is written down yet. What you ask, read, tick and measure comes here by itself, on this device only."
        )
    return f"{job_name(shown.job)}\n{_about(shown.job, current=shown.current)}"


def _about(job: Job, *, current: bool) -> str:
    """State, machine, order and begin of a job on one line."""
    state = _("current") if current else _("finished") if job.ended else _("open")
    machine = " ".join(filter(None, (squeeze(str(job.machine)), squeeze(job.machine.serial))))
    return " · ".join(filter(None, (state, time_line(job.begun), machine, squeeze(job.order))))


def _summary(shown: Shown) -> str:
    """How much there is, and how much of it needs attention."""
    number = len(shown.entries)
    text = ngettext("{number} entry", "{number} entries", number).format(number=number)
    wrong = sum(needs_attention(entry.deed) for entry in shown.entries)
    marked = ngettext("{number} needs attention", "{number} need attention", wrong).format(number=wrong)
    return f"{text}, {marked}" if wrong else text if number else ""
