"""Procedures of a scripted manual: composed by the real core from sections that a test wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.domain import Block, BlockKind, Figure, Passage, SectionView
from fieldfare.domain.manual import Link, Spot
from fieldfare.domain.procedure import ProcedureTitle
from fieldfare.domain.source import Place
from fieldfare.procedure.course import START
from fieldfare.procedure.steps import compose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fieldfare.domain import Manifest
    from fieldfare.domain.procedure import Procedure

PACK = "halden-gs40"
DOCUMENT = "GS-40 Service Manual"
OIL, SAFE, BATTERY = 60, 59, 70

DRAWING = Figure(id=7, caption="Fig. 8-2: Oil drain", image="drain", number="8-2", width=640, height=360)


def step(text: str, number: str, level: int = 1) -> Block:
    return Block(kind=BlockKind.STEP, text=text, number=number, level=level, place=Place(page=20, label="20"))


def hazard(word: str, text: str, protects: str = "section") -> Block:
    return Block(kind=BlockKind.HAZARD, text=text, signal_word=word, protects=protects)


def text(said: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=said)


BLOCKS: dict[int, tuple[str, tuple[Block, ...]]] = {
    SAFE: (
        "8.1 Make the set safe for work",
        (
            hazard("DANGER", "Live parts and automatic start. You can be killed by 400 V. Do all steps in the sequence given."),
            step("Disconnect the load. Open Q1.", "1"),
            step("Push STOP/RESET. Wait until the engine stops.", "2"),
        ),
    ),
    OIL: (
        "8.2 Change the engine oil",
        (
            text("Tools: 27 mm socket, torque wrench. Parts: oil filter (HG101-0020). Time: 45 minutes."),
            hazard("CAUTION", "Hot oil, up to 90 °C, burns the skin. Let the oil cool to 50 °C. Wear nitrile gloves and safety goggles."),
            step("Run the engine, then do section 8.1. The voltage must be 24 V to 28 V.", "1"),
            Block(kind=BlockKind.FIGURE, text="", caption=DRAWING.caption, number="8-2"),
            hazard(
                "WARNING",
                "Oil under pressure. It goes through the skin and causes blood poisoning. Keep your hands and your face away "
                "from the drain plug while the engine is hot. Put on goggles. If oil has gone through the skin, get medical aid at "
                "once. Do not wait. Do not try to treat the wound yourself.",
                "step",
            ),
            step("Remove the drain plug (Fig. 8-2). Let the oil drain for 10 minutes.", "2"),
            step("Check the level again:", "3"),
            step("Stop the engine.", "1", 2),
            step("Read the dipstick.", "2", 2),
            step("Tighten the drain plug to 45 N·m (T1).", "4"),
            text("If it leaks, start again at step 2."),
        ),
    ),
    BATTERY: (
        "8.10 Check the battery",
        (step("Measure the voltage: 12.4 V or more is good.", "1"), step("Close Q0.", "2")),
    ),
}  # fmt: skip


class ScriptedProcedures:
    """Does what `fieldfare.procedure.collection.Procedures` does; replace `blocks` or `manifest` for another version."""

    def __init__(
        self, manifest: Manifest, blocks: Mapping[int, tuple[str, Sequence[Block]]] = BLOCKS, language: str = "en"
    ) -> None:
        self.manifest, self.blocks, self.language = manifest, dict(blocks), language
        self.kept: dict[str, ScriptedProcedures] = {}  # older versions by their digest

    def titles(self, pack: str = "") -> tuple[ProcedureTitle, ...]:
        return tuple(
            ProcedureTitle(
                pack=PACK, document=DOCUMENT, sections=(section,), heading=("8 Maintenance", heading), language=self.language,
                place=Place(page=20, label="20"), steps=sum(one.number != "" and one.level == 1 for one in blocks),
            )
            for section, (heading, blocks) in self.blocks.items()
        )  # fmt: skip

    def title_at(self, pack: str, section: int) -> ProcedureTitle | None:
        return next((one for one in self.titles() if section in one.sections), None)

    def named(self, pack: str, document: str, heading: tuple[str, ...]) -> ProcedureTitle | None:
        return next((one for one in self.titles() if one.heading == heading), None)

    def open(self, title: ProcedureTitle) -> Procedure:
        blocks = tuple(self.blocks[title.sections[0]][1])
        figures = (DRAWING,) if any(one.kind is BlockKind.FIGURE for one in blocks) else ()
        view = SectionView(
            document=DOCUMENT, revision="C", heading=title.heading, place=title.place, blocks=blocks, figures=figures
        )
        return compose(title, [view], self.manifest, {DRAWING.number: DRAWING}.get)

    def open_version(self, pack: str, digest: str, document: str, heading: tuple[str, ...]) -> Procedure | None:
        if digest not in self.kept:
            return None
        older = self.kept[digest]
        title = older.named(pack, document, heading)
        return older.open(title) if title else None

    def opening(self, title: ProcedureTitle) -> Passage:
        return Passage(
            id=0, pack=PACK, document=DOCUMENT, section=title.sections[0], heading=title.heading, text="",
            kind=BlockKind.PARAGRAPH, place=title.place, revision="C", language=title.language,
        )  # fmt: skip

    def links(self, procedure: Procedure) -> dict[str, tuple[Link, ...]]:
        safe = Link(text="section 8.1", spot=Spot(section=SAFE), title=BLOCKS[SAFE][0], label="20")
        pages = {one.key: one.instruction for one in procedure.steps} | {START: ""}
        return {key: (safe,) for key, said in pages.items() if "section 8.1" in said}

    def close(self) -> None:
        pass
