"""A delta: how a newer version of a pack is made from an older one, with the newer version's signature.

    fieldfare delta 1 SHA-256 of all that follows
    {"id": …, "base": version, "version": …, "base_sha256": …, "sha256": …, "size": bytes, "signature": text or null}
    one LZMA stream of segments

A segment is two counts, of operations n and of literal bytes, then n lengths to copy, n distances, n lengths of literals
(little-endian), then the literal bytes. An operation copies from the older file, `distance` bytes after the end of the
last copy, and then takes its literal. Applying needs the memory of one segment, whatever the size of the packs.
"""

from __future__ import annotations

import array
import hashlib
import json
import lzma
import os
import re
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from fieldfare.catalogue import _
from fieldfare.errors import PackError
from fieldfare.pack.manifest import ID, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Operations = Sequence[tuple[int, int, int]]

SUFFIX = ".fdelta"
MOST_OPERATIONS, MOST_LITERALS = 1 << 16, 1 << 22  # of one segment: what applying holds in memory
# 8 MiB of dictionary when made; a stream that asks for more than these bytes to be unpacked is refused.
_MEMORY = 64 << 20
_MAGIC = b"fieldfare delta 1 "
_LONGEST_HEADER = 65_536
_COUNTS = struct.Struct("<II")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A delta file whose own digest was verified; versions and digests are as it says, proved by the signature only."""

    file: Path
    id: str
    base: str
    version: str
    base_sha256: str
    sha256: str
    size: int
    signature: bytes | None
    payload: int

    @property
    def name(self) -> str:
        """The file that it makes."""
        return f"{self.id}-{self.version}.fpack"


def read(file: Path) -> Delta:
    """Read what a delta is for, after its digest was compared; PackError where it is damaged or none, OSError as usual."""
    with file.open("rb") as stream:
        first = stream.readline(len(_MAGIC) + 65)
        digest = hashlib.sha256()
        second = stream.readline(_LONGEST_HEADER)
        payload = stream.tell()
        digest.update(second)
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    if not first.startswith(_MAGIC):
        raise PackError(
            _("{name} is no delta that this program reads. Ask its author for the whole .fpack file.").format(
                name=file.name
            )
        )
    if first != _MAGIC + digest.hexdigest().encode() + b"\n":
        raise PackError(_("{name} is damaged or incomplete. Copy it again.").format(name=file.name))
    try:
        delta = Delta(file=file, payload=payload, **_fields(second))
    except (ValueError, TypeError, RecursionError) as error:
        raise PackError(
            _("{name} does not say what it is for. Ask its author for a new one.").format(name=file.name)
        ) from error
    return delta


def _fields(line: bytes) -> dict[str, Any]:
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise TypeError(line)
    for key, pattern in (
        ("id", ID), ("base", VERSION), ("version", VERSION),
        ("base_sha256", re.compile("[0-9a-f]{64}")), ("sha256", re.compile("[0-9a-f]{64}")),
    ):  # fmt: skip
        if not pattern.fullmatch(fields.get(key, "")):
            raise ValueError(key)
    if type(fields.get("size")) is not int or fields["size"] < 1:
        raise ValueError("size")
    signature = fields.get("signature")
    if not isinstance(signature, str | None):
        raise TypeError(signature)
    return {**fields, "signature": None if signature is None else signature.encode()}


def apply(delta: Delta, base: Path, target: Path, progress: Callable[[str, int, int], None]) -> None:
    """Make the newer file durably; PackError where the result would not be what the delta says."""
    digest, written, total = hashlib.sha256(), 0, delta.size
    tell = megabytes(progress, f"applying {delta.file.name}", total)
    with base.open("rb") as old, target.open("wb") as new:
        for chunk in _result(delta, old, os.fstat(old.fileno()).st_size):
            written += len(chunk)
            if written > total:
                raise _unfit(delta)
            digest.update(chunk)
            new.write(chunk)
            tell(written)
        new.flush()
        os.fsync(new.fileno())
    if written != total or digest.hexdigest() != delta.sha256:
        raise _unfit(delta)


def megabytes(progress: Callable[[str, int, int], None], stage: str, total: int) -> Callable[[int], None]:
    """Progress by bytes, told once a megabyte."""
    shown = -1

    def tell(done: int) -> None:
        nonlocal shown
        if (now := -(-done // 1_000_000)) != shown:
            shown = now
            progress(f"{stage}, MB", now, max(1, -(-total // 1_000_000)))

    return tell


def _unfit(delta: Delta) -> PackError:
    return PackError(
        _("{name} does not give what its author made of {id} {base}. Install the whole pack: {name2}").format(
            name=delta.file.name, id=delta.id, base=delta.base, name2=delta.name
        )
    )


def _result(delta: Delta, old: BinaryIO, size: int) -> Iterator[bytes]:
    position = 0
    try:
        with delta.file.open("rb") as packed:
            packed.seek(delta.payload)
            stream = _Unpacked(packed)
            while head := stream.read(_COUNTS.size):
                for copied, distance, literal in _segment(stream, *_COUNTS.unpack(head)):
                    position += distance
                    if position < 0 or position + copied > size:
                        raise ValueError("outside of the older file")
                    old.seek(position)
                    stop = position + copied
                    while position < stop:
                        chunk = old.read(min(stop - position, _CHUNK))
                        if not chunk:
                            raise ValueError("the older file ended")
                        position += len(chunk)
                        yield chunk
                    if literal:
                        yield literal
    except (lzma.LZMAError, ValueError, struct.error, EOFError) as error:
        raise _unfit(delta) from error


def _segment(stream: _Unpacked, count: int, literals: int) -> Iterator[tuple[int, int, bytes]]:
    if not 0 < count <= MOST_OPERATIONS or literals > MOST_LITERALS:
        raise ValueError("a segment that is too large")
    copies, distances, lengths = (
        _column(stream.exactly(count * size), code) for code, size in (("I", 4), ("q", 8), ("I", 4))
    )
    if sum(lengths) != literals or not all(map(int.__or__, copies, lengths)):
        raise ValueError("operations that do nothing")
    taken = memoryview(stream.exactly(literals))
    start = 0
    for copied, distance, length in zip(copies, distances, lengths, strict=True):
        yield copied, distance, bytes(taken[start : start + length])
        start += length


def _column(data: bytes, code: str) -> array.array[int]:
    column = array.array(code, data)
    if sys.byteorder == "big":
        column.byteswap()
    return column


class _Unpacked:
    """An LZMA stream read piece by piece in bounded memory."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY)

    def read(self, size: int) -> bytes:
        """That many bytes, none at the end of the stream, EOFError where it is cut short."""
        parts = []
        while size and not self._unpacker.eof:
            fresh = self._packed.read(65_536) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not fresh:
                raise EOFError
            part = self._unpacker.decompress(fresh, size)
            size -= len(part)
            parts.append(part)
        if size and parts and any(parts):
            raise EOFError
        return b"".join(parts)

    def exactly(self, size: int) -> bytes:
        """That many bytes; EOFError where there are fewer."""
        data = self.read(size)
        if len(data) != size:
            raise EOFError
        return data


def write(target: BinaryIO, header: Delta, segments: Iterator[tuple[Operations, bytes]]) -> None:
    """Write a delta: its operations (bytes to copy, distance, bytes of literal) in segments within the bounds."""
    text = None if header.signature is None else header.signature.decode()
    fields = {
        "id": header.id, "base": header.base, "version": header.version, "base_sha256": header.base_sha256,
        "sha256": header.sha256, "size": header.size, "signature": text,
    }  # fmt: skip
    line = json.dumps(fields, ensure_ascii=False).encode() + b"\n"
    digest = hashlib.sha256(line)
    target.write(_MAGIC + b"0" * 64 + b"\n" + line)
    packer = lzma.LZMACompressor(format=lzma.FORMAT_XZ, check=lzma.CHECK_NONE, preset=6 | lzma.PRESET_EXTREME)

    def add(data: bytes) -> None:
        digest.update(data)
        target.write(data)

    for operations, literals in segments:
        add(packer.compress(_COUNTS.pack(len(operations), len(literals))))
        for code, column in zip("IqI", zip(*operations, strict=True), strict=True):
            add(packer.compress(_column(array.array(code, column).tobytes(), code).tobytes()))
        add(packer.compress(literals))
    add(packer.flush())
    target.seek(len(_MAGIC))
    target.write(digest.hexdigest().encode())
