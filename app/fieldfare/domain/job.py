"""A job at a machine: what was asked, read, done, measured, noted and photographed, in order of time.

Everything names its place in the manual so that it stays understandable without the pack (`Reference`). Nothing says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the journal reads the annotations
from enum import StrEnum
from typing import TYPE_CHECKING

from fieldfare.domain.answer import Verdict  # noqa: TC001 - as above

if TYPE_CHECKING:
    from fieldfare.domain.pack import Manifest, Passage


MAX_NAME = 500
"""Characters of what is drawn as a name: a title, an order, a maker, a model, a serial number, a file."""
LONGEST_TIMER = 24 * 3600
"""Seconds; nobody stands beside what takes longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMachine:
    """The machine that is worked on; empty fields are unknown. `packs` are the ids of those that cover it."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    packs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.maker} {self.model}".strip()

    @property
    def is_known(self) -> bool:
        """Whether anything names it."""
        return bool(self.maker or self.model or self.serial)

    def is_same(self, other: WorkMachine) -> bool:
        """Whether both may name one machine: nothing that both know differs."""
        pairs = ((self.maker, other.maker), (self.model, other.model), (self.serial, other.serial))
        return all(not mine or not theirs or mine.casefold() == theirs.casefold() for mine, theirs in pairs)

    def completed(self, other: WorkMachine) -> WorkMachine:
        """The same machine with what another name of it knows besides."""
        return WorkMachine(
            maker=self.maker or other.maker,
            model=self.model or other.model,
            serial=self.serial or other.serial,
            packs=self.packs or other.packs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place in a manual as it was when it was used.

    `digest` is that of the pack's version, `page` the number as printed, `text` the passage, quote or block, verbatim: by it
    the place is found again in another version. `translated` is its approved translation, empty where there is none.
    `unsigned` where nobody answered for the pack.
    """

    pack: str
    version: str
    digest: str
    document: str
    revision: str = ""
    heading: tuple[str, ...] = ()
    page: str = ""
    language: str = ""
    text: str = ""
    translated: str = ""
    unsigned: bool = False


def reference(passage: Passage, manifest: Manifest, text: str = "", translated: str = "") -> Reference:
    """The place of a passage in its pack; `text` is what was cited of it, without it the whole passage."""
    page = passage.place.label or (str(passage.place.page) if passage.place.page is not None else "")
    return Reference(
        pack=manifest.id,
        version=manifest.version,
        digest=manifest.digest,
        document=passage.document,
        revision=passage.revision,
        heading=passage.heading,
        page=page,
        language=passage.language,
        text=text or passage.text,
        translated=translated,
        unsigned=passage.unsigned,
    )


class StepState(StrEnum):
    """What became of a step of a procedure."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class Limit(StrEnum):
    """Where a measured value lies; UNCHECKED where the manual gives no limits or the value cannot be compared."""

    LOW = "low"
    OK = "ok"
    HIGH = "high"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with the kind of its answer; `sources` hold what was shown as answer, each text beside its place.

    `message` is the sentence of a refusal.
    """

    question: str
    verdict: Verdict
    sources: tuple[Reference, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A section that was opened to read it."""

    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A step that was done, skipped for a `reason`, or opened again. Its text is that of the reference."""

    reference: Reference
    number: str
    state: StepState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A warning that was acknowledged: its signal word as printed, its text that of the reference."""

    reference: Reference
    signal_word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A reading: `value` as a plain number, `converted` to the unit of the manual with it where that is another one.

    `expected` is what the manual prints (`24 to 28 V`), empty where it does not say.
    """

    name: str
    value: str
    unit: str = ""
    converted: str = ""
    expected: str = ""
    verdict: Limit = Limit.UNCHECKED
    reference: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A remark of the technician."""

    text: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A photograph or document; `digest` (SHA-256) finds its bytes in the journal, `name` is what it was called."""

    name: str
    media_type: str
    size: int
    digest: str
    caption: str = ""
    reference: Reference | None = None


Deed = Asked | Read | Stepped | Acknowledged | Measured | Noted | Attached


def places_of(deed: Deed) -> tuple[Reference, ...]:
    """The places of manuals that an entry names."""
    if isinstance(deed, Asked):
        return deed.sources
    return (deed.reference,) if deed.reference is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a job; `id` is the same on every device that the job is handed to, `at` is in UTC."""

    id: str
    at: datetime
    deed: Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work at one machine; `number` counts on this device, `id` is the same on every device. `ended` is None while it is open."""

    id: str
    number: int
    machine: WorkMachine
    title: str = ""
    order: str = ""
    begun: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A bookmark, or a note where it has one, at a place of a manual. It outlives updates of the pack."""

    id: str
    reference: Reference
    note: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A timer of a step: `seconds` from when it was `started` by the wall clock (UTC), so that it runs through a power cut."""

    step: str
    started: datetime
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """How far one step is; `step` is its key within the procedure. `acknowledged` says that its warnings were."""

    step: str
    state: StepState = StepState.OPEN
    reason: str = ""
    acknowledged: bool = False
    note: str = ""
    readings: tuple[Measured, ...] = ()

    @property
    def number(self) -> str:
        """Its numbers from the outermost (`3.a`), as its key has them; empty for the pages before and behind the steps."""
        return self.step.rpartition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a procedure is: its place (pack, document and heading name it), the step that is shown, what is done.

    Steps that nothing happened to may be missing.
    """

    procedure: Reference
    current: str
    steps: tuple[StepProgress, ...] = ()
    timers: tuple[Timer, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether anything was done in it."""
        return any(one.state is not StepState.OPEN or one.readings or one.note for one in self.steps)

    def in_state(self, state: StepState) -> tuple[StepProgress, ...]:
        """Its steps in a state."""
        return tuple(one for one in self.steps if one.number and one.state is state)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProgress:
    """How far a procedure was at a time."""

    at: datetime
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A job on its way to a colleague, with the notes at places of its manuals. The attached files travel beside it."""

    job: Job
    entries: tuple[Entry, ...] = ()
    procedures: tuple[KeptProgress, ...] = ()
    pins: tuple[Pin, ...] = ()
