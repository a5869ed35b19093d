"""Terminology: TBX (version 2, as TBX-Basic is mostly written, and 3) and CSV tables in; CSV out.

A table has a column for each language. A cell may hold several words parted by `|`, the preferred one first; one that must
not be used has a `!` before it: `Kühlmittel | !Kühlwasser`.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from fieldfare.domain import TermStatus, TradeTerm
from fieldfare.errors import SourceError
from fieldfare.ingest import spreadsheet
from fieldfare.ingest.extract import xml
from fieldfare.ingest.units import text_of
from fieldfare.text import primary, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from lxml import etree

_CODE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*")
_NOTES = frozenset("id concept note notes comment definition domain subject context".split())
_MAX_TABLE = 16 << 20  # bytes
# TBX picklist values, of the element `termNote type="administrativeStatus"`.
_STATUS = {
    "preferredTerm-admn-sts": TermStatus.PREFERRED, "preferredterm": TermStatus.PREFERRED, "preferred": TermStatus.PREFERRED,
    "admittedTerm-admn-sts": TermStatus.ADMITTED, "admitted": TermStatus.ADMITTED,
    "deprecatedTerm-admn-sts": TermStatus.FORBIDDEN, "deprecated": TermStatus.FORBIDDEN,
    "supersededTerm-admn-sts": TermStatus.FORBIDDEN, "superseded": TermStatus.FORBIDDEN, "notRecommended": TermStatus.FORBIDDEN,
}  # fmt: skip


def read_terms(file: Path, first: int = 1) -> tuple[TradeTerm, ...]:
    """The words of a .tbx, .xml or .csv file; concepts are numbered from `first`. SourceError where it is neither."""
    if file.suffix.lower() in {".tbx", ".xml"}:
        return tuple(_from_tbx(file, first))
    if file.suffix.lower() not in {".csv", ".tsv"}:
        raise SourceError(f"{file.name}: terminology is a .tbx or a .csv file.")
    try:
        if file.stat().st_size > _MAX_TABLE:
            raise SourceError(f"{file.name} is larger than {_MAX_TABLE >> 20} MiB. Split it.")
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(f"The terms {file} cannot be read ({error.strerror}).") from error
    return tuple(_from_table(file, data, first))


def _from_table(file: Path, data: bytes, first: int) -> Iterator[TradeTerm]:
    for concept, (_, row) in enumerate(spreadsheet.rows(file, data, _complaint), first):
        for column, cell in row.items():
            if column in _NOTES:
                continue
            words = [squeeze(word) for word in cell.split("|") if squeeze(word).lstrip("! ")]
            for place, word in enumerate(words):
                status = TermStatus.ADMITTED if place else TermStatus.PREFERRED
                status = TermStatus.FORBIDDEN if word.startswith("!") else status
                yield TradeTerm(concept=concept, language=primary(column), text=word.lstrip("! "), status=status)


def _complaint(columns: Sequence[str]) -> str:
    languages = [column for column in columns if column not in _NOTES]
    unknown = [column for column in languages if not _CODE.fullmatch(column)]
    if unknown or len({primary(one) for one in languages}) < 2:
        return (
            f"the first row must name two languages or more by their codes, such as en,de,es{', not ' + unknown[0] if unknown else ''}. "
            f"Columns for notes are {', '.join(sorted(_NOTES))}."
        )
    return ""


def _from_tbx(file: Path, first: int) -> Iterator[TradeTerm]:
    root = xml.parse_file(file)
    if xml.local(root) not in {"martif", "tbx"}:
        raise SourceError(f"{file.name} is no TBX file (its root is <{xml.local(root)}>). Export TBX, or a CSV table.")
    entries = xml.descendants(root, "termEntry", "conceptEntry")
    for concept, entry in enumerate(entries, first):
        for part in xml.descendants(entry, "langSet", "langSec"):
            language = primary(xml.attribute(part, "lang"))
            preferred = False
            for group in xml.descendants(part, "tig", "ntig", "termSec"):
                word = squeeze(text_of(next(xml.descendants(group, "term"), None)))
                if not word or not language:
                    continue
                status = _status(group)
                status = status or (TermStatus.ADMITTED if preferred else TermStatus.PREFERRED)
                preferred |= status is TermStatus.PREFERRED
                yield TradeTerm(concept=concept, language=language, text=word, status=status)


def _status(group: etree._Element) -> TermStatus | None:
    """What an entry says of a term: as a note with a type, or as an element of its own module."""
    for one in xml.descendants(group, "termNote", "administrativeStatus"):
        if one.get("type", "administrativeStatus") in {"administrativeStatus", "normativeAuthorization"}:
            return _STATUS.get(squeeze(one.text or ""))
    return None


def write_terms(terms: Iterable[TradeTerm], languages: Sequence[str]) -> str:
    """The terms as a table, one concept a row; reading it back gives the same terms."""
    concepts: dict[int, dict[str, list[str]]] = {}
    for term in terms:
        cell = concepts.setdefault(term.concept, {}).setdefault(term.language, [])
        word = f"!{term.text}" if term.status is TermStatus.FORBIDDEN else term.text
        cell.insert(0, word) if term.status is TermStatus.PREFERRED else cell.append(word)
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(languages)
    for cells in concepts.values():
        writer.writerow([" | ".join(cells.get(language, ())) for language in languages])
    return sheet.getvalue()
