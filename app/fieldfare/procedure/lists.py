"""What a procedure needs and sets: tools, parts, amounts and torques, each as printed, with the step that names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind
from fieldfare.quantities import quantities
from fieldfare.text import identifiers, sentences, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fieldfare.domain import Block
    from fieldfare.domain.procedure import Procedure

_LABELS = {
    "tools": (
        "tools?|tools? required|required tools?|special tools?|equipment|test equipment|werkzeuge?|hilfsmittel|prüfmittel|sonderwerkzeuge?|"
        "outils?|outillage|herramientas?|útiles|attrezz[io]|utensili|ferramentas?"
    ),
    "parts": (
        "parts?|spare parts?|replacement parts?|required parts?|materials?|consumables?|supplies|teile|ersatzteile?|material(?:ien)?|"
        "verbrauchsmaterial(?:ien)?|betriebsstoffe?|pièces?|pièces de rechange|matériel|consommables?|piezas?|repuestos?|recambios?|"
        "materiales?|consumibles?|parti|ricambi|materiali|peças?|materiais"
    ),
    "more": (
        "time|duration|interval|persons?|qualification|personnel|zeit|zeitbedarf|dauer|intervall|personen|durée|intervalle|personnes?|"
        "tiempo|duración|intervalo|personas?|tempo|durata|intervallo|persone|pessoas?|engine cold|state|condition"
    ),
}
_LABEL = re.compile(
    r"(?:^|(?<=[.!?;]\s)|(?<=\n))(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")\s*:\s*",
    re.IGNORECASE | re.MULTILINE,
)
# Screws, nuts and washers by their thread: `two M5 x 10mm screws`.
_COUNT = (
    r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|ein\w*|zwei|drei|vier|fünf|sechs|acht|une?|deux|trois|quatre|six|huit|"
    r"una?|dos|tres|cuatro|seis|ocho|due|tre|quattro|sei|otto|dois|duas|três|quatro|oito"
)
_NOUN = (
    r"\w*(?:screws?|bolts?|nuts?|washers?|studs?|spacers?|inserts?|lugs?|glands?|schrauben?|muttern?|scheiben?|bolzen|vis|boulons?|écrous?|rondelles?|"
    r"tornillos?|tuercas?|arandelas?|pernos?|vit[ei]|bullon[ei]|dad[oi]|rondell[ae]|parafusos?|porcas?|arruelas?)"
)
_LENGTH = r"(?:\s?[x×]\s?\d+(?:[.,]\d+)?(?:\s?mm)?)"
_NAMED = rf"(?:(?:\s+[^\W\d_]+){{0,3}}?\s+{_NOUN}(?!\w))"
_FASTENER = re.compile(
    rf"(?:(?<!\w)(?:{_COUNT})\s+(?:[^\W\d_]+\s+){{0,2}})?(?<!\w)(?-i:M)\d{{1,2}}(?:[.,]\d)?(?!\w)(?:{_LENGTH}{_NAMED}?|{_NAMED})",
    re.IGNORECASE,
)
_PARTS_HEADER = re.compile(
    r"part|article|order|teil|artikel|bestell|pièce|référence|pieza|referencia|ricambio|codice|peça|código|qty|quantity|menge|anzahl|cant|"
    r"quantité|torque|anzugs|drehmoment|couple|par de apriete|coppia",
    re.IGNORECASE,
)
_LEGEND = re.compile(r"\b(?:legend|legende|légende|leyenda|legenda)\b", re.IGNORECASE)
_AMOUNTS = frozenset({"volume", "mass"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a list, verbatim; `step` is the key of the step that names it, empty where it stands above or below."""

    text: str
    step: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What a procedure needs: `more` is time, persons, interval; `tables` are those of parts and torques."""

    tools: tuple[Item, ...] = ()
    parts: tuple[Item, ...] = ()
    more: tuple[Item, ...] = ()
    fasteners: tuple[Item, ...] = ()
    amounts: tuple[Item, ...] = ()
    torques: tuple[Item, ...] = ()
    tables: tuple[Block, ...] = ()

    def __bool__(self) -> bool:
        return any((self.tools, self.parts, self.more, self.fasteners, self.amounts, self.torques, self.tables))


def lists_of(procedure: Procedure) -> Lists:
    """The lists of a procedure, from its text and tables alone; whatever is shown is printed there."""
    labelled: dict[str, list[Item]] = {name: [] for name in _LABELS}
    for text in _outside(procedure):
        for name, said in _labelled(text):
            labelled[name].append(Item(text=said))
    texts = [(step.key, step.instruction) for step in procedure.steps]
    for step in procedure.steps:  # a step that is a section prints its list as any other
        texts += [(step.key, one.block.text) for one in step.body if one.block.kind is BlockKind.PARAGRAPH]
    torques, amounts, fasteners, parts = [], [], [], []
    for key, text in texts:
        for start, end in sentences(text):
            sentence = squeeze(text[start:end])
            for one in quantities(sentence):
                item = Item(text=sentence, step=key, value=squeeze(sentence[one.start : one.end]))
                if one.dimension == "torque":
                    torques.append(item)
                elif one.dimension in _AMOUNTS and not one.bound:
                    amounts.append(item)
            fasteners += [Item(text=sentence, step=key, value=found.group()) for found in _FASTENER.finditer(sentence)]
            parts += [Item(text=sentence, step=key, value=one) for one in identifiers(sentence) if _is_part_number(one)]
    blocks = [one.block for one in procedure.pieces()]
    mentioned = [one.block for step in procedure.steps for one in step.mentioned]
    tables = {id(one): one for one in (*blocks, *mentioned) if one.rows and _lists_parts(one)}
    return Lists(
        tools=tuple(labelled["tools"]),
        parts=_once((*labelled["parts"], *parts)),
        more=tuple(labelled["more"]),
        fasteners=_once(fasteners),
        amounts=_once(amounts),
        torques=_once(torques),
        tables=tuple(tables.values()),
    )


def _outside(procedure: Procedure) -> Iterator[str]:
    for piece in (*procedure.lead, *procedure.tail):
        if piece.block.kind is BlockKind.PARAGRAPH:
            yield piece.block.text


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """What stands behind each label of a paragraph, up to the next one, with its label: `Tools: padlock and tag.`"""
    found = list(_LABEL.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=False):
        yield str(match.lastgroup), squeeze(text[match.start() : end])


def _is_part_number(printed: str) -> bool:
    """Whether an identifier is that of a part: several groups with a long number, never a code such as E21."""
    return len(printed) >= 6 and any(mark in printed for mark in "-./") and sum(map(str.isdigit, printed)) >= 4


def _lists_parts(table: Block) -> bool:
    header = " ".join(cell for row in table.rows[: max(1, table.header_rows)] for cell in row)
    return bool(_PARTS_HEADER.search(header)) and not _LEGEND.search(table.caption)


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
