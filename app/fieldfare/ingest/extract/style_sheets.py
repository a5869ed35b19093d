"""What the style sheets of a page say of what is seen: their declarations, written into the elements that they are for.

Selectors of elements, classes and ids, alone or below one another, are understood (CSS 2.2, 5 and 6.4); conditions, states and
siblings are not, and rules for other media than the screen are left alone. A sheet is read in one pass and never run.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

    FindSheet = Callable[[str], str | None]

MAX_SIZE = 1 << 20  # characters of a sheet that are read
MAX_RULES = 2000  # of a page, that say something of what is seen
KNOWN = "data-styles-known"  # set on the root of a page all of whose sheets were read
_SEEN = frozenset("display visibility color background background-color background-image font-size opacity left top right "
                  "text-indent clip".split())  # fmt: skip
_STRINGS_AND_COMMENTS = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)|\"[^\"\n]*+\"|'[^'\n]*+'")
_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*$|@(?:layer|supports)\b", re.IGNORECASE)
_COMPOUND = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_DEEPEST = 8  # parts of a selector

_Part = tuple[str, frozenset[str], frozenset[str]]  # element, ids, classes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A selector, its last part first, with its weight and what it declares."""

    parts: tuple[_Part, ...]
    weight: tuple[int, int, int]
    declared: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What an element must have for the rule to be looked at."""
        tag, ids, classes = self.parts[0]
        return f"#{min(ids)}" if ids else f".{min(classes)}" if classes else tag


def apply(body: HtmlElement, find: FindSheet) -> None:
    """Write what the sheets of a page declare into the `style` of its elements; `find` reads a sheet that it links."""
    root = body.getroottree().getroot()
    rules: list[_Rule] = []
    known = True
    for one in root.iter("style", "link"):
        text: str | None = ""
        if one.tag == "style":
            text = one.text_content()
        elif "stylesheet" in (one.get("rel") or "").lower().split():
            text = find(one.get("href") or "")
        if (one.get("media") or "all").strip().lower() in {"all", "screen"}:
            known = known and text is not None
            rules += _rules((text or "")[:MAX_SIZE])
    if known:
        root.set(KNOWN, "")
    by_key: dict[str, list[tuple[int, _Rule]]] = {}
    for order, rule in enumerate(rules[:MAX_RULES]):
        by_key.setdefault(rule.key, []).append((order, rule))
    if not by_key:
        return
    for element in list(root.iter("*")):
        if isinstance(element.tag, str):
            _style(element, by_key)


def _style(element: HtmlElement, by_key: dict[str, list[tuple[int, _Rule]]]) -> None:
    """Put what the rules declare before the element's own style, the strongest last."""
    keys = [element.tag, "*", f"#{element.get('id')}", *(f".{name}" for name in (element.get("class") or "").split())]
    found = [entry for key in dict.fromkeys(keys) for entry in by_key.get(key, ()) if _matches(element, entry[1].parts)]
    if not found:
        return
    values: dict[str, tuple[tuple[object, ...], str]] = {}
    for order, rule in found:
        for name, value in rule.declared:
            strength = ("!important" in value, False, rule.weight, order)
            values[name] = max(values.get(name, (strength, value)), (strength, value))
    for name, value in _declarations(element.get("style") or ""):
        strength = ("!important" in value, True, (0, 0, 0), 0)
        values[name] = max(values.get(name, (strength, value)), (strength, value))
    element.set("style", "; ".join(f"{name}: {value}" for name, (_, value) in sorted(values.items())))


def _matches(element: HtmlElement, parts: tuple[_Part, ...]) -> bool:
    if not _fits(element, parts[0]):
        return False
    rest = list(parts[1:])
    for above in element.iterancestors() if rest else ():
        if _fits(above, rest[0]):
            rest.pop(0)
        if not rest:
            break
    return not rest


def _fits(element: HtmlElement, part: _Part) -> bool:
    tag, ids, classes = part
    return (
        (tag in {"*", element.tag})
        and ids <= {element.get("id") or ""}
        and (not classes or classes <= set((element.get("class") or "").split()))
    )


@lru_cache(maxsize=16)
def _rules(sheet: str) -> tuple[_Rule, ...]:
    return tuple(itertools.islice(_parsed(_STRINGS_AND_COMMENTS.sub(" ", sheet)), MAX_RULES))


def _parsed(sheet: str) -> Iterator[_Rule]:
    at = 0
    while (brace := sheet.find("{", at)) >= 0:
        prelude = sheet[at:brace].rpartition("}")[2].rpartition(";")[2].strip()
        if prelude.startswith("@") and _SCREEN.match(prelude):
            at = brace + 1
            continue
        end = _end(sheet, brace) if prelude.startswith("@") else sheet.find("}", brace)
        end = len(sheet) if end < 0 else end
        declared = () if prelude.startswith("@") else tuple(_declarations(sheet[brace + 1 : end]))
        for selector in prelude.split(",") if declared else ():
            parts = _selector(selector)
            if parts:
                weight = (sum(len(one[1]) for one in parts), sum(len(one[2]) for one in parts), len(parts))
                yield _Rule(parts=parts, weight=weight, declared=declared)
        at = end + 1


def _end(sheet: str, brace: int) -> int:
    """Where the block that opens at `brace` ends."""
    depth = 0
    for mark in re.compile("[{}]").finditer(sheet, brace):
        depth += 1 if mark.group() == "{" else -1
        if depth == 0:
            return mark.start()
    return len(sheet)


def _declarations(text: str) -> Iterator[tuple[str, str]]:
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon and (name := name.strip().lower()) in _SEEN:
            yield name, " ".join(value.lower().split())


def _selector(text: str) -> tuple[_Part, ...]:
    """The parts of a selector, the last first; empty where it holds more than is understood."""
    parts: list[_Part] = []
    for compound in text.replace(">", " ").split():
        match = _COMPOUND.fullmatch(compound)
        if match is None or len(parts) >= _DEEPEST:
            return ()
        names = re.findall(r"[.#][\w-]+", match.group(2))
        parts.append((
            (match.group(1) or "*").lower(),
            frozenset(name[1:] for name in names if name[0] == "#"),
            frozenset(name[1:] for name in names if name[0] == "."),
        ))  # fmt: skip
    return tuple(reversed(parts))
