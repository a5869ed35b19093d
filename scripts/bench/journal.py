"""How long the journal takes: an entry to the disk, opening, reading, reports, a job handed over and taken in.

    .venv/bin/python scripts/bench/journal.py [--folder FOLDER] [--jobs 200] [--entries 100] [--photos 40]

The folder is where the journal is written: name one on a USB stick to measure that.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from PIL import Image

from fieldfare.domain import Asked, Noted, Progress, Reference, Stepped, StepState, Verdict, WorkMachine
from fieldfare.journal import open_journal
from fieldfare.journal.handover import hand_over, receive
from fieldfare.report.export import FORMATS, export

if TYPE_CHECKING:
    from collections.abc import Callable


def told(name: str, times: list[tuple[float, float]]) -> None:
    wall, processor = (sorted(kind) for kind in zip(*times, strict=True))
    p95 = wall[min(len(wall) - 1, round(0.95 * len(wall)))]
    print(
        f"{name:<44} median {statistics.median(wall) * 1000:8.1f} ms   p95 {p95 * 1000:8.1f} ms   "
        f"processor {statistics.median(processor) * 1000:8.1f} ms   ({len(wall)})"
    )


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    began, busy = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - began, time.process_time() - busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--entries", type=int, default=100)
    parser.add_argument("--photos", type=int, default=40)
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="fieldfare-journal-", dir=options.folder))
    try:
        measure(base, options)
    finally:
        shutil.rmtree(base)


def measure(base: Path, options: argparse.Namespace) -> None:
    place = Reference(
        pack="korvan-cp200", version="2.0", digest="3f" * 32, document="CP 200 Service manual", heading=("8", "8.2 Oil"),
        page="42", text="Remove the drain plug and drain the oil. " * 8,
    )  # fmt: skip
    journal = open_journal(base / "device")
    journal.use_machine(WorkMachine(maker="Korvan", model="CP 200", serial="SN 7"))
    told("an entry, on the disk", [timed(lambda n=n: journal.record(Noted(text=f"note {n}"))) for n in range(100)])
    steps = [
        timed(
            lambda n=n: journal.save(
                Progress(procedure=place, current=str(n)), Stepped(reference=place, number=str(n), state=StepState.DONE)
            )
        )
        for n in range(100)
    ]
    told("a step with its place, on the disk", steps)
    with journal._store.writing():  # one commit: many jobs of the past
        for number in range(options.jobs):
            journal.begin(f"job {number}")
            for entry in range(options.entries):
                journal.record(Asked(question=f"question {number} {entry}", verdict=Verdict.QUOTED, sources=(place,)))
    size = (base / "device" / "journal.sqlite").stat().st_size / 1e6
    print(f"{options.jobs} jobs of {options.entries} entries: {size:.1f} MB")
    journal.close()
    told("opening and checking it", [timed(lambda: open_journal(base / "device").close()) for _ in range(10)])
    journal = open_journal(base / "device")
    told("the jobs", [timed(journal.jobs) for _ in range(20)])
    told("200 questions for the history", [timed(journal.questions) for _ in range(20)])
    job = journal.begin("with photographs", "WO-1")
    told("the entries of a job", [timed(lambda: journal.entries(journal.jobs()[1].id)) for _ in range(20)])
    photo = base / "photo.jpg"
    Image.effect_noise((4000, 3000), 30).convert("RGB").save(photo, quality=90)
    print(f"a photograph of 12 megapixels, {photo.stat().st_size / 1e6:.1f} MB")
    told("attaching it", [timed(lambda: journal.attach(photo, "plate")) for _ in range(3)])
    for number in range(options.photos):
        Image.effect_noise((1600, 1200), 20 + number).convert("RGB").save(photo, quality=85)
        journal.attach(photo, f"photo {number}")
    for suffix in FORMATS:
        told(
            f"the report as {suffix}, {options.photos + 1} photographs",
            [timed(lambda s=suffix: export(journal, job, s, base / "out"))],
        )

    def quiet(_stage: str, _done: int, _total: int) -> None:
        pass

    told("handing it over", [timed(lambda: hand_over(journal, job, base / "job.fjob", quiet))])
    with open_journal(base / "colleague") as other:
        told("taking it in", [timed(lambda: receive(other, base / "job.fjob", quiet))])
    told("wiping the job", [timed(lambda: journal.wipe(job.id))])
    told("wiping everything", [timed(journal.wipe_everything)])


if __name__ == "__main__":
    main()
