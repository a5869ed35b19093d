"""What a run was measured with: the processor, the engines and their versions, and the memory that the process took."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

from fieldfare import __version__, paths
from fieldfare.reading import DESCRIPTION

_ENGINES = ("llama-cpp-python", "ctranslate2", "tokenizers", "apsw", "numpy")


def described() -> dict[str, Any]:
    """The machine and the program, for the record of a run."""
    import psutil

    engines = {}
    for name in _ENGINES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            engines[name] = importlib.metadata.version(name)
    return {
        "fieldfare": __version__,
        "processor": processor(),
        "processors": os.cpu_count() or 1,
        "memory": psutil.virtual_memory().total,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "engines": engines,
    }


def processor() -> str:
    """The name of the processor."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def peak_memory() -> int:
    """Bytes that this process took at its most, with the most of each child that still runs (a model may have its own)."""
    import psutil

    mine = psutil.Process()
    return sum(peak_of(one.pid) for one in (mine, *mine.children(recursive=True)))


def peak_of(pid: int) -> int:
    """Bytes that a process took at its most, or takes now where the system does not say; 0 where it is gone."""
    import psutil

    with contextlib.suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    with contextlib.suppress(psutil.Error):
        memory = psutil.Process(pid).memory_info()
        return int(getattr(memory, "peak_wset", memory.rss))
    return 0


def reader() -> dict[str, str] | None:
    """The reader that judges what was found, None where none is installed."""
    folder = paths.reader_dir()
    files = sorted(file for file in folder.glob("*") if file.is_file()) if folder.is_dir() else []
    if not (folder / DESCRIPTION).is_file():
        return None
    total = hashlib.sha256("".join(f"{file.name} {digest(file)}\n" for file in files).encode())
    return {"digest": total.hexdigest()}


def digest(file: Path) -> str:
    """The SHA-256 of a file, empty where it cannot be read."""
    total = hashlib.sha256()
    with contextlib.suppress(OSError), file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            total.update(chunk)
        return total.hexdigest()
    return ""
