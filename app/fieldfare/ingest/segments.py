"""The texts of a pack that need a translation: warnings first, then in reading order, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind
from fieldfare.text import squeeze
from fieldfare.translation.memory import translatable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.domain import Block
    from fieldfare.ingest.contents import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A text on one line; `kind` is what it is, `context` its heading path and `page` where it stands first."""

    text: str
    kind: str
    context: str
    page: str


def segments(contents: Contents) -> tuple[Segment, ...]:
    """Every text with words: warnings whole, steps, paragraphs by lines, cells, captions, callouts, headings."""
    found: dict[str, Segment] = {}
    texts = list(_texts(contents))
    for wanted in (True, False):
        for one in texts:
            if (one.kind == BlockKind.HAZARD.value) is wanted and translatable(one.text):
                found.setdefault(one.text, one)
    return tuple(found.values())


def _texts(contents: Contents) -> Iterator[Segment]:
    for chapter in contents.chapters:
        context = " > ".join(chapter.path)
        place = chapter.place.label
        if chapter.path:
            yield Segment(text=squeeze(chapter.path[-1]), kind="heading", context=context, page=place)
        for element in chapter.elements:
            page = element.block.place.label or place
            for kind, text in _of_block(element.block):
                yield Segment(text=squeeze(text), kind=kind, context=context, page=page)


def _of_block(block: Block) -> Iterator[tuple[str, str]]:
    kind = block.kind.value
    if block.caption:
        yield "caption", block.caption
    match block.kind:
        case BlockKind.HAZARD:
            yield kind, block.text
        case BlockKind.TABLE:
            yield from (("cell", cell) for row in block.rows for cell in row)
        case BlockKind.CODE:
            return
        case BlockKind.FIGURE:
            yield from (("callout", line) for line in block.text.split("\n"))
        case _:
            yield from ((kind, line) for line in block.text.split("\n"))
