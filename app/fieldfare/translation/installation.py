"""Language packages onto this device: somebody must vouch for the file before anything of it is unpacked.

What is unpacked is named here and nothing else, into a folder beside the used ones that one rename puts in place. Nothing
is fetched and no index is asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from math import ceil
from typing import TYPE_CHECKING, Any

from fieldfare import paths, stock, trust
from fieldfare.catalogue import _
from fieldfare.containers import Container
from fieldfare.errors import (
    FieldfareError,
    ModelError,
    SignatureError,
    SourceError,
    SpaceError,
    StorageError,
    UsageError,
)
from fieldfare.settings import sync_folder
from fieldfare.translation.packages import (
    BPE,
    RECORD,
    SENTENCEPIECE,
    UNVERIFIED,
    Package,
    folders,
    read_metadata,
    read_package,
)
from fieldfare.translation.vouching import Pin, vouch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Progress = Callable[[str, int, int], None]

SUFFIX = ".argosmodel"
_INCOMING = ".incoming-"
_MODEL_FILE = "model/model.bin"
_MEGABYTE = 1 << 20
# What is taken out of a package, with the largest size that makes sense, in bytes. Argos packages bring models for
# splitting sentences too (stanza, minisbd): they are left where they are.
_TAKEN = {
    "metadata.json": _MEGABYTE,
    "README.md": _MEGABYTE,
    SENTENCEPIECE: 32 * _MEGABYTE,
    BPE: 32 * _MEGABYTE,
    _MODEL_FILE: 4096 * _MEGABYTE,
    "model/config.json": _MEGABYTE,
    **{
        f"model/{kind}_vocabulary.{ending}": 64 * _MEGABYTE
        for kind in ("shared", "source", "target")
        for ending in ("txt", "json")
    },
    "model/vmap.txt": 64 * _MEGABYTE,
}
_TRIED = "1"  # what every model can translate: its pieces hold digits, and what comes out does not matter


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def files_of(place: Path) -> tuple[Path, ...]:
    """The packages that a path means: the file itself, or all of a folder and the folders in it. Raises UsageError."""
    if place.is_file():
        return (place,)
    if not place.is_dir():
        raise UsageError(
            _("{place} does not exist. Name a {suffix} file or a folder of such files.").format(
                place=place, suffix=SUFFIX
            )
        )
    found = tuple(file for pattern in (f"*{SUFFIX}", f"*/*{SUFFIX}") for file in sorted(place.glob(pattern)))
    if not found:
        raise UsageError(
            _("{place} holds no {suffix} file. Name the folder that does, or a file.").format(
                place=place, suffix=SUFFIX
            )
        )
    return found


def pin(file: Path) -> Pin:
    """The entry of a package for a `languages.toml`, for the person who answers for it. Raises ModelError."""
    with _opened(file) as container:
        said = _metadata(container, file)
    return Pin(
        source=said["source"], target=said["target"], version=said["version"], size=file.stat().st_size,
        sha256=trust.sha256(file),
    )  # fmt: skip


def install(file: Path, *, sha256: str = "", unverified: bool = False, progress: Progress = quiet) -> Package:
    """Unpack a package and use it, whole or not at all; the one of the same pair that was used until now goes.

    Raises SignatureError where nobody vouches for it and `unverified` does not insist, ModelError for a file that is no
    sound package or that this version of the engine cannot read, StorageError where something cannot be read or written.
    """
    if not file.is_file():
        raise UsageError(_("{file} does not exist. Name a {suffix} file.").format(file=file, suffix=SUFFIX))
    digest, vouched = vouch(file, sha256)
    if vouched == UNVERIFIED and not unverified:
        raise SignatureError(
            _(
                "Nobody vouches for {name}: it has no signature beside it and is in no list of this device. Give the SHA-256 that its publisher names (--sha256 DIGEST), or insist with --unverified. This file has {digest}."
            ).format(name=file.name, digest=digest)
        )
    parent = paths.languages_dir()
    with _changing(parent) as scratch:
        copy = _copied(file, scratch, digest, progress)
        with _opened(copy) as container:
            said = _metadata(container, file)
            files = _unpack(container, file, scratch, progress)
        copy.unlink()
        record = {**said, "sha256": digest, "vouched": vouched, "size": sum(size for _sum, size in files.values())}
        record["files"] = {name: one for name, (one, _size) in files.items()}
        _write(scratch / RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode())
        _try_out(read_package(scratch, bundled=False), file)
        for folder in (scratch / "model", scratch):
            sync_folder(folder)
        older = [one for one in _own(parent) if one.pair == (said["source"], said["target"])]
        final = parent / f"{said['source']}_{said['target']}-{said['version']}.{secrets.token_hex(4)}"
        if parent.is_relative_to(paths.site_dir()):
            scratch.chmod(0o755)  # what IT keeps there is for all users to read
        scratch.rename(final)
        sync_folder(parent)
        for one in older:
            _delete(one.folder)
    return read_package(final, bundled=False)


def remove(source: str, target: str) -> bool:
    """Remove the installed package of a pair; whether one that came with the program is used again. Raises UsageError."""
    parent = paths.languages_dir()
    with _changing(parent):
        mine = [one for one in _own(parent) if one.pair == (source, target)]
        theirs = any(_is_pair(folder, source, target) for folder in folders(paths.bundled_languages_dir()))
        damaged = [folder for folder in folders(parent) if folder.name.startswith(f"{source}_{target}-")]
        if not mine and not damaged:
            why = _("came with the program and cannot be removed") if theirs else _("is not installed")
            raise UsageError(
                _("{source} → {target} {why}. See: fieldfare lang list").format(source=source, target=target, why=why)
            )
        for folder in {*damaged, *(one.folder for one in mine)}:
            _delete(folder)
        sync_folder(parent)
    return theirs


def _delete(folder: Path) -> None:
    """The record first: a package without one is not used, whatever else of it is held open and stays."""
    (folder / RECORD).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _is_pair(folder: Path, source: str, target: str) -> bool:
    return folder.name.startswith(f"{source}_{target}-")


def _own(parent: Path) -> list[Package]:
    found = []
    for folder in folders(parent):
        with contextlib.suppress(FieldfareError):
            found.append(read_package(folder, bundled=False))
    return found


@contextlib.contextmanager
def _changing(parent: Path) -> Iterator[Path]:
    """A scratch folder beside the packages, for one change at a time; gone afterwards unless it was renamed."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with stock.alone(parent, _("language packages")):
            for name in os.listdir(parent):  # noqa: PTH208  (a list of names is wanted)
                if name.startswith(_INCOMING):
                    shutil.rmtree(parent / name, ignore_errors=True)
            scratch = parent / tempfile.mkdtemp(prefix=_INCOMING, dir=parent)
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            _(
                "{parent} cannot be written ({reason}). Nothing was changed: check the folder and the space left on it, then try again."
            ).format(parent=parent, reason=error.strerror or error)
        ) from error


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[Container]:
    try:
        with Container(file) as container:
            yield container
    except SourceError as error:
        raise ModelError(str(error)) from error


def _top(container: Container, file: Path) -> str:
    """The one folder that a package holds."""
    tops = {name.split("/")[0] for name in container.names if "/" in name}
    if len(tops) != 1 or any("/" not in name for name in container.names):
        raise ModelError(
            _("{name} is no language package: it holds no single folder. Name a {suffix} file.").format(
                name=file.name, suffix=SUFFIX
            )
        )
    return tops.pop()


def _metadata(container: Container, file: Path) -> dict[str, str]:
    top = _top(container, file)
    names = container.names
    for needed in ("metadata.json", _MODEL_FILE):
        if f"{top}/{needed}" not in names:
            raise ModelError(
                _("{name} is no language package or only a part of one: {needed} is missing. Get it again.").format(
                    name=file.name, needed=needed
                )
            )
    if not {f"{top}/{SENTENCEPIECE}", f"{top}/{BPE}"} & names:
        raise ModelError(
            _("{name} holds neither {sentencepiece} nor {bpe}: its model cannot be fed. Get it again.").format(
                name=file.name, sentencepiece=SENTENCEPIECE, bpe=BPE
            )
        )
    return read_metadata(container.read(f"{top}/metadata.json", _TAKEN["metadata.json"]), file.name)


def _copied(file: Path, scratch: Path, digest: str, progress: Progress) -> Path:
    """A copy of a package that has the digest that was vouched for: what is unpacked is what was looked at."""
    size, total, done = file.stat().st_size, hashlib.sha256(), 0
    _check_space(size, file, scratch)
    copy = scratch / file.name
    with copy.open("wb") as writer:
        for chunk in _chunks(file):
            total.update(chunk)
            writer.write(chunk)
            done += len(chunk)
            progress(f"copying {file.name} (MB)", done // _MEGABYTE, max(size // _MEGABYTE, 1))
    if total.hexdigest() != digest:
        raise SignatureError(
            _("{name} changed while it was read. Nothing was installed. Copy it again.").format(name=file.name)
        )
    return copy


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as reader:
            while chunk := reader.read(_MEGABYTE):
                yield chunk
    except OSError as error:
        raise StorageError(
            _("{file} cannot be read ({reason}). Nothing was changed: is the stick still there?").format(
                file=file, reason=error.strerror
            )
        ) from error


def _check_space(needed: int, file: Path, scratch: Path) -> None:
    free = shutil.disk_usage(scratch).free
    if needed > free:
        raise SpaceError(
            _(
                "{name} needs {needed:.0f} MB and {free:.0f} MB are free in {parent}. Nothing was changed: make space, then try again."
            ).format(name=file.name, needed=ceil(needed / 1e6), free=free // 1e6, parent=scratch.parent)
        )


def _unpack(container: Container, file: Path, scratch: Path, progress: Progress) -> dict[str, tuple[str, int]]:
    """The SHA-256 and size of every file that was unpacked, by name."""
    top, made = _top(container, file), {}
    (scratch / "model").mkdir()
    members = {name: limit for name, limit in _TAKEN.items() if f"{top}/{name}" in container.names}
    needed = 0
    for name, limit in members.items():
        with container.open(f"{top}/{name}", limit) as member:
            needed += member.size
    _check_space(needed, file, scratch)
    done, stage = 0, f"unpacking {file.name} (MB)"
    for name, limit in members.items():
        with container.open(f"{top}/{name}", limit) as member, (scratch / name).open("wb") as stream:
            while chunk := member.read(_MEGABYTE):
                stream.write(chunk)
                done += len(chunk)
                if done // _MEGABYTE != (done - len(chunk)) // _MEGABYTE:
                    progress(stage, done // _MEGABYTE, max(needed // _MEGABYTE, 1))
            stream.flush()
            os.fsync(stream.fileno())
        made[name] = trust.sha256(scratch / name), (scratch / name).stat().st_size
    return made


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _try_out(package: Package, file: Path) -> None:
    """Translate a word: a model that this engine cannot read is refused before it replaces one that it can."""
    from fieldfare.translation.engine import Model

    try:
        Model(package, threads=1).translate([_TRIED], count=1)
    except ModelError as error:
        raise ModelError(_("{name} was not installed: {error}").format(name=file.name, error=error)) from error


def describe(package: Package) -> dict[str, Any]:
    """A package as the JSON of the command line has it."""
    return {
        "from": package.source, "to": package.target, "version": package.version, "size": package.size,
        "vouched": package.vouched, "bundled": package.bundled, "sha256": package.sha256,
    }  # fmt: skip
