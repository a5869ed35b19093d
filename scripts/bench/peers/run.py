"""Fieldfare side by side with what an engineer would otherwise use: txtai and LlamaIndex with the same models.

    .venv/bin/python scripts/bench/peers/run.py --work FOLDER [--stage NAME]... [--set NAME]... [--system NAME]...

FOLDER takes the environments (about 3 GB), indexes and results and lies outside the repository; a run that was stopped
goes on where it was. Stages, all in this order by default:

    build     make environments, write the sets, index them with every system
    search    ask every question: what is found first and among the first five
    answer    answer a sample of each set (--asked of each kind)
    timing    the same questions by all systems in turns; only these times are reported
    cold      one question in a fresh process, and what it tries to reach on a network that is not there (Linux)
    report    print the tables and write FOLDER/results.json

All systems have the same texts, all-MiniLM-L6-v2, the language model that ships with Fieldfare, the same llama.cpp, as many
threads and as long answers. Peers are told to say that they do not know. What is measured of Fieldfare is a commit of this
repository (--commit, default HEAD), in an environment that holds what the device holds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import corpora
import environments
import psutil
import report

HERE = Path(__file__).resolve().parent
ROOT = corpora.ROOT
STAGES = ("build", "search", "answer", "timing", "cold", "report")
# System -> environment and what differs from that peer's defaults.
SYSTEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "fieldfare": ("fieldfare", {}),
    "txtai": ("txtai", {}),
    "llamaindex": ("llamaindex", {}),
    "llamaindex-256": ("llamaindex", {"chunk_size": 256}),
}
COLD = "Why must I not run at low load?"  # answered from running text, so a language model is loaded
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
TIMED = 40  # searches a set and round
TIMED_ANSWERS = 6


class Watched(NamedTuple):
    """What a command cost: seconds of wall-clock time, megabytes of its processes together at their peak."""

    seconds: float
    peak: float


class Bench:
    """The work folder and what is measured in it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.work: Path = options.work.resolve()
        self.shared: Path = options.eval
        self.sets: list[str] = options.set or list(corpora.SETS)
        self.systems: list[str] = options.system or list(SYSTEMS)
        self.asked: int = options.asked
        self.rounds: int = options.rounds
        self.threads: int = options.threads
        self.commit = _git("rev-parse", "--short=7", options.commit)
        self._source = self.work / f"fieldfare-{self.commit}"
        self._notes = self.work / "notes.json"

    def place(self, system: str, set_: str) -> Path:
        """The file that tells a worker where everything lies."""
        label = self.label(system)
        place = {
            "set": set_,
            "documents": str(self.work / "sets" / set_ / "documents.jsonl"),
            "index": str(self.work / "indexes" / label / set_),
            "embedder": str(environments.embedder_folder(self.work)),
            "model": str(environments.environment.SHARE / "models" / "language-model.gguf"),
            "threads": self.threads,
            "cache": str(self.work / "cache"),
            "scratch": str(self.work / "scratch" / label),
            "share": str(self._source / "share"),
            "app": str(self._source / "app"),
            **SYSTEMS[system][1],
        }
        file = self.work / "places" / label / f"{set_}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(place, indent=1), encoding="utf-8")
        return file

    def label(self, system: str) -> str:
        """A system with what its results depend on."""
        return f"fieldfare-{self.commit}" if system == "fieldfare" else system

    def results(self, system: str, set_: str) -> Path:
        """Where a system's results of a set lie."""
        return self.work / "results" / set_ / self.label(system)

    def command(self, system: str, task: str, place: Path, *more: str) -> list[str]:
        """A worker's command line. Packs are made by the author's installation, asked in the device's."""
        name = SYSTEMS[system][0]
        python = str(environments.python_of(name, self.work))
        if system == "fieldfare" and task == "build":
            python = sys.executable
        return [python, str(HERE / "worker.py"), name, task, "--place", str(place), *more]

    def environment(self, system: str, place: Path, *, offline: bool = True) -> dict[str, str]:
        """A worker's environment: of the user's settings nothing that bends a system."""
        inherited = environments.environment.clean_environment()
        kept = {name: value for name, value in inherited.items() if not name.startswith(("FIELDFARE_", "HF_"))}
        if system != "fieldfare":
            return kept | {"HF_HOME": str(self.work / "hf"), **(OFFLINE if offline else {})}
        known = json.loads(place.read_text(encoding="utf-8"))
        return kept | {"FIELDFARE_HOME": known["index"], "FIELDFARE_SHARE": known["share"], "PYTHONPATH": known["app"]}

    def run(self, system: str, set_: str, task: str, *more: str) -> Watched:
        """Run a worker to its end."""
        place = self.place(system, set_)
        print(f"{task}: {system} on {set_}", file=sys.stderr, flush=True)
        return watched(self.command(system, task, place, *more), self.environment(system, place))

    def note(self, system: str, set_: str, name: str, value: Any) -> None:
        """Remember a figure that is not a question's."""
        notes = self.notes()
        notes.setdefault(self.label(system), {}).setdefault(set_, {})[name] = value
        self._notes.write_text(json.dumps(notes, indent=1), encoding="utf-8")

    def notes(self) -> dict[str, Any]:
        """All such figures."""
        known: dict[str, Any] = json.loads(self._notes.read_text("utf-8")) if self._notes.is_file() else {}
        return known

    def take_source(self) -> None:
        """The commit's own code beside the models that are set up here."""
        if not (self._source / "app").is_dir():
            packed = subprocess.run(["git", "archive", self.commit, "app"], cwd=ROOT, capture_output=True, check=True)
            with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
                archive.extractall(self._source, filter="data")
        models = self._source / "share" / "models"
        models.parent.mkdir(parents=True, exist_ok=True)
        if not models.exists():
            shutil.copytree(environments.environment.SHARE / "models", models)


def watched(command: list[str], variables: dict[str, str], *, quiet: bool = False) -> Watched:
    """Run a command to its end and watch its processes. SystemExit where it fails."""
    begun = time.perf_counter()
    out = subprocess.DEVNULL if quiet else sys.stderr
    process = psutil.Popen(command, env=variables, cwd=HERE, stdout=out, stderr=subprocess.DEVNULL if quiet else None)
    peak = 0.0
    try:
        while process.poll() is None:
            try:
                family = [process, *process.children(recursive=True)]
                peak = max(peak, sum(one.memory_info().rss for one in family) / 1e6)
            except psutil.Error:
                pass  # one ended between the two calls
            time.sleep(0.2)
    except KeyboardInterrupt:
        process.wait()
        raise SystemExit("Stopped. The next run goes on from here.") from None
    if process.returncode not in {0, 10}:  # 10: Fieldfare says that the manuals do not answer
        raise SystemExit(f"'{' '.join(command)}' failed with {process.returncode}. Correct the cause and start again.")
    return Watched(time.perf_counter() - begun, peak)


def build(bench: Bench) -> None:
    bench.take_source()
    for set_ in bench.sets:
        corpora.write_set(set_, bench.shared, bench.work / "sets" / set_, asked=bench.asked)
        for system in bench.systems:
            index = Path(json.loads(bench.place(system, set_).read_text(encoding="utf-8"))["index"])
            if "build" in bench.notes().get(bench.label(system), {}).get(set_, {}) and index.is_dir():
                continue
            cost = bench.run(system, set_, "build")
            size = environments.size_of(index)
            bench.note(system, set_, "build", {"seconds": cost.seconds, "peak": cost.peak, "size": size})


def ask(bench: Bench, task: str) -> None:
    for set_ in bench.sets:
        questions = bench.work / "sets" / set_ / "questions.jsonl"
        if task == "answer" and not any(one["ask"] for one in report.rows(questions)):
            continue
        for system in bench.systems:
            out = bench.results(system, set_) / f"{task}.jsonl"
            bench.run(system, set_, task, "--questions", str(questions), "--out", str(out))


def timing(bench: Bench) -> None:
    """All systems in turns, in another order each round, so that a busy moment hits none alone."""
    for round_ in range(bench.rounds):
        for set_ in bench.sets:
            everything = report.rows(bench.work / "sets" / set_ / "questions.jsonl")
            chosen = random.Random(round_).sample(everything, min(TIMED, len(everything)))
            asked = [one for one in everything if one["ask"]]
            asked = random.Random(round_).sample(asked, min(TIMED_ANSWERS, len(asked)))
            for task, part in (("search", chosen), ("answer", asked)):
                file = bench.work / "sets" / set_ / f"timing-{task}-{round_}.jsonl"
                file.write_text("".join(json.dumps(one) + "\n" for one in part), encoding="utf-8")
                turn = round_ % len(bench.systems)
                for system in (*bench.systems[turn:], *bench.systems[:turn]) if part else ():
                    out = bench.results(system, set_) / f"timing-{task}-{round_}.jsonl"
                    if len(report.rows(out)) >= len(part):
                        continue
                    busy = psutil.cpu_percent(2.0)
                    cost = bench.run(system, set_, task, "--questions", str(file), "--out", str(out))
                    bench.note(system, set_, f"timing-{task}-{round_}", {"busy": busy, "peak": cost.peak})


def cold(bench: Bench) -> None:
    for round_ in range(bench.rounds):
        for system in bench.systems:
            place = bench.place(system, "demo")
            command, variables = _cold_command(bench, system, place), bench.environment(system, place)
            busy = psutil.cpu_percent(2.0)
            print(f"cold start: {system}", file=sys.stderr, flush=True)
            cost = watched(command, variables, quiet=True)
            bench.note(system, "demo", f"cold-{round_}", {"busy": busy, **cost._asdict()})
    for system in bench.systems:
        place = bench.place(system, "demo")
        for name, offline in (("told to stay offline", True), ("as installed", False)):
            print(f"network, {name}: {system}", file=sys.stderr, flush=True)
            tried = _network(_cold_command(bench, system, place), bench.environment(system, place, offline=offline))
            bench.note(system, "demo", f"network, {name}", tried)


def _cold_command(bench: Bench, system: str, place: Path) -> list[str]:
    if system == "fieldfare":
        return [str(environments.python_of("fieldfare", bench.work)), "-m", "fieldfare", "ask", COLD]
    return bench.command(system, "ask", place, "--text", COLD)


def _network(command: list[str], variables: dict[str, str]) -> dict[str, Any] | None:
    """The internet sockets that a command opens and the addresses that it tries, in a network of its own without any
    way out; None where this cannot be watched.
    """
    if not (shutil.which("strace") and shutil.which("unshare")):
        return None
    apart = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    with subprocess.Popen(
        [*apart, "strace", "-f", "-qq", "-e", "trace=socket,connect,sendto", *command],
        env=variables, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
    ) as process:  # fmt: skip
        trace = process.stderr.read() if process.stderr else ""
    sockets = re.findall(r"socket\(AF_INET6?,", trace)
    addresses = re.findall(r'sin6?_port=htons\((\d+)\).*?"([^"]+)"', trace)
    return {
        "sockets": len(sockets),
        "addresses": sorted({f"{address} port {port}" for port, address in addresses}),
        "exit": process.returncode,
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval", metavar="FOLDER")
    parser.add_argument("--stage", action="append", choices=STAGES)
    parser.add_argument("--set", action="append", choices=corpora.SETS)
    parser.add_argument("--system", action="append", choices=tuple(SYSTEMS))
    parser.add_argument("--asked", type=int, default=30, metavar="N", help="answers a kind of question and set (30)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of timing (3)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, metavar="N", help="of the peers' model")
    parser.add_argument("--commit", default="HEAD", metavar="REVISION")
    options = parser.parse_args()
    if options.work.resolve().is_relative_to(ROOT):
        parser.error("--work must lie outside the repository: the environments are large.")
    bench = Bench(options)
    bench.work.mkdir(parents=True, exist_ok=True)
    for stage in options.stage or STAGES:
        match stage:
            case "build":
                build(bench)
            case "search" | "answer":
                ask(bench, stage)
            case "timing":
                timing(bench)
            case "cold":
                cold(bench)
            case "report":
                report.show(bench)


if __name__ == "__main__":
    main()
