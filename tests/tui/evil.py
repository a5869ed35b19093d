"""The program with one and the same text of somebody else in every seat that takes one; run alone, it shows that on a terminal.

`python evil.py` needs `tests` and `app` on its path.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bookshelves import bookshelf
from fakes import FakeAssistant, drawing, pack, passage, quote
from fieldfare import doctor, holdings, offered
from fieldfare.domain import (
    Answer,
    Answered,
    Asked,
    Block,
    BlockKind,
    Drafted,
    Evidence,
    EvidenceFound,
    Figure,
    Hazard,
    InstalledPack,
    Limit,
    Machine,
    Match,
    Measured,
    ModelState,
    ModelStatus,
    Noted,
    Passage,
    Place,
    Read,
    Reference,
    SectionView,
    Stepped,
    StepState,
    Verdict,
    WorkMachine,
)
from fieldfare.domain.job import MAX_NAME
from fieldfare.domain.translation import Outcome
from fieldfare.journal import Journal
from fieldfare.journal.attachments import File
from fieldfare.pack.signing import PublicKey
from fieldfare.preferences import Preferences
from fieldfare.settings import Settings
from fieldfare.trust import TrustedKey
from fieldfare.tui.app import FieldfareApp
from hostile import EVIL
from scripted import OIL, PACK, ScriptedProcedures

if TYPE_CHECKING:
    from collections.abc import Iterator

SAID = "[@click=app.quit]translated[/]"
"""What every text is in the technician's language, before the text itself."""


def assistant(text: str) -> FakeAssistant:
    """Every title, heading, place, hazard, caption, cell, number and sentence of an answer and a manual."""
    hazard = Hazard(id=1, signal_word=f"DANGER {text}", text=text, place=Place(page=1, label=text))
    figure = Figure(id=1, caption=text, image="x", number=text, width=64, height=36, place=Place(page=1, label=text))
    found = passage(
        1, text, text, 1, place=Place(page=1, label=text), hazards=(hazard,), figures=(figure,), document=text,
        revision=text, superseded_by=text, machine=text, identifiers=(text,),
    )  # fmt: skip
    evidence = (Evidence(passage=found, rank=1, score=1, matched_by=(Match.WORDS,)),)
    statements = (quote(found, text), quote(found, text, text))
    answer = Answer(verdict=Verdict.GROUNDED, statements=statements, evidence=evidence, message=text)
    script = (
        EvidenceFound(evidence=evidence, hazards=(hazard,)),
        *(Drafted(statement=statement) for statement in statements),
        Answered(answer=answer),
    )
    made = FakeAssistant(
        packs=(installed(text),), script=script, search=lambda _question: evidence,
        model=ModelState(status=ModelStatus.FAILED, sentence=text),
    )  # fmt: skip
    blocks = tuple(
        Block(
            kind=kind, text=text, number=text, caption=text, signal_word=text, header_rows=1,
            rows=((text, text), (text, text)) if kind is BlockKind.TABLE else (),
        )
        for kind in BlockKind
    )  # fmt: skip

    def view(one: Passage) -> SectionView:
        return SectionView(
            document=text, revision=text, heading=(text, text), place=one.place, blocks=blocks, figures=(figure,),
            hazards=(hazard,),
        )  # fmt: skip

    made.view = view  # type: ignore[method-assign]
    made.bookshelf = bookshelf(pack().manifest, [found], view, drawing)
    made.figures = evidence
    made.problems = (text,)
    made.language, made.way = "es", text
    made.said = {text: (SAID + text, Outcome.TRANSLATED)}
    steps = (
        Block(kind=BlockKind.HAZARD, text=text, signal_word=text, protects="section"),
        Block(kind=BlockKind.PARAGRAPH, text=text),
        Block(kind=BlockKind.STEP, text=f"Measure the voltage: 24 V to 28 V. Wait for 10 minutes. {text}", number="1"),
        Block(kind=BlockKind.HAZARD, text=text, signal_word="WARNING", protects="step"),
        Block(kind=BlockKind.STEP, text=text, number=text),
        Block(kind=BlockKind.TABLE, text="", caption=text, rows=((text, text), (text, text)), header_rows=1),
    )
    made.procedures = ScriptedProcedures(pack().manifest, {OIL: (text, steps)})
    return made


def installed(text: str) -> InstalledPack:
    """A pack whose manifest says it everywhere."""
    told = {
        "title": text,
        "version": text,
        "licence": text,
        "machines": (Machine(maker=text, model=text, serials=text),),
    }
    return InstalledPack(
        manifest=replace(pack().manifest, **told), path=text, size=1, bundled=False, signature=text, kept=text
    )


def journal(text: str) -> Journal:
    """A job, its entries, a bookmark with a note, and what went wrong."""
    place = Reference(
        pack=PACK, version=text, digest="0" * 64, document=text, revision=text, heading=(text,), page=text, text=text,
        translated=text,
    )  # fmt: skip
    made = Journal(None, problem=text)
    name = text[:MAX_NAME]
    made.use_machine(WorkMachine(maker=name, model=name, serial=name))
    made.begin(name, name)
    for deed in (
        Asked(question=text, verdict=Verdict.REFUSED, sources=(place,), message=text),
        Read(reference=place),
        Stepped(reference=place, number=text, state=StepState.SKIPPED, reason=text),
        Measured(name=text, value=text, unit=text, expected=text, verdict=Limit.LOW, reference=place),
        Noted(text=text, reference=place),
    ):
        made.record(deed)
    made.keep_file(File(name=text, media_type="image/png", data=drawing()), text, place)
    made.use_machine(WorkMachine())
    made.pin(place, text)
    return made


def stock(text: str) -> holdings.Stock:
    """Everything that is installed."""
    package = holdings.Package(
        **{one.name: text for one in fields(holdings.Package)}  # type: ignore[arg-type]
        | {"size": 1, "folder": Path(), "bundled": False, "source": "en", "target": "xx"}
    )  # fmt: skip
    held = holdings.Held(
        pack=installed(text), languages=("en", text), documents=(text,), dated=text, since=1.0, trusted_since=1.0
    )
    key = TrustedKey(name=text, key=PublicKey(id=b"12345678", key=b"1" * 32), site=False)
    return holdings.Stock(packs=(held,), languages=(package,), keys=(key,), problems=(text,))


def comparison(text: str) -> holdings.Comparison:
    """What another version says."""
    change = holdings.Change(kind="changed", document=text, heading=(text,), label=text, came=(text,), went=(text,))
    return holdings.Comparison(old=text, new=text, changes=(change,), same=0)


def findings(text: str) -> Iterator[doctor.Finding]:
    """What the doctor says."""
    yield doctor.Finding(check=text, ok=False, finding=text)
    yield doctor.Finding(check="packs", ok=True, finding=text)


def proposal(text: str) -> offered.Proposal:
    """What a stick would bring."""
    return offered.Proposal(path=Path("/stick") / text.replace("/", "").replace("\0", ""), sort=offered.Sort.FOLDER, steps=(text,), left=(text,), more=1)  # fmt: skip


def app(text: str) -> FieldfareApp:
    """The whole program over all of it."""
    preferences = Preferences(Settings(welcomed=True, model=text, draft=True), problems=(text,))
    return FieldfareApp(assistant(text), preferences, journal(text))  # type: ignore[arg-type]


if __name__ == "__main__":
    app(EVIL).run()
