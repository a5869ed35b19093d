"""The screen under the fingers: start, memory, keys while an answer streams, search while typing over 100,000 passages, bytes.

    .venv/bin/python scripts/bench/screen.py --work FOLDER [--runs 5] [--large FILE.fpack]

The program runs in a pseudo-terminal of 90 by 50 with a home of its own. Beside each time stands the same of a bare Textual
program with one input line, on the same machine in the same run. The large pack is made of the repair guides, several times
over, as scripts/bench/search_times.py does, and kept in FOLDER.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpora
import psutil
from search_times import TIMES, multiplied
from terminal import KEY, Terminal

from fieldfare.assistant import open_embedder

PROGRAM = [sys.executable, "-m", "fieldfare"]
BARE = [
    sys.executable,
    "-c",
    (
        "from textual.app import App\nfrom textual.widgets import Input\n"
        "class Bare(App):\n def compose(self): yield Input(placeholder='Question, code')\nBare().run()"
    ),
]
PROMPT = "uestion, code"  # the cursor stands on the first letter
TYPED = (
    "how do I change the battery of the phone",
    "screen does not turn on after the repair",
    "which screws hold the display assembly",
    "remove the logic board connector",
    "where is the antenna cable",
    "how to open the case without damage",
)
ASKED = ("what does E22 mean", "which oil filter does the set need")
LOADED = 4.0  # seconds after which embedder and reader are in memory
DRAFTED = "Why must I not run at low load?"  # running text, which a model writes about
BAUD = 9600 / 10  # bytes a second of a serial line with a start and a stop bit


def row(name: str, found: list[float], goal: float, bare: list[float]) -> None:
    """Median and 95th percentile in seconds, what is wanted, and how many times the bare program's."""
    high = sorted(found)[min(len(found) - 1, int(0.95 * len(found)))]
    floor = f"{statistics.median(found) / statistics.median(bare):>8.1f} x" if bare else ""
    print(f"{name:<50}{statistics.median(found):>8.3f}{high:>8.3f}{len(found):>6}{goal:>8.2f}{floor}", flush=True)


def started(command: list[str], home: str) -> tuple[Terminal, float]:
    """The program with its prompt on the screen, and the seconds until it was there."""
    begun = time.perf_counter()
    terminal = Terminal(command, home)
    if not terminal.wait(PROMPT):
        raise SystemExit("no prompt within a minute")
    return terminal, time.perf_counter() - begun


def echoes(terminal: Terminal, text: str) -> list[float]:
    """Seconds from each key to the bytes that it draws."""
    found = []
    for letter in text:
        terminal.press(letter)
        begun = time.perf_counter()
        if terminal.read(1.0):
            found.append(time.perf_counter() - begun)
        terminal.rest(KEY - (time.perf_counter() - begun))
    return found


def start_and_memory(home: str, runs: int) -> None:
    own: list[float] = []
    bare: list[float] = []
    held: dict[str, list[float]] = {"of the bare program": [], "of the screen": [], "of the screen, after answers": []}
    for _ in range(runs):
        for command, kept in ((PROGRAM, own), (BARE, bare)):
            terminal, seconds = started(command, home)
            kept.append(seconds)
            terminal.rest(LOADED)
            held["of the screen" if command is PROGRAM else "of the bare program"].append(resident(terminal))
            for question in ASKED if command is PROGRAM else ():
                for letter in question:
                    terminal.press(letter)
                    terminal.rest(KEY)
                terminal.press("\r")
                terminal.settled(2.0)
            if command is PROGRAM:
                held["of the screen, after answers"].append(resident(terminal))
            terminal.close()
    row("start to prompt", own, 1.0, bare)
    for name, values in held.items():
        print(f"memory {name}, without a model: {statistics.median(values):.0f} MB (goal 150)", flush=True)


def resident(terminal: Terminal) -> float:
    """Megabytes that stand in memory for the program, libraries that others use too included."""
    return float(psutil.Process(terminal.pid).memory_info().rss) / 1e6


def keys_while_streaming(home: str, runs: int) -> None:
    terminal, _ = started(BARE, home)
    bare = echoes(terminal, TYPED[0] * 2)
    terminal.close()
    (Path(home) / "settings.toml").write_text("draft = true\ndraft_seconds = 0\n", "utf-8")
    terminal, _ = started(PROGRAM, home)
    terminal.wait("● ready")
    terminal.rest(1.0)
    found: list[float] = []
    for _ in range(runs):
        terminal.press(DRAFTED)
        terminal.press("\r")
        if not terminal.wait("Writing…", 30):
            print("no answer was being written: nothing to type beside", flush=True)
            break
        found += echoes(terminal, TYPED[0])
        terminal.settled(3.0)
        terminal.press("\x1b")
        terminal.rest(0.5)
    if found:
        row("key to repaint while an answer streams", found, 0.05, bare)
    terminal.close()


def bytes_on_the_line(home: str) -> None:
    terminal, _ = started(PROGRAM, home)
    terminal.rest(2.0)
    print(f"first screen: {len(terminal.raw)} bytes, {len(terminal.raw) / BAUD:.1f} s at 9600 baud")
    keys = []
    for letter in "oil filter":
        since = terminal.press(letter)
        terminal.rest(0.03)
        keys.append(len(terminal.raw) - since)
    print(f"a letter: {statistics.median(keys):.0f} bytes, {1000 * statistics.median(keys) / BAUD:.0f} ms")
    terminal.rest(1.0)
    since = terminal.press("\r")
    terminal.settled(3.0)
    sent = len(terminal.raw) - since
    print(f"an answer with its pages: {sent} bytes, {sent / BAUD:.1f} s", flush=True)
    terminal.close()


def typed_over(pack: Path, home: str) -> None:
    subprocess.run(
        [*PROGRAM, "pack", "install", str(pack), "--unsigned"], check=True, env=_home(home), stdout=sys.stderr
    )
    terminal, _ = started(PROGRAM, home)
    terminal.rest(LOADED)
    found = []
    for text in TYPED * 3:
        for letter in text:
            terminal.rest(KEY)
            terminal.press(letter)
            begun = time.perf_counter()
        found.append(terminal.settled(1.0) - begun)
        terminal.press("\x1b")
        terminal.rest(0.5)
    if found:
        row("last key to a settled screen, 100,000 passages", found, 0.1, [])
    terminal.close()


def _home(home: str) -> dict[str, str]:
    return {**os.environ, "FIELDFARE_HOME": home, "FIELDFARE_WELCOMED": "true"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where the large pack is kept")
    parser.add_argument("--large", type=Path, help="a large pack that is there already")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    large = options.large or options.work / "multiplied.fpack"
    if not large.is_file():
        embedder = open_embedder()
        if embedder is None:
            parser.error("the embedder is not set up: run scripts/test once")
        (guides,) = corpora.open_sets(options.work, embedder, ["repair-guides"])
        multiplied(guides.archive, TIMES[-1], large).close()
    others = psutil.cpu_percent(1.0)
    print(f"other programs take {others:.0f} % of {psutil.cpu_count()} processors\n")
    print(f"{'seconds':<50}{'median':>8}{'p95':>8}{'n':>6}{'goal':>8}  bare Textual")
    with tempfile.TemporaryDirectory() as home:
        start_and_memory(home, options.runs)
        bytes_on_the_line(home)
    with tempfile.TemporaryDirectory() as home:
        keys_while_streaming(home, options.runs)
    with tempfile.TemporaryDirectory() as home:
        typed_over(large, home)


if __name__ == "__main__":
    main()
