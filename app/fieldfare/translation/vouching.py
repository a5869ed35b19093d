"""Who answers for a language package: a digest, a signature, or the list that a site's IT keeps."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare import paths, trust
from fieldfare.catalogue import _
from fieldfare.errors import SignatureError, StorageError, UsageError
from fieldfare.translation.packages import UNVERIFIED

if TYPE_CHECKING:
    from pathlib import Path

LIST = "languages.toml"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A package that is known by its digest: `languages.toml` of the site's IT lists them."""

    source: str
    target: str
    version: str
    size: int
    sha256: str

    def __str__(self) -> str:
        return (
            f'[[packages]]\nfrom = "{self.source}"\nto = "{self.target}"\nversion = "{self.version}"\n'
            f'size = {self.size}\nsha256 = "{self.sha256}"\n'
        )


def read_pins(file: Path) -> tuple[Pin, ...]:
    """The entries of a list of pinned packages; none where there is no such file. Raises UsageError."""
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("packages", [])
        pins = tuple(
            Pin(source=str(one["from"]), target=str(one["to"]), version=str(one["version"]), size=int(one["size"]),
                sha256=str(one["sha256"]).lower())
            for one in entries
        )  # fmt: skip
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            _(
                "{file} is no list of packages ({error!r}). Make its entries with: fieldfare lang pin FILE.argosmodel"
            ).format(file=file, error=error)
        ) from error
    for one in pins:
        if not _DIGEST.fullmatch(one.sha256):
            raise UsageError(
                _("{file}: {sha256!r} is no SHA-256. It has 64 hexadecimal digits.").format(
                    file=file, sha256=one.sha256
                )
            )
    return pins


def vouch(file: Path, sha256: str = "") -> tuple[str, str]:
    """The SHA-256 of a package, and who answers for it: `pinned`, `listed`, `signed by NAME` or `unverified`.

    `sha256` is the digest that the user demands. A digest or signature that is there and does not fit is a SignatureError.
    """
    wanted = sha256.strip().lower()
    if wanted and not _DIGEST.fullmatch(wanted):
        raise UsageError(_("{sha256!r} is no SHA-256. It has 64 hexadecimal digits.").format(sha256=sha256))
    try:
        found = trust.sha256(file)
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error
    if wanted and found != wanted:
        raise SignatureError(
            _(
                "{name} is not the file that was named: its SHA-256 is {found}. Nothing was installed. Copy it again."
            ).format(name=file.name, found=found)
        )
    signer = trust.signer_of_file(file)
    if wanted:
        return found, "pinned"
    if signer:
        return found, f"signed by {signer.name}"
    listed = (*read_pins(paths.bundled_languages_dir() / LIST), *_signed_pins(file))
    return found, "listed" if any(one.sha256 == found for one in listed) else UNVERIFIED


def _signed_pins(file: Path) -> tuple[Pin, ...]:
    """The list beside a package, which counts only under a trusted signature."""
    beside = file.with_name(LIST)
    return read_pins(beside) if beside.is_file() and trust.signer_of_file(beside) else ()
