"""Sentences through an engine, each behind masks and past the guard: as it came out, as the next hypothesis, in parts, or not at all.

What the guard refuses is tried with its numbers behind masks too; where the masks were lost, with masks of another form. Then it is
tried in smaller parts. A text of a few words (a cell, a title, a
callout) holds nothing that the guard could compare, so it must find its way back: the package of the other direction makes the
source's words of it, or the original stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fieldfare.catalogue import N_, _
from fieldfare.errors import FieldfareError
from fieldfare.stems import stem, stop_words, tokens
from fieldfare.translation import guard
from fieldfare.translation.protection import FORM, FORMS, masked
from fieldfare.translation.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldfare.translation.protection import Form, Masked
    from fieldfare.translation.seams import Engine, Term, Terminology

HYPOTHESES = 4  # of one sentence that are looked at; as many as the beam is wide
BRIEF = 3  # telling words of a text that is too short to be judged by itself
_TOGETHER = 8  # sentences that are tried again in one batch
# Where a sentence may be parted without parting what belongs together; at commas last.
_JOINTS = (re.compile(r"(?<=[;:])\s+|\s+(?=\()|(?<=\))\s+|\s+[–—]\s+"), re.compile(r"(?<=,)\s+(?=\D)"))
_SHORTEST_PART = 2  # words
_OTHER_FORM = FORMS["brackets"]
_LOST = N_("a protected word was lost")
_SENTENCE_END = re.compile(r"[.!?:;]\W*$")


class Return(Enum):
    """What must find its way back to the source's words through the package of the other direction."""

    NOTHING = "nothing"
    BRIEF = "brief"  # a text of a few words, all of them
    HALF = "half"  # of every sentence more than half, if a package leads back: a question, whose words are only searched for


class _Masks(Enum):
    """What stands behind masks when an engine is asked."""

    FIXED = "fixed"  # what no engine may touch: codes, labels, protected words, markup
    OTHER = "other"  # the same, in another form
    ALL = "all"  # numbers too, and words of the trade as what must stand for them


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out for a sentence: the translation, or the reason why there is none."""

    text: str
    reason: str


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """From one language into another, by primary codes; `doubt` says what must come back, `cancelled` when to stop."""

    source: str
    target: str
    doubt: Return = Return.BRIEF
    cancelled: Callable[[], bool] = never

    @property
    def back(self) -> Direction:
        """The other way round."""
        return Direction(source=self.target, target=self.source, doubt=Return.NOTHING, cancelled=self.cancelled)


class GuardedEngine:
    """An engine behind masks and guard. `protected` are words that are never translated; terms of the trade are enforced."""

    def __init__(
        self,
        engine: Engine,
        *,
        terminology: Terminology | None = None,
        protected: Iterable[str] = (),
        form: Form = FORM,
    ) -> None:
        self._engine = engine
        self._terminology = terminology
        self._protected = tuple(sorted(set(protected)))
        self._form = form

    def rules(self, sentence: str, way: Direction) -> tuple[str, ...]:
        """Everything that decides what becomes of a sentence; what was checked before holds while it is the same.

        Raises FieldfareError where no package leads there.
        """
        there = self._engine.route(way.source, way.target).digest
        back = f"{way.doubt} {self._route_back(way)}" if _doubted(sentence, way) else ""
        words = [word for term in self._terms(sentence, way) for word in term.targets]
        return sentence, way.source, way.target, there, back, self._form.template, *self._protected, "", *words

    def translate(self, sentences: Sequence[str], way: Direction) -> Iterator[tuple[str, Checked]]:
        """Different sentences, each as soon as it is decided; fewer where cancelled. Raises FieldfareError."""
        waiting: list[tuple[str, str]] = []
        for sentence, checked in self._tried(sentences, way):
            if checked.reason or not _doubted(sentence, way):
                yield sentence, checked
                continue
            waiting.append((sentence, checked.text))
            if len(waiting) >= _TOGETHER:
                yield from self._led_back(waiting, way)
                waiting = []
        yield from self._led_back(waiting, way)

    def _tried(self, wanted: Sequence[str], way: Direction) -> Iterator[tuple[str, Checked]]:
        """Refused sentences are tried again, some at a time, while the others go on."""
        refused: list[tuple[str, str]] = []
        shown = False
        for sentence, checked in self._once(wanted, way, _Masks.FIXED):
            if not checked.reason:
                shown = True
                yield sentence, checked
                continue
            refused.append((sentence, checked.reason))
            if not shown or len(refused) >= _TOGETHER:
                yield from self._again(refused, way)
                refused = []
        yield from self._again(refused, way)

    def _again(self, refused: Sequence[tuple[str, str]], way: Direction) -> Iterator[tuple[str, Checked]]:
        """Refused sentences with their numbers masked or other masks, then in parts; the reason is that of the first try."""
        reasons = dict(refused)
        unmasked = [sentence for sentence, reason in refused if reason == _(_LOST)]
        left = []
        for some, masks in ((unmasked, _Masks.OTHER), ([one for one in reasons if one not in unmasked], _Masks.ALL)):
            for sentence, checked in self._once(some, way, masks):
                if checked.reason:
                    left.append(sentence)
                else:
                    yield sentence, checked
        parted = {sentence: parts for sentence in left for parts in [_parted(sentence)]}
        pieces = list(dict.fromkeys(piece for parts in parted.values() for piece, _ in parts))
        said = dict(self._once(pieces, way, _Masks.ALL))
        for sentence, parts in parted.items():
            if way.cancelled() and any(piece not in said for piece, _ in parts):
                return
            whole = "".join(said[piece].text + gap for piece, gap in parts)
            sound = bool(parts) and not any(said[piece].reason for piece, _ in parts)
            sound = sound and not self._problem(sentence, whole, way)
            yield sentence, Checked(whole, "") if sound else Checked("", reasons[sentence])

    def _once(self, sentences: Sequence[str], way: Direction, masks: _Masks) -> Iterator[tuple[str, Checked]]:
        """Each sentence once through the engine: the first hypothesis that the guard lets pass."""
        if not sentences:
            return
        form = _OTHER_FORM if masks is _Masks.OTHER else self._form
        hidden = [self._masked(one, way, numbers=masks is _Masks.ALL, form=form) for one in sentences]
        asked = [one.text for one in hidden]
        answers = self._engine.translate(asked, way.source, way.target, count=HYPOTHESES, cancelled=way.cancelled)
        for sentence, mask, hypotheses in zip(sentences, hidden, answers, strict=False):
            reason = ""
            for one in hypotheses:
                text = mask.restored(one.text)
                why = self._problem(sentence, text, way) if text is not None else _(_LOST)
                if text is not None and not why:
                    yield sentence, Checked(_closed(sentence, text), "")
                    break
                reason = reason or why
            else:
                yield sentence, Checked("", reason or _("nothing came out"))

    def _led_back(self, said: Sequence[tuple[str, str]], way: Direction) -> Iterator[tuple[str, Checked]]:
        """Brief texts with their translations, of which one of the best hypotheses back says the same words."""
        if not said:
            return
        if not self._route_back(way):
            yield from (
                (one, Checked("", _("so few words can only be checked by a package that leads back")))
                for one, _text in said
            )
            return
        hidden = [self._masked(text, way.back, numbers=True, terms=False) for _, text in said]
        asked = [one.text for one in hidden]
        answers = self._engine.translate(asked, way.target, way.source, count=HYPOTHESES, cancelled=way.cancelled)
        for (sentence, text), mask, hypotheses in zip(said, hidden, answers, strict=False):
            wanted = _telling(sentence, way.source)
            found = [_telling(back, way.source) for one in hypotheses if (back := mask.restored(one.text)) is not None]
            if way.doubt is Return.HALF:
                same = not wanted or any(2 * len(wanted & one) > len(wanted) for one in found)
            else:
                same = wanted in found
            yield sentence, Checked(text, "") if same else Checked("", _("the way back leads to other words"))

    def _route_back(self, way: Direction) -> str:
        """The digest of the way back; empty where none leads there without a third language."""
        try:
            there, back = (self._engine.route(one.source, one.target) for one in (way, way.back))
        except FieldfareError:
            return ""
        return back.digest if there.direct and back.direct else ""

    def _terms(self, sentence: str, way: Direction) -> Sequence[Term]:
        return self._terminology.terms_in(sentence, way.source, way.target) if self._terminology else ()

    def _masked(
        self, sentence: str, way: Direction, *, numbers: bool, terms: bool = True, form: Form | None = None
    ) -> Masked:
        """A sentence with masks; in the second try those words of the trade that have one translation are put in."""
        words = self._terms(sentence, way) if numbers and terms else ()
        return masked(
            sentence,
            way.source,
            way.target,
            numbers=numbers,
            protected=self._protected,
            terms=[(term.start, term.end, term.targets[0]) for term in words],
            form=form or self._form,
        )

    def _problem(self, sentence: str, translated: str, way: Direction) -> str:
        return guard.problem(sentence, translated, way.source, way.target) or (
            self._terminology.problem(sentence, translated, way.source, way.target) if self._terminology else ""
        )


def _doubted(sentence: str, way: Direction) -> bool:
    return way.doubt is Return.HALF or (way.doubt is Return.BRIEF and brief(sentence, way.source))


def brief(text: str, language: str) -> bool:
    """Whether a text is no sentence and has so few words that the guard cannot judge what they became."""
    return not _SENTENCE_END.search(text) and len(_telling(text, language)) <= BRIEF


def _telling(text: str, language: str) -> frozenset[str]:
    """The stems of the words that say something: no articles, but whatever denies or turns round."""
    known, small = LANGUAGES[language], stop_words(language)
    certain = (known.negations, *known.concepts.patterns.values())
    return frozenset(
        stem(word, language) for word in tokens(text)
        if len(word) > 1 and word.isalpha() and (word not in small or any(one.fullmatch(word) for one in certain))
    )  # fmt: skip


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
