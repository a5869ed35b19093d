"""One system at work on one set: started by run.py with the Python that the system is installed in.

    PYTHON worker.py SYSTEM build|search|answer|ask --place PLACE.json [--questions FILE --out FILE | --text QUESTION]

Results are JSON lines, one a question; questions that stand in the file already are not asked again. `ask` answers one
question in a fresh process and prints it: what a cold start costs. A system is a module SYSTEM_peer with `build(documents,
place)` and `Peer(place, answering=…)` with `search(text, limit)` and `answer(text)`. Standard library only.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

LIMIT = 10  # results a search
WARM = 5  # questions before the first that counts


def rows(file: Path) -> list[dict[str, Any]]:
    """The whole lines of a file; a last line that was cut off is left out."""
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]


def pending(questions: list[dict[str, Any]], out: Path, task: str) -> list[dict[str, Any]]:
    """The questions that have no result yet; the file is left with whole lines only."""
    known = rows(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in known), encoding="utf-8")
    done = {row["id"] for row in known}
    return [one for one in questions if one["id"] not in done and (task == "search" or one["ask"])]


def work(system: Any, task: str, options: argparse.Namespace, place: dict[str, Any]) -> None:
    """Search or answer what is pending."""
    questions = rows(options.questions)
    todo = pending(questions, options.out, task)[: options.most]
    if not todo:
        return
    peer = system.Peer(place, answering=task == "answer")
    warm = [one for one in questions if one not in todo] or questions
    for one in random.Random(0).sample(warm, min(WARM if task == "search" else 1, len(warm))):
        peer.search(one["text"], LIMIT) if task == "search" else peer.answer(one["text"])
    begun = told = time.monotonic()
    with options.out.open("a", encoding="utf-8") as file:
        for number, one in enumerate(todo, 1):
            start = time.perf_counter()
            result = peer.search(one["text"], LIMIT) if task == "search" else peer.answer(one["text"])
            seconds = time.perf_counter() - start
            line = {"id": one["id"], "seconds": seconds, **({"found": result} if task == "search" else result)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            if (now := time.monotonic()) - told > 10 or number == len(todo):
                told = now
                rate = (now - begun) / number
                left = rate * (len(todo) - number)
                print(f"  {number} of {len(todo)}, {rate:.2f} s each, {left:.0f} s left", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system")
    parser.add_argument("task", choices=("build", "search", "answer", "ask"))
    parser.add_argument("--place", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--text", default="")
    parser.add_argument("--most", type=int, default=1_000_000)
    options = parser.parse_args()
    place = json.loads(options.place.read_text(encoding="utf-8"))
    system = importlib.import_module(f"{options.system}_peer")
    if options.task == "build":
        system.build(rows(Path(place["documents"])), place)
    elif options.task == "ask":
        print(json.dumps(system.Peer(place, answering=True).answer(options.text), ensure_ascii=False))
    else:
        work(system, options.task, options, place)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; what was answered is kept")
