"""What is installed, from whom and since when; what comes from a stick; back to an older version; what changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from fieldfare import holdings, offered
from fieldfare.catalogue import N_, _
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui import described
from fieldfare.tui.messages import HoldingsChanged
from fieldfare.tui.pace import Pace
from fieldfare.tui.screens.folder import FolderScreen
from fieldfare.tui.screens.pick import PickScreen, TellScreen, TypeScreen
from fieldfare.tui.screens.room import RoomScreen
from fieldfare.tui.widgets.listing import Listing, Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import ComposeResult

    from fieldfare.holdings import Done, Held, Stock
    from fieldfare.offered import Proposal
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.screens.pick import Choice
    from fieldfare.tui.widgets.bars import Key

_TAKE = "take"
_SAMPLE = {
    "en": "Tighten the drain plug to 45 N·m. Do not open the cover.",
    "de": "Die Ablassschraube mit 45 N·m anziehen. Die Abdeckung nicht öffnen.",
    "es": "Apriete el tapón de vaciado a 45 N·m. No abra la cubierta.",
    "fr": "Serrez le bouchon de vidange à 45 N·m. N'ouvrez pas le couvercle.",
}


@dataclass
class StockRead(Message):
    """What is installed is known; `error` says why where it is not."""

    stock: Stock | None
    error: str = ""


@dataclass
class Proposed(Message):
    """What a file or folder would bring."""

    proposal: Proposal


@dataclass
class Advanced(Message):
    """A piece of work got further."""

    stage: str
    done: int
    total: int

    def can_replace(self, message: Message) -> bool:
        """The newest tells all."""
        return isinstance(message, Advanced)


@dataclass
class Finished(Message):
    """A piece of work has ended: what was changed, or what it found to be read, or why it failed."""

    done: Done | None = None
    told: tuple[str, str] | None = None
    error: str = ""


def _row(key: str, title: str, value: str, sentence: str) -> Row:
    return Row(key=key, text=title, value=value, about=sentence)


class LibraryScreen(RoomScreen):
    """Everything that is installed as lines; one piece of work at a time, in a thread that can be stopped."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "take", N_("install or update from a file, folder or stick"), show=False),
        Binding("s", "stop", N_("stop what is going on"), show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="library")
        self._stock: Stock | None = None
        self._stop: threading.Event | None = None
        self._pace = Pace()
        self._proposal: Proposal | None = None  # found while one was elsewhere

    def compose_body(self) -> ComposeResult:
        """The rows; they are shown when everything was read."""
        yield Listing(whole=True, numbered=True)

    def keys(self) -> tuple[Key, ...]:
        """Stop while something is going on, else what opens and installs."""
        if self._stop is not None:
            return (("s", "s", _("Stop")),)
        return (("enter", "Enter", _("Open")), ("i", "i", _("Install")))

    def on_mount(self) -> None:
        """Read what is there."""
        self.say(_("Looking at what is installed…"))
        self._read()

    def on_screen_resume(self) -> None:
        """Read again what was drawn anew, in another language; ask what was to be asked while one was elsewhere."""
        if self._stock is not None and not self.query_one(Listing).rows:
            self._read()
        proposal, self._proposal = self._proposal, None
        if proposal is not None:
            self._offer(proposal)

    def on_unmount(self) -> None:
        """Nobody waits for what is going on; nothing of it is half installed."""
        if self._stop is not None:
            self._stop.set()

    # What is installed.

    @work(thread=True, exclusive=True, group="stock", exit_on_error=False)
    def _read(self) -> None:
        try:
            self.post_message(StockRead(holdings.stock()))
        except FieldfareError as error:
            self.post_message(StockRead(None, str(error)))

    @on(StockRead)
    def _stock_read(self, message: StockRead) -> None:
        self._stock = message.stock
        if message.stock is None:
            self.say("")
            self._fill(holdings.Stock(packs=(), languages=(), keys=(), problems=(message.error,)))
            return
        if self._stop is None:
            self.say(described.summary(message.stock))
        self._fill(message.stock)

    def _fill(self, stock: Stock) -> None:
        about = _("From a file, a folder or a stick: packs, language packages, keys.")
        shown = [Row(key=_TAKE, text=_("Install or update …"), about=about)]
        shown += [Row(text=f"! {squeeze(one)}", told=True, bold=True) for one in stock.problems]
        for title, rows in (
            (
                _("Packs of manuals"),
                [_row(f"pack {one.pack.manifest.id}", *described.pack(one)) for one in stock.packs],
            ),
            (
                _("Language packages"),
                [_row(f"language {one.source} {one.target}", *described.language(one)) for one in stock.languages],
            ),
            (_("Whose packs are taken"), [_row(f"key {one.name}", *described.key(one)) for one in stock.keys]),
        ):
            if rows:
                shown += [Row(text=title, told=True, bold=True), *rows]
        self.query_one(Listing).show(shown)

    # What can be done with it.

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        sort, _space, name = message.key.partition(" ")
        if sort == _TAKE:
            self.action_take()
        elif self._stock is not None:
            getattr(self, f"_open_{sort}")(name, self._stock)

    def _open_pack(self, name: str, stock: Stock) -> None:
        held = next(one for one in stock.packs if one.pack.manifest.id == name)
        kept = squeeze(held.pack.kept)
        choices: list[Choice] = [
            ("coverage", _("Approved translations"), _("How much of it is translated and approved."))
        ]
        if kept:
            choices = [
                ("compare", _("What changed"), _("Against {version}, which is kept on this device.").format(version=kept)),
                ("rollback", _("Back to {version}").format(version=kept), _("{version} is kept; the same step leads forward again.").format(version=squeeze(held.pack.manifest.version))),
                *choices,
            ]  # fmt: skip
        if not held.pack.bundled:
            choices.append(("remove", _("Remove"), _("Its manuals are gone from this device.")))
        screen = PickScreen(squeeze(held.pack.manifest.title), choices, sentence=described.whole_pack(held))
        self.app.push_screen(screen, lambda what: self._do_with_pack(held, what))

    def _do_with_pack(self, held: Held, what: str | None) -> None:
        id_ = held.pack.manifest.id
        title = squeeze(held.pack.manifest.title)
        if what == "compare":
            self._start(
                lambda stop: Finished(told=(title, described.comparison(holdings.compare(id_, self._advance, stop))))
            )
        elif what == "coverage":
            self._start(lambda _stop: Finished(told=(title, described.coverage(holdings.coverage(id_)))))
        elif what == "rollback":
            self._start(lambda _stop: Finished(done=holdings.roll_back(id_)))
        elif what == "remove":
            self._confirm(_("Remove {title}?").format(title=title), lambda: holdings.remove(id_))

    def _open_language(self, name: str, stock: Stock) -> None:
        package = next(one for one in stock.languages if f"{one.source} {one.target}" == name)
        choices: list[Choice] = [("try", _("Try it"), _("A sentence as the model translates it, unchecked."))]
        if not package.bundled:
            choices.append(("remove", _("Remove"), ""))

        def do(what: str | None) -> None:
            if what == "try":
                sample = _SAMPLE.get(package.source, _SAMPLE["en"])
                self._start(
                    lambda _stop: Finished(
                        told=(str(package), f"{sample}\n\n{squeeze(holdings.translate(package, sample))}")
                    )
                )
            elif what == "remove":
                self._confirm(_("Remove {title}?").format(title=package), lambda: holdings.remove_language(package))

        self.app.push_screen(PickScreen(str(package), choices, sentence=described.language(package)[2]), do)

    def _open_key(self, name: str, stock: Stock) -> None:
        key = next(one for one in stock.keys if one.name == name)
        sentence = described.whole_key(key)
        choices: list[Choice] = (
            [] if key.site else [("distrust", _("Trust it no longer"), _("Its packs are not opened any more."))]
        )
        screen = PickScreen(squeeze(key.name), [("", _("Leave it"), ""), *choices], sentence=sentence)
        self.app.push_screen(screen, self._if_said(lambda _stop: Finished(done=holdings.distrust(key))))

    def _if_said(self, work: Callable[[threading.Event], Finished]) -> Callable[[str | None], None]:
        """Do it where something else than nothing was answered."""

        def answered(said: str | None) -> None:
            if said:
                self._start(work)

        return answered

    def _confirm(self, heading: str, do: Callable[[], Done]) -> None:
        choices = [("", _("No, leave it"), ""), ("yes", _("Yes"), "")]
        self.app.push_screen(PickScreen(heading, choices), self._if_said(lambda _stop: Finished(done=do())))

    # Installing.

    def action_take(self) -> None:
        """Choose a file, folder or stick."""
        if self._stop is not None:
            self.say(_("One thing after the other: s stops what is going on."))
            return
        screen = FolderScreen(_("Install from"), offered.places, offered.WANTED, _("Everything in this folder"))
        self.app.push_screen(screen, self._chosen)

    def _chosen(self, path: Path | None, *, everything: bool = False) -> None:
        if path is not None:
            self._start(lambda _stop: Proposed(offered.look(path, everything=everything)), _("Looking what there is…"))

    @on(Proposed)
    def _proposed(self, message: Proposed) -> None:
        stopped = self._stop is not None and self._stop.is_set()
        self._stop = None
        self.show_keys()
        self.say(_("Nothing was changed.") if stopped else "")
        if self.is_current and not stopped:
            self._offer(message.proposal)
        elif not stopped:  # a key that is pressed elsewhere must not answer
            self._proposal = message.proposal
            told = described.proposal(message.proposal)
            self.app.notify(told[:400], title=_("Install or update …"), markup=False, timeout=15)

    def _offer(self, proposal: Proposal) -> None:
        """Ask whether what was found is to be installed."""
        sentence = described.proposal(proposal)
        if proposal.doubt:
            word = _("yes")
            ask = _("To take it all the same, type: {word}").format(word=word)
            check = lambda text: "" if text.casefold() == word else ask  # noqa: E731 - one line, used once
            screen = TypeScreen(squeeze(proposal.path.name), sentence=f"{sentence}\n\n{ask}", hint=word, check=check)
            self.app.push_screen(screen, self._if_said(self._taking(proposal, insist=True)))
            return
        choices: list[Choice] = []
        if proposal.steps:
            choices.append(("take", _("Install"), ""))
        if proposal.more:
            choices.append(("all", _("Also packs for other machines"), ""))
        choices.append(("", _("Leave it"), ""))

        def answered(said: str | None) -> None:
            if said == "take":
                self._start(self._taking(proposal))
            elif said == "all":
                self._chosen(proposal.path, everything=True)

        self.app.push_screen(
            PickScreen(squeeze(proposal.path.name or str(proposal.path)), choices, sentence=sentence), answered
        )

    def _taking(self, proposal: Proposal, *, insist: bool = False) -> Callable[[threading.Event], Finished]:
        return lambda stop: Finished(done=offered.take(proposal, self._advance, stop, insist=insist))

    # One piece of work at a time.

    def _start(self, work: Callable[[threading.Event], Finished | Proposed], said: str = "") -> None:
        if self._stop is not None:
            self.say(_("One thing after the other: s stops what is going on."))
            return
        self._stop = threading.Event()
        self._pace = Pace()
        self.say(said or _("At work…"))
        self.show_keys()
        self._run(work, self._stop)

    @work(thread=True, group="work", exit_on_error=False)
    def _run(self, work: Callable[[threading.Event], Finished | Proposed], stop: threading.Event) -> None:
        try:
            self.post_message(work(stop))
        except FieldfareError as error:
            self.post_message(Finished(error=str(error)))
        except Exception as error:  # noqa: BLE001 - what breaks here must not take the screen along
            self.post_message(Finished(error=_("It failed: {reason}").format(reason=error)))

    def _advance(self, stage: str, done: int, total: int) -> None:
        self.post_message(Advanced(stage, done, total))

    @on(Advanced)
    def _advanced(self, message: Advanced) -> None:
        if self._stop is not None:
            over = message.done >= message.total
            line = self._pace.line(squeeze(message.stage), message.done, message.total)
            self.say(_("Checking…") if over else line)

    def action_stop(self) -> None:
        """Stop what is going on."""
        if self._stop is not None:
            self._stop.set()
            self.say(_("Stopping…"))

    @on(Finished)
    def _finished(self, message: Finished) -> None:
        self._stop = None
        self.show_keys()
        if message.error:
            self._tell(_("Nothing was changed"), squeeze(message.error))
        elif message.told:
            self._tell(*message.told)
        elif message.done is not None:
            said = " ".join(map(squeeze, message.done.said)) or _("Nothing was changed.")
            self.say(said)
            if message.done.failed:
                self._tell(said, "\n\n".join(map(squeeze, message.done.failed)))
            elif not self.is_current:
                self.app.notify(said, markup=False)
            self._read()
            self.app.post_message(HoldingsChanged())

    def _tell(self, heading: str, text: str) -> None:
        if self.is_current:
            self.say("")
            self.app.push_screen(TellScreen(heading, text))
        else:
            self.say(text)
            self.app.notify(text[:400], title=heading, markup=False, timeout=15)
