"""Choosing the machine that is worked on: typed, chosen, or scanned from its nameplate."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from fieldfare.catalogue import N_, _, ngettext
from fieldfare.domain import WorkMachine
from fieldfare.errors import FieldfareError
from fieldfare.nameplate import machine_name
from fieldfare.text import squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.widgets.bars import Key, KeyBar
from fieldfare.tui.widgets.listing import Row

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
    asked of a machine that no pack knows. Digits are always typed: models and serial numbers begin with them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "delete",
            "forget",
            N_("take a machine out of the list that was worked on before"),
            show=False,
            priority=True,
        )
    ]
    ABOUT = "machine"

    def __init__(self, desk: Desk) -> None:
        super().__init__("", hint=" ", numbered=False)
        self.desk = desk
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
        self.line.hint(holder)
        self.line.value = ""
        self.say(sentence)
        self.show_offers()
        self.query_one(KeyBar).show(self.keys())

    def keys(self) -> tuple[Key, ...]:
        """As of every list, and how a machine leaves it."""
        return (*super().keys(), ("delete", _("Del"), _("Remove")))

    def offers(self, text: str) -> tuple[Offer[WorkMachine | None], ...]:
        """The machines that may be meant; while the serial number is asked for, those of this model that were worked on."""
        place = self.desk.workplace
        if self._wanted is Wanted.MAKER:
            return (self._as_typed(replace(self._meant, maker=text), text or _("Leave it open")),)
        if self._wanted is Wanted.SERIAL:
            before = place.offers(str(self._meant))
            same = (one for one in before if one.serial and one.model == self._meant.model and text in one.serial)
            typed = self._as_typed(replace(self._meant, serial=text), text or _("Leave it open"))
            return (typed, *map(self._offer, same))
        about = _("All manuals are searched, whatever they are for.")
        now = "" if place.machine.is_known else _("set now") + " · "
        every = Offer(row=Row(text=_("Any machine"), about=now + about), value=WorkMachine())
        other = self._offer(WorkMachine(model=text), _("Another machine: {name}").format(name=text))
        found = tuple(map(self._offer, place.offers(text)))
        return (*found, other) if text else (every, *found)

    @staticmethod
    def _as_typed(machine: WorkMachine, name: str) -> Offer[WorkMachine | None]:
        return Offer(row=Row(text=name), value=machine)

    def _offer(self, machine: WorkMachine, name: str = "") -> Offer[WorkMachine | None]:
        """A machine with what is installed for it; by another `name` than its own."""
        titles, found = self.desk.workplace.manuals_of(machine)
        count = ngettext("{number} pack", "{number} packs", len(titles)).format(number=len(titles))
        about = [f"{count}: {', '.join(titles)}" if titles else _("No manual for it is installed.")]
        if found.serials:
            serials = squeeze("; ".join(found.serials))
            about.insert(0, "! " + _("Only for serial numbers {serials}").format(serials=serials))
        if replace(self.desk.workplace.machine, packs=()) == replace(machine, packs=()):
            about.insert(0, _("set now"))
        return Offer(row=Row(text=name or machine_name(machine), about=" · ".join(about)), value=machine)

    def choose(self, value: WorkMachine | None) -> None:
        """Take a machine that is complete, else ask for what it lacks."""
        machine = value or WorkMachine()
        if self._wanted is Wanted.SERIAL or machine.serial or not machine.is_known:
            self.dismiss(self.desk.workplace.choose(machine))  # whatever screen comes back next shows it
            return
        self._meant = machine
        known = self._wanted is Wanted.MAKER or machine.maker or self.desk.workplace.manuals_of(machine)[0]
        self._want(Wanted.SERIAL if known else Wanted.MAKER)

    def action_forget(self) -> None:
        """Take the chosen machine out of the list where nothing stands behind the cursor that is to be deleted."""
        place, line = self.desk.workplace, self.line
        machine = self._offers[self.listing.at].value if self._offers else None
        if line.cursor_position < len(line.value):
            line.action_delete_right()
        elif machine is None or not place.is_remembered(machine):
            self.say(_("Only a machine that is not set and that no pack is for can be removed."))
        else:
            self._forget(place.forget_machine(machine))
            self.show_offers()

    @work(thread=True, group="journal", exit_on_error=False)
    def _forget(self, machines: tuple[WorkMachine, ...]) -> None:
        try:
            self.desk.journal.forget_machines(machines)
        except FieldfareError as error:
            self.app.call_from_thread(self.app.notify, squeeze(str(error)), severity="error", markup=False)

    def action_leave(self) -> None:
        """Back to the machine where its serial number is asked for, else away with nothing changed."""
        if self._wanted is Wanted.MACHINE:
            self.dismiss(None)
        else:
            self._meant = WorkMachine()
            self._want(Wanted.MACHINE)
