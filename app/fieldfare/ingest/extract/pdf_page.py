"""One PDF page -> words with their place and type, ruled lines, drawings and pictures. All lengths are points, origin top left.

Characters come from pdfium one by one: its own lines do not survive tables and columns, so words are joined here.
What the eye does not see on the page is told apart from what it does (`pdf_sight`).
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from fieldfare.ingest.extract import pdf_sight, pdf_styles
from fieldfare.ingest.extract.pdf_scripts import join_scripts
from fieldfare.ingest.extract.pdf_shapes import Box, Shape, View, read_shapes
from fieldfare.ingest.extract.pdf_styles import Array, native
from fieldfare.text import clean

MAX_CHARACTERS = 200_000
ENOUGH_TURNED = 40  # characters: fewer that run up or down the page are a label, more are text to be read
_BLANKS = (0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF, 0xFFFE, 0xFFFF)


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them; `base` is the y of their baseline, `size` the type size in points, `ink`
    their colour as 0xRRGGBB, `turn` their direction in quarters (1 runs up the page).
    """

    text: str
    box: Box
    base: float
    size: float
    bold: bool
    ink: int = 0
    turn: int = 0
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a page holds; it was turned by `turn` quarters clockwise so that its text reads.

    `turned` are words in another direction than `words`; `hidden` is text that the eye does not see; `garbled` is the share
    of characters that have no meaning; `recognised` words come from the page's picture, and an `unread` page shows something
    that nothing could read. `rules` are thin horizontal and vertical lines, `frames` drawn rectangles, `shades`
    those that are filled, `drawings` all other paths, `pictures` bitmaps.
    """

    number: int
    label: str
    turn: int
    width: float
    height: float
    words: tuple[Word, ...]
    turned: tuple[Word, ...] = ()
    hidden: tuple[str, ...] = ()
    garbled: float = 0.0
    recognised: bool = False
    unread: bool = False
    rules: tuple[Box, ...] = ()
    frames: tuple[Box, ...] = ()
    shades: tuple[tuple[Box, int], ...] = ()
    drawings: tuple[Shape, ...] = ()
    pictures: tuple[Box, ...] = ()


def read_page(page: Any, number: int, label: str) -> PageContent:
    """Read a pypdfium2 page; `number` counts from 1. A page without readable text is read from its picture."""
    from fieldfare.ingest.extract import pdf_scan

    width, height = page.get_size()
    view = View.of(page)
    text = _read_text(page, view)
    shapes = read_shapes(page, view, width, height)
    words, hidden = pdf_sight.seen(text.words, text.hints, shapes, page)
    content = PageContent(
        number=number, label=label, turn=0, width=width, height=height, words=tuple(words), hidden=tuple(hidden),
        garbled=text.garbled, rules=tuple(shapes.rules), frames=tuple(shapes.frames),
        shades=tuple(shapes.shades), drawings=tuple(shapes.drawings), pictures=tuple(shapes.pictures),
    )  # fmt: skip
    if pdf_scan.is_unread(content, one_picture=shapes.backdrop):
        return pdf_scan.recognise_page(page, content)
    return _upright(content)


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a page; `hints` are the text object of each and whether it gives reason to doubt that it is seen."""

    words: list[Word]
    hints: list[tuple[int, bool]]
    garbled: float


def _read_text(page: Any, view: View) -> _Text:
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), MAX_CHARACTERS)
        return _words(textpage.raw, count, view) if count > 0 else _Text([], [], 0.0)
    finally:
        textpage.close()


def _words(raw: Any, count: int, view: View) -> _Text:
    codes, objects, boxes, origins, known = _characters(raw, count)
    codes[codes == 2] = ord("-")  # pdfium's sign for a hyphen at a line's end, which is printed
    _, firsts, which = np.unique(objects, return_index=True, return_inverse=True)
    styles = pdf_styles.read(raw, firsts, objects[firsts], view)
    sizes, turns = styles.sizes[which], styles.turns[which]
    blank = (codes <= 32) | np.isin(codes, _BLANKS)
    lost = (codes == 0xFFFE) | (codes == 0xFFFF) | (codes == 0xFFFD) | ((codes > 0) & (codes < 9))
    lost |= (codes >= 0xE000) & (codes < 0xF900)
    kept = np.flatnonzero(~blank & ~styles.slanted[which] & known)
    if not len(kept):
        return _Text([], [], float(lost.sum()) / count)
    x = view.a * boxes[:, (0, 2)] + view.c * boxes[:, (3, 1)] + view.e
    y = view.b * boxes[:, (0, 2)] + view.d * boxes[:, (3, 1)] + view.f
    x0, x1, y0, y1 = x.min(axis=1), x.max(axis=1), y.min(axis=1), y.max(axis=1)
    base = np.where(turns % 2, view.a * origins[0] + view.c * origins[1] + view.e,
                    view.b * origins[0] + view.d * origins[1] + view.f)  # fmt: skip
    starts = _word_starts(kept, (x0, y0, x1, y1), base, sizes, turns)
    texts = "".join(map(chr, np.where(codes[kept] <= 0x10FFFF, codes[kept], 0xFFFD).tolist()))
    ends = np.append(starts[1:], len(kept))
    kinds = which[kept]
    bold = np.add.reduceat(styles.bold[kinds].astype(int), starts) * 2 > ends - starts
    middle = kept[starts + (ends - starts) // 2]
    columns = (
        starts, ends, np.minimum.reduceat(x0[kept], starts), np.minimum.reduceat(y0[kept], starts),
        np.maximum.reduceat(x1[kept], starts), np.maximum.reduceat(y1[kept], starts), base[kept[starts]],
        sizes[middle], bold, styles.inks[which[middle]], turns[middle], objects[kept[starts]],
        styles.suspect[kinds[starts]],
    )  # fmt: skip
    words: list[Word] = []
    hints: list[tuple[int, bool]] = []
    for start, end, left, top, right, bottom, line, size, heavy, ink, turn, object_, suspect in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        text = texts[start:end]
        if not (text.isascii() and text.isprintable()):
            text = clean(text).strip()
        if text:
            hints.append((object_, suspect))
            words.append(Word(text, Box(left, top, right, bottom), line, size, heavy, ink, turn))
    return _Text(words, hints, float(lost.sum()) / max(len(kept), 1))


def _characters(raw: Any, count: int) -> tuple[Array, Array, Array, Array, Array]:
    """Of every character: its code, the address of its text object, its loose box, its origin, and whether those are known."""
    pointer, number = ctypes.c_void_p, ctypes.c_int
    code_of = native(pdfium.FPDFText_GetUnicode, ctypes.c_uint, pointer, number)
    object_of = native(pdfium.FPDFText_GetTextObject, ctypes.c_size_t, pointer, number)
    box_of = native(pdfium.FPDFText_GetLooseCharBox, number, pointer, number, pointer)
    origin_of = native(pdfium.FPDFText_GetCharOrigin, number, pointer, number, pointer, pointer)
    page = [ctypes.cast(raw, pointer).value] * count
    indices = range(count)
    codes = np.fromiter(map(code_of, page, indices), np.int64, count)
    objects = np.fromiter(map(object_of, page, indices), np.int64, count)
    boxes = np.zeros((count, 4), np.float32)  # left, top, right, bottom
    origins = np.zeros((2, count), np.float64)
    at_box, at_x, at_y = boxes.ctypes.data, origins[0].ctypes.data, origins[1].ctypes.data
    found = np.fromiter(map(box_of, page, indices, range(at_box, at_box + 16 * count, 16)), bool, count)
    found &= np.fromiter(
        map(origin_of, page, indices, range(at_x, at_x + 8 * count, 8), range(at_y, at_y + 8 * count, 8)), bool, count
    )
    return codes, objects, boxes, origins, found


def _word_starts(
    kept: Array, sides: tuple[Array, Array, Array, Array], base: Array, sizes: Array, turns: Array
) -> Array:
    """Which of the kept characters begin a word: after a blank, off the baseline of the one before, raised or lowered
    against it, or at a distance.

    `sides` are the left, top, right and bottom of all characters.
    """
    x0, y0, x1, y1 = sides
    last, this = kept[:-1], kept[1:]
    size = np.maximum(sizes[last], sizes[this])
    beside = (this - last == 1) & (turns[last] == turns[this]) & (np.abs(base[this] - base[last]) <= 0.6 * size)
    gap = np.where(turns[this] == 2, x0[last] - x1[this], x0[this] - x1[last])
    upright = (gap > -0.6 * sizes[last] - (x1[last] - x0[last])) & (gap < 0.22 * np.maximum(sizes[last], 1.0))
    upwards = np.minimum(np.abs(y0[this] - y1[last]), np.abs(y0[last] - y1[this])) < 0.25 * sizes[last]
    shift, step = np.abs(base[this] - base[last]), np.abs(sizes[this] - sizes[last])
    script = ((step > 0.12 * size) & (shift > 0.06 * size)) | (shift > 0.25 * size)
    joined = beside & ~script & np.where(turns[this] % 2 == 1, upwards, upright)
    return np.concatenate(([0], np.flatnonzero(~joined) + 1))


def _upright(content: PageContent) -> PageContent:
    """Turn a page whose text runs up or down so that it reads; words in other directions are kept apart."""
    counts = [0, 0, 0, 0]
    for word in content.words:
        counts[word.turn] += len(word.text)
    most = max(range(4), key=lambda quarter: counts[quarter])
    if most in {1, 3} and counts[most] >= ENOUGH_TURNED:
        content = turn_page(content, most)
    elif most == 2 and counts[2] >= ENOUGH_TURNED:
        content = turn_page(content, 2)
    return _replace_words(content)


def _replace_words(content: PageContent) -> PageContent:
    upright = tuple(word for word in content.words if word.turn == 0)
    return replace(content, words=join_scripts(upright), turned=tuple(word for word in content.words if word.turn))


def turn_page(content: PageContent, quarters: int) -> PageContent:
    """The page turned clockwise: what ran up it (1), stood on its head (2) or ran down (3) reads."""
    width, height = content.width, content.height

    def turned(box: Box) -> Box:
        return box.turned(quarters, width, height)

    def word_turned(word: Word) -> Word:
        box = turned(word.box)
        line = Box(word.base, word.base, word.base, word.base)
        if word.turn & 1:
            line = Box(word.base, word.box.y0, word.base, word.box.y0)
        else:
            line = Box(word.box.x0, word.base, word.box.x0, word.base)
        new = turned(line)
        direction = (word.turn - quarters) % 4
        return replace(word, box=box, base=new.x0 if direction & 1 else new.y0, turn=direction)

    odd = bool(quarters & 1)
    return replace(
        content,
        turn=(content.turn + quarters) % 4,
        width=height if odd else width,
        height=width if odd else height,
        words=tuple(map(word_turned, content.words)),
        turned=tuple(map(word_turned, content.turned)),
        rules=tuple(map(turned, content.rules)),
        frames=tuple(map(turned, content.frames)),
        shades=tuple((turned(box), fill) for box, fill in content.shades),
        drawings=tuple(Shape(turned(shape.box), shape.strokes) for shape in content.drawings),
        pictures=tuple(map(turned, content.pictures)),
    )
