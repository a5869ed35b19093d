"""Files of unknown origin that are attached to a job: photographs are encoded anew, PDF documents are kept as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare import images
from fieldfare.catalogue import _
from fieldfare.errors import SourceError, StorageError, UsageError
from fieldfare.text import squeeze
from fieldfare.transliteration import file_stem

if TYPE_CHECKING:
    from pathlib import Path

    from fieldfare.domain import Attached

MAX_FILE = 50 << 20  # bytes of a file that is read: a raw photograph of a phone has 10 to 30 MiB
MAX_DOCUMENT = 20 << 20  # bytes of a PDF, which is kept whole
_PHOTO_SIDE = 2000  # pixels: a serial number on a type plate stays readable, a photograph takes some 300 KiB
_NAME = 120  # characters
_SUFFIXES = {"image/png": ".png", "image/webp": ".webp", "image/jpeg": ".jpg", "application/pdf": ".pdf"}
MEDIA_TYPES = frozenset(_SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that is safe to keep; its `name` is what it was called, never a path."""

    name: str
    media_type: str
    data: bytes


def read_file(path: Path) -> File:
    """A photograph (PNG, JPEG, WebP, GIF, BMP, TIFF) or PDF. Raises UsageError, StorageError or SourceError."""
    name = squeeze(path.name)[:_NAME] or "?"
    try:
        if not path.is_file():
            raise UsageError(_("{name} is no file. Name a photograph or a PDF.").format(name=name))
        size = path.stat().st_size
        if size > MAX_FILE:
            raise UsageError(
                _("{name} is larger than {limit} MiB. Scale it down.").format(name=name, limit=MAX_FILE >> 20)
            )
        data = path.read_bytes()
    except OSError as error:
        raise StorageError(_("{name} cannot be read ({reason}).").format(name=name, reason=error.strerror)) from error
    return checked(name, data)


def checked(name: str, data: bytes) -> File:
    """A file by its content, whatever it is called."""
    if data.startswith(b"%PDF-"):
        if len(data) > MAX_DOCUMENT:
            limit = MAX_DOCUMENT >> 20
            raise UsageError(
                _("{name} is larger than {limit} MiB. Attach only its pages.").format(name=name, limit=limit)
            )
        return File(name=name, media_type="application/pdf", data=data)
    try:
        picture = images.read_picture(data, name=name, longest=_PHOTO_SIDE)
    except SourceError as error:
        raise UsageError(_("{name} is neither a photograph nor a PDF that can be read.").format(name=name)) from error
    return File(name=name, media_type=picture.media_type, data=picture.data)


def is_sound(deed: Attached, data: bytes) -> bool:
    """Whether bytes are what an entry says that they are, and can be decoded whole."""
    if deed.media_type == "application/pdf":
        return data.startswith(b"%PDF-") and len(data) <= MAX_DOCUMENT
    try:
        images.check_picture(data, name=deed.name)
    except SourceError:
        return False
    return deed.media_type in MEDIA_TYPES


def file_name(number: int, media_type: str, name: str) -> str:
    """A name for a copy of an attached file that is safe on every system: `photo-03-pump_plate.webp`."""
    stem = name.rpartition(".")[0] or name
    safe = file_stem(stem).replace(" ", "_")[:40].strip("_")
    return f"{number:02}-{safe or 'file'}{_SUFFIXES.get(media_type, '.bin')}"
