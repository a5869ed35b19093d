"""Questions to the user: one of several, a sentence to read, or a line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from fieldfare.catalogue import N_, _
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.listing import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult


Choice = tuple[str, str, str]
"""What is given back, its title, and a sentence or nothing."""


class PickScreen(ChoosingScreen[str | None]):
    """One of several; the present one, where there is one, has a mark."""

    def __init__(
        self, heading: str, choices: Iterable[Choice], *, sentence: str = "", chosen: str | None = None
    ) -> None:
        offers: list[Offer[str | None]] = []
        for value, title, about in choices:
            mark = "" if chosen is None else "● " if value == chosen else "○ "
            offers.append(Offer(row=Row(text=mark + title, about=about), value=value))
        at = next((i for i, one in enumerate(offers) if one.value == chosen), None)
        super().__init__(heading, offers, sentence=sentence, at=at)


class TellScreen(PickScreen):
    """A sentence that must be read whole; Enter or Esc leads back."""

    def __init__(self, heading: str, sentence: str) -> None:
        super().__init__(heading, [("", _("Go on"), "")], sentence=sentence)


class TypeScreen(Overlay[str | None]):
    """A line of text; `check` gives a sentence for what cannot be taken."""

    DEFAULT_CSS = """
    TypeScreen VerticalScroll { height: auto; max-height: 60%; }
    TypeScreen .sentence { height: auto; padding: 0 1; margin: 0 0 1 0; }
    TypeScreen.-short .sentence { margin: 0; }
    TypeScreen Input { border: tall $accent; background: $surface; color: $foreground; margin: 0 1; }
    TypeScreen .wrong { height: auto; padding: 0 1; text-style: bold; color: $accent; }
    """
    SCOPED_CSS = False
    ABOUT = "type"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("back, nothing changed"), show=False),
    ]

    def __init__(
        self, heading: str, *, sentence: str = "", value: str = "", hint: str = "",
        check: Callable[[str], str] = lambda _text: "",
    ) -> None:  # fmt: skip
        super().__init__()
        self._heading, self._sentence = heading, sentence
        self._value, self._hint, self._check = value, hint, check

    def compose(self) -> ComposeResult:
        """What is asked, the line, and below it what is wrong."""
        yield Static(Content(self._heading), classes="heading", markup=False)
        if self._sentence:
            with VerticalScroll(can_focus=False):
                yield Static(Content(self._sentence), classes="sentence", markup=False)
        yield Input(self._value, placeholder=self._hint)
        yield Static("", classes="wrong", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Say how to go on."""
        self.query_one(KeyBar).show((("enter", "Enter", _("Take")), ("escape", "Esc", _("Back"))))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        text = message.value.strip()
        if wrong := self._check(text):
            self.query_one(".wrong", Static).update(Content(wrong))
        else:
            self.dismiss(text)
