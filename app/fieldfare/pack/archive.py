"""Reads a pack: passages by word, meaning and identifier; sections, figures and pages to show."""

from __future__ import annotations

import json
import re
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from fieldfare import machines
from fieldfare.catalogue import _
from fieldfare.database import Reader
from fieldfare.domain import Block, BlockKind, Figure, Hazard, Passage, Picture, Place, Region, SectionView
from fieldfare.errors import PackError
from fieldfare.pack import manifest, words
from fieldfare.pack.contents import Contents
from fieldfare.pack.gold import gold_questions
from fieldfare.pack.procedures import titles
from fieldfare.pack.translations import Translations
from fieldfare.text import searchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np

    from fieldfare.domain import GoldQuestion
    from fieldfare.domain.procedure import ProcedureTitle

_STEP_HEADING = re.compile(r"(?:step|schritt|étape|paso|passo|passaggio|fase)\s*\d", re.IGNORECASE)
_PASSAGE = """
    SELECT p.id, p.section, p.kind, p.text, p.page, p.label, p.region, s.path, d.title, d.revision, d.language,
    p.confidence, coalesce(trim(n.title || ' ' || n.revision), '')
    FROM passage p JOIN section s ON s.id = p.section JOIN document d ON d.id = s.document
    LEFT JOIN document n ON n.id = d.superseded_by
    WHERE p.id IN (SELECT value FROM json_each(?))
"""


_MAX_REMEMBERED = 20_000  # frequencies of words, a few bytes each
_MAX_PLACES = 2_000_000  # of the words that were asked for last, sixteen bytes each


class Archive:
    """An open pack. The library opens it after its signature was verified; all threads may read at once.

    `unsigned` marks everything that is read from a pack that nobody answers for; `translations` are its approved ones,
    `contents` its manuals to leaf through.
    """

    def __init__(self, path: Path, *, unsigned: bool = False) -> None:
        self.path = path
        self.unsigned = unsigned
        self._frequencies: dict[str, int] = {}
        self._languages: tuple[str, ...] | None = None
        self._postings: dict[str, words.Postings] = {}
        self._placed = 0
        self._lock = Lock()
        self._reader = Reader(path)
        try:
            self.manifest = manifest.from_rows(self._reader.rows("SELECT key, value FROM manifest"))
        except PackError:
            self._reader.close()
            raise
        self.machine = machines.name_of(self.manifest)
        self.translations = Translations(self._reader)
        self.contents = Contents(self._reader, self.manifest.id, machine=self.machine, unsigned=unsigned)

    def close(self) -> None:
        """Close the file; may be called again."""
        self._reader.close()

    @cached_property
    def shape(self) -> words.Shape:
        """What of the passages bears on their rank."""
        import numpy as np

        read = {row[0]: row[1] for row in self._reader.rows("SELECT name, numbers FROM shape")}
        try:
            return words.Shape(
                sections=words.risen(read["section"]) - 1,
                kinds=words.unpacked(read["kind"]).astype(np.int8),
                lengths=words.unpacked(read["length"]),
                rows=words.unpacked(read["row"]).astype(bool),
                sizes=words.unpacked(read["size"]).reshape(-1, len(words.FIELDS)),
            )
        except (KeyError, ValueError) as error:
            raise self._damaged(error) from error

    @cached_property
    def _starts(self) -> np.ndarray:
        return self.shape.starts()

    def postings(self, phrase: str) -> words.Postings:
        """Where a word or phrase of the index stands; what was asked for last is remembered."""
        known = self._postings.get(phrase)
        if known is None:
            parts = phrase.split()
            known = words.followed([self.postings(one) for one in parts]) if len(parts) > 1 else self._read(phrase)
            with self._lock:
                self._placed += len(known.places)
                if self._placed > _MAX_PLACES:
                    self._postings, self._placed = {}, len(known.places)
                self._postings[phrase] = known
        return known

    def _read(self, stem: str) -> words.Postings:
        rows = self._reader.rows("SELECT fields, places FROM stem WHERE stem = ?", (stem,))
        fields, inside = rows[0] if rows else (b"", b"")
        try:
            standing = words.risen(fields)
            return words.Postings(fields=standing, places=self._starts[standing] + words.unpacked(inside))
        except (IndexError, ValueError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> PackError:
        return PackError(
            _("{name} is damaged ({error}). Get a new copy of it.").format(name=self.path.name, error=error)
        )

    def stems_with(self, beginning: str, limit: int) -> list[str]:
        """The commonest words of the index that have more letters after a beginning."""
        rows = self._reader.rows(
            "SELECT stem FROM stem WHERE stem > ? AND stem < ? ORDER BY passages DESC, stem LIMIT ?",
            (beginning, beginning + "\U0010ffff", limit),
        )
        return [row[0] for row in rows]

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of each passage with a unit vector (float32); the first is that of passage 1."""
        return self._passage_vectors.cosines(vector)

    @cached_property
    def _passage_vectors(self) -> words.Vectors:
        return self._vectors("passage")

    @cached_property
    def _figure_vectors(self) -> words.Vectors:
        return self._vectors("figure")

    def _vectors(self, of: str) -> words.Vectors:
        made = self.manifest.embedder
        data = self._reader.value("SELECT data FROM vectors WHERE of = ?", (of,))
        try:
            return words.Vectors(data or b"", made.dimension if made else 1)
        except ValueError as error:
            raise self._damaged(error) from error

    def find_figure_words(self, query: str, limit: int) -> list[tuple[int, float]]:
        """Figures for an FTS5 query, as `find_words` does passages; captions weigh four times."""
        rows = self._reader.rows(
            "SELECT rowid, -bm25(figure_words, 4.0, 1.0, 1.0) AS score FROM figure_words "
            "WHERE figure_words MATCH ? ORDER BY score DESC, rowid LIMIT ?",
            (query, limit),
        )
        return [(row[0], row[1]) for row in rows]

    def find_figure_meaning(self, vector: np.ndarray, limit: int) -> list[tuple[int, float]]:
        """Figures nearest to a unit vector (float32), best first, with their cosine."""
        cosines = self._figure_vectors.cosines(vector)
        best = sorted(range(len(cosines)), key=lambda index: (-cosines[index], index))[:limit]
        return [(index + 1, float(cosines[index])) for index in best]

    def figures(self, ids: Iterable[int]) -> dict[int, tuple[Figure, Passage]]:
        """Figures by id, each with the passage to show it by: its own, or else the first that it illustrates.

        A figure that stands alone in a section without any text has neither, and is left out.
        """
        rows = self._reader.rows(
            "SELECT f.id, f.number, f.caption, f.text, f.image, i.width, i.height, f.page, f.label, f.region, "
            "(SELECT p.id FROM illustrates r JOIN passage p ON p.id = r.passage JOIN block b ON b.id = p.first_block "
            "WHERE r.figure = f.id ORDER BY coalesce(b.figure = f.id, 0) DESC, p.id LIMIT 1) "
            "FROM figure f JOIN image i ON i.digest = f.image WHERE f.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        passages = self.passages(row[-1] for row in rows if row[-1] is not None)
        return {row[0]: (_figure(row[:-1]), passages[row[-1]]) for row in rows if row[-1] in passages}

    def carries_embedder(self) -> bool:
        """Whether the embedder of its vectors is in the pack."""
        return self._reader.value("SELECT 1 FROM embedder_file LIMIT 1") is not None

    def embedder_files(self) -> dict[str, bytes]:
        """The files of the embedder that the pack carries, by name."""
        return {row[0]: bytes(row[1]) for row in self._reader.rows("SELECT name, data FROM embedder_file")}

    def find_identifiers(self, keys: Sequence[str]) -> list[tuple[str, str, int, bool]]:
        """Key, spelling, passage and whether the passage defines it, for every key that stands in the pack."""
        rows = self._reader.rows(
            "SELECT key, printed, passage, defines FROM identifier "
            "WHERE key IN (SELECT value FROM json_each(?)) ORDER BY defines DESC, passage",
            (json.dumps(list(keys)),),
        )
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def find_loose_identifiers(self, keys: Sequence[str]) -> list[tuple[str, str, int, bool]]:
        """As `find_identifiers`, without leading zeros: `E7` finds E07."""
        rows = self._reader.rows(
            "SELECT key, printed, passage, defines FROM identifier "
            "WHERE loose IN (SELECT value FROM json_each(?)) ORDER BY defines DESC, passage",
            (json.dumps(list(keys)),),
        )
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def find_codes_by_number(self, number: str) -> list[tuple[str, str, int, bool]]:
        """As `find_identifiers`, for codes that a passage defines and whose number this is, whatever their letters."""
        rows = self._reader.rows(
            "SELECT key, printed, passage, defines FROM identifier "
            "WHERE defines = 1 AND ltrim(loose, 'abcdefghijklmnopqrstuvwxyz') = ? AND loose <> ? ORDER BY key, passage",
            (number.lstrip("0") or "0", number),
        )
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def frequency(self, phrase: str) -> int:
        """In how many passages a word or phrase of the index stands; the last answers are remembered."""
        known = self._frequencies.get(phrase)
        if known is None:
            if " " in phrase:
                known = len(set((self.postings(phrase).fields // len(words.FIELDS)).tolist()))
            else:
                known = int(self._reader.value("SELECT passages FROM stem WHERE stem = ?", (phrase,)) or 0)
            if len(self._frequencies) > _MAX_REMEMBERED:
                self._frequencies.clear()
            self._frequencies[phrase] = known
        return known

    def words_like(self, first: str, shortest: int, longest: int) -> list[tuple[str, int]]:
        """Words as the manuals print them, in small letters, that begin with a letter and have so many letters, with the
        number of passages that they stand in.
        """
        rows = self._reader.rows(
            "SELECT word, passages FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?",
            (first, first + "\U0010ffff", shortest, longest),
        )
        return [(row[0], row[1]) for row in rows]

    def words_with(self, part: str, limit: int) -> list[str]:
        """The commonest words of the manuals, as printed in small letters, that have others before or after a part."""
        rows = self._reader.rows(
            "SELECT word FROM word WHERE instr(word, ?) > 0 AND word <> ? ORDER BY passages DESC, word LIMIT ?",
            (part, part, limit),
        )
        return [row[0] for row in rows]

    def languages(self) -> tuple[str, ...]:
        """The languages of the pack's manuals, the pack's own first."""
        if self._languages is None:
            rows = self._reader.rows("SELECT DISTINCT language FROM document ORDER BY language")
            self._languages = tuple(dict.fromkeys((self.manifest.language, *(row[0] for row in rows))))
        return self._languages

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """Passages by id, each with the hazards that protect it, its figures and its identifiers."""
        wanted = json.dumps(list(ids))
        hazards: dict[int, list[Hazard]] = {}
        for passage, *fields in self._reader.rows(
            "SELECT r.passage, h.id, h.signal_word, h.scheme, h.text, h.symbol, h.page, h.label, h.region "
            "FROM protects r JOIN hazard h ON h.id = r.hazard "
            "WHERE r.passage IN (SELECT value FROM json_each(?)) ORDER BY h.id",
            (wanted,),
        ):
            hazards.setdefault(passage, []).append(_hazard(fields))
        figures: dict[int, list[Figure]] = {}
        for passage, *fields in self._reader.rows(
            "SELECT r.passage, f.id, f.number, f.caption, f.text, f.image, i.width, i.height, f.page, f.label, f.region "
            "FROM illustrates r JOIN figure f ON f.id = r.figure JOIN image i ON i.digest = f.image "
            "WHERE r.passage IN (SELECT value FROM json_each(?)) ORDER BY f.id",
            (wanted,),
        ):
            figures.setdefault(passage, []).append(_figure(fields))
        printed: dict[int, list[str]] = {}
        for passage, spelling in self._reader.rows(
            "SELECT passage, printed FROM identifier WHERE passage IN (SELECT value FROM json_each(?)) ORDER BY key",
            (wanted,),
        ):
            printed.setdefault(passage, []).append(spelling)
        return {
            row[0]: Passage(
                id=row[0],
                pack=self.manifest.id,
                section=row[1],
                kind=BlockKind(row[2]),
                text=row[3],
                place=_place(row[4], row[5], row[6]),
                heading=tuple(json.loads(row[7])),
                document=row[8],
                revision=row[9],
                language=row[10],
                confidence=row[11],
                superseded_by=row[12],
                unsigned=self.unsigned,
                machine=self.machine,
                hazards=tuple(hazards.get(row[0], ())),
                figures=tuple(figures.get(row[0], ())),
                identifiers=tuple(printed.get(row[0], ())),
            )
            for row in self._reader.rows(_PASSAGE, (wanted,))
        }

    def procedure(self, passage: Passage) -> tuple[Passage, ...]:
        """The steps of the section that a passage stands in, in order: a long procedure has several passages.

        A section that is itself a step (`Step 2: Attach the columns`) is its text. Empty where there is no procedure.
        """
        kinds = [BlockKind.STEP]
        if passage.heading and _STEP_HEADING.match(passage.heading[-1]):
            kinds.append(BlockKind.PARAGRAPH)
        ids = [
            row[0]
            for row in self._reader.rows(
                "SELECT id FROM passage WHERE section = ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY id",
                (passage.section, json.dumps(kinds)),
            )
        ]
        found = self.passages(ids)
        return tuple(found[id_] for id_ in ids)

    def procedures(self) -> tuple[ProcedureTitle, ...]:
        """Its sections that can be carried out step by step, in reading order."""
        return titles(self._reader, self.manifest.id, unsigned=self.unsigned)

    def section(self, passage: Passage) -> SectionView:
        """The section that a passage stands in, block by block, with the picture of its page where there is one."""
        rows = self._reader.rows(
            "SELECT d.title, d.revision, s.path, s.page, s.label, d.id FROM section s "
            "JOIN document d ON d.id = s.document WHERE s.id = ?",
            (passage.section,),
        )
        if not rows:
            raise PackError(
                _("{name} has no section {section}. Install the pack again.").format(
                    name=self.path.name, section=passage.section
                )
            )
        document, revision, path, page, label, document_id = rows[0]
        figures = [
            _figure(fields)
            for fields in self._reader.rows(
                "SELECT f.id, f.number, f.caption, f.text, f.image, i.width, i.height, f.page, f.label, f.region "
                "FROM block b JOIN figure f ON f.id = b.figure JOIN image i ON i.digest = f.image "
                "WHERE b.section = ? ORDER BY b.id",
                (passage.section,),
            )
        ]
        blocks = self._reader.rows(
            "SELECT b.kind, b.text, b.number, b.level, b.caption, b.cells, b.header_rows, b.page, b.label, b.region, "
            "coalesce(h.signal_word, ''), coalesce(h.scheme, ''), coalesce(h.symbol, ''), coalesce(h.protects, ''), "
            "b.confidence "
            "FROM block b LEFT JOIN hazard h ON h.id = b.hazard WHERE b.section = ? ORDER BY b.id",
            (passage.section,),
        )
        return SectionView(
            document=document,
            revision=revision,
            heading=tuple(json.loads(path)),
            place=passage.place if passage.place.page is not None else _place(page, label, None),
            blocks=tuple(_block(row) for row in blocks),
            figures=tuple(figures),
            hazards=self._ahead(passage.section),
            sheet=self._sheet(document_id, passage.place.page),
            unsigned=self.unsigned,
        )

    def _ahead(self, section: int) -> tuple[Hazard, ...]:
        """The hazards that protect something in a section before they are printed in it, or that stand above it."""
        rows = self._reader.rows(
            "SELECT h.id, h.signal_word, h.scheme, h.text, h.symbol, h.page, h.label, h.region "
            "FROM hazard h JOIN block b ON b.hazard = h.id WHERE h.id IN (SELECT r.hazard FROM protects r "
            "JOIN passage p ON p.id = r.passage WHERE p.section = ? AND p.kind <> 'hazard' AND (b.section <> p.section "
            "OR (p.first_block < b.id AND h.protects <> 'step'))) ORDER BY h.id",
            (section,),
        )
        return tuple(map(_hazard, rows))

    def _sheet(self, document: int, page: int | None) -> Picture | None:
        rows = self._reader.rows(
            "SELECT i.data, i.media_type, i.width, i.height FROM sheet s JOIN image i ON i.digest = s.image "
            "WHERE s.document = ? AND s.page = ?",
            (document, page),
        )
        return Picture(data=rows[0][0], media_type=rows[0][1], width=rows[0][2], height=rows[0][3]) if rows else None

    def picture(self, digest: str) -> bytes:
        """The encoded bytes of an image; a PackError where the pack has none of that digest."""
        data = self._reader.value("SELECT data FROM image WHERE digest = ?", (digest,))
        if data is None:
            raise PackError(
                _("{name} has no image {digest}. Install the pack again.").format(
                    name=self.path.name, digest=digest[:12]
                )
            )
        return bytes(data)

    def synonyms(self) -> list[tuple[str, str]]:
        """Pairs of words or phrases that mean the same in this pack: synonyms and abbreviations of its author."""
        return [(row[0], row[1]) for row in self._reader.rows("SELECT text, means FROM term WHERE kind <> 'protected'")]

    def protected_words(self) -> list[str]:
        """The words that are never translated."""
        return [row[0] for row in self._reader.rows("SELECT text FROM term WHERE kind = 'protected'")]

    def document_titles(self) -> list[str]:
        """The titles of the pack's manuals."""
        return [row[0] for row in self._reader.rows("SELECT title FROM document ORDER BY id")]

    def document_dates(self) -> list[str]:
        """The dates of the pack's manuals as their authors wrote them, empty where there is none."""
        return [row[0] for row in self._reader.rows("SELECT date FROM document ORDER BY id")]

    def questions(self) -> tuple[GoldQuestion, ...]:
        """The gold questions of its author."""
        return gold_questions(self._reader)

    def outline(self) -> list[tuple[tuple[str, ...], str]]:
        """Heading path and printed page of every section in reading order."""
        rows = self._reader.rows("SELECT path, label FROM section ORDER BY id")
        return [(tuple(json.loads(row[0])), row[1]) for row in rows]


def fts_phrase(word: str) -> str:
    """A word as an FTS5 string: quoted, so that no character of it is syntax."""
    return '"' + re.sub(r'"', '""', searchable(word)) + '"'


def _place(page: int | None, label: str, region: str | None) -> Place:
    if region is None:
        return Place(page=page, label=label)
    left, top, right, bottom = json.loads(region)
    return Place(page=page, label=label, region=Region(left=left, top=top, right=right, bottom=bottom))


def _hazard(row: Sequence[Any]) -> Hazard:
    return Hazard(
        id=row[0], signal_word=row[1], scheme=row[2], text=row[3], symbol=row[4], place=_place(row[5], row[6], row[7])
    )


def _figure(row: Sequence[Any]) -> Figure:
    return Figure(
        id=row[0],
        number=row[1],
        caption=row[2],
        text=row[3],
        image=row[4],
        width=row[5],
        height=row[6],
        place=_place(row[7], row[8], row[9]),
    )


def _block(row: Sequence[Any]) -> Block:
    return Block(
        kind=BlockKind(row[0]),
        text=row[1],
        number=row[2],
        level=row[3],
        caption=row[4],
        rows=tuple(tuple(cells) for cells in json.loads(row[5])) if row[5] else (),
        header_rows=row[6],
        place=_place(row[7], row[8], row[9]),
        signal_word=row[10],
        scheme=row[11],
        symbol=row[12],
        protects=row[13],
        confidence=row[14],
    )
