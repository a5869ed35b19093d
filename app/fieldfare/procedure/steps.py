"""Sections of a manual -> a procedure: every block in its place, each warning with the step that it protects."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, Figure, Hazard
from fieldfare.domain.procedure import Piece, Procedure, ProcedureTitle, Step
from fieldfare.mentions import FIGURE, TABLE, mentions
from fieldfare.procedure import readings
from fieldfare.procedure.durations import waits
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fieldfare.domain import Manifest, SectionView

BULLET = "•"
_KEY = 8  # hexadecimal digits of the digest in a key
_TITLED = re.compile(r"^(\w+\s*\d+(?:\.\d+)*)\s*[:.)–—-]*\s*(.*)$", re.DOTALL)  # Step 2: Attach the columns
_FIRST = re.compile(r"\(?(?:0*1|a|i)[.)]*", re.IGNORECASE)


def compose(
    title: ProcedureTitle, views: Sequence[SectionView], manifest: Manifest, figure: Callable[[str], Figure | None]
) -> Procedure:
    """The procedure that the sections of a title make; `figure` finds one of the manual by its number.

    What is printed is neither left out nor reordered: `Procedure.pieces` are the blocks of the sections, and before them the
    headings of those that are steps. Each warning stands at the step that it protects as well.
    """
    made = _Maker()
    depth = len(title.heading)
    for view in views:
        pieces = _pieces(view)
        inner = view.heading[depth:] if title.grouped else ()
        if inner:
            made.heading(inner, view.hazards)
        else:
            made.hazards += view.hazards
        for piece in pieces:
            made.add(piece, below=1 if inner else 0)
    return made.procedure(title, manifest, figure)


def is_step(block: Block) -> bool:
    """Whether a block is ticked by itself: more text of a step and the points of a list in it are not."""
    return block.kind is BlockKind.STEP and block.number != "" and (block.number != BULLET or block.level == 1)


def hazard_of(block: Block) -> Hazard:
    """The warning that a block prints."""
    return Hazard(
        id=0,
        signal_word=block.signal_word,
        text=block.text,
        scheme=block.scheme,
        symbol=block.symbol,
        place=block.place,
    )


def same_hazard(one: Hazard) -> tuple[str, str, str]:
    """What two warnings that say the same have in common, wherever they are printed."""
    return one.signal_word, one.scheme, squeeze(one.text)


def tables_named(text: str, tables: Sequence[Block]) -> list[Block]:
    """The tables that a text names by their number."""
    wanted = {number.casefold() for number, _ in mentions(TABLE, text)}
    return [
        one for one in tables if any(number.casefold() in wanted for number, _ in mentions(TABLE, one.caption[:200]))
    ]


class _Draft:
    """A step while its blocks come."""

    def __init__(self, number: str, level: int, text: str, block: Block) -> None:
        self.number, self.level, self.text, self.block = number, level, text, block
        self.before: list[Piece] = []
        self.body: list[Piece] = []
        self.above: tuple[Hazard, ...] = ()  # printed elsewhere


class _Maker:
    """Sorts the blocks of a procedure to its steps, in their order."""

    def __init__(self) -> None:
        self.hazards: tuple[Hazard, ...] = ()
        self._lead: list[Piece] = []
        self._drafts: list[_Draft] = []
        self._heading = ""  # the last one that is a step
        self._pending: list[Piece] = []  # behind the last step; whose they are, the next block tells

    def heading(self, inner: tuple[str, ...], hazards: tuple[Hazard, ...]) -> None:
        """A section begins that is a step, or stands below one: what was printed before it belongs to the step before."""
        if self._drafts:
            self._drafts[-1].body += self._pending
            self._pending = []
        if inner[0] != self._heading or len(inner) == 1:
            self._heading = inner[0]
            named = _TITLED.match(inner[0])
            number, text = (named[1], named[2]) if named and named[2] else ("", inner[0])
            self._open(_Draft(number, 1, text, Block(kind=BlockKind.STEP, text=inner[0])))
        for title in inner[-1:] if len(inner) > 1 else ():
            self.add(Piece(block=Block(kind=BlockKind.PARAGRAPH, text=title)), below=1)
        self._drafts[-1].above += hazards

    def _open(self, draft: _Draft, *, restarts: bool = False) -> None:
        """A step begins."""
        self._settle(next_step=True, restarts=restarts)
        draft.before, self._pending = self._pending, []
        self._drafts.append(draft)

    def add(self, piece: Piece, *, below: int) -> None:
        """The next block; `below` counts the levels that its section is deeper than the procedure."""
        block = piece.block
        if is_step(block):
            restarts = bool(self._drafts) and _restarts(self._drafts, block, below)
            self._open(_Draft(block.number, block.level + below, block.text, block), restarts=restarts)
        elif not self._drafts:
            self._lead.append(piece)
        else:
            if block.kind is BlockKind.STEP:  # more text of the step: what stands before it is the step's
                self._settle(next_step=False)
            self._pending.append(piece)

    def _settle(self, *, next_step: bool, restarts: bool = False) -> None:
        """Give the pending blocks to the last step; those from the first warning on lead to the next one, where one comes.

        Where the numbers begin anew, what introduces them leads to the next one too.
        """
        if not self._drafts:
            first = next(
                (
                    i
                    for i, one in enumerate(self._lead)
                    if one.block.kind is BlockKind.HAZARD and one.block.protects == "step"
                ),
                len(self._lead),
            )
            self._lead, self._pending = self._lead[:first], self._lead[first:]
            return
        at = len(self._pending)
        if next_step:
            kinds = [one.block.kind for one in self._pending]
            leads = [BlockKind.HAZARD, *([BlockKind.PARAGRAPH] if restarts else [])]
            at = min((kinds.index(kind) for kind in leads if kind in kinds), default=at)
        self._drafts[-1].body += self._pending[:at]
        self._pending = self._pending[at:]

    def _close(self) -> list[Piece]:
        """What stands below the steps: all from the first that is neither a figure nor code nor a warning of a step."""
        if not self._drafts:
            return []
        if self._heading:
            self._drafts[-1].body += self._pending
            return []
        own = [_closes(one.block) for one in self._pending]
        at = own.index(False) if False in own else len(own)
        self._drafts[-1].body += self._pending[:at]
        return self._pending[at:]

    def procedure(self, title: ProcedureTitle, manifest: Manifest, figure: Callable[[str], Figure | None]) -> Procedure:
        tail = self._close()
        lead = self._lead
        outside = [one.block for one in (*lead, *tail) if one.block.kind is BlockKind.HAZARD]
        if self._drafts:  # printed behind the last step, it protects that
            self._drafts[-1].above += tuple(hazard_of(one) for one in outside if one.protects == "step")
        told = [hazard_of(one) for one in outside if one.protects != "step"]
        hazards = {same_hazard(one): one for one in (*self.hazards, *told)}
        drafts = self._drafts
        printed = [one for draft in drafts for one in (*draft.before, *draft.body)]
        tables = [one.block for one in (*lead, *printed, *tail) if one.block.rows]
        keys: dict[str, int] = {}
        steps: list[Step] = []
        path: list[int] = []  # the indices of the steps that the present one is a part of
        for index, draft in enumerate(drafts):
            while path and drafts[path[-1]].level >= draft.level:
                path.pop()
            numbers = [drafts[one].number or BULLET for one in path]
            step = self._step(draft, hazards.keys(), tables, figure)
            key = f"{'.'.join([*numbers, draft.number or BULLET])}-{_digest(step)}"
            keys[key] = keys.get(key, 0) + 1
            key += f"+{keys[key]}" if keys[key] > 1 else ""
            steps.append(replace(step, key=key, parent=path[-1] if path else None))
            path.append(index)
        return Procedure(
            title=title,
            version=manifest.version,
            digest=manifest.digest,
            hazards=tuple(hazards.values()),
            lead=tuple(lead),
            steps=tuple(steps),
            tail=tuple(tail),
        )

    @staticmethod
    def _step(
        draft: _Draft,
        told: Iterable[tuple[str, str, str]],
        tables: Sequence[Block],
        figure: Callable[[str], Figure | None],
    ) -> Step:
        known = frozenset(told)
        own = [*draft.before, *draft.body]
        above = [one for one in draft.above if same_hazard(one) not in known]
        here = [hazard_of(one.block) for one in own if one.block.kind is BlockKind.HAZARD]
        step = Step(
            key="",
            number=draft.number,
            level=draft.level,
            text=draft.text,
            place=draft.block.place,
            before=tuple(draft.before),
            body=tuple(draft.body),
            hazards=tuple({same_hazard(one): one for one in (*above, *here)}.values()),
            confidence=draft.block.confidence,
        )
        texts = [step.instruction, *(one.block.text for one in draft.body if one.block.kind is BlockKind.PARAGRAPH)]
        near = {one.figure.id for one in own if one.figure}
        wanted = [figure(number) for number, _ in mentions(FIGURE, "\n".join(texts))]
        figures = {one.id: one for one in wanted if one is not None and one.id not in near}
        blocks = [one.block for one in own]
        named = [one for one in tables_named("\n".join(texts), tables) if one not in blocks]
        mentioned = [
            *(Piece(block=one) for one in named),
            *(
                Piece(block=Block(kind=BlockKind.FIGURE, text="", caption=one.caption, number=one.number), figure=one)
                for one in figures.values()
            ),
        ]
        return replace(
            step,
            mentioned=tuple(mentioned),
            checks=readings.checks("\n".join(texts), [*named, *(one for one in blocks if one.rows)]),
            waits=waits("\n".join(texts)),
        )


def _closes(block: Block) -> bool:
    """Whether a block behind the last step is still of it."""
    own_warning = block.kind is BlockKind.HAZARD and block.protects == "step"
    return own_warning or block.kind in {BlockKind.FIGURE, BlockKind.CODE}


def _restarts(drafts: Sequence[_Draft], block: Block, below: int) -> bool:
    """Whether a step begins a new count at its level, after others there."""
    level = block.level + below
    return (
        bool(_FIRST.fullmatch(block.number)) and drafts[-1].level <= level and any(one.level == level for one in drafts)
    )


def _pieces(view: SectionView) -> list[Piece]:
    """The blocks of a section, each figure with its picture: by caption or number, else the next one."""
    left = list(view.figures)
    pieces = []
    for block in view.blocks:
        found = None
        if block.kind is BlockKind.FIGURE and left:
            caption = squeeze(block.caption)
            found = next((one for one in left if block.number and one.number == block.number), None)
            found = found or next((one for one in left if squeeze(one.caption) == caption), None) or left[0]
            left.remove(found)
        pieces.append(Piece(block=block, figure=found))
    return pieces


def _digest(step: Step) -> str:
    """What a step says, white space aside: its text and what goes on with it, and its warnings."""
    said = [step.instruction, *(f"{one.signal_word}: {one.text}" for one in step.hazards)]
    return hashlib.sha256("\n".join(map(squeeze, said)).encode()).hexdigest()[:_KEY]
