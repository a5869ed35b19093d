"""How much of a pack is approved in each language, as a device would show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.domain import BlockKind
from fieldfare.ingest.segments import segments
from fieldfare.text import primary
from fieldfare.translation.memory import Memory, translatable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.ingest.contents import Contents
    from fieldfare.pack.archive import Archive
    from fieldfare.translation.memory import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of all are approved."""

    approved: int
    total: int

    def __str__(self) -> str:
        return f"{self.approved} of {self.total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is approved in a language: `counts` by kind."""

    language: str
    counts: dict[str, Share]

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return {"language": self.language} | {
            kind: {"approved": share.approved, "total": share.total} for kind, share in self.counts.items()
        }


def coverage(contents: Contents, archive: Archive, languages: Sequence[str] = ()) -> tuple[Coverage, ...]:
    """The coverage in some languages, without any in those that the pack promises or has anything in.

    A procedure is a section with steps, and approved where each of its steps and warnings is; a passage where all of its
    words are.
    """
    source = contents.manifest.language
    known = {target for _, target in archive.translations.pairs()}
    memory = Memory([archive])
    hazards = {element.block.text for _, element in contents.elements(BlockKind.HAZARD)}
    procedures = [
        {element.block.text for element in chapter.elements if element.block.kind in {BlockKind.STEP, BlockKind.HAZARD}}
        for chapter in contents.chapters
        if any(element.block.kind is BlockKind.STEP for element in chapter.elements)
    ]
    passages = [passage.text for passage in archive.passages(contents.passages).values()]
    texts = [one.text for one in segments(contents)]
    found = []
    for language in languages or sorted(known | {primary(code) for code in contents.languages}):
        search = memory.of(source, language, pack=archive.manifest.id)
        found.append(
            Coverage(
                language=language,
                counts={
                    "hazards": _share(search, ([one] for one in sorted(hazards))),
                    "procedures": _share(search, procedures),
                    "passages": _share(search, ([one] for one in passages if translatable(one))),
                    "texts": _share(search, ([one] for one in texts)),
                },
            )
        )
    return tuple(found)


def _share(search: Search | None, groups: Iterable[Iterable[str]]) -> Share:
    whole = [all(search is not None and _is_approved(search, text) for text in group) for group in groups]
    return Share(approved=sum(whole), total=len(whole))


def _is_approved(search: Search, text: str) -> bool:
    return not translatable(text) or search.approved(text) is not None
