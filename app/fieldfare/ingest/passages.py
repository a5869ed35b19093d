"""Cuts sections into passages: the pieces that are found, cited and shown.

Paragraphs are joined up to a size that the embedder reads whole; a procedure stays one passage as long as it can and is
cut between top-level steps; a table gives a passage for each row, with the header in it, and one for the whole where
it is short; a warning and a captioned figure are passages of their own. No text of a section is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, Place, Region, Section
from fieldfare.text import identifiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARAGRAPH_SIZE = 700  # characters: about 150 word pieces, the heading path comes on top
PROCEDURE_SIZE = 1500
TABLE_SIZE = 1500

# Lists of pages: they can be read, but to find them would hide the pages that they point to.
_NAVIGATION = re.compile(
    r"(?:\d+\s+)?(?:index|contents|table of contents|list of (?:figures|tables)|inhalt|inhaltsverzeichnis|stichwortverzeichnis|"
    r"sachregister|abbildungsverzeichnis|sommaire|table des matières|índice|índice alfabético|contenido|indice|sommario)",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Cut:
    """A passage before it has an id: block numbers count within its section."""

    kind: BlockKind
    text: str
    first: int
    last: int
    place: Place
    row: int | None = None
    hazards: set[int] = field(default_factory=set)
    figures: set[int] = field(default_factory=set)
    identifiers: dict[str, bool] = field(default_factory=dict)


def cut(section: Section, patterns: tuple[re.Pattern[str], ...]) -> list[Cut]:
    """The passages of a section in reading order; hazards and figures are numbers of blocks in the section.

    A table of contents or an index has none.
    """
    if any(_NAVIGATION.fullmatch(title.strip()) for title in section.path):
        return []
    cuts = list(_cuts(section.blocks))
    _bind_hazards(section.blocks, cuts)
    _bind_figures(section.blocks, cuts)
    heading = identifiers(section.path[-1], patterns) if section.path else []
    for one in cuts:
        first_cell = one.text.split("\n", 1)[0] if one.row is not None else ""
        for printed in identifiers(one.text, patterns):
            one.identifiers[printed] = printed in first_cell or printed in heading
    for one in cuts[:1]:
        for printed in heading:
            one.identifiers[printed] = True
    return cuts


def leading_hazards(section: Section) -> list[int]:
    """The blocks of the hazards that open a section, before anything else: they protect its subsections too.

    One that protects the procedure of the section does not: what stands below that is another one.
    """
    found = []
    for number, block in enumerate(section.blocks):
        if block.kind is BlockKind.HAZARD and block.protects == "section":
            found.append(number)
        elif block.kind is not BlockKind.FIGURE and block.protects != "procedure":
            break
    return found


def row_text(header: Sequence[str], row: Sequence[str]) -> str:
    """A table row as it is found and cited: one line a cell, the column's header before it."""
    lines = []
    names = [*header, *[""] * (len(row) - len(header))]
    for index, cell in enumerate(row):
        merged = index and names[index] and names[index] == names[index - 1] and cell == row[index - 1]
        if cell and not merged:
            lines.append(f"{names[index]}: {cell}" if names[index] else cell)
    return "\n".join(lines)


def header_of(table: Block) -> list[str]:
    """One name for each column: the header rows joined, repeated words of merged cells once."""
    columns = zip(*table.rows[: table.header_rows], strict=True) if table.header_rows else ()
    return [" ".join(dict.fromkeys(cell for cell in column if cell)) for column in columns]


def step_text(block: Block) -> str:
    """A step or list item with its printed number: `3. Close the valve.`, indented by its depth."""
    if not block.number:
        return block.text
    mark = block.number if block.number == "•" or block.number.endswith((".", ")")) else f"{block.number}."
    return "   " * (block.level - 1) + f"{mark} {block.text}"


def _cuts(blocks: Sequence[Block]) -> Iterator[Cut]:
    run: list[int] = []
    for number, block in enumerate(blocks):
        if block.kind in {BlockKind.TABLE, BlockKind.HAZARD, BlockKind.FIGURE}:
            in_procedure = (
                block.kind is not BlockKind.TABLE
                and run
                and blocks[run[-1]].kind is BlockKind.STEP
                and any(later.kind is BlockKind.STEP for later in blocks[number + 1 : number + 6])
            )
            if not in_procedure:
                yield from _run(blocks, run)
                run = []
            yield from _single(block, number)
            continue
        if run and not _continues(blocks, run, block):
            leads = block.kind is BlockKind.STEP and _introduces(blocks[run[-1]])
            yield from _run(blocks, run[:-1] if leads else run)
            run = run[-1:] if leads else []
        run.append(number)
    yield from _run(blocks, run)


def _continues(blocks: Sequence[Block], run: list[int], block: Block) -> bool:
    """Whether a block joins the run before it: steps to steps, text to text, within the size."""
    size = sum(len(blocks[i].text) + 1 for i in run) + len(block.text)
    procedure = _kind(blocks, run) is BlockKind.STEP
    if block.kind is BlockKind.CODE:  # belongs to the text or step before it
        return size <= PROCEDURE_SIZE or procedure
    if (block.kind is BlockKind.STEP) != procedure:
        return False
    if procedure:
        return size <= PROCEDURE_SIZE or block.level > 1
    return size <= PARAGRAPH_SIZE


def _introduces(block: Block) -> bool:
    """Whether a paragraph stands above a list and belongs to it: `Never:` says what its points are."""
    return block.kind is BlockKind.PARAGRAPH and block.text.rstrip().endswith((":", "："))


def _kind(blocks: Sequence[Block], run: list[int]) -> BlockKind:
    kinds = {blocks[i].kind for i in run} - {BlockKind.CODE}
    return BlockKind.STEP if BlockKind.STEP in kinds else next(iter(kinds), BlockKind.CODE)


def _run(blocks: Sequence[Block], run: list[int]) -> Iterator[Cut]:
    if not run:
        return
    text = "\n".join(step_text(blocks[i]) for i in run)
    yield Cut(
        kind=_kind(blocks, run), text=text, first=run[0], last=run[-1], place=_span([blocks[i].place for i in run])
    )


def _single(block: Block, number: int) -> Iterator[Cut]:
    if block.kind is BlockKind.HAZARD:
        text = f"{block.signal_word}: {block.text}"
        yield Cut(kind=block.kind, text=text, first=number, last=number, place=block.place)
    elif block.kind is BlockKind.FIGURE:
        if block.caption or block.text:
            text = block.caption if block.caption == block.text else f"{block.caption}\n{block.text}".strip()
            yield Cut(kind=block.kind, text=text, first=number, last=number, place=block.place)
    else:
        yield from _table(block, number)


def _table(block: Block, number: int) -> Iterator[Cut]:
    header = header_of(block)
    whole = "\n".join(" | ".join(row) for row in block.rows)
    if block.caption:
        whole = f"{block.caption}\n{whole}"
    body = range(block.header_rows, len(block.rows))
    if len(whole) <= TABLE_SIZE or len(body) == 0:
        yield Cut(kind=block.kind, text=whole, first=number, last=number, place=block.place)
    elif block.caption:
        columns = " | ".join(header)
        text = f"{block.caption}\n{columns}".strip()
        yield Cut(kind=block.kind, text=text, first=number, last=number, place=block.place)
    for index in body:
        text = row_text(header, block.rows[index])
        if text:
            place = block.row_places[index] if block.row_places else block.place
            yield Cut(kind=block.kind, text=text, first=number, last=number, row=index, place=place)


def _span(places: Sequence[Place]) -> Place:
    """Where a run begins: its first page, and the region that its blocks cover on that page."""
    first = places[0]
    regions = [place.region for place in places if place.page == first.page and place.region is not None]
    if not regions:
        return first
    region = Region(
        left=min(r.left for r in regions),
        top=min(r.top for r in regions),
        right=max(r.right for r in regions),
        bottom=max(r.bottom for r in regions),
    )
    return Place(page=first.page, label=first.label, region=region)


def _bind_hazards(blocks: Sequence[Block], cuts: Sequence[Cut]) -> None:
    """What each warning protects: its row; its step; the procedure that follows it; or all of its section.

    Who reads one part of a section is told every warning of it, also one that is printed further down.
    """
    for number, block in enumerate(blocks):
        if block.kind is not BlockKind.HAZARD:
            continue
        start, end = _reach(blocks, number)
        for one in cuts:
            if one.kind is BlockKind.HAZARD:
                one.hazards = {one.first}
            elif block.protects == "row":
                if one.kind is BlockKind.TABLE and block.text in one.text:
                    one.hazards.add(number)
            elif one.last >= start and one.first <= end:
                one.hazards.add(number)


def _reach(blocks: Sequence[Block], number: int) -> tuple[int, int]:
    """The first and last block that a warning of a step, a procedure or a section protects."""
    last = len(blocks) - 1
    if blocks[number].protects == "step":
        steps = [i for i, block in enumerate(blocks) if block.kind is BlockKind.STEP]
        following = [i for i in steps if i > number]
        return (number, following[0]) if following else (max(steps, default=number), number)
    return (number if blocks[number].protects == "procedure" else 0), last


def _bind_figures(blocks: Sequence[Block], cuts: Sequence[Cut]) -> None:
    """A figure belongs to the text that names it, and to the passage that it stands in or directly after."""
    for number, block in enumerate(blocks):
        if block.kind is not BlockKind.FIGURE:
            continue
        mention = re.compile(
            rf"\b(?:fig|abb|figur|bild)\w*\.?\s*{re.escape(block.number)}(?![\w]|[-–.]\d)", re.IGNORECASE
        )
        named = [one for one in cuts if block.number and one.kind is not BlockKind.FIGURE and mention.search(one.text)]
        around = [one for one in cuts if one.first <= number <= one.last]
        texts = [one for one in cuts if one.kind not in {BlockKind.HAZARD, BlockKind.FIGURE}]
        before = [one for one in texts if one.last < number][-1:]
        after = [one for one in texts if one.first > number][:1]
        for one in (*named, *(around if named else around + (before or after))):
            one.figures.add(number)
