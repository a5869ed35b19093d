"""Translation memory exchange, TMX 1.4b: reads what any tool wrote (1.1 to 1.4), writes what any tool reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from fieldfare import __version__
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import xml
from fieldfare.ingest.units import State, Unit, digest_of, text_of
from fieldfare.text import primary, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_STATES = {state.name.lower(): state for state in State}


def read_tmx(file: Path, source_language: str) -> tuple[Unit, ...]:
    """Every pair of a memory whose source is in a language, in its order; a unit in several languages gives several pairs.

    A unit without a state is an approved one, as memories of other tools hold nothing else. SourceError where the file is no TMX.
    """
    root = xml.parse_file(file)
    if xml.local(root) != "tmx":
        raise SourceError(
            f"{file.name} is no TMX file (its root is <{xml.local(root)}>). Export a TMX 1.4 from your tool."
        )
    wanted = primary(source_language)
    return tuple(unit for one in xml.descendants(root, "tu") for unit in _units(one, wanted))


def _units(element: etree._Element, wanted: str) -> Iterator[Unit]:
    variants = [(primary(xml.attribute(one, "lang")), one) for one in xml.children(element, "tuv")]
    sources = [one for language, one in variants if language == wanted]
    if not sources:
        return
    source = squeeze(text_of(xml.child(sources[0], "seg")))
    said = _props(element)
    for language, variant in variants:
        target = squeeze(text_of(xml.child(variant, "seg")))
        if language == wanted or not language or not source:
            continue
        state = _STATES.get(said.get("x-state", ""), State.APPROVED)
        date = _DATE.match(variant.get("changedate") or variant.get("creationdate") or element.get("changedate") or "")
        yield Unit(
            source=source,
            target=target,
            source_language=wanted,
            target_language=language,
            state=state if target else State.NEW,
            digest=said.get("x-source-digest", ""),
            kind=said.get("x-kind", ""),
            context=said.get("x-context", ""),
            page=said.get("x-page", ""),
            origin=said.get("x-origin", ""),
            notes=tuple(squeeze(note.text or "") for note in xml.children(element, "note")),
            approved_by=squeeze(variant.get("changeid") or variant.get("creationid") or element.get("changeid") or ""),
            approved_on="-".join(date.groups()) if date else "",
        )


def _props(element: etree._Element) -> dict[str, str]:
    return {prop.get("type", ""): squeeze(prop.text or "") for prop in xml.children(element, "prop")}


def write_tmx(units: Iterable[Unit], source_language: str) -> bytes:
    """A memory with one unit for each text; the same units give the same bytes."""
    root = etree.Element("tmx", version="1.4")
    header = etree.SubElement(
        root, "header", creationtool="Fieldfare", creationtoolversion=__version__, segtype="block", adminlang="en",
        srclang=source_language, datatype="plaintext",
    )  # fmt: skip
    header.set("o-tmf", "fieldfare")
    body = etree.SubElement(root, "body")
    for unit in units:
        one = etree.SubElement(body, "tu")
        for note in unit.notes:
            etree.SubElement(one, "note").text = note
        said = {
            "x-kind": unit.kind,
            "x-context": unit.context,
            "x-page": unit.page,
            "x-state": unit.state.name.lower() if unit.state is not State.APPROVED else "",
            "x-origin": unit.origin,
            "x-source-digest": unit.digest or digest_of(unit.source),
        }
        for name, value in said.items():
            if value:
                etree.SubElement(one, "prop", type=name).text = value
        _variant(one, unit.source_language, unit.source)
        if unit.target:
            variant = _variant(one, unit.target_language, unit.target)
            if unit.approved_by:
                variant.set("changeid", unit.approved_by)
            if unit.approved_on:
                variant.set("changedate", f"{unit.approved_on.replace('-', '')}T000000Z")
        else:
            _variant(one, unit.target_language, "")
    return _printed(root)


def _variant(unit: etree._Element, language: str, text: str) -> etree._Element:
    variant = etree.SubElement(unit, "tuv")
    variant.set(_LANG, language)
    etree.SubElement(variant, "seg").text = text
    return variant


def _printed(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
