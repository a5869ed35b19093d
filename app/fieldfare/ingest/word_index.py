"""The word index of a pack: passages and figures by the stems of their words, compounds also by their parts."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fieldfare.pack.words import FIELDS, KINDS, packed, rising
from fieldfare.stems import COMPOUNDING, compound_parts, indexed, stem, tokens

if TYPE_CHECKING:
    import apsw

    from fieldfare.domain import BlockKind
    from fieldfare.ingest.extract import Progress

_TOKENIZER = "unicode61 remove_diacritics 0 tokenchars '.'"  # the words come as they shall stand in the index
_SHORTEST_WORD = 4  # letters from which a typing error can be told from another word
_EVERY = 500  # passages after which progress is told


class IndexedPassage(NamedTuple):
    """A passage with its section and kind, the titles above, the heading over it, and the captions of its figures."""

    section: int
    kind: BlockKind
    row: bool  # one row of a table
    language: str
    context: str
    heading: str
    text: str
    caption: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The texts of its fields but the last, which are the parts of compounds."""
        return self.context, self.heading, self.text, self.caption


class WordIndex:
    """Gathers what is to be found and writes it at the end: what is a compound is known when all words are."""

    def __init__(self, connection: apsw.Connection, progress: Progress) -> None:
        self._db = connection
        self._progress = progress
        self._passages: list[IndexedPassage] = []
        self._figures: list[tuple[int, str, tuple[str, ...]]] = []

    def add_passage(self, passage: IndexedPassage) -> None:
        """A passage, in reading order."""
        self._passages.append(passage)

    def add_figure(self, figure: int, language: str, found_by: tuple[str, str, str]) -> None:
        """A figure with its caption, its heading and the words in and beside it."""
        self._figures.append((figure, language, found_by))

    def write(self) -> None:
        """Write the tables of words."""
        printed: Counter[str] = Counter()
        stems: set[str] = set()
        for one in self._passages:
            mine = {word for field in one.fields for word in tokens(field)}
            printed.update(word for word in mine if len(word) >= _SHORTEST_WORD and word.isalpha())
            stems.update(stem(word, one.language) for word in mine)
        self._db.executemany("INSERT INTO word VALUES (?, ?)", sorted(printed.items()))
        self._write_passages(_Parts(stems))
        self._db.execute(
            f"CREATE VIRTUAL TABLE figure_words USING fts5(caption, heading, text, content='', tokenize=\"{_TOKENIZER}\")"
        )
        self._db.executemany(
            "INSERT INTO figure_words (rowid, caption, heading, text) VALUES (?, ?, ?, ?)",
            ((figure, *(" ".join(indexed(field, language)) for field in fields))
             for figure, language, fields in self._figures),
        )  # fmt: skip
        self._db.execute("INSERT INTO figure_words(figure_words) VALUES ('optimize')")

    def _write_passages(self, parts: _Parts) -> None:
        standing: dict[str, tuple[array[int], array[int]]] = {}
        frequency: Counter[str] = Counter()
        sizes = array("I")
        for done, one in enumerate(self._passages, 1):
            fields = [indexed(field, one.language) for field in one.fields]
            fields.append(parts.of(one))
            frequency.update({word for field in fields for word in field})
            for field in fields:
                for place, word in enumerate(field):
                    numbers, places = standing.setdefault(word, (array("I"), array("I")))
                    numbers.append(len(sizes))
                    places.append(place)
                sizes.append(len(field))
            if done % _EVERY == 0 or done == len(self._passages):
                self._progress("indexing words", done, len(self._passages))
        self._db.executemany(
            "INSERT INTO stem VALUES (?, ?, ?, ?)",
            (
                (word, frequency[word], rising(numbers), packed(places))
                for word, (numbers, places) in sorted(standing.items())
            ),
        )
        shape = {
            "section": rising([one.section for one in self._passages]),
            "kind": packed([KINDS.index(one.kind) for one in self._passages]),
            "length": packed([len(one.text) for one in self._passages]),
            "row": packed([int(one.row) for one in self._passages]),
            "size": packed(sizes),
        }
        assert len(sizes) == len(FIELDS) * len(self._passages), "a size for each field"  # noqa: S101
        self._db.executemany("INSERT INTO shape VALUES (?, ?)", sorted(shape.items()))


class _Parts:
    """The parts of compounds; each word is taken apart once."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self._cut: dict[tuple[str, str], list[str]] = {}

    def of(self, one: IndexedPassage) -> list[str]:
        """The parts of the compounds in a passage, its heading and its captions."""
        if one.language.split("-", 1)[0] not in COMPOUNDING:
            return []
        found: list[str] = []
        for word in dict.fromkeys(word for field in (one.heading, one.text, one.caption) for word in tokens(field)):
            key = word, one.language
            if key not in self._cut:
                self._cut[key] = compound_parts(word, one.language, self._known.__contains__)
            found += self._cut[key]
        return found
