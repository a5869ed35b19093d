"""Answers that are worked out before they are asked for; a model that breaks or is too slow."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from fieldfare import drafter
from fieldfare.ahead import Ahead
from fieldfare.assistant import Assistant
from fieldfare.domain import (
    Answered,
    Cancelled,
    Drafted,
    Event,
    EvidenceFound,
    Failed,
    Match,
    ModelStatus,
    Question,
)
from fieldfare.errors import CrashError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

    from fieldfare.library import Shelf
    from fieldfare.retrieval import Embedder

HOLDS = Question(text="which oil does the gearbox hold?")
OTHER = Question(text="where are oil samples taken?")
SENTENCES = ("The gearbox holds 2.6 L of CLP 220 oil. ", "Never mix mineral oil with synthetic oil. ", "End.")


class Model:
    """Says its sentences, each once it is let; may break before one of them."""

    def __init__(self, *, breaks: Exception | None = None, at: int = 0, seconds: float = 0.0) -> None:
        self.let = threading.Semaphore(99)
        self.asked: list[str] = []
        self.stopped: list[bool] = []
        self.breaks, self.at, self.cost = breaks, at, seconds
        self.closed = threading.Event()
        self.loads = 0

    def load(self) -> None:
        self.loads += 1

    def seconds(self, read: int, written: int) -> float:
        return self.cost

    def generate(
        self, system: str, user: str, *, max_tokens: int, cancelled: Callable[[], bool], opening: str = ""
    ) -> Iterator[str]:
        self.asked.append(user)
        for number, sentence in enumerate(SENTENCES):
            while not self.let.acquire(timeout=0.01):
                if cancelled():
                    self.stopped.append(True)
                    return
            if self.breaks and number == self.at:
                raise self.breaks
            yield sentence

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def assistant(shelf: Shelf, embedder: Embedder, model: Model) -> Assistant:
    made = Assistant(shelf, embedder, lambda: model, patience=5)
    made.load_model()
    return made


def answered(events: list[Event]) -> Answered:
    assert isinstance(events[-1], Answered), events[-1]
    return events[-1]


def drafted(events: list[Event]) -> bool:
    """Whether the model's sentence was taken; a quote has its neighbour in the same statement."""
    return answered(events).answer.statements[0].text == SENTENCES[0].strip()


def asked(assistant: Assistant, question: Question = HOLDS) -> list[Event]:
    return list(assistant.ask(question, threading.Event()))


class Preparing:
    """`prepare` in a thread of its own, as the screen runs it."""

    def __init__(self, assistant: Assistant, question: Question = HOLDS) -> None:
        self.stop = threading.Event()
        self._thread = threading.Thread(target=assistant.prepare, args=(question, self.stop))
        self._thread.start()

    def end(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()


def test_what_was_prepared_is_answered_without_asking_the_model_again(assistant: Assistant, model: Model) -> None:
    expected = asked(assistant)
    assert len(model.asked) == 1
    assistant.prepare(HOLDS, threading.Event())
    assert len(model.asked) == 2
    assert asked(assistant) == expected
    assert len(model.asked) == 2
    assert drafted(expected)


def test_enter_in_the_middle_goes_on_from_what_is_there(assistant: Assistant, model: Model) -> None:
    model.let = threading.Semaphore(2)
    preparing = Preparing(assistant)
    while model.let._value:
        pass
    events = assistant.ask(HOLDS, threading.Event())
    assert isinstance(next(events), EvidenceFound)
    assert isinstance(next(events), Drafted)
    model.let.release(9)
    rest = list(events)
    preparing.end()
    assert isinstance(rest[-1], Answered)
    assert len(model.asked) == 1


def test_typing_on_stops_what_is_prepared_and_enter_asks_anew(assistant: Assistant, model: Model) -> None:
    model.let = threading.Semaphore(1)
    preparing = Preparing(assistant)
    while not model.asked:
        pass
    preparing.stop.set()
    preparing.end()
    assert model.stopped == [True]
    model.let.release(99)
    assert drafted(asked(assistant))
    assert len(model.asked) == 2


def test_another_question_stops_what_is_prepared(assistant: Assistant, model: Model) -> None:
    model.let = threading.Semaphore(1)
    preparing = Preparing(assistant)
    while not model.asked:
        pass
    following = Preparing(assistant, OTHER)
    preparing.end()
    model.let.release(99)
    following.end()
    assert preparing.stop.is_set()
    assert not following.stop.is_set()
    events = asked(assistant)
    assert following.stop.is_set()
    assert drafted(events)


def test_stopping_the_answer_stops_what_was_prepared_for_it(assistant: Assistant, model: Model) -> None:
    model.let = threading.Semaphore(2)
    preparing = Preparing(assistant)
    cancel = threading.Event()
    events = assistant.ask(HOLDS, cancel)
    assert isinstance(next(events), EvidenceFound)
    assert isinstance(next(events), Drafted)
    cancel.set()
    assert list(events) == [Cancelled()]
    preparing.end()
    assert model.stopped == [True]


def test_what_is_being_answered_is_not_prepared_once_more(assistant: Assistant, model: Model) -> None:
    events = assistant.ask(HOLDS, threading.Event())
    assert isinstance(next(events), EvidenceFound)
    assistant.prepare(HOLDS, threading.Event())
    assert not model.asked
    assert isinstance(list(events)[-1], Answered)
    assistant.prepare(HOLDS, threading.Event())
    assert len(model.asked) == 2


def test_a_model_that_is_gone_when_the_draft_begins_leaves_quotes(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = assistant.ask(HOLDS, threading.Event())
    first = next(events)
    monkeypatch.setattr(drafter.Drafter, "model", None)  # another answer has found the machine too slow
    rest = [first, *events]
    assert not drafted(rest)
    assert "2.6 L" in answered(rest).answer.text


def test_what_was_prepared_before_the_model_was_there_is_not_used(
    shelf: Shelf, embedder: Embedder, model: Model
) -> None:
    assistant = Assistant(shelf, embedder, lambda: model)
    assistant.prepare(HOLDS, threading.Event())
    assert not model.asked
    assistant.load_model()
    assert drafted(asked(assistant))
    assert len(model.asked) == 1


def test_a_question_is_read_once(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[Question] = []
    original = assistant._retriever.search

    def search(question: Question, limit: int = 10) -> object:
        searched.append(question)
        return original(question, limit)

    monkeypatch.setattr(assistant._retriever, "search", search)
    assistant.search(HOLDS)
    assistant.prepare(HOLDS, threading.Event())
    asked(assistant)
    assert searched == [HOLDS]
    for number in range(9):
        assistant.find(Question(text=f"oil {number}"))
    asked(assistant)
    assert searched.count(HOLDS) == 2


def test_what_goes_wrong_while_recording_ends_whoever_follows() -> None:
    ahead = Ahead(HOLDS, threading.Event(), drafts=True)

    def broken() -> Iterator[Event]:
        yield Failed(message="first")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ahead.record(broken())
    assert list(ahead.follow(threading.Event())) == [Failed(message="first")]


def test_words_find_pages_while_the_engines_load(shelf: Shelf, embedder: Embedder) -> None:
    loading, loaded = threading.Event(), threading.Event()

    class Loading:
        identity = embedder.identity
        closeness = staticmethod(embedder.closeness)

        def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
            loading.set()
            assert loaded.wait(30)
            return embedder.encode(texts, query=query)

    assistant = Assistant(shelf, Loading(), None)
    thread = threading.Thread(target=assistant.load_model)
    thread.start()
    assert loading.wait(30)
    early = assistant.search(HOLDS)
    assert thread.is_alive()
    assert "2.6 L" in early[0].passage.text
    assert all(Match.MEANING not in one.matched_by for one in early)
    loaded.set()
    thread.join(30)
    assert any(Match.MEANING in one.matched_by for one in assistant.search(HOLDS))


# --- a model that breaks, is slow, or must stop ---------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 2])
def test_a_model_that_breaks_costs_an_apology_and_not_the_answer(shelf: Shelf, embedder: Embedder, at: int) -> None:
    broken = Model(breaks=CrashError("The language model stopped working (its process was ended by SIGSEGV)."), at=at)
    assistant = Assistant(shelf, embedder, lambda: broken)
    assistant.load_model()
    events = asked(assistant)
    answer = answered(events).answer
    assert "2.6 L of CLP 220" in answer.text
    assert drafted(events) == bool(at)
    assert answer.message == (
        "Sorry, this is quoted and not drafted: The language model stopped working (its process was ended by SIGSEGV)."
    )
    assert assistant.model_state.status is ModelStatus.FAILED
    assert "the next question tries it again" in assistant.model_state.sentence
    broken.breaks = None
    events = asked(assistant)
    assert drafted(events)
    assert answered(events).answer.message == ""
    assert assistant.model_state.status is ModelStatus.READY


def test_a_prompt_that_the_model_does_not_take_is_quoted(shelf: Shelf, embedder: Embedder) -> None:
    assistant = Assistant(shelf, embedder, lambda: Model(breaks=ModelError("It is too long.")))
    assistant.load_model()
    events = asked(assistant)
    assert not drafted(events)
    assert "It is too long." in answered(events).answer.message
    assert assistant.model_state.status is ModelStatus.READY


def test_a_machine_that_is_too_slow_quotes_and_says_so(
    shelf: Shelf, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Model(seconds=12.4)
    assistant = Assistant(shelf, embedder, lambda: slow, patience=5)
    assistant.load_model()
    assert assistant.model_state.status is ModelStatus.SLOW
    assert "about 12 s" in assistant.model_state.sentence
    assert not drafted(asked(assistant))
    assistant.prepare(HOLDS, threading.Event())
    assert not slow.asked
    slow.cost = 2.0
    assistant.prepare(HOLDS, threading.Event())
    assert assistant.model_state.status is ModelStatus.SLOW
    monkeypatch.setattr(drafter, "SECOND_LOOK", 0.0)
    assistant.prepare(HOLDS, threading.Event())
    assert assistant.model_state.status is ModelStatus.READY
    assert slow.loads == 2
    assert drafted(asked(assistant))


def test_a_machine_that_becomes_too_slow_quotes_from_then_on(assistant: Assistant, model: Model) -> None:
    model.cost = 30.0
    assert drafted(asked(assistant))
    assert assistant.model_state.status is ModelStatus.SLOW
    assert not drafted(asked(assistant))


def test_who_waits_for_one_answer_gets_his_draft_however_slow(shelf: Shelf, embedder: Embedder) -> None:
    assistant = Assistant(shelf, embedder, lambda: Model(seconds=60), eager=True)
    assert drafted(asked(assistant))


def test_stopping_ends_a_model_that_loads(shelf: Shelf, embedder: Embedder) -> None:
    loading = threading.Event()

    class Endless(Model):
        def load(self) -> None:
            loading.set()
            assert self.closed.wait(30)
            raise ModelError("The language model is closed.")

    assistant = Assistant(shelf, embedder, Endless)
    thread = threading.Thread(target=assistant.load_model)
    thread.start()
    assert loading.wait(30)
    assistant.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert not drafted(asked(assistant))


def test_stopping_ends_what_is_prepared(assistant: Assistant, model: Model) -> None:
    model.let = threading.Semaphore(1)
    preparing = Preparing(assistant)
    while not model.asked:
        pass
    assistant.stop()
    preparing.end()
    assert model.closed.is_set()
