"""Help on the screen that it was asked on: what it is for, its keys, then what holds everywhere and what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fieldfare.catalogue import N_, _
from fieldfare.text import squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar
from fieldfare.tui.widgets.wrapped import Wrapped, hanging

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.assistant import Assistant
    from fieldfare.tui.commands import Command

PURPOSES = {
    "ask": N_(
        "Ask in your own words, or type a fault code or part number as it is printed. Places in the manuals come as you type; "
        "Enter asks. Warnings come first and are never cut. Each answer names its page: its number opens it."
    ),
    "reading": N_("The manual itself. What the answer cites is marked. Warnings stand before what they protect."),
    "picture": N_("A figure on the whole screen: closer, farther, and moved by the arrows."),
    "manuals": N_("The manuals that are installed: leaf through them, search inside, go back to bookmarks."),
    "procedure": N_(
        "One step after the other: its warnings first, then what to do. The place is kept, also over a power cut."
    ),
    "procedures": N_("The procedures of the manuals: a word of the heading finds one. What is open comes first."),
    "overview": N_("All steps with what became of each; Enter looks at one and ticks nothing."),
    "needs": N_("What the whole procedure needs and sets, as printed, with its steps."),
    "job": N_(
        "What was asked, read, done and measured in this job; to note, export, hand over or wipe. It stays on this device."
    ),
    "library": N_("What is installed: packs of manuals, language packages, and whose signatures this device trusts."),
    "settings": N_("What you decide. A change holds at once and is kept."),
    "machine": N_(
        "Choose the machine that you work on: type it, choose it, or scan its plate. Everything else obeys it."
    ),
    "history": N_("What was asked before; Enter asks it again."),
    "menu": N_("Every room, and all that the keys do here. Letters narrow it down; Enter or its number does it."),
    "pick": N_("One of these is chosen: by its number, by the arrows and Enter, or by a tap."),
    "type": N_("A line is typed; Enter takes it."),
    "files": N_("A file is chosen: the newest first, by letters of its name, or by its whole path."),
    "folder": N_("A file or folder is chosen: what is plugged in first, then folder by folder."),
    "report": N_("What the report is written as, and where to."),
    "entry": N_("An entry of the job, whole."),
    "note": N_("A note is written; Enter keeps it, an empty one removes it."),
    "licences": N_("Whose work came with this program, and under which terms; one that is chosen shows its licence."),
    "licence": N_("The licence, whole."),
    "doctor": N_("What was checked on this device, each with what to do where it is not well."),
}
"""What a screen is for, by its id."""


class KeyLine(Wrapped):
    """A key and what it does, which hangs behind it."""

    def __init__(self, key: str, meaning: str) -> None:
        super().__init__()
        self._key, self._meaning = key, meaning

    def lines(self, width: int) -> list[Content]:
        """One line, or more where it is narrow."""
        return hanging(Content(self._meaning), width, Content.assemble((f"{self._key:<11} ", "bold")), " " * 12)


class HelpScreen(Overlay[None]):
    """One page of help that scrolls."""

    ABOUT = "help"
    DEFAULT_CSS = """
    HelpScreen VerticalScroll { padding: 0 1; }
    HelpScreen Static { height: auto; margin: 0 0 1 0; }
    HelpScreen .part { color: $accent; text-style: bold; margin: 1 0 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark,left", "dismiss", "Back", show=False),
    ]

    def __init__(
        self, assistant: Assistant, about: str, own: tuple[Command, ...], everywhere: tuple[Command, ...]
    ) -> None:
        """Help on the screen with the id `about`, which has its `own` keys."""
        super().__init__()
        self._assistant = assistant
        self._about, self._own, self._everywhere = about, own, everywhere

    def compose(self) -> ComposeResult:
        """What it is for and its keys first."""
        with VerticalScroll():
            if self._about in PURPOSES:
                yield Static(Content(_(PURPOSES[self._about])), markup=False)
            for one in self._own:
                yield KeyLine(one.shown, one.meaning)
            yield Static(Content(_("Everywhere")), classes="part", markup=False)
            for one in self._everywhere:
                yield KeyLine(one.shown, one.meaning)
            yield Static(Content(_("Every row and every key on the screen can be tapped.")), markup=False)
            yield Static(Content(_("Installed")), classes="part", markup=False)
            for pack in self._assistant.packs:
                manifest = pack.manifest
                machines = ", ".join(squeeze(str(machine)) for machine in manifest.machines)
                version = f"{squeeze(manifest.id)} {squeeze(manifest.version)}, {squeeze(pack.voucher)}"
                yield Static(Content(f"{squeeze(manifest.title)} ({version}): {machines}"), markup=False)
            yield Static(Content(squeeze(self._assistant.model_state.sentence)), markup=False)
            yield Static(Content(_("Nothing here uses a network.")), markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show how to leave."""
        self.query_one(KeyBar).show((("escape", "Esc", _("Back")), ("down", "↓", _("More"))))
