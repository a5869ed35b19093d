"""Choosing the machine that is worked on: typed, chosen, or scanned from its nameplate."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import WorkMachine
from fieldfare.nameplate import machine_name
from fieldfare.text import squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer

if TYPE_CHECKING:
    from fieldfare.tui.desk import Desk


class Wanted(Enum):
    """What is asked for."""

    MACHINE = auto()
    MAKER = auto()
    SERIAL = auto()


class MachineScreen(ChoosingScreen[WorkMachine | None]):
    """Dismissed with a machine (a nameless one means any), or with None to leave all as it is.

    One that is chosen by its name is asked for its serial number; a scanned plate with both is done at once. The maker is
    asked of a machine that no pack knows.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="machine")
        self._wanted = Wanted.MACHINE
        self._meant = WorkMachine()  # as far as it was said

    def on_mount(self) -> None:
        """Ask for the machine."""
        self._want(Wanted.MACHINE)

    def _want(self, wanted: Wanted) -> None:
        self._wanted = wanted
        name = machine_name(self._meant)
        holder, sentence = {
            Wanted.MACHINE: (
                _("Model, serial number, or scan the nameplate"),
                _("Which machine do you work on?"),
            ),
            Wanted.MAKER: (_("Maker"), _("Who made {machine}? Enter leaves it open.").format(machine=name)),
            Wanted.SERIAL: (
                _("Serial number"),
                _("Serial number of {machine}? Enter leaves it open.").format(machine=name),
            ),
        }[wanted]
        self.line.placeholder = holder
        self.line.value = ""
        self.line.focus()
        self.say(sentence)
        self.show_offers()
        self.show_keys()

    def offers(self, text: str) -> tuple[Offer[WorkMachine | None], ...]:
        """The machines that may be meant; while the serial number is asked for, those of this model that were worked on."""
        place = self.desk.workplace
        if self._wanted is Wanted.MAKER:
            return ()
        if self._wanted is Wanted.SERIAL:
            before = place.offers(str(self._meant))
            same = (one for one in before if one.serial and one.model == self._meant.model and text in one.serial)
            return tuple(map(self._offer, same))
        about = _("All manuals are searched, whatever they are for.")
        now = "" if place.machine.is_known else _("set now") + " · "
        every: Offer[WorkMachine | None] = Offer(name=_("Any machine"), about=now + about, value=WorkMachine())
        other = replace(self._offer(WorkMachine(model=text)), name=_("Another machine: {name}").format(name=text))
        found = tuple(map(self._offer, place.offers(text)))
        return (*found, other) if text else (every, *found)

    def _offer(self, machine: WorkMachine) -> Offer[WorkMachine | None]:
        """A machine with what is installed for it."""
        titles, found = self.desk.workplace.manuals_of(machine)
        count = ngettext("{number} pack", "{number} packs", len(titles)).format(number=len(titles))
        about = [f"{count}: {', '.join(titles)}" if titles else _("No manual for it is installed.")]
        if found.serials:
            serials = squeeze("; ".join(found.serials))
            about.insert(0, "! " + _("Only for serial numbers {serials}").format(serials=serials))
        if replace(self.desk.workplace.machine, packs=()) == replace(machine, packs=()):
            about.insert(0, _("set now"))
        return Offer(name=machine_name(machine), about=" · ".join(about), value=machine)

    def choose(self, value: WorkMachine | None) -> None:
        """Take a machine that is complete, else ask for what it lacks."""
        if value is None or not value.is_known or value.serial or self._wanted is Wanted.SERIAL:
            self._set(value or WorkMachine())
            return
        self._meant = value
        known = value.maker or self.desk.workplace.manuals_of(value)[0]
        self._want(Wanted.SERIAL if known else Wanted.MAKER)

    def _set(self, machine: WorkMachine) -> None:
        """Work on it from now on: whatever screen comes back next shows it."""
        self.dismiss(self.desk.workplace.choose(machine))

    def enter(self, text: str) -> None:
        """Take what was typed for what is asked."""
        if self._wanted is Wanted.MAKER:
            self._meant = replace(self._meant, maker=text)
            self._want(Wanted.SERIAL)
        elif self._wanted is Wanted.SERIAL:
            self._set(replace(self._meant, serial=text))
        else:
            super().enter(text)

    def leave(self) -> None:
        """Back to the machine where its serial number is asked for, else away with nothing changed."""
        if self._wanted is Wanted.MACHINE:
            self.dismiss(None)
        else:
            self._meant = WorkMachine()
            self._want(Wanted.MACHINE)
