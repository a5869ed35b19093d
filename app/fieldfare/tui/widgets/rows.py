"""Rows that open a passage: evidence and the groups of statements that one passage proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Focus

from fieldfare.catalogue import _
from fieldfare.domain import BlockKind
from fieldfare.text import squeeze
from fieldfare.tui.messages import Chosen, FigureChosen, Highlighted, Opened, Target
from fieldfare.tui.translations import Translations, origin
from fieldfare.tui.widgets.wrapped import Wrapped, hanging, shortened
from fieldfare.tui.wording import caveats, heading, match_name, page_name, plain, signal_words, snippet, source_line

if TYPE_CHECKING:
    from fieldfare.domain import Choice, Evidence, Hazard, Statement
    from fieldfare.tui.seats import Seat


class PassageRow(Wrapped, can_focus=True):
    """A row that opens a passage by Enter or a tap, and says when the arrows reach it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]

    @property
    def target(self) -> Target:
        """What the row opens."""
        raise NotImplementedError

    def action_open(self) -> None:
        """Open the passage."""
        self.post_message(Opened(self.target))

    @on(Click)
    def _clicked(self) -> None:
        self.action_open()

    @on(Focus)
    def _focused(self) -> None:
        self.post_message(Highlighted(self.target))


class EvidenceRow(PassageRow):
    """A passage that was found: where it stands, which hazards protect it, how it begins; two or three lines."""

    def __init__(self, evidence: Evidence, number: int, seat: Seat, *, several: bool = False) -> None:
        """Of `several` machines each place says whose it is."""
        super().__init__(classes="row evidence")
        self._several = several
        self._evidence = evidence
        self._number = number
        self._seat = seat

    def show(self, evidence: Evidence, number: int, seat: Seat, *, several: bool) -> None:
        """Show another passage in this row: while typing, rows are reused and nothing flickers."""
        if (evidence, number, seat, several) != (self._evidence, self._number, self._seat, self._several):
            self._evidence, self._number, self._seat, self._several = evidence, number, seat, several
            self.changed()

    @property
    def target(self) -> Target:
        """The passage as a whole."""
        return Target(passage=self._evidence.passage, number=self._number, warned=not self._seat.withheld)

    def lines(self, width: int) -> list[Content]:
        """Number, page and heading; its hazards whole; then its beginning, and where there is room, the document.

        Where the hazards have no room here, the text waits with them until the place is opened.
        """
        passage = self._evidence.passage
        number = f"{self._number:>2} "
        room = width - len(number)
        place = page_name(passage.place)
        title = heading(passage.heading) or squeeze(passage.document)
        machine = f"{squeeze(passage.machine)}  " if self._several and passage.machine else ""
        first = Content.assemble((number, "bold"), f"{machine}{place}{'  ' if place else ''}", (title, "bold"))
        indent = " " * len(number)
        warnings = [line for hazard in self._seat.hazards for line in _whole(hazard, width, indent)]
        if self._seat.withheld:
            second = Content.assemble((f"▲ {signal_words(passage.hazards)}", "bold"), f" · {_('Enter to read')}")
        elif passage.kind is BlockKind.HAZARD:  # it stands whole in its seat, or above the list
            second = Content("" if warnings else _("stands above"))
        else:
            second = Content(snippet(passage))
        if not self.screen.has_class("-tall"):
            lines = [shortened(second, room)]
        else:
            wrapped = [line.rstrip() for line in second.wrap(room)] or [Content("")]
            lines = wrapped[:1]
            if len(wrapped) > 1:
                lines.append(shortened(Content(" ").join(wrapped[1:]), room))
            matched = ", ".join(map(match_name, self._evidence.matched_by))
            revision = squeeze(passage.revision)
            # what limits trust comes first: a narrow screen cuts the end
            source = f"{caveats(passage)} {squeeze(passage.document)}".strip() + (
                f", {_('rev. {revision}').format(revision=revision)}" if revision else ""
            )
            found = _("found by {reasons}").format(reasons=matched)
            lines.append(shortened(Content(f"{source} · {found}"), room))
        return [shortened(first, width), *warnings, *(Content(indent) + line for line in lines if line)]


def _whole(hazard: Hazard, width: int, indent: str) -> list[Content]:
    """A warning in a row: never cut, its lines hang behind a bar."""
    scheme = f" ({squeeze(hazard.scheme)})" if hazard.scheme else ""
    said = Content.assemble((f"{squeeze(hazard.signal_word)}{scheme}: ", "bold"), plain(hazard.text).strip())
    return hanging(said, width, Content.assemble(indent, ("▲ ", "bold")), f"{indent}▌ ")


class CitedGroup(PassageRow):
    """Consecutive statements that one passage proves, and the line that says where it stands.

    A procedure of ten steps names its page once instead of ten times. A quote has a bar and quotation marks.
    """

    def __init__(
        self, statement: Statement, number: int, *, several: bool = False, translations: Translations | None = None
    ) -> None:
        """Of `several` machines each answer says whose it is."""
        super().__init__(classes="row cited-group")
        self._translations = translations or Translations()
        self._several = several
        self._statements = [statement]
        self._number = number

    @property
    def target(self) -> Target:
        """The passage with the quotes that prove the statements."""
        quotes = tuple(dict.fromkeys(statement.citation.quote for statement in self._statements))
        return Target(passage=self._statements[0].citation.passage, quotes=quotes, number=self._number)

    @property
    def texts(self) -> frozenset[str]:
        """What it shows, in the original."""
        return frozenset(one.text for one in self._statements)

    def add(self, statement: Statement) -> bool:
        """Take one more statement of the same passage; False where it belongs to another."""
        mine, other = self._statements[0].citation.passage, statement.citation.passage
        if (mine.pack, mine.id) != (other.pack, other.id):
            return False
        self._statements.append(statement)
        self.changed()
        return True

    def lines(self, width: int) -> list[Content]:
        """The statements, each with its citation number, and the source below them."""
        lines: list[Content] = []
        number = Content.assemble((f"[{self._number}]", "bold $accent"))
        for statement in self._statements:
            said = self._translations.of(statement.text)
            text = plain(said.text if said else statement.text).strip()
            if said:
                lines += hanging(Content(f"{text} ") + number, width, "│ ", "│ ")
                if (note := origin(said)) is not None:
                    lines += hanging(note, width, "│ ", "│ ")
            elif statement.verbatim:
                body = Content(f"“{text}” ") + number
                lines += hanging(body, width, "▌ ", "▌ ")
            else:
                lines += hanging(Content(f"{text} ") + number, width)
            for conversion in statement.conversions:
                lines += hanging(Content(f"{conversion} (converted)"), width, "    ", "    ")
        source = Content(source_line(self._statements[0].citation.passage, machine=self._several))
        lines += hanging(source, width, Content.assemble("  ", number, " "), " " * (4 + len(str(self._number)) + 1))
        return lines


class FoundFigure(Wrapped, can_focus=True):
    """A figure that was found for a question: Enter or a tap shows it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]

    def __init__(self, evidence: Evidence, *, several: bool = False) -> None:
        super().__init__(classes="row found-figure")
        self._evidence = evidence
        self._several = several

    @on(Click)
    def action_open(self) -> None:
        """Show it."""
        self.post_message(FigureChosen(self._evidence))

    def lines(self, width: int) -> list[Content]:
        """Its caption, and where it stands."""
        figure, passage = self._evidence.figure, self._evidence.passage
        caption = plain(figure.caption or figure.number).strip() if figure is not None else ""
        source = source_line(passage, machine=self._several)
        mark = Content.assemble(("▣ ", "bold"))
        return [*hanging(Content.styled(caption or heading(passage.heading), "bold"), width, mark, "  "),
                *hanging(Content(source), width, "  ", "  ")]  # fmt: skip


class ChoiceRow(Wrapped, can_focus=True):
    """One reading of an ambiguous question: it is asked by Enter, a tap or its number."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "Choose", show=False)]

    def __init__(self, choice: Choice, number: int, *, several: bool = False) -> None:
        super().__init__(classes="row choice")
        self.number = number
        self._choice = choice
        self._several = several

    @on(Click)
    def action_choose(self) -> None:
        """Ask it."""
        self.post_message(Chosen(self._choice.question))

    def lines(self, width: int) -> list[Content]:
        """Number and question; below, the machine and place that would answer."""
        number = f"{self.number:>2} "
        asked = Content.styled(plain(self._choice.question.text), "bold")
        source = Content(source_line(self._choice.evidence.passage, machine=self._several))
        indent = " " * len(number)
        return [
            *hanging(asked, width, Content.assemble((number, "bold")), indent),
            *hanging(source, width, indent, indent),
        ]
