"""What authors look at before they give a pack away: check and inspect."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import output
from fieldfare.cli.arguments import Progress
from fieldfare.cli.authors import embedder_of
from fieldfare.errors import UsageError
from fieldfare.text import clean, count, squeeze

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fieldfare.cli.arguments import Commands
    from fieldfare.domain import GoldQuestion
    from fieldfare.evaluation import Outcome, Score
    from fieldfare.ingest.contents import Contents, PackFile
    from fieldfare.ingest.lint import Flaw

FAILED = 11  # the pack does not reach what it must: not an error of the program, but a gate that stays shut
SHOWN = 8  # flaws of a code and failed questions that are listed without --all


def register(commands: Commands) -> None:
    """Declare the commands."""
    check = commands.add_parser(
        "check",
        help="test a pack: its gold questions and its flaws against the thresholds of pack.toml",
        description=f"Exit code 0 where the pack passes, {FAILED} where it does not.",
    )
    check.add_argument("source", type=Path, metavar="SOURCE|FILE.fpack")
    check.add_argument(
        "--questions", type=Path, metavar="FILE", help="ask these (.jsonl or .csv) instead of the pack's own"
    )
    check.add_argument("--draft", action="store_true", help="let the language model write, as on a device (slow)")
    check.add_argument("--strict", action="store_true", help="warnings fail the check too")
    check.add_argument("--all", action="store_true", help=f"list everything, not {SHOWN} of a kind")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.set_defaults(run=_check)
    inspect = commands.add_parser("inspect", help="show what was understood, as text or as one HTML file")
    inspect.add_argument("source", type=Path, metavar="FILE.fpack|SOURCE")
    inspect.add_argument(
        "--html", type=Path, metavar="OUT.html", help="write everything, beside the source's pages, into one file"
    )
    inspect.add_argument("--no-pages", action="store_true", help="leave the pictures of pages out of the HTML file")
    inspect.add_argument("--json", action="store_true", help="print one JSON object")
    inspect.set_defaults(run=_inspect)


@contextlib.contextmanager
def opened(source: Path, *, meaning: bool = True) -> Iterator[tuple[Path, PackFile]]:
    """A pack as it lies, or one that is built from a source for the time of the command.

    Without `meaning` the one that is built has no vectors, which take longest.
    """
    from fieldfare.ingest.contents import PackFile

    if source.suffix == ".fpack":
        if not source.is_file():
            raise UsageError(f"{source} does not exist. Name a .fpack file or a folder of manuals.")
        with PackFile(source) as pack:
            yield source, pack
        return
    from fieldfare import paths
    from fieldfare.ingest.creator import build
    from fieldfare.ingest.sources import read_source

    described = read_source(source)
    with tempfile.TemporaryDirectory(prefix="fieldfare-") as scratch:
        file = Path(scratch) / f"{described.id}-{described.version}.fpack"
        progress = Progress()
        embedder = embedder_of(described, progress) if meaning else None
        build(described, file, embedder, progress, cache=paths.build_cache_dir())
        with PackFile(file) as pack:
            yield file, pack


def _flaws(contents: Contents, pack: PackFile) -> tuple[Flaw, ...]:
    from fieldfare.ingest.lint import lint, ruled_tables

    return lint(contents, ruled_tables(pack.picture), Progress())


# --- check ---


def _check(options: argparse.Namespace) -> int:
    from fieldfare import evaluation
    from fieldfare.ingest.lint import Severity
    from fieldfare.ingest.questions import read_questions
    from fieldfare.ingest.waivers import read_waivers, waive

    with opened(options.source) as (file, pack):
        contents = pack.read()
        wanted = evaluation.thresholds(contents.check)
        waivers = read_waivers(contents.check)
        questions = read_questions(options.questions) if options.questions else contents.questions
        outcomes = _asked(file, questions, draft=options.draft)
        flaws, waived = waive(_flaws(contents, pack), waivers)
    scores = evaluation.scores(outcomes, wanted)
    errors = sum(flaw.severity is Severity.ERROR for flaw in flaws)
    passed = not errors and all(score.passed for score in scores) and not (options.strict and flaws)
    if options.json:
        made = contents.manifest
        print(json.dumps({
            "pack": made.id, "version": made.version, "passed": passed,
            "scores": [{**asdict(score), "share": round(score.share, 4), "passed": score.passed} for score in scores],
            "questions": [evaluation.outcome_object(outcome) for outcome in outcomes],
            "flaws": [asdict(flaw) for flaw in flaws],
            "ignored": [{**asdict(waiver), "count": number} for waiver, number in waived.items()],
        }, ensure_ascii=False, indent=2))  # fmt: skip
        return 0 if passed else FAILED
    limit = sys.maxsize if options.all else SHOWN
    print(f"{contents.manifest.id} {contents.manifest.version}: {clean(contents.manifest.title)}")
    _print_scores(scores, outcomes, limit)
    _print_flaws(flaws, limit)
    for waiver, number in waived.items():
        print(f"ignored: {number} × {waiver.code} ({clean(waiver.reason)})" if number
              else f"ignored: {waiver.code} covers nothing any more; remove it from pack.toml")  # fmt: skip
    low = sum(not score.passed for score in scores)
    print(f"\nThe pack {'passes' if passed else 'does not pass'}: {count(errors, 'error')}, "
          f"{count(len(flaws) - errors, 'warning')}, {count(low, 'figure')} below its threshold.")  # fmt: skip
    return 0 if passed else FAILED


def _asked(file: Path, questions: Sequence[GoldQuestion], *, draft: bool) -> tuple[Outcome, ...]:
    from dataclasses import replace

    from fieldfare import evaluation, settings
    from fieldfare.pack.archive import Archive

    if not questions:
        print("fieldfare: the pack has no gold questions, so nothing says what it can answer. Write some, name them in "
              'pack.toml ([pack] questions = "questions.jsonl") and build it again.', file=sys.stderr)  # fmt: skip
        return ()
    return evaluation.ask_all(Archive(file), questions, replace(settings.load(), draft=draft), Progress(), warn=_warn)


def _warn(sentence: str) -> None:
    print(f"fieldfare: {clean(sentence)}", file=sys.stderr)


def _print_scores(scores: Sequence[Score], outcomes: Sequence[Outcome], limit: int) -> None:
    from fieldfare.evaluation import failure

    if not outcomes:
        return
    print(f"\n{count(len(outcomes), 'question')}, {sum(outcome.right for outcome in outcomes)} answered rightly")
    for score in scores:
        mark = "ok  " if score.passed else "LOW "
        print(f"  {mark} {score.name:<21} {score.good:>4} of {score.total:<4} {score.share:>6.1%}  "
              f"(at least {score.threshold:.0%})  {score.meaning}")  # fmt: skip
    failed = [(outcome, why) for outcome in outcomes if (why := failure(outcome))]
    for outcome, why in failed[:limit]:
        print(output.paragraph(f"{clean(outcome.question.text)} ({clean(outcome.question.id)})", starts="\n  "))
        print(output.paragraph(clean(why), starts="      "))
        given = [one.spot for one in outcome.reply.statements]
        nearest = given or outcome.reply.found
        if nearest:
            text = outcome.reply.text if given else nearest[0].text
            line = f"{clean(nearest[0].line)}: {output.shortened(squeeze(clean(text)), 160)}"
            print(output.paragraph(line, starts="      answered from " if given else "      nearest is "))
    if len(failed) > limit:
        print(f"\n  and {len(failed) - limit} more questions that failed (--all lists them)")


def _print_flaws(flaws: Sequence[Flaw], limit: int) -> None:
    groups: defaultdict[str, list[Flaw]] = defaultdict(list)
    for flaw in flaws:
        groups[flaw.code].append(flaw)
    for code, group in groups.items():
        print(f"\n{group[0].severity} {code} ({len(group)})")
        print(output.paragraph(group[0].advice, starts="  → "))
        for flaw in group[:limit]:
            print(output.paragraph(f"{clean(flaw.where)}: {clean(flaw.text)}", starts="    "))
        if len(group) > limit:
            print(f"    and {len(group) - limit} more (--all lists them)")


# --- inspect ---


def _inspect(options: argparse.Namespace) -> int:
    if options.no_pages and not options.html:
        raise UsageError("--no-pages belongs to --html OUT.html.")
    with opened(options.source) as (file, pack):
        contents = pack.read()
        if options.json:
            print(json.dumps(_overview_object(file, contents), ensure_ascii=False, indent=2))
        elif not options.html:
            _print_overview(file, contents)
        if options.html:
            from fieldfare.ingest.report import write_report

            flaws = _flaws(contents, pack)
            size = write_report(contents, pack, flaws, options.html, Progress(), pages=not options.no_pages)
            print(f"{options.html}: {size / 1e6:.1f} MB, opens in any browser, asks for no network", file=sys.stderr)
    return 0


def _overview_object(file: Path, contents: Contents) -> dict[str, Any]:
    made = contents.manifest
    return {
        "id": made.id, "version": made.version, "title": made.title, "language": made.language, "licence": made.licence,
        "size": file.stat().st_size, "signed": _signature(file).exists(),
        "machines": [asdict(machine) for machine in made.machines],
        "embedder": asdict(made.embedder) if made.embedder else None,
        "documents": [asdict(manual) for manual in contents.manuals],
        "counts": _counts(contents),
        "outline": [{"document": chapter.manual.id, "path": chapter.path, "page": chapter.place.label} for chapter in contents.chapters],
        "remarks": [asdict(remark) for remark in contents.remarks],
        "terms": [asdict(term) for term in contents.terms],
    }  # fmt: skip


def _counts(contents: Contents) -> dict[str, int]:
    kinds = Counter(element.block.kind.value for _, element in contents.elements())
    return {
        "sections": len(contents.chapters), "pages": len(contents.pages), "passages": contents.manifest.passages,
        "steps": kinds["step"], "hazards": kinds["hazard"], "tables": kinds["table"], "figures": kinds["figure"],
        "identifiers": len({mention.key for mention in contents.mentions}), "terms": len(contents.terms),
        "questions": len(contents.questions), "remarks": len(contents.remarks),
    }  # fmt: skip


def _print_overview(file: Path, contents: Contents) -> None:
    made = contents.manifest
    print(f"{clean(made.title)}\n  id {made.id}, version {made.version}, language {made.language}, "
          f"licence {clean(made.licence) or 'not named'}, {file.stat().st_size / 1e6:.1f} MB")  # fmt: skip
    for machine in made.machines:
        print(f"  machine: {clean(str(machine))} {clean(machine.serials)}".rstrip())
    embedder = made.embedder
    print(
        f"  embedder: {f'{embedder.name} {embedder.version}, {embedder.dimension} dimensions' if embedder else 'none'}"
    )
    print(f"  signature: {_signature(file).name if _signature(file).exists() else 'none beside the file'}")
    print(f"  {', '.join(count(number, name.removesuffix('s')) for name, number in _counts(contents).items())}")
    for remark in contents.remarks:
        print(output.paragraph(clean(str(remark)), starts="  "))
    for manual in contents.manuals:
        said = [
            manual.number,
            f"rev. {manual.revision}" if manual.revision else "",
            manual.date,
            manual.language,
            manual.source,
        ]
        superseded = ", superseded" if manual.superseded_by is not None else ""
        print(f"\n{clean(manual.title)} ({clean(', '.join(filter(None, said)))}{superseded})")
        for chapter in contents.chapters:
            if chapter.manual.id == manual.id and chapter.path:
                page = f"  (p. {clean(chapter.place.label)})" if chapter.place.label else ""
                print(f"  {'  ' * (len(chapter.path) - 1)}{clean(chapter.path[-1])}{page}")


def _signature(file: Path) -> Path:
    return file.with_name(file.name + ".minisig")
