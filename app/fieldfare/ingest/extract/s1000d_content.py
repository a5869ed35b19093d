"""The content of an S1000D data module -> blocks: warnings at what they protect, steps numbered as they are printed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, RemarkKind
from fieldfare.ingest.extract import grid, s1000d_tables, xml
from fieldfare.ingest.extract.s1000d_text import Inline
from fieldfare.ingest.extract.xml import attribute, child, children, descendants, local
from fieldfare.ingest.hazards import symbol_of
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from fieldfare.ingest.extract.source_set import SourceSet
    from fieldfare.ingest.structure import Outline

SCHEME = "S1000D"
_MAX_WARNINGS = 10_000_000  # characters of all warnings of a module, each counted as often as it is named
_STEPS = frozenset(
    "proceduralStep crewDrillStep crewProcedureStep checkListStep case isolationStep isolationProcedureEnd".split()
)
_LEVELLED = frozenset("levelledPara faultIsolationProcedure crewDrill commonInfoDescrPara checkListItem".split())
_HAZARDS = {"warning": "WARNING", "caution": "CAUTION"}
_LISTS = frozenset("sequentialList randomList definitionList attentionSequentialList attentionRandomList".split())
_PARAGRAPHS = frozenset("para simplePara notePara reqCond verbatimText title conditionPara action".split())
# References, lists of references and machinery: nothing that is read.
_SKIPPED = frozenset(
    "refs warningsAndCautionsRef warningsAndCautions referencedApplicGroup referencedApplicGroupRef applicRefs "
    "controlAuthorityRefs inlineApplics productionMaintData reqTechInfoGroup noConds noSafety noSupportEquips noSupplies "
    "noSpares noPersons hotspot title pmEntryTitle fault faultDescr applic".split()
)
_FIGURES = frozenset({"figure", "multimedia"})
_UNSTEPPED = frozenset({"para", "title", "warning", "caution", "note", "simplePara"})


class Applicability:
    """What a module says of which products its parts are for, by the ids that they are marked with."""

    def __init__(self, content: _Element) -> None:
        self._printed = {
            attribute(one, "id"): self.printed(one) for one in descendants(content, "applic") if attribute(one, "id")
        }

    def of(self, element: _Element) -> str:
        """What is printed before an element that is not for all: `[Applicable to: Mk1] `, else empty."""
        text = self._printed.get(attribute(element, "applicRefId"), "")
        return f"[Applicable to: {text}] " if text else ""

    @staticmethod
    def printed(applic: _Element) -> str:
        """The display text; without one, the properties and values that are asserted."""
        shown = child(applic, "displayText")
        if shown is not None and squeeze(xml.plain(shown)):
            return " ".join(squeeze(xml.plain(one)) for one in children(shown)) or squeeze(xml.plain(shown))
        return Applicability._asserted(applic)

    @staticmethod
    def _asserted(element: _Element) -> str:
        parts = []
        for one in children(element, "assert", "evaluate"):
            if local(one) == "evaluate":
                inner = Applicability._asserted(one)
                parts.append(f"({inner})" if len(children(one)) > 1 and len(children(element)) > 1 else inner)
            else:
                values = attribute(one, "applicPropertyValues").replace("|", ", ").replace("~", "–")
                text = squeeze(xml.plain(one)) or f"{attribute(one, 'applicPropertyIdent')} {values}".strip()
                parts.append(text)
        return f" {attribute(element, 'andOr') or 'and'} ".join(part for part in parts if part)


class Content:
    """Reads one module's content into the outline; `level` is that of the module's heading."""

    def __init__(self, outline: Outline, files: SourceSet, file: Path, content: _Element, level: int) -> None:
        self._outline, self._files, self._file, self._content, self._level = outline, files, file, content, level
        self._applicability = Applicability(content)
        self._entities = xml.external_entities(content)
        self._labels: dict[str, str] = {}
        self._warnings: dict[str, _Element] = {}
        self._by_id: dict[str, _Element] = {}
        self._numbers: dict[_Element, str] = {}
        self._left = _MAX_WARNINGS
        self._printed: set[_Element] = set()
        self._inline = Inline({}, str)

    def read(self, titles: dict[str, str], warnings: dict[str, _Element]) -> None:
        """Add all blocks; `titles` are those of the set's modules by code, `warnings` its repositories' by number."""
        self._warnings = warnings
        self._by_id = {
            id_: one for one in self._content.iter() if isinstance(one.tag, str) and (id_ := attribute(one, "id"))
        }
        self._label()
        self._inline = Inline(self._labels, lambda code: titles.get(code, ""))
        naming = [one for one in self._content.iter() if isinstance(one.tag, str) and _named_by(one)]
        unread = _SKIPPED | {"tgroup"}  # rows of tables have no place for a warning
        named = {
            id_
            for one in naming
            if not any(local(up) in unread for up in (one, *one.iterancestors()))
            for id_ in _named_by(one)
        }
        self._unnamed([one for one in self._declared() if attribute(one, "id") not in named])
        for block in self._children(self._content, "", self._level):
            self._outline.add(block)
        self._unnamed([one for one in self._declared() if one not in self._printed])

    def _declared(self) -> Iterator[_Element]:
        """The warnings and cautions that the module declares for use in its content."""
        for holder in children(self._content, "warningsAndCautions", "warningsAndCautionsRef"):
            for one in children(holder, *_HAZARDS, "warningRef", "cautionRef"):
                if attribute(one, "changeType") != "delete":
                    yield one

    def _unnamed(self, declared: list[_Element]) -> None:
        """Add warnings that no place prints: they count for the whole module, and the author hears of it."""
        for one in declared:
            for block in self._hazard(one, "section"):
                self._outline.add(block)
                text = f"no step names {block.signal_word} {block.text[:80]!r}: it stands for the whole module, name it where it counts"
                self._files.remark(RemarkKind.DOUBT, self._file, text)

    def _label(self) -> None:
        """What references print: figures and tables are counted in the module, steps have their numbers."""
        for names, label in ((_FIGURES, "Fig."), (frozenset({"table"}), "Table")):
            numbered = [one for one in descendants(self._content, *names) if child(one, "title") is not None]
            for count, one in enumerate(numbered, 1):
                self._labels[attribute(one, "id")] = f"{label} {count}"
        self._count(self._content, "")
        for step, number in self._numbers.items():
            self._labels[attribute(step, "id")] = f"step {number}"
        for one in descendants(self._content, "levelledPara"):
            title = child(one, "title")
            self._labels[attribute(one, "id")] = squeeze(xml.plain(title)) if title is not None else ""
        for one in descendants(self._content, "supportEquipDescr", "supplyDescr", "spareDescr"):
            name = child(one, "name")
            self._labels[attribute(one, "id")] = squeeze(xml.plain(name)) if name is not None else ""
        for one in descendants(self._content, "hotspot"):
            self._labels[attribute(one, "id")] = attribute(one, "applicationStructureName")
        self._labels.pop("", None)

    def _count(self, parent: _Element, above: str) -> None:
        """Number the steps below an element, 2.1.3; alternatives of a step share one number."""
        count = 0
        for one in children(parent):
            if local(one) in _STEPS or local(one).endswith("StepAlts"):
                count += 1
                number = f"{above}.{count}" if above else str(count)
                for step in [one] if local(one) in _STEPS else children(one, *_STEPS):
                    self._numbers[step] = number
                    self._count(step, number)
            else:
                self._count(one, "")

    def _children(self, parent: _Element, inside: str, level: int) -> Iterator[Block]:
        for one in children(parent):
            yield from self._element(one, inside, level)

    def _element(self, element: _Element, inside: str, level: int) -> Iterator[Block]:
        name = local(element)
        if name in _SKIPPED or attribute(element, "changeType") == "delete":
            return
        if name not in _STEPS and name not in _LEVELLED:  # they print theirs where it belongs
            scope = inside or ("procedure" if next(descendants(element, *_STEPS), None) is not None else "section")
            for reference in self._referred(element):
                yield from self._hazard(reference, scope)
        if name in _HAZARDS or name in {"warningRef", "cautionRef"}:
            yield from self._hazard(element, inside)
        elif name == "note":
            yield self._note(element)
        elif name in _STEPS:
            yield from self._step(element, level)
        elif name in _LEVELLED:
            yield from self._levelled(element, level)
        elif name in {"preliminaryRqmts", "closeRqmts"}:
            yield from self._requirements(element, level)
        elif name == "table":
            yield from self._table(element)
        elif name in _FIGURES:
            yield from self._figure(element)
        elif name in _LISTS:
            yield from self._list(element, inside)
        elif name in s1000d_tables.READERS:
            yield from s1000d_tables.READERS[name](element, self._inline, self._applicability)
            for figure in descendants(element, "figure"):
                yield from self._figure(figure)
        elif name in _PARAGRAPHS or not children(element) or (element.text or "").strip():
            yield from self._paragraph(element, inside)
        else:
            lower = {"reqSafety": "procedure", "mainProcedure": "procedure", "isolationMainProcedure": "procedure"}
            applicable = self._applicability.of(element)
            for block in self._children(element, lower.get(name, inside), level):
                yield replace(block, text=f"{applicable}{block.text}") if applicable and block.text else block

    def _paragraph(self, element: _Element, inside: str) -> Iterator[Block]:
        text = self._inline.text(element, _LISTS | _FIGURES | {"table"})
        if text:
            yield Block(kind=BlockKind.PARAGRAPH, text=f"{self._applicability.of(element)}{text}")
        for one in children(element, *_LISTS, *_FIGURES, "table"):
            yield from self._element(one, inside, 0)

    def _levelled(self, element: _Element, level: int) -> Iterator[Block]:
        """A titled part becomes a section of its own; a fault's procedure is headed by its code."""
        title = child(element, "title")
        codes = [code for one in children(element, "fault") if (code := attribute(one, "faultCode"))]
        described = child(element, "faultDescr")
        parts = [", ".join(codes)] if codes else []
        parts += [self._inline.text(one).replace("\n", " ") for one in (title, described) if one is not None]
        heading = ": ".join(part for part in parts if part)
        applicable = self._applicability.of(element).strip()
        if heading:
            self._outline.heading(level + 1, f"{heading} {applicable}")
        elif applicable:
            yield Block(kind=BlockKind.PARAGRAPH, text=applicable)
        for reference in self._referred(element):
            yield from self._hazard(reference, "section")
        yield from self._children(element, "", level + 1 if heading else level)

    def _referred(self, element: _Element) -> list[_Element]:
        """The warnings and cautions that an element names by their ids."""
        ids = _named_by(element)
        found = [self._by_id[id_] for id_ in ids if id_ in self._by_id]
        for id_ in ids:
            if id_ not in self._by_id:
                text = f"the warning {id_[:60]!r} is named but not there: add it to the module"
                self._files.remark(RemarkKind.LOST, self._file, text)
        return found

    def _hazard(self, element: _Element, inside: str) -> Iterator[Block]:
        name = local(element)
        self._printed.add(element)
        source = element
        if name in {"warningRef", "cautionRef"}:
            number = attribute(element, f"{name.removesuffix('Ref')}IdentNumber")
            spec = self._warnings.get(number)
            if spec is None:
                text = f"the {name.removesuffix('Ref')} {number[:60]!r} is in no repository here: add its data module"
                self._files.remark(RemarkKind.LOST, self._file, text)
                return
            source = spec
        text = self._inline.text(source, frozenset({"symbol", "warningIdent", "cautionIdent", "title"}))
        title = child(source, "title")
        if title is not None:
            text = f"{self._inline.text(title)}\n{text}"
        symbol = next((attribute(one, "infoEntityIdent") for one in descendants(source, "symbol")), "")
        self._left -= len(text)
        if self._left < 0:
            self._files.remark(
                RemarkKind.LOST, self._file, "it repeats its warnings too often: what was beyond is left out"
            )
            return
        if text:
            yield Block(
                kind=BlockKind.HAZARD,
                text=f"{self._applicability.of(element)}{text}",
                signal_word=_HAZARDS[name.removesuffix("Ref")],
                scheme=SCHEME,
                symbol=symbol_of(symbol),
                protects=inside if inside in {"step", "procedure"} else "section",
            )

    def _note(self, element: _Element) -> Block:
        text = self._inline.text(element, frozenset({"symbol"}))
        return Block(kind=BlockKind.PARAGRAPH, text=f"{self._applicability.of(element)}Note: {text}")

    def _step(self, step: _Element, level: int) -> Iterator[Block]:
        """A step: its warnings first, then its own text with its notes, then its sub-steps, figures and tables."""
        number = self._numbers.get(step, "1")
        depth = number.count(".") + 1
        hazards = [block for one in self._referred(step) for block in self._hazard(one, "step")]
        lines, notes = [], []
        rest: list[Block] = []
        for one in children(step):
            name = local(one)
            if name in {"para", "title", "simplePara", "action", "note"}:
                hazards += [block for reference in self._referred(one) for block in self._hazard(reference, "step")]
            if name in _HAZARDS or name in {"warningRef", "cautionRef"}:
                hazards += self._hazard(one, "step")
            elif name == "note" and not rest:
                notes.append(self._note(one).text)
            elif name in {"para", "title", "simplePara", "action", "isolationStepQuestion"} and not rest:
                text = self._inline.text(one, _LISTS | _FIGURES | {"table"})
                lines += [f"{self._applicability.of(one)}{text}"] if text else []
                rest += [block for inner in children(one, *_LISTS, *_FIGURES, "table")
                         for block in self._element(inner, "step", level)]  # fmt: skip
            elif name == "isolationStepAnswer":
                lines += self._answers(one)
            else:
                rest += self._element(one, "step", level)
        yield from hazards
        text = "\n".join((*lines, *notes))
        if text:
            yield Block(kind=BlockKind.STEP, text=f"{self._applicability.of(step)}{text}", number=number, level=depth)
        for block in rest:
            plain = block.kind is BlockKind.PARAGRAPH
            yield replace(block, kind=BlockKind.STEP, level=depth + 1) if plain else block

    def _answers(self, answer: _Element) -> list[str]:
        """Each answer to a question with the step that it leads to."""
        lines = []
        for one in descendants(answer, "yesAnswer", "noAnswer", "choice"):
            word = {"yesAnswer": "Yes", "noAnswer": "No"}.get(local(one)) or self._inline.text(one)
            target = self._labels.get(attribute(one, "nextActionRefId"), "")
            lines.append(f"{word}: go to {target}" if target else word)
        return lines

    def _requirements(self, element: _Element, level: int) -> Iterator[Block]:
        """Conditions, persons, equipment, supplies, spares; then the safety conditions, before all steps."""
        closing = local(element) == "closeRqmts"
        yield from s1000d_tables.requirements(element, self._inline, self._applicability, closing=closing)
        safety = child(element, "reqSafety")
        if safety is not None:
            yield from self._children(safety, "procedure", level)

    def _table(self, element: _Element) -> Iterator[Block]:
        title = child(element, "title")
        caption = self._inline.text(title) if title is not None else ""
        label = self._labels.get(attribute(element, "id"), "")
        caption = f"{label}: {caption}" if label and caption else caption or label
        applicable = self._applicability.of(element)

        def render(entry: _Element) -> str:
            row = entry.getparent()
            first = row is not None and children(row)[0] is entry
            prefix = self._applicability.of(row) if first and row is not None else ""
            return prefix + self._inline.text(entry, frozenset(_FIGURES))

        yield from grid.cals(element, render, f"{applicable}{caption}")
        for graphic in children(element, "graphic"):  # a table that is a picture
            yield from self._graphics([graphic], caption, applicable)
        for figure in descendants(element, *_FIGURES):
            yield from self._figure(figure)

    def _figure(self, element: _Element) -> Iterator[Block]:
        title = child(element, "title")
        label = self._labels.get(attribute(element, "id"), "")
        name = self._inline.text(title) if title is not None else ""
        caption = f"{label}: {name}" if label and name else name or label
        if local(element) == "multimedia":
            self._files.remark(
                RemarkKind.LOST, self._file, f"the film or sound {caption[:80]!r} was left out: add a picture"
            )
            return
        yield from self._graphics(list(descendants(element, "graphic")), caption, self._applicability.of(element))
        for legend in children(element, "legend"):
            yield from self._children(legend, "", 0)

    def _graphics(self, graphics: list[_Element], caption: str, applicable: str) -> Iterator[Block]:
        for sheet, graphic in enumerate(graphics, 1):
            ident = attribute(graphic, "infoEntityIdent")
            picture = self._files.picture(self._entities.get(ident, ident), self._file) if ident else None
            if picture is None and ident in self._entities:
                picture = self._files.picture(ident, self._file)
            of = f" (sheet {sheet} of {len(graphics)})" if len(graphics) > 1 else ""
            words = [
                squeeze(f"{attribute(spot, 'applicationStructureName')} {attribute(spot, 'hotspotTitle')}")
                for spot in descendants(graphic, "hotspot")
            ]
            if picture is not None:
                yield Block(
                    kind=BlockKind.FIGURE,
                    text="\n".join(dict.fromkeys(word for word in words if word)),
                    caption=f"{applicable}{caption}{of}",
                    number=caption.removeprefix("Fig. ").partition(":")[0] if caption.startswith("Fig. ") else "",
                    picture=picture,
                )

    def _list(self, element: _Element, inside: str) -> Iterator[Block]:
        ordered = local(element) in {"sequentialList", "attentionSequentialList"}
        depth = sum(local(one) in _LISTS for one in element.iterancestors()) + 1
        title = child(element, "title")
        if title is not None:
            yield Block(kind=BlockKind.PARAGRAPH, text=self._inline.text(title))
        items = [one for one in children(element) if local(one).endswith(("listItem", "ListItem"))]
        for count, item in enumerate(items, 1):
            term, described = child(item, "listItemTerm"), child(item, "listItemDefinition")
            if term is not None and described is not None:
                text = f"{self._inline.text(term)}: {self._inline.text(described)}"
                yield Block(kind=BlockKind.PARAGRAPH, text=text)
                continue
            step = ordered or inside == "step"
            lines = [self._inline.text(one, _LISTS) for one in children(item, "para", "attentionListItemPara", "note")]
            yield Block(
                kind=BlockKind.STEP if step else BlockKind.PARAGRAPH,
                text=self._applicability.of(item) + "\n".join(line for line in lines if line),
                number=str(count) if ordered else "•",
                level=depth + (inside == "step"),
            )
            for one in item.iterdescendants():
                if isinstance(one.tag, str) and local(one) in _LISTS and _nearest_list(one) is element:
                    yield from self._list(one, inside)


def _named_by(element: _Element) -> list[str]:
    """The ids of the warnings and cautions that an element names."""
    return f"{attribute(element, 'warningRefs')} {attribute(element, 'cautionRefs')}".split()


def _nearest_list(element: _Element) -> _Element | None:
    return next((one for one in element.iterancestors() if local(one) in _LISTS), None)
