from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "build" / "fieldfare.spec"
HOOKS = sorted((ROOT / "build" / "hooks").glob("hook-*.py"))
SMOKE = ROOT / "build" / "smoke.py"
DIST = ROOT / "dist" / "fieldfare"


class Steps:
    """Stands for PyInstaller's steps: keeps what the spec asks for and builds nothing."""

    def __init__(self) -> None:
        self.asked: dict[str, dict[str, Any]] = {}
        self.pure: list[Any] = []
        self.scripts: list[Any] = []
        self.binaries = [("one.so", "/site/one.so", "BINARY")]
        self.datas: list[Any] = []

    def step(self, name: str) -> Any:
        def run(*arguments: Any, **options: Any) -> Steps:
            self.asked[name] = {"": arguments, **options}
            return self

        return run


@pytest.fixture
def spec(tmp_path: Path) -> dict[str, dict[str, Any]]:
    steps = Steps()
    known = {name: steps.step(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT")}
    names = {**known, "SPECPATH": str(SPEC.parent), "workpath": str(tmp_path)}
    exec(compile(SPEC.read_text(encoding="utf-8"), str(SPEC), "exec"), names)  # noqa: S102 - as PyInstaller does
    assert (tmp_path / "origins.json").read_text("utf-8") == '[["one.so", "/site/one.so", "BINARY"]]'
    return steps.asked


def modules_of(requirements: list[str]) -> set[str]:
    """The importable names of some requirements, as their distributions here tell them."""
    wanted = {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-") for one in requirements}  # type: ignore[index]
    owners = importlib.metadata.packages_distributions()
    found = {
        module
        for module, distributions in owners.items()
        if module.isidentifier() and any(one.lower().replace("_", "-") in wanted for one in distributions)
    }
    missing = wanted - {one.lower().replace("_", "-") for module in found for one in owners[module]}
    assert all("stubs" in one or one.startswith("types-") for one in missing), f"not installed: {missing}"
    return found


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def test_the_spec_freezes_the_entry_as_a_folder_of_plain_files(spec: dict[str, dict[str, Any]]) -> None:
    (entry,) = spec["Analysis"][""][0]
    assert Path(entry) == ROOT / "app" / "fieldfare" / "__main__.py"
    assert [Path(one) for one in spec["Analysis"]["hookspath"]] == [ROOT / "build" / "hooks"]
    assert all(Path(one).is_file() for one in spec["Analysis"]["runtime_hooks"])
    assert spec["EXE"]["exclude_binaries"] is True
    assert spec["EXE"]["name"] == spec["COLLECT"]["name"] == "fieldfare"
    assert spec["EXE"]["upx"] is spec["COLLECT"]["upx"] is False


def test_what_authors_and_tests_need_does_not_ship(spec: dict[str, dict[str, Any]]) -> None:
    extras = project()["optional-dependencies"]
    modules = modules_of([*extras["author"], *extras["test"], *extras["bundle"]])
    left_out = set(spec["Analysis"]["excludes"])
    assert {"fieldfare.ingest", "torch", "sqlite3", "ssl"} <= left_out
    assert modules - left_out == set()


def test_what_the_device_needs_is_not_left_out(spec: dict[str, dict[str, Any]]) -> None:
    modules = modules_of(project()["dependencies"])
    assert {"apsw", "numpy", "llama_cpp", "textual", "PIL"} <= modules
    assert modules & set(spec["Analysis"]["excludes"]) == set()
    for room in (ROOT / "app" / "fieldfare").rglob("*.py"):
        name = ".".join(room.relative_to(ROOT / "app").with_suffix("").parts)
        if not name.startswith("fieldfare.ingest"):
            assert name not in spec["Analysis"]["excludes"]


def test_every_hook_is_named_after_a_module() -> None:
    assert HOOKS
    for hook in HOOKS:
        assert importlib.util.find_spec(hook.stem.removeprefix("hook-")) is not None, f"{hook.name} hooks nothing"


def run_hook(module: str) -> dict[str, Any]:
    pytest.importorskip("PyInstaller", reason="PyInstaller is not installed here")
    return runpy.run_path(str(ROOT / "build" / "hooks" / f"hook-{module}.py"))


@pytest.mark.parametrize(
    ("module", "kind", "file", "folder"),
    [
        ("llama_cpp", "binaries", "libllama", "llama_cpp/lib"),
        ("fieldfare", "datas", "app.tcss", "fieldfare/tui"),
        ("fieldfare", "datas", "html_page.css", "fieldfare"),
        ("fieldfare", "datas", "report.html", "fieldfare/evaluation"),
    ],
)
def test_hooks_collect_files_that_exist(module: str, kind: str, file: str, folder: str) -> None:
    if module == "llama_cpp" and sys.platform == "win32":
        file = "llama"
    collected = run_hook(module)[kind]
    assert all(Path(source).is_file() for source, _ in collected)
    assert Path(folder) in [Path(target) for source, target in collected if Path(source).name.startswith(file)]


def test_every_module_of_the_device_is_collected() -> None:
    rooms = ROOT / "app" / "fieldfare"
    wanted = {
        ".".join(("fieldfare", *file.relative_to(rooms).with_suffix("").parts)).removesuffix(".__init__")
        for file in rooms.rglob("*.py")
    }
    collected = set(run_hook("fieldfare")["hiddenimports"])
    device = {name for name in wanted if not name.startswith("fieldfare.ingest")}
    assert device - collected == set()
    assert not [name for name in collected if name.startswith("fieldfare.ingest")]


def test_what_the_device_imports_does_without_what_is_left_out(spec: dict[str, dict[str, Any]]) -> None:
    """Every import of the device's modules, wherever it stands, where the modules that are left out do not exist."""
    names = set()
    for file in (ROOT / "app" / "fieldfare").rglob("*.py"):
        if "ingest" in file.relative_to(ROOT / "app" / "fieldfare").parts:
            continue
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    elsewhere = {"msvcrt", "winreg", "llama_cpp", "_typeshed"}  # of Windows; opened by name; for type checkers
    wanted = sorted(name for name in names if name.split(".")[0] not in {"fieldfare", "__future__", *elsewhere})
    code = (
        "import importlib, json, sys\n"
        "left_out, wanted = json.loads(sys.stdin.read())\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if any(name == one or name.startswith(one + '.') for one in left_out):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "for name in [one for one in sys.modules if one.split('.')[0] in left_out]: del sys.modules[name]\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "failed = []\n"
        "for name in wanted:\n"
        "    try: importlib.import_module(name)\n"
        "    except ModuleNotFoundError as error: failed.append(f'{name}: {error}')\n"
        "print(json.dumps(failed))"
    )
    asked = json.dumps([spec["Analysis"]["excludes"], wanted])
    done = subprocess.run([sys.executable, "-c", code], input=asked, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_every_catalogue_and_style_sheet_is_collected() -> None:
    rooms = ROOT / "app" / "fieldfare"
    collected = {Path(source) for source, _ in run_hook("fieldfare")["datas"]}
    wanted = {file for kind in ("*.mo", "*.tcss", "*.css") for file in rooms.rglob(kind) if "ingest" not in file.parts}
    assert wanted
    assert wanted - collected == set()


def test_the_widgets_that_the_screen_uses_are_collected() -> None:
    collected = run_hook("textual")["hiddenimports"]
    used = set()
    for file in (ROOT / "app" / "fieldfare" / "tui").rglob("*.py"):
        for names in re.findall(r"from textual\.widgets import ([\w, ]+)", file.read_text("utf-8")):
            used |= {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in names.split(", ")}
    assert {"input", "static"} <= used
    assert {f"textual.widgets._{name}" for name in used} <= set(collected)
    assert not [name for name in collected if "markdown" in name]


def fake_bundle(folder: Path, program: str) -> Path:
    folder.mkdir()
    executable = folder / "fieldfare"
    executable.write_text(f"#!{sys.executable}\n{program}\n", encoding="utf-8")
    executable.chmod(0o755)
    return folder


def smoke(dist: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SMOKE), str(dist)], capture_output=True, text=True, check=False)


posix = pytest.mark.skipif(sys.platform == "win32", reason="the smoke test needs a pseudo-terminal")


@posix
def test_the_smoke_test_fails_for_a_program_that_only_has_a_version(tmp_path: Path) -> None:
    done = smoke(fake_bundle(tmp_path / "dist", "print('fieldfare 1.0')"))
    passed = re.findall(r"^ok +(\S+)", done.stdout, re.MULTILINE)
    assert done.returncode == 1, done.stdout + done.stderr
    assert passed == ["version", "what", "nothing"], done.stdout
    assert "the program ended before the screen was drawn" in done.stdout


@posix
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_smoke_test_sees_a_socket_and_a_file_left_behind(tmp_path: Path) -> None:
    program = (
        "import pathlib, socket\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "pathlib.Path.home().joinpath('.seen').touch()\n"
        "print('fieldfare 1.0')"
    )
    done = smoke(fake_bundle(tmp_path / "dist", program))
    if "NOT traced" in done.stdout:
        pytest.skip("strace is refused here")
    assert re.search(r"^FAIL +version .*it asked for the internet: .*AF_INET", done.stdout, re.MULTILINE), done.stdout
    assert "left in the home: .seen" in done.stdout


@pytest.mark.slow
@posix
def test_the_bundle_passes_its_smoke_test() -> None:
    program = DIST / "fieldfare"
    if not program.exists():
        pytest.skip("dist/fieldfare does not exist: scripts/bundle makes it")
    sources = [SPEC, *HOOKS, ROOT / "scripts" / "bundle", ROOT / "requirements" / "device.txt"]
    sources += [
        file
        for file in (ROOT / "app" / "fieldfare").rglob("*")
        if file.suffix in {".py", ".tcss"} and "ingest" not in file.parts
    ]
    newer = [file.name for file in sources if file.stat().st_mtime > program.stat().st_mtime]
    if newer:
        pytest.skip(f"dist/fieldfare is older than {newer[0]}: run scripts/bundle")
    done = smoke(DIST)
    assert done.returncode == 0, done.stdout + done.stderr
