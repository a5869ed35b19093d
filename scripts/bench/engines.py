"""Measures the engines against their peers on this machine, in one run, and prints a table.

    .venv/bin/python scripts/bench/engines.py [--rounds N] [--reference PYTHON MODEL_FOLDER] [--only llm|embedding]

The language model's peer is a bare llama.cpp loop: the same library, file and threads, no cancelling, no adaptation. The
embedder's peer is sentence-transformers in the environment of requirements/reference.in, whose Python and model folder
--reference names. Peers take turns within each round, so that what else the machine does hits both; medians are shown.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import multiprocessing
import statistics
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fieldfare.llm import LanguageModel, ModelProcess

import psutil

from fieldfare import paths

SYSTEM = "You are a service assistant. Answer from the excerpt only, in one or two sentences. Copy numbers exactly."
FACTS = [
    f"Step {step}. Turn valve V{step} by {step * 7 % 90} degrees and tighten its nut to {step % 40 + 5} N m. "
    for step in range(1, 60)
]
PROMPT = "Excerpt: " + "".join(FACTS)[:2000] + "\n\nQuestion: describe what to do, step by step."
DECODED = 48
TEXTS = [
    f"{fact}Wait until gauge {index} shows {index * 3} kPa, then lock the nut, check the flange and its gasket for leaks, seal "
    "it with paint and enter the value, the date and the operating hours into the log book before the next step. If the "
    "reading falls within ten minutes, renew the gasket and repeat."
    for index, fact in enumerate(FACTS * 5)
]
QUERY = "how tight must the nut of valve V12 be"


class Bare:
    """The straight loop that a programmer would write first."""

    def __init__(self, file: Path, threads: int, prompt: list[int]) -> None:
        from fieldfare.llm import library

        self.llama, self.prompt = library.load(), prompt
        model = self.llama.llama_model_load_from_file(str(file).encode(), self.llama.llama_model_default_params())
        wanted = self.llama.llama_context_default_params()
        wanted.n_ctx, wanted.n_batch, wanted.n_ubatch = 2048, 512, 512
        wanted.n_threads = wanted.n_threads_batch = threads
        wanted.no_perf = True
        self.context = self.llama.llama_init_from_model(model, wanted)
        self.sampler = self.llama.llama_sampler_init_greedy()

    def decode(self, tokens: list[int]) -> None:
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        if self.llama.llama_decode(self.context, self.llama.llama_batch_get_one(array, len(tokens))):
            raise RuntimeError("llama_decode failed")

    def measure(self, read: int = 4096, written: int = DECODED) -> tuple[float, float]:
        """Tokens a second: reading the prompt (its first tokens), writing the answer."""
        prompt = self.prompt[:read]
        self.llama.llama_memory_clear(self.llama.llama_get_memory(self.context), True)
        began = time.perf_counter()
        for start in range(0, len(prompt), 512):
            self.decode(prompt[start : start + 512])
        middle = time.perf_counter()
        for _ in range(written):
            self.decode([self.llama.llama_sampler_sample(self.sampler, self.context, -1)])
        return len(prompt) / (middle - began), written / (time.perf_counter() - middle)


def measure(model: LanguageModel) -> tuple[float, float]:
    """The same through Fieldfare: tokens a second of reading the prompt and of writing the answer."""
    model.prefetch("Forget.", "Everything.")
    before, began = model.work.read, time.perf_counter()
    answer = model.generate(SYSTEM, PROMPT, max_tokens=DECODED + 1, cancelled=lambda: False)
    next(answer)
    read, first = time.perf_counter(), len(model._read)
    for _ in answer:
        pass
    written = len(model._read) - first
    return (model.work.read - before) / (read - began), written / (time.perf_counter() - read)


def language_model(rounds: int) -> None:
    from fieldfare.llm import LanguageModel, inspect

    file = paths.language_model_file()
    model = LanguageModel.open(file)
    prompt, _ = model._prompt(SYSTEM, PROMPT, "")
    bare = Bare(file, model._pace.most, prompt)
    print(f"{inspect(file).describe()}\nprompt {len(prompt)} tokens, {model._pace.most} threads at most\n")
    head("tokens/s", "Fieldfare", "bare loop", "ratio")
    quiet = compare(rounds, lambda: measure(model), bare.measure)
    for index, name in enumerate(("reading", "writing")):
        row(f"{name}, quiet", quiet[0][index], quiet[1][index], quiet[2][index])
    with busy():
        # The bare loop is so slow now that it is given less to do.
        loaded = compare(rounds, lambda: measure(model), lambda: bare.measure(128, 6))
        latencies = [cancel(model, prefill=prefill) for prefill in (True, False)]
    for index, name in enumerate(("reading", "writing")):
        row(f"{name}, 2 busy processes", loaded[0][index], loaded[1][index], loaded[2][index])
        kept, peer = loaded[0][index] / quiet[0][index], loaded[1][index] / quiet[1][index]
        print(f"  kept of quiet speed: {kept:.0%}, bare loop {peer:.0%}")
    print()
    reuse(model)
    for name, milliseconds in zip(("reading", "writing"), latencies, strict=True):
        quiet_milliseconds = cancel(model, prefill=name == "reading")
        print(
            f"cancelled while {name}: stops in {quiet_milliseconds:.0f} ms, with 2 busy processes {milliseconds:.0f} ms (worst of 5)"
        )
    apart(rounds, model)
    model.close()


def compare(
    rounds: int, ours: Callable[[], tuple[float, float]], peer: Callable[[], tuple[float, float]]
) -> tuple[list[float], list[float], list[float]]:
    """Medians of both and of the ratio of each round."""
    ours(), peer()
    # Who goes first changes every round.
    pairs = [(ours(), peer()) if turn % 2 else (peer(), ours())[::-1] for turn in range(rounds)]
    first = [statistics.median(pair[0][index] for pair in pairs) for index in (0, 1)]
    second = [statistics.median(pair[1][index] for pair in pairs) for index in (0, 1)]
    ratio = [statistics.median(pair[0][index] / pair[1][index] for pair in pairs) for index in (0, 1)]
    return first, second, ratio


def reuse(model: LanguageModel) -> None:
    """Time to the first token, depending on what was read before."""

    def first(user: str) -> float:
        began = time.perf_counter()
        answer = model.generate(SYSTEM, user, max_tokens=4, cancelled=lambda: False)
        next(answer)
        answer.close()  # type: ignore[attr-defined]
        return 1000 * (time.perf_counter() - began)

    model.prefetch("Forget.", "Everything.")
    cold = first(PROMPT)
    longer = first(PROMPT + " Mind the order.")
    model.prefetch("Forget.", "Everything.")
    model.prefetch(SYSTEM, PROMPT)
    print(
        f"first token: cold {cold:.0f} ms, same evidence and new question {longer:.0f} ms, read ahead {first(PROMPT):.0f} ms"
    )


def forget(model: LanguageModel | ModelProcess) -> None:
    """Have the model read something else."""
    for _ in model.generate("Forget.", "Everything.", max_tokens=1, cancelled=lambda: False):
        pass


def apart(rounds: int, model: LanguageModel) -> None:
    """What it costs to have the model in a process of its own: the same answer from both, in turns."""
    from fieldfare.llm import ModelProcess

    process = ModelProcess(paths.language_model_file(), instructions=SYSTEM)
    began = time.perf_counter()
    process.load()
    print(
        f"a process of its own: ready in {1000 * (time.perf_counter() - began):.0f} ms, {process.memory / 1e6:.0f} MB"
    )

    def whole(one: LanguageModel | ModelProcess) -> tuple[float, float]:
        forget(one)
        began = time.perf_counter()
        answer = one.generate(SYSTEM, PROMPT, max_tokens=DECODED, cancelled=lambda: False)
        next(answer)
        first = time.perf_counter()
        for _ in answer:
            pass
        return first - began, time.perf_counter() - first

    inside, outside, ratio = compare(rounds, lambda: whole(model), lambda: whole(process))
    for index, name in enumerate(("first word", "the rest")):
        print(
            f"  {name}: inside {1000 * inside[index]:.0f} ms, apart {1000 * outside[index]:.0f} ms, ratio {ratio[index]:.3f}"
        )
    stops = [cancel(process, prefill=prefill) for prefill in (True, False)]
    print(f"  cancelled while reading: stops in {stops[0]:.0f} ms, while writing: {stops[1]:.0f} ms (worst of 5)")
    process.close()


def cancel(model: LanguageModel | ModelProcess, *, prefill: bool) -> float:
    """The worst of five: milliseconds from asking to stop to the end of `generate`."""
    found = []
    for turn in range(5):
        forget(model)
        stop, asked = threading.Event(), 0.0

        def ask(stop: threading.Event = stop) -> None:
            nonlocal asked
            asked = time.perf_counter()
            stop.set()

        answer = model.generate(SYSTEM, PROMPT, max_tokens=400, cancelled=stop.is_set)
        if not prefill:
            next(answer)
        timer = threading.Timer(0.1 + 0.07 * turn, ask)
        timer.start()
        for _ in answer:
            pass
        found.append(1000 * (time.perf_counter() - asked))
        timer.join()
    return max(found)


def spin() -> None:
    while True:
        pass


class busy:  # noqa: N801
    """Two processes that take all the processor time they get."""

    def __enter__(self) -> None:
        self.processes = [multiprocessing.get_context("spawn").Process(target=spin, daemon=True) for _ in range(2)]
        for process in self.processes:
            process.start()
        time.sleep(1)

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.join()


PEER = """
import json, sys, time
texts, query = json.load(sys.stdin)
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
def timed(texts):
    began = time.perf_counter()
    model.encode(texts, batch_size=32)
    return time.perf_counter() - began
timed(texts[:8])
print(json.dumps([timed(texts), sorted(timed([query]) for _ in range(20))[10]]))
"""


def embedding(rounds: int, reference: list[str] | None) -> None:
    from fieldfare.embedding import Embedder

    embedder = Embedder.open(paths.embedder_dir())

    def ours() -> tuple[float, float]:
        embedder.encode(TEXTS[:8])
        began = time.perf_counter()
        embedder.encode(TEXTS)
        whole = time.perf_counter() - began
        single = []
        for _ in range(20):
            began = time.perf_counter()
            embedder.encode([QUERY])
            single.append(time.perf_counter() - began)
        return whole, statistics.median(single)

    def peer(python: str, folder: str) -> tuple[float, float]:
        command = [python, "-c", PEER, folder]
        done = subprocess.run(command, input=json.dumps([TEXTS, QUERY]), capture_output=True, text=True, check=True)
        whole, single = json.loads(done.stdout.splitlines()[-1])
        return whole, single

    pairs = [(ours(), peer(*reference) if reference else None) for _ in range(rounds)]
    mine = [statistics.median(pair[0][index] for pair in pairs) for index in (0, 1)]
    print()
    head("embedding", "Fieldfare", "sentence-tr.", "ratio")
    theirs = [statistics.median(pair[1][index] for pair in pairs if pair[1]) for index in (0, 1)] if reference else None
    if theirs is None:
        print("  no peer: --reference PYTHON MODEL_FOLDER was not given (see requirements/reference.in)")
        print(f"  texts/s {len(TEXTS) / mine[0]:.0f}, one query {1000 * mine[1]:.1f} ms")
        return
    row(f"texts/s ({len(TEXTS)} of 80 tokens)", len(TEXTS) / mine[0], len(TEXTS) / theirs[0], theirs[0] / mine[0])
    row("one query, ms", 1000 * mine[1], 1000 * theirs[1], theirs[1] / mine[1])


def head(*cells: str) -> None:
    print("{:<28}{:>12}{:>14}{:>8}".format(*cells))


def row(name: str, ours: float, peer: float, ratio: float) -> None:
    print(f"{name:<28}{ours:>12.1f}{peer:>14.1f}{ratio:>8.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="measure the engines against their peers")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--reference", nargs=2, metavar=("PYTHON", "MODEL_FOLDER"))
    parser.add_argument("--only", choices=("llm", "embedding"))
    options = parser.parse_args()
    others = psutil.cpu_percent(1.0)
    print(
        f"before the start, other programs take {others:.0f} % of the processors" + (": too many" if others > 5 else "")
    )
    if options.only != "embedding":
        language_model(options.rounds)
    if options.only != "llm":
        embedding(min(3, options.rounds), options.reference)


if __name__ == "__main__":
    sys.exit(main())
