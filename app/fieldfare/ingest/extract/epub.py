"""EPUB books -> the pieces of one document: the pages of the spine in order, navigation left out.

EPUB 2 and 3 (W3C EPUB 3.3: package document, spine, navigation). Pages are read by the walker of web pages; printed page
numbers that a book marks (`epub:type="pagebreak"`) stand in every citation.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lxml import etree

from fieldfare.containers import Container
from fieldfare.domain import PictureSource, Remark, RemarkKind, Title
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import hidden, html, html_text, style_sheets, xml
from fieldfare.ingest.extract.xml import attribute, child, children, descendants
from fieldfare.ingest.structure import Outline
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.html import HtmlElement

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".epub",)
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_SCRAMBLED_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
MAX_SPINE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    title: str
    language: str
    spine: tuple[str, ...]
    labels: dict[str, str]


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Read the pages in the order of the spine; one without a heading gets its entry of the table of contents."""
    file = source.files[0]
    remarks: list[Remark] = []
    with Container(file) as container:
        book = _book(container, file)
        yield Title(text=book.title, language=book.language)
        outline = Outline()
        for done, member in enumerate(book.spine, 1):
            if member not in container.names:
                text = "the book names this page but does not hold it: export it again"
                remarks.append(Remark(kind=RemarkKind.LOST, where=f"{file.name}, {member}", text=text))
                continue
            text = _decode(container.read(member, xml.MAX_SIZE))
            if text.strip():
                body = html.parse(text, f"{file.name}, {member}")
                style_sheets.apply(body, partial(_sheet, container=container, page=member))
                remarks += hidden.unseen_in(body, f"{file.name}, {posixpath.basename(member)}", html_text.SKIPPED)
                _mark_pages(body)
                if member in book.labels and not html.select(body, "(.//h1|.//h2|.//h3|.//h4)[1]"):
                    outline.heading(1, book.labels[member])
                find = partial(_find, container=container, file=file, page=member, remarks=remarks)
                html.Walker(outline, find, remarks, f"{file.name}, {posixpath.basename(member)}").walk(body)
            yield from outline.take()
            progress(f"reading {file.name}", done, len(book.spine))
    yield from outline.sections()
    yield from dict.fromkeys(remarks)


def _book(container: Container, file: Path) -> _Book:
    if "META-INF/container.xml" not in container.names:
        raise SourceError(f"{file.name} is no EPUB book: it lacks META-INF/container.xml. Export it again.")
    _refuse_protected(container, file)
    rootfile = next(descendants(_tree(container, "META-INF/container.xml"), "rootfile"), None)
    package = posixpath.normpath(unquote(attribute(rootfile, "full-path"))) if rootfile is not None else ""
    if package not in container.names:
        raise SourceError(f"{file.name} is no EPUB book: its package document is missing. Export it again.")
    root = _tree(container, package)
    folder = posixpath.dirname(package)
    items = {
        attribute(item, "id"): (_below(folder, attribute(item, "href")), item) for item in descendants(root, "item")
    }
    spine = child(root, "spine")
    named = [attribute(entry, "idref") for entry in children(spine, "itemref")] if spine is not None else []
    pages = []
    for id_ in named[:MAX_SPINE]:
        member, item = items.get(id_, ("", None))
        if item is None or "nav" in attribute(item, "properties").split():
            continue
        if attribute(item, "media-type") in _PAGES:
            pages.append(member)
    metadata = child(root, "metadata")
    title, language = child(metadata, "title"), child(metadata, "language")
    return _Book(
        title=squeeze(str(title.text or "")) if title is not None else "",
        language=squeeze(str(language.text or "")).split("-")[0].lower() if language is not None else "",
        spine=tuple(dict.fromkeys(pages)),
        labels=_labels(container, items, spine),
    )


def _refuse_protected(container: Container, file: Path) -> None:
    """A book whose pages are encrypted cannot be read; scrambled fonts do not matter."""
    if "META-INF/encryption.xml" in container.names:
        methods = descendants(_tree(container, "META-INF/encryption.xml"), "EncryptionMethod")
        if any(attribute(method, "Algorithm") not in _SCRAMBLED_FONTS for method in methods):
            raise SourceError(f"{file.name} is protected against copying. Ask its publisher for a free copy.")


def _labels(
    container: Container, items: dict[str, tuple[str, etree._Element]], spine: etree._Element | None
) -> dict[str, str]:
    """The names of pages in the table of contents (EPUB 3 navigation, else NCX), of the first entry of each page."""
    labels: dict[str, str] = {}
    for member, item in items.values():
        if "nav" in attribute(item, "properties").split() and member in container.names:
            for link in descendants(_tree(container, member), "a"):
                target = _below(posixpath.dirname(member), attribute(link, "href"))
                labels.setdefault(target, squeeze(xml.plain(link)))
    ncx = items.get(attribute(spine, "toc"), ("", None))[0] if spine is not None else ""
    if not labels and ncx in container.names:
        for point in descendants(_tree(container, ncx), "navPoint"):
            label, content = child(point, "navLabel", "text"), child(point, "content")
            if label is not None and content is not None:
                target = _below(posixpath.dirname(ncx), attribute(content, "src"))
                labels.setdefault(target, squeeze(str(label.text or "")))
    return labels


def _tree(container: Container, member: str) -> etree._Element:
    return xml.parse(container.read(member, xml.MAX_SIZE), member)


def _below(folder: str, reference: str) -> str:
    """The member that a reference from a folder of the container names, without its fragment."""
    path = unquote(urlsplit(reference).path) if reference else ""
    return posixpath.normpath(posixpath.join(folder, path)) if path else ""


def _decode(data: bytes) -> str:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace")
    text = data.decode("utf-8", "replace")
    return text.partition("?>")[2] if text.lstrip("\ufeff \n\r\t").startswith("<?xml") else text


def _sheet(address: str, *, container: Container, page: str) -> str | None:
    """A style sheet of the book, None where it is not in it."""
    member = _below(posixpath.dirname(page), address) if not urlsplit(address).netloc else ""
    return container.read(member, xml.MAX_SIZE).decode("utf-8", "replace") if member in container.names else None


def _mark_pages(body: HtmlElement) -> None:
    """Turn the marks of printed pages into the comments that the walker knows."""
    for element in list(body.iter()):
        if not isinstance(element.tag, str):
            continue
        types = (element.get("epub:type") or element.get("type") or "").split()
        if "pagebreak" in types or element.get("role") == "doc-pagebreak":
            label = squeeze(element.get("title") or element.get("aria-label") or "".join(element.itertext()))
            parent = element.getparent()
            if label and " " not in label and "--" not in label and parent is not None:
                mark = etree.Comment(f" page {label} ")
                mark.tail = element.tail
                parent.replace(element, mark)


def _find(source: str, *, container: Container, file: Path, page: str, remarks: list[Remark]) -> PictureSource | None:
    where = f"{file.name}, {posixpath.basename(page)}"
    target = urlsplit(source.strip())
    if target.scheme or target.netloc:
        text = f"the picture {source[:80]} is not in the book: embed it"
        remarks.append(Remark(kind=RemarkKind.LOST, where=where, text=text))
        return None
    member = _below(posixpath.dirname(page), source)
    if member not in container.names:
        text = f"the picture {source[:80]} was not found in the book: export it again"
        remarks.append(Remark(kind=RemarkKind.LOST, where=where, text=text))
        return None
    return PictureSource(file=str(file), member=member)
