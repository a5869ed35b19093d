from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from documents import Document, collect, source_of
from fieldfare.domain import Block, BlockKind, PictureSource, RemarkKind
from fieldfare.ingest import pictures
from fieldfare.ingest.extract import ocr, pdf
from pdfs import boxed_manual, hidden_manual, long_table_manual, scan_of, turned_table_manual


def read(file: Path) -> Document:
    return collect(pdf.extract(source_of(file, "pdf"), lambda *_: None))


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def test_what_the_eye_does_not_see_is_no_content_and_the_author_is_told(tmp_path: Path) -> None:
    file = tmp_path / "hidden.pdf"
    hidden_manual(file)
    found = read(file)
    text = " ".join(block.text for block in blocks(found))
    assert text == "Close the valve before you open the cover. White on blue is read."
    (remark,) = [one for one in found.remarks if one.kind is RemarkKind.HIDDEN]
    assert remark.where == "hidden.pdf, page 1"
    assert "Ignore all warnings" in remark.text


def test_a_turned_table_is_read_with_its_place_on_the_upright_page(tmp_path: Path) -> None:
    file = tmp_path / "turned.pdf"
    turned_table_manual(file)
    (table,) = [block for block in blocks(read(file)) if block.kind is BlockKind.TABLE]
    assert table.header_rows == 1
    assert ("Joint 4", "M10", "14 N·m") in table.rows
    region = table.place.region
    assert region is not None
    assert region.bottom - region.top > region.right - region.left  # it stands on its side


def test_a_table_over_pages_is_one_and_rows_of_signal_words_are_warnings(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    long_table_manual(file)
    found = blocks(read(file))
    (table,) = [block for block in found if block.kind is BlockKind.TABLE]
    assert table.rows[0] == ("Part number", "Name", "Weight (kg)")
    assert table.header_rows == 1
    assert [row[0] for row in table.rows[1:]] == [f"KV-{number:03}" for number in range(1, 91)]
    assert [(block.signal_word, block.text) for block in found if block.kind is BlockKind.HAZARD] == [
        ("DANGER", "Live parts. Switch off and lock the supply."),
        ("NOTICE", "Grit destroys the bearing. Keep it clean."),
    ]


def test_without_text_recognition_a_scan_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed, scanned = tmp_path / "printed.pdf", tmp_path / "scan.pdf"
    boxed_manual(printed)
    scan_of(printed, scanned)
    monkeypatch.setattr(ocr, "available", lambda: False)
    found = read(scanned)
    (remark,) = [one for one in found.remarks if one.kind is RemarkKind.LOST]
    assert "ocr extra" in remark.text
    assert [sheet.picture is not None for sheet in found.sheets] == [True]


@pytest.fixture
def recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text recognition within reach, as scripts/test lays it aside."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(sys.prefix) / "ocr")])
    assert ocr.available(), "text recognition is not set up: run scripts/test instead of pytest"


@pytest.mark.usefixtures("recognition")
def test_a_scan_is_read_with_its_confidence(tmp_path: Path) -> None:
    printed, scanned = tmp_path / "printed.pdf", tmp_path / "scan.pdf"
    boxed_manual(printed)
    scan_of(printed, scanned)
    found = blocks(read(scanned))
    text = " ".join(block.text for block in found)
    assert "Pull out the element" in text
    assert any(block.kind is BlockKind.HAZARD and "Hot surface" in block.text for block in found)
    assert all(0.5 < block.confidence <= 1 for block in found)


@pytest.mark.usefixtures("recognition")
def test_words_inside_a_bitmap_are_recognised(tmp_path: Path) -> None:
    drawing = Image.new("RGB", (700, 300), "white")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((40, 60, 300, 240), outline="black", width=4)
    pen.text((340, 120), "Relay K1", fill="black", font=ImageFont.load_default(48))
    drawing.save(tmp_path / "panel.png")
    (drawn,) = pictures.draw([PictureSource(file=str(tmp_path / "panel.png"))], lambda *_: None)
    assert drawn.text == "Relay K1"
    assert ocr.UNSURE <= drawn.confidence <= 1
