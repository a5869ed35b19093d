"""An author's gold questions, as JSON lines or as a table from a spreadsheet (CSV) -> what the pack will be asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fieldfare.domain import GoldQuestion
from fieldfare.errors import SourceError
from fieldfare.ingest import spreadsheet
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MAX_SIZE = 16 << 20  # bytes; a hundred thousand questions
# Every key that a question may have, by the field that it fills; the others are for the author alone.
_KEYS = {
    "question": "text", "text": "text", "expect": "expect", "answer": "answer", "page": "page", "section": "section",
    "hazard": "hazard", "unanswerable": "unanswerable", "answerable": "answerable", "id": "id",
    "kind": "kind",
}  # fmt: skip
_NOTES = frozenset("quote near_page note notes comment document".split())
_YES = frozenset("true yes y x 1 ja oui si sí sim".split())
_NO = frozenset(("false", "no", "n", "0", "", "-", "nein", "non", "não", "nao"))


def read_questions(file: Path) -> tuple[GoldQuestion, ...]:
    """The questions of a .jsonl or .csv file in order; a SourceError names the line that cannot be read."""
    try:
        if file.stat().st_size > MAX_SIZE:
            raise SourceError(f"{file.name} is larger than {MAX_SIZE >> 20} MiB. Split the questions.")
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(f"The questions {file} cannot be read ({error.strerror}).") from error
    if file.suffix.lower() not in {".jsonl", ".csv"}:
        raise SourceError(f"{file.name}: questions are a .jsonl or a .csv file.")
    rows: Iterable[tuple[int, dict[str, Any]]] = (
        spreadsheet.rows(file, data, _complaint) if file.suffix.lower() == ".csv" else _from_lines(file, data)
    )
    questions: list[GoldQuestion] = []
    seen: dict[str, int] = {}
    ids: dict[str, int] = {}
    for line, row in rows:
        question = _question(file, line, row, len(questions) + 1)
        first = seen.setdefault(question.text.casefold(), line)
        if first != line:
            raise SourceError(f"{file.name}, line {line}: the question of line {first} stands here again. Remove one.")
        if ids.setdefault(question.id, line) != line:
            raise SourceError(f"{file.name}, line {line}: the id {question.id} is that of line {ids[question.id]} too.")
        questions.append(question)
    return tuple(questions)


def _from_lines(file: Path, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in enumerate(spreadsheet.decode(file, data).splitlines(), 1):
        if not text.strip() or text.lstrip().startswith(("#", "//")):
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SourceError(
                f"{file.name}, line {line}: not valid JSON ({error}). Write one object a line: "
                '{"question": "…", "expect": "…", "page": 12}'
            ) from error
        if not isinstance(row, dict):
            raise SourceError(
                f"{file.name}, line {line}: a question is an object in braces, not {text.strip()[:40]!r}."
            )
        yield line, row


def _complaint(columns: Sequence[str]) -> str:
    if {"question", "text"} & set(columns):
        return ""
    return "the first row must name the columns: question, expect, page, section, unanswerable, hazard."


def _question(file: Path, line: int, row: dict[str, Any], number: int) -> GoldQuestion:
    where = f"{file.name}, line {line}"
    unknown = [str(key) for key in row if str(key).casefold() not in _KEYS.keys() | _NOTES]
    if unknown:
        raise SourceError(
            f"{where}: {unknown[0]!r} is not known. A question has: question, expect, answer, page, section, "
            "unanswerable, hazard."
        )
    given = {_KEYS[str(key).casefold()]: value for key, value in row.items() if str(key).casefold() in _KEYS}
    text = _words(where, "question", given.get("text"))
    if not text:
        raise SourceError(f"{where}: the question is empty.")
    answerable = _flag(where, "answerable", given.get("answerable"), default=True)
    answerable &= not _flag(where, "unanswerable", given.get("unanswerable"), default=False)
    expect = given.get("expect")
    parts = expect if isinstance(expect, list) else [expect]
    question = GoldQuestion(
        id=_words(where, "id", given.get("id")) or f"q{number:04}",
        text=text,
        answerable=answerable,
        expect=tuple(filter(None, (_words(where, "expect", part) for part in parts))),
        answer=_words(where, "answer", given.get("answer")),
        page=_words(where, "page", given.get("page")),
        section=_words(where, "section", given.get("section")),
        hazard=_hazard(where, given.get("hazard")),
        kind=_words(where, "kind", given.get("kind")),
    )
    wanted = question.expect or question.answer or question.page or question.section
    if answerable and not (wanted or question.hazard):
        raise SourceError(
            f"{where}: say what is right: expect, page, section or hazard; or unanswerable = true where the manual does "
            "not say it."
        )
    if not answerable and wanted:
        raise SourceError(f"{where}: it is marked as not in the manual, yet an answer or a page is given. Remove one.")
    return question


def _hazard(where: str, value: Any) -> str:
    """The words of the warning that must be shown, `*` for any warning, empty for none."""
    if isinstance(value, bool):
        return "*" if value else ""
    words = _words(where, "hazard", value)
    if words.casefold() in _NO:
        return ""
    return "*" if words.casefold() in _YES | {"*"} else words


def _words(where: str, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SourceError(f"{where}: {name} must be text.")
    return squeeze(clean(str(value)))


def _flag(where: str, name: str, value: Any, *, default: bool) -> bool:
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise SourceError(f"{where}: {name} is true or false, not {value!r}.")
