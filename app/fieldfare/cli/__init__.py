"""The command line: ask, search, pack, update, job, lang, model, doctor; without a command it opens the screen.

stdout is data, stderr is talk. Every error becomes a sentence and an exit code here, and nowhere else.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import threading
from typing import TYPE_CHECKING, cast

from fieldfare import __version__, catalogue, paths, settings
from fieldfare.capacity import check_processor
from fieldfare.catalogue import N_, _
from fieldfare.cli import (
    authors,
    checks,
    evaluations,
    jobs,
    languages,
    machine,
    models,
    packs,
    questions,
    signing,
    translations,
)
from fieldfare.cli.arguments import show_help, speak_usage
from fieldfare.cli.gate import Gate
from fieldfare.errors import (
    FieldfareError,
    ShortageError,
    SpaceError,
    StorageError,
    SystemLibraryError,
    UsageError,
    exit_code,
)
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

_AUTHORS = {one.__name__ for one in (authors, checks, evaluations, signing, translations)}  # speak English only
_LACKING = {
    ShortageError.exit_code: N_("There is not enough memory for this. Close other programs and try again."),
    SystemLibraryError.exit_code: N_(
        "The C library (glibc) of this system is older than Fieldfare needs. Use a newer release of the system."
    ),
}


def run() -> None:
    """Run with the arguments of the process and exit with its code.

    Threads are not waited for: who leaves the screen does not want the rest of a search, a translation or a copy, and what
    changes files is whole or not at all.
    """
    code = main(sys.argv[1:])
    if threading.active_count() > 1:
        with contextlib.suppress(OSError, AttributeError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    if sys.stdout is None or sys.stderr is None:  # closed by the shell: >&-
        return StorageError.exit_code
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    with (
        contextlib.redirect_stdout(cast("TextIO", Gate(sys.stdout))),
        contextlib.redirect_stderr(cast("TextIO", Gate(sys.stderr))),
    ):
        return _main(arguments)


def _main(arguments: Sequence[str]) -> int:
    _speak()
    options = _parser().parse_args(arguments)
    if options.all_users:
        os.environ["FIELDFARE_HOME"] = str(paths.site_dir())
        os.umask(0o022)
    if getattr(options, "json", False) or options.run.__module__ in _AUTHORS:
        catalogue.use("en")
    try:
        check_processor()
        code: int = options.run(options)
        sys.stdout.flush()
    except FieldfareError as error:
        print(f"fieldfare: {clean(str(error))}", file=sys.stderr)
        return exit_code(error)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("fieldfare.ingest"):
            return _say_fault(error)
        # The bundle for devices leaves out what makes packs.
        print(
            "fieldfare:",
            _(
                "This Fieldfare reads packs but does not make them. Use an installation for authors, then install the pack "
                "here: fieldfare pack install FILE.fpack"
            ),
            file=sys.stderr,
        )
        return UsageError.exit_code
    except KeyboardInterrupt as error:
        print(f"\nfieldfare: {_('stopped.')}", file=sys.stderr)
        return exit_code(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno is None or exit_code(error) in _LACKING:
            return _say_fault(error)
        sentence = _("The output cannot be written ({reason}).").format(reason=error.strerror or error)
        print(f"fieldfare: {sentence}", file=sys.stderr)
        with contextlib.suppress(OSError, AttributeError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SpaceError.exit_code if exit_code(error) == SpaceError.exit_code else StorageError.exit_code
    except (MemoryError, Exception) as error:  # noqa: BLE001 - whatever is wrong with the program itself, a person reads a sentence
        return _say_fault(error)
    return code


def _speak() -> None:
    """Speak the language that was chosen, or the system's; a damaged settings file is told by the command that needs it."""
    chosen, _problems = settings.read()
    catalogue.use(catalogue.language(chosen.screen_language or chosen.language))
    speak_usage()


def _say_fault(error: Exception) -> int:
    """What nobody foresaw, as a sentence: what this machine lacks, or else a fault of the program. The exit code.

    What a report of a fault needs goes into a file.
    """
    if (code := exit_code(error)) in _LACKING:
        print("fieldfare:", _(_LACKING[code]), file=sys.stderr)
        return code
    import traceback

    file = paths.data_dir() / "fault.txt"
    kept = ""
    with contextlib.suppress(FieldfareError):
        settings.write_atomically(file, "".join(traceback.format_exception(error)).encode("utf-8", "replace"))
        kept = " " + _("What a report of it needs stands in {file}.").format(file=file)
    sentence = _("Fieldfare met a fault of its own and stopped. What was installed and noted before is kept.")
    print(f"fieldfare: {clean(sentence + kept)}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fieldfare",
        description=_(
            "Answers from the manuals of your machine, with page and warnings, without any network. "
            "Without a command it opens the screen, or asks by lines where there is none."
        ),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"fieldfare {__version__}",
        help=_("show program's version number and exit"),
    )
    parser.add_argument(
        "--all-users",
        action="store_true",
        help=_("change what all users of this machine have; for IT, before a command"),
    )
    parser.add_argument(
        "--plain", action="store_true", help=_("ask and answer by lines: for screen readers, serial lines and scripts")
    )
    parser.add_argument("--ascii", action="store_true", help=_("the same with ASCII characters only"))
    parser.set_defaults(run=_screen)
    commands = parser.add_subparsers(title=_("commands"), metavar="COMMAND")
    questions.register(commands)
    pack = commands.add_parser("pack", help=_("make, test and sign packs of manuals; install, list and remove them"))
    pack.set_defaults(run=lambda _options: show_help(pack))
    pack_commands = pack.add_subparsers(title=_("commands"), metavar="COMMAND")
    authors.register(pack_commands)
    checks.register(pack_commands)
    translations.register(pack_commands)
    signing.register(pack_commands)
    packs.register(pack_commands)
    packs.register_update(commands)
    evaluations.register(commands)
    jobs.register(commands)
    languages.register(commands)
    models.register(commands)
    machine.register(commands)
    return parser


def _screen(options: argparse.Namespace) -> int:
    from fieldfare.assistant import open_assistant
    from fieldfare.journal import open_journal
    from fieldfare.preferences import Preferences

    plain = options.plain or options.ascii or not _has_screen()
    preferences = Preferences.open()
    assistant = open_assistant(preferences.current, eager=plain)
    try:
        with open_journal() as journal:
            if plain:
                from fieldfare.line import run as run_lines

                for problem in preferences.problems:
                    print(f"fieldfare: {clean(problem)}", file=sys.stderr)
                drafts = preferences.current.draft
                return run_lines(
                    assistant, journal, sys.stdin or io.StringIO(), sys.stdout, ascii_only=options.ascii, drafts=drafts
                )
            from fieldfare.tui import run as run_screen

            run_screen(assistant, preferences, journal, lambda: open_assistant(preferences.current))
    finally:
        assistant.close()
    return 0


def _has_screen() -> bool:
    """Whether there is a terminal that a screen can be drawn on; where none is, lines are read and written."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        return False
    return os.name == "nt" or (os.environ.get("TERM") or "dumb") not in {"dumb", "unknown"}
