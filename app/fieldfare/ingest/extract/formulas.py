r"""Formulas in Markdown: what stands between `$`, `$$`, `\( \)` or `\[ \]` is TeX, in which no mark of Markdown is one.

They are kept as they are written, with their delimiters. A formula on lines of its own becomes a block of code.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

# Files are foreign: each takes one pass from where it begins to the next delimiter, and no blank line.
_DOLLARS = r"(?:[^$\\\n`]|\\[^\n]|\\?\n(?![ \t]*+\n))++"
_BRACKETS = r"(?:[^\\\n`]|\\[^\n()\[\]]|\\?\n(?![ \t]*+\n))++"
FORMULA = re.compile(
    rf"\$\${_DOLLARS}\$\$|(?<![\\$])\$(?![\s$]){_DOLLARS}(?<!\s)\$(?![\d$])|(?<!\\)\\\({_BRACKETS}\\\)|(?<!\\)\\\[{_BRACKETS}\\\]"
)
"""A formula, if `is_formula` agrees."""
_TEX = re.compile(r"\\[A-Za-z,;:!]|[\^_=]|\\\\")  # what prices and escaped brackets do not have
_MAX_LINES = 200  # of one formula: each that is opened is looked for so far
_CLOSING = {"$$": "$$", r"\[": r"\]"}


def is_formula(text: str) -> bool:
    """Whether it is one, and no text between two prices or escaped brackets."""
    if text.startswith("\\") or text[:2].strip("$").isdigit():
        return _TEX.search(text, 2 if text.startswith("\\") else 1, len(text) - 2) is not None
    return "](" not in text


def keep_formulas(parser: MarkdownIt) -> None:
    """Make a parser keep formulas as they are written."""
    parser.block.ruler.before("fence", "formula", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.before("escape", "formula", _inline)
    parser.add_render_rule("formula", _render)
    parser.add_render_rule("formula_block", _render_block)


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    match = FORMULA.match(state.src, state.pos, state.posMax)
    if match is None or not is_formula(match.group()):
        return False
    if not silent:
        state.push("formula", "", 0).content = match.group()
    state.pos = match.end()
    return True


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A formula that begins a line and ends one."""
    lines: list[str] = []
    for at in range(first, min(end, first + _MAX_LINES)):
        if state.isEmpty(at) or state.sCount[at] < state.blkIndent:
            return False
        lines.append(state.getLines(at, at + 1, state.sCount[first], False).rstrip())
        closing = _CLOSING.get(lines[0][:2])
        if closing is None or state.is_code_block(first):
            return False
        if closing in (lines[-1][2:] if at == first else lines[-1]):
            break
    text = "\n".join(lines)
    if not lines or not FORMULA.fullmatch(text) or not is_formula(text):
        return False
    if not silent:
        state.push("formula_block", "", 0).content = text
        state.line = first + len(lines)
    return True


def _render(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    return html.escape(tokens[index].content)


def _render_block(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f"<pre>{html.escape(tokens[index].content)}</pre>\n"
