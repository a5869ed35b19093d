"""What the engine translated before, on disk: a file for each version of a pack, which may be deleted at any time."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING

from fieldfare.database import DatabaseError, open_scratch
from fieldfare.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    import apsw

LARGEST = 256 << 20  # bytes of all files together: beyond it those that were used longest ago go
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS sentence (key BLOB PRIMARY KEY, said TEXT NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID"
)


class Cache:
    """Translated sentences by what they depend on. All threads may use it; what cannot be read or written is not kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._near: dict[bytes, tuple[str, ...]] = {}
        self._open: dict[str, apsw.Connection | None] = {}
        self._lock = threading.Lock()

    def get(self, pack: str, *parts: str) -> tuple[str, ...] | None:
        """What was kept for a pack (its digest) under `parts`; None where nothing is, or where it is damaged."""
        key = _key(pack, parts)
        with self._lock:
            if key in self._near:
                return self._near[key]
            connection = self._connection(pack)
            try:
                row = (
                    connection.execute("SELECT said, digest FROM sentence WHERE key = ?", (key,)).fetchone()
                    if connection
                    else None
                )
            except DatabaseError:
                self._drop(pack)
                return None
            if row is None or _digest(key, row[0]) != row[1]:
                return None
            self._near[key] = tuple(json.loads(row[0]))
            return self._near[key]

    def put(self, pack: str, *parts: str, said: tuple[str, ...]) -> None:
        """Keep what was said."""
        key = _key(pack, parts)
        text = json.dumps(said, ensure_ascii=False)
        with self._lock:
            self._near[key] = said
            connection = self._connection(pack)
            if connection is None:
                return
            try:
                connection.execute("INSERT OR REPLACE INTO sentence VALUES (?, ?, ?)", (key, text, _digest(key, text)))
            except DatabaseError:
                self._drop(pack)

    def close(self) -> None:
        """Close the files; what is asked afterwards opens them again."""
        with self._lock:
            for connection in self._open.values():
                if connection is not None:
                    connection.close()
            self._open.clear()

    def _connection(self, pack: str) -> apsw.Connection | None:
        if self._folder is None:
            return None
        if pack not in self._open:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                _prune(self._folder)
                name = hashlib.sha256(pack.encode()).hexdigest()[:32]
                self._open[pack] = open_scratch(self._folder / f"{name}.sqlite", _SCHEMA)
            except (OSError, StorageError):
                self._open[pack] = None
        return self._open[pack]

    def _drop(self, pack: str) -> None:
        """Do without a file that broke under way; the next start begins it anew."""
        connection, self._open[pack] = self._open.get(pack), None
        if connection is not None:
            connection.close()


def _key(pack: str, parts: tuple[str, ...]) -> bytes:
    return hashlib.blake2b(json.dumps([pack, *parts], ensure_ascii=False).encode(), digest_size=20).digest()


def _digest(key: bytes, text: str) -> bytes:
    return hashlib.blake2b(key + text.encode(), digest_size=12).digest()


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("*.sqlite"), key=lambda file: file.stat().st_mtime, reverse=True)
    size = 0
    for file in files:
        size += file.stat().st_size
        if size > LARGEST:
            file.unlink(missing_ok=True)
