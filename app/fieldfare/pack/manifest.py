"""What a pack says of itself, as rows of its manifest table."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from fieldfare.catalogue import _
from fieldfare.domain import EmbedderIdentity, Machine, Manifest
from fieldfare.errors import PackError

ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")
VERSION = re.compile(r"\d+(\.\d+){0,3}")


def to_rows(manifest: Manifest) -> list[tuple[str, str]]:
    """Key and JSON value of every field, sorted by key."""
    return sorted(
        (key, json.dumps(value, ensure_ascii=False, sort_keys=True)) for key, value in asdict(manifest).items()
    )


def from_rows(rows: list[tuple[Any, ...]]) -> Manifest:
    """The manifest of those rows; a PackError where one is missing or malformed."""
    try:
        fields: dict[str, Any] = {key: json.loads(value) for key, value in rows}
        fields["machines"] = tuple(Machine(**machine) for machine in fields["machines"])
        fields["sources"] = tuple((str(name), str(digest)) for name, digest in fields["sources"])
        if fields["embedder"] is not None:
            fields["embedder"] = EmbedderIdentity(**fields["embedder"])
        manifest = Manifest(**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise PackError(_("The pack's manifest is incomplete. Ask its author for a new copy.")) from error
    if not ID.fullmatch(manifest.id) or not VERSION.fullmatch(manifest.version):
        raise PackError(_("The pack's manifest has an invalid id or version. Ask its author for a new copy."))
    return manifest


def version_key(version: str) -> tuple[int, ...]:
    """Versions in their order: 1.10 is newer than 1.9."""
    return tuple(int(part) for part in version.split("."))
