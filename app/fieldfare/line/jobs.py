"""The job by lines: what was done, its name, its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.report.contents import describe, job_name, open_steps, time_line
from fieldfare.typed_paths import typed_path

if TYPE_CHECKING:
    from fieldfare.domain import Job
    from fieldfare.line.session import Session


def carry_out(session: Session, text: str) -> None:
    """`j` alone shows the job; with a word it is named, attached to, finished or exported. Raises FieldfareError."""
    word, _space, rest = text.partition(" ")
    journal, say = session.journal, session.dialogue.say
    job = journal.current()
    match word:
        case "":
            _show(session)
        case "new" | "name":
            job = journal.begin(rest) if word == "new" or job is None else journal.name(job.id, rest, job.order)
            say(_("The job is now: {name}").format(name=job_name(job)))
        case "file" if rest:
            journal.attach(typed_path(rest))
            say(_("Attached."))
        case "end" if job:
            _finish(session, job)
        case "report" if job:
            _export(session, rest or "html")
        case "end" | "report":
            say(_("There is no job yet. It begins with the first question or note."))
        case _other:
            for line in _usage():
                say(line)


def _finish(session: Session, job: Job) -> None:
    dialogue = session.dialogue
    if still := open_steps(session.journal.procedures(job.id)):
        typed = dialogue.ask(_("{open}: finish all the same? Type yes:").format(open=still)) or ""
        if typed.strip().casefold() not in {"yes", _("yes")}:
            dialogue.say(_("The job goes on."))
            return
    dialogue.say(_("Finished: {name}").format(name=job_name(session.journal.finish(job.id))))


def _show(session: Session) -> None:
    job = session.journal.current()
    if job is None:
        session.dialogue.say(_("There is no job yet. It begins with the first question or note."))
    else:
        session.dialogue.say(job_name(job))
        entries = session.journal.entries(job.id)
        session.dialogue.show(
            session.dialogue.laid_out(f"{time_line(one.at)}  {describe(one.deed)}") for one in entries
        )
    for line in _usage():
        session.dialogue.say(line)


def _usage() -> tuple[str, ...]:
    return (
        _("j name TEXT: name the job. j new TEXT: begin another. j file PATH: attach a photograph or PDF."),
        _("j report: write the report (j report pdf, html, md, csv or json). j end: finish the job."),
    )


def _export(session: Session, kind: str) -> None:
    from fieldfare.report.export import FORMATS, export

    job = session.journal.current()
    if kind not in FORMATS or job is None:
        session.dialogue.say(_("A report is one of: {kinds}").format(kinds=", ".join(FORMATS)))
        return
    done = export(session.journal, job, kind)
    session.dialogue.say(_("The report is {file}").format(file=done.path))
    for file in done.files:
        session.dialogue.say(_("Beside it: {file}").format(file=file))
