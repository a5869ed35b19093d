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
    from fieldfare.ingest.chosen import ChosenEmbedder
    from fieldfare.ingest.creator import BuildReport
    from fieldfare.retrieval import Embedder


def register(commands: Commands) -> None:
    """Declare the commands."""
    build = commands.add_parser("build", help="build a pack from a folder of manuals, a pack.toml or one manual")
    build.add_argument("source", type=Path, metavar="SOURCE")
    build.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.fpack")
    build.add_argument(
        "--language", default="", metavar="CODE", help="language of the manuals, if no pack.toml says it"
    )
    build.add_argument(
        "--embedder", type=Path, metavar="FOLDER", help="the sentence-transformers model that makes the vectors"
    )
    build.add_argument(
        "--embedder-beside",
        action="store_true",
        help="do not put that model into the pack: IT places the folder that is written beside it",
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
        from fieldfare.ingest.chosen import ChosenEmbedder
        from fieldfare.ingest.creator import build
        from fieldfare.ingest.sources import read_source
    except ModuleNotFoundError as error:  # the bundle for devices leaves out what reads manuals
        raise UsageError(
            "This Fieldfare reads packs but does not build them. Build the pack with an installation for authors, then "
            "install it here: fieldfare pack install FILE.fpack"
        ) from error

    source = read_source(options.source, language=options.language, embedder=options.embedder)
    progress = Progress()
    embedder: Embedder | None = None
    if options.embedder_beside and (source.embedder is None or options.no_meaning):
        raise UsageError("--embedder-beside needs a model: name it with --embedder FOLDER, or in pack.toml.")
    if source.embedder is not None and not options.no_meaning:
        progress("converting the embedder", 0, 1)
        embedder = ChosenEmbedder(
            source.embedder, paths.converted_embedders_dir(), source.prompts, travels=not options.embedder_beside
        )
        progress("converting the embedder", 1, 1)
    elif not options.no_meaning and (embedder := open_embedder()) is None:
        raise UsageError("The embedder is not installed. Set it up, or build with --no-meaning (words and codes only).")
    cache = None if options.no_cache else paths.build_cache_dir()
    report = build(source, options.output, embedder, progress, cache=cache)
    made = report.manifest
    for remark in report.remarks:
        print(clean(str(remark)), file=sys.stderr)
    print(
        f"{options.output}: {made.id} {made.version}, {report.size / 1e6:.1f} MB: {report.sections} sections, "
        f"{made.passages} passages, {report.steps} steps, {report.tables} tables, {made.hazards} hazards, "
        f"{made.figures} figures, {report.identifiers} identifiers, {len(report.remarks)} remarks"
    )
    if isinstance(embedder, ChosenEmbedder):
        _tell_embedder(embedder, report, options.output)
    return 0


def _tell_embedder(embedder: ChosenEmbedder, report: BuildReport, output: Path) -> None:
    """What the author's own embedder costs, how true it is to its original, and what is left to do."""
    identity = embedder.identity
    print(
        f"embedder: {clean(identity.name)} {identity.version}, {identity.dimension} dimensions, licence "
        f"{clean(embedder.licence) or 'not named'}; {report.agreement}"
    )
    if embedder.travels:
        print(f"  it adds {embedder.size / 1e6:.0f} MB to the pack; --embedder-beside leaves it out")
    else:
        folder = embedder.place(output.absolute().parent / "embedders")
        print(
            f"  it lies in {folder} ({embedder.size / 1e6:.0f} MB): IT places that folder in models/embedders of the share folder"
        )


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
