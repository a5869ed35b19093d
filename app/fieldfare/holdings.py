"""What this device holds and who answers for it, and every change of that: packs, language packages, trusted keys.

The screen's way to the library; the command line calls the same functions below. Whatever is changed here is whole or not
at all, also where it is stopped or the power goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import library, paths, trust, updates
from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, SignatureError, StorageError, UsageError
from fieldfare.pack import comparison, delta, signing
from fieldfare.pack.comparison import Change, Comparison
from fieldfare.translation import installation, packages, vouching
from fieldfare.translation.engine import Engine
from fieldfare.translation.memory import Memory, translatable
from fieldfare.translation.packages import Package
from fieldfare.trust import TrustedKey

__all__ = [
    "WANTED", "Change", "Comparison", "Coverage", "Done", "Held", "Package", "Proposal", "Sort", "Stock", "StoppedError",
    "TrustedKey", "compare", "coverage", "distrust", "look", "places", "remove", "remove_language", "roll_back", "stock",
    "take", "translate",
]  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable
    from threading import Event

    from fieldfare.domain import InstalledPack
    from fieldfare.library import Progress
    from fieldfare.pack.archive import Archive
    from fieldfare.translation.memory import Search

KEY = ".pub"
WANTED = (library.SUFFIX, delta.SUFFIX, installation.SUFFIX, KEY)
"""The endings of files that can be taken."""
_DEVICES = ("/media", "/run/media", "/mnt", "/Volumes")


class StoppedError(FieldfareError):
    """The user stopped what was going on."""


class Sort(StrEnum):
    """What a file or folder is."""

    PACK = "pack"
    DELTA = "delta"
    LANGUAGE = "language"
    KEY = "key"
    FOLDER = "folder"


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
class Proposal:
    """What taking a file or folder would do: `steps` in sentences, and `left`, a sentence for each thing that is left.

    `doubt` says why the user has to insist, empty where somebody whom this device trusts answers for all of it. `more` are
    the packs of a folder that are for other machines only.
    """

    path: Path
    sort: Sort
    steps: tuple[str, ...]
    left: tuple[str, ...] = ()
    doubt: str = ""
    more: int = 0
    files: tuple[Path, ...] = ()
    plan: updates.Plan | None = None


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


def places() -> tuple[Path, ...]:
    """Where packs come from: what is plugged in, then the user's own folders."""
    import psutil

    try:
        mounted = [Path(one.mountpoint) for one in psutil.disk_partitions() if _is_device(one.mountpoint, one.opts)]
    except OSError:
        mounted = []
    own = [Path.home() / name for name in ("Downloads", "Desktop", "")]
    return tuple(one for one in dict.fromkeys([*mounted, *own]) if one.is_dir())


def _is_device(mountpoint: str, options: str) -> bool:
    return mountpoint.startswith(_DEVICES) or "removable" in options.split(",")


def look(path: Path, *, everything: bool = False) -> Proposal:
    """What a file, folder or stick would bring; nothing is changed. Raises FieldfareError for what cannot be taken."""
    path = path.expanduser()
    if path.is_dir():
        return _look_into(path, everything=everything or not _holds_packs())
    if path.suffix == installation.SUFFIX:
        return _look_at_language(path)
    if path.suffix == KEY:
        key = signing.read_public_key(_head(path), path.name)
        step = _("The packs of {name} are taken from now on. Its key is {key}.").format(name=path.stem, key=key)
        doubt = _(
            "Compare the key with the one that its owner tells you: whoever holds it can write what you read here."
        )
        return Proposal(path=path, sort=Sort.KEY, steps=(step,), doubt=doubt)
    if path.suffix == delta.SUFFIX:
        return _look_at_delta(path)
    library.require_pack(path)
    beside = path.with_name(path.name + signing.SUFFIX)
    try:
        if not beside.is_file():
            raise SignatureError(_("{name} has no signature beside it.").format(name=path.name))
        signer, claim = trust.signer_of(trust.read_signature(beside), beside.name)
    except SignatureError as error:
        return Proposal(path=path, sort=Sort.PACK, steps=(path.name,), doubt=_nobody(error))
    step = _("{id} {version}, signed by {signer}").format(id=claim.id, version=claim.version, signer=signer.name)
    return Proposal(path=path, sort=Sort.PACK, steps=(step,))


def _holds_packs() -> bool:
    """Whether any pack is installed: a device without one takes what it is offered."""
    from fieldfare import stock as files

    return bool(files.copies()[0])


def _nobody(error: SignatureError) -> str:
    unsigned = _(
        "Nobody whom this device trusts answers for its text: every answer from it will say that it is unsigned."
    )
    return f"{error} {unsigned}"


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(signing.LARGEST_TEXT + 1)
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error


def _look_at_delta(file: Path) -> Proposal:
    try:
        read = delta.read(file)
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error
    step = _("{id} {version}, made of the installed {base}").format(id=read.id, version=read.version, base=read.base)
    try:
        if read.signature is None:
            raise SignatureError(_("{name} makes an unsigned pack.").format(name=file.name))
        trust.signer_of(signing.read_signature(read.signature, file.name), file.name)
    except SignatureError as error:
        return Proposal(path=file, sort=Sort.DELTA, steps=(step,), doubt=_nobody(error))
    return Proposal(path=file, sort=Sort.DELTA, steps=(step,))


def _look_at_language(file: Path) -> Proposal:
    found = installation.pin(file)
    vouched = vouching.vouch(file)[1]
    step = _("Translates {source} → {target}, version {version}, {vouched}").format(
        source=found.source, target=found.target, version=found.version, vouched=vouched
    )
    doubt = _("Nobody vouches for it: a translation model that was tampered with can say what it likes.")
    unknown = vouched == packages.UNVERIFIED
    return Proposal(path=file, sort=Sort.LANGUAGE, steps=(step,), doubt=doubt if unknown else "", files=(file,))


def _look_into(folder: Path, *, everything: bool) -> Proposal:
    steps: list[str] = []
    left: list[str] = []
    files: list[Path] = []
    more = 0
    plan: updates.Plan | None = None
    none: UsageError | None = None
    try:
        plan = updates.plan(folder, everything=everything)
        more = 0 if everything else len(updates.plan(folder, everything=True).steps) - len(plan.steps)
        steps += [str(one) for one in plan.steps]
        left += plan.skipped
    except UsageError as error:
        none = error
    try:
        found = installation.files_of(folder)
    except UsageError:
        found = ()
    for file in found:
        try:
            one = _look_at_language(file)
        except FieldfareError as error:
            left.append(str(error))
            continue
        if one.doubt:
            left.append(f"{file.name}: {one.doubt} " + _("Choose the file itself to insist."))
        else:
            steps += one.steps
            files.append(file)
    if none and not steps and not left:
        raise none
    return Proposal(
        path=folder, sort=Sort.FOLDER, steps=tuple(steps), left=tuple(left), more=more,
        files=tuple(files), plan=plan,
    )  # fmt: skip


def take(proposal: Proposal, progress: Progress, stop: Event, *, insist: bool = False) -> Done:
    """Do what was proposed. `stop` ends it with StoppedError at the next step, and nothing is half installed.

    `insist` takes what nobody vouches for. Raises FieldfareError.
    """
    tell = partial(_tell, progress, stop)
    if proposal.sort is Sort.KEY:
        added = trust.trust(proposal.path)
        return Done(said=(_("Packs signed by {name} are taken from now on.").format(name=added.name),))
    if proposal.sort in {Sort.PACK, Sort.DELTA}:
        install = library.install if proposal.sort is Sort.PACK else updates.install_delta
        return Done(said=_installed([install(proposal.path, unsigned=insist, progress=tell)]))
    said: list[str] = []
    failed: list[str] = []
    if proposal.plan and proposal.plan.steps:
        done, wrong = updates.carry_out(proposal.plan, tell)
        said += _installed(done)
        failed += wrong
    for file in proposal.files:
        tell(file.name, 0, 1)
        try:
            package = installation.install(file, unverified=insist, progress=tell)
        except StoppedError:
            raise
        except FieldfareError as error:
            failed.append(str(error))
        else:
            said.append(_("{package} is installed.").format(package=package))
    return Done(said=tuple(said), failed=tuple(failed))


def _tell(progress: Progress, stop: Event, stage: str, done: int, total: int) -> None:
    progress(stage, done, total)
    if stop.is_set():
        raise StoppedError(_("It was stopped. Nothing is half installed."))


def _installed(packs: Iterable[InstalledPack]) -> tuple[str, ...]:
    sentence = _("{title} {version} is installed.")
    return tuple(sentence.format(title=one.manifest.title, version=one.manifest.version) for one in packs)


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
        return comparison.compare(old, new, partial(_tell, progress, stop, _("comparing")))
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
