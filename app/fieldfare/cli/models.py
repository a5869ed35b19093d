"""The language model: show, choose, compare."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import paths, settings
from fieldfare.catalogue import _
from fieldfare.cli.arguments import Progress, show_help
from fieldfare.errors import ModelError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fieldfare.cli.arguments import Commands
    from fieldfare.evaluation.models import Trial


def register(commands: Commands) -> None:
    """Declare the commands."""
    model = commands.add_parser("model", help=_("show or choose the language model"))
    model.set_defaults(run=lambda _options: show_help(model))
    models = model.add_subparsers(title=_("commands"), metavar="COMMAND")
    show = models.add_parser("show", help=_("show a model file and whether it fits this machine"))
    show.add_argument("file", type=Path, nargs="?", metavar="FILE.gguf")
    show.set_defaults(run=_model_show)
    use = models.add_parser(
        "use",
        help=_("let a model write answers under the lock, or none"),
        description=_("'embedded' is the model that is installed, 'none' (the default) answers with quotes only."),
    )
    use.add_argument("file", metavar="FILE.gguf|embedded|none", help=_("a GGUF model below 2B parameters"))
    use.add_argument("--sha256", default="", metavar="DIGEST", help=_("the SHA-256 that the file must have"))
    use.set_defaults(run=_model_use)

    bench = models.add_parser(
        "bench",
        help=_("compare models on this machine and on the gold questions of the installed packs"),
        description=_("Without a file the embedded model is tried. Quotes only are always tried beside the models."),
    )
    bench.add_argument("files", type=Path, nargs="*", metavar="MODEL.gguf")
    bench.add_argument(
        "--limit", type=int, default=60, metavar="N", help=_("ask a sample of N questions (default 60, 0: all)")
    )
    bench.add_argument("--seed", type=int, default=1, metavar="N", help=_("which sample (default 1)"))
    bench.add_argument("--no-resume", action="store_true", help=_("ask everything anew"))
    bench.add_argument("--json", action="store_true", help=_("print one JSON object"))
    bench.set_defaults(run=_model_bench)


def _model_show(options: argparse.Namespace) -> int:
    from fieldfare import llm
    from fieldfare.capacity import free_memory

    chosen = settings.read()[0]
    file = options.file or (Path(chosen.model) if chosen.model else paths.language_model_file())
    found = llm.inspect(file)
    print(f"{file}\n{found.describe()}")
    llm.check(found, free_memory())
    print(_("It fits this machine."))
    return 0


def _model_use(options: argparse.Namespace) -> int:
    if options.file == "none":
        settings.change(model="", model_sha256="", draft=False)
        print(_("Answers are quotes from now on."))
        return 0
    from fieldfare import llm
    from fieldfare.capacity import free_memory

    embedded = options.file == "embedded"
    file = paths.language_model_file() if embedded else Path(options.file).absolute()
    if embedded and not file.is_file():
        raise ModelError(_("No language model came with this program: answers are quotes. Name a .gguf file of yours."))
    if options.sha256:
        llm.verify(file, options.sha256.lower())
    llm.check(llm.inspect(file), free_memory())
    settings.change(
        model="" if embedded else str(file), model_sha256="" if embedded else options.sha256.lower(), draft=True
    )
    print(
        _("The embedded language model writes answers from now on.")
        if embedded
        else _("{file} writes answers from now on.").format(file=file)
    )
    return 0


def _model_bench(options: argparse.Namespace) -> int:
    from fieldfare import library
    from fieldfare.evaluation import gold_cases, machine, sample
    from fieldfare.evaluation.journal import Journal, digest_of, run_key
    from fieldfare.evaluation.models import QUOTES, recommend, try_model

    chosen = settings.load()
    files: list[Path] = options.files or [Path(chosen.model) if chosen.model else paths.language_model_file()]
    for file in files:
        if not file.is_file():
            raise UsageError(_("{file} does not exist. Name a .gguf file.").format(file=file))
    if options.limit < 0:
        raise UsageError(_("--limit must be 0 (all) or more."))
    shelf = library.open_shelf()
    packs = [(one.path, one.manifest, one.questions()) for one in shelf.archives]
    shelf.close()
    packs = [one for one in packs if one[2]]
    if not packs:
        raise UsageError(
            _("No installed pack has gold questions. Install one that has: fieldfare pack install FILE.fpack")
        )
    cases = sample(
        [case for _path, made, asked in packs for case in gold_cases(asked, made.id)], options.limit, options.seed
    )
    described = [{"id": made.id, "version": made.version, "digest": made.digest, "sha256": machine.digest(path)}
                 for path, made, _asked in packs]  # fmt: skip
    about: dict[str, Any] = {"machine": machine.described(), "packs": described, "reader": machine.reader(), "questions": len(cases), "threads": chosen.threads,
             "sample": {"limit": options.limit, "seed": options.seed}}  # fmt: skip
    key = run_key(
        "model bench", described, machine.reader(), digest_of([asdict(case) for case in cases]), chosen.threads
    )
    with Journal(paths.evaluations_dir(), key, resume=not options.no_resume) as journal:
        try:
            trials = [try_model(file, [path for path, *_ in packs], cases, chosen, Progress(), journal=journal)
                      for file in (*files, None)]  # fmt: skip
        except KeyboardInterrupt:
            print(f"\nfieldfare: {len(journal)} answers are kept. The same command goes on from here.", file=sys.stderr)
            raise
    best, reason = recommend(trials)
    if options.json:
        print(json.dumps({**about, "trials": [one.as_object() for one in trials], "recommended": best.file or QUOTES,
                          "reason": reason}, ensure_ascii=False, indent=1))  # fmt: skip
        return 0
    print(
        f"{len(cases)} questions of {', '.join(made.id for _path, made, _asked in packs)} on {about['machine']['processor']}\n"
    )
    for line in _trial_lines(trials):
        print(clean(line))
    print(f"\nBest here: {clean(reason)}")
    if best.file:
        print(
            _("Use it: fieldfare model use {file} --sha256 {sha256}").format(
                file=shlex.quote(best.file), sha256=best.sha256
            )
        )
    elif chosen.draft:
        print(_("Answer with quotes only: fieldfare model use none"))
    return 0


def _trial_lines(trials: Sequence[Trial]) -> Iterator[str]:
    """A table; times are medians in seconds, with nine of ten answers in brackets."""
    width = max(len(one.label) for one in trials)
    yield (f"{'':{width}}  {'MB':>5} {'load s':>6} {'read/s':>6} {'write/s':>7} {'mem MB':>6} {'right':>5} {'wrong':>5} "
           f"{'refused':>7} {'drafted':>7} {'first s':>7}  whole s")  # fmt: skip
    for one in trials:
        counted, speed = one.counts, one.speed
        engine = (
            f"{one.size / 1e6:>5.0f} {speed.loading:>6.1f} {speed.reading:>6.0f} {speed.writing:>7.1f} {speed.memory / 1e6:>6.0f}"
            if speed
            else f"{'–':>5} {'–':>6} {'–':>6} {'–':>7} {'–':>6}"
        )
        drafted = sum(outcome.reply.verdict == "grounded" for outcome in one.outcomes)
        whole = f"{one.seconds('whole answer', 'p50'):.2f} ({one.seconds('whole answer', 'p90'):.2f})"
        yield (f"{one.label:{width}}  {engine} {counted['right']:>5} {counted['wrong']:>5} {counted['refused']:>7} {drafted:>7} "
               f"{one.seconds('first statement', 'p50'):>7.2f}  {whole}")  # fmt: skip
