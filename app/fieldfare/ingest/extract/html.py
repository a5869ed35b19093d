"""HTML -> blocks. Markdown comes through here too, so that both understand the same things."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import lxml.html
from lxml import etree

from fieldfare.domain import Block, BlockKind, PictureSource, Place, Remark, RemarkKind
from fieldfare.errors import SourceError
from fieldfare.ingest.extract.html_text import SKIPPED, flat, inline, is_hidden
from fieldfare.ingest.hazards import HAZARD_KINDS, NOTE_KINDS, SIGNAL_WORDS, is_signal_word, split_signal_word
from fieldfare.ingest.structure import Outline, figure_number, tidy
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.html import HtmlElement

    FindPicture = Callable[[str], PictureSource | None]

_BLOCKS = frozenset("p div section article main aside ul ol dl table pre blockquote figure h1 h2 h3 h4 h5 h6 hr img svg "
                    "details body center fieldset screenshot fig-caption iframe steps tabs tabitem card cardgrid".split())  # fmt: skip
# Names of classes that sites style their warnings by: the words themselves, as they are spelled in addresses too.
_HAZARD_CLASSES = HAZARD_KINDS | {
    name
    for word in SIGNAL_WORDS
    for name in (word.lower(), word.lower().translate(str.maketrans("áãçêíóõ", "aaceioo")))
}
_BOX = re.compile(r"(?:box|message|msg|hint|panel)[-_]+|[-_]+(?:box|message|msg|hint|panel)$")
_ALERT = re.compile(r"^\[!(\w+)\]\s*")
_PAGE = re.compile(r"^\s*page\s+(\S+)\s*$", re.IGNORECASE)
MAX_DEPTH = 200
MAX_CELLS = 200_000
MAX_REPEATED = 1_000_000  # characters that a merged cell may repeat


def parse(text: str, name: str) -> HtmlElement:
    """The body of a page, without what a web site puts around it; SourceError where there is none."""
    if not text.strip():
        raise SourceError(f"{name} is empty. Leave it out or replace it.")
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False, remove_pis=True, no_network=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "surrogatepass"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(f"{name} cannot be read as HTML ({error}). Export it again.") from error
    mains = select(root, "//main | //*[@role='main']") or select(root, "//article")
    return mains[0] if len(mains) == 1 else (root.find("body") if root.find("body") is not None else root)


def select(element: HtmlElement, path: str) -> list[HtmlElement]:
    """The elements that an XPath finds."""
    found = element.xpath(path)
    return [one for one in found if isinstance(one, lxml.html.HtmlElement)] if isinstance(found, list) else []


def title_of(text: str) -> str:
    """The title element of a page, empty where there is none."""
    match = re.search(r"<title[^<>]*>([^<]{0,1000})</title", text, re.IGNORECASE)
    return squeeze(re.sub(r"&\w{1,30};", " ", match.group(1))) if match else ""


class Walker:
    """Walks a tree and adds what it understands to an outline; what it drops becomes a remark on the page `name`."""

    def __init__(self, outline: Outline, find_picture: FindPicture, remarks: list[Remark], name: str) -> None:
        self._outline = outline
        self._find_picture = find_picture
        self._remarks = remarks
        self._name = name

    def walk(self, root: HtmlElement) -> None:
        """Add all blocks below an element in reading order."""
        for block in self._children(root, 0, ""):
            self._outline.add(block)

    def _lost(self, text: str) -> None:
        self._remarks.append(Remark(kind=RemarkKind.LOST, where=self._name, text=text))

    def _children(self, parent: HtmlElement, depth: int, inside: str) -> Iterator[Block]:
        """The blocks below an element; inline runs between block elements become paragraphs."""
        if depth > MAX_DEPTH:
            self._lost("what is nested deeper than 200 elements was left out: simplify the page")
            return
        run: list[str] = [flat(parent.text)]
        blank = not run[0].strip()
        for child in parent:
            if not isinstance(child.tag, str):
                if isinstance(child, etree._Comment) and (match := _PAGE.match(child.text or "")):
                    yield from self._paragraph(run)
                    run = []
                    label = match.group(1)
                    page = int(label) if label.isdigit() else (self._outline.place.page or 0) + 1
                    self._outline.place = Place(page=page, label=label)
            elif is_hidden(child):
                pass
            elif child.tag == "br":
                run.append("\n")
            elif self._is_block(child):
                yield from self._paragraph(run)
                run, blank = [], True
                yield from self._element(child, depth + 1, inside)
            else:
                text = inline(child)
                opens = child.tag in {"b", "strong"} and is_signal_word(text.strip())
                if opens and not blank and _ends_sentence(run, text, child):
                    yield from self._paragraph(run)
                    run, blank = [], True
                opens = opens and blank
                # Bold type sets a signal word apart as a colon does: `**Caution** Hot water.`
                run.append(f"{text.strip().rstrip(':!')}: " if opens else text)
                blank = blank and not text.strip()
            run.append(flat(child.tail))
            blank = blank and not run[-1].strip()
        yield from self._paragraph(run)

    def _paragraph(self, run: list[str]) -> Iterator[Block]:
        text = tidy("".join(run))
        if text:
            yield Block(kind=BlockKind.PARAGRAPH, text=text)

    def _is_block(self, element: HtmlElement) -> bool:
        return element.tag in _BLOCKS or any(
            isinstance(inner.tag, str) and inner.tag in _BLOCKS for inner in element.iterdescendants()
        )

    def _element(self, element: HtmlElement, depth: int, inside: str) -> Iterator[Block]:
        tag = element.tag
        if tag == "iframe":
            self._lost(
                f"what is embedded from {(element.get('src') or 'elsewhere')[:80]} was left out: say in words what it shows"
            )
        if tag in SKIPPED:
            return
        kind = _admonition_kind(element)
        if kind:
            yield from self._admonition(element, kind, depth, inside)
        elif re.fullmatch("h[1-6]", tag):
            yield from self._heading(element, inside)
        elif tag in {"img", "screenshot", "fig-caption"}:
            yield from self._figure(element, element.get("caption") or element.get("alt") or element.get("title") or "")
        elif tag == "figure":
            yield from self._captioned(element, depth)
        elif tag in {"ol", "ul"}:
            yield from self._list(element, depth, inside)
        elif tag == "table":
            yield from self._table(element, depth)
        elif tag == "pre":
            code = element.text_content().strip("\n")
            if code.strip():
                yield Block(kind=BlockKind.CODE, text=code)
        elif tag == "blockquote":
            yield from self._quote(element, depth, inside)
        elif tag == "dl":
            yield from self._definitions(element, depth)
        elif tag == "svg":
            self._lost("an inline SVG drawing was left out: save it as a file and link it")
        else:
            if tag == "tabitem" and element.get("label"):
                yield Block(kind=BlockKind.PARAGRAPH, text=f"{element.get('label')}:")
            yield from self._children(element, depth, inside)

    def _heading(self, element: HtmlElement, inside: str) -> Iterator[Block]:
        title = squeeze(inline(element)).rstrip("¶#").strip()
        if inside:
            yield Block(kind=BlockKind.PARAGRAPH, text=title)
        else:
            for picture in element.iterdescendants("img"):
                yield from self._figure(picture, picture.get("alt") or "")
            self._outline.heading(int(element.tag[1]), title)

    def _admonition(self, element: HtmlElement, kind: str, depth: int, inside: str) -> Iterator[Block]:
        named = " ".join(filter(None, (element.get("class"), element.get("data-title")))).lower()
        title, body = _split_title(element, kind)
        inner = list(self._children(body, depth, "admonition"))
        text = "\n".join(_as_text(block) for block in inner if block.kind is not BlockKind.FIGURE)
        text = tidy("\n".join(part for part in (title, text) if part))
        if kind in _HAZARD_CLASSES:
            # A generator prints the word of the kind itself; else what the box opens with is the word as printed.
            printed = any(name in named for name in ("admonition", "alert", "callout", "starlight"))
            word, text = _worded(text, kind.upper(), only_alone=printed)
            if text:
                yield Block(
                    kind=BlockKind.HAZARD,
                    text=text,
                    signal_word=element.get("data-signal-word") or word,
                    symbol=element.get("data-symbol") or "",
                    protects="step" if inside == "step" else "section",
                )
            yield from (block for block in inner if block.kind is BlockKind.FIGURE)
        else:
            if title:
                yield Block(kind=BlockKind.PARAGRAPH, text=title)
            elif inner and inner[0].kind is BlockKind.PARAGRAPH and inner[0].number == "":
                inner[0] = replace(inner[0], text=f"{kind.capitalize()}: {inner[0].text}")
            yield from inner

    def _quote(self, element: HtmlElement, depth: int, inside: str) -> Iterator[Block]:
        inner = list(self._children(element, depth, inside or "quote"))
        if inner and (alert := _ALERT.match(inner[0].text)):
            kind = alert.group(1).lower()
            inner[0] = replace(inner[0], text=inner[0].text[alert.end() :])
            text = tidy("\n".join(_as_text(block) for block in inner))
            if kind in HAZARD_KINDS:
                protects = "step" if inside == "step" else "section"
                yield Block(kind=BlockKind.HAZARD, text=text, signal_word=kind.upper(), protects=protects)
                return
            inner[0] = replace(inner[0], text=f"{kind.capitalize()}: {inner[0].text}")
            yield from inner
            return
        yield from _warnings(inner, "step" if inside == "step" else "section", boxed=True)

    def _list(self, element: HtmlElement, depth: int, inside: str) -> Iterator[Block]:
        ordered = element.tag == "ol"
        in_steps = inside == "step"
        level = sum(1 for up in element.iterancestors("ol", "ul")) + 1
        count = _number(element.get("start"), 1)
        for item in element:
            if item.tag != "li":
                if isinstance(item.tag, str):
                    yield from self._element(item, depth + 1, inside) if self._is_block(item) else ()
                continue
            count = _number(item.get("value"), count)
            number = _step_number(count, element.get("type") or "1") if ordered else "•"
            count += 1
            step = ordered or in_steps
            kind = BlockKind.STEP if step else BlockKind.PARAGRAPH
            yield from self._item(item, kind, number, level, depth + 1)

    def _item(self, item: HtmlElement, kind: BlockKind, number: str, level: int, depth: int) -> Iterator[Block]:
        """A list item: its warnings, then itself with its own paragraphs, then its sub-steps, figures and tables."""
        inside = "step" if kind is BlockKind.STEP else "list"
        inner = list(self._children(item, depth, inside))
        lines: list[str] = []
        rest: list[Block] = []
        step = kind is BlockKind.STEP
        opening = inner[:1] if not step and inner and _is_plain(inner[0]) else []
        for block in (*opening, *_warnings(inner[len(opening) :], "step" if step else "section")):
            plain = _is_plain(block)
            if plain and not rest:
                lines.append(block.text)
            elif plain and step:
                rest.append(replace(block, kind=BlockKind.STEP, level=level + 1))
            elif block.kind is BlockKind.HAZARD and block.protects == "step" and block.level <= level:
                yield replace(block, level=level)  # its own: that of a deeper step is deeper
            else:
                rest.append(block)
        if not lines and step and inner and _is_plain(inner[0]):
            lines.append(inner[0].text)  # the step is nothing but its warning
        if lines:
            text = "\n".join(lines)
            yield Block(kind=kind, text=text, number=number, level=level, place=self._outline.place)
        yield from rest

    def _definitions(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        term = ""
        for item in element.iterdescendants("dt", "dd"):
            if next(item.iterancestors("dl"), None) is not element:
                continue  # of a list inside this one
            if item.tag == "dt":
                term = squeeze(inline(item))
                continue
            inner = list(self._children(item, depth + 1, "list"))
            if inner and inner[0].kind is BlockKind.PARAGRAPH:
                inner[0] = replace(inner[0], text=f"{term}: {inner[0].text}")
            yield from inner

    def _captioned(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        captions = select(element, ".//figcaption")
        caption = squeeze(inline(captions[0])) if captions else ""
        pictures = select(element, ".//img")
        for picture in pictures:
            yield from self._figure(picture, caption or picture.get("alt") or "")
        if not pictures:
            for child in element:
                if child not in captions and isinstance(child.tag, str):
                    yield from self._element(child, depth + 1, "figure")
            if caption:
                yield Block(kind=BlockKind.PARAGRAPH, text=caption)

    def _figure(self, element: HtmlElement, caption: str) -> Iterator[Block]:
        source = element.get("src") or element.get("name") or element.get("data-src") or ""
        caption = squeeze(caption)
        picture = self._find_picture(source) if source else None
        if picture is not None:
            number = figure_number(caption) or squeeze(element.get("num") or "")
            yield Block(kind=BlockKind.FIGURE, text="", caption=caption, number=number, picture=picture)

    def _table(self, table: HtmlElement, depth: int) -> Iterator[Block]:
        rows, header_rows = _grid(table)
        captions = select(table, "./caption")
        pictures = [
            block for image in table.iterdescendants("img") for block in self._figure(image, image.get("alt") or "")
        ]
        filled = [row for row in rows if any(row)]
        if len(filled) >= 2 and max(map(len, filled)) >= 2:
            text = "\n".join(" | ".join(row) for row in filled)
            yield Block(
                kind=BlockKind.TABLE,
                text=text,
                rows=tuple(tuple(cell for cell in row) for row in filled),
                header_rows=header_rows,
                caption=squeeze(inline(captions[0])) if captions else "",
            )
            yield from pictures
        else:  # a table for layout only
            for cell in table.iterdescendants("td", "th"):
                if next(cell.iterancestors("table"), None) is table:
                    yield from self._children(cell, depth + 1, "")


def _is_plain(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and block.number == ""


def _ends_sentence(run: list[str], word: str, element: HtmlElement) -> bool:
    """Whether what stands before a signal word in bold type is complete, so that the word opens a warning."""
    before = "".join(run).rstrip(" ")
    marked = word.rstrip().endswith((":", "!")) or (element.tail or "").lstrip()[:1] in {":", "!"}
    return before.endswith((".", "!", "?", ":", ";", "\n")) and (marked or word.strip().isupper())


def _warnings(blocks: Iterable[Block], protects: str, *, boxed: bool = False) -> Iterator[Block]:
    """The blocks with each paragraph that opens a warning as one.

    A signal word alone takes the next paragraph, and a `boxed` warning all that follows it in its box.
    """
    found: list[Block] = []
    for block in blocks:
        open_ = bool(found) and found[-1].kind is BlockKind.HAZARD and (boxed or not found[-1].text)
        if _is_plain(block) and (signal := split_signal_word(block.text)):
            found.append(
                replace(block, kind=BlockKind.HAZARD, text=signal[1], signal_word=signal[0], protects=protects)
            )
        elif open_ and (_is_plain(block) or (boxed and block.kind in {BlockKind.PARAGRAPH, BlockKind.STEP})):
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{_as_text(block)}".strip())
        else:
            found.append(block)
    for block in found:
        alone = block.kind is BlockKind.HAZARD and not block.text
        yield Block(kind=BlockKind.PARAGRAPH, text=block.signal_word) if alone else block


def _worded(text: str, word: str, *, only_alone: bool) -> tuple[str, str]:
    """The signal word that a box prints itself and the rest of its text; `word` where it prints none."""
    first, _, rest = text.partition("\n")
    if rest and is_signal_word(first) and (signal := split_signal_word(f"{first.rstrip(' :!.')}:")):
        return (word if signal[0].casefold() == word.casefold() else signal[0]), rest
    signal = split_signal_word(text)
    if signal and signal[1] and (not only_alone or signal[0].casefold() == word.casefold()):
        return signal
    return word, text


def _admonition_kind(element: HtmlElement) -> str:
    """The kind of an admonition box of the common site generators, empty where the element is none."""
    if element.tag not in {"div", "aside", "section", "p", "details"}:
        return ""
    names = (element.get("class") or "").lower().split()
    for name in (*names[: None if element.tag == "aside" else 1], *(element.get("epub:type") or "").lower().split()):
        if (kind := _BOX.sub("", name)) in _HAZARD_CLASSES - {"notice"}:
            return kind
    if not ({"admonition", "admonitionblock", "alert", "callout", "notice", "note", "theme-admonition", "starlight-aside"} & set(names)
            or any(name.startswith(("admonition-", "alert-", "callout-", "starlight-aside--")) for name in names)
            or (element.get("role") == "note") or names[:1] == ["notice"]):  # fmt: skip
        return ""
    for name in names:
        kind = re.sub(r"^(?:admonition|alert|callout|theme-admonition|starlight-aside|box)-+", "", name)
        if kind in HAZARD_KINDS | NOTE_KINDS and name not in {"notice", "note"}:
            return kind
    return next((name for name in names if name in {"notice", "note"}), "")


def _split_title(element: HtmlElement, kind: str) -> tuple[str, HtmlElement]:
    """Take the title out of an admonition; one that only repeats the kind is no title."""
    title = element.get("data-title") or ""
    if "admonitionblock" in (element.get("class") or ""):  # Asciidoctor's: a table of the kind's icon and the text
        for icon in select(element, ".//td[@class='icon']"):
            icon.drop_tree()
    for head in select(element, "./*[contains(@class, 'title') or contains(@class, 'heading') or self::summary]"):
        title = title or squeeze(inline(head))
        element.remove(head)
        break
    return ("" if title.casefold().strip("!: ") == kind.casefold() else title), element


def _as_text(block: Block) -> str:
    return f"{block.number} {block.text}" if block.number else block.text


def _number(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,6}", value.strip()) else default


def _step_number(count: int, style: str) -> str:
    if style in {"a", "A"} and 1 <= count <= 26:
        letter = chr(ord("a") + count - 1)
        return letter.upper() if style == "A" else letter
    if style in {"i", "I"} and 1 <= count <= 20:
        roman = ("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split())[count - 1]
        return roman.upper() if style == "I" else roman
    return str(count)


def _grid(table: HtmlElement) -> tuple[list[list[str]], int]:
    """The cells of a table with merged cells repeated, and how many rows at its top are header."""
    grid: dict[tuple[int, int], str] = {}
    header_rows = 0
    heads_only = True
    row_number = 0
    width = 0
    for row in table.iterdescendants("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        column = 0
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        for cell in cells:
            while (row_number, column) in grid:
                column += 1
            text = squeeze(inline(cell).replace("\n", " "))
            across = min(_number(cell.get("colspan"), 1), 100)
            down = min(_number(cell.get("rowspan"), 1), 1000)
            if len(grid) + across * down > MAX_CELLS:
                return [], 0
            if len(text) * across * down > MAX_REPEATED:
                across = down = 1
            for i in range(max(down, 1)):
                for j in range(max(across, 1)):
                    grid[row_number + i, column + j] = text
            column += max(across, 1)
            width = max(width, column)
        in_head = any(up.tag == "thead" for up in row.iterancestors("thead", "table"))
        if heads_only and cells and (in_head or all(cell.tag == "th" for cell in cells)):
            header_rows += 1
        elif cells:
            heads_only = False
        row_number += bool(cells)
    return [[grid.get((i, j), "") for j in range(width)] for i in range(row_number)], header_rows
