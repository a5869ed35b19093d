"""Markdown of the common dialects -> HTML -> blocks.

Understood: CommonMark with GFM tables, front matter, `:::warning[Title]` fences (Docusaurus, Starlight, VuePress),
`!!! warning "Title"` (MkDocs), `> [!WARNING]` (GitHub), Jekyll callouts and galleries, MDX components with a picture,
raw HTML, TeX formulas, and `<!-- page 12 -->` where a printed page begins.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from fieldfare.domain import Remark, RemarkKind
from fieldfare.ingest.extract.formulas import FORMULA, is_formula, keep_formulas
from fieldfare.ingest.hazards import HAZARD_KINDS, NOTE_KINDS
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

_FENCE = re.compile(r"^\s*(\w+)\s*(?:\[(.*)\]|\{[^}]*\}|(.*))\s*$")
# Files are foreign: no pattern may take more than one pass over a text, however it is made.
_LIQUID = re.compile(r"\{%((?:[^%{]|%(?!\})|\{(?!%))*+)%\}")
_ATTRIBUTE = re.compile(r"\b(\w++)\s*+=\s*+(\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+')", re.DOTALL)
_WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]++\|)?([^\[\]\n]++)\]\]")
_ALERT_LINE = re.compile(r"^[ \t]*+>[ \t]?\[!\w+\]", re.MULTILINE)
_HEADING_ID = re.compile(r"^(#{1,6}[ \t].*\S)[ \t]*\{[#.][^{}\n]*\}[ \t]*$", re.MULTILINE)
_MODULE_LINE = re.compile(
    r"^(?:import[ \t](?:[^\"'\n]*[ \t])?from[ \t]+[\"'][^\"'\n]+[\"'];?|import[ \t]+[\"'][^\"'\n]+[\"'];?|export[ \t].+)[ \t]*$",
    re.MULTILINE,
)
_COMPONENT = re.compile(
    r"<([A-Z][\w.]*+|[a-z]++-[\w-]*+)((?:\s++[\w:-]++(?:\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'|\{[^{}<]*+(?:\{[^{}<]*+\}[^{}<]*+)*+\}))?+)*+)\s*+/>"
)
_IMPORT = re.compile(r"^import[ \t]++(\w++)[ \t]++from[ \t]++[\"']([^\"'\n]++)[\"']", re.MULTILINE)
_BRACED = re.compile(r"=\{([^{}]*+)\}|=\{\{[^{}]*+\}\}")
_CODE_OR_TAG = re.compile(rf"{_LIQUID.pattern}|`[^`\n]+`|{FORMULA.pattern}")
_FENCED = re.compile(r"[ \t]*(`{3,}|~{3,})")
_PICTURE = re.compile(r"!\[[^\[\]]*+\]\([^()]*+\)")
_MAX_BRACKETS = 2000  # in one paragraph: the parser looks for the end of each, in all that follows
_MAX_FRONT = 1 << 16  # characters of a front matter


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownPage:
    """One file: its title and order from the front matter, and its body as HTML."""

    title: str
    order: float
    html: str


def convert(text: str, remarks: list[Remark], name: str) -> MarkdownPage:
    """Turn one Markdown file into HTML; what its dialect holds and we do not understand is named in `remarks`."""
    front: dict[str, Any] = {}
    parser = _parser(name.endswith(".mdx"))
    tokens = parser.parse(prepare(clean(text), remarks, name))
    if tokens and tokens[0].type == "front_matter":
        try:
            loaded = yaml.safe_load(tokens[0].content) if len(tokens[0].content) <= _MAX_FRONT else None
        except (yaml.YAMLError, ValueError, RecursionError):
            loaded = None
        if not isinstance(loaded, dict) and tokens[0].content.strip():
            text = "its front matter is not valid YAML: correct it"
            remarks.append(Remark(kind=RemarkKind.LOST, where=name, text=text))
        front = loaded if isinstance(loaded, dict) else {}
    sidebar = front.get("sidebar")
    order = front.get("order", front.get("nav_order", sidebar.get("order") if isinstance(sidebar, dict) else None))
    title = front.get("title")
    return MarkdownPage(
        title=squeeze(str(title)) if isinstance(title, str | int | float) else "",
        order=float(order) if isinstance(order, int | float) else 1e9,
        # In an element of its own: HTML parsers move a comment at the start of a page out of its body.
        html=f"<article>{parser.renderer.render(tokens, parser.options, {})}</article>",
    )


def _without_brackets(text: str, remarks: list[Remark], name: str) -> str:
    """The text with the brackets of a paragraph that holds too many of them as plain characters."""
    if text.count("[") <= _MAX_BRACKETS:
        return text
    paragraphs = text.split("\n\n")
    for number, paragraph in enumerate(paragraphs):
        if paragraph.count("[") > _MAX_BRACKETS:
            paragraphs[number] = paragraph.replace("[", "&#91;")
            text = f"a paragraph with more than {_MAX_BRACKETS} brackets was taken as plain text: divide it"
            remarks.append(Remark(kind=RemarkKind.DOUBT, where=name, text=text))
    return "\n\n".join(paragraphs)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, and whether each is code or a formula, which stays as it is."""
    fence = ""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        match = _FENCED.match(line)
        if not fence and match is None:
            lines.append(line)
            continue
        if not fence and match is not None:
            fence = match.group(1)
            yield from _inline("".join(lines))
            lines = []
        elif match is not None and match.group(1).startswith(fence) and line.strip() == match.group(1):
            fence = ""
        yield True, line
    yield from _inline("".join(lines))


def _inline(text: str) -> Iterator[tuple[bool, str]]:
    """The same inside a paragraph, where back quotes in a tag quote nothing."""
    last = 0
    for match in _CODE_OR_TAG.finditer(text):
        found = match.group()
        if found.startswith("`") or (not found.startswith("{") and is_formula(found)):
            yield False, text[last : match.start()]
            yield True, found
            last = match.end()
    yield False, text[last:]


def prepare(text: str, remarks: list[Remark], name: str) -> str:
    """The text as CommonMark: what the dialects add beside it is rewritten, code stays as it is."""
    text = _without_brackets(text, remarks, name)
    imports = dict(_IMPORT.findall(text)) if name.endswith(".mdx") else {}
    return "".join(piece if code else _prepare(piece, imports, remarks, name) for code, piece in _pieces(text))


def _parser(mdx: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    if mdx:
        parser.disable("code")  # MDX has no indented code, and its components indent their text
    keep_formulas(parser)
    parser.use(front_matter_plugin)
    parser.use(admon_plugin)
    parser.use(container_plugin, "admonition", validate=_is_admonition, render=_render_fence)
    parser.use(container_plugin, "other", validate=lambda *_: True, render=_render_plain)
    return parser


def _is_admonition(parameters: str, _markup: str) -> bool:
    match = _FENCE.match(parameters)
    return bool(match) and match.group(1).lower() in HAZARD_KINDS | NOTE_KINDS if match else False


def _render_fence(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    if tokens[index].nesting != 1:
        return "</div>\n"
    match = _FENCE.match(tokens[index].info)
    kind, bracketed, plain = match.groups() if match else ("note", "", "")
    return _box(kind, (bracketed or plain or "").strip())


def _render_plain(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "<div>\n" if tokens[index].nesting == 1 else "</div>\n"


def _box(kind: str, title: str) -> str:
    return f'<div class="admonition {html.escape(kind.lower())}" data-title="{html.escape(title)}">\n'


def _prepare(text: str, imports: dict[str, str], remarks: list[Remark], name: str) -> str:
    """One piece; `imports` are the files that its page imports, by their names in it."""

    def liquid(match: re.Match[str]) -> str:
        return _liquid(match.group(1).strip().strip("-").strip(), remarks, name)

    text = _LIQUID.sub(liquid, text)
    text = _WIKI_LINK.sub(r"\2", text)
    text = _ALERT_LINE.sub(r"\n\g<0>", text)  # each callout is a quote of its own
    text = _HEADING_ID.sub(r"\1", text)
    if name.endswith(".mdx"):
        text = _MODULE_LINE.sub("", text)
        text = _BRACED.sub(lambda match: f'="{html.escape(_value(match.group(1) or "", imports))}"', text)
    return _COMPONENT.sub(r"<\1\2></\1>", text)


def _value(value: str, imports: dict[str, str]) -> str:
    """A value of a component: the file that it imports, else the value without the quotes around it."""
    value = value.strip()
    if imported := imports.get(value.removesuffix(".src")):
        return imported
    value = value[1:] if value[:1] in set("\"'`") else value
    return value[:-1].rstrip() if value[-1:] in set("\"'`") else value


def _liquid(tag: str, remarks: list[Remark], name: str) -> str:
    """A Jekyll include: callouts become fences, galleries their pictures, the rest is named as lost."""
    command = tag.split(None, 2)
    attributes = {key: value[1:-1] for key, value in _ATTRIBUTE.findall(tag)}
    if len(command) > 1 and command[0] == "include":
        if "content" in attributes:
            kind = attributes.get("type", "note")
            kind = kind if kind in HAZARD_KINDS | NOTE_KINDS else "note"
            title = attributes.get("title", "")
            return f"\n\n::::{kind}[{title}]\n{attributes['content']}\n::::\n\n"
        if "images" in attributes or "![" in tag:
            return "\n\n" + "\n\n".join(_PICTURE.findall(tag)) + "\n\n"
    if command and command[0] not in {"raw", "endraw", "comment", "endcomment"}:
        text = f"{{% {' '.join(command[:2])} … %}} is not understood: replace it by Markdown"
        remarks.append(Remark(kind=RemarkKind.LOST, where=name, text=text))
    return ""
