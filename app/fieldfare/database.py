"""The only place that opens SQLite: apsw brings its own current SQLite.

The SQLite of many systems is old, has known FTS5 faults and cannot load extensions; apsw's wheels carry a fixed one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import apsw

from fieldfare.errors import FormatError, PackError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID = 0x46464650  # "FFFP", in the header of every pack
SCHEMA_VERSION = 5

DatabaseError = apsw.Error


def create(path: Path) -> apsw.Connection:
    """Open a new database for writing; a StorageError says why that is not possible."""
    try:
        connection = apsw.Connection(str(path))
        connection.execute("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF")
    except apsw.Error as error:
        raise StorageError(f"{path} cannot be written ({error}). Check the folder and the space left on it.") from error
    return connection


def open_scratch(path: Path, schema: str) -> apsw.Connection:
    """Open a file of what can be computed anew; one that is damaged is begun again. Raises StorageError.

    It is written without waiting for the disk: what a power cut spoils is noticed by its reader or begun again.
    """
    for again in (False, True):
        try:
            connection = apsw.Connection(str(path))
            try:
                connection.set_busy_timeout(200)
                connection.execute("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF; PRAGMA trusted_schema=OFF")
                connection.execute(schema)
            except apsw.Error:
                connection.close()
                raise
        except apsw.BusyError as error:
            raise StorageError(f"{path} is in use by another Fieldfare.") from error
        except apsw.Error as error:
            if again:
                raise StorageError(f"{path} cannot be written ({error}). Check the folder and its space.") from error
            path.unlink(missing_ok=True)
        else:
            return connection
    raise AssertionError("the second try returns or raises")


class Reader:
    """A pack opened for reading by any number of threads: each gets its own read-only, immutable connection.

    Immutable is safe because a pack file is never written after it was published, only replaced.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[apsw.Connection] = []
        self._lock = threading.Lock()
        application = self.value("PRAGMA application_id")
        version = self.value("PRAGMA user_version")
        if application != APPLICATION_ID:
            self.close()
            raise PackError(f"{path.name} is not a Fieldfare pack. Ask its author for the .fpack file.")
        if version != SCHEMA_VERSION:
            self.close()
            remedy = "Ask its author to build it anew." if version < SCHEMA_VERSION else "Update the program."
            raise FormatError(f"{path.name} has pack format {version}, this program reads {SCHEMA_VERSION}. {remedy}")

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
            try:
                connection = apsw.Connection(uri, flags=flags)
                connection.execute("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-8000")
            except apsw.Error as error:
                raise PackError(f"{self._path.name} cannot be opened ({error}). Get a new copy of it.") from error
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    def rows(self, query: str, bindings: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; a PackError where the file turns out to be damaged."""
        try:
            return self._connection().execute(query, bindings).fetchall()
        except apsw.Error as error:
            raise PackError(f"{self._path.name} is damaged ({error}). Get a new copy of it.") from error

    def value(self, query: str, bindings: tuple[Any, ...] = ()) -> Any:
        """The first column of the first row, None where there is none."""
        for row in self.rows(query, bindings):
            return row[0]
        return None

    def close(self) -> None:
        """Close every thread's connection; may be called again."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
