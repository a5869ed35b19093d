"""`pack translate`: what a translator gets, how his work comes back, and what is told of a pack's translations."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from fieldfare.cli import main, translations
from fieldfare.ingest.pretranslation import Suggestion
from fieldfare.ingest.tmx import read_tmx
from fieldfare.ingest.units import State
from fieldfare.ingest.xliff import read_xliff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MANUAL = """# Pump

<!-- page 3 -->

## 1 Drain the oil

Tools: two spanners of 17 mm.

:::warning
Hot oil burns the skin. Let the pump cool for 30 minutes.
:::

1. Open the drain plug.
2. Tighten the drain plug to 45 N·m.

| Part | Torque (N·m) |
| --- | --- |
| Drain plug | 45 |
"""


@pytest.fixture
def folder(tmp_path: Path, home: Path) -> Path:
    made = tmp_path / "pump"
    made.mkdir()
    (made / "manual.md").write_text(MANUAL, encoding="utf-8")
    (made / "pack.toml").write_text(
        '# mine\n[pack]\nid = "pump"\nlanguage = "en"\n\n[translations]\nlanguages = ["de"]  # promised\n',
        encoding="utf-8",
    )
    return made


def run(*arguments: str | Path) -> int:
    return main(["pack", "translate", *map(str, arguments)])


def edit(file: Path, **targets: tuple[str, str]) -> None:
    """What a translator does in his tool: the target and the state of texts, by a word of their source."""
    text = file.read_text(encoding="utf-8")
    for word, (target, state) in targets.items():
        text, count = re.subn(
            rf'( approved="\w+")?>(\s*<source[^>]*>[^<]*{word}[^<]*</source>\s*)<target[^>]*>[^<]*</target>',
            rf' approved="{"yes" if state == "final" else "no"}">\2<target state="{state}">{target}</target>', text, count=1,
        )  # fmt: skip
        assert count, word
    file.write_text(text, encoding="utf-8")


def machine(texts: Sequence[str]) -> list[Suggestion]:
    return [Suggestion(text=f"[{text}]") if "plug" in text else Suggestion(reason="a “not” was lost") for text in texts]


@pytest.fixture
def with_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "_machine", lambda *_: machine)


def test_a_translator_gets_warnings_first_and_what_he_must_know(folder: Path, with_machine: None) -> None:
    assert run(folder, "--to", "de") == 0
    units = read_xliff(folder / "translations/de.xliff")
    assert [one.kind for one in units[:3]] == ["hazard", "heading", "heading"]
    assert (units[0].source, units[0].context, units[0].page) == (
        "Hot oil burns the skin. Let the pump cool for 30 minutes.", "Pump > 1 Drain the oil", "3",
    )  # fmt: skip
    assert units[0].notes == ("No machine translation: a “not” was lost",) and units[0].state is State.NEW
    assert {one.source for one in units} >= {
        "Open the drain plug.",
        "Part",
        "Torque (N·m)",
        "Drain plug",
        "Tools: two spanners of 17 mm.",
    }
    assert "45" not in {one.source for one in units}
    step = next(one for one in units if one.source == "Open the drain plug.")
    assert (step.target, step.state, step.origin) == ("[Open the drain plug.]", State.REVIEW, "machine")


def test_what_a_person_wrote_stands_whatever_is_proposed_later(folder: Path, with_machine: None) -> None:
    run(folder, "--to", "de")
    out = folder / "translations/de.xliff"
    edit(out, Open=("Die Ablassschraube öffnen.", "translated"), Hot=("Heißes Öl verbrennt die Haut.", "final"))
    assert run(folder, "--to", "de") == 0
    kept = {one.source: one for one in read_xliff(out)}
    assert kept["Open the drain plug."].target == "Die Ablassschraube öffnen."
    assert kept["Open the drain plug."].state is State.TRANSLATED
    manual = folder / "manual.md"
    manual.write_text(MANUAL.replace("Open the drain plug.", "Open the oil drain plug."), encoding="utf-8")
    assert run(folder, "--to", "de") == 0
    kept = {one.source: one for one in read_xliff(out)}
    assert kept["Open the drain plug."].target == "Die Ablassschraube öffnen."
    assert kept["Open the drain plug."].notes[-1] == "The pack has no such text any more."
    assert kept["Open the oil drain plug."].origin == "machine"


def test_stopped_work_is_kept_and_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def marked(texts: Sequence[str]) -> list[Suggestion]:
        asked.extend(texts)
        return [Suggestion(text=f"[{text}]") for text in texts]

    def stopping(texts: Sequence[str]) -> list[Suggestion]:
        if asked:
            raise KeyboardInterrupt
        return marked(texts)

    monkeypatch.setattr("fieldfare.ingest.pretranslation.BATCH", 4)
    monkeypatch.setattr(translations, "_machine", lambda *_: stopping)
    assert run(folder, "--to", "de") == 130
    assert "4 of 9 texts" in capsys.readouterr().out
    out = folder / "translations/de.xliff"
    assert [one.source for one in read_xliff(out) if one.target] == asked and len(read_xliff(out)) == 9
    first = set(asked)
    asked.clear()
    monkeypatch.setattr(translations, "_machine", lambda *_: marked)
    assert run(folder, "--to", "de") == 0
    assert len(asked) == 5 and not first & set(asked)
    assert all(one.target == f"[{one.source}]" for one in read_xliff(out))


def test_a_reviewed_file_becomes_the_packs_memory(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "--to", "de")
    out = folder / "translations/de.xliff"
    edit(out, Hot=("Heißes Öl verbrennt die Haut. Die Pumpe 30 Minuten abkühlen lassen.", "final"),
         Open=("Die Ablassschraube öffnen.", "translated"))  # fmt: skip
    capsys.readouterr()
    assert run(folder, "--to", "de", "--import", out, "--by", "Ada") == 0
    assert "1 new, 0 changed, 1 in all; 8 not approved yet" in capsys.readouterr().out
    (unit,) = read_tmx(folder / "translations/de.tmx", "en")
    assert (unit.approved_by, unit.state, len(unit.approved_on)) == ("Ada", State.APPROVED, 10)
    described = (folder / "pack.toml").read_text(encoding="utf-8")
    assert 'memory = ["translations/de.tmx"]' in described and "# mine" in described and "# promised" in described
    assert run(folder, "--to", "de", "--import", out, "--approve", "--by", "Bo") == 0
    assert {one.approved_by for one in read_tmx(folder / "translations/de.tmx", "en")} == {"Ada", "Bo"}
    assert run(folder, "--to", "de", "--no-machine") == 0  # the pack now has both
    assert "9 texts, 2 approved" in capsys.readouterr().out


def test_what_changes_a_number_or_a_source_is_refused_and_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, "--to", "de")
    out = folder / "translations/de.xliff"
    edit(out, Hot=("Heißes Öl verbrennt die Haut. Die Pumpe 3 Minuten abkühlen lassen.", "final"),
         Tighten=("Die Ablassschraube mit 45 N·cm festziehen.", "final"),
         Open=("Die Ablassschraube nicht öffnen.", "final"), Tools=("Werkzeug: zwei Schlüssel 17 mm.", "final"))  # fmt: skip
    text = out.read_text(encoding="utf-8")
    out.write_text(text.replace("Tools: two spanners", "Tools: two old spanners"), encoding="utf-8")
    capsys.readouterr()
    assert run(folder, "--to", "de", "--import", out, "--json") == 11
    said = json.loads(capsys.readouterr().out)
    assert [one["reason"] for one in said["refused"]] == [
        "the number 30 is missing", "its source text was changed in the file", "the unit N·m is missing",
    ]  # fmt: skip
    assert [one["reason"] for one in said["doubted"]] == ["a “not” was added"]
    assert [one.source for one in read_tmx(folder / "translations/de.tmx", "en")] == ["Open the drain plug."]
    assert run(folder, "--to", "de", "--import", out) == 11
    told = capsys.readouterr().out
    assert "refused: 3" in told and "look again" not in told  # it was taken before
    memory = folder / "translations/de.tmx"
    memory.write_text(memory.read_text(encoding="utf-8").replace("nicht öffnen", "öffnen"), encoding="utf-8")
    assert run(folder, "--to", "de", "--import", out) == 11
    told = capsys.readouterr().out
    assert "refused: 3" in told and "taken, but look again: 1" in told and "Die Pumpe 3 Minuten" in told


def test_a_changed_approval_leaves_the_old_one_beside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "--to", "de")
    out = folder / "translations/de.xliff"
    for target in ("Die Ablassschraube öffnen.", "Ablassschraube öffnen."):
        edit(out, Open=(target, "final"))
        assert run(folder, "--to", "de", "--import", out) == 0
    assert [one.target for one in read_tmx(folder / "translations/de.tmx", "en")] == ["Ablassschraube öffnen."]
    (folder / "old.tmx").write_bytes((folder / "translations/de.tmx.bak").read_bytes())
    assert [one.target for one in read_tmx(folder / "old.tmx", "en")] == ["Die Ablassschraube öffnen."]
    assert "0 new, 1 changed" in capsys.readouterr().out


def test_coverage_and_flaws_say_what_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "--to", "de", "--out", folder / "de.tmx")
    capsys.readouterr()
    assert run(folder, "--coverage") == 0
    assert capsys.readouterr().out == "de: 0 of 1 hazards, 0 of 1 procedures, 0 of 5 passages, 0 of 9 texts\n"
    main(["pack", "check", str(folder), "--json"])
    flaws = json.loads(capsys.readouterr().out)["flaws"]
    assert [one["where"] for one in flaws if one["code"] == "hazard-untranslated"] == [
        "manual.md, page 3, 1 Drain the oil"
    ]
    run(folder, "--to", "de")
    out = folder / "translations/de.xliff"
    edit(out, Hot=("Heißes Öl verbrennt die Haut. Die Pumpe 30 Minuten abkühlen lassen.", "final"),
         Open=("Die Ablassschraube öffnen.", "final"), Tighten=("Die Ablassschraube mit 45 N·m festziehen.", "final"))  # fmt: skip
    run(folder, "--to", "de", "--import", out)
    capsys.readouterr()
    assert run(folder, "--coverage", "--to", "de", "--json") == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["hazards"], said["procedures"]) == ({"approved": 1, "total": 1}, {"approved": 1, "total": 1})
    memory = folder / "translations/de.tmx"
    text = memory.read_text(encoding="utf-8")
    memory.write_text(
        text.replace("mit 45 N·m", "mit 54 N·m").replace("Open the drain plug.", "Open the small drain plug."),
        encoding="utf-8",
    )
    assert main(["pack", "check", str(folder), "--json"]) == 11
    flaws = {one["code"]: one["text"] for one in json.loads(capsys.readouterr().out)["flaws"]}
    assert flaws["translation-number"].startswith("The number 45 is missing: Tighten")
    assert (
        "Open the small drain plug." in flaws["translation-stale"]
        and "Open the drain plug." in flaws["translation-stale"]
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--coverage"], "no pack.toml"),
        ([], "no pack.toml"),
    ],
)
def test_a_folder_without_a_description_is_told_what_to_do(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(tmp_path, *arguments) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Say into which language"),
        (["--to", "en"], "in en already"),
        (["--to", "de", "--out", "de.docx"], "an .xliff or a .tmx"),
        (["--to", "de", "--out", "nowhere/de.tmx"], "does not exist"),
        (["--to", "de", "--import", "gone.xliff"], "does not exist"),
        (["--to", "de", "--import", "manual.md"], "neither an .xliff nor a .tmx"),
        (["--to", "de", "--approve"], "belong to --import"),
    ],
)
def test_a_wrong_command_is_told_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(folder)
    assert run(".", *arguments) == 2
    assert says in capsys.readouterr().err


def test_a_file_of_another_language_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "work.xliff"
    run(folder, "--to", "de", "--out", out)
    before = out.read_bytes()
    assert run(folder, "--to", "fr", "--out", out) == 2
    assert "is for de, not for fr" in capsys.readouterr().err
    assert run(folder, "--to", "fr", "--import", out) == 2
    assert "holds nothing from en into fr" in capsys.readouterr().err
    assert out.read_bytes() == before
    (folder / "broken.xliff").write_text("<xliff", encoding="utf-8")
    assert run(folder, "--to", "de", "--out", folder / "broken.xliff") == 3
    said = capsys.readouterr().err
    assert "not well-formed" in said and "<string>" not in said
