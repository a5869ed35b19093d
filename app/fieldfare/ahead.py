"""An answer that is worked out before it is asked for: while the technician still thinks or reads what was found."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fieldfare.domain import Event, Question

_POLL = 0.02  # seconds between looks at whether who follows has cancelled


class Ahead:
    """The events of one question: one thread records them as they come, another may follow from the beginning.

    `stop` ends the work: it is the flag of who asked for it, and of who follows once somebody does. `drafts` says whether
    there was a language model to draft with.
    """

    def __init__(self, question: Question, stop: threading.Event, *, drafts: bool) -> None:
        self.question, self.stop, self.drafts = question, stop, drafts
        self._events: list[Event] = []
        self._ended = False
        self._news = threading.Condition()

    def record(self, events: Iterable[Event]) -> None:
        """Take all events of an answer; whoever follows is told of each at once, and of the end whatever happens."""
        try:
            for event in events:
                with self._news:
                    self._events.append(event)
                    self._news.notify_all()
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()

    def follow(self, cancel: threading.Event) -> Iterator[Event]:
        """The events so far and those that still come; `cancel` stops the work."""
        seen = 0
        while True:
            with self._news:
                while seen == len(self._events) and not self._ended:
                    if cancel.is_set():
                        self.stop.set()
                    self._news.wait(_POLL)
                new = self._events[seen:]
            if not new:
                return
            seen += len(new)
            yield from new
