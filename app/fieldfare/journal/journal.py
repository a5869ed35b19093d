"""Jobs, their entries, bookmarks and the progress of procedures in one SQLite file that survives a power cut.

Every change is one short transaction that has reached the disk when the call returns, so two running Fieldfares share a
journal. All threads may call; screens call from a worker, since a stick may take a tenth of a second.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import uuid4

from fieldfare import paths
from fieldfare.catalogue import _, ngettext
from fieldfare.domain.job import (
    MAX_NAME,
    Asked,
    Attached,
    Entry,
    Job,
    KeptProgress,
    Noted,
    Parcel,
    Pin,
    Progress,
    Read,
    Reference,
    WorkMachine,
    places_of,
)
from fieldfare.errors import DamageError, JobChangedError, StorageError, UsageError
from fieldfare.journal import attachments, records, rows
from fieldfare.journal.store import FILE, Store, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from fieldfare.domain.job import Deed
    from fieldfare.journal.attachments import File

Found = TypeVar("Found")


def open_journal(folder: Path | None = None, clock: Callable[[], datetime] | None = None) -> Journal:
    """The journal of this user, or that in a `folder`. It always opens: `problem` says what was wrong with its file.

    A damaged file is set aside and a new one begun; where none can be written, what is recorded lasts until the end.
    """
    file = (folder or paths.data_dir()) / FILE
    try:
        try:
            return Journal(file, clock)
        except DamageError as error:
            aside = set_aside(file)
            sentence = _("{error} It is kept as {name}, and a new journal was begun.")
            return Journal(file, clock, sentence.format(error=error, name=aside.name))
    except (OSError, StorageError) as error:
        sentence = _("Nothing of this job is kept: {error}")
        said = f"{error.strerror} ({file})" if isinstance(error, OSError) else error
        return Journal(None, clock, sentence.format(error=said))


class Journal:
    """What was done on this device. Methods raise StorageError where the file cannot be read or written.

    One job at most is current: what is recorded belongs to it, and begins one where none is. `problem` is a sentence where
    the file is damaged, as a whole or in a line that was left out, or cannot be written.
    """

    def __init__(self, path: Path | None, clock: Callable[[], datetime] | None = None, problem: str = "") -> None:
        """Open a file, or begin one; in memory where `path` is None."""
        self.path = path
        self.problem = problem
        self._now = clock or (lambda: datetime.now(UTC))
        self._store = Store(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; may be called again."""
        self._store.close()

    # -- the machine

    def machine(self) -> WorkMachine:
        """The machine that is worked on, from session to session; nameless where none is set."""
        kept = self._kept("machine")
        return rows.parsed(WorkMachine, kept) if kept else WorkMachine()

    def use_machine(self, machine: WorkMachine) -> None:
        """Work on a machine from now on.

        A current job takes the name over where it may mean the same machine (it had none, or lacked the serial number).
        A job at another machine is put aside: it stays open, and the next entry begins a new one. Raises UsageError.
        """
        _check_names(machine.maker, machine.model, machine.serial)
        with self._store.writing() as connection:
            self._keep("machine", records.text_of(machine))
            if machine.is_known:
                connection.execute(
                    "INSERT OR REPLACE INTO machine VALUES (?, ?, ?, ?, ?)",
                    (machine.maker, machine.model, machine.serial, json.dumps(machine.packs), self._time()),
                )
            job = self.current()
            if job is None:
                return
            if job.machine.is_same(machine):
                text = records.text_of(machine.completed(job.machine))
            elif self._store.rows("SELECT 1 FROM entry WHERE job = ? LIMIT 1", job.id):
                self._keep("job", "")
                return
            else:
                text = records.text_of(machine)
            connection.execute("UPDATE job SET machine = ? WHERE id = ?", (text, job.id))

    def machines(self) -> tuple[WorkMachine, ...]:
        """The machines that were worked on, the last one first."""
        found = self._store.rows("SELECT maker, model, serial, packs FROM machine ORDER BY used DESC")
        return self._sound(
            found,
            lambda row: WorkMachine(maker=row[0], model=row[1], serial=row[2], packs=tuple(json.loads(row[3]))),
        )

    def forget_machines(self, machines: Iterable[WorkMachine]) -> None:
        """Take machines out of those that were worked on; their names are overwritten, their jobs stay."""
        names = [(one.maker, one.model, one.serial) for one in machines]
        with self._store.wiping() as connection:
            connection.executemany("DELETE FROM machine WHERE maker = ? AND model = ? AND serial = ?", names)

    # -- jobs

    def current(self) -> Job | None:
        """The job that entries go to."""
        kept = self._kept("job")
        found = self._store.rows(f"{rows.JOB} WHERE id = ? AND ended IS NULL", kept) if kept else []
        return rows.job(found[0]) if found else None

    def jobs(self) -> tuple[Job, ...]:
        """Every job of this device, the newest first."""
        return self._sound(self._store.rows(f"{rows.JOB} ORDER BY begun DESC, number DESC"), rows.job)

    def job(self, name: str) -> Job:
        """A job by its id or its number on this device. Raises UsageError."""
        found = self._store.rows(f"{rows.JOB} WHERE id = ? OR CAST(number AS TEXT) = ?", name, name)
        if not found:
            raise UsageError(_("There is no job {name}. List them: fieldfare job list").format(name=name))
        return rows.job(found[0])

    def begin(self, title: str = "", order: str = "", machine: WorkMachine | None = None) -> Job:
        """Begin a job at a machine, by default that which is worked on; a job that was current stays open. Raises UsageError."""
        _check_names(title, order)
        with self._store.writing() as connection:
            if machine is not None:
                self._keep("job", "")
                self.use_machine(machine)
            id_ = uuid4().hex
            machine = machine or self.machine()
            connection.execute(
                "INSERT INTO job (id, machine, title, order_number, begun) VALUES (?, ?, ?, ?, ?)",
                (id_, records.text_of(machine), title, order, self._time()),
            )
            self._keep("job", id_)
            return self.job(id_)

    def name(self, job: str, title: str, order: str = "") -> Job:
        """Give a job a title and the number of its order. Raises UsageError."""
        _check_names(title, order)
        with self._store.writing() as connection:
            connection.execute("UPDATE job SET title = ?, order_number = ? WHERE id = ?", (title, order, job))
            return self.job(job)

    def finish(self, job: str) -> Job:
        """End a job. One that has ended keeps its time."""
        with self._store.writing() as connection:
            connection.execute("UPDATE job SET ended = ? WHERE id = ? AND ended IS NULL", (self._time(), job))
            return self.job(job)

    def reopen(self, job: str) -> Job:
        """Go on with a job: it is open and current, and its machine is worked on."""
        with self._store.writing() as connection:
            connection.execute("UPDATE job SET ended = NULL WHERE id = ?", (job,))
            self._keep("job", job)
            opened = self.job(job)
            if opened.machine.is_known:
                self.use_machine(opened.machine)
            return opened

    # -- entries

    def record(self, deed: Deed) -> Entry:
        """Write down what was done; begins a job where none is current.

        A place that was read in this job, and a question whose answer is that of the last one, are written once.
        """
        with self._store.writing():
            job = self.current() or self.begin()
            if (known := self._known(job.id, deed)) is not None:
                return known
            return self._insert(job.id, Entry(id=uuid4().hex, at=self._now(), deed=deed))

    def translate(self, entry: str, deed: Asked) -> None:
        """Write a question down again, now that its answer is translated; where its entry was removed, nothing."""
        with self._store.writing() as connection:
            connection.execute("UPDATE entry SET deed = ? WHERE id = ?", (records.text_of(deed), entry))

    def attach(self, file: Path, caption: str = "", place: Reference | None = None, job: str = "") -> Entry:
        """Copy a photograph or PDF into the journal. Raises UsageError or SourceError for a file that it does not take."""
        return self.keep_file(attachments.read_file(file), caption, place, job)

    def keep_file(self, file: File, caption: str = "", place: Reference | None = None, job: str = "") -> Entry:
        """Write a file that was read down in a `job`, by default the current one."""
        deed = Attached(
            name=file.name,
            media_type=file.media_type,
            size=len(file.data),
            digest=hashlib.sha256(file.data).hexdigest(),
            caption=caption,
            reference=place,
        )
        with self._store.writing():
            self._hold(deed.digest, file.media_type, file.data)
            id_ = job or (self.current() or self.begin()).id
            return self._insert(id_, Entry(id=uuid4().hex, at=self._now(), deed=deed))

    def note(self, text: str, place: Reference | None = None, job: str = "") -> Entry:
        """Write a note down in a `job`, by default the current one."""
        with self._store.writing():
            id_ = job or (self.current() or self.begin()).id
            return self._insert(id_, Entry(id=uuid4().hex, at=self._now(), deed=Noted(text=text, reference=place)))

    def entries(self, job: str) -> tuple[Entry, ...]:
        """What was done in a job, in order of time."""
        found = self._store.rows("SELECT id, at, kind, deed FROM entry WHERE job = ? ORDER BY at, number", job)
        return self._sound(found, rows.entry)

    def attachment(self, digest: str) -> bytes:
        """The bytes of an attached file. Raises DamageError where they are not what they were."""
        found = self._store.rows("SELECT data FROM attachment WHERE digest = ?", digest)
        if not found or hashlib.sha256(found[0][0]).hexdigest() != digest:
            raise DamageError(_("An attached file is damaged in the journal. Attach it again."))
        data: bytes = found[0][0]
        return data

    def remove(self, entry: str) -> None:
        """Remove an entry; what it held is overwritten."""
        with self._store.wiping() as connection:
            connection.execute("DELETE FROM entry WHERE id = ?", (entry,))

    def wipe(self, job: str) -> None:
        """Remove a job with everything in it; what it held is overwritten."""
        with self._store.wiping() as connection:
            connection.execute("DELETE FROM job WHERE id = ?", (job,))

    def wipe_everything(self) -> None:
        """Remove all jobs, bookmarks, notes and the machine, and the damaged journals that were set aside."""
        self._store.wipe()

    def questions(self, limit: int = 200) -> tuple[str, ...]:
        """The questions of all jobs, the last one first, each once."""
        found = self._store.rows(
            "SELECT deed ->> '$.question' FROM entry WHERE kind = 'asked' ORDER BY at DESC, number DESC LIMIT ?",
            limit * 10,  # what was asked again and again is passed over
        )
        return tuple(dict.fromkeys(row[0] for row in found))[:limit]

    # -- bookmarks and notes at places

    def pin(self, place: Reference, note: str = "") -> Pin:
        """Set a bookmark at a place, with a `note` where there is one."""
        pin = Pin(id=uuid4().hex, reference=place, note=note, at=self._now())
        with self._store.writing() as connection:
            connection.execute("INSERT INTO pin VALUES (?, ?, ?, ?, ?)", rows.pin_row(pin))
        return pin

    def write_on(self, pin: str, note: str) -> None:
        """Change the note of a bookmark."""
        with self._store.writing() as connection:
            connection.execute("UPDATE pin SET note = ? WHERE id = ?", (note, pin))

    def unpin(self, pin: str) -> None:
        """Remove a bookmark with its note."""
        with self._store.wiping() as connection:
            connection.execute("DELETE FROM pin WHERE id = ?", (pin,))

    def pins(self, pack: str = "") -> tuple[Pin, ...]:
        """The bookmarks and notes, the newest first; those of one pack where it is named."""
        found = self._store.rows("SELECT id, reference, note, at FROM pin WHERE ? IN ('', pack) ORDER BY at DESC", pack)
        return self._sound(found, rows.pin)

    # -- how far procedures are

    def save(self, progress: Progress, *deeds: Deed, job: str | None = None) -> Job:
        """Keep how far a procedure is in the current job, and what was done at once; begins a job where none is.

        `job` is the id of that which the progress was read from, empty where there was none: what was done at one machine
        never goes to the job at another. Raises JobChangedError where it is not the current one any more.
        """
        with self._store.writing():
            current = self.current()
            there = current.id if current else ""
            if job is not None and there != job and (job or self.progress(progress.procedure) is not None):
                raise JobChangedError(_("The job is another one now: what you did last is not kept. Do it again."))
            current = current or self.begin()
            self._save(current.id, progress, self._now())
            for deed in deeds:
                self.record(deed)
            return current

    def progress(self, procedure: Reference) -> Progress | None:
        """How far a procedure is in the current job, whichever version of its pack it was begun with."""
        job = self.current()
        found = self._store.rows(
            "SELECT progress FROM progress WHERE job = ? AND pack = ? AND document = ? AND heading = ?",
            job.id if job else "",
            procedure.pack,
            procedure.document,
            rows.heading_text(procedure),
        )
        return rows.parsed(Progress, found[0][0]) if found else None

    def procedures(self, job: str) -> tuple[Progress, ...]:
        """The procedures of a job, that which was touched last first."""
        found = self._store.rows("SELECT progress FROM progress WHERE job = ? ORDER BY at DESC", job)
        return self._sound(found, lambda row: rows.parsed(Progress, row[0]))

    def forget(self, procedure: Reference) -> None:
        """Begin a procedure anew: what was kept of it in the current job is removed, its entries stay."""
        job = self.current()
        with self._store.writing() as connection:
            connection.execute(
                "DELETE FROM progress WHERE job = ? AND pack = ? AND document = ? AND heading = ?",
                (job.id if job else "", procedure.pack, procedure.document, rows.heading_text(procedure)),
            )

    # -- to and from a colleague

    def parcel(self, job: Job) -> Parcel:
        """A job with all that belongs to it: the notes at places of its manuals go with it."""
        entries = self.entries(job.id)
        found = self._store.rows("SELECT at, progress FROM progress WHERE job = ? ORDER BY at", job.id)
        procedures = self._sound(
            found, lambda row: KeptProgress(at=rows.time(row[0]), progress=rows.parsed(Progress, row[1]))
        )
        used = {*job.machine.packs, *(place.pack for entry in entries for place in places_of(entry.deed))}
        pins = tuple(pin for pin in self.pins() if pin.note and pin.reference.pack in used)
        return Parcel(job=job, entries=entries, procedures=procedures, pins=pins)

    def take_in(self, parcel: Parcel, files: Callable[[str], bytes]) -> tuple[Job, int]:
        """Take a job in whole or not at all; the job, and how many of its entries were new.

        Of a job that is here already what is new is added, and of each procedure the later state stays. `files` gives the
        bytes of a digest.
        """
        job, new = parcel.job, 0
        with self._store.writing() as connection:
            ended = records.time_text(job.ended) if job.ended else None
            connection.execute(
                "INSERT INTO job (id, machine, title, order_number, begun, ended) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET ended = coalesce(ended, excluded.ended)",
                (job.id, records.text_of(job.machine), job.title, job.order, records.time_text(job.begun), ended),
            )
            known = {row[0] for row in self._store.rows("SELECT id FROM entry")}
            for entry in parcel.entries:
                if entry.id not in known:
                    new += 1
                    if isinstance(entry.deed, Attached):
                        self._hold(entry.deed.digest, entry.deed.media_type, files(entry.deed.digest))
                    self._insert(job.id, entry)
            for kept in parcel.procedures:
                if kept.at > self._saved_at(job.id, kept.progress.procedure):
                    self._save(job.id, kept.progress, kept.at)
            for pin in parcel.pins:
                connection.execute("INSERT OR IGNORE INTO pin VALUES (?, ?, ?, ?, ?)", rows.pin_row(pin))
            return self.job(job.id), new

    # -- inside

    def _sound(self, kept: Iterable[tuple[Any, ...]], read: Callable[[tuple[Any, ...]], Found]) -> tuple[Found, ...]:
        """What can be read; of what is damaged the rest is not withheld, and `problem` says how much that is."""
        found, damaged = [], 0
        for row in kept:
            try:
                found.append(read(row))
            except (DamageError, ValueError):
                damaged += 1
        if damaged and not self.problem:
            sentence = ngettext(
                "{number} line of the journal is damaged and left out here. All others are whole.",
                "{number} lines of the journal are damaged and left out here. All others are whole.",
                damaged,
            )
            self.problem = sentence.format(number=damaged)
        return tuple(found)

    def _time(self) -> str:
        return records.time_text(self._now())

    def _kept(self, name: str) -> str:
        found = self._store.rows("SELECT value FROM kept WHERE name = ?", name)
        return str(found[0][0]) if found else ""

    def _keep(self, name: str, value: str) -> None:
        with self._store.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def _known(self, job: str, deed: Deed) -> Entry | None:
        """The entry that says the same already."""
        if isinstance(deed, Asked):
            query = "SELECT id, at, kind, deed FROM entry WHERE kind = 'asked' AND job = ? ORDER BY at DESC, number DESC LIMIT 1"
            found = self._store.rows(query, job)
        elif isinstance(deed, Read):
            query = (
                "SELECT id, at, kind, deed FROM entry WHERE kind = 'read' AND job = ? "
                "AND deed ->> '$.reference.digest' = ? AND deed ->> '$.reference.document' = ?"
            )
            found = self._store.rows(query, job, deed.reference.digest, deed.reference.document)
        else:
            return None
        for entry in map(rows.entry, found):
            if _untranslated(entry.deed) == _untranslated(deed) or (
                isinstance(deed, Read)
                and isinstance(entry.deed, Read)
                and deed.reference.heading == entry.deed.reference.heading
            ):
                return entry
        return None

    def _insert(self, job: str, entry: Entry) -> Entry:
        deed = entry.deed
        with self._store.writing() as connection:
            connection.execute(
                "INSERT INTO entry (id, job, at, kind, deed) VALUES (?, ?, ?, ?, ?)",
                (entry.id, job, records.time_text(entry.at), records.kind_of(deed), records.text_of(deed)),
            )
            if isinstance(deed, Attached):
                connection.execute("INSERT INTO attached VALUES (?, ?)", (entry.id, deed.digest))
        return entry

    def _hold(self, digest: str, media_type: str, data: bytes) -> None:
        with self._store.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO attachment VALUES (?, ?, ?)", (digest, media_type, data))

    def _saved_at(self, job: str, procedure: Reference) -> datetime:
        found = self._store.rows(
            "SELECT at FROM progress WHERE job = ? AND pack = ? AND document = ? AND heading = ?",
            job,
            procedure.pack,
            procedure.document,
            rows.heading_text(procedure),
        )
        return rows.time(found[0][0]) if found else datetime.min.replace(tzinfo=UTC)

    def _save(self, job: str, progress: Progress, at: datetime) -> None:
        place = progress.procedure
        with self._store.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?, ?, ?)",
                (
                    job,
                    place.pack,
                    place.document,
                    rows.heading_text(place),
                    records.time_text(at),
                    records.text_of(progress),
                ),
            )


def _check_names(*names: str) -> None:
    """Refuse what could be handed over to nobody."""
    if any(len(one) > MAX_NAME for one in names):
        raise UsageError(_("A name has at most {number} characters. Shorten it.").format(number=MAX_NAME))


def _untranslated(deed: Deed) -> Deed:
    if not isinstance(deed, Asked):
        return deed
    return replace(deed, sources=tuple(replace(one, translated="") for one in deed.sources))
