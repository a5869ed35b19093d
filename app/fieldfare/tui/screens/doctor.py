"""What was checked on this device, check by check as it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from fieldfare import doctor
from fieldfare.catalogue import _, ngettext
from fieldfare.text import squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.widgets.bars import KeyBar, StatusLine
from fieldfare.tui.widgets.wrapped import Wrapped, hanging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult

    from fieldfare.doctor import Finding


@dataclass
class Found(Message):
    """A check is done; None when all are."""

    finding: Finding | None


class FindingLine(Wrapped):
    """A check by its name, whether all is well, and the sentence."""

    DEFAULT_CSS = "FindingLine { padding: 0 1; margin: 0 0 1 0; } .-short FindingLine { margin: 0; }"
    SCOPED_CSS = False

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self._finding = finding

    def lines(self, width: int) -> list[Content]:
        """The sentence hangs behind its mark."""
        mark = "✓ " if self._finding.ok else "! "
        said = Content.assemble((f"{_(self._finding.check)}: ", "bold"), squeeze(self._finding.finding))
        return hanging(said, width, Content.styled(mark, "bold"), "  ")


class DoctorScreen(Overlay[None]):
    """Runs the checks in a thread."""

    ABOUT = "doctor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left", "dismiss", "Back", show=False),
        Binding("question_mark", "app.help", "Help", show=False),
    ]

    def __init__(self, examine: Callable[[], Iterable[Finding]] | None = None) -> None:
        """`examine` in place of the device's own checks."""
        super().__init__()
        self._examine = examine or doctor.checks
        self._bad = self._all = 0

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield StatusLine()
        yield VerticalScroll(id="findings")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(KeyBar).show((("escape", "Esc", _("Back")), ("down", "↓", _("More"))))
        self.query_one(StatusLine).say(_("Checking…"))
        self.query_one("#findings").focus()
        self._check()

    @work(thread=True, group="doctor", exit_on_error=False)
    def _check(self) -> None:
        try:
            for finding in self._examine():
                self.post_message(Found(finding))
        except Exception as error:  # noqa: BLE001 - a check that breaks is a finding
            self.post_message(Found(doctor.Finding(check="program", ok=False, finding=str(error))))
        self.post_message(Found(None))

    @on(Found)
    def _found(self, message: Found) -> None:
        finding = message.finding
        if finding is not None:
            self._all += 1
            self._bad += not finding.ok
            self.query_one("#findings").mount(FindingLine(finding))
        elif self._bad:
            said = ngettext("{count} check is not well: see !", "{count} checks are not well: see !", self._bad)
            self.query_one(StatusLine).say(said.format(count=self._bad))
        else:
            said = ngettext("{count} check: all is well.", "{count} checks: all is well.", self._all)
            self.query_one(StatusLine).say(said.format(count=self._all))
