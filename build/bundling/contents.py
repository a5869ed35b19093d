"""What was made: put in its place, and told: what takes the space, and what it asks of a machine."""

from __future__ import annotations

import re
import shutil
import sysconfig
from typing import TYPE_CHECKING

from bundling.program import MADE

if TYPE_CHECKING:
    from pathlib import Path


def publish(target: Path) -> Path:
    """Put the finished folder in the place of the one before."""
    target.parent.mkdir(exist_ok=True)
    old = MADE.parent / "old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    MADE.replace(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def report(folder: Path, saved: int, lacking: list[str]) -> str:
    """What is in the bundle, how large, and what it asks of a machine; `lacking` have no licence text."""
    lines = [str(folder)]
    sizes: dict[str, int] = {}
    for file in files(folder):
        part = component(file.relative_to(folder))
        sizes[part] = sizes.get(part, 0) + file.stat().st_size
    lines += [f"{size / 1e6:8.1f} MB  {part}" for part, size in sorted(sizes.items(), key=lambda one: -one[1])[:20]]
    whole = sum(sizes.values()) / 1e6
    content = sum(size for part, size in sizes.items() if part.startswith("share/")) / 1e6
    lines.append(f"{whole:8.1f} MB  in all; {saved / 1e6:.1f} MB were stripped off")
    lines.append(f"{whole - content:8.1f} MB  without models and packs")
    if needed := glibc(folder):
        lines.append(f"It runs on {sysconfig.get_platform()} with glibc {needed} or later.")
    if lacking:
        lines.append(f"No licence text in the distributions of {', '.join(lacking)}.")
    return "\n".join(lines)


def files(folder: Path) -> list[Path]:
    """Every file of a folder but links."""
    return [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]


def component(file: Path) -> str:
    """Which part of the bundle a file belongs to; libraries that a package brought along count as that package."""
    parts = file.parts[1:] if file.parts[0] == "_internal" else file.parts
    if parts[0] == "share":
        return "/".join(parts[:3])
    return {"pillow": "PIL"}.get(parts[0].removesuffix(".libs"), parts[0].removesuffix(".libs"))


def glibc(folder: Path) -> str:
    """The oldest glibc that has all that the libraries of the bundle ask for; empty where there is none."""
    asked: set[tuple[int, ...]] = set()
    for file in files(folder):
        if ".so" in file.name or file.name == "fieldfare":
            asked |= {tuple(map(int, found.split(b"."))) for found in re.findall(rb"GLIBC_(2\.\d+)", file.read_bytes())}
    return ".".join(map(str, max(asked))) if asked else ""
