"""A picture in the viewer of the system: a copy in a folder of its own, opened without a shell and without waiting."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fieldfare.catalogue import _
from fieldfare.errors import StorageError

_KINDS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"RIFF": ".webp", b"GIF8": ".gif"}


def copy_of(data: bytes, title: str) -> Path:
    """A file with an encoded picture, readable by this user only, named after its title. Raises StorageError."""
    suffix = next((suffix for start, suffix in _KINDS.items() if data.startswith(start)), ".png")
    name = re.sub(r"[^\w-]+", "-", title).strip("-")[:60] or "figure"
    try:
        file = Path(tempfile.mkdtemp(prefix="fieldfare-")) / f"{name}{suffix}"
        file.write_bytes(data)
    except OSError as error:
        sentence = _("The picture cannot be written ({reason}). Make space in the temporary folder.")
        raise StorageError(sentence.format(reason=error.strerror)) from error
    return file


def show(file: Path) -> bool:
    """Open a file in the viewer of the system; False where there is none, as on a server."""
    command = _command()
    if sys.platform == "win32":
        try:
            os.startfile(file)  # noqa: S606 - a picture that was written here
        except OSError:
            return False
        return True
    if not command:
        return False
    try:
        subprocess.Popen(
            [command, str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True


def _command() -> str:
    """What opens a file, empty where nothing can show one."""
    if sys.platform == "darwin":
        return shutil.which("open") or ""
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return (shutil.which("xdg-open") or "") if screen else ""
