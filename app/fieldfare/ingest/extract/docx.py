"""Word documents (DOCX) -> the pieces of one document.

Headings come from styles and outline levels, numbers are counted as Word prints them, warnings are found in boxed
paragraphs and tables. A DOCX has no pages of its own, so none are cited. The text is streamed; pictures are only named.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from fieldfare.containers import Container
from fieldfare.domain import Title
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import xml
from fieldfare.ingest.extract.docx_body import Body
from fieldfare.ingest.extract.docx_styles import Numbering, Styles
from fieldfare.ingest.extract.xml import attribute, child, children
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".docx", ".docm")
MAX_TEXT = 1 << 30  # bytes of the main part, which is streamed


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Stream the main part; the title is the paragraph in the style Title, else the property, else the first heading."""
    file = source.files[0]
    with Container(file) as container:
        main = _main_part(container, file)
        base = posixpath.dirname(main)
        relations = _relations(container, main)
        parts = {kind: _part(container, relations, kind) for kind in ("styles", "numbering", "footnotes", "endnotes")}
        body = Body(file, base, relations, Styles(parts["styles"]), Numbering(parts["numbering"]))
        for kind in ("footnote", "endnote"):
            root = parts[f"{kind}s"]
            body.notes |= {(kind, attribute(one, "id")): one for one in (children(root) if root is not None else ())}
        property_ = _property_title(container)
        titled = False
        with container.open(main, MAX_TEXT) as stream:
            for done, element in enumerate(xml.stream(stream, f"{file.name}: {main}", frozenset({"body"})), 1):
                body.element(element)
                if sections := body.outline.take():
                    if not titled:
                        yield Title(text=body.title or property_ or body.first_heading)
                        titled = True
                    yield from sections
                if done % 50 == 0:
                    progress(f"reading {file.name}", stream.done >> 10, max(stream.size, stream.done) >> 10)
        body.finish()
        if not titled:
            yield Title(text=body.title or property_ or body.first_heading)
        yield from body.outline.sections()
        yield from body.remarks()
        progress(f"reading {file.name}", 1, 1)


def _main_part(container: Container, file: Path) -> str:
    root = xml.parse(container.read("_rels/.rels", xml.MAX_SIZE), f"{file.name}: _rels/.rels")
    for relation in children(root):
        if attribute(relation, "Type").endswith("/officeDocument"):
            target = posixpath.normpath(attribute(relation, "Target").lstrip("/"))
            if target in container.names:
                return target
    raise SourceError(f"{file.name} holds no Word document. Save it as .docx.")


def _relations(container: Container, part: str) -> dict[str, tuple[str, str]]:
    """Type and target of a part's relations; targets outside the container are left out."""
    folder, name = posixpath.split(part)
    rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    found: dict[str, tuple[str, str]] = {}
    if rels in container.names:
        for one in children(xml.parse(container.read(rels, xml.MAX_SIZE), rels)):
            if attribute(one, "TargetMode") != "External":
                target = attribute(one, "Target")
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[attribute(one, "Id")] = (attribute(one, "Type").rpartition("/")[2], posixpath.normpath(path))
    return found


def _part(container: Container, relations: dict[str, tuple[str, str]], kind: str) -> _Element | None:
    for found, target in relations.values():
        if found == kind and target in container.names:
            return xml.parse(container.read(target, xml.MAX_SIZE), target)
    return None


def _property_title(container: Container) -> str:
    if "docProps/core.xml" not in container.names:
        return ""
    core = xml.parse(container.read("docProps/core.xml", xml.MAX_SIZE), "docProps/core.xml")
    title = child(core, "title")
    return squeeze(str(title.text or "")) if title is not None else ""
