"""Texts of a manual into another language: approved translations first, then an engine whose every number is checked.

A sentence goes to memory, then behind masks through the engine, then to the guard. What the guard refuses is tried as the
engine's next hypothesis, with its numbers behind masks too, in smaller parts; in the end the original is shown, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fieldfare.domain.translation import Outcome, Rendering, Sentence, Text
from fieldfare.errors import FieldfareError
from fieldfare.signal_words import signal_word
from fieldfare.text import primary
from fieldfare.translation import guard
from fieldfare.translation.protection import FORM, masked
from fieldfare.translation.rendering import untranslated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldfare.translation.cache import Cache
    from fieldfare.translation.protection import Form, Masked
    from fieldfare.translation.seams import Engine, Match, Memory, Terminology

HYPOTHESES = 4  # of one sentence that are looked at; as many as the beam is wide
_TOGETHER = 8  # refused sentences that are tried again in one batch
# Where a sentence may be parted without parting what belongs together; at commas last.
_JOINTS = (re.compile(r"(?<=[;:])\s+|\s+(?=\()|(?<=\))\s+|\s+[–—]\s+"), re.compile(r"(?<=,)\s+(?=\D)"))
_SHORTEST_PART = 2  # words


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out for a sentence: the translation, or the reason why there is none."""

    text: str
    reason: str


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Where some texts come from and where they are to go; `digest` is that of their pack."""

    source: str
    target: str
    pack: str
    digest: str
    cancelled: Callable[[], bool]


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
        self._engine = engine
        self._memory = memory
        self._terminology = terminology
        self._cache = cache
        self._protected = tuple(sorted(set(protected)))
        self._form = form

    def translate(
        self,
        texts: Sequence[Text | str],
        source: str,
        target: str,
        *,
        pack: str = "",
        pack_digest: str = "",
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[tuple[int, Rendering]]:
        """Each text whenever more of it stands: its index and the text as far as it is.

        What needs no engine comes at once, then sentence after sentence in reading order. Ends early when cancelled. Every
        text comes at least once; nothing is raised for what cannot be translated, it stands in the original.
        """
        order = _Order(
            source=primary(source), target=primary(target), pack=pack, digest=pack_digest,
            cancelled=cancelled,
        )  # fmt: skip
        made = [self._remembered(one if isinstance(one, Text) else Text(text=one), order) for one in texts]
        yield from enumerate(made)
        wanted: dict[str, list[tuple[int, int]]] = {}
        for index, rendering in enumerate(made):
            for place, one in enumerate(rendering.sentences):
                if one.outcome is Outcome.PENDING:
                    wanted.setdefault(one.source, []).append((index, place))
        for sentence, checked in self._machine(list(wanted), order):
            for index, place in wanted[sentence]:
                rendering = made[index]
                said = self._said(rendering.sentences[place], checked, rendering.source.context, order)
                made[index] = rendering.with_sentence(place, said)
                yield index, made[index]

    def _remembered(self, text: Text, order: _Order) -> Rendering:
        """A text with everything that needs no engine: the whole from memory, or its sentences."""
        taken = untranslated(text)
        if order.source == order.target:
            return replace(taken, sentences=tuple(replace(one, outcome=Outcome.KEPT) for one in taken.sentences))
        whole = self._lookup(text.text, text.context, order)
        if whole and (whole.approved or (whole.kind == Outcome.NUMBERS and not text.hazard)):
            found = _from_memory(Sentence(before="", source=text.text, text="", outcome=Outcome.PENDING), whole)
            if not guard.problem(text.text, found.text, order.source, order.target) or whole.approved:
                return Rendering(source=text, sentences=(found,))
        made = []
        for one in taken.sentences:
            match = self._lookup(one.source, text.context, order)
            known = signal_word(one.source, order.target) if one.source.isupper() else self._term(one.source, order)
            if match and match.approved:
                made.append(_from_memory(one, match))
            elif known:
                made.append(replace(one, text=known, outcome=Outcome.APPROVED))
            elif self._masked(one.source, order, numbers=True, terms=False).wordless:
                made.append(replace(one, outcome=Outcome.KEPT))
            elif (
                match
                and match.kind == Outcome.NUMBERS
                and not guard.problem(one.source, match.text, order.source, order.target)
            ):
                made.append(_from_memory(one, match))
            else:
                made.append(one)
        return replace(taken, sentences=tuple(made))

    def _term(self, text: str, order: _Order) -> str:
        """What stands for a text that is a word of the trade and nothing else: a cell, a callout, a title; else empty."""
        for term in self._terminology.terms_in(text, order.source, order.target) if self._terminology else ():
            if (term.start, term.end) == (0, len(text)):
                word = term.targets[0]
                return word[:1].upper() + word[1:] if text[0].isupper() else word
        return ""

    def _lookup(self, text: str, context: str, order: _Order) -> Match | None:
        return (
            self._memory.lookup(text, order.source, order.target, pack=order.pack, context=context)
            if self._memory
            else None
        )

    def _said(self, one: Sentence, checked: Checked, context: str, order: _Order) -> Sentence:
        """A sentence with what came out; where that is nothing, a similar one that was approved, else the original."""
        if not checked.reason:
            return replace(one, text=checked.text, outcome=Outcome.TRANSLATED)
        match = self._lookup(one.source, context, order)
        if match and not guard.problem(one.source, match.text, order.source, order.target):
            return _from_memory(one, match)
        return replace(one, outcome=Outcome.ORIGINAL, reason=checked.reason)

    def _machine(self, wanted: Sequence[str], order: _Order) -> Iterator[tuple[str, Checked]]:
        """Sentences through cache, engine and guard, each as soon as it is decided."""
        if not wanted:
            return
        if not guard.knows(order.source, order.target):
            yield from ((one, Checked("", "a lost “not” could not be noticed in this language")) for one in wanted)
            return
        try:
            way = self._engine.route(order.source, order.target).digest if self._engine else ""
        except FieldfareError as error:
            yield from ((one, Checked("", str(error))) for one in wanted)
            return
        if self._engine is None:
            yield from ((one, Checked("", "no language package is installed")) for one in wanted)
            return
        asked = []
        for one in wanted:
            known = self._cache.get(order.digest, *self._key(one, way, order)) if self._cache else None
            if known and len(known) == 2:
                yield one, Checked(known[0], known[1])
            else:
                asked.append(one)
        done = set()
        try:
            for one, checked in self._tried(asked, order):
                done.add(one)
                if self._cache:
                    self._cache.put(order.digest, *self._key(one, way, order), said=(checked.text, checked.reason))
                yield one, checked
        except FieldfareError as error:
            yield from ((one, Checked("", str(error))) for one in asked if one not in done)

    def _key(self, sentence: str, way: str, order: _Order) -> tuple[str, ...]:
        """What a translated sentence depends on."""
        terms = self._terminology.terms_in(sentence, order.source, order.target) if self._terminology else ()
        words = [word for term in terms for word in term.targets]
        return sentence, order.source, order.target, way, guard.RULES, self._form.template, *self._protected, "", *words

    def _tried(self, wanted: Sequence[str], order: _Order) -> Iterator[tuple[str, Checked]]:
        """Sentences through the engine: refused ones again, some at a time, while the others go on."""
        refused: list[tuple[str, str]] = []
        shown = False
        first = self._once(wanted, order, numbers=False)
        for sentence, checked in first:
            if not checked.reason:
                shown = True
                yield sentence, checked
                continue
            refused.append((sentence, checked.reason))
            if not shown or len(refused) >= _TOGETHER:
                yield from self._again(refused, order)
                refused = []
        yield from self._again(refused, order)

    def _again(self, refused: Sequence[tuple[str, str]], order: _Order) -> Iterator[tuple[str, Checked]]:
        """Refused sentences with their numbers masked, then in parts; the reason is that of the first try."""
        reasons = dict(refused)
        left = []
        for sentence, checked in self._once(list(reasons), order, numbers=True):
            if checked.reason:
                left.append(sentence)
            else:
                yield sentence, checked
        parted = {sentence: parts for sentence in left for parts in [_parted(sentence)]}
        pieces = list(dict.fromkeys(piece for parts in parted.values() for piece, _ in parts))
        said = dict(self._once(pieces, order, numbers=True))
        for sentence, parts in parted.items():
            if order.cancelled() and any(piece not in said for piece, _ in parts):
                return
            whole = "".join(said[piece].text + gap for piece, gap in parts)
            sound = bool(parts) and not any(said[piece].reason for piece, _ in parts)
            sound = sound and not self._problem(sentence, whole, order)
            yield sentence, Checked(whole, "") if sound else Checked("", reasons[sentence])

    def _once(self, sentences: Sequence[str], order: _Order, *, numbers: bool) -> Iterator[tuple[str, Checked]]:
        """Each sentence once through the engine: the first hypothesis that the guard lets pass."""
        if not sentences or self._engine is None:
            return
        hidden = [self._masked(one, order, numbers=numbers) for one in sentences]
        asked = [one.text for one in hidden]
        answers = self._engine.translate(asked, order.source, order.target, count=HYPOTHESES, cancelled=order.cancelled)
        for sentence, mask, hypotheses in zip(sentences, hidden, answers, strict=False):
            reason = ""
            for one in hypotheses:
                text = mask.restored(one.text)
                why = self._problem(sentence, text, order) if text is not None else "a protected word was lost"
                if text is not None and not why:
                    yield sentence, Checked(_closed(sentence, text), "")
                    break
                reason = reason or why
            else:
                yield sentence, Checked("", reason or "nothing came out")

    def _masked(self, sentence: str, order: _Order, *, numbers: bool, terms: bool = True) -> Masked:
        """A sentence with masks; in the second try those words of the trade that have one translation are put in."""
        words = (
            self._terminology.terms_in(sentence, order.source, order.target)
            if self._terminology and numbers and terms
            else ()
        )
        fixed = [(term.start, term.end, term.targets[0]) for term in words]
        return masked(
            sentence,
            order.source,
            order.target,
            numbers=numbers,
            protected=self._protected,
            terms=fixed,
            form=self._form,
        )

    def _problem(self, sentence: str, translated: str, order: _Order) -> str:
        return guard.problem(sentence, translated, order.source, order.target) or (
            self._terminology.problem(sentence, translated, order.source, order.target) if self._terminology else ""
        )


def _from_memory(one: Sentence, match: Match) -> Sentence:
    outcome = Outcome.APPROVED if match.approved else Outcome(match.kind)
    return replace(one, text=match.text, outcome=outcome, score=match.score, reason=", ".join(match.differences))


def _closed(source: str, text: str) -> str:
    """A translation without white space around it, that ends as its source does: titles and cells have no full stop."""
    text = text.strip()
    if text.endswith(".") and not source.rstrip().endswith((".", "…")) and not re.search(r"\.\w*\.$", text):
        return text[:-1]
    return text


def _parted(sentence: str) -> list[tuple[str, str]]:
    """A sentence in parts with what stands behind each; empty where it cannot be parted."""
    for joint in _JOINTS:
        parts: list[tuple[str, str]] = []
        place = 0
        for match in joint.finditer(sentence):
            if len(sentence[place : match.start()].split()) >= _SHORTEST_PART:
                parts.append((sentence[place : match.start()], match.group()))
                place = match.end()
        if parts and sentence[place:]:
            return [*parts, (sentence[place:], "")]
    return []
