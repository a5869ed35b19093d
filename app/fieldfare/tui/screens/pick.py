"""Questions to the user: one of several, or a line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from fieldfare.catalogue import _
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.lines import Line, Lines, Picked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult


Choice = tuple[str, str, str]
"""What is given back, its title, and a sentence or nothing."""


class _AskingScreen(Overlay[str | None]):
    """A heading and a sentence, then what the user answers with; Esc gives None."""

    DEFAULT_CSS = """
    .heading { height: auto; max-height: 4; padding: 0 1; background: $bar; color: $bar-text; text-style: bold; }
    .sentence { height: auto; padding: 0 1; margin: 0 0 1 0; }
    TypeScreen VerticalScroll { height: auto; max-height: 60%; }
    .-short .sentence { margin: 0; }
    TypeScreen Input { border: tall $accent; background: $surface; color: $foreground; margin: 0 1; }
    .wrong { height: auto; padding: 0 1; text-style: bold; color: $accent; }
    """
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back", show=False)]
    AUTO_FOCUS = ""  # it would scroll past what is to be read

    def __init__(self, heading: str, sentence: str) -> None:
        super().__init__()
        self._heading, self._sentence = heading, sentence

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(Content(self._heading), classes="heading", markup=False)
        yield from self.compose_answer()
        yield KeyBar()

    def compose_sentence(self) -> ComposeResult:
        """What is asked; it scrolls where it is long."""
        if self._sentence:
            yield Static(Content(self._sentence), classes="sentence", markup=False)

    def compose_answer(self) -> ComposeResult:
        """What the user answers with."""
        raise NotImplementedError


class PickScreen(_AskingScreen):
    """One of several, by arrows and Enter, its number or a tap."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("left", "dismiss(None)", "Back", show=False)]

    def __init__(
        self, heading: str, choices: Iterable[Choice], *, sentence: str = "", chosen: str | None = None
    ) -> None:
        super().__init__(heading, sentence)
        self._choices, self._chosen = tuple(choices), chosen

    def compose_answer(self) -> ComposeResult:
        """The choices; the present one has a mark."""
        with Lines():
            yield from self.compose_sentence()
            for value, title, sentence in self._choices:
                mark = "" if self._chosen is None else "● " if value == self._chosen else "○ "
                yield Line(value, title, sentence=sentence, mark=mark)

    def on_mount(self) -> None:
        """Begin at the present choice."""
        self.query_one(Lines).choose(self._chosen, scroll=not self._sentence)
        self.query_one(KeyBar).show(
            (("enter", "Enter", _("Choose")), ("escape", "Esc", _("Back")), ("down", "↓", _("More")))
        )

    @on(Picked)
    def _picked(self, message: Picked) -> None:
        self.dismiss(message.key)


class TellScreen(PickScreen):
    """A sentence that must be read whole; Enter or Esc leads back."""

    def __init__(self, heading: str, sentence: str) -> None:
        super().__init__(heading, [("", _("Go on"), "")], sentence=sentence)


class TypeScreen(_AskingScreen):
    """A line of text; `check` gives a sentence for what cannot be taken."""

    def __init__(
        self, heading: str, *, sentence: str = "", value: str = "", hint: str = "",
        check: Callable[[str], str] = lambda _text: "",
    ) -> None:  # fmt: skip
        super().__init__(heading, sentence)
        self._value, self._hint, self._check = value, hint, check

    def compose_answer(self) -> ComposeResult:
        """The line, and below it what is wrong."""
        if self._sentence:
            with VerticalScroll(can_focus=False):
                yield from self.compose_sentence()
        yield Input(self._value, placeholder=self._hint)
        yield Static("", classes="wrong", markup=False)

    def on_mount(self) -> None:
        """Say how to go on."""
        self.query_one(Input).focus()
        self.query_one(KeyBar).show((("enter", "Enter", _("Take")), ("escape", "Esc", _("Back"))))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        text = message.value.strip()
        if wrong := self._check(text):
            self.query_one(".wrong", Static).update(Content(wrong))
        else:
            self.dismiss(text)
