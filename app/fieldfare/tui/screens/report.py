"""A job's report, or the file for a colleague: what it is written as, where to, how far it is, where it lies."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldfare.catalogue import N_, _, ngettext
from fieldfare.errors import FieldfareError
from fieldfare.report import export
from fieldfare.report.contents import job_name
from fieldfare.text import clean, squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.screens.pick import Choice, PickScreen, TypeScreen
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.typed_paths import is_folder, typed_path

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from fieldfare.domain import Job
    from fieldfare.tui.desk import Desk

HAND_OVER, FOLDER, TYPED = "fjob", "folder", "/"


@dataclass
class Working(Message):
    """The file came further."""

    text: str


@dataclass
class Ended(Message):
    """The file is written, or was not; `text` says it."""

    text: str


def progress_text(stage: str, done: int, total: int, seconds: float = 0.0) -> str:
    """How far a piece of work is, and how long it takes from here on."""
    text = _("{stage}: {done} of {total}").format(stage=stage, done=done, total=total)
    if seconds > 1 and 0 < done < total:
        text += ", " + _("{seconds} s left").format(seconds=round(seconds * (total - done) / done))
    return text


class ReportScreen(Overlay[tuple[str, "Path | None"]]):
    """Dismissed with what was chosen, for the next time. Esc ends what is being written, then leads back."""

    ABOUT = "report"
    DEFAULT_CSS = """
    ReportScreen > #told { height: auto; padding: 0 1; margin: 0 0 1 0; color: $accent; text-style: bold; }
    .-short ReportScreen > #told { margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,left", "leave", N_("stop what is being written; go back"), show=False),
        Binding("question_mark", "app.help", N_("help on this screen"), show=False),
    ]

    def __init__(self, desk: Desk, job: Job, chosen: str, folder: Path | None) -> None:
        super().__init__()
        self._journal = desk.journal
        self._job, self._chosen = job, chosen
        self._folder = folder or export.folders()[0]
        self._stop: threading.Event | None = None

    def compose(self) -> ComposeResult:
        """The job, what is going on, the kinds of files."""
        yield Static(Content(_("Report: {name}").format(name=job_name(self._job))), classes="heading", markup=False)
        yield Static("", id="told", markup=False)
        yield Listing(whole=True, numbered=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at what was written last."""
        self._draw()
        self._tell(_("Enter writes it."))

    def _draw(self) -> None:
        rows = (
            *(Row(key=name, text=_(title)) for name, title in export.FORMATS.items()),
            Row(key=HAND_OVER, text=_("File for a colleague, who goes on with the job")),
            Row(key=FOLDER, text=_("Where to"), value=clean(str(self._folder))),
        )
        self.query_one(Listing).show(rows, next((i for i, row in enumerate(rows) if row.key == self._chosen), 0))

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(text))
        back = (("escape", "Esc", _("Stop") if self._stop else _("Back")),)
        self.query_one(KeyBar).show(
            back if self._stop else (("enter", "Enter", _("Write")), ("1", "1-7", _("Write")), *back)
        )

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        if self._stop is not None:
            return
        if message.key == FOLDER:
            self._choose_folder()
            return
        self._chosen = message.key
        self._stop = threading.Event()
        self._tell(_("Writing …"))
        self._write(message.key, self._folder, self._stop)

    def _choose_folder(self) -> None:
        """The documents, sticks that are plugged in, or a path that is typed."""
        choices: list[Choice] = [(str(one), clean(str(one)), "") for one in export.folders()]
        choices.append((TYPED, _("Another folder …"), ""))
        self.app.push_screen(PickScreen(_("Where to"), choices, chosen=str(self._folder)), self._folder_picked)

    def _folder_picked(self, value: str | None) -> None:
        if value == TYPED:
            screen = TypeScreen(_("Folder"), value=str(self._folder), check=_is_folder)
            self.app.push_screen(screen, self._folder_picked)
        elif value:
            self._folder = typed_path(value)
            self._draw()

    @work(thread=True, group="report", exit_on_error=False)
    def _write(self, suffix: str, folder: Path, stop: threading.Event) -> None:
        began = time.monotonic()

        def progress(stage: str, done: int, total: int) -> None:
            self.post_message(Working(progress_text(stage, done, total, time.monotonic() - began)))

        try:
            if suffix == HAND_OVER:
                from fieldfare.journal.handover import hand_over

                target = export.target_of(self._job, suffix, folder)
                hand_over(self._journal, self._job, target, progress, stop)
                said = _("Written: {path}").format(path=clean(str(target)))
            else:
                done = export.export(self._journal, self._job, suffix, folder, progress=progress, stop=stop)
                said = _written(done)
        except FieldfareError as error:
            said = squeeze(str(error))
        except Exception as error:  # noqa: BLE001 - a job that breaks its report must not lock this screen
            said = _("The report cannot be written: {error}").format(error=squeeze(str(error))[:300])
        self.post_message(Ended(said))

    @on(Working)
    def _show_progress(self, message: Working) -> None:
        if self._stop is not None:
            self._tell(message.text)

    @on(Ended)
    def _show_end(self, message: Ended) -> None:
        self._stop = None
        self._tell(message.text)

    def action_leave(self) -> None:
        """End what is being written; else back to the job."""
        if self._stop is not None:
            self._stop.set()
        else:
            self.dismiss((self._chosen, self._folder))


def _written(done: export.Exported) -> str:
    said = _("Written: {path}").format(path=clean(str(done.path)))
    if done.files:
        files = ngettext("{number} file beside it", "{number} files beside it", len(done.files))
        said += f" ({files.format(number=len(done.files))})"
    return f"{said}\n{export.unsettable_sentence(done.unsettable)}" if done.unsettable else said


def _is_folder(text: str) -> str:
    return "" if text and is_folder(typed_path(text)) else _("There is no such folder.")
