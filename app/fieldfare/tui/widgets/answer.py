"""The column of the answer: hazards, statements with proof, pages; or the instant results while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import Cancelled, Failed, Verdict
from fieldfare.question_words import asks_for_picture
from fieldfare.text import squeeze
from fieldfare.tui.messages import Opened, Target
from fieldfare.tui.seats import seats
from fieldfare.tui.widgets.column import Column
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.rows import ChoiceRow, CitedGroup, EvidenceRow, FoundFigure, PassageRow
from fieldfare.tui.wording import plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.domain import Evidence, Statement
    from fieldfare.tui.turn import Turn
    from fieldfare.workplace import Workplace


class AnswerColumn(Column, can_focus=False):
    """Hazards always come first and are never cut; the column scrolls, its parts do not."""

    DEFAULT_CSS = """
    AnswerColumn > #figures { height: auto; }
    AnswerColumn.-instant > #figures { display: none; }
    AnswerColumn FoundFigure { height: auto; }
    AnswerColumn .figures-title { height: 1; color: $accent; }
    """

    def __init__(self, workplace: Workplace, *, id: str) -> None:  # noqa: A002 - Textual's name
        """Where the machine may be any, each answer and place says whose it is."""
        super().__init__(id=id)
        self._workplace = workplace
        self._hazards_drawn = 0
        self._statements_drawn: list[Statement] = []
        self._figures_drawn: tuple[Evidence, ...] = ()

    def compose(self) -> ComposeResult:
        """The parts in their order, empty ones take no room; the figures go to the end where no figure was asked for."""
        yield Vertical(id="hazards")
        yield Static("", id="note", markup=False)
        yield Vertical(id="statements")
        yield Vertical(id="figures")
        yield Static("", id="pages-title", markup=False)
        yield Vertical(id="evidence")
        yield Onward(self)

    def on_mount(self) -> None:
        """Nothing to show yet."""
        self.clear()

    @property
    def filled(self) -> bool:
        """Whether there are pages to choose from, drawn already or not."""
        return any(row.display for row in self.query(EvidenceRow))

    def clear(self) -> None:
        """Show nothing."""
        self.tell("")
        self._title("")
        self._list((), None)
        self.remove_class("-instant")
        self._reset()
        self.scroll_home(animate=False)

    def tell(self, text: str) -> None:
        """A sentence above the answer: a refusal, a failure, what to do first. `text` is ours or cleaned."""
        note = self.query_one("#note", Static)
        note.update(Content(text))
        note.display = bool(text)

    def show_results(self, evidence: tuple[Evidence, ...]) -> None:
        """The instant results; the answer steps back but is kept."""
        self.add_class("-instant")
        self.tell("")
        self._title("")
        self._list(evidence, None)
        self.scroll_home(animate=False)

    def start(self, turn: Turn) -> None:
        """Make room for a new answer; the instant results stay until its own evidence arrives."""
        self._reset()
        self.tell("")
        self.scroll_home(animate=False)
        if not self.has_class("-instant"):
            self._list((), turn)
        self.remove_class("-instant")

    def draw(self, turn: Turn, *, again: bool = False) -> None:
        """Draw what has arrived of an answer; what is drawn already stays where it is."""
        if again:
            self.remove_class("-instant")
            self.scroll_home(animate=False)
        self._keep_place()
        self._draw_hazards(turn)
        self._draw_statements(turn)
        self.tell(self._note(turn))
        self._list(turn.evidence, turn)
        self._draw_figures(turn)
        refused = turn.answer is not None and turn.answer.verdict is Verdict.REFUSED
        title = _("Nearest pages") if refused else _("Found in the manuals")
        self._title(title if turn.evidence else "")
        self.query_one(Onward).display = bool(turn.hazards)
        self.call_after_refresh(self._onward)

    def sentence(self, turn: Turn, seconds: float) -> str:
        """What is going on with an answer, for the line under the question."""
        number = len(turn.hazards)
        told = ngettext("{number} hazard", "{number} hazards", number).format(number=number)
        warnings = f"▲ {told}. " if number else ""
        if turn.running:
            if turn.cancel.is_set():
                return _("Stopping…")
            waited = f" {seconds:.0f} s" if seconds >= 2 else ""
            doing = _("Writing…") if turn.evidence else _("Looking in the manuals…")
            return f"{warnings}{doing}{waited} {_('Esc stops.')}"
        if isinstance(turn.ended_by, Cancelled):
            return warnings + _("Stopped. What is shown is proved.")
        if isinstance(turn.ended_by, Failed):
            return warnings + _("No complete answer.")
        if turn.answer is not None and turn.answer.verdict is Verdict.REFUSED:
            return warnings + _("Not answered: see the nearest pages.")
        if turn.answer is not None and turn.answer.choices:
            return _("Which one? Keys 1 to {last} choose.").format(last=len(turn.answer.choices))
        proofs = len({(s.citation.passage.pack, s.citation.passage.id) for s in turn.statements})
        if turn.answer is not None and turn.answer.verdict is Verdict.QUOTED:
            said = ngettext("Quoted from {number} place.", "Quoted from {number} places.", proofs)
        else:
            said = ngettext("Answer from {number} place.", "Answer from {number} places.", proofs)
        translated = " " + _("Translated: ↓, then t shows the original.") if turn.translations.any else ""
        return warnings + said.format(number=proofs) + translated

    def open(self, number: int) -> None:
        """Choose the reading or open the passage with a number."""
        if choice := self._choice(number):
            choice.action_choose()
        elif (target := self._numbered(number)) is not None:
            self.post_message(Opened(target))

    def _numbered(self, number: int) -> Target | None:
        """What a number opens: the quotes it proves where it is cited, else the passage."""
        rows = [row for row in self.query(PassageRow) if row.display and row.target.number == number]
        if self.has_class("-instant"):
            rows = [row for row in rows if isinstance(row, EvidenceRow)]
        quotes = tuple(quote for row in rows for quote in row.target.quotes)
        warned = all(row.target.warned for row in rows)
        return Target(passage=rows[0].target.passage, quotes=quotes, number=number, warned=warned) if rows else None

    def _choice(self, number: int) -> ChoiceRow | None:
        """The reading with a number, where there are readings to choose from."""
        rows = () if self.has_class("-instant") else self.query(ChoiceRow)
        return next((row for row in rows if row.number == number), None)

    def first(self) -> PassageRow | None:
        """The first row that is shown."""
        rows = (EvidenceRow,) if self.has_class("-instant") else (CitedGroup, EvidenceRow)
        return next((row for kind in rows for row in self.query(kind) if row.display), None)

    def enter(self) -> None:
        """Take the focus: the row that is on the screen, or the first."""
        rows = self.rows
        seen = [row for row in rows if self.content_region.overlaps(row.region)]
        for row in (seen or rows)[:1]:
            row.focus(scroll_visible=False)

    def resized(self) -> None:
        """Rows have more or fewer lines on another size."""
        for row in self.query(EvidenceRow):
            row.changed()
        self.call_after_refresh(self._onward)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the line about what follows right while scrolling."""
        super().watch_scroll_y(old_value, new_value)
        self._onward()

    def answer_below(self) -> bool:
        """Whether an answer stands under the warnings, out of sight."""
        drawn = self.query_one("#statements")
        return bool(drawn.children) and drawn.display and drawn.virtual_region.y >= self.scroll_offset.y + self._room

    @property
    def _room(self) -> int:
        """Lines of the column that are seen above its foot."""
        return self.scrollable_content_region.height - 1

    def _onward(self) -> None:
        for line in self.query(Onward):
            line.tell()

    def _reset(self) -> None:
        self._hazards_drawn = 0
        self._statements_drawn = []
        self.query_one(Onward).display = False
        self._figures_drawn = ()
        for part in ("#hazards", "#statements", "#figures"):
            self.query_one(part).remove_children()

    def _note(self, turn: Turn) -> str:
        if isinstance(turn.ended_by, Failed):
            return squeeze(turn.ended_by.message)
        asked = _("Asked as: {question}").format(question=squeeze(turn.asked)) if turn.asked else ""
        message = plain(turn.answer.message).strip() if turn.answer is not None else ""
        routes = [
            _("Translated through a third language, what is lost twice: {route}").format(route=route)
            for route in (turn.routes if turn.translations.any else ())
        ]
        return "\n".join(filter(None, (turn.notice, asked, message, turn.translations.refused, *routes)))

    def _title(self, text: str) -> None:
        title = self.query_one("#pages-title", Static)
        title.update(Content.assemble((text, "bold")))
        title.display = bool(text)

    def _draw_hazards(self, turn: Turn) -> None:
        new = turn.hazards[self._hazards_drawn :]
        self._hazards_drawn = len(turn.hazards)
        if new:
            self.query_one("#hazards").mount_all(
                [HazardBox.of(hazard, translations=turn.translations) for hazard in new]
            )

    def _draw_statements(self, turn: Turn) -> None:
        if turn.statements[: len(self._statements_drawn)] != self._statements_drawn:
            self._statements_drawn = []
            self.query_one("#statements").remove_children()
        new = turn.statements[len(self._statements_drawn) :]
        box = self.query_one("#statements")
        last = next((row for row in reversed(list(box.children)) if isinstance(row, CitedGroup)), None)
        last = last if self._statements_drawn else None
        for statement in new:
            if last is None or not last.add(statement):
                last = CitedGroup(
                    statement, turn.number_of(statement.citation.passage), several=self._several,
                    translations=turn.translations,
                )  # fmt: skip
                box.mount(last)
        self._statements_drawn = list(turn.statements)
        choices = turn.answer.choices if turn.answer is not None else ()
        if choices and not box.children:
            box.mount_all([ChoiceRow(one, number, several=self._several) for number, one in enumerate(choices, 1)])

    def _list(self, evidence: tuple[Evidence, ...], turn: Turn | None) -> None:
        box = self.query_one("#evidence")
        rows = list(box.query(EvidenceRow))
        told = turn.hazards if turn is not None else ()
        for index, (found, seat) in enumerate(zip(evidence, seats(evidence, told), strict=True)):
            number = turn.number_of(found.passage) if turn is not None else index + 1
            if index < len(rows):
                rows[index].show(found, number, seat, several=self._several)
                rows[index].display = True
            else:
                box.mount(EvidenceRow(found, number, seat, several=self._several))
        for row in rows[len(evidence) :]:
            row.display = False

    def _draw_figures(self, turn: Turn) -> None:
        if turn.figures == self._figures_drawn:
            return
        self._figures_drawn = turn.figures
        box = self.query_one("#figures")
        box.remove_children()
        box.mount(Static(Content.styled(_("Figures"), "bold"), classes="figures-title", markup=False))
        box.mount_all([FoundFigure(one, several=self._several) for one in turn.figures])
        if asks_for_picture(turn.question.text):
            self.move_child(box, after=self.query_one("#note"))
        else:
            self.move_child(box, after=self.query_one("#evidence"))

    @property
    def _several(self) -> bool:
        return self._workplace.several

    def _keep_place(self) -> None:
        """What is chosen stays under the eye while statements push it down."""
        chosen = self.screen.focused
        if not isinstance(chosen, EvidenceRow) or not self.scroll_y:
            return
        before = chosen.region.y

        def settle() -> None:
            self.scroll_relative(y=chosen.region.y - before, animate=False, force=True)

        self.call_after_refresh(settle)


class Onward(Static):
    """The line that stays at the foot of the column where warnings fill it: the answer follows them."""

    def __init__(self, column: AnswerColumn) -> None:
        super().__init__("", id="onward", markup=False)
        self._column = column
        self._told = False

    def tell(self) -> None:
        """Look again whether the answer is out of sight."""
        below = self._column.answer_below()
        if below != self._told:
            self._told = below
            self.update(
                Content.assemble((f" ▼ {_('The answer follows: ↓')} " if below else "", "bold reverse")), layout=False
            )

    @on(Click)
    def _clicked(self) -> None:
        self._column.scroll_page_down(animate=False)
