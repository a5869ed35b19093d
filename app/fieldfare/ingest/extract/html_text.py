"""Inline markup of HTML -> text as it is printed; what a browser does not show stays out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.hidden import is_gone, is_unseen
from fieldfare.text import lowered, raised

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SKIPPED = frozenset("script style nav header footer noscript template form button input select iframe head title link meta "
                    "video audio object embed canvas dialog annotation".split())  # fmt: skip


def _power(base: str = "", raised_: str = "", *_: str) -> str:
    return base.strip() + raised(raised_)


def _index(base: str = "", lowered_: str = "", *_: str) -> str:
    return base.strip() + lowered(lowered_)


def _both(base: str = "", lowered_: str = "", raised_: str = "", *_: str) -> str:
    return base.strip() + lowered(lowered_) + raised(raised_)


def _fraction(above: str = "", below: str = "", *_: str) -> str:
    return "/".join(text if text.isalnum() else f"({text})" for text in (above.strip(), below.strip()))


# MathML: what would run together into another number.
_MATH = {"msup": _power, "msub": _index, "msubsup": _both, "mfrac": _fraction}


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element is left out with all that it holds."""
    return element.get("aria-hidden") == "true" or is_gone(element) or is_unseen(element)


def inline(element: HtmlElement) -> str:
    """The text of an element as it is printed, line breaks only where it has them; what nobody sees is left out."""
    if element.tag in SKIPPED or is_hidden(element):
        return ""
    if element.tag == "br":
        return "\n"
    if element.tag in _MATH:
        return _MATH[element.tag](*(inline(child) for child in element if isinstance(child.tag, str)))
    parts = [flat(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(inline(child))
        parts.append(flat(child.tail))
    text = "".join(parts)
    return raised(text) if element.tag == "sup" else lowered(text) if element.tag == "sub" else text


def flat(text: str | None) -> str:
    """Line breaks of the source are spaces; only <br> breaks a line."""
    return re.sub(r"\s+", " ", text or "")
