"""Manuals in other scripts: wide letters, letters without spaces between words, marks on letters, right to left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.content import Content

from fakes import FakeAssistant, section
from fieldfare.domain import Block, BlockKind, Passage, SectionView
from fieldfare.tui.widgets.blocks import Prose
from fieldfare.tui.widgets.grid import Table
from fieldfare.tui.widgets.wrapped import Flowing, hanging
from languages import SENTENCES
from tui.screen import asked, rows, until, until_text
from tui.test_ask import play

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from fieldfare.tui.app import FieldfareApp


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("width", [14, 22, 40])
def test_a_step_wraps_between_words_or_letters_and_keeps_its_codes(language: str, width: int) -> None:
    text = SENTENCES[language]
    lines = [line.plain for line in hanging(Content.styled(text, "bold"), width, "1 ", "  ")]
    assert "".join("".join(lines).split()) == "1" + "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)
    assert any("Q0" in line for line in lines)
    assert not any(line.strip()[0] in "，。、！）" for line in lines)


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("width", [24, 38, 70])
def test_a_table_keeps_its_columns(language: str, width: int) -> None:
    rows = (("Code", "文本 نص"), ("E21", SENTENCES[language]), ("E22", "5 V"))
    table = Table(Block(kind=BlockKind.TABLE, text="", rows=rows, header_rows=1))
    lines = [line.plain for line in table.lines(width)]
    assert all(cell_len(line) <= width for line in lines)
    bars = {cell_len(line[: line.index("│")]) for line in lines if "│" in line}
    assert len(bars) <= 1
    assert "".join(SENTENCES[language].split())[:6] in "".join("".join(lines).replace("│", "").split())


@pytest.mark.parametrize("language", ["zh", "ar"])
def test_a_page_shows_every_sentence_within_its_width(language: str) -> None:
    assistant = FakeAssistant()
    blocks = (
        Block(kind=BlockKind.HAZARD, text=SENTENCES[language], signal_word="危险"),
        Block(kind=BlockKind.STEP, text=SENTENCES[language], number="1"),
        Block(kind=BlockKind.PARAGRAPH, text=SENTENCES[language]),
    )

    def view(passage: Passage) -> SectionView:
        return replace(section(passage), blocks=blocks, hazards=())

    assistant.view = view  # type: ignore[method-assign]

    async def scenario(app: FieldfareApp, pilot: Pilot[None]) -> None:
        await asked(pilot)
        await until_text(pilot, "Answer from")
        await pilot.press("down", "1")
        await until(pilot, lambda: app.screen.query(Prose))
        await pilot.pause()
        assert all(cell_len(row) <= 40 for row in rows(app))
        drawn = "".join(widget.render_line(y).text for widget in app.screen.query(Prose)
                        for y in range(widget.size.height))  # fmt: skip
        assert "".join(SENTENCES[language].split()) in "".join(drawn.split())
        warning = [line.plain for line in app.screen.query(".hazard-text").last(Flowing).lines(14)]
        assert any("Q0" in line for line in warning) and not any(line[0] in "，。" for line in warning)

    play(scenario, size=(40, 15), assistant=assistant)
