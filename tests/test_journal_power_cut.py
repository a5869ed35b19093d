"""The journal under power cuts: what SQLite writes is recorded, and cut off at every point in every way a disk may lose it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apsw
import pytest

from fieldfare.domain import Noted, Progress, Reference, Stepped, StepState
from fieldfare.journal import open_journal
from fieldfare.journal.store import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SYSTEM = apsw.vfs_names()[0]
PLACE = Reference(pack="p", version="1", digest="d", document="D", heading=("1",), text="Drain.")
LONG = "x" * 9000  # over several pages of the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the file system was asked: `file` is the end of its name."""

    kind: str
    file: str
    at: int = 0
    data: bytes = b""


class RecordingFile(apsw.VFSFile):
    def __init__(self, calls: list[Call], name: Any, flags: list[int]) -> None:
        super().__init__(SYSTEM, name, flags)
        self._calls = calls
        self._file = ("" if name is None else name if isinstance(name, str) else name.filename()).rpartition("/")[2]

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._calls.append(Call(kind="write", file=self._file, at=offset, data=bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self._calls.append(Call(kind="truncate", file=self._file, at=newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._calls.append(Call(kind="sync", file=self._file))


class Recording(apsw.VFS):
    """A file system that writes down what it is asked, and does it."""

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls
        super().__init__("recording", SYSTEM, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> RecordingFile:  # noqa: N802 - SQLite's name
        return RecordingFile(self.calls, name, flags)


@pytest.fixture
def vfs() -> Iterator[Recording]:
    made = Recording([])
    yield made
    made.unregister()
    assert apsw.vfs_names()[0] == SYSTEM


def applied(content: bytes, calls: Sequence[Call]) -> bytes:
    """A file after some calls."""
    made = bytearray(content)
    for call in calls:
        if call.kind == "truncate":
            del made[call.at :]
        else:
            made.extend(bytes(max(0, call.at + len(call.data) - len(made))))
            made[call.at : call.at + len(call.data)] = call.data
    return bytes(made)


def states(calls: Sequence[Call], chance: random.Random) -> Iterator[dict[str, bytes]]:
    """What a disk may hold after a power cut: all that was synced; of the rest nothing, all, or any part in any order."""
    durable: dict[str, bytes] = {}
    pending: dict[str, list[Call]] = {}
    for call in calls:
        if call.kind == "sync":
            durable[call.file] = applied(durable.get(call.file, b""), pending.pop(call.file, []))
        else:
            pending.setdefault(call.file, []).append(call)
    files = {*durable, *pending}
    for share in (0.0, 1.0, 0.5, 0.5, 0.8):
        kept = {name: [call for call in pending.get(name, []) if chance.random() < share] for name in files}
        yield {name: applied(durable.get(name, b""), kept[name]) for name in files}


def test_what_was_written_down_survives_every_power_cut(tmp_path: Path, vfs: Recording) -> None:
    journal = open_journal(tmp_path / "device")
    marks: list[int] = [len(vfs.calls)]
    for number in range(4):
        journal.save(
            Progress(procedure=PLACE, current=str(number)),
            Stepped(reference=PLACE, number=str(number), state=StepState.DONE),
            Noted(text=f"{number} {LONG if number % 2 else ''}"),
        )
        marks.append(len(vfs.calls))
    journal.close()
    calls = tuple(vfs.calls)

    chance, tried = random.Random(4), 0
    for end in range(marks[0], len(calls) + 1):
        done = sum(mark <= end for mark in marks) - 1  # steps whose call had returned
        for state in states(calls[:end], chance):
            folder = tmp_path / f"cut-{tried}"
            folder.mkdir()
            for name, content in state.items():
                (folder / name).write_bytes(content)
            survived = open_journal(folder)
            assert not survived.problem, f"after {end} calls: {survived.problem}"
            job = survived.current()
            progress = survived.progress(PLACE)
            steps = (
                [one.deed.number for one in survived.entries(job.id) if isinstance(one.deed, Stepped)] if job else []
            )
            assert len(steps) in {done, done + 1}, f"after {end} calls of {len(calls)}"
            assert steps == [str(number) for number in range(len(steps))]
            assert (progress.current if progress else None) == (steps[-1] if steps else None), (
                "step and place go together"
            )
            survived.close()
            tried += 1
    assert tried > 200


def test_the_recorder_would_notice_a_journal_that_does_not_wait_for_the_disk(tmp_path: Path, vfs: Recording) -> None:
    journal = open_journal(tmp_path / "device")
    journal._store._connection.pragma("synchronous", 0)
    for number in range(3):
        journal.note(f"{number} {LONG}")
    journal.close()
    calls = tuple(vfs.calls)
    lost = 0
    for number, state in enumerate(states(calls, random.Random(4))):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, content in state.items():
            (folder / name).write_bytes(content)
        survived = open_journal(folder)
        job = survived.current()
        lost += bool(survived.problem) or job is None or len(survived.entries(job.id)) < 3
        survived.close()
    assert lost and FILE in {call.file for call in calls}
