"""How true and how fast an embedder is on this device's engine, beside its peers in the same run.

    python scripts/bench/embedders.py [MODEL_FOLDER ...] [--rounds N] [--reference PYTHON]

MODEL_FOLDER is a sentence-transformers folder; each is converted as a build converts it. Peers: the same model on
CTranslate2 in float32, the bare numpy forward pass, and sentence-transformers where PYTHON (an environment of
requirements/reference.in) or this Python has it. Without a folder the embedded embedder is measured alone. Agreement is
the cosine with sentence-transformers, or with the numpy pass where there is none. Then: what several embedders cost a
device that has packs of each. `strangers` and `partners` are the cosines of the probes that lay the common scale.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from fieldfare import paths
from fieldfare.embedding import Embedder
from fieldfare.ingest.embedder import convert, open_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEXTS = [
    f"{number}. Drain the coolant into a clean container of at least {number + 12} litres. Remove the two screws of the "
    "thermostat housing, lift the housing off with its gasket, and clean both faces without scratching them. Fit a new "
    f"gasket dry, tighten the screws to {20 + number % 9} N m, and refill slowly until no bubbles rise at the filler neck."
    for number in range(200)
]
QUERY = "how do I replace the thermostat gasket"
PEER = """
import json, sys, time
texts, query, rounds = json.load(sys.stdin)
import torch
from sentence_transformers import SentenceTransformer
torch.set_num_threads(2)
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
model.encode(texts[:8], prompt="")
times = []
for _ in range(rounds):
    began = time.perf_counter(); model.encode(texts, prompt="", batch_size=32); whole = time.perf_counter() - began
    single = []
    for _ in range(20):
        began = time.perf_counter(); model.encode([query], prompt=""); single.append(time.perf_counter() - began)
    times.append((whole, sorted(single)[10]))
vectors = model.encode(texts[:40], prompt="", normalize_embeddings=True)
print(json.dumps([times, vectors.tolist()]))
"""


def timed(encode: Callable[[Sequence[str]], np.ndarray], texts: Sequence[str], rounds: int) -> tuple[float, float]:
    """Texts a second and milliseconds for one query: the medians of the rounds."""
    encode(texts[:8])
    rates, singles = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        encode(texts)
        rates.append(len(texts) / (time.perf_counter() - began))
        for _ in range(20):
            began = time.perf_counter()
            encode([QUERY])
            singles.append(1000 * (time.perf_counter() - began))
    return statistics.median(rates), statistics.median(singles)


def peer(python: str, folder: Path, texts: Sequence[str], rounds: int) -> tuple[float, float, np.ndarray]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [python, "-c", PEER, str(folder)],
        input=json.dumps([texts, QUERY, rounds]),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    times, vectors = json.loads(done.stdout.splitlines()[-1])
    rate = statistics.median(len(texts) / whole for whole, _ in times)
    return rate, statistics.median(1000 * single for _, single in times), np.array(vectors, dtype=np.float32)


def row(name: str, rate: float, single: float, vectors: np.ndarray, true: np.ndarray) -> None:
    cosines = (vectors * true).sum(axis=1)
    print(f"  {name:<28}{rate:>9.1f}{single:>10.1f}{cosines.mean():>10.4f}{cosines.min():>9.4f}", flush=True)


def measure(folder: Path, python: str | None, rounds: int, scratch: Path) -> Path:
    """Print the rows of a model; the folder of its int8 conversion."""
    made = {kind: scratch / f"{folder.name}-{kind}" for kind in ("int8", "float32")}
    for kind, target in made.items():
        convert(folder, target, quantisation=kind, prompts={})
    about = json.loads((made["int8"] / "embedder.json").read_text("utf-8"))
    sizes = [sum(file.stat().st_size for file in target.iterdir()) / 1e6 for target in made.values()]
    scale = about["scale"]
    print(
        f"\n{about['name']}: {about['dimension']} dimensions, int8 {sizes[0]:.1f} MB, float32 {sizes[1]:.1f} MB; "
        f"strangers {scale['strangers']}, partners {scale['partners']}"
    )
    print(f"  {f'{len(TEXTS)} texts of 80 tokens':<28}{'texts/s':>9}{'query ms':>10}{'cosine':>10}{'least':>9}")
    numpy_pass = open_reference(folder, {})
    true = numpy_pass.encode(TEXTS[:40])
    theirs = peer(python, folder, TEXTS, rounds) if python else None
    if theirs is not None:
        row("sentence-transformers", *theirs[:2], theirs[2], theirs[2])
    reference = theirs[2] if theirs is not None else true
    for kind, target in made.items():
        opened = Embedder.open(target)
        row(f"CTranslate2 {kind}", *timed(opened.encode, TEXTS, rounds), opened.encode(TEXTS[:40]), reference)
    row("numpy float32", *timed(numpy_pass.encode, TEXTS[:40], 1), true, reference)
    return made["int8"]


def together(folders: Sequence[Path]) -> None:
    """What each further embedder costs a device, in memory and in time, and one question asked of all."""
    process = psutil.Process()
    print("\nopened one after the other from bytes, as from a pack:")
    opened: list[Embedder] = []
    for folder in folders:
        before, began = process.memory_info().rss, time.perf_counter()
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
        opened.append(Embedder.load(files, Embedder.open(folder).identity, str(folder)))
        del files
        opened[-1].encode([QUERY])
        spent = time.perf_counter() - began
        print(f"  {folder.name:<32} {spent * 1000:>7.0f} ms {(process.memory_info().rss - before) / 1e6:>7.0f} MB more")
    began = time.perf_counter()
    for _ in range(20):
        for embedder in opened:
            embedder.encode([QUERY], query=True)
    print(f"  one question by all {len(opened)}: {(time.perf_counter() - began) / 20 * 1000:.1f} ms")


def main() -> int:
    parser = argparse.ArgumentParser(description="measure embedders against their peers")
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL_FOLDER")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--reference", metavar="PYTHON", help="a Python that has sentence-transformers")
    options = parser.parse_args()
    here = sys.executable if importlib.util.find_spec("sentence_transformers") else None
    python = options.reference or here
    others = psutil.cpu_percent(1.0)
    print(
        f"before the start, other programs take {others:.0f} % of the processors" + (": too many" if others > 5 else "")
    )
    if python is None and options.models:
        print("no sentence-transformers here: name a Python that has it with --reference; its peer is the numpy pass")
    with tempfile.TemporaryDirectory() as scratch:
        made = [measure(folder, python, options.rounds, Path(scratch)) for folder in options.models]
        embedded = paths.embedder_dir()
        if not made:
            opened = Embedder.open(embedded)
            rate, single = timed(opened.encode, TEXTS, options.rounds)
            print(
                f"{opened.identity.name}, embedded: {rate:.1f} texts/s, one query {single:.1f} ms; name a folder for peers"
            )
        together([embedded, *made])
    return 0


if __name__ == "__main__":
    sys.exit(main())
