"""A folder of Markdown or HTML files -> the pieces of one document."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fieldfare.domain import PictureSource, Remark, RemarkKind, Title
from fieldfare.ingest.extract import hidden, html, html_text, markdown, style_sheets
from fieldfare.ingest.sources import PICTURES
from fieldfare.ingest.structure import Outline
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.html import HtmlElement

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

_FIRST = ("index", "readme", "intro", "introduction", "overview", "about")


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Read the files in the order of their folders, front matter and names; a file's title heads its sections."""
    root, language = source.root, source.language
    remarks: list[Remark] = []
    read = []
    for file in source.files:
        text = file.read_text(encoding="utf-8", errors="replace")
        name = file.relative_to(root).as_posix()
        remarks += hidden.invisible_in(text, name)
        if file.suffix.lower() in {".html", ".htm", ".xhtml"}:
            page = markdown.MarkdownPage(title=html.title_of(text), order=1e9, html=text)
        elif text.strip():
            page = markdown.convert(text, remarks, name)
        else:
            continue
        read.append((_order(file, root, page.order), file, name, page))
    read.sort(key=lambda entry: entry[0])
    yield Title(text=_title(read[0][3], read[0][2], alone=len(read) == 1) if read else "")
    outline = Outline()
    pictures = Pictures(source.base, language, remarks)
    for done, (_, file, name, page) in enumerate(read, 1):
        body = html.parse(page.html, name) if page.html.strip() else None
        if body is not None:
            style_sheets.apply(body, partial(_sheet, folder=file.parent, base=source.base.resolve()))
            remarks += hidden.unseen_in(body, name, html_text.SKIPPED)
        outline.restart()
        title = page.title
        if not title and (body is None or not html.select(body, "(.//h1|.//h2|.//h3)[1]")):
            title = file.stem.replace("-", " ").replace("_", " ").capitalize()
        if title:
            outline.heading(0, title)
            if body is not None and _starts_with(body, title):
                _drop_first_heading(body)
        if body is not None:
            html.Walker(outline, partial(pictures.find, folder=file.parent, name=name), remarks, name).walk(body)
        yield from outline.take()
        progress(f"reading {root.name}", done, len(read))
    yield from outline.sections()
    yield from dict.fromkeys(remarks)


def _title(page: markdown.MarkdownPage, name: str, *, alone: bool) -> str:
    """What the first page calls the document: its title, else, where it is the only page, its only main heading."""
    if page.title or not alone or not page.html.strip():
        return page.title
    headings = html.select(html.parse(page.html, name), ".//h1")
    return squeeze(html_text.inline(headings[0])) if len(headings) == 1 else ""


def _sheet(address: str, folder: Path, base: Path) -> str | None:
    """A style sheet that a page links, None where it is on the network, outside the source, or missing."""
    target = urlsplit(address.strip())
    path = unquote(target.path)
    if target.scheme or target.netloc or not path or "\0" in path:
        return None
    for file in (folder / path, base / path.lstrip("/")):
        resolved = file.resolve()
        if resolved.is_relative_to(base) and resolved.is_file():
            with resolved.open(encoding="utf-8", errors="replace") as stream:
                return stream.read(style_sheets.MAX_SIZE)
    return None


def _order(file: Path, root: Path, order: float) -> tuple[object, ...]:
    """Folder by folder, an index first, then as the front matter orders, then by name with numbers counted."""
    parts = file.relative_to(root).parts
    stem = file.stem.lower()
    return (*(_natural(part) for part in parts[:-1]), (0, stem not in _FIRST, order), _natural(stem))


def _natural(name: str) -> tuple[int, bool, float, tuple[tuple[int, int, str], ...]]:
    pieces = tuple(
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in re.split(r"(\d+)", name) if piece
    )
    return (1, True, 0.0, pieces)


def _starts_with(body: HtmlElement, title: str) -> bool:
    first = html.select(body, "(.//h1|.//h2)[1]")
    return bool(first) and " ".join(first[0].text_content().split()).casefold() == title.casefold()


def _drop_first_heading(body: HtmlElement) -> None:
    for first in html.select(body, "(.//h1|.//h2)[1]"):
        first.drop_tree()


class Pictures:
    """Finds the pictures that pages name, below the root only."""

    def __init__(self, root: Path, language: str, remarks: list[Remark]) -> None:
        self._root = root.resolve()
        self._language = language
        self._remarks = remarks
        self._index: list[Path] | None = None

    def find(self, source: str, folder: Path, name: str) -> PictureSource | None:
        """The picture that the page `name` in `folder` shows, None where it is remote or missing (a remark)."""
        target = urlsplit(source.strip())
        if target.scheme or target.netloc:
            self._lost(name, f"the picture {source[:80]} is on the network: save it beside the page")
            return None
        file = self._find(unquote(target.path), folder)
        if file is None:
            self._lost(name, f"the picture {source[:80]} was not found: add the file or correct its name")
            return None
        return PictureSource(file=str(file))

    def _lost(self, name: str, text: str) -> None:
        self._remarks.append(Remark(kind=RemarkKind.LOST, where=name, text=text))

    def _find(self, path: str, folder: Path) -> Path | None:
        if not path or "\0" in path:
            return None
        for candidate in (folder / path, self._root / path.lstrip("/")):
            resolved = candidate.resolve()
            if resolved.is_relative_to(self._root) and resolved.is_file():
                return resolved
        if self._index is None:
            self._index = sorted(file for file in self._root.rglob("*") if file.suffix.lower() in PICTURES)
        ending = path.lstrip("./@~").removeprefix("public/")
        exact = [file for file in self._index if file.as_posix().endswith("/" + ending)]
        variants = [
            file for file in self._index if f"/{ending}-" in file.as_posix() or f"/{ending}." in file.as_posix()
        ]
        ranked = exact or sorted(
            variants, key=lambda file: (f"-{self._language}-" not in file.name, "dark" in file.name, file)
        )
        return ranked[0].resolve() if ranked and ranked[0].resolve().is_relative_to(self._root) else None
