"""Points of a list hang on the sentence above them: below `Never:` stands the opposite of what each point says by itself. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from fieldfare.grounding.clauses import sentence_spans
from fieldfare.grounding.tokens import Kind, tokens_of

_MARK = re.compile(r"(?:\d{1,2}[.)]|[a-zA-Z][.)]|[•▪◦*–—-])\s")
_INTRODUCES = re.compile(r"[^\n]*[:：][ \t]*(?:\n|$)")
_UNMARKED = -1  # how deep a sentence without a mark stands: above every list
# Words of such a sentence that turn its points round, beside negations and conditions.
_TURNS = re.compile(
    r"\b(?:avoid\w*|prevent\w*|prohibit\w*|forbid\w*|wrong|incorrect\w*|improper\w*|misuse|danger\w*|hazard\w*|risks?|"
    r"vermeid\w*|verboten\w*|untersagt\w*|unzulässig\w*|falsch\w*|gefahr|gefahren|gefährlich\w*|"
    r"évite[rz]?|interdit\w*|défendu\w*|incorrect\w*|dangereu\w*|"
    r"evit\w*|prohibid\w*|incorrect\w*|peligros\w*|vietat\w*|errat\w*|pericolos\w*|não|nunca|proibid\w*|perigos\w*)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def _leads(text: str) -> dict[int, tuple[tuple[int, int], ...]]:
    """By the start of each sentence that hangs on others above it, where those stand, the outermost first."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    above: list[tuple[int, int, int]] = []  # depth, start, end
    listed = False  # whether a point stood below the outermost of them
    depth = _UNMARKED
    line = -1
    for start, end in sentence_spans(text):
        begin = text.rfind("\n", 0, start) + 1
        if begin != line:
            line, marked = begin, bool(_MARK.match(text, start))
            depth = start - begin if marked else _UNMARKED
            if marked:
                above = [one for one in above if one[0] < depth]
            elif listed or _INTRODUCES.match(text, start):
                above = []
            listed = marked and bool(above)
        if above:
            found[start] = tuple((first, last) for _, first, last in above)
        if text[end - 1] in ":：" and text[end:].lstrip(" \t").startswith("\n"):
            above.append((depth, start, end))
            listed = False
    return found


def leads(text: str, start: int) -> tuple[tuple[int, int], ...]:
    """Where the sentences stand that introduce the sentence at `start`, the outermost first; empty where it stands alone."""
    return _leads(text).get(start, ())


@lru_cache(maxsize=512)
def turned(text: str, start: int) -> bool:
    """Whether the sentence at `start` is a point of a list that denies, forbids or restricts its points."""
    return any(
        _TURNS.search(text, first, last)
        or any(token.kind in {Kind.NEGATION, Kind.CONDITION} for token in tokens_of(text[first:last]))
        for first, last in leads(text, start)
    )
