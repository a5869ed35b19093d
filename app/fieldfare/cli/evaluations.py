"""`eval`: questions with known answers through the device's assistant, to figures."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import html_page, output, settings
from fieldfare.cli import runs
from fieldfare.errors import StorageError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    from fieldfare.cli.arguments import Commands
    from fieldfare.evaluation import Run
    from fieldfare.evaluation.comparison import Comparison

FAILURES = 10  # failed questions that are listed


def register(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add_parser(
        "eval",
        help="ask questions with known answers and report how right, honest and fast the answers are",
        description="Without SOURCE the gold questions of all installed packs are asked. A run that was stopped goes on "
        "where it was.",
    )
    command.add_argument(
        "source", nargs="*", metavar="SOURCE",
        help="a .fpack file, the id of an installed pack, or a folder with a question set (corpus.jsonl, queries.jsonl, "
        "qrels.tsv, answers.jsonl)",
    )  # fmt: skip
    command.add_argument("--questions", type=Path, metavar="FILE", help="ask these (.jsonl or .csv) instead")
    command.add_argument("--removed", action="store_true", help="ask once more with the manual taken out that answers")
    command.add_argument(
        "--given", action="store_true", help="ask once more with the passage that a set hands over as the only evidence"
    )
    command.add_argument(
        "--history", action="store_true", help="ask follow-up questions once more, with those before them"
    )
    command.add_argument(
        "--draft",
        action=argparse.BooleanOptionalAction,
        help="let the language model write, or quote only (quick), whatever the settings say",
    )
    command.add_argument("--depth", type=int, default=10, metavar="N", help="how many places are ranked (default 10)")
    command.add_argument("--limit", type=int, default=0, metavar="N", help="ask a sample of N questions")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="which sample (default 1)")
    command.add_argument("--json", metavar="FILE", help="write the record of the run (- prints it)")
    command.add_argument("--html", type=Path, metavar="OUT.html", help="write the report as one page")
    command.add_argument("--no-resume", action="store_true", help="ask everything anew")
    command.add_argument(
        "--compare", type=Path, nargs=2, metavar=("A.json", "B.json"), help="compare two records instead of asking"
    )
    command.set_defaults(run=_eval)


def _eval(options: argparse.Namespace) -> int:
    if options.compare:
        return _compare(options)
    for name, least in (("depth", 1), ("limit", 0)):
        if not least <= getattr(options, name) <= 1_000_000:
            raise UsageError(f"--{name} must be at least {least}.")
    if options.html:
        html_page.check_name(options.html)
    if options.json and options.json != "-" and not Path(options.json).absolute().parent.is_dir():
        raise UsageError(f"The folder of {options.json} does not exist. Make it first.")
    chosen = settings.load()
    if options.draft is not None:
        chosen = replace(chosen, draft=options.draft)
    folders = [Path(one) for one in options.source if Path(one).is_dir()]
    if folders and len(options.source) > 1:
        raise UsageError("Name one question set, or packs.")
    run = runs.run_set(folders[0], options, chosen) if folders else runs.run_packs(options, chosen)
    if options.json and options.json != "-":
        settings.write_atomically(Path(options.json), _record(run).encode())
        print(f"{options.json}: compare with another run by fieldfare eval --compare", file=sys.stderr)
    if options.html:
        from fieldfare.evaluation.report import write_report

        size = write_report(run, options.html)
        print(f"{options.html}: {size / 1e3:.0f} kB, opens in any browser, asks for no network", file=sys.stderr)
    if options.json == "-":
        print(_record(run))
    else:
        _print_run(run)
    return 0


def _record(run: Run) -> str:
    return json.dumps(run.as_object(), ensure_ascii=False, indent=1)


# --- what is printed ---


def _print_run(run: Run) -> None:
    from fieldfare.evaluation.judging import failure
    from fieldfare.evaluation.measures import by_kind, measures
    from fieldfare.evaluation.run import ASKED

    about = run.about
    packs = ", ".join(f"{one['id']} {one['version']}" for one in about["packs"])
    model = about["model"]
    drafts = f"{model['name']} {model['weights']}" if model else "quotes only"
    print(f"{clean(about['set']['name'])} over {packs}; {clean(drafts)}")
    for mode, found in run.figures().items():
        counted = found["counts"]
        print(f"\n{mode}: {found['meaning']}")
        print(
            "  "
            + ", ".join(f"{value} {name}" for name, value in counted.items() if value or name in {"questions", "wrong"})
        )
        for one in found["measures"]:
            of = f"{one['good']} of {one['total']}" if one["good"] is not None else f"over {one['total']}"
            print(f"  {one['name']:<21} {one['value']:.3f}  [{one['low']:.3f}, {one['high']:.3f}]  {of:<14} "
                  f"{_meaning(one['name'])}")  # fmt: skip
        for name, values in found["seconds"].items():
            print(f"  {name:<21} " + ", ".join(f"{rank} {_seconds(value)}" for rank, value in values.items()))
    outcomes = run.outcomes[ASKED]
    kinds = by_kind(outcomes)
    if len(kinds) > 1:
        print("\nkinds of questions")
        for kind, group in list(kinds.items())[:12]:
            figures = {one.name: one.value for one in measures(group)}
            line = ", ".join(
                f"{name} {figures[name]:.2f}" for name in ("hit_at_1", "right", "exact") if name in figures
            )
            print(f"  {clean(kind):<21} {len(group):>4}  {line}")
    again = f", {run.resumed} of the answers from an earlier run" if run.resumed else ""
    print(f"\npeak memory {run.memory / 1e6:.0f} MB{again}")
    failed = [(one, why) for one in outcomes if not one.right and (why := failure(one))]
    for one, why in failed[:FAILURES]:
        print(output.paragraph(f"{clean(one.question.text)} ({clean(one.question.id)})", starts="\n  "))
        print(output.paragraph(clean(why), starts="      "))
    if len(failed) > FAILURES:
        print(f"\n  and {len(failed) - FAILURES} more questions that failed (--html lists them)")


def _meaning(name: str) -> str:
    from fieldfare.evaluation.measures import MEANINGS

    return MEANINGS[name]


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _compare(options: argparse.Namespace) -> int:
    from fieldfare.evaluation.comparison import compare, read_record

    first, second = (read_record(file) for file in options.compare)
    found: Comparison = compare(first, second)
    if options.json == "-":
        print(json.dumps(found.as_object(), ensure_ascii=False, indent=1))
        return 0
    if options.json:
        raise StorageError("--compare prints: use --json - for JSON.")
    for line in found.lines():
        print(clean(line))
    return 0
