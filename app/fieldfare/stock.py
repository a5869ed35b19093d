"""The files of the installed packs, and the record that says which version is used: a power cut leaves the old or the new.

    packs/active                                     the record: a line `id version folder` a version, the used one
                                                     first, then a digest of the lines
    packs/ID-VERSION.xxxxxxxx/ID-VERSION.fpack       an installed version beside its signature or receipt
    packs/ID-VERSION.fpack                           a version that was placed by hand, as in the program's own folder
    packs/.incoming-xxxxxxxx/                        what is being copied and verified

What IT keeps for all users lies in the same order below `paths.site_dir()`, and is only read here.

Every change is written beside what is used, made durable, and then committed by one rename: that of the record. What the
record does not name is debris, and the next start removes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fieldfare import paths, trust
from fieldfare.catalogue import _
from fieldfare.errors import StorageError, UsageError
from fieldfare.pack import signing
from fieldfare.pack.manifest import ID, VERSION, version_key
from fieldfare.settings import sync_folder, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RECORD = "active"

_INCOMING = ".incoming-"
_FLAT = re.compile(rf"({ID.pattern})-({VERSION.pattern})\.fpack")
_FOLDER = re.compile(rf"({ID.pattern})-({VERSION.pattern})\.[0-9a-f]{{8}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A version of a pack on this device, not yet verified; `folder` is empty where it lies as a file by itself."""

    id: str
    version: str
    file: Path
    folder: str = ""
    bundled: bool = False

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts by version."""
        return version_key(self.version)


Record = dict[str, tuple[Copy, ...]]


def read_record() -> tuple[Record, str]:
    """The recorded versions of every pack, the used one first, and a sentence where the record cannot be read.

    Without a record the newest version of each pack is the used one: all that lies in place was verified.
    """
    try:
        lines = (paths.packs_dir() / RECORD).read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return _derived(), ""
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines or lines.pop() != _digest(lines):
        return _derived(), _("The list of installed packs is damaged: the newest version of each is used.")
    record: dict[str, list[Copy]] = {}
    flat = _flat_copies()
    for line in lines:
        id_, version, folder = line.split(" ")
        if folder == "-":
            known = [one for one in flat.get(id_, ()) if one.version == version]
            record.setdefault(id_, []).extend(known[:1])
        else:
            record.setdefault(id_, []).append(_copy_in(id_, version, folder))
    return {id_: tuple(copies) for id_, copies in record.items() if copies}, ""


def copies() -> tuple[dict[str, list[Copy]], str]:
    """Every version on this device by id, in the order in which to try them, and a sentence on a damaged record.

    What was placed later and is newer than all that is recorded comes first: a program may bring a newer pack.
    """
    record, problem = read_record()
    flat = _flat_copies()
    ordered: dict[str, list[Copy]] = {}
    for id_ in sorted({*record, *flat}):
        recorded = record.get(id_, ())
        newest = max((one.order for one in recorded), default=())
        others = [one for one in flat.get(id_, ()) if one not in recorded]
        fresh = [one for one in others if one.order > newest]
        ordered[id_] = [*fresh, *recorded, *(one for one in others if one not in fresh)]
    return ordered, problem


@contextlib.contextmanager
def changing() -> Iterator[Path]:
    """A scratch folder beside the packs, for one change at a time; it is gone afterwards, whatever happened.

    Raises UsageError while another process changes the packs, StorageError where the folder cannot be written.
    """
    folder = paths.packs_dir()
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for one in missing:
            sync_folder(one.parent)
        with alone(folder, _("packs")):
            _sweep(folder)
            scratch = tempfile.mkdtemp(prefix=_INCOMING, dir=folder)
            try:
                yield Path(scratch)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            _(
                "{folder} cannot be written ({reason}). Nothing was changed: check the folder and the space left on it, then try again."
            ).format(folder=folder, reason=error.strerror or error)
        ) from error


def commit(record: Mapping[str, Sequence[Copy]], arrivals: Mapping[Path, Copy]) -> None:
    """Put staged folders in place and make `record` the truth; only inside `changing`.

    Each staged folder and its files must be durable already. What the new record does not name is removed.
    """
    folder = paths.packs_dir()
    for staged, copy in arrivals.items():
        staged.rename(folder / copy.folder)
    sync_folder(folder)
    lines = [f"{id_} {one.version} {one.folder or '-'}" for id_ in sorted(record) for one in record[id_]]
    write_atomically(folder / RECORD, "\n".join([*lines, _digest(lines), ""]).encode("ascii"))
    _sweep(folder)


def new_copy(id_: str, version: str) -> Copy:
    """Where a version will lie: a folder that no other installation has."""
    return _copy_in(id_, version, f"{id_}-{version}.{secrets.token_hex(4)}")


def delete(copy: Copy) -> None:
    """Delete a version that lies as a file by itself, the pack first. Raises StorageError."""
    try:
        copy.file.unlink(missing_ok=True)
        for beside in (copy.file.with_name(copy.file.name + suffix) for suffix in (signing.SUFFIX, trust.RECEIPT)):
            beside.unlink(missing_ok=True)
        sync_folder(copy.file.parent)
    except OSError as error:
        raise StorageError(
            _("{file} cannot be removed ({reason}).").format(file=copy.file, reason=error.strerror)
        ) from error


def clean() -> None:
    """Remove what a power cut left behind, if there is anything and nobody else is at work; never raises."""
    folder = paths.packs_dir()
    with contextlib.suppress(OSError, UsageError):
        if folder.is_dir() and _debris(folder):
            with alone(folder, _("packs")):
                _sweep(folder)


def stamp() -> bytes:
    """The record as it stands: changes when another process installs something."""
    try:
        return (paths.packs_dir() / RECORD).read_bytes()
    except OSError:
        return b""


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("ascii")).hexdigest()


def _copy_in(id_: str, version: str, folder: str) -> Copy:
    return Copy(id=id_, version=version, folder=folder, file=paths.packs_dir() / folder / f"{id_}-{version}.fpack")


def _derived() -> Record:
    found: dict[str, list[Copy]] = {}
    for name in _names(paths.packs_dir()):
        if match := _FOLDER.fullmatch(name):
            found.setdefault(match[1], []).append(_copy_in(match[1], match[2], name))
    return {id_: tuple(sorted(copies, key=lambda one: one.order, reverse=True)) for id_, copies in found.items()}


def _flat_copies() -> dict[str, list[Copy]]:
    """Versions that lie as files by themselves, newest first."""
    found: dict[str, list[Copy]] = {}
    for folder, bundled in ((paths.packs_dir(), False), (paths.bundled_packs_dir(), True), *_site_folders()):
        for name in _names(folder):
            if match := _FLAT.fullmatch(name):
                copy = Copy(id=match[1], version=match[2], file=folder / name, bundled=bundled)
                found.setdefault(match[1], []).append(copy)
    return {id_: sorted(copies, key=lambda one: one.order, reverse=True) for id_, copies in found.items()}


def _site_folders() -> list[tuple[Path, bool]]:
    """Where the packs lie that IT keeps for all users: files placed by hand, and the used version of each that was installed.

    To a user they are as if they had come with the program. None where this process is the one that keeps them.
    """
    folder = paths.site_dir() / "packs"
    if folder == paths.packs_dir():
        return []
    try:
        lines = (folder / RECORD).read_text(encoding="ascii").splitlines()[:-1]
    except (OSError, UnicodeDecodeError):
        return [(folder, True)]
    used: dict[str, str] = {}
    for id_, _version, place in (line.split(" ") for line in lines if line.count(" ") == 2):
        used.setdefault(id_, place)
    return [(folder, True), *((folder / place, True) for place in used.values() if _FOLDER.fullmatch(place))]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  (a list of names is wanted)
    except OSError:
        return []


def _debris(folder: Path) -> list[Path]:
    record, problem = read_record()
    used = {one.folder for copies in record.values() for one in copies}
    return [
        folder / name
        for name in _names(folder)
        if name.startswith((_INCOMING, f".{RECORD}-")) or (not problem and _FOLDER.fullmatch(name) and name not in used)
    ]


def _sweep(folder: Path) -> None:
    """Remove debris; what is held open elsewhere stays for the next time."""
    for path in _debris(folder):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


@contextlib.contextmanager
def alone(folder: Path, what: str) -> Iterator[None]:
    """The only process that changes a folder of `what`; UsageError while another one does."""
    with (folder / ".lock").open("a+b") as file:
        try:
            _lock(file)
        except OSError:
            raise UsageError(
                _("Another Fieldfare is changing the {what}. Try again when it is done.").format(what=what)
            ) from None
        yield


def _lock(file: BinaryIO) -> None:
    """Lock without waiting; the lock goes with the file. OSError where another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
