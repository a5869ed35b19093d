"""The language packages on this device: which there are, what they hold, and which of them lead from one language to another.

A package is what Argos Translate publishes: metadata, a CTranslate2 model and the pieces that it reads and writes.

    languages/en_de-1.9.xxxxxxxx/       an installed package
        package.json                    what it is, who vouched for it, the SHA-256 of every file
        sentencepiece.model | bpe.model
        model/                          the files of CTranslate2
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import paths, trust
from fieldfare.catalogue import _
from fieldfare.errors import FieldfareError, ModelError, UsageError
from fieldfare.text import clean
from fieldfare.translation.names import language_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECORD = "package.json"
SENTENCEPIECE, BPE = "sentencepiece.model", "bpe.model"
UNVERIFIED = "unverified"
CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}")
_FOLDER = re.compile(rf"({CODE.pattern})_({CODE.pattern})-({VERSION.pattern})\.[0-9a-f]{{8}}")
_LONGEST_NAME = 60  # characters
_MOST_HOPS = 3  # packages one after the other; each loses something


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An installed package; `sha256` is that of the file that it came in, `vouched` who answers for it."""

    source: str
    target: str
    source_name: str
    target_name: str
    version: str
    target_prefix: str
    sha256: str
    vouched: str
    size: int
    folder: Path
    bundled: bool

    @property
    def pair(self) -> tuple[str, str]:
        """The codes of both languages."""
        return self.source, self.target

    @property
    def voucher(self) -> str:
        """Who answers for it, in the language of the screen; `vouched` is how that is kept."""
        kinds = {"pinned": _("pinned"), "listed": _("listed"), UNVERIFIED: _("unverified")}
        name = self.vouched.removeprefix("signed by ")
        return kinds.get(self.vouched) or (_("signed by {name}").format(name=name) if name != self.vouched else name)

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The packages that lead from one language to another, one after the other."""

    packages: tuple[Package, ...]

    @property
    def direct(self) -> bool:
        """Whether no third language stands between."""
        return len(self.packages) == 1

    @property
    def digest(self) -> str:
        """Which packages these are: what they translated before holds as long as it is the same."""
        return "+".join(one.sha256 for one in self.packages)

    def __str__(self) -> str:
        return " → ".join([self.packages[0].source, *(one.target for one in self.packages)])


def read_metadata(data: bytes, name: str) -> dict[str, str]:
    """What the metadata.json of a package says that is of use here; a ModelError with `name` for any that is unfit."""
    try:
        said = json.loads(data)
        kind, prefix = str(said.get("type", "translate")), str(said.get("target_prefix", ""))
        found = {
            "source": str(said["from_code"]),
            "target": str(said["to_code"]),
            "version": str(said.get("package_version") or "1.0"),
            "target_prefix": prefix,
        }
        for side, key in (("source", "from_name"), ("target", "to_name")):
            found[f"{side}_name"] = clean(str(said.get(key) or found[side])).strip()[:_LONGEST_NAME]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            _("{name}: its metadata.json cannot be read ({error!r}). Get the package again.").format(
                name=name, error=error
            )
        ) from error
    if kind != "translate":
        raise ModelError(
            _("{name} holds no translation but {kind!r}. Name a package that does.").format(
                name=name, kind=clean(kind)[:_LONGEST_NAME]
            )
        )
    sound = all(CODE.fullmatch(found[side]) for side in ("source", "target")) and VERSION.fullmatch(found["version"])
    if not sound or found["source"] == found["target"] or len(prefix) > _LONGEST_NAME or clean(prefix) != prefix:
        raise ModelError(
            _(
                "{name}: its metadata.json names no two languages and a version that make sense. Get the package again."
            ).format(name=name)
        )
    return found


def installed() -> tuple[tuple[Package, ...], tuple[str, ...]]:
    """The used package of every pair, and a sentence for each that cannot be used. No model is read."""
    found: dict[tuple[str, str], Package] = {}
    problems = []
    site = paths.site_dir() / "languages"
    parents = {paths.bundled_languages_dir(): True, site: True, paths.languages_dir(): False}
    for parent, bundled in parents.items():
        for folder in folders(parent):
            try:
                package = read_package(folder, bundled=bundled)
            except FieldfareError as error:
                problems.append(str(error))
                continue
            known = found.get(package.pair)
            if known is None or order(package) >= order(known):
                found[package.pair] = package
    return tuple(found[pair] for pair in sorted(found)), tuple(problems)


def folders(parent: Path) -> list[Path]:
    """The folders of packages, in the order of their names."""
    try:
        return [parent / name for name in sorted(os.listdir(parent)) if _FOLDER.fullmatch(name)]  # noqa: PTH208  (Path.glob hides why it found nothing)
    except OSError:
        return []


def order(package: Package) -> tuple[int, ...]:
    """Sorts by version."""
    return tuple(map(int, package.version.split(".")))


def read_package(folder: Path, *, bundled: bool) -> Package:
    """What the record of an installed package says; ModelError where it is damaged."""
    record = _record(folder)
    try:
        return Package(
            **{key: str(record[key]) for key in ("source", "target", "source_name", "target_name", "version",
                                                 "target_prefix", "sha256", "vouched")},
            size=int(record["size"]), folder=folder, bundled=bundled,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder) from error


def verify(package: Package) -> None:
    """Compare every file of an installed package with its record: done before its model is read. Raises ModelError."""
    for name, digest in _record(package.folder)["files"].items():
        try:
            sound = trust.sha256(package.folder / name) == digest
        except OSError:
            sound = False
        if not sound:
            raise _damaged(package.folder)


def _record(folder: Path) -> Mapping[str, Any]:
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        named = [part for name in record["files"] for part in Path(name).parts]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder) from error
    if ".." in named or any(os.sep in part for part in named):
        raise _damaged(folder)
    return dict(record)


def _damaged(folder: Path) -> ModelError:
    pair = folder.name.split("-", maxsplit=1)[0].replace("_", " → ")
    return ModelError(
        _("The language package {pair} is damaged and is not used. Install it again from its file.").format(pair=pair)
    )


def find_route(packages: Sequence[Package], source: str, target: str) -> Route | None:
    """The shortest way from one language to another; None where there is none.

    `pt-BR` finds the packages of `pt` where it has none of its own.
    """
    known = {code for one in packages for code in one.pair}
    begin, end = _known_code(source, known), _known_code(target, known)
    ways: list[tuple[Package, ...]] = [(one,) for one in packages if one.source == begin]
    for _hop in range(_MOST_HOPS):
        for way in ways:
            if way[-1].target == end:
                return Route(packages=way)
        ways = [
            (*way, one)
            for way in ways
            for one in packages
            if one.source == way[-1].target and one.target not in {begin, *(step.target for step in way)}
        ]
    return None


def _known_code(code: str, known: set[str]) -> str:
    return next(
        (one for one in (code, code.replace("-", "_"), re.split("[-_]", code)[0].lower()) if one in known), code
    )


def required_route(packages: Sequence[Package], source: str, target: str) -> Route:
    """As `find_route`; a UsageError that says what is there where there is none."""
    if source == target:
        raise UsageError(
            _("Nothing is to be translated from {source} to {target}: it is the same language.").format(
                source=source, target=target
            )
        )
    route = find_route(packages, source, target)
    if route is None:
        raise UsageError(f"{missing(packages, source, target)} {_('Take one in: F7, the library.')}")
    return route


def missing(packages: Sequence[Package], source: str, target: str) -> str:
    """The sentence for a way that no package leads, with what is installed."""
    said = _("No language package leads from {source} to {target}.").format(
        source=language_name(source), target=language_name(target)
    )
    there = _("Installed are {packages}.").format(packages=", ".join(map(str, packages))) if packages else ""
    return f"{said} {there}".rstrip()
