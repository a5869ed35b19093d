"""Cases -> the assistant -> outcomes, and the record of the run that another can be compared with."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fieldfare.assistant import open_assistant
from fieldfare.domain import ModelStatus, Question
from fieldfare.errors import ModelError
from fieldfare.evaluation import machine
from fieldfare.evaluation.asking import DEPTH, ask
from fieldfare.evaluation.cases import gold_cases
from fieldfare.evaluation.journal import program
from fieldfare.evaluation.judging import Outcome, failure, wanted_text
from fieldfare.evaluation.measures import counts, measures, percentiles
from fieldfare.library import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldfare.assistant import Assistant
    from fieldfare.domain import GoldQuestion
    from fieldfare.evaluation.cases import Case
    from fieldfare.evaluation.journal import Journal
    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval import Embedder
    from fieldfare.settings import Settings

    Progress = Callable[[str, int, int], None]

FORMAT = 1  # of the record
ASKED, REMOVED, GIVEN, HISTORY = "asked", "removed", "given", "history"
MODES = {
    ASKED: "as a technician asks",
    REMOVED: "with the manual that answers taken out",
    GIVEN: "with the passage that the set hands over as the only evidence",
    HISTORY: "those that follow others, with the questions before them",
}


@dataclass(kw_only=True)
class Run:
    """Outcomes by mode, with what they were measured on: `about` holds the set, the packs, the models and the settings."""

    about: dict[str, Any]
    outcomes: dict[str, tuple[Outcome, ...]] = field(default_factory=dict)
    memory: int = 0
    resumed: int = 0

    def figures(self) -> dict[str, Any]:
        """The figures of each mode as plain values."""
        found = {}
        for mode, outcomes in self.outcomes.items():
            removed = self.outcomes.get(REMOVED, ()) if mode == ASKED else ()
            found[mode] = {
                "meaning": MODES[mode],
                "counts": counts(outcomes),
                "measures": [asdict(one) for one in measures(outcomes, removed)],
                "seconds": percentiles(outcomes),
            }
        return found

    def as_object(self) -> dict[str, Any]:
        """The record: what was measured, on what, and every question with what was said."""
        return {
            "format": FORMAT,
            **self.about,
            "memory": self.memory,
            "resumed": self.resumed,
            "modes": self.figures(),
            "questions": [
                {"mode": mode, **outcome_object(one)} for mode, outcomes in self.outcomes.items() for one in outcomes
            ],
        }


def outcome_object(outcome: Outcome) -> dict[str, Any]:
    """A question with what was said and what is right, for JSON."""
    reply = outcome.reply
    return {
        "id": outcome.question.id, "pack": outcome.case.pack, "question": outcome.question.text,
        "kind": outcome.question.kind, "answerable": outcome.question.answerable if outcome.case.judged else None,
        "expected": wanted_text(outcome), "verdict": reply.verdict, "answer": reply.text, "asked": reply.asked,
        "placed": outcome.case.placed, "rank": outcome.rank or None, "cited": outcome.cited, "exact": outcome.exact, "f1": outcome.f1,
        "numbers": outcome.numbers, "warned": outcome.warned, "unsupported": list(outcome.unsupported),
        "right": outcome.right, "failure": failure(outcome), "confidence": reply.confidence,
        "seconds": {"evidence": reply.evidence, "first": reply.first, "whole": reply.whole},
        "cites": list(dict.fromkeys(one.spot.line for one in reply.statements)),
        "found": [one.line for one in reply.found],
    }  # fmt: skip


def ask_cases(
    assistant: Assistant,
    archives: Sequence[Archive],
    cases: Sequence[Case],
    progress: Progress,
    *,
    journal: Journal | None = None,
    mode: str = ASKED,
    depth: int = DEPTH,
    frame: Callable[[Case], Question] | None = None,
) -> tuple[Outcome, ...]:
    """Ask every case; what the journal knows is not asked again. `frame` makes the question of a case, else it is its text.

    Raises FieldfareError where an engine fails. Ctrl-C passes through; the journal keeps what was said before.
    """
    by_id = {one.manifest.id: one for one in archives}
    ready = False
    outcomes = []
    for done, case in enumerate(cases, 1):
        key = f"{case.pack}/{case.gold.id}"
        reply = journal.get(mode, key) if journal is not None else None
        if reply is None:
            if not ready:
                warm_up(assistant)
                ready = True
            question = frame(case) if frame else Question(text=case.gold.text)
            reply = ask(assistant, by_id, case, question, depth=depth)
            if journal is not None:
                journal.add(mode, key, reply)
        outcomes.append(Outcome(case=case, reply=reply))
        progress("asking" if mode == ASKED else f"asking, {mode}", done, len(cases))
    return tuple(outcomes)


def warm_up(assistant: Assistant) -> None:
    """Load the engines, so that no question waits for them; ModelError where the language model does not load."""
    assistant.load_model()
    if assistant.model_state.status is ModelStatus.FAILED:
        raise ModelError(assistant.model_state.sentence)
    assistant.find(Question(text="ready?"))


def ask_all(
    archive: Archive,
    questions: Sequence[GoldQuestion],
    settings: Settings,
    progress: Progress,
    *,
    warn: Callable[[str], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Ask every question of one pack alone, as this device would, and close it.

    `warn` hears what is wrong with the pack: that its embedder is not here, say. Raises FieldfareError where an engine fails.
    """
    assistant = over(settings, (archive,))
    try:
        for problem in assistant.problems:
            warn(problem)
        return ask_cases(assistant, (archive,), gold_cases(questions), progress)
    finally:
        assistant.close()


def over(settings: Settings, archives: Sequence[Archive]) -> Assistant:
    """The device's assistant over some packs; closing it closes them."""
    return open_assistant(settings, eager=True, shelf=Shelf(archives=tuple(archives), packs=(), problems=()))


def removed_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The answerable ones of the cases, as they are when their manual is gone: nothing answers them."""
    return tuple(
        replace(
            one, pack=one.pack, pages=(), accepted=(),
            gold=replace(one.gold, answerable=False, expect=(), answer="", page="", section="", hazard=""),
        )
        for one in cases
        if one.judged and one.gold.answerable
    )  # fmt: skip


def about(
    *, name: str, digest: str, archives: Sequence[Archive], embedder: Embedder | None, model: dict[str, Any] | None,
    settings: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """What a run depends on, for its record and its key."""
    return {
        "program": program(),
        "set": {"name": name, "digest": digest},
        "packs": [
            {"id": one.manifest.id, "version": one.manifest.version, "digest": one.manifest.digest,
             "passages": one.manifest.passages, "sha256": machine.digest(one.path)}
            for one in archives
        ],
        "embedder": asdict(embedder.identity) if embedder else None,
        "reader": machine.reader(),
        "model": model,
        "settings": settings,
    }  # fmt: skip
