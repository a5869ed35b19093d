"""The language model in a process of its own: the same answers, and a program that survives it."""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldfare import llm, paths
from fieldfare.errors import CrashError, ModelError
from fieldfare.llm import frames, process

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM = "You are a service assistant. Answer from the excerpt only, in one sentence."
QUESTION = "Excerpt: Tighten the M8 bolts to 25 N m.\n\nQuestion: What is the torque of the M8 bolts?"
STORY = "Tell a long story of the sea."


def never() -> bool:
    return False


def opened(file: Path) -> llm.ModelProcess:
    return llm.ModelProcess(file, instructions=SYSTEM, threads=1)


@pytest.fixture(scope="module")
def file() -> Path:
    if not paths.language_model_file().is_file():
        pytest.fail(f"There is no {paths.language_model_file()}: run scripts/test, which sets it up.")
    return paths.language_model_file()


@pytest.fixture(scope="module")
def model(file: Path) -> Iterator[llm.ModelProcess]:
    made = opened(file)
    made.load()
    yield made
    made.close()


def answer(model: llm.ModelProcess | llm.LanguageModel, user: str = QUESTION, tokens: int = 24) -> str:
    return "".join(model.generate(SYSTEM, user, max_tokens=tokens, cancelled=never))


def gone(pid: int) -> bool:
    """Whether a process has ended, after waiting for that."""
    for _ in range(400):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_it_answers_as_the_model_itself_does(model: llm.ModelProcess, file: Path) -> None:
    inside = llm.LanguageModel.open(file, threads=1)
    expected = answer(inside)
    inside.close()
    assert "25" in expected
    assert answer(model) == expected
    assert model.pid != os.getpid()
    assert model.memory > 50_000_000
    assert 0 < model.seconds(100, 10) < model.seconds(200, 20)


@pytest.mark.parametrize("ended_by", [signal.SIGSEGV, signal.SIGKILL])
def test_a_crash_in_the_middle_of_an_answer_is_an_error_and_the_next_call_works(
    model: llm.ModelProcess, ended_by: signal.Signals
) -> None:
    expected, old = answer(model), model.pid
    pieces = model.generate(SYSTEM, STORY, max_tokens=400, cancelled=never)
    assert next(pieces)
    assert old is not None
    os.kill(old, ended_by)
    with pytest.raises(CrashError, match=f"stopped working .*{ended_by.name}"):
        list(pieces)
    assert answer(model) == expected
    assert model.pid != old


def test_what_breaks_again_and_again_rests(file: Path) -> None:
    broken = opened(file)
    broken.load()
    for _ in range(2):
        pieces = broken.generate(SYSTEM, STORY, max_tokens=400, cancelled=never)
        next(pieces)
        assert broken.pid is not None
        os.kill(broken.pid, signal.SIGKILL)
        with pytest.raises(CrashError, match="SIGKILL"):
            list(pieces)
    last = broken.pid
    with pytest.raises(CrashError, match=r"broke 2 times; it is tried again in \d+ s"):
        answer(broken)
    assert broken.pid == last
    broken._crashed_at -= process._SECOND_CRASH + 1
    assert "25" in answer(broken)
    broken.close()


def test_cancelling_leaves_the_model_ready(model: llm.ModelProcess) -> None:
    expected, taken = answer(model), list[str]()
    for piece in model.generate(SYSTEM, STORY, max_tokens=400, cancelled=lambda: len(taken) >= 3):
        taken.append(piece)
    assert len(taken) < 20
    assert answer(model) == expected
    asked = itertools.count()
    assert not list(model.generate(SYSTEM, "word " * 900, max_tokens=9, cancelled=lambda: next(asked) > 2))
    assert answer(model) == expected


def test_an_answer_that_nobody_reads_on_frees_the_model(model: llm.ModelProcess) -> None:
    expected = answer(model)
    pieces = model.generate(SYSTEM, STORY, max_tokens=400, cancelled=never)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert answer(model) == expected


def test_waiting_for_a_turn_can_be_cancelled(model: llm.ModelProcess) -> None:
    pieces = model.generate(SYSTEM, STORY, max_tokens=400, cancelled=never)
    next(pieces)
    assert not list(model.generate(SYSTEM, QUESTION, max_tokens=5, cancelled=lambda: True))
    pieces.close()  # type: ignore[attr-defined]


def test_what_the_model_refuses_is_a_sentence(model: llm.ModelProcess) -> None:
    with pytest.raises(ModelError, match=r"tokens long and the model takes .* Ask a shorter question\.") as refused:
        answer(model, "word " * 5000)
    assert not isinstance(refused.value, CrashError)
    assert "25" in answer(model)


def test_a_model_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "none.gguf"
    path.write_bytes(b"GGUF" * 30)
    with pytest.raises(ModelError, match="cannot be used"):
        opened(path).load()
    with pytest.raises(ModelError, match="cannot be read"):
        opened(tmp_path / "missing.gguf").load()


@pytest.mark.parametrize("when", ["at once", "loading"])
def test_it_may_be_closed_while_it_loads(file: Path, when: str) -> None:
    loading = opened(file)
    outcome: list[str] = []

    def load() -> None:
        try:
            loading.load()
            outcome.append("returned")
        except ModelError as error:
            outcome.append(str(error))

    thread = threading.Thread(target=load)
    if when == "loading":
        thread.start()
        while loading.pid is None:
            time.sleep(0.005)
    pid = loading.pid
    loading.close()
    loading.close()
    if when == "at once":
        thread.start()
    thread.join(30)
    assert outcome == ["returned" if pid else "The language model is closed. Restart Fieldfare."]
    assert pid is None or gone(pid)
    with pytest.raises(ModelError, match="closed"):
        answer(loading)


def test_closing_ends_an_answer(file: Path) -> None:
    closing = opened(file)
    reading, pieces = threading.Event(), list[str]()

    def read() -> None:
        for piece in closing.generate(SYSTEM, STORY, max_tokens=1500, cancelled=never):
            pieces.append(piece)
            reading.set()

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(60)
    closing.close()
    thread.join(30)
    assert not thread.is_alive()
    assert len(pieces) < 1500


def test_it_ends_with_the_program_that_started_it(file: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from fieldfare import llm\n"
        f"model = llm.ModelProcess(Path({str(file)!r}), instructions='Answer.', threads=1); model.load()\n"
        "print(model.pid, flush=True); os._exit(9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=Path(llm.__file__).parents[2]
    )
    assert done.returncode == 9, done.stderr
    assert gone(int(done.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filters are read from /proc")
def test_it_has_no_network_and_writes_no_file(model: llm.ModelProcess) -> None:
    answer(model)
    status = Path(f"/proc/{model.pid}/status").read_text("utf-8")
    filters = {line.split(":")[0]: line.split(":")[1].strip() for line in status.splitlines() if ":" in line}
    assert filters["Seccomp"] == "2"
    assert int(filters["Seccomp_filters"]) >= 2  # one closes the network, one the files
    assert filters["NoNewPrivs"] == "1"


def test_the_program_knows_its_hidden_command() -> None:
    entry = (Path(llm.__file__).parents[1] / "__main__.py").read_text("utf-8")
    assert f'sys.argv[1:] == ["{frames.COMMAND}"]' in entry


@given(st.binary(max_size=60))
def test_what_is_no_frame_ends_the_talk(data: bytes) -> None:
    tag, values = frames.receive(io.BytesIO(data))
    assert isinstance(values, dict)
    assert tag != frames.BROKEN or values == {}


@given(st.text(max_size=50), st.integers(-(2**40), 2**40))
def test_a_frame_arrives_as_it_was_sent(text: str, number: int) -> None:
    pipe = io.BytesIO()
    frames.send(pipe, frames.PIECE, {"text": text, "number": number})
    pipe.seek(0)
    assert frames.receive(pipe) == (frames.PIECE, {"text": text, "number": number})
    assert frames.receive(pipe)[0] == frames.BROKEN


def test_a_frame_that_announces_too_much_is_not_read() -> None:
    assert frames.receive(io.BytesIO(b"P" + b"\xff" * 4 + b"{}"))[0] == frames.BROKEN
    deep = b'{"a":' * 100_000
    assert frames.receive(io.BytesIO(b"P" + len(deep).to_bytes(4, "big") + deep))[0] == frames.BROKEN


@pytest.mark.parametrize("read", [float("inf"), float("nan"), None, "many", {}])
def test_figures_that_are_none_end_the_process_and_not_the_program(read: object) -> None:
    with pytest.raises(process._Broken):
        process._work({"read": read, "reading": 1.0, "written": 1, "writing": 1.0})
