"""The journal's file: one connection for all threads, transactions that survive a power cut, and wiping that leaves no copy."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any

from fieldfare.database import Connection, DatabaseError, open_durable, overwrite_rollback, storage_error, transaction
from fieldfare.journal.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "journal.sqlite"
_SMALL = ("kept", "machine", "job", "entry", "attached", "pin", "progress")  # tables without photographs


class Store:
    """An open journal file, in memory where `path` is None. Every method raises StorageError."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or begin one that only its owner reads. DamageError where it is damaged; OSError as it comes."""
        self._path = path
        self._lock = threading.RLock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._connection = open_durable(path, application=APPLICATION_ID, migrations=MIGRATIONS, small=_SMALL)

    def close(self) -> None:
        """Close the file; may be called again."""
        with self._lock:
            self._connection.close()

    def rows(self, query: str, *bindings: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        try:
            with self._lock:
                return self._connection.execute(query, bindings).fetchall()
        except (DatabaseError, UnicodeDecodeError) as error:
            raise storage_error(error, FILE) from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, or part of the one around it: all of it has reached the disk afterwards, or nothing."""
        try:
            with self._lock, transaction(self._connection):
                yield self._connection
        except DatabaseError as error:
            raise storage_error(error, FILE) from error

    @contextlib.contextmanager
    def wiping(self) -> Iterator[Connection]:
        """A transaction that removes: files that no entry names go with it, and what the file held is overwritten."""
        with self.writing() as connection:
            yield connection
            connection.execute("DELETE FROM attachment WHERE digest NOT IN (SELECT digest FROM attached)")
        self._overwrite()

    def wipe(self) -> None:
        """Remove everything, and the damaged journals that were set aside."""
        with self.wiping() as connection:
            for table in ("attached", "entry", "progress", "job", "pin", "machine", "kept", "sqlite_sequence"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
        try:
            with self._lock:
                self._connection.execute("VACUUM")
            self._overwrite()
            for file in set_aside_before(self._path.parent) if self._path else ():
                with file.open("r+b") as stream:
                    stream.write(bytes(file.stat().st_size))
                    stream.flush()
                    os.fsync(stream.fileno())
                file.unlink()
        except (DatabaseError, OSError) as error:
            raise storage_error(error, FILE) from error

    def _overwrite(self) -> None:
        if self._path is None:
            return
        try:
            with self._lock:
                overwrite_rollback(self._connection, self._path)
        except (DatabaseError, OSError) as error:
            raise storage_error(error, FILE) from error


def set_aside(file: Path) -> Path:
    """Rename a damaged journal, and its rollback journal with it; the new path."""
    number = 1
    while (aside := file.with_name(f"journal.damaged-{number}.sqlite")).exists():
        number += 1
    file.rename(aside)
    rollback = file.with_name(f"{file.name}-journal")
    if rollback.exists():
        rollback.rename(aside.with_name(f"{aside.name}-journal"))
    return aside


def set_aside_before(folder: Path) -> list[Path]:
    """The damaged journals in a folder."""
    return sorted(folder.glob("journal.damaged-*.sqlite*"))
