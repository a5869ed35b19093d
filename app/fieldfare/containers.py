"""ZIP containers (DOCX, EPUB, language packages) of unknown origin: the directory is checked before anything is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Self

from fieldfare.catalogue import _
from fieldfare.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

MAX_MEMBERS = 20_000
MAX_DIRECTORY = 8 << 20  # bytes of the central directory, which is read whole
MAX_UNPACKED = 4 << 30  # bytes of all members together
MAX_RATIO = 200  # of a member larger than _SMALL; XML of office programs is packed 10 to 50 times smaller
_SMALL = 8 << 20
_END = struct.Struct("<4s4H2LH")  # end of central directory record, APPNOTE.TXT 4.3.16
_LOCAL_HEADER = 30
_CHUNK = 1 << 16


class Container:
    """An open container whose directory holds no trap; SourceError where it does.

    Refused are too many or overlapping members, names that lead out of the container, links, encryption, a member or
    sum that unpacks too large or too far, and ways of packing that the formats do not use.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            _check_directory(file)
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
            raise SourceError(
                _("{name} is no intact container ({error}). Export or copy it again.").format(
                    name=file.name, error=error
                )
            ) from error
        try:
            self._members = _checked(file, self._zip.infolist())
        except SourceError:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(self._members)

    def read(self, member: str, limit: int) -> bytes:
        """A member's bytes; SourceError where it is missing, damaged or larger than `limit` bytes."""
        with self.open(member, limit) as stream:
            return stream.read()

    def open(self, member: str, limit: int) -> Member:
        """A member as a stream that ends with SourceError beyond `limit` bytes."""
        info = self._members.get(member)
        if info is None:
            raise SourceError(_("{name} lacks {member}. Export it again.").format(name=self._file.name, member=member))
        if info.file_size > limit:
            raise SourceError(
                _("{name}: {member} is larger than {limit} MiB. Split or scale it down.").format(
                    name=self._file.name, member=member, limit=limit >> 20
                )
            )
        try:
            return Member(self._zip.open(info), f"{self._file.name}: {member}", info.file_size, limit)
        except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, UnicodeDecodeError) as error:
            raise SourceError(
                _("{name}: {member} cannot be unpacked ({error}). Export it again.").format(
                    name=self._file.name, member=member, error=error
                )
            ) from error


class Member:
    """A stream over one member that never yields more than its limit, whatever its header promises.

    `size` is the length that the directory states and `done` how many bytes were read.
    """

    def __init__(self, stream: IO[bytes], name: str, size: int, limit: int) -> None:
        self.size = size
        self.done = 0
        self._stream = stream
        self._name = name
        self._limit = limit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all that is left where it is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        try:
            data = self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise SourceError(
                _("{name} is damaged ({error}). Export it again.").format(name=self._name, error=error)
            ) from error
        self.done += len(data)
        if self.done > self._limit:
            raise SourceError(
                _("{name} unpacks to more than is allowed. Split or scale it down.").format(name=self._name)
            )
        return data


def read_member(file: Path, member: str, limit: int) -> bytes:
    """The bytes of one member of a container; SourceError where container or member are unfit or it exceeds `limit`."""
    with Container(file) as container:
        return container.read(member, limit)


def _check_directory(file: Path) -> None:
    """Refuse a directory that would fill the memory before its members can be counted."""
    with file.open("rb") as stream:
        head = stream.read(8)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise ValueError("it is protected by a password or of an old binary format: save it anew without one")
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END.size - 0xFFFF))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise ValueError("its directory is missing")
    _, _, _, _, members, length, _, comment = _END.unpack(tail[at : at + _END.size])
    if at + _END.size + comment != len(tail):
        raise ValueError("something follows its directory")
    if members > MAX_MEMBERS or length > MAX_DIRECTORY:
        raise ValueError(f"it holds more than {MAX_MEMBERS} files")


def _checked(file: Path, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    total, end = 0, 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        name = info.filename
        fault = _fault(info)
        if name in members:
            fault = _("is there twice")
        elif info.header_offset < end:
            fault = _("overlaps another one")
        total += info.file_size
        if total > MAX_UNPACKED:
            fault = _("is one too many: they unpack to more than 4 GiB")
        if fault:
            raise SourceError(
                _("{name} is unsafe: its member {name2!r} {fault}. Get it from its maker again.").format(
                    name=file.name, name2=name[:80], fault=fault
                )
            )
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
        members[name] = info
    return members


def _fault(info: zipfile.ZipInfo) -> str:
    """What makes a member unfit to be read, empty where nothing does."""
    parts = info.orig_filename.replace("\\", "/").split("/")
    if "\0" in info.orig_filename or not parts[0] or ".." in parts or ":" in parts[0]:
        return _("has a name that leads out of it")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _("is a link")
    if info.flag_bits & 0x1:
        return _("is encrypted")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return _("is packed in an unusual way")
    if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return _("unpacks to more than {max_ratio} times its size").format(max_ratio=MAX_RATIO)
    return ""
