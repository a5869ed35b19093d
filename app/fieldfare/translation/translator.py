"""Texts of a manual into another language: approved translations first, then an engine whose every number is checked.

What a person approved stands at once; then each sentence in reading order: from memory where only numbers differ, else through the
engine and its guard (`guarded`). Where neither has anything, the original is shown, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from fieldfare import __version__
from fieldfare.catalogue import _, spoken
from fieldfare.domain.translation import Outcome, Rendering, Sentence, Text
from fieldfare.errors import FieldfareError
from fieldfare.signal_words import signal_word
from fieldfare.text import primary
from fieldfare.translation import guard
from fieldfare.translation.edition import edition
from fieldfare.translation.guarded import Checked, Direction, GuardedEngine, Return, never
from fieldfare.translation.protection import FORM, masked
from fieldfare.translation.rendering import untranslated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldfare.translation.cache import Cache
    from fieldfare.translation.protection import Form
    from fieldfare.translation.seams import Engine, Match, Memory, Terminology

_PORTION = (
    48  # sentences whose similar approvals are looked for before the engine gets them; the first text's come alone
)


class Translator:
    """Memory, terms, engine and guard as one. `pack_digest` names the version of a pack in the cache.

    `protected` are words that are never translated. Without an engine only what is approved is translated.
    """

    def __init__(
        self,
        engine: Engine | None,
        *,
        memory: Memory | None = None,
        terminology: Terminology | None = None,
        cache: Cache | None = None,
        protected: Iterable[str] = (),
        form: Form = FORM,
    ) -> None:
        protected = tuple(protected)
        self._memory = memory
        self._terminology = terminology
        self._cache = cache
        self._engine = (
            GuardedEngine(engine, terminology=terminology, protected=protected, form=form) if engine else None
        )
        self._protected, self._form = protected, form

    def translate(
        self,
        texts: Sequence[Text | str],
        source: str,
        target: str,
        *,
        pack: str = "",
        pack_digest: str = "",
        doubt: Return = Return.BRIEF,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[tuple[int, Rendering]]:
        """Each text whenever more of it stands: its index and the text as far as it is.

        What is approved comes at once, then sentence after sentence in reading order. Ends early when cancelled. Every text comes at
        least once; nothing is raised for what cannot be translated, it stands in the original. `doubt` says what must also
        find its way back.
        """
        way = Direction(source=primary(source), target=primary(target), doubt=doubt, cancelled=cancelled)
        order = _Order(way=way, pack=pack, digest=pack_digest)
        made = [self._approved(one if isinstance(one, Text) else Text(text=one), order) for one in texts]
        yield from enumerate(made)
        known: dict[str, Checked] = {}
        for portion in _portions(made):
            wanted: dict[str, list[tuple[int, int]]] = {}
            for index in portion:
                if cancelled():
                    return
                if (near := self._near(made[index], order)) != made[index]:
                    made[index] = near
                    yield index, near
                for place, one in enumerate(near.sentences):
                    if one.outcome is Outcome.PENDING:
                        wanted.setdefault(one.source, []).append((index, place))

            said = ((one, known[one]) for one in wanted if one in known)
            for sentence, checked in chain(said, self._machine([one for one in wanted if one not in known], order)):
                known[sentence] = checked
                for index, place in wanted[sentence]:
                    rendering = made[index]
                    one = self._said(rendering.sentences[place], checked, rendering.source.context, order)
                    made[index] = rendering.with_sentence(place, one)
                    yield index, made[index]

    def _approved(self, text: Text, order: _Order) -> Rendering:
        """A text with everything that stands at once: the whole as it was approved, or its sentences."""
        taken = untranslated(text)
        if order.way.source == order.way.target:
            return replace(taken, sentences=tuple(replace(one, outcome=Outcome.KEPT) for one in taken.sentences))
        if whole := self._lookup(text.text, text.context, order, similar=False):
            return _whole(text, whole)
        made = []
        for one in taken.sentences:
            match = self._lookup(one.source, text.context, order, similar=False)
            known = signal_word(one.source, order.way.target) if one.source.isupper() else self._term(one.source, order)
            if match:
                made.append(_from_memory(one, match))
            elif known:
                made.append(replace(one, text=known, outcome=Outcome.APPROVED))
            elif self._wordless(one.source, order):
                made.append(replace(one, outcome=Outcome.KEPT))
            else:
                made.append(one)
        return replace(taken, sentences=tuple(made))

    def _near(self, rendering: Rendering, order: _Order) -> Rendering:
        """A text with what was approved with other numbers; of a warning only its sentences, so that its signal word stays."""
        text = rendering.source
        if all(one.outcome is Outcome.PENDING for one in rendering.sentences) and not text.hazard:
            whole = self._with_numbers(text.text, text.context, order)
            if whole:
                return _whole(text, whole)
        made = []
        for one in rendering.sentences:
            pending = one.outcome is Outcome.PENDING
            match = self._with_numbers(one.source, text.context, order) if pending else None
            made.append(_from_memory(one, match) if match else one)
        return replace(rendering, sentences=tuple(made))

    def _with_numbers(self, text: str, context: str, order: _Order) -> Match | None:
        match = self._lookup(text, context, order, similar=True)
        sound = match and match.kind == Outcome.NUMBERS
        return match if match and sound and not _problem(text, match.text, order) else None

    def _wordless(self, sentence: str, order: _Order) -> bool:
        way = order.way
        return masked(
            sentence, way.source, way.target, numbers=True, protected=self._protected, form=self._form
        ).wordless

    def _term(self, text: str, order: _Order) -> str:
        """What stands for a text that is a word of the trade and nothing else: a cell, a callout, a title; else empty."""
        way = order.way
        for term in self._terminology.terms_in(text, way.source, way.target) if self._terminology else ():
            if (term.start, term.end) == (0, len(text)):
                word = term.targets[0]
                return word[:1].upper() + word[1:] if text[0].isupper() else word
        return ""

    def _lookup(self, text: str, context: str, order: _Order, *, similar: bool) -> Match | None:
        if self._memory is None:
            return None
        look = self._memory.lookup if similar else self._memory.approved
        return look(text, order.way.source, order.way.target, pack=order.pack, context=context)

    def _said(self, one: Sentence, checked: Checked, context: str, order: _Order) -> Sentence:
        """A sentence with what came out; where that is nothing, a similar one that was approved, else the original."""
        if not checked.reason:
            return replace(one, text=checked.text, outcome=Outcome.TRANSLATED)
        match = self._lookup(one.source, context, order, similar=True)
        if match and not _problem(one.source, match.text, order):
            return _from_memory(one, match)
        return replace(one, outcome=Outcome.ORIGINAL, reason=checked.reason)

    def _machine(self, wanted: Sequence[str], order: _Order) -> Iterator[tuple[str, Checked]]:
        """Sentences through cache, engine and guard, each as soon as it is decided."""
        if not wanted:
            return
        if not guard.knows(order.way.source, order.way.target):
            yield from ((one, Checked("", _("a lost “not” could not be noticed in this language"))) for one in wanted)
            return
        if self._engine is None:
            yield from ((one, Checked("", _("no language package is installed"))) for one in wanted)
            return
        done = set()
        try:
            # Reasons are kept in the language of the screen.
            keys = {one: (__version__, edition(), spoken(), *self._engine.rules(one, order.way)) for one in wanted}
            asked = []
            for one in wanted:
                kept = self._cache.get(order.digest, *keys[one]) if self._cache else None
                if kept and len(kept) == 2:
                    done.add(one)
                    yield one, Checked(*kept)
                else:
                    asked.append(one)
            for one, checked in self._engine.translate(asked, order.way):
                done.add(one)
                if self._cache:
                    self._cache.put(order.digest, *keys[one], said=(checked.text, checked.reason))
                yield one, checked
        except FieldfareError as error:
            yield from ((one, Checked("", str(error))) for one in wanted if one not in done)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Which way some texts go, and the pack that they are of; `digest` is that of its version."""

    way: Direction
    pack: str
    digest: str


def _portions(made: Sequence[Rendering]) -> Iterator[list[int]]:
    """The texts that are not whole, some at a time: the first alone, so that it stands soon."""
    portion: list[int] = []
    size, most = 0, 1
    for index, rendering in enumerate(made):
        pending = sum(one.outcome is Outcome.PENDING for one in rendering.sentences)
        if not pending:
            continue
        portion.append(index)
        size += pending
        if size >= most:
            yield portion
            portion, size, most = [], 0, _PORTION
    if portion:
        yield portion


def _problem(source: str, target: str, order: _Order) -> str:
    return guard.problem(source, target, order.way.source, order.way.target)


def _whole(text: Text, match: Match) -> Rendering:
    one = Sentence(before="", source=text.text, text="", outcome=Outcome.PENDING)
    return Rendering(source=text, sentences=(_from_memory(one, match),))


def _from_memory(one: Sentence, match: Match) -> Sentence:
    outcome = Outcome.APPROVED if match.approved else Outcome(match.kind)
    return replace(one, text=match.text, outcome=outcome, score=match.score, reason=", ".join(match.differences))
