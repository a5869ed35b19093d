"""One PDF page -> words with their place and type, ruled lines, and pictures. All lengths are points, origin top left.

Characters come from pdfium one by one: its own lines do not survive tables and columns, so words are joined here.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_CHARACTERS = 200_000
MAX_OBJECTS = 20_000


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """In points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """In points."""
        return self.y1 - self.y0

    def join(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def holds(self, other: Box, slack: float = 1.0) -> bool:
        """Whether the centre of another box lies inside."""
        x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        return self.x0 - slack <= x <= self.x1 + slack and self.y0 - slack <= y <= self.y1 + slack

    def near(self, other: Box, distance: float) -> bool:
        """Whether two boxes overlap or lie within a distance of each other."""
        return (
            self.x0 - distance <= other.x1
            and other.x0 - distance <= self.x1
            and self.y0 - distance <= other.y1
            and other.y0 - distance <= self.y1
        )


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them; `base` is the y of their baseline, `size` the type size in points."""

    text: str
    box: Box
    base: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a page holds; it was turned by `turn` quarters clockwise so that its text reads. `rules` are thin horizontal and vertical lines, `frames` drawn rectangles, `drawings` all
    other paths and shaded areas, `pictures` bitmaps.
    """

    number: int
    label: str
    turn: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Box, ...]
    frames: tuple[Box, ...]
    drawings: tuple[Box, ...]
    pictures: tuple[Box, ...]


def read_page(page: Any, number: int, label: str) -> PageContent:
    """Read a pypdfium2 page; `number` counts from 1."""
    width, height = page.get_size()
    view = _view(page)
    words, turn, view, width, height = _upright(list(_words(page, view)), view, width, height)
    rules, frames, drawings, pictures = _objects(page, view, width, height)
    return PageContent(
        number=number, label=label, turn=turn, width=width, height=height, words=words, rules=tuple(rules), frames=tuple(frames),
        drawings=tuple(drawings), pictures=tuple(pictures),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _View:
    """The affine map from PDF user space to the page as shown (its /Rotate and crop box applied)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        corners = [self.point(x, y) for x in (left, right) for y in (bottom, top)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


_FINE = 64  # device pixels a point: rounding stays below a fiftieth of a point


def _view(page: Any) -> _View:
    width, height = page.get_size()
    device = (0, 0, round(width * _FINE), round(height * _FINE), 0)

    def shown(x: float, y: float) -> tuple[float, float]:
        left, top = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page.raw, *device, x, y, left, top)
        return left.value / _FINE, top.value / _FINE

    (e, f), (x1, y1), (x2, y2) = shown(0, 0), shown(1000, 0), shown(0, 1000)
    return _View((x1 - e) / 1000, (y1 - f) / 1000, (x2 - e) / 1000, (y2 - f) / 1000, e, f)


@dataclass(slots=True)
class _Character:
    text: str
    box: Box
    base: float
    size: float
    bold: bool
    angle: int


def _words(page: Any, view: _View) -> Iterator[tuple[Word, int]]:
    """The words of a page with their direction in quarter turns."""
    textpage = page.get_textpage()
    pending: list[_Character] = []
    try:
        for character in _characters(textpage, view):
            if character is None:
                yield from _word(pending)
                pending = []
                continue
            if pending and not _joins(pending[-1], character):
                yield from _word(pending)
                pending = []
            pending.append(character)
        yield from _word(pending)
    finally:
        textpage.close()


def _characters(textpage: Any, view: _View) -> Iterator[_Character | None]:
    """Every printing character; None where a space or a break was."""
    raw = textpage.raw
    styles: dict[int, tuple[float, bool, int]] = {}
    loose, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(min(textpage.count_chars(), MAX_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        text = chr(code) if code <= 0x10FFFF else ""
        if not text.strip() or (code < 32) or code in {0xFFFE, 0xFFFF}:
            # pdfium gives a soft hyphen at a line's end as U+0002: it is a printed hyphen.
            if code != 2:
                yield None
                continue
            text = "-"
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, loose) or not pdfium.FPDFText_GetCharOrigin(
            raw, index, x, y
        ):
            continue
        handle = pdfium.FPDFText_GetTextObject(raw, index)
        key = ctypes.addressof(handle.contents) if handle else -1
        style = styles.get(key)
        if style is None:
            style = styles[key] = _style(raw, index)
        size, bold, angle = style
        box = view.box(loose.left, loose.bottom, loose.right, loose.top)
        base = view.point(x.value, y.value)[0 if angle % 2 else 1]
        yield _Character(text, box, base, size, bold, angle)


def _style(raw: Any, index: int) -> tuple[float, bool, int]:
    """Type size as shown, whether bold, and the direction in quarter turns of a character."""
    matrix = pdfium.FS_MATRIX()
    size = pdfium.FPDFText_GetFontSize(raw, index)
    angle = 0
    if pdfium.FPDFText_GetMatrix(raw, index, matrix):
        size *= math.hypot(matrix.c, matrix.d) or 1.0
        angle = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    weight = pdfium.FPDFText_GetFontWeight(raw, index)
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, index, name, 128, flags)
    heavy = any(mark in name.value.lower() for mark in (b"bold", b"black", b"heavy", b"semibold", b"-bd", b",b"))
    return abs(size), weight >= 600 or heavy, angle


def _joins(last: _Character, character: _Character) -> bool:
    if last.angle != character.angle or abs(last.base - character.base) > 0.6 * max(last.size, character.size):
        return False
    if character.angle % 2:
        gap = min(abs(character.box.y0 - last.box.y1), abs(last.box.y0 - character.box.y1))
        return gap < 0.25 * last.size
    gap = character.box.x0 - last.box.x1
    return -0.6 * last.size - last.box.width < gap < 0.22 * max(last.size, 1.0)


def _word(characters: list[_Character]) -> Iterator[tuple[Word, int]]:
    if not characters:
        return
    text = clean("".join(character.text for character in characters))
    if not text.strip():
        return
    box = characters[0].box
    for character in characters[1:]:
        box = box.join(character.box)
    sizes = sorted(character.size for character in characters)
    bold = sum(character.bold for character in characters) * 2 > len(characters)
    word = Word(text, box, characters[0].base, sizes[len(sizes) // 2], bold)
    yield (word, characters[0].angle)


def _upright(
    words: Sequence[tuple[Word, int]], view: _View, width: float, height: float
) -> tuple[tuple[Word, ...], int, _View, float, float]:
    """Turn a page whose text runs up or down so that it reads; drop the few rotated words of an upright page."""
    counts = [0, 0, 0, 0]
    for word, angle in words:
        counts[angle] += len(word.text)
    turned = max(range(4), key=lambda quarter: counts[quarter])
    if turned not in {1, 3} or counts[turned] < 40:
        return tuple(word for word, angle in words if angle in {0, turned}), 0, view, width, height
    if turned == 1:  # text runs upwards: turn clockwise

        def spin(x: float, y: float) -> tuple[float, float]:
            return height - y, x
    else:

        def spin(x: float, y: float) -> tuple[float, float]:
            return y, width - x

    made = []
    for word, angle in words:
        if angle != turned:
            continue
        (ax, ay), (bx, by) = spin(word.box.x0, word.box.y0), spin(word.box.x1, word.box.y1)
        base = spin(word.base, word.box.y0)[1] if angle % 2 else word.base
        made.append(
            Word(word.text, Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), base, word.size, word.bold)
        )
    (e, f), (x1, y1), (x2, y2) = (spin(*view.point(*point)) for point in ((0, 0), (1, 0), (0, 1)))
    return tuple(made), turned, _View(x1 - e, y1 - f, x2 - e, y2 - f, e, f), height, width


_THIN = 3.0


def _objects(page: Any, view: _View, width: float, height: float) -> tuple[list[Box], list[Box], list[Box], list[Box]]:
    rules: list[Box] = []
    frames: list[Box] = []
    drawings: list[Box] = []
    pictures: list[Box] = []
    sheet = Box(0, 0, width, height)
    for count, item in enumerate(page.get_objects(max_depth=8)):
        if count > MAX_OBJECTS:
            break
        if item.type not in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING}:
            continue
        try:
            box = view.box(*_bounds(item))
        except (RuntimeError, ValueError, AttributeError):
            continue
        box = Box(max(box.x0, 0), max(box.y0, 0), min(box.x1, width), min(box.y1, height))
        if box.width < 0 or box.height < 0 or (box.width >= 0.97 * sheet.width and box.height >= 0.9 * sheet.height):
            continue
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
            _sort_path(item, box, rules, frames, drawings)
    return rules, frames, drawings, pictures


def _bounds(item: Any) -> tuple[float, float, float, float]:
    """Bounds in the space of the page: those of an object inside a form go through the form's matrices."""
    left, bottom, right, top = item.get_bounds()
    container = getattr(item, "container", None)
    while container is not None:
        matrix = container.get_matrix()
        corners = [matrix.on_point(x, y) for x in (left, right) for y in (bottom, top)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        bottom, top = min(y for _, y in corners), max(y for _, y in corners)
        container = getattr(container, "container", None)
    return left, bottom, right, top


def _sort_path(item: Any, box: Box, rules: list[Box], frames: list[Box], drawings: list[Box]) -> None:
    """A thin path is a rule; a rectangle is a frame; a path of many straight pieces at right angles is several rules."""
    if min(box.width, box.height) <= _THIN:
        if max(box.width, box.height) >= 6:
            rules.append(box)
        return
    count = pdfium.FPDFPath_CountSegments(item.raw)
    kinds = {pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(item.raw, i)) for i in range(min(count, 64))}
    if count in {4, 5, 6} and pdfium.FPDF_SEGMENT_BEZIERTO not in kinds:
        if not _is_blank(item):
            frames.append(box)
    else:
        drawings.append(box)


def _is_blank(item: Any) -> bool:
    """Whether a rectangle shows nothing: filled white and not outlined, as some programs put behind every line of text."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(item.raw, mode, stroke) or stroke.value:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not mode.value or not pdfium.FPDFPageObj_GetFillColor(item.raw, red, green, blue, alpha):
        return not mode.value
    return alpha.value < 8 or min(red.value, green.value, blue.value) > 247
