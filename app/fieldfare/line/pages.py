"""A section of a manual as lines: warnings first, tables row by row with their headings, figures by number and caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare import output
from fieldfare.catalogue import _
from fieldfare.domain import BlockKind
from fieldfare.domain.translation import Text
from fieldfare.signal_words import signal_word
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fieldfare.domain import Block, Figure, Hazard, SectionView
    from fieldfare.domain.procedure import Piece
    from fieldfare.domain.translation import Rendering

CITED = "> "  # before what an answer cited


class Layout:
    """How blocks are laid out: as wide as `width` says, in the technician's language as far as `said` knows it."""

    def __init__(self, width: int, said: Mapping[str, Rendering] | None = None, language: str = "") -> None:
        self._width, self._said, self._language = width, said or {}, language

    def section(self, view: SectionView, cited: str = "") -> Iterator[str]:
        """A section from its heading to its end, a paragraph at a time; what is `cited` is marked."""
        revision = " " + _("rev. {revision}").format(revision=squeeze(view.revision)) if view.revision else ""
        page = ", " + _("p. {page}").format(page=squeeze(view.place.label)) if view.place.label else ""
        unsigned = f" ({_('unsigned pack')})" if view.unsigned else ""
        yield output.paragraph(f"{squeeze(view.document)}{revision}{page}{unsigned}", width=self._width)
        yield output.paragraph(" > ".join(map(squeeze, view.heading)), width=self._width)
        yield ""
        for hazard in view.hazards:
            yield self.hazard(hazard) + "\n"
        figures = iter(view.figures)
        number = 0
        for block in view.blocks:
            figure = next(figures, None) if block.kind is BlockKind.FIGURE else None
            number += figure is not None
            if block.rows:
                yield self._table(block, cited) + "\n"
                continue
            mark = CITED if cited and _holds(block, cited) else ""
            yield self.block(block, mark, figure, number) + "\n"

    def hazard(self, hazard: Hazard) -> str:
        """A warning that is printed elsewhere."""
        said = self._said.get(hazard.text)
        if said is None or not said.changed:
            return output.hazard_lines(hazard, width=self._width)
        return output.translated_hazard_lines(hazard, said, self._language, self._width)

    def block(self, block: Block, mark: str = "", figure: Figure | None = None, number: int = 0) -> str:
        """One element of a section."""
        if block.kind is BlockKind.HAZARD:
            return self._warning(block, mark)
        if block.kind is BlockKind.CODE:
            return "\n".join(f"{mark}    {line}" for line in clean(block.text).expandtabs(4).split("\n"))
        if block.rows:
            return self._table(block)
        if block.kind is BlockKind.FIGURE:
            return self._figure(block, figure, number)
        starts = mark
        if block.kind is BlockKind.STEP:
            starts += "  " * (max(block.level, 1) - 1) + (f"{squeeze(block.number)} " if block.number else "- ")
        return self.text(block.text, starts)

    def piece(self, piece: Piece) -> str:
        """One element of a procedure."""
        return self.block(piece.block, figure=piece.figure)

    def _warning(self, block: Block, mark: str) -> str:
        said = self._said.get(block.text)
        word, text, origin = block.signal_word, block.text, ""
        if said is not None and said.changed:
            if said.original_first:
                original = output.paragraph(f"{word}: {block.text}", f"{mark}⚠ ", width=self._width)
                if not said.machine:
                    return original
                origin = f"{original}\n"
            word, text = signal_word(word, self._language) or word, said.text
        more = f"\n  ({output.origin(said)})" if origin and said is not None else ""
        return origin + output.paragraph(f"{word}: {text}", f"{mark}⚠ ", width=self._width) + more

    def _table(self, block: Block, cited: str = "") -> str:
        """A line for each row: each cell with the heading of its column before it, so that it can be heard."""
        head = block.rows[block.header_rows - 1] if block.header_rows else ()
        lines = [self.text(block.caption, f"{_('Table:')} ")] if block.caption else []
        quoted = squeeze(cited)
        for row in block.rows[block.header_rows :]:
            mark = CITED if quoted and all(squeeze(cell) in quoted for cell in row) else ""
            cells = [
                f"{self._one(title)}: {self._one(cell)}"
                if squeeze(title) and squeeze(title) != squeeze(cell)
                else self._one(cell)
                for title, cell in zip(head or ("",) * len(row), row, strict=False)
                if squeeze(cell)
            ]
            lines.append(output.paragraph("; ".join(cells), f"{mark}- ", width=self._width))
        return "\n".join(lines)

    def _figure(self, block: Block, figure: Figure | None, number: int) -> str:
        caption = self._one(block.caption) or (output.figure_line(figure) if figure else _("figure without a caption"))
        label = _("Figure {number}").format(number=number) if number else _("Figure")
        return output.paragraph(f"{label}: {caption}", "▣ ", width=self._width)

    def _one(self, text: str) -> str:
        said = self._said.get(text)
        return squeeze(said.text if said is not None and said.changed else text)

    def text(self, text: str, starts: str) -> str:
        """A text with its translation."""
        said = self._said.get(text)
        if said is None or not said.changed:
            return output.paragraph(clean(text), starts, width=self._width)
        lines = [output.paragraph(clean(said.text), starts, width=self._width)]
        if origin := output.origin(said):
            lines.append(output.paragraph(f"({origin})", "    ", width=self._width))
        return "\n".join(lines)


def texts_of(view: SectionView) -> Iterator[Text]:
    """What of a section is translated, its warnings first."""
    context = " > ".join(view.heading)
    for hazard in view.hazards:
        yield Text(text=hazard.text, context=context, hazard=True)
    for block in view.blocks:
        if block.kind is BlockKind.CODE:
            continue
        cells = (block.caption, *(cell for row in block.rows for cell in row))
        for cell in dict.fromkeys(filter(str.strip, cells)):
            yield Text(text=cell, context=context, cells=bool(block.rows))
        if block.text.strip() and not block.rows and block.kind is not BlockKind.FIGURE:
            yield Text(text=block.text, context=context, hazard=block.kind is BlockKind.HAZARD)


def _holds(block: Block, cited: str) -> bool:
    """Whether a block is what was cited, or a part of that."""
    inside = squeeze(" ".join((block.text, *(" ".join(row) for row in block.rows))))
    wanted = squeeze(cited)
    return bool(inside) and (wanted in inside or inside in wanted)
