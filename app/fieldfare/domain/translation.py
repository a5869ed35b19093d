"""A text in another language: what was approved, the words of the trade, and what is shown, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A text of a manual in another language, as a person approved it.

    Languages are primary codes (`de`). `context` is the heading path that it was approved under (`8 Service > 8.2 Oil`),
    empty where it holds everywhere; `approved_on` is a date such as 2026-05-04. Both approvals are empty where nobody is named.
    """

    source: str
    target: str
    source_language: str
    target_language: str
    context: str = ""
    approved_by: str = ""
    approved_on: str = ""


class TermStatus(StrEnum):
    """Whether a word may stand for its concept."""

    PREFERRED = "preferred"
    ADMITTED = "admitted"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeTerm:
    """A word for a concept of the trade in one language; the terms of one `concept` mean the same."""

    concept: int
    language: str
    text: str
    status: TermStatus = TermStatus.PREFERRED


class Outcome(StrEnum):
    """What became of a sentence."""

    APPROVED = "approved"  # a person approved this translation of it
    NUMBERS = "numbers"  # approved with other numbers, which were put in
    SIMILAR = "similar"  # approved for a similar sentence
    TRANSLATED = "translated"  # a machine's, checked
    KEPT = "kept"  # nothing in it to translate
    ORIGINAL = "original"  # could not be translated safely
    PENDING = "pending"  # not translated yet; stands in the original until then


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to translate. `context` is its heading path, parted by ` > `.

    Of a `hazard` only approved translations stand alone. `cells` says that its lines are cells of a table
    (`Torque (N·m): 45`), translated each for itself.
    """

    text: str
    context: str = ""
    hazard: bool = False
    cells: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence: `before` is what stands between it and the one before it (white space, `3. `), kept as it is.

    `reason` says why the original is shown, or in which words and numbers a similar one differs; `score` is how near the
    approved source is.
    """

    before: str
    source: str
    text: str
    outcome: Outcome
    reason: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A text in another language, as far as it is: everything that is pending stands in the original."""

    source: Text
    sentences: tuple[Sentence, ...]
    after: str = ""

    @property
    def text(self) -> str:
        """The whole text, built as its source is: lines, marks and white space in their place."""
        return "".join(one.before + one.text for one in self.sentences) + self.after

    @property
    def complete(self) -> bool:
        """Whether nothing is pending."""
        return all(one.outcome is not Outcome.PENDING for one in self.sentences)

    @property
    def approved(self) -> bool:
        """Whether a person approved all of it."""
        return all(one.outcome in {Outcome.APPROVED, Outcome.KEPT} for one in self.sentences)

    @property
    def machine(self) -> bool:
        """Whether a machine translated any of it: the screen marks it so."""
        return any(one.outcome is Outcome.TRANSLATED for one in self.sentences)

    @property
    def original_first(self) -> bool:
        """Whether the original must stand above it: a warning that nobody approved in this language."""
        return self.source.hazard and not self.approved

    @property
    def changed(self) -> bool:
        """Whether any of it is in the other language now."""
        return any(one.outcome not in {Outcome.ORIGINAL, Outcome.KEPT, Outcome.PENDING} for one in self.sentences)

    @property
    def originals(self) -> tuple[Sentence, ...]:
        """The sentences that could not be translated safely, each with its reason."""
        return tuple(one for one in self.sentences if one.outcome is Outcome.ORIGINAL)

    def with_sentence(self, index: int, sentence: Sentence) -> Rendering:
        """The same with one sentence in place of another."""
        return replace(self, sentences=(*self.sentences[:index], sentence, *self.sentences[index + 1 :]))
