"""Whether a picture is a table that someone photographed or scanned: its rows cannot be found by their words."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from fieldfare.domain import Picture

_SIDE = 900  # pixels of the longer side that is looked at
_SHARE = 0.7  # of the table's width or height that a ruling covers without a break
_DARKER = 40  # grey levels that a ruling differs from the paper beside it
_RULINGS = 4  # lines each way at least: three rows and three columns


def is_ruled_table(picture: Picture) -> bool:
    """Whether a picture shows a grid of at least three rows and three columns ruled all across it."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(picture.data), formats=("PNG", "JPEG", "WEBP")) as image:
        grey = image.convert("L")
    grey.thumbnail((_SIDE, _SIDE), reducing_gap=2.0)
    if min(grey.size) < 60:
        return False
    pixels = np.asarray(grey, dtype=np.int16)
    paper = int(np.median(pixels))
    # Most of a table is paper; a photo has no single tone that most of it keeps to.
    if paper < 150 or float((np.abs(pixels - paper) < _DARKER).mean()) < 0.6:
        return False
    dark = pixels < paper - _DARKER
    return _rulings(dark) >= _RULINGS and _rulings(dark.T) >= _RULINGS


def _rulings(dark: np.ndarray) -> int:
    """How many rows of pixels are one long dark run, neighbours counted once, if they span a good part of the picture."""
    long = _SHARE * dark.shape[1]
    enough = [int(number) for number in (dark.sum(axis=1) >= long).nonzero()[0]]
    lines = [number for number in enough if _longest_run(dark[number]) >= long]
    if not lines or lines[-1] - lines[0] < 0.4 * len(dark):
        return 0
    return 1 + sum(later - earlier > 4 for earlier, later in pairwise(lines))


def _longest_run(row: np.ndarray) -> int:
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max())
