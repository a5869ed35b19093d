"""The language model, and `doctor`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import settings
from fieldfare.cli.arguments import show_help
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse

    from fieldfare.cli.arguments import Commands


def register(commands: Commands) -> None:
    """Declare the commands."""
    model = commands.add_parser("model", help="show or choose the language model")
    model.set_defaults(run=lambda _: show_help(model))
    models = model.add_subparsers(title="commands", metavar="COMMAND")
    show = models.add_parser("show", help="show a model file and whether it fits this machine")
    show.add_argument("file", type=Path, nargs="?", metavar="FILE.gguf")
    show.set_defaults(run=_model_show)
    use = models.add_parser("use", help="use a GGUF model below 2B parameters; 'embedded' goes back")
    use.add_argument("file", metavar="FILE.gguf")
    use.add_argument("--sha256", default="", metavar="DIGEST", help="the SHA-256 that the file must have")
    use.set_defaults(run=_model_use)

    doctor = commands.add_parser("doctor", help="check this machine, the models, the packs and that it is offline")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def _model_show(options: argparse.Namespace) -> int:
    import psutil

    from fieldfare import llm, paths

    chosen = settings.load()
    file = options.file or (Path(chosen.model) if chosen.model else paths.language_model_file())
    found = llm.inspect(file)
    print(f"{file}\n{found.describe()}")
    llm.check(found, psutil.virtual_memory().available)
    print("It fits this machine.")
    return 0


def _model_use(options: argparse.Namespace) -> int:
    if options.file == "embedded":
        settings.change(model="", model_sha256="")
        print("The embedded language model is used.")
        return 0
    import psutil

    from fieldfare import llm

    file = Path(options.file).absolute()
    if options.sha256:
        llm.verify(file, options.sha256.lower())
    llm.check(llm.inspect(file), psutil.virtual_memory().available)
    settings.change(model=str(file), model_sha256=options.sha256.lower())
    print(f"{file} is used from now on.")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from fieldfare.doctor import examine

    findings = examine()
    if options.json:
        rows = [{"check": one.check, "ok": one.ok, "finding": one.finding} for one in findings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            print(f"{'ok  ' if one.ok else 'FAIL'}  {one.check:<10} {clean(one.finding)}")
    return 0 if all(one.ok for one in findings) else 1
