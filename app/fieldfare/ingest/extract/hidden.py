"""Text that a reader of the page does not see: invisible characters, and type that is white, tiny, transparent or off the page.

What the eye does not see must not become an answer, and its author must hear of it: it is a slip or an attack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain import Remark, RemarkKind
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]{1,12}")  # the flag of a region is spelled with tag characters
_BIDI = "\u202a-\u202e\u2066-\u2069"  # order other characters anew (Unicode TR 36)
_TAGS = "\U000e0000-\U000e007f"  # spell a whole text that no font draws
_WIDTHLESS = "\u200b\u2060-\u2064\u180e\u061c"
_INVISIBLE = re.compile(rf"[{_BIDI}{_TAGS}]+|(?<=\w)[{_WIDTHLESS}]+(?=\w)")
_TINY = re.compile(
    r"font-size\s*:\s*(?:0?\.[0-2]\d{0,3}\s*r?em|[0-2](?:\.\d{1,4})?\s*p[xt]|0+(?:\.0{1,4})?\s*(?:r?em|%)?)\s*(?:;|!|$)",
    re.IGNORECASE,
)
_TRANSPARENT = re.compile(
    r"(?<![\w-])opacity\s*:\s*0?(?:\.0\d{0,4})?\s*(?:;|!|$)|(?<![\w-])color\s*:\s*transparent", re.IGNORECASE
)
_OFF_PAGE = re.compile(r"(?<![\w-])(?:left|top|right|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0", re.IGNORECASE)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white\b|#fff(?:fff)?\b|rgba?\(\s*255\s*,\s*255\s*,\s*255\b)", re.IGNORECASE
)
_ENOUGH = 20  # remarks on one page


def is_unseen(element: HtmlElement) -> bool:
    """Whether the style of an element hides its text from the eye; white is hidden where nothing could lie behind it."""
    style = element.get("style")
    if not style:
        return False
    if _TINY.search(style) or _TRANSPARENT.search(style) or _OFF_PAGE.search(style):
        return True
    return bool(_WHITE.search(style)) and not any(
        "background" in (one.get("style") or "") or one.get("bgcolor") or one.get("class")
        for one in (element, *element.iterancestors())
    )


def unseen_in(body: HtmlElement, name: str) -> Iterator[Remark]:
    """A remark on each text of a page that its style hides."""
    count = 0
    for element in body.iter("*"):
        if count >= _ENOUGH:
            return
        if isinstance(element.tag, str) and is_unseen(element) and (text := squeeze(str(element.text_content()))):
            count += 1
            said = f"text that a reader does not see is left out: {text[:80]!r}. Remove it, or print it so that he does"
            yield Remark(kind=RemarkKind.HIDDEN, where=name, text=said)


def invisible_in(text: str, name: str) -> Iterator[Remark]:
    """A remark on the characters of a text that have no width, turn the reading order, or spell what no font draws."""
    if text.isascii():
        return
    found = list(_INVISIBLE.finditer(_FLAG.sub("", text)))
    if found:
        line = _FLAG.sub("", text)[: found[0].start()].count("\n") + 1
        codes = ", ".join(sorted({f"U+{ord(character):04X}" for match in found for character in match.group()})[:6])
        count = sum(len(match.group()) for match in found)
        said = f"{count} invisible characters ({codes}), the first in line {line}, are dropped: remove them, or say why"
        yield Remark(kind=RemarkKind.HIDDEN, where=name, text=said)
