"""File names as people give them: in which order they stand, and what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts `step2` before `step10`."""
    return tuple(
        (0, int(piece[:18]), "") if piece.isdecimal() else (1, 0, piece.casefold())
        for piece in re.split(r"(\d+)", name)
        if piece
    )


def in_order(files: Iterable[Path], root: Path) -> list[Path]:
    """Files folder by folder in natural order."""
    return sorted(files, key=lambda file: [natural(part) for part in file.relative_to(root).parts])


def titled(stem: str) -> str:
    """A file's name as a title: `fault_codes-2` is `Fault codes 2`."""
    words = " ".join(re.split(r"[_\s]+|(?<=[^\W\d_])-|-(?=[^\W\d_])", stem)).strip()
    return words[:1].upper() + words[1:]
