"""Pictures made of characters: two pixels a cell in colour, or eight dots a cell for line drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from fieldfare.tui import terminal

if TYPE_CHECKING:
    from PIL.Image import Image

    from fieldfare.domain import Region

# Cells are about twice as high as wide; both ways of drawing rest on it.
_CELL_ASPECT = 2
_INK = Style(color=Color.from_rgb(0, 0, 0), bgcolor=Color.from_rgb(255, 255, 255))
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_FRAME = "#d03000"  # dark enough to be ink where a page is drawn in dots
_OUTSIDE = Style(color=Color.from_rgb(70, 70, 70), bgcolor=Color.from_rgb(150, 150, 150))
_PALE = 190  # a thin black line that is shrunk fivefold is still darker than this grey
_HALF = 150  # where a pixel is a dot or more, this grey is neither ink nor paper
_COARSE = 2.2  # pixels to a dot


def decode(data: bytes, limit: int = 2400) -> Image:
    """Decode a picture of the pack (re-encoded there, so safe) to RGB, at most `limit` pixels wide or high.

    Runs in a worker: a page takes some tens of milliseconds.
    """
    import io

    from PIL import Image as Pillow

    with Pillow.open(io.BytesIO(data)) as opened:
        opened.thumbnail((limit, limit))
        if opened.mode in {"RGBA", "LA", "P"}:
            rgba = opened.convert("RGBA")
            paper = Pillow.new("RGBA", rgba.size, "white")
            return Pillow.alpha_composite(paper, rgba).convert("RGB")
        return opened.convert("RGB")


def marked(image: Image, region: Region) -> Image:
    """A copy of a page with a frame around a region, thick enough to be seen when it is shrunk to a terminal."""
    copy = image.copy()
    edge = 2 * _edge(image)
    box = (region.left * image.width - edge, region.top * image.height - edge,
           region.right * image.width + edge, region.bottom * image.height + edge)  # fmt: skip
    draw_frame(copy, tuple(map(round, box)), _edge(image))
    return copy


def draw_frame(image: Image, box: tuple[int, ...], width: int) -> None:
    """Draw a frame into a picture, so many pixels thick."""
    from PIL import ImageDraw

    ImageDraw.Draw(image).rectangle(box, outline=_FRAME, width=width)


def _edge(image: Image) -> int:
    return max(4, max(image.size) // 200)


def is_line_drawing(image: Image) -> bool:
    """Whether a picture is mostly paper with a little ink, so that fine lines matter more than colours."""
    grey = image.convert("L")
    grey.thumbnail((200, 200))
    histogram = grey.histogram()
    return sum(histogram[225:]) > 0.6 * sum(histogram)


def fit(width: int, height: int, columns: int, rows: int) -> Size:
    """The cells that a picture takes within some columns and rows, in its own proportions."""
    if width < 1 or height < 1 or columns < 1 or rows < 1:
        return Size(0, 0)
    scale = min(columns / width, rows * _CELL_ASPECT / height)
    return Size(max(1, round(width * scale)), max(1, round(height * scale / _CELL_ASPECT)))


class BlockPicture(Widget):
    """A picture drawn with characters; works on every terminal, and in tests."""

    DEFAULT_CSS = "BlockPicture { width: auto; height: auto; }"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._image: Image | None = None
        self._fine = False
        self._framed: Region | None = None
        self._strips: tuple[Size, list[Strip]] | None = None

    @property
    def image(self) -> Image | None:
        """What is drawn, stretched to the widget."""
        return self._image

    @image.setter
    def image(self, value: Image | None) -> None:
        self._image = value
        self._strips = None
        self.refresh()

    @property
    def fine(self) -> bool:
        """Whether it is drawn in dots instead of colours."""
        return self._fine

    @fine.setter
    def fine(self, value: bool) -> None:
        self._fine = value and terminal.draws_braille()
        self._strips = None
        self.refresh()

    @property
    def framed(self) -> Region | None:
        """The part that stands out where it is drawn in dots."""
        return self._framed

    @framed.setter
    def framed(self, value: Region | None) -> None:
        self._framed = value
        self._strips = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if self._image is None or not self.size.area:
            return Strip.blank(self.size.width)
        if self._strips is None or self._strips[0] != self.size:
            drawn = dots(self._image, self.size, self._framed) if self._fine else half_blocks(self._image, self.size)
            self._strips = self.size, drawn
        strips = self._strips[1]
        return strips[y] if y < len(strips) else Strip.blank(self.size.width)


def half_blocks(image: Image, size: Size) -> list[Strip]:
    """Two pixels a cell: the upper half in the foreground, the lower in the background colour."""
    pixels = image.resize((size.width, size.height * 2), 4, reducing_gap=2.0).tobytes()
    strips = []
    for row in range(size.height):
        segments: list[Segment] = []
        run, length = b"", 0
        for column in range(size.width):
            upper = (row * 2 * size.width + column) * 3
            lower = upper + size.width * 3
            cell = pixels[upper : upper + 3] + pixels[lower : lower + 3]
            if cell == run:
                length += 1
                continue
            if length:
                segments.append(_run(run, length))
            run, length = cell, 1
        segments.append(_run(run, length))
        strips.append(Strip(segments, size.width))
    return strips


def _run(cell: bytes, length: int) -> Segment:
    upper, lower = Color.from_rgb(*cell[:3]), Color.from_rgb(*cell[3:])
    return Segment("▀" * length, Style(color=upper, bgcolor=lower))


def dots(image: Image, size: Size, framed: Region | None = None) -> list[Strip]:
    """Eight dots a cell, black on white: thin lines and small labels of a drawing survive four times longer.

    What lies outside of `framed` is greyed.
    """
    width, height = size.width * 2, size.height * 4
    ink = _ink(image, width, height)
    strips = []
    for row in range(size.height):
        characters = []
        for column in range(size.width):
            code = 0x2800
            for line in range(4):
                start = (row * 4 + line) * width + column * 2
                for side in (0, 1):
                    if ink[start + side]:
                        code |= _DOTS[line][side]
            characters.append(chr(code))
        strips.append(Strip(_framed("".join(characters), row, size, framed), size.width))
    return strips


def _ink(image: Image, width: int, height: int) -> bytes:
    """Which dots are ink. Where many pixels fall on a dot, one dark one is enough: a hair line stays in one piece.

    Where few do, that would close the letters; then the grey of the dot decides.
    """
    from PIL import ImageFilter

    grey = image.convert("L")
    if image.width > _COARSE * width:
        finer = grey.resize((width * 2, height * 2), 4, reducing_gap=2.0)
        small, pale = finer.filter(ImageFilter.MinFilter(3)).resize((width, height), 0), _PALE
    else:
        small = grey.resize((width, height), 1, reducing_gap=3.0)  # Lanczos
        pale = _PALE if image.width > width else _HALF
    return small.point([value < pale for value in range(256)]).tobytes()


def _framed(text: str, row: int, size: Size, framed: Region | None) -> list[Segment]:
    if framed is None:
        return [Segment(text, _INK)]
    left, right = round(framed.left * size.width), round(framed.right * size.width)
    if not round(framed.top * size.height) <= row < round(framed.bottom * size.height):
        return [Segment(text, _OUTSIDE)]
    return [Segment(text[:left], _OUTSIDE), Segment(text[left:right], _INK), Segment(text[right:], _OUTSIDE)]
