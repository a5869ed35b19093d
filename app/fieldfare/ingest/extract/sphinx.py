"""What reStructuredText gains in Sphinx projects, without Sphinx: its roles and directives, and what nobody knows.

An unknown role keeps its text, an unknown directive its content; both are remarked once. Files are read from below the
source folder only, raw output of other formats is left out.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes, utils
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.directives import misc, tables

from fieldfare.domain import Remark, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_INCLUDED = 16 << 20  # bytes of all files that one file includes, each counted as often as it is named
_INCLUSIONS = 500
_DROPPED = frozenset(
    "index highlight tabularcolumns currentmodule module default-domain default-role meta contents sectnum header footer "
    "target-notes class title sectionauthor codeauthor acks".split()
)
_CODE = frozenset("code-block sourcecode code-literal prompt parsed-literal".split())
_BOXES = {
    "seealso": "See also",
    "versionadded": "Added in",
    "versionchanged": "Changed in",
    "deprecated": "Deprecated since",
}
_TRANSPARENT = frozenset(
    "only container compound centered hlist glossary tabs tab tab-set tab-item card card-carousel grid grid-item "
    "grid-item-card dropdown details collapse rst-class cssclass".split()
)


class Confinement:
    """What one file may read and what it told: `base` is the folder that files come from, `tree` its sub-documents."""

    def __init__(self, base: Path, name: str, remarks: list[Remark]) -> None:
        self.base = base.resolve()
        self.tree: list[str] = []
        self.included: set[Path] = set()
        self._name = name
        self._remarks = remarks
        self._known: set[str] = set()
        self._left = MAX_INCLUDED
        self._inclusions = 0

    def remark(self, kind: RemarkKind, text: str) -> None:
        """Tell the author something, once."""
        if text not in self._known:
            self._known.add(text)
            self._remarks.append(Remark(kind=kind, where=self._name, text=text))

    def find(self, path: str, current: str) -> Path | None:
        """The file that a directive names, None where it is missing, too large or not below the base (a remark)."""
        start = self.base if path.startswith("/") else Path(current).parent
        file = (start / path.lstrip("/")).resolve() if "\0" not in path else self.base
        try:
            there = file.is_relative_to(self.base) and file.is_file()
            self._left -= file.stat().st_size if there else 0
        except OSError:
            there = False
        self._inclusions += 1
        if not there:
            self.remark(RemarkKind.LOST, f"the file {path[:80]} was not read: put it below the folder of the manual")
            return None
        if self._left < 0 or self._inclusions > _INCLUSIONS:
            self.remark(RemarkKind.LOST, "it includes more than 16 MiB or 500 files: what was beyond is left out")
            return None
        self.included.add(file)
        return file


@contextlib.contextmanager
def understood(confinement: Confinement) -> Iterator[None]:
    """Let docutils know the directives and roles of this module while a file is parsed."""
    find_directive, find_role = directives.directive, roles.role
    known: dict[str, type[Directive]] = {
        "include": _Include,
        "literalinclude": _LiteralInclude,
        "csv-table": _CsvTable,
        "raw": _Raw,
        "role": _Role,
        "toctree": _Tree,
        "centered": _Rubric,
        **dict.fromkeys(_DROPPED, _Dropped),
        **dict.fromkeys(_CODE, _Code),
        **dict.fromkeys(_BOXES, _Box),
        **dict.fromkeys(_TRANSPARENT, _Transparent),
    }

    def directive(name: str, language: Any, document: nodes.document) -> tuple[Any, list[nodes.system_message]]:
        document.settings.confinement = confinement
        plain = name.lower().rpartition(":")[2]
        if plain in known:
            return known[plain], []
        with contextlib.suppress(Exception):
            found, _ = find_directive(name, language, document)
            if found is not None:
                return found, []
        confinement.remark(RemarkKind.DOUBT, f"the directive {name[:60]!r} is not known: its content was taken as text")
        return _Transparent, []

    def role(name: str, language: Any, line: int, reporter: Any) -> tuple[Any, list[nodes.system_message]]:
        plain = name.lower().rpartition(":")[2]
        if plain not in _ROLES:
            if plain == "raw":
                confinement.remark(RemarkKind.LOST, "a raw role was left out: write it as text")
                return _no_text, []
            with contextlib.suppress(Exception):
                found, _ = find_role(name, language, line, reporter)
                if found is not None:
                    return found, []
            confinement.remark(RemarkKind.DOUBT, f"the role {name[:60]!r} is not known: its text was taken")
        return _ROLES.get(plain, _text), []

    # As Sphinx does it: docutils has no other way to answer for names that nobody registered.
    setattr(directives, "directive", directive)  # noqa: B010  (their types are narrower than their use)
    setattr(roles, "role", role)  # noqa: B010
    try:
        yield
    finally:
        setattr(directives, "directive", find_directive)  # noqa: B010
        setattr(roles, "role", find_role)  # noqa: B010


def _text(
    _name: str, raw: str, text: str, _line: int, _inliner: Any, _options: Any = None, _content: Any = None
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The text of a role; of `title <target>` the title, of a bare target the target."""
    plain = utils.unescape(text)
    title, target = split_target(plain)
    return [nodes.inline(raw, title if target else plain.lstrip("~!"))], []


def split_target(text: str) -> tuple[str, str]:
    """The parts of `title <target>`; no target where it has another form."""
    title, opened, target = text.rpartition("<")
    return (title.strip(), target[:-1]) if opened and title.strip() and target.endswith(">") else (text, "")


def _no_text(*_arguments: Any, **_options: Any) -> tuple[list[Any], list[Any]]:
    return [], []


def _menu(
    _name: str, raw: str, text: str, _line: int, _inliner: Any, _options: Any = None, _content: Any = None
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """A menu selection or label: arrows as signs, accelerator marks dropped."""
    plain = utils.unescape(text).replace("-->", "→")
    return [nodes.strong(raw, re.sub(r"&(?=\w)", "", plain))], []


def _abbreviation(
    _name: str, raw: str, text: str, _line: int, _inliner: Any, _options: Any = None, _content: Any = None
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    return [nodes.inline(raw, utils.unescape(text))], []


_ROLES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("guilabel", "menuselection"), _menu),
    **dict.fromkeys(("index", "eq"), _no_text),
    **dict.fromkeys(
        "ref doc numref term download any keyword option envvar token kbd file samp program command dfn mailheader "
        "manpage mimetype newsgroup regexp func meth class attr mod obj data exc type confval cite".split(),
        _text,
    ),
    "abbr": _abbreviation,
}


class _Include(misc.Include):
    """`include` of a file below the base, or of the character sets that come with docutils."""

    def run(self) -> list[nodes.Node]:
        path = directives.path(self.arguments[0])
        if not (path.startswith("<") and path.endswith(">") and "/" not in path and "\\" not in path):
            found = _confinement(self).find(path, self.state.document.current_source or "")
            if found is None:
                return []
            self.arguments[0] = str(found)
        if "url" in self.options or "parser" in self.options:
            return []
        settings = self.state.document.settings
        settings.file_insertion_enabled, settings.root_prefix = True, ""
        try:
            return list(super().run())
        finally:
            settings.file_insertion_enabled = False


class _LiteralInclude(Directive):
    """`literalinclude`: a file below the base as code."""

    required_arguments = 1
    optional_arguments = 0
    final_argument_whitespace = True
    has_content = False

    def run(self) -> list[nodes.Node]:
        found = _confinement(self).find(self.arguments[0], self.state.document.current_source or "")
        if found is None:
            return []
        text = found.read_text(encoding="utf-8", errors="replace")
        return [nodes.literal_block(text, text)]


class _CsvTable(tables.CSVTable):
    """`csv-table` whose file stands below the base; addresses are not followed."""

    def run(self) -> list[Any]:
        self.options.pop("url", None)
        if "file" in self.options:
            found = _confinement(self).find(self.options["file"], self.state.document.current_source or "")
            if found is None:
                return []
            self.options["file"] = str(found)
        settings = self.state.document.settings
        settings.file_insertion_enabled, settings.root_prefix = True, ""
        try:
            return list(super().run())
        finally:
            settings.file_insertion_enabled = False


class _Raw(Directive):
    """Output for one format only is no content."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = {
        "file": directives.unchanged,
        "url": directives.unchanged,
        "encoding": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        text = f"raw {' '.join(self.arguments)[:30]} was left out: write it as reStructuredText"
        _confinement(self).remark(RemarkKind.LOST, text)
        return []


class _Role(misc.Role):
    """A role that the document makes; one for raw output prints nothing."""

    def run(self) -> list[Any]:
        match = re.fullmatch(r"\s*([\w.+-]+)\s*\(\s*raw\s*\)\s*", self.content[0] if self.content else "")
        if match is None:
            return list(super().run())
        _confinement(self).remark(RemarkKind.LOST, f"the raw role {match.group(1)[:40]!r} was left out: write text")
        roles.register_local_role(match.group(1).lower(), _no_text)
        return []


class _Options(dict[str, Any]):
    """Every option is allowed and kept as it stands: those of foreign directives are not known."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, _name: object) -> bool:
        return True

    def __getitem__(self, _name: str) -> Any:
        return directives.unchanged


class _Foreign(Directive):
    optional_arguments = 100
    final_argument_whitespace = False
    has_content = True
    option_spec: ClassVar[Any] = _Options()

    def nested(self) -> list[nodes.Node]:
        """The content, parsed."""
        node = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, node, match_titles=True)
        return list(node.children)


class _Tree(_Foreign):
    """`toctree`: the order of the documents; nothing is printed."""

    def run(self) -> list[nodes.Node]:
        for line in self.content:
            entry = split_target(line.strip())[1] or line.strip()
            if entry and "://" not in entry and entry != "self":
                _confinement(self).tree.append(entry)
        return []


class _Dropped(_Foreign):
    """What makes no text of a manual."""

    def run(self) -> list[nodes.Node]:
        return []


class _Transparent(_Foreign):
    """A container of other content, under its title where it has one."""

    def run(self) -> list[nodes.Node]:
        title = " ".join(self.arguments)
        shown = title and self.name not in {"only", "container", "compound", "rst-class", "cssclass", "hlist"}
        if self.name == "only":
            text = f"content for {title[:60]!r} only was taken in"
            _confinement(self).remark(RemarkKind.DOUBT, text)
        return [*([nodes.paragraph(title, title)] if shown else []), *self.nested()]


class _Rubric(_Foreign):
    """`centered`: a line of its own."""

    def run(self) -> list[nodes.Node]:
        title = " ".join(self.arguments)
        return [nodes.paragraph(title, title)]


class _Code(_Foreign):
    """`code-block` of any language, without colours."""

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text)]


class _Box(_Foreign):
    """Sphinx's boxes that inform: `seealso`, `versionadded` and their kin."""

    def run(self) -> list[nodes.Node]:
        title = " ".join((_BOXES[self.name], *self.arguments))
        node = nodes.admonition("", classes=["note"])
        node += nodes.title(title, title)
        node += self.nested()
        return [node]


def _confinement(directive: Directive) -> Confinement:
    found: Confinement = directive.state.document.settings.confinement
    return found
