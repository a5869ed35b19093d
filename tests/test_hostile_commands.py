"""Every command, found from the parser, on a device on which everything is called so, with arguments that are called so."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from fieldfare import cli, library, trust
from fieldfare.domain import Asked, Measured, Noted, Reference, Verdict, WorkMachine
from fieldfare.journal import open_journal
from fieldfare.pack import signing
from hostile import EVIL, OBEYED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = EVIL.replace("/", "").replace("\0", "").encode()[:120].decode("utf-8", "ignore")
"""As much of it as a file may be called."""


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:  # fmt: skip
    """Each command that does something, by its words."""
    groups = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not groups:
        yield path, parser
    for group in groups:
        for name, inner in group.choices.items():
            yield from commands(inner, (*path, name))


COMMANDS = dict(commands(cli._parser()))


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory: pytest.TempPathFactory, pump_pack: Path) -> Path:
    """A device with a pack, a job, a signer and files that all say it, past everything that cleans."""
    home = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDFARE_HOME", str(home))
        file = home / f"{NAME}.fpack"
        shutil.copy(pump_pack, file)
        with sqlite3.connect(file) as store:
            for table, column in (
                ("document", "title"), ("document", "revision"), ("section", "label"), ("passage", "text"), ("passage", "label"),
                ("block", "text"), ("block", "caption"), ("hazard", "text"), ("hazard", "signal_word"), ("figure", "caption"),
            ):  # fmt: skip
                store.execute(f"UPDATE {table} SET {column} = {column} || ?", (EVIL,))  # noqa: S608 - the names above
            store.execute("UPDATE section SET path = ?", (json.dumps([EVIL, EVIL]),))
        library.install(file, unsigned=True)
        (home / f"{NAME}.pub").write_text(signing.write_public_key(signing.new_key().public))
        trust.trust(home / f"{NAME}.pub", "oil")
        place = Reference(
            pack=EVIL, version=EVIL, digest="0" * 64, document=EVIL, heading=(EVIL,), page=EVIL, text=EVIL
        )
        with open_journal() as journal:
            journal.begin(EVIL, EVIL, WorkMachine(maker=EVIL, model=EVIL, serial=EVIL))
            for deed in (
                Asked(question=EVIL, verdict=Verdict.QUOTED, sources=(place,)),
                Noted(text=EVIL, reference=place),
                Measured(name=EVIL, value=EVIL, unit=EVIL, expected=EVIL),
            ):
                journal.record(deed)
        (home / NAME).mkdir()
        (home / NAME / f"{NAME}.md").write_text(f"# {EVIL}\n\n## WARNING {EVIL}\n\n1. {EVIL}\n", encoding="utf-8")
    return home


def words_of(parser: argparse.ArgumentParser, home: Path, *, text: str, path: str) -> list[str]:
    """What a command must be given: words, numbers of what it chooses from, files that are there and their folder."""
    made = []
    for one in parser._actions:
        if one.option_strings and not one.required:
            continue
        given = one.choices[0] if one.choices else str(home / path) if one.type is not None else text  # type: ignore[index]
        if one.nargs in {"?", "*"} and not text:
            continue
        made += [*one.option_strings[:1], given]
    return made


def options_of(parser: argparse.ArgumentParser, home: Path) -> list[str]:
    """Its options together, with a hostile value where they take one; of those that exclude each other none."""
    exclusive = {one for group in parser._mutually_exclusive_groups for one in group._group_actions}
    made: list[str] = []
    for one in parser._actions:
        if (
            one.option_strings
            and one.dest != "limit"
            and not isinstance(one, argparse._HelpAction)
            and not one.required
            and one not in exclusive
        ):
            value = EVIL if one.type is None else str(home / NAME / "none")
            made += [one.option_strings[0], *[value] * (one.nargs if isinstance(one.nargs, int) else 1)]
    return made


WORKING = {("model", "bench")}  # without a file it measures the model that is there, for minutes


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_says_anything_that_a_terminal_obeys(
    command: tuple[str, ...], hostile_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    parser = COMMANDS[command]
    home = shutil.copytree(hostile_home, tmp_path / "home")
    monkeypatch.setenv("FIELDFARE_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    few = ["--limit", "1"] if "--limit" in parser._option_string_actions else []
    json_too = ["--json", *few] if "--json" in parser._option_string_actions else []
    oil = words_of(parser, home, text="oil", path=f"{NAME}.fpack")
    runs = [[*oil, *few], [*oil, *json_too]]
    if command not in WORKING:
        runs.append(words_of(parser, home, text="", path=f"{NAME}/{NAME}.md") + json_too)
    runs += [words_of(parser, home, text=EVIL, path=NAME) + options_of(parser, home)]
    runs += [words_of(parser, home, text=EVIL, path=f"{NAME}/none")]
    for arguments in dict.fromkeys(map(tuple, runs)):
        monkeypatch.setattr("sys.stdin", io.StringIO(EVIL))
        try:
            code = cli.main([*command, *(one.replace("\0", "") for one in arguments)])
        except SystemExit as error:
            code = int(error.code or 0)
        said = capsys.readouterr()
        for text in (said.out, said.err):
            assert not OBEYED.search(text), (arguments, text)
        assert "fault of its own" not in said.err, (home / "fault.txt").read_text()
        if "--json" in arguments and code == 0 and parser._option_string_actions["--json"].nargs == 0:
            json.loads(said.out)


def test_json_keeps_every_character(hostile_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("FIELDFARE_HOME", str(hostile_home))
    assert cli.main(["search", "oil", "--json"]) == 0
    printed = capsys.readouterr().out
    assert any(EVIL in one["text"] for one in json.loads(printed)["evidence"])


def test_the_line_mode_says_it_as_letters(
    hostile_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(shutil.copytree(hostile_home, tmp_path / "home")))
    typed = [
        "oil drain plug",
        ":1",
        ":w",
        ":+",
        ":f",
        ":p",
        ":1",
        ":r 5 V",
        ":q",
        ":j",
        ":m",
        f":n {EVIL}",
        EVIL,
        f":m {EVIL}",
        ":help",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(one.replace("\r", "") for one in typed)))
    assert cli.main(["--plain"]) in {0, 10}
    said = capsys.readouterr()
    assert "[@click=app.quit]evil" in said.out
    assert "A colon before a command" in said.out
    for text in (said.out, said.err):
        assert not OBEYED.search(text)
        assert "\\u00" not in text, "it was cleaned before the gate"
