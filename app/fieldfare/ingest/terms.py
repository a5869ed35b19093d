"""Mines the words of a trade from a manual as proposals: abbreviations, synonyms, and names that are never translated.

Proposals only: the author reads them and accepts what is right into [terms] of pack.toml.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, Term, TermKind
from fieldfare.ingest.hazards import SIGNAL_WORDS
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.ingest.contents import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A term that the text suggests: how often its evidence stands there, and where first."""

    term: Term
    count: int
    where: str


_SHORT = r"[A-Z][A-Za-z0-9&/.-]{0,8}[A-Z0-9]|[A-Z]{2,10}s?"
_BRACKETED = re.compile(r"\(([^()\n]{2,80})\)")
_LAST_SHORT = re.compile(rf"(?<![\w-])({_SHORT})\s*$")
_DEFINED = re.compile(rf"^({_SHORT})\s*(?:[:=–—]|\s-\s)\s*([^\W\d_][^.;:\n(]{{3,70}})")
_ABBREVIATIONS_HEADER = re.compile(
    r"abbreviation|acronym|abkürzung|abréviation|sigle|abreviatura|siglas?|abreviação|abbreviazion", re.IGNORECASE
)
_UNITS = re.compile(
    r"[kMGTmµn]?(?:V|A|W|Wh|VA|VAr|Hz|Pa|Nm|bar|m|g|s|Ah|B|Bit|Byte)|dB[Amiv]?|rpm|[°º]C|IP\d*|AC|DC|OK|PDF|USB|LEDs?|LCD"
)
# What is printed in capitals for emphasis: colours, positions and small words, which a translation renders.
_PLAIN_CAPITALS = frozenset(
    """red black green blue white yellow orange grey gray rot rote roten roter schwarz schwarze grün gelb weiss weiß blau rouge noir vert
    bleu blanc jaune rojo roja negro negra verde azul blanco amarillo vermelho preto branco amarelo rosso nero bianco blu giallo
    up down left right top bottom and or not never always all before after only first second oben unten links rechts nie nicht nur
    alle immer jamais toujours haut bas nunca siempre arriba abajo mai sempre us uk eu install""".split()
)
_ALSO = (
    r"(?:also|sometimes|often|commonly) (?:called|known as|named|referred to as|termed)|a\.?k\.?a\.?",
    r"auch bekannt als|auch (?=[^,.;)]{2,40} genannt)|sogenannte[rsn]?",
    r"(?:aussi|également) (?:appelée?s?|nommée?s?|dite?s?|connue?s? sous le nom de)|dite?s? aussi",
    r"(?:también|tambien) (?:llamad[oa]s?|denominad[oa]s?|conocid[oa]s? como)",
    r"também (?:chamad[oa]s?|denominad[oa]s?|conhecid[oa]s? como)",
    r"(?:anche|altrimenti) (?:dett[oaie]|chiamat[oaie]|not[oaie] come)|(?:dett[oaie]|chiamat[oaie]) anche",
)
_LONGEST = 20_000  # characters of a block that are looked at
_SWITCHED = frozenset("ON OFF EIN AUS AN SI NO OUI NON JA NEIN".split())  # positions of a switch, no abbreviations
_NAME = r"[^\W\d_][\w-]*(?: [^\W\d_][\w-]*){0,2}"
_QUOTED = "[\"“”„»«‘’']?"
_CALLED = re.compile(
    rf"(?:[(,]\s*)(?:which (?:is|are) )?(?:{'|'.join(_ALSO)})\s+(?:an?\s|the\s|eine?n?\s|une?\s|la\s|le\s|el\s|o\s|a\s|il\s)?{_QUOTED}({_NAME}){_QUOTED}(?: genannt)?\s*(?=[),.;])",
    re.IGNORECASE,
)
_BEFORE_CALLED = re.compile(r"((?:[^\W\d_][\w-]*\s+){0,2}[^\W\d_][\w-]*)\s*$")
_ARTICLES = frozenset(
    """a an the this that these those is are of in on at to for with and or by from as its your their der die das den dem des ein
    eine einen einem einer und oder mit von zu im am ist sind le la les un une des du de et ou est au aux el los las una
    unos y o es son al del il lo gli i uno e con che per um uma os as do da dos das no na each every any some all can may""".split()
)
# Words beside the label of a key, a switch, a menu or a lamp, as imperatives and nouns.
_CONTROL = (
    "press|push|hit|select|choose|turn|set|switch|click|tap|hold|enter|open|button|key|switch|knob|menu|mode|position|display|lamp|"
    "led|indicator|screen|option|setting|parameter|label|marked|labelled|"
    "drücken|drücke|wähle|wählen|drehen|schalter|taste|knopf|menü|modus|stellung|anzeige|einstellung|parameter|"
    "appuyez|appuyer|sélectionnez|bouton|touche|commutateur|mode|menu|voyant|position|"
    "pulse|pulsar|presione|seleccione|seleccionar|botón|tecla|interruptor|modo|menú|indicador|posición|"
    "prima|pressione|selecione|botão|chave|posição|"
    "premere|premi|selezionare|pulsante|tasto|interruttore|modalità|spia|posizione"
)
_CAPITALS = r"[A-ZÄÖÜÉÈÁÍÓÚÑÇ][A-ZÄÖÜÉÈÁÍÓÚÑÇ0-9]+(?:[ /+-][A-ZÄÖÜÉÈÁÍÓÚÑÇ0-9]{2,}){0,2}"
_LABEL = re.compile(
    rf"(?:(?i:\b(?:{_CONTROL})\b)(?i:\s+(?:the|to|on|der|die|das|den|auf|le|la|les|sur|el|los|las|en|o|os|em|il|lo|i|su)){{0,2}}\s+({_CAPITALS})(?![\w-]|\.\w)"
    rf"|(?<![\w.-])({_CAPITALS})(?![\w.])(?=\s+(?i:{_CONTROL})\b))"
)
_IN_BRACKETS = re.compile(r"(?<!\w)\[([A-ZÄÖÜÉÈÁÍÓÚÑÇ][\w +/.-]{1,24})\](?![(\w])")
_QUOTED_LABEL = re.compile(
    rf"(?i:\b(?:{_CONTROL})\b)(?i:\s+(?:the|to|on|auf|den|die|das|le|la|el|o|il))?\s+[\"“„«]\s?([^\W_][^\"“”„»«\n]{{1,30}}?)\s?[\"”“»]"
)
_WORD = re.compile(r"(?<![\w.-])(?=[\w-]{6,})[^\W\d_]{2,}(?:-[^\W\d_]{2,})?(?![\w-]|\.\w)")
_MIXED = re.compile(
    r"(?<![\w/.@-])(?=[\w-]*[a-z])([A-Z][a-z]+[A-Z][A-Za-z]*\d*|[a-z]{1,3}[A-Z][A-Za-z]+\d*|[A-Z]\d+[A-Z][a-z]+|[A-Z][a-z]{3,}-?\d{1,4}[a-z]?)(?![\w/@]|\.\w|\()"
)
_NOT_NAMES = re.compile(
    r"(?:Step|Schritt|Fig|Figure|Table|Tabelle|Page|Seite|Chapter|Section|Item|Abb|Type|Class|Level|Phase|Part|Version|Rev)-?\d+",
    re.IGNORECASE,
)


def propose(contents: Contents) -> tuple[Proposal, ...]:
    """The terms that a pack's text suggests and that its author has not accepted yet, by kind, most frequent first."""
    found: defaultdict[Term, list[str]] = defaultdict(list)
    for chapter, element in contents.elements():
        for term in _terms(element.block):
            found[term].append(chapter.where)
    for machine in contents.manifest.machines:
        for name in filter(None, (machine.maker, machine.model)):
            found[Term(kind=TermKind.PROTECTED, text=name)].append("pack.toml")
    for term, where in _spellings(contents):
        found[term].append(where)
    short = {term.text for term in found if term.kind is TermKind.ABBREVIATION}
    found = defaultdict(
        list,
        {
            term: places
            for term, places in found.items()
            if term.kind is not TermKind.PROTECTED or term.text not in short
        },
    )
    known = {(term.kind, term.text.casefold()) for term in contents.terms}
    known |= {(term.kind, term.means.casefold()) for term in contents.terms if term.kind is TermKind.SYNONYM}
    proposals = [
        Proposal(term=term, count=len(places), where=places[0])
        for term, places in _without_rivals(found).items()
        if (term.kind, term.text.casefold()) not in known and _is_sure(term, len(places))
    ]
    order = list(TermKind)
    return tuple(
        sorted(proposals, key=lambda one: (order.index(one.term.kind), -one.count, one.term.text, one.term.means))
    )


def snippet(proposals: tuple[Proposal, ...] | list[Proposal]) -> str:
    """The proposals as [terms] of a pack.toml, each with its count and place."""
    import json

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = ["[terms]"]
    protected = [one for one in proposals if one.term.kind is TermKind.PROTECTED]
    if protected:
        lines.append("protected = [  # never translated")
        lines += [f"    {quoted(one.term.text)},  # {one.count} ×, {squeeze(one.where)}" for one in protected]
        lines.append("]")
    for kind, key in ((TermKind.ABBREVIATION, "abbreviations"), (TermKind.SYNONYM, "synonyms")):
        entries: defaultdict[str, list[Proposal]] = defaultdict(list)
        for one in proposals:
            if one.term.kind is kind:
                entries[one.term.text].append(one)
        if entries:
            lines += ["", f"[terms.{key}]"]
        for text, group in entries.items():
            means = [quoted(one.term.means) for one in group]
            value = means[0] if len(means) == 1 else f"[{', '.join(means)}]"
            lines.append(f"{quoted(text)} = {value}  # {group[0].count} ×, {squeeze(group[0].where)}")
    return "\n".join(lines) + "\n"


def _terms(block: Block) -> Iterator[Term]:
    texts = [block.text, block.caption, *(cell for row in block.rows for cell in row)]
    for text in (text[:_LONGEST] for text in texts if text):
        yield from _abbreviations(text)
        yield from _synonyms(text)
        if block.kind is not BlockKind.CODE:
            yield from _protected(text)
    if block.kind is BlockKind.TABLE and block.header_rows and len(block.rows[0]) >= 2:
        yield from _listed(block)


def _abbreviations(text: str) -> Iterator[Term]:
    """`automatic voltage regulator (AVR)`, `AVR (automatic voltage regulator)`, and `AVR: automatic voltage regulator`."""
    for match in _BRACKETED.finditer(text):
        inside, before = squeeze(match.group(1)), text[: match.start()].rstrip()
        if re.fullmatch(_SHORT, inside) and (long := long_form(inside, before[-120:])):
            yield Term(kind=TermKind.ABBREVIATION, text=inside, means=long)
        elif (short := _LAST_SHORT.search(before)) and long_form(short.group(1), inside) == inside:
            yield Term(kind=TermKind.ABBREVIATION, text=short.group(1), means=inside)
    for line in text.split("\n"):
        match_ = _DEFINED.match(line.strip())
        if match_:
            long = squeeze(match_.group(2))
            if long_form(match_.group(1), long) == long and len(long.split()) <= 8:
                yield Term(kind=TermKind.ABBREVIATION, text=match_.group(1), means=long)


def long_form(short: str, before: str) -> str:
    """The words at the end of a text whose letters, in order, spell a short form; empty where none do.

    The rule of Schwartz and Hearst (Pacific Symposium on Biocomputing, 2003): from the end, each letter of the short form
    is found in the text, the first one at the beginning of a word; few words more than letters. Here every word of the
    long form that is longer than four letters must also give a letter, so that no stray word is taken along.
    """
    letters = [character for character in short.rstrip("s") if character.isalnum()]
    if len(letters) < 2 or _UNITS.fullmatch(short) or short in _SWITCHED:
        return ""
    words = before.split()
    limit = min(len(letters) + 5, 2 * len(letters))
    for count in range(1, min(limit, len(words)) + 1):
        candidate = " ".join(words[-count:]).strip(" ,;:\"“”'")
        if _spells(letters, candidate):
            first = candidate.split(" ", 1)[0]
            return candidate if first.casefold() not in _ARTICLES and len(candidate) > len(short) + 2 else ""
    return ""


def _spells(letters: list[str], long: str) -> bool:
    if not long or long[0].casefold() != letters[0].casefold() or any(mark in long for mark in ".;:?!"):
        return False
    if not any(character.islower() for character in long):
        return False
    initials = [word[0] for word in re.split(r"[\s/-]+", long) if word and word.casefold() not in _ARTICLES]
    if [letter.casefold() for letter in letters] == [letter.casefold() for letter in initials]:
        return True
    position, used = len(long), set()
    for letter in reversed(letters):
        position = long.casefold().rfind(letter.casefold(), 0, position)
        if position < 0:
            return False
        used.add(long.count(" ", 0, position))
    starts = position == 0
    important = {index for index, word in enumerate(long.split(" ")) if len(word) > 4}
    return starts and important <= used


def _listed(block: Block) -> Iterator[Term]:
    """The rows of a table whose header calls its first column abbreviations."""
    for column in range(len(block.rows[0]) - 1):
        if _ABBREVIATIONS_HEADER.search(block.rows[0][column]):
            for row in block.rows[block.header_rows :]:
                short, long = squeeze(row[column]), squeeze(row[column + 1])
                if (
                    short
                    and long
                    and re.fullmatch(r"[\w./&-]{1,16}", short)
                    and len(long.split()) <= 10
                    and short != long
                ):
                    yield Term(kind=TermKind.ABBREVIATION, text=short, means=long.partition(",")[0])


def _synonyms(text: str) -> Iterator[Term]:
    """`gearbox, also called transmission`."""
    for match in _CALLED.finditer(text):
        before = _BEFORE_CALLED.search(text[max(0, match.start() - 80) : match.start()])
        if before is None:
            continue
        words = before.group(1).split()
        while words and words[0].casefold() in _ARTICLES:
            words.pop(0)
        other = squeeze(match.group(1))
        if words and not {word.casefold() for word in words} & _ARTICLES and other.casefold() not in _ARTICLES:
            name = " ".join(words[-len(other.split()) - 1 :])
            if name.casefold() != other.casefold():
                yield Term(kind=TermKind.SYNONYM, text=name, means=other)


def _protected(text: str) -> Iterator[Term]:
    """Labels of keys and displays, and product names by their spelling."""
    for pattern in (_LABEL, _IN_BRACKETS, _QUOTED_LABEL):
        for match in pattern.finditer(text):
            label = squeeze(next(group for group in match.groups() if group))
            if _is_label(label) and not (pattern is _LABEL and text.isupper()):
                yield Term(kind=TermKind.PROTECTED, text=label)
    for match in _MIXED.finditer(text):
        if not _NOT_NAMES.fullmatch(match.group(1)) and not _UNITS.fullmatch(match.group(1)):
            yield Term(kind=TermKind.PROTECTED, text=match.group(1))


def _is_label(label: str) -> bool:
    words = re.split(r"[ /+-]", label)
    return (
        not any(word in SIGNAL_WORDS for word in words)
        and not _UNITS.fullmatch(label)
        and not (label.isupper() and label.casefold() in _PLAIN_CAPITALS)
        and len(label) > 1
        and not re.fullmatch(r"[A-Z]{1,3}\d+[A-Z]?|[\d .]+", label)
        and label[-1] not in ",;:"
    )


def _spellings(contents: Contents) -> Iterator[tuple[Term, str]]:
    """Words that the text spells in two ways, `pick-up` and `pickup`: whoever types one must find the other.

    A hyphen that stands once where the word is common without it was left behind by the end of a printed line.
    """
    places: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for chapter, element in contents.elements(BlockKind.PARAGRAPH, BlockKind.STEP, BlockKind.TABLE, BlockKind.HAZARD):
        text = " ".join([element.block.text, *(cell for row in element.block.rows for cell in row)])
        for match in _WORD.finditer(text):
            word = match.group().casefold()
            counts[word] += 1
            places.setdefault(word, chapter.where)
    for word in sorted(places):
        joined = word.replace("-", "")
        singular = word.removesuffix("s")
        if "-" in word and counts[word] * 4 >= counts[joined] > 0 and not (singular != word and singular in places):
            yield Term(kind=TermKind.SYNONYM, text=word, means=joined), places[word]


def _without_rivals(found: dict[Term, list[str]]) -> dict[Term, list[str]]:
    """The terms with those that say the same joined: one long form an abbreviation, one spelling a protected word."""
    best: dict[tuple[TermKind, str, str], tuple[Term, list[str]]] = {}
    for term, places in found.items():
        rival = term.means.casefold() if term.kind is TermKind.SYNONYM else ""
        key = (term.kind, term.text.rstrip("s") if term.kind is TermKind.ABBREVIATION else term.text, rival)
        known = best.get(key)
        if known is None:
            best[key] = term, places
        else:
            chosen = max(
                (known[0], term), key=lambda one: (len(found[one]), one.means.casefold() == one.means, -len(one.means))
            )
            best[key] = chosen, known[1] + places
    return dict(best.values())


def _is_sure(term: Term, count: int) -> bool:
    """A name that stands only once may be a slip of the pen; a definition is one wherever it stands."""
    return term.kind is not TermKind.PROTECTED or count >= 2 or " " in term.text or term.text.isupper()
