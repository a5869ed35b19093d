"""S1000D contents that are printed as tables: requirements before a job, fault reports, illustrated parts lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind
from fieldfare.ingest.extract import xml
from fieldfare.ingest.extract.grid import number, table_block
from fieldfare.ingest.extract.xml import attribute, child, children, descendants
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from fieldfare.ingest.extract.s1000d_content import Applicability
    from fieldfare.ingest.extract.s1000d_text import Inline

    Reader = Callable[[_Element, Inline, Applicability], Iterator[Block]]

_MATERIAL = {
    "reqSupportEquips": ("Support equipment", ("supportEquipDescr",)),
    "reqSupplies": ("Consumables, materials and expendables", ("supplyDescr", "embeddedSupplyDescr")),
    "reqSpares": ("Spares", ("spareDescr", "embeddedSpareDescr")),
}


def requirements(element: _Element, inline: Inline, applicability: Applicability, *, closing: bool) -> Iterator[Block]:
    """What must be so, who is needed and what with, before a job or after it; safety conditions are not among them."""
    conditions = []
    for one in descendants(element, "reqCondNoRef", "reqCondDm", "reqCondCircuitBreaker", "reqCondExternalPub"):
        condition = child(one, "reqCond")
        text = inline.text(condition) if condition is not None else ""
        reference = child(one, "dmRef")
        if reference is not None:
            text = f"{text} ({inline.reference(reference)})" if text else inline.reference(reference)
        if text:
            conditions.append(applicability.of(one) + text)
    if conditions:
        title = "Requirements after job completion" if closing else "Required conditions"
        yield Block(kind=BlockKind.PARAGRAPH, text="\n".join((f"{title}:", *conditions)))
    persons = [text for one in descendants(element, "person", "personnel") if (text := _person(one, inline))]
    if persons:
        yield Block(kind=BlockKind.PARAGRAPH, text="\n".join(("Required persons:", *persons)))
    for name, (title, kinds) in _MATERIAL.items():
        rows = [
            _material(one, inline, applicability)
            for group in children(element, name)
            for one in descendants(group, *kinds)
        ]
        if rows:
            block = table_block([["Name", "Identification", "Quantity"], *rows], 1, title)
            if block is not None:
                yield block


def _person(element: _Element, inline: Inline) -> str:
    named = [attribute(element, "man")]
    for one in children(element, "personCategory", "personSkill", "trade", "estimatedTime"):
        text = attribute(one, "personCategoryCode") or attribute(one, "skillLevelCode") or inline.text(one)
        named.append(f"{text} {attribute(one, 'unitOfMeasure')}".strip())
    return ", ".join(part for part in named if part)


def _material(element: _Element, inline: Inline, applicability: Applicability) -> list[str]:
    name = next(iter(children(element, "name", "shortName")), None)
    parts = [*descendants(element, "partNumber", "toolRef", "supplyRef", "supplyRqmtRef", "partRef"),
             *descendants(element, "materialSetRef")]  # fmt: skip
    numbers = [text for one in parts if (text := _identity(one, inline))]
    makers = [squeeze(xml.plain(one)) for one in descendants(element, "manufacturerCode")]
    amount = child(element, "reqQuantity")
    unit = attribute(amount, "unitOfMeasure") if amount is not None else ""
    quantity = f"{inline.text(amount)} {'' if unit == 'EA' else unit}".strip() if amount is not None else ""
    label = inline.text(name) if name is not None else ""
    return [applicability.of(element) + label, " ".join((*numbers, *(f"({one})" for one in makers if one))), quantity]


def _identity(element: _Element, inline: Inline) -> str:
    return inline.text(element) or next(
        (attribute(element, key) for key in ("partNumberValue", "toolNumber", "supplyNumber", "supplyRqmtNumber")
         if attribute(element, key)), "")  # fmt: skip


def _fault_report(element: _Element, inline: Inline, applicability: Applicability) -> Iterator[Block]:
    """Faults with their codes: one row a fault."""
    rows = []
    faults = ("detectedFault", "isolatedFault", "observedFault", "correlatedFault")
    for fault in descendants(element, *faults, "observedFaultInfo"):
        code = attribute(fault, "faultCode")
        if not code:
            continue
        described = child(fault, "faultDescr")
        detected = [inline.text(one) for one in children(fault, "detectionInfo", "isolationInfo", "faultMessages")]
        repair = [inline.text(one) for one in children(fault, "locateAndRepair", "remarks")]
        rows.append([
            applicability.of(fault) + code,
            inline.text(described) if described is not None else "",
            _joined(detected),
            _joined(repair),
        ])  # fmt: skip
    yield from _without_empty_columns([["Fault code", "Fault", "Detection", "Locate and repair"], *rows], "")


def _parts_list(element: _Element, inline: Inline, applicability: Applicability) -> Iterator[Block]:
    """An illustrated parts list: one row an item, indented by dots as its place in the assembly."""
    rows = [["Fig.", "Item", "Part number", "Manufacturer", "Description", "Quantity", "Usable on"]]
    title = next(iter(children(element, "figure")), None)
    name = child(title, "title")
    for entry in children(element, "catalogSeqNumber"):
        figure = attribute(entry, "figureNumber").lstrip("0") + attribute(entry, "figureNumberVariant")
        item = attribute(entry, "item").lstrip("0") + attribute(entry, "itemVariant")
        if not item:  # issue 4.0 writes figure and item into one value
            item = attribute(entry, "catalogSeqNumberValue")
        for sequence in children(entry, "itemSequenceNumber", "itemSeqNumber"):
            dots = "." * max(number(attribute(entry, "indenture"), 1) - 1, 0)
            described = next(descendants(sequence, "descrForPart"), None)
            reference = next(descendants(sequence, "partRef"), None)
            part = _first(sequence, inline, "partNumber") or (
                attribute(reference, "partNumberValue") if reference is not None else ""
            )
            maker = _first(sequence, inline, "manufacturerCode") or (
                attribute(reference, "manufacturerCodeValue") if reference is not None else ""
            )
            usable = [inline.text(one) for one in descendants(sequence, "usableOnCodeAssy", "usableOnCodeEquip")]
            usable += [applicability.of(sequence).strip().removeprefix("[Applicable to: ").removesuffix("]")]
            rows.append([
                figure,
                item,
                part,
                maker,
                dots + (inline.text(described) if described is not None else ""),
                _first(sequence, inline, "quantityPerNextHigherAssy"),
                ", ".join(one for one in usable if one),
            ])  # fmt: skip
    yield from _without_empty_columns(rows, inline.text(name) if name is not None else "")


def _first(element: _Element, inline: Inline, name: str) -> str:
    found = next(descendants(element, name), None)
    return inline.text(found) if found is not None else ""


def _joined(texts: list[str]) -> str:
    return "; ".join(squeeze(text) for text in texts if text)


def _without_empty_columns(rows: list[list[str]], caption: str) -> Iterator[Block]:
    """A table of the columns that have anything below their header."""
    used = [index for index in range(len(rows[0])) if any(row[index] for row in rows[1:])]
    if used:
        block = table_block([[row[index] for index in used] for row in rows], 1, caption)
        if block is not None:
            yield block


READERS: dict[str, Reader] = {"faultReporting": _fault_report, "illustratedPartsCatalog": _parts_list}
