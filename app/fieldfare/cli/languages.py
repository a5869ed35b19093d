"""The language packages on this device: install, list, remove, try out; and the list that IT pins them in."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import settings
from fieldfare.catalogue import N_, _
from fieldfare.cli.arguments import Progress, show_help
from fieldfare.errors import FieldfareError, ModelError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from fieldfare.cli.arguments import Commands
    from fieldfare.translation.packages import Package

_UNVERIFIED = N_("Nobody vouches for this package: a translation model that was tampered with can say what it likes.")
_SPLIT = "-_>→"  # what may stand between the languages of a pair


def register(commands: Commands) -> None:
    """Declare the commands of `lang`."""
    lang = commands.add_parser("lang", help=_("install, list, remove and try the packages that translate"))
    lang.set_defaults(run=lambda _options: show_help(lang))
    languages = lang.add_subparsers(title=_("commands"), metavar="COMMAND")
    install = languages.add_parser("install", help=_("install a language package, or all of a folder or stick"))
    install.add_argument("place", type=Path, metavar="FILE.argosmodel|FOLDER")
    install.add_argument("--sha256", default="", metavar="DIGEST", help=_("the SHA-256 that the file must have"))
    install.add_argument("--unverified", action="store_true", help=_("take a package that nobody vouches for"))
    install.set_defaults(run=_install)
    listing = languages.add_parser("list", help=_("list the installed language packages"))
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    remove = languages.add_parser("remove", help=_("remove an installed language package"))
    remove.add_argument("pair", metavar="PAIR", help=_("such as en-de"))
    remove.set_defaults(run=_remove)
    test = languages.add_parser(
        "test",
        help=_("translate a text with the installed packages, or check that all of them work"),
        description=_("What is printed is what the model says, unchecked: numbers and warnings in it may be wrong."),
    )
    test.add_argument("pair", metavar="PAIR", nargs="?", help=_("such as es-de; over a third language where needed"))
    test.add_argument("text", metavar="TEXT", nargs="*")
    test.add_argument("--json", action="store_true")
    test.set_defaults(run=_test)
    pin = languages.add_parser("pin", help=_("print the entries of a languages.toml for packages that you answer for"))
    pin.add_argument("files", type=Path, nargs="+", metavar="FILE.argosmodel")
    pin.set_defaults(run=_pin)


def _install(options: argparse.Namespace) -> int:
    from fieldfare.translation import installation
    from fieldfare.translation.packages import UNVERIFIED

    files = installation.files_of(options.place)
    if options.sha256 and len(files) > 1:
        raise UsageError(
            _("{place} holds {count} packages and --sha256 fits one file. Name the file.").format(
                place=options.place, count=len(files)
            )
        )
    failed = []
    for file in files:
        try:
            package = installation.install(
                file, sha256=options.sha256, unverified=options.unverified, progress=Progress()
            )
        except FieldfareError as error:
            if len(files) == 1:
                raise
            failed.append(error)
            print(f"fieldfare: {clean(str(error))}", file=sys.stderr)
            continue
        print(
            _("{package} {version} is installed ({size}, {vouched}).").format(
                package=package, version=package.version, size=_size(package), vouched=clean(package.voucher)
            )
        )
        if package.vouched == UNVERIFIED:
            print(_(_UNVERIFIED), file=sys.stderr)
    return failed[0].exit_code if failed else 0


def _list(options: argparse.Namespace) -> int:
    from fieldfare.translation.installation import describe
    from fieldfare.translation.packages import installed

    packages, problems = installed()
    for problem in problems:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if options.json:
        print(json.dumps([describe(one) for one in packages], ensure_ascii=False, indent=2))
    elif not packages:
        print(_("No language package is installed. Install one: fieldfare lang install FILE.argosmodel"))
    for one in () if options.json else packages:
        came = ", " + _("came with the program") if one.bundled else ""
        names = f"{clean(one.source_name)} → {clean(one.target_name)}"
        print(f"{one}  {names}  {one.version}  ({_size(one)}, {clean(one.voucher)}{came})")
    return ModelError.exit_code if problems else 0


def _remove(options: argparse.Namespace) -> int:
    from fieldfare.translation import installation

    source, target = _pair(options.pair)
    theirs = installation.remove(source, target)
    again = _("The one that came with the program is used again.") if theirs else ""
    print(f"{_('{source} → {target} is removed.').format(source=source, target=target)} {again}".rstrip())
    return 0


def _test(options: argparse.Namespace) -> int:
    from fieldfare.translation.packages import installed

    packages, problems = installed()
    for problem in problems:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if not packages:
        raise UsageError(_("No language package is installed. Install one: fieldfare lang install FILE.argosmodel"))
    if options.pair is None:
        return _test_all(packages, as_json=options.json) or (ModelError.exit_code if problems else 0)
    source, target = _pair(options.pair)
    texts = options.text or ([] if sys.stdin.isatty() else [line.rstrip("\n") for line in sys.stdin])
    if not any(one.strip() for one in texts):
        raise UsageError(
            _('There is nothing to translate. Name a text: fieldfare lang test {pair} "…"').format(pair=options.pair)
        )
    return _translate(packages, source, target, texts, as_json=options.json)


def _translate(packages: Sequence[Package], source: str, target: str, texts: Sequence[str], *, as_json: bool) -> int:
    from fieldfare.text import sentences
    from fieldfare.translation.engine import Engine
    from fieldfare.translation.packages import find_route, missing

    if source != target and find_route(packages, source, target) is None:
        sentence = missing(packages, source, target)
        raise UsageError(f"{sentence} {_('Install one: fieldfare lang install FILE.argosmodel')}")
    engine = Engine(packages, threads=settings.read()[0].threads)
    route = engine.route(source, target)
    if not route.direct:
        print(
            _("There is no package for {source} → {target}: the way is {route}.").format(
                source=source, target=target, route=route
            ),
            file=sys.stderr,
        )
    for text in texts:
        began, first = time.monotonic(), 0.0
        spans = sentences(text)
        said = []
        for hypotheses in engine.translate([text[a:b] for a, b in spans], source, target):
            said.append(hypotheses[0].text if hypotheses else "")
            first = first or time.monotonic() - began
        whole = _rebuilt(text, spans, said)
        if as_json:
            seconds = {"first": round(first, 3), "all": round(time.monotonic() - began, 3)}
            print(
                json.dumps(
                    {"route": str(route), "text": text, "translation": whole, "seconds": seconds}, ensure_ascii=False
                )
            )
        else:
            print(clean(whole))
    return 0


def _rebuilt(text: str, spans: Sequence[tuple[int, int]], said: Sequence[str]) -> str:
    """The text with other sentences and its own white space."""
    made, at = [], 0
    for (start, end), one in zip(spans, said, strict=True):
        made += [text[at:start], one]
        at = end
    return "".join([*made, text[at:]])


def _test_all(packages: Sequence[Package], *, as_json: bool) -> int:
    from fieldfare.translation.engine import Engine

    rows, failed = [], 0
    for package in packages:
        engine = Engine([package], threads=settings.read()[0].threads)
        began, problem = time.monotonic(), ""
        try:
            list(engine.translate(["1"], *package.pair))
        except ModelError as error:
            problem, failed = str(error), ModelError.exit_code
        seconds = time.monotonic() - began
        rows.append(
            {
                "from": package.source,
                "to": package.target,
                "ok": not problem,
                "seconds": round(seconds, 3),
                "problem": problem,
            }
        )
        if not as_json:
            said = clean(problem) or _("first sentence after {seconds:.2f} s").format(seconds=seconds)
            print(f"{'FAIL' if problem else 'ok  '}  {package}  {said}")
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    return failed


def _pin(options: argparse.Namespace) -> int:
    from fieldfare.translation import installation

    for file in options.files:
        if not file.is_file():
            raise UsageError(_("{file} does not exist. Name a .argosmodel file.").format(file=file))
        print(installation.pin(file))
    return 0


def _pair(text: str) -> tuple[str, str]:
    """The two languages of a pair as people write them: en-de, en_de, en>de; the first one without a region."""
    for mark in _SPLIT:
        source, found, target = text.replace(" ", "").partition(mark)
        if found and source and target:
            return source.lower(), target.lower() if len(target) < 4 else target
    raise UsageError(_("{text!r} names no two languages. Write a pair such as en-de.").format(text=text))


def _size(package: Package) -> str:
    return f"{package.size / 1e6:.1f} MB"
