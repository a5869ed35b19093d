"""What this device holds and who answers for it: packs, language packages, trusted keys; going back, and giving up.

The screen's way to the library; the command line calls the same functions below. Whatever is changed is whole or not at
all, also where it is stopped or the power goes. What comes from outside is in `offered`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fieldfare import library, paths, trust
from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, UsageError
from fieldfare.pack import comparison, signing
from fieldfare.pack.comparison import Change, Comparison
from fieldfare.translation import installation, packages
from fieldfare.translation.engine import Engine
from fieldfare.translation.memory import Memory, translatable
from fieldfare.translation.packages import Package
from fieldfare.trust import TrustedKey

__all__ = [
    "KEY", "Change", "Comparison", "Coverage", "Done", "Held", "Package", "Stock", "StoppedError", "TrustedKey", "compare",
    "coverage", "distrust", "remove", "remove_language", "roll_back", "stock", "tell", "translate",
]  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from threading import Event

    from fieldfare.domain import InstalledPack
    from fieldfare.library import Progress
    from fieldfare.pack.archive import Archive
    from fieldfare.translation.memory import Search

KEY = ".pub"
"""The ending of the file of a key."""


class StoppedError(FieldfareError):
    """The user stopped what was going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An installed pack with what its file says beside its manifest; `since` is when it came here, in seconds of the epoch.

    `dated` is the newest date that a manual of it bears, as printed; `trusted_since` when its signer's key was taken, 0
    where that came with the program or nobody signed.
    """

    pack: InstalledPack
    languages: tuple[str, ...]
    documents: tuple[str, ...]
    dated: str
    since: float
    trusted_since: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Everything that is installed, and a sentence for each thing that cannot be used."""

    packs: tuple[Held, ...]
    languages: tuple[Package, ...]
    keys: tuple[TrustedKey, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was changed, in sentences, and a sentence for each thing that failed."""

    said: tuple[str, ...]
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a pack is approved in a language: warnings and passages, of how many."""

    language: str
    hazards: tuple[int, int]
    passages: tuple[int, int]


def stock() -> Stock:
    """What is installed now. Every pack is verified anew."""
    shelf = library.open_shelf()
    try:
        held = tuple(map(_held, shelf.archives, shelf.packs))
    finally:
        shelf.close()
    languages, unusable = packages.installed()
    keys, wrong = trust.trusted_keys()
    return Stock(
        packs=held, languages=languages, keys=tuple(keys), problems=(*shelf.problems, *unusable, *wrong)
    )  # fmt: skip


def _held(archive: Archive, pack: InstalledPack) -> Held:
    dates = [one for one in archive.document_dates() if one]
    return Held(
        pack=pack, languages=archive.languages(), documents=tuple(archive.document_titles()),
        dated=max(dates, default=""), since=_changed(archive.path), trusted_since=_trusted_since(archive.path),
    )  # fmt: skip


def _trusted_since(file: Path) -> float:
    beside = file.with_name(file.name + signing.SUFFIX)
    if not beside.is_file():
        return 0.0
    signer, _claim = trust.signer_of(trust.read_signature(beside), beside.name)
    return 0.0 if signer.site else _changed(paths.trusted_keys_dir() / f"{signer.name}{KEY}")


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def tell(progress: Progress, stop: Event, stage: str, done: int, total: int) -> None:
    """Progress that the user can stop: raises StoppedError."""
    progress(stage, done, total)
    if stop.is_set():
        raise StoppedError(_("It was stopped. Nothing is half installed."))


def roll_back(id_: str) -> Done:
    """Use the kept version of a pack, and keep the one used until now."""
    used, kept = library.rollback(id_)
    return Done(said=(_("{id} {used} is used now; {kept} is kept.").format(id=id_, used=used, kept=kept),))


def remove(id_: str) -> Done:
    """Remove a pack that was installed here."""
    bundled = library.remove(id_)
    said = _("{id} is removed.").format(id=id_)
    if bundled:
        again = _("Version {version}, which came with the program, is used again.")
        said += " " + again.format(version=bundled)
    return Done(said=(said,))


def remove_language(package: Package) -> Done:
    """Remove a language package that was installed here."""
    installation.remove(*package.pair)
    return Done(said=(_("{package} is removed.").format(package=package),))


def distrust(key: TrustedKey) -> Done:
    """Trust a signer no longer: its packs are not opened any more."""
    trust.distrust(key.name)
    return Done(said=(_("{name} is trusted no longer.").format(name=key.name),))


def translate(package: Package, text: str) -> str:
    """What a language package makes of a text, unchecked. Raises ModelError."""
    return "".join(said[0].text for said in Engine([package]).translate([text], *package.pair) if said)


def compare(id_: str, progress: Progress, stop: Event) -> Comparison:
    """What changed between the kept and the used version of a pack, from the older to the newer."""
    from fieldfare import stock as files
    from fieldfare.pack.manifest import version_key

    opened: list[Archive] = []
    try:
        opened.extend(map(library.open_copy, files.copies()[0].get(id_, ())[:2]))
        if len(opened) < 2:
            raise UsageError(_("{id} has no older version on this device.").format(id=id_))
        old, new = sorted(opened, key=lambda one: version_key(one.manifest.version))
        return comparison.compare(old, new, partial(tell, progress, stop, _("comparing")))
    finally:
        for one in opened:
            one.close()


def coverage(id_: str) -> tuple[Coverage, ...]:
    """How much of a pack is approved in each language that it has approved translations in."""
    shelf = library.open_shelf()
    try:
        archive = next((one for one in shelf.archives if one.manifest.id == id_), None)
        if archive is None:
            return ()
        passages = archive.passages(range(1, archive.manifest.passages + 1)).values()
        hazards = {hazard.text for one in passages for hazard in one.hazards}
        texts = [one.text for one in passages if translatable(one.text)]
        memory = Memory([archive])
        found = []
        for target in sorted({target for _source, target in archive.translations.pairs()}):
            search = memory.of(archive.manifest.language, target, pack=id_)
            found.append(
                Coverage(language=target, hazards=_approved(search, hazards), passages=_approved(search, texts))
            )
        return tuple(found)
    finally:
        shelf.close()


def _approved(search: Search | None, texts: Iterable[str]) -> tuple[int, int]:
    answers = [not translatable(text) or bool(search and search.approved(text)) for text in texts]
    return sum(answers), len(answers)
