"""PDF -> pieces of a document, with pypdfium2: pages, headings, paragraphs, steps, tables, warnings and figures with their place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
from fieldfare.ingest.extract import pdf_tables
from fieldfare.ingest.extract.pdf_figures import Illustration, illustrations
from fieldfare.ingest.extract.pdf_layout import Line, Style, gutter, lines_of, without_contents
from fieldfare.ingest.extract.pdf_page import Box, PageContent, read_page
from fieldfare.ingest.hazards import NOTE_WORDS, is_signal_word, split_signal_word
from fieldfare.ingest.structure import FIGURE_CAPTION, Outline, figure_number
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SAMPLE = 60  # pages that are enough to learn a document's running heads and type sizes
_NUMBERED = re.compile(r"^((?:\d{1,2}|[A-Z])(?:\.\d{1,3})*)\.?\s+(?=\S*[A-Za-zÀ-ÿ])")
_MARKER = re.compile(r"^(\(?\d{1,2}[.)]|\(?[a-z][.)]|[•●▪■◦‣▶►➢✓]|[–—-](?=\s))\s*")


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Read a PDF page by page; SourceError where it is damaged, encrypted or no PDF."""
    pdf = open_pdf(source.files[0])
    try:
        yield from _Reader(pdf, source.files[0], progress).read()
    finally:
        pdf.close()


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
class _Bookmark:
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class _Warning:
    """A box around text in which a signal word stands alone, above the text or beside it."""

    box: Box
    word: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """Something on the page in reading order: a line, a table or a figure."""

    box: Box
    thing: Line | pdf_tables.Table | Illustration | _Warning


class _Reader:
    def __init__(self, pdf: Any, file: Path, progress: Progress) -> None:
        self._pdf = pdf
        self._file = file
        self._count = len(pdf)
        self._progress = progress
        self._outline = Outline()
        self._remarks: list[Remark] = []
        self._bookmarks = self._read_bookmarks()
        self._style: Style
        self._last_table: tuple[Block, tuple[float, ...]] | None = None
        self._pending: list[Line] = []

    def read(self) -> Iterator[Piece]:
        step = max(1, self._count // SAMPLE)
        titles = frozenset(mark.title for marks in self._bookmarks.values() for mark in marks)
        self._style = Style.learn([self._content(index) for index in range(0, self._count, step)], titles)
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
        """The title that the file names, or else the large print of its first page; empty where there is neither."""
        named = squeeze(self._pdf.get_metadata_dict().get("Title", ""))
        if " " in named and not re.search(r"\.(?:docx?|indd|odt|pdf|fm)$|^(?:microsoft word|untitled)", named, re.I):
            return named
        lines = lines_of(self._content(0).words)
        largest = max((line.size for line in lines), default=0.0)
        if largest < 1.5 * self._style.body_size:
            return ""
        printed = squeeze(" ".join(line.text for line in lines if line.size >= 0.65 * largest))
        return printed if len(printed) <= 120 else ""

    def _read_bookmarks(self) -> dict[int, list[_Bookmark]]:
        """The headings that the document's bookmarks name, by page index."""
        found: dict[int, list[_Bookmark]] = {}
        try:
            for mark in self._pdf.get_toc(max_depth=6):
                destination = mark.get_dest()
                index = destination.get_index() if destination else None
                title = squeeze(mark.get_title()).casefold()
                if index is not None and title:
                    found.setdefault(index, []).append(_Bookmark(title, mark.level + 1))
        except (pypdfium2.PdfiumError, ValueError, AttributeError):
            self._remark(RemarkKind.DOUBT, "its bookmarks are damaged: headings were found by their type alone")
        return found

    def _content(self, index: int) -> PageContent:
        page = self._pdf[index]
        try:
            return read_page(page, index + 1, squeeze(self._label(index)))
        finally:
            page.close()

    def _label(self, index: int) -> str:
        try:
            return self._pdf.get_page_label(index) or ""
        except (pypdfium2.PdfiumError, UnicodeDecodeError):
            return ""

    def _page(self, index: int) -> Sheet:
        """Read one page into the outline."""
        content = self._content(index)
        lines, printed = self._style.split(content, lines_of(content.words))
        label = content.label or printed or str(index + 1)
        self._outline.place = Place(page=index + 1, label=label)
        if not content.words:
            self._remark(RemarkKind.LOST, "no text layer (a scan or a picture): only its image is kept", label)
        lines = without_contents(lines)
        tables, panels = pdf_tables.ruled(content, lines)
        occupied = [*(table.box for table in tables), *(panel.box for panel in panels)]
        figures = illustrations(content, occupied, lines)
        taken = [*(table.box for table in tables), *(figure.box for figure in figures)]
        captions = [line for figure in figures for line in figure.caption]
        lines = [line for line in lines if line not in captions and not any(box.holds(line.box) for box in taken)]
        middle = gutter(lines, content)
        if middle is None:
            for table in pdf_tables.aligned(lines, content):
                tables.append(table)
                lines = [line for line in lines if not table.box.holds(line.box)]
        warnings = _warnings(panels, lines)
        lines = [line for line in lines if not any(line in warning.lines for warning in warnings)]
        things: list[Line | pdf_tables.Table | Illustration | _Warning] = [*lines, *tables, *figures, *warnings]
        items = [_Item(one.box, one) for one in things]
        self._emit(_reading_order(items, middle), content, panels, index)
        picture = PictureSource(file=str(self._file), page=content.number, turn=content.turn)
        return Sheet(place=Place(page=content.number, label=label), picture=picture)

    def _remark(self, kind: RemarkKind, text: str, label: str = "") -> None:
        where = f"{self._file.name}, page {label}" if label else self._file.name
        self._remarks.append(Remark(kind=kind, where=where, text=text))

    def _emit(
        self, items: Sequence[_Item], content: PageContent, panels: Sequence[pdf_tables.Panel], index: int
    ) -> None:
        marks = list(self._bookmarks.get(index, ()))
        for item in items:
            place = self._place(item.box, content)
            if isinstance(item.thing, Line):
                panel = next((one for one in panels if one.box.holds(item.thing.box)), None)
                self._line(item.thing, content, marks, panel)
                continue
            self._flush(content)
            if isinstance(item.thing, _Warning):
                self._flush_table()
                text = _join([line for line in item.thing.lines if not is_signal_word(line.text)])
                self._outline.add(Block(kind=BlockKind.PARAGRAPH, text=item.thing.word, place=place))
                self._outline.add(Block(kind=BlockKind.PARAGRAPH, text=text, place=place))
            elif isinstance(item.thing, pdf_tables.Table):
                self._table(item.thing, place)
            elif isinstance(item.thing, Illustration):
                caption = _join(item.thing.caption)
                picture = PictureSource(
                    file=str(self._file), page=content.number, turn=content.turn, region=place.region
                )
                self._outline.add(Block(kind=BlockKind.FIGURE, text=item.thing.text, caption=caption,
                                        number=figure_number(caption), picture=picture, place=place))  # fmt: skip
        self._flush(content)

    def _place(self, box: Box, content: PageContent) -> Place:
        region = Region(
            left=max(box.x0 / content.width, 0), top=max(box.y0 / content.height, 0),
            right=min(box.x1 / content.width, 1), bottom=min(box.y1 / content.height, 1),
        )  # fmt: skip
        return Place(page=content.number, label=self._outline.place.label, region=region)

    def _line(self, line: Line, content: PageContent, marks: list[_Bookmark], panel: pdf_tables.Panel | None) -> None:
        """Read one line: does it go on with the paragraph, or begin something new?"""
        if self._pending and not self._goes_on(self._pending, line, panel is not None):
            self._flush(content, marks)
        self._pending.append(line)

    def _goes_on(self, before: Sequence[Line], line: Line, in_panel: bool) -> bool:
        last = before[-1]
        gap = line.base - last.base
        if gap < 0.3 * line.size:  # beside it, or a new column
            return abs(gap) < 0.3 * line.size and not self._column_break(last, line) and line.box.x0 > last.box.x1 - 1
        if abs(line.size - last.size) > 0.12 * max(line.size, last.size):
            return False
        if gap > (2.2 if in_panel else 1.65) * line.size or _MARKER.match(line.text):
            return False
        if line.bold != before[0].bold and (before[0].bold and all(one.bold for one in before)):
            return False
        if line.bold and not last.bold and len(line.words) <= 12 and gap > 1.35 * line.size:
            return False
        if FIGURE_CAPTION.match(line.text) or split_signal_word(line.text):
            return False
        first = before[0].box.x0
        marked = bool(_MARKER.match(before[0].text))
        if len(before) == 1 and marked:
            return line.box.x0 >= first - 2
        expected = before[1].box.x0 if len(before) > 1 else first
        return abs(line.box.x0 - expected) < 2.5 * line.size or line.box.x0 > expected

    def _column_break(self, last: Line, line: Line) -> bool:
        return line.box.x0 - last.box.x1 > 4 * last.size

    def _flush(self, content: PageContent, marks: list[_Bookmark] | None = None) -> None:
        lines, self._pending = self._pending, []
        if not lines:
            return
        self._flush_table()
        box = lines[0].box
        for line in lines[1:]:
            box = box.join(line.box)
        place = self._place(box, content)
        text = _join(lines)
        marks = marks if marks is not None else list(self._bookmarks.get(content.number - 1, ()))
        level = self._heading_level(lines, text, marks)
        if level is not None:
            self._outline.heading(level, text, place)
            return
        marker = _MARKER.match(text)
        if marker and len(text) > marker.end():
            number = marker.group(1).strip("(").rstrip(".)")
            bullet = not number.isalnum()
            kind = BlockKind.PARAGRAPH if bullet else BlockKind.STEP
            depth = 1 if number.isdigit() or bullet else 2
            self._outline.add(Block(kind=kind, text=text[marker.end() :], number="•" if bullet else number, level=depth,
                                    place=place))  # fmt: skip
        else:
            self._outline.add(Block(kind=BlockKind.PARAGRAPH, text=text, place=place), continues=text[:1].islower())

    def _heading_level(self, lines: Sequence[Line], text: str, marks: Sequence[_Bookmark]) -> int | None:
        """The level of a heading, None for text: bookmarks decide, else type size, weight and numbering."""
        if text.casefold().strip(" :!") in NOTE_WORDS:
            return None
        if len(text) > 160 or len(lines) > 4 or split_signal_word(text) or not any(map(str.isalpha, text)):
            return None
        folded = text.casefold()
        bare = _NUMBERED.sub("", text).casefold()
        for mark in marks:
            if mark.title in {folded, bare} or _NUMBERED.sub("", mark.title) == bare:
                return mark.level
        size, body = lines[0].size, self._style.body_size
        numbered = _NUMBERED.match(text)
        larger = size >= 1.15 * body
        bold = all(line.bold for line in lines)
        if (
            not (larger or (bold and size >= 0.95 * body))
            or text.endswith((".", ":", ",", ";"))
            or FIGURE_CAPTION.match(text)
        ):
            return None
        if _MARKER.match(text) and not (numbered and (larger or bold)):
            return None
        if numbered:
            return numbered.group(1).count(".") + 1
        if larger:
            return 1 if size >= 1.6 * body else 2 if size >= 1.3 * body else 3
        return 5 if len(text) <= 80 and len(lines) == 1 and not self._bookmarks else None

    def _table(self, table: pdf_tables.Table, place: Place) -> None:
        """Keep a table back until it is sure that the next page does not go on with it."""
        header = table.rows[: table.header_rows]
        if self._last_table is not None:
            last, edges = self._last_table
            same = len(edges) == len(table.edges) and all(
                abs(a - b) < 25 for a, b in zip(edges, table.edges, strict=True)
            )
            if same and last.place.page != place.page and len(last.rows[0]) == len(table.rows[0]):
                repeated = table.header_rows if header == last.rows[: last.header_rows] else 0
                if repeated or not table.header_rows:
                    self._last_table = (replace(last, rows=_continued(last.rows, table.rows[repeated:])), edges)
                    return
        self._flush_table()
        self._last_table = (
            Block(kind=BlockKind.TABLE, text="", rows=table.rows, header_rows=table.header_rows, place=place),
            table.edges,
        )

    def _flush_table(self) -> None:
        if self._last_table is not None:
            block, _ = self._last_table
            self._last_table = None
            self._outline.add(replace(block, text="\n".join(" | ".join(row) for row in block.rows)))


def _warnings(panels: Sequence[pdf_tables.Panel], lines: Sequence[Line]) -> list[_Warning]:
    found = []
    for panel in panels:
        inside = tuple(line for line in lines if panel.box.holds(line.box))
        word = next((line.text for line in inside if is_signal_word(line.text)), "")
        if word and len(inside) > 1:
            found.append(_Warning(panel.box, word if word.isupper() else f"{word}:", inside))
    return found


def _continued(rows: Sequence[tuple[str, ...]], more: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The rows of a table that goes on over the page; a first row without its first cell goes on with the last one."""
    if more and not more[0][0] and any(more[0]):
        last = tuple(squeeze(f"{above} {below}") for above, below in zip(rows[-1], more[0], strict=True))
        return (*rows[:-1], last, *more[1:])
    return (*rows, *more)


def _reading_order(items: Sequence[_Item], middle: float | None) -> list[_Item]:
    """Top to bottom; on a page of two columns each band between full-width items is read left, then right."""
    ordered = sorted(items, key=lambda item: (round(item.box.y0 / 3), item.box.x0))
    if middle is None:
        return ordered
    result: list[_Item] = []
    left: list[_Item] = []
    right: list[_Item] = []
    for item in ordered:
        if item.box.x0 < middle - 3 and item.box.x1 > middle + 3:
            result += [*left, *right, item]
            left, right = [], []
        elif item.box.x0 < middle:
            left.append(item)
        else:
            right.append(item)
    return [*result, *left, *right]


def _join(lines: Sequence[Line]) -> str:
    """The text of a paragraph: lines joined, words divided at a line's end made whole again."""
    text = ""
    for line in lines:
        if re.search(r"[a-zà-ÿ]-$", text) and re.match(r"[a-zà-ÿ]", line.text):
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}" if text else line.text
    return squeeze(text)
