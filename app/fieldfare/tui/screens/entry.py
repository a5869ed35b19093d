"""One entry of a job, whole: what was answered and where it stands; it can be removed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fieldfare.catalogue import N_, _
from fieldfare.domain import Asked, Attached, Noted, Read, places_of
from fieldfare.report.contents import detail, headline, source_line, time_line, verdict_name
from fieldfare.text import clean, squeeze
from fieldfare.tui.album import Shot
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.screens.picture import PictureScreen
from fieldfare.tui.widgets.bars import KeyBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from fieldfare.domain import Entry
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key


class EntryScreen(Overlay[bool]):
    """Dismissed with whether the entry is to be removed."""

    ABOUT = "entry"
    DEFAULT_CSS = """
    EntryScreen VerticalScroll { padding: 0 1; }
    EntryScreen .said { height: auto; margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left", "dismiss(False)", N_("back to the job"), show=False),
        Binding("d", "remove", N_("remove this entry"), show=False),
        Binding("z", "picture", N_("the photograph on the whole screen"), show=False),
        Binding("question_mark", "app.help", N_("help on this screen"), show=False),
    ]

    def __init__(self, desk: Desk, entry: Entry) -> None:
        super().__init__()
        self._journal, self._entry = desk.journal, entry
        self._asked = False  # whether to remove it

    @property
    def _is_picture(self) -> bool:
        deed = self._entry.deed
        return isinstance(deed, Attached) and deed.media_type.startswith("image/")

    def compose(self) -> ComposeResult:
        """What it says, then its places."""
        yield Static(Content(time_line(self._entry.at)), classes="heading", markup=False)
        with VerticalScroll():
            for number, text in enumerate(self._texts()):
                yield Static(Content.styled(text, "" if number else "bold"), classes="said", markup=False)
        yield KeyBar()

    def _texts(self) -> Iterator[str]:
        deed = self._entry.deed
        yield clean(deed.text) if isinstance(deed, Noted) else headline(deed)
        if isinstance(deed, Asked):
            yield "\n".join(filter(None, (verdict_name(deed.verdict), squeeze(deed.message))))
        elif not isinstance(deed, Read):
            yield detail(deed)
        for place in places_of(deed):
            yield "\n".join(filter(None, (clean(place.text), clean(place.translated), source_line(place))))

    def on_mount(self) -> None:
        """Show the keys."""
        self.query_one(VerticalScroll).focus()
        self._show_keys()

    def _show_keys(self) -> None:
        removing: Key = ("d", "d", _("Really remove?") if self._asked else _("Remove"))
        picture: tuple[Key, ...] = (("z", "z", _("Picture")),) if self._is_picture else ()
        self.query_one(KeyBar).show((*picture, ("escape", "Esc", _("Back")), removing))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """A picture is only where there is one."""
        return action != "picture" or self._is_picture

    def action_remove(self) -> None:
        """Ask once more; the second time it is meant."""
        if self._asked:
            self.dismiss(True)
        self._asked = True
        self._show_keys()

    def action_picture(self) -> None:
        """Show the photograph; it is read there, in a worker."""
        deed = self._entry.deed
        if isinstance(deed, Attached):
            shot = Shot(title=headline(deed), load=partial(self._journal.attachment, deed.digest))
            self.app.push_screen(PictureScreen(shot.title, None, album=(shot,)))
