"""While somebody types: the instant results, the answer worked out ahead, and the questions of before."""

from __future__ import annotations

import contextlib
import time
from threading import Event as Flag
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import Question
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui.messages import ResultsFound, TooLong
from fieldfare.tui.screens.beside import FLUSH, BesideScreen
from fieldfare.tui.widgets.answer import AnswerColumn
from fieldfare.tui.widgets.bars import StatusLine
from fieldfare.tui.widgets.question import QuestionInput

if TYPE_CHECKING:
    from textual.timer import Timer

    from fieldfare.tui.desk import Desk
    from fieldfare.tui.turn import Turn

PAUSE = 0.02
"""Seconds without a key before the instant tier is asked: a scanner types faster, a hand does not."""
THOUGHT = 0.2
"""Seconds without a key before the answer to what stands there is worked out ahead: who types on wants none."""
EARLIER = 6
"""Questions of this subject that a new one may go on from."""


class SearchingScreen(BesideScreen):
    """Searches for what stands in the question; what was asked is drawn by the subclass."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._turn: Turn | None = None
        self._earlier: tuple[str, ...] = ()  # the questions before this turn, as they were typed
        self._instant = ""  # the text whose instant results are on the screen, "" while an answer is
        self._searching = False
        self._notice = ""  # stays until the next edit
        self._pause: Timer | None = None
        self._thought: Timer | None = None
        self._edited_at = 0.0
        self._ahead = Flag()  # stops what is worked out ahead
        self._down = False  # the results were wanted before they came

    def show_answer(self) -> None:
        """Bring the answer back where results stand."""
        raise NotImplementedError

    @property
    def _input(self) -> QuestionInput:
        return self.query_one(QuestionInput)

    @property
    def _column(self) -> AnswerColumn:
        return self.query_one(AnswerColumn)

    def say(self, text: str) -> None:
        """Say what is going on. `text` is ours or cleaned."""
        self.query_one(StatusLine).say(text)

    def say_idle(self) -> None:
        """Say what can be done where nothing is."""
        place = self.desk.workplace
        idle = _("Type a question, then Enter.") if self._assistant.packs else _("No manuals are installed.")
        self.say(place.notice or idle)

    def question(self, text: str) -> Question:
        """The text with what was asked before it of this subject: `and the voltage?` goes on from there."""
        last = self._turn.question if self._turn is not None and self._turn.question.text != text else None
        return Question(
            text=text,
            language=self.desk.preferences.current.language,
            packs=self.desk.workplace.packs,
            history=(*self._earlier, *([last.text] if last else []))[-EARLIER:],
            settled=(last.packs or last.settled) if last else (),
        )

    @on(Input.Changed)
    def _edited(self) -> None:
        self._notice = ""
        self._down = False
        self._edited_at = time.monotonic()
        self._ahead.set()
        for timer in (self._pause, self._thought):
            if timer is not None:
                timer.stop()
        # Letters typed while an answer is written wait for the next one: the answer must not be snatched away.
        if self._turn is None or not self._turn.running:
            self._pause = self.set_timer(PAUSE, self.search_soon)

    def search_soon(self) -> None:
        """Search for what stands there now, unless that is on the screen."""
        text = squeeze(self._input.value)
        running = self._turn is not None and self._turn.running
        if running or self._searching or not self._assistant.packs or text == self._instant:
            return
        if self._turn is not None and text in {"", self._turn.question.text}:
            self.show_answer()
        elif not text:
            self._instant = ""
            self._column.clear()
            self._clear_beside()
            self.say_idle()
        elif self.desk.workplace.bare:
            self._column.clear()
            self.say(self.desk.workplace.notice)
        else:
            self._searching = True
            self._search(text)

    @work(thread=True, group="search", exit_on_error=False)
    def _search(self, text: str) -> None:
        try:
            question = self.question(text)
            self._language = self._assistant.language_of(question)
            self.post_message(ResultsFound(text, self._assistant.search(question)))
        except FieldfareError as error:
            self.post_message(ResultsFound(text, (), str(error)))
        except Exception as error:  # noqa: BLE001 - a search that breaks must not take the screen along
            self.post_message(ResultsFound(text, (), _("The search failed: {error}").format(error=error)))

    @on(ResultsFound)
    def _results_found(self, message: ResultsFound) -> None:
        self._searching = False
        if self._turn is not None and (self._turn.running or message.text == self._turn.question.text):
            return  # it was asked meanwhile
        if message.text != squeeze(self._input.value):
            self.search_soon()  # stale: one search at a time, the newest text next
            return
        self._instant = message.text
        self._column.show_results(message.evidence)
        self._clear_beside()
        self.go_down_late()
        number = len(message.evidence)
        found = ngettext("{number} place in the manuals.", "{number} places in the manuals.", number)
        said = f"{found.format(number=number)} {_('Enter asks.')}"
        none = _("Nothing found yet. Enter asks all the same.")
        self.say(self._notice or squeeze(message.error) or (said if number else none))
        if message.evidence:
            left = max(0.001, self._edited_at + THOUGHT - time.monotonic())
            self._thought = self.set_timer(left, self._think_ahead)

    def _think_ahead(self) -> None:
        """Have the answer worked out to what stands there, before it is asked for."""
        text = squeeze(self._input.value)
        if text and text == self._instant:
            self._ahead.set()
            self._ahead = Flag()
            self._prepare(self.question(text), self._ahead)

    @work(thread=True, group="ahead", exit_on_error=False)
    def _prepare(self, question: Question, cancel: Flag) -> None:
        with contextlib.suppress(Exception):  # who asks will be told
            self._assistant.prepare(question, cancel)

    @on(TooLong)
    def _too_long(self, message: TooLong) -> None:
        self._notice = _("Only the first {limit} characters fit into a question.").format(limit=message.limit)
        self.say(self._notice)

    def go_down(self) -> None:
        """To the results; where there are none yet, as soon as they come."""
        self._column.enter()
        self._down = not self._column.rows

    def go_down_late(self) -> None:
        """As it was wished, once the rows of the results have their place on the screen."""
        if self._down:
            self.go_down()
        if self._down and self._column.filled:
            self.set_timer(FLUSH, self.go_down_late)

    # What a scanner or a hand types where nothing takes text.

    def typing(self) -> bool:
        """Whether the focus is in the question."""
        return self.focused is self._input

    def type(self, text: str) -> None:
        """Begin the next question with a letter, or go on with it."""
        if not self.typing():
            self.action_question()
        self._input.put(text)

    def action_question(self) -> None:
        """To the question, all of it selected: typing replaces it, an arrow keeps it."""
        self._reading = None
        self._down = False
        self.set_focus(self._input)  # at once: the next key may have come already
        self._input.action_select_all()
