"""What the installed program consists of: every file against the list that came with it, and whose work is inside.

fieldfare, _internal/…           the program (PyInstaller's folder)
SHA256SUMS                       the digest of every file, as `sha256sum -c` reads it
sbom.cdx.json                    what it is made of
_internal/licences/              the licences as files; licences.json lists them
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import __version__
from fieldfare.catalogue import _, ngettext
from fieldfare.errors import DamageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that others made and that came with the program; `texts` are the files of its licence."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the files since the program was made, by their names; `digest` is that of the list."""

    files: int
    digest: str
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every file is as it was made, and no other lies there."""
        return not (self.changed or self.missing or self.added)


def told(verdict: Verdict) -> str:
    """A verdict as a sentence."""
    if not verdict.sound:
        return _("This is not the program as it was made. Install it again.")
    return ngettext("{count} file is as it was made.", "{count} files are as they were made.", verdict.files).format(
        count=verdict.files
    )


def program_dir() -> Path | None:
    """The folder of a bundle, None where the program runs from a Python installation."""
    return Path(sys.executable).resolve().parent if hasattr(sys, "_MEIPASS") else None


def verify(folder: Path, progress: Callable[[str, int, int], None]) -> Verdict:
    """Compare every file of a folder with its list. DamageError where there is no list that can be read."""
    try:
        data = (folder / SUMS).read_bytes()
        listed = dict(_entry(line) for line in data.decode("utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise DamageError(
            _("{file} is missing or damaged: the files of the program cannot be compared. Install it again.").format(
                file=folder / SUMS
            )
        ) from error
    changed, missing = [], []
    for done, (name, digest) in enumerate(listed.items(), 1):
        found = _digest(folder / name)
        if found is None:
            missing.append(name)
        elif found != digest:
            changed.append(name)
        progress(_("comparing files"), done, len(listed))
    added = sorted(_files(folder) - listed.keys() - {SUMS})
    return Verdict(
        files=len(listed), digest=hashlib.sha256(data).hexdigest(), changed=tuple(changed), missing=tuple(missing),
        added=tuple(added),
    )  # fmt: skip


def parts() -> tuple[Part, ...]:
    """The program itself, then whose work came with it, by name. DamageError where the list of a bundle cannot be read."""
    if not hasattr(sys, "_MEIPASS"):
        return _installed()
    folder = Path(sys._MEIPASS) / "licences"
    try:
        rows = json.loads((folder / "licences.json").read_text("utf-8"))
        own = tuple(file for file in (folder / "LICENSE", folder / "NOTICE") if file.is_file())
        mine = Part(name="Fieldfare", version=__version__, licence="Apache-2.0", texts=own)
        return mine, *(
            Part(name=row["name"], version=row["version"], licence=row["licence"], texts=tuple(folder / one for one in row["texts"]))
            for row in rows
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamageError(_("{folder} cannot be read. Install the program again.").format(folder=folder)) from error


def part(name: str) -> Part:
    """One of them, however its name is written. UsageError where there is none."""
    found = [one for one in parts() if one.name.casefold().replace("_", "-") == name.casefold().replace("_", "-")]
    if not found:
        raise UsageError(_("Nothing called {name} came with the program. See: fieldfare licences").format(name=name))
    return found[0]


def _installed() -> tuple[Part, ...]:
    """The distributions beside a program that runs from its source."""
    found = {}
    for one in importlib.metadata.distributions():
        said = one.metadata
        classified = [
            text.rpartition(" :: ")[2] for text in said.get_all("Classifier") or () if text.startswith("License ::")
        ]
        terms = said["License-Expression"] or said["License"] or "; ".join(classified) or _("not named")
        files = [Path(str(one.locate_file(file))) for file in one.files or () if "licen" in file.name.lower()]
        texts = tuple(file for file in files if file.is_file() and file.suffix != ".py")
        found[one.name.lower()] = Part(name=one.name, version=one.version, licence=terms.splitlines()[0], texts=texts)
    return tuple(found[name] for name in sorted(found))


def _entry(line: str) -> tuple[str, str]:
    """The name and digest of a line; ValueError for a line that is none or leads out of the folder."""
    digest, separator, name = line.partition("  ")
    if len(digest) != 64 or not separator or Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(line)
    return name, digest


def _digest(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _files(folder: Path) -> set[str]:
    """The names of all files of a folder; links lead to files that are listed themselves."""
    found = set()
    for place, _folders, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            if not file.is_symlink():
                found.add(file.relative_to(folder).as_posix())
    return found
