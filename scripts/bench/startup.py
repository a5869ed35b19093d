"""Time from process start to something usable, and peak memory (goal: below 500 MB), of the program as installed.

    .venv/bin/python scripts/bench/startup.py [--runs 7] [-- PROGRAM ARGUMENTS...]

The physical limit beside each time is the bare Python interpreter with the libraries that the command cannot do without.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

import psutil

ASK = "Why must I not run at low load?"  # running text: the language model is loaded


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Seconds of wall-clock time of a command."""
    begun = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begun


def peak(command: list[str], environment: dict[str, str]) -> float:
    """Megabytes that a command and the processes that it starts hold together, at most; looked at every 10 ms."""
    highest = 0
    child = psutil.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None:
        held = 0
        with contextlib.suppress(psutil.Error):
            for process in (child, *child.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    held += process.memory_info().rss
        highest = max(highest, held)
        time.sleep(0.01)
    return highest / 1e6


def screen(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the screen has drawn its key bar, in a pseudo-terminal of 80x24."""
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, {**environment, "TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    try:
        while b"F10" not in seen:
            if time.perf_counter() - begun > 30:
                raise SystemExit("the screen did not appear within 30 s")
            if select.select([terminal], [], [], 0.1)[0]:
                seen += os.read(terminal, 65536)
        return time.perf_counter() - begun
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("program", nargs="*", default=[sys.executable, "-m", "fieldfare"])
    options = parser.parse_args()
    program = options.program
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "FIELDFARE_HOME": home, "FIELDFARE_WELCOMED": "true"}
        print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors, median of {options.runs} warm runs\n")
        print(f"{'what':<34} {'seconds':>8} {'goal':>6} {'MB':>6}  limit")
        for name, arguments, goal, imports in (
            ("--version", ["--version"], "", "argparse"),
            ("search, a code", ["search", "E22"], "0.6", "apsw, ctranslate2, tokenizers"),
            ("search, words", ["search", "oil drain plug torque"], "0.6", "apsw, ctranslate2, tokenizers"),
            ("ask, a code (no model)", ["ask", "what does E22 mean"], "", "apsw, ctranslate2, tokenizers"),
            ("ask, drafted (model)", ["ask", "--draft", ASK], "", "apsw, ctranslate2, tokenizers, llama_cpp.llama_cpp"),
        ):
            runs = [timed([*program, *arguments], environment) for _ in range(options.runs)]
            code = f"try:\n import {imports}\nexcept Exception: import numpy, ctypes"
            floor = statistics.median(timed([sys.executable, "-c", code], environment) for _ in range(options.runs))
            seconds = statistics.median(runs)
            memory = peak([*program, *arguments], environment)
            print(
                f"{name:<34} {seconds:8.2f} {goal:>6} {memory:6.0f}  {floor:.2f} s imports alone, {seconds / floor:.1f} x"
            )
        seconds = statistics.median(screen(program, environment) for _ in range(options.runs))
        floor = statistics.median(
            timed([sys.executable, "-c", "import textual.app, textual.widgets"], environment)
            for _ in range(options.runs)
        )
        print(
            f"{'screen, ready to type':<34} {seconds:8.2f} {'1.0':>6} {'':>6}  {floor:.2f} s import of Textual, {seconds / floor:.1f} x"
        )


if __name__ == "__main__":
    main()
