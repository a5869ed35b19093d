"""A text of a pack on its way into another language, as it stands in a file that translators work on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from fieldfare.domain import Translation
from fieldfare.text import squeeze
from fieldfare.translation.invariants import changed, invariants

if TYPE_CHECKING:
    from lxml import etree

# Native codes of an authoring tool inside a text: what is in them is no text.
_CODES = frozenset("bpt ept it ph ut x bx ex sc ec cp".split())


class State(IntEnum):
    """How far a text is; what is further is never overwritten by what is not."""

    NEW = 0
    REVIEW = 1  # proposed by a machine or by a similar text: a person must look
    TRANSLATED = 2  # by a person, not approved yet
    APPROVED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A text with its translation and what a translator must know of it.

    `digest` is that of the source as it was when the unit was made, `kind` what it is in the manual, `context` its heading
    path, `page` as printed, `origin` where the translation comes from (`exact`, `similar 87 %`, `machine`), `notes` what to
    look at. `approved_on` is a date.
    """

    source: str
    target: str = ""
    source_language: str
    target_language: str
    state: State = State.NEW
    digest: str = ""
    kind: str = ""
    context: str = ""
    page: str = ""
    origin: str = ""
    notes: tuple[str, ...] = ()
    approved_by: str = ""
    approved_on: str = ""

    @property
    def approved(self) -> Translation:
        """The unit as a pack carries it."""
        return Translation(
            source=self.source,
            target=self.target,
            source_language=self.source_language,
            target_language=self.target_language,
            context=self.context,
            approved_by=self.approved_by,
            approved_on=self.approved_on,
        )


def digest_of(text: str) -> str:
    """What tells whether a source text changed; white space does not count."""
    return hashlib.sha256(squeeze(text).encode()).hexdigest()[:16]


def altered(source: str, target: str, languages: tuple[str, str]) -> str:
    """Which value, unit or code of a text a person's translation changed; empty where none. Their order is his."""
    before, after = (
        replace(invariants(text, language), order=())
        for text, language in zip((source, target), languages, strict=True)
    )
    return changed(before, after)


def text_of(element: etree._Element | None) -> str:
    """The text of a segment without the native codes of the tool that wrote it."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] not in _CODES:
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)
