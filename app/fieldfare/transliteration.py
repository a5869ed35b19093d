"""Characters that a terminal cannot show, in ASCII: for serial lines, old consoles and `--ascii`. Pure.

Values keep their meaning (`±0.5 °C` is `+/-0.5 degC`, `10⁶` is `10^6`); letters lose their accents as their languages do it.
"""

from __future__ import annotations

import codecs
import unicodedata

ERRORS = "ascii-spelling"
"""The name under which streams know it: `stream.reconfigure(errors=ERRORS)`."""
_SIGNS = {
    **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("•▪●○◦‣", "*"), **dict.fromkeys("·‧⋅∙", "."),
    **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛‹›′", "'"),
    "…": "...", "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "↑": "^", "↓": "v", "›": ">", "‹": "<",
    "±": "+/-", "×": "x", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "infinity", "√": "sqrt", "∅": "dia. ", "⌀": "dia. ",
    "°": "deg", "µ": "u", "μ": "u", "Ω": "Ohm", "‰": " per mille", "⁄": "/", "∆": "Delta ", "Δ": "Delta ",
    "⚠": "!", "▣": "[figure]", "✓": "[x]", "✗": "[-]", "☐": "[ ]", "☑": "[x]", "☒": "[-]", "■": "#", "□": "[ ]", "★": "*", "►": ">", "▶": ">",
    "©": "(c)", "®": "(R)", "™": "(TM)", "€": "EUR", "£": "GBP", "§": "section ", "¿": "", "¡": "", "ß": "ss", "ẞ": "SS",
    "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "oe", "Ø": "dia. ",
    "å": "aa", "Å": "Aa", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "þ": "th", "ð": "d",
    **dict.fromkeys("─━═┄┈╌", "-"), **dict.fromkeys("│┃║┆┊", "|"), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬", "+"),
}  # fmt: skip


def spelled(character: str) -> str:
    """One character in ASCII; `?` for a letter of a script that has no spelling here."""
    if character in _SIGNS:
        return _SIGNS[character]
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(_SIGNS.get(one, one) for one in plain if not unicodedata.combining(one))
    if kept.isascii() and (kept or unicodedata.category(character)[0] == "M"):
        superscript = unicodedata.decomposition(character).startswith("<super>")
        return f"^{kept}" if superscript and kept.isdigit() else kept
    if unicodedata.category(character) in {"Cf", "Zs"}:
        return "" if unicodedata.category(character) == "Cf" else " "
    name = unicodedata.name(character, "").split()
    return name[-1].lower() if name[:1] == ["GREEK"] and name[2:3] == ["LETTER"] else "?"


def file_stem(text: str) -> str:
    """The letters and digits of a text as a file name has them on every system, other characters as spaces: `Oelwechsel CP 200`."""
    ascii_text = text.encode("ascii", ERRORS).decode("ascii")
    return " ".join("".join(one if one.isalnum() or one in "-_" else " " for one in ascii_text).split())


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(spelled, error.object[error.start : error.end])), error.end


codecs.register_error(ERRORS, _replace)
