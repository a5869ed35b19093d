"""A pack as one HTML file that its author can read and send round: what was understood, beside the page it came from.

The file needs nothing else: pictures are data URIs, the policy in its head forbids every request, and it reads without its
script. All text of a manual is escaped; a hostile one cannot add markup.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fieldfare.domain import BlockKind, TermKind
from fieldfare.html_page import escape as _e
from fieldfare.html_page import template, written
from fieldfare.ingest.lint import Severity
from fieldfare.text import clean, count, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldfare.domain import Block, Region
    from fieldfare.ingest.contents import Chapter, Contents, Element, ManualEntry, PackFile
    from fieldfare.ingest.extract import Progress
    from fieldfare.ingest.lint import Flaw

_TEMPLATE = Path(__file__).with_name("report.html")
_DEEPEST = 5
# Colours by the word as printed (ANSI Z535, ISO 3864): the word itself is never changed.
_COLOURS = {
    "danger": "danger gefahr peligro perigo pericolo",
    "warning": "warning warnung avertissement advertencia advertência avvertenza avvertimento",
    "caution": "caution vorsicht prudence precaución precaucion cuidado attention atención atenção attenzione",
}
_COLOUR_OF = {word: colour for colour, words in _COLOURS.items() for word in words.split()}


def write_report(
    contents: Contents, pack: PackFile, flaws: Sequence[Flaw], target: Path, progress: Progress, *, pages: bool = True
) -> int:
    """Write the report, whole or not at all; its size in bytes. Without `pages` the pictures of pages are left out.

    Raises UsageError for a target that is a folder or no HTML file, StorageError where it cannot be written.
    """
    with written(target) as stream:
        _Report(contents, pack, flaws, stream, progress, pages=pages).write()
    return target.stat().st_size


class _Report:
    def __init__(
        self,
        contents: Contents,
        pack: PackFile,
        flaws: Sequence[Flaw],
        stream: IO[str],
        progress: Progress,
        *,
        pages: bool,
    ) -> None:
        self._contents = contents
        self._pack = pack
        self._flaws = flaws
        self._out = stream.write
        self._progress = progress
        self._pages = [page for page in contents.pages if page.image] if pages else []
        self._sheets = {(page.manual, page.number) for page in self._pages}
        self._marks, self._defined = _identifiers(contents)
        self._block_flaws: defaultdict[int, list[Flaw]] = defaultdict(list)
        self._section_flaws: defaultdict[int, list[Flaw]] = defaultdict(list)
        for flaw in flaws:
            (self._block_flaws[flaw.block] if flaw.block else self._section_flaws[flaw.section]).append(flaw)
        self._steps = 0
        self._total = len(contents.chapters) + len(self._pages)

    def write(self) -> None:
        head, tail = template(_TEMPLATE, self._contents.manifest.title)
        self._out(head)
        self._out(f"<body{'' if self._pages else ' class=unpaged'}>\n")
        self._header()
        self._lists()
        self._out("<main>\n")
        self._about()
        manual = 0
        for chapter in self._contents.chapters:
            if chapter.manual.id != manual:
                manual = chapter.manual.id
                if len(self._contents.manuals) > 1:
                    self._out(f"<h2 class=manual-title id=m{manual}>{_e(chapter.manual.title)}</h2>\n")
            self._chapter(chapter)
            self._step()
        self._out("</main>\n")
        if self._pages:
            self._sheets_beside()
        self._out(tail)

    def _step(self) -> None:
        self._steps += 1
        self._progress("writing", self._steps, self._total)

    def _header(self) -> None:
        made = self._contents.manifest
        parts = [f"{made.id} {made.version}", ", ".join(map(str, made.machines)), f"{made.passages} passages"]
        self._out(f"<header><input type=checkbox id=menu><label class=menu for=menu>☰ Lists</label><h1>{_e(made.title)}</h1>"
                  f"<p>{_e(' · '.join(filter(None, parts)))}</p></header>\n")  # fmt: skip

    # --- lists at the left ---

    def _lists(self) -> None:
        self._out('<nav aria-label="Lists"><div class=find hidden><input type=search placeholder="Filter the lists ( / )" '
                  'aria-label="Filter the lists"></div>\n')  # fmt: skip
        errors = [flaw for flaw in self._flaws if flaw.severity is Severity.ERROR]
        if self._flaws:
            title = "To mend" if errors else "To look at"
            self._list(title, (self._flaw_entry(flaw) for flaw in self._flaws), len(self._flaws))
        self._list("Outline", self._outline(), len(self._contents.chapters), classes="outline", unfolded=True)
        for title, kind in (("Hazards", BlockKind.HAZARD), ("Tables", BlockKind.TABLE), ("Figures", BlockKind.FIGURE)):
            entries = [_entry(f"b{element.id}", _label(element.block), _page_of(chapter, element))
                       for chapter, element in self._contents.elements(kind)]  # fmt: skip
            self._list(title, entries, len(entries))
        codes = list(self._codes())
        self._list("Identifiers", codes, len(codes))
        terms = [f"<li><span>{_e(_term(term.text, term.means, term.kind))}</span>" for term in self._contents.terms]
        self._list("Terms", terms, len(terms))
        questions = [f"<li><span>{_e(one.text)} <small>{_e(_wanted(one.page, one.section, answerable=one.answerable))}</small></span>"
                     for one in self._contents.questions]  # fmt: skip
        self._list("Questions", questions, len(questions))
        self._out("</nav>\n")

    def _list(
        self, title: str, entries: Iterable[str], number: int, *, classes: str = "", unfolded: bool = False
    ) -> None:
        if number:
            self._out(
                f"<details{' open' if unfolded else ''}><summary>{title} <b>{number}</b></summary><ul class='{classes}'>\n"
            )
            for entry in entries:
                self._out(entry + "\n")
            self._out("</ul></details>\n")

    def _flaw_entry(self, flaw: Flaw) -> str:
        target = f"b{flaw.block}" if flaw.block else f"s{flaw.section}" if flaw.section else ""
        body = f"{_flaw_line(flaw)}<small>{_e(flaw.where)}</small><br>{_e(flaw.text)}"
        return f"<li><a href='#{target}'>{body}</a>" if target else f"<li><span>{body}</span>"

    def _outline(self) -> Iterator[str]:
        manual = 0
        for chapter in self._contents.chapters:
            if chapter.manual.id != manual:
                manual = chapter.manual.id
                if len(self._contents.manuals) > 1:
                    yield f"<li class=manual><span>{_e(chapter.manual.title)}</span>"
            depth = min(max(len(chapter.path), 1), _DEEPEST)
            page = chapter.place.label or (str(chapter.place.page) if chapter.place.page else "")
            yield f"<li class=d{depth}>{_entry(f's{chapter.id}', chapter.title, page).removeprefix('<li>')}"

    def _codes(self) -> Iterator[str]:
        for printed, places in sorted(self._defined.items()):
            block, defines = max(places, key=lambda place: (place[1], -place[0]))
            several = count(len(places), "place") if len(places) > 1 else ""
            name = f"<b>{_e(printed)}</b>" if defines else _e(printed)
            yield f"<li><a href='#b{block}'>{name} <small>{several}</small></a>"

    # --- the content in the middle ---

    def _about(self) -> None:
        made = self._contents.manifest
        embedder = made.embedder
        rows = [
            ("Pack", f"{made.id}, version {made.version}"),
            ("Language", made.language),
            ("Licence", made.licence or "not named"),
            (
                "Machines",
                "; ".join(f"{machine} {machine.serials}".strip() for machine in made.machines) or "none named",
            ),
            (
                "Embedder",
                f"{embedder.name} {embedder.version}, {embedder.dimension} dimensions" if embedder else "none",
            ),
            *(("Manual", _describe(manual)) for manual in self._contents.manuals),
            ("Found in it", _counts(self._contents)),
            ("Checked", f"{len(self._flaws)} places to look at" if self._flaws else "nothing to mend"),
        ]
        body = "".join(f"<dt>{name}<dd>{_e(value)}" for name, value in rows)
        self._out(f"<div class=about><dl>{body}</dl></div>\n")

    def _chapter(self, chapter: Chapter) -> None:
        depth = min(len(chapter.path) + 1, _DEEPEST) if chapter.path else 2
        label = chapter.place.label or (str(chapter.place.page) if chapter.place.page else "")
        page = self._page_link(chapter.manual.id, chapter.place.page, label)
        self._out(f"<section class=chapter id=s{chapter.id}>{page}")
        if len(chapter.path) > 1:
            self._out(f"<p class=path>{_e(' › '.join(chapter.path[:-1]))}</p>")
        self._out(f"<h{depth}>{_e(chapter.title)}</h{depth}>")
        self._out("".join(f"<span class='flaw {flaw.severity}'>{_flaw_line(flaw)}{_e(flaw.text)}</span>"
                          for flaw in self._section_flaws[chapter.id]))  # fmt: skip
        last = label
        for element in chapter.elements:
            now = element.block.place.label or (str(element.block.place.page) if element.block.place.page else "")
            if now and now != last:
                self._out(self._page_link(chapter.manual.id, element.block.place.page, now))
                last = now
            self._element(element)
        self._out("</section>\n")

    def _page_link(self, manual: int, page: int | None, label: str) -> str:
        if not label:
            return ""
        known = (manual, page) in self._sheets
        return (
            f"<a class=page href='#p{manual}-{page}'>p. {_e(label)}</a>"
            if known
            else f"<span class=page>p. {_e(label)}</span>"
        )

    def _element(self, element: Element) -> None:
        block = element.block
        notes = "".join(f"<span class='flaw {flaw.severity}'>{_flaw_line(flaw)}{_e(flaw.text)} {_e(flaw.advice)}</span>"
                        for flaw in self._block_flaws[element.id])  # fmt: skip
        if block.confidence < 1:
            notes += f"<p class=note>recognised from a picture, confidence {block.confidence:.0%}</p>"
        open_ = f"id=b{element.id}"
        match block.kind:
            case BlockKind.STEP:
                level = f" l{min(block.level, _DEEPEST)}"
                self._out(
                    f"<div class='b step{level}' {open_}><b>{_e(block.number)}</b><div><p>{self._text(element, block.text)}</p>{notes}</div></div>"
                )
            case BlockKind.HAZARD:
                self._out(f"<div class='b hazard {_COLOUR_OF.get(block.signal_word.casefold(), 'notice')}' {open_}><b>{_e(block.signal_word)}</b>"
                          f"<p>{self._text(element, block.text)}</p>{self._protects(element)}{notes}</div>")  # fmt: skip
            case BlockKind.TABLE:
                self._out(f"<div class='b table' {open_}><div class=wide>{self._table(element)}</div>{notes}</div>")
            case BlockKind.FIGURE:
                self._out(f"<div class='b figure' {open_}>{self._figure(element)}{notes}</div>")
            case BlockKind.CODE:
                self._out(f"<div class='b code' {open_}><pre>{self._text(element, block.text)}</pre>{notes}</div>")
            case _:
                self._out(f"<div class='b' {open_}><p>{self._text(element, block.text)}</p>{notes}</div>")
        self._out("\n")

    def _text(self, element: Element, text: str) -> str:
        """Escaped text with the identifiers of this block marked."""
        text = clean(text)
        marks = self._marks.get(element.id)
        if marks:
            pattern = "|".join(re.escape(printed) for printed in sorted(marks, key=lambda one: (-len(one), one)))
            pieces = re.split(rf"(?<!\w)({pattern})(?!\w)", text)
            body = "".join(
                f"<mark{' class=defines' if marks[piece] else ''}>{_e(piece)}</mark>" if place % 2 else _e(piece)
                for place, piece in enumerate(pieces)
            )
        else:
            body = _e(text)
        return f"<span class=unsure>{body}</span>" if element.block.confidence < 0.8 else body

    def _protects(self, element: Element) -> str:
        passages = self._contents.protected.get(element.hazard or 0, ())
        if not passages:
            return "<p class='note bad'>protects nothing</p>"
        scope = {"step": "the step", "procedure": "the procedure", "section": "the section"}.get(
            element.block.protects, ""
        )
        blocks = list(dict.fromkeys(self._contents.passages[passage][0] for passage in passages))
        links = ", ".join(f"<a href='#b{block}'>{number}</a>" for number, block in enumerate(blocks[:12], 1))
        more = f" and {len(blocks) - 12} more" if len(blocks) > 12 else ""
        scheme = "".join(f" · {_e(part)}" for part in (element.block.scheme, element.block.symbol) if part)
        return f"<p class=note>protects {scope or 'what follows'}: shown with {count(len(passages), 'passage')} ({links}{more}){scheme}</p>"

    def _table(self, element: Element) -> str:
        block = element.block
        parts = [f"<table>{f'<caption>{_e(block.caption)}</caption>' if block.caption else ''}"]
        for number, cells in enumerate(block.rows):
            tag = "th" if number < block.header_rows else "td"
            parts.append("<tr>" + "".join(f"<{tag}>{self._text(element, cell)}</{tag}>" for cell in cells) + "</tr>")
        return "".join(parts) + "</table>"

    def _figure(self, element: Element) -> str:
        figure, block = element.figure, element.block
        if figure is None:
            return f"<p>{self._text(element, block.caption or block.text)}</p>"
        shown = f"<img loading=lazy width={figure.width} height={figure.height} alt='{_e(squeeze(block.caption))}' src='{self._uri(figure.image)}'>"
        caption = f"<figcaption>{_e(block.caption) or '<i>without caption</i>'}</figcaption>"
        words = (
            f"<details><summary class=note>words in the drawing</summary><p>{self._text(element, block.text)}</p></details>"
            if block.text
            else ""
        )
        passages = self._contents.illustrated.get(figure.id, ())
        blocks = list(dict.fromkeys(self._contents.passages[passage][0] for passage in passages))[:12]
        links = ", ".join(f"<a href='#b{one}'>{number}</a>" for number, one in enumerate(blocks, 1))
        note = (
            f"<p class=note>shown with {count(len(passages), 'passage')} ({links})</p>"
            if blocks
            else "<p class='note bad'>shown with no text</p>"
        )
        return f"<figure>{shown}{caption}</figure>{words}{note}"

    # --- the pages at the right ---

    def _sheets_beside(self) -> None:
        regions: defaultdict[tuple[int, int], list[tuple[Element, Region]]] = defaultdict(list)
        for chapter, element in self._contents.elements():
            place = element.block.place
            if place.page is not None and place.region is not None:
                regions[chapter.manual.id, place.page].append((element, place.region))
        names = {manual.id: manual.title for manual in self._contents.manuals}
        self._out('<aside id=pages aria-label="Source pages" tabindex=0>\n')
        for page in self._pages:
            picture = self._pack.picture(page.image)
            boxes = "".join(_box(element, region) for element, region in regions[page.manual, page.number])
            title = f"{names[page.manual]}, " if len(names) > 1 else ""
            self._out(f"<figure class=sheet id=p{page.manual}-{page.number}><figcaption>{_e(title)}page {_e(page.label or str(page.number))}</figcaption>"
                      f"<div><img loading=lazy width={picture.width} height={picture.height} alt='' src='{_data(picture.media_type, picture.data)}'>"
                      f"<svg viewBox='0 0 1000 1000' preserveAspectRatio=none>{boxes}</svg></div></figure>\n")  # fmt: skip
            self._step()
        self._out("</aside>\n")

    def _uri(self, digest: str) -> str:
        picture = self._pack.picture(digest)
        return _data(picture.media_type, picture.data)


def _identifiers(contents: Contents) -> tuple[dict[int, dict[str, bool]], dict[str, list[tuple[int, bool]]]]:
    """The identifiers of each block with whether it defines them, and the blocks of each identifier."""
    marks: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    places: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
    for mention in contents.mentions:
        first, last = contents.passages[mention.passage]
        for block in range(first, last + 1):
            marks[block][mention.printed] = marks[block].get(mention.printed, False) or mention.defines
        places[mention.printed].append((first, mention.defines))
    return marks, places


def _data(media_type: str, data: bytes) -> str:
    kind = media_type if media_type in {"image/png", "image/webp", "image/jpeg"} else "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _entry(target: str, label: str, page: str) -> str:
    where = f" <small>p. {_e(page)}</small>" if page else ""
    return f"<li><a href='#{target}'>{_e(label)}{where}</a>"


def _label(block: Block) -> str:
    if block.kind is BlockKind.HAZARD:
        return f"{block.signal_word}: {_short(block.text)}"
    if block.kind is BlockKind.TABLE:
        head = " | ".join(cell for cell in block.rows[0] if cell) if block.rows else ""
        return _short(block.caption or head) or "table"
    return _short(block.caption or block.text) or "figure without caption"


def _page_of(chapter: Chapter, element: Element) -> str:
    place = element.block.place if element.block.place.page is not None else chapter.place
    return place.label or (str(place.page) if place.page is not None else "")


def _box(element: Element, region: Region) -> str:
    x, y = region.left * 1000, region.top * 1000
    width, height = (region.right - region.left) * 1000, (region.bottom - region.top) * 1000
    block = element.block
    name = f"{block.kind} {block.number}".strip()
    return (f"<a href='#b{element.id}'><rect class={block.kind} data-b=b{element.id} x={x:.1f} y={y:.1f} width={width:.1f} "
            f"height={height:.1f} rx=3><title>{_e(name)}: {_e(_short(block.text or block.caption))}</title></rect></a>")  # fmt: skip


def _flaw_line(flaw: Flaw) -> str:
    return f"<b class='flaw {flaw.severity}'>{_e(flaw.code)}</b> "


def _short(text: str, limit: int = 90) -> str:
    line = squeeze(text)
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"


def _term(text: str, means: str, kind: TermKind) -> str:
    return f"{text} (never translated)" if kind is TermKind.PROTECTED else f"{text} = {means}"


def _wanted(page: str, section: str, *, answerable: bool) -> str:
    if not answerable:
        return "not in the manual"
    return f"p. {page}" if page else section


def _describe(manual: ManualEntry) -> str:
    parts = [manual.title, manual.number, f"rev. {manual.revision}" if manual.revision else "", manual.date, manual.language,
             manual.licence, manual.source]  # fmt: skip
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _counts(contents: Contents) -> str:
    counted = {kind: sum(1 for _ in contents.elements(kind)) for kind in BlockKind}
    numbers = {
        "section": len(contents.chapters), "step": counted[BlockKind.STEP], "hazard": counted[BlockKind.HAZARD],
        "table": counted[BlockKind.TABLE], "figure": counted[BlockKind.FIGURE],
        "identifier": len({mention.key for mention in contents.mentions}), "remark": len(contents.remarks),
    }  # fmt: skip
    return ", ".join(count(number, name) for name, number in numbers.items())
