"""What a file, folder or stick would bring to this device, and taking it: packs, deltas, language packages, keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import library, stock, trust, updates
from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, SignatureError, StorageError, UsageError
from fieldfare.holdings import KEY, Done, StoppedError, tell
from fieldfare.pack import delta, signing
from fieldfare.translation import installation, packages, vouching
from fieldfare.typed_paths import is_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from threading import Event

    from fieldfare.domain import InstalledPack
    from fieldfare.library import Progress

WANTED = (library.SUFFIX, delta.SUFFIX, installation.SUFFIX, KEY)
"""The endings of files that can be taken."""
_DEVICES = ("/media", "/run/media", "/mnt", "/Volumes")


class Sort(StrEnum):
    """What a file or folder is."""

    PACK = "pack"
    DELTA = "delta"
    LANGUAGE = "language"
    KEY = "key"
    FOLDER = "folder"


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


def places() -> tuple[Path, ...]:
    """Where packs come from: what is plugged in, then the user's own folders."""
    import psutil

    try:
        mounted = [Path(one.mountpoint) for one in psutil.disk_partitions() if _is_device(one.mountpoint, one.opts)]
    except OSError:
        mounted = []
    own = [Path.home() / name for name in ("Downloads", "Desktop", "")]
    return tuple(filter(is_folder, dict.fromkeys([*mounted, *own])))


def _is_device(mountpoint: str, options: str) -> bool:
    return mountpoint.startswith(_DEVICES) or "removable" in options.split(",")


def look(path: Path, *, everything: bool = False) -> Proposal:
    """What a file, folder or stick would bring; nothing is changed. Raises FieldfareError for what cannot be taken."""
    if is_folder(path):
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
    return bool(stock.copies()[0])


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
    telling = partial(tell, progress, stop)
    if proposal.sort is Sort.KEY:
        added = trust.trust(proposal.path)
        return Done(said=(_("Packs signed by {name} are taken from now on.").format(name=added.name),))
    if proposal.sort in {Sort.PACK, Sort.DELTA}:
        install = library.install if proposal.sort is Sort.PACK else updates.install_delta
        return Done(said=_installed([install(proposal.path, unsigned=insist, progress=telling)]))
    said: list[str] = []
    failed: list[str] = []
    if proposal.plan and proposal.plan.steps:
        done, wrong = updates.carry_out(proposal.plan, telling)
        said += _installed(done)
        failed += wrong
    for file in proposal.files:
        telling(file.name, 0, 1)
        try:
            package = installation.install(file, unverified=insist, progress=telling)
        except StoppedError:
            raise
        except FieldfareError as error:
            failed.append(str(error))
        else:
            said.append(_("{package} is installed.").format(package=package))
    return Done(said=tuple(said), failed=tuple(failed))


def _installed(packs: Iterable[InstalledPack]) -> tuple[str, ...]:
    sentence = _("{title} {version} is installed.")
    return tuple(sentence.format(title=one.manifest.title, version=one.manifest.version) for one in packs)
