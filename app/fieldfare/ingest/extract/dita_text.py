"""DITA keys, content references, conditional attributes and inline markup -> text as it is printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain import RemarkKind
from fieldfare.ingest.extract import xml
from fieldfare.ingest.extract.xml import attribute, children, descendants, local
from fieldfare.text import lowered, raised, squeeze

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.etree import _Element

    from fieldfare.ingest.extract.source_set import SourceSet

_CONDITIONS = ("product", "platform", "audience", "props", "otherprops", "deliveryTarget")
_SKIPPED = frozenset(
    "indexterm indextermref index-see index-see-also draft-comment required-cleanup data data-about unknown prolog "
    "related-links alt longdescref titlealts sort-as index-base hazardsymbol".split()
)
_LISTS = frozenset({"ul", "ol", "sl", "dl", "choices", "substeps"})
_MARKS = {"tm": "™", "reg": "®", "service": "℠"}
_LINES = frozenset("p li sli cmd info dt dd stepresult line desc title typeofhazard consequence howtoavoid".split())
_MAX_CHAIN = 10  # references that refer to references
_MAX_PULLED = 20_000  # elements that the content references of a file may pull in


def condition(element: _Element) -> str:
    """What is printed before an element that is not for all: `[product: GS-40; audience: expert] `, else empty."""
    parts = [
        f"{name}: {', '.join(value.split())}" for name in _CONDITIONS if (value := attribute(element, name).strip())
    ]
    return f"[{'; '.join(parts)}] " if parts else ""


class Keys:
    """The keys that maps define; the first definition counts."""

    def __init__(self) -> None:
        self._defined: dict[str, tuple[str, Path, str]] = {}

    def define(self, key: str, element: _Element, file: Path) -> None:
        """Note what a key stands for: the address in `file`, and the text of its metadata."""
        shown = next(descendants(element, "keyword", "linktext", "navtitle", "term"), None)
        title = squeeze(xml.plain(shown)) if shown is not None else squeeze(attribute(element, "navtitle"))
        self._defined.setdefault(key, (attribute(element, "href"), file, title))

    def target(self, reference: str) -> tuple[str, Path | None]:
        """The address of `key/id` and the file that it counts from; empty where the key is not defined."""
        key, _, id_ = reference.partition("/")
        href, file, _ = self._defined.get(key, ("", None, ""))
        if href and id_:
            path, _, topic = href.partition("#")
            href = f"{path}#{topic.partition('/')[0] or '.'}/{id_}"
        return href, file

    def text(self, reference: str) -> str:
        """What a key prints, empty where it has no text."""
        return self._defined.get(reference.partition("/")[0], ("", None, ""))[2]


class Resolver:
    """Finds what references name, within the files of one source."""

    def __init__(self, files: SourceSet, keys: Keys) -> None:
        self.files = files
        self.keys = keys
        self._ids: dict[Path, dict[str, list[_Element]]] = {}
        self._left = _MAX_PULLED

    def content(self, element: _Element, file: Path) -> list[tuple[_Element, Path]]:
        """The element itself, or what its content reference pulls in; one that leads nowhere is remarked."""
        for _ in range(_MAX_CHAIN):
            reference = attribute(element, "conref") or attribute(element, "conkeyref")
            if not reference or attribute(element, "conaction"):
                return [(element, file)]
            found = self._referred(element, file)
            if found is None:
                text = f"the content {reference[:80]!r} was not found: correct the reference or add its file"
                self.files.remark(RemarkKind.LOST, file, text)
                return [(element, file)]
            end = attribute(element, "conrefend").rpartition("#")[2].rpartition("/")[2]
            element, file = found
            self._left -= sum(1 for _ in element.iter())
            if self._left < 0:
                self.files.remark(
                    RemarkKind.LOST, file, "its content references pull in too much: what was beyond is left out"
                )
                return []
            if end:
                following = [element, *(one for one in element.itersiblings() if isinstance(one.tag, str))]
                stop = next((i for i, one in enumerate(following) if attribute(one, "id") == end), 0)
                return [(one, file) for one in following[: stop + 1]]
        self.files.remark(RemarkKind.LOST, file, "a content reference leads in a circle: correct it")
        return []

    def _referred(self, element: _Element, file: Path) -> tuple[_Element, Path] | None:
        href = attribute(element, "conref")
        start: Path | None = file
        if not href:
            href, start = self.keys.target(attribute(element, "conkeyref"))
        return self.at(href, start) if start is not None else None

    def at(self, href: str, file: Path) -> tuple[_Element, Path] | None:
        """The element at an address: a file's root, a topic, or an element of a topic."""
        path, _, fragment = href.partition("#")
        target = self.files.find(path, file) if path else file
        root = self.files.tree(target) if target is not None else None
        if root is None or target is None:
            return None
        if not fragment:
            return root, target
        topic, _, id_ = fragment.partition("/")
        wanted = id_ or topic
        if target not in self._ids:
            self._ids[target] = {}
            for one in root.iter():
                if isinstance(one.tag, str) and (id_of := attribute(one, "id")):
                    self._ids[target].setdefault(id_of, []).append(one)
        for one in self._ids[target].get(wanted, ()):
            holder = next((up for up in one.iterancestors() if attribute(up, "id") == topic), None)
            if not id_ or topic == "." or holder is not None:
                return one, target
        return None

    def title(self, href: str, file: Path, depth: int = 0) -> str:
        """The title of what an address names, empty where it has none."""
        found = self.at(href, file) if href else None
        if found is None:
            return ""
        title = next(iter(children(found[0], "title", "glossterm", "cmd")), None)
        return squeeze(self.text(title, found[1], depth=depth + 1)) if title is not None else ""

    def text(self, element: _Element, file: Path, skipped: frozenset[str] = frozenset(), depth: int = 0) -> str:
        """The text of an element, a paragraph or list item a line; children named in `skipped` are left out."""
        if depth > _MAX_CHAIN * 10:
            return ""
        parts = [_flat(element.text)]
        for one in element:
            if not local(one):
                parts.append(xml.entity_text(one))
            elif local(one) not in skipped:
                parts.append(self.inline(one, file, depth + 1))
            parts.append(_flat(one.tail))
        lines = "".join(parts).split("\n")
        return "\n".join(" ".join(line.split()) for line in lines if line.strip())

    def inline(self, element: _Element, file: Path, depth: int = 0) -> str:
        """What an inline element prints, with the breaks that it makes."""
        name = local(element)
        if name in _SKIPPED or attribute(element, "status") == "deleted":
            return ""
        if attribute(element, "conref") or attribute(element, "conkeyref"):
            pulled = self.content(element, file)
            if pulled and pulled[0][0] is not element:
                return "".join(self.inline(one, where, depth + 1) for one, where in pulled) if depth < 90 else ""
        text = self.text(element, file, depth=depth)
        keyref = attribute(element, "keyref")
        if not text and keyref:
            text = self.keys.text(keyref)
            href, start = self.keys.target(keyref)
            text = text or (self.title(href, start, depth) if start is not None else "")
            if not text and name not in {"image", "xref", "link"}:
                self.files.remark(RemarkKind.LOST, file, f"the key {keyref[:60]!r} has no text: define it in the map")
        if name in {"xref", "link"} and not text:
            text = self.title(attribute(element, "href"), file, depth)
        if name in {"sup", "sub"}:
            text = raised(text) if name == "sup" else lowered(text)
        elif name == "fn":
            text = f" ({text})"
        elif name == "q":
            text = f"“{text}”"
        elif name == "tm":
            text += _MARKS.get(attribute(element, "tmtype"), "")
        elif name == "menucascade":
            text = " > ".join(self.text(one, file, depth=depth) for one in children(element, "uicontrol"))
        elif name == "state":
            text = f"{attribute(element, 'name')} {attribute(element, 'value')}"
        prefix = condition(element)
        if name in {"li", "sli", "choice"}:
            return f"\n• {prefix}{text}"
        if name in _LINES:
            return f"\n{prefix}{text}\n"
        return f"{prefix}{text}"


def _flat(text: str | None) -> str:
    """Line breaks of the source are spaces."""
    return re.sub(r"\s+", " ", text or "")
