"""Whose work came with the program, and the texts of each licence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldfare import inventory
from fieldfare.catalogue import N_, _, ngettext
from fieldfare.errors import FieldfareError
from fieldfare.text import clean, squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.listing import Row

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.inventory import Part


@dataclass
class Listed(Message):
    """What there is, or why that cannot be told."""

    parts: tuple[Part, ...]
    problem: str = ""


class LicencesScreen(ChoosingScreen["Part | None"]):
    """Every part with its version and terms; one that is chosen shows its licence."""

    ABOUT = "licences"

    def __init__(self) -> None:
        super().__init__(_("Licences"), hint=_("Letters narrow it down"), whole=False)

    def on_mount(self) -> None:
        """Read the list in a thread."""
        self._read()

    @work(thread=True, group="licences", exit_on_error=False)
    def _read(self) -> None:
        try:
            self.post_message(Listed(inventory.parts()))
        except FieldfareError as error:
            self.post_message(Listed((), squeeze(str(error))))

    @on(Listed)
    def _show(self, message: Listed) -> None:
        if inventory.program_dir() is None:
            said = _("What this Python installation holds, the tools for developers included.")
        else:
            others = len(message.parts) - 1  # the first is the program itself
            said = ngettext(
                "{count} part that others made is inside.", "{count} parts that others made are inside.", others
            ).format(count=others)
        self.say(message.problem or said)
        self.offer(
            Offer(row=Row(text=squeeze(f"{one.name} {one.version}"), about=squeeze(one.licence)), value=one)
            for one in message.parts
        )

    def choose(self, value: Part | None) -> None:
        """Show the licence; the list stays below it."""
        if value is not None:
            self.app.push_screen(LicenceScreen(value))


class LicenceScreen(Overlay[None]):
    """The texts of one licence, whole."""

    DEFAULT_CSS = """
    LicenceScreen VerticalScroll { padding: 0 1; }
    LicenceScreen .said { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left", "dismiss", N_("Back"), show=False),
        Binding("question_mark", "app.help", N_("help on this screen"), show=False),
    ]
    ABOUT = "licence"

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._part = part

    def compose(self) -> ComposeResult:
        """Its name and terms, then the texts."""
        part = self._part
        yield Static(Content(squeeze(f"{part.name} {part.version}: {part.licence}")), classes="heading", markup=False)
        with VerticalScroll():
            yield Static(Content(self._text()), classes="said", markup=False)
        yield KeyBar()

    def _text(self) -> str:
        part, texts = self._part, []
        for file in part.texts:
            try:
                texts.append(clean(file.read_text("utf-8", "replace")).strip())
            except OSError as error:
                texts.append(_("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror))
        missing = _("{name}: the text of its licence did not come with it. It names: {licence}")
        return "\n\n\n".join(texts) or missing.format(name=squeeze(part.name), licence=squeeze(part.licence))

    def on_mount(self) -> None:
        """Show the keys."""
        self.query_one(VerticalScroll).focus()
        self.query_one(KeyBar).show((("escape", "Esc", _("Back")), ("down", "↓", _("More"))))
