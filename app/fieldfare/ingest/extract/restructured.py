"""reStructuredText, alone or as a Sphinx project -> the pieces of one document, by way of docutils and the HTML walker.

Directives and roles of Sphinx are understood as far as they make text (`extract.sphinx`); a `toctree` gives the order.
"""

from __future__ import annotations

import html as html_text
from functools import partial
from typing import TYPE_CHECKING, Any

from docutils import core, nodes
from docutils.writers import html5_polyglot

from fieldfare.domain import Remark, RemarkKind, Title
from fieldfare.ingest.extract import html, sphinx
from fieldfare.ingest.extract.names import in_order, titled
from fieldfare.ingest.extract.pages import Pictures
from fieldfare.ingest.structure import Outline
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".rst", ".rest")
MAX_SIZE = 16 << 20  # bytes of one file
_ROOTS = ("index", "contents", "readme", "master")
_META = frozenset("orphan tocdepth nosearch nocomments hide-toc".split())
_SETTINGS: dict[str, Any] = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 5,
    "report_level": 2,
    "warning_stream": False,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "stylesheet": None,
    "toc_backlinks": False,
    "section_self_link": False,
    "initial_header_level": 1,
    "image_loading": "link",
    "datestamp": None,
    "generator": False,
    "input_encoding": "utf-8",
    "output_encoding": "utf-8",
}


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Parse all files, order them by their table of contents, then walk them; an included file is no page of its own."""
    remarks: list[Remark] = []
    pages: dict[Path, _Page] = {}
    for file in in_order(source.files, source.root):
        page = _read(file, source, remarks)
        if page is not None:
            pages[file.resolve()] = page
        progress(f"reading {source.name}", len(pages), 2 * len(source.files))
    included = {file for page in pages.values() for file in page.included}
    pages = {file: page for file, page in pages.items() if file not in included or len(pages) == 1}
    ordered = _ordered(pages, source.base)
    yield Title(text=pages[ordered[0][0]].title if ordered else "")
    pictures = Pictures(source.base, source.language, remarks)
    for done, (file, path) in enumerate(ordered, 1):
        page = pages[file]
        outline = Outline(path)
        if not page.titled and page.html.strip():
            outline.heading(1, page.title)
        if page.html.strip():
            find = partial(pictures.find, folder=file.parent, name=page.name)
            html.Walker(outline, find, remarks, page.name).walk(
                html.parse(f"<article>{page.html}</article>", page.name)
            )
        yield from outline.sections()
        progress(f"reading {source.name}", len(pages) + done, 2 * len(pages))
    yield from dict.fromkeys(remarks)


class _Page:
    """A parsed file: its body as HTML, the files that it includes and the documents below it."""

    def __init__(self, name: str, title: str, body: str, confinement: sphinx.Confinement, *, titled_: bool) -> None:
        self.name = name
        self.title = title
        self.titled = titled_
        self.html = body
        self.included = confinement.included
        self.tree = confinement.tree


class _Translator(html5_polyglot.HTMLTranslator):
    """HTML with the type of a list where the walker looks for it, and the start of each page of the print."""

    _TYPES = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}  # noqa: RUF012  (docutils' way)

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        type_, start = self._TYPES.get(node.get("enumtype", ""), "1"), int(node.get("start", 1))
        self.body.append(f'<ol type="{type_}" start="{start}">\n')

    def depart_enumerated_list(self, _node: nodes.enumerated_list) -> None:
        self.body.append("</ol>\n")

    def visit_comment(self, node: nodes.comment, _sub: Any = None) -> None:
        self.body.append(f"<!-- {html_text.escape(node.astext()).replace('--', '- -')} -->")
        raise nodes.SkipNode

    def visit_problematic(self, node: nodes.problematic) -> None:
        self.body.append(html_text.escape(node.astext()))
        raise nodes.SkipNode


def _read(file: Path, source: DocumentSource, remarks: list[Remark]) -> _Page | None:
    name = file.relative_to(source.root).as_posix()
    confinement = sphinx.Confinement(source.base, name, remarks)
    if file.stat().st_size > MAX_SIZE:
        confinement.remark(RemarkKind.LOST, f"the file is larger than {MAX_SIZE >> 20} MiB: split it")
        return None
    text = clean(file.read_text(encoding="utf-8-sig", errors="replace"))
    try:
        with sphinx.understood(confinement):
            tree = core.publish_doctree(text, source_path=str(file), settings_overrides=_SETTINGS)
        _tidy(tree, confinement)
        heading = next(iter(tree.findall(nodes.title)), None)
        writer = html5_polyglot.Writer()
        writer.translator_class = _Translator
        core.publish_from_doctree(tree, writer=writer, settings_overrides=_SETTINGS)
    except (RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError) as error:
        confinement.remark(
            RemarkKind.LOST, f"docutils cannot read it ({type(error).__name__}): simplify or leave it out"
        )
        return None
    except Exception as error:  # noqa: BLE001  (docutils raises errors of its own kinds on markup that it gave up)
        confinement.remark(RemarkKind.LOST, f"docutils cannot read it ({squeeze(str(error))[:120]}): correct it")
        return None
    title = squeeze(heading.astext()) if heading is not None else titled(file.stem)
    return _Page(name, title, writer.parts["fragment"], confinement, titled_=heading is not None)


def _tidy(tree: nodes.document, confinement: sphinx.Confinement) -> None:
    """Take out what is no text: docutils' messages (they become remarks), metadata fields, generated contents."""
    later, tree.transform_messages = list(tree.transform_messages), []  # the writer would print them in a section
    for message in (*tree.findall(nodes.system_message), *later):
        if message.get("level", 0) >= 3 or "image" in message.astext():
            line = f"line {message['line']}: " if message.get("line") else ""
            text = squeeze(message.children[0].astext()) if message.children else ""
            confinement.remark(RemarkKind.DOUBT, f"{line}{text[:200]} Correct it")
        if message.parent is not None:
            message.parent.remove(message)
    for one in list(tree.findall(nodes.field)):
        if one.children[0].astext() in _META:
            one.parent.remove(one)
    for found in [*tree.findall(nodes.field_list), *tree.findall(nodes.section)]:
        if not found.children and found.parent is not None:
            found.parent.remove(found)


def _ordered(pages: dict[Path, _Page], base: Path) -> list[tuple[Path, tuple[str, ...]]]:
    """Files in the order of the table of contents, each with the titles above it; files that it lacks come last."""
    children = {file: _entries(file, page, pages, base) for file, page in pages.items()}
    below = {child for found in children.values() for child in found}
    roots = sorted(
        (file for file in pages if file not in below),
        key=lambda file: (file.stem.lower() not in _ROOTS, len(file.parts)),
    )
    ordered: dict[Path, tuple[str, ...]] = {}
    stack: list[tuple[Path, tuple[str, ...]]] = [(file, ()) for file in reversed(roots or list(pages))]
    whole = len(roots) == 1 and len(pages) > 1
    while stack:
        file, path = stack.pop()
        if file in ordered:
            continue
        ordered[file] = path
        inner = () if whole and file == roots[0] else (*path, pages[file].title)
        stack += [(child, inner) for child in reversed(children[file])]
    ordered |= {file: () for file in pages if file not in ordered}
    return list(ordered.items())


def _entries(file: Path, page: _Page, pages: dict[Path, _Page], base: Path) -> list[Path]:
    """The files that the contents of a page name; `*` in a name stands for all that fit."""
    found = []
    for entry in page.tree:
        start = base.resolve() if entry.startswith("/") else file.parent
        if "*" in entry or "?" in entry:
            plain = entry.lstrip("/")
            found += [other for other in pages if other.relative_to(start).match(plain) or
                      other.with_suffix("").relative_to(start).match(plain)] if all(
                other.is_relative_to(start) for other in pages) else []  # fmt: skip
            continue
        for suffix in ("", *SUFFIXES):
            named = (start / f"{entry.lstrip('/')}{suffix}").resolve()
            if named in pages and named != file:
                found.append(named)
                break
    return found
