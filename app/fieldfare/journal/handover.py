"""A job as one file for a colleague: a ZIP of `job.json`, the attached files by digest, and `SHA256` over `job.json`.

What is received comes from anywhere: the container is checked before it is unpacked, every field and every file before
anything is taken in, and it is taken in whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.containers import Container
from fieldfare.domain.job import LONGEST_TIMER, MAX_NAME, Attached, Parcel
from fieldfare.errors import SourceError, StorageError, UsageError
from fieldfare.journal import attachments, records
from fieldfare.settings import sync_folder
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from fieldfare.domain.job import Job
    from fieldfare.journal.journal import Journal

SUFFIX = ".fjob"
FORMAT = "fieldfare-handover"
VERSION = 1
_JOB, _DIGEST, _FILES = "job.json", "SHA256", "files/"
_MAX_JOB = 32 << 20  # bytes of job.json: ten thousand entries with long quotes have ten
_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def hand_over(
    journal: Journal,
    job: Job,
    target: Path,
    progress: Callable[[str, int, int], None],
    stop: threading.Event | None = None,
) -> None:
    """Write a job as a file that is whole or not there. Raises StorageError, and UsageError where it was stopped."""
    parcel = journal.parcel(job)
    text = json.dumps({"format": FORMAT, "version": VERSION, **records.plain(parcel)}, ensure_ascii=False).encode()
    digests = sorted({one.deed.digest for one in parcel.entries if isinstance(one.deed, Attached)})
    scratch = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr(_JOB, text)
            container.writestr(_DIGEST, hashlib.sha256(text).hexdigest())
            for number, digest in enumerate(digests, 1):
                _go_on(stop)
                container.writestr(_FILES + digest, journal.attachment(digest), zipfile.ZIP_STORED)
                progress(_("Packing the files"), number, len(digests))
        with scratch.open("r+b") as written:
            os.fsync(written.fileno())
        scratch.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        sentence = _("{path} cannot be written ({reason}). Check the folder and the space left.")
        raise StorageError(sentence.format(path=target, reason=error.strerror or error)) from error
    finally:
        scratch.unlink(missing_ok=True)


def receive(
    journal: Journal, file: Path, progress: Callable[[str, int, int], None], stop: threading.Event | None = None
) -> tuple[Job, int]:
    """Take in a job that was handed over; the job and how many entries were new. Raises UsageError or SourceError.

    With `stop` it ends between two files, and nothing is taken in.
    """
    name = squeeze(file.name)
    if not file.is_file():
        raise UsageError(_("{name} is no file. Name one that was handed over (.fjob).").format(name=name))
    with Container(file) as container:
        parcel = _read(container, name)
        files = {one.deed.digest: one.deed for one in parcel.entries if isinstance(one.deed, Attached)}
        for number, deed in enumerate(files.values(), 1):  # all of them before anything is taken in
            _go_on(stop)
            _check_file(container, deed, name)
            progress(_("Checking the files"), number, len(files))

        def content(digest: str) -> bytes:
            _go_on(stop)
            return container.read(_FILES + digest, attachments.MAX_FILE)

        return journal.take_in(parcel, content)


def _go_on(stop: threading.Event | None) -> None:
    if stop is not None and stop.is_set():
        raise UsageError(_("Stopped. Nothing was written."))


def _read(container: Container, name: str) -> Parcel:
    text = container.read(_JOB, _MAX_JOB)
    if hashlib.sha256(text).hexdigest() != container.read(_DIGEST, 64).decode("ascii", "replace"):
        raise SourceError(_("{name} was damaged on its way. Ask for it again.").format(name=name))
    try:
        given = json.loads(text)
        if not isinstance(given, dict) or given.pop("format", "") != FORMAT:
            raise ValueError("it is no job")
        version = given.pop("version", 0)
        if isinstance(version, int) and version > VERSION:
            raise UsageError(_("{name} was made by a newer Fieldfare. Update the program.").format(name=name))
        parcel = records.read(Parcel, given)
        _check(parcel)
    except (ValueError, RecursionError) as error:
        sentence = _("{name} is no job that was handed over, or a damaged one ({reason}). Ask for it again.")
        raise SourceError(sentence.format(name=name, reason=clean(str(error))[:200])) from error
    return parcel


def _check(parcel: Parcel) -> None:
    """Raise ValueError where names are not what this program gives, or could stand for something else."""
    ids = [parcel.job.id, *(one.id for one in parcel.entries), *(one.id for one in parcel.pins)]
    digests = [one.deed for one in parcel.entries if isinstance(one.deed, Attached)]
    if not all(map(_ID.fullmatch, ids)) or len(set(ids)) != len(ids):
        raise ValueError("an entry is there twice or has no name")
    job = parcel.job
    names = (
        job.title,
        job.order,
        job.machine.maker,
        job.machine.model,
        job.machine.serial,
        *(one.name for one in digests),
    )
    if any(len(name) > MAX_NAME for name in names):
        raise ValueError("a name is too long")
    timers = (timer for one in parcel.procedures for timer in one.progress.timers)
    if any(not 0 <= timer.seconds <= LONGEST_TIMER for timer in timers):
        raise ValueError("a timer runs for days")
    for deed in digests:
        if not _SHA256.fullmatch(deed.digest) or deed.media_type not in attachments.MEDIA_TYPES:
            raise ValueError(f"{deed.name[:40]!r} is of no known kind")


def _check_file(container: Container, deed: Attached, name: str) -> None:
    """Refuse a file that is not what the job says of it, or that cannot be decoded whole."""
    data = container.read(_FILES + deed.digest, attachments.MAX_FILE)
    if (
        hashlib.sha256(data).hexdigest() != deed.digest
        or len(data) != deed.size
        or not attachments.is_sound(deed, data)
    ):
        sentence = _("{name}: {file} is not the file that was attached. Ask for the job again.")
        raise SourceError(sentence.format(name=name, file=squeeze(deed.name)))
