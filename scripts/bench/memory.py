#!/usr/bin/env python3
"""How long a look-up in a translation memory takes, and what is found for sentences that differ a little.

    .venv/bin/python scripts/bench/memory.py [--units 20000]

The memory is made of the aligned sentences of ../shared/eval/translation, and of as many more with two words changed as it
takes. Times are those of the processor, one thread.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.ingest.tmx import write_tmx
from fieldfare.ingest.units import State, Unit
from fieldfare.pack.archive import Archive
from fieldfare.translation.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldfare.translation.memory import MemoryMatch

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "eval" / "translation" / "parallel.en-de.tsv"
ASKED = 300


def units(wanted: int, chance: random.Random) -> list[Unit]:
    with CORPUS.open(encoding="utf-8", newline="") as stream:
        pairs = [row[-2:] for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    words = sorted({word for source, _ in pairs for word in source.split()})
    made = []
    for number in range(wanted):
        source, target = pairs[number % len(pairs)]
        if number >= len(pairs):
            changed = source.split()
            changed[chance.randrange(len(changed))] = chance.choice(words)
            source = " ".join([*changed, chance.choice(words)])
        made.append(
            Unit(source=source, target=target, source_language="en", target_language="de", state=State.APPROVED)
        )
    return made


def ask(name: str, look: Callable[[str, str, str], MemoryMatch | None], texts: list[str]) -> None:
    times, kinds = [], Counter()
    for text in texts:
        began = time.process_time()
        match = look(text, "en", "de")
        times.append((time.process_time() - began) * 1000)
        kinds[match.kind.value if match else "none"] += 1
    times.sort()
    found = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    print(f"{name:<28} p50 {times[len(times) // 2]:5.1f} ms  p95 {times[int(len(times) * 0.95)]:5.1f} ms  {found}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=20_000)
    options = parser.parse_args()
    if not CORPUS.exists():
        sys.exit(f"{CORPUS} is not here.")
    chance = random.Random(1)
    made = units(options.units, chance)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "manual.md").write_text("# Manual\n\nA text.\n", encoding="utf-8")
        (folder / "de.tmx").write_bytes(write_tmx(made, "en"))
        (folder / "pack.toml").write_text(
            '[pack]\nid = "memory"\nlanguage = "en"\n[translations]\nmemory = ["de.tmx"]\n', encoding="utf-8"
        )
        began = time.process_time()
        build(read_source(folder), folder / "made.fpack", None, lambda *_: None)
        size = (folder / "made.fpack").stat().st_size
        print(f"{len(made)} translations: built in {time.process_time() - began:.1f} s, {size / 1e6:.1f} MB")
        archive = Archive(folder / "made.fpack")
        memory = Memory([archive])
        known = [one.source for one in chance.sample(made[:2444], ASKED)]
        ask("the same sentence", memory.lookup, known)
        ask("another, approved only", memory.approved, [f"{text} And more." for text in known])
        ask("one word more", memory.lookup, [f"{text[:-1]} carefully{text[-1]}" for text in known])
        ask("half of its words", memory.lookup, [" ".join(text.split()[::2]) for text in known])
        archive.close()


if __name__ == "__main__":
    main()
