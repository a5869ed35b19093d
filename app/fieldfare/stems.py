"""Words as the index holds them: folded, stemmed by the language of the manual, compounds with their parts.

The index is written and asked with the same functions, so a question finds `Ladestationen` as `Ladestation`, `10,5` as
`10.5` and `H₂O` as `H2O`.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import threading
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

# The Snowball stemmer of each language that a manual may be in; a language without one is indexed as it is written.
_SNOWBALL = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french", "hu": "hungarian",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip
COMPOUNDING = frozenset({"da", "de", "fi", "nl", "no", "sv"})  # languages that write compounds as one word
_LINKS = ("", "s", "es", "n", "en", "e")  # what German and its kin put between the parts of a compound
_SHORTEST_PART = 4
_SHORTEST_COMPOUND = 8

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+", re.UNICODE)
_MEASURED = re.compile(r"(\d+(?:\.\d+)*)([^\W\d_]{1,4})")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


def tokens(text: str) -> list[str]:
    """The words and numbers of a text in order, in small letters, accents kept; `10,5mm` is 10.5 and mm."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    found: list[str] = []
    for match in _TOKEN.finditer(plain):
        word = match.group().casefold().replace(",", ".")
        measured = _MEASURED.fullmatch(word)
        if measured:
            found += measured.groups()
        else:
            found.append(word)
    return found


def indexed(text: str, language: str) -> list[str]:
    """The words of a text as the index holds them."""
    return [stem(word, language) for word in tokens(text)]


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """The stem of one token without accents; codes, numbers and very short words stay as they are."""
    if len(word) > 3 and word.isalpha():
        stemmer = _stemmer(language)
        if stemmer is not None:
            with _lock:
                word = stemmer.stemWord(word)
    return unaccented(word)


def unaccented(word: str) -> str:
    """A word without accents and marks."""
    if word.isascii():
        return word
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))


_lock = threading.Lock()  # a stemmer keeps the word that it works on


@cache
def _stemmer(language: str) -> _Stemmer | None:
    name = _SNOWBALL.get(language.split("-", 1)[0].lower())
    if name is None:
        return None
    package = "snowballstemmer"
    with _lock:
        # The package imports the stemmers of forty languages (30 ms, 3 MB): it is not run, one module of it is.
        spec = importlib.util.find_spec(package) if package not in sys.modules else None
        if spec is not None:
            sys.modules[package] = importlib.util.module_from_spec(spec)
        try:
            module = importlib.import_module(f"{package}.{name}_stemmer")
        finally:
            if spec is not None:
                del sys.modules[package]
    made: _Stemmer = getattr(module, f"{name.capitalize()}Stemmer")()
    return made


def compound_parts(word: str, language: str, known: Callable[[str], bool]) -> list[str]:
    """The stems of the parts of a compound, as far as they are words of the manual too; none for a plain word.

    `known` says whether a stem stands in the manual. Of several ways to cut the one with the longest shorter part is
    taken: `Ladestationen` is lad and station, never ladest and ation.
    """
    if len(word) < _SHORTEST_COMPOUND or not word.isalpha():
        return []
    best: tuple[int, list[str]] = (0, [])
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        right = stem(word[cut:], language)
        if not known(right):
            continue
        for link in _LINKS:
            left = word[:cut].removesuffix(link) if link and word[:cut].endswith(link) else word[:cut]
            if link and left == word[:cut]:
                continue
            left_stem = stem(left, language)
            if len(left) >= _SHORTEST_PART and known(left_stem):
                shorter = min(len(left), len(word) - cut)
                if shorter > best[0]:
                    best = shorter, [left_stem, right]
                break
    return best[1]


_STOP = {
    "en": """a about after all also am an and any are as at be because been before being but by can could did do does doing
        each either for from had has have having he her here him his how i if in into is it its itself just let like many
        me more most much must my need no nor not now of off on once only or other our out over own please same shall she
        should so some such than that the their them then there these they this those through to too under until up us
        very was we were what s t when where which while who whom whose why will with would you your yours tell show give
        happens mean means don doesn didn isn aren wasn won can cannot couldn shouldn wouldn ll ve re d m explain describe""",
    "de": """aber alle allem allen aller als also am an auch auf aus bei bin bis da damit dann darf das dass dein dem den denn
        der des die dies diese dieser dieses doch du durch ein eine einem einen einer eines er es für gibt haben hat habe ich
        ihr ihre im in ist ja kann kannst können könnte mache machen man mein meine meinem meinen meiner mich mir mit muss
        müssen nach nicht noch nun nur ob oder ohne sein seine sich sie sind so soll sollte tun um und uns unser unter vom von
        vor wann warum was weil welche welchem welchen welcher welches wenn wer wie wieso wieviel wir wird werden wo woher
        wohin wozu wurde zu zum zur über viel viele""",
    "fr": """a à ai au aux avec c ce ces cet cette comment combien d dans de des dois doit du elle elles en est et eu faire
        fait faut il ils j je l la le les leur lorsque lui m ma mais me mes mon n ne nous on ou où par pas peut peux pour
        pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sur ta te tes toi ton tu
        un une vos votre vous y""",
    "es": """a al como cómo con cual cuál cuales cuáles cuando cuándo cuanto cuánto cuantos cuántos de debe debo del donde dónde
        e el ella en es esta está están estas este esto estos hacer hago hay la las le lo los me mi mis muy no o para pero
        por porque puede puedo que qué quien quién se ser si sin sobre son su sus te tu un una unas uno unos y ya yo""",
    "it": """a ad ai al alla che chi ci come con cosa da dal dei del della di dove e è gli ho i il in io la le lo ma mi nel non o
        per perché più quale quali quando quanto se si sono su un una uno""",
    "nl": """aan als bij dat de die dit een en er hebben heeft het hoe ik in is kan met mijn moet naar niet of om op te van
        voor waar waarom wanneer wat welke wie wordt zijn""",
    "pt": """a ao as com como da de do dos e é em eu não o onde os ou para pelo por porque posso qual quais quando quanto que se
        sem são um uma""",
}  # fmt: skip


SPOKEN = tuple(_STOP)  # languages whose small words are known


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words of a language that carry no meaning in a question; all languages together for an empty one."""
    if not language:
        return frozenset(word for some in _STOP for word in stop_words(some))
    return frozenset(_STOP.get(language.split("-", 1)[0].lower(), "").split())
