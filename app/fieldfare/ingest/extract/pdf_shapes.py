"""Lines, rectangles, drawings and pictures of a PDF page, sorted by what they look like."""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_OBJECTS = 20_000
MAX_DEPTH = 8
MAX_SEGMENTS = 4_000  # of one path; what has more is a drawing
THIN = 3.0  # points: a thinner path is a rule
_FINE = 64  # device pixels a point: rounding stays below a fiftieth of a point
_WHITE = 247  # of 255 in every colour


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

    def covers(self, other: Box, slack: float = 1.0) -> bool:
        """Whether another box lies inside whole."""
        return (
            self.x0 - slack <= other.x0
            and self.y0 - slack <= other.y0
            and self.x1 + slack >= other.x1
            and self.y1 + slack >= other.y1
        )

    def turned(self, quarters: int, width: float, height: float) -> Box:
        """The same place on a page of this size after it was turned clockwise."""
        if quarters == 1:
            return Box(height - self.y1, self.x0, height - self.y0, self.x1)
        if quarters == 2:
            return Box(width - self.x1, height - self.y1, width - self.x0, height - self.y0)
        if quarters == 3:
            return Box(self.y0, width - self.x1, self.y1, width - self.x0)
        return self


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn path that is neither a rule nor a rectangle; `strokes` counts its lines and curves."""

    box: Box
    strokes: int


@dataclass(frozen=True, slots=True)
class View:
    """The affine map from PDF user space to the page as shown (its /Rotate and crop box applied)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @classmethod
    def of(cls, page: Any) -> View:
        """The map of a pypdfium2 page."""
        width, height = page.get_size()
        device = (0, 0, round(width * _FINE), round(height * _FINE), 0)

        def shown(x: float, y: float) -> tuple[float, float]:
            left, top = ctypes.c_int(), ctypes.c_int()
            pdfium.FPDF_PageToDevice(page.raw, *device, x, y, left, top)
            return left.value / _FINE, top.value / _FINE

        (e, f), (x1, y1), (x2, y2) = shown(0, 0), shown(1000, 0), shown(0, 1000)
        return cls((x1 - e) / 1000, (y1 - f) / 1000, (x2 - e) / 1000, (y2 - f) / 1000, e, f)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point as shown."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, matrix: Any) -> View:
        """This map after a matrix of PDF."""
        e, f = self.point(matrix.e, matrix.f)
        return View(
            self.a * matrix.a + self.c * matrix.b, self.b * matrix.a + self.d * matrix.b,
            self.a * matrix.c + self.c * matrix.d, self.b * matrix.c + self.d * matrix.d, e, f,
        )  # fmt: skip

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle as shown."""
        return around([self.point(x, y) for x in (left, right) for y in (bottom, top)])


def around(points: Sequence[tuple[float, float]]) -> Box:
    """The smallest box around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(slots=True)
class Shapes:
    """What is drawn on a page beside text. `order` is the place of each text object (by its address) in the drawing order,
    `covers` are opaque areas with theirs.
    """

    rules: list[Box] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    shades: list[tuple[Box, int]] = field(default_factory=list)
    drawings: list[Shape] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    order: dict[int, int] = field(default_factory=dict)
    covers: list[tuple[int, Box]] = field(default_factory=list)
    backdrop: bool = False  # a picture lies behind the whole page
    white: list[Box] = field(default_factory=list)  # lines that show on shaded ground only


def read_shapes(page: Any, view: View, width: float, height: float) -> Shapes:
    """Sort the objects of a page of this size, those inside forms too."""
    shapes = Shapes()
    sheet = Box(0, 0, width, height)
    count = pdfium.FPDFPage_CountObjects(page.raw)
    top = (pdfium.FPDFPage_GetObject(page.raw, index) for index in range(count))
    for number, (item, place) in enumerate(_walk(top, view, 0)):
        if number > MAX_OBJECTS:
            break
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            shapes.order[ctypes.addressof(item.contents)] = number
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            box = _clipped(item, place, sheet)
            if box is not None and _is_backdrop(box, sheet):
                shapes.backdrop = True
            elif box is not None:
                shapes.pictures.append(box)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            _sort_path(item, number, place, sheet, shapes)
    shapes.rules += [line for line in shapes.white if any(area.holds(line) for area, _ in shapes.shades)]
    return shapes


def _walk(items: Iterator[Any], view: View, depth: int) -> Iterator[tuple[Any, View]]:
    for item in items:
        if not item:
            continue
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            matrix = pdfium.FS_MATRIX()
            if pdfium.FPDFPageObj_GetMatrix(item, matrix):
                inner = (
                    pdfium.FPDFFormObj_GetObject(item, index) for index in range(pdfium.FPDFFormObj_CountObjects(item))
                )
                yield from _walk(inner, view.after(matrix), depth + 1)
        else:
            yield item, view


def _is_backdrop(box: Box, sheet: Box) -> bool:
    """Whether something lies behind the whole page."""
    return box.width >= 0.97 * sheet.width and box.height >= 0.9 * sheet.height


def _clipped(item: Any, view: View, sheet: Box) -> Box | None:
    """Where an object shows: its bounds inside its clipping paths and the page, None where nothing is left."""
    edges = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *edges):
        return None
    box = _inside(view.box(*(edge.value for edge in edges)), sheet)
    clip = pdfium.FPDFPageObj_GetClipPath(item)
    for path in range(max(0, pdfium.FPDFClipPath_CountPaths(clip)) if clip else 0):
        if box is None:
            return None
        points = []
        for index in range(min(pdfium.FPDFClipPath_CountPathSegments(clip, path), MAX_SEGMENTS)):
            point = _point(pdfium.FPDFClipPath_GetPathSegment(clip, path, index))
            if point is not None:
                points.append(view.point(*point))
        if len(points) > 1:
            box = _inside(box, around(points))
    return box


def _inside(box: Box, sheet: Box) -> Box | None:
    cut = Box(max(box.x0, sheet.x0), max(box.y0, sheet.y0), min(box.x1, sheet.x1), min(box.y1, sheet.y1))
    return cut if cut.width >= 0 and cut.height >= 0 else None


def _point(segment: Any) -> tuple[float, float] | None:
    x, y = ctypes.c_float(), ctypes.c_float()
    return (x.value, y.value) if segment and pdfium.FPDFPathSegment_GetPoint(segment, x, y) else None


@dataclass(slots=True)
class _Subpath:
    points: list[tuple[float, float]]
    curved: bool = False
    closed: bool = False

    def box(self) -> Box:
        return around(self.points)

    def is_rectangle(self) -> bool:
        """Whether it runs along the four sides of a rectangle."""
        corners = self.points[:-1] if len(self.points) > 4 and _close(self.points[0], self.points[-1]) else self.points
        if self.curved or len(corners) != 4:
            return False
        box = around(corners)
        sides = zip(corners, [*corners[1:], corners[0]], strict=True)
        straight = all(abs(ax - bx) < 0.6 or abs(ay - by) < 0.6 for (ax, ay), (bx, by) in sides)
        return straight and all(min(abs(x - box.x0), abs(x - box.x1)) < 0.6 for x, _ in corners)


def _close(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 0.3 and abs(one[1] - other[1]) < 0.3


def _sort_path(item: Any, number: int, view: View, sheet: Box, shapes: Shapes) -> None:
    """Each part of a path by itself: a thin one is a rule, a rectangle a frame, all others drawings.

    A grid that a program drew as one path of many lines is a grid all the same.
    """
    whole = _clipped(item, view, sheet)
    if whole is None or (_is_backdrop(whole, sheet) and pdfium.FPDFPath_CountSegments(item) <= 6):
        return
    stroked, fill, opaque, white = _paint(item)
    if not stroked and fill is None:
        return
    count = pdfium.FPDFPath_CountSegments(item)
    if count > MAX_SEGMENTS:
        shapes.drawings.append(Shape(whole, count))
        return
    matrix = pdfium.FS_MATRIX()
    place = view.after(matrix) if pdfium.FPDFPageObj_GetMatrix(item, matrix) else view
    for part in _subpaths(item, count, place):
        box = _inside(part.box(), whole) if stroked or fill is not None else None
        if box is None:
            continue
        blank = not stroked and fill is not None and min(fill >> 16, fill >> 8 & 255, fill & 255) > _WHITE
        if min(box.width, box.height) <= THIN and not (part.curved and max(box.width, box.height) < 6):
            if max(box.width, box.height) >= 6 and not blank:
                (shapes.white if white else shapes.rules).append(box)
        elif part.is_rectangle():
            if white:
                shapes.white += _pieces(part)
                continue
            if fill is not None and opaque:
                shapes.covers.append((number, box))
            if blank:
                continue
            shapes.frames.append(box)
            if fill is not None:
                shapes.shades.append((box, fill))
        elif not blank:
            straight = not part.curved and stroked and fill is None and _along_axes(part.points)
            if straight:
                pieces = [one for one in _pieces(part) if max(one.width, one.height) >= 6]
                (shapes.white if white else shapes.rules).extend(pieces)
            else:
                shapes.drawings.append(Shape(box, len(part.points)))


def _along_axes(points: Sequence[tuple[float, float]]) -> bool:
    return all(abs(ax - bx) < 0.6 or abs(ay - by) < 0.6 for (ax, ay), (bx, by) in itertools.pairwise(points))


def _pieces(part: _Subpath) -> list[Box]:
    ring = [*part.points, part.points[0]] if part.closed else part.points
    return [around(pair) for pair in itertools.pairwise(ring)]


def _subpaths(item: Any, count: int, view: View) -> list[_Subpath]:
    parts: list[_Subpath] = []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        point = _point(segment)
        if point is None:
            continue
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not parts:
            parts.append(_Subpath([]))
        parts[-1].points.append(view.point(*point))
        parts[-1].curved |= kind == pdfium.FPDF_SEGMENT_BEZIERTO
        parts[-1].closed |= bool(pdfium.FPDFPathSegment_GetClose(segment))
    return [part for part in parts if len(part.points) > 1]


def _paint(item: Any) -> tuple[bool, int | None, bool, bool]:
    """Whether a path is stroked, the colour that it is filled with, whether that hides what lies below, and whether it
    is nothing but white lines.
    """
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(item, mode, stroke):
        return True, None, False, False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    fill = None
    if mode.value and pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha) and alpha.value >= 8:
        fill = red.value << 16 | green.value << 8 | blue.value
    stroked, white = bool(stroke.value), False
    if stroked and pdfium.FPDFPageObj_GetStrokeColor(item, red, green, blue, alpha):
        stroked = alpha.value >= 8
        white = stroked and fill is None and min(red.value, green.value, blue.value) > 252
    opaque = fill is not None and alpha.value > 250 and not pdfium.FPDFPageObj_HasTransparency(item)
    return stroked, fill, opaque, white
