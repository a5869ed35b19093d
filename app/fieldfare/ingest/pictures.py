"""Reads and draws the pictures that extractors named, and encodes them for a pack."""

from __future__ import annotations

import io
import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from fieldfare import images
from fieldfare.domain import Drawn, PictureSource
from fieldfare.errors import SourceError
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.domain import Picture
    from fieldfare.ingest.extract import Progress

MAX_PICTURE = 64 << 20
MIN_SIDE = 32  # pixels: smaller pictures are icons
_FIGURE_SCALE = 2.0  # 144 dots an inch
_LARGEST_SIDE = 4000  # pixels of a page that figures are cut out of
MAX_WORDS = 4000  # characters of text inside a drawing
_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:fill-)?opacity\s*:\s*(?:0+(?:\.0*)?|\.0+))\s*;"
)
_EDGE = 2.0  # points around a figure, for lines that are drawn on its border


def draw(sources: Sequence[PictureSource], _progress: Progress) -> Iterator[Drawn]:
    """Each picture in turn; one that cannot be read has none and says why. A PDF is opened once for its neighbours."""
    pages = _Pages()
    try:
        for source in sources:
            try:
                picture, text = (pages.draw(source), "") if source.page is not None else _read(source)
            except (SourceError, OSError, ValueError, MemoryError, RuntimeError) as error:
                yield Drawn(source=source, problem=str(error) or type(error).__name__)
                continue
            if picture is None or max(picture.width, picture.height) < MIN_SIDE:
                yield Drawn(source=source)
                continue
            confidence = 1.0
            if not text and (source.page is None or source.region is not None):
                text, confidence = _recognised(picture)
            yield Drawn(source=source, picture=picture, text=text, confidence=confidence)
    finally:
        pages.close()


def _read(source: PictureSource) -> tuple[Picture, str]:
    """A picture of a file of its own, and the words inside it where it is a drawing that holds them as text."""
    file = Path(source.file)
    name = source.member or file.name
    if source.member:
        from fieldfare.containers import read_member

        data = read_member(file, source.member, MAX_PICTURE)
    else:
        if file.stat().st_size > MAX_PICTURE:
            raise SourceError(f"{name} is larger than 64 MiB. Scale the picture down.")
        data = file.read_bytes()
    words = ""
    if name.lower().endswith(".svg") or data[:5].lstrip().startswith((b"<svg", b"<?xml")):
        import resvg_py

        words = _svg_words(data, name)
        try:
            svg = data.decode("utf-8")
            # 96 dots to the inch, as CSS has it: without it a drawing measured in mm has no size
            data = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=1200, dpi=96, background="white"))
        except (ValueError, RuntimeError, UnicodeDecodeError) as error:
            raise SourceError(f"{name} cannot be drawn ({error}). Export it again.") from error
    return images.read_picture(data, name=name), words


def _recognised(picture: Picture) -> tuple[str, float]:
    """The words inside a figure that is a bitmap, a line each, and how sure the least sure of them is.

    Doubtful ones are left out: texture reads as letters too. Nothing where text recognition is not installed.
    """
    from fieldfare.ingest.extract import ocr

    if not ocr.available():
        return "", 1.0
    import PIL.Image

    with PIL.Image.open(io.BytesIO(picture.data)) as image:
        words = [word for word in ocr.recognise(image).words if word.confidence >= ocr.UNSURE]
    lines = (" ".join(word.text for word in line) for _, line in groupby(words, key=lambda word: word.line))
    text = "\n".join(lines)[:MAX_WORDS]
    return text, min((word.confidence for word in words), default=1.0)


def _svg_words(data: bytes, name: str) -> str:
    """The texts of a drawing that can be seen, one a line, each once; nothing where it is no XML."""
    from fieldfare.ingest.extract.xml import parse

    try:
        root = parse(data, name)
    except SourceError:
        return ""  # what draws it is more lenient
    found: dict[str, None] = {}
    for element in root.iter("{*}text"):
        line = [element, *element.iterancestors()]
        if not any(etree.QName(one).localname == "defs" or _UNSEEN.search(_look(one)) for one in line):
            found.setdefault(squeeze("".join(map(str, element.itertext()))))
    return "\n".join(filter(None, found))[:MAX_WORDS]


def _look(element: Any) -> str:
    attributes = (f"{name}:{element.get(name, '')}" for name in ("display", "visibility", "opacity", "fill-opacity"))
    return ";".join((*attributes, element.get("style", ""), ""))


class _Pages:
    """The PDF that is open, and its page that was drawn last."""

    def __init__(self) -> None:
        self._file = ""
        self._pdf: Any = None
        self._drawn: tuple[tuple[int, int], Any] | None = None

    def draw(self, source: PictureSource) -> Any:
        import pypdfium2

        from fieldfare.ingest.extract.pdf import open_pdf

        if source.file != self._file:
            self.close()
            self._pdf, self._file = open_pdf(Path(source.file)), source.file
        try:
            page = self._pdf[(source.page or 1) - 1]
            try:
                width, height = page.get_size()
                if source.region is None:
                    return images.encode_sheet(_render(page, images.PAGE_SIDE / max(width, height, 1), source.turn))
                key = (source.page or 1, source.turn)
                if self._drawn is None or self._drawn[0] != key:
                    scale = min(_FIGURE_SCALE, _LARGEST_SIDE / max(width, height, 1))
                    self._drawn = key, _render(page, scale, source.turn)
            finally:
                page.close()
        except pypdfium2.PdfiumError as error:
            raise SourceError(f"page {source.page} cannot be drawn ({error})") from error
        sheet, region = self._drawn[1], source.region
        edge = _EDGE * _FIGURE_SCALE
        corners = (
            max(0, round(region.left * sheet.width - edge)), max(0, round(region.top * sheet.height - edge)),
            min(sheet.width, round(region.right * sheet.width + edge)),
            min(sheet.height, round(region.bottom * sheet.height + edge)),
        )  # fmt: skip
        return images.encode(sheet.crop(corners), longest=images.MAX_SIDE)

    def close(self) -> None:
        self._drawn = None
        if self._pdf is not None:
            self._pdf.close()
            self._pdf = None


def _render(page: Any, scale: float, turn: int) -> Any:
    drawn = page.render(scale=scale, fill_color=(255, 255, 255, 255)).to_pil()
    return drawn.rotate(-90 * turn, expand=True) if turn else drawn
