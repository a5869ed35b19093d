"""PDF -> pieces of a document, with pypdfium2: pages, headings, paragraphs, steps, tables, warnings and figures with their place."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2

from fieldfare.domain import (
    Block,
    BlockKind,
    PictureSource,
    Place,
    Region,
    Remark,
    RemarkKind,
    Sheet,
    Title,
)
from fieldfare.errors import SourceError
from fieldfare.ingest import worker
from fieldfare.ingest.cache import results
from fieldfare.ingest.extract import ocr, pdf_tables
from fieldfare.ingest.extract.pdf_breaks import is_end, joined
from fieldfare.ingest.extract.pdf_columns import aligned
from fieldfare.ingest.extract.pdf_figures import Illustration, illustrations
from fieldfare.ingest.extract.pdf_layout import Line, Style, join_lines, lines_of, make_line, without_contents
from fieldfare.ingest.extract.pdf_order import flows, usual_gutters
from fieldfare.ingest.extract.pdf_page import PageContent, read_page, turn_page
from fieldfare.ingest.extract.pdf_paragraphs import (
    Depth,
    box_of,
    goes_on,
    heading_level,
    paragraphs,
    printed_title,
    read_mark,
)
from fieldfare.ingest.extract.pdf_shapes import Box
from fieldfare.ingest.extract.pdf_turns import around_turned, band, main_box, parted, turned_parts
from fieldfare.ingest.hazards import bare_word, is_alert_mark, is_signal_word, is_warning_table, split_signal_word
from fieldfare.ingest.sources import PAGES_A_JOB
from fieldfare.ingest.structure import Outline, figure_number
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

_BAR = 8.0  # points: a wider upright rectangle is no bar
_BAR_GAP = 30.0  # points between a bar and its text
SAMPLE = 60  # pages that are enough to learn a document's running heads and type sizes


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Read a PDF page by page; SourceError where it is damaged, encrypted or no PDF."""
    pdf = open_pdf(source.files[0])
    try:
        yield from _Reader(pdf, source, progress).read()
    finally:
        pdf.close()


def count_pages(source: DocumentSource, _progress: Progress) -> Iterator[int]:
    """How many pages the PDF has."""
    pdf = open_pdf(source.files[0])
    yield len(pdf)
    pdf.close()


def read_pages(job: tuple[DocumentSource, int, int], progress: Progress) -> Iterator[PageContent]:
    """What stands on the pages from the first index up to the last, without understanding it."""
    source, first, last = job
    pdf = open_pdf(source.files[0])
    try:
        for index in range(first, last):
            yield _content(pdf, index)
            progress("reading", index - first + 1, last - first)
    finally:
        pdf.close()


def _content(pdf: Any, index: int) -> PageContent:
    try:
        label = pdf.get_page_label(index) or ""
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        label = ""
    page = pdf[index]
    try:
        return read_page(page, index + 1, squeeze(label))
    finally:
        page.close()


def open_pdf(file: Path) -> Any:
    """The open document of pypdfium2; SourceError where it is damaged, encrypted or no PDF."""
    try:
        pdf = pypdfium2.PdfDocument(str(file))
        len(pdf)
    except pypdfium2.PdfiumError as error:
        reason = "it is protected by a password" if "password" in str(error).lower() else "it is damaged or no PDF"
        raise SourceError(
            f"{file.name} cannot be read: {reason}. Ask for a free copy or print it to a new PDF."
        ) from error
    return pdf


@dataclass(frozen=True, slots=True)
class _Warning:
    """A box around text that opens with a signal word, or in which one stands alone, above the text or beside it."""

    box: Box
    word: str
    lines: tuple[Line, ...]
    all_lines: tuple[Line, ...]


_Thing = Line | pdf_tables.Table | Illustration | _Warning


class _Reader:
    def __init__(self, pdf: Any, source: DocumentSource, progress: Progress) -> None:
        self._pdf = pdf
        self._file = source.files[0]
        self._ready = source.pages
        self._opened: tuple[str, list[bytes]] = "", []
        self._recognised: dict[int, PageContent] = {}
        self._count = len(pdf)
        self._progress = progress
        self._outline = Outline()
        self._remarks: list[Remark] = []
        self._bookmarks = self._read_bookmarks()
        self._style: Style
        self._gutters: tuple[float, ...] = ()
        self._last_table: tuple[Block, pdf_tables.Table] | None = None
        self._pending: list[Line] = []
        self._panel: pdf_tables.Panel | None = None
        self._depth = Depth()
        self._last_step = ""
        self._cut: Box | None = None  # the box of a warning that ended the last column
        self._fresh = True  # nothing was read in this column yet
        self._full = False  # the last line before ended at the right edge of its column

    def read(self) -> Iterator[Piece]:
        step = max(1, self._count // SAMPLE)
        titles = frozenset(title for marks in self._bookmarks.values() for title, _ in marks)
        sample = [self._content(index) for index in range(0, self._count, step)]
        self._style = Style.learn(sample, titles)
        self._gutters = usual_gutters([lines_of(page.words) for page in sample])
        del sample
        yield Title(text=self._title())
        for index in range(self._count):
            yield self._page(index)
            yield from self._outline.take()
            yield from self._remarks
            self._remarks.clear()
            self._progress(f"reading {self._file.name}", index + 1, self._count)
        self._flush_table()
        yield from self._outline.sections()

    def _title(self) -> str:
        """The title that the file names, or else the largest print of its first page; empty where there is neither."""
        named = squeeze(self._pdf.get_metadata_dict().get("Title", ""))
        if " " in named and not re.search(r"\.(?:docx?|indd|odt|pdf|fm)$|^(?:microsoft word|untitled)", named, re.I):
            return named
        return printed_title(self._content(0), self._style)

    def _read_bookmarks(self) -> dict[int, list[tuple[str, int]]]:
        """The headings that the document's bookmarks name, folded, with their level, by page index."""
        found: dict[int, list[tuple[str, int]]] = {}
        try:
            for mark in self._pdf.get_toc(max_depth=6):
                destination = mark.get_dest()
                index = destination.get_index() if destination else None
                title = squeeze(mark.get_title()).casefold()
                if index is not None and title:
                    found.setdefault(index, []).append((title, mark.level + 1))
        except (pypdfium2.PdfiumError, ValueError, AttributeError):
            self._remark(RemarkKind.DOUBT, "its bookmarks are damaged: headings were found by their type alone")
        return found

    def _content(self, index: int) -> PageContent:
        """What stands on a page, from the cache where it was read already."""
        if not self._ready:
            read = self._recognised.get(index) or _content(self._pdf, index)
            if read.recognised:  # it took seconds, and a page of the sample is asked for twice
                self._recognised[index] = read
            return read
        file = self._ready[index // PAGES_A_JOB]
        if self._opened[0] != file:
            self._opened = file, list(results(Path(file)))
        content: PageContent = worker.decode(self._opened[1][index % PAGES_A_JOB], page=True)
        return content

    def _page(self, index: int) -> Sheet:
        """Read one page into the outline."""
        content = self._content(index)
        lines, printed = self._style.split(content, lines_of(content.words))
        around = around_turned(content)
        over: list[Line] = []
        under: list[Line] = []
        if around is not None:
            upright, number = self._style.split(around, lines_of(around.words))
            printed = printed or number
            sheet = turn_page(content, -content.turn % 4)
            over, under = parted(upright, main_box(sheet))
        label = content.label or printed or str(index + 1)
        self._outline.place = Place(page=index + 1, label=label)
        if content.hidden:
            text = " … ".join(content.hidden)
            self._remark(RemarkKind.HIDDEN, f"text that a reader does not see is left out: {text[:80]!r}. "
                         "Print it visibly if it belongs to the manual.", label)  # fmt: skip
        if content.unread:
            reason = "its text layer cannot be used" if content.garbled else "no text layer (a scan or a picture)"
            advice = "nothing was recognised in it" if ocr.available() else ocr.INSTALL
            self._remark(RemarkKind.LOST, f"{reason}: only its image is kept; {advice}", label)
        unsure = [word.text for word in content.words if word.confidence < ocr.UNSURE]
        if unsure:
            self._remark(
                RemarkKind.UNSURE, f"recognised with doubt, compare with the page: {', '.join(unsure)[:160]}", label
            )
        lines = without_contents(lines, early=index < 4 + 0.12 * self._count)
        if around is not None and over:
            self._lay_out(around, over, content)
        self._lay_out_in_order(content, lines)
        if around is not None and under:
            self._lay_out(around, under, content)
        picture = PictureSource(file=str(self._file), page=content.number, turn=content.turn)
        return Sheet(place=Place(page=content.number, label=label), picture=picture)

    def _lay_out_in_order(self, content: PageContent, lines: list[Line]) -> None:
        """Read a page and its turned parts: those with nothing beside them in their place, others at its end."""
        parts = sorted(turned_parts(content), key=lambda part: part[1].y0)
        beside = any(box.y0 < (line.box.y0 + line.box.y1) / 2 < box.y1 for _, box in parts for line in lines)
        if not parts or beside:
            self._lay_out(content, lines, content)
            for part, _ in parts:
                self._lay_out(part, lines_of(part.words), content)
            return
        middles = [(box.y0 + box.y1) / 2 for _, box in parts]
        for index, (top, low) in enumerate(itertools.pairwise([0.0, *middles, content.height])):
            here = [line for line in lines if top <= (line.box.y0 + line.box.y1) / 2 < low]
            self._lay_out(band(content, top, low), here, content)
            if index < len(parts):
                self._lay_out(parts[index][0], lines_of(parts[index][0].words), content)

    def _lay_out(self, content: PageContent, lines: list[Line], page: PageContent) -> None:
        """Find what stands on a page, or on a turned part of one, and read it in order."""
        tables, panels, rests = pdf_tables.ruled(content, lines)
        if self._last_table is not None:
            _, before = self._last_table
            ends = [rest for rest in rests if is_end(before, rest, lines)]
            tables += ends
            panels = [panel for panel in panels if not any(rest.box.covers(panel.box) for rest in ends)]
        occupied = [*(table.box for table in tables), *(panel.box for panel in panels)]
        figures = illustrations(content, occupied, lines)
        taken = [*(table.box for table in tables), *(figure.box for figure in figures)]
        captions = [line for figure in figures for line in figure.caption]
        lines = [line for line in lines if line not in captions and not any(box.holds(line.box) for box in taken)]
        warnings = _warnings([*panels, *_barred(content, lines, occupied)], lines, content.height)
        boxed = [line for warning in warnings for line in warning.all_lines]
        lines = [line for line in lines if line not in boxed]
        things: list[_Thing] = [*lines, *tables, *figures, *warnings]
        for flow in flows(things, [*lines, *boxed], self._gutters):
            texts = [thing for thing in flow if isinstance(thing, Line)]
            found = [] if len(texts) < 4 else aligned(texts)
            kept = [thing for thing in flow if not any(thing in used for _, used in found)]
            flow = [*kept, *(table for table, _ in found)]  # noqa: PLW2901  (the same flow, its tables found)
            if found:
                flow.sort(
                    key=lambda thing: (round(thing.base if isinstance(thing, Line) else thing.box.y0 + 8), thing.box.x0)
                )
            self._fresh = True
            flow = self._go_on_warning(flow, panels)  # noqa: PLW2901  (the same flow, without what was read)
            self._emit(flow, content, panels, page)
            self._cut = flow[-1].box if flow and isinstance(flow[-1], _Warning) else None

    def _go_on_warning(self, flow: list[_Thing], panels: Sequence[pdf_tables.Panel]) -> list[_Thing]:
        """The flow without the rest of a warning whose box the end of the page or column before it cut."""
        first = flow[0] if flow else None
        if self._cut is None or not isinstance(first, Line):
            return flow
        panel = next((one for one in panels if one.box.holds(first.box)), None)
        if panel is None or abs(panel.box.width - self._cut.width) > 3:
            return flow
        rest = [thing for thing in flow if isinstance(thing, Line) and panel.box.holds(thing.box)]
        if not self._outline.extend_warning("\n".join(paragraphs(rest, self._style.vocabulary))):
            return flow
        return [thing for thing in flow if thing not in rest]

    def _remark(self, kind: RemarkKind, text: str, label: str = "") -> None:
        where = f"{self._file.name}, page {label}" if label else self._file.name
        self._remarks.append(Remark(kind=kind, where=where, text=text))

    def _emit(
        self, items: Sequence[_Thing], content: PageContent, panels: Sequence[pdf_tables.Panel], page: PageContent
    ) -> None:
        right = max((item.box.x1 for item in items if isinstance(item, Line)), default=0.0)
        marks = self._bookmarks.get(content.number - 1, [])
        for item in items:
            if isinstance(item, Line):
                panel = next((one for one in panels if one.box.holds(item.box)), None)
                if self._pending and (
                    panel is not self._panel or not goes_on(self._pending, item, in_panel=panel is not None)
                ):
                    self._flush(content, page, marks)
                self._pending.append(item)
                self._panel = panel
                continue
            self._flush(content, page, marks)
            place = self._place(item.box, content, page)
            if isinstance(item, _Warning):
                self._flush_table()
                self._warning(item, place)
            elif isinstance(item, pdf_tables.Table):
                self._table(item, place, tuple(self._place(box, content, page) for box in item.row_boxes))
            else:
                caption = join_lines(item.caption, self._style.vocabulary)
                picture = PictureSource(file=str(self._file), page=page.number, turn=page.turn, region=place.region)
                self._outline.add(Block(kind=BlockKind.FIGURE, text=item.text, caption=caption,
                                        number=figure_number(caption), picture=picture, place=place,
                                        confidence=_confidence(item.lines)))  # fmt: skip
            self._fresh = False
        if self._pending:
            self._full = self._pending[-1].box.x1 > right - 3 * self._pending[-1].size
        self._flush(content, page, marks)

    def _place(self, box: Box, content: PageContent, page: PageContent) -> Place:
        if content is not page:
            box = box.turned((page.turn - content.turn) % 4, content.width, content.height)
        region = Region(
            left=max(box.x0 / page.width, 0), top=max(box.y0 / page.height, 0),
            right=min(box.x1 / page.width, 1), bottom=min(box.y1 / page.height, 1),
        )  # fmt: skip
        return Place(page=page.number, label=self._outline.place.label, region=region)

    def _flush(self, content: PageContent, page: PageContent, marks: Sequence[tuple[str, int]]) -> None:
        """End the paragraph that is being read."""
        lines, self._pending = self._pending, []
        if not lines:
            return
        self._flush_table()
        place = self._place(box_of(lines), content, page)
        text = join_lines(lines, self._style.vocabulary)
        confidence = _confidence(lines)
        fresh, self._fresh = self._fresh, False
        in_grid = self._panel is not None and self._panel.grid
        level = None if in_grid else heading_level(lines, text, self._style, marks)
        if level is not None:
            self._outline.heading(level, text, place)
            self._depth, self._last_step = Depth(), ""
            return
        mark = read_mark(text, self._last_step)
        if mark is not None and not split_signal_word(text):
            depth = self._depth.of(lines[0].box.x0)
            kind = BlockKind.STEP if mark.number else BlockKind.PARAGRAPH
            self._last_step = mark.number or self._last_step
            self._outline.add(Block(kind=kind, text=text[mark.end :], number=mark.number or "•", level=depth, place=place,
                                    confidence=confidence))  # fmt: skip
            return
        if is_signal_word(text) and not text.isupper() and lines[0].bold:
            text = f"{text.rstrip('!:. ')}:"
        goes_on_here = text[:1].islower() or (fresh and self._full and lines[0].size <= 1.1 * self._style.body_size)
        self._outline.add(Block(kind=BlockKind.PARAGRAPH, text=text, place=place, confidence=confidence),
                          continues=goes_on_here)  # fmt: skip

    def _warning(self, warning: _Warning, place: Place) -> None:
        text = "\n".join(paragraphs(warning.lines, self._style.vocabulary))
        self._outline.add(Block(kind=BlockKind.HAZARD, text=text, signal_word=warning.word, place=place, protects="section",
                                confidence=_confidence(warning.lines)))  # fmt: skip

    def _table(self, table: pdf_tables.Table, place: Place, rows: tuple[Place, ...]) -> None:
        """Keep a table back until it is sure that the next page does not go on with it; `rows` are the places of its rows."""
        if self._last_table is not None and (block := joined(*self._last_table, table, rows)) is not None:
            self._last_table = (block, table)
            return
        self._flush_table()
        block = Block(kind=BlockKind.TABLE, text="", rows=table.rows, row_places=rows, header_rows=table.header_rows,
                      place=place, confidence=table.confidence)  # fmt: skip
        self._last_table = (block, table)

    def _flush_table(self) -> None:
        if self._last_table is not None:
            block, _ = self._last_table
            self._last_table = None
            if is_warning_table(block.rows):
                for row, place in zip(block.rows, block.row_places, strict=True):
                    text = squeeze(" ".join(row[1:]))
                    self._outline.add(Block(kind=BlockKind.HAZARD, text=text, signal_word=bare_word(row[0]),
                                            protects="section", place=place, confidence=block.confidence))  # fmt: skip
                return
            self._outline.add(replace(block, text="\n".join(" | ".join(row) for row in block.rows)))


def _confidence(lines: Sequence[Line]) -> float:
    """How sure the recognition of lines is, by their characters; 1 for text that was never a picture."""
    total = sum(len(word.text) for line in lines for word in line.words)
    if not total:
        return 1.0
    return sum(word.confidence * len(word.text) for line in lines for word in line.words) / total


def _warnings(panels: Sequence[pdf_tables.Panel], lines: Sequence[Line], height: float) -> list[_Warning]:
    """The boxes that are warnings, the smallest of nested ones."""
    found: list[_Warning] = []
    for panel in sorted(panels, key=lambda one: one.box.width * one.box.height):
        inside = tuple(line for line in lines if panel.box.holds(line.box))
        text = _without_signs(inside)
        if not text or panel.box.height > 0.5 * height:
            continue
        if any(panel.box.holds(one.box) for one in found):
            continue
        alone = next((line for line in text if is_signal_word(line.text)), None)
        if alone is not None and len(text) > 1:
            rest = tuple(line for line in text if line is not alone)
            found.append(_Warning(panel.box, bare_word(alone.text), rest, inside))
            continue
        signal = split_signal_word(join_lines(text))
        if signal and signal[1]:
            found.append(_Warning(panel.box, signal[0], _without_word(text, signal[0]), inside))
    return found


def _barred(content: PageContent, lines: Sequence[Line], boxes: Sequence[Box]) -> list[pdf_tables.Panel]:
    """Text with an upright bar before it, which is all that is drawn of a box in many manuals; edges of `boxes` are none."""
    found = []
    for bar in (*content.rules, *content.frames):
        if bar.width <= _BAR and bar.height > 3 * max(bar.width, 4) and not any(box.near(bar, 2) for box in boxes):
            beside = [
                line.box
                for line in lines
                if bar.y0 - 2 <= (line.box.y0 + line.box.y1) / 2 <= bar.y1 + 2 and 0 <= line.box.x0 - bar.x1 <= _BAR_GAP
            ]
            if beside:
                right = max(box.x1 for box in beside)
                found.append(pdf_tables.Panel(Box(bar.x0, bar.y0, right, bar.y1)))
    return found


def _without_signs(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of a box without the letters of an icon, such as `!`, that stand before its text."""
    kept = []
    for line in lines:
        start = next((index for index, word in enumerate(line.words) if not is_alert_mark(word.text)), None)
        if start is not None:
            kept.append(make_line(line.words[start:]) if start else line)
    return tuple(kept)


def _without_word(lines: Sequence[Line], word: str) -> tuple[Line, ...]:
    """The lines of a warning after its signal word."""
    first = lines[0]
    parts = list(first.words)
    while parts and word.casefold() not in parts[0].text.casefold():
        parts.pop(0)  # a symbol before the word
    parts = parts[len(word.split()) :]
    while parts and not any(map(str.isalnum, parts[0].text)):
        parts.pop(0)
    rest = tuple(lines[1:])
    return (make_line(parts), *rest) if parts else rest
