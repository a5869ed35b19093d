"""The runs of a Word paragraph -> text, pictures, text boxes and notes; what is deleted or hidden stays out.

ISO/IEC 29500-1, 17.3 (paragraphs and runs), 17.13 (revisions), 20.4 and 14.1 (drawings, new and old).
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.docx_styles import Styles, flag, is_on, value
from fieldfare.ingest.extract.grid import number
from fieldfare.ingest.extract.hidden import is_white
from fieldfare.ingest.extract.xml import attribute, child, children, descendants, local
from fieldfare.text import lowered, raised, squeeze

if TYPE_CHECKING:
    from lxml.etree import _Element

_DESCENDED = frozenset(
    "ins moveTo hyperlink smartTag sdt sdtContent fldSimple customXml bdo dir ruby rubyBase Choice".split()
)
_DELETED = frozenset({"del", "moveFrom"})
_MAX_MATH = 60  # formulas in formulas
_TINY = 4  # half points: type of 2 points and less is not read
# Characters of the fonts Symbol and Wingdings that manuals use (code points of the private area minus 0xF000).
_SYMBOL = {0x44: "Δ", 0x57: "Ω", 0x61: "α", 0x62: "β", 0x6D: "µ", 0x70: "π", 0xA3: "≤", 0xAE: "→", 0xB0: "°",
           0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xC6: "∅"}  # fmt: skip
_WINGDINGS = {0x6C: "●", 0x6E: "■", 0xA7: "▪", 0xA8: "☐", 0xE0: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFE: "☑"}


class _Raised(str):
    """Text of a run in superscript; Word may cut one exponent into several runs."""

    __slots__ = ()


class _Lowered(str):
    """Text of a run in subscript."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of a paragraph by the relation that names it; `alternative` is the text that stands for it."""

    relation: str
    vector: str = ""
    alternative: str = ""
    words: str = ""


@dataclass(slots=True, kw_only=True)
class Content:
    """What a paragraph holds; `boxes` are the contents of its text boxes, `notes` the ids of its foot- and endnotes."""

    text: str = ""
    images: list[Image] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    hidden: str = ""
    lost: list[str] = field(default_factory=list)


class Runs:
    """Reads paragraphs; counts the tracked changes that it met in `revisions`."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.revisions: Counter[str] = Counter()

    def read(self, paragraph: _Element, *, on_colour: bool) -> Content:
        """The content of a paragraph; `on_colour` says that white text would be seen."""
        content = Content()
        parts: list[str] = []
        hidden: list[str] = []
        self._walk(paragraph, content, parts, hidden, on_colour=on_colour)
        content.text = _joined(parts)
        content.hidden = squeeze("".join(hidden))
        return content

    def _walk(
        self, parent: _Element, content: Content, parts: list[str], hidden: list[str], *, on_colour: bool
    ) -> None:
        for one in children(parent):
            name = local(one)
            if name == "r":
                out = hidden if self._is_hidden(child(one, "rPr"), on_colour=on_colour) else parts
                self._run(one, content, out)
            elif name in _DELETED:
                self.revisions["deletions"] += 1
            elif name == "AlternateContent":
                chosen = child(one, "Choice")
                self._walk(chosen if chosen is not None else one, content, parts, hidden, on_colour=on_colour)
            elif name in {"oMath", "oMathPara"}:
                parts.append(_math(one))
            elif name in _DESCENDED:
                self.revisions["insertions"] += name in {"ins", "moveTo"}
                self._walk(one, content, parts, hidden, on_colour=on_colour)

    def _run(self, run: _Element, content: Content, out: list[str]) -> None:
        layers = self._styles.run_layers(child(run, "rPr"))
        aligned = next((found for layer in layers if (found := value(layer, "vertAlign"))), "")
        typed = {"superscript": _Raised, "subscript": _Lowered}.get(aligned, str)
        for one in children(run):
            name = local(one)
            if name == "t":
                out.append(typed(one.text or ""))
            elif name == "tab":
                out.append("\t")
            elif name in {"br", "cr"}:
                out.append("\n" if attribute(one, "type") in {"", "textWrapping"} else "")
            elif name == "noBreakHyphen":
                out.append(typed("-"))
            elif name == "sym":
                out.append(typed(_symbol(one, content)))
            elif name in {"footnoteReference", "endnoteReference"}:
                content.notes.append((name.removesuffix("Reference"), attribute(one, "id")))
                out.append(raised(str(len(content.notes))))
            elif name in {"drawing", "pict", "object"}:
                _drawing(one, content)
            elif name == "AlternateContent":
                chosen = child(one, "Choice")
                for drawing in descendants(chosen if chosen is not None else one, "drawing", "pict", "object"):
                    _drawing(drawing, content)

    def _is_hidden(self, properties: _Element | None, *, on_colour: bool) -> bool:
        layers = self._styles.run_layers(properties)
        for layer in layers:
            vanish = child(layer, "vanish")
            if vanish is not None:
                if is_on(attribute(vanish, "val")):
                    return True
                break
        if any(flag(layer, "webHidden") for layer in layers):
            return False
        size = next((value(layer, "sz") for layer in layers if value(layer, "sz")), "")
        if size and number(size, _TINY + 1) <= _TINY:
            return True
        colour = next((value(layer, "color") for layer in layers if value(layer, "color")), "").lower()
        backed = on_colour or any(
            child(layer, "shd") is not None or child(layer, "highlight") is not None for layer in layers
        )
        return is_white(colour) and not backed


def _joined(parts: list[str]) -> str:
    """The runs as one text, with what is raised or lowered written whole."""
    written = []
    for kind, run in itertools.groupby((part for part in parts if part), type):
        text = "".join(run)
        written.append(raised(text) if kind is _Raised else lowered(text) if kind is _Lowered else text)
    return "".join(written)


def _math(element: _Element, depth: int = 0) -> str:
    """A formula in one line: powers raised, fractions with their stroke (ISO/IEC 29500-1, 22.1)."""
    if local(element) == "t" or depth > _MAX_MATH:
        return str(element.text or "") if local(element) == "t" else ""

    def part(name: str) -> str:
        found = child(element, name)
        return _math(found, depth + 1) if found is not None else ""

    name = local(element)
    if name in {"sSup", "sSub", "sSubSup"}:
        return (
            part("e")
            + (lowered(part("sub")) if name != "sSup" else "")
            + (raised(part("sup")) if name != "sSub" else "")
        )
    if name == "f":
        return "/".join(text if text.isalnum() else f"({text})" for text in (part("num"), part("den")))
    if name == "rad":
        return f"{raised(part('deg'))}√({part('e')})"
    inner = "".join(_math(one, depth + 1) for one in children(element))
    return f"({inner})" if name == "d" else inner


def _symbol(element: _Element, content: Content) -> str:
    font, code = attribute(element, "font"), attribute(element, "char")
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    known = (_SYMBOL if font == "Symbol" else _WINGDINGS if font == "Wingdings" else {}).get(point & 0xFFF)
    if known is None and not 0xE000 <= point <= 0xF8FF and 0x20 <= point < 0x11_0000:
        known = chr(point)
    if known is None:
        content.lost.append(f"the sign {code} of the font {font} was left out: replace it by a character")
    return known or ""


def _drawing(element: _Element, content: Content) -> None:
    """The pictures of a drawing with the words in its text boxes; without a picture the boxes are text."""
    described = next(descendants(element, "docPr"), None)
    alternative = ""
    if described is not None:
        alternative = attribute(described, "descr") or attribute(described, "title")
    boxes = [box for box in descendants(element, "txbxContent") if not _in_fallback(box, element)]
    found = []
    linked = False
    for blip in descendants(element, "blip", "imagedata"):
        relation = attribute(blip, "embed") if local(blip) == "blip" else attribute(blip, "id")
        if _in_fallback(blip, element):
            continue
        if relation:
            vector = next((attribute(svg, "embed") for svg in descendants(blip, "svgBlip")), "")
            found.append(Image(relation=relation, vector=vector, alternative=alternative))
        else:
            linked = True
            content.lost.append("a picture is only linked, not embedded: embed it (Edit Links, Break Link)")
    if found and boxes:
        words = squeeze(" ".join(str(text.text or "") for box in boxes for text in descendants(box, "t")))
        found[0] = Image(relation=found[0].relation, vector=found[0].vector, alternative=alternative, words=words)
    elif boxes:
        content.boxes += boxes
    elif not found and not linked and local(element) == "drawing":
        data = next(descendants(element, "graphicData"), None)
        kind = attribute(data, "uri").rpartition("/")[2] if data is not None else ""
        if kind in {"chart", "chartex", "diagram"}:
            content.lost.append(f"a {kind} was left out ({alternative or 'without a name'}): insert it as a picture")
        elif kind:
            content.lost.append("a drawing of shapes was left out: insert it as a picture")
    content.images += found


def _in_fallback(element: _Element, top: _Element) -> bool:
    for above in element.iterancestors():
        if above is top:
            return False
        if local(above) == "Fallback":
            return True
    return False
