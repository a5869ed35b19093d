from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from fieldfare.cli import main
from fieldfare.domain import Term, TermKind
from fieldfare.errors import SourceError
from fieldfare.ingest.contents import PackFile
from fieldfare.ingest.creator import build
from fieldfare.ingest.description import accept_terms
from fieldfare.ingest.sources import read_source
from fieldfare.ingest.terms import long_form, propose, snippet
from pdfs import pump_manual

if TYPE_CHECKING:
    from pathlib import Path

    from fieldfare.ingest.terms import Proposal

GUIDE = """# XR-7 Service Guide

Document no. SG-XR7-EN, Revision 4.2, 2025-11-03.

## Overview

The automatic voltage regulator (AVR) keeps the voltage. The MCB (miniature circuit breaker) protects it. Press the STOP/RESET
button twice, then turn the switch to AUTO. Select "Service mode" in the menu. The NanoFeed unit is set by NanoFeed Studio.
The gearbox, also called reduction gear, needs no service. Install the pick-up. A pickup is fragile. Read the file (PDF) and
the label (RED) at 5 kHz.
"""


@pytest.fixture
def folder(tmp_path: Path, home: Path) -> Path:
    """A folder of manuals as an author has it: a PDF and a page."""
    folder = tmp_path / "XR 7"
    folder.mkdir()
    pump_manual(folder / "pump.pdf")
    (folder / "guide.md").write_text(GUIDE, encoding="utf-8")
    return folder


def test_a_first_description_is_what_lies_in_the_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read_source(folder)
    assert main(["pack", "new", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "2 documents" in out
    assert "fieldfare pack check xr-7.fpack" in out
    text = (folder / "pack.toml").read_text(encoding="utf-8")
    made = tomllib.loads(text)
    assert made["pack"]["id"] == "xr-7"
    assert made["pack"]["language"] == "en"
    by_path = {entry["path"]: entry for entry in made["documents"]}
    assert by_path["guide.md"] == {
        "path": "guide.md", "title": "XR-7 Service Guide", "number": "SG-XR7-EN", "revision": "4.2", "date": "2025-11-03",
    }  # fmt: skip
    assert by_path["pump.pdf"]["title"]
    assert '# model = "CP-200"  # from the title' in text
    again = read_source(folder)
    assert {one.files for one in again.documents} == {one.files for one in found.documents}
    assert again.questions == ()


def test_what_is_there_is_never_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "questions.jsonl").write_text('{"question": "oil?", "page": 3}\n', encoding="utf-8")
    assert main(["pack", "new", str(folder)]) == 0
    assert "oil?" in (folder / "questions.jsonl").read_text(encoding="utf-8")
    before = (folder / "pack.toml").read_bytes()
    assert main(["pack", "new", str(folder)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (folder / "pack.toml").read_bytes() == before


def test_pages_that_share_a_folder_with_other_manuals_are_left_to_the_author(folder: Path) -> None:
    (folder / "more.md").write_text("# More\n\nMore words about the pump.\n", encoding="utf-8")
    assert main(["pack", "new", str(folder)]) == 0
    text = (folder / "pack.toml").read_text(encoding="utf-8")
    assert "documents" not in tomllib.loads(text)
    assert "# [[documents]]" in text
    assert "folder of their own" in text
    assert len(read_source(folder).documents) == 2


@pytest.mark.parametrize(("name", "code", "sentence"), [("none", 2, "is no folder"), ("empty", 3, "no manual")])
def test_a_folder_without_manuals_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["pack", "new", str(tmp_path / name)]) == code
    assert sentence in capsys.readouterr().err
    assert list((tmp_path / "empty").iterdir()) == []


# --- terms ---


@pytest.fixture
def guide(tmp_path: Path, home: Path) -> Path:
    """A folder with one page."""
    guide = tmp_path / "guide"
    guide.mkdir()
    (guide / "guide.md").write_text(GUIDE, encoding="utf-8")
    return guide


def proposals(guide: Path) -> tuple[Proposal, ...]:
    target = guide.parent / "xr.fpack"
    build(read_source(guide), target, None, lambda *_: None)
    with PackFile(target) as pack:
        return propose(pack.read())


def test_terms_are_mined_from_the_text(guide: Path) -> None:
    found = {(one.term.kind, one.term.text, one.term.means) for one in proposals(guide)}
    assert found == {
        (TermKind.ABBREVIATION, "AVR", "automatic voltage regulator"),
        (TermKind.ABBREVIATION, "MCB", "miniature circuit breaker"),
        (TermKind.SYNONYM, "gearbox", "reduction gear"),
        (TermKind.SYNONYM, "pick-up", "pickup"),
        (TermKind.PROTECTED, "STOP/RESET", ""),
        (TermKind.PROTECTED, "AUTO", ""),
        (TermKind.PROTECTED, "Service mode", ""),
        (TermKind.PROTECTED, "NanoFeed", ""),
    }


def test_the_snippet_is_what_pack_toml_reads(guide: Path) -> None:
    text = snippet(proposals(guide))
    (guide / "pack.toml").write_text('[pack]\nid = "xr-7"\n\n' + text, encoding="utf-8")
    terms = read_source(guide).terms
    assert Term(kind=TermKind.ABBREVIATION, text="AVR", means="automatic voltage regulator") in terms
    assert Term(kind=TermKind.PROTECTED, text="NanoFeed") in terms
    assert "guide.md, Overview" in text
    assert proposals(guide) == ()  # what is accepted is not proposed again


def test_accepted_terms_keep_the_comments_of_the_author(guide: Path) -> None:
    config = guide / "pack.toml"
    config.write_text(
        '# mine\n[pack]\nid = "xr-7"   # for ever\n\n[terms]\nprotected = ["NanoFeed"]  # the product\n\n'
        '[terms.synonyms]\ngearbox = "transmission"\n\n[check]\nexact = 0.5\n',
        encoding="utf-8",
    )
    assert main(["pack", "terms", "--accept", str(guide)]) == 0
    text = config.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# for ever" in text
    assert "# the product" in text
    made = tomllib.loads(text)
    assert made["terms"]["synonyms"]["gearbox"] == "transmission"  # it has one: the author decided
    assert made["terms"]["abbreviations"]["AVR"] == "automatic voltage regulator"
    assert made["terms"]["protected"].count("NanoFeed") == 1
    assert made["check"] == {"exact": 0.5}
    before = config.read_bytes()
    assert main(["pack", "terms", "--accept", str(guide)]) == 0
    assert config.read_bytes() == before


def test_terms_are_only_accepted_into_a_sound_pack_toml(tmp_path: Path) -> None:
    term = Term(kind=TermKind.PROTECTED, text="X")
    (tmp_path / "pack.toml").write_text("[pack\n", encoding="utf-8")
    with pytest.raises(SourceError, match="not valid TOML"):
        accept_terms(tmp_path / "pack.toml", [term])
    with pytest.raises(SourceError, match="pack new"):
        accept_terms(tmp_path / "none.toml", [term])


@pytest.mark.parametrize(
    ("short", "before", "long"),
    [
        ("AVR", "set the automatic voltage regulator", "automatic voltage regulator"),
        ("RCD", "Der Schalter, residual current device", "residual current device"),
        ("LSS", "der Leitungsschutzschalter", "Leitungsschutzschalter"),
        ("SoC", "the state of charge", "state of charge"),
        ("PDOs", "uses Process Data Objects", "Process Data Objects"),
        ("RTOS", "a real-time operating system", "real-time operating system"),
        ("OFF", "the output fully fails", ""),
        ("kHz", "kilo hertz", ""),
        ("AVR", "the valve is red", ""),
        ("EN", "see section", ""),
        ("ABC", "The end. alpha big cats", "alpha big cats"),
        ("ABC", "all big. cats", ""),
    ],
)
def test_an_abbreviation_needs_words_that_spell_it(short: str, before: str, long: str) -> None:
    assert long_form(short, before) == long
