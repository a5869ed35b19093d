"""Whose packs this device trusts, and who answers for a file: minisign public keys, one `NAME.pub` a signer.

Keys that came with the program are the site's and are never changed here; the user's own lie in the data folder.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare import paths
from fieldfare.catalogue import _
from fieldfare.errors import SignatureError, StorageError, UsageError
from fieldfare.pack import signing
from fieldfare.settings import sync_folder, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from fieldfare.pack.signing import Claim, PublicKey, Signature

UNSIGNED = "unsigned"
SIGNED = "signed by "
RECEIPT = ".sha256"
NAME = re.compile(r"\w[\w .@-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A signer by the name that this device knows it by; `site` keys came with the program."""

    name: str
    key: PublicKey
    site: bool


def trusted_keys() -> tuple[list[TrustedKey], list[str]]:
    """Every trusted key, the site's first, and a sentence for each file that is none."""
    keys, problems = [], []
    folders = {paths.site_keys_dir(): True, paths.site_dir() / "keys": True, paths.trusted_keys_dir(): False}
    for folder, site in folders.items():
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208  (Path.glob hides why it found nothing)
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(_("{folder} cannot be read ({reason}).").format(folder=folder, reason=error.strerror))
            continue
        for file in (folder / name for name in names if name.endswith(".pub")):
            try:
                keys.append(TrustedKey(name=file.stem, key=_read(file), site=site))
            except (SignatureError, StorageError) as error:
                problems.append(str(error))
    return keys, problems


def trust(file: Path, name: str = "") -> TrustedKey:
    """Trust the signer of a .pub file from now on; UsageError where the name is taken or the key known."""
    key = _read(file)
    name = name or file.stem
    if not NAME.fullmatch(name):
        raise UsageError(
            _("{name!r} is no name for a key. Give one of letters, digits, blanks and . - @: --name NAME").format(
                name=name
            )
        )
    for known in trusted_keys()[0]:
        if known.key == key:
            raise UsageError(_("This key is trusted already, as {name}.").format(name=known.name))
        if known.name.casefold() == name.casefold():
            raise UsageError(
                _("Another key is trusted as {name}. Choose another name: --name NAME").format(name=known.name)
            )
    write_atomically(paths.trusted_keys_dir() / f"{name}.pub", signing.write_public_key(key).encode())
    return TrustedKey(name=name, key=key, site=False)


def distrust(name: str) -> None:
    """Trust a signer no longer: its packs are not opened any more. UsageError for a key that is not the user's own."""
    known = {one.name.casefold(): one for one in trusted_keys()[0] if not one.site}
    found = known.get(name.casefold())
    if not found:
        raise UsageError(_("You trust no key of that name: {name}. See: fieldfare pack trust list").format(name=name))
    file = paths.trusted_keys_dir() / f"{found.name}.pub"
    try:
        file.unlink()
        sync_folder(file.parent)
    except OSError as error:
        raise StorageError(
            _("{file} cannot be removed ({reason}).").format(file=file, reason=error.strerror)
        ) from error


def signer_of(signature: Signature, name: str) -> tuple[TrustedKey, Claim]:
    """Who signed, and what of which pack, both proved before the pack is read; SignatureError for an unknown key."""
    candidates = _candidates(signature, name)
    for one in candidates[:-1]:  # ids are random, but anyone may choose one that exists
        try:
            return one, signing.claim_of(signature, one.key, name)
        except SignatureError:
            continue
    return candidates[-1], signing.claim_of(signature, candidates[-1].key, name)


def signer_of_file(file: Path) -> TrustedKey | None:
    """Who signed a file that is no pack, verified; None where no signature lies beside it.

    Its trusted comment may say anything: minisign itself signs such files. SignatureError where the file or its signature
    was changed, or the key is not trusted.
    """
    beside = file.with_name(file.name + signing.SUFFIX)
    if not beside.is_file():
        return None
    signature = read_signature(beside)
    candidates = _candidates(signature, beside.name)
    for one in candidates[:-1]:
        try:
            signing.prove(file, signature, one.key)
        except SignatureError:
            continue
        return one
    signing.prove(file, signature, candidates[-1].key)
    return candidates[-1]


def _candidates(signature: Signature, name: str) -> list[TrustedKey]:
    """The trusted keys with the id of a signature, one at least."""
    if found := [one for one in trusted_keys()[0] if one.key.id == signature.key_id]:
        return found
    raise SignatureError(
        _(
            "{name} was made with the key {from_bytes:X}, which this device does not trust. If you know whose it is, take the key first: the file of it ends in .pub."
        ).format(name=name, from_bytes=int.from_bytes(signature.key_id, "little"))
    )


def vouch(file: Path) -> str:
    """Who answers for a pack that is installed, whatever the language: `signed by NAME`, or `unsigned` where only its receipt does.

    Raises FileNotFoundError where there is none, PackError where the file is not the one that was signed or installed.
    """
    beside = file.with_name(file.name + signing.SUFFIX)
    try:
        if beside.is_file():
            signature = read_signature(beside)
            signer, _comment = signer_of(signature, beside.name)
            signing.verify(file, signature, signer.key)
            return f"{SIGNED}{signer.name}"
        found = sha256(file)
        expected = receipt(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        if not file.is_file():
            raise FileNotFoundError(file) from error
        raise SignatureError(
            _("{name} has no readable signature or receipt. Install it again.").format(name=file.name)
        ) from error
    if found != expected:
        raise SignatureError(
            _("{name} was changed since it was installed and is not used. Install it again.").format(name=file.name)
        )
    return UNSIGNED


def receipt_for(file: Path) -> None:
    """Write the receipt of a pack that nobody signed: the user insisted on it, or set-up built it."""
    write_atomically(receipt(file), f"{sha256(file)}\n".encode())
    receipt(file).chmod(0o644)  # others may use a program that one person set up


def receipt(file: Path) -> Path:
    """Where the receipt of a pack lies."""
    return file.with_name(file.name + RECEIPT)


def sha256(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_signature(file: Path) -> Signature:
    """The signature in a file; SignatureError where it is none, StorageError where it cannot be read."""
    return signing.read_signature(_head(file), file.name)


def _read(file: Path) -> PublicKey:
    return signing.read_public_key(_head(file), file.name)


def _head(file: Path) -> bytes:
    """The file, or enough of a large one to be refused."""
    try:
        with file.open("rb") as stream:
            return stream.read(signing.LARGEST_TEXT + 1)
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error
