from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT = Path(sys.executable).with_name("lint-imports")

BREACHES = {
    "a pack that knows a screen": ("pack/archive.py", "from fieldfare import tui"),
    "a screen that reads a pack": ("tui/app.py", "from fieldfare.pack import archive"),
    "a screen that searches": ("tui/app.py", "from fieldfare import retrieval"),
    "answering that reaches back": ("answering.py", "from fieldfare import assistant"),
    "strangers that meet": ("retrieval/retriever.py", "from fieldfare import answering"),
    "an engine that reads settings": ("llm/__init__.py", "from fieldfare import settings"),
    "a second llama.cpp": ("answering.py", "import llama_cpp"),
    "a second place that opens SQLite": ("library.py", "import apsw"),
    "a core that knows Textual": ("assistant.py", "import textual"),
    "a parser on the device": ("library.py", "import pypdfium2"),
    "torch on the device": ("embedding.py", "import torch"),
    "the network": ("library.py", "from urllib import request"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "app", tmp_path / "app")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_contracts_hold_and_break_for_each_breach(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(copy / "app"))
    sound = lint(copy)
    assert sound.returncode == 0, sound.stdout
    for name, (file, line) in BREACHES.items():
        target = copy / "app" / "fieldfare" / file
        text = target.read_text(encoding="utf-8")
        target.write_text(f"{text}\n{line}\n", encoding="utf-8")
        assert lint(copy).returncode != 0, f"{name} went unnoticed"
        target.write_text(text, encoding="utf-8")


def loaded(code: str) -> set[str]:
    program = f"{code}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT / "app")
    return set(done.stdout.split())


HEAVY = {"textual", "rich", "llama_cpp", "ctranslate2", "numpy", "tokenizers", "torch", "PIL"}


@pytest.mark.parametrize("module", ["cli", "assistant", "llm", "embedding", "images", "answering", "retrieval"])
def test_importing_a_room_loads_no_engine(module: str) -> None:
    assert not loaded(f"import fieldfare.{module}") & HEAVY


def test_the_entry_point_closes_the_network_before_anything_else() -> None:
    source = (ROOT / "app/fieldfare/__main__.py").read_text(encoding="utf-8")
    imports = re.findall(r"^\s*(?:from|import) (\S+)", source, re.MULTILINE)
    assert imports[0] == "fieldfare.offline"
    own = loaded("import fieldfare.offline") - loaded(
        "import ctypes, errno, os, sys, socket, platform, struct, dataclasses"
    )
    assert {name for name in own if not name.startswith("_")} <= {"fieldfare", "typing", "enum", "__future__"}


def test_the_screen_reaches_the_core_through_its_doors_only() -> None:
    doors = set(
        "assistant bookshelf catalogue doctor domain errors holdings inventory journal nameplate offered preferences procedure "
        "question_words report signal_words text tui typed_paths viewer workplace wrapping".split()
    )
    for file in (ROOT / "app/fieldfare/tui").rglob("*.py"):
        used = set(re.findall(r"(?:from|import) fieldfare\.(\w+)", file.read_text(encoding="utf-8")))
        assert used <= doors, file.name


def test_every_room_stands_in_the_architecture() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {path.stem if path.suffix else path.name for path in (ROOT / "app/fieldfare").iterdir()}
    rooms -= {"__init__", "__pycache__", "py"}
    assert {room for room in rooms if not re.search(rf"\b{room}\b", page)} <= {"__main__"}


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project[project.index("dependencies = [") : project.index("[project.scripts]")]
    for name in re.findall(r'^\s*"?([a-z][a-z0-9-]+)[>=<"]', section, re.MULTILINE):
        assert re.search(rf"\b{re.escape(name)}\b", page), name


def test_no_host_of_an_index_and_no_path_of_a_machine_is_committed() -> None:
    found = subprocess.run(
        ["git", "grep", "-nIE", r"https?://[^ ]*/simple|https?://(files|registry)\.|/(work|root|home)/[a-z]+/"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [line for line in found.stdout.splitlines() if "test_architecture.py" not in line] == []
