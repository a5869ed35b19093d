"""The tables of a run, from what lies in its work folder."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import environments
import psutil
import scoring

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from run import Bench

NAMED = {
    "fieldfare": ("apsw", "numpy", "ctranslate2", "llama-cpp-python"),
    "txtai": ("txtai", "torch", "transformers", "faiss-cpu", "llama-cpp-python"),
    "llamaindex": ("llama-index-core", "torch", "sentence-transformers", "llama-cpp-python"),
}


def rows(file: Path) -> list[dict[str, Any]]:
    """The lines of a JSON lines file; none where it is missing. A last line that was cut off is left out."""
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n")[:-1] if line]


def show(bench: Bench) -> None:
    """Print every table and write results.json."""
    found = {
        "machine": _machine(),
        "fieldfare": bench.commit,
        "versions": {name: _versions(name, bench) for name in NAMED},
        "searches": {set_: _searches(bench, set_) for set_ in bench.sets},
        "answers": {set_: _answers(bench, set_) for set_ in bench.sets},
        "costs": {system: _costs(bench, system) for system in bench.systems},
    }
    (bench.work / "results.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{found['machine']}; Fieldfare {bench.commit}")
    for name, versions in found["versions"].items():
        print(f"{name}: {versions}")
    for set_ in bench.sets:
        _table(f"{set_}: search", found["searches"][set_])
    for set_ in bench.sets:
        _table(f"{set_}: answers", found["answers"][set_])
    _table("costs", found["costs"])


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB, Python {platform.python_version()}"


def _versions(name: str, bench: Bench) -> str:
    code = "import importlib.metadata as m, sys; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    python = str(environments.python_of(name, bench.work))
    done = subprocess.run([python, "-c", code, *NAMED[name]], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _searches(bench: Bench, set_: str) -> dict[str, dict[str, Any]]:
    questions = {one["id"]: one for one in rows(bench.work / "sets" / set_ / "questions.jsonl")}
    table = {}
    for system in bench.systems:
        results = [
            one for one in rows(bench.results(system, set_) / "search.jsonl") if _has_place(questions[one["id"]])
        ]
        ranks = [scoring.rank(one["found"], questions[one["id"]]) for one in results]
        near = [scoring.rank(one["found"], questions[one["id"]], near=True) for one in results]
        quoted = any(questions[one["id"]]["quote"] for one in results)
        by_section = {
            "hit@1, or another part of its section": _share(rank == 1 for rank in near),
            "hit@5, or another part of its section": _share(0 < rank <= 5 for rank in near),
        }
        times = _times(bench, system, set_, "search")
        lengths = [len(one["found"][0]["text"]) for one in results if one["found"]]
        if not ranks:
            continue
        table[system] = {
            "questions": len(ranks),
            "hit@1": _share(rank == 1 for rank in ranks),
            "hit@5": _share(0 < rank <= 5 for rank in ranks),
            **(by_section if quoted else {}),
            "p50 ms": 1000 * scoring.percentile(times, 0.5) if times else None,
            "p95 ms": 1000 * scoring.percentile(times, 0.95) if times else None,
            "characters of the first result": statistics.median(lengths) if lengths else 0,
        }
    return table


def _has_place(question: dict[str, Any]) -> bool:
    return question["answerable"] is not False and bool(question["gold"] or question["quote"])


def _answers(bench: Bench, set_: str) -> dict[str, dict[str, Any]]:
    questions = {one["id"]: one for one in rows(bench.work / "sets" / set_ / "questions.jsonl")}
    table: dict[str, dict[str, Any]] = {}
    for system in bench.systems:
        results = rows(bench.results(system, set_) / "answer.jsonl")
        if not results:
            continue
        judged = [_judge(one, questions[one["id"]]) for one in results]
        answerable = [one for one in judged if one["answerable"]]
        gaps = [one for one in judged if not one["answerable"]]
        shown = [one for one in judged if not one["refused"]]
        numbers = [one for one in shown if one["numbers"]]
        golden = [one for one in answerable if not one["refused"] and one["numbers"] and one["has_truth"]]
        times = _times(bench, system, set_, "answer")
        table[system] = {
            "answerable": len(answerable),
            "right": sum(one["right"] for one in answerable) if any(one["has_golds"] for one in answerable) else None,
            "refused": sum(one["refused"] for one in answerable),
            "unanswerable": len(gaps),
            "refused rightly": sum(one["refused"] for one in gaps),
            "a number shown where there is none": sum(one["numbers"] and not one["refused"] for one in gaps),
            "answers with numbers": len(numbers),
            "with a number that nothing it read has": sum(bool(one["invented"]) for one in numbers),
            "answerable with numbers": len(golden),
            "with a number that the gold text has not": sum(bool(one["elsewhere"]) for one in golden),
            "characters shown": statistics.median(one["length"] for one in shown) if shown else 0,
            "p50 s": scoring.percentile(times, 0.5) if times else None,
            "p95 s": scoring.percentile(times, 0.95) if times else None,
        }
    return table


def _judge(result: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    answer = result["answer"]
    refused = result.get("refused", scoring.refuses(answer))
    return {
        "answerable": question["answerable"],
        "refused": refused,
        "right": not refused and scoring.right(answer, question["golds"]),
        "has_golds": bool(question["golds"]),
        "numbers": bool(scoring.numbers(answer) - scoring.numbers(question["text"])),
        "invented": scoring.unsupported(answer, question["text"], result["read"]),
        "has_truth": bool(question["truth"]),
        "elsewhere": scoring.unsupported(answer, question["text"], question["truth"]),
        "length": len(answer),
    }


def _times(bench: Bench, system: str, set_: str, task: str) -> list[float]:
    files = sorted(bench.results(system, set_).glob(f"timing-{task}-*.jsonl"))
    return [one["seconds"] for file in files for one in rows(file)]


def _costs(bench: Bench, system: str) -> dict[str, Any]:
    notes = bench.notes().get(bench.label(system), {})
    every = [(name, note) for known in notes.values() for name, note in known.items() if note]
    cold = [note for name, note in every if name.startswith("cold-")]
    place = json.loads(bench.place(system, "demo").read_text(encoding="utf-8"))
    kept = bench.work / "environments" / SYSTEM_ROOMS.get(system, system)
    models = [Path(place["share"])] if system == "fieldfare" else [Path(place["embedder"]), Path(place["model"])]
    code = [Path(place["app"])] if system == "fieldfare" else []
    network = {name: note for name, note in every if name.startswith("network")}
    return {
        "cold start to the first answer, s": statistics.median(one["seconds"] for one in cold) if cold else None,
        "its peak MB": max(one["peak"] for one in cold) if cold else None,
        "peak MB of search": _peak(every, "timing-search"),
        "peak MB of answers": _peak(every, "timing-answer"),
        "environment MB": environments.size_of(kept, *code),
        "models MB": environments.size_of(*models),
        "indexes MB": sum(note["size"] for name, note in every if name == "build"),
        "seconds to build them": sum(note["seconds"] for name, note in every if name == "build"),
        **{name: _tried(note) for name, note in sorted(network.items())},
        "others' share of the processors while timed, % (median)": _busy(every),
    }


SYSTEM_ROOMS = {"llamaindex-256": "llamaindex"}


def _tried(note: dict[str, Any]) -> str:
    where = ", ".join(note["addresses"])
    return f"{note['sockets']} sockets" + (f" ({where})" if where else "")


def _peak(notes: Iterable[tuple[str, dict[str, Any]]], start: str) -> float | None:
    return max((note["peak"] for name, note in notes if name.startswith(start)), default=None)


def _busy(notes: Sequence[tuple[str, dict[str, Any]]]) -> float | None:
    shares = [note["busy"] for _, note in notes if "busy" in note]
    return statistics.median(shares) if shares else None


def _share(marks: Iterable[bool]) -> float:
    judged = list(marks)
    return sum(judged) / len(judged) if judged else 0.0


def _table(title: str, table: dict[str, dict[str, Any]]) -> None:
    """One column a system, one row a figure."""
    systems = [system for system in table if table[system]]
    if not systems:
        return
    print(f"\n| {title} | {' | '.join(systems)} |\n|---|{'---|' * len(systems)}")
    for figure in table[systems[0]]:
        print(f"| {figure} | {' | '.join(_written(table[system].get(figure)) for system in systems)} |")


def _written(value: Any) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return str(value)
