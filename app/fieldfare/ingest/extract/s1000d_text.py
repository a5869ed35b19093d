"""S1000D inline markup -> text as it is printed: references by their titles and numbers, quantities with their units."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from fieldfare.ingest.extract import xml
from fieldfare.ingest.extract.xml import attribute, child, children, local
from fieldfare.text import lowered, raised, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

_SKIPPED = frozenset("indexFlag applic dmRefAddressItems".split())
_TOLERANCE = {"plus": "+", "minus": "−", "plusorminus": "±"}
# Elements that print the number or name in their attribute where they have no text of their own.
_NAMED_BY = {
    "functionalItemRef": ("functionalItemNumber",),
    "circuitBreakerRef": ("circuitBreakerNumber",),
    "controlIndicatorRef": ("controlIndicatorNumber",),
    "accessPointRef": ("accessPointNumber",),
    "zoneRef": ("zoneNumber",),
    "toolRef": ("toolNumber",),
    "supplyRef": ("supplyNumber",),
    "partRef": ("partNumberValue",),
    "supplyRqmtRef": ("supplyRqmtNumber",),
    "enterpriseRef": ("manufacturerCodeValue",),
    "inlineSignificantData": (),
}
_UNITS = {"Nm": "N·m", "um": "µm", "degC": "°C", "degF": "°F", "deg": "°", "ohm": "Ω", "pct": "%"}


def dm_code(element: _Element) -> str:
    """A data module's code as it is printed: DMC-BRAKE-AAA-DA1-00-00-00AA-341A-A."""
    values = {name: attribute(element, name) for name in (
        "modelIdentCode", "systemDiffCode", "systemCode", "subSystemCode", "subSubSystemCode", "assyCode", "disassyCode",
        "disassyCodeVariant", "infoCode", "infoCodeVariant", "itemLocationCode")}  # fmt: skip
    return (
        "DMC-{modelIdentCode}-{systemDiffCode}-{systemCode}-{subSystemCode}{subSubSystemCode}-{assyCode}-"
        "{disassyCode}{disassyCodeVariant}-{infoCode}{infoCodeVariant}-{itemLocationCode}"
    ).format_map(values)


def dm_title(element: _Element | None) -> str:
    """A data module's title: what it is about, and what about it."""
    names = [squeeze(xml.plain(one)) for one in children(element)] if element is not None else []
    return " – ".join(name for name in names if name)


class Inline:
    """Writes inline elements; `labels` holds what references inside the module print, `title_of` those of modules."""

    def __init__(self, labels: dict[str, str], title_of: Callable[[str], str]) -> None:
        self._labels = labels
        self._title_of = title_of

    def text(self, element: _Element, skipped: frozenset[str] = frozenset()) -> str:
        """The text of an element in one line a list item; children named in `skipped` are left out."""
        parts = [_flat(element.text)]
        for one in element:
            if not local(one):
                parts.append(xml.entity_text(one))
            elif local(one) not in skipped:
                parts.append(self._one(one))
            parts.append(_flat(one.tail))
        lines = "".join(parts).split("\n")
        return "\n".join(" ".join(line.split()) for line in lines if line.strip())

    def _one(self, element: _Element) -> str:
        name = local(element)
        if name in _SKIPPED or attribute(element, "changeType") == "delete":
            return ""
        if name == "internalRef":
            return self.text(element) or self._labels.get(attribute(element, "internalRefId"), "")
        if name == "dmRef":
            return self.reference(element)
        if name == "externalPubRef":
            title = next(xml.descendants(element, "externalPubTitle", "externalPubCode"), None)
            return squeeze(xml.plain(title)) if title is not None else ""
        if name in {"superScript", "subScript"}:
            text = self.text(element)
            return raised(text) if name == "superScript" else lowered(text)
        if name == "acronym":
            term = child(element, "acronymTerm")
            return self.text(term) if term is not None else self.text(element)
        if name == "footnote":
            return f" ({self.text(element)})"
        if name in {"quantityValue", "quantityTolerance"}:
            sign = _TOLERANCE.get(attribute(element, "quantityToleranceType"), "")
            unit = attribute(element, "quantityUnitOfMeasure")
            if not unit and (above := element.getparent()) is not None:
                unit = attribute(above, "quantityUnitOfMeasure")
            value = f"{sign}{self.text(element)} {_UNITS.get(unit, unit)}".strip()
            return f" {value}" if sign else value
        if name.endswith("List"):
            ordered = name in {"sequentialList", "attentionSequentialList"}
            marks = (
                f"{count}. " if ordered else "" if name == "definitionList" else "• " for count in itertools.count(1)
            )
            return (
                "".join(f"\n{mark}{self.text(item)}" for item, mark in zip(children(element), marks, strict=False))
                + "\n"
            )
        if name in {"para", "simplePara", "notePara", "warningAndCautionPara", "attentionListItemPara", "title"}:
            return f"\n{self.text(element)}\n"
        if name in _NAMED_BY and not xml.plain(element).strip():
            return next((value for key in _NAMED_BY[name] if (value := attribute(element, key))), "")
        if name in {"functionalItemRef", "circuitBreakerRef", "partRef", "controlIndicatorRef"} and len(
            children(element)
        ):
            shown = next(iter(children(element, "name", "shortName")), None)
            return self.text(shown) if shown is not None else attribute(element, _NAMED_BY[name][0])
        return self.text(element)

    def reference(self, element: _Element) -> str:
        """What a reference to a data module prints: its title, its code where nothing knows the title."""
        title = next(xml.descendants(element, "dmTitle"), None)
        code = next(xml.descendants(element, "dmCode"), None)
        printed = dm_code(code) if code is not None else ""
        return dm_title(title) or self._title_of(printed) or printed


def _flat(text: str | None) -> str:
    """Line breaks of the source are spaces."""
    return re.sub(r"\s+", " ", text or "")
