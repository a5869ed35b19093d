"""The only place that opens SQLite: apsw brings its own current SQLite.

The SQLite of many systems is old, has known FTS5 faults and cannot load extensions; apsw's wheels carry a fixed one.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any

import apsw

from fieldfare.catalogue import _
from fieldfare.errors import DamageError, FormatError, PackError, SpaceError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

APPLICATION_ID = 0x46464650  # "FFFP", in the header of every pack
SCHEMA_VERSION = 5

DatabaseError = apsw.Error
Connection = apsw.Connection


def create(path: Path) -> apsw.Connection:
    """Open a new database for writing; a StorageError says why that is not possible."""
    try:
        connection = apsw.Connection(str(path))
        connection.execute("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF")
    except apsw.Error as error:
        raise StorageError(
            _("{path} cannot be written ({error}). Check the folder and the space left on it.").format(
                path=path, error=error
            )
        ) from error
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
            raise StorageError(_("{path} is in use by another Fieldfare.").format(path=path)) from error
        except apsw.Error as error:
            if again:
                raise StorageError(
                    _("{path} cannot be written ({error}). Check the folder and its space.").format(
                        path=path, error=error
                    )
                ) from error
            path.unlink(missing_ok=True)
        else:
            return connection
    raise AssertionError("the second try returns or raises")


def open_durable(
    path: Path | None, *, application: int, migrations: Sequence[str], small: Sequence[str]
) -> apsw.Connection:
    """Open a file that nothing can make anew, in memory where `path` is None; what was committed survives a power cut.

    Its rollback journal stays (PERSIST): sticks are spared its making, and what it holds can be overwritten. Each
    commit waits for the disk, and what is deleted is overwritten. `migrations` lead an older file to this version, all or
    none. The tables that are named `small` are checked. Raises DamageError for a damaged or foreign file, else StorageError.
    """
    name = path.name if path else "memory"
    connection = None
    try:
        connection = apsw.Connection(str(path) if path else ":memory:")
        connection.set_busy_timeout(10_000)
        connection.execute(
            "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON"
        ).fetchall()
        if path:
            connection.execute("PRAGMA journal_mode=PERSIST").fetchall()
        if connection.pragma("user_version") != len(migrations):
            with transaction(connection):
                _migrate(connection, application, migrations)
        if connection.pragma("application_id") != application:
            raise DamageError(_("{name} is no file of this program.").format(name=name))
        for table in small:
            if (found := connection.execute(f"PRAGMA quick_check({table})").get) != "ok":
                raise DamageError(_("{name} is damaged ({reason}).").format(name=name, reason=found))
    except (apsw.Error, StorageError) as error:
        if connection is not None:
            connection.close()
        raise storage_error(error, name) from error
    return connection


@contextlib.contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """One transaction that may write, or part of the one around it: all of it or nothing.

    A connection as context manager would keep the interpreter's lock while it waits for another writer, which may be a
    thread that needs that lock.
    """
    if not connection.get_autocommit():
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        raise


def _migrate(connection: apsw.Connection, application: int, migrations: Sequence[str]) -> None:
    version = connection.pragma("user_version")
    if version > len(migrations):
        raise StorageError(_("The file was written by a newer Fieldfare. Update the program."))
    if not version and connection.execute("SELECT count(*) FROM sqlite_master").get:
        return  # another program's
    for step in migrations[version:]:
        connection.execute(step)
    connection.execute(f"PRAGMA application_id={application}; PRAGMA user_version={len(migrations)}")


def storage_error(error: Exception, name: str) -> StorageError:
    """What went wrong with a durable file, as a sentence; a StorageError stays what it is."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, apsw.CorruptError | apsw.NotADBError | UnicodeDecodeError):
        return DamageError(_("{name} is damaged ({reason}).").format(name=name, reason=error))
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return StorageError(_("{name} is in use by another Fieldfare. Try again.").format(name=name))
    if isinstance(error, apsw.FullError):
        return SpaceError(
            _("{name} cannot be written: no space is left. Make space, then try again.").format(name=name)
        )
    sentence = _("{name} cannot be written ({reason}). Check the folder and its space.")
    return StorageError(sentence.format(name=name, reason=error))


def overwrite_rollback(connection: apsw.Connection, path: Path) -> None:
    """Overwrite what the rollback journal of a durable file still holds of deleted content. Raises OSError."""
    rollback = path.with_name(f"{path.name}-journal")
    with transaction(connection):  # nobody else writes meanwhile
        if rollback.exists():
            with rollback.open("r+b") as stream:
                stream.write(bytes(rollback.stat().st_size))
                stream.flush()
                os.fsync(stream.fileno())
                stream.truncate(0)


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
            raise PackError(
                _("{name} is not a Fieldfare pack. Ask its author for the .fpack file.").format(name=path.name)
            )
        if version != SCHEMA_VERSION:
            self.close()
            remedy = _("Ask its author to build it anew.") if version < SCHEMA_VERSION else _("Update the program.")
            raise FormatError(
                _("{name} has pack format {version}, this program reads {schema_version}. {remedy}").format(
                    name=path.name, version=version, schema_version=SCHEMA_VERSION, remedy=remedy
                )
            )

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
            try:
                connection = apsw.Connection(uri, flags=flags)
                connection.execute("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-8000")
            except apsw.Error as error:
                raise PackError(
                    _("{name} cannot be opened ({error}). Get a new copy of it.").format(
                        name=self._path.name, error=error
                    )
                ) from error
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    def rows(self, query: str, bindings: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; a PackError where the file turns out to be damaged."""
        try:
            return self._connection().execute(query, bindings).fetchall()
        except apsw.Error as error:
            raise PackError(
                _("{name} is damaged ({error}). Get a new copy of it.").format(name=self._path.name, error=error)
            ) from error

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
