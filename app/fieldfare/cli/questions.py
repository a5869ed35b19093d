"""`ask` and `search`."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shlex
import signal
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

from fieldfare import machines, output, settings
from fieldfare.catalogue import _
from fieldfare.domain import (
    Answered,
    BlockKind,
    Cancelled,
    Drafted,
    EvidenceFound,
    Failed,
    ModelStatus,
    Question,
    Verdict,
)
from fieldfare.errors import FieldfareError, PackError, UsageError
from fieldfare.telling import Paper, Telling
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.assistant import Assistant
    from fieldfare.cli.arguments import Commands
    from fieldfare.domain import Choice

PIPE_WIDTH = 100  # cells of a line where nobody says how long one may be
NO_ANSWER = 10  # the manuals do not say: not an error, but a script wants to know


def register(commands: Commands) -> None:
    """Declare the commands."""
    ask = commands.add_parser("ask", help=_("answer a question with its pages and warnings"))
    _question_arguments(ask)
    ask.add_argument(
        "--after",
        action="append",
        default=[],
        metavar="QUESTION",
        help=_("a question asked before, oldest first (repeatable)"),
    )
    ask.add_argument(
        "--draft",
        action=argparse.BooleanOptionalAction,
        help=_("let the language model write, or quote only, whatever the settings say"),
    )
    ask.add_argument("--original", action="store_true", help=_("print the original below every translation"))
    ask.set_defaults(run=_ask)

    search = commands.add_parser("search", help=_("find passages at once, without the language model"))
    _question_arguments(search)
    search.add_argument("--limit", type=int, default=5, metavar="N", help=_("how many passages (default 5)"))
    search.add_argument(
        "--figures",
        action="store_true",
        help=_("find figures, by their captions, the words in them and the text beside"),
    )
    search.set_defaults(run=_search)


def _question_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "question", nargs="+", metavar="QUESTION", help=_("the question; - reads it from standard input")
    )
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
    parser.add_argument(
        "--pack", action="append", default=[], metavar="ID", help=_("ask only this pack (may be repeated)")
    )
    parser.add_argument("--machine", default="", metavar="NAME", help=_("ask only the manuals of this machine"))
    parser.add_argument(
        "--language", default="", metavar="CODE", help=_("be answered in this language (es), whatever the question's")
    )


@contextlib.contextmanager
def _assistant(options: argparse.Namespace, *, draft: bool | None) -> Iterator[Assistant]:
    from dataclasses import replace

    from fieldfare.assistant import open_assistant

    chosen, wrong = settings.read()
    for problem in wrong:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if draft and not chosen.draft and "draft" in settings.locked():
        raise UsageError(_("{setting} is set by your IT and cannot be changed here.").format(setting="draft"))
    chosen = replace(chosen, draft=chosen.draft if draft is None else draft)
    assistant = open_assistant(chosen, eager=True)
    try:
        told = assistant.problems
        if told and not assistant.packs:
            raise PackError(_("{told} No other pack is installed.").format(told=" ".join(told)))
        for problem in told:
            print(f"fieldfare: {problem}", file=sys.stderr)
        _require_packs(assistant, getattr(options, "pack", []))
        if machine := getattr(options, "machine", ""):
            machines.covering(machine, [pack.manifest for pack in assistant.packs], options.pack)
        yield assistant
        for problem in assistant.problems:  # an embedder is opened by the question
            if problem not in told:
                print(f"fieldfare: {problem}", file=sys.stderr)
        if assistant.model_state.status is ModelStatus.FAILED:
            print(f"fieldfare: {clean(assistant.model_state.sentence)}", file=sys.stderr)
    finally:
        assistant.close()


def _require_packs(assistant: Assistant, wanted: Sequence[str]) -> None:
    known = {pack.manifest.id for pack in assistant.packs}
    if not known:
        raise UsageError(_("No pack is installed. Install one: fieldfare pack install FILE.fpack"))
    for id_ in wanted:
        if id_ not in known:
            raise UsageError(
                _("The pack {id} is not installed. Installed are: {known}.").format(
                    id=clean(id_), known=", ".join(sorted(known))
                )
            )


def _question(options: argparse.Namespace) -> Question:
    text = sys.stdin.read(1_000_000) if options.question == ["-"] else " ".join(options.question)
    history = tuple(map(clean, getattr(options, "after", [])))
    language = options.language.lower() or settings.read()[0].language
    if language and not re.fullmatch(r"[a-z]{2,3}", language):
        raise UsageError(
            _("--language must be a code of two or three letters, such as es, not {language}.").format(
                language=clean(language)
            )
        )
    return Question(
        text=clean(text), language=language, packs=tuple(options.pack), machine=clean(options.machine), history=history
    )


def _ask(options: argparse.Namespace) -> int:
    question = _question(options)
    cancel = threading.Event()
    paper = None if options.json else Paper(sys.stdout, output.terminal_width(sys.stdout) or PIPE_WIDTH)
    with _assistant(options, draft=options.draft) as assistant, _interruptible(cancel):
        telling = Telling(assistant, question, cancel, paper, originals=options.original)
        for event in assistant.ask(question, cancel):
            match event:
                case EvidenceFound():
                    telling.evidence(event)
                case Drafted():
                    telling.statement(event)
                case Answered(answer=answer):
                    telling.answer(answer)
                    if options.json:
                        made = output.answer_object(question, answer, telling.language, telling.said)
                        print(json.dumps(made, ensure_ascii=False, indent=2))
                    telling.choices(answer.choices, lambda one: _command(one, assistant, question))
                    return NO_ANSWER if answer.verdict in {Verdict.REFUSED, Verdict.CHOICE} else 0
                case Cancelled():
                    raise KeyboardInterrupt
                case Failed():
                    failure = FieldfareError(event.message)
                    failure.exit_code = event.exit_code
                    raise failure
    return 0


def _command(choice: Choice, assistant: Assistant, question: Question) -> str:
    """What asks one reading of a question."""
    named = len(question.packs or assistant.packs) > 1 or question.packs
    pack = f" --pack {choice.evidence.passage.pack}" if named else ""
    return f"fieldfare ask{pack} {shlex.quote(clean(choice.question.text))}"


@contextlib.contextmanager
def _interruptible(cancel: threading.Event) -> Iterator[None]:
    """Ctrl-C stops the answer in order instead of tearing it down."""
    previous = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _several(assistant: Assistant, question: Question) -> bool:
    """Whether the manuals of more than one machine are asked: then each page says whose it is."""
    return len(question.packs or assistant.packs) > 1 and not question.machine


def _search(options: argparse.Namespace) -> int:
    question = _question(options)
    if not 1 <= options.limit <= 100:
        raise UsageError(_("--limit must be from 1 to 100."))
    with _assistant(options, draft=False) as assistant:
        find = assistant.find_figures if options.figures else assistant.search
        evidence = find(question, options.limit)
        several = _several(assistant, question)
    if options.json:
        print(json.dumps({"question": question.text, "evidence": [output.evidence_object(one) for one in evidence]},
                         ensure_ascii=False, indent=2))  # fmt: skip
    elif not evidence:
        print(_("Nothing in the installed manuals matches. Try other words or a code."))
    for one in () if options.json else evidence:
        print(f"[{one.rank}] {output.source_line(one.passage, machine=several)}")
        for hazard in one.passage.hazards:
            print(output.hazard_lines(hazard, starts="    ⚠ "))
        if one.figure is not None:
            print(output.paragraph(output.figure_line(one.figure), starts="    ▣ "))
        if one.passage.kind is not BlockKind.HAZARD and (one.figure is None or one.passage.text != one.figure.caption):
            print(textwrap.indent(output.paragraph(output.shortened(clean(one.passage.text))), "    "))
        print()
    return 0 if evidence else NO_ANSWER
