"""A question on its way to its answer: asked in a worker, drawn as it comes, completed with figures, kept in the job."""

from __future__ import annotations

import contextlib
import time
from threading import Event as Flag
from typing import TYPE_CHECKING

from textual import on, work

from fieldfare.catalogue import _
from fieldfare.domain import Answered, EvidenceFound, Failed
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui.messages import (
    AnswerEnded,
    AnswerEvent,
    FigureChosen,
    FiguresFound,
    PictureWanted,
    Said,
    Target,
    TextTranslated,
)
from fieldfare.tui.screens.beside import FLUSH
from fieldfare.tui.screens.searching import EARLIER, SearchingScreen
from fieldfare.tui.translations import redraw
from fieldfare.tui.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.timer import Timer

    from fieldfare.domain import Asked, Entry, Evidence, Question
    from fieldfare.tui.desk import Desk

FIGURES = 4
"""Figures that are offered with an answer."""
BELONGS = 0.4
"""Score from which a figure is offered: figures of the demo pack that are about a question have 0.45 to 0.9."""


class AnsweringScreen(SearchingScreen):
    """Asks one question at a time; a newer one stops the one before."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._turns = 0
        self._asked_at = 0.0
        self._flush: Timer | None = None

    def show_keys(self) -> None:
        """Draw the keys of the moment."""
        raise NotImplementedError

    def ask(self, text: str, question: Question | None = None) -> None:
        """Ask, in the words of a text or exactly a `question`; an answer that is still being written stops."""
        asked = question or self.question(text)
        if self._turn is not None:
            self._earlier = (*self._earlier, self._turn.question.text)[-EARLIER:]
            self._turn.cancel.set()
        self._turns += 1
        self._turn = turn = Turn(number=self._turns, question=asked, notice=self.desk.workplace.notice)
        self._ahead = Flag()  # what was worked out ahead is followed, or stopped by the assistant
        self._asked_at = time.monotonic()
        self._instant = self._notice = ""
        self._reading = None
        self._down = False
        self._input.rest()
        self.desk.workplace.asked(asked.text)
        self._column.start(turn)
        self.say(_("Looking in the manuals…"))
        self.show_keys()
        turn.translations.original = self._original
        self._ask(turn)

    @work(thread=True, group="ask", exit_on_error=False)
    def _ask(self, turn: Turn) -> None:
        number = turn.number
        try:
            turn.translations.language = self._language = self._assistant.language_of(turn.question)
            for event in self._assistant.ask(turn.question, turn.cancel):
                self.post_message(AnswerEvent(number, event))
        except FieldfareError as error:
            self.post_message(AnswerEvent(number, Failed(message=str(error))))
        except Exception as error:  # noqa: BLE001 - the evidence on the screen stays useful
            sentence = _("The answer failed: {error}").format(error=error)
            self.post_message(AnswerEvent(number, Failed(message=sentence)))
        self.post_message(AnswerEnded(number))

    @on(AnswerEvent)
    def _answer_event(self, message: AnswerEvent) -> None:
        turn = self._turn
        if turn is None or message.turn != turn.number or not turn.running:
            return
        turn.take(message.event)
        if isinstance(message.event, EvidenceFound | Answered) and self._reading is None:
            self._show_best(turn)
        self._draw_soon()

    def _show_best(self, turn: Turn) -> None:
        """The page of an answer: the first that it cites, until there is one the first that was found."""
        if turn.answer is not None and turn.statements:
            cited = turn.statements[0].citation
            number = turn.number_of(cited.passage)
            self._show_beside(Target(passage=cited.passage, quotes=(cited.quote,), number=number))
        elif turn.evidence:
            best = turn.evidence[0].passage
            self._show_beside(Target(passage=best, number=turn.number_of(best)))

    @on(AnswerEnded)
    def _answer_ended(self, message: AnswerEnded) -> None:
        turn = self._turn
        if turn is None or message.turn != turn.number:
            return
        if turn.running:
            turn.take(Failed(message=_("The answer ended early. The pages below stay valid.")))
            self._draw_turn()
        self._complete(turn)

    # What follows an answer: its figures, its translation, its place in the job.

    @work(thread=True, exclusive=True, group="complete", exit_on_error=False)
    def _complete(self, turn: Turn) -> None:
        entry: Entry | None = None
        with self._telling():  # first of all: whatever breaks behind it, and whoever leaves, it was asked
            deed = self._deed(turn)
            entry = self.desk.journal.record(deed) if deed is not None else None
        with self._telling():
            if turn.answer is not None:
                found = self._assistant.find_figures(turn.question, FIGURES)
                belong = tuple(one for one in found if one.score >= BELONGS)
                self.post_message(FiguresFound(turn.number, belong))
        with self._telling():
            language = turn.translations.language
            texts = turn.texts(language) if language else []
            turn.find_routes(self._assistant.route, (passage for _text, passage in texts))
            for index, said in self._assistant.render(texts, language, turn.cancel.is_set):
                turn.translations.take(texts[index][0].text, said)
                self.post_message(TextTranslated(turn.translations, texts[index][0].text, said))
            deed = self._deed(turn)
            if entry is not None and deed is not None and any(one.translated for one in deed.sources):
                self.desk.journal.translate(entry.id, deed)

    def _deed(self, turn: Turn) -> Asked | None:
        return turn.deed({pack.manifest.id: pack.manifest for pack in self._assistant.packs})

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """What breaks is told below the answer, which stays."""
        try:
            yield
        except FieldfareError as error:
            self.post_message(Said(str(error)))
        except Exception as error:  # noqa: BLE001 - the answer on the screen stays useful
            self.post_message(Said(_("It failed: {reason}").format(reason=error)))

    @on(Said)
    def _said(self, message: Said) -> None:
        self._notice = squeeze(message.text)
        self.say(self._notice)

    @on(FiguresFound)
    def _figures_found(self, message: FiguresFound) -> None:
        if self._turn is not None and message.turn == self._turn.number:
            self._turn.figures = message.evidence
            self._draw_soon()

    @on(FigureChosen)
    def _figure_chosen(self, message: FigureChosen) -> None:
        self._open_figure(message.evidence)

    @work(thread=True, exclusive=True, group="figure", exit_on_error=False)
    def _open_figure(self, evidence: Evidence) -> None:
        figure = evidence.figure
        if figure is None:
            return
        try:
            picture = self._assistant.picture(evidence.passage.pack, figure.image)
        except FieldfareError as error:
            self.post_message(Said(str(error)))
        else:
            self.post_message(PictureWanted(squeeze(figure.caption) or squeeze(figure.number), picture))

    @on(TextTranslated)
    def _translated(self, message: TextTranslated) -> None:
        message.translations.take(message.text, message.said)
        if self._turn is not None and message.translations is self._turn.translations:
            redraw(self._column, message.text)
            self._draw_soon()

    # Drawing, at most every FLUSH seconds.

    def _draw_soon(self) -> None:
        if self._flush is None:
            self._flush = self.set_timer(FLUSH, self._draw_turn)

    def _draw_turn(self) -> None:
        self._flush = None
        self.show_keys()
        if self._turn is not None and not self._instant:
            self._column.draw(self._turn)
            self.go_down_late()
            self.say_progress()
            answer = self._turn.answer
            if answer is not None and answer.choices and self._input.value == self._turn.question.text:
                self.call_after_refresh(self._column.enter)  # its number chooses at once

    def say_progress(self) -> None:
        """Say how far the answer is."""
        if self._turn is not None and not self._instant:
            self.say(self._notice or self._column.sentence(self._turn, time.monotonic() - self._asked_at))

    def show_answer(self) -> None:
        """Bring the answer back where results stand."""
        if self._turn is not None:
            self._instant = ""
            self._column.draw(self._turn, again=True)
            self._show_best(self._turn)
            self.say_progress()

    def forget(self) -> None:
        """A new subject: what was asked before is forgotten, but for the history."""
        if self._turn is not None:
            self._turn.cancel.set()
        self._turn = None
        self._earlier = ()
        self._instant = self._notice = ""
        self._column.clear()
        self._clear_beside()
        self.show_keys()
