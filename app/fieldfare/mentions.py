"""What a text refers to by number: `see Fig. 9`, `Tables 3 and 4`, `section 8.3`, `page 21`, in six languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = r"[A-Z]?\d+(?:[-–.]\d+)*[a-z]?"
_AND = r"\s*(?:,|&|\+|;|-|–|\b(?:and|or|to|und|oder|bis|et|ou|y|o|a|e|à)\b)\s*"
_LIST = rf"\s*({_NUMBER}(?:{_AND}{_NUMBER})*)(?![\w%°])(?!\s*(?:mm|cm|kg|V|A|W|°)\b)"
FIGURE = re.compile(
    r"\b((?i:figures?|figs?\.?|abbildung(?:en)?|abb\.?|figura|figuras|ilustraci(?:ón|ones)|illustrazion[ei]|ilustraç(?:ão|ões))"
    rf"|Bild(?:er)?|Image){_LIST}"
)
TABLE = re.compile(rf"\b((?i:tables?|tab\.|tabellen?|tableaux?|tablas?|tabelas?|tabell[ae]|quadro)){_LIST}")
SECTION = re.compile(
    r"((?i:\b(?:sub)?sections?|\bsect\.|\bsec\.|\bchapters?|\bchap\.|\bclauses?|§§?|\b(?:unter)?abschnitt(?:e|en|s)?|\bkapiteln?|\bkap\."
    r"|\bsecci(?:ón|ones)|\bapartados?|\bcapítulos?|\bchapitres?|\bparagraphes?|\bsezion[ei]|\bcapitol[oi]|\bseç(?:ão|ões)))"
    rf"{_LIST}"
)
PAGE = re.compile(rf"\b((?i:pages?|pp?\.|seiten?|páginas?|págs?\.|pagin[ae]|pag\.)|S\.){_LIST}")
_OTHER_BOOK = re.compile(
    r"^.{0,40}?\b(?:manual|handbook|guide|standard|datasheet|handbuch|norm|anleitung|manuel|notice|norme|norma|manuale)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAX_TEXT = 20_000


def mentions(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """Number and word of each mention by FIGURE, TABLE, SECTION or PAGE; what another book is said to hold does not count."""
    for match in pattern.finditer(text[:_MAX_TEXT]):
        if not _OTHER_BOOK.match(text[match.end() : match.end() + 60].split(". ", maxsplit=1)[0]):
            for number in re.findall(_NUMBER, match.group(2)):
                yield number.replace("–", "-"), match.group(1)
