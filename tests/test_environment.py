"""What is installed: locks that are complete, hashed, free of network clients and of any machine's settings."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
HASHED = [lock for lock in LOCKS if lock.name != "excludes.txt"]
NETWORK = {
    "huggingface-hub", "hf-xet", "requests", "urllib3", "httpx", "httpx2", "aiohttp", "httpcore", "httpcore2", "websockets",
    "fsspec", "certifi", "anyio", "tqdm", "torch", "stanza", "spacy", "onnxruntime", "transformers", "sentence-transformers",
    "argostranslate", "minisbd", "diskcache", "jinja2",
}  # fmt: skip


def pins(lock: Path) -> dict[str, set[str]]:
    """Package to the versions that a lock pins (one a Python version, where they differ)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\\n]+)", lock.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    spec = importlib.util.spec_from_file_location("environment", ROOT / "scripts" / "environment.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "environment", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", HASHED, ids=lambda lock: lock.name)
def test_every_pin_is_hashed_and_every_line_is_a_pin(lock: Path) -> None:
    blocks = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    requirements = [block for block in blocks if not block.startswith("#")]
    assert requirements
    for block in requirements:
        assert re.match(r"[a-z0-9._-]+==\S+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", block), block


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").iterdir()), ids=lambda lock: lock.name)
def test_no_lock_names_an_index_a_machine_or_a_path(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|--trusted-host|@ |(^|\s)/\w+/", text)


@pytest.mark.parametrize("name", ["device.txt", "author.txt", "test.txt"])
def test_nothing_installed_is_a_network_client_or_heavy(name: str) -> None:
    assert not NETWORK & pins(ROOT / "requirements" / name).keys()


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "device.txt": project["dependencies"],
        "author.txt": project["dependencies"] + extras["author"],
        "test.txt": project["dependencies"] + extras["author"] + extras["test"] + extras["bundle"],
    }
    for name, requirements in wanted.items():
        asked = {re.match(r"[\w.-]+", one)[0].lower() for one in requirements}  # type: ignore[index]
        assert asked <= pins(ROOT / "requirements" / name).keys(), name


def test_each_lock_holds_the_smaller_one_at_the_same_versions() -> None:
    device, author, test = (pins(ROOT / "requirements" / name) for name in ("device.txt", "author.txt", "test.txt"))
    assert device.items() <= author.items() <= test.items()


def test_settings_that_bend_an_installation_are_dropped(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_TARGET", "PIP_NO_BINARY", "PYTHONPATH", "PYTHONHOME", "SKBUILD_CMAKE_ARGS", "CMAKE_ARGS"):
        monkeypatch.setenv(name, "x")
    for name in ("PIP_INDEX_URL", "PIP_CERT", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "kept")
    settings = environment.clean_environment()
    assert (
        not {"PIP_TARGET", "PIP_NO_BINARY", "PYTHONPATH", "PYTHONHOME", "SKBUILD_CMAKE_ARGS", "CMAKE_ARGS"}
        & settings.keys()
    )
    assert {settings[name] for name in ("PIP_INDEX_URL", "PIP_CERT", "HTTPS_PROXY")} == {"kept"}
    assert settings["PIP_DISABLE_PIP_VERSION_CHECK"] == "1"


def test_stages_hang_on_their_inputs(environment: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stages = {stage.name: stage.stamp for stage in environment._stages(testing=True)}
    assert list(stages)[:5] == ["python", "test.txt", "llama-cpp-python", "text recognition", "fieldfare"]
    assert {"language model", "embedder"} < stages.keys()
    monkeypatch.setattr(environment, "FLAGS", ("GGML_NATIVE=ON",))
    changed = {stage.name for stage in environment._stages(testing=True) if stages[stage.name] != stage.stamp}
    assert changed == {"llama-cpp-python", "language model"}


def test_what_is_made_stays_made_and_a_stage_that_failed_is_made_again(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[str] = []
    fail = True

    def make_venv() -> None:
        (tmp_path / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\n", "utf-8")
        made.append("python")

    def make_models() -> None:
        if fail:
            raise OSError(28, "No space left on device")
        made.append("models")

    def stages(*, testing: bool) -> list[object]:
        assert not testing
        return [environment.Stage("python", "1", make_venv), environment.Stage("models", "1", make_models)]

    for name, value in {
        "VENV": tmp_path, "STATE": tmp_path / "setup.json", "LOG": tmp_path / "log", "PYTHON": Path(sys.executable),
        "_stages": stages,
    }.items():  # fmt: skip
        monkeypatch.setattr(environment, name, value)
    with pytest.raises(environment.SetupError, match=r"No space left.*run the same command again"):
        environment.ensure()
    fail = False
    environment.ensure()
    environment.ensure()
    assert made == ["python", "models"]


def test_a_tool_that_fails_shows_its_last_lines(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "LOG", tmp_path / "setup.log")
    command = [sys.executable, "-c", "print('first'); print('the cause'); raise SystemExit(3)"]
    with pytest.raises(environment.SetupError, match=r"(?s)Testing failed:.*the cause.*run the same command again"):
        environment._tool(command, "Testing", usual=1)
    assert "exit 3" in (tmp_path / "setup.log").read_text("utf-8")


def test_a_machine_without_a_compiler_is_told_what_to_install(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)
    monkeypatch.setattr(environment, "WINDOWS", False)
    with pytest.raises(environment.SetupError, match=r"No C\+\+ compiler.*Install one"):
        environment._wheel()
