"""Whose packs this device trusts: minisign public keys, one `NAME.pub` a signer.

Keys that came with the program are the site's and are never changed here; the user's own lie in the data folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import paths
from fieldfare.errors import SignatureError, StorageError, UsageError
from fieldfare.pack import signing
from fieldfare.settings import sync_folder, write_atomically

if TYPE_CHECKING:
    from fieldfare.pack.signing import Claim, PublicKey, Signature

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
    for folder, site in ((paths.site_keys_dir(), True), (paths.trusted_keys_dir(), False)):
        for file in sorted(folder.glob("*.pub")):
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
        raise UsageError(f"{name!r} is no name for a key. Give one of letters, digits, blanks and . - @: --name NAME")
    for known in trusted_keys()[0]:
        if known.key == key:
            raise UsageError(f"This key is trusted already, as {known.name}.")
        if known.name.casefold() == name.casefold():
            raise UsageError(f"Another key is trusted as {known.name}. Choose another name: --name NAME")
    write_atomically(paths.trusted_keys_dir() / f"{name}.pub", signing.write_public_key(key).encode())
    return TrustedKey(name=name, key=key, site=False)


def distrust(name: str) -> None:
    """Trust a signer no longer: its packs are not opened any more. UsageError for a key that is not the user's own."""
    known = {one.name.casefold(): one for one in trusted_keys()[0] if not one.site}
    found = known.get(name.casefold())
    if not found:
        raise UsageError(f"You trust no key of that name: {name}. See: fieldfare pack trust list")
    file = paths.trusted_keys_dir() / f"{found.name}.pub"
    try:
        file.unlink()
        sync_folder(file.parent)
    except OSError as error:
        raise StorageError(f"{file} cannot be removed ({error.strerror}).") from error


def signer_of(signature: Signature, name: str) -> tuple[TrustedKey, Claim]:
    """Who signed, and what of which pack, both proved before the pack is read; SignatureError for an unknown key."""
    candidates = [one for one in trusted_keys()[0] if one.key.id == signature.key_id]
    for one in candidates[:-1]:  # ids are random, but anyone may choose one that exists
        try:
            return one, signing.claim_of(signature, one.key, name)
        except SignatureError:
            continue
    if candidates:
        return candidates[-1], signing.claim_of(signature, candidates[-1].key, name)
    raise SignatureError(
        f"{name} was made with the key {int.from_bytes(signature.key_id, 'little'):016X}, which this device does not "
        "trust. If you know whose it is: fieldfare pack trust add KEY.pub"
    )


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
        raise StorageError(f"{file} cannot be read ({error.strerror}).") from error
