"""What the assistant said, against what is right: the place, the words, the numbers, the warning, and what nothing supports."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind
from fieldfare.evaluation.support import unsupported
from fieldfare.text import content_words, stem, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.domain import GoldQuestion, Passage
    from fieldfare.evaluation.asking import Reply, Spot
    from fieldfare.evaluation.cases import Case

SHOWN = 5  # places that a technician is shown beside an answer
WORDS_SHARE = 0.5  # of the words of a gold answer in prose that must stand in what is answered, where it has no numbers
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ARTICLES = frozenset("a an the".split())


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A question with what was said, judged. What a question does not ask for is None: no words, no number, no warning.

    Who gets no answer acts on none, so a refusal is not judged for its warning. Readings to choose from are an answer that
    is right where one of them leads to the right place.
    """

    case: Case
    reply: Reply

    @property
    def question(self) -> GoldQuestion:
        """The question with what is right for it."""
        return self.case.gold

    @property
    def refused(self) -> bool:
        """Whether the assistant said that it is not in the manuals."""
        return self.reply.verdict == "refused"

    @cached_property
    def ranks(self) -> tuple[tuple[int, int], ...]:
        """Place (from 1) and relevance of each right text or passage that was found, best first.

        Where the right pages are known, all passages of a page count as one, else each passage counts.
        """
        found: list[tuple[int, int]] = []
        if not self.case.placed:
            return ()
        if not self.case.pages:
            hit = next((rank for rank, one in enumerate(self.reply.found, 1) if self._stands(one)), 0)
            return ((hit, 1),) if hit else ()
        grades = dict(self.case.pages)
        for rank, page in enumerate(dict.fromkeys(one.place.label for one in self.reply.found), 1):
            if page in grades:
                found.append((rank, grades[page]))
        return tuple(found)

    @property
    def rank(self) -> int:
        """The place of the first right one, 0 for none."""
        return self.ranks[0][0] if self.ranks else 0

    @property
    def cited(self) -> bool:
        """Whether the answer quotes the right place, or offers it as a reading."""
        return any(self._stands(one.spot) for one in self.reply.statements or self.reply.choices)

    def _stands(self, spot: Spot) -> bool:
        if self.case.pack and spot.pack != self.case.pack:
            return False
        if self.case.pages:
            return spot.place.label in dict(self.case.pages)
        return stands_at(self.case.gold, spot)

    @cached_property
    def exact(self) -> bool | None:
        """Whether the expected words and numbers stand in the answer."""
        question = self.question
        if not question.answerable or not (question.expect or question.answer or self.case.accepted):
            return None
        if self.refused:
            return False
        if self.case.accepted:
            said = f" {_plain(self.reply.text)} "
            return any(f" {_plain(one)} " in said for one in self.case.accepted)
        return _has(question, self.reply.text)

    @cached_property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall over the words of the answer and of the gold answer that is nearest."""
        wanted = self.case.accepted or ((self.question.answer,) if self.question.answer else self.question.expect)
        if not self.question.answerable or not wanted:
            return None
        return 0.0 if self.refused else max(_f1(self.reply.text, one) for one in wanted)

    @cached_property
    def numbers(self) -> bool | None:
        """Whether the numbers of the gold answer all stand in the answer; None where it has none."""
        golds = self.case.accepted or (" ".join((self.question.answer, *self.question.expect)),)
        wanted = [set(_numbers(one)) for one in golds]
        if not self.question.answerable or not all(wanted):
            return None
        said = set() if self.refused else set(_numbers(self.reply.text))
        return any(one <= said for one in wanted)

    @cached_property
    def warned(self) -> bool | None:
        """Whether the expected warning was shown."""
        if not self.question.hazard or not self.reply.statements:
            return None
        shown = [*self.reply.hazards]
        shown += [one.text for one in self.reply.statements if one.spot.kind is BlockKind.HAZARD]
        wanted = set() if self.question.hazard == "*" else {stem(word) for word in words(self.question.hazard)}
        return any(wanted <= {stem(word) for word in words(text)} for text in shown)

    @cached_property
    def unsupported(self) -> tuple[str, ...]:
        """Each number, unit, code or negation that was shown and does not stand in its quote, and each quote that is none."""
        return tuple(item for one in self.reply.statements for item in unsupported(one))

    @property
    def right(self) -> bool:
        """Whether a technician is served: the right place is quoted or the expected words are given, or rightly nothing."""
        if not self.question.answerable:
            return self.refused
        return not self.refused and (self.cited or bool(self.exact))

    @property
    def sound(self) -> bool:
        """As `right`; what was refused counts as it would have been answered: by what was found first."""
        return self.right if not self.refused else self.question.answerable and self.rank == 1

    @property
    def quoted(self) -> bool:
        """Whether the answer is quotes only."""
        return self.reply.verdict == "quoted"

    @property
    def offered(self) -> bool:
        """Whether readings of the question were offered instead of an answer."""
        return bool(self.reply.choices)


def stands_at(question: GoldQuestion, passage: Passage | Spot) -> bool:
    """Whether a passage stands on the page or in the section that a question names."""
    if question.page and question.page.casefold() in {passage.place.label.casefold(), str(passage.place.page or "")}:
        return True
    wanted = " ".join(words(question.section))
    if not wanted:
        return False
    headings = [" ".join(words(title)) for title in passage.heading]
    numbered = re.fullmatch(r"[\d.]+", question.section) is not None
    return any(wanted == title or (numbered and title.split(" ")[0] == wanted) for title in headings if title)


def _has(question: GoldQuestion, answer: str) -> bool:
    text = " ".join(answer.casefold().split())
    numbers = set(_numbers(text))
    stems = {stem(word) for word in words(text)}
    if question.expect:
        return all(
            (part.casefold() in text and set(_numbers(part)) <= numbers)
            or (set(_numbers(part)) <= numbers and {stem(word) for word in content_words(part)} <= stems)
            for part in question.expect
        )
    wanted = set(_numbers(question.answer))
    if wanted:
        return wanted <= numbers
    spoken = {stem(word) for word in content_words(question.answer)}
    return bool(spoken) and len(spoken & stems) >= WORDS_SHARE * len(spoken)


def _numbers(text: str) -> list[str]:
    """The numbers of a text; a decimal comma is a point."""
    return [number.replace(",", ".") for number in _NUMBER.findall(text)]


def _plain(text: str) -> str:
    """Words without case, punctuation and articles, as SQuAD compares answers (Rajpurkar et al. 2016)."""
    return " ".join(_tokens(text))


def _tokens(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in _ARTICLES]


def _f1(said: str, wanted: str) -> float:
    mine, theirs = Counter(_tokens(said)), Counter(_tokens(wanted))
    common = (mine & theirs).total()
    return 2 * common / (mine.total() + theirs.total()) if common else 0.0


def failure(outcome: Outcome) -> str:
    """What was found instead of what is expected, in one line; empty where the question passed."""
    question, parts = outcome.question, []
    if not question.answerable:
        if outcome.refused:
            return ""
        parts.append("is not in the manual, but was answered")
    else:
        if outcome.refused:
            parts.append("was refused")
        if outcome.case.placed and not 0 < outcome.rank <= SHOWN:
            parts.append(f"{_wanted_place(outcome)} is not among the first {SHOWN}")
        if outcome.exact is False and not outcome.refused:
            parts.append(f"expected “{wanted_text(outcome)}”")
        if outcome.warned is False:
            parts.append("the expected warning is not shown" if question.hazard != "*" else "no warning is shown")
    if outcome.unsupported:
        parts.append(f"shown without support: {', '.join(outcome.unsupported)}")
    return "; ".join(parts)


def _wanted_place(outcome: Outcome) -> str:
    pages: Sequence[str] = [page for page, _ in outcome.case.pages] or [outcome.question.page]
    return f"page {' or '.join(pages[:4])}" if any(pages) else f"section {outcome.question.section}"


def wanted_text(outcome: Outcome) -> str:
    """The answer that is expected, or the place, in words."""
    question = outcome.question
    if not question.answerable:
        return "nothing: it is not in the manual"
    text = "; ".join(question.expect) or question.answer or " or ".join(outcome.case.accepted[:3])
    return text or (_wanted_place(outcome) if outcome.case.placed else "")
