"""XLIFF, the file that translators work on: reads 1.2, 2.0 and 2.1, writes 1.2, which every tool opens."""

from __future__ import annotations

from itertools import groupby
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

_NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TO_STATE = {State.NEW: "needs-translation", State.REVIEW: "needs-review-translation", State.TRANSLATED: "translated",
             State.APPROVED: "final"}  # fmt: skip
_OF_STATE = {
    "new": State.NEW, "needs-translation": State.NEW, "initial": State.NEW,
    "needs-review-translation": State.REVIEW, "needs-l10n": State.REVIEW, "needs-adaptation": State.REVIEW,
    "needs-review-adaptation": State.REVIEW, "needs-review-l10n": State.REVIEW,
    "translated": State.TRANSLATED, "final": State.APPROVED, "signed-off": State.APPROVED, "reviewed": State.APPROVED,
}  # fmt: skip
_QUALIFIERS = (("exact", "exact-match"), ("similar", "fuzzy-match"), ("machine", "mt-suggestion"))


def read_xliff(file: Path) -> tuple[Unit, ...]:
    """Every unit of a file in its order; SourceError where it is no XLIFF or names no languages."""
    root = xml.parse_file(file)
    if xml.local(root) != "xliff":
        raise SourceError(
            f"{file.name} is no XLIFF file (its root is <{xml.local(root)}>). Export an XLIFF 1.2 or 2.x from your tool."
        )
    version = root.get("version", "")
    if version.startswith("1."):
        return tuple(_first(root, file.name))
    if version.startswith("2."):
        return tuple(_second(root, file.name))
    raise SourceError(f"{file.name} is XLIFF {version or 'of no version'}; 1.2, 2.0 and 2.1 are read. Export it again.")


def _languages(element: etree._Element, source: str, target: str, name: str) -> tuple[str, str]:
    pair = primary(element.get(source, "")), primary(element.get(target, ""))
    if not all(pair):
        raise SourceError(f"{name} does not name its languages ({source}, {target}). Export it again.")
    return pair


def _first(root: etree._Element, name: str) -> Iterator[Unit]:
    for file in xml.descendants(root, "file"):
        source, target = _languages(file, "source-language", "target-language", name)
        for one in xml.descendants(file, "trans-unit"):
            translated = xml.child(one, "target")
            text = squeeze(text_of(translated))
            state = State.NEW
            if translated is not None and text:
                state = _OF_STATE.get(translated.get("state", ""), State.TRANSLATED)
                if one.get("approved") == "yes":
                    state = State.APPROVED
                elif one.get("approved") == "no":
                    state = min(state, State.TRANSLATED)
            said = {
                entry.get("context-type", ""): squeeze(entry.text or "")
                for group in xml.children(one, "context-group")
                for entry in xml.children(group, "context")
            }
            yield Unit(
                source=squeeze(text_of(xml.child(one, "source"))),
                target=text,
                source_language=source,
                target_language=target,
                state=state,
                digest=one.get("resname", ""),
                kind=said.get("x-kind", ""),
                context=said.get("x-heading", ""),
                page=said.get("x-page", ""),
                origin=said.get("x-origin", ""),
                notes=_notes(one),
                **(_approval(said) if said.get("x-approved-text") == digest_of(text) else {}),
            )


def _approval(said: dict[str, str]) -> dict[str, str]:
    """Who approved a translation and when; it holds as long as nobody changes the text."""
    return {"approved_by": said.get("x-approved-by", ""), "approved_on": said.get("x-approved-on", "")}


def _second(root: etree._Element, name: str) -> Iterator[Unit]:
    source, target = _languages(root, "srcLang", "trgLang", name)
    for one in xml.descendants(root, "unit"):
        parts = xml.children(one, "segment", "ignorable")
        sources = [text_of(xml.child(part, "source")) for part in parts]
        targets = [text_of(xml.child(part, "target")) for part in parts]
        segments = [part for part in parts if xml.local(part) == "segment"]
        whole = all(squeeze(text_of(xml.child(part, "target"))) for part in segments)
        states = [_OF_STATE.get(part.get("state", "translated"), State.TRANSLATED) for part in segments]
        for index, part in enumerate(parts):  # white space between segments needs no translation
            if xml.local(part) == "ignorable" and not targets[index]:
                targets[index] = sources[index]
        text = squeeze("".join(targets))
        yield Unit(
            source=squeeze("".join(sources)),
            target=text if whole else "",
            source_language=source,
            target_language=target,
            state=min(states, default=State.NEW) if whole and text else State.NEW,
            digest=one.get("name", ""),
            notes=tuple(note for group in xml.children(one, "notes") for note in _notes(group)),
        )


def _notes(element: etree._Element) -> tuple[str, ...]:
    return tuple(squeeze(note.text or "") for note in xml.children(element, "note"))


def write_xliff(units: Iterable[Unit], source_language: str, target_language: str, original: str) -> bytes:
    """The units as a file for translators, texts of one heading together; `original` is what they come from."""
    root = etree.Element("xliff", xmlns=_NAMESPACE, version="1.2")
    file = _add(root, "file", original=original, datatype="plaintext")
    file.set("source-language", source_language)
    file.set("target-language", target_language)
    tool = _add(_add(file, "header"), "tool")
    for name, value in (("tool-id", "fieldfare"), ("tool-name", "Fieldfare"), ("tool-version", __version__)):
        tool.set(name, value)
    body = _add(file, "body")
    number = 0
    for context, together in groupby(units, key=lambda unit: unit.context):
        group = _add(body, "group", resname=context) if context else body
        for unit in together:
            number += 1
            _unit(group, unit, number)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _unit(parent: etree._Element, unit: Unit, number: int) -> None:
    one = _add(parent, "trans-unit", id=str(number), resname=unit.digest or digest_of(unit.source))
    if unit.target:
        one.set("approved", "yes" if unit.state is State.APPROVED else "no")
    source = _add(one, "source")
    source.text = unit.source
    source.set(_LANG, unit.source_language)
    target = _add(one, "target", state=_TO_STATE[unit.state])
    target.text = unit.target
    target.set(_LANG, unit.target_language)
    qualifier = next((name for begins, name in _QUALIFIERS if unit.origin.startswith(begins)), "")
    if qualifier:
        target.set("state-qualifier", qualifier)
    said = {"x-kind": unit.kind, "x-heading": unit.context, "x-page": unit.page, "x-origin": unit.origin,
            "x-approved-by": unit.approved_by, "x-approved-on": unit.approved_on,
            "x-approved-text": digest_of(unit.target) if unit.approved_by or unit.approved_on else ""}  # fmt: skip
    if any(said.values()):
        group = _add(one, "context-group", purpose="information")
        for name, value in said.items():
            if value:
                context = _add(group, "context")
                context.set("context-type", name)
                context.text = value
    for note in unit.notes:
        _add(one, "note").text = note


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, name, attributes)
