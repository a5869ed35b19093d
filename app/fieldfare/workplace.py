"""Where the screens learn which machine is worked on and what was asked before, and where both are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare import nameplate
from fieldfare.catalogue import _
from fieldfare.domain import WorkMachine
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from fieldfare.assistant import Assistant
    from fieldfare.domain import Manifest
    from fieldfare.journal import Journal
    from fieldfare.nameplate import Manuals

KEPT = 200
"""Questions that the arrow up leads back through."""


@dataclass(slots=True, kw_only=True)
class _Memory:
    """What is known in a session, whichever packs are installed."""

    machine: WorkMachine = field(default_factory=WorkMachine)
    recent: tuple[WorkMachine, ...] = ()
    questions: list[str] = field(default_factory=list)


class Workplace:
    """The machine and the questions of this journal, in memory so that drawing never waits for a disk.

    `load` and `keep` read and write the journal, in a worker; they raise StorageError.
    """

    def __init__(self, assistant: Assistant, journal: Journal) -> None:
        self._assistant = assistant
        self._journal = journal
        self._memory = _Memory()
        self._known: tuple[tuple[WorkMachine, object], Manuals] | None = None

    def share(self, other: Workplace) -> None:
        """Have the machine and the questions in common with a workplace over other packs, from now on."""
        self._memory = other._memory

    def load(self) -> None:
        """Take from the journal what it kept: the machine of the last session, those before it, what was asked."""
        self._memory.machine = self._journal.machine()
        self._memory.recent = self._journal.machines()
        older = self._journal.questions(KEPT)
        self._memory.questions = list(dict.fromkeys([*self._memory.questions, *older]))[:KEPT]

    def forget(self) -> None:
        """The journal was wiped: what was asked in this session is forgotten too, and `load` brings what is left."""
        self._memory.questions = []

    # The machine.

    @property
    def machine(self) -> WorkMachine:
        """The machine that is worked on; nameless where it may be any."""
        return self._memory.machine

    @property
    def manuals(self) -> Manuals:
        """What the installed packs have on it."""
        packs = self._assistant.packs
        if self._known is None or self._known[0] != (self.machine, packs):
            self._known = (self.machine, packs), nameplate.manuals(self.machine, self._manifests)
        return self._known[1]

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs that are asked: those of the machine; none named where it may be any."""
        return self.manuals.packs if self.machine.is_known else ()

    @property
    def several(self) -> bool:
        """Whether an answer may come from the manuals of several machines, so that each must say whose it is."""
        return len(self._assistant.packs) > 1 and not self.machine.is_known

    @property
    def bare(self) -> bool:
        """Whether no manual of the machine is installed: then nothing is asked, for it would answer for another."""
        return self.machine.is_known and not self.manuals.packs

    @property
    def notice(self) -> str:
        """What must be said of the machine's manuals before anybody trusts them; empty where all is well."""
        name = nameplate.machine_name(self.machine)
        if self.bare:
            return _("No manual for {machine} is installed. Choose another machine.").format(machine=name)
        if self.machine.is_known and self.manuals.serials:
            sentence = _("These manuals are for serial numbers {serials}; {machine} is not among them.")
            return sentence.format(serials=squeeze("; ".join(self.manuals.serials)), machine=name)
        return ""

    def choose(self, machine: WorkMachine) -> WorkMachine:
        """Work on a machine from now on, with the packs that hold for it now; `keep` writes it down."""
        found = nameplate.manuals(machine, self._manifests)
        self._memory.machine = WorkMachine(
            maker=machine.maker, model=machine.model, serial=machine.serial, packs=found.packs
        )
        if self.machine.is_known:
            rest = (one for one in self._memory.recent if _name(one) != _name(machine))
            self._memory.recent = (self.machine, *rest)
        return self.machine

    def keep(self) -> None:
        """Write the machine down."""
        self._journal.use_machine(self.machine)

    def is_remembered(self, machine: WorkMachine) -> bool:
        """Whether a machine is offered only because it was worked on before, so that it can be forgotten."""
        names = {_name(one) for one in self._memory.recent}
        others = {_name(one) for one in (self.machine, *nameplate.known(self._manifests))}
        return _name(machine) in names - others

    def forget_machine(self, machine: WorkMachine) -> tuple[WorkMachine, ...]:
        """Offer a machine no more that was worked on before; gives all spellings of it, for the journal to forget too."""
        gone = tuple(one for one in self._memory.recent if _name(one) == _name(machine))
        self._memory.recent = tuple(one for one in self._memory.recent if one not in gone)
        return gone

    def offers(self, typed: str) -> tuple[WorkMachine, ...]:
        """The machines that may be meant by what was typed or scanned, the likeliest first."""
        known = nameplate.known(self._manifests)
        found = [*nameplate.recognise(typed, self._manifests)]
        if typed and not found and " " not in typed and any(map(str.isdigit, typed)) and self.machine.model:
            found = [WorkMachine(maker=self.machine.maker, model=self.machine.model, serial=typed)]
            close = nameplate.matching(typed, (*self._memory.recent, *known))
            found = [*close, *found]
        offered = (*found, *nameplate.matching(typed, (*self._memory.recent, *known)))
        return tuple({_name(one): one for one in reversed(offered)}.values())[::-1]

    def manuals_of(self, machine: WorkMachine) -> tuple[tuple[str, ...], Manuals]:
        """The titles of the packs for a machine, and what they say of its serial number."""
        found = nameplate.manuals(machine, self._manifests)
        titles = tuple(squeeze(one.title) for one in self._manifests if one.id in found.packs)
        return titles, found

    @property
    def _manifests(self) -> tuple[Manifest, ...]:
        return tuple(pack.manifest for pack in self._assistant.packs)

    # What was asked.

    @property
    def questions(self) -> tuple[str, ...]:
        """What was asked, in this session and those before it, the last one first, each once."""
        return tuple(self._memory.questions)

    def asked(self, text: str) -> None:
        """A question was asked just now."""
        self._memory.questions = [text, *(one for one in self._memory.questions if one != text)][:KEPT]


def _name(machine: WorkMachine) -> tuple[str, str, str]:
    return machine.maker.casefold(), machine.model.casefold(), machine.serial.casefold()
