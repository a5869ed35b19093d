"""What `eval` asks, and of what: gold questions of packs, or a question set as a pack of its own; to the run's outcomes."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare.cli.arguments import Progress
from fieldfare.domain import Question
from fieldfare.errors import PackError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.evaluation import Case, Outcome, QuestionSet, Run
    from fieldfare.pack.archive import Archive
    from fieldfare.settings import Settings

FOLDS = 5  # packs with a fifth of the manuals taken out each


def run_packs(options: argparse.Namespace, chosen: Settings) -> Run:
    """Ask the gold questions of packs, or a file of questions; UsageError where there are none."""
    from fieldfare.evaluation import gold_cases
    from fieldfare.evaluation.run import ASKED, REMOVED, over, removed_cases

    if options.given or options.history:
        raise UsageError("--given and --history are for question sets: gold questions of packs have neither.")
    archives = _archives(options.source)
    try:
        if options.questions:
            from fieldfare.ingest.questions import read_questions

            cases = gold_cases(read_questions(options.questions))
        else:
            cases = tuple(case for one in archives for case in gold_cases(one.questions(), one.manifest.id))
        if options.removed and (len(archives) < 2 or options.questions):
            raise UsageError(
                "--removed needs at least two packs with their own questions, so that one can be taken out, or a question set."
            )
        if not cases:
            raise UsageError(
                "There are no gold questions to ask. Their packs have none: name a file with --questions, or a question set."
            )
        name = options.questions.name if options.questions else "Gold questions"
        with _asking(options, chosen, name, cases, archives) as (run, asked, ask):
            assistant = over(chosen, archives)
            try:
                _warn(assistant.problems)
                run.outcomes[ASKED] = ask(assistant, archives, asked)
                if options.removed:
                    others = tuple(one.manifest.id for one in archives)
                    run.outcomes[REMOVED] = ask(
                        assistant, archives, removed_cases(asked), mode=REMOVED,
                        frame=lambda case: Question(
                            text=case.gold.text, packs=tuple(id_ for id_ in others if id_ != case.pack)
                        ),
                    )  # fmt: skip
            finally:
                assistant.close()
        return run
    finally:
        for archive in archives:
            archive.close()


def _archives(names: Sequence[str]) -> tuple[Archive, ...]:
    """The packs that are named, as files or ids; all installed ones where none is."""
    from fieldfare import library
    from fieldfare.pack.archive import Archive

    files = [Path(one) for one in names if one.endswith(".fpack")]
    for file in files:
        if not file.is_file():
            raise UsageError(f"{file} does not exist. Name a .fpack file, an installed pack or a question set.")
    opened = [Archive(file) for file in files]
    ids = [one for one in names if not one.endswith(".fpack")]
    if ids or not names:
        shelf = library.open_shelf()
        if shelf.problems and not shelf.packs:
            raise PackError(f"{' '.join(shelf.problems)} No other pack is installed.")
        _warn(shelf.problems)
        installed = {one.manifest.id: one for one in shelf.archives}
        for id_ in ids:
            if id_ not in installed:
                known = ", ".join(sorted(installed)) or "none"
                raise UsageError(f"{clean(id_)} is no folder and no installed pack. Installed are: {known}.")
        for id_, one in installed.items():
            if id_ in ids or not ids:
                opened.append(one)
            else:
                one.close()
    known_ids = [one.manifest.id for one in opened]
    if len(set(known_ids)) < len(known_ids):
        raise UsageError("Two of the packs have one id. Run each by itself with --json, then --compare the records.")
    if not opened:
        raise UsageError("No pack is installed. Install one: fieldfare pack install FILE.fpack")
    return tuple(opened)


def run_set(folder: Path, options: argparse.Namespace, chosen: Settings) -> Run:
    """Ask the questions of a set in the common form, of a pack that is made of its texts."""
    from fieldfare.evaluation import read_set
    from fieldfare.evaluation.run import ASKED, GIVEN, HISTORY, REMOVED, over, removed_cases
    from fieldfare.pack.archive import Archive

    if options.questions:
        raise UsageError("A question set brings its own questions. Leave out --questions.")
    questions = read_set(folder)
    if options.given and not (questions.texts and any(case.given for case in questions.cases)):
        raise UsageError("--given needs a set whose queries name their passages (context_doc_ids) in corpus.jsonl.")
    followed = options.history and any(case.history for case in questions.cases)
    if options.history and not followed:
        raise UsageError("--history needs a set whose queries have the turns before them (history).")
    archives = (Archive(_set_pack(questions)),) if questions.texts else _archives(())
    try:
        with _asking(options, chosen, questions.name, questions.cases, archives) as (run, asked, ask):
            assistant = over(chosen, archives)
            try:
                _warn(assistant.problems)
                run.outcomes[ASKED] = ask(assistant, archives, asked)
                if followed:
                    run.outcomes[HISTORY] = ask(
                        assistant, archives, [case for case in asked if case.history], mode=HISTORY,
                        frame=lambda case: Question(text=case.gold.text, history=case.history),
                    )  # fmt: skip
            finally:
                assistant.close()
            if options.given:
                run.outcomes[GIVEN] = _ask_given(chosen, archives[0].path, asked, ask)
            if options.removed:
                outcomes: list[Outcome] = []
                for cases, pages in _folds(questions, asked):
                    part = Archive(_set_pack(questions, pages))
                    assistant = over(chosen, (part,))
                    try:
                        outcomes += ask(assistant, (part,), removed_cases(cases), mode=REMOVED)
                    finally:
                        assistant.close()
                run.outcomes[REMOVED] = tuple(outcomes)
        return run
    finally:
        for archive in archives:
            archive.close()


def _ask_given(
    chosen: Settings, pack: Path, asked: Sequence[Case], ask: Callable[..., tuple[Outcome, ...]]
) -> tuple[Outcome, ...]:
    """Ask with nothing to be found but the passage that the set hands over."""
    from fieldfare.evaluation.excerpt import Excerpt
    from fieldfare.evaluation.run import GIVEN, over

    excerpt = Excerpt(pack)
    assistant = over(chosen, (excerpt,))

    def frame(case: Case) -> Question:
        excerpt.narrow(case.given)
        return Question(text=case.gold.text)

    try:
        return ask(assistant, (excerpt,), [case for case in asked if case.given], mode=GIVEN, frame=frame)
    finally:
        assistant.close()


def _set_pack(questions: QuestionSet, without: frozenset[int] = frozenset()) -> Path:
    from fieldfare import paths
    from fieldfare.assistant import open_embedder
    from fieldfare.ingest.corpus import Corpus, corpus_pack

    corpus = Corpus(name=questions.name, texts=questions.texts, language=questions.language)
    return corpus_pack(corpus, open_embedder(), paths.build_cache_dir(), Progress(), without=without)


def _folds(questions: QuestionSet, asked: Sequence[Case]) -> Iterator[tuple[list[Case], frozenset[int]]]:
    """The questions in a few groups, each with the pages of all their manuals: what is taken out for them together."""
    from fieldfare.evaluation.cases import manuals_of, pages_of

    groups = manuals_of(questions)
    if not groups:
        raise UsageError("--removed needs to know which text answers a question: the set has no qrels.tsv.")
    pages = pages_of(questions, groups)
    folds: list[tuple[list[int], set[int]]] = [([], set()) for _ in range(min(FOLDS, len(pages)))]
    for group, mine in sorted(pages.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        members, taken = min(folds, key=lambda fold: len(fold[1]))
        members.append(group)
        taken |= mine
    for members, taken in folds:
        cases = [case for case in asked if groups.get(case.gold.id) in members and case.judged]
        if cases and len(taken) < len(questions.texts):
            yield cases, frozenset(taken)


@contextlib.contextmanager
def _asking(
    options: argparse.Namespace, chosen: Settings, name: str, cases: Sequence[Case], archives: Sequence[Archive]
) -> Iterator[tuple[Run, tuple[Case, ...], Callable[..., tuple[Outcome, ...]]]]:
    """A run, the questions that it asks, and how: going on in the run's journal. The run is filled in when all is asked."""
    from fieldfare import paths
    from fieldfare.assistant import open_embedder
    from fieldfare.evaluation import Run, ask_cases, machine, sample
    from fieldfare.evaluation.journal import Journal, digest_of, run_key
    from fieldfare.evaluation.run import about

    asked = sample(cases, options.limit, options.seed)
    found = about(
        name=name,
        digest=digest_of([asdict(case) for case in cases]),
        archives=archives,
        embedder=open_embedder(),
        model=_model(chosen),
        settings={"draft": chosen.draft, "threads": chosen.threads, "depth": options.depth},
    )
    started, began = datetime.now(UTC), time.monotonic()
    run = Run(about={"started": started.isoformat(timespec="seconds"), "machine": machine.described(), **found,
                     "sample": {"limit": options.limit, "seed": options.seed}})  # fmt: skip
    with Journal(paths.evaluations_dir(), run_key(found), resume=not options.no_resume) as journal:
        try:
            yield run, asked, partial(ask_cases, progress=Progress(), journal=journal, depth=options.depth)
        except KeyboardInterrupt:
            print(f"\nfieldfare: {len(journal)} answers are kept. The same command goes on from here.", file=sys.stderr)
            raise
        run.resumed = journal.resumed
    run.memory = machine.peak_memory()
    run.about["duration"] = round(time.monotonic() - began, 1)


def _model(chosen: Settings) -> dict[str, Any] | None:
    """The language model that drafts, None where none does."""
    from fieldfare import llm, paths
    from fieldfare.evaluation import machine

    file = Path(chosen.model) if chosen.model else paths.language_model_file()
    if not chosen.draft or not file.is_file():
        return None
    found = llm.inspect(file)
    return {"name": found.name, "parameters": found.parameters, "weights": found.quantisation,
            "size": found.file_size, "sha256": machine.digest(file)}  # fmt: skip


def _warn(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"fieldfare: {clean(sentence)}", file=sys.stderr)
