from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fieldfare import paths, settings, trust
from fieldfare.cli.arguments import Progress
from fieldfare.errors import SpaceError, StorageError

ROOT = Path(__file__).parent.parent
DEMO = "halden-gs40"


def fieldfare(*arguments: str, home: Path, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, with a home of its own; any traceback fails the test."""
    done = subprocess.run(
        [sys.executable, "-m", "fieldfare", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "app",
        env={**os.environ, "FIELDFARE_HOME": str(home), "FIELDFARE_SHARE": str(paths.share_dir()), **environment},
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_ask_prints_hazards_answer_and_page_in_this_order(tmp_path: Path) -> None:
    done = fieldfare("ask", "how do I change the engine oil and filter?", home=tmp_path)
    assert done.returncode == 0, done.stderr
    out = done.stdout
    assert out.index("⚠") < out.index("1. Run the engine until") < out.index("[1] GS-40 Service Manual rev. C, p. 20")


def test_ask_json_is_one_object_with_proof(tmp_path: Path) -> None:
    done = fieldfare("ask", "--json", "what", "does", "E-22", "mean", home=tmp_path)
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "quoted"
    assert "under-voltage" in answer["answer"]
    (statement,) = answer["statements"]
    assert statement["page"] == "31"
    assert statement["quote"] == statement["text"]
    assert {hazard["signal_word"] for hazard in answer["hazards"]} == {"DANGER", "WARNING"}


def test_what_is_not_in_the_manuals_has_its_own_exit_code(tmp_path: Path) -> None:
    done = fieldfare("ask", "capital of France", home=tmp_path)
    assert done.returncode == 10
    assert "not in the installed manuals" in done.stdout


def test_a_question_may_come_from_standard_input(tmp_path: Path) -> None:
    done = fieldfare("search", "--json", "-", home=tmp_path, text="oil drain plug torque\n")
    found = json.loads(done.stdout)["evidence"]
    assert any("45" in one["text"] and one["page"] == "19" for one in found)


def test_search_loads_no_language_model(tmp_path: Path) -> None:
    code = (
        "import sys; from fieldfare.cli import main; main(['search', 'drain plug']); "
        "assert not {'llama_cpp', 'textual', 'rich', 'PIL'} & set(sys.modules), 'heavy'"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "app",
        env={**os.environ, "FIELDFARE_HOME": str(tmp_path), "FIELDFARE_SHARE": str(paths.share_dir())},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "question",
    ['pump" OR 1=1 --', "NEAR(a b)", "x" * 100_000, "\x1b[31m\x07\u202eabc", "", "   ", "?", "-", "שאלה", "🔧"],
)
def test_hostile_questions_get_a_sentence(tmp_path: Path, question: str) -> None:
    done = fieldfare("ask", "--no-draft", "-", home=tmp_path, text=question)
    assert done.returncode in {0, 10}
    assert done.stdout.strip()
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("pack", "install", "missing.fpack"), 2, "does not exist"),
        (("pack", "install", "."), 2, "is a folder. To install the packs in it: fieldfare update ."),
        (("pack", "install", __file__), 2, "build a pack of it first: fieldfare pack build"),
        (("pack", "install", "--unsigned", __file__), 2, "is no pack"),
        (("pack", "remove", "nothing"), 2, "not installed"),
        (("pack", "remove", DEMO), 2, "came with the program"),
        (("pack", "build", "missing", "-o", "x.fpack"), 2, "does not exist"),
        (("ask", "--pack", "nothing", "oil"), 2, "not installed"),
        (("search", "--limit", "0", "oil"), 2, "--limit"),
        (("model", "use", "missing.gguf"), 5, "missing.gguf"),
        (("model", "show", __file__), 5, "GGUF"),
    ],
)
def test_bad_input_gets_a_sentence_and_an_exit_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = fieldfare(*arguments, home=tmp_path)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr


@pytest.mark.parametrize("command", [("ask", "oil"), ("search", "oil"), ("eval",), ("pack", "list")])
def test_packs_of_another_format_are_said_once_with_what_makes_them_anew(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (demo,) = paths.bundled_packs_dir().glob(f"{DEMO}-*.fpack")
    old = tmp_path / "share" / "packs" / demo.name
    old.parent.mkdir(parents=True)
    data = bytearray(demo.read_bytes())
    data[60:64] = (1).to_bytes(4, "big")  # SQLite's user_version
    old.write_bytes(data)
    trust.receipt_for(old)
    done = fieldfare(*command, home=tmp_path, FIELDFARE_SHARE=str(tmp_path / "share"))
    assert done.returncode == 4, done.stderr
    said = done.stderr + done.stdout
    assert said.count("has pack format 1, this program reads") == 1
    assert "No pack is installed" not in said
    assert "scripts/run" in said


def test_a_damaged_settings_file_gets_a_sentence_and_keeps_nobody_from_an_answer(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("model = [\n")
    done = fieldfare("ask", "oil", home=tmp_path)
    assert done.returncode == 0
    assert "settings.toml" in done.stderr
    assert done.stdout.strip()
    chosen = fieldfare("model", "use", "embedded", home=tmp_path)
    assert chosen.returncode == 2
    assert (tmp_path / "settings.toml").read_text() == "model = [\n"


def test_a_wrong_line_of_the_settings_has_its_default_and_stays(home: Path) -> None:
    file = home / "settings.toml"
    home.mkdir(exist_ok=True)
    file.write_text('language = "de"\ndensity = "huge"\ncolour = 3\n')
    read, problems = settings.read()
    assert (read.language, read.density) == ("de", "normal")
    assert ["density" in problems[0], "colour" in problems[1], len(problems)] == [True, True, 2]
    settings.change(theme="sun")
    assert tomllib.loads(file.read_text()) == {"language": "de", "density": "huge", "colour": 3, "theme": "sun"}
    settings.change(density="large")
    assert settings.read()[0].density == "large"


def test_the_end_of_a_stage_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    tell = Progress()
    for done, total in ((1, 3), (3, 3), (3, 3), (1, 2), (2, 2)):
        tell("reading pump.pdf", done, total)
    tell("writing", 1, 1)
    told = capsys.readouterr().err.split("\n")
    assert [line for line in told if line.startswith("reading pump.pdf: 3 of 3")] == ["reading pump.pdf: 3 of 3"]
    assert "reading pump.pdf: 2 of 2" in told
    assert "writing: 1 of 1" in told


def test_build_install_ask_remove(pump_source: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pump.fpack"
    built = fieldfare("pack", "build", str(pump_source), "-o", str(pack), home=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "2 hazards" in built.stdout
    assert "embedding" in built.stderr
    inspected = fieldfare("pack", "inspect", str(pack), home=tmp_path).stdout
    assert inspected.count(re.findall(r"\d+ identifiers", built.stdout)[0]) == 1  # what is printed twice counts once
    refused = fieldfare("pack", "install", str(pack), home=tmp_path)
    assert refused.returncode == 4
    assert "has no signature beside it" in refused.stderr
    assert fieldfare("pack", "install", "--unsigned", str(pack), home=tmp_path).returncode == 0
    asked = fieldfare("ask", "--pack", "korvan-cp200", "what does F07 mean?", home=tmp_path)
    assert "207 V to 253 V" in asked.stdout
    assert "p. 2" in asked.stdout
    assert "unsigned pack" in asked.stdout
    listed = json.loads(fieldfare("pack", "list", "--json", home=tmp_path).stdout)
    assert {pack["id"] for pack in listed} == {DEMO, "korvan-cp200"}
    assert fieldfare("pack", "remove", "korvan-cp200", home=tmp_path).returncode == 0


def test_doctor_says_what_it_checked(tmp_path: Path) -> None:
    done = fieldfare("doctor", "--json", home=tmp_path)
    findings = {one["check"]: one for one in json.loads(done.stdout)}
    assert set(findings) == {
        "program",
        "processor",
        "memory",
        "network",
        "settings",
        "embedder",
        "model",
        "pack",
        "terminal",
    }
    assert done.returncode == 0, done.stdout
    assert "MiniLM" in findings["embedder"]["finding"]


def test_a_model_writes_when_it_is_chosen_and_with_the_right_digest(tmp_path: Path) -> None:
    assert not settings.Settings().draft
    model, file = paths.language_model_file(), tmp_path / "settings.toml"
    wrong = fieldfare("model", "use", str(model), "--sha256", "0" * 64, home=tmp_path)
    assert wrong.returncode == 5
    assert not file.exists()
    for name, expected in (
        (str(model), {"model": str(model), "draft": True}),
        ("embedded", {"draft": True}),
        ("none", {}),
    ):
        assert fieldfare("model", "use", name, home=tmp_path).returncode == 0
        assert tomllib.loads(file.read_text()) == expected


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m fieldfare search --limit 50 oil | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT / "app",
        env={**os.environ, "FIELDFARE_HOME": str(tmp_path), "FIELDFARE_SHARE": str(paths.share_dir())},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_build_never_overwrites_what_is_no_pack(pump_source: Path, tmp_path: Path) -> None:
    manual = tmp_path / "notes.md"
    manual.write_text("# Mine\n\nText.\n")
    done = fieldfare("pack", "build", str(tmp_path), "-o", str(manual), "--no-meaning", home=tmp_path / "home")
    assert done.returncode == 2
    assert manual.read_text() == "# Mine\n\nText.\n"
    folder = fieldfare("pack", "build", str(pump_source), "-o", str(tmp_path), "--no-meaning", home=tmp_path / "home")
    assert folder.returncode == 2
    assert "is a folder" in folder.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_output_that_cannot_be_written_gets_no_traceback(tmp_path: Path, where: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m fieldfare search E22 {where}"],
        capture_output=True, text=True, check=False, cwd=ROOT / "app",
        env={**os.environ, "FIELDFARE_HOME": str(tmp_path), "FIELDFARE_SHARE": str(paths.share_dir())},
    )  # fmt: skip
    assert done.returncode == (SpaceError.exit_code if "full" in where else StorageError.exit_code)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("build", "a", "-o", "b"),
        ("check", "a"),
        ("inspect", "a"),
        ("new", "a"),
        ("terms", "a"),
        ("diff", "a", "b", "-o", "c"),
    ],
)
def test_the_bundle_for_devices_says_that_it_makes_no_packs(tmp_path: Path, command: tuple[str, ...]) -> None:
    """`fieldfare.ingest` is left out of it."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"")
    code = (
        "import sys; sys.modules['fieldfare.ingest'] = None\n"
        "from fieldfare.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "pack", *command], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode in {2, 4}
    assert "Traceback" not in done.stderr
    if done.returncode == 2 and command[0] != "diff":
        assert "does not make them" in done.stderr


def test_ctrl_c_while_the_program_is_still_being_read_is_no_traceback(tmp_path: Path) -> None:
    code = """
import sys
class Impatient:
    def find_spec(self, name, *_):
        if name == "fieldfare.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
from fieldfare.__main__ import main
main()
"""
    environment = {**os.environ, "FIELDFARE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "app")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
