"""The room for asking: question, hazards, answer, pages, and the page beside them where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from fieldfare.catalogue import N_, _
from fieldfare.domain import BlockKind, ModelState, ModelStatus, reference
from fieldfare.errors import FieldfareError, StorageError
from fieldfare.text import squeeze
from fieldfare.tui.messages import Chosen, EdgeReached, ModelChanged, Said, TranslationsChanged, WorkplaceLoaded
from fieldfare.tui.screens.answering import AnsweringScreen
from fieldfare.tui.translations import redraw, switch_key
from fieldfare.tui.widgets.answer import AnswerColumn
from fieldfare.tui.widgets.bars import KeyBar, StatusLine, TitleBar
from fieldfare.tui.widgets.question import QuestionInput
from fieldfare.tui.widgets.reader import Reader
from fieldfare.tui.widgets.rows import FoundFigure, PassageRow
from fieldfare.tui.wording import quotation

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain import Passage
    from fieldfare.tui.app import FieldfareApp
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.messages import Target

LOADING = ModelState(status=ModelStatus.LOADING, sentence="")
"""Shown from the first moment on."""
NO_PACK = N_("No manuals are installed. F7 installs them from a file, a folder or a stick.")
NO_OTHER = N_("No other manuals are installed. F7 installs them from a file, a folder or a stick.")
WELCOME = N_("""What is wrong, what do you need to do, which value do you need?

Fault codes and part numbers are looked up as they are printed.
Every answer names its page; warnings come first.""")


class AskScreen(AnsweringScreen):
    """Draws what the assistant says about the question that is being typed or was asked."""

    AUTO_FOCUS = "#question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("slash", "question", "Question", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
        Binding("pageup", "history", N_("what was asked before"), show=False),
        Binding("t", "original", "Original", show=False),
        Binding("g", "figures", N_("the figures that were found"), show=False),
        Binding("s", "procedure", N_("carry the procedure out, step by step"), show=False),
        Binding("n", "note", N_("note the quote with its source in the job"), show=False),
        Binding("y", "copy", N_("copy the quote with its source"), show=False),
        *(Binding(str(number), f"open({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._state = LOADING
        self._machine = desk.workplace.machine  # that the screen shows answers for

    def compose(self) -> ComposeResult:
        """From top to bottom as on every size; the pane is hidden where there is no room."""
        yield TitleBar(self.desk, LOADING)
        yield QuestionInput(lambda: self.desk.workplace.questions)
        yield StatusLine()
        with Horizontal(id="body"):
            yield AnswerColumn(self.desk.workplace, id="column")
            yield Reader(self.desk, id="pane")
        yield KeyBar()

    def on_mount(self) -> None:
        """Paint first, then let the model load."""
        self._welcome()
        self.show_keys()
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._load)

    def on_unmount(self) -> None:
        """Leave no answer running behind a closed screen, and wait for no model that loads."""
        if self._turn is not None:
            self._turn.cancel.set()
        self._ahead.set()
        self._assistant.stop()

    def on_screen_resume(self) -> None:
        """What is shown was asked of a machine: with another, a new subject begins."""
        self.query_one(TitleBar).refresh()
        if self.desk.workplace.machine != self._machine:
            self._machine = self.desk.workplace.machine
            self.action_anew()
            self.search_soon()

    def _welcome(self) -> None:
        self.say_idle()
        problems = [squeeze(problem) for problem in self._assistant.problems]
        notice = self.desk.workplace.notice
        first = [*problems, *([notice, ""] if notice else [])]
        none = _(NO_OTHER) if problems else _(NO_PACK)
        self._column.tell("\n".join([*first, _(WELCOME) if self._assistant.packs else none]))

    def ask_for(self, text: str) -> None:
        """Ask a question as if it had been typed."""
        self._input.value = text
        self.ask(text)

    def speak_anew(self) -> None:
        """Draw what is ours in the language of now; an answer stays as it was given."""
        self._input.placeholder = _("Question, code or part number")
        self.query_one(TitleBar).refresh()
        self.show_keys()
        if self._turn is None and not self._input.value:
            self._welcome()

    # The model, and what the journal kept.

    def _load(self) -> None:
        self._load_workplace()
        self._load_model()

    @work(thread=True, group="journal", exit_on_error=False)
    def _load_workplace(self) -> None:
        problem = self.desk.journal.problem
        try:
            self.desk.workplace.load()
        except FieldfareError as error:
            problem = str(error)
        self.post_message(WorkplaceLoaded(problem))

    @on(WorkplaceLoaded)
    def _workplace_loaded(self, message: WorkplaceLoaded) -> None:
        self._machine = self.desk.workplace.machine
        self.query_one(TitleBar).refresh()
        self.show_keys()
        if self._turn is None and not self._input.value:
            self._welcome()
        if message.problem:
            self.post_message(Said(message.problem))

    @work(thread=True, group="model", exit_on_error=False)
    def _load_model(self) -> None:
        self._assistant.load_model()
        self.post_message(ModelChanged(self._assistant.model_state))
        if language := self.desk.preferences.current.language:
            self._assistant.prepare_language(language)

    @on(ModelChanged)
    def _model_changed(self, message: ModelChanged) -> None:
        self._state = message.state
        self.query_one(TitleBar).show(message.state)
        if message.state.status in {ModelStatus.FAILED, ModelStatus.SLOW} and self._turn is None:
            self.say(squeeze(message.state.sentence))

    def _tick(self) -> None:
        if self._assistant.model_state != self._state and self._state is not LOADING:
            self._model_changed(ModelChanged(self._assistant.model_state))
        self.say_progress()

    # Asking.

    @on(Input.Submitted)
    def typed(self) -> None:
        """Ask what stands in the question."""
        text = squeeze(self._input.value)
        if not self._assistant.packs:
            self.say(_("There is nothing to ask yet: no manuals are installed."))
        elif not text:
            self.say(_("Type a question, a fault code or a part number first."))
        elif self.desk.workplace.bare:
            self.say(self.desk.workplace.notice)
        elif self._answered and self._turn is not None and text == self._turn.question.text:
            if row := self._column.first():
                row.action_open()
        else:
            self.ask(text)
            self._input.action_select_all()  # the next letter begins the next question

    @on(Chosen)
    def _chosen(self, message: Chosen) -> None:
        self._input.value = squeeze(message.question.text)
        self.ask(message.question.text, message.question)

    def action_history(self) -> None:
        """What was asked before, to ask it again."""
        from fieldfare.tui.screens.history import HistoryScreen

        def again(text: str | None) -> None:
            if text:
                self._input.value = text
                self.action_question()
                self.typed()

        self.app.push_screen(HistoryScreen(self.desk), again)

    def action_anew(self) -> None:
        """Begin a new subject."""
        self.forget()
        self._welcome()

    # What is on the screen.

    def on_resize(self) -> None:
        """What is read beside the answer goes on over the whole screen where the room is gone."""
        self.call_after_refresh(self._follow_size)

    def _follow_size(self) -> None:
        self._column.resized()
        self._read_on_whole_screen()
        if self._wide and self._pane.target is None and self._turn is not None and not self._instant:
            self._show_best(self._turn)  # there is room for it now
        self.show_keys()

    @on(TranslationsChanged)
    def _switchable(self) -> None:
        self.show_keys()

    @property
    def _foreign(self) -> bool:
        """Whether anything on the screen is a translation."""
        answered = self._turn is not None and not self._instant and self._turn.translations.any
        return answered or (self._wide and self._pane.translated)

    @property
    def _answered(self) -> bool:
        """Whether the whole answer to what was asked last is on the screen."""
        return self._turn is not None and self._turn.answer is not None and not self._instant

    @property
    def _figured(self) -> bool:
        """Whether figures were found for the answer on the screen."""
        return self._turn is not None and bool(self._turn.figures) and not self._instant

    @property
    def _in_pane(self) -> bool:
        return self._pane.has_focus or self._pane.has_focus_within

    # Keys.

    def on_descendant_focus(self) -> None:
        """Other keys for another place."""
        self.show_keys()

    def show_keys(self) -> None:
        """Draw the keys of the moment."""
        running = self._turn is not None and self._turn.running
        stop = (("escape", "Esc", _("Stop")),) if running else ()
        last = (("f6", "F6", _("Machine")),)
        switch = switch_key(original=self._original) if self._foreign else ()
        if self._in_pane:
            keys = (*stop, ("escape", "Esc", _("Back")), *switch, *self._pane.keys())
        elif self._input.has_focus:
            new = (("escape", "Esc", _("New subject")),) if self._turn and not running and not self._instant else ()
            earlier = (("up", "↑", _("Earlier")),) if self.desk.workplace.questions else ()
            keys = (
                *stop,
                ("enter", "Enter", _("Page") if self._answered else _("Ask")),
                ("down", "↓", _("Pages")),
                *last,
                *new,
                *earlier,
            )
        else:
            keys = (
                *(stop or (("escape", "Esc", _("Question")),)),
                *switch,
                ("enter", "Enter", _("Open")),
                ("1", "1-9", _("Page")),
                *((("s", "s", _("Step by step")),) if self._procedure() else ()),
                *((("g", "g", _("Figures")),) if self._figured else ()),
                ("n", "n", _("Into the job")),
                *last[:2],
                ("y", "y", _("Copy")),
                *last[2:],
            )
        self.query_one(KeyBar).show(keys)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """A letter is a key where there is something for it to do, else it begins a question as any other."""
        if action in {"note", "copy"}:
            return self._row() is not None
        needed = {"original": self._foreign, "figures": self._figured, "procedure": self._procedure() is not None}
        return needed.get(action, True)

    def _row(self) -> PassageRow | None:
        """What a letter is about: the chosen row, on a warning the first of the answer; none while one types."""
        if isinstance(self.focused, PassageRow):
            return self.focused
        return None if self.typing() or self._in_pane else self._column.first()

    def _procedure(self) -> Passage | None:
        """A step that the chosen row or the answer cites: the procedure that it is of can be carried out."""
        row = self._row()
        shown = [row.target.passage] if row is not None else []
        if self._turn is not None and not self._instant:
            shown += [one.citation.passage for one in self._turn.statements]
        return next((one for one in shown if one.kind is BlockKind.STEP), None)

    @on(EdgeReached)
    def _edge(self, message: EdgeReached) -> None:
        if message.edge == "bottom":
            self.go_down()
        elif message.edge == "right" and not self._in_pane and self._wide and self._pane.target is not None:
            self._reading = self._pane.target
            self._pane.focus()
        elif self._in_pane and message.edge == "left":
            self._leave_pane()
        elif message.edge == "top" and not self._in_pane:
            self.action_question()

    def _leave_pane(self) -> None:
        self._reading = None
        self._column.enter()

    def action_back(self) -> None:
        """Stop the answer; else leave the page; else to the question; there, back to the answer, then to a new subject."""
        if self._turn is not None and self._turn.running:
            self._turn.cancel.set()
            self.say(_("Stopping…"))
        elif self._in_pane:
            self._leave_pane()
        elif not self._input.has_focus:
            self.action_question()
        elif self._instant and self._turn is not None:
            self._input.value = self._turn.question.text
            self._input.action_end()
            self.show_answer()
        else:
            self._input.value = ""
            self.action_anew()

    def action_open(self, number: int) -> None:
        """Choose the reading or open the passage with a number."""
        self._column.open(number)

    def action_figures(self) -> None:
        """To the figures that were found for the question."""
        for row in [one for one in self.query(FoundFigure) if one.display][:1]:
            row.focus()

    def action_original(self) -> None:
        """The originals in place of their translations, and back."""
        self._original = not self._original
        if self._turn is not None:
            self._turn.translations.original = self._original
        redraw(self._column)
        self._pane.show_original(original=self._original)
        self.show_keys()

    def action_copy(self) -> None:
        """The quote of the chosen row with its source, into the clipboard of the terminal."""
        if row := self._row():
            self.app.copy_to_clipboard(quotation(row.target))
            self.post_message(Said(_("Copied with its source. Paste it where this terminal pastes.")))

    def action_note(self) -> None:
        """The quote of the chosen row with its source, into the job."""
        if row := self._row():
            self._note(row.target, self._turn.question.text if self._turn else self._instant)

    def action_procedure(self) -> None:
        """Carry the procedure out that the answer cites."""
        if step := self._procedure():
            cast("FieldfareApp", self.app).open_procedure(step.pack, step.section, self._language)

    @work(thread=True, group="note", exit_on_error=False)
    def _note(self, target: Target, asked: str) -> None:
        manifests = {pack.manifest.id: pack.manifest for pack in self._assistant.packs}
        manifest = manifests.get(target.passage.pack)
        if manifest is None:
            return
        try:
            place = reference(target.passage, manifest, "\n".join(target.quotes))
            self.desk.journal.note(asked, place)
        except StorageError as error:
            self.post_message(Said(str(error)))
        else:
            self.post_message(Said(_("Noted in the job, with its source.")))
