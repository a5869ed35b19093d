"""Paths as people type, paste or drop them. What cannot be, and what the system does not show, is not there."""

from __future__ import annotations

from pathlib import Path


def typed_path(text: str) -> Path:
    """A path in quotation marks, with a tilde, or as a terminal writes a dropped file; the tilde of nobody stays."""
    path = Path(text.strip().strip("'\"").removeprefix("file://"))
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether a path leads to a file."""
    try:
        return path.is_file()
    except OSError:
        return False
