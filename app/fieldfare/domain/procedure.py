"""A procedure of a manual: which there are, and one of them step by step, everything in it verbatim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain.source import Block, BlockKind, Figure, Hazard, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureTitle:
    """A procedure of an installed pack, as it is chosen from a list.

    `sections` are those that it consists of, in reading order: one with numbered steps, or several that are a step each
    (`Step 2: Attach the columns`) below one heading. `steps` counts those of the outermost level.
    """

    pack: str
    document: str
    revision: str = ""
    language: str = "en"
    sections: tuple[int, ...]
    heading: tuple[str, ...]
    place: Place = Place()
    steps: int
    superseded_by: str = ""
    unsigned: bool = False

    @property
    def grouped(self) -> bool:
        """Whether its steps are sections of their own."""
        return len(self.sections) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block of the manual; one that is a figure has it, where the pack holds its picture."""

    block: Block
    figure: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A reading that a step asks for.

    `name` is what is measured and `expected` the value, both as printed, empty where the step does not say. Between `low`
    and `high`, in `unit`, a reading is right; neither is known where the manual gives no limits that are beyond doubt. A
    limit that is not `low_included` or `high_included` is itself no right reading.
    """

    name: str
    expected: str = ""
    unit: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    low_included: bool = True
    high_included: bool = True

    @property
    def limited(self) -> bool:
        """Whether a reading can be judged."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A duration that a step asks to wait or run for, as printed; of a range the shorter end in `seconds`."""

    text: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step with everything that is printed at it.

    `key` names it within its procedure: its numbers from the outermost, then a digest of its text, so that a changed step
    has another key. `before` leads to it (its warnings above all), `body` follows its text: more of it, figures, notes.
    `parent` is the index of the step that it is a part of, None at the outermost level. `mentioned` are figures and tables
    that it names and that are printed elsewhere.
    """

    key: str
    number: str
    level: int
    text: str
    place: Place = Place()
    before: tuple[Piece, ...] = ()
    body: tuple[Piece, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    mentioned: tuple[Piece, ...] = ()
    checks: tuple[Check, ...] = ()
    waits: tuple[Wait, ...] = ()
    parent: int | None = None
    confidence: float = 1.0

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Its figures: those printed at it, then those that it names."""
        found = {one.figure.id: one.figure for one in (*self.before, *self.body, *self.mentioned) if one.figure}
        return tuple(found.values())

    @property
    def instruction(self) -> str:
        """All of its text: its own and what goes on with it, a paragraph a line."""
        more = (one.block.text for one in self.body if one.block.kind is BlockKind.STEP)
        return "\n".join((self.text, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure as it is carried out: its warnings first, what stands above its steps, the steps, what stands below.

    `digest` and `version` are those of the pack. `lead` and `tail` hold their warnings where they are printed.
    """

    title: ProcedureTitle
    version: str
    digest: str
    hazards: tuple[Hazard, ...] = ()
    lead: tuple[Piece, ...] = ()
    steps: tuple[Step, ...] = ()
    tail: tuple[Piece, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure of it, once each."""
        outside = [one.figure for one in (*self.lead, *self.tail) if one.figure]
        found = {one.id: one for one in (*outside, *(figure for step in self.steps for figure in step.figures))}
        return tuple(found.values())

    def pieces(self) -> Iterator[Piece]:
        """What is printed in it in reading order, each step's own text as a block of its own."""
        yield from self.lead
        for step in self.steps:
            yield from step.before
            yield Piece(
                block=Block(kind=BlockKind.STEP, text=step.text, number=step.number, level=step.level, place=step.place)
            )
            yield from step.body
        yield from self.tail
