"""A report as one HTML file: photographs are in it, nothing is asked for."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.html_page import escape, template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fieldfare.report.contents import Chapter, Item, Quote, Report

_TEMPLATE = Path(__file__).with_name("report.html")


def html(report: Report, language: str, file_of: Callable[[str], bytes]) -> Iterator[str]:
    """The page piece by piece; `file_of` gives the bytes of a digest."""
    head, tail = template(_TEMPLATE, report.title)
    yield head.replace("{{language}}", escape(language))
    yield f"<h1>{escape(report.title)}</h1>\n<dl>\n"
    yield from (f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>\n" for label, value in report.facts)
    yield "</dl>\n"
    for chapter in report.chapters:
        yield f"<h2>{escape(chapter.title)}</h2>\n"
        if chapter.under:
            yield f'<p class="under">{escape(chapter.under)}</p>\n'
        yield from _table(chapter)
        for item in chapter.items:
            yield from _item(item, file_of)
    yield tail


def _table(chapter: Chapter) -> Iterator[str]:
    if chapter.table is None:
        return
    yield '<div class="wide"><table>\n<thead><tr>'
    yield from (f"<th>{escape(cell)}</th>" for cell in chapter.table.header)
    yield "</tr></thead>\n<tbody>\n"
    for index, row in enumerate(chapter.table.rows):
        mark = ' class="marked"' if index in chapter.table.marked else ""
        yield f"<tr{mark}>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n"
    yield "</tbody></table></div>\n"


def _item(item: Item, file_of: Callable[[str], bytes]) -> Iterator[str]:
    tag = "b" if item.strong else "span"
    yield f'<article><p><time>{escape(item.at)}</time> <{tag} dir="auto">{escape(item.head)}</{tag}></p>\n'
    yield from (f"<p>{escape(line)}</p>\n" for line in item.lines)
    for quote in item.quotes:
        yield _quote(quote)
    if item.file:
        name, kind = escape(item.file.name), escape(item.file.media_type)
        data = f"data:{kind};base64,{base64.b64encode(file_of(item.file.digest)).decode()}"
        if item.file.media_type.startswith("image/"):
            yield f'<img alt="{name}" src="{data}">\n<p class="under">{name}</p>\n'
        else:
            yield f'<p><a download="{name}" href="{data}">{name}</a></p>\n'
    yield "</article>\n"


def _quote(quote: Quote) -> str:
    label = f"<strong>{escape(quote.label)}</strong> " if quote.label else ""
    translated = f'<p dir="auto" class="translated">{escape(quote.translated)}</p>' if quote.translated else ""
    kind = ' class="hazard"' if quote.label else ""
    return (
        f'<blockquote{kind}><p dir="auto">{label}{escape(quote.text)}</p>{translated}'
        f"<cite>{escape(quote.source)}</cite></blockquote>\n"
    )
