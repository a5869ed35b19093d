"""What was asked already: a file of JSON lines for each run, so that a stopped run goes on where it was.

A run's key covers everything that changes an answer: packs, models, settings, and the program itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import fieldfare
from fieldfare.errors import StorageError
from fieldfare.evaluation.asking import Reply

if TYPE_CHECKING:
    from typing import Any, TextIO

LARGEST = 512 << 20  # bytes of all runs: beyond it those that were written to longest ago go
# Rooms that change no answer.
_OUTSIDE = ("cli", "tui", "ingest", "evaluation", "doctor.py", "output.py", "updates.py", "trust.py", "stock.py")


class Journal:
    """The replies of one run by mode and question. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None, key: str, *, resume: bool = True) -> None:
        """Open the journal of a run; with `resume` what is in it counts. Raises StorageError."""
        self._stream: TextIO | None = None
        self._known: dict[tuple[str, str], Reply] = {}
        self.resumed = 0
        if folder is None:
            return
        file = folder / f"{key}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if resume and file.is_file():
                self._read(file)
            elif not resume:
                file.unlink(missing_ok=True)
            _prune(folder, file)
            self._stream = file.open("a", encoding="utf-8")
            if self._stream.tell() and not file.read_bytes().endswith(b"\n"):  # the power went while a line was written
                self._stream.write("\n")
        except OSError as error:
            raise StorageError(f"{file} cannot be written ({error.strerror}). Make space, then try again.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, mode: str, question: str) -> Reply | None:
        """What was said, None where it was not asked yet."""
        found = self._known.get((mode, question))
        self.resumed += found is not None
        return found

    def add(self, mode: str, question: str, reply: Reply) -> None:
        """Keep a reply, on disk at once."""
        self._known[mode, question] = reply
        if self._stream is not None:
            row = {"mode": mode, "question": question, "reply": reply.as_object()}
            try:
                self._stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                self._stream.flush()
            except OSError as error:
                raise StorageError(f"The answers cannot be kept ({error.strerror}). Make space, then go on.") from error

    def _read(self, file: Path) -> None:
        for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
            with contextlib.suppress(ValueError, TypeError, KeyError):  # cut off, or of another version
                row = json.loads(line)
                self._known[row["mode"], row["question"]] = Reply.of_object(row["reply"])


def run_key(*parts: Any) -> str:
    """The name of a run by what it depends on (JSON values), this program among it."""
    return digest_of([program(), *parts])


def digest_of(value: Any) -> str:
    """A digest of JSON values."""
    described = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(described.encode()).hexdigest()[:32]


def _prune(folder: Path, used: Path) -> None:
    found = [(one.stat(), one) for one in folder.glob("*.jsonl") if one != used]
    size = sum(about.st_size for about, _ in found)
    for about, old in sorted(found, key=lambda entry: entry[0].st_mtime):
        if size <= LARGEST:
            break
        old.unlink(missing_ok=True)
        size -= about.st_size


@cache
def program() -> str:
    """A digest of the code that answers; in a bundle, which has no source files, its version."""
    root = Path(fieldfare.__file__).parent
    total = hashlib.sha256(fieldfare.__version__.encode())
    for file in sorted(root.rglob("*.py")):
        if file.relative_to(root).parts[0] not in _OUTSIDE:
            total.update(file.read_bytes())
    return total.hexdigest()
