"""Bytes of unknown origin -> a picture that is safe to keep: decoded once under limits, re-encoded, nothing else kept."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.domain import Picture
from fieldfare.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

MAX_PIXELS = 60_000_000
MAX_SIDE = 1600  # pixels of a figure's longer side in a pack: more than a terminal or a laptop screen shows
PAGE_SIDE = 1200


def read_picture(data: bytes, *, name: str, longest: int = MAX_SIDE) -> Picture:
    """Decode an image file (PNG, JPEG, WebP, GIF, BMP, TIFF; the first frame), turn it upright and encode it anew.

    Raises SourceError where it is no image or would unpack to more than MAX_PIXELS.
    """
    from PIL import ImageOps

    with _decoded(data, name, longest) as image:
        return encode(ImageOps.exif_transpose(image), longest=longest)


def check_picture(data: bytes, *, name: str) -> None:
    """Decode an image file whole, to be sure that it is one. Raises SourceError as `read_picture` does."""
    with _decoded(data, name, MAX_PIXELS):
        pass


@contextlib.contextmanager
def _decoded(data: bytes, name: str, longest: int) -> Iterator[Image]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise SourceError(
                        _("{name}: {width} x {height} pixels are too many. Scale the image down.").format(
                            name=name, width=image.width, height=image.height
                        )
                    )
                image.draft(
                    image.mode, (longest, longest)
                )  # a JPEG is decoded at a half or a quarter where that is enough
                image.load()
                yield image
    except UnidentifiedImageError as error:
        raise SourceError(
            _("{name} is no image, or a damaged one. Replace it or leave it out.").format(name=name)
        ) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise SourceError(
            _("{name} cannot be read as an image ({error}). Replace it or leave it out.").format(name=name, error=error)
        ) from error


def encode(image: Image, *, longest: int) -> Picture:
    """Scale down to `longest` pixels and encode: drawings with few colours as PNG, everything else as WebP."""
    import PIL.Image

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        flat = PIL.Image.new("RGB", image.size, "white")
        flat.paste(with_alpha, mask=with_alpha.getchannel("A"))
    else:
        flat = image.convert("RGB")
    if max(flat.size) > longest:
        scale = longest / max(flat.size)
        flat = flat.resize(
            (max(1, round(flat.width * scale)), max(1, round(flat.height * scale))), PIL.Image.Resampling.BICUBIC
        )
    buffer = io.BytesIO()
    reduced = flat.quantize(colors=32, dither=PIL.Image.Dither.NONE) if flat.getcolors(maxcolors=1024) else None
    if reduced is not None:
        reduced.save(buffer, "PNG", optimize=True)
        media_type = "image/png"
    else:
        flat.save(buffer, "WEBP", quality=72, method=2)  # half the time of method 4, 4 % more bytes
        media_type = "image/webp"
    return Picture(data=buffer.getvalue(), media_type=media_type, width=flat.width, height=flat.height)


def encode_sheet(image: Image) -> Picture:
    """Encode the picture of a whole page, small and quickly: it is for finding the place, its text is kept as text."""
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "WEBP", quality=50, method=1)
    return Picture(data=buffer.getvalue(), media_type="image/webp", width=image.width, height=image.height)
