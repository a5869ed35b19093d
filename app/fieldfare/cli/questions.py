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
from fieldfare.domain.translation import Text
from fieldfare.errors import FieldfareError, PackError, UsageError
from fieldfare.text import clean, primary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.assistant import Assistant
    from fieldfare.cli.arguments import Commands
    from fieldfare.domain import Citation, Hazard, Passage
    from fieldfare.domain.translation import Rendering

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
    with _assistant(options, draft=options.draft) as assistant, _interruptible(cancel):
        telling = _Telling(assistant, question, cancel, quiet=options.json, originals=options.original)
        for event in assistant.ask(question, cancel):
            match event:
                case EvidenceFound():
                    telling.evidence(event)
                case Drafted():
                    telling.statement(event)
                case Answered(answer=answer):
                    telling.answer(answer)
                    return NO_ANSWER if answer.verdict in {Verdict.REFUSED, Verdict.CHOICE} else 0
                case Cancelled():
                    raise KeyboardInterrupt
                case Failed(message=message):
                    raise FieldfareError(message)
    return 0


class _Telling:
    """Prints an answer as it comes, in the technician's language; a `quiet` one prints it as JSON in the end.

    Below a translation that nobody approved stands the original; `originals` puts it below every one.
    """

    def __init__(
        self, assistant: Assistant, question: Question, cancel: threading.Event, *, quiet: bool, originals: bool
    ) -> None:
        self._assistant, self._question, self._cancel, self._quiet = assistant, question, cancel, quiet
        self._originals = originals
        self._language = assistant.language_of(question)
        self._several = _several(assistant, question)
        self._hazards: list[Hazard] = []
        self._cited: list[Citation] = []
        self._machine = ""
        self._said: dict[str, Rendering] = {}

    def evidence(self, event: EvidenceFound) -> None:
        """The question as it was put, and the warnings of what will likely be cited."""
        if event.asked and not self._quiet:
            print(
                output.paragraph(_("Asked as: {question}").format(question=clean(event.asked))), end="\n\n", flush=True
            )
        self._warn(event.hazards, [one.passage for one in event.evidence])

    def statement(self, event: Drafted) -> None:
        """A statement after its warnings, with the number of its source."""
        statement = event.statement
        passage = statement.citation.passage
        self._cited.append(statement.citation)
        self._warn(event.hazards, [passage])
        said = self._translated(Text(text=statement.text, context=" > ".join(passage.heading),
                                     cells=passage.kind is BlockKind.TABLE), passage)  # fmt: skip
        if self._quiet:
            return
        if self._several and passage.machine != self._machine:
            self._machine = passage.machine
            print(f"{clean(self._machine)}:")
        number = f" [{_number_of(self._cited, statement.citation)}]"
        print(output.paragraph(clean(said.text if said else statement.text), ends=number))
        if said and (origin := output.origin(said)):
            print(output.paragraph(f"({clean(origin)})", starts="    "))
        if said and said.changed and (self._originals or not said.approved):
            print(output.paragraph(clean(statement.text), starts="    = "))
        for line in statement.conversions:
            print(output.paragraph(line, starts="    ", ends=f" ({_('converted')})"))
        print(flush=True)

    def answer(self, answer: Answer) -> None:
        """What is left: warnings that came with no statement, the sources or the refusal."""
        self._warn(answer.hazards, [one.citation.passage for one in answer.statements])
        kept = dict.fromkeys(one.reason for said in self._said.values() if not said.changed for one in said.originals)
        if kept and not self._quiet:
            print(
                output.paragraph(_("In the original: {reasons}").format(reasons=clean("; ".join(map(_, kept))))),
                end="\n\n",
            )
        route = self._assistant.route(answer.language, self._language)
        if route.count("→") > 1 and any(said.machine for said in self._said.values()) and not self._quiet:
            print(_("Translated over a third language: {route}").format(route=route), end="\n\n")
        if self._quiet:
            made = output.answer_object(self._question, answer, self._language, self._said)
            print(json.dumps(made, ensure_ascii=False, indent=2))
        else:
            _print_sources(answer, several=self._several, chosen=bool(self._question.packs))

    def _warn(self, hazards: Sequence[Hazard], passages: Sequence[Passage]) -> None:
        """The warnings that were not told yet, before what they protect."""
        for hazard in hazards:
            if hazard in self._hazards:
                continue
            self._hazards.append(hazard)
            passage = next((one for one in passages if hazard in one.hazards), None)
            said = self._translated(Text(text=hazard.text, hazard=True), passage) if passage else None
            if not self._quiet:
                lines = (
                    output.translated_hazard_lines(hazard, said, self._language)
                    if said
                    else output.hazard_lines(hazard)
                )
                print(lines, end="\n\n", flush=True)

    def _translated(self, text: Text, passage: Passage) -> Rendering | None:
        """A text in the technician's language, None where it is printed in that."""
        if not self._language or primary(passage.language) == self._language:
            return None
        for _index, rendering in self._assistant.render([(text, passage)], self._language, self._cancel.is_set):
            self._said[text.text] = rendering
        return self._said.get(text.text)


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


def _several(assistant: Assistant, question: Question) -> bool:
    """Whether the manuals of more than one machine are asked: then each page says whose it is."""
    return len(question.packs or assistant.packs) > 1 and not question.machine


def _print_choices(answer: Answer, *, several: bool, chosen: bool) -> None:
    print(output.paragraph(answer.message), end="\n\n")
    for number, one in enumerate(answer.choices, 1):
        pack = f" --pack {one.evidence.passage.pack}" if several or chosen else ""
        print(output.paragraph(clean(one.question.text), starts=f"{number}. "))
        print(textwrap.indent(output.source_line(one.evidence.passage, machine=several), "   "))
        print(f"   fieldfare ask{pack} {shlex.quote(clean(one.question.text))}", end="\n\n")


def _print_sources(answer: Answer, *, several: bool, chosen: bool) -> None:
    if answer.verdict is Verdict.CHOICE:
        _print_choices(answer, several=several, chosen=chosen)
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
