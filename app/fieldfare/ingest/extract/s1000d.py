"""S1000D (issues 4.0 to 6) data modules -> the pieces of one document, in the order of their publication module.

S1000D, chapters 3.9.5 (data modules), 3.9.6 (applicability), 4.9 (publication modules). Warnings, cautions, steps and
applicability are markup there; they are kept as they are marked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import RemarkKind, Title
from fieldfare.errors import SourceError
from fieldfare.ingest.extract.names import in_order
from fieldfare.ingest.extract.s1000d_content import Applicability, Content
from fieldfare.ingest.extract.s1000d_text import dm_code, dm_title
from fieldfare.ingest.extract.source_set import SourceSet
from fieldfare.ingest.extract.xml import attribute, child, children, descendants, local
from fieldfare.ingest.structure import Outline
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource

SUFFIXES = (".xml",)
# Contents that other modules are made with, never read by themselves.
_MACHINERY = frozenset(
    "applicCrossRefTable condCrossRefTable productCrossRefTable brex brDoc scormContentPackage commonRepository".split()
)
_REPOSITORIES = {"warningSpec": "warningIdent", "cautionSpec": "cautionIdent"}
_ALL = frozenset({"all", "tous", "alle", "todos", "tutti", "todo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """A data module without its content."""

    file: Path
    code: str
    issue: tuple[int, int]
    title: str
    language: str
    applicability: str


def extract(source: DocumentSource, progress: Progress) -> Iterator[Piece]:
    """Find out what each file is, then walk the modules in the order of the publication; others follow by their codes."""
    files = SourceSet(source)
    found: dict[str, _Module] = {}
    warnings: dict[str, _Element] = {}
    publications: list[tuple[Path, _Element]] = []
    for done, file in enumerate(in_order(source.files, source.root), 1):
        root = files.tree(file)
        if root is not None:
            _sort(root, file, files, found=found, warnings=warnings, publications=publications)
        progress(f"reading {source.name}", done, 2 * len(source.files))
    modules = _of_one_language(found, source.language, files)
    if not modules:
        raise SourceError(f"{source.name} holds no S1000D data module (issue 4.0 or later) that can be read.")
    publication = publications[0][1] if publications else None
    title = next(descendants(publication, "pmTitle"), None) if publication is not None else None
    language = next(iter(modules.values())).language
    printed = squeeze("".join(map(str, title.itertext()))) if title is not None else ""
    yield Title(text=printed or _common_title(modules), language=language)
    titles = {module.code: module.title for module in modules.values()}
    outline = Outline()
    walked: set[str] = set()
    for done, (path, module) in enumerate(_ordered(publications, modules), 1):
        if module.code in walked:
            continue
        walked.add(module.code)
        outline.restart()
        for depth, name in enumerate(path, 1):
            outline.heading(depth, name)
        root = files.tree(module.file)
        content = child(root, "content")
        if content is not None:
            outline.heading(len(path) + 1, _headed(module))
            reader = Content(outline, files, module.file, content, len(path) + 1)
            reader.read(titles, warnings)
        yield from outline.take()
        progress(f"reading {source.name}", len(modules) + done, 2 * len(modules))
    yield from outline.sections()
    yield from files.remarks


def _common_title(modules: dict[str, _Module]) -> str:
    """What modules without a publication are about: the title of the only one, else the name that all of them have."""
    titles = [module.title for module in modules.values()]
    names = {title.partition(" – ")[0] for title in titles}
    return titles[0] if len(titles) == 1 else names.pop() if len(names) == 1 else ""


def _headed(module: _Module) -> str:
    shown = module.applicability and module.applicability.casefold().strip(" .") not in _ALL
    return f"{module.title} [Applicable to: {module.applicability}]" if shown else module.title


def _sort(
    root: _Element,
    file: Path,
    files: SourceSet,
    *,
    found: dict[str, _Module],
    warnings: dict[str, _Element],
    publications: list[tuple[Path, _Element]],
) -> None:
    """Put a file where it belongs: a module, warnings for modules, or an order of modules."""
    kind = local(root)
    if kind == "pm":
        publications.insert(0, (file, root))
    elif kind == "dml":
        publications.append((file, root))
    elif kind != "dmodule":
        text = f"its root element {kind[:40]!r} is no data module: it was left out"
        files.remark(RemarkKind.LOST, file, text)
    elif child(root, "identAndStatusSection") is None:
        text = "it is of S1000D issue 3 or earlier: convert it to issue 4 or later"
        files.remark(RemarkKind.LOST, file, text)
    else:
        content = child(root, "content")
        kinds = {local(one) for one in children(content)} if content is not None else set()
        for spec in descendants(root, *_REPOSITORIES):
            ident = child(spec, _REPOSITORIES[local(spec)])
            if ident is not None:
                warnings[attribute(ident, f"{_REPOSITORIES[local(spec)]}Number")] = spec
        if not kinds & _MACHINERY:
            _add(_module(root, file), found, files)


def _module(root: _Element, file: Path) -> _Module:
    address = child(root, "identAndStatusSection", "dmAddress")
    code = child(address, "dmIdent", "dmCode")
    issue, language = child(address, "dmIdent", "issueInfo"), child(address, "dmIdent", "language")
    applic = child(root, "identAndStatusSection", "dmStatus", "applic")
    printed = dm_code(code) if code is not None else file.stem
    numbers = (attribute(issue, "issueNumber"), attribute(issue, "inWork")) if issue is not None else ("", "")
    release, draft = (int(one) if re.fullmatch(r"\d{1,9}", one, re.ASCII) else 0 for one in numbers)
    return _Module(
        file=file,
        code=printed,
        issue=(release, draft),
        title=dm_title(child(address, "dmAddressItems", "dmTitle")) or printed,
        language=attribute(language, "languageIsoCode").lower() if language is not None else "",
        applicability=Applicability.printed(applic) if applic is not None else "",
    )


def _add(module: _Module, modules: dict[str, _Module], files: SourceSet) -> None:
    """Keep the newest issue of a module; the older one is remarked."""
    key = f"{module.code} {module.language}"
    other = modules.get(key)
    if other is not None:
        module, other = (module, other) if module.issue > other.issue else (other, module)
        text = (
            f"it is issue {other.issue[0]} of {module.code}, issue {module.issue[0]} is there too: delete the older one"
        )
        files.remark(RemarkKind.LOST, other.file, text)
    modules[key] = module


def _of_one_language(found: dict[str, _Module], language: str, files: SourceSet) -> dict[str, _Module]:
    """The modules in the document's language, by code: the one that was asked for, else that of most modules."""
    spoken = [module.language for module in found.values()]
    chosen = language if language in spoken else max(sorted(set(spoken)), key=spoken.count, default="")
    for module in found.values():
        if module.language != chosen:
            text = f"it is in the language {module.language!r}, the document in {chosen!r}: give each language its own folder"
            files.remark(RemarkKind.LOST, module.file, text)
    return {module.code: module for module in found.values() if module.language == chosen}


def _ordered(
    publications: list[tuple[Path, _Element]], modules: dict[str, _Module]
) -> Iterator[tuple[tuple[str, ...], _Module]]:
    """Each module with the titles of the entries above it: as publications name them, the rest by their codes."""
    named: set[str] = set()
    for _, publication in publications:
        for reference in descendants(publication, "dmRef"):
            code = next(descendants(reference, "dmCode"), None)
            printed = dm_code(code) if code is not None else ""
            if printed in modules and printed not in named:
                named.add(printed)
                yield _titles_above(reference), modules[printed]
    for printed in sorted(modules.keys() - named):
        yield (), modules[printed]


def _titles_above(reference: _Element) -> tuple[str, ...]:
    titles = []
    for entry in reference.iterancestors():
        title = child(entry, "pmEntryTitle") if local(entry) == "pmEntry" else None
        if title is not None:
            titles.append(squeeze("".join(map(str, title.itertext()))))
    return tuple(title for title in reversed(titles) if title)
