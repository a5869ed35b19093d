"""Recognises warnings: which words open one, and where it ends.

Signal words: ANSI Z535.6 and ISO 3864-2 (danger, warning, caution, notice) and their printed forms in the languages of
EU manuals. A word is kept as printed and never re-graded: only the pack's author knows the scheme.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNAL_WORDS = (
    "DANGER", "WARNING", "CAUTION", "NOTICE", "ATTENTION", "IMPORTANT",
    "GEFAHR", "WARNUNG", "VORSICHT", "ACHTUNG", "HINWEIS",
    "AVERTISSEMENT", "PRUDENCE", "AVIS",
    "PELIGRO", "ADVERTENCIA", "PRECAUCIÓN", "PRECAUCION", "ATENCIÓN", "ATENCION", "AVISO", "IMPORTANTE",
    "PERIGO", "ADVERTÊNCIA", "CUIDADO", "ATENÇÃO",
    "PERICOLO", "AVVERTENZA", "AVVERTIMENTO", "ATTENZIONE", "AVVISO",
)  # fmt: skip

# Admonition kinds of the Markdown, reStructuredText and DITA dialects that warn; the others only inform.
HAZARD_KINDS = frozenset("danger warning caution attention error important notice critical".split())
NOTE_KINDS = frozenset(
    "note tip hint info success question example quote abstract summary todo seealso remark failure bug details".split()
)

# What stands over a paragraph that only informs: never a heading, never a warning.
NOTE_WORDS = frozenset(
    "note notes tip info remark hinweis tipp info anmerkung remarque nota notas sugerencia suggerimento".split()
)

_WORD = "|".join(SIGNAL_WORDS)
_SYMBOL = r"(?:[¡⚠☢☣⚡❗❕‼🛑🔥⛔▲△!]\ufe0f?\s*)*"
# A signal word in capitals opens a hazard with or without punctuation; written small it needs a colon or a mark.
_CAPITALS = re.compile(
    rf"^{_SYMBOL}({_WORD})\b(?!\s+(?:of|OF|and|AND|or|OR|signs?|labels?)\b)\s*[:!.–—-]*\s*", re.DOTALL
)
_SMALL = re.compile(rf"^{_SYMBOL}({_WORD})(?:\s*!+|\s*:)\s*", re.DOTALL | re.IGNORECASE)
_ISO_7010 = re.compile(r"(?<![A-Z0-9])[WMPEF]0\d\d(?!\d)")  # warning, mandatory, prohibition, evacuation, fire
_ONLY_WORD = re.compile(rf"^{_SYMBOL}({_WORD})\s*[:!.]*$", re.IGNORECASE)


def is_signal_word(text: str) -> bool:
    """Whether a text is a signal word and nothing else."""
    return bool(_ONLY_WORD.match(text)) and not text.islower()


def is_alert_mark(text: str) -> bool:
    """Whether a text is nothing but the sign of a warning, as an icon's letter may be: `!`, `⚠`."""
    return bool(text) and re.fullmatch(_SYMBOL, text) is not None


def bare_word(text: str) -> str:
    """A signal word that stands alone, without signs and marks around it."""
    match = _ONLY_WORD.match(text)
    return match.group(1) if match else text


_DEFINES = re.compile(
    r"^\W*(?:this )?(?:indicates|means|denotes|identifies|kennzeichnet|bezeichnet|weist|steht für|bedeutet|indique|signale|"
    r"indica|señala|identifica|assinala|segnala|avverte)\b|^[^.]*\b(?:indicates|kennzeichnet|bezeichnet|indique|indica) (?:a|an|eine?n?|"
    r"une?|una?|um|uma)\b",
    re.IGNORECASE,
)


def is_warning_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each row of a table is a warning: its word in the first cell, its text in the others.

    A table that explains what the words mean holds none.
    """
    if not rows or len(rows[0]) > 3 or not all(row[0] and is_signal_word(row[0]) and any(row[1:]) for row in rows):
        return False
    return not any(_DEFINES.match(" ".join(row[1:])) for row in rows)


# A warning inside a table cell: after its other text, with a colon or mark.
_IN_CELL = re.compile(rf"(?:^|(?<=[\s.;])){_SYMBOL}(?i:({_WORD}))\s*[:!]\s*(?=\S)")


def cell_warnings(cell: str) -> list[tuple[str, str]]:
    """The warnings that stand in a cell of a table, each with its signal word as printed."""
    found = [match for match in _IN_CELL.finditer(cell) if not match.group(1).islower()]
    if not found:
        return []
    ends = [*(match.start() for match in found[1:]), len(cell)]
    texts = [(match.group(1), cell[match.end() : end].strip()) for match, end in zip(found, ends, strict=True)]
    return [(word, text) for word, text in texts if len(text.split()) >= 3]


def split_signal_word(text: str) -> tuple[str, str] | None:
    """The signal word as printed and the warning's text, None where the text opens no warning.

    The text is empty where the word stands alone: then the next paragraph is the warning.
    """
    match = _CAPITALS.match(text) or _SMALL.match(text) or _ONLY_WORD.match(text)
    if match is None or match.group(1).islower():
        return None
    rest = text[match.end() :].strip()
    if not rest and not (_ONLY_WORD.match(text) and (match.group(1).isupper() or text.rstrip().endswith(("!", ":")))):
        return None
    if rest and match.group(1).isupper() and text[match.end(1) : match.end()].strip() == "" and not rest[0].isupper():
        return None  # a capital word inside a sentence: "DANGER signs are red", "NOTICE the arrow"
    return match.group(1), rest


def symbol_of(reference: str) -> str:
    """The symbol that a file name or reference stands for: its ISO 7010 code where it holds one, else its plain name."""
    name = reference.rpartition("/")[2].rpartition("#")[2]
    code = _ISO_7010.search(name.upper())
    return code.group(0) if code else re.sub(r"\.\w{2,4}$", "", name)
