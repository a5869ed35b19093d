"""Text that a reader of the page does not see: invisible characters, and type that is white, tiny, transparent or off the page.

What the eye does not see must not become an answer, and its author must hear of it: it is a slip or an attack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fieldfare.domain import Remark, RemarkKind
from fieldfare.ingest.extract.style_sheets import KNOWN
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

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
_GONE = re.compile(r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?<![\w-])background(?:-color|-image)?\s*:\s*([^;!]+)", re.IGNORECASE)
_PALE = frozenset("white snow ivory ghostwhite floralwhite mintcream azure whitesmoke".split())
_LEAST_WHITE = 240  # of 255 in each channel: paler than this cannot be read on white paper
_ENOUGH = 20  # remarks on one page


def is_gone(element: HtmlElement) -> bool:
    """Whether a browser leaves an element out: it is marked or styled so."""
    return element.get("hidden") is not None or bool(_GONE.search(element.get("style") or ""))


def is_unseen(element: HtmlElement) -> bool:
    """Whether the style of an element hides its text from the eye; white is hidden where nothing could lie behind it."""
    style = element.get("style")
    if not style:
        return False
    if _TRANSPARENT.search(style) or _OFF_PAGE.search(style):
        return True
    if _TINY.search(style) and not _set_below(element, "font-size"):
        return True
    colour = _COLOUR.search(style)
    return bool(colour and is_white(colour.group(1))) and not _backed(element) and not _set_below(element, "color")


def is_white(colour: str) -> bool:
    """Whether a colour of CSS, or six hexadecimal digits, is too pale to be seen on white."""
    text = colour.strip().lower()
    if text in _PALE:
        return True
    digits = text.removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3,4}", digits) and text != digits:
        digits = "".join(2 * digit for digit in digits)
    if re.fullmatch(r"[0-9a-f]{6}(?:[0-9a-f]{2})?", digits):
        return all(int(digits[at : at + 2], 16) >= _LEAST_WHITE for at in (0, 2, 4))
    if match := re.match(r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\b", text):
        return all(int(channel) >= _LEAST_WHITE for channel in match.groups())
    return bool(re.match(r"hsla?\([^,)]*,[^,)]*,\s*(?:9[6-9]|100)(?:\.\d+)?%", text))


def _backed(element: HtmlElement) -> bool:
    """Whether something darker than paper may lie behind an element; a class may bring it where not all sheets are known."""
    known = element.getroottree().getroot().get(KNOWN) is not None
    for one in (element, *element.iterancestors()):
        behind = [value.strip() for value in _BACKGROUND.findall(one.get("style") or "")]
        if any(not is_white(value) and value not in {"none", "transparent", "inherit", "initial"} for value in behind):
            return True
        if one.get("bgcolor") or (one.get("class") and not known):
            return True
    return False


def _set_below(element: HtmlElement, name: str) -> bool:
    """Whether an element inside sets a property anew."""
    setting = re.compile(rf"(?<![\w-]){name}\s*:")
    return any(setting.search(one.get("style") or "") for one in element.iterdescendants("*"))


def unseen_in(body: HtmlElement, name: str, skipped: Container[str] = ()) -> Iterator[Remark]:
    """A remark on each text of a page that is hidden from its reader; in `skipped` elements nothing is read anyway."""
    count = 0
    waiting = list(reversed(body))
    while waiting and count < _ENOUGH:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in skipped or element.get("aria-hidden") == "true":
            continue
        if not (is_gone(element) or is_unseen(element)):
            waiting.extend(reversed(element))
        elif text := squeeze(str(element.text_content())):
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
