"""What authors do with packs: build, inspect."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.cli.arguments import Progress
from fieldfare.errors import UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse

    from fieldfare.cli.arguments import Commands


def register(commands: Commands) -> None:
    """Declare the commands."""
    build = commands.add_parser("build", help="build a pack from a folder of manuals, a pack.toml or one manual")
    build.add_argument("source", type=Path, metavar="SOURCE")
    build.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.fpack")
    build.add_argument(
        "--language", default="", metavar="CODE", help="language of the manuals, if no pack.toml says it"
    )
    build.add_argument("--no-meaning", action="store_true", help="leave out the vectors: found by words and codes only")
    build.add_argument(
        "--no-cache", action="store_true", help="compute everything anew, keep nothing for the next build"
    )
    build.set_defaults(run=_build)
    inspect = commands.add_parser("inspect", help="show what a pack holds")
    inspect.add_argument("file", type=Path, metavar="FILE.fpack")
    inspect.set_defaults(run=_inspect)


def _build(options: argparse.Namespace) -> int:
    from fieldfare import paths
    from fieldfare.assistant import open_embedder

    try:
        from fieldfare.ingest.creator import build
        from fieldfare.ingest.sources import read_source
    except ModuleNotFoundError as error:  # the bundle for devices leaves out what reads manuals
        raise UsageError(
            "This Fieldfare reads packs but does not build them. Build the pack with an installation for authors, then "
            "install it here: fieldfare pack install FILE.fpack"
        ) from error

    embedder = None if options.no_meaning else open_embedder()
    if embedder is None and not options.no_meaning:
        raise UsageError("The embedder is not installed. Set it up, or build with --no-meaning (words and codes only).")
    source = read_source(options.source, language=options.language)
    cache = None if options.no_cache else paths.build_cache_dir()
    report = build(source, options.output, embedder, Progress(), cache=cache)
    made = report.manifest
    for remark in report.remarks:
        print(clean(str(remark)), file=sys.stderr)
    print(
        f"{options.output}: {made.id} {made.version}, {report.size / 1e6:.1f} MB: {report.sections} sections, "
        f"{made.passages} passages, {report.steps} steps, {report.tables} tables, {made.hazards} hazards, "
        f"{made.figures} figures, {report.identifiers} identifiers, {len(report.remarks)} remarks"
    )
    return 0


def _inspect(options: argparse.Namespace) -> int:
    from fieldfare.pack.archive import Archive

    if not options.file.is_file():
        raise UsageError(f"{options.file} does not exist.")
    archive = Archive(options.file)
    made = archive.manifest
    print(
        f"{clean(made.title)}\n  id {made.id}, version {made.version}, language {made.language}, licence {made.licence or '-'}"
    )
    print(f"  {made.passages} passages, {made.hazards} hazards, {made.figures} figures")
    for machine in made.machines:
        print(f"  machine: {clean(str(machine))} {clean(machine.serials)}".rstrip())
    embedder = made.embedder
    print(
        f"  embedder: {f'{embedder.name} {embedder.version}, {embedder.dimension} dimensions' if embedder else 'none'}"
    )
    for path, label in archive.outline():
        if path:
            print(f"  {'  ' * (len(path) - 1)}{clean(path[-1])}{f'  (p. {clean(label)})' if label else ''}")
    archive.close()
    return 0
