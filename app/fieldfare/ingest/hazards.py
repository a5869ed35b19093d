"""Recognises warnings: which words open one, and where it ends.

Signal words: ANSI Z535.6 and ISO 3864-2 (danger, warning, caution, notice) and their printed forms in the languages of
EU manuals. A word is kept as printed and never re-graded: only the pack's author knows the scheme.
"""

from __future__ import annotations

import re

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
_SYMBOL = r"(?:[⚠☢☣⚡❗❕‼🛑🔥⛔!]\ufe0f?\s*)*"
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
