"""Newer packs from a folder: a USB stick or a share that holds packs, their signatures, and deltas.

Signatures are read first: they prove id, version and digest before a byte of a pack is copied. Every pack is copied or
made, and verified, before anything changes; then all are used at once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import library, stock, trust
from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, PackError, SignatureError, StorageError, UsageError
from fieldfare.pack import delta, signing
from fieldfare.pack.manifest import version_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.domain import InstalledPack
    from fieldfare.library import Arrival, Progress
    from fieldfare.pack.delta import Delta
    from fieldfare.pack.signing import Claim
    from fieldfare.stock import Copy

DEEPEST = 3  # folders below the one that is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A signed pack or delta on the stick: what its signer claims of the pack, and how many bytes have to be read."""

    file: Path
    claim: Claim
    signer: str
    signature: bytes
    size: int
    delta: Delta | None = None

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts by version."""
        return version_key(self.claim.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How one pack gets its new version: a whole pack and deltas after it, or deltas upon an installed version.

    `whole` is the same version as one file, for the case that a delta does not fit after all.
    """

    offers: tuple[Offer, ...]
    base: Copy | None = None
    whole: Offer | None = None

    @property
    def claim(self) -> Claim:
        """The version that results."""
        return self.offers[-1].claim

    def __str__(self) -> str:
        files = _(" and ").join(offer.file.name for offer in self.offers)
        return _("{id} {version}, signed by {signer}, from {files}").format(
            id=self.claim.id, version=self.claim.version, signer=self.offers[-1].signer, files=files
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an update would do, and a sentence for each file that it leaves; `others` where some are for other machines.

    `refused` is how many it leaves because they are damaged or nobody who is trusted answers for them.
    """

    steps: tuple[Step, ...]
    skipped: tuple[str, ...]
    everything: bool
    others: bool = False
    refused: int = 0


@dataclass(slots=True)
class _Device:
    """What is on this device: versions by id (the used one first), the signers of the used ones, digests, machines."""

    copies: dict[str, list[Copy]]
    signers: dict[str, str] = field(default_factory=dict)
    digests: dict[str, Copy] = field(default_factory=dict)
    machines: set[str] = field(default_factory=set)


def plan(folder: Path, *, everything: bool = False) -> Plan:
    """The newest signed version of each pack that concerns this device; `everything` takes those of other machines too.

    Raises UsageError where there is no such folder or it holds no pack at all.
    """
    if not folder.is_dir():
        raise UsageError(
            _("{folder} is no folder. Name the folder of the USB stick or share that holds the packs.").format(
                folder=folder
            )
        )
    skipped: list[str] = []
    offers = list(_offers(folder, skipped))
    if not offers and not skipped:
        raise UsageError(
            _("{folder} holds no packs (.fpack, .fdelta), nor do the folders in it.").format(folder=folder)
        )
    refused = len(skipped)
    device = _device()
    steps = []
    others = False
    for id_ in sorted({offer.claim.id for offer in offers}):
        mine = sorted((one for one in offers if one.claim.id == id_), key=lambda one: one.order, reverse=True)
        if not everything and not device.copies.get(id_) and not _concerns(mine[0], device):
            others = True
            machines = ", ".join(mine[0].claim.machines) or _("machines that its signature does not name")
            skipped.append(
                _("{name} is for {machines}: no pack on this device covers that.").format(
                    name=mine[0].file.name, machines=machines
                )
            )
            continue
        chosen = _chosen(mine, offers, device, skipped)
        steps += [chosen] if chosen else []
    return Plan(steps=tuple(steps), skipped=tuple(skipped), everything=everything, others=others, refused=refused)


def carry_out(todo: Plan, progress: Progress = library.quiet) -> tuple[tuple[InstalledPack, ...], tuple[str, ...]]:
    """Verify every pack of a plan, then use them all; the packs that are installed, and a sentence for each that was not.

    A damaged pack does not hold up the others. StorageError (a full disk, a stick that was pulled out) stops everything
    and leaves everything as it was.
    """
    arrivals: list[Arrival] = []
    failed: list[str] = []
    if not todo.steps:
        return (), ()
    with stock.changing() as scratch:
        for step in todo.steps:
            spare = [Step(offers=(step.whole,))] if step.whole and step.whole not in step.offers else []
            for way in (step, *spare):
                try:
                    arrivals.append(_arrival(scratch, way, progress))
                    break
                except PackError as error:
                    failed.append(str(error))
        return tuple(library.accept(arrivals)) if arrivals else (), tuple(failed)


def install_delta(file: Path, *, unsigned: bool = False, progress: Progress = library.quiet) -> InstalledPack:
    """Make the newer version of an installed pack from a delta, verify it, and use it.

    Raises as `library.install`, and UsageError where the version that it builds upon is not on this device.
    """
    if not file.is_file():
        raise UsageError(_("{file} does not exist. Name a .fdelta file.").format(file=file))
    read = _read_delta(file)
    signature = None if unsigned else read.signature
    if signature:
        _proved(read, signature)
    elif not unsigned:
        raise SignatureError(
            _("{name} makes an unsigned pack. To use it all the same, as an unsigned pack: add --unsigned").format(
                name=file.name
            )
        )
    base = _device().digests.get(read.base_sha256)
    if base is None:
        raise UsageError(
            _(
                "{name} builds upon {id} {base}, which is not on this device in just this form. Install the whole pack: {name2}"
            ).format(name=file.name, id=read.id, base=read.base, name2=read.name)
        )
    with stock.changing() as scratch:
        made = _apply(scratch, read, base.file, progress)
        return library.accept([library.verify(made, signature)])[0]


def _arrival(scratch: Path, step: Step, progress: Progress) -> Arrival:
    arrival: Arrival | None = None
    for offer in step.offers:
        base = arrival.file if arrival else step.base.file if step.base else offer.file
        if offer.delta:
            arrival = library.verify(_apply(scratch, offer.delta, base, progress), offer.signature)
        else:
            arrival = library.receive(scratch, offer.file, offer.signature, progress)
    if arrival is None:
        raise PackError(_("There is nothing to install."))
    return arrival


def _apply(scratch: Path, read: Delta, base: Path, progress: Progress) -> Path:
    staged = library.new_stage(scratch)
    library.check_space(staged, read.size, read.name)
    delta.apply(read, base, staged / read.name, progress)
    return staged / read.name


def _offers(folder: Path, skipped: list[str]) -> Iterator[Offer]:
    """Everything that a trusted key has signed; each other file becomes a sentence."""
    for file in _files(folder):
        try:
            if file.suffix == delta.SUFFIX:
                read = _read_delta(file)
                if read.signature is None:
                    raise SignatureError(
                        _("{name} makes an unsigned pack; an update takes signed ones only.").format(name=file.name)
                    )
                signer, claim = _proved(read, read.signature)
                yield Offer(
                    file=file,
                    claim=claim,
                    signer=signer,
                    signature=read.signature,
                    size=file.stat().st_size,
                    delta=read,
                )
            else:
                beside = file.with_name(file.name + signing.SUFFIX)
                if not beside.is_file():
                    raise SignatureError(
                        _("{name} has no signature; an update takes signed packs only.").format(name=file.name)
                    )
                signature = beside.read_bytes()
                key, claim = trust.signer_of(trust.read_signature(beside), beside.name)
                yield Offer(file=file, claim=claim, signer=key.name, signature=signature, size=file.stat().st_size)
        except PackError as error:
            skipped.append(str(error))
        except OSError as error:
            raise StorageError(
                _("{file} cannot be read ({reason}). Is the stick still there?").format(
                    file=file, reason=error.strerror
                )
            ) from error


def _files(folder: Path) -> Iterator[Path]:
    top = len(folder.parts)
    for where, below, names in os.walk(folder):
        here = Path(where)
        below[:] = sorted(name for name in below if not name.startswith(".")) if len(here.parts) - top < DEEPEST else []
        for name in sorted(names):
            if name.endswith((".fpack", delta.SUFFIX)) and not name.startswith("."):
                yield here / name


def _read_delta(file: Path) -> Delta:
    try:
        return delta.read(file)
    except OSError as error:
        raise StorageError(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)) from error


def _proved(read: Delta, signature: bytes) -> tuple[str, Claim]:
    """Who signed the version that a delta makes, and what of it: it must be what the delta says."""
    name = read.file.name
    key, claim = trust.signer_of(signing.read_signature(signature, name), name)
    if (claim.id, claim.version, claim.sha256) != (read.id, read.version, read.sha256):
        raise SignatureError(
            _("{name} says that it makes another pack than was signed. Ask its author for a new one.").format(name=name)
        )
    return key.name, claim


def _device() -> _Device:
    copies, _ = stock.copies()
    device = _Device(copies=copies)
    for id_, versions in copies.items():
        for copy in versions:
            digest, signer = _said(copy)
            device.digests.setdefault(digest, copy)
            device.signers.setdefault(id_, signer)
    shelf = library.open_shelf()
    shelf.close()
    device.machines = {str(machine).casefold() for pack in shelf.packs for machine in pack.manifest.machines}
    return device


def _said(copy: Copy) -> tuple[str, str]:
    """The SHA-256 that a version should have and who signed it, as its signature or receipt says; empty for nobody."""
    beside = copy.file.with_name(copy.file.name + signing.SUFFIX)
    try:
        if beside.is_file():
            signer, claim = trust.signer_of(trust.read_signature(beside), beside.name)
            return claim.sha256, signer.name
        return trust.receipt(copy.file).read_text(encoding="ascii").strip(), ""
    except (FieldfareError, OSError, UnicodeDecodeError):
        return "", ""


def _chosen(mine: list[Offer], offers: list[Offer], device: _Device, skipped: list[str]) -> Step | None:
    """The step to the newest version of one pack that is newer than all on this device and can be reached."""
    id_ = mine[0].claim.id
    known = device.copies.get(id_, [])
    newest = max(known, key=lambda copy: copy.order, default=None)
    told = False
    signer = device.signers.get(id_, "")
    for offer in mine:
        if newest and offer.order <= newest.order:
            if offer is mine[0]:
                skipped.append(_no_newer(offer, known))
            break
        if signer and offer.signer != signer:
            skipped.append(
                _(
                    "{name} is signed by {signer}, the installed {id} by {signer2}. If that is meant, install the file by itself."
                ).format(name=offer.file.name, signer=offer.signer, id=id_, signer2=signer)
            )
            continue
        step = _step(offer, offers, device, frozenset())
        if step:
            whole = (one for one in mine if one.claim.sha256 == offer.claim.sha256 and one.delta is None)
            return replace(step, whole=next(whole, None))
        if offer.delta and not told:
            told = True
            skipped.append(
                _("{name} builds upon {id} {base}, which is neither on this device nor here.").format(
                    name=offer.file.name, id=id_, base=offer.delta.base
                )
            )
    return None


def _no_newer(offer: Offer, known: list[Copy]) -> str:
    newest = max(known, key=lambda copy: copy.order)
    said = f"{offer.file.name}: {offer.claim.id} {offer.claim.version}"
    if offer.order < newest.order:
        return _("{said} is older than {version}, which is installed.").format(said=said, version=newest.version)
    if newest.order > known[0].order:
        return _("{said} was rolled back from. To use it again, go back once more.").format(said=said)
    return _("{said} is installed already.").format(said=said)


def _concerns(offer: Offer, device: _Device) -> bool:
    return any(machine.casefold() in device.machines for machine in offer.claim.machines)


def _step(offer: Offer, offers: list[Offer], device: _Device, seen: frozenset[str]) -> Step | None:
    """The way to a version that reads the fewest bytes; `seen` are the digests on the way, so that it is no circle."""
    ways = []
    for one in offers:
        if one.claim.sha256 != offer.claim.sha256 or one.claim.id != offer.claim.id:
            continue
        if one.delta is None:
            ways.append(Step(offers=(one,)))
        elif base := device.digests.get(one.delta.base_sha256):
            ways.append(Step(offers=(one,), base=base))
        else:
            for before in offers:
                if before.claim.sha256 == one.delta.base_sha256 and before.claim.sha256 not in seen:
                    way = _step(before, offers, device, seen | {offer.claim.sha256})
                    ways += [Step(offers=(*way.offers, one), base=way.base)] if way else []
                    break
    return min(ways, key=lambda way: sum(one.size for one in way.offers), default=None)
