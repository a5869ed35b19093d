"""What IT decides for all users of a machine: settings that are found, settings that are locked, packs that everybody reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from fieldfare import fleet, settings
from fieldfare.errors import ModelError, UsageError
from fieldfare.pack import signing
from fieldfare.preferences import Preferences
from publishing import make_pack, put, sign

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with folders of its own for the program, for IT and for the user."""
    for name in ("share", "site", "home"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"FIELDFARE_{name.upper()}", str(tmp_path / name))
    return tmp_path


def test_what_counts_more_comes_later(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / "share" / "fleet.toml").write_text('[settings]\nlanguage = "de"\nthreads = 1\ndraft_seconds = 9\n')
    (site / "site" / "fleet.toml").write_text('[settings]\nthreads = 2\ndraft_seconds = 8\n[locked]\ntheme = "sun"\n')
    (site / "home" / "settings.toml").write_text('draft_seconds = 7\ndraft = true\ntheme = "night"\n')
    monkeypatch.setenv("FIELDFARE_DRAFT", "false")
    monkeypatch.setenv("FIELDFARE_THEME", "dark")
    chosen = settings.load()
    assert (chosen.language, chosen.threads, chosen.draft_seconds) == ("de", 2, 7)
    assert (chosen.draft, chosen.theme) == (False, "sun")
    assert settings.read() == (chosen, ())
    assert settings.locked() == {"theme"}


def test_a_locked_setting_cannot_be_changed_and_the_screen_knows(site: Path) -> None:
    (site / "site" / "fleet.toml").write_text("[locked]\ndraft = false\n")
    with pytest.raises(UsageError, match="draft is set by your IT"):
        settings.change(draft=True)
    assert not (site / "home" / "settings.toml").exists()
    preferences = Preferences.open()
    assert preferences.locked == {"draft"}
    preferences.change(theme="sun")
    assert settings.load().theme == "sun"


def test_a_misspelt_setting_is_unknown_and_not_called_locked(site: Path) -> None:
    (site / "site" / "fleet.toml").write_text('[locked]\ndraft = false\nscreen_langage = "de"\n')
    assert settings.locked() == {"draft"}
    said = [one for one in json.loads(run(site / "home", "doctor", "--json").stdout) if one["check"] == "settings"]
    assert [one["ok"] for one in said] == [False, True]
    assert ["screen_langage" in one["finding"] for one in said] == [True, False]


OTHERS = {
    "language": "de", "screen_language": "fr", "model": "/m.gguf", "model_sha256": "a" * 64, "draft": True, "threads": 2,
    "draft_seconds": 9, "theme": "sun", "density": "large", "signs": "plain", "welcomed": True,
}  # fmt: skip


@pytest.mark.parametrize("name", [one.name for one in fields(settings.Settings)])
def test_every_setting_is_set_by_files_and_variables_and_can_be_locked(
    site: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other, default = OTHERS[name], getattr(settings.Settings(), name)
    assert other != default
    for place in ("share", "site"):
        (site / place / "fleet.toml").write_text(f"[settings]\n{name} = {json.dumps(other)}\n")
        assert getattr(settings.load(), name) == other
        (site / place / "fleet.toml").unlink()
    settings.change(**{name: other})
    assert getattr(settings.load(), name) == other
    (site / "home" / "settings.toml").unlink()
    monkeypatch.setenv(f"FIELDFARE_{name.upper()}", str(other))
    assert getattr(settings.load(), name) == other
    (site / "site" / "fleet.toml").write_text(f"[locked]\n{name} = {json.dumps(default)}\n")
    assert getattr(settings.load(), name) == default
    with pytest.raises(UsageError, match=f"{name} is set by your IT"):
        settings.change(**{name: other})
    with pytest.raises(UsageError, match=f"{name} is set by your IT"):
        Preferences.open().change(**{name: other})
    assert Preferences.open().locked == {name}


def test_a_user_may_go_back_to_what_the_program_would_choose(site: Path) -> None:
    (site / "share" / "fleet.toml").write_text('[settings]\nlanguage = "de"\n')
    settings.change(language="")
    assert settings.load().language == ""
    settings.change(language="de")
    assert (site / "home" / "settings.toml").read_text() == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[settings\n", "is not valid TOML"),
        ("[lock]\ndraft = true\n", "'lock' is not known there"),
        ("draft = true\n", "'draft' is not known there"),
        ("[settings]\ncolour = 1\n", "'colour' is no setting"),
        ('[locked]\ndraft = "yes"\n', "draft must be bool"),
    ],
)
def test_a_wrong_file_of_the_fleet_is_told_and_keeps_nobody_from_an_answer(site: Path, text: str, said: str) -> None:
    (site / "site" / "fleet.toml").write_text(text)
    (site / "home" / "settings.toml").write_text("threads = 3\n")
    with pytest.raises(UsageError, match=said):
        settings.load()
    chosen, problems = settings.read()
    assert chosen.threads == 3
    assert any(said in one for one in problems)


@pytest.mark.parametrize(
    ("name", "value", "said"), [("DRAFT", "yes", "draft must be bool"), ("THREADS", "-1", "threads")]
)
def test_a_wrong_variable_is_told_by_its_name(
    site: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"FIELDFARE_{name}", value)
    with pytest.raises(UsageError, match=f"FIELDFARE_{name}: .*{said}"):
        settings.load()


def test_the_name_of_the_program_is_the_one_of_the_machine(site: Path) -> None:
    assert fleet.branding() == {}
    (site / "share" / "fleet.toml").write_text('[branding]\nname = "Bundle"\nsupport = "help@example.org"\n')
    (site / "site" / "fleet.toml").write_text('[branding]\nname = "Site"\n')
    assert fleet.branding() == {"name": "Site", "support": "help@example.org"}


def test_a_model_that_did_not_come_with_the_program_is_not_chosen(site: Path) -> None:
    preferences = Preferences.open()
    assert not preferences.has_embedded()
    with pytest.raises(ModelError, match="No language model came with this program"):
        preferences.let_write("embedded")
    assert (preferences.current.draft, settings.load().draft) == (False, False)
    preferences.let_write("none")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fieldfare", *arguments]
    settings_ = {**os.environ, "FIELDFARE_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=settings_)


def test_the_command_line_says_who_locked_it_and_what_is_not_there(site: Path) -> None:
    done = run(site / "home", "model", "use", "embedded")
    assert (done.returncode, "No language model came with this program" in done.stderr) == (5, True)
    (site / "site" / "fleet.toml").write_text("[locked]\ndraft = false\n")
    done = run(site / "home", "model", "use", "none")
    assert done.returncode == UsageError.exit_code
    assert "is set by your IT" in done.stderr
    done = run(site / "home", "ask", "--draft", "oil")
    assert (done.returncode, "draft is set by your IT" in done.stderr) == (UsageError.exit_code, True)
    (site / "site" / "fleet.toml").write_text("[locked\n")
    done = run(site / "home", "ask", "oil")
    assert done.stderr.count("is not valid TOML") == 1
    said = json.loads(run(site / "home", "doctor", "--json").stdout)
    assert [one["ok"] for one in said if one["check"] == "settings"] == [False]


def publish(folder: Path, stick: Path, version: str, key: signing.SecretKey) -> None:
    pack = make_pack(folder, "pump", version)
    sign(pack, key)
    put(pack, stick)


def packs_of(home: Path) -> list[tuple[str, str, bool]]:
    listed = json.loads(run(home, "pack", "list", "--json").stdout)
    return [(one["version"], one["signature"], one["bundled"]) for one in listed]


def test_packs_of_all_users_are_read_by_everybody_and_each_user_may_have_newer_ones(site: Path) -> None:
    stick, log = site / "stick", site / "update.log"
    stick.mkdir()
    secret, public = signing.new_key(), site / "acme.pub"
    public.write_text(signing.write_public_key(secret.public))
    publish(site, stick, "1.0.0", secret)
    assert run(site / "home", "--all-users", "pack", "trust", "add", str(public)).returncode == 0
    done = run(site / "home", "--all-users", "update", str(stick), "--all", "--log", str(log))
    assert done.returncode == 0, done.stderr
    assert json.loads(log.read_text().splitlines()[-1])["installed"] == ["pump 1.0.0"]
    assert packs_of(site / "home") == [("1.0.0", "signed by acme", True)]
    assert list((site / "home").iterdir()) == []
    for path in (site / "site").rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o644
        assert path.stat().st_mode & 0o777 == wanted or path.name == ".lock", path

    publish(site, stick, "1.1.0", secret)
    assert run(site / "home", "update", str(stick)).returncode == 0
    assert packs_of(site / "home") == [("1.1.0", "signed by acme", False)]
    assert packs_of(site / "other") == [("1.0.0", "signed by acme", True)]
    done = run(site / "other", "pack", "remove", "pump")
    assert (done.returncode, "came with the program" in done.stderr) == (UsageError.exit_code, True)


def test_an_update_that_cannot_be_done_leaves_a_line_for_it(site: Path) -> None:
    log = site / "update.log"
    done = run(site / "home", "update", str(site / "gone"), "--log", str(log))
    assert done.returncode == UsageError.exit_code
    line = json.loads(log.read_text())
    assert (line["exit"], "is no folder" in line["error"]) == (UsageError.exit_code, True)
    done = run(site / "home", "update", "", "--log", str(log))
    assert (done.returncode, "No folder is named" in json.loads(log.read_text().splitlines()[-1])["error"]) == (2, True)
    done = run(site / "home", "update", str(site / "home"), "--log", str(site / "no" / "folder"))
    assert "cannot be written" in done.stderr
