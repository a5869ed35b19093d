"""Words of a picture, by RapidOCR on onnxruntime: the authors' `ocr` extra, which carries its models and needs no network.

Latin letters with their accents are known to the models. Each word keeps how sure the recognition is of it.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import statistics
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

UNSURE = 0.8  # a word that is recognised with less confidence is shown to the author and the technician
INSTALL = "install text recognition with the ocr extra (pip install -r requirements/ocr.txt) and build again"
_LONG = 6.0  # a line this many times as wide as high tells how a page is turned
_SKEW = 0.15  # degrees; less needs no turning


@dataclass(frozen=True, slots=True)
class Recognised:
    """A word in pixels of the picture, turned so that its lines are level; `line` counts the lines, `base` is the bottom
    and `height` the height of its line.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: int
    base: float
    height: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """What stands in a picture; it was turned by `skew` degrees (counter-clockwise) about its middle to be level."""

    words: tuple[Recognised, ...]
    skew: float


def available() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def recognise(image: Image) -> Recognition:
    """The words of a picture in reading order of their lines."""
    import numpy as np

    found = _engine()(np.asarray(image.convert("RGB"))[:, :, ::-1], return_word_box=True)
    if found.boxes is None or found.txts is None:
        return Recognition((), 0.0)
    boxes = [[(float(x), float(y)) for x, y in box] for box in found.boxes]
    skew = _skew(boxes)
    turn = _Turn(skew if abs(skew) > _SKEW else 0.0, image.width / 2, image.height / 2)
    words: list[Recognised] = []
    for line, (box, parts) in enumerate(zip(boxes, found.word_results or (), strict=False)):
        corners = [turn.point(x, y) for x, y in box]
        top, base = min(y for _, y in corners), max(y for _, y in corners)
        for text, confidence, corners_ in parts or ():
            places = [turn.point(float(x), float(y)) for x, y in corners_]
            xs, ys = [x for x, _ in places], [y for _, y in places]
            words.append(
                Recognised(text, min(xs), min(ys), max(xs), max(ys), line, base, base - top, float(confidence))
            )
    return Recognition(tuple(words), turn.degrees)


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The engine, loaded once a process; it says nothing and sends nothing."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    threads = max(1, int(os.environ.get("OMP_NUM_THREADS", "1")))
    return RapidOCR(params={
        "Global.use_cls": False,  # pages stand upright, lines are not upside down
        "Global.log_level": "critical",
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    })  # fmt: skip


def _skew(boxes: list[list[tuple[float, float]]]) -> float:
    """By how many degrees the long lines fall to the right."""
    angles = []
    for (x0, y0), (x1, y1), (_, y2), _ in boxes:
        width, height = x1 - x0, abs(y2 - y1)
        if width > _LONG * max(height, 1.0):
            angles.append(math.degrees(math.atan2(y1 - y0, width)))
    return statistics.median(angles) if len(angles) >= 3 else 0.0


class _Turn:
    """Turns places about the middle of a picture, so that lines which fall by `degrees` are level."""

    def __init__(self, degrees: float, x: float, y: float) -> None:
        self.degrees = degrees
        self._x, self._y = x, y
        self._cos, self._sin = math.cos(math.radians(-degrees)), math.sin(math.radians(-degrees))

    def point(self, x: float, y: float) -> tuple[float, float]:
        dx, dy = x - self._x, y - self._y
        return self._x + dx * self._cos - dy * self._sin, self._y + dx * self._sin + dy * self._cos
