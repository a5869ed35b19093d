"""Training examples for the reader: questions, passages, where the answer stands, and questions that a passage leaves open.

What a passage leaves open is what a reader must learn, and easy negatives do not teach it. So beside the data's own
negatives, hard ones are made by rule from answered questions: the sentence with the answer is taken out; a name, number or
word of the question becomes another of its kind; its sense is turned (SQuAD 2.0's annotators worked by the same list,
Rajpurkar et al. 2018, table 1).
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

T = TypeVar("T")
WINDOWS = (
    45,
    45,
    75,
    110,
)  # words of a passage: a longer one is cut to one of these around the answer, short ones teach fastest

_OPPOSITES = """before after|first last|left right|up down|open closed|open close|increase decrease|high low|higher lower|
highest lowest|maximum minimum|most least|more less|more fewer|north south|east west|northern southern|eastern western|
early late|earliest latest|largest smallest|large small|big small|bigger smaller|long short|longest shortest|old new|older younger|
oldest youngest|start end|begin end|began ended|started stopped|beginning ending|with without|inside outside|internal external|
above below|over under|male female|men women|father mother|son daughter|brother sister|husband wife|king queen|he she|his her|
win lose|won lost|allow forbid|allowed forbidden|accept reject|accepted rejected|agree disagree|buy sell|bought sold|
create destroy|created destroyed|enter leave|entered left|hot cold|warm cool|wet dry|hard soft|heavy light|fast slow|
positive negative|public private|rich poor|right wrong|same different|similar different|strong weak|success failure|
successful unsuccessful|support oppose|supported opposed|true false|upper lower|upstream downstream|young old|always never|
all none|both neither|connect disconnect|install remove|installed removed|tighten loosen|raise lower|push pull|attach detach|
enable disable|enabled disabled|charge discharge|input output|inlet outlet|front rear|front back|top bottom|cause prevent|
caused prevented|include exclude|included excluded|gain lose|gained lost|give take|given taken|import export|join leave|
love hate|major minor|majority minority|modern ancient|natural artificial|near far|often rarely|only also|rise fall|rose fell|
safe dangerous|simple complex|war peace|winner loser|attack defend|birth death|born died|arrive depart|arrived departed"""


@dataclass(frozen=True, slots=True)
class Example:
    """One question and passage: the answer's place in characters, (0, 0) with `answers` where it has none to mark."""

    question: str
    title: str
    passage: str
    start: int
    end: int
    answers: bool  # whether the passage answers the question
    spans: bool  # whether `start` and `end` are to be learned: also where they say that there is none
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A question and passages of which the first answers it best."""

    question: str
    title: str
    passages: tuple[str, ...]
    source: str


def read(file: Path) -> list[dict[str, Any]]:
    """The rows of a gzipped file of JSON lines, none where it is not there."""
    if not file.is_file():
        return []
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


class Maker:
    """Makes the examples of one epoch; another seed cuts, pairs and turns otherwise."""

    def __init__(self, folder: Path, similar: Callable[[str, random.Random], str | None], seed: int) -> None:
        """`similar` gives another word of the kind of a word, as far as the embeddings know."""
        self._folder = folder
        self._similar = similar
        self._random = random.Random(seed)
        self._opposites: dict[str, list[str]] = defaultdict(list)
        for pair in _OPPOSITES.replace("\n", "").split("|"):
            one, other = pair.split()
            self._opposites[one].append(other)
            self._opposites[other].append(one)

    def spans(self) -> list[Example]:
        """Questions with the place of their answer, and questions that their passage leaves open."""
        examples: list[Example] = []
        for name, most in (
            ("squadshifts_new_wiki", 9999),
            ("nq_oracle", 9999),
            ("qed_nq", 9999),
            ("tatqa", 9999),
            ("aitqa", 9999),
            ("covidqa", 9999),
            ("fairytaleqa", 1500),
            ("wtq", 1500),
            ("condaqa", 9999),
        ):
            rows = self._sample(_answered(read(self._folder / name / "train.jsonl.gz")), most)
            examples += self._from_rows(rows, name)
            negatives = self._sample(read(self._folder / name / "train_negatives.jsonl.gz"), most // 2)
            examples += [self._open(row["question"], row, row["passage"], name) for row in negatives]
        for name in ("wtq", "tatqa", "aitqa"):
            for row in _answered(read(self._folder / name / "train.jsonl.gz")):
                if row.get("kind") == "table":
                    examples += self._table_rows(row, name)
        for name, most in (("qamr", 10000), ("qasrl_gs", 1500), ("qadiscourse", 2500)):
            rows = self._joined(_answered(read(self._folder / name / "train.jsonl.gz")))
            examples += self._from_rows(self._sample(rows, most), name)
        for row in self._sample(read(self._folder / "condaqa" / "train_yesno.jsonl.gz"), 1500):
            examples.append(Example(row["question"], _title(row), row["passage"], 0, 0, True, False, "condaqa"))
        self._random.shuffle(examples)
        return examples

    def choices(self) -> list[Choice]:
        """Questions with candidates: one that answers and up to two that do not."""
        made: list[Choice] = []
        for name, most in (("awsdocs_headings", 5000), ("medquad", 800), ("squad_sent_nqg", 2500), ("selqa", 1500)):
            for row in self._sample(read(self._folder / name / "train_selection.jsonl.gz"), most):
                right = [text for text, label in zip(row["candidates"], row["labels"], strict=True) if label]
                wrong = [text for text, label in zip(row["candidates"], row["labels"], strict=True) if not label]
                if right and wrong:
                    texts = (self._random.choice(right), *self._sample(wrong, 2))
                    cut = tuple(" ".join(text.split()[:60]) for text in texts)
                    title = _title(row) if name == "awsdocs_headings" and self._random.random() < 0.5 else ""
                    made.append(Choice(row["question"], title, cut, name))
        self._random.shuffle(made)
        return made

    def _from_rows(self, rows: Sequence[dict[str, Any]], name: str) -> Iterable[Example]:
        others: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            others[row.get("title") or name].append(row["question"])
        for row in rows:
            start = row["answer_start"]
            end = start + len(row["answers"][0])
            passage, first, last = self._window(row["passage"], start, end)
            yield Example(row["question"], self._maybe_title(row), passage, first, last, True, True, name)
            if self._random.random() < 0.4 and (rest := self._without(row["passage"], row["answers"])):
                yield self._open(row["question"], row, rest, name)
            if self._random.random() < 0.75 and (turned := self.turned(row, others[row.get("title") or name])):
                yield Example(turned, self._maybe_title(row), passage, 0, 0, False, True, name)

    def _table_rows(self, row: dict[str, Any], name: str) -> Iterable[Example]:
        """A question that names its row: the row that answers it, and another, as packs hold rows: `heading: value` a line."""
        table = [[cell.strip() for cell in line.split(" | ")] for line in row["passage"].split("\n")]
        head, body = table[0], [cells for cells in table[1:] if len(cells) == len(table[0])]
        answer = row["answers"][0]
        asked = set(re.findall(r"[a-z0-9]{3,}", row["question"].casefold())) - _PLAIN
        holding = [cells for cells in body if answer in cells]
        if len(holding) != 1 or len(head) < 2:
            return

        def shared(cells: Sequence[str]) -> int:
            own = " ".join(cell for cell in cells if cell != answer).casefold()
            return len(asked & set(re.findall(r"[a-z0-9]{3,}", own)))

        def written(cells: Sequence[str]) -> str:
            return "\n".join(f"{title}: {cell}" for title, cell in zip(head, cells, strict=True) if title and cell)

        right = holding[0]
        others = [cells for cells in body if cells is not right and shared(cells) < shared(right)]
        text = written(right)
        start = text.find(f": {answer}")
        if not shared(right) or start < 0 or len(text) > 500:
            return
        yield Example(row["question"], "", text, start + 2, start + 2 + len(answer), True, True, name)
        if others:
            others.sort(key=shared, reverse=True)
            wrong = written(self._random.choice(others[:4]))
            if wrong:
                yield Example(row["question"], "", wrong, 0, 0, False, True, name)

    def _open(self, question: str, row: dict[str, Any], passage: str, name: str) -> Example:
        cut, _, _ = self._window(passage, 0, 0)
        return Example(question, self._maybe_title(row), cut, 0, 0, False, True, name)

    def _sample(self, rows: Sequence[T], most: int) -> list[T]:
        return self._random.sample(rows, min(most, len(rows)))

    def _maybe_title(self, row: dict[str, Any]) -> str:
        return _title(row) if self._random.random() < 0.4 else ""

    def _window(self, passage: str, start: int, end: int) -> tuple[str, int, int]:
        """The passage, or of a long one a window that holds the answer."""
        places = [match.start() for match in re.finditer(r"\S+", passage)]
        words = self._random.choice(WINDOWS)
        if len(places) <= words:
            return passage, start, end
        inside = [index for index, place in enumerate(places) if place <= start]
        at = inside[-1] if inside else 0
        last = sum(place < end for place in places)
        low, high = max(0, min(last - words, at)), min(at, len(places) - words)
        first = (
            self._random.randint(min(low, high), max(low, high))
            if end
            else self._random.randint(0, len(places) - words)
        )
        begin = places[first]
        stop = places[first + words] if first + words < len(places) else len(passage)
        return passage[begin:stop], start - begin, min(end, stop) - begin

    def _without(self, passage: str, answers: Sequence[str]) -> str | None:
        """The passage without the sentences that hold an answer, None where too little is left."""
        cut = "\n" if "\n" in passage else None
        parts = passage.split("\n") if cut else re.split(r"(?<=[.!?])\s+", passage)
        left = [part for part in parts if not any(answer.casefold() in part.casefold() for answer in answers)]
        rest = ("\n" if cut else " ").join(left)
        return rest if len(left) < len(parts) and len(rest) >= 120 else None

    def turned(self, row: dict[str, Any], others: Sequence[str]) -> str | None:
        """The question turned into one that its passage leaves open, None where none of the ways applies."""
        question, passage = row["question"], row["passage"]
        ways = [
            self._other_name,
            self._opposite,
            self._other_word,
            self._other_word,
            self._other_number,
            self._other_name,
        ]
        self._random.shuffle(ways)
        for way in ways:
            turned = way(question, passage, row["answers"], others)
            if turned and turned.casefold() != question.casefold():
                return turned
        return None

    def _other_name(self, question: str, passage: str, answers: Sequence[str], others: Sequence[str]) -> str | None:
        names = [match for match in _NAME.finditer(question) if match.start() > 0]
        pool = {match.group() for match in _NAME.finditer(passage)}
        pool |= {
            match.group() for other in self._sample(others, 6) for match in _NAME.finditer(other) if match.start() > 0
        }
        said = question.casefold()
        pool = {name for name in pool if name.casefold() not in said and not any(name in answer for answer in answers)}
        if not names or not pool:
            return None
        old = self._random.choice(names)
        return question[: old.start()] + self._random.choice(sorted(pool)) + question[old.end() :]

    def _other_number(self, question: str, passage: str, answers: Sequence[str], others: Sequence[str]) -> str | None:
        del answers, others
        numbers = list(_NUMBER.finditer(question))
        if not numbers:
            return None
        old = self._random.choice(numbers)
        pool = [one for one in _NUMBER.findall(passage) if len(one) == len(old.group()) and one != old.group()]
        new = (
            self._random.choice(pool)
            if pool and self._random.random() < 0.5
            else str(max(1, int(old.group()) + self._random.choice([-10, -3, -2, -1, 1, 2, 3, 5, 10, 50])))
        )
        return question[: old.start()] + new + question[old.end() :]

    def _opposite(self, question: str, passage: str, answers: Sequence[str], others: Sequence[str]) -> str | None:
        del passage, answers, others
        places = [match for match in re.finditer(r"[a-z]+", question) if match.group() in self._opposites]
        if places:
            old = self._random.choice(places)
            return question[: old.start()] + self._random.choice(self._opposites[old.group()]) + question[old.end() :]
        verb = re.search(r"\b(?:did|does|do|is|was|were|can|could|will|would|should|has|have)\b", question)
        if verb and self._random.random() < 0.25:
            after = question[verb.end() :].split(" ")
            place = 2 if len(after) > 3 else 1
            return question[: verb.end()] + " ".join([*after[:place], "not" if verb else "never", *after[place:]])
        return None

    def _other_word(self, question: str, passage: str, answers: Sequence[str], others: Sequence[str]) -> str | None:
        del others
        said = passage.casefold()
        places = [m for m in re.finditer(r"\b[a-z]{4,}\b", question) if m.group() not in _PLAIN and m.group() in said]
        self._random.shuffle(places)
        for old in places[:3]:
            new = self._similar(old.group(), self._random)
            if new and not any(new in answer.casefold() for answer in answers):
                return question[: old.start()] + new + question[old.end() :]
        return None

    def _joined(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Questions on single sentences, their sentence among up to four others of the same article."""
        texts: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["passage"] not in texts[row["title"]]:
                texts[row["title"]].append(row["passage"])
        joined = []
        for row in rows:
            if len(row["question"].split()) < 4:
                continue
            near = texts[row["title"]]
            place = near.index(row["passage"])
            before = self._random.randint(0, 2)
            window = near[max(0, place - before) : place + 1 + self._random.randint(0, 2)]
            lead = " ".join(window[: window.index(row["passage"])])
            start = row["answer_start"] + (len(lead) + 1 if lead else 0)
            joined.append({**row, "passage": " ".join(window), "answer_start": start, "title": row["title"]})
        return joined


_NAME = re.compile(r"\b[A-Z][\w'’-]+(?:\s+(?:of\s+|the\s+)?[A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d{1,4}\b")
_PLAIN = frozenset(
    """what when where which while whom whose does have been were with from that this these those they their them about after
    before during into many much more most some such than then there under over also between called known name named""".split()
)


def _answered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row.get("answers") and row.get("answer_start") is not None]


def _title(row: dict[str, Any]) -> str:
    title = str(row.get("title") or "")
    return "" if title.startswith("Wiki1k:") else title.replace("_", " ")
