"""This machine and this program: `doctor` with its proofs, and whose work came with it."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

from fieldfare.catalogue import _, ngettext
from fieldfare.cli.arguments import Progress
from fieldfare.errors import DamageError, UsageError
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.cli.arguments import Commands
    from fieldfare.proof import Proof


def register(commands: Commands) -> None:
    """Declare the commands."""
    doctor = commands.add_parser("doctor", help=_("check this machine, the models, the packs and that it is offline"))
    doctor.add_argument("--json", action="store_true")
    what = doctor.add_mutually_exclusive_group()
    what.add_argument(
        "--offline-proof",
        action="store_true",
        help=_("use the program, try to reach a network, and report what came of it"),
    )
    what.add_argument(
        "--verify", action="store_true", help=_("compare every file of the program with the list it came with")
    )
    what.add_argument("--socket", action="store_true", help=argparse.SUPPRESS)  # what the proof asks of a child
    doctor.set_defaults(run=_doctor)
    licences = commands.add_parser("licences", help=_("whose work came with the program, and under which terms"))
    licences.add_argument("name", nargs="?", metavar="NAME", help=_("show the texts of one of them"))
    licences.add_argument("--json", action="store_true")
    licences.set_defaults(run=_licences)


def _doctor(options: argparse.Namespace) -> int:
    if options.offline_proof:
        return _prove(options)
    if options.verify:
        return _verify(options)
    if options.socket:
        from fieldfare import offline

        print(offline.filters())
        return offline.OPENED if offline.probe() else 0
    from fieldfare.doctor import examine

    findings = examine()
    if options.json:
        rows = [{"check": one.check, "ok": one.ok, "finding": one.finding} for one in findings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        width = max(len(_(one.check)) for one in findings)
        for one in findings:
            print(f"{'ok  ' if one.ok else 'FAIL'}  {_(one.check):<{width}}  {clean(one.finding)}")
    return 0 if all(one.ok for one in findings) else 1


def _prove(options: argparse.Namespace) -> int:
    from fieldfare import proof

    found = proof.run()
    said = found.as_object()
    if options.json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return 0 if found.holds else 1
    text = "\n".join(_lines(found, said))
    print(text)
    print(_("SHA-256 of the lines above: {digest}").format(digest=hashlib.sha256(f"{text}\n".encode()).hexdigest()))
    return 0 if found.holds else 1


def _lines(found: Proof, said: dict[str, Any]) -> Iterator[str]:
    """The report as a person reads it."""
    yield _("Fieldfare: proof that it is offline")
    yield f"{said['program']['version']}, {said['machine']}, {said['system']}, {said['time']}\n"
    names = [_(one.name) for one in found.trials]
    width = max(map(len, names))
    for name, one in zip(names, found.trials, strict=True):
        mark = {True: "ok  ", False: "FAIL", None: "–   "}[one.ok]
        yield f"{mark}  {name:<{width}}  {one.seconds:6.2f} s  {squeeze(one.outcome)}"
    yield ""
    for name, version in said["libraries"].items():
        yield f"{clean(name)} {clean(version)}"
    for one in (*said["packs"], *said["languages"]):
        yield clean(f"{one['sha256']}  {one['id']} {one['version']}  {one.get('signature', '')}".rstrip())
    for name, digest in said["models"].items():
        yield f"{digest}  {clean(name)}"
    yield f"{said['program']['executable']}  {clean(sys.executable)}"
    if said["program"]["sums"]:
        yield f"{said['program']['sums']}  SHA256SUMS"
    yield ""
    if left := sum(one.ok is None for one in found.trials):
        yield ngettext(
            "{count} line marked – could not be tried here.", "{count} lines marked – could not be tried here.", left
        ).format(count=left)
    yield _("Nothing got out.") if found.holds else _("This machine is not closed: see the lines marked FAIL.")


def _verify(options: argparse.Namespace) -> int:
    from fieldfare import inventory

    folder = inventory.program_dir()
    if folder is None:
        raise UsageError(
            _("This program runs from a Python installation, which has no list of its files. Verify a bundle.")
        )
    found = inventory.verify(folder, Progress())
    if options.json:
        rows = {"folder": str(folder), "files": found.files, "sums": found.digest, "sound": found.sound,
                "changed": found.changed, "missing": found.missing, "added": found.added}  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0 if found.sound else DamageError.exit_code
    for said, names in ((_("changed"), found.changed), (_("missing"), found.missing), (_("added"), found.added)):
        for name in names:
            print(f"{said}: {clean(name)}")
    print(inventory.told(found))
    print(f"{found.digest}  {inventory.SUMS}")
    return 0 if found.sound else DamageError.exit_code


def _licences(options: argparse.Namespace) -> int:
    from fieldfare import inventory

    if options.name:
        found = inventory.part(options.name)
        print(f"{clean(found.name)} {clean(found.version)}: {clean(found.licence)}")
        for text in found.texts:
            print(f"\n{text.read_text('utf-8', 'replace').rstrip()}")
        return 0
    parts = inventory.parts()
    if options.json:
        rows = [{"name": one.name, "version": one.version, "licence": one.licence, "texts": [str(text) for text in one.texts]}
                for one in parts]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    width = max(len(one.name) for one in parts)
    for one in parts:
        print(f"{clean(one.name):<{width}}  {clean(one.version):<14}  {clean(one.licence)}")
    return 0
