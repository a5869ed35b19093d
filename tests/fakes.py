"""A scripted assistant with a small generator-set manual: what the screens are tested and looked at with."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from bookshelves import bookshelf
from fieldfare.domain import (
    Answer,
    Answered,
    Block,
    BlockKind,
    Cancelled,
    Citation,
    Drafted,
    Event,
    Evidence,
    EvidenceFound,
    Failed,
    Figure,
    Hazard,
    InstalledPack,
    Machine,
    Manifest,
    Match,
    ModelState,
    ModelStatus,
    Passage,
    Picture,
    Place,
    Question,
    SectionView,
    Statement,
    Verdict,
)
from fieldfare.domain.translation import Outcome, Rendering, Sentence, Text
from scripted import ScriptedProcedures

PACK = "halden-gs40"
DOCUMENT = "GS-40 Service Manual"

BURNS = Hazard(
    id=1,
    signal_word="WARNING",
    text="Hot oil and hot engine parts can cause severe burns. Let the engine cool to below 60 °C before you open the "
    "drain plug. Wear heat-resistant gloves and safety goggles.",
    scheme="ANSI Z535",
    place=Place(page=21, label="21"),
)
GAS = Hazard(
    id=2,
    signal_word="DANGER",
    text="Carbon monoxide. Exhaust gas will kill you in a closed room. Make sure that the exhaust gas flows outdoors "
    "before you start the engine.",
    scheme="ANSI Z535",
    place=Place(page=14, label="14"),
)
WASTE = Hazard(
    id=3,
    signal_word="NOTICE",
    text="Used oil pollutes water. Collect it and hand it in at a collection point.",
    scheme="ANSI Z535",
    place=Place(page=21, label="21"),
)

BATTERY = Figure(
    id=7, caption="Fig. 8-2: Oil drain and filter", image="drain", number="8-2", width=640, height=360,
    place=Place(page=21, label="21"),
)  # fmt: skip

OIL_STEPS = (
    "Run the engine for 5 minutes, then stop it and open the battery isolator Q0.",
    "Put a pan of 15 L or more below the drain plug (Fig. 8-2, item 1).",
    "Remove the drain plug and let the oil flow out for 10 minutes.",
    "Fit a new copper washer. Tighten the drain plug to 35 N·m (T4).",
    "Fill 9.5 L of oil SAE 15W-40 and check the level on the dipstick.",
)


def passage(number: int, heading: str, text: str, page: int, **more: object) -> Passage:
    """A passage of the manual."""
    values: dict[str, object] = {
        "id": number,
        "pack": PACK,
        "document": DOCUMENT,
        "section": number,
        "heading": ("8 Maintenance", heading),
        "text": text,
        "kind": BlockKind.PARAGRAPH,
        "place": Place(page=page, label=str(page)),
        "revision": "C",
    }
    return Passage(**(values | more))  # type: ignore[arg-type]


OIL = passage(
    1,
    "8.3 Change the engine oil",
    "\n".join(f"{n}. {step}" for n, step in enumerate(OIL_STEPS, 1)),
    21,
    kind=BlockKind.STEP,
    hazards=(BURNS, WASTE),
    figures=(BATTERY,),
    identifiers=("T4", "Q0"),
)
TORQUE = passage(
    2,
    "Table 8-4: Tightening torques",
    "T4: Oil drain plug, 35 N·m, new copper washer",
    28,
    kind=BlockKind.TABLE,
    identifiers=("T4",),
)
STARTING = passage(
    3,
    "6.3 Start the engine in manual mode",
    "Push the MAN key, then the START key. If the coolant is below 5 °C, the HC-4 preheats for 8 seconds before it "
    "cranks. If the engine does not start, the HC-4 makes 3 attempts. Then it shows E07.",
    14,
    hazards=(GAS,),
    identifiers=("E07",),
)
LEVEL = passage(
    4,
    "6.2 Daily checks before the start",
    "Oil level between MIN and MAX on the dipstick. The oil level increases for some minutes after a stop while oil "
    "flows back to the sump. Wait for 5 minutes before you read the dipstick.",
    13,
)
FILTER = passage(
    5,
    "8.4 Drain the fuel pre-filter",
    "Open the valve at the bowl until clean fuel flows out. Close the valve and tighten it by hand.",
    22,
)
FOUND = tuple(
    Evidence(passage=found, rank=rank, score=score, matched_by=matched)
    for rank, (found, score, matched) in enumerate(
        (
            (OIL, 0.93, (Match.WORDS, Match.MEANING)),
            (TORQUE, 0.81, (Match.IDENTIFIER, Match.WORDS)),
            (LEVEL, 0.55, (Match.MEANING,)),
            (STARTING, 0.41, (Match.MEANING,)),
            (FILTER, 0.32, (Match.WORDS,)),
        ),
        1,
    )
)

TORQUES = Block(
    kind=BlockKind.TABLE,
    text="",
    caption="Table 8-4: Tightening torques",
    rows=(
        ("Mark", "Connection", "Torque", "Note"),
        ("T3", "Oil filter housing", "25 N·m ± 2", "oil the seal"),
        ("T4", "Oil drain plug", "35 N·m", "new copper washer"),
        ("T5", "Injector clamp bolt", "27 N·m, then 90°", "new bolt each time; tighten in two stages from the middle"),
    ),
    header_rows=1,
)


def quote(found: Passage, text: str, statement: str = "") -> Statement:
    """A statement of a passage: the quote itself unless another wording is given."""
    start = found.text.index(text)
    citation = Citation(passage=found, quote=text, start=start, end=start + len(text))
    return Statement(text=statement or text, citation=citation, verbatim=not statement)


STATEMENTS = (
    quote(OIL, OIL_STEPS[3], "Fit a new copper washer and tighten the oil drain plug to 35 N·m (T4)."),
    quote(OIL, f"5. {OIL_STEPS[4]}"),
    quote(TORQUE, "T4: Oil drain plug, 35 N·m, new copper washer"),
)
GROUNDED = Answer(verdict=Verdict.GROUNDED, statements=STATEMENTS, evidence=FOUND)
REFUSED = Answer(
    verdict=Verdict.REFUSED,
    statements=(),
    evidence=FOUND[2:],
    message="The installed manuals do not answer this. The nearest pages are listed below.",
)
SCRIPT: tuple[Event, ...] = (
    EvidenceFound(evidence=FOUND, hazards=(BURNS, WASTE)),
    *(Drafted(statement=statement) for statement in STATEMENTS),
    Answered(answer=GROUNDED),
)
REFUSAL: tuple[Event, ...] = (EvidenceFound(evidence=FOUND[2:], hazards=()), Answered(answer=REFUSED))


@cache
def drawing(width: int = 640, height: int = 360) -> bytes:
    """A line drawing with numbered items, as PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 40, 420, 300), outline="black", width=4)
    pen.ellipse((120, 90, 300, 270), outline="black", width=3)
    pen.line((210, 90, 210, 270), fill="black", width=2)
    pen.rectangle((460, 120, 560, 260), outline="black", width=3)
    for number, (x, y) in enumerate(((210, 180), (510, 190), (90, 60)), 1):
        pen.line((x, y, 600, 20 + number * 40), fill="black", width=2)
        pen.text((606, 10 + number * 40), str(number), fill="black")
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def pack() -> InstalledPack:
    """The pack that the fake pretends to have."""
    manifest = Manifest(
        id=PACK,
        version="1.2.0",
        title="Halden GS-40 generating set",
        language="en",
        licence="CC-BY-4.0",
        machines=(Machine(maker="Halden", model="GS-40"),),
        embedder=None,
        sources=(),
        digest="0" * 64,
        passages=5,
        figures=1,
        hazards=3,
    )
    return InstalledPack(
        manifest=manifest,
        path="/packs/halden-gs40-1.2.0.fpack",
        size=1_000_000,
        bundled=True,
        signature="came with the program",
    )


def section(found: Passage) -> SectionView:
    """The section of a passage, with blocks of all kinds around the oil change."""
    blocks: tuple[Block, ...]
    if found.id == OIL.id:
        blocks = (
            Block(kind=BlockKind.PARAGRAPH, text="Tools: 19 mm spanner, torque wrench. Time: 40 minutes."),
            Block(kind=BlockKind.HAZARD, text=BURNS.text, signal_word="WARNING", protects="procedure"),
            *(Block(kind=BlockKind.STEP, text=step, number=f"{n}.") for n, step in enumerate(OIL_STEPS[:2], 1)),
            Block(kind=BlockKind.FIGURE, text="", caption=BATTERY.caption),
            *(Block(kind=BlockKind.STEP, text=step, number=f"{n}.") for n, step in enumerate(OIL_STEPS[2:], 3)),
            Block(kind=BlockKind.STEP, text="Write the hours into the log book.", number="a)", level=2),
            Block(kind=BlockKind.HAZARD, text=WASTE.text, signal_word="NOTICE", protects="step"),
            Block(kind=BlockKind.CODE, text="MENU > SERVICE > OIL > RESET\n  hours = 0"),
        )
    elif found.id == TORQUE.id:
        blocks = (Block(kind=BlockKind.PARAGRAPH, text="Values for clean, oiled threads."), TORQUES)
    else:
        hazards = (Block(kind=BlockKind.HAZARD, text=h.text, signal_word=h.signal_word) for h in found.hazards)
        blocks = (*hazards, Block(kind=BlockKind.PARAGRAPH, text=found.text))
    return SectionView(
        document=found.document,
        revision=found.revision,
        heading=found.heading,
        place=found.place,
        blocks=blocks,
        figures=found.figures,
        sheet=Picture(data=drawing(600, 800), media_type="image/png", width=600, height=800),
    )


Ask = Callable[[Question, threading.Event], Iterable[Event]]


class FakeAssistant:
    """Does what `fieldfare.assistant.Assistant` does, by script: replace any attribute to change the script."""

    def __init__(
        self,
        *,
        packs: tuple[InstalledPack, ...] | None = None,
        script: Iterable[Event] = SCRIPT,
        ask: Ask | None = None,
        search: Callable[[Question], tuple[Evidence, ...]] | None = None,
        model: ModelState | None = None,
        pause: float = 0.0,
    ) -> None:
        self.packs = (pack(),) if packs is None else packs
        self.model_state = ModelState(status=ModelStatus.ABSENT, sentence="No model was looked for yet.")
        self.problems: tuple[str, ...] = ()
        self.language = ""  # of every question
        self.said: dict[str, tuple[str, Outcome]] = {}  # translations by their originals; all others are refused
        self.figures: tuple[Evidence, ...] = ()
        self.way = ""  # of machine translations
        self.questions: list[Question] = []
        self.searched: list[str] = []
        self.prepared: list[tuple[str, threading.Event]] = []
        self.slow_to_prepare = False
        self.stopped = threading.Event()
        self.closed = False
        self.procedures = ScriptedProcedures(pack().manifest)
        found = [one.passage for one in FOUND]
        self.bookshelf = bookshelf(pack().manifest, found, lambda one: self.view(one), lambda: drawing(600, 800))  # noqa: PLW0108 - tests replace it
        self._script = tuple(script)
        self._ask = ask
        self._search = search
        self._model = model or ModelState(status=ModelStatus.READY, sentence="The model SmolLM2 135M is ready.")
        self._pause = pause

    def search(self, question: Question, limit: int = 10) -> tuple[Evidence, ...]:
        """The same five passages for every question that is found at all."""
        self.searched.append(question.text)
        if self._search is not None:
            return self._search(question)[:limit]
        return () if "zzz" in question.text else FOUND[:limit]

    def ask(self, question: Question, cancel: threading.Event) -> Iterator[Event]:
        """The script, with a pause before each event that `cancel` ends."""
        self.questions.append(question)
        if self._ask is not None:
            yield from self._ask(question, cancel)
            return
        for event in self._script:
            if self._pause and cancel.wait(self._pause):
                yield Cancelled()
                return
            yield event

    is_current = True

    def examples(self, packs: Iterable[str], limit: int) -> tuple[str, ...]:
        """Two that the script answers."""
        return ("Oil?", "Which torque?")[:limit]

    def language_of(self, question: Question) -> str:
        """The one language of the test."""
        return question.language or self.language

    def render(
        self, texts: Iterable[tuple[Text, Passage]], language: str, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[int, Rendering]]:
        """What the test has to say, each text as one sentence."""
        for index, (text, _) in enumerate(texts):
            if language and not cancelled():
                said, outcome = self.said.get(text.text, (text.text, Outcome.ORIGINAL))
                reason = "no package leads there" if outcome is Outcome.ORIGINAL else ""
                one = Sentence(before="", source=text.text, text=said, outcome=outcome, reason=reason)
                yield index, Rendering(source=text, sentences=(one,))

    def find_figures(self, question: Question, limit: int = 6) -> tuple[Evidence, ...]:
        """The figures that the test wants to be found."""
        return self.figures[:limit]

    def route(self, source: str, target: str) -> str:
        """The way that the test wants."""
        return self.way

    def prepare(self, question: Question, cancel: threading.Event) -> None:
        """Remember what for, and wait until it is stopped where the test wants that."""
        self.prepared.append((question.text, cancel))
        if self.slow_to_prepare:
            cancel.wait(20)

    def stop(self) -> None:
        """Remember that it was asked to."""
        self.stopped.set()

    def view(self, passage: Passage) -> SectionView:
        """The section of a passage, or the one that begins with it."""
        known = {one.passage.section: one.passage for one in FOUND}
        return section(passage if passage.id else known[passage.section])

    def picture(self, pack: str, image: str) -> bytes:
        """The drawing, whatever is asked for."""
        return drawing()

    def prepare_language(self, language: str) -> None:
        self.prepared = language

    def load_model(self) -> None:
        """The outcome that the test wants."""
        if self._pause:
            time.sleep(self._pause)
        self.model_state = self._model

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def until_cancelled(question: Question, cancel: threading.Event) -> Iterator[Event]:
    """Evidence and one statement, then a model that thinks until it is cancelled."""
    yield SCRIPT[0]
    yield SCRIPT[1]
    if not cancel.wait(30):
        yield Failed(message="nobody cancelled")
        return
    yield Cancelled()
