"""The one screen for asking: question, hazards, answer, pages, and the page beside them where there is room."""

from __future__ import annotations

import contextlib
import time
from threading import Event as Flag
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from fieldfare.domain import Answered, EvidenceFound, Failed, ModelState, ModelStatus, Question
from fieldfare.errors import FieldfareError
from fieldfare.text import count, squeeze
from fieldfare.tui.messages import (
    AnswerEnded,
    AnswerEvent,
    Chosen,
    EdgeReached,
    ModelChanged,
    Opened,
    ResultsFound,
    Target,
    TextTranslated,
    TooLong,
    TranslationsChanged,
)
from fieldfare.tui.screens.beside import FLUSH, BesideScreen
from fieldfare.tui.screens.reading import READING_KEYS
from fieldfare.tui.translations import redraw, switch_key
from fieldfare.tui.turn import Turn
from fieldfare.tui.widgets.answer import AnswerColumn
from fieldfare.tui.widgets.bars import KeyBar, StatusLine, TitleBar
from fieldfare.tui.widgets.question import QuestionInput
from fieldfare.tui.widgets.section import SectionPane
from fieldfare.tui.wording import machines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key as KeyEvent
    from textual.timer import Timer

    from fieldfare.tui.desk import Desk

LOADING = ModelState(status=ModelStatus.LOADING, sentence="The model is loading.")
PAUSE = 0.06
"""Seconds without a key before the instant tier is asked."""
THOUGHT = 0.2
"""Seconds without a key before the answer to what stands there is worked out ahead: who types on wants none."""
EARLIER = 6
"""Questions of this session that a new one may go on from."""
NO_PACK = "No manuals are installed. Install a pack and start again:\n\n  fieldfare pack install FILE"
NO_OTHER = "No other manuals are installed. Install a pack and start again:\n\n  fieldfare pack install FILE"
WELCOME = """What is wrong, what do you need to do, which value do you need?

Fault codes and part numbers are looked up as they are printed.
Every answer names its page; warnings come first."""


class AskScreen(BesideScreen):
    """Draws what the assistant says about the question that is being typed or was asked."""

    AUTO_FOCUS = "#question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("slash", "question", "Question", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
        Binding("t", "original", "Original", show=False),
        *(Binding(str(number), f"open({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.assistant)
        self._turn: Turn | None = None
        self._earlier: tuple[str, ...] = ()  # the questions before this turn, as they were typed
        self._turns = 0
        self._asked_at = 0.0
        self._instant = ""  # the text whose instant results are on the screen, "" while an answer is
        self._searching = False
        self._notice = ""  # stays until the next edit
        self._state = LOADING
        self._pause: Timer | None = None
        self._thought: Timer | None = None
        self._edited_at = 0.0
        self._ahead = Flag()  # stops what is worked out ahead
        self._flush: Timer | None = None
        self._down = False  # the results were wanted before they came

    def compose(self) -> ComposeResult:
        """From top to bottom as on every size; the pane is hidden where there is no room."""
        yield TitleBar(machines(self._assistant.packs), LOADING)
        yield QuestionInput()
        yield StatusLine()
        with Horizontal(id="body"):
            yield AnswerColumn(id="column", several=len(self._assistant.packs) > 1)
            yield SectionPane(self._assistant, id="pane")
        yield KeyBar()

    def on_mount(self) -> None:
        """Paint first, then let the model load."""
        self._say_idle()
        self._show_keys()
        problems = [squeeze(problem) for problem in self._assistant.problems]
        none = NO_OTHER if problems else NO_PACK
        self._column.tell("\n".join([*problems, WELCOME if self._assistant.packs else none]))
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._load_model)

    def on_unmount(self) -> None:
        """Leave no answer running behind a closed screen, and wait for no model that loads."""
        if self._turn is not None:
            self._turn.cancel.set()
        self._ahead.set()
        self._assistant.stop()

    # What the widgets are called here.

    @property
    def _input(self) -> QuestionInput:
        return self.query_one(QuestionInput)

    @property
    def _column(self) -> AnswerColumn:
        return self.query_one(AnswerColumn)

    def _say(self, text: str) -> None:
        self.query_one(StatusLine).say(text)

    # The model.

    @work(thread=True, group="model", exit_on_error=False)
    def _load_model(self) -> None:
        self._assistant.load_model()
        self.post_message(ModelChanged(self._assistant.model_state))

    @on(ModelChanged)
    def _model_changed(self, message: ModelChanged) -> None:
        self._state = message.state
        self.query_one(TitleBar).show(message.state)
        if message.state.status in {ModelStatus.FAILED, ModelStatus.SLOW} and self._turn is None:
            self._say(squeeze(message.state.sentence))

    # While typing: the instant tier.

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
            self._pause = self.set_timer(PAUSE, self._search_soon)

    def _search_soon(self) -> None:
        text = squeeze(self._input.value)
        running = self._turn is not None and self._turn.running
        if running or self._searching or not self._assistant.packs or text == self._instant:
            return
        if self._turn is not None and text in {"", self._turn.question.text}:
            self._show_answer()
        elif not text:
            self._instant = ""
            self._column.clear()
            self._clear_beside()
            self._say_idle()
        else:
            self._searching = True
            self._search(text)

    @work(thread=True, group="search", exit_on_error=False)
    def _search(self, text: str) -> None:
        try:
            question = self._question(text)
            self._language = self._assistant.language_of(question)
            self.post_message(ResultsFound(text, self._assistant.search(question)))
        except FieldfareError as error:
            self.post_message(ResultsFound(text, (), str(error)))
        except Exception as error:  # noqa: BLE001 - a search that breaks must not take the screen along
            self.post_message(ResultsFound(text, (), f"The search failed: {error}"))

    @on(ResultsFound)
    def _results_found(self, message: ResultsFound) -> None:
        self._searching = False
        if self._turn is not None and (self._turn.running or message.text == self._turn.question.text):
            return  # it was asked meanwhile
        if message.text != squeeze(self._input.value):
            self._search_soon()  # stale: one search at a time, the newest text next
            return
        self._instant = message.text
        self._column.show_results(message.evidence)
        self._clear_beside()
        self._go_down_late()
        found = f"{count(len(message.evidence), 'place')} in the manuals. Enter asks." if message.evidence else ""
        said = squeeze(message.error) or found or "Nothing found yet. Enter asks all the same."
        self._say(self._notice or said)
        if message.evidence:
            left = max(0.001, self._edited_at + THOUGHT - time.monotonic())
            self._thought = self.set_timer(left, self._think_ahead)

    def _think_ahead(self) -> None:
        """Have the answer worked out to what stands there, before it is asked for."""
        text = squeeze(self._input.value)
        if text and text == self._instant:
            self._ahead.set()
            self._ahead = Flag()
            self._prepare(self._question(text), self._ahead)

    @work(thread=True, group="ahead", exit_on_error=False)
    def _prepare(self, question: Question, cancel: Flag) -> None:
        with contextlib.suppress(Exception):  # who asks will be told
            self._assistant.prepare(question, cancel)

    # Asking.

    @on(Input.Submitted)
    def _submitted(self) -> None:
        text = squeeze(self._input.value)
        if not self._assistant.packs:
            self._say("There is nothing to ask yet: no manuals are installed.")
        elif not text:
            self._say("Type a question, a fault code or a part number first.")
        else:
            self.ask(text)
            self._input.action_select_all()  # the next letter begins the next question

    @on(Chosen)
    def _chosen(self, message: Chosen) -> None:
        self._input.value = squeeze(message.question.text)
        self.ask(message.question.text, message.question)

    def ask(self, text: str, question: Question | None = None) -> None:
        """Ask, in the words of a text or exactly a `question`; an answer that is still being written stops."""
        asked = question or self._question(text)
        if self._turn is not None:
            self._earlier = (*self._earlier, self._turn.question.text)[-EARLIER:]
            self._turn.cancel.set()
        self._turns += 1
        self._turn = turn = Turn(number=self._turns, question=asked)
        self._ahead = Flag()  # what was worked out ahead is followed, or stopped by the assistant
        self._asked_at = time.monotonic()
        self._instant = ""
        self._reading = None
        self._down = False
        self._column.start(turn)
        self._say("Looking in the manuals…")
        self._show_keys()
        turn.translations.original = self._original
        self._ask(turn)

    def _question(self, text: str) -> Question:
        """The text with what was asked before it in this session: `and the voltage?` goes on from there."""
        last = self._turn.question if self._turn is not None and self._turn.question.text != text else None
        history = (*self._earlier, *([last.text] if last else []))[-EARLIER:]
        return Question(text=text, history=history, settled=(last.packs or last.settled) if last else ())

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
            self.post_message(AnswerEvent(number, Failed(message=f"The answer failed: {error}")))
        self.post_message(AnswerEnded(number))

    @on(AnswerEvent)
    def _answer_event(self, message: AnswerEvent) -> None:
        turn = self._turn
        if turn is None or message.turn != turn.number or not turn.running:
            return
        turn.take(message.event)
        if isinstance(message.event, EvidenceFound | Answered) and self._reading is None:
            self._show_best(turn)
        if self._flush is None:
            self._flush = self.set_timer(FLUSH, self._draw_turn)

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
            turn.take(Failed(message="The answer ended early. The pages below stay valid."))
            self._draw_turn()
        self._translate(turn)

    @work(thread=True, exclusive=True, group="translate", exit_on_error=False)
    def _translate(self, turn: Turn) -> None:
        """What the answer says in the technician's language, where its manual is in another."""
        language = turn.translations.language
        texts = turn.texts(language) if language else []
        for index, said in self._assistant.render(texts, language, turn.cancel.is_set):
            self.post_message(TextTranslated(turn.translations, texts[index][0].text, said))

    @on(TextTranslated)
    def _translated(self, message: TextTranslated) -> None:
        message.translations.take(message.text, message.said)
        if self._turn is not None and message.translations is self._turn.translations:
            redraw(self._column, message.text)
            if self._flush is None:
                self._flush = self.set_timer(FLUSH, self._draw_turn)

    @on(TranslationsChanged)
    def _switchable(self) -> None:
        self._show_keys()

    @property
    def _foreign(self) -> bool:
        """Whether anything on the screen is a translation."""
        answered = self._turn is not None and not self._instant and self._turn.translations.any
        return answered or (self._wide and self._pane.translated)

    def action_original(self) -> None:
        """The originals in place of their translations, and back."""
        self._original = not self._original
        if self._turn is not None:
            self._turn.translations.original = self._original
        redraw(self._column)
        self._pane.show_original(original=self._original)
        self._show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Where nothing is translated, the letter of that key begins a question as any other."""
        return action != "original" or self._foreign

    def _draw_turn(self) -> None:
        self._flush = None
        self._show_keys()
        if self._turn is not None and not self._instant:
            self._column.draw(self._turn)
            self._go_down_late()
            self._tick()
            answer = self._turn.answer
            if answer is not None and answer.choices and self._input.value == self._turn.question.text:
                self.call_after_refresh(self._column.enter)  # its number chooses at once

    def _tick(self) -> None:
        turn = self._turn
        if self._assistant.model_state != self._state and self._state is not LOADING:
            self._model_changed(ModelChanged(self._assistant.model_state))
        if turn is not None and not self._instant:
            self._say(self._column.sentence(turn, time.monotonic() - self._asked_at))

    def _show_answer(self) -> None:
        if self._turn is not None:
            self._instant = ""
            self._column.draw(self._turn, again=True)
            self._show_best(self._turn)
            self._tick()

    def _say_idle(self) -> None:
        self._say("Type a question, then Enter." if self._assistant.packs else "No manuals are installed.")

    @on(TooLong)
    def _too_long(self, message: TooLong) -> None:
        self._notice = f"Only the first {message.limit} characters fit into a question."
        self._say(self._notice)

    def on_resize(self) -> None:
        """What is read beside the answer goes on over the whole screen where the room is gone."""
        self.call_after_refresh(self._follow_size)

    def _follow_size(self) -> None:
        self._column.resized()
        self._read_on_whole_screen()

    # Keys.

    def on_descendant_focus(self) -> None:
        """Other keys for another place."""
        self._show_keys()

    def _show_keys(self) -> None:
        running = self._turn is not None and self._turn.running
        stop = (("escape", "Esc", "Stop"),) if running else ()
        help_ = ("f1", "F1", "Help")
        last = (("f10", "F10", "Menu"), ("ctrl+q", "^Q", "Quit"))
        switch = switch_key(original=self._original) if self._foreign else ()
        if self._pane.has_focus_within or self._pane.has_focus:
            keys = stop + READING_KEYS[:1] + switch + READING_KEYS[1:]
        elif self._input.has_focus:
            keys = (*stop, ("enter", "Enter", "Ask"), ("down", "↓", "Pages"), help_, *last)
        else:
            back = stop or (("escape", "Esc", "Question"),)
            keys = (
                *back,
                *switch,
                ("enter", "Enter", "Open"),
                ("down", "↓", "Next"),
                help_,
                ("1", "1-9", "Page"),
                *last,
            )
        self.query_one(KeyBar).show(keys)

    @on(EdgeReached)
    def _edge(self, message: EdgeReached) -> None:
        in_pane = self._pane.has_focus or self._pane.has_focus_within
        if message.edge == "bottom":
            self._go_down()
        elif message.edge == "right" and not in_pane and self._wide and self._pane.target is not None:
            self._reading = self._pane.target
            self._pane.focus()
        elif in_pane and message.edge == "left":
            self._leave_pane()
        elif message.edge == "top" and not in_pane:
            self.action_question()

    def _go_down(self) -> None:
        """To the results; where there are none yet, as soon as they come."""
        self._column.enter()
        self._down = not self._column.rows

    def _go_down_late(self) -> None:
        """As it was wished, once the rows of the results have their place on the screen."""
        if self._down:
            self._go_down()
        if self._down and self._column.filled:
            self.set_timer(FLUSH, self._go_down_late)

    def _leave_pane(self) -> None:
        self._reading = None
        self._column.enter()

    def action_back(self) -> None:
        """Stop the answer; else leave the page; else back to the question; there, back to the last answer."""
        if self._turn is not None and self._turn.running:
            self._turn.cancel.set()
            self._say("Stopping…")
        elif self._pane.has_focus or self._pane.has_focus_within:
            self._leave_pane()
        elif not self._input.has_focus:
            self.action_question()
        elif self._instant and self._turn is not None:
            self._input.value = self._turn.question.text
            self._input.action_end()
            self._show_answer()
        else:
            self._input.action_select_all()

    def action_question(self) -> None:
        """To the question, all of it selected: typing replaces it, an arrow keeps it."""
        self._reading = None
        self._down = False
        self.set_focus(self._input)  # at once: the next key may have come already
        self._input.action_select_all()

    def action_open(self, number: int) -> None:
        """Choose the reading or open the passage with a number."""
        if choice := self._column.choice(number):
            choice.action_choose()
            return
        target = self._column.numbered(number)
        if target is not None:
            self.post_message(Opened(target))

    def on_key(self, event: KeyEvent) -> None:
        """A letter that is no key here begins the next question, and all that a scanner typed with it follows."""
        typing = self.focused is self._input
        if event.is_printable and event.character and (typing or event.key not in self.active_bindings):
            event.stop()
            self.type(event.character)

    def type(self, character: str) -> None:
        """Begin the next question with a letter, or go on with it."""
        if self.focused is not self._input:
            self.action_question()
        self._input.put(character)
