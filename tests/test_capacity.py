"""A machine that lacks something: each condition is made, each gets a sentence and an exit code of its own."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import capacity, cli, errors, llm, paths
from fieldfare.errors import CrashError, ProcessorError, ShortageError, SpaceError, SystemLibraryError
from publishing import make_pack

if TYPE_CHECKING:
    from collections.abc import Iterator

linux = pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
of_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="the instruction is one of x86-64")
EMULATOR = shutil.which("qemu-x86_64")


def run(home: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program behind what makes the condition; a `-` stands for it."""
    program = [sys.executable, "-m", "fieldfare"]
    whole = [part for one in command for part in (program if one == "-" else [one])]
    found = {**os.environ, "FIELDFARE_HOME": str(home), "LANGUAGE": "en", **settings}
    done = subprocess.run(whole, capture_output=True, text=True, check=False, env=found, timeout=120)
    assert "Traceback" not in done.stderr
    return done


@of_x86
@pytest.mark.skipif(EMULATOR is None, reason="needs qemu-user")
def test_a_processor_of_2007_is_told_before_a_library_dies_of_it(tmp_path: Path) -> None:
    done = run(tmp_path, str(EMULATOR), "-cpu", "core2duo", "-", "search", "oil")
    assert done.returncode == ProcessorError.exit_code == 20
    assert "This processor is too old: it lacks sse4_2, popcnt." in done.stderr


@of_x86
@pytest.mark.skipif(EMULATOR is None, reason="needs qemu-user")
def test_a_processor_of_2008_runs_no_model_that_is_compiled_for_newer_ones(tmp_path: Path) -> None:
    code = (
        "from fieldfare.llm import library; library.variants = lambda: ();\n"
        "try:\n    library.check_processor()\nexcept Exception as error:\n    print(error.exit_code, error)"
    )
    done = run(tmp_path, str(EMULATOR), "-cpu", "Nehalem", sys.executable, "-c", code)
    assert done.stdout.startswith("20 The language model cannot run on this processor: it lacks avx2")


@of_x86
@linux
def test_a_model_process_that_dies_of_an_unknown_instruction_is_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes, mmap, sys\n"
        "code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "code.write(b'\\x0f\\x0b')\n"  # ud2
        "ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    model = llm.ModelProcess(paths.language_model_file(), instructions="Answer.")
    with pytest.raises(CrashError, match="ended by SIGILL") as broken:
        model.load()
    assert errors.exit_code(broken.value) == ProcessorError.exit_code
    model.close()


@linux
@pytest.mark.parametrize(("limit", "said"), [(250, "300 MB are needed to search"), (450, "not enough memory")])
def test_too_little_memory_is_told(tmp_path: Path, limit: int, said: str) -> None:
    done = run(tmp_path, "prlimit", f"--as={limit}000000", "-", "search", "oil")
    assert (done.returncode, said in done.stderr) == (ShortageError.exit_code, True), done.stderr
    assert ShortageError.exit_code == 22


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group for memory, where this machine lets us make one."""
    folder = Path("/sys/fs/cgroup/memory") / f"fieldfare-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here ({error.strerror})")
    yield folder
    folder.rmdir()


def within(group: Path, megabytes: int, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (group / "memory.limit_in_bytes").write_text(f"{megabytes}000000")
    shell = ("bash", "-c", f'echo $$ > {group}/tasks; exec "$@"', "bash")
    return run(home, *shell, "-", *arguments, FIELDFARE_DRAFT="true")


def test_in_a_small_group_answers_are_quotes_and_in_a_tiny_one_a_sentence(group: Path, tmp_path: Path) -> None:
    asked = within(group, 230, tmp_path, "ask", "Why should the generating set not run at low load?")
    assert asked.returncode == 0, asked.stderr
    assert "the cylinder liners glaze" in " ".join(asked.stdout.split())
    assert "MB are free. Close other programs" in " ".join((asked.stdout + asked.stderr).split())
    shown = within(group, 150, tmp_path, "model", "show")
    assert (shown.returncode, "MB are free" in shown.stderr) == (ShortageError.exit_code, True)
    done = within(group, 90, tmp_path, "search", "oil")
    assert (done.returncode, "120 MB are needed" in done.stderr) == (ShortageError.exit_code, True)


@pytest.mark.parametrize("version", [1, 2])
def test_what_is_left_in_a_group_and_those_above_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    top = tmp_path / "memory" if version == 1 else tmp_path
    names = ("limit_in_bytes", "usage_in_bytes", "total_inactive_file") if version == 1 else ("max", "current", "inactive_file")  # fmt: skip
    for folder, limit, usage, kept in (("user", "900", "500", 100), ("user/app", "max", "300", 50)):
        (top / folder).mkdir(parents=True)
        (top / folder / f"memory.{names[0]}").write_text(f"{limit}\n")
        (top / folder / f"memory.{names[1]}").write_text(f"{usage}\n")
        (top / folder / "memory.stat").write_text(f"anon 7\n{names[2]} {kept}\n")
    monkeypatch.setattr(capacity, "_CGROUPS", tmp_path)
    assert list(capacity._rooms(top, "/user/app", names)) == [500]


@linux
def test_a_library_for_a_newer_system_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import psutil._psutil_linux as extension

    data = Path(str(extension.__file__)).read_bytes()
    wanted = next(name for name in (b"GLIBC_2.2.5", b"GLIBC_2.17", b"GLIBC_2.14") if name + b"\0" in data)
    newer = b"GLIBC_9" + wanted[7:]
    changed = data.replace(wanted + b"\0", newer + b"\0")
    changed = changed.replace(elf_hash(wanted), elf_hash(newer))
    (tmp_path / "newer.so").write_bytes(changed)
    monkeypatch.setattr("fieldfare.library.open_shelf", lambda: ctypes.CDLL(str(tmp_path / "newer.so")))
    assert cli.main(["pack", "list"]) == SystemLibraryError.exit_code == 21
    assert "C library (glibc) of this system is older" in capsys.readouterr().err


def elf_hash(name: bytes) -> bytes:
    """The hash by which the loader compares versions (System V ABI), as it lies in a file."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high
    return value.to_bytes(4, "little")


@linux
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = ("unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size=64k tmpfs {small} && exec "$@"', "sh")
    if subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    pack = make_pack(tmp_path, "pump", "1.0.0")
    done = run(small, *mounted, "-", "pack", "install", str(pack), "--unsigned")
    assert (done.returncode, "make space" in done.stderr) == (SpaceError.exit_code, True), done.stderr
    full = f"head -c 64k /dev/zero > {small}/filler 2>/dev/null; exec"
    filled = (*mounted[:-2], mounted[-2].replace("exec", full), "sh")
    done = run(small, *filled, "-", "pack", "trust", "add", str(key(tmp_path)))
    assert (done.returncode, "space" in done.stderr) == (SpaceError.exit_code, True), done.stderr
    assert SpaceError.exit_code == 23


def key(folder: Path) -> Path:
    from fieldfare.pack import signing

    file = folder / "acme.pub"
    file.write_text(signing.write_public_key(signing.new_key().public))
    return file


@linux
def test_a_model_that_gets_no_memory_where_it_is_loaded_says_so(tmp_path: Path) -> None:
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom fieldfare import llm, paths\n"
        "from fieldfare.llm import library\nlibrary.load()\n"
        "import psutil\nused = psutil.Process().memory_info().vms\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 105_000_000,) * 2)\n"
        "try:\n    llm.LanguageModel.open(paths.language_model_file())\n"
        "except Exception as error:\n    print(error.exit_code, error)"
    )
    done = run(tmp_path, sys.executable, "-c", code)
    assert done.stdout.startswith("22 There is not enough memory for the model"), done.stdout + done.stderr
