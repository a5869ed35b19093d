"""Single images -> a document of figures: each with its caption from the text beside it, else from its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, PictureSource, Title
from fieldfare.ingest.extract.names import in_order, titled
from fieldfare.ingest.structure import Outline, figure_number
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".svg")
MAX_CAPTION = 1 << 16  # bytes of the text beside an image


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """A section for each image: its heading is the caption, text beside it (`name.txt`) beyond the first line follows."""
    outline = Outline()
    files = in_order(source.files, source.root)
    yield Title(text="" if len(files) > 1 else _caption(files[0])[0])
    for done, file in enumerate(files, 1):
        caption, text = _caption(file)
        outline.restart()
        outline.heading(1, caption)
        picture = PictureSource(file=str(file))
        outline.add(
            Block(kind=BlockKind.FIGURE, text="", caption=caption, number=figure_number(caption), picture=picture)
        )
        for paragraph in re.split(r"\n[ \t]*\n", text):
            outline.add(Block(kind=BlockKind.PARAGRAPH, text=paragraph))
        yield from outline.take()
        progress("reading pictures", done, len(files))
    yield from outline.sections()


def _caption(file: Path) -> tuple[str, str]:
    """The first line of the text beside an image and the rest of it; the image's name where there is none."""
    beside = file.with_suffix(".txt")
    if beside.is_file() and not beside.is_symlink():
        with beside.open("rb") as stream:
            text = stream.read(MAX_CAPTION).decode("utf-8-sig", "replace").strip()
        if text:
            first, _, rest = text.partition("\n")
            return squeeze(first), rest
    return titled(file.stem), ""
