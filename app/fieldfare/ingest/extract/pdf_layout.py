"""Words of a page -> lines, running heads, lists of contents: what a reader sees before reading."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from fieldfare.ingest.extract.pdf_shapes import Box
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.ingest.extract.pdf_page import PageContent, Word

LARGER = 1.15  # times the size of running text: larger print is a heading
SEGMENT_GAP = 1.2  # ems of white space that part two pieces of a line
_LEADER = re.compile(r"(?:\.\s?){5,}|…{2,}|_{6,}")
_ENTRIES = 5  # rows from which page numbers below each other are a list of contents
_CONTENTS = frozenset(
    ("contents", "table of contents", "inhalt", "inhaltsverzeichnis", "sommaire", "table des matières", "contenido",
     "índice", "índice de contenidos", "tabla de contenidos", "sumário", "conteúdo", "indice", "sommario")
)  # fmt: skip
_PAGE_NUMBER = re.compile(r"^(?:page|seite|página|pagina|p\.)?\s*[-–—|]?\s*((?:[A-Z]{1,2}[-.])?\d{1,4}(?:-\d{1,3})?|[ivxlc]{1,7})\s*"
                          r"(?:[-–—|]|(?:/|of|von|de|di|sur)\s*\d{1,4})?$", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline with no wide gap between them."""

    words: tuple[Word, ...]
    box: Box
    base: float
    size: float

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def bold(self) -> bool:
        """Whether every word with a letter or digit is bold."""
        return all(word.bold for word in self.words if any(map(str.isalnum, word.text)))


def make_line(words: Sequence[Word]) -> Line:
    """A line of words that are in order."""
    if len(words) > 1 and words[0].text == "o" and words[1].box.x0 - words[0].box.x1 > 0.6 * words[1].size:
        words = [replace(words[0], text="◦"), *words[1:]]  # the letter that word processors set as a bullet
    sizes = Counter[float]()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    box = reduce(Box.join, (word.box for word in words))
    return Line(tuple(words), box, words[0].base, sizes.most_common(1)[0][0])


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Join words to lines by their baselines, top to bottom, and part each at its wide gaps."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: (one.base, one.box.x0)):
        for row in reversed(rows[-4:]):
            if _on_baseline(row, word):
                row.append(word)
                break
        else:
            rows.append([word])
    found = []
    for row in rows:
        row.sort(key=lambda one: one.box.x0)
        start = 0
        for index in range(1, len(row) + 1):
            gap = row[index].box.x0 - row[index - 1].box.x1 if index < len(row) else 1e9
            if gap > SEGMENT_GAP * max(row[index - 1].size, 1.0) and not _hangs(row[start:index], gap):
                found.append(make_line(row[start:index]))
                start = index
    return sorted(found, key=lambda line: (line.base, line.box.x0))


def _on_baseline(row: Sequence[Word], word: Word) -> bool:
    """Whether a word stands on the baseline of a row; raised and lowered small type belongs to the word it touches."""
    reference = max(row, key=lambda one: one.size)
    larger = max(reference.size, word.size)
    shift = abs(reference.base - word.base)
    if abs(reference.size - word.size) < 1 or shift <= 0.1 * larger:
        return shift <= 0.25 * min(reference.size, word.size)
    near = any(-0.5 * larger < max(word.box.x0 - one.box.x1, one.box.x0 - word.box.x1) < 0.6 * larger for one in row)
    return near and shift <= 0.55 * larger


def _hangs(words: Sequence[Word], gap: float) -> bool:
    """Whether what stands before a gap is a bullet or number of the text after it."""
    text = " ".join(word.text for word in words)
    return bool(re.fullmatch(r"[•●▪■◦o‣–—-]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)]|\d{1,2}(?:\.\d{1,2}){1,4}\.?", text)) and (
        gap < 4.0 * words[-1].size
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What the pages of a document share: the size of its running text and its running heads and feet."""

    body_size: float
    heading_sizes: tuple[float, ...]  # larger than running text, the largest first; those that occur more than once
    repeated: frozenset[str]
    head_bases: frozenset[int]
    vocabulary: frozenset[str]  # words with a hyphen inside a line

    @classmethod
    def learn(cls, pages: Sequence[PageContent], titles: frozenset[str]) -> Style:
        """Learn from a sample of pages; `titles` are the document's headings, folded, as its bookmarks name them."""
        sizes = Counter[float]()
        seen = Counter[str]()
        by_base: dict[int, list[str]] = {}
        hyphened = set[str]()
        titles_by_size = Counter[float]()
        for page in pages:
            for word in page.words:
                sizes[round(word.size * 2) / 2] += len(word.text)
                if "-" in word.text[1:-1]:
                    hyphened.add(word.text.strip(".,;:()").casefold())
            lines = lines_of(page.words)
            titles_by_size.update({_half(line.size) for line in lines if _is_title(line)})
            keys = set()
            for row in _marginal_rows(page, lines):
                text = " ".join(line.text for line in row)
                keys.add(_furniture_key(text, row[0].base))
                if row[0].base < 0.12 * page.height:
                    by_base.setdefault(round(row[0].base / 3), []).append(text)
            seen.update(keys)
        enough = max(3 if len(pages) > 4 else 2, len(pages) // 5)
        heads = set()
        for base, texts in by_base.items():
            known = sum(text.casefold() in titles or bool(_PAGE_NUMBER.match(text)) for text in texts)
            if len(texts) >= max(3, len(pages) // 2) and (
                len(set(texts)) <= 0.6 * len(texts) or known >= 0.5 * len(texts)
            ):
                heads |= {base - 1, base, base + 1}
        body = sizes.most_common(1)[0][0] if sizes else 10.0
        large = sorted(
            (size for size, count in titles_by_size.items() if size >= LARGER * body and count > 1), reverse=True
        )
        return cls(
            body_size=body,
            heading_sizes=tuple(large[:5]),
            vocabulary=frozenset(hyphened),
            repeated=frozenset(key for key, count in seen.items() if count >= enough),
            head_bases=frozenset(heads),
        )

    def level_of(self, size: float) -> int:
        """The level of a heading without a number by the size of its type."""
        found = [one for one in self.heading_sizes if one > size + 0.4]
        return min(len(found) + 1, 4)

    def split(self, page: PageContent, lines: Sequence[Line]) -> tuple[list[Line], str]:
        """The lines that are content, and the page number as printed, empty where none is."""
        marginal = {id(line): row for row in _marginal_rows(page, lines) for line in row}
        label = ""
        kept = []
        for line in lines:
            row = marginal.get(id(line))
            if row is None:
                kept.append(line)
                continue
            number = _PAGE_NUMBER.match(line.text)
            text = " ".join(one.text for one in row)
            furniture = _furniture_key(text, row[0].base) in self.repeated or (
                row[0].base < 0.12 * page.height and round(row[0].base / 3) in self.head_bases
            )
            if number and (furniture or len(row) == 1 or _counts(number.group(1), line, row, page)):
                label = label or number.group(1)
            elif not furniture:
                kept.append(line)
        return kept, label


def _half(size: float) -> float:
    return round(size * 2) / 2


def _is_title(line: Line) -> bool:
    return len(line.words) <= 14 and any(map(str.isalpha, line.text)) and not line.text.endswith((".", ",", ";"))


def _marginal_rows(page: PageContent, lines: Sequence[Line] | None = None) -> list[list[Line]]:
    """The two outermost rows of lines at the top and at the bottom, as far as they lie in the margins."""
    rows: list[list[Line]] = []
    for line in lines if lines is not None else lines_of(page.words):
        if rows and abs(rows[-1][0].base - line.base) < 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    top = [row for row in rows[:2] if row[0].base < 0.12 * page.height]
    bottom = [row for row in rows[-2:] if row[0].base > 0.88 * page.height and row not in top]
    return [row for row in top + bottom if not _is_table_row(row, page)]


def _is_table_row(row: Sequence[Line], page: PageContent) -> bool:
    """Whether a row stands between two lines, or in cells, as wide as itself: a table's head that is repeated is no
    running head.
    """
    if len(row) < 2:
        return False
    box = reduce(Box.join, (line.box for line in row))
    level = [rule for rule in page.rules if rule.width > rule.height]
    edges = [(rule.y0, rule.x0, rule.x1) for rule in level]
    edges += [(y, frame.x0, frame.x1) for frame in page.frames for y in (frame.y0, frame.y1)]
    over = [edge for edge in edges if -2 <= box.y0 - edge[0] < 20]
    under = [edge for edge in edges if -2 <= edge[0] - box.y1 < 20]
    return all(
        side and min(left for _, left, _ in side) < box.x0 + 4 and max(right for *_, right in side) > box.x1 - 4
        for side in (over, under)
    )


def _counts(number: str, line: Line, row: Sequence[Line], page: PageContent) -> bool:
    """Whether a number beside other text at the foot is that of the page: at its edge, and near the count of pages."""
    outermost = line is row[0] or line is row[-1]
    return number.isdigit() and outermost and row[0].base > 0.92 * page.height and abs(int(number) - page.number) <= 40


def _furniture_key(text: str, base: float) -> str:
    return f"{round(base / 6)} {re.sub(r'[0-9]+', '#', text.casefold())}"


def is_contents_title(text: str) -> bool:
    """Whether a text is what manuals print over their list of contents."""
    return text.casefold().strip(" :.") in _CONTENTS


def without_contents(lines: Sequence[Line], *, early: bool = False) -> list[Line]:
    """Drop the lines of a table of contents: those with dot leaders and what stands on their baselines; `early` in a document
    also those that end in page numbers below each other, and its title.
    """
    rows = _rows(lines)
    led = [row for row in rows if any(_LEADER.search(line.text) for line in row)]
    title = next((row for row in rows if early and len(row) == 1 and is_contents_title(row[0].text)), None)
    entries = list(led)
    if early or len(led) >= _ENTRIES:
        entries += _numbered_entries(rows, led, titled=title is not None)
    bases = [row[0].base for row in entries]
    if title is not None and entries:
        bases.append(title[0].base)
    return [line for line in lines if not any(abs(line.base - base) < 2.5 for base in bases)]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][0].base - line.base) < 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _numbered_entries(rows: Sequence[list[Line]], led: Sequence[list[Line]], *, titled: bool) -> list[list[Line]]:
    """The rows that end in page numbers which grow down the page, where most of the page is such rows, or where some are
    led by dots or a title says what they are.
    """
    ends = [row for row in rows if len(row) > 1 and re.fullmatch(r"\d{1,4}", row[-1].text)]
    right = max((row[-1].box.x1 for row in [*ends, *led]), default=0.0)
    ends = [row for row in ends if abs(row[-1].box.x1 - right) < 4 or row in led] if led or titled else ends
    if len(ends) < (2 if led or titled else _ENTRIES) or (not led and len(ends) < 0.6 * len(rows)):
        return []
    numbers = [int(row[-1].text) for row in ends]
    aligned = sum(abs(row[-1].box.x1 - right) < 4 for row in ends)
    grows = numbers == sorted(numbers) and (numbers[0] < numbers[-1] or bool(led))
    named = sum(any(map(str.isalpha, row[0].text + row[1].text)) for row in ends)
    if not grows or (aligned < 0.9 * len(ends) and not led) or named < 0.9 * len(ends):
        return []
    return ends


def join_lines(lines: Sequence[Line], vocabulary: frozenset[str] = frozenset()) -> str:
    """The text of lines, words divided at a line's end made whole again.

    A hyphen stays where the document has the word with it inside a line.
    """
    text = ""
    for line in lines:
        printed = line.text
        if re.search(r"[^\W\d_]-$", text) and printed[:1].islower():
            part = text.rsplit(None, 1)[-1]
            word = f"{part}{printed.split(None, 1)[0]}".strip(".,;:()").casefold()
            kept = word in vocabulary or re.fullmatch(r"\(?[A-Z]{1,3}-", part)  # E-stop, LED-lamp
            text = f"{text}{printed}" if kept else f"{text[:-1]}{printed}"
        else:
            text = f"{text} {printed}" if text else printed
    return squeeze(text)
