"""The packs installed on this device: open, install, list, roll back, remove.

SQLite never opens a pack whose signature has not passed, on every start anew. Only what the user insisted on, and what
set-up built itself, has a receipt instead: the SHA-256 that it was installed with. Such a pack is `unsigned`, and
whatever shows its text says so.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from fieldfare import paths, stock, trust
from fieldfare.catalogue import _
from fieldfare.domain import InstalledPack, Manifest
from fieldfare.errors import (
    FieldfareError,
    FormatError,
    PackError,
    SignatureError,
    SpaceError,
    StorageError,
    UsageError,
)
from fieldfare.pack import signing
from fieldfare.pack.archive import Archive
from fieldfare.pack.delta import megabytes
from fieldfare.pack.manifest import version_key
from fieldfare.settings import write_atomically
from fieldfare.trust import UNSIGNED
from fieldfare.typed_paths import is_file, is_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fieldfare.pack.signing import Claim
    from fieldfare.stock import Copy

    Progress = Callable[[str, int, int], None]

SUFFIX = ".fpack"
LARGEST_PACK = 16 << 30  # bytes; beyond it a declared size is taken for an attack on the disk
_CHUNK = 1 << 20


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The open packs, the used version of each id, and a sentence for each that could not be opened."""

    archives: tuple[Archive, ...]
    packs: tuple[InstalledPack, ...]
    problems: tuple[str, ...]
    stamp: bytes | None = None

    @property
    def is_current(self) -> bool:
        """Whether no pack came or went since, by this program or another."""
        return self.stamp is None or self.stamp == stock.stamp()

    def close(self) -> None:
        """Close every pack."""
        for archive in self.archives:
            archive.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A pack that was copied to this device and verified; `accept` installs it."""

    file: Path
    manifest: Manifest
    signature: str


def open_shelf() -> Shelf:
    """Open the used version of every pack; where it is damaged, the one before it, and the damage becomes a problem."""
    stock.clean()
    while True:
        stamp = stock.stamp()
        shelf = _open_all()
        if stock.stamp() == stamp:
            return replace(shelf, stamp=stamp)
        shelf.close()


def _open_all() -> Shelf:
    ordered, problem = stock.copies()
    problems = [problem] if problem else []
    archives, packs = [], []
    for copies in ordered.values():
        known = len(problems)
        for copy in copies:
            try:
                archive, signature = _open(copy)
            except FieldfareError as error:
                rebuilt = isinstance(error, FormatError) and copy.bundled and paths.in_checkout()
                problems.append(
                    _("{error} Here scripts/run does: start it once.").format(error=error) if rebuilt else str(error)
                )
                continue
            if len(problems) > known:
                problems[-1] += _(" Until then {version} is used.").format(version=copy.version)
            kept = next((one.version for one in copies if one != copy), "")
            archives.append(archive)
            packs.append(
                InstalledPack(
                    manifest=archive.manifest,
                    path=str(copy.file),
                    size=copy.file.stat().st_size,
                    bundled=copy.bundled,
                    signature=signature,
                    kept=kept,
                )
            )
            break
    return Shelf(archives=tuple(archives), packs=tuple(packs), problems=tuple(problems))


def install(file: Path, *, unsigned: bool = False, progress: Progress = quiet) -> InstalledPack:
    """Copy a pack to this device, verify it, and use it: whole or not at all. One older version is kept.

    `unsigned` takes it without a trusted signature; one that is there must hold all the same. Raises SignatureError without one, PackError for a file that is no
    sound pack, UsageError for a version older than the used one, StorageError where something cannot be read or written.
    """
    require_pack(file)
    signature = None
    if not unsigned or _claims_trust(file):
        signature, claim = required_signature(file)
        _refuse_older(claim.id, claim.version, stock.copies()[0])
    with stock.changing() as scratch:
        arrival = receive(scratch, file, signature, progress)
        return accept([arrival])[0]


def require_pack(file: Path) -> None:
    """Raise a UsageError that says what to do with a file that is no pack."""
    if is_folder(file):
        raise UsageError(
            _("{file} is a folder. To install the packs in it: fieldfare update {file2}").format(
                file=file, file2=shlex.quote(str(file))
            )
        )
    if not is_file(file):
        raise UsageError(_("{file} does not exist. Name a .fpack file.").format(file=file))
    if file.name.endswith(signing.SUFFIX):
        raise UsageError(
            _("{name} is a signature. Name its pack: {name2}").format(
                name=file.name, name2=file.name.removesuffix(signing.SUFFIX)
            )
        )
    if file.suffix.lower() != SUFFIX and not _is_database(file):
        raise UsageError(
            _(
                "{name} is no pack. If it is a manual, build a pack of it first: fieldfare pack build {file} -o {stem}"
            ).format(name=file.name, file=shlex.quote(str(file)), stem=shlex.quote(file.stem + SUFFIX))
        )


def _is_database(file: Path) -> bool:
    """Whether a file begins as packs do, whatever its name; one that cannot be read is told where it is copied."""
    try:
        with file.open("rb") as stream:
            return stream.read(15) == b"SQLite format 3"
    except OSError:
        return True


def required_signature(file: Path) -> tuple[bytes, Claim]:
    """The signature beside a pack and what its trusted signer claims; SignatureError says how to go on without one."""
    beside = file.with_name(file.name + signing.SUFFIX)
    insist = _("To use the pack all the same, as an unsigned one, add --unsigned")
    if not beside.is_file():
        raise SignatureError(
            _("{name} has no signature beside it ({name2}). {insist}.").format(
                name=file.name, name2=beside.name, insist=insist
            )
        )
    try:
        return _bytes(beside), trust.signer_of(trust.read_signature(beside), beside.name)[1]
    except SignatureError as error:
        raise SignatureError(f"{error} {insist}.") from error


def _claims_trust(file: Path) -> bool:
    """Whether a signature beside a pack says that a trusted key made it: if it fails, the pack was changed."""
    beside = file.with_name(file.name + signing.SUFFIX)
    try:
        key_id = trust.read_signature(beside).key_id if beside.is_file() else b""
    except SignatureError:
        return False
    return any(one.key.id == key_id for one in trust.trusted_keys()[0])


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error


def _refuse_older(id_: str, version: str, ordered: Mapping[str, Sequence[Copy]]) -> None:
    known = ordered.get(id_)
    if known and known[0].order > version_key(version):
        raise UsageError(
            _(
                "{id} {version} is installed and newer than {version2}. The version before it comes back where the pack is rolled back (Library, or fieldfare pack rollback {id})."
            ).format(id=id_, version=known[0].version, version2=version)
        )


def receive(scratch: Path, source: Path, signature: bytes | None, progress: Progress = quiet) -> Arrival:
    """Copy a pack into the scratch folder of a change and verify the copy; without a signature it gets a receipt."""
    staged = new_stage(scratch)
    check_space(staged, source.stat().st_size, source.name)
    _copy(source, staged / source.name, progress)
    return verify(staged / source.name, signature)


def new_stage(scratch: Path) -> Path:
    """A folder for the next pack of a change."""
    staged = scratch / str(len(os.listdir(scratch)))  # noqa: PTH208  (their number is wanted)
    staged.mkdir()
    return staged


def check_space(folder: Path, size: int, name: str) -> None:
    """Raise SpaceError where a file of that many bytes does not fit."""
    free = shutil.disk_usage(folder).free
    if size > LARGEST_PACK:
        raise PackError(
            _("{name} would be {size:.0f} GB: no pack is that large. Ask its author for a new copy.").format(
                name=name, size=size / 1e9
            )
        )
    if size > free:
        raise SpaceError(
            _(
                "{name} needs {size:.0f} MB and {free:.0f} MB are free in {parent}. Nothing was changed: make space, then try again."
            ).format(name=name, size=ceil(size / 1e6), free=free // 1e6, parent=folder.parent.parent)
        )


def verify(file: Path, signature: bytes | None) -> Arrival:
    """Verify a staged file, name it as it will lie, and make its folder durable; without a signature it gets a receipt."""
    claim, state = None, UNSIGNED
    if signature is not None:
        name = file.name + signing.SUFFIX
        parsed = signing.read_signature(signature, name)
        signer, _comment = trust.signer_of(parsed, name)
        claim, state = signing.verify(file, parsed, signer.key), f"{trust.SIGNED}{signer.name}"
        if claim.sha256 != trust.sha256(file):
            raise SignatureError(
                _("{name} names another digest than the pack has. Ask its author to sign it again.").format(name=name)
            )
    archive = Archive(file)
    manifest = archive.manifest
    archive.close()
    if claim and (claim.id, claim.version) != (manifest.id, manifest.version):
        raise SignatureError(
            _(
                "{name} is {id} {version}, but its signature is for {id2} {version2}. Ask its author to sign it again."
            ).format(name=file.name, id=manifest.id, version=manifest.version, id2=claim.id, version2=claim.version)
        )
    final = file.rename(file.with_name(f"{manifest.id}-{manifest.version}.fpack"))
    if signature is None:
        trust.receipt_for(final)
    else:
        write_atomically(final.with_name(final.name + signing.SUFFIX), signature)
    return Arrival(file=final, manifest=manifest, signature=state)


def accept(arrivals: Sequence[Arrival]) -> list[InstalledPack]:
    """Use verified packs from now on, all at once; the version used until now is kept, older ones go."""
    ordered, _active = stock.copies()
    record = {id_: list(copies) for id_, copies in stock.read_record()[0].items()}
    moves, doomed, packs = {}, [], []
    for arrival in arrivals:
        made = arrival.manifest
        known = ordered.get(made.id, [])
        _refuse_older(made.id, made.version, ordered)
        copy = stock.new_copy(made.id, made.version)
        kept = next((one for one in known if one.version != made.version and _is_sound(one)), None)
        record[made.id] = [copy, kept] if kept else [copy]
        moves[arrival.file.parent] = copy
        doomed += [one for one in known if not (one.folder or one.bundled or one == kept)]
        packs.append(
            InstalledPack(
                manifest=made,
                path=str(copy.file),
                size=arrival.file.stat().st_size,
                bundled=False,
                signature=arrival.signature,
                kept=kept.version if kept else "",
            )
        )
    stock.commit(record, moves)
    for one in doomed:
        with contextlib.suppress(StorageError):  # only space is lost
            stock.delete(one)
    return packs


def rollback(id_: str) -> tuple[str, str]:
    """Use the kept version of a pack, and keep the one used until now; both versions, the used one first.

    A second rollback goes forward again. UsageError where there is none, PackError where the kept one is damaged.
    """
    with stock.changing():
        ordered, _active = stock.copies()
        record = {key: list(copies) for key, copies in stock.read_record()[0].items()}
        known = ordered.get(id_, [])
        if not known:
            raise UsageError(_("{id} is not installed. See: fieldfare pack list").format(id=id_))
        sound = [one for one in known if _is_sound(one)]
        used = sound[0] if sound else known[0]
        others = [one for one in known if one != used]
        if not others:
            raise UsageError(
                _("{id} has no older version on this device: {version} is the only one.").format(
                    id=id_, version=used.version
                )
            )
        _open(others[0])[0].close()
        record[id_] = [others[0], used]
        stock.commit(record, {})
        return others[0].version, used.version


def remove(id_: str) -> str:
    """Remove every installed version of a pack; the version that came with the program and is used again, if any.

    UsageError where there is none, or only one that came with the program.
    """
    with stock.changing():
        known = stock.copies()[0].get(id_, [])
        mine = [one for one in known if not one.bundled]
        bundled = [one for one in known if one.bundled]
        if not mine:
            why = _("came with the program and cannot be removed") if bundled else _("is not installed")
            raise UsageError(_("{id} {why}. See: fieldfare pack list").format(id=id_, why=why))
        for one in sorted((one for one in mine if not one.folder), key=lambda one: one.order):
            stock.delete(one)
        record = {key: list(copies) for key, copies in stock.read_record()[0].items() if key != id_}
        stock.commit(record, {})
    return max(bundled, key=lambda one: one.order).version if bundled else ""


def open_version(pack: str, digest: str) -> Archive | None:
    """A version of a pack that is on this device, in use or kept, by its digest; None where there is none that is sound."""
    for copy in stock.copies()[0].get(pack, ()):
        with contextlib.suppress(FieldfareError, OSError):
            archive = _open(copy)[0]
            if archive.manifest.digest == digest:
                return archive
            archive.close()
    return None


def open_copy(copy: Copy) -> Archive:
    """A version on this device, verified. Raises PackError."""
    return _open(copy)[0]


def _open(copy: Copy) -> tuple[Archive, str]:
    """Open a version after its signature, or else its digest, passed; with who answers for it."""
    try:
        state = trust.vouch(copy.file)
    except FileNotFoundError:
        raise PackError(
            _("{id} {version} is missing. Install it again.").format(id=copy.id, version=copy.version)
        ) from None
    if state == UNSIGNED and copy.bundled:
        state = "came with the program"
    archive = Archive(copy.file, unsigned=state == UNSIGNED)
    if (archive.manifest.id, archive.manifest.version) != (copy.id, copy.version):
        archive.close()
        raise PackError(
            _("{name} holds another pack than its name says and is not used. Install it again.").format(
                name=copy.file.name
            )
        )
    return archive, state


def _is_sound(copy: Copy) -> bool:
    try:
        _open(copy)[0].close()
    except FieldfareError:
        return False
    return True


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy durably; a StorageError where the source cannot be read, an OSError where the target cannot be written."""
    with target.open("wb") as writer:
        try:
            reader = source.open("rb")
        except OSError as error:
            raise StorageError(
                _("{file} cannot be read ({reason}).").format(file=source, reason=error.strerror)
            ) from error
        with reader:
            done, tell = 0, megabytes(progress, f"copying {source.name}", source.stat().st_size)
            while True:
                try:
                    chunk = reader.read(_CHUNK)
                except OSError as error:
                    raise StorageError(
                        _("{source} cannot be read ({reason}). Nothing was changed: is the stick still there?").format(
                            source=source, reason=error.strerror
                        )
                    ) from error
                if not chunk:
                    break
                writer.write(chunk)
                done += len(chunk)
                tell(done)
        writer.flush()
        os.fsync(writer.fileno())
