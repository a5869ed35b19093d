"""Jobs on this device: what was done, noted and measured; reports, handing over, wiping. The screen does the same with F5."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import catalogue, settings
from fieldfare.catalogue import _, ngettext
from fieldfare.cli.arguments import Progress, show_help
from fieldfare.errors import UsageError
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    import argparse

    from fieldfare.cli.arguments import Commands
    from fieldfare.domain import Job
    from fieldfare.journal import Journal


def register(commands: Commands) -> None:
    """Declare `job` and its commands."""
    job = commands.add_parser("job", help=_("what was done at a machine: notes, reports, handing over, wiping"))
    job.set_defaults(run=lambda _options: show_help(job))
    ones = job.add_subparsers(title="commands", metavar="COMMAND")
    _command(ones, "list", _list, _("list the jobs of this device"))
    show = _command(ones, "show", _show, _("show what was done in a job"))
    _job_argument(show)
    begin = _command(ones, "begin", _begin, _("begin a job; what is done from now on belongs to it"))
    begin.add_argument("title", nargs="?", default="", metavar="TITLE")
    begin.add_argument("--order", default="", help=_("number of the work order"))
    begin.add_argument("--maker", default="")
    begin.add_argument("--model", default="")
    begin.add_argument("--serial", default="")
    finish = _command(ones, "finish", _finish, _("end a job"))
    _job_argument(finish)
    finish.add_argument("--yes", action="store_true", help=_("do not ask"))
    reopen = _command(ones, "reopen", _reopen, _("go on with a job"))
    reopen.add_argument("job", metavar="JOB")
    note = _command(ones, "note", _note, _("write a note down in the current job"))
    note.add_argument("text", metavar="TEXT")
    attach = _command(ones, "attach", _attach, _("attach a photograph or PDF to the current job"))
    attach.add_argument("file", type=Path, metavar="FILE")
    attach.add_argument("--caption", default="")
    export = _command(ones, "export", _export, _("write the report of a job"))
    _job_argument(export)
    export.add_argument(
        "--format", choices=("pdf", "html", "md", "csv", "json"), help=_("default: pdf, or as the file is named")
    )
    export.add_argument("--to", type=Path, metavar="FILE|FOLDER", help=_("default: your documents"))
    over = _command(ones, "hand-over", _hand_over, _("write a job as one file for a colleague"))
    _job_argument(over)
    over.add_argument("--to", type=Path, metavar="FILE.fjob|FOLDER", help=_("default: your documents"))
    receive = _command(ones, "receive", _receive, _("take in a job that a colleague handed over"))
    receive.add_argument("file", type=Path, metavar="FILE.fjob")
    wipe = _command(ones, "wipe", _wipe, _("remove a job for good, or everything that was written down"))
    wipe.add_argument("job", nargs="?", default="", metavar="JOB")
    wipe.add_argument("--all", action="store_true", help=_("all jobs, bookmarks, notes, questions and the machine"))
    wipe.add_argument("--yes", action="store_true", help=_("do not ask"))


def _command(commands: Commands, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument("--json", action="store_true", help=_("say it as JSON"))
    parser.set_defaults(run=lambda options: _with_journal(options, run))
    return parser


def _job_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "job", nargs="?", default="", metavar="JOB", help=_("its number; default: the current, else the last")
    )


def _with_journal(options: argparse.Namespace, run: Any) -> int:
    from fieldfare.journal import open_journal

    with open_journal() as journal:
        problem = journal.problem
        if problem:
            print(f"fieldfare: {clean(problem)}", file=sys.stderr)
        code: int = run(options, journal)
        if journal.problem != problem:
            print(f"fieldfare: {clean(journal.problem)}", file=sys.stderr)
        return code


def _meant(options: argparse.Namespace, journal: Journal) -> Job:
    """The job that is named; the current one, else the last."""
    if options.job:
        return journal.job(options.job)
    jobs = journal.jobs()
    if not jobs:
        raise UsageError(_("There is no job yet. Begin one: fieldfare job begin"))
    return journal.current() or jobs[0]


def _tell(options: argparse.Namespace, values: object, sentence: str) -> int:
    print(json.dumps(values, ensure_ascii=False, indent=2) if options.json else sentence)
    return 0


def _named(job: Job) -> str:
    from fieldfare.report.contents import job_name

    return f"{job.number} ({job_name(job)})"


def _job_values(job: Job) -> dict[str, Any]:
    from fieldfare.journal import records

    values: dict[str, Any] = records.plain(job)
    return values


def _list(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.report.contents import job_name, time_line

    jobs, current = journal.jobs(), journal.current()
    if options.json:
        return _tell(options, [_job_values(job) | {"current": job == current} for job in jobs], "")
    if not jobs:
        print(_("There is no job yet. Begin one: fieldfare job begin"))
    for job in jobs:
        state = _("current") if job == current else _("finished") if job.ended else _("open")
        parts = (job_name(job), squeeze(str(job.machine)), squeeze(job.machine.serial), squeeze(job.order))
        print(f"{job.number:>4}  {time_line(job.begun)}  {state}  {', '.join(dict.fromkeys(filter(None, parts)))}")
    return 0


def _show(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.report import contents, data

    job = _meant(options, journal)
    entries = journal.entries(job.id)
    if options.json:
        return _tell(options, data.job_object(job, entries, journal.procedures(job.id), {}), "")
    report = contents.report_of(job, entries)
    print(clean(report.title))
    for label, value in report.facts:
        print(f"{label}: {', '.join(clean(value).splitlines())}")
    for entry in entries:
        print(f"{contents.time_line(entry.at)}  {contents.describe(entry.deed)}")
    return 0


def _begin(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.domain import WorkMachine

    machine = WorkMachine(maker=options.maker, model=options.model, serial=options.serial)
    job = journal.begin(options.title, options.order, machine if machine.is_known else None)
    return _tell(options, _job_values(job), _("Job {job} is begun.").format(job=_named(job)))


def _finish(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.report.contents import open_steps

    job = _meant(options, journal)
    if (still := open_steps(journal.procedures(job.id))) and not job.ended:
        if not options.yes and sys.stdin and sys.stdin.isatty():
            question = _("{open}: finish all the same? Type yes:").format(open=still)
            if not _confirmed(question):
                print(_("The job goes on."), file=sys.stderr)
                return 1
        else:
            print(f"fieldfare: {still}.", file=sys.stderr)
    job = journal.finish(job.id)
    sentence = _("Job {job} is finished. Its report: fieldfare job export {number}")
    return _tell(options, _job_values(job), sentence.format(job=_named(job), number=job.number))


def _confirmed(question: str) -> bool:
    print(question, end=" ", file=sys.stderr, flush=True)
    return input().strip().casefold() in {"yes", _("yes")}


def _reopen(options: argparse.Namespace, journal: Journal) -> int:
    job = journal.reopen(journal.job(options.job).id)
    return _tell(options, _job_values(job), _("Job {job} goes on.").format(job=_named(job)))


def _note(options: argparse.Namespace, journal: Journal) -> int:
    if not squeeze(options.text):
        raise UsageError(_("The note is empty."))
    entry = journal.note(clean(options.text))
    return _tell(options, {"entry": entry.id}, _("Noted in job {job}.").format(job=_named(_meant_now(journal))))


def _attach(options: argparse.Namespace, journal: Journal) -> int:
    entry = journal.attach(options.file, clean(options.caption))
    sentence = _("{name} is attached to job {job}.")
    return _tell(
        options,
        {"entry": entry.id},
        sentence.format(name=squeeze(options.file.name), job=_named(_meant_now(journal))),
    )


def _meant_now(journal: Journal) -> Job:
    return journal.current() or journal.jobs()[0]


def _export(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.report.export import FORMATS, export, unsettable_sentence

    job = _meant(options, journal)
    named = options.to.suffix.lower().lstrip(".") if options.to and not options.to.is_dir() else ""
    suffix = options.format or (named if named in FORMATS else "pdf")
    if options.json:  # what is said is for a program, the report is for people
        chosen, _problems = settings.read()
        catalogue.use(catalogue.language(chosen.screen_language or chosen.language))
    done = export(journal, job, suffix, options.to, progress=Progress())
    sentence = _("The report is written: {path}").format(path=clean(str(done.path)))
    if done.files:
        files = ngettext("{number} file", "{number} files", len(done.files)).format(number=len(done.files))
        sentence += "\n" + _("Beside it: {folder} ({files})").format(
            folder=clean(str(done.files[0].parent)), files=files
        )
    if done.unsettable:
        print(unsettable_sentence(done.unsettable), file=sys.stderr)
    return _tell(options, {"path": str(done.path), "files": [str(file) for file in done.files]}, sentence)


def _hand_over(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.journal.handover import hand_over
    from fieldfare.report.export import target_of

    job = _meant(options, journal)
    target = target_of(job, "fjob", options.to).absolute()
    hand_over(journal, job, target, Progress())
    sentence = _("Job {job} is written for a colleague: {path}\nThere: fieldfare job receive FILE")
    return _tell(options, {"path": str(target)}, sentence.format(job=_named(job), path=clean(str(target))))


def _receive(options: argparse.Namespace, journal: Journal) -> int:
    from fieldfare.journal.handover import receive

    job, new = receive(journal, options.file, Progress())
    entries = ngettext("{number} new entry", "{number} new entries", new).format(number=new)
    sentence = _("Job {job} is here, {entries}. Go on with it: fieldfare job reopen {number}")
    return _tell(
        options, _job_values(job) | {"new": new}, sentence.format(job=_named(job), entries=entries, number=job.number)
    )


def _wipe(options: argparse.Namespace, journal: Journal) -> int:
    if bool(options.job) == options.all:
        raise UsageError(_("Name the job to wipe, or --all."))
    job = None if options.all else journal.job(options.job)
    what = (
        _("everything: all jobs, bookmarks, notes and questions")
        if job is None
        else _("job {job}").format(job=_named(job))
    )
    if not options.yes:
        if not sys.stdin or not sys.stdin.isatty():
            raise UsageError(_("Wiping cannot be undone. Say --yes where nobody can be asked."))
        if not _confirmed(_("Wipe {what}? It cannot be undone. Type yes:").format(what=what)):
            print(_("Nothing was wiped."), file=sys.stderr)
            return 1
    if job is None:
        journal.wipe_everything()
    else:
        journal.wipe(job.id)
    return _tell(options, {"wiped": "all" if job is None else job.id}, _("Wiped: {what}.").format(what=what))
