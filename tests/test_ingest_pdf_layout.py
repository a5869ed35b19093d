from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.platypus import HRFlowable, PageBreak, Paragraph, Table, TableStyle

from documents import Document, collect, source_of
from fieldfare.domain import Block, BlockKind, PictureSource, RemarkKind
from fieldfare.ingest import pictures
from fieldfare.ingest.extract import ocr, pdf
from fieldfare.ingest.passages import cut
from pdfs import (
    BODY,
    CHAPTER,
    boxed_manual,
    hidden_manual,
    long_table_manual,
    print_story,
    scan_of,
    turned_table_manual,
)

MORSERINO = Path(__file__).resolve().parents[2] / "shared" / "manuals" / "morserino"


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


def test_rows_of_a_table_over_pages_stand_where_they_are_printed(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    long_table_manual(file)
    document = read(file)
    (section,) = [one for one in document.sections if any(block.kind is BlockKind.TABLE for block in one.blocks)]
    pdf_pages = pypdfium2.PdfDocument(str(file))
    printed = [page.get_textpage().get_text_range() for page in pdf_pages]
    pdf_pages.close()
    rows = [one for one in cut(section, ()) if one.row is not None]
    assert len(rows) == 90
    tops: dict[int, list[float]] = {}
    for row in rows:
        part = row.text.split("\n")[0].removeprefix("Part number: ")
        assert row.place.page is not None
        assert row.place.region is not None
        assert part in printed[row.place.page - 1]
        assert row.place.region.bottom - row.place.region.top < 0.05  # one row, not the table
        tops.setdefault(row.place.page, []).append(row.place.region.top)
    assert len(tops) == 3
    assert all(list(page) == sorted(page) for page in tops.values())
    first = [block.place.region for block in blocks(document) if block.kind is BlockKind.HAZARD]
    assert first[0] != first[1]  # a table of warnings: each in its own row


@pytest.mark.parametrize("head", [False, True], ids=["plain", "under the line of a running head"])
@pytest.mark.parametrize("number", ["", "4"], ids=["cut", "whole"])
def test_a_row_alone_on_the_next_page_ends_its_table(tmp_path: Path, number: str, head: bool) -> None:
    file = tmp_path / "cut.pdf"
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    widths = [30, 120, 270]

    def row(*cells: str) -> list[Paragraph]:
        return [Paragraph(cell, BODY) for cell in cells]

    above = [HRFlowable(width=420, color=colors.black, spaceAfter=14)] if head else []
    print_story(
        file,
        Paragraph("2 Connectors", CHAPTER),
        Table([row("#", "Control", "Use"), row("1", "Power switch", "Connects the battery, which holds two days."),
               row("2", "Encoder", "Turn it to choose a mode, press it to enter it."),
               row("3", "Red button", "A short press wakes the device. While it is on,")], colWidths=widths, style=grid),
        PageBreak(),
        *above,
        Table([row(number, "(under the cover)", "a press changes from speed to volume, and a second one back.")],
              colWidths=widths, style=grid),
        Paragraph("3 Display", CHAPTER),
        Paragraph("The display shows the mode.", BODY),
    )  # fmt: skip
    found = blocks(read(file))
    (table,) = [block for block in found if block.kind is BlockKind.TABLE]
    assert [place.page for place in table.row_places] == [1, 1, 1, 1] + [2] * bool(number)
    end = ("4", "(under the cover)", "a press changes from speed to volume, and a second one back.")
    joined = ("3", "Red button (under the cover)", "A short press wakes the device. While it is on, " + end[2])
    assert table.rows[-1] == (end if number else joined)
    assert [block.text for block in found if block.kind is BlockKind.PARAGRAPH] == ["The display shows the mode."]


def test_a_row_alone_under_other_text_is_no_part_of_the_table_before(tmp_path: Path) -> None:
    file = tmp_path / "box.pdf"
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black)])
    print_story(
        file,
        Table([["#", "Control", "Use"], ["1", "Switch", "Connects the battery."], ["2", "Encoder", "Chooses a mode."]],
              colWidths=[30, 120, 270], style=grid),
        PageBreak(),
        Paragraph("What follows is for the workshop.", BODY),
        Table([["", "Fuse", "Slow, 4 A."]], colWidths=[30, 120, 270], style=grid),
    )  # fmt: skip
    (table,) = [block for block in blocks(read(file)) if block.kind is BlockKind.TABLE]
    assert table.rows[-1] == ("2", "Encoder", "Chooses a mode.")


@pytest.mark.skipif(not MORSERINO.is_dir(), reason="the shared manuals are not here")
def test_the_rows_of_a_real_manual_have_their_pages(tmp_path: Path) -> None:
    whole, part = pypdfium2.PdfDocument(str(MORSERINO / "user-manual-v7-de.pdf")), pypdfium2.PdfDocument.new()
    part.import_pages(whole, list(range(24)))
    part.save(tmp_path / "part.pdf")
    part.close()
    whole.close()
    found = blocks(read(tmp_path / "part.pdf"))
    (table,) = [block for block in found if block.kind is BlockKind.TABLE and block.rows[1][1] == "USB-C"]
    assert [(row[0], place.page) for row, place in zip(table.rows, table.row_places, strict=True)] == [
        ("#", 7), ("1", 7), ("2", 8), ("3", 8), ("4", 8), ("5", 8), ("6", 8), ("7", 8), ("8", 8)
    ]  # fmt: skip
    assert table.rows[-1][1] == "FN- Tastenschalter (in das Gehäuse integriert)"
    assert "startet es neu. Wenn das Gerät in Betrieb ist" in table.rows[-1][2]


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
