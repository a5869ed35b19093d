"""What the styles and the numbering of a Word document say about a paragraph: heading, list number, hidden, bordered.

ISO/IEC 29500-1, 17.7 (styles) and 17.9 (numbering). Word keeps the English names of its own styles in every language;
other programs write their translated ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.grid import number
from fieldfare.ingest.extract.xml import attribute, child, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titulo|titolo|intestazione|rubrik|overskrift|kop|nagłówek|nadpis)[ _-]?([1-9])",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"\b(?:caption|beschriftung|légende|leyenda|legenda|epígrafe|didascalia|bijschrift)\b", re.IGNORECASE
)
_LISTING = re.compile(
    r"(?:toc|index|verzeichnis|table of figures|abbildungsverzeichnis)(?: heading|\s*\d)?$", re.IGNORECASE
)
_NESTED = re.compile(r"list (number|bullet|continue)(?: ([2-5]))?", re.IGNORECASE)
_TITLES = frozenset("title titel titre título titulo titolo".split())
_CHAIN = 20  # styles that a style may be based on
_MAX_LEVEL = 8
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known of a paragraph before its text is read; `level` is that of a heading from 1, 0 for other text.

    `list` is the numbering and `depth` its level from 0; `nested` is the level from 0 that Word's own list styles name, which
    number each level by a list of its own, and `continued` says that the text goes on in such an item. `indent` is the left
    indent in twentieths of a point.
    """

    style: str = ""
    level: int = 0
    title: bool = False
    caption: bool = False
    listing: bool = False
    list: str = ""
    depth: int = 0
    nested: int = 0
    continued: bool = False
    indent: int = 0
    bordered: bool = False
    shaded: bool = False
    hidden: bool = False


@dataclass(slots=True, kw_only=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    legal: bool = False
    indent: int = 0


@dataclass(slots=True, kw_only=True)
class _List:
    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    used: bool = False


class Styles:
    """The styles of a document, looked up with what they are based on."""

    def __init__(self, root: _Element | None) -> None:
        self._styles: dict[str, _Element] = {}
        self._default = ""
        for style in children(root, "style") if root is not None else ():
            id_ = attribute(style, "styleId")
            self._styles[id_] = style
            if attribute(style, "type") == "paragraph" and is_on(attribute(style, "default") or "0"):
                self._default = id_

    def look(self, paragraph: _Element, numbering: Numbering) -> Look:
        """What a paragraph's own properties and its styles say; its own win."""
        own = child(paragraph, "pPr")
        id_ = value(own, "pStyle") or self._default
        chain = list(self.chain(id_))
        layers = [one for one in (own, *(child(style, "pPr") for style in chain)) if one is not None]
        names = [value(style, "name") for style in chain]
        name = names[0] if names else ""
        outline = next((value(layer, "outlineLvl") for layer in layers if value(layer, "outlineLvl")), "")
        heading = next((match.group(1) for one in names if (match := _HEADING.fullmatch(one.strip()))), "")
        level = number(outline, 9) + 1 if outline else int(heading or 0)
        list_, depth = _list_of(layers, chain, numbering)
        nested = next((match for one in names if (match := _NESTED.fullmatch(one.strip()))), None)
        indents = [child(layer, "ind") for layer in layers]
        left = next((text for one in indents if one is not None and (text := _left(one))), "")
        borders = next((one for layer in layers if (one := child(layer, "pBdr")) is not None), None)
        return Look(
            style=name,
            level=level if 1 <= level <= 9 else 0,
            title=name.strip().casefold() in _TITLES,
            caption=any(_CAPTION.search(one) for one in names[:2]),
            listing=bool(_LISTING.match(name.strip())),
            list=list_,
            depth=depth,
            nested=int(nested.group(2) or 1) - 1 if nested else 0,
            continued=nested is not None and nested.group(1).lower() == "continue" and not list_,
            indent=number(left, 0) if left else numbering.indent(list_, depth),
            bordered=borders is not None
            and sum(attribute(side, "val") not in {"", "nil", "none"} for side in children(borders)) >= 2,
            shaded=any(_is_dark(child(layer, "shd")) for layer in layers),
            hidden=any(self._is_hidden(child(style, "rPr")) for style in chain[:1]),
        )

    def chain(self, id_: str) -> Iterator[_Element]:
        """A style and those that it is based on, the nearest first."""
        for _ in range(_CHAIN):
            style = self._styles.get(id_)
            if style is None:
                return
            yield style
            id_ = value(style, "basedOn")

    def run_layers(self, properties: _Element | None) -> list[_Element]:
        """The properties of a run, its own first, then those of its character style."""
        if properties is None:
            return []
        styles = self.chain(value(properties, "rStyle")) if value(properties, "rStyle") else ()
        return [properties, *(one for style in styles if (one := child(style, "rPr")) is not None)]

    def _is_hidden(self, properties: _Element | None) -> bool:
        return any(flag(layer, "vanish") for layer in self.run_layers(properties))


class Numbering:
    """Counts the lists of a document and writes each number as it is printed."""

    def __init__(self, root: _Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        abstracts = {attribute(one, "abstractNumId"): one for one in children(root, "abstractNum")}
        linked = {value(one, "styleLink"): one for one in abstracts.values() if value(one, "styleLink")}
        for num in children(root, "num"):
            abstract = abstracts.get(value(num, "abstractNumId"))
            if abstract is None:
                continue
            abstract = linked.get(value(abstract, "numStyleLink"), abstract)
            found = _List(abstract=attribute(abstract, "abstractNumId"), levels=_levels(abstract))
            for override in children(num, "lvlOverride"):
                depth = number(attribute(override, "ilvl"), 0)
                found.levels |= _levels(override)
                if value(override, "startOverride"):
                    found.starts[depth] = number(value(override, "startOverride"), 1)
            self._lists[attribute(num, "numId")] = found

    def indent(self, list_: str, depth: int) -> int:
        """The indent that a level of a list gives to its paragraphs."""
        found = self._lists.get(list_)
        return found.levels[depth].indent if found is not None and depth in found.levels else 0

    def knows(self, list_: str) -> bool:
        """Whether a list exists; number 0 takes a paragraph out of the list of its style."""
        return list_ in self._lists

    def next(self, list_: str, depth: int) -> str:
        """The printed number of the next paragraph at this level; `•` for a bullet, empty where nothing is printed."""
        found = self._lists[list_]
        level = found.levels.get(depth, _Level())
        if level.form == "bullet":
            return "•" if level.text.strip() else ""
        if level.form == "none":
            return squeeze_number(level.text)
        counts = self._counts.setdefault(found.abstract, {})
        if not found.used:
            found.used = True
            for at, start in found.starts.items():
                counts[at] = start - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in list(counts):
            restart = found.levels.get(deeper, _Level()).restart
            if deeper > depth and restart != 0 and (restart is None or depth < restart):
                del counts[deeper]

        def part(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            one = found.levels.get(at, _Level())
            return spell(counts.get(at, one.start), "decimal" if level.legal else one.form)

        return squeeze_number(re.sub(r"%([1-9])", part, level.text or f"%{depth + 1}"))


def squeeze_number(text: str) -> str:
    """A number without the full stop after it, as steps carry it: `3.` is 3, `a)` stays."""
    return text.strip().removesuffix(".")


def spell(count: int, form: str) -> str:
    """A number as a list writes it: 3, c, III, 03."""
    if form in {"lowerLetter", "upperLetter"} and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"lowerRoman", "upperRoman"} and 0 < count < 4000:
        roman = ""
        for worth, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            "m cm d cd c xc l xl x ix v iv i".split(),
            strict=True,
        ):
            roman += sign * (count // worth)
            count %= worth
        return roman.upper() if form == "upperRoman" else roman
    return f"{count:02}" if form == "decimalZero" else str(count)


def value(properties: _Element | None, name: str) -> str:
    """The `val` of a property, empty where it is not set."""
    found = child(properties, name)
    return attribute(found, "val") if found is not None else ""


def flag(properties: _Element, name: str) -> bool:
    """Whether a property that is on or off is on."""
    found = child(properties, name)
    return found is not None and is_on(attribute(found, "val"))


def is_on(text: str) -> bool:
    """How OOXML spells yes: nothing, 1, true or on."""
    return text not in _OFF


def _left(indent: _Element) -> str:
    return attribute(indent, "left") or attribute(indent, "start")


def _is_dark(shading: _Element | None) -> bool:
    """Whether a shading may stand behind white text."""
    return shading is not None and attribute(shading, "fill").lower() not in {"", "auto", "ffffff"}


def _levels(parent: _Element) -> dict[int, _Level]:
    found = {}
    for one in children(parent, "lvl"):
        depth = number(attribute(one, "ilvl"), 0)
        if depth > _MAX_LEVEL:
            continue
        indent = child(one, "pPr", "ind")
        restart = value(one, "lvlRestart")
        found[depth] = _Level(
            form=value(one, "numFmt") or "decimal",
            text=value(one, "lvlText"),
            start=number(value(one, "start"), 1),
            restart=number(restart, 0) if restart else None,
            legal=child(one, "isLgl") is not None,
            indent=number(_left(indent), 0) if indent is not None else 0,
        )
    return found


def _list_of(layers: list[_Element], chain: list[_Element], numbering: Numbering) -> tuple[str, int]:
    """The list and level of a paragraph, from its own properties or its styles."""
    for layer in layers:
        found = child(layer, "numPr")
        if found is None:
            continue
        list_ = value(found, "numId") or next((value(child(style, "pPr", "numPr"), "numId") for style in chain
                                               if child(style, "pPr", "numPr") is not None), "")  # fmt: skip
        if not numbering.knows(list_):
            return "", 0
        return list_, min(number(value(found, "ilvl"), 0), _MAX_LEVEL)
    return "", 0
