"""A job's report as a file: to the user's documents, a stick, or wherever he says; whole or not at all, never over another."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import catalogue, paths
from fieldfare.catalogue import N_, _
from fieldfare.domain import Attached
from fieldfare.errors import UsageError
from fieldfare.journal import attachments
from fieldfare.report import data
from fieldfare.report.contents import job_name, report_of
from fieldfare.settings import write_atomically
from fieldfare.text import clean
from fieldfare.transliteration import file_stem

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from fieldfare.domain import Entry, Job
    from fieldfare.journal import Journal

FORMATS: Mapping[str, str] = {
    "pdf": N_("PDF, to print and to send"),
    "html": N_("Web page in one file"),
    "md": N_("Markdown text"),
    "csv": N_("CSV table"),
    "json": N_("JSON for a work-order system"),
}
"""The kinds of files by their suffix, and what each is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: the report, and `files` beside it. `unsettable` are characters that a PDF could not show."""

    path: Path
    files: tuple[Path, ...] = ()
    unsettable: str = ""


def unsettable_sentence(characters: str) -> str:
    """What is missing in a PDF, and where it stands instead."""
    sentence = _("The PDF shows a box for what its letters lack: {characters}. The web page (html) shows everything.")
    return sentence.format(characters=clean(characters[:20]))


def folders() -> tuple[Path, ...]:
    """Where a report may go: the user's documents, then every stick that is plugged in and can be written."""
    import psutil

    found = []
    for disk in psutil.disk_partitions():
        root = Path(disk.mountpoint)
        held = "removable" in disk.opts.split(",") if sys.platform == "win32" else root.is_relative_to("/media")
        held = held or root.is_relative_to("/run/media") or root.is_relative_to("/Volumes")
        if held and os.access(root, os.W_OK):
            found.append(root)
    return (paths.documents_dir(), *found)


def file_name(job: Job, suffix: str) -> str:
    """`job-2026-05-04-Oil-change-WO-17.pdf`: a name that every system takes."""
    words = f"{job.begun.astimezone():%Y-%m-%d} {job_name(job)} {job.order}"
    return f"job-{file_stem(words).replace(' ', '-')[:80].rstrip('-')}.{suffix}"


def target_of(job: Job, suffix: str, to: Path | None) -> Path:
    """The file that is written: `to` where it has a suffix, else a free name in that folder or among the user's documents.

    Raises UsageError where a file of that name is there, or its suffix is another.
    """
    if to is not None and to.suffix and not to.is_dir():
        if to.suffix.lower() != f".{suffix}":
            raise UsageError(_("{name} must end in .{suffix}.").format(name=to.name, suffix=suffix))
        if to.exists():
            raise UsageError(_("{path} is there already. Choose another name.").format(path=to))
        return to
    folder = to or paths.documents_dir()
    name = file_name(job, suffix)
    target, number = folder / name, 1
    while target.exists() or _files_folder(target).exists():
        number += 1
        target = folder / f"{name.removesuffix(f'.{suffix}')}-{number}.{suffix}"
    return target


def export(
    journal: Journal,
    job: Job,
    suffix: str,
    to: Path | None = None,
    *,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    stop: threading.Event | None = None,
) -> Exported:
    """Write a job as one of FORMATS. Raises UsageError, also where it was stopped, and StorageError."""
    target = target_of(job, suffix, to).absolute()
    entries = journal.entries(job.id)
    made: list[Path] = []
    stage, total, done = _("Writing the report"), max(1, len(entries)), 0

    def tick() -> None:
        nonlocal done
        if stop is not None and stop.is_set():
            raise UsageError(_("Stopped. Nothing was written."))
        done = min(done + 1, total)
        progress(stage, done, total)

    try:
        links: dict[str, str] = {}
        for file in _beside(entries, suffix):
            tick()
            name = attachments.file_name(len(links) + 1, file.media_type, file.name)
            path = _files_folder(target) / name
            write_atomically(path, journal.attachment(file.digest))
            made.append(path)
            links[file.digest] = f"{path.parent.name}/{name}"
        content, unsettable = _content(journal, job, entries, suffix, links=links, tick=tick)
        tick()
        write_atomically(target, content)
        progress(stage, total, total)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        if made:
            with contextlib.suppress(OSError):
                made[0].parent.rmdir()
        raise
    return Exported(path=target, files=tuple(made), unsettable=unsettable)


def _content(
    journal: Journal,
    job: Job,
    entries: Sequence[Entry],
    suffix: str,
    *,
    links: Mapping[str, str],
    tick: Callable[[], None],
) -> tuple[bytes, str]:
    """The file's bytes, and the characters that are missing in it."""
    procedures = journal.procedures(job.id)
    if suffix == "json":
        return data.json_text(job, entries, procedures, links).encode(), ""
    if suffix == "csv":
        return data.csv_text(job, entries, procedures, links).encode(), ""
    report = report_of(job, entries, procedures)
    if suffix == "md":
        from fieldfare.report.markdown import markdown

        return "\n".join(markdown(report, links)).encode(), ""
    if suffix == "html":
        from fieldfare.report.html import html

        return "".join(html(report, catalogue.spoken(), journal.attachment)).encode(), ""
    if suffix == "pdf":
        from fieldfare.report.pdf import pdf, unsettable

        return pdf(report, journal.attachment, tick), unsettable(report)
    raise UsageError(_("There is no format {name}. Known are {known}.").format(name=suffix, known=", ".join(FORMATS)))


def _beside(entries: Sequence[Entry], suffix: str) -> tuple[Attached, ...]:
    """The attached files that the report itself cannot hold, each once."""
    held = {"html": ("image/", "application/"), "pdf": ("image/",)}.get(suffix, ())
    files = {entry.deed.digest: entry.deed for entry in entries if isinstance(entry.deed, Attached)}
    return tuple(file for file in files.values() if not file.media_type.startswith(held or "-"))


def _files_folder(target: Path) -> Path:
    return target.with_name(f"{target.name}-files")
