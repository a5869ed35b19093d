"""The packs installed on this device: install, list, remove.

An installed pack lies as `<id>-<version>.fpack` beside a receipt that holds the SHA-256 it was installed with; SQLite
never opens a file that does not match its receipt. Packs that came with the program lie in a folder of their own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fieldfare import paths
from fieldfare.domain import InstalledPack, Manifest
from fieldfare.errors import FieldfareError, PackError, StorageError, UsageError
from fieldfare.pack.archive import Archive
from fieldfare.pack.manifest import version_key
from fieldfare.settings import sync_folder, write_atomically

RECEIPT = ".sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The open packs, newest version of each id, and a sentence for each that could not be opened."""

    archives: tuple[Archive, ...]
    packs: tuple[InstalledPack, ...]
    problems: tuple[str, ...]

    def close(self) -> None:
        """Close every pack."""
        for archive in self.archives:
            archive.close()


def open_shelf() -> Shelf:
    """Open the newest version of every installed pack; a damaged one becomes a problem, never a failure."""
    newest: dict[str, tuple[Archive, bool]] = {}
    problems = []
    for file, bundled in _files():
        try:
            archive = _open(file)
        except FieldfareError as error:
            problems.append(str(error))
            continue
        known = newest.get(archive.manifest.id)
        if known and version_key(known[0].manifest.version) >= version_key(archive.manifest.version):
            archive.close()
        else:
            if known:
                known[0].close()
            newest[archive.manifest.id] = archive, bundled
    chosen = [newest[id_] for id_ in sorted(newest)]
    return Shelf(
        archives=tuple(archive for archive, _ in chosen),
        packs=tuple(_installed(archive, bundled) for archive, bundled in chosen),
        problems=tuple(problems),
    )


def install(file: Path) -> Manifest:
    """Copy a pack into the library, whole or not at all; older versions of it go once the new one is in place.

    Raises PackError for a file that is no sound pack, UsageError for a version older than the installed one, and
    StorageError where the library cannot be written.
    """
    if not file.is_file():
        raise UsageError(f"{file} does not exist. Name a .fpack file.")
    folder = paths.packs_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder) as scratch:
            copy = Path(scratch) / "pack"
            digest = _copy(file, copy)
            archive = Archive(copy)
            manifest = archive.manifest
            archive.close()
            older = [entry for entry in installed() if entry.manifest.id == manifest.id and not entry.bundled]
            if any(version_key(entry.manifest.version) > version_key(manifest.version) for entry in older):
                raise UsageError(
                    f"A newer version of {manifest.id} is installed than {manifest.version}. "
                    f"Remove it first: fieldfare pack remove {manifest.id}"
                )
            target = folder / f"{manifest.id}-{manifest.version}.fpack"
            write_atomically(_receipt(target), f"{digest}\n".encode())
            copy.replace(target)
            sync_folder(folder)
    except OSError as error:
        raise StorageError(f"{file.name} cannot be installed ({error.strerror}). Check the space left.") from error
    for entry in older:
        if entry.path != str(target):
            _delete(Path(entry.path))
    return manifest


def installed() -> list[InstalledPack]:
    """Every sound pack on this device, all versions."""
    found = []
    for file, bundled in _files():
        try:
            archive = _open(file)
        except FieldfareError:
            continue
        found.append(_installed(archive, bundled))
        archive.close()
    return found


def remove(id_: str) -> None:
    """Remove every installed version of a pack; UsageError where there is none, or only one that came with the program."""
    mine = [file for file, bundled in _files() if not bundled and file.name.rpartition("-")[0] == id_]
    if not mine:
        bundled = any(file.name.rpartition("-")[0] == id_ for file, _ in _files())
        why = "came with the program and cannot be removed" if bundled else "is not installed"
        raise UsageError(f"{id_} {why}. See: fieldfare pack list")
    for file in mine:
        _delete(file)


def _files() -> list[tuple[Path, bool]]:
    found = []
    for folder, bundled in ((paths.bundled_packs_dir(), True), (paths.packs_dir(), False)):
        if folder.is_dir():
            found += [(file, bundled) for file in sorted(folder.glob("*.fpack"))]
    return found


def _open(file: Path) -> Archive:
    """Open a pack after its digest was compared with its receipt."""
    try:
        expected = _receipt(file).read_text(encoding="ascii").strip()
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{file.name} has no readable receipt. Install the pack again.") from error
    if found != expected:
        raise PackError(f"{file.name} was changed since it was installed and is not used. Install the pack again.")
    return Archive(file)


def _installed(archive: Archive, bundled: bool) -> InstalledPack:
    return InstalledPack(
        manifest=archive.manifest, path=str(archive.path), size=archive.path.stat().st_size, bundled=bundled
    )


def _receipt(file: Path) -> Path:
    return file.with_name(file.name + RECEIPT)


def _copy(source: Path, target: Path) -> str:
    with source.open("rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
        writer.flush()
        os.fsync(writer.fileno())
    with target.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _delete(file: Path) -> None:
    try:
        file.unlink()
        _receipt(file).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{file} cannot be removed ({error.strerror}).") from error


def receipt_for(file: Path) -> None:
    """Write the receipt of a pack that is placed by hand in the folder of the program."""
    with file.open("rb") as stream:
        write_atomically(_receipt(file), f"{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
