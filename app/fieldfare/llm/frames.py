"""What the program and its model process say to each other: frames of a tag, a length and a JSON object.

Nothing is pickled: whoever broke into one side can make the other read numbers and texts, and nothing else.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from typing import IO

COMMAND = "serve-language-model"
"""The argument that makes the program its own model process; `fieldfare.__main__` knows it."""
LANGUAGE = "FIELDFARE_SPEAKS"  # the variable that tells the process in which language its sentences are

OPEN, GENERATE, CANCEL = b"O", b"G", b"C"  # what the program asks
PIECE, END, ERROR = b"P", b"E", b"X"  # what the model process answers; END says how much was computed
BROKEN = b""  # not sent: what the program reads after the last frame

_HEAD = struct.Struct(">cI")
_LARGEST = 1 << 20  # bytes: a prompt fills a context of some thousand tokens at most

Frame = tuple[bytes, dict[str, Any]]


def send(stream: IO[bytes] | BinaryIO, tag: bytes, values: dict[str, Any]) -> None:
    """Write a frame at once. Raises OSError or ValueError where nobody reads any more."""
    data = json.dumps(values).encode()
    stream.write(_HEAD.pack(tag, len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes] | BinaryIO) -> Frame:
    """Read a frame; BROKEN at the end of the stream and after anything that is no frame."""
    try:
        tag, size = _HEAD.unpack(stream.read(_HEAD.size))
        data = stream.read(size) if size <= _LARGEST else b""
        values = json.loads(data) if len(data) == size else None
    except (OSError, ValueError, RecursionError, struct.error):
        return BROKEN, {}
    return (tag, values) if isinstance(values, dict) else (BROKEN, {})
