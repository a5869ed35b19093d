"""Every text of the screen is in the catalogue, and every catalogue is complete."""

from __future__ import annotations

import ast
import importlib.util
import pkgutil
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from textual.dom import DOMNode

from fakes import pack
from fieldfare import catalogue, offline, tui
from fieldfare.cli import main
from fieldfare.tui.commands import key_name, of
from fieldfare.wrapping import cells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app" / "fieldfare"
MARKS = {"_", "N_", "ngettext", "pgettext"}


@pytest.fixture(scope="module")
def keeper() -> ModuleType:
    """scripts/catalogue.py, by which the catalogues are kept."""
    spec = importlib.util.spec_from_file_location("catalogue_keeper", ROOT / "scripts" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def texts(keeper: ModuleType) -> Catalog:
    """What the code marks for the catalogue."""
    found: Catalog = keeper.extracted()
    return found


@pytest.fixture
def english_afterwards() -> Iterator[None]:
    """Other tests read English sentences."""
    yield
    catalogue.use("en")


def test_the_languages_are_those_that_have_a_catalogue(keeper: ModuleType) -> None:
    assert {"en", *keeper.languages()} == set(catalogue.LANGUAGES)


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_text_is_translated_with_its_fields(keeper: ModuleType, texts: Catalog, language: str) -> None:
    assert list(keeper.flaws(texts, keeper.load(language))) == []


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_what_is_compiled_is_what_is_written(keeper: ModuleType, language: str) -> None:
    file = keeper.po_file(language)
    assert file.with_suffix(".mo").read_bytes() == keeper.compiled(keeper.load(language))


def test_no_two_languages_say_the_same(keeper: ModuleType) -> None:
    """Of short words some are alike; a sentence that is, stands in the wrong catalogue."""
    said = [
        {(one.id, one.context): one.string for one in keeper.load(language) if one.id}
        for language in ("de", "es", "fr")
    ]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        alike = [text for text in said[one].items() if text in said[other].items() and len(str(text[1])) > 12]
        assert [text for key, text in alike if text != key[0]] == []


def test_the_check_finds_what_is_wrong(keeper: ModuleType) -> None:
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
    wrong = [
        f"{file}:{call.lineno}"
        for file, call in _calls(MARKS)
        for argument in call.args
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
        or (isinstance(argument, ast.Call) and _name(argument) == "format")
    ]
    assert wrong == []


def test_the_sentences_of_the_guard_are_in_the_catalogue(texts: Catalog) -> None:
    known = {message.id for message in texts}
    assert {offline._SECCOMP.sentence, offline._PYTHON.sentence} <= known


def _calls(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(APP.rglob("*.py")):
        source = file.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if "fieldfare.catalogue" in source else ():
            if isinstance(node, ast.Call) and _name(node) in names:
                yield str(file.relative_to(APP)), node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


LONGEST_LABEL = 14  # cells of what a key does: three keys and their names must fit beside each other on 40 columns


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_what_a_key_does_is_said_in_few_cells(keeper: ModuleType, language: str) -> None:
    labels = _key_labels()
    assert len(labels) > 30
    said = {text: text for text in labels}
    if language != "en":
        catalogue_ = keeper.load(language)
        said = {text: catalogue_.get(text, context).string for text, context in labels.items()}
    assert {text: label for text, label in said.items() if cells(label) > LONGEST_LABEL} == {}


def _key_labels() -> dict[str, str | None]:
    """The third of three in tuples such as `("t", "t", _("Translation"))`: what stands in the bar of keys."""
    found: dict[str, str | None] = {}
    for file in sorted((APP / "tui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Tuple) and len(node.elts) == 3 and all(map(_is_text, node.elts[:2]))):
                continue
            for call in ast.walk(node.elts[2]):
                if isinstance(call, ast.Call) and _name(call) in {"_", "pgettext"}:
                    *context, text = [one.value for one in call.args if isinstance(one, ast.Constant)]
                    found[str(text)] = str(context[0]) if context else None
    return found


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


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
def test_who_answers_for_a_pack_is_said_in_the_language_that_is_chosen_after_it_was_opened() -> None:
    packs = [replace(pack(), signature=one) for one in ("signed by K. Ros", "came with the program", "unsigned")]
    english = [one.voucher for one in packs]
    assert english == [one.signature for one in packs]
    for code in ("de", "es", "fr"):
        catalogue.use(code)
        assert not {one.voucher for one in packs} & set(english)
        assert "K. Ros" in packs[0].voucher


@pytest.mark.usefixtures("english_afterwards")
def test_what_keys_do_and_how_they_are_called_is_in_the_catalogue(texts: Catalog) -> None:
    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        importlib.import_module(module.name)
    kinds: list[type[DOMNode]] = [DOMNode]
    said: set[str] = set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        said |= {one.meaning for one in of(kind)}
    assert len(said) > 100
    assert not [one for one in said if one not in texts]
    catalogue.use("de")
    assert (key_name("ctrl+q"), key_name("shift+tab")) == ("Strg+Q", "Umschalt+Tab")


def test_no_number_of_a_text_has_thousands_without_the_marks_of_the_language(texts: Catalog) -> None:
    assert not [one.id for one in texts if ":,}" in str(one.id)]  # `:,.0f` and Number have them


@pytest.mark.usefixtures("english_afterwards")
def test_json_is_english_in_every_language(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    assert main(["ask", "Was", "ist", "E21?"]) == 2
    german = capsys.readouterr().err
    assert main(["ask", "--json", "Was", "ist", "E21?"]) == 2
    english = capsys.readouterr().err
    assert "Kein Paket ist installiert" in german
    assert "No pack is installed" in english


def test_a_catalogue_costs_nothing_until_it_is_used() -> None:
    code = "import sys; from fieldfare import catalogue; print([m for m in sys.modules if m.startswith(('babel', 'ctypes'))])"
    out = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "app")}, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


# What reads like a text and is none that a person sees, or is the same in every language; whole files where that is their trade.
NOT_SPOKEN = {
    "Fieldfare",  # the name of the program
    "Enter", "Esc", "Tab",  # printed on the keys
    "/…/model.gguf",  # an example of a path
    "textual_image.widget",
    "Input",  # a selector of style sheets
}  # fmt: skip
ACTION = re.compile(r"(?:app|screen|[A-Z]\w+)\.\w+")  # names of what a key does
WORDS = re.compile(r"[A-Za-zÀ-ÿ]{2,}[ ,.:]+[A-Za-zÀ-ÿ(]{2,}|^[A-Z][a-zà-ÿ]+[….:]?$|[a-z]{3,}…")
STYLE = re.compile(r"(?:bold|reverse|italic|underline|dim|on|block|code|hazard|row|cited|\$[\w-]+|-[\w-]+| )+")
# Calls whose texts nobody reads: selectors, classes, names of methods, patterns.
SILENT = {
    *MARKS, "query", "query_one", "add_class", "remove_class", "has_class", "set_class", "toggle_class", "Binding", "getattr",
    "setattr", "hasattr", "startswith", "endswith", "split", "import_module", "compile", "sub", "search", "fullmatch", "on",
    "work", "get", "TypeVar", "cast", "Theme", "debug", "glob",
}  # fmt: skip


def test_no_text_of_the_screen_bypasses_the_catalogue() -> None:
    found = []
    for file in sorted((APP / "tui").rglob("*.py")):
        name = file.relative_to(APP).as_posix()
        for line, text in _spoken_literals(ast.parse(file.read_text("utf-8"))):
            if text in NOT_SPOKEN or STYLE.fullmatch(text) or ACTION.fullmatch(text):
                continue
            found.append(f"{name}:{line}: {text!r}")
    assert found == []


def test_the_net_for_bypasses_catches() -> None:
    source = """
def f(self, n):
    self.say("Nothing was found.")
    self.say(f"{n} places were found")
    return (("enter", "Enter", "Open"),)
"""
    assert len(list(_spoken_literals(ast.parse(source)))) == 4


def _spoken_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The literals that read like words for a person, with their lines."""
    parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORDS.search(node.value):
            above: ast.AST | None = node
            while above is not None and not _is_silent(above, node):
                above = parents.get(id(above))
            if above is None:
                yield node.lineno, node.value


def _is_silent(above: ast.AST, node: ast.Constant) -> bool:
    match above:
        case ast.Expr(value=value):
            return value is node  # a docstring
        case ast.Call():
            named = {one.arg for one in above.keywords if one.value is node}
            return _name(above) in SILENT or bool(named & {"id", "classes", "name", "screen"})
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in {"CSS", "CSS_PATH", "DEFAULT_CSS", "_SAMPLE"}  # a sentence on which a translation is tried
        case ast.Raise(exc=ast.Call() as raised):
            return _name(raised) in {"ValueError", "AssertionError", "TypeError", "NotImplementedError"}
        case _:
            return False


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "1,234.5 of 0.60"),
        ("de", "1.234,5 of 0,60"),
        ("es", "1\u00a0234,5 of 0,60"),
        ("fr", "1\u00a0234,5 of 0,60"),
    ],
)
def test_numbers_of_ours_have_the_marks_of_the_language(language: str, shown: str) -> None:
    catalogue.use(language)
    try:
        assert f"{catalogue.Number(1234.5):,.1f} of {catalogue.Number(0.6):.2f}" == shown
    finally:
        catalogue.use("en")
