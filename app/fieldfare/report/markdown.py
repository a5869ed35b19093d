"""A report as Markdown (CommonMark with tables); no text of a manual or person becomes markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fieldfare.report.contents import Item, Report, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!$^])")
_START = re.compile(r"^(\s*\d{0,9})([-+=:.)])(?=[\s=:-]|$)", re.MULTILINE)  # what would begin a list or a heading


def markdown(report: Report, links: Mapping[str, str]) -> Iterator[str]:
    """The report line by line; `links` names the file beside it of each digest."""
    yield f"# {escape(report.title)}"
    yield ""
    for label, value in report.facts:
        yield f"- **{escape(label)}:** {_one_line(value)}"
    for chapter in report.chapters:
        yield ""
        yield f"## {escape(chapter.title)}"
        if chapter.under:
            yield ""
            yield escape(chapter.under)
        if chapter.table:
            yield ""
            yield from _table(chapter.table)
        for item in chapter.items:
            yield ""
            yield from _item(item, links)
    yield ""


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def _one_line(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(_one_line, table.header))} |"
    yield f"|{' --- |' * len(table.header)}"
    for index, row in enumerate(table.rows):
        cells = [_one_line(cell) for cell in row]
        yield f"| {' | '.join(f'**{cell}**' if index in table.marked and cell else cell for cell in cells)} |"


def _item(item: Item, links: Mapping[str, str]) -> Iterator[str]:
    head = _one_line(item.head)
    yield f"{item.at} {f'**{head}**' if item.strong else head}".rstrip()
    for line in item.lines:
        yield f"<br>{_one_line(line)}"
    for quote in item.quotes:
        label = f"**{escape(quote.label)}:** " if quote.label else ""
        yield ""
        for text in filter(None, (label + escape(quote.text), escape(quote.translated), escape(quote.source))):
            yield from (f"> {line}" for line in text.split("\n"))
            yield ">"
    if item.file and (link := links.get(item.file.digest)):
        picture = "!" if item.file.media_type.startswith("image/") else ""
        yield ""
        yield f"{picture}[{escape(item.file.name)}]({link})"
