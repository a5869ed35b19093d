"""What the program consists of, and the proof that it is offline."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fieldfare import inventory, offline, proof
from fieldfare.errors import DamageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder of three files with the list of them."""
    folder = tmp_path / "bundle"
    for name in ("fieldfare", "_internal/a.so", "_internal/ü b.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")
    return folder


def test_a_program_as_it_was_made_is_sound(bundle: Path) -> None:
    (bundle / "link").symlink_to("fieldfare")
    found = inventory.verify(bundle, quiet)
    assert (found.files, found.sound) == (3, True)
    assert found.digest == hashlib.sha256((bundle / "SHA256SUMS").read_bytes()).hexdigest()


def test_every_kind_of_change_is_named(bundle: Path) -> None:
    (bundle / "fieldfare").write_text("Fieldfare")
    (bundle / "_internal" / "a.so").unlink()
    (bundle / "_internal" / "evil.so").write_text("")
    found = inventory.verify(bundle, quiet)
    assert not found.sound
    assert (found.changed, found.missing, found.added) == (("fieldfare",), ("_internal/a.so",), ("_internal/evil.so",))


@pytest.mark.parametrize("text", [None, "not a list\n", "0" * 64 + "  ../outside\n", "0" * 64 + "  /etc/passwd\n"])
def test_a_list_that_is_none_is_damage(bundle: Path, text: str | None) -> None:
    (bundle / "SHA256SUMS").unlink()
    if text is not None:
        (bundle / "SHA256SUMS").write_text(text)
    with pytest.raises(DamageError, match="SHA256SUMS is missing or damaged"):
        inventory.verify(bundle, quiet)


def test_whose_work_it_is_can_be_read_here_too() -> None:
    names = {one.name.lower() for one in inventory.parts()}
    assert {"apsw", "numpy", "textual"} <= names
    found = inventory.part("textual_image")
    assert "LGPL" in found.licence or "Lesser" in found.licence
    assert any("GNU LESSER" in text.read_text("utf-8").upper() for text in found.texts)
    with pytest.raises(UsageError, match="Nothing called nonsense"):
        inventory.part("nonsense")


def doctor(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fieldfare", "doctor", *arguments]
    settings = {**os.environ, "FIELDFARE_HOME": str(home), **variables}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=settings)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux closes the network for native code")
def test_the_proof_uses_the_program_and_finds_it_closed(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--offline-proof", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    tried = {row["tried"]: row["ok"] for row in said["trials"]}
    closed = {
        "guard",
        "socket of Python",
        "socket of native code",
        "socket of a child process",
        "sockets of all processes",
    }
    assert all(tried[name] for name in closed | {"search", "ask", "language model", "figure"})
    assert tried["files of the program"] is None
    assert "the filter of this program came with it" in said["trials"][4]["outcome"]
    assert said["trials"][-1]["outcome"].startswith("2 processes")  # with that of the model
    digest = said.pop("sha256_of_report")
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert digest == hashlib.sha256(canonical.encode()).hexdigest()
    assert said["packs"][0]["id"]
    assert all(len(one) == 64 for one in said["models"].values())


def test_the_report_for_people_ends_with_the_digest_of_its_lines_and_speaks_their_language(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('screen_language = "de"\n')
    (tmp_path / "site").mkdir()
    done = doctor(tmp_path, "--offline-proof", FIELDFARE_SHARE=str(tmp_path / "site"))
    *lines, last = done.stdout.splitlines(keepends=True)
    assert last.split()[-1] == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert any(line.startswith("ok") and "Socket eines Kindprozesses" in line for line in lines)


def test_a_child_that_the_filter_did_not_reach_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof.offline, "filters", lambda: 9)  # the child has but one
    assert proof._child_socket()[0] is False


def test_a_child_that_breaks_is_not_said_to_have_opened_a_socket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    for program, said in (
        ("echo its library is missing >&2; exit 1", "its library is missing"),
        (f"exit {offline.OPENED}", "A socket to another machine could be opened."),
        ("echo what", "invalid literal"),
    ):
        child.write_text(f"#!/bin/sh\n{program}\n")
        child.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(child))
        trial = proof._tried("child", proof._child_socket)
        assert trial.ok is False
        assert said in trial.outcome

    def slow(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("child", 60)

    monkeypatch.setattr(subprocess, "run", slow)
    assert proof._tried("child", proof._child_socket).ok is False


def test_an_open_network_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof.offline, "probe", lambda: True)
    trial = proof._tried("socket of Python", proof._python_socket)
    assert trial.ok is False
    assert not proof.Proof(trials=(trial,)).holds


@pytest.mark.parametrize(
    ("held", "said"),
    [("socket.create_server(('127.0.0.1', 0))", {"False", "None"}), ("socket.socketpair()", {"True", "None"})],
)
def test_a_socket_that_could_leave_this_machine_is_found(held: str, said: set[str]) -> None:
    code = f"import socket; held = {held}; from fieldfare import proof; print(proof._no_sockets()[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in said  # None where the system shows no sockets


def test_a_python_installation_has_no_list_to_verify(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--verify")
    assert done.returncode == UsageError.exit_code
    assert "Verify a bundle" in done.stderr
