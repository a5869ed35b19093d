from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes import FakeAssistant, pack, passage, quote
from fieldfare.domain import (
    Answer,
    Answered,
    Block,
    BlockKind,
    Drafted,
    Evidence,
    EvidenceFound,
    Figure,
    Hazard,
    InstalledPack,
    Machine,
    Match,
    ModelState,
    ModelStatus,
    Passage,
    SectionView,
    Verdict,
)
from tui.screen import SIZES, asked, shown, until, until_text
from tui.test_ask import play

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp

EVIL = (
    "[@click=app.quit]evil[/] [red]x[/red] $accent \x1b]52;c;aGFjaw==\x07\x1b[31mESC\x1b[0m "
    "\u202egnp\u202c \U000e0041end"
)


def hostile() -> FakeAssistant:
    hazard = Hazard(id=1, signal_word=f"DANGER{EVIL}", text=EVIL)
    figure = Figure(id=1, caption=EVIL, image="x", width=64, height=36)
    found = passage(1, EVIL, EVIL, 1, hazards=(hazard,), figures=(figure,), document=EVIL, revision=EVIL)
    evidence = (Evidence(passage=found, rank=1, score=1, matched_by=(Match.WORDS,)),)
    statements = (quote(found, EVIL), quote(found, EVIL, EVIL))
    answer = Answer(verdict=Verdict.GROUNDED, statements=statements, evidence=evidence, message=EVIL)
    script = (
        EvidenceFound(evidence=evidence, hazards=(hazard,)),
        *(Drafted(statement=statement) for statement in statements),
        Answered(answer=answer),
    )
    manifest = pack().manifest
    evil_pack = InstalledPack(
        manifest=type(manifest)(
            **{name: getattr(manifest, name) for name in manifest.__slots__ if name not in {"title", "machines"}},
            title=EVIL,
            machines=(Machine(maker=EVIL, model=EVIL),),
        ),
        path="",
        size=1,
        bundled=False,
    )
    assistant = FakeAssistant(
        packs=(evil_pack,),
        script=script,
        search=lambda question: evidence,
        model=ModelState(status=ModelStatus.FAILED, sentence=EVIL),
    )

    def view(passage: Passage) -> SectionView:
        blocks = tuple(
            Block(kind=kind, text=EVIL, number=EVIL, caption=EVIL, signal_word=EVIL, rows=((EVIL, EVIL), (EVIL, EVIL)))
            for kind in BlockKind
        )
        return SectionView(
            document=EVIL, revision=EVIL, heading=(EVIL,), place=passage.place, blocks=blocks, figures=(figure,)
        )

    assistant.view = view  # type: ignore[method-assign]
    return assistant


def assert_inert(app: FieldfareApp) -> None:
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert segment.text.isprintable(), repr(segment.text)
            assert not {"\u202e", "\u202c", "\x1b", "\U000e0041"} & set(segment.text)
            meta = segment.style.meta if segment.style is not None else {}
            assert not any(key.startswith("@click") for key in meta), meta


@pytest.mark.parametrize("size", SIZES)
def test_text_of_packs_is_only_text(size: tuple[int, int]) -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        await until_text(pilot, "[@click")
        assert_inert(app)
        await asked(pilot)
        await until_text(pilot, "Answer from")
        for _ in range(6):
            await pilot.press("down")
            assert_inert(app)
        await pilot.press("1")
        await until(pilot, lambda: app.screen.query("SectionPane .path"))
        await until_text(pilot, "[@click=app.quit]evil[/]")
        for _ in range(10):
            assert_inert(app)
            await pilot.press("pagedown")
        await pilot.press("f1")
        await until(pilot, lambda: app.screen.id == "help")
        await pilot.press("end")
        assert_inert(app)
        assert app.is_running
        assert "[@click" in shown(app)

    play(scenario, hostile(), size)
