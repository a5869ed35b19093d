"""A report as PDF in A4, with the fonts that it needs inside: Latin, Greek and Cyrillic letters and technical signs.

Writings that need shaping or run from right to left, and those without letters in the font, are not set: `unsettable` says
which characters would be missing, and the HTML report shows them.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare.catalogue import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.report.contents import Item, Quote, Report, Table

_FONTS = Path(__file__).with_name("fonts")
_PLAIN, _BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
_MISSING = "□"
_MARGIN = 51  # points: 18 mm
_INSET = 6  # points that reportlab leaves between its frame and what is in it
_WIDTH = 595.28 - 2 * _MARGIN
_PHOTO = 1200  # pixels of a photograph's longer side: 200 a printed inch at half the page
_PHOTO_HEIGHT = 300  # points at most
_GREY, _LINE, _MARK, _HAZARD = "#5b6770", "#d3dade", "#fff3bf", "#b85600"


def pdf(report: Report, file_of: Callable[[str], bytes], tick: Callable[[], None] = lambda: None) -> bytes:
    """The document; `file_of` gives the bytes of a digest, `tick` is called once for each item and may raise to stop."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _register()
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN - _INSET,
        rightMargin=_MARGIN - _INSET,
        topMargin=_MARGIN - _INSET,
        bottomMargin=_MARGIN - _INSET,
        title=_settable(report.title),
        author="",
        creator="Fieldfare",
        invariant=1,
    )
    foot = _foot(_settable(report.title))
    document.build(list(_story(report, file_of, tick)), onFirstPage=foot, onLaterPages=foot)
    return stream.getvalue()


def unsettable(report: Report) -> str:
    """The characters of a report that the PDF cannot show, each once, in their order."""
    texts = [report.title, *(value for _label, value in report.facts)]
    for chapter in report.chapters:
        texts.append(chapter.under)
        texts += [cell for row in (chapter.table.rows if chapter.table else ()) for cell in row]
        for item in chapter.items:
            texts += [item.head, *item.lines, item.file.name if item.file else ""]
            texts += [
                text for quote in item.quotes for text in (quote.label, quote.text, quote.translated, quote.source)
            ]
    return "".join(dict.fromkeys(one for text in texts for one in text if not _is_settable(one)))


@cache
def _register() -> frozenset[int]:
    """Make the fonts known; the characters that both have."""
    from reportlab import rl_config
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    rl_config.useA85 = 0  # bytes as they are: as text they take a quarter more and, in Python, most of the time
    fonts = [TTFont(name, str(_FONTS / f"{name}.ttf")) for name in (_PLAIN, _BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(_PLAIN, normal=_PLAIN, bold=_BOLD, italic=_PLAIN, boldItalic=_BOLD)
    plain, bold = (frozenset(font.face.charToGlyph) for font in fonts)
    return plain & bold


@cache
def _is_settable(character: str) -> bool:
    if character in "\n\t":
        return True
    turned = unicodedata.bidirectional(character) in {"R", "AL", "AN"}
    return not turned and ord(character) in _register()


def _settable(text: str) -> str:
    return "".join(one if _is_settable(one) else _MISSING for one in text.expandtabs(4))


def _markup(text: str) -> str:
    """Text as a paragraph takes it: nothing in it is markup, its lines stay."""
    return escape(_settable(text), quote=False).replace("\n", "<br/>")


def _paragraph(text: str, size: float = 9.5, *, bold: bool = False, colour: str = "#000000", **more: Any) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "text",
        fontName=_BOLD if bold else _PLAIN,
        fontSize=size,
        leading=size * 1.32,
        textColor=colour,
        splitLongWords=1,
        **more,
    )
    return Paragraph(text, style)


def _story(report: Report, file_of: Callable[[str], bytes], tick: Callable[[], None]) -> Iterator[Any]:
    from reportlab.platypus import Spacer
    from reportlab.platypus import Table as Grid

    yield _paragraph(_markup(report.title), 16, bold=True, spaceAfter=6)
    rows = [[_paragraph(_markup(label), colour=_GREY), _paragraph(_markup(value))] for label, value in report.facts]
    if rows:
        style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(1.5)]
        yield Grid(rows, colWidths=[90, _WIDTH - 90], style=style, splitInRow=1)
    for chapter in report.chapters:
        yield _paragraph(_markup(chapter.title), 12.5, bold=True, spaceBefore=14, spaceAfter=4, keepWithNext=1)
        if chapter.under:
            yield _paragraph(_markup(chapter.under), 8.5, colour=_GREY, spaceAfter=3, keepWithNext=1)
        if chapter.table:
            tick()
            yield _grid(chapter.table)
        for item in chapter.items:
            tick()
            yield from _item(item, file_of)
            yield Spacer(1, 5)


def _padding(size: float) -> list[tuple[Any, ...]]:
    whole = ((0, 0), (-1, -1))
    return [
        ("LEFTPADDING", *whole, 2),
        ("RIGHTPADDING", *whole, 4),
        ("TOPPADDING", *whole, size),
        ("BOTTOMPADDING", *whole, size + 1),
    ]


def _grid(table: Table) -> Any:
    """Columns as wide as their texts want, within the page; the header stands on each page, a row may go over several."""
    from reportlab.platypus import LongTable

    widths = _column_widths(list(zip(table.header, *table.rows, strict=True)))
    rows = [[_paragraph(_markup(cell), 8.5, colour=_GREY) for cell in table.header]]
    for index, row in enumerate(table.rows):
        rows.append([_paragraph(_markup(cell), 8.5, bold=index in table.marked) for cell in row])
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
        *(("BACKGROUND", (0, one + 1), (-1, one + 1), _MARK) for one in sorted(table.marked)),
        *_padding(2),
    ]
    return LongTable(rows, colWidths=widths, repeatRows=1, style=style, splitInRow=1)


def _column_widths(columns: Sequence[Sequence[str]]) -> list[float]:
    """Points for each column: its longest word at least, the rest by how long its longest line is."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    def width(text: str) -> float:
        return float(stringWidth(_settable(text), _BOLD, 8.5)) + 7

    words = [max(map(width, " ".join(column).split()), default=7.0) for column in columns]
    words = [min(one, 2.5 * _WIDTH / len(columns)) for one in words]
    lines = [min(max(map(width, "\n".join(column).split("\n"))), 0.6 * _WIDTH) for column in columns]
    spare = _WIDTH - sum(words)
    if spare <= 0:
        return [_WIDTH * one / sum(words) for one in words]
    more = [max(0.0, line - word) for line, word in zip(lines, words, strict=True)]
    whole = sum(more)
    return [word + spare * one / whole for word, one in zip(words, more, strict=True)] if whole else words


def _item(item: Item, file_of: Callable[[str], bytes]) -> Iterator[Any]:
    words = f"<b>{_markup(item.head)}</b>" if item.strong else _markup(item.head)
    head = f'<font color="{_GREY}">{item.at}</font> {words}'
    yield _paragraph(head, keepWithNext=1 if item.quotes or item.file else 0)
    for line in item.lines:
        yield _paragraph(_markup(line), 9)
    for quote in item.quotes:
        yield from _quote(quote)
    if item.file and item.file.media_type.startswith("image/"):
        yield _picture(file_of(item.file.digest))
    if item.file:
        beside = "" if item.file.media_type.startswith("image/") else " " + _("(beside this report)")
        yield _paragraph(_markup(item.file.name + beside), 8, colour=_GREY)


def _quote(quote: Quote) -> Iterator[Any]:
    label = f'<font color="{_HAZARD}"><b>{_markup(quote.label)}</b></font> ' if quote.label else ""
    yield _paragraph(label + _markup(quote.text), 9, spaceBefore=2, leftIndent=10)
    if quote.translated:
        yield _paragraph(_markup(quote.translated), 9, colour=_GREY, leftIndent=10)
    yield _paragraph(_markup(quote.source), 8, colour=_GREY, spaceAfter=2, leftIndent=10)


def _picture(data: bytes) -> Any:
    """A photograph as JPEG, which a PDF holds as it is."""
    from PIL import Image
    from reportlab.platypus import Image as Placed

    with Image.open(io.BytesIO(data), formats=("PNG", "WEBP", "JPEG")) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((_PHOTO, _PHOTO))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80)
    scale = min(_WIDTH / picture.width, _PHOTO_HEIGHT / picture.height, 1.0)
    stream.seek(0)
    return Placed(stream, picture.width * scale, picture.height * scale, hAlign="LEFT")


def _foot(title: str) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(_PLAIN, 7.5)
        canvas.setFillColor(_GREY)
        canvas.drawString(_MARGIN, 28, title[:100])
        canvas.drawRightString(_MARGIN + _WIDTH, 28, str(document.page))
        canvas.restoreState()

    return draw
