"""Text as the manuals print it: cleaning, words, sentences, identifiers.

Pure functions at the bottom of the house: ingest cleans what it reads, retrieval compares words and identifiers,
grounding splits sentences, and the screen cleans once more what it draws.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Bidi controls, zero-width characters, byte order marks, soft hyphens: invisible, and able to make a line read as
# something else (Unicode TR 36). Zero-width joiners stay: some scripts need them.
_INVISIBLE = {
    0x00AD,
    0x061C,
    0x180E,
    0x200B,
    0x200E,
    0x200F,
    0x2060,
    0xFEFF,
    *range(0x202A, 0x202F),
    *range(0x2061, 0x2070),
}
_TAGS = range(0xE0000, 0xE0080)
_MANY_MARKS = re.compile(
    r"([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{30})[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""More marks on a letter than any script has (UAX 15, stream-safe text): they only bury what stands above and below."""
_LINE_BREAKS = {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}


def clean(text: str) -> str:
    """Drop what a reader cannot see and a terminal might obey: control, bidi, zero-width, tag and private characters.

    Line breaks and tabs stay; of the marks on one letter thirty. The result is in Unicode form C.
    """
    if text.isprintable():  # then there is none of them in it
        return text if text.isascii() else _MANY_MARKS.sub(r"\1", unicodedata.normalize("NFC", text))
    kept = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        code = ord(character)
        if code in _LINE_BREAKS:
            kept.append(_LINE_BREAKS[code])
        elif character in "\n\t" or not (
            code in _INVISIBLE or code in _TAGS or unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}
        ):
            kept.append(character)
    return _MANY_MARKS.sub(r"\1", "".join(kept))


def squeeze(text: str) -> str:
    """One line with single spaces."""
    return " ".join(clean(text).split())


_RAISED = {ord(plain): raised for plain, raised in zip("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ", strict=True)}
_RAISED_LETTERS = {
    ord(plain): raised for plain, raised in zip("abcdefghjklmoprstuvwxyz)", "ᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐ°ᵖʳˢᵗᵘᵛʷˣʸᶻ⁾", strict=True)
}
_LOWERED = {ord(plain): lowered for plain, lowered in zip("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎", strict=True)}
_DEVIATION = re.compile(r"[+\-−–±]\s?\d+(?:[.,]\d+)+")


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 page`, `3 pages`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def raised(text: str) -> str:
    """Superscript as plain text, never read as part of the number before it.

    10<6> is 10⁶; the limit of a tolerance stands apart (25< +0.02> is `25 +0.02`); what has no superscript of its own and
    holds a digit is `^(…)`; one letter is a mark (bar<a> is barᵃ), words stay (1<st> is 1st).
    """
    inner = " ".join(text.split())
    if all(ord(character) in _RAISED for character in inner):
        return inner.translate(_RAISED)
    if _DEVIATION.fullmatch(inner):
        return f" {inner}"
    if any(map(str.isdigit, inner)):
        return f"^({inner})"
    if re.fullmatch(r"[a-z]\)?", inner):
        return inner.translate(_RAISED | _RAISED_LETTERS)
    return "™" if inner == "TM" else inner


def lowered(text: str) -> str:
    """Subscript as plain text, never read as part of the number before it: H<2>O is H₂O, V<max> is Vmax.

    The limit of a tolerance stands apart: 25 +0.02<−0.01> is `25 +0.02 −0.01`.
    """
    inner = " ".join(text.split())
    return f" {inner}" if _DEVIATION.fullmatch(inner) else inner.translate(_LOWERED)


def searchable(text: str) -> str:
    """A text as the word index holds it: H₂O is found as H2O."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


_WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*", re.UNICODE)


def words(text: str) -> list[str]:
    """The words and numbers of a text in order, folded to lower case; `10.5` and `what's` stay whole."""
    return [match.group().casefold() for match in _WORD.finditer(text)]


STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being but by can could did do does doing
    each either for from had has have having he her here him his how i if in into is it its itself just let like many me
    more most much must my need no nor not now of off on once only or other our out over own please same shall she
    should so some such than that the their them then there these they this those through to too under until up us very
    was we were what what's when where which while who whom whose why will with would you your yours tell show give
    happens mean means
    der die das den dem des ein eine einer eines einem einen und oder ist sind war wie was wo wann welche welcher
    welches wird werden kann ich sie er es wir mit von zu zum zur im in am auf für nicht bei aus nach
    le la les un une des du de et ou est sont quel quelle quels quelles comment où quand pour avec dans sur
    el los las una unos unas y o es son qué cual cuál cómo dónde cuándo para con en por""".split()
)


def content_words(text: str) -> list[str]:
    """The words that carry meaning: no function words of English, German, French or Spanish."""
    return [word for word in words(text) if word not in STOP_WORDS]


def names_something(text: str) -> bool:
    """Whether a question has a word or code that could stand in a manual."""
    return any(len(word) > 1 for word in content_words(text))


_STEM_ENDINGS = ("ations", "ation", "ings", "ing", "ness", "ment", "ers", "ies", "er", "ed", "es", "ly", "s", "e")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest English ending; only good for comparing two texts, never shown."""
    for ending in _STEM_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            root = word[: -len(ending)]
            return (
                root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root.removesuffix("y")
            )
    return word.removesuffix("y") if len(word) > 3 else word


_ABBREVIATIONS = frozenset(
    """fig figs nos approx max min incl excl ca cf e.g i.e vs resp tab ref refs sec sect chap ch p pp vol dia temp nom ver rev
    dr mr mrs st inc ltd co qty pos eq al typ art abb nr bzw z.b d.h u.a ggf inkl evtl vgl bspw mind zzgl geb best ex env réf
    éq mind núm pág págs máx mín aprox ej p.ej tel sr sra ud uds pag pagg cfr n.º p.ex""".split()
)
_NUMBERED = frozenset("no n num art es cap rep".split())  # abbreviations before a number, words or ends elsewhere
_MONTHS = re.compile(
    r"\s+(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_NUMBERING = re.compile(r"\d+(?:\.\d+)*")
_NUMBER_BEFORE = re.compile(r"(?:^|\s)[\d.,/–-]*\d\s*$")
_LETTER_BEFORE = re.compile(r"(?:^|[\s(])[^\W\d_]\.\s*$")
_LETTER_AFTER = re.compile(r"\s?[^\W\d_]\.(?!\w)")
_LONGEST_WORD = 60  # characters before a full stop that are looked at
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]]*(?=\s+|$)|\n+")


def abbreviates(word: str) -> bool:
    """Whether a full stop after a word belongs to it: `Fig`, `approx`, `Nr`, `p.ej`."""
    return word.lower() in _ABBREVIATIONS


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence of a text starts and ends, as offsets; line breaks end sentences too.

    Abbreviations (Fig. 3, approx. 5 mm, z. B.), numbering (1. Open, 3.1. Open) and German dates (1. Mai) do not end one.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group()[0] == "." and _goes_on(text, start, match):
            continue
        _add_span(spans, text, start, match.end())
        start = match.end()
    _add_span(spans, text, start, len(text))
    return spans


def _goes_on(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` goes on after a full stop."""
    near = text[max(start, stop.start() - _LONGEST_WORD) : stop.start()]
    last = near.split()[-1].lstrip('([„“"') if near.strip() else ""
    lead = near[: len(near.rstrip()) - len(last)]
    after = text[stop.end() : stop.end() + 20]
    following = after.lstrip()[:1]
    if _NUMBERING.fullmatch(last) and near.strip() == last:
        return True
    if following.islower() and len(last) <= 4:
        return True
    if last.lower() in _NUMBERED and following.isdigit():
        return True
    if last.isdigit() and len(last) <= 2 and _MONTHS.match(after):
        return True
    letter = len(last) == 1 and last.isalpha()
    if letter and _LETTER_AFTER.match(after):
        return True
    if _NUMBER_BEFORE.search(lead):  # what stands after a number is its unit: 5 min. Then
        return following.isdigit() and abbreviates(last)
    return abbreviates(last) or (letter and (last.islower() or bool(_LETTER_BEFORE.search(lead))))


def _add_span(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


# A fault code or designation (E21, E-21, P0420, SPN-102, K1, X12.4) and a part number in several groups
# (HG100-1234, 05.40.212, 6205-2RS). Capital letters only: in running text they are what sets a code apart.
_CODE = re.compile(
    r"(?<![\w.\-/])(?:[A-Z]{1,4}-?\d{1,6}[A-Z]{0,2}(?:\.\d{1,3})?|[A-Z]{1,3}-[A-Z]\d{1,4})(?![\w-]|[.]\w)"
)
_PART_NUMBER = re.compile(r"(?<![\w.\-/])(?=[A-Z0-9./-]*\d)[A-Z0-9]{2,}(?:[-./][A-Z0-9]+){1,5}(?![\w-])")
_PLAIN_NUMBER = re.compile(r"\d{1,4}(?:[-/.]\d{1,4}){1,2}")
_ARTICLE = re.compile(r"\d{2,4}[.-]\d{2,4}[.-]\d{2,4}")
_DATE = re.compile(r"(?:19|20)\d\d[.-][01]\d[.-][0-3]\d|[0-3]\d[.-][01]\d[.-](?:19|20)?\d\d")
_PROSE = re.compile(r"(?:AND|OR|AC|ON|N|I|L)/(?:OR|DC|OFF|A|O|R)")


def identifier_key(printed: str) -> str:
    """The spelling under which an identifier is looked up: `E-21`, `E 21` and `e21` have one key."""
    return re.sub(r"[\s\-_./–—]+", "", printed).casefold()


def loose_key(key: str) -> str:
    """The key without the leading zeros of its digits, for `E07` asked as `E7`."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", key)


def identifiers(text: str, patterns: tuple[re.Pattern[str], ...] = ()) -> list[str]:
    """Fault codes, designations and part numbers in a text as printed, in order, once each.

    `patterns` are the author's own (pack.toml). Dates, ranges and plain decimal numbers are not identifiers.
    """
    found: dict[str, int] = {}
    for pattern in (*patterns, _CODE, _PART_NUMBER):
        for match in pattern.finditer(text):
            printed = match.group()
            plain = _PLAIN_NUMBER.fullmatch(printed) and (not _ARTICLE.fullmatch(printed) or _DATE.fullmatch(printed))
            if pattern in patterns or not (plain or _PROSE.fullmatch(printed) or not any(map(str.isdigit, printed))):
                found.setdefault(printed, match.start())
    return sorted(found, key=lambda printed: found[printed])


_TOKEN = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*", re.UNICODE)
_CODE_WORDS = frozenset(
    "code fault error alarm fehler störung défaut código fallo alarma erreur terminal relay part".split()
)
_UNITS_AFTER_ARTICLE = re.compile(
    r"(?:v|a|w|kw|kva|mm|cm|m|kg|g|l|bar|psi|hz|°c|ah|amp|amps|volt|volts|pin|way)$", re.IGNORECASE
)


def identifier_candidates(question: str) -> dict[str, str]:
    """Every key that a question may mean by an identifier, with the words that spell it, in reading order.

    Single tokens and neighbours joined. They are candidates only: a look-up in the packs decides. `a 12 V battery` does
    not mean alarm A12.
    """
    tokens = [match.group() for match in _TOKEN.finditer(question)]
    spans = [match.span() for match in _TOKEN.finditer(question)]
    keys: dict[str, str] = {}
    for index, token in enumerate(tokens):
        if any(map(str.isdigit, token)):
            keys.setdefault(identifier_key(token), token)
        for width in (2, 3):
            group = tokens[index : index + width]
            if len(group) < width or not any(any(map(str.isdigit, part)) for part in group[1:]):
                continue
            if not re.fullmatch(r"[^\W\d_]{1,4}|\w*\d\w*", group[0]) or (width == 3 and len(group[1]) > 6):
                continue
            if group[0] in {"a", "A"} and _reads_as_article(tokens, index):
                continue
            spelled = question[spans[index][0] : spans[index + width - 1][1]]
            keys.setdefault(identifier_key("".join(group)), spelled)
    return keys


def _reads_as_article(tokens: list[str], index: int) -> bool:
    """Whether the `a` before a number is the article: no code word before it, and a unit or more words after it."""
    if index and tokens[index - 1].casefold() in _CODE_WORDS:
        return False
    after = tokens[index + 2 : index + 3]
    return bool(after) and (tokens[index] == "a" or bool(_UNITS_AFTER_ARTICLE.match(after[0])))


def primary(code: str) -> str:
    """The language of a code without its region: `de-AT` is `de`."""
    return code.replace("_", "-").partition("-")[0].strip().lower()
