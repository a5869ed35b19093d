"""Tells the text of a PDF page that the eye sees from text that only a machine reads.

White on white, invisible, tiny, covered or cut off: the page is drawn and looked at where a text object gives reason to.
Text that is invisible by its mode but lies on a picture, as behind a scan, is what the picture shows and counts as seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fieldfare.ingest.extract.pdf_styles import TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.extract.pdf_page import Word
    from fieldfare.ingest.extract.pdf_shapes import Shapes

_CONTRAST = 20  # of 255 between the lightest and darkest spot of a word that can be seen
_SCALE = 2.0


def seen(
    words: Sequence[Word], hints: Sequence[tuple[int, bool]], shapes: Shapes, page: Any
) -> tuple[list[Word], list[str]]:
    """The words that a reader sees, and the text that he does not, in reading order, joined where it stands together."""
    doubtful = {index for index, (_, suspect) in enumerate(hints) if suspect} | _covered(words, hints, shapes)
    width, height = page.get_size()
    drawn = _draw(page) if doubtful else None
    kept: list[Word] = []
    hidden: list[list[str]] = []
    last = -2
    for index, word in enumerate(words):
        box = word.box
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        outside = not (0 <= x <= width and 0 <= y <= height)
        if outside or word.size < TINY or (index in doubtful and not _shows(word, drawn)):
            if index != last + 1:
                hidden.append([])
            hidden[-1].append(word.text)
            last = index
        else:
            kept.append(word)
    return kept, [" ".join(part) for part in hidden]


def _covered(words: Sequence[Word], hints: Sequence[tuple[int, bool]], shapes: Shapes) -> set[int]:
    """The words over which something opaque was drawn later."""
    places = np.array([shapes.order.get(object_, 1 << 30) for object_, _ in hints])
    if not shapes.covers or not len(places) or places.min() > shapes.covers[-1][0]:
        return set()
    boxes = np.array([(word.box.x0, word.box.y0, word.box.x1, word.box.y1) for word in words])
    found = np.zeros(len(places), bool)
    for number, box in shapes.covers:
        found |= (
            (places < number) & (boxes[:, 0] > box.x0 - 3) & (boxes[:, 1] > box.y0 - 3)
            & (boxes[:, 2] < box.x1 + 3) & (boxes[:, 3] < box.y1 + 3)
        )  # fmt: skip
    return set(np.flatnonzero(found).tolist())


def _draw(page: Any) -> Any:
    return page.render(scale=_SCALE, grayscale=True, fill_color=(255, 255, 255, 255)).to_numpy()


def _shows(word: Word, drawn: Any) -> bool:
    """Whether the page as drawn has any contrast where a word stands."""
    box = word.box
    inset = 0.15 * box.height
    rows = slice(max(0, round((box.y0 + inset) * _SCALE)), max(1, round((box.y1 - inset) * _SCALE)))
    columns = slice(max(0, round(box.x0 * _SCALE)), max(1, round(box.x1 * _SCALE)))
    spot = drawn[rows, columns]
    return bool(spot.size) and int(spot.max()) - int(spot.min()) >= _CONTRAST
