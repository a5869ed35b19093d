"""`ask` and `search`."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import signal
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

from fieldfare import machines, output, settings
from fieldfare.domain import (
    Answer,
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
from fieldfare.errors import FieldfareError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.assistant import Assistant
    from fieldfare.cli.arguments import Commands
    from fieldfare.domain import Citation, Hazard

NO_ANSWER = 10  # the manuals do not say: not an error, but a script wants to know


def register(commands: Commands) -> None:
    """Declare the commands."""
    ask = commands.add_parser("ask", help="answer a question with its pages and warnings")
    _question_arguments(ask)
    ask.add_argument(
        "--after",
        action="append",
        default=[],
        metavar="QUESTION",
        help="a question asked before, oldest first (repeatable)",
    )
    ask.add_argument(
        "--draft",
        action=argparse.BooleanOptionalAction,
        help="let the language model write, or quote only, whatever the settings say",
    )
    ask.set_defaults(run=_ask)

    search = commands.add_parser("search", help="find passages at once, without the language model")
    _question_arguments(search)
    search.add_argument("--limit", type=int, default=5, metavar="N", help="how many passages (default 5)")
    search.add_argument(
        "--figures", action="store_true", help="find figures, by their captions, the words in them and the text beside"
    )
    search.set_defaults(run=_search)


def _question_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="+", metavar="QUESTION", help="the question; - reads it from standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--pack", action="append", default=[], metavar="ID", help="ask only this pack (may be repeated)"
    )
    parser.add_argument("--machine", default="", metavar="NAME", help="ask only the manuals of this machine")


@contextlib.contextmanager
def _assistant(options: argparse.Namespace, *, draft: bool | None) -> Iterator[Assistant]:
    from dataclasses import replace

    from fieldfare.assistant import open_assistant

    chosen = settings.load()
    chosen = replace(chosen, draft=chosen.draft if draft is None else draft)
    assistant = open_assistant(chosen, eager=True)
    try:
        told = assistant.problems
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
        raise UsageError("No pack is installed. Install one: fieldfare pack install FILE.fpack")
    for id_ in wanted:
        if id_ not in known:
            raise UsageError(f"The pack {clean(id_)} is not installed. Installed are: {', '.join(sorted(known))}.")


def _question(options: argparse.Namespace) -> Question:
    text = sys.stdin.read(1_000_000) if options.question == ["-"] else " ".join(options.question)
    history = tuple(map(clean, getattr(options, "after", [])))
    return Question(text=clean(text), packs=tuple(options.pack), machine=clean(options.machine), history=history)


def _ask(options: argparse.Namespace) -> int:
    question = _question(options)
    cancel = threading.Event()
    with _assistant(options, draft=options.draft) as assistant, _interruptible(cancel):
        told: list[Hazard] = []
        cited: list[Citation] = []
        named: list[str] = []
        several = _several(assistant, question)
        for event in assistant.ask(question, cancel):
            match event:
                case EvidenceFound():
                    if not options.json:
                        if event.asked:
                            print(output.paragraph(f"Asked as: {clean(event.asked)}"), end="\n\n", flush=True)
                        _print_hazards(event.hazards, told)
                case Drafted(statement=statement):
                    cited.append(statement.citation)
                    if not options.json:
                        _print_hazards(event.hazards, told)
                        if several and statement.citation.passage.machine not in named[-1:]:
                            named.append(statement.citation.passage.machine)
                            print(f"{clean(named[-1])}:")
                        number = _number_of(cited, statement.citation)
                        print(output.paragraph(clean(statement.text), ends=f" [{number}]"))
                        for line in statement.conversions:
                            print(output.paragraph(line, starts="    ", ends=" (converted)"))
                        print(flush=True)
                case Answered(answer=answer):
                    if options.json:
                        print(json.dumps(output.answer_object(question, answer), ensure_ascii=False, indent=2))
                    else:
                        _print_hazards(answer.hazards, told)
                        _print_sources(answer, several=several)
                    return NO_ANSWER if answer.verdict in {Verdict.REFUSED, Verdict.CHOICE} else 0
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


def _print_hazards(hazards: Sequence[Hazard], told: list[Hazard]) -> None:
    """Print the warnings that were not told yet, before what they protect."""
    for hazard in hazards:
        if hazard not in told:
            told.append(hazard)
            print(output.hazard_lines(hazard), end="\n\n", flush=True)


def _several(assistant: Assistant, question: Question) -> bool:
    """Whether the manuals of more than one machine are asked: then each page says whose it is."""
    return len(question.packs or assistant.packs) > 1 and not question.machine


def _print_choices(answer: Answer, *, several: bool) -> None:
    print(output.paragraph(answer.message), end="\n\n")
    for number, one in enumerate(answer.choices, 1):
        pack = f" --pack {one.evidence.passage.pack}" if several else ""
        print(output.paragraph(clean(one.question.text), starts=f"{number}. "))
        print(textwrap.indent(output.source_line(one.evidence.passage, machine=several), "   "))
        print(f"   fieldfare ask{pack} {shlex.quote(clean(one.question.text))}", end="\n\n")


def _print_sources(answer: Answer, *, several: bool) -> None:
    if answer.verdict is Verdict.CHOICE:
        _print_choices(answer, several=several)
        return
    if answer.verdict is Verdict.REFUSED:
        print(output.paragraph(answer.message), end="\n\n")
        passages = [one.passage for one in answer.evidence]
    else:
        passages = list(
            {(p.pack, p.id): p for p in (statement.citation.passage for statement in answer.statements)}.values()
        )
    for number, passage in enumerate(passages, 1):
        print(f"[{number}] {output.source_line(passage, machine=several)}")


def _search(options: argparse.Namespace) -> int:
    question = _question(options)
    if not 1 <= options.limit <= 100:
        raise UsageError("--limit must be from 1 to 100.")
    with _assistant(options, draft=False) as assistant:
        find = assistant.find_figures if options.figures else assistant.search
        evidence = find(question, options.limit)
        several = _several(assistant, question)
    if options.json:
        print(json.dumps({"question": question.text, "evidence": [output.evidence_object(one) for one in evidence]},
                         ensure_ascii=False, indent=2))  # fmt: skip
    elif not evidence:
        print("Nothing in the installed manuals matches. Try other words or a code.")
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
