"""What earlier builds computed, by the content that it was computed from: a second build redoes only what changed.

Documents are kept as the encoded pieces that a worker sent, pictures one by one, vectors a file for each pack. Entries
appear whole (written aside, then renamed), so a build that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import struct
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import fieldfare
from fieldfare.ingest import worker
from fieldfare.ingest.sources import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy as np

LARGEST = 8 << 30  # bytes: beyond it the entries that were used longest ago go
_LENGTH = struct.Struct(">Q")
_PACKAGES = (
    "pypdfium2", "lxml", "markdown-it-py", "mdit-py-plugins", "pillow", "resvg-py", "docutils", "pyyaml", "rapidocr",
)  # fmt: skip


class Cache:
    """A folder of entries; `Cache(None)` keeps them only as long as it is open."""

    def __init__(self, folder: Path | None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="fieldfare-build-") if folder is None else None
        self._folder = Path(self._scratch.name) if self._scratch else Path(folder or "")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._digests: dict[Path, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
        else:
            self._prune()

    def key(self, *parts: Any) -> str:
        """The name of what is computed from `parts` (JSON values) by this version of the program."""
        described = json.dumps([_program(), *parts], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(described.encode()).hexdigest()

    def digest(self, file: Path) -> str:
        """The SHA-256 of a file, computed once."""
        if file not in self._digests:
            self._digests[file] = digest_of(file)
        return self._digests[file]

    def has(self, key: str) -> bool:
        """Whether there is an entry; it counts as used now."""
        try:
            os.utime(self.file(key))
        except OSError:
            return False
        return True

    def write(self, key: str, results: Iterable[bytes]) -> None:
        """Keep encoded results, once all of them have come."""
        file = self.file(key)
        file.parent.mkdir(exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".new-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                for result in results:
                    stream.write(_LENGTH.pack(len(result)) + result)
            Path(aside).replace(file)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def read(self, key: str) -> Iterator[Any]:
        """The results of an entry, decoded one after the other; ValueError where it is damaged."""
        return map(worker.decode, results(self.file(key)))

    def vectors(self, name: str, dimension: int) -> Vectors:
        """The vectors of a pack that were computed before."""
        return Vectors(self._folder / f"vectors-{name}", dimension)

    def file(self, key: str) -> Path:
        """Where an entry lies."""
        return self._folder / key[:2] / key

    def _prune(self) -> None:
        found = [(file.stat(), file) for file in self._folder.rglob("*") if file.is_file()]
        size = sum(about.st_size for about, _ in found)
        for about, file in sorted(found, key=lambda entry: entry[0].st_mtime):
            if size <= LARGEST:
                break
            file.unlink(missing_ok=True)
            size -= about.st_size


def results(file: Path) -> Iterator[bytes]:
    """The encoded results of an entry's file."""
    with file.open("rb") as stream:
        while head := stream.read(_LENGTH.size):
            yield stream.read(_LENGTH.unpack(head)[0])


class Vectors:
    """Vectors of texts by the SHA-256 of the text: records of 32 bytes and `dimension` float32, appended as computed."""

    def __init__(self, file: Path, dimension: int) -> None:
        import numpy as np

        self._file = file
        self._record = np.dtype([("key", "S32"), ("vector", "<f4", (dimension,))])
        self._known: dict[bytes, np.ndarray] = {}
        if file.is_file():
            whole = file.stat().st_size // self._record.itemsize
            records = np.fromfile(file, self._record, count=whole)
            if file.stat().st_size % self._record.itemsize:  # the power went while the last one was written
                records.tofile(file)
            # numpy drops the zero bytes at the end of a string.
            self._known = {bytes(key).ljust(32, b"\0"): vector for key, vector in records}

    def __contains__(self, text: str) -> bool:
        return _text_key(text) in self._known

    def __getitem__(self, text: str) -> np.ndarray:
        return self._known[_text_key(text)]

    def add(self, found: Mapping[str, np.ndarray]) -> None:
        """Keep vectors, on disk at once."""
        import numpy as np

        records = np.array([(_text_key(text), vector) for text, vector in found.items()], self._record)
        with self._file.open("ab") as stream:
            stream.write(records.tobytes())
        self._known.update({_text_key(text): vector for text, vector in found.items()})

    def keep(self, texts: Iterable[str]) -> None:
        """Drop the vectors of all other texts."""
        import numpy as np

        kept = {key: self._known[key] for key in map(_text_key, texts)}
        if len(kept) < len(self._known):
            aside = self._file.with_suffix(".new")
            np.array(list(kept.items()), self._record).tofile(aside)
            aside.replace(self._file)


def _text_key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@cache
def _program() -> str:
    """A digest of the code and the packages that read manuals: another version may understand more."""
    root = Path(fieldfare.__file__).parent
    files = [
        root / "text.py",
        root / "images.py",
        *(file for room in ("domain", "ingest") for file in sorted((root / room).rglob("*.py"))),
    ]
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    for package in _PACKAGES:
        try:
            total.update(f"{package} {importlib.metadata.version(package)}".encode())
        except importlib.metadata.PackageNotFoundError:
            continue
    return total.hexdigest()
