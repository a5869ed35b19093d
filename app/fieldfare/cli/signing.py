"""What authors sign with: keys, signatures, deltas."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.cli.arguments import Progress, show_help
from fieldfare.errors import SignatureError, StorageError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from fieldfare.cli.arguments import Commands

_NO_SIGNATURE = (
    "sign it first (fieldfare pack sign), or add --unsigned: devices will take the delta only with --unsigned"
)


def register(commands: Commands) -> None:
    """Declare the commands."""
    sign = commands.add_parser("sign", help="sign packs, so that devices take them")
    sign.add_argument("files", type=Path, nargs="+", metavar="FILE.fpack")
    sign.add_argument("-k", "--key", type=Path, required=True, metavar="NAME.key", help="your secret key")
    _password_arguments(sign)
    sign.set_defaults(run=_sign)

    diff = commands.add_parser("diff", help="make the small file that brings devices from one version to the next")
    diff.add_argument("old", type=Path, metavar="OLD.fpack")
    diff.add_argument("new", type=Path, metavar="NEW.fpack")
    diff.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.fdelta")
    diff.add_argument("--unsigned", action="store_true", help="NEW has no signature")
    diff.set_defaults(run=_diff)

    key = commands.add_parser("key", help="make the keys that packs are signed with")
    key.set_defaults(run=lambda _: show_help(key))
    new = key.add_subparsers(title="commands", metavar="COMMAND").add_parser(
        "new", help="make NAME.key, which stays with you, and NAME.pub, which goes to the devices"
    )
    new.add_argument("name", type=Path, metavar="NAME")
    _password_arguments(new)
    new.add_argument("--no-password", action="store_true", help="leave the secret key open: who has the file can sign")
    new.set_defaults(run=_key_new)


def _password_arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--password-file", type=Path, metavar="FILE", help="read the key's password from a file")
    where.add_argument(
        "--password-env", metavar="NAME", help="read the key's password from a variable of the environment"
    )


def _given_password(options: argparse.Namespace) -> str | None:
    """The password from a file or variable, None where it must be asked."""
    if options.password_env:
        if not (password := os.environ.get(options.password_env)):
            raise UsageError(f"The variable {options.password_env} is not set. Set it to the password of the key.")
        return password
    if options.password_file:
        password = _read(options.password_file).decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
        if not password:
            raise UsageError(f"{options.password_file} holds no password in its first line.")
        return password
    return None


def _ask(prompt: str) -> str:
    if not sys.stdin or not sys.stdin.isatty():
        raise UsageError("The key has a password and there is no terminal to ask for it. Use --password-file FILE.")
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise KeyboardInterrupt from None


def _password(options: argparse.Namespace) -> Callable[[], str]:
    return lambda: _given_password(options) or _ask(f"Password of {options.key.name}: ")


def _new_password(options: argparse.Namespace) -> str:
    if options.no_password:
        return ""
    if given := _given_password(options):
        return given
    if not sys.stdin or not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for a password. Use --password-file FILE, or --no-password.")
    password = _ask("A password for the new key: ")
    if not password:
        raise UsageError("The password is empty. Give one, or make an open key with --no-password.")
    if _ask("Once more: ") != password:
        raise UsageError("The passwords differ. Nothing was written; try again.")
    return password


def _sign(options: argparse.Namespace) -> int:
    from fieldfare import trust
    from fieldfare.pack import signing
    from fieldfare.pack.archive import Archive
    from fieldfare.settings import write_atomically

    claims = []
    for file in options.files:
        if not file.is_file():
            raise UsageError(f"{file} does not exist. Name a .fpack file.")
        archive = Archive(file)
        made = archive.manifest
        archive.close()
        machines = tuple(str(machine) for machine in made.machines)
        claims.append(signing.Claim(id=made.id, version=made.version, sha256=trust.sha256(file), machines=machines))
    secret = signing.read_secret_key(_read(options.key), options.key.name, _password(options))
    for file, claim in zip(options.files, claims, strict=True):
        signature = signing.sign(file, secret, claim)
        beside = file.with_name(file.name + signing.SUFFIX)
        write_atomically(beside, str(signature).encode())
        beside.chmod(0o644)
        print(f"{beside}: {claim.id} {claim.version}, signed with {secret.public}")
        name = f"{claim.id}-{claim.version}.fpack"
        if file.name != name:
            print(f"Publish it as {name} with {name}{signing.SUFFIX}, so that people know it.", file=sys.stderr)
    return 0


def _diff(options: argparse.Namespace) -> int:
    from fieldfare import trust
    from fieldfare.ingest import difference
    from fieldfare.pack import delta, signing
    from fieldfare.pack.archive import Archive
    from fieldfare.pack.manifest import version_key

    made = []
    for file in (options.old, options.new):
        if not file.is_file():
            raise UsageError(f"{file} does not exist. Name a .fpack file.")
        archive = Archive(file)
        made.append(archive.manifest)
        archive.close()
    old, new = made
    if old.id != new.id or version_key(old.version) >= version_key(new.version):
        raise UsageError(
            f"A delta leads from a version of a pack to a newer one of the same id; these are {old.id} {old.version} and "
            f"{new.id} {new.version}."
        )
    digest, signature = trust.sha256(options.new), None
    beside = options.new.with_name(options.new.name + signing.SUFFIX)
    if not options.unsigned:
        if not beside.is_file():
            raise SignatureError(f"{options.new.name} has no signature beside it: {_NO_SIGNATURE}")
        signature = _read(beside)
        if signing.unproved_claim(signing.read_signature(signature, beside.name), beside.name).sha256 != digest:
            raise SignatureError(f"{beside.name} signs another state of {options.new.name}: {_NO_SIGNATURE}")
    header = delta.Delta(
        file=options.output, id=new.id, base=old.version, version=new.version, base_sha256=trust.sha256(options.old),
        sha256=digest, size=options.new.stat().st_size, signature=signature, payload=0,
    )  # fmt: skip
    size = difference.make(options.old, options.new, options.output, header, Progress())
    print(
        f"{options.output}: {new.id} {old.version} to {new.version}, {size / 1e3:.0f} kB, "
        f"{size / header.size:.2%} of the pack"
    )
    return 0


def _key_new(options: argparse.Namespace) -> int:
    from fieldfare.pack import signing
    from fieldfare.settings import write_atomically

    secret_file, public_file = (options.name.with_name(options.name.name + suffix) for suffix in (".key", ".pub"))
    for file in (secret_file, public_file):
        if file.exists():
            raise UsageError(
                f"{file} exists. A lost key cannot be made again, so it is left as it is: choose another name."
            )
    if not secret_file.parent.is_dir():
        raise StorageError(f"The folder {secret_file.parent} does not exist. Make it first.")
    password = _new_password(options)
    secret = signing.new_key()
    write_atomically(secret_file, signing.write_secret_key(secret, password).encode())  # readable by its owner only
    write_atomically(public_file, signing.write_public_key(secret.public).encode())
    public_file.chmod(0o644)
    print(f"{secret_file}: keep it secret and keep a copy; {public_file}: give it to the devices ({secret.public}).")
    print(f"Sign with: fieldfare pack sign FILE.fpack --key {clean(str(secret_file))}", file=sys.stderr)
    return 0


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(1 << 16)
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error.strerror}).") from error
