"""The frozen program: an environment that holds the device's packages only, PyInstaller, libraries without symbols."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import environment
from environment import ROOT, WINDOWS

if TYPE_CHECKING:
    from pathlib import Path

    from bundling.recipe import Recipe

HOME = ROOT / ".venv-bundle"
PYTHON = HOME / environment.BIN.name / environment.PYTHON.name
WORK = HOME / "work"  # not build/, which is PyInstaller's usual place and holds sources here
MADE = HOME / "made" / "fieldfare"
SOURCES = ROOT / "build" / "installer"
SPEC = ROOT / "build" / "fieldfare.spec"
# PyInstaller and what it imports; their versions and hashes stand in the lock of the tests.
FREEZER = {
    "altgraph", "macholib", "packaging", "pefile", "pyinstaller", "pyinstaller-hooks-contrib", "pywin32-ctypes", "setuptools",
}  # fmt: skip
COMPILED = "llama-cpp-python"  # by environment._wheel, with the flags of the recipe
WORTH_STRIPPING = 1_000_000  # bytes of a library
UNCHANGED = "libctranslate2"  # holds oneMKL, whose licence (build/licences/ctranslate2) allows redistribution "without modification"
COMPILING = 2400  # seconds that the library for every processor takes on two cores


def inside() -> Path:
    """The folder of the bundle that the program knows as its own."""
    return MADE / "_internal"


def executable(folder: Path) -> Path:
    """The program in the folder of a bundle."""
    return folder / ("fieldfare.exe" if WINDOWS else "fieldfare")


def make_environment(recipe: Recipe) -> None:
    """Make `.venv-bundle` anew where the locks, the compiled wheel or Python changed; search-only needs no compiled wheel."""
    device = [text for name, text in pins("device.txt") if name != COMPILED]
    freezer = [text for name, text in pins("test.txt") if name in FREEZER]
    lock = "".join(device + freezer)
    stamp = hashlib.sha256("\n".join((lock, sys.executable, sys.version, str(ROOT))).encode()).hexdigest()
    if not is_current("stamp", stamp):
        shutil.rmtree(HOME, ignore_errors=True)
        environment._tool([sys.executable, "-m", "venv", str(HOME)], "Making an environment to freeze from", usual=10)
        (HOME / "lock.txt").write_text(lock, "utf-8")
        locked = ["install", "--no-deps", "--require-hashes", "-r", str(HOME / "lock.txt")]
        environment._pip(PYTHON, locked, "Installing the device's packages and PyInstaller", usual=40)
        (HOME / "stamp").write_text(stamp, "utf-8")
    if recipe.profile == "search-only":
        return
    flags = environment.DISPATCH if recipe.processors == "all" else None
    wheel = environment._wheel(flags, usual=COMPILING)
    if not is_current("stamp-llama", environment._wheel_key(flags)):
        compiled = ["install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
        environment._pip(PYTHON, compiled, f"Installing {COMPILED}", usual=5)
        (HOME / "stamp-llama").write_text(environment._wheel_key(flags), "utf-8")


def is_current(stamp: str, digest: str) -> bool:
    """Whether a step was made from the same things before."""
    return (HOME / stamp).exists() and (HOME / stamp).read_text("utf-8") == digest


def pins(lock: str) -> list:
    """The packages of a lock, each with its lines: version, marker, hashes."""
    text = (environment.LOCKS / lock).read_text("utf-8")
    found = re.finditer(r"^([\w.-]+)==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    return [(one[1], one[0]) for one in found]


def freeze(recipe: Recipe) -> None:
    """Run PyInstaller; the program lies in `MADE` afterwards."""
    command = [str(PYTHON), "-m", "PyInstaller", str(SPEC), "--noconfirm", "--distpath", str(MADE.parent)]
    settings = {
        "PYINSTALLER_CONFIG_DIR": str(HOME / "cache"),
        # The same order in every archive and no time in it, so that the same sources give the same bundle.
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": environment.EPOCH,
        "FIELDFARE_PROFILE": recipe.profile,
        # Modules as they are: each is read at every start, and the installers are packed anyway.
        "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",
    }
    if sys.platform in {"win32", "darwin"}:  # where the program's file holds its icon
        WORK.mkdir(exist_ok=True)
        draw(icon(recipe), WORK / "fieldfare.png", 256)
        settings["FIELDFARE_ICON"] = str(WORK / "fieldfare.png")
    environment._tool([*command, "--workpath", str(WORK)], "Freezing", usual=60, extra=settings)


def icon(recipe: Recipe) -> Path:
    """The drawing that stands for the program in menus."""
    return recipe.icon or SOURCES / "fieldfare.svg"


def draw(drawing: Path, target: Path, size: int) -> None:
    """Make a PNG of so many pixels of an SVG."""
    code = (
        "import sys, resvg_py; from pathlib import Path\n"
        "size = int(sys.argv[3]); svg = Path(sys.argv[1]).read_text('utf-8')\n"
        "Path(sys.argv[2]).write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size)))"
    )
    environment._tool([str(environment.PYTHON), "-c", code, str(drawing), str(target), str(size)], "", usual=1)


def strip() -> int:
    """Take the symbols out of the large libraries; how many bytes that saved.

    Some libraries were edited after they were linked, and stripping can break those: what does not load as it did
    before is put back. What its licence lets nobody change stays as it came.
    """
    if WINDOWS or shutil.which("strip") is None:
        environment._say("Libraries are not stripped: there is no `strip` here (Debian: apt install binutils).")
        return 0
    flag = "-x" if sys.platform == "darwin" else "--strip-unneeded"
    saved = 0
    for library in libraries():
        size = library.stat().st_size
        if size < WORTH_STRIPPING or library.name.startswith(UNCHANGED) or not loads(library):
            continue
        kept = library.with_name(f"{library.name}.kept")
        shutil.copy2(library, kept)
        done = subprocess.run(["strip", flag, str(library)], capture_output=True, check=False)
        if done.returncode == 0 and loads(library):
            kept.unlink()
        else:
            kept.replace(library)
            environment._say(f"{library.name} stays as it is: stripped, it does not load.")
        saved += size - library.stat().st_size
    return saved


def libraries() -> list:
    """The shared libraries of the bundle, each once."""
    found = (file for file in sorted(MADE.rglob("*")) if re.search(r"\.(so|dylib)(\.|$)", file.name))
    return [file for file in found if file.is_file() and not file.is_symlink()]


def loads(library: Path) -> bool:
    """Whether the loader takes a library, tried in a process of its own, beside the libraries that it comes with."""
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    settings = environment.clean_environment() | {"LD_LIBRARY_PATH": str(inside())}
    done = subprocess.run([str(PYTHON), "-c", code, str(library)], capture_output=True, check=False, env=settings)
    return done.returncode == 0
