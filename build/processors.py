"""Tries the language engine of a bundle on processors that are emulated: which variant it takes, and that it writes.

    build/processors.py DIST [PROCESSOR ...]      (as `qemu-x86_64 -cpu help` names them; needs qemu-user)

The program is asked as it asks itself, through the streams of its hidden command `serve-language-model`. Exit code 0 only
if each wrote with the variant that is meant for it.
"""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FRAMES = Path(__file__).resolve().parent.parent / "app" / "fieldfare" / "llm" / "frames.py"
# Processors, each the last of its kind that knows no more instructions than its variant.
MEANT = {"Nehalem": "sse42", "SandyBridge": "sandybridge", "IvyBridge": "ivybridge", "Haswell": "haswell"}
WRITTEN = 6  # tokens


class ProcessorError(Exception):
    """What went wrong on a processor, as a sentence."""


def emulated(program: Path, processor: str, *arguments: str) -> list[str]:
    """The command that runs the frozen program on a processor.

    As its second half: the first sets these variables and starts the program once more, which the emulator would leave to
    the processor that there is.
    """
    variables = {
        "LD_LIBRARY_PATH": str(program.parent / "_internal"), "_PYI_ARCHIVE_FILE": str(program),
        "_PYI_PARENT_PROCESS_LEVEL": "-1", "_PYI_LINUX_PROCESS_NAME": program.name,
    }  # fmt: skip
    settings = [part for name, value in variables.items() for part in ("-E", f"{name}={value}")]
    return ["qemu-x86_64", "-cpu", processor, *settings, str(program), *arguments]


def write(program: Path, processor: str) -> tuple[str, str]:
    """Load the model of a bundle on a processor and let it write a little: the variant in use, and what it wrote."""
    frames = runpy.run_path(str(FRAMES))
    model = next((program.parent / "_internal" / "share" / "models").glob("*.gguf"))
    command = emulated(program, processor, frames["COMMAND"])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:

            def ask(tag: bytes, **values: Any) -> str:
                frames["send"](process.stdin, tag, {"number": 1, **values})
                text = ""
                while (answer := frames["receive"](process.stdout))[0] == frames["PIECE"]:
                    text += answer[1]["text"]
                if answer[0] != frames["END"]:
                    raise ProcessorError(str(answer[1].get("sentence") or f"it ended with {process.wait(30)}"))
                return text

            ask(frames["OPEN"], path=str(model), context=512, threads=2)
            said = ask(frames["GENERATE"], system="", user="Name a tool.", max_tokens=WRITTEN, opening="")
            mapped = Path(f"/proc/{process.pid}/maps").read_text("utf-8")
        finally:
            process.kill()
    return ", ".join(sorted(set(re.findall(r"ggml-cpu-(\w+)\.so", mapped)))), said


def main(arguments: list[str]) -> int:
    """Try each; 0 if all wrote."""
    if not arguments:
        print("Name the folder of a bundle.", file=sys.stderr)
        return 2
    failed = 0
    for processor in arguments[1:] or MEANT:
        began = time.monotonic()
        try:
            variant, said = write(Path(arguments[0]).resolve() / "fieldfare", processor)
            fits = bool(said.strip()) and variant == MEANT.get(processor, variant)
        except (ProcessorError, OSError, StopIteration) as error:
            variant, said, fits = "", str(error), False
        failed += not fits
        mark = "ok  " if fits else "FAIL"
        print(f"{mark}  {processor:<12} {time.monotonic() - began:6.1f} s  {variant:<12} {said!r}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
