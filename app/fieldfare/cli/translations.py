"""`pack translate`: what translators work on, their work taken back, and how far a pack is in each language."""

from __future__ import annotations

import contextlib
import datetime
import json
import shlex
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import output
from fieldfare.cli.arguments import Progress
from fieldfare.cli.checks import FAILED, opened
from fieldfare.errors import UsageError
from fieldfare.text import clean, primary, squeeze

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from fieldfare.cli.arguments import Commands
    from fieldfare.ingest.pretranslation import Machine, Review
    from fieldfare.ingest.units import Unit
    from fieldfare.pack.archive import Archive

_SHOWN = 12  # translations of a kind that are listed without --all
_SAVED = 64  # units after which the file is written, so that a power cut costs little
_FORMATS = (".xliff", ".xlf", ".tmx")


def register(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add_parser(
        "translate",
        help="write a pack's texts into a file for translators, take it back, or show what is translated",
        description="Without --import and --coverage it writes a file for review: approved translations first, then similar "
        "ones, then those of the installed machine; warnings stand first. A file that is there is continued.",
    )
    command.add_argument("source", type=Path, metavar="FOLDER", help="the folder of the pack.toml")
    command.add_argument("--to", default="", metavar="CODE", help="the language, such as de")
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="the file for review, .xliff or .tmx (translations/CODE.xliff)"
    )
    command.add_argument(
        "--no-machine", action="store_true", help="propose nothing but approved and similar translations"
    )
    command.add_argument(
        "--import", dest="back", type=Path, metavar="FILE", help="take a reviewed .xliff or .tmx file back"
    )
    command.add_argument(
        "--approve",
        action="store_true",
        help="with --import: what is translated counts as approved, not what needs review",
    )
    command.add_argument("--by", default="", metavar="NAME", help="with --import: who approved it")
    command.add_argument("--coverage", action="store_true", help="show what is approved in each language")
    command.add_argument("--all", action="store_true", help=f"list everything, not {_SHOWN} of a kind")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=_translate)


def _translate(options: argparse.Namespace) -> int:
    folder = options.source.parent if options.source.name == "pack.toml" else options.source
    if not (folder / "pack.toml").is_file():
        raise UsageError(
            f"{folder} has no pack.toml, where translations are named. Make one: fieldfare pack new {shlex.quote(str(folder))}"
        )
    options.source = folder
    options.to = options.to.strip().lower()
    if options.coverage:
        return _coverage(options)
    if not options.to:
        raise UsageError("Say into which language: --to de")
    if options.back:
        return _import(options)
    if options.approve or options.by:
        raise UsageError("--approve and --by belong to --import FILE.")
    return _export(options)


def _read(file: Path, source_language: str) -> tuple[Unit, ...]:
    from fieldfare.ingest.tmx import read_tmx
    from fieldfare.ingest.xliff import read_xliff

    if file.suffix.lower() not in _FORMATS:
        raise UsageError(f"{file.name} is neither an .xliff nor a .tmx file. Name one of those.")
    if not file.is_file():
        raise UsageError(f"{file} does not exist. Name the reviewed .xliff or .tmx file.")
    return read_tmx(file, source_language) if file.suffix.lower() == ".tmx" else read_xliff(file)


# --- the file for review ---


def _export(options: argparse.Namespace) -> int:
    from fieldfare.ingest.pretranslation import pretranslate, states
    from fieldfare.ingest.segments import segments
    from fieldfare.ingest.units import State
    from fieldfare.pack.archive import Archive
    from fieldfare.translation.memory import Memory

    out: Path = options.out or options.source / "translations" / f"{options.to}.xliff"
    if out.suffix.lower() not in _FORMATS:
        raise UsageError(f"{out.name}: the file for review is an .xliff or a .tmx file.")
    if options.out and not out.absolute().parent.is_dir():
        raise UsageError(f"The folder {out.parent} does not exist. Make it first.")
    with opened(options.source, meaning=False) as (file, pack), contextlib.closing(Archive(file)) as archive:
        contents = pack.read()
        language = contents.manifest.language
        _refuse_own(options.to, language)
        known = _read(out, language) if out.exists() else ()
        _refuse_other(out, known, options.to)
        wanted = segments(contents)
        search = Memory([archive]).of(language, options.to, pack=archive.manifest.id)
        machine = None if options.no_machine else _machine(archive, language, options.to)
        original = f"{contents.manifest.id} {contents.manifest.version}"
        made: list[Unit] = []
        progress = Progress()

        def rest() -> list[Unit]:
            """What the file still says of texts that were not reached, so that nothing is lost when it is written early."""
            return list(pretranslate(wanted[len(made) :], (language, options.to), lambda _: None, None, known))

        try:
            for unit in pretranslate(
                wanted, (language, options.to), lambda one: search.find(one.text) if search else None, machine, known
            ):
                made.append(unit)
                progress("translating", min(len(made), len(wanted)), len(wanted))
                if machine is not None and len(made) % _SAVED == 0:
                    _write(out, [*made, *rest()], language, options.to, original)
        except KeyboardInterrupt:
            _write(out, [*made, *rest()], language, options.to, original)
            print(f"\n{out}: {len(made)} of {len(wanted)} texts. The same command goes on from there.")
            raise
        _write(out, made, language, options.to, original)
    counts = states(made)
    origins = Counter(unit.origin.partition(" ")[0] for unit in made if unit.state is State.REVIEW)
    said = {
        "texts": len(made), "approved": counts[State.APPROVED], "translated": counts[State.TRANSLATED],
        "similar": origins["similar"], "machine": origins["machine"], "new": counts[State.NEW],
    }  # fmt: skip
    if options.json:
        print(json.dumps({"file": str(out), "language": options.to, **said}, ensure_ascii=False, indent=2))
        return 0
    print(f"{out}: {said['texts']} texts, {said['approved']} approved, {said['translated']} translated; to review: "
          f"{said['similar']} similar, {said['machine']} by machine; {said['new']} without a translation")  # fmt: skip
    if machine is None and not options.no_machine:
        print(f"No machine translates {language} into {options.to} here. To install one: fieldfare lang install FILE")
    print(f"When it is reviewed: fieldfare pack translate {shlex.quote(str(options.source))} --to {options.to} "
          f"--import {shlex.quote(str(out))}")  # fmt: skip
    return 0


def _write(out: Path, units: Sequence[Unit], source: str, target: str, original: str) -> None:
    from fieldfare.ingest.description import write_text
    from fieldfare.ingest.tmx import write_tmx
    from fieldfare.ingest.xliff import write_xliff

    made = write_tmx(units, source) if out.suffix.lower() == ".tmx" else write_xliff(units, source, target, original)
    out.parent.mkdir(exist_ok=True)
    write_text(out, made.decode())


def _refuse_own(target: str, language: str) -> None:
    if target == primary(language):
        raise UsageError(f"The pack is in {language} already. Name another language: --to …")


def _refuse_other(file: Path, units: Sequence[Unit], target: str) -> None:
    others = sorted({unit.target_language for unit in units} - {target})
    if others:
        raise UsageError(f"{file} is for {', '.join(others)}, not for {target}. Name another file.")


def _machine(archive: Archive, source: str, target: str) -> Machine | None:
    """The installed packages from one language to another, with the terms of a pack and the guard; None where none lead there."""
    from fieldfare import paths, settings
    from fieldfare.domain.translation import Outcome, Rendering
    from fieldfare.ingest.pretranslation import Suggestion
    from fieldfare.translation import packages
    from fieldfare.translation.cache import Cache
    from fieldfare.translation.engine import Engine
    from fieldfare.translation.terminology import Terminology
    from fieldfare.translation.translator import Translator

    found, _ = packages.installed()
    if packages.find_route(found, source, target) is None:
        return None
    translator = Translator(
        Engine(found, threads=settings.load().threads),
        terminology=Terminology([archive]),
        cache=Cache(paths.translations_dir()),
        protected=archive.protected_words(),
    )

    def suggested(said: Rendering) -> Suggestion:
        left = [one for one in said.sentences if one.outcome is Outcome.ORIGINAL]
        reason = "; ".join(dict.fromkeys(one.reason for one in left))
        if len(left) == len([one for one in said.sentences if one.outcome is not Outcome.KEPT]):
            return Suggestion(reason=reason)
        return Suggestion(text=said.text, reason=f"Not wholly translated: {reason}" if reason else "")

    def suggest(texts: Sequence[str]) -> list[Suggestion]:
        made = dict(
            translator.translate(texts, source, target, pack=archive.manifest.id, pack_digest=archive.manifest.digest)
        )
        return [suggested(made[index]) for index in range(len(texts))]

    return suggest


# --- the way back ---


def _import(options: argparse.Namespace) -> int:
    from fieldfare.ingest.description import name_translations
    from fieldfare.ingest.pretranslation import merge, review
    from fieldfare.ingest.sources import read_source
    from fieldfare.ingest.tmx import read_tmx
    from fieldfare.ingest.units import State

    language = read_source(options.source).language
    if not language:  # found out from the text
        with opened(options.source, meaning=False) as (_, pack):
            language = pack.read().manifest.language
    _refuse_own(options.to, language)
    units = [unit for unit in _read(options.back, language) if unit.target_language == options.to]
    if not units:
        raise UsageError(
            f"{options.back} holds nothing from {language} into {options.to}. Name the language that it is in: --to CODE"
        )
    least = State.TRANSLATED if options.approve else State.APPROVED
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    judged = review(units, least=least, by=options.by, on=today)
    memory = options.source / "translations" / f"{options.to}.tmx"
    before = read_tmx(memory, language) if memory.exists() else ()
    known = {(squeeze(unit.source), unit.target) for unit in before}  # nobody has to look again at what stays as it is
    doubted = tuple(one for one in judged.doubted if (squeeze(one[0].source), one[0].target) not in known)
    judged = replace(judged, doubted=doubted)
    merged = merge(before, judged.taken)
    if merged.replaced:  # what was approved before stays beside
        old = memory.with_suffix(".tmx.bak")
        old.write_bytes(memory.read_bytes())
    if merged.added or merged.replaced:
        _write(memory, merged.units, language, options.to, "")
    if memory.exists():
        name_translations(options.source / "pack.toml", memory.relative_to(options.source).as_posix())
    if options.json:
        print(json.dumps(_review_object(judged, merged.added, len(merged.replaced)), ensure_ascii=False, indent=2))
    else:
        _tell(judged, options)
        print(f"{memory}: {merged.added} new, {len(merged.replaced)} changed, {len(merged.units)} in all; "
              f"{judged.open} not approved yet")  # fmt: skip
        if merged.replaced:
            print(f"What was approved before stands in {old}.")
    return FAILED if judged.refused else 0


def _tell(judged: Review, options: argparse.Namespace) -> None:
    for title, entries in (("refused", judged.refused), ("taken, but look again", judged.doubted)):
        if entries:
            print(f"{title}: {len(entries)}")
        for unit, reason in entries if options.all else entries[:_SHOWN]:
            print(output.paragraph(clean(reason), starts="  "))
            print(output.paragraph(clean(unit.source), starts="    from "))
            print(output.paragraph(clean(unit.target), starts="      to "))
        if len(entries) > _SHOWN and not options.all:
            print(f"  and {len(entries) - _SHOWN} more (--all lists them)")


def _review_object(judged: Review, added: int, changed: int) -> dict[str, Any]:
    def listed(entries: Sequence[tuple[Unit, str]]) -> list[dict[str, str]]:
        return [{"source": unit.source, "target": unit.target, "reason": reason} for unit, reason in entries]

    return {
        "taken": len(judged.taken), "new": added, "changed": changed, "open": judged.open,
        "refused": listed(judged.refused), "doubted": listed(judged.doubted),
    }  # fmt: skip


# --- coverage ---


def _coverage(options: argparse.Namespace) -> int:
    from fieldfare.ingest.coverage import coverage
    from fieldfare.pack.archive import Archive

    with opened(options.source, meaning=False) as (file, pack), contextlib.closing(Archive(file)) as archive:
        found = coverage(pack.read(), archive, [options.to] if options.to else [])
    if options.json:
        print(json.dumps([one.as_object() for one in found], ensure_ascii=False, indent=2))
        return 0
    if not found:
        raise UsageError("The pack has no translations and names no languages. Begin with: --to CODE")
    for one in found:
        print(f"{one.language}: " + ", ".join(f"{share} {kind}" for kind, share in one.counts.items()))
    return 0
