"""What the translator asks of others: an engine, approved translations, the words of the trade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Said(Protocol):
    """One hypothesis of an engine."""

    @property
    def text(self) -> str:
        """The sentence in the target language."""


class Way(Protocol):
    """How an engine gets from one language to another; as text the languages that it passes."""

    @property
    def digest(self) -> str:
        """Changes with the models."""

    @property
    def direct(self) -> bool:
        """Whether no third language stands between."""


class Engine(Protocol):
    """What translates sentences, unchecked."""

    def route(self, source: str, target: str) -> Way:
        """The way from one language to another; a FieldfareError where there is none."""

    def translate(
        self, sentences: Sequence[str], source: str, target: str, *, count: int, cancelled: Callable[[], bool]
    ) -> Iterator[Sequence[Said]]:
        """Up to `count` hypotheses of each sentence in order, the best first; fewer sentences where cancelled."""


class Match(Protocol):
    """A translation from memory."""

    @property
    def text(self) -> str:
        """What to show."""

    @property
    def kind(self) -> str:
        """How near it is: `numbers` and `similar` are not the same text."""

    @property
    def score(self) -> float:
        """1 for the same text."""

    @property
    def approved(self) -> bool:
        """Whether a person approved just this."""

    @property
    def differences(self) -> tuple[str, ...]:
        """The words and numbers in which the approved source differs."""


class Memory(Protocol):
    """Approved translations."""

    def approved(self, text: str, source: str, target: str, *, pack: str, context: str) -> Match | None:
        """The one of just this text; soon, however many there are."""

    def lookup(self, text: str, source: str, target: str, *, pack: str, context: str) -> Match | None:
        """The best one of a text, which may be one of a similar text."""


class Term(Protocol):
    """A word of the trade in a text: `start`, `end` and what must stand for it, the preferred word first."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def targets(self) -> tuple[str, ...]: ...  # noqa: D102


class Terminology(Protocol):
    """The words of the trade."""

    def terms_in(self, text: str, source: str, target: str) -> Sequence[Term]:
        """The terms of a text."""

    def problem(self, text: str, translated: str, source: str, target: str) -> str:
        """Which term a translation lacks or says wrongly; empty where none."""
