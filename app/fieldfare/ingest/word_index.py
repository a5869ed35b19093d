"""The word index of a pack: passages, sections and figures by the stems of their words, compounds also by their parts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fieldfare.stems import COMPOUNDING, compound_parts, stem, tokens

if TYPE_CHECKING:
    import apsw

    from fieldfare.ingest.extract import Progress

_TOKENIZER = "unicode61 remove_diacritics 0 tokenchars '.'"  # the words come as they shall stand in the index
_SHORTEST_WORD = 4  # letters from which a typing error can be told from another word
_EVERY = 500  # passages after which progress is told


class IndexedPassage(NamedTuple):
    """A passage with the heading that it stands under, the titles above that, and the captions of its figures."""

    id: int
    section: int
    language: str
    context: str
    heading: str
    text: str
    caption: str


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
            mine = {word for field in one[3:] for word in tokens(field)}
            printed.update(word for word in mine if len(word) >= _SHORTEST_WORD and word.isalpha())
            stems.update(stem(word, one.language) for word in mine)
        self._db.executemany("INSERT INTO word VALUES (?, ?)", sorted(printed.items()))
        for table, columns in (
            ("passage_words", "context, heading, text, caption, parts"),
            ("section_words", "heading, text"),
            ("figure_words", "caption, heading, text"),
        ):
            self._db.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, content='', tokenize=\"{_TOKENIZER}\")"
            )
        sections: dict[int, list[IndexedPassage]] = {}
        parts = _Parts(stems)
        for done, one in enumerate(self._passages, 1):
            fields = [_stems(field, one.language) for field in one[3:]]
            self._db.execute(
                "INSERT INTO passage_words (rowid, context, heading, text, caption, parts) VALUES (?, ?, ?, ?, ?, ?)",
                (one.id, *fields, parts.of(one)),
            )
            sections.setdefault(one.section, []).append(one)
            if done % _EVERY == 0 or done == len(self._passages):
                self._progress("indexing words", done, len(self._passages))
        self._db.executemany(
            "INSERT INTO section_words (rowid, heading, text) VALUES (?, ?, ?)",
            (
                (section, _stems(mine[0].heading, mine[0].language), " ".join(_stems(p.text, p.language) for p in mine))
                for section, mine in sorted(sections.items())
            ),
        )
        self._db.executemany(
            "INSERT INTO figure_words (rowid, caption, heading, text) VALUES (?, ?, ?, ?)",
            ((figure, *(_stems(field, language) for field in fields)) for figure, language, fields in self._figures),
        )
        for table in ("passage_words", "section_words", "figure_words"):
            self._db.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608  (one of three names)
        self._db.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(passage_words, 'row')")


def _stems(text: str, language: str) -> str:
    return " ".join(stem(word, language) for word in tokens(text))


class _Parts:
    """The parts of compounds; each word is taken apart once."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self._cut: dict[tuple[str, str], list[str]] = {}

    def of(self, one: IndexedPassage) -> str:
        """The parts of the compounds in a passage, its heading and its captions."""
        if one.language.split("-", 1)[0] not in COMPOUNDING:
            return ""
        found: list[str] = []
        for word in dict.fromkeys(word for field in (one.heading, one.text, one.caption) for word in tokens(field)):
            key = word, one.language
            if key not in self._cut:
                self._cut[key] = compound_parts(word, one.language, self._known.__contains__)
            found += self._cut[key]
        return " ".join(found)
