"""The technician's language on the screen: what is translated, what is marked, the original one key away."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from fakes import BATTERY, BURNS, OIL_STEPS, STATEMENTS, TORQUES, WASTE, FakeAssistant
from fieldfare.domain import Asked
from fieldfare.domain.translation import Outcome
from fieldfare.journal import Journal
from fieldfare.tui.app import FieldfareApp
from fieldfare.tui.screens.reading import ReadingScreen
from fieldfare.tui.widgets.hazard import HazardBox
from fieldfare.tui.widgets.question import QuestionInput
from fieldfare.tui.widgets.section import PaneHead
from tui.screen import asked, shown, type_text, until, until_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

    from textual.pilot import Pilot

    from fieldfare.domain import Evidence, Passage, Question
    from fieldfare.domain.translation import Rendering, Text

FILL = "Echar 9,5 L de aceite SAE 15W-40 y comprobar el nivel con la varilla."
SPANISH = {
    BURNS.text: ("El aceite caliente quema la piel.", Outcome.APPROVED),
    WASTE.text: ("El aceite usado contamina el agua.", Outcome.TRANSLATED),
    STATEMENTS[0].text: ("Apretar el tapón de drenaje a 35 N·m (T4).", Outcome.APPROVED),
    STATEMENTS[1].text: (f"5. {FILL}", Outcome.TRANSLATED),
    OIL_STEPS[4]: (FILL, Outcome.TRANSLATED),
    BATTERY.caption: ("Fig. 8-2: Drenaje y filtro de aceite", Outcome.APPROVED),
    "Oil drain plug": ("Tapón de drenaje", Outcome.APPROVED),
}


def play(
    scenario: Callable[[FieldfareApp, Pilot[None]], Awaitable[None]],
    said: dict[str, tuple[str, Outcome]] = SPANISH,
    *,
    assistant: FakeAssistant | None = None,
    journal: Journal | None = None,
) -> None:
    """A Spanish technician with an English manual, on a screen that shows all of an answer."""
    assistant = assistant or FakeAssistant()
    assistant.language, assistant.said = "es", said

    async def main() -> None:
        app = FieldfareApp(assistant, journal=journal)
        async with app.run_test(size=(90, 70)) as pilot:
            await scenario(app, pilot)

    asyncio.run(main())


def test_the_answer_is_translated_and_one_key_shows_the_original() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Apretar el tapón de drenaje a 35 N·m (T4). [1]")
        await until_text(pilot, FILL)
        assert "(machine translation of the original)" in shown(app)
        await until_text(pilot, "Translated: ↓, then t shows the original.")
        assert STATEMENTS[0].text not in shown(app)
        await pilot.press("down")
        await until_text(pilot, "t Original")
        await pilot.press("t")
        await until_text(pilot, STATEMENTS[0].text)
        assert "Apretar" not in shown(app)
        await pilot.press("t")
        await until_text(pilot, "Apretar el tapón")

    play(scenario)


def test_a_question_is_in_the_job_before_its_answer_is_translated_and_whatever_breaks() -> None:
    class Slow(FakeAssistant):
        go = threading.Event()

        def find_figures(self, question: Question, limit: int = 6) -> tuple[Evidence, ...]:
            raise RuntimeError("boom")

        def render(
            self, texts: Iterable[tuple[Text, Passage]], language: str, cancelled: Callable[[], bool]
        ) -> Iterator[tuple[int, Rendering]]:
            self.go.wait(30)
            yield from super().render(texts, language, cancelled)

    journal, assistant = Journal(None), Slow()

    def sources() -> list[str]:
        job = journal.current()
        deeds = [one.deed for one in journal.entries(job.id)] if job else []
        return [place.translated for deed in deeds if isinstance(deed, Asked) for place in deed.sources]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until(pilot, lambda: sources() and not any(sources()), "the question in the job")
        await until_text(pilot, "It failed: boom")
        assistant.go.set()
        await until(pilot, lambda: SPANISH[STATEMENTS[0].text][0] in sources(), "the translation in the job")

    play(scenario, assistant=assistant, journal=journal)


def test_a_page_stays_where_its_translation_breaks() -> None:
    class Broken(FakeAssistant):
        def render(
            self, texts: Iterable[tuple[Text, Passage]], language: str, cancelled: Callable[[], bool]
        ) -> Iterator[tuple[int, Rendering]]:
            raise RuntimeError("model.bin is truncated")

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Found in the manuals")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        await until_text(pilot, "In the original: model.bin is truncated")
        assert OIL_STEPS[4] in " ".join(shown(app).split())

    play(scenario, assistant=Broken())


def test_a_warning_stands_in_the_original_above_what_only_a_machine_translated() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "ADVERTENCIA  WARNING")
        await until_text(pilot, "contamina el agua")
        burns, waste = (box.query(".hazard-text").first().render().plain for box in app.screen.query(HazardBox))
        assert burns == "El aceite caliente quema la piel."
        original, translated, mark = waste.split("\n")
        assert original == WASTE.text
        assert translated == "— El aceite usado contamina el agua."
        assert mark == "(machine translation of the original)"
        assert "AVISO" not in shown(app)

    play(scenario)


def test_the_page_is_translated_step_by_step_and_cell_by_cell() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, FILL)
        for number, translated, original in (
            ("1", FILL, OIL_STEPS[4][:30]),
            ("2", "│ Tapón", "Oil drain plug"),
        ):
            app.screen.query_one(QuestionInput)  # the answer is on the screen
            await pilot.press("down", number)
            await until_text(pilot, translated)
            assert isinstance(app.screen, ReadingScreen)
            assert original not in shown(app)
            assert ("Fig. 8-2: Drenaje y filtro de aceite  (Enter" in shown(app)) is (number == "1")
            head = app.screen.query_one(PaneHead)
            marked = "machine translation of the original · " in str(head.content)
            assert marked is (number == "1")  # of the table a person approved what is translated
            await pilot.press("t")
            await until_text(pilot, original)
            assert translated not in shown(app)
            assert ("Fig. 8-2: Oil drain and filter  (Enter" in shown(app)) is (number == "1")
            assert "machine" not in str(head.content)
            await pilot.press("t", "escape")
            await until_text(pilot, "Found in the manuals")
        assert TORQUES.rows[2][2] == "35 N·m"

    play(scenario)


def test_what_cannot_be_translated_stays_in_the_original_with_the_reason() -> None:
    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "In the original: no package leads there")
        assert STATEMENTS[0].text in shown(app)
        await pilot.press("down", "t")  # nothing to switch: the letter begins a question
        await type_text(pilot, "ools")
        assert app.screen.query_one(QuestionInput).value == "tools"

    play(scenario, {})
