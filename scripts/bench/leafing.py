"""The reader under the fingers: a table of 3,000 rows, a section of 600 paragraphs, 600 sections, a search inside.

    .venv/bin/python scripts/bench/leafing.py [--presses 40]

A manual of that size is built and installed for a user of its own; then the program runs in a pseudo-terminal of 90 by 50.
A time is that from a key until the first bytes of what it changes have reached the terminal.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from terminal import KEY, Terminal

from fieldfare.cli import main as fieldfare

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = "motor pump valve sensor delay limit speed torque pressure level filter ramp brake phase current".split()
ROWS = 3000
SECTIONS = 600
GOAL = 0.05
KEYS = {
    "down": "\x1b[B",
    "space": " ",
    "end": "\x1b[F",
    "home": "\x1b[H",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "F3": "\x1bOR",
}


def manual() -> str:
    """Markdown with a table wider than any screen, one that fits, many sections and a long one."""
    chance = random.Random(4)

    def some(count: int) -> str:
        return " ".join(chance.sample(WORDS, count))

    lines = [
        "# BX-900",
        "",
        "## 1 Parameters",
        "",
        "| Code | Name | Unit | Minimum | Maximum | Default | Access | Communication object | Acknowledgement | Remark |",
    ]
    lines += ["|---|---|---|---|---|---|---|---|---|---|"]
    for number in range(ROWS):
        remark = f"Change only with the {some(4)} stopped" if number % 7 == 0 else ""
        lines += [
            f"| P{number:04d} | {some(3)} | °C | {number % 10} | {number} | {number % 20} | RW | {some(1)}-{some(1)}-{number} | {some(1)} after {number} ms | {remark} |"
        ]
    lines += ["", "## 2 Codes", "", "| Code | Meaning |", "|---|---|"]
    lines += [f"| E{number:04d} | {some(2)} |" for number in range(ROWS)]
    lines += ["", "## 3 Long", ""]
    lines += [line for number in range(SECTIONS) for line in (f"Paragraph {number}: the {some(8)}.", "")]
    for number in range(1, SECTIONS + 1):
        lines += [f"## {number + 3} Set the {some(2)}", "", f"Set P{number:04d} and see section {number + 2}.", ""]
    return "\n".join(lines)


def pressed(terminal: Terminal, keys: Iterable[str]) -> list[float]:
    """Seconds from each key to the first bytes behind it; keys that change nothing are not counted."""
    times = []
    for key in keys:
        terminal.press(KEYS.get(key, key))
        begun = time.perf_counter()
        if terminal.read(1.0):
            times.append(time.perf_counter() - begun)
        terminal.rest(max(KEY, 0.15 - (time.perf_counter() - begun)))
    return times


def row(name: str, found: list[float]) -> None:
    """Median and 95th percentile in seconds."""
    high = sorted(found)[min(len(found) - 1, int(0.95 * len(found)))]
    print(f"{name:<52}{statistics.median(found):>8.3f}{high:>8.3f}{len(found):>6}{GOAL:>8.2f}", flush=True)


def opened(terminal: Terminal, heading: str, shown: str) -> float:
    """Open a heading of the outline; the seconds until its text is on the screen."""
    terminal.press(heading)
    if not terminal.wait("1 heading", 20):
        raise SystemExit(f"no heading {heading!r}")
    begun = time.perf_counter()
    terminal.press("\r")
    if not terminal.wait(shown):
        raise SystemExit(f"{heading!r} did not open")
    taken = time.perf_counter() - begun
    terminal.rest(3.0)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=40, metavar="N")
    presses = parser.parse_args().presses
    others = psutil.cpu_percent(1.0)
    print(
        f"other programs take {others:.0f} % of {psutil.cpu_count()} processors" + (": too many" if others > 5 else "")
    )
    with tempfile.TemporaryDirectory(prefix="fieldfare-bench-") as scratch:
        folder, home = Path(scratch) / "bx-900", Path(scratch) / "home"
        folder.mkdir()
        (folder / "manual.md").write_text(manual(), encoding="utf-8")
        os.environ["FIELDFARE_HOME"] = str(home)
        pack = Path(scratch) / "bx.fpack"
        for command in (["build", str(folder), "--no-meaning", "-o", str(pack)], ["install", "--unsigned", str(pack)]):
            if code := fieldfare(["pack", *command]):
                raise SystemExit(code)
        terminal = Terminal([sys.executable, "-m", "fieldfare"], str(home))
        if not terminal.wait("uestion, code"):
            raise SystemExit("no prompt within a minute")
        terminal.rest(3.0)
        terminal.press(KEYS["F3"])
        terminal.wait("UNSIGNED BX-900")
        terminal.rest(1.0)
        number = re.findall(r"(\d) +UNSIGNED BX-900", terminal.screen())
        terminal.press(number[0] if number else "1")
        terminal.wait("Parameters")
        terminal.rest(1.0)
        print(f"{'seconds':<52}{'median':>8}{'p95':>8}{'n':>6}{'goal':>8}")
        for heading, shown, name in (
            ("parameters", "P0005", f"a table of {ROWS} rows, too wide"),
            ("codes", "E0005", f"a table of {ROWS} rows"),
            ("long", "Paragraph 5", f"a section of {SECTIONS} paragraphs"),
        ):
            print(f"{name}: open after {opened(terminal, heading, shown):.2f}")
            row("  arrow down", pressed(terminal, ["down"] * presses))
            row("  a screen on", pressed(terminal, ["space"] * presses))
            row("  to the end and back", pressed(terminal, ["end", "home"] * (presses // 2)))
            if heading == "parameters":
                row("  sideways", pressed(terminal, ["right", "left"] * (presses // 2)))
            terminal.press("\x1b")
            terminal.rest(0.5)
            terminal.press("\x1b")
            terminal.rest(0.5)
        print(f"one of {SECTIONS} short sections; a letter waits 0.04 for what a scanner would type")
        terminal.press(KEYS["home"] + "\r")
        for _ in range(5):  # past the tables and the long one
            terminal.rest(2.0)
            terminal.press("n")
        terminal.rest(2.0)
        row("  to the next section", pressed(terminal, ["n"] * presses))
        terminal.press("/")
        terminal.rest(1.0)
        row("  a letter of a search inside", pressed(terminal, "pressure level filter valve sensor limit"))
        terminal.press("\x1b")
        terminal.close()


if __name__ == "__main__":
    main()
