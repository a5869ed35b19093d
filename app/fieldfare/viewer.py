"""A picture in the viewer of this device: a copy in a temporary folder, opened without a shell and without waiting for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.catalogue import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPENERS = ("xdg-open", "gio", "wslview", "kde-open", "exo-open")
_PATIENCE = 3.0
"""Seconds in which an opener that finds no viewer says so."""
_KEPT = 20
"""Copies that stay in the folder; the oldest go first, and all of them with the next start of the device."""


def write_copy(data: bytes, name: str) -> Path:
    """A copy of an encoded picture that only this user can read; raises OSError."""
    suffix = {b"\x89PNG": ".png", b"\xff\xd8\xff\xe0": ".jpg", b"RIFF": ".webp"}.get(data[:4], ".png")
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "-_") else "_" for one in name)[:40] or "picture"
    parent = Path(tempfile.gettempdir())
    mine = [one for one in parent.glob("fieldfare-picture-*") if _is_mine(one)]
    for old in sorted(mine, key=lambda one: one.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="fieldfare-picture-"))
    file = folder / f"{safe}{suffix}"
    file.write_bytes(data)
    return file


def _is_mine(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()


def command(platform: str, environment: Mapping[str, str]) -> list[str] | None:
    """What opens a file here, without the file; None where nothing can: a server without a window, no opener."""
    if platform == "darwin":
        return ["open"]
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or environment.get("WSL_DISTRO_NAME")):
        return None
    found = next((one for one in _OPENERS if shutil.which(one, path=environment.get("PATH"))), None)
    return None if found is None else [found, "open"] if found == "gio" else [found]


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the system's own programs: a bundle's library path would break them."""
    changed = dict(environment)
    if getattr(sys, "frozen", False):
        original = changed.pop("LD_LIBRARY_PATH_ORIG", None)
        changed.pop("LD_LIBRARY_PATH", None)
        if original:
            changed["LD_LIBRARY_PATH"] = original
    return changed


def view(data: bytes, name: str) -> str:
    """Open a picture; a sentence that says what became of it. Takes up to some seconds, so it belongs into a worker."""
    try:
        file = write_copy(data, name)
    except OSError as error:
        return _("The picture cannot be copied for the viewer ({reason}).").format(reason=error.strerror)
    if sys.platform == "win32":
        try:
            os.startfile(file)  # noqa: S606 - the system's own way to open a document
        except OSError:
            return _("No program opens pictures here. It lies at {path}").format(path=file)
        return _("Opened in the viewer.")
    opener = command(sys.platform, os.environ)
    if opener is None:
        return _("There is no window here to show it in. The picture lies at {path}").format(path=file)
    try:
        started = subprocess.Popen(
            [*opener, str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=own_environment(os.environ),
        )  # fmt: skip
    except OSError:
        return _("No program opens pictures here. It lies at {path}").format(path=file)
    try:
        failed = started.wait(_PATIENCE) != 0
    except subprocess.TimeoutExpired:
        failed = False  # it is the viewer itself, and goes on
    return (
        _("No program opens pictures here. It lies at {path}").format(path=file)
        if failed
        else _("Opened in the viewer.")
    )
