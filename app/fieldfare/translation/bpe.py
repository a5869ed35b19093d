"""The pieces of older language packages: words set apart as Moses does it, cut by the codes of a bpe.model.

The codes are those of subword-nmt, where `@@` at the end of a piece says that the word goes on. What stands here is of
Moses' rules what English, German, Spanish, French, Italian, Portuguese and their likes need.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from fieldfare.catalogue import _
from fieldfare.errors import ModelError
from fieldfare.text import abbreviates

_GOES_ON = "@@"
_END = "</w>"
_MOST_CODES = 200_000

# Superscripts and fractions are numbers to Moses, neither letters nor digits.
_RAISED = "²³¹¼-¾⁰-₉"
_ALNUM = rf"[^\W_{_RAISED}]"
_ALPHA = rf"[^\W\d_{_RAISED}]"
_NUMBER = rf"[\d{_RAISED}]"
_NO_NUMBER = rf"[^\d{_RAISED}]"
_NO_ALPHA = rf"(?:(?!{_ALPHA}).)"

_SPACING = (
    (r"\r", ""), (r"\(", " ("), (r"\)", ") "), (r" +", " "), (r"\) ([.!:?;,])", r")\1"), (r"\( ", "("), (r" \)", ")"),
    (r"(\d) %", r"\1%"), (r" :", ":"), (r" ;", ";"), ("`", "'"), ("''", ' " '),
    ("[„“”]", '"'), ("–", "-"), ("—", " - "), (r" +", " "), ("´", "'"), ("([a-zA-Z])[‘’]([a-zA-Z])", r"\1'\2"),
    ("[‘‚’]", "'"), ("''", '"'), ("…", "..."), ("\u00a0?[«»]\u00a0?", '"'), ("\u00a0%", "%"), ("nº\u00a0", "nº "),
    ("\u00a0:", ":"), ("\u00a0ºC", " ºC"), ("\u00a0cm", " cm"), (r"\u00a0\?", "?"), ("\u00a0!", "!"), ("\u00a0;", ";"),
    (",\u00a0", ", "), (r" +", " "),
)  # fmt: skip
_ENGLISH_QUOTES = ((r'"([,.]+)', r'\1"'),)
_OTHER_QUOTES = ((',"', '",'), (r'(\.+)"(\s*[^<])', r'"\1\2'))
_COMMA_GROUPS = {"de", "es", "fr", "cs"}  # a no-break space between digits becomes a comma there, else a point
_APART = (
    (rf"((?!{_ALNUM})[^\s.'`,\-])", r" \1 "),
    (r"\.{2,}", r" \g<0> "),
    (rf"({_NO_NUMBER}),", r"\1 , "), (rf",({_NO_NUMBER})", r" , \1"), (rf"({_NUMBER}),$", r"\1 , "),
)  # fmt: skip
_ENGLISH_APOSTROPHES = (
    (rf"({_NO_ALPHA})'({_NO_ALPHA})", r"\1 ' \2"), (rf"((?!{_NUMBER}){_NO_ALPHA})'({_ALPHA})", r"\1 ' \2"),
    (rf"({_ALPHA})'({_NO_ALPHA})", r"\1 ' \2"), (rf"({_ALPHA})'({_ALPHA})", r"\1 '\2"), (rf"({_NUMBER})'s", r"\1 's"),
)  # fmt: skip
_ROMANCE_APOSTROPHES = (
    (rf"({_NO_ALPHA})'({_NO_ALPHA})", r"\1 ' \2"), (rf"({_NO_ALPHA})'({_ALPHA})", r"\1 ' \2"),
    (rf"({_ALPHA})'({_NO_ALPHA})", r"\1 ' \2"), (rf"({_ALPHA})'({_ALPHA})", r"\1' \2"),
)  # fmt: skip
_ESCAPES = (
    ("&", "&amp;"), ("|", "&#124;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"), ('"', "&quot;"), ("[", "&#91;"),
    ("]", "&#93;"),
)  # fmt: skip
_OPENS = re.compile(r"[$€£¥(\[{¿¡]+")
_CLOSES = re.compile(r"[,.?!:;\\%}\])]+")
_QUOTE = re.compile(r"['\"„“`]+")


class WordPieces:
    """The pieces of a bpe.model, for a model from `source` to `target`."""

    def __init__(self, codes: str, source: str, target: str) -> None:
        """`codes` is the text of the file. Raises ModelError where it is none."""
        lines = codes.removeprefix("\ufeff").splitlines()
        version = "0.1"
        if lines and lines[0].startswith("#version:"):
            version = lines.pop(0).split(":")[1].strip()
        pairs = [tuple(line.split(" ")) for line in lines if line.strip()]
        if version not in {"0.1", "0.2"} or len(pairs) > _MOST_CODES or any(len(one) != 2 for one in pairs):
            raise ModelError(_("The bpe.model of the package holds no codes that can be read. Get the package again."))
        self._ranks: dict[tuple[str, ...], int] = {}
        for rank, pair in enumerate(pairs):
            self._ranks.setdefault(pair, rank)
        self._joined_end = version == "0.2"
        self._source, self._target = source, target
        self._cut = lru_cache(maxsize=20_000)(self._cut_word)

    def split(self, text: str) -> list[str]:
        """The pieces of a sentence."""
        return [piece for word in tokenise(text, self._source) for piece in self._cut(word)]

    def join(self, pieces: list[str]) -> str:
        """The sentence of pieces."""
        return detokenise(" ".join(pieces).replace(f"{_GOES_ON} ", "").split(), self._target)

    def begins_word(self, before: str, _piece: str) -> bool:
        """Whether a piece begins a word."""
        return not before.endswith(_GOES_ON)

    def _cut_word(self, word: str) -> tuple[str, ...]:
        """Join the letters of a word again, the most usual pair first, as far as the codes go."""
        if len(word) == 1 and self._joined_end:
            return (word,)
        parts = [*word[:-1], word[-1] + _END] if self._joined_end else [*word, _END]
        while len(parts) > 1:
            rank, at = min((self._ranks.get(pair, _MOST_CODES), at) for at, pair in enumerate(pairwise(parts)))
            if rank == _MOST_CODES:
                break
            first, second = parts[at], parts[at + 1]
            made, at = [], 0
            while at < len(parts):
                joins = parts[at] == first and parts[at + 1 : at + 2] == [second]
                made.append(first + second if joins else parts[at])
                at += 2 if joins else 1
            parts = made
        parts[-1] = parts[-1].removesuffix(_END)
        parts = parts if parts[-1] else parts[:-1]
        return (*(part + _GOES_ON for part in parts[:-1]), parts[-1])


def tokenise(text: str, language: str) -> list[str]:
    """The words and marks of a text as Moses sets them apart, with the characters that are special to it escaped."""
    rules = [*_SPACING]
    if language == "en":
        rules += _ENGLISH_QUOTES
    elif language in {"de", "es", "fr"}:
        rules += _OTHER_QUOTES
    rules.append(("(\\d)\u00a0(\\d)", r"\1,\2" if language in _COMMA_GROUPS else r"\1.\2"))
    text = _replaced(text, rules).strip()
    text = re.sub(r"[\0-\x1f]", "", re.sub(r"\s+", " ", text)).strip()
    text = _replaced(text, _APART)
    if language == "en":
        text = _replaced(text, _ENGLISH_APOSTROPHES)
    elif language in {"fr", "it"}:
        text = _replaced(text, _ROMANCE_APOSTROPHES)
    else:
        text = text.replace("'", " ' ")
    words = text.split()
    text = " ".join(_without_stop(word, words[at + 1 : at + 2], language) for at, word in enumerate(words))
    text = re.sub(r"\.' ?$", " . ' ", text)
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text.split()


def _replaced(text: str, rules: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text


def _without_stop(word: str, following: list[str], language: str) -> str:
    """A word with its full stop set apart, where that is not part of it."""
    before = word[:-1]
    if not word.endswith(".") or not before or before.endswith("."):
        return word
    inside = "." in before and any(map(str.isalpha, before))
    initial = len(before) == 1 and (before.isupper() or (before.isalpha() and language != "en"))
    and_so_on = language != "en" and before in {"etc", "ecc"}
    short = and_so_on or (bool(following) and abbreviates(before))
    ordinal = language == "de" and before.isdigit() and len(before) < 3
    if inside or initial or ordinal or short or (following and following[0][0].islower()):
        return word
    return f"{before} ."


def detokenise(words: list[str], language: str) -> str:
    """A sentence of words and marks, with the spaces where the language has them."""
    text = " ".join(words).replace(" @-@ ", "-")
    for plain, escaped in reversed(_ESCAPES):
        text = text.replace(escaped, plain)
    words = text.split()
    made, space = "", " "
    open_quotes: dict[str, bool] = {}
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if _OPENS.fullmatch(word):
            made, space = made + space + word, ""
        elif _CLOSES.fullmatch(word):
            made, space = made + (" " if language == "fr" and word in "?!:;\\%" else "") + word, " "
        elif language == "en" and at and re.match(rf"'{_ALPHA}", word):
            made, space = made + word, " "
        elif language in {"fr", "it"} and re.search(rf"{_ALPHA}'$", word) and re.match(_ALPHA, following):
            made, space = made + space + word, ""
        elif _QUOTE.fullmatch(word):
            kind = '"' if set(word) <= set("„“") else word
            possessive = language == "en" and word == "'" and at > 0 and words[at - 1].endswith("s")
            if open_quotes.get(kind) or possessive:
                made, space = made + word, " "
                open_quotes[kind] = open_quotes.get(kind, False) and possessive
            else:
                made, space = made + space + word, ""
                open_quotes[kind] = True
        else:
            made, space = made + space + word, " "
    return re.sub(" {2,}", " ", made).strip()
