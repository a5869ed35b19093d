from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from documents import Document, collect, draw, source_of
from fieldfare.domain import Block, BlockKind
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import pdf
from fieldfare.ingest.passages import header_of
from pdfs import boxed_manual, pump_manual

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def pump(tmp_path_factory: pytest.TempPathFactory) -> Document:
    file = tmp_path_factory.mktemp("pdf") / "pump.pdf"
    pump_manual(file)
    return collect(pdf.extract(source_of(file, "pdf"), lambda *_: None))


def blocks(document: Document, title: str) -> list[Block]:
    return [block for section in document.sections if section.path[-1:] == (title,) for block in section.blocks]


def test_headings_make_the_outline_with_pages(pump: Document) -> None:
    assert [(section.path, section.place.page) for section in pump.sections] == [
        (("1 Safety",), 1),
        (("1 Safety", "1.1 Before any work"), 1),
        (("1 Safety", "1.2 Technical data"), 1),
        (("2 Maintenance",), 2),
        (("2 Maintenance", "2.1 Replace the motor head"), 2),
        (("2 Maintenance", "2.2 Fault codes"), 2),
        (("3 Description",), 3),
    ]


def test_running_heads_and_page_numbers_are_not_content(pump: Document) -> None:
    text = "\n".join(block.text for section in pump.sections for block in section.blocks)
    assert "Korvan" not in text
    assert "Operating instructions" not in text
    assert "of 4" not in text
    assert [sheet.place.label for sheet in pump.sheets] == ["1", "2", "3"]


def test_a_boxed_warning_is_a_hazard_with_its_word(pump: Document) -> None:
    (hazard,) = [block for block in blocks(pump, "1.1 Before any work") if block.kind is BlockKind.HAZARD]
    assert hazard.signal_word == "WARNING"
    assert hazard.text == "Hot water under pressure. Close both valves and let the pump cool below 40 °C."


def test_steps_are_steps(pump: Document) -> None:
    steps = [block for block in blocks(pump, "2.1 Replace the motor head") if block.kind is BlockKind.STEP]
    assert [step.number for step in steps] == ["1", "2", "3", "4"]
    assert steps[3].text == "Insert the new head with a new O-ring and tighten the screws to 9 N·m crosswise."


def test_ruled_and_unruled_tables_keep_header_rows_and_values(pump: Document) -> None:
    (codes,) = [block for block in blocks(pump, "2.2 Fault codes") if block.kind is BlockKind.TABLE]
    assert codes.header_rows == 1
    assert codes.rows[3] == (
        "F07", "Supply under-voltage", "Measure the supply at terminals L and N: 207 V to 253 V.",
    )  # fmt: skip
    (ratings,) = [block for block in blocks(pump, "1.2 Technical data") if block.kind is BlockKind.TABLE]
    assert ratings.caption == "Table 1: Ratings"
    assert ("Rated power", "85 W") in ratings.rows


def test_a_figure_has_its_picture_caption_and_place(pump: Document) -> None:
    (figure,) = [block for section in pump.sections for block in section.blocks if block.kind is BlockKind.FIGURE]
    assert figure.caption == "Figure 3: Motor head and housing"
    assert figure.number == "3"
    assert figure.picture is not None
    assert draw(figure.picture).width > 300
    assert figure.place.region is not None
    assert 0 < figure.place.region.top < figure.place.region.bottom < 1


def test_two_columns_are_read_one_after_the_other(pump: Document) -> None:
    text = " ".join(block.text for block in blocks(pump, "3 Description"))
    numbers = [text.index(f"Left paragraph {number}.") for number in range(1, 19)]
    assert numbers == sorted(numbers)
    assert text.count("stands in the pumped water and needs no shaft seal") == 18


def test_every_page_has_a_picture(pump: Document) -> None:
    assert all(sheet.picture is not None and draw(sheet.picture).height > 1000 for sheet in pump.sheets)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"\x00" * 3000, b"<html></html>"])
def test_what_is_no_pdf_gets_a_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "broken.pdf"
    file.write_bytes(data)
    with pytest.raises(SourceError, match="cannot be read"):
        collect(pdf.extract(source_of(file, "pdf"), lambda *_: None))


def test_truncated_pdfs_never_crash(tmp_path: Path) -> None:
    whole = tmp_path / "whole.pdf"
    pump_manual(whole)
    data = whole.read_bytes()
    for part in range(1, 8):
        file = tmp_path / "part.pdf"
        file.write_bytes(data[: len(data) * part // 8])
        with contextlib.suppress(SourceError):
            collect(pdf.extract(source_of(file, "pdf"), lambda *_: None))


def test_boxes_are_warnings_steps_stay_and_heads_of_two_rows_are_joined(tmp_path: Path) -> None:
    file = tmp_path / "boxed.pdf"
    boxed_manual(file)
    found = blocks(collect(pdf.extract(source_of(file, "pdf"), lambda *_: None)), "1 Filter")
    assert [block.kind for block in found] == [
        BlockKind.HAZARD, BlockKind.STEP, BlockKind.STEP, BlockKind.HAZARD, BlockKind.STEP, BlockKind.STEP, BlockKind.TABLE,
    ]  # fmt: skip
    assert found[0].signal_word == "Caution"
    assert found[0].text.startswith("The cover is sharp. Wear gloves")
    assert [block.number for block in found if block.kind is BlockKind.STEP] == ["1", "2", "3", "4"]
    assert header_of(found[-1]) == [
        "Model",
        "Current (A) 230 V",
        "Current (A) 400 V",
        "Fuse (A) 230 V",
        "Fuse (A) 400 V",
    ]
