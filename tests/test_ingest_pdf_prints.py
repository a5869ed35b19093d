"""Printed forms that a PDF hides: icons in warnings, heads of tables, raised figures, lists of contents, turned tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reportlab.lib import colors
from reportlab.platypus import Flowable, PageBreak, Paragraph, Spacer, Table, TableStyle

from documents import Document, collect, source_of
from fieldfare.domain import Block, BlockKind
from fieldfare.ingest.extract import pdf
from fieldfare.ingest.passages import header_of
from pdfs import BODY, CAPTION, CHAPTER, iconed_warning, print_story

if TYPE_CHECKING:
    from pathlib import Path


def read(file: Path) -> Document:
    return collect(pdf.extract(source_of(file, "pdf"), lambda *_: None))


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


@pytest.mark.parametrize("layout", ["banner", "beside", "cells"])
@pytest.mark.parametrize("word", ["WARNING", "GEFAHR", "AVERTISSEMENT", "PELIGRO", "ATENÇÃO", "PERICOLO"])
def test_a_warning_with_a_lettered_icon_is_a_hazard_without_the_letter(tmp_path: Path, layout: str, word: str) -> None:
    file = tmp_path / "icon.pdf"
    warning = iconed_warning(word, "Hot oil under pressure at 95 °C. Let the machine cool before work.", layout)
    print_story(file, Paragraph("1 Service", CHAPTER), warning, Spacer(1, 6), Paragraph("1. Open the valve.", BODY))
    hazard, step = blocks(read(file))
    assert (hazard.kind, hazard.signal_word) == (BlockKind.HAZARD, word)
    assert hazard.text == "Hot oil under pressure at 95 °C. Let the machine cool before work."
    assert step.kind is BlockKind.STEP


def test_raised_and_lowered_type_never_makes_another_number(tmp_path: Path) -> None:
    printed = {
        "Flow 5×10<super>-3</super> m<super>3</super>/s": "Flow 5×10⁻³ m³/s",
        "Insulation 10<super>6</super> Ω at least": "Insulation 10⁶ Ω at least",
        "Torque 45 N·m<super>1)</super> or 12 N·m<super>a</super>": "Torque 45 N·m¹⁾ or 12 N·mᵃ",
        "H<sub>2</sub>O, CO<sub>2</sub> and U<sub>max</sub>": "H₂O, CO₂ and Umax",
        "Bore 25<super>+0.02</super> mm, shaft 25<sub>−0.01</sub> mm": "Bore 25 +0.02 mm, shaft 25 −0.01 mm",
        "Root 10<super>0.5</super>, turn 1 <super>3</super>/<sub>4</sub> turns": "Root 10^(0.5), turn 1 3/4 turns",
        "<super>1)</super> With oil": "¹⁾ With oil",
        "Part 1 480 of 25 stays as it is": "Part 1 480 of 25 stays as it is",
    }
    file = tmp_path / "scripts.pdf"
    print_story(file, Paragraph("1 Data", CHAPTER), *(Paragraph(f"{line}.", BODY) for line in printed))
    text = " ".join(block.text for block in blocks(read(file)))
    assert text == " ".join(f"{line}." for line in printed.values())


def test_a_tolerance_of_two_limits_stays_apart_from_its_measure(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    file = tmp_path / "tolerance.pdf"
    page = Canvas(str(file))
    page.setFont("Helvetica", 10)
    page.drawString(60, 700, "Fit 25")
    page.drawString(107, 700, "mm at 20 °C.")
    page.setFont("Helvetica", 6)
    page.drawString(86.5, 704, "+0.02")  # right behind the measure, one over the other
    page.drawString(86.5, 697, "-0.01")
    page.save()
    (block,) = blocks(read(file))
    assert block.text == "Fit 25 +0.02 -0.01 mm at 20 °C."


@pytest.mark.parametrize("font", ["Helvetica", "Helvetica-Bold"])
def test_larger_print_in_the_head_of_a_ruled_table_is_its_head_and_no_heading(tmp_path: Path, font: str) -> None:
    file = tmp_path / "head.pdf"
    rows = [["Code", "Meaning", "Cause"], ["Alpha", "Oil hot", "Oil low"], ["Beta", "No signal", "Cable cut"]]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, 0), font, 13)]
    style.append(("FONT", (0, 1), (-1, -1), "Helvetica", 9))
    print_story(
        file,
        Paragraph("4 Faults", CHAPTER),
        *(Paragraph("The controller shows these codes on its display while the machine runs.", BODY) for _ in range(3)),
        Paragraph("Table 4-1: Fault codes", CAPTION),
        Table(rows, colWidths=[80, 140, 140], style=TableStyle(style)),
    )
    found = read(file)
    assert [section.path for section in found.sections] == [("4 Faults",)]
    table = blocks(found)[-1]
    assert (table.kind, table.caption, table.header_rows) == (BlockKind.TABLE, "Table 4-1: Fault codes", 1)
    assert table.rows == tuple(map(tuple, rows))


def test_nothing_in_a_drawn_grid_is_a_heading(tmp_path: Path) -> None:
    file = tmp_path / "grid.pdf"
    cells = [
        ["", "", "", ""],
        ["", Paragraph("Large print", CHAPTER), "", ""],
        ["", "", "", Paragraph("More", CHAPTER)],
    ]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    text = [Paragraph("Fill in the form after each service and keep it with the machine.", BODY) for _ in range(3)]
    print_story(file, Paragraph("5 Form", CHAPTER), *text, Table(cells, colWidths=[110] * 4, style=style))
    assert [section.path for section in read(file).sections] == [("5 Form",)]


@pytest.mark.parametrize("joined", [True, False], ids=["rows", "cells"])
def test_a_striped_table_keeps_its_head_and_last_row(tmp_path: Path, joined: bool) -> None:
    file = tmp_path / "stripes.pdf"
    rows = [["Thread", "Class 8.8", "Class 10.9"], ["M8", "25 Nm", "35 Nm"], ["M10", "", "69 Nm"],
            ["M12", "85 Nm", "120 Nm"], ["M16", "210 Nm", "295 Nm"]]  # fmt: skip
    style = [("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 10)]
    parts = [(0, -1)] if joined else [(0, 0), (1, 1), (2, 2)]
    style += [("BACKGROUND", (low, row), (high, row), colors.lightgrey) for row in (1, 3) for low, high in parts]
    print_story(
        file,
        Paragraph("3 Torques", CHAPTER),
        Paragraph("Use these torques for all joints that are not named elsewhere.", BODY),
        Paragraph("Table 3: Torques", CAPTION),
        Table(rows, colWidths=[120, 120, 120], style=TableStyle(style)),
        Spacer(1, 10),
        Paragraph("Further text follows here.", BODY),
    )
    _, table, after = blocks(read(file))
    assert (table.caption, table.header_rows) == ("Table 3: Torques", 1)
    assert table.rows == tuple(map(tuple, rows))
    assert after.text == "Further text follows here."


@pytest.mark.parametrize("limits", [("min", "max"), ("Min.", "Max.")])
def test_a_name_over_two_columns_heads_both(tmp_path: Path, limits: tuple[str, str]) -> None:
    file = tmp_path / "levels.pdf"
    rows = [["State", "Pressure", "", "Current"], ["", *limits, ""], ["Load", "7.5 bar", "8.5 bar", "138 A"]]
    rows += [["Idle", "1.2 bar", "2.0 bar", "61 A"], ["Stop", "0 bar", "0.5 bar", "2 A"]]
    style = [("SPAN", cell, end) for cell, end in (((1, 0), (2, 0)), ((0, 0), (0, 1)), ((3, 0), (3, 1)))]
    style += [("LINEABOVE", (0, 0), (-1, 0), 1, colors.black), ("FONT", (0, 0), (-1, 1), "Helvetica-Bold", 10)]
    style += [("LINEBELOW", (0, row), (-1, row), 0.6, colors.black) for row in (1, -1)]
    text = Paragraph("These values hold at 20 °C.", BODY)
    print_story(file, text, Table(rows, colWidths=[110, 70, 70, 80], style=TableStyle(style)))
    table = blocks(read(file))[-1]
    assert header_of(table) == ["State", f"Pressure {limits[0]}", f"Pressure {limits[1]}", "Current"]
    assert table.rows[table.header_rows :] == tuple(map(tuple, rows[2:]))


def test_a_head_of_two_lines_has_one_level(tmp_path: Path) -> None:
    file = tmp_path / "lines.pdf"
    rows = [["State", "Rated\ncurrent", "Fuse"], ["Load", "138 A", "160 A"], ["Idle", "61 A", "160 A"]]
    style = [("LINEABOVE", (0, 0), (-1, 0), 1, colors.black), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 10)]
    style += [("LINEBELOW", (0, row), (-1, row), 0.6, colors.black) for row in (0, -1)]
    text = Paragraph("These values hold at 20 °C.", BODY)
    print_story(file, text, Table(rows, colWidths=[110, 70, 80], style=TableStyle(style)))
    assert header_of(blocks(read(file))[-1]) == ["State", "Rated current", "Fuse"]


class _Turned(Flowable):
    """A table that runs up the page."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table

    def wrap(self, *_: float) -> tuple[float, float]:
        self.width, self.height = self._table.wrap(600, 400)
        return self.height, self.width

    def draw(self) -> None:
        self.canv.translate(self.height, 0)
        self.canv.rotate(90)
        self._table.drawOn(self.canv, 0, 0)


@pytest.mark.parametrize("wordy", [False, True], ids=["most-turned", "most-upright"])
def test_a_turned_table_stands_under_its_own_heading_with_its_caption(tmp_path: Path, wordy: bool) -> None:
    file = tmp_path / "turned.pdf"
    rows = [["Interval", "Task", "Part number"], *([f"{n}00 h", f"Check belt {n}", f"1625-{n}"] for n in range(1, 5))]
    table = Table(rows, colWidths=[60, 110, 100], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    words = Paragraph("Keep to these intervals, and shorten them where the air is dusty. " * (3 if wordy else 1), BODY)
    print_story(
        file,
        Paragraph("4 Faults", CHAPTER),
        Paragraph("Call the service if a fault comes back after the reset of the machine.", BODY),
        PageBreak(),
        Paragraph("5 Schedule", CHAPTER),
        *([words] if wordy else []),
        Paragraph("Table 5-1: Schedule", CAPTION),
        _Turned(table),
        Paragraph("6 Storage", CHAPTER),
        *([words] if wordy else []),
    )
    found = read(file)
    assert [section.path for section in found.sections] == [("4 Faults",), ("5 Schedule",), ("6 Storage",)]
    (made,) = [block for block in found.sections[1].blocks if block.kind is BlockKind.TABLE]
    assert (made.caption, made.rows) == ("Table 5-1: Schedule", tuple(map(tuple, rows)))


@pytest.mark.parametrize("dots", ["", " . . . . . . . . . . . . . ."], ids=["bare", "dotted"])
@pytest.mark.parametrize("title", ["Contents", "Inhaltsverzeichnis", "Table des matières"])
def test_a_list_of_contents_is_neither_headings_nor_a_table(tmp_path: Path, title: str, dots: str) -> None:
    file = tmp_path / "contents.pdf"
    entries = [["1 Safety", "2"], [f"1.1 Persons{dots}", "2"], [f"1.2 Clothes{dots}", "2"], ["2 Data", "3"]]
    large = TableStyle([("FONT", (0, row), (-1, row), "Helvetica-Bold", 13) for row in (0, 3)])
    large.add("ALIGN", (1, 0), (1, -1), "RIGHT")
    text = Paragraph("Read this chapter before you begin to work with the machine at all.", BODY)
    parts = [PageBreak(), Paragraph("1 Safety", CHAPTER), text, PageBreak(), Paragraph("2 Data", CHAPTER), text]
    print_story(file, Paragraph(title, CHAPTER), Table(entries, colWidths=[380, 40], style=large), *parts)
    found = read(file)
    assert [section.path for section in found.sections] == [("1 Safety",), ("2 Data",)]
    assert [block.text for block in blocks(found)] == [text.text, text.text]


@pytest.mark.parametrize(
    ("large", "title"),
    [
        (("CP-200 Circulation Pump",), "CP-200 Circulation Pump"),
        (("4 Faults",), ""),
        (("Data", "Work"), ""),
        (("Contents",), ""),
    ],
)
def test_the_title_is_the_largest_print_of_the_first_page_or_none(
    tmp_path: Path, large: tuple[str, ...], title: str
) -> None:
    file = tmp_path / "title.pdf"
    text = "Call the service if a fault comes back after the reset of the machine."
    story = [
        part for name in large for part in (Paragraph(name, CHAPTER), Paragraph(text, BODY), Paragraph(text, BODY))
    ]
    print_story(file, *story, title="")
    assert read(file).title == title


def test_a_warning_with_a_bar_before_it_keeps_its_title_and_text_together(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    file = tmp_path / "bar.pdf"
    page = Canvas(str(file), pagesize=(400, 400))
    page.setFont("Helvetica", 10)
    page.drawString(40, 360, "Hang the belt over the pulley and pull it tight by hand.")
    page.rect(40, 288, 4, 54, stroke=0, fill=1)
    page.setFont("Helvetica-Bold", 10)
    page.drawString(56, 330, "WARNING")
    page.drawString(56, 312, "Do not over-tension")
    page.setFont("Helvetica", 10)
    page.drawString(56, 294, "The belt must not be under extreme tension.")
    page.drawString(40, 262, "Then close the cover of the drive.")
    page.save()
    found = blocks(read(file))
    (hazard,) = [block for block in found if block.kind is BlockKind.HAZARD]
    assert hazard.signal_word == "WARNING"
    assert hazard.text.split() == "Do not over-tension The belt must not be under extreme tension.".split()
    assert [block.text for block in found if block.kind is BlockKind.PARAGRAPH] == [
        "Hang the belt over the pulley and pull it tight by hand.",
        "Then close the cover of the drive.",
    ]
