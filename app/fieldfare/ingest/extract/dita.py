"""DITA (1.2, 1.3, 2.0) maps and topics -> the pieces of one document, in the order of its map.

OASIS DITA 1.3: topics, tasks, troubleshooting, hazard statements, maps, keys, content references, conditional attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.domain import RemarkKind, Title
from fieldfare.errors import SourceError
from fieldfare.ingest.extract.dita_content import Content
from fieldfare.ingest.extract.dita_text import Keys, condition
from fieldfare.ingest.extract.names import in_order
from fieldfare.ingest.extract.source_set import SourceSet
from fieldfare.ingest.extract.xml import attribute, child, children, local, plain
from fieldfare.ingest.structure import Outline
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".xml", ".dita", ".ditamap")
_MAPS = frozenset({"map", "bookmap"})
_TOPICS = frozenset("topic concept task reference troubleshooting glossentry glossgroup dita".split())
# Children of a map that are neither topics nor groups of them.
_SKIPPED = frozenset(
    "title booktitle topicmeta bookmeta reltable anchor data navref ux-window toc indexlist figurelist tablelist "
    "trademarklist booklists".split()
)
_MAX_DEPTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A place in the order: a topic file, or only a title, at a depth from 1."""

    depth: int
    file: Path | None = None
    topic: str = ""
    title: str = ""
    condition: str = ""


@dataclass(slots=True)
class _Plan:
    """The maps and topics of a source, and what the maps say."""

    maps: dict[Path, _Element] = field(default_factory=dict)
    topics: list[Path] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    inner: set[Path] = field(default_factory=set)
    referred: set[Path] = field(default_factory=set)


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Find maps and keys, then walk the topics in the order of the maps; topics that no map names come last."""
    files = SourceSet(source)
    plan = _Plan()
    for done, file in enumerate(in_order(source.files, source.root), 1):
        root = files.tree(file)
        kind = local(root) if root is not None else ""
        if root is not None and kind in _MAPS:
            plan.maps[file.resolve()] = root
        elif kind in _TOPICS:
            plan.topics.append(file.resolve())
        elif root is not None:
            files.remark(RemarkKind.LOST, file, f"its root element {kind[:40]!r} is no topic: it was left out")
        progress(f"reading {source.name}", done, 2 * len(source.files))
    if not plan.topics:
        raise SourceError(f"{source.name} holds no DITA topic that can be read.")
    keys = Keys()
    for file, root in plan.maps.items():
        for one in root.iterdescendants():
            for key in attribute(one, "keys").split() if isinstance(one.tag, str) else ():
                keys.define(key, one, file)
        _find_inner(root, file, files, plan)
    tops = [file for file in plan.maps if file not in plan.inner] or list(plan.maps)
    for file in tops:
        _plan(plan.maps[file], file, files, plan, keys, depth=1, above=())
    named = {entry.file for entry in plan.entries} | plan.referred
    rest = [file for file in plan.topics if file not in named]
    plan.entries += [_Entry(depth=1, file=file) for file in rest]
    if plan.maps:
        for file in rest:
            files.remark(RemarkKind.DOUBT, file, "no map names it: it stands at the end, name it or move it away")
    first = files.tree(plan.entries[0].file or plan.topics[0]) if plan.entries else None
    yield Title(text=_map_title(plan.maps[tops[0]]) if tops else "", language=_language(first, plan, tops))
    yield from _walk(plan, files, keys, source.name, progress)
    yield from files.remarks


def _walk(plan: _Plan, files: SourceSet, keys: Keys, name: str, progress: Progress) -> Iterator[Piece]:
    outline = Outline()
    walked: set[tuple[Path, str]] = set()
    for done, entry in enumerate(plan.entries, 1):
        if entry.file is None:
            outline.heading(entry.depth, f"{entry.condition}{entry.title}")
        elif (entry.file, entry.topic) not in walked:
            walked.add((entry.file, entry.topic))
            root = files.tree(entry.file)
            if root is not None:
                reader = Content(outline, files, entry.file, keys)
                reader.read(root, entry.topic, entry.depth, entry.condition)
        yield from outline.take()
        progress(f"reading {name}", len(plan.entries) + done, 2 * len(plan.entries))
    yield from outline.sections()


def _find_inner(root: _Element, file: Path, files: SourceSet, plan: _Plan) -> None:
    """Maps that another map names are parts of it."""
    for one in root.iterdescendants():
        target = files.find(attribute(one, "href").partition("#")[0], file) if local(one) else None
        if target is not None and target in plan.maps and target != file:
            plan.inner.add(target)


def _plan(
    parent: _Element, file: Path, files: SourceSet, plan: _Plan, keys: Keys, *, depth: int, above: tuple[Path, ...]
) -> None:
    """Put what a map names into its order, maps within maps included."""
    if depth > _MAX_DEPTH or file in above:
        files.remark(RemarkKind.LOST, file, "the map names itself or is nested too deep: correct it")
        return
    for one in children(parent):
        name = local(one)
        if name in _SKIPPED:
            continue
        href, _, topic = attribute(one, "href").partition("#")
        if not href and attribute(one, "keyref"):
            href, file_of = keys.target(attribute(one, "keyref"))
            target = files.find(href.partition("#")[0], file_of or file) if href else None
        else:
            target = files.find(href, file) if href else None
        scope = attribute(one, "scope")
        if href and target is None and scope not in {"external", "peer"}:
            files.remark(
                RemarkKind.LOST, file, f"the topic {href[:80]!r} was not found: add it or take it out of the map"
            )
        if attribute(one, "processing-role") == "resource-only" or name == "keydef":
            plan.referred |= {target} if target is not None else set()
            continue
        if target in plan.maps and target is not None:
            _plan(plan.maps[target], target, files, plan, keys, depth=depth, above=(*above, file))
            continue
        title = _title(one)
        shown = condition(one)
        if target is not None and target in plan.topics:
            plan.entries.append(_Entry(depth=depth, file=target, topic=topic, condition=shown))
        elif title and name != "topicgroup":
            plan.entries.append(_Entry(depth=depth, title=title, condition=shown))
        named = target is not None or bool(title and name != "topicgroup")
        _plan(one, file, files, plan, keys, depth=depth + 1 if named else depth, above=above)


def _title(element: _Element) -> str:
    navigation = child(element, "topicmeta", "navtitle")
    return squeeze(plain(navigation)) if navigation is not None else squeeze(attribute(element, "navtitle"))


def _map_title(root: _Element) -> str:
    main = child(root, "booktitle", "mainbooktitle")
    title = main if main is not None else child(root, "title")
    return squeeze(plain(title)) if title is not None else squeeze(attribute(root, "title"))


def _language(topic: _Element | None, plan: _Plan, tops: list[Path]) -> str:
    declared = [attribute(plan.maps[tops[0]], "lang")] if tops else []
    declared += [attribute(topic, "lang")] if topic is not None else []
    return next((one.partition("-")[0].lower() for one in declared if one), "")
