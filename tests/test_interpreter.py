"""Questions to packs in other languages and their texts back, over the demo pack's approved translations: no engine is needed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare import catalogue, library, paths, settings
from fieldfare.assistant import Assistant, open_assistant
from fieldfare.cli import main
from fieldfare.domain import Answer, Answered, EvidenceFound, Question, Verdict
from fieldfare.domain.translation import Text
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.interpreter import open_interpreter
from fieldfare.pack.archive import Archive
from fieldfare.translation import engine, installation
from languages import write_package
from publishing import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    """The device's assistant over the packs that come with it."""
    opened = open_assistant(settings.Settings(), shelf=library.open_shelf())
    yield opened
    opened.close()


def ask(assistant: Assistant, text: str) -> tuple[Answer, str]:
    """The answer to a question, and how it was put."""
    events = list(assistant.ask(Question(text=text), threading.Event()))
    assert isinstance(events[0], EvidenceFound)
    assert isinstance(events[-1], Answered)
    return events[-1].answer, events[0].asked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿cómo cambio el aceite del motor?", "es"),
        ("par de apriete del tapón de vaciado", "es"),
        ("Wie oft muss das Öl gewechselt werden?", "de"),
        ("Ölfilter", "de"),
        ("Was bedeutet Fehler E22?", "de"),
        ("quelle est la quantité d'huile ?", "fr"),
        ("how often must the oil be changed?", "en"),
        ("oil filter torque", "en"),
        ("E22", "en"),  # nothing tells
        ("what does the ¿ key do", "en"),
        ("E-22", "en"),  # not the Spanish word for and
        ("code Y 12", "en"),
    ],
)
def test_the_language_of_a_question(assistant: Assistant, text: str, language: str) -> None:
    assert assistant.language_of(Question(text=text)) == language


def test_what_tells_nothing_is_in_the_technicians_language(assistant: Assistant) -> None:
    assert assistant.language_of(Question(text="E22", language="de")) == "de"


@pytest.mark.parametrize(
    "text",
    ["¿cómo cambio el aceite del motor?", "Wie wechsle ich das Motoröl und den Ölfilter?", "vidanger l'huile moteur et remplacer le filtre à huile"],
)  # fmt: skip
def test_a_question_in_approved_words_reaches_the_manual_of_another_language(assistant: Assistant, text: str) -> None:
    answer, asked = ask(assistant, text)
    assert "oil" in asked
    assert answer.statements[0].citation.passage.heading[-1].startswith("8.2 Change the engine oil")


def test_a_code_goes_through_untouched(assistant: Assistant) -> None:
    answer, _ = ask(assistant, "¿qué significa e-22?")
    assert "E22" in answer.text


def test_a_title_in_place_of_a_question_loses_no_code_and_no_number(assistant: Assistant) -> None:
    _, asked = ask(assistant, "¿cómo cambio el aceite del motor T2 a 45 N·m?")
    assert asked.startswith("Change the engine oil") and "T2" in asked and "45" in asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("consommation de carburant à 3/4 de charge ?", {"fuel", "3/4", "load"}),
        ("consumo de combustible con la carga X1:104", {"fuel", "load", "X1:104"}),
    ],
)
def test_approved_translations_teach_single_words(assistant: Assistant, text: str, words: set[str]) -> None:
    _, asked = ask(assistant, text)
    assert words <= set(asked.split())


def test_what_the_manual_does_not_say_is_refused_in_any_language(assistant: Assistant) -> None:
    answer, _ = ask(assistant, "¿cuál es la capital de Francia?")
    assert answer.verdict is Verdict.REFUSED


def test_an_english_question_is_not_touched(assistant: Assistant) -> None:
    _, asked = ask(assistant, "how do I change the engine oil?")
    assert asked == ""


def test_the_command_answers_in_the_language_that_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDFARE_SHARE", str(paths.share_dir()))
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path))
    assert main(["ask", "--language", "de", "how do I change the oil?"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.index("VORSICHT") < said.index("45 N·m")
    assert "Hot oil" not in said  # approved: the original is one switch away
    assert main(["ask", "--language", "de", "--original", "how do I change the oil?"]) == 0
    assert "oil drain plug to 45 N·m" in " ".join(capsys.readouterr().out.split())
    assert main(["ask", "--language", "deutsch", "oil"]) == 2
    assert "code of two or three letters" in capsys.readouterr().err


def test_what_translates_is_loaded_before_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path))
    for file in (Path(__file__).parent / "packages").glob("*.argosmodel"):
        installation.install(file, unverified=True)
    loaded: list[tuple[str, str]] = []
    monkeypatch.setattr(engine, "verify", lambda package: loaded.append(package.pair))
    opened = open_assistant(settings.Settings(), shelf=library.open_shelf())
    passage = opened.search(Question(text="drain plug"))[0].passage

    def render(text: str) -> None:
        list(opened.render([(Text(text=text), passage)], "de", lambda: False))

    opened.prepare_language("de")
    assert loaded == [("en", "de"), ("de", "en")]
    render("Open the cover of the pump.")
    assert len(loaded) == 2
    opened.prepare_language("es")  # no package leads there: nothing happens
    opened.close()


def test_a_way_over_a_third_language_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    for source, target in (("en", "de"), ("de", "es")):
        lexicon = {"Pumpe": ("bomba",)} if source == "de" else {"pump": ("Pumpe",)}
        file = write_package(tmp_path / f"{source}.argosmodel", source, target, lexicon)
        installation.install(file, unverified=True)
    opened = open_assistant(settings.Settings(), shelf=library.open_shelf())
    assert opened.route("en", "es-MX") == "en → de → es"
    assert (opened.route("en", "de"), opened.route("es", "en")) == ("en → de", "")
    opened.close()


def test_a_word_is_known_where_any_manual_of_its_language_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "spoken", lambda: "en")
    texts = {
        "a-motor": ('language = "de"', "Die Ölwanne ist unten. Nach dem Update startet das Display."),
        "b-oil": ('language = "en"', "The drain plug is below."),
        "c-radio": ('language = "en"', "Start the update; the display shows the version."),
    }
    archives = []
    for id_, (language, text) in texts.items():
        source = tmp_path / id_
        source.mkdir()
        (source / "pack.toml").write_text(
            f'[pack]\nid = "{id_}"\nversion = "1"\ntitle = "{id_}"\n{language}\n', "utf-8"
        )
        (source / "manual.md").write_text(f"# Manual\n\n{text}\n", "utf-8")
        build(read_source(source), tmp_path / f"{id_}.fpack", None, quiet)
        archives.append(Archive(tmp_path / f"{id_}.fpack"))
    interpreter = open_interpreter(archives)
    try:
        assert interpreter.language_of("update display") == "en"  # both know it: as the screen speaks
        assert interpreter.language_of("update version") == "en"
        assert interpreter.language_of("Ölwanne display") == "de"
        assert interpreter.language_of("E22") == "en"  # nothing tells: as the screen speaks
        assert interpreter.language_of("E22", "de") == "de"
    finally:
        for archive in archives:
            archive.close()
