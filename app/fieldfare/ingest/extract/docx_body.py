"""The body of a Word document -> blocks: steps with what belongs to them, boxed warnings, tables, captioned pictures."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, PictureSource, Remark, RemarkKind
from fieldfare.ingest.extract import xml
from fieldfare.ingest.extract.docx_styles import Look, Numbering, Styles, flag, value
from fieldfare.ingest.extract.docx_text import Content, Image, Runs
from fieldfare.ingest.extract.grid import Grid, number, table_block
from fieldfare.ingest.extract.xml import attribute, child, children, descendants, local
from fieldfare.ingest.hazards import HAZARD_KINDS, bare_word, is_signal_word, split_signal_word
from fieldfare.ingest.structure import FIGURE_CAPTION, Outline, figure_number, tidy
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

_UNDRAWN = (".emf", ".wmf", ".wdp", ".pict", ".pcz", ".emz", ".wmz")
# A number typed by hand before a step.
_TYPED = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2}){0,3}|[a-z])[.)](\s+)(?=\S)")
_MAX_REMARKS = 200
_LONG_STEP = 20_000  # characters of a step's own text, beyond which what continues it stands by itself
_MAX_NESTING = 40  # tables in cells in boxes


class Body:
    """Reads the elements of a body in order; `_item` is the step that is open with all that belongs to it."""

    def __init__(
        self, file: Path, base: str, relations: dict[str, tuple[str, str]], styles: Styles, numbering: Numbering
    ) -> None:
        self.outline = Outline()
        self.title = ""
        self._headed = False
        self.first_heading = ""  # where it has no number, as that of a chapter has
        self.notes: dict[tuple[str, str], _Element] = {}
        self._file, self._base, self._relations = file, base, relations
        self._styles, self._numbering, self._runs = styles, numbering, Runs(styles)
        self._remarks: dict[Remark, None] = {}
        self._heading = ""
        self._item: list[Block] = []
        self._indent = 0
        self._indents: dict[int, int] = {}  # of the open step and those below it, by their level
        self._box: list[str] = []
        self._figures: list[Block] = []
        self._caption = ""
        self._typed = 0
        self._depth = 0

    def element(self, element: _Element) -> None:
        """Read one element of the body."""
        name = local(element)
        if name == "p":
            self._paragraph(element)
        elif name == "tbl":
            self._table(element)
        elif name == "sdt":
            gallery = next(descendants(element, "docPartGallery"), None)
            if gallery is None or attribute(gallery, "val") not in {"Table of Contents", "Bibliographies"}:
                self._all(child(element, "sdtContent"))
        elif name in {"customXml", "ins", "moveTo"}:
            self._all(element)
        elif name == "altChunk":
            self._remark(RemarkKind.LOST, "an embedded document was left out: paste its text")

    def finish(self) -> None:
        """Hand over what is still open."""
        self._close_box()
        self._close_figures()
        self._close_caption()
        self._close_item()

    def remarks(self) -> Iterator[Remark]:
        """What the author should know, each thing once."""
        changes = " and ".join(f"{count} {name}" for name, count in self._runs.revisions.items() if count)
        if changes:
            text = f"it has {changes} as tracked changes: insertions are taken in, deletions are not. Accept or reject them"
            yield Remark(kind=RemarkKind.DOUBT, where=self._file.name, text=text)
        yield from self._remarks

    def _remark(self, kind: RemarkKind, text: str) -> None:
        if len(self._remarks) < _MAX_REMARKS:
            where = f"{self._file.name}, {self._heading}" if self._heading else self._file.name
            self._remarks[Remark(kind=kind, where=where, text=text)] = None

    def _all(self, parent: _Element | None) -> None:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            self._remark(RemarkKind.LOST, f"what is nested deeper than {_MAX_NESTING} tables and boxes was left out")
        else:
            for one in children(parent) if parent is not None else ():
                self.element(one)
        self._depth -= 1

    def _read(self, paragraph: _Element, look: Look, *, on_colour: bool = False) -> Content:
        content = self._runs.read(paragraph, on_colour=on_colour or look.shaded)
        if look.hidden:
            content.hidden, content.text = squeeze(f"{content.hidden} {content.text}"), ""
        if content.hidden:
            text = f"text that is not seen was left out: {content.hidden[:80]!r}. Show or delete it"
            self._remark(RemarkKind.HIDDEN, text)
        for lost in content.lost:
            self._remark(RemarkKind.LOST, lost)
        for index, key in enumerate(content.notes, 1):
            note = self.notes.get(key)
            if note is not None:
                written = " ".join(self._runs.read(one, on_colour=False).text for one in descendants(note, "p"))
                mark = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(index))
                content.text += f"\n{mark} {squeeze(written)}"
        return content

    def _paragraph(self, paragraph: _Element) -> None:
        look = self._styles.look(paragraph, self._numbering)
        content = self._read(paragraph, look)
        text = tidy(content.text)
        counted = self._numbering.next(look.list, look.depth) if look.list and (text or content.images) else ""
        if look.listing:
            return
        if not (look.bordered and text):
            self._close_box()
        if text or content.images:
            self._close_caption()
        if look.title and not self.title and text:
            self.title = squeeze(text)
        elif look.level and text and not self._depth and not is_signal_word(text):
            self._close_figures()
            self._close_item()
            self._heading = squeeze(f"{counted.replace('•', '')} {text}")
            if not self._headed:
                self._headed, self.first_heading = True, "" if self._heading[:1].isdigit() else self._heading
            self.outline.heading(look.level, self._heading)
        elif look.bordered and text:
            self._close_figures()
            self._box.append(f"{counted} {text}".strip())
        elif text and self._figures and (look.caption or FIGURE_CAPTION.match(text)):
            self._close_figures(squeeze(text))
        elif text and look.caption:
            self._close_figures()
            self._caption = text
        elif text:
            self._close_figures()
            self._text(text if look.list else content.text, look, counted)
        for image in content.images:
            self._picture(image)
        for box in content.boxes:
            self._close_figures()
            self._boxed(box)

    def _text(self, raw: str, look: Look, counted: str) -> None:
        """A paragraph of text: a step, an item, what continues a step, a warning, or plain."""
        text = tidy(raw)
        kind = look.style.casefold() if look.style.casefold() in HAZARD_KINDS else ""
        typed = _TYPED.match(raw) if not look.list else None
        if typed and ("\t" in typed.group(2) or number(typed.group(1), 0) in {1, self._typed + 1}):
            self._typed = number(typed.group(1), 0)
            level = typed.group(1).count(".") + 1
            self._step(tidy(raw[typed.end() :]), typed.group(1), max(level, 1 + typed.group(1).isalpha()), look.indent)
        elif counted == "•":
            inside = bool(self._item) and look.indent > self._indent
            level = max(look.depth, look.nested) + 1
            inside = inside or (bool(self._item) and level > self._item[0].level)
            if inside:
                level = max(level, self._item[0].level + 1)
                self._indents[level] = look.indent
                self._item.append(Block(kind=BlockKind.STEP, text=text, number="•", level=level))
            else:
                self._close_item()
                self.outline.add(Block(kind=BlockKind.PARAGRAPH, text=text, number="•", level=level))
        elif counted:
            self._step(text, counted, max(look.depth, look.nested) + 1, look.indent)
        elif kind and not split_signal_word(text):
            self._hazard(kind.upper(), text)
        elif self._item and (look.continued or (self._indent and look.indent >= self._indent)):
            self._continue(text, look.nested + 1 if look.continued else self._level_at(look.indent))
        elif self._item and (signal := split_signal_word(text)) and signal[1]:
            self._hazard(*signal)
        else:
            self._close_item()
            self.outline.add(Block(kind=BlockKind.PARAGRAPH, text=text))

    def _step(self, text: str, counted: str, level: int, indent: int) -> None:
        block = Block(kind=BlockKind.STEP, text=text, number=counted, level=level)
        if self._item and level > self._item[0].level:
            self._item.append(block)
        else:
            self._close_item(step_follows=True)
            self._item, self._indent, self._indents = [block], indent, {}
        self._indents[level] = indent

    def _level_at(self, indent: int) -> int:
        """The level of the deepest open step that text with this indent may belong to."""
        return max((level for level, own in self._indents.items() if own <= indent), default=1)

    def _continue(self, text: str, level: int) -> None:
        """Text that is indented as a step's: more of the step, or the warning at it."""
        first = self._item[0]
        last = self._item[-1]
        if signal := split_signal_word(text):
            word, rest = signal
            self._hazard(word, rest, level=level)
        elif last.kind is BlockKind.HAZARD and last.protects == "step" and not last.text:
            self._item[-1] = replace(last, text=text)
        elif len(self._item) == 1 and len(first.text) < _LONG_STEP:
            self._item[0] = replace(first, text=f"{first.text}\n{text}")
        else:
            self._item.append(Block(kind=BlockKind.STEP, text=text, level=first.level + 1))

    def _hazard(self, word: str, text: str, *, level: int = 0, symbol: str = "") -> None:
        """A warning; one between two steps belongs to the step after it, one in a step's own text to that step, by its level."""
        block = Block(kind=BlockKind.HAZARD, text=text, signal_word=word, symbol=symbol, protects="section")
        if not self._item:
            self.outline.add(block)
        else:
            self._item.append(replace(block, protects="step", level=level) if level else block)

    def _close_item(self, *, step_follows: bool = False) -> None:
        """Add the open step with what belongs to it: each warning before its step, what stands after them as it stood."""
        item, self._item = self._item, []
        ordered: list[Block] = []
        for block in item:
            at = len(ordered)
            if block.kind is BlockKind.HAZARD and block.protects == "step":
                steps = (i for i, one in enumerate(ordered) if one.kind is BlockKind.STEP and one.number)
                at = max((i for i in steps if ordered[i].level <= block.level), default=0)
            ordered.insert(at, block)
        for block in ordered:
            if block.kind is BlockKind.HAZARD and block.protects == "section" and step_follows:
                self.outline.add(replace(block, protects="step"))
            else:
                self.outline.add(block)

    def _close_box(self) -> None:
        """Bordered paragraphs that stood together are one box: a warning where they open one."""
        lines, self._box = self._box, []
        if not lines:
            return
        signal = split_signal_word(lines[0])
        if signal:
            self._hazard(signal[0], "\n".join(part for part in (signal[1], *lines[1:]) if part))
        else:
            self._close_item()
            for line in lines:
                self.outline.add(Block(kind=BlockKind.PARAGRAPH, text=line))

    def _picture(self, image: Image) -> None:
        target = self._relations.get(image.vector, self._relations.get(image.relation, ("", "")))[1]
        label = image.alternative or posixpath.basename(target) or "without a name"
        if not target:
            self._remark(RemarkKind.LOST, f"the picture {label[:80]} is not in the file: embed it")
        elif target.lower().endswith(_UNDRAWN):
            form = target.rpartition(".")[2].upper()
            self._remark(RemarkKind.LOST, f"the {form} picture {label[:80]} was left out: save it as PNG or SVG")
        else:
            picture = PictureSource(file=str(self._file), member=target)
            caption = squeeze(image.alternative)
            self._figures.append(Block(kind=BlockKind.FIGURE, text=image.words, caption=caption, picture=picture))

    def _close_figures(self, caption: str = "") -> None:
        """Add the pictures that wait for their caption, which may follow or, as their alternative text, be known."""
        figures, self._figures = self._figures, []
        for block in figures:
            text = caption or block.caption
            done = replace(block, caption=text, number=figure_number(text))
            if self._item:
                self._item.append(done)
            else:
                self.outline.add(done)

    def _close_caption(self) -> None:
        """Add a caption that no table followed as it stands."""
        caption, self._caption = self._caption, ""
        if caption:
            self._close_item()
            self.outline.add(Block(kind=BlockKind.PARAGRAPH, text=caption))

    def _boxed(self, content: _Element) -> None:
        """A text box: a warning where it opens one, else its paragraphs."""
        lines = [tidy(self._read(one, Look(), on_colour=True).text) for one in children(content, "p")]
        lines = [line for line in lines if line]
        signal = split_signal_word(lines[0]) if lines and child(content, "tbl") is None else None
        if signal:
            self._hazard(signal[0], "\n".join(part for part in (signal[1], *lines[1:]) if part))
        else:
            self._all(content)

    def _table(self, table: _Element) -> None:
        self._close_box()
        caption, self._caption = self._caption, ""
        self._close_figures()
        rows = list(_rows(table))
        cells = [cell for row in rows for cell in _cells(row)]
        inside = bool(self._item) and number(_indent(table), 0) >= max(self._indent, 1)
        if _is_hazard(cells, rows):
            texts = [text for cell in cells if (text := self._cell(cell))]
            word, rest = split_signal_word(texts[0]) or (bare_word(texts[0]), "")
            symbol = next(
                (image.alternative for cell in cells for image in self._images(cell) if image.alternative), ""
            )
            text = "\n".join(part for part in (rest, *texts[1:]) if part)
            level = self._level_at(number(_indent(table), 0)) if inside else 0
            self._hazard(word, text, level=level, symbol=squeeze(symbol)[:80])
            return
        if len(rows) < 2 or max(len(_cells(row)) for row in rows) < 2 or self._depth > 1:
            self._close_item()
            for cell in cells:
                self._all(cell)
            return
        block = table_block(*self._grid(table, rows), caption=caption)
        if block is not None:
            if not inside:
                self._close_item()
                self.outline.add(block)
            else:
                self._item.append(block)
        for cell in cells:
            for image in self._images(cell):
                self._picture(image)

    def _images(self, cell: _Element) -> list[Image]:
        return [image for one in descendants(cell, "p") for image in self._runs.read(one, on_colour=True).images]

    def _cell(self, cell: _Element) -> str:
        """The text of a cell, a paragraph a line, with the numbers of its lists."""
        lines = []
        for paragraph in descendants(cell, "p"):
            look = self._styles.look(paragraph, self._numbering)
            shaded = child(cell, "tcPr", "shd") is not None or local(cell) == "tc"
            text = tidy(self._read(paragraph, look, on_colour=shaded).text)
            if text:
                counted = self._numbering.next(look.list, look.depth) if look.list else ""
                lines.append(f"{counted}{'.' if counted[-1:].isalnum() else ''} {text}".strip())
        return "\n".join(lines)

    def _grid(self, table: _Element, rows: list[_Element]) -> tuple[list[list[str]], int]:
        """Texts with merged cells repeated, and the number of rows at the top that are header."""
        grid = Grid()
        above: dict[int, str] = {}
        marked = 0
        for index, row in enumerate(rows):
            grid.row()
            properties = child(row, "trPr")
            marked += index == marked and properties is not None and flag(properties, "tblHeader")
            column = number(value(properties, "gridBefore"), 0)
            for cell in _cells(row):
                across = min(max(number(value(child(cell, "tcPr"), "gridSpan"), 1), 1), 100)
                merge = child(cell, "tcPr", "vMerge")
                goes_on = merge is not None and attribute(merge, "val") in {"", "continue"}
                text = above.get(column, "") if goes_on else self._cell(cell)
                above[column] = text
                grid.add(text, across=across, column=column)
                column += across
        filled = grid.rows()
        return filled, marked or int(_looks_headed(table, rows))


def _rows(table: _Element) -> Iterator[_Element]:
    """The rows of a table, also those that a content control holds; deleted ones are none."""
    for one in children(table, "tr", "sdt", "sdtContent", "customXml", "ins"):
        if local(one) != "tr":
            yield from _rows(one)
        elif child(one, "trPr", "del") is None:
            yield one


def _cells(row: _Element) -> list[_Element]:
    return [
        cell for one in children(row, "tc", "sdt") for cell in ([one] if local(one) == "tc" else descendants(one, "tc"))
    ]


def _indent(table: _Element) -> str:
    indent = child(table, "tblPr", "tblInd")
    return attribute(indent, "w") if indent is not None else ""


def _is_hazard(cells: list[_Element], rows: list[_Element]) -> bool:
    """Whether a table frames a warning: few cells, the first of which opens it, and no other one."""
    if len(rows) > 3 or len(cells) > 6:
        return False
    texts = [tidy("\n".join(xml.plain(run) for run in descendants(cell, "p"))) for cell in cells]
    texts = [text for text in texts if text]
    signals = [bool(split_signal_word(text)) or is_signal_word(text) for text in texts]
    return bool(texts) and signals[0] and not any(signals[1:]) and not (len(texts) == 1 and is_signal_word(texts[0]))


def _looks_headed(table: _Element, rows: list[_Element]) -> bool:
    """Whether the first row is set apart: by the table's style, or bold where the second is not."""
    look = child(table, "tblPr", "tblLook")
    styled = value(child(table, "tblPr"), "tblStyle") not in {"", "TableGrid", "TableNormal"}
    if look is not None and styled:
        bits = int(attribute(look, "val"), 16) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", attribute(look, "val")) else 0
        if attribute(look, "firstRow") == "1" or bits & 0x20:
            return True
    return len(rows) > 1 and _is_bold(rows[0]) and not _is_bold(rows[1])


def _is_bold(row: _Element) -> bool:
    runs = [run for run in descendants(row, "r") if any((text.text or "").strip() for text in children(run, "t"))]
    return bool(runs) and all((properties := child(run, "rPr")) is not None and flag(properties, "b") for run in runs)
