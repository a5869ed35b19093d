"""Type of the text objects of a PDF page, all at once: size, weight, direction, colour, and reasons to doubt that it is seen.

Justified manuals place every letter as an object of its own; what is read per object must be read fast.
"""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from fieldfare.ingest.extract.pdf_shapes import View

Array = npt.NDArray[Any]

TINY = 3.0  # points: nobody reads smaller type
_SLANT = 0.2  # radians off the quarters of a turn: what is more slanted is a stamp or watermark
_LIGHT = 190  # of 255: ink lighter than this in every colour may vanish on paper
_FAINT = 80  # of 255: more transparent ink may vanish
_INVISIBLE_MODES = (3, 7)
_HEAVY = 600  # weight from which type is bold
_HEAVY_NAMES = (b"bold", b"black", b"heavy", b"semibold", b"-bd", b",b")


@dataclass(frozen=True, slots=True)
class Styles:
    """Of each text object: type size in points as shown, weight, direction in quarter turns, colour as 0xRRGGBB, whether it
    stands slanted, and whether it may be invisible.
    """

    sizes: Array
    bold: Array
    turns: Array
    inks: Array
    slanted: Array
    suspect: Array


def native(function: Any, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes plain addresses: called for every character, it saves half of its time."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.CFUNCTYPE(result, *arguments)(address)


def read(raw: Any, firsts: Array, objects: Array, view: View) -> Styles:
    """The styles of text objects (addresses) of a text page, each with the index of its first character."""
    pointer, number = ctypes.c_void_p, ctypes.c_int
    count = len(firsts)
    page, indices, items = [ctypes.cast(raw, pointer).value] * count, firsts.tolist(), objects.tolist()
    size_of = native(pdfium.FPDFText_GetFontSize, ctypes.c_double, pointer, number)
    matrix_of = native(pdfium.FPDFText_GetMatrix, number, pointer, number, pointer)
    colour_of = native(pdfium.FPDFText_GetFillColor, number, pointer, number, *[pointer] * 4)
    mode_of = native(pdfium.FPDFTextObj_GetTextRenderMode, number, pointer)
    font_of = native(pdfium.FPDFTextObj_GetFont, ctypes.c_size_t, pointer)
    sizes = np.fromiter(map(size_of, page, indices), np.float64, count)
    matrices = np.zeros((count, 6), np.float32)
    at = matrices.ctypes.data
    turned = np.fromiter(map(matrix_of, page, indices, range(at, at + 24 * count, 24)), bool, count)
    matrices[~turned] = (1, 0, 0, 1, 0, 0)
    colours = np.zeros((count, 4), np.uint32)
    colours[:, 3] = 255
    at = colours.ctypes.data
    places = (range(at + 4 * part, at + 4 * part + 16 * count, 16) for part in range(4))
    list(map(colour_of, page, indices, *places))
    modes = np.fromiter(map(mode_of, items), np.int64, count)
    fonts = np.fromiter(map(font_of, items), np.int64, count)
    a, b, c, d = matrices[:, 0], matrices[:, 1], matrices[:, 2], matrices[:, 3]
    stretch = np.hypot(c, d)
    sizes = np.abs(sizes * np.where(stretch > 0, stretch, 1.0))
    right, down = view.a * a + view.c * b, view.b * a + view.d * b
    quarters = np.arctan2(-down, right) / (np.pi / 2)
    red, green, blue, alpha = (colours[:, part].astype(np.int64) for part in range(4))
    light = np.minimum(np.minimum(red, green), blue) > _LIGHT
    suspect = light | (alpha < _FAINT) | (sizes < TINY) | np.isin(modes, _INVISIBLE_MODES) | _optional(items)
    return Styles(
        sizes=sizes,
        bold=_bold(raw, fonts, firsts),
        turns=np.round(quarters).astype(np.int64) % 4,
        inks=red << 16 | green << 8 | blue,
        slanted=np.abs(quarters - np.round(quarters)) * (np.pi / 2) > _SLANT,
        suspect=suspect,
    )


def _bold(raw: Any, fonts: Array, firsts: Array) -> Array:
    """Whether each object's font is bold, by its weight or name."""
    _, at, which = np.unique(fonts, return_index=True, return_inverse=True)
    found = []
    for index in firsts[at].tolist():
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(raw, index, name, 128, flags)
        named = any(mark in name.value.lower() for mark in _HEAVY_NAMES)
        found.append(named or pdfium.FPDFText_GetFontWeight(raw, index) >= _HEAVY)
    return np.array(found)[which]


def _optional(items: list[int]) -> Array:
    """Whether each object belongs to a layer, which may be switched off; objects with the same marks are looked at once."""
    pointer, number = ctypes.c_void_p, ctypes.c_int
    count_of = native(pdfium.FPDFPageObj_CountMarks, number, pointer)
    content_of = native(pdfium.FPDFPageObj_GetMarkedContentID, number, pointer)
    known: dict[tuple[int, int], bool] = {(0, -1): False}
    found = []
    for item, count, content in zip(items, map(count_of, items), map(content_of, items), strict=True):
        key = max(count, 0), content
        if count > 0 and (key not in known or content < 0):
            known[key] = _is_optional(item, count)
        found.append(count > 0 and known[key])
    return np.array(found, bool)


def _is_optional(address: int, count: int) -> bool:
    item = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
    name, length = ctypes.create_string_buffer(32), ctypes.c_ulong()
    space = ctypes.cast(name, ctypes.POINTER(pdfium.FPDF_WCHAR))
    for index in itertools.islice(range(count), 8):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        known = pdfium.FPDFPageObjMark_GetName(mark, space, len(name), length)
        if known and name.raw[: max(length.value - 2, 0)].decode("utf-16-le", "ignore") == "OC":
            return True
    return False
