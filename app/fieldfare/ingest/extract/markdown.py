"""Markdown of the common dialects -> HTML -> blocks.

Understood: CommonMark with GFM tables, front matter, `:::warning[Title]` fences (Docusaurus, Starlight, VuePress),
`!!! warning "Title"` (MkDocs), `> [!WARNING]` (GitHub), Jekyll callouts and galleries, MDX components with a picture,
raw HTML, and `<!-- page 12 -->` where a printed page begins.
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
from fieldfare.ingest.hazards import HAZARD_KINDS, NOTE_KINDS
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

_FENCE = re.compile(r"^\s*(\w+)\s*(?:\[(.*)\]|\{[^}]*\}|(.*))\s*$")
_LIQUID = re.compile(r"\{%-?\s*(.*?)\s*-?%\}", re.DOTALL)
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", re.DOTALL)
_WIKI_LINK = re.compile(r"\[\[([^\]|\n]+\|)?([^\]\n]+)\]\]")
_HEADING_ID = re.compile(r"^(#{1,6}\s.*?)\s*\{[#.][^}]*\}\s*$", re.MULTILINE)
_MODULE_LINE = re.compile(r"^(?:import\s.+?from\s+[\"'].+?[\"'];?|import\s+[\"'].+?[\"'];?|export\s.+)$", re.MULTILINE)
_COMPONENT = re.compile(
    r"<([A-Z][\w.]*)((?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}))?)*)\s*/>"
)
_BRACED = re.compile(r"=\{\s*(?:[\"'`]?)([^{}]*?)(?:[\"'`]?)\s*\}|=\{\{[^{}]*\}\}")
_CODE = re.compile(r"(^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t]*\2[ \t]*$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


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
    source = clean(text)
    pieces = _CODE.split(source)
    # Split with two groups: text, code, fence, text, ... Code stays as it is.
    prepared = "".join(
        _prepare(piece, remarks, name) if index % 3 == 0 else piece
        for index, piece in enumerate(pieces)
        if index % 3 != 2
    )
    tokens = parser.parse(prepared)
    if tokens and tokens[0].type == "front_matter":
        try:
            loaded = yaml.safe_load(tokens[0].content)
            front = loaded if isinstance(loaded, dict) else {}
        except yaml.YAMLError:
            remarks.append(Remark(kind=RemarkKind.LOST, where=name, text="its front matter is not valid YAML: correct it"))
    sidebar = front.get("sidebar")
    order = front.get("order", front.get("nav_order", sidebar.get("order") if isinstance(sidebar, dict) else None))
    return MarkdownPage(
        title=squeeze(str(front.get("title") or "")),
        order=float(order) if isinstance(order, int | float) else 1e9,
        # In an element of its own: HTML parsers move a comment at the start of a page out of its body.
        html=f"<article>{parser.renderer.render(tokens, parser.options, {})}</article>",
    )


def _parser(mdx: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    if mdx:
        parser.disable("code")  # MDX has no indented code, and its components indent their text
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


def _prepare(text: str, remarks: list[Remark], name: str) -> str:
    def liquid(match: re.Match[str]) -> str:
        return _liquid(match.group(1), remarks, name)

    text = _LIQUID.sub(liquid, text)
    text = _WIKI_LINK.sub(r"\2", text)
    text = _HEADING_ID.sub(r"\1", text)
    if name.endswith(".mdx"):
        text = _MODULE_LINE.sub("", text)
        text = _BRACED.sub(lambda match: f'="{html.escape(match.group(1) or "")}"', text)
    return _COMPONENT.sub(r"<\1\2></\1>", text)


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
            return "\n\n" + "\n\n".join(re.findall(r"!\[[^\]]*\]\([^)]*\)", tag)) + "\n\n"
    if command and command[0] not in {"raw", "endraw", "comment", "endcomment"}:
        text = f"{{% {' '.join(command[:2])} … %}} is not understood: replace it by Markdown"
        remarks.append(Remark(kind=RemarkKind.LOST, where=name, text=text))
    return ""
