"""A PDF page without readable text -> the same words and lines as any page, from its picture."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fieldfare.ingest.extract import ocr
from fieldfare.ingest.extract.pdf_page import PageContent, Word
from fieldfare.ingest.extract.pdf_shapes import Box

if TYPE_CHECKING:
    from PIL.Image import Image

GARBLED = 0.2  # share of characters without meaning from which a text layer is bad
FEW = 60  # characters: a page that is one picture with fewer is a scan with a stamp
_DPI = 170  # dots an inch: letters of 6 points are still read, and a page takes seconds
_TYPE = 0.72  # type size in heights of a recognised line
_DESCENT = 0.2  # baseline above the bottom of a recognised line, in its heights
_SAME = 0.2  # lines whose heights differ less from the usual are of one size
_BLANK = 24  # of 255 between the lightest and darkest spot of a page that shows something
_RULE = 30.0  # points: shorter strokes are letters


def is_unread(content: PageContent, *, one_picture: bool) -> bool:
    """Whether a page has no text layer that can be trusted."""
    characters = sum(len(word.text) for word in content.words)
    return not characters or content.garbled > GARBLED or (one_picture and characters < FEW)


def recognise_page(page: Any, content: PageContent) -> PageContent:
    """The page as its picture reads: `unread` stays true where it shows something and nothing can recognise it."""
    small = page.render(scale=0.5, grayscale=True, fill_color=(255, 255, 255, 255)).to_numpy()
    if int(small.max()) - int(small.min()) < _BLANK:
        return content
    if not ocr.available():
        return replace(content, words=(), unread=True)
    image = page.render(scale=_DPI / 72, fill_color=(255, 255, 255, 255)).to_pil()
    found = ocr.recognise(image)
    heights = [word.height for word in found.words]
    usual = statistics.median(heights) if heights else 0.0
    scale = 72 / _DPI
    words = []
    for word in found.words:
        height = usual if abs(word.height - usual) < _SAME * usual else word.height
        box = Box(word.left * scale, word.top * scale, word.right * scale, word.bottom * scale)
        base = (word.base - _DESCENT * word.height) * scale
        size = round(2 * height * _TYPE * scale) / 2
        words.append(Word(word.text, box, base, size, bold=False, confidence=word.confidence))
    if found.skew:
        image = image.rotate(found.skew, fillcolor="white")
    return replace(content, words=tuple(words), turned=(), hidden=(), garbled=0.0, recognised=True, unread=not words,
                   rules=tuple(_rules(image, scale)), frames=(), shades=(), drawings=(), pictures=())  # fmt: skip


def _rules(image: Image, scale: float) -> list[Box]:
    """Long level and upright strokes of a picture: the lines of its tables and boxes."""
    import cv2
    import numpy as np

    grey = np.asarray(image.convert("L"))
    ink = cv2.adaptiveThreshold(255 - grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 25, -12)
    length = round(_RULE / scale)
    found = []
    for kernel in ((length, 1), (1, length)):
        strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, kernel))
        strokes = cv2.dilate(strokes, np.ones((3, 3), np.uint8))
        count, _, places, _ = cv2.connectedComponentsWithStats(strokes)
        for left, top, width, height, _ in places[1:count].tolist():
            if min(width, height) * scale < 5:
                found.append(Box(left * scale, top * scale, (left + width) * scale, (top + height) * scale))
    thin = []
    for box in found:
        if box.width > box.height:
            middle = (box.y0 + box.y1) / 2
            thin.append(Box(box.x0, middle - 0.4, box.x1, middle + 0.4))
        else:
            middle = (box.x0 + box.x1) / 2
            thin.append(Box(middle - 0.4, box.y0, middle + 0.4, box.y1))
    return thin
