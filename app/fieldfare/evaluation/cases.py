"""What is asked: the gold questions of a pack, or a question set in the common form.

The common form is a folder with `corpus.jsonl` (id, title, text), `queries.jsonl` (id, text; also history and
context_doc_ids), `qrels.tsv` (query, document, relevance) and `answers.jsonl` (id, answer, all_answers, answerable). Only the
questions must be there. Other keys are left alone; one that names a kind (label, category, collection, lang) sorts the figures.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.domain import GoldQuestion
from fieldfare.errors import SourceError, UsageError
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from hashlib import _Hash
    from pathlib import Path

MAX_SIZE = 256 << 20  # bytes of one file of a set
_KINDS = ("label", "category", "collection", "lang", "kind")
_MANUALS = ("file", "title")  # keys of a text that say which manual it is from, the first that is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question with what is right for it.

    `pack` is the pack whose author asks it, empty where any may answer. `pages` are printed pages with their relevance,
    `given` the pages that the set hands over as evidence. `accepted` are short answers of which one will do. `judged` is
    False where the set does not say whether its texts answer; `history` are the user's earlier questions.
    """

    gold: GoldQuestion
    pack: str = ""
    pages: tuple[tuple[str, int], ...] = ()
    given: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    judged: bool = True
    history: tuple[str, ...] = ()

    @property
    def placed(self) -> bool:
        """Whether it is known where the answer stands."""
        return self.gold.answerable and bool(self.pages or self.gold.page or self.gold.section)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A set: texts (title, text), which become the pages 1, 2, …; the manual of each text; its questions.

    `digest` is the SHA-256 of its files. Without texts the questions are asked of installed packs.
    """

    name: str
    digest: str
    cases: tuple[Case, ...]
    texts: tuple[tuple[str, str], ...] = ()
    manuals: tuple[str, ...] = ()
    language: str = "en"


def gold_cases(questions: Sequence[GoldQuestion], pack: str = "") -> tuple[Case, ...]:
    """The gold questions of a pack, or those of an author's file."""
    return tuple(Case(gold=question, pack=pack) for question in questions)


def sample(cases: Sequence[Case], limit: int, seed: int) -> tuple[Case, ...]:
    """At most `limit` of the questions (0: all), chosen by `seed`, in their own order."""
    if not 0 < limit < len(cases):
        return tuple(cases)
    chosen = sorted(random.Random(seed).sample(range(len(cases)), limit))  # noqa: S311  (a sample, no secret)
    return tuple(cases[index] for index in chosen)


def read_set(folder: Path) -> QuestionSet:
    """A set in the common form; SourceError names the file and line that cannot be read."""
    if not (folder / "queries.jsonl").is_file():
        raise UsageError(
            f"{folder} holds no queries.jsonl. Name a question set in the common form (corpus.jsonl, queries.jsonl, "
            "qrels.tsv, answers.jsonl), or a pack."
        )
    total = hashlib.sha256()
    corpus, queries, answers = (
        _rows(folder / name, total) for name in ("corpus.jsonl", "queries.jsonl", "answers.jsonl")
    )
    page_of: dict[str, str] = {}
    for line, row in corpus:
        page_of.setdefault(_text(folder / "corpus.jsonl", line, row, "id"), str(len(page_of) + 1))
    if len(page_of) < len(corpus):
        raise SourceError(f"{folder.name}/corpus.jsonl: two texts have the same id. Ids must differ.")
    relevant = _relevance(folder / "qrels.tsv", page_of, total)
    gold = {_text(folder / "answers.jsonl", line, row, "id"): row for line, row in answers}
    cases, seen = [], set[str]()
    for line, row in queries:
        id_ = _text(folder / "queries.jsonl", line, row, "id")
        text = _text(folder / "queries.jsonl", line, row, "text")
        row |= {"id": id_, "text": text}
        case = _case(folder, row, gold.get(id_, {}), relevant.get(id_, {}), page_of)
        if case.gold.id in seen:
            raise SourceError(f"{folder.name}/queries.jsonl, line {line}: the id {case.gold.id} stands here again.")
        seen.add(case.gold.id)
        cases.append(case)
    if not cases:
        raise SourceError(f"{folder.name}/queries.jsonl holds no question. Write one a line.")
    return QuestionSet(
        name=folder.resolve().name,
        digest=total.hexdigest(),
        cases=tuple(cases),
        texts=tuple((squeeze(str(row.get("title") or "")), clean(str(row.get("text") or ""))) for _, row in corpus),
        manuals=tuple(
            next((str(row[key]) for key in _MANUALS if row.get(key)), f"{page} alone")
            for page, (_, row) in enumerate(corpus, 1)
        ),
    )


def manuals_of(questions: QuestionSet) -> dict[str, int]:
    """By question, a number for the texts that are taken out together with its answer; questions without a place have none.

    These are the texts of every manual that answers it, and what shares a question with those.
    """
    leader: dict[str, str] = {}

    def find(manual: str) -> str:
        while leader.setdefault(manual, manual) != manual:
            manual = leader[manual]
        return manual

    for case in questions.cases:
        first, *others = [questions.manuals[int(page) - 1] for page, _ in case.pages] or [""]
        for other in others:
            leader[find(other)] = find(first)
    numbers: dict[str, int] = {}
    return {
        case.gold.id: numbers.setdefault(find(questions.manuals[int(case.pages[0][0]) - 1]), len(numbers))
        for case in questions.cases
        if case.pages and case.gold.answerable
    }


def pages_of(questions: QuestionSet, groups: dict[str, int]) -> dict[int, set[int]]:
    """The pages that go out with each number of `manuals_of`."""
    of_manual: dict[str, set[int]] = {}
    for page, manual in enumerate(questions.manuals, 1):
        of_manual.setdefault(manual, set()).add(page)
    found: dict[int, set[int]] = {}
    for case in questions.cases:
        if case.gold.id in groups:
            pages = found.setdefault(groups[case.gold.id], set())
            for right, _ in case.pages:
                pages |= of_manual[questions.manuals[int(right) - 1]]
    return found


def _case(
    folder: Path, row: dict[str, Any], known: dict[str, Any], pages: dict[str, int], page_of: dict[str, str]
) -> Case:
    """The case of a query (`row`) with its gold answer (`known`) and the pages that answer it."""
    asked = f"{folder.name}/queries.jsonl, question {row['id']}"
    # null: partly, or it depends; the set does not say.
    said = known.get("answerable", True if pages or known.get("answer") else None)
    answerable = said is not False
    accepted = _list(known, "all_answers", f"{folder.name}/answers.jsonl, question {row['id']}")
    short = [squeeze(str(one)) for one in accepted if str(one).strip()]
    turns = [turn for turn in _list(row, "history", asked) if isinstance(turn, dict)]
    given = [str(one) for one in _list(row, "context_doc_ids", asked)]
    return Case(
        gold=GoldQuestion(
            id=row["id"],
            text=row["text"],
            answerable=answerable,
            answer="" if short or not said else squeeze(str(known.get("answer") or "")),
            kind=squeeze(str(next((one[key] for one in (known, row) for key in _KINDS if one.get(key)), ""))),
        ),
        pages=tuple(pages.items()) if answerable else (),
        given=tuple(page_of[one] for one in given if one in page_of),
        accepted=tuple(dict.fromkeys(short)) if said else (),
        judged=isinstance(said, bool),
        history=tuple(clean(str(turn.get("text", ""))) for turn in turns if turn.get("speaker") == "user"),
    )


def _rows(file: Path, total: _Hash) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a JSON-lines file with their line numbers; none where there is no such file."""
    if not file.exists():
        return []
    found = []
    for line, text in enumerate(_lines(file, total), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{file.parent.name}/{file.name}, line {line}: not valid JSON ({error}).") from error
        if not isinstance(row, dict):
            raise SourceError(f"{file.parent.name}/{file.name}, line {line}: an object in braces is expected.")
        found.append((line, row))
    return found


def _lines(file: Path, total: _Hash) -> Iterator[str]:
    try:
        if file.stat().st_size > MAX_SIZE:
            raise SourceError(f"{file} is larger than {MAX_SIZE >> 20} MiB. Split the set.")
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}).") from error
    total.update(data)
    try:
        yield from data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(f"{file.parent.name}/{file.name}, line {line}: not UTF-8 text.") from error


def _text(file: Path, line: int, row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int) or not squeeze(str(value)):
        raise SourceError(f"{file.parent.name}/{file.name}, line {line}: {key!r} is missing or empty.")
    return squeeze(str(value))


def _list(row: dict[str, Any], key: str, where: str) -> list[Any]:
    value = row.get(key)
    if value is not None and not isinstance(value, list):
        raise SourceError(f"{where}: {key!r} must be a list in brackets.")
    return value or []


def _relevance(file: Path, page_of: dict[str, str], total: _Hash) -> dict[str, dict[str, int]]:
    """By query, the pages that answer it with their relevance; texts that the corpus lacks are left out."""
    found: dict[str, dict[str, int]] = {}
    if not file.exists():
        return found
    for line, text in enumerate(_lines(file, total), 1):
        cells = text.split("\t")
        if not text.strip() or (line == 1 and not cells[-1].strip().lstrip("-").isdigit()):
            continue
        try:
            query, document, grade = cells[0], cells[-2], int(cells[-1])
        except (IndexError, ValueError):
            raise SourceError(
                f"{file.parent.name}/{file.name}, line {line}: a query, a document and a number are expected, with tabs between."
            ) from None
        if grade > 0 and document in page_of:
            found.setdefault(query, {})[page_of[document]] = grade
    return found
