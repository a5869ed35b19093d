"""What an author should look at in a pack before a technician does: each flaw says where it is and what to do.

Reads the finished pack only, so that a pack can be checked without its sources. Every flaw has a code, which pack.toml may
ignore with a reason: `[check] ignore = ["table-header: the terminal plans have none"]`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind, RemarkKind
from fieldfare.errors import PackError
from fieldfare.ingest.contents import place_of
from fieldfare.ingest.instructions import spoken_to_model
from fieldfare.ingest.language import guess_language
from fieldfare.ingest.numbering import jumps
from fieldfare.ingest.references import mentioned_figures, missing
from fieldfare.ingest.structure import is_table_caption
from fieldfare.ingest.table_pictures import is_ruled_table
from fieldfare.ingest.translation_flaws import contradictions, stale, unfaithful, untranslated_hazards
from fieldfare.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fieldfare.domain import Picture, Translation
    from fieldfare.ingest.contents import Chapter, Contents, Element, Mention
    from fieldfare.ingest.extract import Progress


class Severity(StrEnum):
    """Whether a flaw fails the check."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something that an author should mend: `where` is file, page and section, `advice` what to do.

    `section` and `block` are its numbers in the pack, 0 where it concerns no place in it.
    """

    code: str
    severity: Severity
    where: str
    text: str
    advice: str
    section: int = 0
    block: int = 0


CONFIDENT = 0.8  # recognised text below it is shown to the author; OCR engines are mostly right above it
DUPLICATE_SIZE = 120  # characters: shorter texts repeat for good reasons
MANY_DUPLICATES = 5  # from here on two sections, or two documents, are told of as a whole
EXCERPT = 80

_E, _W = Severity.ERROR, Severity.WARNING
# Code -> how grave, and what to do.
CODES: dict[str, tuple[Severity, str]] = {
    "lost": (_E, "Give it in a form that can be read, or remove it from the source; what is lost on purpose can be ignored."),
    "page-lost": (_E, "Give the page again in another form (a new export, a scan of 300 dpi), or name the loss on purpose."),
    "page-empty": (_W, "Look at it: a blank page or a table of contents is fine, a scan needs text recognition."),
    "hidden-text": (_E, "Remove it from the source, or show it if it belongs there: technicians would be told what nobody sees."),
    "model-instruction": (_E, "Remove the line from the source: a manual speaks to technicians, not to a language model."),
    "hazard-unbound": (_E, "Put the warning before the steps or the text that it protects, under the same heading."),
    "hazard-general": (_W, "Fine for general safety; a warning of one task belongs before that task, under its heading."),
    "hazard-empty": (_E, "Put the warning's text directly below its signal word."),
    "missing-revision": (_W, "Add revision = \"…\" or date = \"…\" to the document in pack.toml, as the title page prints it."),
    "missing-language": (_W, "Add language = \"…\" to the document in pack.toml."),
    "language-doubt": (_W, "Correct language = \"…\" of the document in pack.toml: words are found by the rules of its language."),
    "missing-licence": (_W, "Add licence = \"…\" to [pack] in pack.toml: who receives the pack must know what he may do with it."),
    "missing-machine": (_W, "Add [[machines]] with maker and model to pack.toml, so that a question can name the machine."),
    "superseded-text": (_W, "Leave the old document out, or keep it on purpose: it is shown marked as superseded."),
    "table-header": (_W, "Mark the first row as a header in the source, so that each row can be found by its column names."),
    "table-picture": (_W, "Give the table as text: its rows cannot be found in a picture."),
    "orphan-figure": (_W, "Name the figure in the text (see Fig. 3), or move it below the text that it illustrates."),
    "figure-reference": (_W, "Correct the number, or add the figure: a technician will look for it."),
    "table-reference": (_W, "Correct the number, or add the table's caption."),
    "step-numbers": (_W, "Look whether a step is missing, or correct the numbering."),
    "identifier-twice": (_W, "Keep the row that is right: a look-up shows both."),
    "duplicate-text": (_W, "Keep it in one place: every copy takes the room of another hit."),
    "ocr-confidence": (_W, "Compare the page with its picture (fieldfare pack inspect), scan it again, or type the passage."),
    "doubt": (_W, "Look at the place in the source."),
    "hazard-untranslated": (_E, "Translate and approve it (fieldfare pack translate), or take the language out of [translations]."),
    "translation-number": (_E, "Correct the translation: technicians are shown it as approved."),
    "translation-doubt": (_W, "Compare it with its source; where it is right, ignore it with that reason."),
    "translation-twice": (_W, "Keep the right one, or say under which heading each holds."),
    "translation-stale": (_W, "The source text changed: translate it anew (fieldfare pack translate)."),
}  # fmt: skip
_OF_REMARK = {
    RemarkKind.LOST: "lost",
    RemarkKind.HIDDEN: "hidden-text",
    RemarkKind.UNSURE: "ocr-confidence",
    RemarkKind.DOUBT: "doubt",
}
# A document that says of itself that it is no longer valid, near its beginning.
_WITHDRAWN = re.compile(
    r"(?:this|the present) (?:manual|document|edition|revision|bulletin|issue) (?:is|has been|was) (?:now )?"
    r"(?:superseded|replaced|withdrawn|obsolete)|"
    r"(?:dieses? (?:handbuch|dokument|anleitung|ausgabe)) (?:ist|wurde|wird) .{0,30}?(?:ersetzt|ungültig|zurückgezogen)|"
    r"(?:ce (?:manuel|document)|cette (?:notice|édition)) (?:est|a été) (?:remplacée?|annulée?|périmée?|retirée?)|"
    r"(?:este (?:manual|documento)|esta edición) (?:ha sido|está|queda) (?:sustituid|reemplazad|anulad|obsolet)[oa]|"
    r"(?:este (?:manual|documento)|esta edição) (?:foi|está) (?:substituíd|anulad|obsolet)[oa]|"
    r"(?:questo (?:manuale|documento)|questa edizione) (?:è|è stat[oa]) (?:sostituit|annullat|superat|ritirat)[oa]",
    re.IGNORECASE,
)


def lint(contents: Contents, is_table: Callable[[str], bool], progress: Progress) -> tuple[Flaw, ...]:
    """Every flaw of a pack, errors first, then in reading order; `is_table` judges a picture by its digest."""
    found: list[Flaw] = []
    checks: tuple[Callable[[Contents], Iterator[Flaw]], ...] = (
        _remarks, _pages, _descriptions, _superseded, _hazards, _orders, _tables, _figures, _references, _steps,
        _identifiers, _duplicates, _unsure, _translations,
    )  # fmt: skip
    for done, check in enumerate(checks, 1):
        found.extend(check(contents))
        progress("checking", done, len(checks) + 1)
    found.extend(_pictures(contents, is_table))
    progress("checking", len(checks) + 1, len(checks) + 1)
    return tuple(sorted(dict.fromkeys(found), key=lambda flaw: (flaw.severity is not _E, [*CODES].index(flaw.code))))


def ruled_tables(picture: Callable[[str], Picture]) -> Callable[[str], bool]:
    """A judge for `lint`: whether the picture of a digest is a ruled table; one that cannot be read is none."""

    def judge(digest: str) -> bool:
        try:
            return is_ruled_table(picture(digest))
        except (PackError, OSError, ValueError):
            return False

    return judge


def _flaw(code: str, where: str, text: str) -> Flaw:
    severity, advice = CODES[code]
    return Flaw(code=code, severity=severity, where=where, text=text, advice=advice)


def _at(code: str, chapter: Chapter, element: Element | None, text: str) -> Flaw:
    """A flaw of a section, or of one element of it."""
    severity, advice = CODES[code]
    return Flaw(code=code, severity=severity, where=_where(chapter, element), text=text, advice=advice,
                section=chapter.id, block=element.id if element else 0)  # fmt: skip


def _where(chapter: Chapter, element: Element | None = None) -> str:
    place = element.block.place if element and element.block.place.page is not None else chapter.place
    return place_of(chapter.manual, place, chapter.title)


def _remarks(contents: Contents) -> Iterator[Flaw]:
    for remark in contents.remarks:
        yield _flaw(_OF_REMARK[remark.kind], remark.where, remark.text)


def _pages(contents: Contents) -> Iterator[Flaw]:
    """Pages that are missing between others, and pages without any content."""
    for manual in contents.manuals:
        pages = [page for page in contents.pages if page.manual == manual.id]
        for before, after in pairwise(pages):
            for number in range(before.number + 1, after.number):
                yield _flaw("page-lost", f"{manual.source}, sheet {number}", "The sheet is missing.")
        last: dict[int, BlockKind | None] = {}  # what each page that was read ends with
        for chapter in contents.chapters:
            if chapter.manual.id == manual.id and chapter.place.page is not None:
                last.setdefault(chapter.place.page, None)
            for element in chapter.elements if chapter.manual.id == manual.id else ():
                if element.block.place.page is not None:
                    last[element.block.place.page] = element.block.kind
        before_it: BlockKind | None = None
        empty: list[str] = []
        for page in [*pages, None]:
            if page is not None and page.number not in last:
                if before_it is not BlockKind.TABLE:  # a table over several pages stands where it begins
                    empty.append(page.label or str(page.number))
                continue
            if empty:
                named = f"page {empty[0]}" if len(empty) == 1 else f"pages {empty[0]} to {empty[-1]}"
                yield _flaw("page-empty", f"{manual.source}, {named}", "Nothing was taken from there.")
            empty = []
            before_it = last[page.number] if page is not None else None


def _descriptions(contents: Contents) -> Iterator[Flaw]:
    made = contents.manifest
    if not made.licence and not all(manual.licence for manual in contents.manuals):
        yield _flaw("missing-licence", "pack.toml", "No licence is named.")
    if not made.machines:
        yield _flaw("missing-machine", "pack.toml", "No machine is named.")
    for manual in contents.manuals:
        if not manual.revision and not manual.date:
            yield _flaw("missing-revision", manual.source, f"“{manual.title}” has neither a revision nor a date.")
        if not manual.language:
            yield _flaw("missing-language", manual.source, f"“{manual.title}” has no language.")
            continue
        said: Counter[str] = Counter()
        for chapter, element in contents.elements(BlockKind.PARAGRAPH, BlockKind.STEP, BlockKind.HAZARD):
            if chapter.manual.id == manual.id:
                said.update(words(element.block.text))
        guessed = guess_language(said.elements())
        if said.total() >= 200 and guessed != manual.language.split("-")[0]:
            yield _flaw(
                "language-doubt", manual.source, f"It is described as “{manual.language}” but reads like “{guessed}”."
            )


def _superseded(contents: Contents) -> Iterator[Flaw]:
    titles = {manual.id: manual.title for manual in contents.manuals}
    for manual in contents.manuals:
        if manual.superseded_by is not None:
            newer = titles[manual.superseded_by]
            yield _flaw("superseded-text", manual.source, f"“{newer}” supersedes it, and its text is in the pack too.")
        for chapter in [one for one in contents.chapters if one.manual.id == manual.id][:8]:
            for element in chapter.elements:
                if _WITHDRAWN.search(element.block.text):
                    text = f"The document says that it is no longer valid: {_excerpt(element.block.text)}"
                    yield _at("superseded-text", chapter, element, text)


def _hazards(contents: Contents) -> Iterator[Flaw]:
    """Warnings that protect nothing: in a section of warnings alone they are general ones."""
    for chapter in contents.chapters:
        general = all(element.block.kind in {BlockKind.HAZARD, BlockKind.FIGURE} for element in chapter.elements)
        loose = []
        for element in chapter.elements:
            block = element.block
            if block.kind is not BlockKind.HAZARD:
                continue
            if not block.text.strip():
                yield _at("hazard-empty", chapter, element, f"{block.signal_word} has no text.")
            elif element.hazard is not None and element.hazard not in contents.protected:
                loose.append(element)
        if loose and general:
            text = (
                f"The section is {len(loose)} warnings and nothing else: they are shown when they are asked for only."
            )
            yield _at("hazard-general", chapter, None, text.replace("1 warnings", "1 warning"))
        for element in () if general else loose:
            block = element.block
            yield _at(
                "hazard-unbound", chapter, element, f"{block.signal_word} protects nothing: {_excerpt(block.text)}"
            )


def _orders(contents: Contents) -> Iterator[Flaw]:
    for chapter in contents.chapters:
        if line := spoken_to_model("\n".join(chapter.path)):
            yield _at("model-instruction", chapter, None, f"A heading speaks to a model: {_excerpt(line)}")
        for element in chapter.elements:
            block = element.block
            texts = [block.text, block.caption, *("\n".join(cells) for cells in block.rows)]
            if line := next(filter(None, map(spoken_to_model, texts)), ""):
                yield _at("model-instruction", chapter, element, f"Speaks to a model: {_excerpt(line)}")


def _tables(contents: Contents) -> Iterator[Flaw]:
    for chapter, element in contents.elements(BlockKind.TABLE):
        block = element.block
        if not block.header_rows and len(block.rows) > 1 and max(map(len, block.rows)) > 1:
            first = " | ".join(cell for cell in block.rows[0] if cell)
            named = block.caption or f"beginning with “{_excerpt(first)}”"
            yield _at("table-header", chapter, element, f"The table {named} has no header.")


def _figures(contents: Contents) -> Iterator[Flaw]:
    named: defaultdict[int, set[str]] = defaultdict(set)
    for chapter, element in contents.elements():
        if element.block.kind is not BlockKind.FIGURE:
            named[chapter.manual.id] |= mentioned_figures(element.block)
    for chapter in contents.chapters:
        told = False
        for element in chapter.elements:
            block = element.block
            if block.kind is not BlockKind.FIGURE:
                told |= block.kind is not BlockKind.HAZARD
            elif (
                element.figure is not None
                and not told
                and element.figure.number.casefold() not in named[chapter.manual.id]
            ):
                text = f"No text names or precedes {_figure_name(block.caption, element.figure.number)}."
                yield _at("orphan-figure", chapter, element, text)


def _figure_name(caption: str, number: str) -> str:
    return f"“{_excerpt(caption)}”" if caption else f"figure {number}" if number else "a figure without caption"


def _references(contents: Contents) -> Iterator[Flaw]:
    for code, name, chapter, element, number in missing(contents):
        text = f"“{name} {number}” is named, but there is none in the pack."
        yield _at(code, chapter, element, text)


def _steps(contents: Contents) -> Iterator[Flaw]:
    for chapter, element, text in jumps(contents.chapters):
        yield _at("step-numbers", chapter, element, f"{text}: {_excerpt(element.block.text)}")


def _identifiers(contents: Contents) -> Iterator[Flaw]:
    """Codes that two rows with the same columns define, each otherwise."""
    titles = {chapter.id: chapter for chapter in contents.chapters}
    rows: defaultdict[tuple[int, str, str], list[Mention]] = defaultdict(list)
    for mention in contents.mentions:
        first = mention.text.split("\n", 1)[0]
        if mention.row and mention.defines and re.fullmatch(rf"(?:[^\n]*: )?{re.escape(mention.printed)}", first):
            columns = "\n".join(line.split(": ", 1)[0] for line in mention.text.split("\n") if ": " in line)
            rows[titles[mention.section].manual.id, mention.key, columns].append(mention)
    for mentions in rows.values():
        texts = {" ".join(mention.text.casefold().split()) for mention in mentions}
        if len(texts) > 1:
            places = dict.fromkeys(_where(titles[mention.section]) for mention in mentions)
            text = f"{mentions[0].printed} is defined {len(texts)} times, each time otherwise ({'; '.join(places)})."
            yield _at("identifier-twice", titles[mentions[0].section], None, text)


def _duplicates(contents: Contents) -> Iterator[Flaw]:
    seen: defaultdict[str, list[Chapter]] = defaultdict(list)
    shown: dict[str, str] = {}
    for chapter, element in contents.elements(BlockKind.PARAGRAPH, BlockKind.STEP, BlockKind.TABLE, BlockKind.CODE):
        block = element.block
        text = block.text or "\n".join(" ".join(cells) for cells in block.rows)
        key = " ".join(words(text))
        if len(key) >= DUPLICATE_SIZE:
            seen[key].append(chapter)
            shown.setdefault(key, text)
    pairs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, chapters in seen.items():
        if len(chapters) > 1:
            first, other = chapters[0], chapters[1]
            apart = first.manual.id != other.manual.id
            pair = (first.manual.source, other.manual.source) if apart else (_where(first), _where(other))
            pairs[pair].append(key)
    for (first_place, other_place), keys in pairs.items():
        if len(keys) >= MANY_DUPLICATES:
            yield _flaw("duplicate-text", first_place, f"{len(keys)} passages stand in {other_place} too.")
            continue
        for key in keys:
            more = f" and {len(seen[key]) - 2} more places" if len(seen[key]) > 2 else ""
            text = f"It stands in {other_place}{more} too: {_excerpt(shown[key])}"
            yield _at("duplicate-text", seen[key][0], None, text)


def _unsure(contents: Contents) -> Iterator[Flaw]:
    pages: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for chapter, element in contents.elements():
        if element.block.confidence < CONFIDENT:
            text = (
                element.block.text
                or element.block.caption
                or " ".join(element.block.rows[0] if element.block.rows else ())
            )
            place = element.block.place if element.block.place.page is not None else chapter.place
            pages[place_of(chapter.manual, place, "")].append((element.block.confidence, text))
    told = {remark.where for remark in contents.remarks if remark.kind is RemarkKind.UNSURE}
    for where, texts in pages.items():
        if where not in told:
            confidence, text = min(texts)
            yield _flaw(
                "ocr-confidence", where, f"Recognised with a confidence of {confidence:.0%} only: {_excerpt(text)}"
            )


def _translations(contents: Contents) -> Iterator[Flaw]:
    for chapter, element, language in untranslated_hazards(contents):
        text = f"{element.block.signal_word} has no approved translation in {language}: {_excerpt(element.block.text)}"
        yield _at("hazard-untranslated", chapter, element, text)
    for one, reason, grave in unfaithful(contents):
        text = f"{reason[:1].upper()}{reason[1:]}: {_excerpt(one.source)} → {_excerpt(one.target)}"
        yield _flaw("translation-number" if grave else "translation-doubt", _memory(one), text)
    for first, other in contradictions(contents):
        text = f"{_excerpt(first.source)} is “{_excerpt(first.target)}” and “{_excerpt(other.target)}”."
        yield _flaw("translation-twice", _memory(first), text)
    gone: Counter[str] = Counter()
    for one, now in stale(contents):
        if now:
            text = f"The translation is of “{_excerpt(one.source)}”, the manual says “{_excerpt(now)}”."
            yield _flaw("translation-stale", _memory(one), text)
        else:
            gone[_memory(one)] += 1
    for where, count in gone.items():
        yield _flaw("translation-stale", where, f"Texts that the pack does not have: {count}.")


def _memory(one: Translation) -> str:
    return f"translations into {one.target_language}"


def _pictures(contents: Contents, is_table: Callable[[str], bool]) -> Iterator[Flaw]:
    judged: dict[str, bool] = {}
    for chapter, element in contents.elements(BlockKind.FIGURE):
        if element.figure is None:
            continue
        digest = element.figure.image
        by_name = is_table_caption(element.figure.caption)
        if not by_name and digest not in judged:
            judged[digest] = is_table(digest)
        if by_name or judged[digest]:
            name = _figure_name(element.figure.caption, element.figure.number)
            yield _at("table-picture", chapter, element, f"{name} is the picture of a table.")


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + " …"
