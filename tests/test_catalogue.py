"""Every text of the screen is in the catalogue, and every catalogue is complete."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import catalogue, offline
from fieldfare.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app" / "fieldfare"


@pytest.fixture(scope="module")
def keeper() -> ModuleType:
    """scripts/catalogue.py, by which the catalogues are kept."""
    spec = importlib.util.spec_from_file_location("catalogue_keeper", ROOT / "scripts" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def english_afterwards() -> Iterator[None]:
    """Other tests read English sentences."""
    yield
    catalogue.use("en")


def test_the_languages_are_those_that_have_a_catalogue(keeper: ModuleType) -> None:
    assert {"en", *keeper.languages()} == set(catalogue.LANGUAGES)


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_text_is_translated_with_its_fields(keeper: ModuleType, language: str) -> None:
    assert list(keeper.flaws(keeper.extracted(), keeper.load(language))) == []


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_what_is_compiled_is_what_is_written(keeper: ModuleType, language: str) -> None:
    file = keeper.po_file(language)
    assert file.with_suffix(".mo").read_bytes() == keeper.compiled(keeper.load(language))
    assert file.read_bytes() == keeper.written(keeper.load(language)), "scripts/catalogue.py update"


def test_the_check_finds_what_is_wrong(keeper: ModuleType) -> None:
    from babel.messages.catalog import Catalog

    found, said = Catalog(), Catalog(locale="de")
    for text in ("New", "Empty", "Unsure", "{count} places", "Two\nlines", ("{count} page", "{count} pages")):
        found.add(text)
    said.add("Empty", "")
    said.add("Unsure", "Unsicher", flags=["fuzzy"])
    said.add("{count} places", "{number} Stellen")
    said.add("Two\nlines", "Zwei Zeilen")
    said.add(("{count} page", "{count} pages"), ("{count} Seite", ""))
    said.add("Gone", "Weg")
    flaws = "\n".join(keeper.flaws(found, said))
    for text in ("'New' is missing", "'Empty': is not", "'Unsure' is marked", "fields differ in '{number} Stellen'",
                 "other lines", "'{count} pages'): is not translated", "'Gone' is not in the code"):  # fmt: skip
        assert text in flaws


def test_no_text_is_put_together_before_it_is_looked_up() -> None:
    wrong = []
    for file, call in _calls({"_", "ngettext", "pgettext", "N_"}):
        if not all(
            isinstance(argument, ast.Constant) for argument in call.args[: 2 if _name(call) == "ngettext" else 1]
        ):
            if _name(call) in {"_", "pgettext"} and isinstance(call.args[-1], ast.Attribute | ast.Name | ast.Subscript):
                continue  # a constant that N_ marked
            wrong.append(f"{file}:{call.lineno}")
    assert wrong == []


def test_the_sentences_of_the_guard_are_in_the_catalogue(keeper: ModuleType) -> None:
    known = {message.id for message in keeper.extracted()}
    assert {offline._SECCOMP.sentence, offline._PYTHON.sentence} <= known


def _calls(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in names:
                yield str(file.relative_to(APP)), node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@pytest.mark.parametrize(
    ("environment", "chosen", "language"),
    [
        ({}, "", "en"),
        ({"LANG": "de_AT.UTF-8"}, "", "de"),
        ({"LANG": "de_AT.UTF-8", "LC_ALL": "fr_CA"}, "", "fr"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "es_MX.UTF-8"}, "", "es"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "nl:fr:de"}, "", "fr"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"}, "", "en"),
        ({"LANG": "it_IT.UTF-8"}, "", "en"),
        ({"LANG": "it_IT.UTF-8"}, "es", "es"),
        ({"LANG": "fr_FR@euro"}, "pt", "fr"),
    ],
)
def test_the_language_is_the_chosen_else_the_systems_else_english(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], chosen: str, language: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert catalogue.language(chosen) == language


@pytest.mark.usefixtures("english_afterwards")
def test_the_language_changes_while_the_program_runs() -> None:
    said = []
    for code in ("de", "fr", "xx", "es", "en"):
        catalogue.use(code)
        said.append(catalogue._("Help"))
    assert said == ["Hilfe", "Aide", "Help", "Ayuda", "Help"]


@pytest.mark.usefixtures("english_afterwards")
def test_json_is_english_in_every_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path))
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    assert main(["ask", "Was", "ist", "E21?"]) == 2
    german = capsys.readouterr().err
    assert main(["ask", "--json", "Was", "ist", "E21?"]) == 2
    english = capsys.readouterr().err
    assert "Es ist kein Paket installiert" in german
    assert "No pack is installed" in english


def test_a_catalogue_costs_nothing_until_it_is_used() -> None:
    code = "import sys; from fieldfare import catalogue; print([m for m in sys.modules if m.startswith(('babel', 'ctypes'))])"
    out = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "app")}, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"
