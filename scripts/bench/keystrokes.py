"""How fast the screen is under the fingers: types gold questions of the demo pack into the program in a pseudo-terminal.

    .venv/bin/python scripts/bench/keystrokes.py [--questions 24] [--pause 1.5] [-- PROGRAM ARGUMENTS...]

Times count until the bytes have reached the terminal. The naive way is the same question with Enter at once: nothing is
worked out ahead. The limit of that is what the model cannot do without: reading what it has not read yet and writing the
first sentence, at the speed of the bare model in this run.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from terminal import KEY, Terminal

from fieldfare import answering, library, paths
from fieldfare.assistant import Assistant, open_embedder
from fieldfare.domain import Question
from fieldfare.llm import LanguageModel
from fieldfare.text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLD = Path(__file__).resolve().parents[2] / "packs" / "halden-gs40" / "questions.jsonl"
STILL = 0.4  # seconds in which nothing is drawn
FIRST = re.compile(r"\[\d+\]|Not answered|No complete answer")  # the number that a statement ends with
WHOLE = re.compile(r"(?:Answer|Quoted) from \d|Not answered|No complete answer")


@dataclass
class Times:
    """Seconds of one way of asking, a value a question."""

    echo: list[float] = field(default_factory=list)
    instant: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def type_and_ask(terminal: Terminal, question: str, pause: float, times: Times) -> None:
    """Type a question, pause, press Enter and wait for the whole answer."""
    begun = 0.0
    for letter in question:
        terminal.rest(KEY - (time.perf_counter() - begun))
        terminal.press(letter)
        begun = time.perf_counter()
        if terminal.read(1.0):
            times.echo.append(time.perf_counter() - begun)
    if pause:
        times.instant.append(terminal.settled(STILL) - begun)
        terminal.rest(pause - (time.perf_counter() - begun))
    terminal.press("\r")
    begun = time.perf_counter()
    for pattern, kept in ((FIRST, times.first), (WHOLE, times.whole)):
        if not terminal.wait(lambda screen, wanted=pattern: bool(wanted.search(screen))):
            raise SystemExit(f"no answer to {question!r} within a minute")
        kept.append(time.perf_counter() - begun)
    terminal.rest(0.3)


class Noting:
    """A model that writes down what it is asked and says nothing."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    def load(self) -> None: ...

    def seconds(self, *_: int) -> float:
        return 0.0

    def generate(self, _: str, user: str, **__: object) -> Iterator[str]:
        self.prompts.append(user)
        yield from ()

    def close(self) -> None: ...


def drafted(texts: list[str]) -> dict[str, str]:
    """The questions that the model is asked about, with what it reads of each."""
    model, found = Noting(), {}
    assistant = Assistant(library.open_shelf(), open_embedder(), lambda: model, eager=True)
    for text in texts:
        model.prompts.clear()
        for _ in assistant.ask(Question(text=text), threading.Event()):
            pass
        if model.prompts:
            found[text] = model.prompts[0]
    assistant.close()
    return found


def limits(prompts: list[str]) -> tuple[float, float, float]:
    """Tokens a second of the bare model, reading and writing, and the median seconds that a first sentence takes at least."""
    model = LanguageModel.open(paths.language_model_file())
    floors = []
    for prompt in prompts:
        model.prefetch(answering.SYSTEM, "Forget.")
        before, text = model.work, ""
        for piece in model.generate(answering.SYSTEM, prompt, max_tokens=answering.MAX_TOKENS, cancelled=lambda: False):
            text += piece
            if len(sentences(text)) > 1:
                break
        done = model.work - before
        floors.append(done.reading + done.writing)
    work = model.work
    model.close()
    return work.read / work.reading, work.written / work.writing, statistics.median(floors)


def row(name: str, found: list[float], goal: str = "") -> None:
    if found:
        ordered = sorted(found)
        high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        print(f"{name:<44}{statistics.median(found):>8.3f}{high:>8.3f}{len(found):>6}{goal:>8}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=24, metavar="N", help="drafted questions, and as many others")
    parser.add_argument("--pause", type=float, default=1.5, metavar="S", help="between the last letter and Enter")
    parser.add_argument("program", nargs="*", default=[sys.executable, "-m", "fieldfare"])
    options = parser.parse_args()
    others = psutil.cpu_percent(1.0)
    print(
        f"other programs take {others:.0f} % of {psutil.cpu_count()} processors" + (": too many" if others > 5 else "")
    )
    texts = [json.loads(line)["text"] for line in GOLD.read_text("utf-8").splitlines() if line.strip()]
    prompts = drafted(texts)
    asked = [text for text in texts if text in prompts][: options.questions]
    plain = [text for text in texts if text not in prompts][: options.questions]
    reading, writing, floor = limits([prompts[text] for text in asked])
    print(
        f"{len(prompts)} of {len(texts)} gold questions are drafted, asked here: {len(asked)} and {len(plain)} others"
    )
    print(f"bare model: reads {reading:.0f}, writes {writing:.0f} tokens/s\n")
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "settings.toml").write_text("draft = true\ndraft_seconds = 0\n", "utf-8")  # draft, however slow
        terminal = Terminal(options.program, home)
        if not terminal.wait("● ready"):
            raise SystemExit("the model was not ready within a minute")
        terminal.rest(1.0)
        naive, ahead, others_ = Times(), Times(), Times()
        for text in asked:
            type_and_ask(terminal, text, 0.0, naive)
            type_and_ask(terminal, text + "?", options.pause, ahead)
        for text in plain:
            type_and_ask(terminal, text, options.pause, others_)
        begun = time.perf_counter()
        terminal.close()
        quitting = time.perf_counter() - begun
    print(f"{'seconds':<44}{'median':>8}{'p95':>8}{'n':>6}{'goal':>8}")
    row("key to letter on the screen", naive.echo + ahead.echo + others_.echo)
    row("last key to results (the pause of 0.02 included)", ahead.instant + others_.instant, "0.1")
    row("Enter to first word, quoted or refused", others_.first)
    row("Enter to first word, drafted, after a pause", ahead.first, "0.4")
    row("Enter to first word, drafted, no pause", naive.first, "1.5")
    row("Enter to whole answer, drafted, after a pause", ahead.whole, "5")
    row("Enter to whole answer, drafted, no pause", naive.whole, "5")
    one, other = statistics.median(ahead.first), statistics.median(naive.first)
    print(
        f"\nafter a pause against no pause: {one / other:.2f}; no pause against the model's limit of {floor:.2f} s: ",
        end="",
    )
    print(f"{other / floor:.2f}; quitting took {quitting:.1f} s")


if __name__ == "__main__":
    main()
