"""What an author does, for tests: builds small packs with the real creator, signs them, puts them on a stick."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import trust
from fieldfare.ingest import difference
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack import delta, signing
from fieldfare.pack.archive import Archive

if TYPE_CHECKING:
    from fieldfare.domain import Manifest
    from fieldfare.pack.signing import SecretKey

TEXT = """# Service

## Oil

:::warning
Hot oil burns the skin.
:::

1. Put a container below the drain plug.
2. Tighten the drain plug to {torque} N·m.

## Codes

| Code | Fault |
| --- | --- |
| E21 | Over-voltage: above 253 V |
"""


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


def make_pack(folder: Path, id_: str, version: str, model: str = "", torque: int = 45) -> Path:
    """A pack of one short manual, for a machine of Korvan's if a model is named."""
    source = folder / f"source-{id_}-{version}"
    source.mkdir()
    machine = f'\n[[machines]]\nmaker = "Korvan"\nmodel = "{model}"\n' if model else ""
    (source / "pack.toml").write_text(f'[pack]\nid = "{id_}"\nversion = "{version}"\ntitle = "Pump {id_}"\n{machine}')
    (source / "manual.md").write_text(TEXT.format(torque=torque), encoding="utf-8")
    target = folder / f"{id_}-{version}.fpack"
    build(read_source(source), target, None, quiet)
    shutil.rmtree(source)
    return target


def manifest_of(pack: Path) -> Manifest:
    archive = Archive(pack)
    archive.close()
    return archive.manifest


def sign(pack: Path, key: SecretKey) -> Path:
    """Sign as `fieldfare pack sign` does; the signature file."""
    made = manifest_of(pack)
    machines = tuple(map(str, made.machines))
    claim = signing.Claim(id=made.id, version=made.version, sha256=trust.sha256(pack), machines=machines)
    beside = pack.with_name(pack.name + signing.SUFFIX)
    beside.write_text(str(signing.sign(pack, key, claim)), encoding="utf-8")
    return beside


def put(pack: Path, stick: Path, *, signed: bool = True) -> Path:
    """Copy a pack with its signature."""
    stick.mkdir(exist_ok=True, parents=True)
    if signed:
        shutil.copy(pack.with_name(pack.name + signing.SUFFIX), stick)
    return Path(shutil.copy(pack, stick))


def make_delta(old: Path, new: Path, target: Path, *, signed: bool = True) -> Path:
    """A delta as `fieldfare pack diff` makes it."""
    before, after = manifest_of(old), manifest_of(new)
    signature = new.with_name(new.name + signing.SUFFIX).read_bytes() if signed else None
    header = delta.Delta(
        file=target, id=after.id, base=before.version, version=after.version, base_sha256=trust.sha256(old),
        sha256=trust.sha256(new), size=new.stat().st_size, signature=signature, payload=0,
    )  # fmt: skip
    difference.make(old, new, target, header, quiet)
    return target


def trust_key(key: SecretKey, name: str, folder: Path) -> None:
    """Trust a key as `fieldfare pack trust add` does."""
    file = folder / f"{name}.pub"
    file.write_text(signing.write_public_key(key.public))
    trust.trust(file)
