"""The Textual application: themes, the rooms, the menu, and the keys that work everywhere."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import InputEvent, ScreenResume

from fieldfare import catalogue
from fieldfare.catalogue import N_, _
from fieldfare.errors import FieldfareError
from fieldfare.journal import Journal
from fieldfare.preferences import Preferences
from fieldfare.text import squeeze
from fieldfare.tui import widths
from fieldfare.tui.alarms import Alarms
from fieldfare.tui.commands import active, commands, key_name, of
from fieldfare.tui.desk import Desk
from fieldfare.tui.messages import AssistantReopened, HoldingsChanged, PreferencesChanged, ReopenFailed
from fieldfare.tui.rooms import OF_THE_DEVICE, ROOMS, Room
from fieldfare.tui.screens.ask import AskScreen
from fieldfare.tui.screens.room import RoomScreen
from fieldfare.tui.signs import PlainSigns, Printed, fitting
from fieldfare.tui.strokes import StrokeApp
from fieldfare.tui.sweeping import Sweeper
from fieldfare.tui.theme import LOOKS, THEMES, RedOnly, first_theme
from fieldfare.tui.wire import sparing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.driver import Driver
    from textual.events import Event
    from textual.filter import LineFilter
    from textual.screen import Screen

    from fieldfare.assistant import Assistant
    from fieldfare.domain import WorkMachine

_LOOK = 5.0
"""Seconds between two looks for packs that another program installed or removed."""


class FieldfareApp(StrokeApp[None]):
    """Shows one desk. It owns no state but the look: the screens draw what the desk's rooms say."""

    TITLE = "Fieldfare"
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = ROOMS[0].name
    ENABLE_COMMAND_PALETTE = False
    # Textual declares these two in a way that no annotation of ours matches.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-medium"), (34, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(room.key, f"room('{room.name}')", room.label, show=False, priority=True) for room in ROOMS),
        Binding("f1", "help", N_("help on this screen"), show=False, priority=True),
        Binding("f6", "machine", N_("choose the machine that you work on"), show=False, priority=True),
        Binding(
            "f9",
            "next_theme",
            N_("the next look: dark, light for the sun, red for the night, …"),
            show=False,
            priority=True,
        ),
        Binding("f10", "menu", N_("the menu: every room, and what can be done here"), show=False, priority=True),
        Binding("ctrl+q", "quit", N_("leave Fieldfare"), show=False, priority=True),
    ]

    def __init__(
        self,
        assistant: Assistant,
        preferences: Preferences | None = None,
        journal: Journal | None = None,
        reopen: Callable[[], Assistant] | None = None,
    ) -> None:
        widths.measure()
        # Grey is a colour too: where none is wanted, the terminal's own two are all that is drawn.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.desk = Desk(
            assistant=assistant, preferences=preferences or Preferences(), journal=journal or Journal(None), reopen=reopen
        )  # fmt: skip
        self.alarms = Alarms()
        self._sweeper = Sweeper()
        for theme in THEMES:
            self.register_theme(theme)
        self._red = RedOnly()
        self._signs = PlainSigns("full")
        self._printed = Printed()
        self._old: list[Assistant] = []  # still shown in a room that is to begin anew
        self._left: set[str] = set()  # the rooms that are to begin anew
        self._reopening = False  # what another program has changed
        self.look("dark")
        for room in ROOMS:
            self.add_mode(room.name, partial(self._build, room))

    def _build(self, room: Room) -> Screen[object]:
        return room.build(self.desk)

    def on_mount(self) -> None:
        """Say what is wrong with the settings, if anything is."""
        for problem in self.desk.preferences.problems:
            self.notify(squeeze(problem), severity="warning", timeout=20, markup=False)
        self.set_interval(1.0, self._ring)
        self.set_interval(1.0, self._sweeper.sweep)
        self.call_after_refresh(self._sweeper.begin)
        self.set_interval(_LOOK, self._look_around)
        if not self.desk.preferences.current.welcomed:
            self.call_after_refresh(self._welcome)
        self._load_alarms()

    @work
    async def _welcome(self) -> None:
        """Lead through the first start, once."""
        from fieldfare.tui.screens.welcome import welcome

        outcome = await welcome(self)
        with contextlib.suppress(FieldfareError):  # then it comes again
            self.desk.preferences.change(welcomed=True)
        if outcome.question and isinstance(self.screen, AskScreen):
            self.screen.ask_for(outcome.question)
        elif outcome.installing:
            self.action_room("library")
            await self.run_action("screen.take")

    @work(thread=True, group="journal", exit_on_error=False)
    def _load_alarms(self) -> None:
        with contextlib.suppress(FieldfareError):  # the rooms say what is wrong with the journal
            self.alarms.load(self.desk.journal)

    async def on_event(self, event: Event) -> None:
        """Note that somebody is at work."""
        if isinstance(event, InputEvent):
            self._sweeper.touch()
        await super().on_event(event)

    def _ring(self) -> None:
        """Tell of timers that are over, in whichever room that is."""
        for said in self.alarms.due(datetime.now(UTC)):
            self.bell()
            self.notify(said, title=_("Timer"), severity="warning", timeout=10, markup=False)

    def open_procedure(self, pack: str, section: int, language: str = "") -> None:
        """Carry out the procedure that a section of a pack is, or is a part of; its texts in a `language` where it is named."""
        self.action_room("procedure")
        room = next(one for one in self.screen_stack if one.id == "procedure")
        room.open(pack, section, language)  # type: ignore[attr-defined]

    def fit(self, environment: Mapping[str, str]) -> None:
        """Choose what was not chosen by the user: the theme and the signs that this terminal can draw, the language."""
        chosen = self.desk.preferences.current
        colours = None if self.no_color else self.console.color_system
        self.look(first_theme(chosen.theme, colours=colours), signs=chosen.signs or fitting(environment))
        catalogue.use(self.desk.preferences.screen_language)

    def look(self, theme: str, *, signs: str = "") -> None:
        """Draw in a theme; with other `signs` where they are named; with rows as high as the settings say."""
        self.theme = theme
        self._red.enabled = theme == "night"
        if signs:
            self._signs = PlainSigns(signs)
        density = self.desk.preferences.current.density
        for name in ("compact", "large"):
            self.set_class(density == name, f"-{name}")

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, but for what it sends again; Windows is written to in pieces that may cut a sequence in two."""
        driver = super().get_driver_class()
        return driver if sys.platform == "win32" else sparing(driver)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, then red for the night, the signs of the font, and at last only what a terminal prints."""
        own = (one for one in (self._red, self._signs) if one.enabled)
        return [*super().get_line_filters(), *own, self._printed]

    def action_menu(self) -> None:
        """Offer every room, what the keys of this screen do, and what works everywhere; what is chosen is pressed."""
        from fieldfare.tui.screens.menu import MenuScreen
        from fieldfare.tui.widgets.listing import Row

        if isinstance(self.screen, MenuScreen):
            self.screen.dismiss(None)
            return
        rooms = [
            Row(key=room.key, text=f"{_(room.label)} ({key_name(room.key)})", about=_(room.purpose)) for room in ROOMS
        ]
        known = {"f10", *(room.key for room in ROOMS)}
        here = (*active(self.screen), *(one for one in of(type(self)) if one.keys[0] not in known))
        entries = [
            Row(key=one.keys[0], text=f"{one.meaning[0].upper()}{one.meaning[1:]} ({one.shown})") for one in here
        ]
        self.push_screen(MenuScreen((*rooms, *entries)), self._press)

    def _press(self, key: str | None) -> None:
        if key:
            self.simulate_key(key)

    def action_room(self, name: str) -> None:
        """Enter a room; it is as it was left."""
        if self.current_mode != name:
            self.switch_mode(name)
            self.call_later(self._clear_old)

    def action_machine(self) -> None:
        """Choose the machine that is worked on, or leave it as it is."""
        from fieldfare.tui.screens.machine import MachineScreen

        if isinstance(self.screen, MachineScreen):
            self.screen.dismiss(None)
        else:
            self.push_screen(MachineScreen(self.desk), self._machine_chosen)

    def _machine_chosen(self, machine: WorkMachine | None) -> None:
        if machine is not None:
            self.keep_machine()

    @work(thread=True, group="journal", exit_on_error=False)
    def keep_machine(self) -> None:
        """Write down the machine that was chosen."""
        try:
            self.desk.workplace.keep()
        except FieldfareError as error:
            self.call_from_thread(self.notify, squeeze(str(error)), severity="error", markup=False)

    def action_next_theme(self) -> None:
        """From one theme to the next; where the terminal has the colours for it, it is the one to begin with next time."""
        names = list(LOOKS)
        self.look(names[(names.index(self.theme) + 1) % len(names)])
        if self.console.color_system in {"256", "truecolor"} and not self.no_color:
            with contextlib.suppress(FieldfareError):  # it is drawn all the same
                self.desk.preferences.change(theme=self.theme)

    async def decide(self, **values: str) -> None:
        """Change settings; each holds at once."""
        try:
            self.desk.preferences.change(**values)
        except FieldfareError as error:
            self.notify(squeeze(str(error)), severity="warning", markup=False, timeout=20)
        for name in values:
            await self._preferences_changed(PreferencesChanged(name))

    @on(PreferencesChanged)
    async def _preferences_changed(self, message: PreferencesChanged) -> None:
        if message.name in {"theme", "signs", "density", "language", "screen_language"}:
            self.fit(os.environ)
            self.look(self.desk.preferences.current.theme or self.theme)
            self.refresh_css(animate=False)
        if message.name in {"language", "screen_language"}:
            await self._speak_anew()
        if message.name in {"model", "draft_seconds", "threads"}:
            self._reopen()

    async def _speak_anew(self) -> None:
        """Draw every screen that there is in the language of now; what was asked and read stays."""
        for screen in [screen for stack in self._screen_stacks.values() for screen in stack]:
            if isinstance(screen, RoomScreen):
                await screen.recompose()
                screen.show_keys()
            elif isinstance(screen, AskScreen):
                screen.speak_anew()
        self.screen.post_message(ScreenResume())

    # What is installed became another.

    @on(HoldingsChanged)
    def _holdings_changed(self) -> None:
        self._reopen()

    def _look_around(self) -> None:
        """Take what another program has installed or removed meanwhile."""
        if not self.desk.assistant.is_current and not self._reopening:
            self._reopening = True
            self._reopen()

    @work(thread=True, exclusive=True, group="reopen", exit_on_error=False)
    def _reopen(self) -> None:
        """Open what is installed now. Whatever goes on meanwhile goes on with what was there."""
        if self.desk.reopen is not None:
            try:
                self.post_message(AssistantReopened(self.desk.reopen()))
            except FieldfareError as error:
                self.post_message(ReopenFailed(str(error)))

    @on(ReopenFailed)
    def _not_reopened(self, message: ReopenFailed) -> None:
        self.notify(squeeze(message.error), severity="error", markup=False, timeout=20)

    @on(AssistantReopened)
    async def _move_in(self, message: AssistantReopened) -> None:
        """Every room begins anew over the new assistant; the one that one stands in when it is left."""
        self._reopening = False
        old, new = self.desk.assistant, message.assistant
        self._old.append(old)
        same = {(one.manifest.id, one.manifest.digest) for one in old.packs}
        same_packs = {one.manifest.id for one in new.packs if (one.manifest.id, one.manifest.digest) in same}
        # Where one was in a manual holds for the same version only: in another, its sections have other numbers.
        places = {manual: target for manual, target in self.desk.places.items() if manual[0] in same_packs}
        before = self.desk
        self.desk = replace(before, assistant=new, places=places)
        self.desk.workplace.share(before.workplace)
        if isinstance(self.screen_stack[0], RoomScreen) and self.current_mode in OF_THE_DEVICE:
            self.screen_stack[0].move(self.desk)
        self._left = {room.name for room in ROOMS} - ({self.current_mode} & OF_THE_DEVICE)
        if self.current_mode in self._left:
            self.notify(_("What is new is used once you have left this room."), markup=False)
        await self._clear_old()

    async def _clear_old(self) -> None:
        """Remove the rooms of an assistant that is no longer asked, and when none is left, the assistant."""
        for room in ROOMS:
            if room.name in self._left and room.name != self.current_mode:
                await self.remove_mode(room.name)
                self.add_mode(room.name, partial(self._build, room))
                self._left.remove(room.name)
        if not self._left:
            for old in self._old:
                self._close(old)
            self._old.clear()

    @work(thread=True, group="close", exit_on_error=False)
    def _close(self, old: Assistant) -> None:
        old.close()

    def action_help(self) -> None:
        """Open the help, or close it."""
        from fieldfare.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            screen = self.screen
            own = commands(screen)
            about = self.current_mode if len(self.screen_stack) == 1 else str(getattr(screen, "ABOUT", ""))
            self.push_screen(HelpScreen(self.desk.assistant, about, own, of(type(self))))

    def _fatal_error(self) -> None:
        """Leave without Textual's trace on the terminal: who runs the program tells of the fault (`fault`)."""
        self._close_messages_no_wait()

    @property
    def fault(self) -> Exception | None:
        """What ended the program, where it was not the technician."""
        return self._exception
