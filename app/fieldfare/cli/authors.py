"""What authors make packs with: new, build, terms."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.cli.arguments import Progress
from fieldfare.errors import UsageError
from fieldfare.text import clean, count

if TYPE_CHECKING:
    import argparse

    from fieldfare.cli.arguments import Commands
    from fieldfare.ingest.chosen import ChosenEmbedder
    from fieldfare.ingest.creator import BuildReport
    from fieldfare.ingest.sources import PackSource
    from fieldfare.retrieval import Embedder


def register(commands: Commands) -> None:
    """Declare the commands."""
    new = commands.add_parser("new", help="write a first pack.toml for a folder of manuals")
    new.add_argument("folder", type=Path, metavar="FOLDER")
    new.add_argument("--language", default="", metavar="CODE", help="language of the manuals, where it cannot be told")
    new.set_defaults(run=_new)
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
    terms = commands.add_parser("terms", help="propose synonyms, abbreviations and names that are never translated")
    terms.add_argument("source", type=Path, metavar="SOURCE|FILE.fpack")
    terms.add_argument("--accept", action="store_true", help="write all of them into the pack.toml of SOURCE")
    terms.set_defaults(run=_terms)


def _new(options: argparse.Namespace) -> int:
    from fieldfare import paths
    from fieldfare.ingest.cache import Cache
    from fieldfare.ingest.description import QUESTIONS, describe, write_text
    from fieldfare.ingest.documents import Workshop
    from fieldfare.ingest.sources import read_source

    folder: Path = options.folder
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Put the manuals of a machine into one and name it.")
    target, questions = folder / "pack.toml", folder / "questions.jsonl"
    if target.exists():
        raise UsageError(f"{target} is there already and is left as it is. Move it away to begin anew.")
    source = read_source(folder, language=options.language)
    # The name of the folder is the pack's; one file says itself what it is called.
    documents = tuple(replace(one, title="") if len(one.files) == 1 else one for one in source.documents)
    source = replace(source, documents=documents)
    with Cache(paths.build_cache_dir()) as cache, Workshop(cache, Progress()) as workshop:
        text = describe(source, workshop.read(source))
    if not questions.exists():
        write_text(questions, QUESTIONS)
    write_text(target, text)
    print(f"{target}: {count(len(source.documents), 'document')}. Read it, and fill in what is marked.")
    print(f"Write what technicians ask into {questions}. Then:")
    print(f"  fieldfare pack build {shlex.quote(str(folder))} -o {source.id}.fpack")
    print(f"  fieldfare pack inspect {source.id}.fpack --html {source.id}.html")
    print(f"  fieldfare pack check {source.id}.fpack")
    return 0


def _terms(options: argparse.Namespace) -> int:
    from fieldfare.cli.checks import opened

    if options.accept and options.source.suffix == ".fpack":
        raise UsageError("--accept writes into a pack.toml: name the folder that the pack is built from.")
    with opened(options.source) as (_, pack):
        from fieldfare.ingest.description import accept_terms
        from fieldfare.ingest.terms import propose, snippet

        proposals = propose(pack.read())
    if not proposals:
        print("fieldfare: the text suggests no terms that the pack does not have.", file=sys.stderr)
    elif options.accept:
        folder = options.source if options.source.is_dir() else options.source.parent
        added = accept_terms(folder / "pack.toml", [one.term for one in proposals])
        print(f"{folder / 'pack.toml'}: {added} terms added to [terms]. Remove what is wrong, then build the pack.")
    else:
        print(clean(snippet(proposals)), end="")
        print(f"fieldfare: {len(proposals)} proposals. Put what is right into pack.toml, or run again with --accept and "
              "remove there what is wrong.", file=sys.stderr)  # fmt: skip
    return 0


def _build(options: argparse.Namespace) -> int:
    from fieldfare import paths
    from fieldfare.ingest.chosen import ChosenEmbedder
    from fieldfare.ingest.creator import build
    from fieldfare.ingest.sources import read_source

    source = read_source(options.source, language=options.language, embedder=options.embedder)
    progress = Progress()
    if options.embedder_beside and (source.embedder is None or options.no_meaning):
        raise UsageError("--embedder-beside needs a model: name it with --embedder FOLDER, or in pack.toml.")
    embedder = None if options.no_meaning else embedder_of(source, progress, travels=not options.embedder_beside)
    cache = None if options.no_cache else paths.build_cache_dir()
    report = build(source, options.output, embedder, progress, cache=cache)
    made = report.manifest
    for remark in report.remarks:
        print(clean(str(remark)), file=sys.stderr)
    print(
        f"{options.output}: {made.id} {made.version}, {report.size / 1e6:.1f} MB: {count(report.sections, 'section')}, "
        f"{count(made.passages, 'passage')}, {count(report.steps, 'step')}, {count(report.tables, 'table')}, "
        f"{count(made.hazards, 'hazard')}, {count(made.figures, 'figure')}, {count(report.identifiers, 'identifier')}, "
        f"{count(len(report.remarks), 'remark')}"
    )
    if isinstance(embedder, ChosenEmbedder):
        _tell_embedder(embedder, report, options.output)
    return 0


def embedder_of(source: PackSource, progress: Progress, *, travels: bool = True) -> Embedder:
    """The embedder that makes the vectors of a pack: the one that its author chose, or the embedded one.

    `travels` says whether a chosen one is put into the pack. Raises UsageError where there is none.
    """
    from fieldfare import paths
    from fieldfare.assistant import open_embedder
    from fieldfare.ingest.chosen import ChosenEmbedder

    if source.embedder is not None:
        progress("converting the embedder", 0, 1)
        chosen = ChosenEmbedder(source.embedder, paths.converted_embedders_dir(), source.prompts, travels=travels)
        progress("converting the embedder", 1, 1)
        return chosen
    embedded = open_embedder()
    if embedded is None:
        raise UsageError("The embedder is not installed. Set it up, or build with --no-meaning (words and codes only).")
    return embedded


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
