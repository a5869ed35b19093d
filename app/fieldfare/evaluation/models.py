"""Language models side by side on this machine: how fast, how large, and how right with the installed packs' own questions."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from fieldfare import answering
from fieldfare.evaluation import machine
from fieldfare.evaluation.comparison import mcnemar
from fieldfare.evaluation.measures import counts, percentiles
from fieldfare.evaluation.run import ask_cases, over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fieldfare.evaluation.cases import Case
    from fieldfare.evaluation.journal import Journal
    from fieldfare.evaluation.judging import Outcome
    from fieldfare.evaluation.run import Progress
    from fieldfare.pack.archive import Archive
    from fieldfare.settings import Settings

PATIENCE = 5.0  # seconds: nine answers of ten must be whole by then
PROMPT = 2600  # characters of the manual that are read to measure speed, about 700 tokens
WRITTEN = 64  # tokens that are written to measure speed
QUOTES = "quotes only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What a model needs on this machine: seconds to load, tokens a second, bytes of memory of its process at most."""

    loading: float
    reading: float
    writing: float
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A model, or quotes only (no `file`), with what it did with the questions."""

    name: str
    weights: str = ""
    file: str = ""
    size: int = 0
    sha256: str = ""
    speed: Speed | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How the questions ended."""
        return counts(self.outcomes)

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return f"{self.name} {self.weights}".strip()

    def seconds(self, what: str, rank: str) -> float:
        """A percentile of the time to the `first statement` or the `whole answer`; 0 where nothing was answered."""
        return percentiles(self.outcomes).get(what, {}).get(rank, 0.0)

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name, "weights": self.weights, "file": self.file, "size": self.size, "sha256": self.sha256,
            "speed": asdict(self.speed) if self.speed else None, "counts": self.counts,
            "seconds": percentiles(self.outcomes),
            "questions": [{"pack": one.case.pack, "id": one.question.id, "right": one.right, "verdict": one.reply.verdict,
                           "answer": one.reply.text, "unsupported": list(one.unsupported)} for one in self.outcomes],
        }  # fmt: skip


def measure_speed(file: Path, text: str, threads: int) -> Speed:
    """Load a model in its own process, have it read `text` and write a little. Raises ModelError."""
    from fieldfare import llm

    model = llm.ModelProcess(file, instructions=answering.SYSTEM, threads=threads or None)
    try:
        began = time.monotonic()
        model.load()
        loading = time.monotonic() - began
        user = f"{text[:PROMPT]}\n\nWrite a long summary of all of this."
        for _ in model.generate(answering.SYSTEM, user, max_tokens=WRITTEN, cancelled=lambda: False):
            pass
        read, written = model.seconds(1000, 0), model.seconds(0, 1000)
        return Speed(
            loading=loading,
            reading=1000 / read if read else 0.0,
            writing=1000 / written if written else 0.0,
            memory=machine.peak_of(model.pid or 0),
        )
    finally:
        model.close()


def try_model(
    file: Path | None, packs: Sequence[Path], cases: Sequence[Case], settings: Settings, progress: Progress,
    *, journal: Journal | None = None,
) -> Trial:  # fmt: skip
    """Ask the questions with the model of a file, or with quotes only; raises FieldfareError where it cannot be used."""
    from fieldfare import llm
    from fieldfare.capacity import free_memory
    from fieldfare.pack.archive import Archive

    chosen = replace(settings, draft=file is not None, model=str(file or ""), model_sha256="")
    trial = Trial(name=QUOTES)
    if file is not None:
        found = llm.inspect(file)
        llm.check(found, free_memory())
        trial = Trial(
            name=found.name or file.stem, weights=found.quantisation, file=str(file), size=found.file_size,
            sha256=machine.digest(file), speed=measure_speed(file, _sample_text(packs[0]), settings.threads),
        )  # fmt: skip
    archives = tuple(map(Archive, packs))
    assistant = over(chosen, archives)
    try:
        mode = trial.sha256 or QUOTES
        outcomes = ask_cases(assistant, archives, cases, _named(progress, trial.label), journal=journal, mode=mode)
    finally:
        assistant.close()
    return replace(trial, outcomes=outcomes)


def _named(progress: Progress, name: str) -> Progress:
    return lambda _stage, done, total: progress(f"asking {name}", done, total)


def _sample_text(pack: Path) -> str:
    from fieldfare.pack.archive import Archive

    archive: Archive = Archive(pack)
    try:
        passages = archive.passages(range(1, 40))
        return "\n".join(passages[id_].text for id_ in sorted(passages))
    finally:
        archive.close()


def recommend(trials: Sequence[Trial]) -> tuple[Trial, str]:
    """The trial that serves best here, and why in a sentence: quick enough, then most right, fewest wrong, quickest."""
    quick = [one for one in trials if one.seconds("whole answer", "p90") <= PATIENCE]

    def rank(one: Trial) -> tuple[float, ...]:
        return one.counts["right"], -one.counts["wrong"], -one.seconds("whole answer", "p50")

    best = max(quick or trials, key=rank)
    counted = best.counts
    told = f"{best.label}: {counted['right']} right, {counted['wrong']} wrong, {counted['refused']} refused of {counted['questions']}"
    if not quick:
        told += f"; no choice answers within {PATIENCE:.0f} s here, this one comes nearest to what is right"
    others = [one for one in (quick or trials) if one is not best]
    if others:
        second = max(others, key=rank)
        right = [(one.right, other.right) for one, other in zip(best.outcomes, second.outcomes, strict=True)]
        chance = mcnemar(sum(other and not one for one, other in right), sum(one and not other for one, other in right))
        told += f"; next is {second.label} with {second.counts['right']} right and {second.counts['wrong']} wrong"
        told += " (chance may explain the difference)" if chance >= 0.05 else " (more than chance)"
    slow = [one.label for one in trials if one not in quick]
    if quick and slow:
        told += f"; too slow here: {', '.join(slow)}"
    return best, told + "."
