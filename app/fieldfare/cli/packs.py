"""The packs on this device: install, list, remove, roll back, trust their signers, update from a folder."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from fieldfare import __version__
from fieldfare.catalogue import N_, Number, _, ngettext
from fieldfare.cli.arguments import Progress, show_help
from fieldfare.errors import PackError, StorageError, UsageError, exit_code
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from fieldfare.cli.arguments import Commands
    from fieldfare.domain import InstalledPack

_UNSIGNED = N_("This pack is unsigned: nobody answers for its text, and every answer from it will say so.")


def register(commands: Commands) -> None:
    """Declare the commands of `pack`."""
    install = commands.add_parser("install", help=_("install a pack or a delta on this device"))
    install.add_argument("file", type=Path, metavar="FILE.fpack|FILE.fdelta")
    install.add_argument(
        "--unsigned", action="store_true", help=_("take a pack without a trusted signature; every screen will say so")
    )
    install.set_defaults(run=_install)
    listing = commands.add_parser("list", help=_("list the installed packs"))
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    rollback = commands.add_parser("rollback", help=_("use the version before, or go forward again"))
    rollback.add_argument("id", metavar="ID")
    rollback.set_defaults(run=_rollback)
    remove = commands.add_parser("remove", help=_("remove an installed pack"))
    remove.add_argument("id", metavar="ID")
    remove.set_defaults(run=_remove)
    trust = commands.add_parser("trust", help=_("whose packs this device takes"))
    trust.set_defaults(run=lambda _options: show_help(trust))
    keys = trust.add_subparsers(title=_("commands"), metavar="COMMAND")
    add = keys.add_parser("add", help=_("trust the packs of a signer"))
    add.add_argument("file", type=Path, metavar="KEY.pub")
    add.add_argument("--name", default="", help=_("the name that is shown (default: that of the file)"))
    add.set_defaults(run=_trust_add)
    known = keys.add_parser("list", help=_("list the trusted keys"))
    known.add_argument("--json", action="store_true")
    known.set_defaults(run=_trust_list)
    gone = keys.add_parser("remove", help=_("trust a signer no longer; its packs are not opened any more"))
    gone.add_argument("name", metavar="NAME")
    gone.set_defaults(run=_trust_remove)


def register_update(commands: Commands) -> None:
    """Declare `update`, which stands beside `pack`."""
    update = commands.add_parser("update", help=_("take newer packs from a USB stick or share"))
    update.add_argument("folder", metavar="FOLDER")
    update.add_argument(
        "--all", action="store_true", help=_("also packs for machines that this device does not cover yet")
    )
    update.add_argument("--check", action="store_true", help=_("only say what would be done"))
    update.add_argument("--log", type=Path, metavar="FILE", help=_("append the outcome to a file, as one line of JSON"))
    update.set_defaults(run=_update)


def _install(options: argparse.Namespace) -> int:
    from fieldfare import library, updates
    from fieldfare.pack import delta

    install = updates.install_delta if options.file.suffix == delta.SUFFIX else library.install
    pack = install(options.file, unsigned=options.unsigned, progress=Progress())
    made = pack.manifest
    passages = ngettext("{count} passage", "{count} passages", made.passages).format(count=made.passages)
    hazards = ngettext("{count} warning", "{count} warnings", made.hazards).format(count=made.hazards)
    print(
        _("{pack} is installed: {passages}, {warnings}, {signature}.").format(
            pack=_name(pack), passages=passages, warnings=hazards, signature=clean(pack.voucher)
        )
    )
    if pack.unsigned:
        print(_(_UNSIGNED), file=sys.stderr)
    return 0


def _name(pack: InstalledPack) -> str:
    return f"{clean(pack.manifest.title)} ({pack.manifest.id} {pack.manifest.version})"


def _list(options: argparse.Namespace) -> int:
    from fieldfare import library

    shelf = library.open_shelf()
    shelf.close()
    for problem in shelf.problems:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if options.json:
        rows = [
            {"id": p.manifest.id, "version": p.manifest.version, "title": p.manifest.title, "size": p.size,
             "bundled": p.bundled, "signature": p.signature, "unsigned": p.unsigned, "kept": p.kept,
             "machines": [str(machine) for machine in p.manifest.machines]}
            for p in shelf.packs
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not shelf.packs and not shelf.problems:
        print(_("No pack is installed. Install one: fieldfare pack install FILE.fpack"))
    for pack in () if options.json else shelf.packs:
        kept = ", " + _("{version} is kept").format(version=pack.kept) if pack.kept else ""
        signature = _("UNSIGNED") if pack.unsigned else clean(pack.voucher)
        print(
            f"{pack.manifest.id} {pack.manifest.version}  {clean(pack.manifest.title)}  "
            f"({Number(pack.size / 1e6):.1f} MB, {signature}{kept})"
        )
    return PackError.exit_code if shelf.problems else 0


def _rollback(options: argparse.Namespace) -> int:
    from fieldfare import library

    used, kept = library.rollback(options.id)
    print(
        _("{id} {version} is used now. {older} is kept: the same command brings it back.").format(
            id=options.id, version=used, older=kept
        )
    )
    return 0


def _remove(options: argparse.Namespace) -> int:
    from fieldfare import library

    bundled = library.remove(options.id)
    again = (
        _("Version {version}, which came with the program, is used again.").format(version=bundled) if bundled else ""
    )
    print(f"{_('{id} is removed.').format(id=options.id)} {again}".rstrip())
    return 0


def _trust_add(options: argparse.Namespace) -> int:
    from fieldfare import trust

    added = trust.trust(options.file, options.name)
    print(
        _("Packs signed by {name} are taken from now on. Compare the key with its owner: {key}").format(
            name=clean(added.name), key=added.key
        )
    )
    return 0


def _trust_list(options: argparse.Namespace) -> int:
    from fieldfare import trust

    keys, problems = trust.trusted_keys()
    for problem in problems:
        print(f"fieldfare: {clean(problem)}", file=sys.stderr)
    if options.json:
        rows = [{"name": one.name, "key": str(one.key), "site": one.site} for one in keys]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not keys:
        print(_("No key is trusted. Trust the signer of your packs: fieldfare pack trust add KEY.pub"))
    for one in () if options.json else keys:
        print(f"{one.key}  {clean(one.name)}{'  (' + _('came with the program') + ')' if one.site else ''}")
    return PackError.exit_code if problems else 0


def _trust_remove(options: argparse.Namespace) -> int:
    from fieldfare import trust

    trust.distrust(options.name)
    print(
        _("{name} is trusted no longer: packs signed with that key are not opened any more.").format(
            name=clean(options.name)
        )
    )
    return 0


def _update(options: argparse.Namespace) -> int:
    from fieldfare import updates

    with _Log(options.log, options.folder) as log:
        if not options.folder:  # such as a variable that a script did not set: it would mean where it runs
            raise UsageError(_("No folder is named. Name the folder of the USB stick or share that holds the packs."))
        plan = updates.plan(Path(options.folder), everything=options.all)
        log.add("skipped", plan.skipped)
        for line in plan.skipped:
            print(_("skipped: {line}").format(line=clean(line)), file=sys.stderr)
        if plan.others:
            print(_("To take packs for other machines too, add --all"), file=sys.stderr)
        if options.check:
            for step in plan.steps:
                print(_("would install {step}").format(step=clean(str(step))))
            done: tuple[InstalledPack, ...] = ()
            failed: tuple[str, ...] = ()
        else:
            done, failed = updates.carry_out(plan, Progress())
        log.add("installed", [f"{one.manifest.id} {one.manifest.version}" for one in done])
        log.add("failed", failed)
        for line in failed:
            print(f"fieldfare: {clean(line)}", file=sys.stderr)
        for pack in done:
            said = _("{pack} is installed, {signature}.").format(pack=_name(pack), signature=clean(pack.voucher))
            kept = _("{version} is kept.").format(version=pack.kept) if pack.kept else ""
            print(f"{said} {kept}".rstrip())
        if plan.refused and not plan.steps:
            print(_("Nothing was installed: what was skipped is not trusted here, or damaged."), file=sys.stderr)
        elif not plan.steps:
            folder = clean(options.folder)
            print(_("Nothing in {folder} is newer than what is installed.").format(folder=folder))
        log.code = PackError.exit_code if failed or (plan.refused and not plan.steps) else 0
    return log.code


class _Log:
    """One line of JSON for IT to collect: when, from where, what became of it, and the exit code."""

    def __init__(self, file: Path | None, folder: str) -> None:
        self._file = file
        self._line: dict[str, Any] = {"time": "", "folder": folder, "version": __version__}
        self.code = 0

    def add(self, what: str, said: Iterable[str]) -> None:
        self._line[what] = [clean(one) for one in said]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._file is None:
            return
        if error is not None:
            self.code = exit_code(error)
            self._line["error"] = clean(str(error) or type(error).__name__)
        self._line["exit"] = self.code
        self._line["time"] = datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(self._line, ensure_ascii=False) + "\n")
        except OSError as problem:
            said = _("{file} cannot be written ({reason}).").format(file=self._file, reason=problem.strerror)
            print(f"fieldfare: {said}", file=sys.stderr)
            self.code = self.code or StorageError.exit_code
