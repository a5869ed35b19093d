"""The elements of DITA topics -> blocks: hazards at what they protect, steps numbered as they are printed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, RemarkKind
from fieldfare.ingest.extract import grid, xml
from fieldfare.ingest.extract.dita_text import Keys, Resolver, condition
from fieldfare.ingest.extract.docx_styles import spell
from fieldfare.ingest.extract.xml import attribute, child, children, descendants, local, plain
from fieldfare.ingest.hazards import HAZARD_KINDS, symbol_of
from fieldfare.ingest.structure import figure_number
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from fieldfare.ingest.extract.source_set import SourceSet
    from fieldfare.ingest.structure import Outline

# Hazard statements follow ANSI Z535.6, says DITA 1.3, 3.3.4; a note's types are of no standard.
SCHEME = "ANSI Z535"
_TOPICS = frozenset("topic concept task reference troubleshooting glossentry glossgroup".split())
_TITLED = frozenset("section example prereq context result postreq condition cause remedy refsyn tasktroubleshooting "
                    "bodydiv sectiondiv steps-informal stepxmp".split())  # fmt: skip
_LEADS = {"condition": "Condition", "cause": "Cause", "remedy": "Remedy"}
_CODE = frozenset("codeblock pre screen msgblock".split())
_SKIPPED = frozenset(
    "title titlealts navtitle prolog related-links draft-comment required-cleanup indexterm data data-about unknown "
    "searchtitle metadata".split()
)
_BLOCKS = frozenset(
    "p ul ol sl dl parml table simpletable properties choicetable fig image imagemap note hazardstatement lines lq object "
    "steps steps-unordered substeps choices stepsection abstract div foreign svg-container equation-block video audio "
    "itemgroup".split()
) | _CODE | _TITLED  # fmt: skip
_BEFORE_STEPS = frozenset({"prereq", "context", "taskbody", "steps", "steps-unordered", "steps-informal", "remedy"})
_NUMBERING = ("decimal", "lowerLetter", "lowerRoman")  # of lists in lists, as DITA Open Toolkit prints them


class Content:
    """Reads the topics of one file into the outline."""

    def __init__(self, outline: Outline, files: SourceSet, file: Path, keys: Keys) -> None:
        self._outline, self._files, self._file = outline, files, file
        self._resolver = Resolver(files, keys)
        self._english = True
        self._depth = 0

    def read(self, root: _Element, topic: str, level: int, shown: str) -> None:
        """Add the topic with this id, all of the file where it is empty; `shown` is the map's condition on it."""
        tops = children(root, *_TOPICS) if local(root) == "dita" else [root]
        if topic:
            tops = [one for one in root.iter() if isinstance(one.tag, str) and attribute(one, "id") == topic][
                :1
            ] or tops
        for one in tops:
            self._topic(one, level, shown)

    def _topic(self, topic: _Element, level: int, shown: str) -> None:
        language = next(
            (attribute(up, "lang") for up in (topic, *topic.iterancestors()) if attribute(up, "lang")), "en"
        )
        self._english = language.lower().startswith("en")
        title = next(iter(children(topic, "title", "glossterm")), None)
        name = self._resolver.text(title, self._file).replace("\n", " ") if title is not None else ""
        self._outline.heading(level, f"{shown}{condition(topic)}{name}")
        for one in children(topic):
            kind = local(one)
            if kind in _TOPICS:
                self._topic(one, level + 1, "")
            elif kind not in _SKIPPED and kind != "glossterm":
                inside = "taskbody" if kind == "taskbody" else ""
                for block in self._mixed(one, self._file, inside, level):
                    self._outline.add(block)

    def _mixed(self, parent: _Element, file: Path, inside: str, level: int) -> Iterator[Block]:
        """The blocks of an element; text between block elements becomes paragraphs."""
        if self._depth > 100:  # conrefs that pull in what holds them
            self._files.remark(
                RemarkKind.LOST, file, "content that pulls itself in was left out: correct its references"
            )
            return
        self._depth += 1
        lead = f"{_LEADS[local(parent)]}: " if local(parent) in _LEADS and child(parent, "title") is None else ""
        lead = lead if self._english else ""
        run: list[str] = [parent.text or ""]
        for one in parent:
            name = local(one)
            if not name:
                run.append(xml.entity_text(one))
            elif attribute(one, "status") == "deleted" or name in _SKIPPED:
                pass
            elif name in _BLOCKS or not _is_text(one):
                for block in itertools.chain(_paragraph(run), self._pulled(one, file, inside, level)):
                    leads = lead and block.kind is BlockKind.PARAGRAPH
                    yield replace(block, text=f"{lead}{block.text}") if leads else block
                    lead = "" if leads else lead
                run = []
            else:
                run.append(self._resolver.inline(one, file))
            run.append(one.tail or "")
        yield from (replace(block, text=f"{lead}{block.text}") for block in _paragraph(run))
        self._depth -= 1

    def _pulled(self, element: _Element, file: Path, inside: str, level: int) -> Iterator[Block]:
        for one, where in self._resolver.content(element, file):
            headed = local(one) not in {"fig", "table"} and child(one, "title") is not None
            prefix = "" if headed else condition(element) or condition(one)
            for number, block in enumerate(self._element(one, where, inside, level)):
                own = number == 0 or local(one) not in {"p", "note", "hazardstatement", "image", "fig"}
                if prefix and own and not block.text.startswith(prefix) and block.kind is not BlockKind.TABLE:
                    yield (
                        replace(block, text=f"{prefix}{block.text}")
                        if block.text
                        else replace(block, caption=f"{prefix}{block.caption}")
                    )
                elif prefix and own and block.kind is BlockKind.TABLE:
                    yield replace(block, caption=f"{prefix}{block.caption}".strip())
                else:
                    yield block

    def _element(self, element: _Element, file: Path, inside: str, level: int) -> Iterator[Block]:
        name = local(element)
        if name in {"note", "hazardstatement"}:
            yield from self._note(element, file, inside)
        elif name in {"steps", "steps-unordered", "substeps", "choices", "ol", "ul", "sl"}:
            yield from self._list(element, file, inside, level)
        elif name in {"dl", "parml"}:
            yield from self._definitions(element, file)
        elif name == "table":
            yield from self._table(element, file)
        elif name in {"simpletable", "properties", "choicetable"}:
            yield from self._simple(element, file)
        elif name in {"fig", "image", "imagemap"}:
            yield from self._figure(element, file, level)
        elif name in _CODE:
            yield Block(kind=BlockKind.CODE, text=plain(element).strip("\n"))
        elif name == "lines":
            yield Block(kind=BlockKind.PARAGRAPH, text=plain(element).strip())
        elif name in {"object", "foreign", "svg-container", "video", "audio"}:
            self._files.remark(RemarkKind.LOST, file, f"the element {name!r} was left out: insert it as a picture")
        else:
            title = child(element, "title")
            if title is not None and not inside.startswith("step"):
                self._outline.heading(level + 1, f"{condition(element)}{self._resolver.text(title, file)}")
            lower = "procedure" if name in _BEFORE_STEPS and inside in {"taskbody", "procedure"} else inside
            yield from self._mixed(element, file, lower, level + 1 if title is not None else level)

    def _note(self, element: _Element, file: Path, inside: str) -> Iterator[Block]:
        statement = local(element) == "hazardstatement"
        kind = attribute(element, "type") or ("other" if statement else "note")
        if kind == "other":
            kind = attribute(element, "othertype") or ("warning" if statement else "note")
        text = self._resolver.text(element, file)
        symbols = [
            symbol_of(attribute(one, "href") or attribute(one, "keyref"))
            for one in descendants(element, "hazardsymbol")
        ]
        if statement or kind.lower() in HAZARD_KINDS:
            protects = "step" if inside == "step" else "procedure" if inside in {"taskbody", "procedure"} else "section"
            if text:
                yield Block(
                    kind=BlockKind.HAZARD,
                    text=text,
                    signal_word=kind.upper(),
                    scheme=SCHEME if statement else "",
                    symbol=" ".join(symbols),
                    protects=protects,
                )
        elif text:
            yield Block(kind=BlockKind.PARAGRAPH, text=f"{kind.capitalize()}: {text}")
        for image in descendants(element, "image"):
            yield from self._figure(image, file, 0)

    def _list(self, element: _Element, file: Path, inside: str, level: int) -> Iterator[Block]:
        """Steps and lists; what is no item stands between them as it stood."""
        name = local(element)
        depth = sum(local(up) in {"steps", "steps-unordered", "substeps", "choices", "ol", "ul", "sl"}
                    for up in element.iterancestors()) + 1  # fmt: skip
        ordered = name in {"steps", "substeps", "ol"}
        count = 0
        for one in children(element):
            if local(one) in {"step", "substep", "li", "sli", "choice"}:
                for item, where in self._resolver.content(one, file):
                    if attribute(one, "status") != "deleted":
                        count += 1
                        number = spell(count, _NUMBERING[(depth - 1) % 3]) if ordered else "•"
                        step = ordered or inside == "step" or name == "steps-unordered"
                        yield from self._item(item, where, step=step, number=number, depth=depth, level=level)
            else:
                yield from self._pulled(one, file, "procedure" if name.startswith("steps") else inside, level)

    def _item(self, item: _Element, file: Path, *, step: bool, number: str, depth: int, level: int) -> Iterator[Block]:
        """An item: its warnings, then its own text, then its sub-steps, figures and tables."""
        kind = BlockKind.STEP if step else BlockKind.PARAGRAPH
        optional = {"optional": "Optional: ", "required": "Required: "}.get(attribute(item, "importance"), "")
        prefix = condition(item) + (optional if self._english and local(item) in {"step", "substep"} else "")
        lines: list[str] = []
        ahead: list[Block] = []
        rest: list[Block] = []
        for block in self._mixed(item, file, "step" if step else "list", level):
            plain_ = block.kind is BlockKind.PARAGRAPH and not block.number
            if plain_ and not rest:
                lines.append(block.text)
            elif plain_ and step:
                rest.append(replace(block, kind=BlockKind.STEP, level=depth + 1))
            elif block.kind is BlockKind.HAZARD and not any(one.kind is BlockKind.STEP for one in rest):
                ahead.append(block)
            else:
                rest.append(block)
        yield from ahead
        if lines:
            yield Block(kind=kind, text=prefix + "\n".join(lines), number=number, level=depth)
        yield from rest

    def _definitions(self, element: _Element, file: Path) -> Iterator[Block]:
        for entry in children(element, "dlentry", "plentry"):
            terms = ", ".join(self._resolver.text(one, file) for one in children(entry, "dt", "pt"))
            for number, one in enumerate(children(entry, "dd", "pd")):
                named = number == 0 and bool(terms)
                for index, block in enumerate(self._mixed(one, file, "list", 0)):
                    first = named and index == 0
                    yield replace(block, text=f"{condition(entry)}{terms}: {block.text}") if first else block

    def _table(self, element: _Element, file: Path) -> Iterator[Block]:
        title = child(element, "title")

        def render(entry: _Element) -> str:
            row = entry.getparent()
            prefix = condition(row) if row is not None and children(row)[0] is entry else ""
            return prefix + self._resolver.text(entry, file)

        yield from grid.cals(element, render, self._resolver.text(title, file) if title is not None else "")
        for image in descendants(element, "image"):
            yield from self._figure(image, file, 0)

    def _simple(self, element: _Element, file: Path) -> Iterator[Block]:
        rows = []
        heads = 0
        for row in children(element):
            name = local(row)
            if name in {"sthead", "prophead", "chhead"}:
                heads += 1
            if name in {"sthead", "prophead", "chhead", "strow", "property", "chrow"}:
                cells = [self._resolver.text(one, file) for one in children(row)]
                rows.append([condition(row) + cell if index == 0 else cell for index, cell in enumerate(cells)])
        width = max(map(len, rows), default=0)
        title = child(element, "title")
        caption = self._resolver.text(title, file) if title is not None else ""
        block = grid.table_block([[*row, *[""] * (width - len(row))] for row in rows], heads, caption)
        if block is not None:
            yield block

    def _figure(self, element: _Element, file: Path, level: int) -> Iterator[Block]:
        """The pictures of a figure under its title; an image map names the parts of its picture."""
        title = child(element, "title")
        caption = self._resolver.text(title, file).replace("\n", " ") if title is not None else ""
        images = [element] if local(element) == "image" else list(descendants(element, "image"))
        words = [
            text
            for area in descendants(element, "area")
            if (text := self._resolver.text(area, file, frozenset({"shape", "coords"})))
        ]
        for number, image in enumerate(images):
            picture = None
            href, start = attribute(image, "href"), file
            if attribute(image, "keyref"):
                key, found = self._resolver.keys.target(attribute(image, "keyref"))
                href, start = (key, found) if key and found is not None else (href, start)
            if attribute(image, "scope") == "external" or "://" in href:
                text = f"the picture {href[:80]} is on the network: save it beside the topic"
                self._files.remark(RemarkKind.LOST, file, text)
            elif href:
                picture = self._files.picture(href, start)
            alternative = child(image, "alt")
            alt = squeeze(plain(alternative)) if alternative is not None else squeeze(attribute(image, "alt"))
            shown = caption or alt
            if picture is not None:
                text = "\n".join(words) if number == 0 else ""
                yield Block(
                    kind=BlockKind.FIGURE, text=text, caption=shown, number=figure_number(shown), picture=picture
                )
        if local(element) == "fig":
            for one in children(element):
                if local(one) not in {"title", "image", "imagemap", "figgroup"}:
                    yield from self._pulled(one, file, "", level)
            if not images and caption:
                yield Block(kind=BlockKind.PARAGRAPH, text=caption)


def _is_text(element: _Element) -> bool:
    """Whether an element is inline: nothing below it is a block."""
    return not any(
        isinstance(one.tag, str) and local(one) in _BLOCKS - {"image"} for one in element.iterdescendants()
    ) and (
        local(element) not in {"cmd", "info", "stepresult", "tutorialinfo", "body", "conbody", "glossdef", "shortdesc"}
    )


def _paragraph(run: list[str]) -> Iterator[Block]:
    text = "\n".join(line for part in "".join(run).split("\n\n") if (line := " ".join(part.split())))
    if text:
        yield Block(kind=BlockKind.PARAGRAPH, text=text)
