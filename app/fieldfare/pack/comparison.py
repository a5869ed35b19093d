"""What changed between two versions of a pack, as a technician sees it: sections by their headings, warnings by their words."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldfare.pack.archive import Archive

_NUMBER = re.compile(r"^[\dA-Z]?\d*(?:[.-]\d+)*[.):]?\s+(?=\S)")


class Kind(StrEnum):
    """What happened to a section."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A section that is new, gone or says something else; `came` and `went` are texts that only one version has."""

    kind: Kind
    document: str
    heading: tuple[str, ...]
    label: str = ""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The changes from version `old` to `new`, in reading order, and how many sections say the same as before."""

    old: str
    new: str
    changes: tuple[Change, ...]
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    document: str
    heading: tuple[str, ...]
    label: str
    texts: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What stays where a manual is numbered anew or gets another revision."""
        return tuple(_NUMBER.sub("", squeeze(title)).casefold() for title in self.heading)

    @property
    def digest(self) -> bytes:
        """Equal where the texts are, whatever their numbers."""
        return hashlib.sha256("\0".join(self.texts).encode()).digest()


def compare(old: Archive, new: Archive, tell: Callable[[int, int], None]) -> Comparison:
    """Compare section by section; `tell` hears how many manuals of how many were read and may raise to stop.

    A section is the same one by its headings without their numbers, or by its text where only the headings changed.
    """
    manuals = len(old.contents.manuals()) + len(new.contents.manuals())
    read = 0

    def sections(archive: Archive) -> list[_Section]:
        nonlocal read
        found: list[_Section] = []
        for manual in archive.contents.manuals():
            tell(read, manuals)
            texts: defaultdict[int, list[str]] = defaultdict(list)
            for spot, text in archive.contents.texts(manual.id):
                if spot.block >= 0 and text:
                    texts[spot.section].append(squeeze(text))
            found += [
                _Section(document=manual.title, heading=one.path, label=one.label, texts=tuple(texts[one.section]))
                for one in archive.contents.outline(manual.id)
            ]
            read += 1
        return found

    before, after = sections(old), sections(new)
    tell(manuals, manuals)
    gone: defaultdict[tuple[str, ...], list[_Section]] = defaultdict(list)
    for one in before:
        gone[one.key].append(one)
    changes: list[Change] = []
    fresh: list[_Section] = []
    same = 0
    for one in after:
        if twins := gone.get(one.key):
            twin = next((known for known in twins if known.digest == one.digest), None)
            same += twin is not None
            if twin is None:
                twin = twins[0]
                changes.append(_changed(twin, one))
            twins.remove(twin)
        else:
            fresh.append(one)
    left = {known.digest: known for twins in gone.values() for known in twins if known.texts}
    for one in fresh:
        if one.texts and (moved := left.pop(one.digest, None)):
            gone[moved.key].remove(moved)
            same += 1
        else:
            changes.append(_change(Kind.ADDED, one))
    order = {id(one): place for place, one in enumerate(after)}
    places = {(one.document, one.heading): order[id(one)] for one in reversed(after)}
    changes.sort(key=lambda one: places.get((one.document, one.heading), len(after)))
    changes += [_change(Kind.REMOVED, one) for one in before if any(one is known for known in gone[one.key])]
    return Comparison(old=old.manifest.version, new=new.manifest.version, changes=tuple(changes), same=same)


def _change(kind: Kind, one: _Section) -> Change:
    texts = {"went": one.texts} if kind is Kind.REMOVED else {"came": one.texts}
    return Change(kind=kind, document=one.document, heading=one.heading, label=one.label, **texts)


def _changed(old: _Section, new: _Section) -> Change:
    came, went = Counter(new.texts) - Counter(old.texts), Counter(old.texts) - Counter(new.texts)
    return Change(
        kind=Kind.CHANGED, document=new.document, heading=new.heading, label=new.label,
        came=tuple(text for text in dict.fromkeys(new.texts) if text in came),
        went=tuple(text for text in dict.fromkeys(old.texts) if text in went),
    )  # fmt: skip
