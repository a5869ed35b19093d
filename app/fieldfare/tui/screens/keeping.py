"""What is done at a procedure is written into the journal at once, one after the other, while the screen goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.message import Message

from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, JobChangedError
from fieldfare.text import squeeze
from fieldfare.tui.scanner import ScannedScreen
from fieldfare.tui.screens.room import RoomScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import Deed, Progress
    from fieldfare.tui.alarms import Alarms
    from fieldfare.tui.app import FieldfareApp
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.undertakings import Name


@dataclass
class Kept(Message):
    """What was done is in the journal of a job, or `error` says why not; `elsewhere` where another job is current now."""

    job: str
    error: str = ""
    elsewhere: bool = False


class KeepingScreen(ScannedScreen[None], RoomScreen):
    """Keeps the newest state of each procedure and every deed in the job that is shown, and in no other.

    `job` is its id, empty where there is none yet, None until the journal was read; `changes` counts what was to be kept.
    """

    def __init__(self, desk: Desk, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        RoomScreen.__init__(self, desk, id=id)
        self.job: str | None = None
        self._unkept: dict[Name, Progress] = {}
        self._deeds: list[Deed] = []
        self._writing: tuple[Name, Progress, tuple[Deed, ...]] | None = None
        self.keeping = False
        self.trouble = ""  # why the last change is not in the journal
        self.changes = 0

    @property
    def alarms(self) -> Alarms:
        """The timers of all rooms."""
        return cast("FieldfareApp", self.app).alarms

    def on_unmount(self) -> None:
        """What was not written yet is written before the program ends."""
        while self._unkept:
            progress = self._unkept.pop(next(iter(self._unkept)))
            try:
                self.job = self.desk.journal.save(progress, *self._deeds, job=self.job).id
            except FieldfareError:
                return
            self._deeds = []

    def show_place(self) -> None:
        """Say which procedure this is and where in it, or what the trouble is."""
        raise NotImplementedError

    def read_job(self) -> None:
        """Begin to read which job is current; what is underway in it is shown then."""
        raise NotImplementedError

    def keep(self, name: Name, progress: Progress, deeds: Sequence[Deed] = ()) -> None:
        """Have it written: one after the other, the newest state of each procedure."""
        self._unkept[name] = progress
        self._deeds += deeds
        self.changes += 1
        self.alarms.of(progress)
        self._keep_on()

    def _keep_on(self) -> None:
        if self.keeping or not self._unkept:
            return
        name = next(iter(self._unkept))
        self.keeping = True
        self._writing = name, self._unkept.pop(name), tuple(self._deeds)
        self._deeds = []
        self._keep(*self._writing[1:], self.job)

    @work(thread=True, group="journal", exit_on_error=False)
    def _keep(self, progress: Progress, deeds: tuple[Deed, ...], job: str | None) -> None:
        try:
            self.post_message(Kept(self.desk.journal.save(progress, *deeds, job=job).id))
        except JobChangedError as error:
            self.post_message(Kept("", str(error), elsewhere=True))
        except FieldfareError as error:
            self.post_message(Kept("", str(error)))
        except Exception as error:  # noqa: BLE001 - the work goes on, and it is said that it is not written down
            self.post_message(Kept("", _("This is not in the journal: {error}").format(error=error)))

    @on(Kept)
    def _kept(self, message: Kept) -> None:
        self.keeping = False
        mended = bool(self.trouble) and not message.error
        self.trouble = squeeze(message.error)
        if not message.error:
            self.job = message.job
            self._keep_on()
            if mended:
                self.show_place()  # it has said the trouble since
        elif message.elsewhere:  # nothing of the one job goes to the other
            self._unkept.clear()
            self._deeds.clear()
            self.say(self.trouble)
            self.read_job()
        elif self._writing is not None:  # it is tried again with the next change
            name, progress, deeds = self._writing
            self._unkept.setdefault(name, progress)
            self._deeds = [*deeds, *self._deeds]
            self.say(self.trouble)
