"""The command line: ask, search, pack, model, doctor; without a command it opens the screen.

stdout is data, stderr is talk. Every error becomes a sentence and an exit code here, and nowhere else.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import __version__, output, settings
from fieldfare.domain import Answer, Answered, Cancelled, Drafted, EvidenceFound, Failed, Question, Verdict
from fieldfare.errors import FieldfareError, StorageError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Citation, Hazard

INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended, as shells report it
NO_ANSWER = 10  # the manuals do not say: not an error, but a script wants to know


def run() -> None:
    """Run with the arguments of the process and exit with its code."""
    raise SystemExit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    if sys.stdout is None or sys.stderr is None:  # closed by the shell: >&-
        return StorageError.exit_code
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except FieldfareError as error:
        print(f"fieldfare: {clean(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nfieldfare: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"fieldfare: the output cannot be written ({error.strerror or error}).", file=sys.stderr)
        with contextlib.suppress(OSError, AttributeError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return StorageError.exit_code
    except MemoryError:
        print("fieldfare: there is not enough memory. Close other programs and try again.", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fieldfare",
        description="Answers from the manuals of your machine, with page and warnings, without any network. "
        "Without a command it opens the screen.",
    )
    parser.add_argument("--version", action="version", version=f"fieldfare {__version__}")
    parser.set_defaults(run=_screen)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    ask = commands.add_parser("ask", help="answer a question with its pages and warnings")
    _question_arguments(ask)
    ask.add_argument("--no-draft", action="store_true", help="quote only, load no language model")
    ask.set_defaults(run=_ask)

    search = commands.add_parser("search", help="find passages at once, without the language model")
    _question_arguments(search)
    search.add_argument("--limit", type=int, default=5, metavar="N", help="how many passages (default 5)")
    search.set_defaults(run=_search)

    pack = commands.add_parser("pack", help="build, install, list and remove packs of manuals")
    pack.set_defaults(run=lambda _: _help(pack))
    packs = pack.add_subparsers(title="commands", metavar="COMMAND")
    build = packs.add_parser("build", help="build a pack from a folder of manuals, a pack.toml or one manual")
    build.add_argument("source", type=Path, metavar="SOURCE")
    build.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.fpack")
    build.add_argument(
        "--language", default="", metavar="CODE", help="language of the manuals, if no pack.toml says it"
    )
    build.add_argument("--no-meaning", action="store_true", help="leave out the vectors: found by words and codes only")
    build.set_defaults(run=_pack_build)
    inspect = packs.add_parser("inspect", help="show what a pack holds")
    inspect.add_argument("file", type=Path, metavar="FILE.fpack")
    inspect.set_defaults(run=_pack_inspect)
    install = packs.add_parser("install", help="install a pack on this device")
    install.add_argument("file", type=Path, metavar="FILE.fpack")
    install.set_defaults(run=_pack_install)
    listing = packs.add_parser("list", help="list the installed packs")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_pack_list)
    remove = packs.add_parser("remove", help="remove an installed pack")
    remove.add_argument("id", metavar="ID")
    remove.set_defaults(run=_pack_remove)

    model = commands.add_parser("model", help="show or choose the language model")
    model.set_defaults(run=lambda _: _help(model))
    models = model.add_subparsers(title="commands", metavar="COMMAND")
    show = models.add_parser("show", help="show a model file and whether it fits this machine")
    show.add_argument("file", type=Path, nargs="?", metavar="FILE.gguf")
    show.set_defaults(run=_model_show)
    use = models.add_parser("use", help="use a GGUF model below 2B parameters; 'embedded' goes back")
    use.add_argument("file", metavar="FILE.gguf")
    use.add_argument("--sha256", default="", metavar="DIGEST", help="the SHA-256 that the file must have")
    use.set_defaults(run=_model_use)

    doctor = commands.add_parser("doctor", help="check this machine, the models, the packs and that it is offline")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)
    return parser


def _question_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="+", metavar="QUESTION", help="the question; - reads it from standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--pack", action="append", default=[], metavar="ID", help="ask only this pack (may be repeated)"
    )


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help(sys.stderr)
    return UsageError.exit_code


@contextlib.contextmanager
def _assistant(options: argparse.Namespace, *, draft: bool) -> Iterator[Assistant]:
    from dataclasses import replace

    from fieldfare.assistant import open_assistant

    chosen = settings.load()
    chosen = replace(chosen, draft=chosen.draft and draft)
    assistant = open_assistant(chosen, eager=True)
    try:
        for problem in assistant.problems:
            print(f"fieldfare: {problem}", file=sys.stderr)
        _require_packs(assistant, getattr(options, "pack", []))
        yield assistant
    finally:
        assistant.close()


def _require_packs(assistant: Assistant, wanted: Sequence[str]) -> None:
    known = {pack.manifest.id for pack in assistant.packs}
    if not known:
        raise UsageError("No pack is installed. Install one: fieldfare pack install FILE.fpack")
    for id_ in wanted:
        if id_ not in known:
            raise UsageError(f"The pack {clean(id_)} is not installed. Installed are: {', '.join(sorted(known))}.")


def _question(options: argparse.Namespace) -> Question:
    text = sys.stdin.read(1_000_000) if options.question == ["-"] else " ".join(options.question)
    return Question(text=clean(text), packs=tuple(options.pack))


def _screen(_options: argparse.Namespace) -> int:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError('The screen needs a terminal. Without one, use: fieldfare ask "…", or fieldfare --help')
    from fieldfare.assistant import open_assistant
    from fieldfare.tui import run as run_screen

    assistant = open_assistant(settings.load())
    try:
        run_screen(assistant)
    finally:
        assistant.close()
    return 0


def _ask(options: argparse.Namespace) -> int:
    question = _question(options)
    cancel = threading.Event()
    with _assistant(options, draft=not options.no_draft) as assistant, _interruptible(cancel):
        hazards: tuple[Hazard, ...] = ()
        cited: list[Citation] = []
        for event in assistant.ask(question, cancel):
            match event:
                case EvidenceFound():
                    hazards = event.hazards
                    if not options.json:
                        _print_hazards(hazards)
                case Drafted(statement=statement):
                    cited.append(statement.citation)
                    if not options.json:
                        number = _number_of(cited, statement.citation)
                        print(output.paragraph(clean(statement.text), ends=f" [{number}]"), end="\n\n", flush=True)
                case Answered(answer=answer):
                    if options.json:
                        print(json.dumps(output.answer_object(question, answer), ensure_ascii=False, indent=2))
                    else:
                        _print_hazards([one for one in answer.hazards if one not in hazards])
                        _print_sources(answer)
                    return NO_ANSWER if answer.verdict is Verdict.REFUSED else 0
                case Cancelled():
                    raise KeyboardInterrupt
                case Failed(message=message):
                    raise FieldfareError(message)
    return 0


@contextlib.contextmanager
def _interruptible(cancel: threading.Event) -> Iterator[None]:
    """Ctrl-C stops the answer in order instead of tearing it down."""
    previous = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _number_of(cited: Sequence[Citation], citation: Citation) -> int:
    places = list(dict.fromkeys((one.passage.pack, one.passage.id) for one in cited))
    return places.index((citation.passage.pack, citation.passage.id)) + 1


def _print_hazards(hazards: Sequence[Hazard]) -> None:
    for hazard in hazards:
        print(
            output.paragraph(f"{clean(hazard.signal_word)}: {clean(hazard.text)}", starts="⚠ "), end="\n\n", flush=True
        )


def _print_sources(answer: Answer) -> None:
    if answer.verdict is Verdict.REFUSED:
        print(output.paragraph(answer.message), end="\n\n")
        passages = [one.passage for one in answer.evidence]
    else:
        passages = list(
            {(p.pack, p.id): p for p in (statement.citation.passage for statement in answer.statements)}.values()
        )
    for number, passage in enumerate(passages, 1):
        print(f"[{number}] {output.source_line(passage)}")


def _search(options: argparse.Namespace) -> int:
    question = _question(options)
    if not 1 <= options.limit <= 100:
        raise UsageError("--limit must be from 1 to 100.")
    with _assistant(options, draft=False) as assistant:
        evidence = assistant.search(question, options.limit)
    if options.json:
        print(json.dumps({"question": question.text, "evidence": [output.evidence_object(one) for one in evidence]},
                         ensure_ascii=False, indent=2))  # fmt: skip
    elif not evidence:
        print("Nothing in the installed manuals matches. Try other words or a code.")
    for one in () if options.json else evidence:
        print(f"[{one.rank}] {output.source_line(one.passage)}")
        for hazard in one.passage.hazards:
            print(output.paragraph(f"{clean(hazard.signal_word)}: {clean(hazard.text)}", starts="    ⚠ "))
        print(textwrap.indent(output.paragraph(output.shortened(clean(one.passage.text))), "    "), end="\n\n")
    return 0 if evidence else NO_ANSWER


class _Progress:
    """One line on stderr that says how far a stage is, how fast, and how long it will take."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._shown = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._shown = stage, now, 0.0
        quiet = 0.2 if sys.stderr.isatty() else 10.0
        if done < total and now - self._shown < quiet:
            return
        self._shown = now
        rate = done / max(now - self._began, 0.001)
        left = f", {(total - done) / rate:.0f} s left" if done < total else ""
        line = f"{stage}: {done} of {total} ({rate:.1f}/s{left})"
        if sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)


def _pack_build(options: argparse.Namespace) -> int:
    from fieldfare.assistant import open_embedder

    try:
        from fieldfare.ingest.creator import build
        from fieldfare.ingest.sources import read_source
    except ModuleNotFoundError as error:  # the bundle for devices leaves out what reads manuals
        raise UsageError(
            "This Fieldfare reads packs but does not build them. Build the pack with an installation for authors, then "
            "install it here: fieldfare pack install FILE.fpack"
        ) from error

    embedder = None if options.no_meaning else open_embedder()
    if embedder is None and not options.no_meaning:
        raise UsageError("The embedder is not installed. Set it up, or build with --no-meaning (words and codes only).")
    source = read_source(options.source, language=options.language)
    report = build(source, options.output, embedder, _Progress())
    made = report.manifest
    for loss in report.losses:
        print(f"lost: {clean(loss)}", file=sys.stderr)
    print(
        f"{options.output}: {made.id} {made.version}, {report.size / 1e6:.1f} MB: {report.sections} sections, "
        f"{made.passages} passages, {report.steps} steps, {report.tables} tables, {made.hazards} hazards, "
        f"{made.figures} figures, {report.identifiers} identifiers, {len(report.losses)} losses"
    )
    return 0


def _pack_inspect(options: argparse.Namespace) -> int:
    from fieldfare.pack.archive import Archive

    if not options.file.is_file():
        raise UsageError(f"{options.file} does not exist.")
    archive = Archive(options.file)
    made = archive.manifest
    print(
        f"{clean(made.title)}\n  id {made.id}, version {made.version}, language {made.language}, licence {made.licence or '-'}"
    )
    print(f"  {made.passages} passages, {made.hazards} hazards, {made.figures} figures")
    for machine in made.machines:
        print(f"  machine: {clean(str(machine))} {clean(machine.serials)}".rstrip())
    embedder = made.embedder
    print(
        f"  embedder: {f'{embedder.name} {embedder.version}, {embedder.dimension} dimensions' if embedder else 'none'}"
    )
    for path, label in archive.outline():
        if path:
            print(f"  {'  ' * (len(path) - 1)}{clean(path[-1])}{f'  (p. {clean(label)})' if label else ''}")
    archive.close()
    return 0


def _pack_install(options: argparse.Namespace) -> int:
    from fieldfare import library

    made = library.install(options.file)
    print(
        f"{clean(made.title)} ({made.id} {made.version}) is installed: {made.passages} passages, {made.hazards} hazards."
    )
    return 0


def _pack_list(options: argparse.Namespace) -> int:
    from fieldfare import library

    shelf = library.open_shelf()
    shelf.close()
    for problem in shelf.problems:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if options.json:
        rows = [
            {"id": p.manifest.id, "version": p.manifest.version, "title": p.manifest.title, "size": p.size,
             "bundled": p.bundled, "machines": [str(machine) for machine in p.manifest.machines]}
            for p in shelf.packs
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not shelf.packs:
        print("No pack is installed. Install one: fieldfare pack install FILE.fpack")
    for pack in () if options.json else shelf.packs:
        origin = ", came with the program" if pack.bundled else ""
        print(
            f"{pack.manifest.id} {pack.manifest.version}  {clean(pack.manifest.title)}  ({pack.size / 1e6:.1f} MB{origin})"
        )
    return 0


def _pack_remove(options: argparse.Namespace) -> int:
    from fieldfare import library

    library.remove(options.id)
    print(f"{options.id} is removed.")
    return 0


def _model_show(options: argparse.Namespace) -> int:
    import psutil

    from fieldfare import llm, paths

    chosen = settings.load()
    file = options.file or (Path(chosen.model) if chosen.model else paths.language_model_file())
    found = llm.inspect(file)
    print(f"{file}\n{found.describe()}")
    llm.check(found, psutil.virtual_memory().available)
    print("It fits this machine.")
    return 0


def _model_use(options: argparse.Namespace) -> int:
    if options.file == "embedded":
        settings.change(model="", model_sha256="")
        print("The embedded language model is used.")
        return 0
    import psutil

    from fieldfare import llm

    file = Path(options.file).absolute()
    if options.sha256:
        llm.verify(file, options.sha256.lower())
    llm.check(llm.inspect(file), psutil.virtual_memory().available)
    settings.change(model=str(file), model_sha256=options.sha256.lower())
    print(f"{file} is used from now on.")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from fieldfare.doctor import examine

    findings = examine()
    if options.json:
        rows = [{"check": one.check, "ok": one.ok, "finding": one.finding} for one in findings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            print(f"{'ok  ' if one.ok else 'FAIL'}  {one.check:<10} {clean(one.finding)}")
    return 0 if all(one.ok for one in findings) else 1
