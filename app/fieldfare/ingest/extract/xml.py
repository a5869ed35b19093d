"""XML of unknown origin: no entity is expanded, nothing beside the file is read, size and depth are limited.

libxml2 refuses entity bombs by their growth and elements nested deeper than 256. XInclude is never run.
"""

from __future__ import annotations

import contextlib
import html.entities
from typing import TYPE_CHECKING, Any, BinaryIO

from lxml import etree

from fieldfare.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fieldfare.containers import Member

MAX_SIZE = 64 << 20  # bytes of a file that is held as a tree
_PEEK = 1 << 20
_ROOTS = {
    "s1000d": frozenset({"dmodule", "pm", "dml"}),
    "dita": frozenset("topic concept task reference troubleshooting glossentry glossgroup dita map bookmap".split()),
}
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse(data: bytes, name: str) -> etree._Element:
    """The root of a document; SourceError with the line where it is not well formed or a bomb."""
    if len(data) > MAX_SIZE:
        raise SourceError(f"{name} is larger than {MAX_SIZE >> 20} MiB. Split it.")
    try:
        return etree.fromstring(data, etree.XMLParser(**_SAFE))
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise SourceError(
            f"{name} is not well-formed XML ({getattr(error, 'msg', error)}). Correct or export it again."
        ) from error


def parse_file(file: Path) -> etree._Element:
    """The root of a file; SourceError as `parse`."""
    try:
        if file.stat().st_size > MAX_SIZE:
            raise SourceError(f"{file.name} is larger than {MAX_SIZE >> 20} MiB. Split it.")
        return parse(file.read_bytes(), file.name)
    except OSError as error:
        raise SourceError(f"{file.name} cannot be read ({error.strerror}).") from error


def stream(source: BinaryIO | Member, name: str, parents: frozenset[str]) -> Iterator[etree._Element]:
    """The children of the elements named in `parents`, each whole and forgotten after its use: memory stays flat.

    SourceError as `parse`; a document type declaration is refused, the formats that are streamed have none.
    """
    try:
        events = etree.iterparse(source, events=("start", "end"), **_SAFE)
        open_: list[bool] = []  # for each open element: whether its children are wanted
        for event, element in events:
            if event == "start":
                if not open_ and element.getroottree().docinfo.internalDTD is not None:
                    raise SourceError(
                        f"{name} declares a document type, which its format does not allow. Export it again."
                    )
                wanted_above = all(open_)
                open_.append(not open_ or (wanted_above and local(element) in parents))
                continue
            open_.pop()
            if open_ and all(open_) and local(element) not in parents:
                yield element
                element.clear(keep_tail=False)
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise SourceError(
            f"{name} is not well-formed XML ({getattr(error, 'msg', error)}). Export it again."
        ) from error


def form_of(file: Path) -> str | None:
    """The module that reads an XML file, by its root element in the first MiB: "s1000d", "dita", None for another."""
    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    root = ""
    with contextlib.suppress(etree.LxmlError, ValueError, LookupError, OSError), file.open("rb") as source:
        while not root and source.tell() < _PEEK and (data := source.read(1 << 16)):
            parser.feed(data)
            root = next((local(one) for _, one in parser.read_events() if isinstance(one, etree._Element)), "")
    return next((form for form, roots in _ROOTS.items() if root in roots), None)


def local(element: etree._Element) -> str:
    """An element's name without its namespace, empty for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """An attribute's value whatever its namespace, empty where it is missing."""
    value = element.get(name)
    if value is not None:
        return str(value)
    return next((str(found) for key, found in element.items() if str(key).rpartition("}")[2] == name), "")


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The child elements with one of these local names, all without names."""
    return [child for child in element if isinstance(child.tag, str) and (not names or local(child) in names)]


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element at the end of a path of local names."""
    for name in path:
        element = next(iter(children(element, name)), None) if element is not None else None
    return element


def descendants(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The elements below one with one of these local names, in reading order."""
    return (one for one in element.iterdescendants() if isinstance(one.tag, str) and local(one) in names)


def entity_text(element: etree._Element) -> str:
    """What an entity reference prints: a character by its ISO or HTML name, or the document's own plain text."""
    name = getattr(element, "name", None) or str(element.text or "").strip("&;")
    for one in _declared(element):
        if one.name == name and one.system_url is None and one.content and not set(one.content) & set("&<"):
            return str(one.content)
    return html.entities.html5.get(f"{name};", "")


def external_entities(element: etree._Element) -> dict[str, str]:
    """The names and system identifiers of the files that a document declares, such as its pictures."""
    return {str(one.name): str(one.system_url) for one in _declared(element) if one.system_url}


def _declared(element: etree._Element) -> Iterator[Any]:
    """The entities that a document's own type declaration holds."""
    declared: Any = element.getroottree().docinfo.internalDTD
    return iter(declared.iterentities() if declared is not None else ())


def plain(element: etree._Element) -> str:
    """All text below an element, without markup."""
    return "".join(str(text) for text in element.itertext())
