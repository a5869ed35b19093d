"""The line mode on a real pack: through pipes, on a terminal, over a slow line, in ASCII."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeAssistant, pack
from fieldfare import cli, library
from fieldfare.assistant import Assistant
from fieldfare.domain import Acknowledged, Asked, InstalledPack, Limit, Measured, Noted, Read, Stepped, StepState
from fieldfare.errors import StorageError
from fieldfare.journal import Journal
from fieldfare.line import run
from fieldfare.transliteration import ERRORS, spelled
from fieldfare.wrapping import cells, clusters, cut_starts, wrapped
from languages import SENTENCES
from scripted import BATTERY, BLOCKS, OIL, ScriptedProcedures, hazard, step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval import Embedder

APP = Path(__file__).resolve().parent.parent / "app"


class Terminal(io.StringIO):
    """A stream by which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def assistant(pump: Archive, embedder: Embedder) -> Iterator[Assistant]:
    pack = InstalledPack(manifest=pump.manifest, path=str(pump.path), size=1, bundled=False, signature="signed by K")
    made = Assistant(library.Shelf(archives=(pump,), packs=(pack,), problems=()), embedder, None)
    yield made
    made.close()


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal(None) as made:
        yield made


@pytest.fixture
def pipe(assistant: Assistant, journal: Journal) -> Callable[..., tuple[str, int]]:
    """What comes out of a pipe for some lines, and the exit code."""

    def say(*lines: str) -> tuple[str, int]:
        target = io.StringIO()
        code = run(assistant, journal, io.StringIO("\n".join(lines)), target)
        return target.getvalue(), code

    return say


@pytest.fixture
def terminal(assistant: Assistant, journal: Journal) -> Callable[..., str]:
    """What somebody reads who types some lines."""

    def say(*lines: str) -> str:
        target = Terminal()
        assert run(assistant, journal, Terminal("\n".join(lines)), target) == 0
        return target.getvalue()

    return say


def deeds(journal: Journal) -> list[object]:
    return [one.deed for job in journal.jobs() for one in journal.entries(job.id)]


def test_a_pipe_is_answered_line_by_line(pipe: Callable[..., tuple[str, int]]) -> None:
    told, code = pipe("What does E21 mean?", "", "How much oil does the gearbox hold?")
    assert code == 0
    assert told.index("Question 1: What does E21 mean?") < told.index("Answer 1:") < told.index("253 V")
    assert (
        told.index("253 V") < told.index("Question 2:") < told.index("2.6 L") < told.index("[1] ", told.index("2.6 L"))
    )
    assert "Question 3" not in told


def test_the_exit_code_is_that_of_the_last_question(pipe: Callable[..., tuple[str, int]]) -> None:
    assert pipe("What does E21 mean?", "Who won the football match?")[1] == 10
    assert pipe("Who won the football match?", "What does E21 mean?")[1] == 0
    assert pipe()[1] == 0


def test_warnings_come_before_what_they_protect(pipe: Callable[..., tuple[str, int]]) -> None:
    told, _code = pipe("How do I drain the oil?")
    assert told.index("⚠ WARNING: Hot oil burns the skin") < told.index("Remove the drain plug")


def test_lines_of_a_pipe_are_whole_and_those_of_a_terminal_fit(
    pipe: Callable[..., tuple[str, int]], terminal: Callable[..., str]
) -> None:
    question = "How much oil does the gearbox hold?"
    assert max(map(len, pipe(question)[0].splitlines())) > 80
    told = [line for line in terminal(question, "1", "w", "?").splitlines() if not line.startswith("Question ")]
    assert max(map(cells, told)) <= 80


def test_a_number_in_a_pipe_is_a_question_and_a_command_has_a_colon(pipe: Callable[..., tuple[str, int]]) -> None:
    told, _code = pipe("What does E21 mean?", "1", ":1", ":x")
    assert "Question 2: 1" in told
    assert "> - Code: E21; Fault: Over-voltage: above 253 V; Remedy: Check the transformer tap" in told
    assert "Question 3" not in told


def test_a_number_on_a_terminal_reads_the_page_with_what_was_cited_marked(
    terminal: Callable[..., str], journal: Journal
) -> None:
    told = terminal("What does E21 mean?", "1", "", "q", "never asked")
    page = told[told.index("Question 2:") :]
    assert "> - Code: E21" in page and "\n- Code: E22" in page
    assert "never asked" not in told
    asked, read = deeds(journal)
    assert isinstance(asked, Asked) and asked.question == "What does E21 mean?" and asked.sources[0].text
    assert isinstance(read, Read) and read.reference.heading[-1] == "Codes"


def test_a_number_that_stands_for_nothing_is_a_question(terminal: Callable[..., str]) -> None:
    told = terminal("What does E21 mean?", "77")
    assert "Answer 2:" in told


def test_the_page_behind_and_before(terminal: Callable[..., str]) -> None:
    told = terminal("+", "What does E21 mean?", "1", "-", "+", "+", "+", "+", "+", "+", "+", "+", "+")
    assert "Open a page first" in told
    assert "The gearbox holds 2.6 L" in told
    assert "The manual ends here." in told


def test_a_long_page_waits_and_a_question_may_stop_it(
    terminal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldfare.line.dialogue.Dialogue._height", lambda _self: 4)
    told = terminal("How do I drain the oil?", "1", "", "What does E22 mean?")
    assert told.count("More: Enter.") == 2
    assert "Under-voltage" in told


def test_warnings_answer_and_help_again(terminal: Callable[..., str]) -> None:
    told = terminal("w", "a", "How do I drain the oil?", "w", "a", "1", "s", "w", "?")
    assert "There are no warnings." in told and "Nothing was asked yet." in told
    assert told.count("⚠ WARNING: Hot oil burns the skin") >= 4
    assert "q: leave." in told


def test_a_figure_is_copied_for_the_viewer_and_its_words_are_said(
    terminal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    monkeypatch.setattr("fieldfare.viewer.view", lambda data, _name: seen.append(data) or "It is shown.")
    told = terminal("f", "How do I replace the motor head?", "1", "", "", "f", "f 99", "1")
    assert "There are no figures here." in told and "There is no figure 99." in told
    assert "1. Motor head and housing" in told or "1. Figure 3: Motor head and housing" in told
    assert "It is shown." in told and seen[0].startswith((b"\x89PNG", b"RIFF", b"\xff\xd8"))


def test_the_machine_is_chosen_by_number_or_name(terminal: Callable[..., str], journal: Journal) -> None:
    told = terminal("m", "1", "m nothing like it", "m", "0")
    assert "0. any machine" in told and "No installed manual is for nothing like it" in told
    assert journal.machine().model == ""
    terminal("m", "1")
    assert journal.machine().model


def test_a_note_and_the_job(
    terminal: Callable[..., str], journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldfare.paths.documents_dir", lambda: tmp_path)
    told = terminal("j", "n seal is worn", "j name Oil change", "j", "j report csv", "j report doc", "j end", "j end")
    assert "There is no job yet" in told and "seal is worn" in told[told.index("Noted") :]
    assert [one.text for one in deeds(journal) if isinstance(one, Noted)] == ["seal is worn"]
    assert "seal is worn" in next(tmp_path.glob("*.csv")).read_text("utf-8")
    assert "A report is one of: pdf, html, md, csv, json" in told
    assert journal.jobs()[0].title == "Oil change" and journal.jobs()[0].ended is not None


def test_the_end_of_a_job_with_open_steps_is_asked_for(terminal: Callable[..., str], journal: Journal) -> None:
    told = terminal("How do I drain the oil?", "p", "", "", "s", "no wrench", "q", "j end", "no", "j end", "yes")
    assert told.count("1 of 3 steps is open: finish all the same?") == 2
    assert told.index("The job goes on.") < told.index("Finished:")
    assert journal.jobs()[0].ended is not None


def test_a_procedure_by_lines(terminal: Callable[..., str], journal: Journal) -> None:
    told = terminal("How do I drain the oil?", "p", "", "", "s", "no wrench", "n look at the seal", "q", "q")
    assert told.index("⚠ WARNING: Hot oil", told.index("Answer 1")) < told.index("Warning read? Enter.")
    assert told.index("Warning read? Enter.") < told.index("Step 1 of 3:")
    kept = deeds(journal)
    assert [one.number for one in kept if isinstance(one, Stepped)] == ["1", "2"]
    assert [one.state for one in kept if isinstance(one, Stepped)] == [StepState.DONE, StepState.SKIPPED]
    assert [one.reason for one in kept if isinstance(one, Stepped)] == ["", "no wrench"]
    assert any(isinstance(one, Acknowledged) and one.signal_word == "WARNING" for one in kept)
    again = terminal("How do I drain the oil?", "p", "r 45", "torque", "", "", "q")
    after = again[again.index("Question 2:") :]
    assert "Step 3 of 3:" in after and "Step 1 of 3:" not in after
    assert "Note: look at the seal" in after and "torque: 45\n" in after
    assert "2 steps done, 1 skipped, 0 open." in after
    assert "Skipped: 2 Remove the drain plug and drain the oil. (no wrench)" in after


def test_no_step_is_ticked_before_its_warning_was_read(terminal: Callable[..., str], journal: Journal) -> None:
    told = terminal("How do I drain the oil?", "p", "+", "", "q", "q")
    assert "First the warnings of the procedure:" in told
    assert not [one for one in deeds(journal) if isinstance(one, Stepped)]


def test_a_reading_is_judged(terminal: Callable[..., str], journal: Journal) -> None:
    terminal("How do I drain the oil?", "p", "", "", "", "r twelve", "r 45 V", "r 45 N·m", "q", "q")
    assert [(one.value, one.verdict) for one in deeds(journal) if isinstance(one, Measured)] in (
        [],
        [("45", Limit.OK)],
        [("45", Limit.UNCHECKED)],
    )


def led(journal: Journal, *lines: str, procedures: ScriptedProcedures | None = None, title: int = 3) -> str:
    """What somebody reads who is led through one of the scripted procedures: the last is that of the battery."""
    made, target = FakeAssistant(), Terminal()
    made.procedures = procedures or made.procedures
    run(made, journal, Terminal("\n".join(("p", str(title), *lines))), target)  # type: ignore[arg-type]
    return target.getvalue()


def test_a_number_names_what_is_to_be_measured_and_is_no_value_of_it(journal: Journal) -> None:
    told = led(journal, "", "r 1", "12.6", "r 1 12.5 V", "r 1 500 mV", "r 12 V")
    assert "r 1: measure voltage, expected 12.4 V or more" in told
    assert "1 500 mV can be read in two ways" in told and "! voltage: 12 V, expected 12.4 V or more: LOW" in told
    taken = [one for one in deeds(journal) if isinstance(one, Measured)]
    assert [(one.value, one.unit, one.verdict) for one in taken] == [
        ("12.6", "V", Limit.OK), ("12.5", "V", Limit.OK), ("12", "V", Limit.LOW),
    ]  # fmt: skip
    told = led(journal, "+", "+")
    assert "\n! voltage: 12 V, expected 12.4 V or more: LOW" in told, "on the page"
    assert "! 1 voltage: 12 V, expected 12.4 V or more: LOW" in told, "and at the end"


def test_a_warning_that_was_cut_off_is_shown_again_before_it_is_acknowledged(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldfare.line.dialogue.Dialogue._height", lambda _self: 3)
    warnings = tuple(hazard("WARNING", f"Part {number} is live. It kills.") for number in range(3))
    manual = ScriptedProcedures(pack().manifest, {OIL: ("8.2 Oil", (*warnings, step("Close it.", "1")))})
    told = led(journal, "s", "", "s", procedures=manual, title=1)
    assert told.count("Part 0 is live") == 2 and "Part 2 is live" not in told and "The warning goes on: Enter." in told
    assert not deeds(journal)
    told = led(journal, *["", ""] * 3, procedures=manual, title=1)
    assert "Warning read? Enter." in told
    assert len([one for one in deeds(journal) if isinstance(one, Acknowledged)]) == 3


def test_a_newer_version_of_a_manual_is_followed_unless_something_was_done_in_the_older(journal: Journal) -> None:
    old = ScriptedProcedures(pack().manifest)
    title, steps = BLOCKS[BATTERY]
    newer = (step("Measure the voltage: 12.6 V or more is good.", "1"), steps[1])
    new = ScriptedProcedures(
        replace(pack().manifest, version="2.0.0", digest="1" * 64), BLOCKS | {BATTERY: (title, newer)}
    )
    new.kept = {old.manifest.digest: old}
    led(journal, "", "-")
    assert "12.6 V or more" in led(journal, "", "a", procedures=new)
    journal.wipe_everything()
    led(journal, "", "r 12.5")
    told = led(journal, "a", procedures=new)
    assert "Goes on in version 1.2.0, in which it was begun. Installed now: 2.0.0." in told and "12.4 V or more" in told


def test_lines_keep_nothing_in_a_job_that_began_meanwhile(tmp_path: Path) -> None:
    class Meanwhile(Terminal):
        def readline(self, size: int | None = -1, /) -> str:
            line = super().readline(size)
            if line == "r 12.5\n":
                with Journal(tmp_path / "journal.sqlite") as other:
                    other.begin("at the pump")
            return line

    with Journal(tmp_path / "journal.sqlite") as journal:
        target = Terminal()
        run(FakeAssistant(), journal, Meanwhile("p\n3\n\nr 12.6\nr 12.5\n"), target)  # type: ignore[arg-type]
        assert "The job is another one now" in target.getvalue()
        assert [one.value for one in deeds(journal) if isinstance(one, Measured)] == ["12.6"]


def test_a_number_of_any_length_stands_for_nothing(journal: Journal) -> None:
    many = "9" * 5000
    told = led(journal, "", f"f {many}", f"r {many} V", "q", f"p {many}", f"f {many}")
    assert "There are no figures here." in told and "Type one number and its unit" in told


def test_that_nothing_is_kept_is_said_in_place_of_that_it_is(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(journal, "save", full)
    told = led(journal, "", "q")
    assert "not written down" in told and "is kept as far" not in told


def test_nothing_that_a_terminal_obeys_comes_out(
    terminal: Callable[..., str], pipe: Callable[..., tuple[str, int]]
) -> None:
    hostile = "E21\x1b[2J\x1b]0;owned\x07 \u202eevil\x9b31m?"
    for told in (
        terminal(hostile, f"n {hostile}", f"m {hostile}", "j", f"j name {hostile}"),
        pipe(hostile, f":{hostile}")[0],
    ):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(told)


def test_that_the_model_loads_is_said_once(assistant: Assistant, journal: Journal) -> None:
    target = io.StringIO()
    run(assistant, journal, io.StringIO("What does E21 mean?\nWhat does E22 mean?\n"), target, drafts=True)
    assert target.getvalue().count("The language model is loading") == 1


def test_ascii_only(assistant: Assistant, journal: Journal) -> None:
    raw = io.BytesIO()
    target = io.TextIOWrapper(raw, encoding="utf-8")
    run(assistant, journal, io.StringIO("How do I drain the oil?\n:1\n"), target, ascii_only=True)
    told = raw.getvalue().decode("ascii")
    assert "! WARNING: Hot oil burns the skin" in told
    assert "45 N.m" in told


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("±0.5 °C", "+/-0.5 degC"),
        ("10⁶ Ω", "10^6 Ohm"),
        ("3 × 2.5 mm²", "3 x 2.5 mm^2"),
        ("5 µm ≤ d", "5 um <= d"),
        ("45 N·m", "45 N.m"),
        ("Größe, ñandú, façade", "Groesse, nandu, facade"),
        ("E21 → Q0 …", "E21 -> Q0 ..."),
        ("−20", "-20"),
        ("½", "1/2"),
    ],
)
def test_values_keep_their_meaning_in_ascii(text: str, plain: str) -> None:
    assert text.encode("ascii", ERRORS).decode() == plain


@given(st.characters())
def test_every_character_has_an_ascii_spelling(character: str) -> None:
    assert spelled(character).isascii()


def test_an_encoding_that_knows_a_character_keeps_it() -> None:
    assert "Öl ≤ 5".encode("latin-1", ERRORS) == b"\xd6l <= 5"


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("width", [14, 20, 38])
def test_sentences_of_every_script_wrap_and_stay_whole(language: str, width: int) -> None:
    lines = wrapped(SENTENCES[language], width).split("\n")
    assert "".join("".join(lines).split()) == "".join(SENTENCES[language].split())
    assert all(cells(line) <= width for line in lines)
    assert not any(line[0] in "，。、។။" for line in lines), "a line begins with what ends a sentence"
    assert not any(unicodedata.category(line[0])[0] == "M" or line[0] in "ะาำະາຳ" for line in lines), (
        "a letter is parted"
    )
    assert not any(line[-1] in "เแโใไເແໂໃໄ\u17d2\u1039" for line in lines), "a letter is parted"
    assert any("Q0" in line for line in lines), "a code is cut"


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("ครับ", "ค|รับ"),
        ("เครื่อง", "เค|รื่อ|ง"),
        ("น้ำมัน", "น้ำ|มัน"),
        ("สวิตช์", "ส|วิ|ตช์"),
        ("ម្លាក់", "ម្លា|ក់"),
        ("क्षतिe\u0301", "क्ष|ति|e\u0301"),
        ("👩‍👩‍👧🇩🇪🇫🇷❤️👍🏽x", "👩‍👩‍👧|🇩🇪|🇫🇷|❤️|👍🏽|x"),
    ],
)
def test_a_letter_stays_whole_where_a_word_is_cut(text: str, letters: str) -> None:
    assert "|".join(clusters(text)) == letters
    starts = cut_starts(text, 1, cells)
    assert [text[start:end] for start, end in pairwise((0, *starts, len(text)))] == letters.split("|")


@given(st.text(alphabet="ab é中文、ا 1\u0301กเแำ่์ខ្ា", max_size=80), st.integers(4, 40))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    assert "".join(wrapped(text, width).split()) == "".join(text.split())


def test_the_line_mode_loads_no_screen() -> None:
    code = "import sys, fieldfare.line; print(*sorted({'textual', 'rich'} & {m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=APP, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"TERM", "LANG", "LC_ALL", "LANGUAGE"}}
    return {**kept, "FIELDFARE_HOME": str(home), "PYTHONPATH": str(APP), **more}


def test_without_a_terminal_the_program_asks_by_lines(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fieldfare"],
        input=b"What is the torque of T1?\nWho won the match?\n",
        env=environment(home, PYTHONIOENCODING="utf-8"),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 10, done.stderr
    assert b"Oil drain plug" in done.stdout and b"\x1b" not in done.stdout
    assert b"Question 2: Who won the match?" in done.stdout


@pytest.mark.parametrize(
    ("term", "screen"), [("xterm-256color", True), ("linux", True), ("dumb", False), ("unknown", False), ("", False)]
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows names no terminal")
def test_where_the_screen_can_be_drawn(monkeypatch: pytest.MonkeyPatch, term: str, screen: bool) -> None:
    monkeypatch.setenv("TERM", term)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Terminal())
    assert cli._has_screen() == screen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_on_a_dumb_terminal_and_a_slow_line(home: Path) -> None:
    import pty

    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "fieldfare"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(home, TERM="dumb"),
    )
    os.close(theirs)
    heard = b""

    def hear(wanted: bytes) -> None:
        nonlocal heard
        began = time.monotonic()
        while wanted not in heard and time.monotonic() - began < 60:
            heard += os.read(mine, 96)  # a tenth of a second's worth at 9600 baud
            time.sleep(0.002)

    try:
        hear(b"Question 1:")
        os.write(mine, b"What is the torque of T1?\n")
        hear(b"Question 2:")
        assert b"Oil drain plug" in heard
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(mine)
    assert b"\x1b" not in heard and b"\r\r" not in heard
