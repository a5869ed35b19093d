"""The packs on this device: install, list, remove."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse

    from fieldfare.cli.arguments import Commands


def register(commands: Commands) -> None:
    """Declare the commands."""
    install = commands.add_parser("install", help="install a pack on this device")
    install.add_argument("file", type=Path, metavar="FILE.fpack")
    install.set_defaults(run=_install)
    listing = commands.add_parser("list", help="list the installed packs")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    remove = commands.add_parser("remove", help="remove an installed pack")
    remove.add_argument("id", metavar="ID")
    remove.set_defaults(run=_remove)


def _install(options: argparse.Namespace) -> int:
    from fieldfare import library

    made = library.install(options.file)
    print(
        f"{clean(made.title)} ({made.id} {made.version}) is installed: {made.passages} passages, {made.hazards} hazards."
    )
    return 0


def _list(options: argparse.Namespace) -> int:
    from fieldfare import library

    shelf = library.open_shelf()
    shelf.close()
    for problem in shelf.problems:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if options.json:
        rows = [
            {"id": p.manifest.id, "version": p.manifest.version, "title": p.manifest.title, "size": p.size,
             "bundled": p.bundled, "machines": [str(machine) for machine in p.manifest.machines]}
            for p in shelf.packs
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not shelf.packs:
        print("No pack is installed. Install one: fieldfare pack install FILE.fpack")
    for pack in () if options.json else shelf.packs:
        origin = ", came with the program" if pack.bundled else ""
        print(
            f"{pack.manifest.id} {pack.manifest.version}  {clean(pack.manifest.title)}  ({pack.size / 1e6:.1f} MB{origin})"
        )
    return 0


def _remove(options: argparse.Namespace) -> int:
    from fieldfare import library

    library.remove(options.id)
    print(f"{options.id} is removed.")
    return 0
