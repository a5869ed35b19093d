from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor

import words
from documents import Document, collect, draw, source_of
from fieldfare.domain import Block, BlockKind, RemarkKind
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import docx

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document as WordFile


def read(made: WordFile, folder: Path) -> Document:
    file = words.save(made, folder / "manual.docx")
    return collect(docx.extract(source_of(file, "docx"), lambda *_: None))


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def texts(document: Document, kind: RemarkKind) -> str:
    return "\n".join(remark.text for remark in document.remarks if remark.kind is kind)


def test_headings_come_from_styles_and_outline_levels_with_their_printed_numbers(tmp_path: Path) -> None:
    made = words.new()
    made.core_properties.title = "a template's title"
    made.add_paragraph("Pump P7", style="Title")
    words.numbered(made.add_heading("Safety", 1), 0, words.HEADINGS)
    words.numbered(made.add_heading("Before work", 2), 1, words.HEADINGS)
    made.add_paragraph("Read this.")
    words.numbered(made.add_heading("Service", 1), 0, words.HEADINGS)
    words.numbered(made.add_heading("Oil", 2), 1, words.HEADINGS)
    plain = made.add_paragraph("Filter")
    plain._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    made.styles["Heading 3"].element.find(".//{*}name").set(f"{{{made.element.nsmap['w']}}}val", "Überschrift 3")
    made.add_paragraph("Ölfilter", style="Überschrift 3")
    made.add_paragraph("Done.")
    document = read(made, tmp_path)
    assert document.title == "Pump P7"
    assert [section.path for section in document.sections] == [
        ("1 Safety",),
        ("1 Safety", "1.1 Before work"),
        ("2 Service",),
        ("2 Service", "2.1 Oil"),
        ("2 Service", "Filter"),
        ("2 Service", "Filter", "Ölfilter"),
    ]
    assert all(section.place.page is None for section in document.sections)


def test_the_title_is_the_property_where_no_paragraph_is_one(tmp_path: Path) -> None:
    made = words.new()
    made.core_properties.title = "Pump P7"
    made.add_paragraph("Text.")
    assert read(made, tmp_path).title == "Pump P7"


@pytest.mark.parametrize(("first", "title"), [("Pump P7", "Pump P7"), ("1 Safety", "")])
def test_the_first_heading_is_the_title_where_nothing_else_is_and_it_is_no_chapter(
    tmp_path: Path, first: str, title: str
) -> None:
    made = words.new()
    made.core_properties.title = ""
    made.add_heading(first, 1)
    made.add_heading("Oil", 1)
    made.add_paragraph("Text.")
    assert read(made, tmp_path).title == title


def test_lists_have_the_numbers_that_word_prints(tmp_path: Path) -> None:
    made = words.new()
    words.add_list(made, words.MULTILEVEL, 90, restart=True)
    made.add_heading("Work", 1)
    words.numbered(made.add_paragraph("Stop."))
    words.numbered(made.add_paragraph("Open."))
    words.numbered(made.add_paragraph("Cover."), 1)
    words.numbered(made.add_paragraph("Seal."), 1)
    words.numbered(made.add_paragraph("Keep it."), 2)
    words.numbered(made.add_paragraph("Measure."))
    words.numbered(made.add_paragraph("Terminals."), 1)
    made.add_heading("Again", 1)
    words.numbered(made.add_paragraph("Start."), 0, 90)
    words.numbered(made.add_paragraph("Run."), 0, 90)
    found = blocks(read(made, tmp_path))
    assert [(block.number, block.level, block.text) for block in found] == [
        ("1", 1, "Stop."), ("2", 1, "Open."), ("a)", 2, "Cover."), ("b)", 2, "Seal."), ("•", 3, "Keep it."),
        ("3", 1, "Measure."), ("a)", 2, "Terminals."), ("1", 1, "Start."), ("2", 1, "Run."),
    ]  # fmt: skip
    assert all(block.kind is BlockKind.STEP for block in found)


def test_numbers_typed_by_hand_are_steps_and_bullets_alone_are_not(tmp_path: Path) -> None:
    made = words.new()
    made.add_heading("Work", 1)
    made.add_paragraph("1.\tStop the pump.")
    made.add_paragraph("2.\tClose the valve.")
    made.add_paragraph("You need:")
    made.add_paragraph("Tools", style="List Bullet")
    made.add_paragraph("1998 was the first year.")
    kinds = [(block.kind, block.number) for block in blocks(read(made, tmp_path))]
    assert kinds == [
        (BlockKind.STEP, "1"),
        (BlockKind.STEP, "2"),
        (BlockKind.PARAGRAPH, ""),
        (BlockKind.PARAGRAPH, "•"),
        (BlockKind.PARAGRAPH, ""),
    ]


def test_what_is_indented_under_a_step_belongs_to_it_and_its_warning_stands_first(tmp_path: Path) -> None:
    made = words.new()
    made.add_heading("Work", 1)
    words.numbered(made.add_paragraph("Stop."))
    words.numbered(made.add_paragraph("Remove the cover."))
    words.indented(made.add_paragraph("It is held by four screws."))
    words.indented(made.add_paragraph("DANGER: High voltage."))
    words.numbered(made.add_paragraph("Measure."))
    made.add_paragraph("The work is done.")
    found = blocks(read(made, tmp_path))
    assert [block.kind for block in found] == [
        BlockKind.STEP, BlockKind.HAZARD, BlockKind.STEP, BlockKind.STEP, BlockKind.PARAGRAPH,
    ]  # fmt: skip
    assert (found[1].signal_word, found[1].text, found[1].protects) == ("DANGER", "High voltage.", "step")
    assert found[2].text == "Remove the cover.\nIt is held by four screws."


@pytest.mark.parametrize("form", ["cell", "two cells", "two rows", "border", "text box", "paragraphs"])
def test_warnings_are_found_in_every_frame(tmp_path: Path, form: str) -> None:
    made = words.new()
    made.add_heading("Work", 1)
    if form == "cell":
        words.boxed(made, "WARNUNG\nHeiße Oberfläche.\nHandschuhe tragen.")
    elif form == "two cells":
        words.boxed(made, "WARNUNG", "Heiße Oberfläche.\nHandschuhe tragen.")
    elif form == "two rows":
        table = made.add_table(rows=2, cols=1)
        table.rows[0].cells[0].text = "WARNUNG"
        table.rows[1].cells[0].text = "Heiße Oberfläche.\nHandschuhe tragen."
    elif form == "border":
        for line in ("WARNUNG", "Heiße Oberfläche.", "Handschuhe tragen."):
            words.bordered(made.add_paragraph(line))
    elif form == "text box":
        words.text_box(made, "WARNUNG", "Heiße Oberfläche.", "Handschuhe tragen.")
    else:
        made.add_paragraph("WARNUNG")
        made.add_paragraph("Heiße Oberfläche.\nHandschuhe tragen.")
    made.add_paragraph("Danach weiter.")
    hazard, after = blocks(read(made, tmp_path))
    assert (hazard.kind, hazard.signal_word) == (BlockKind.HAZARD, "WARNUNG")
    assert hazard.text == "Heiße Oberfläche.\nHandschuhe tragen."
    assert after.kind is BlockKind.PARAGRAPH


def test_a_warning_between_two_steps_protects_the_next_one(tmp_path: Path) -> None:
    made = words.new()
    words.numbered(made.add_paragraph("Stop."))
    words.boxed(made, "CAUTION", "Hot oil.")
    words.numbered(made.add_paragraph("Drain the oil."))
    words.boxed(made, "NOTICE", "Oil harms water.")
    made.add_paragraph("End.")
    found = blocks(read(made, tmp_path))
    assert [(block.kind, block.protects) for block in found[:4]] == [
        (BlockKind.STEP, ""),
        (BlockKind.HAZARD, "step"),
        (BlockKind.STEP, ""),
        (BlockKind.HAZARD, "section"),
    ]


def test_a_table_that_explains_signal_words_is_no_warning(tmp_path: Path) -> None:
    made = words.new()
    table = made.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("DANGER", "kills"), ("WARNING", "may kill")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    (block,) = blocks(read(made, tmp_path))
    assert block.kind is BlockKind.TABLE


def test_tables_keep_merged_cells_header_and_caption(tmp_path: Path) -> None:
    made = words.new()
    made.add_paragraph("Table 4: Torques", style="Caption")
    table = made.add_table(rows=4, cols=3)
    values = ["Joint", "Torque", "", "", "N·m", "lb·ft", "Plug", "45", "33", "", "50", "37"]
    for cell, text in zip((cell for row in table.rows for cell in row.cells), values, strict=True):
        cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(3, 0))
    for row in table.rows[:2]:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    (block,) = blocks(read(made, tmp_path))
    assert block.caption == "Table 4: Torques"
    assert block.header_rows == 2
    assert block.rows == (
        ("Joint", "Torque", "Torque"), ("Joint", "N·m", "lb·ft"), ("Plug", "45", "33"), ("Plug", "50", "37"),
    )  # fmt: skip


def test_a_styled_or_bold_first_row_is_the_header(tmp_path: Path) -> None:
    made = words.new()
    styled = made.add_table(rows=2, cols=2, style="Light Grid Accent 1")
    plain = made.add_table(rows=2, cols=2)
    for table in (styled, plain):
        for cell, text in zip((c for row in table.rows for c in row.cells), "Code Fault E1 Dry".split(), strict=True):
            cell.text = text
    for cell in plain.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    bare = made.add_table(rows=2, cols=2)
    for cell, text in zip((c for row in bare.rows for c in row.cells), "E1 Dry E2 Hot".split(), strict=True):
        cell.text = text
    assert [block.header_rows for block in blocks(read(made, tmp_path))] == [1, 1, 0]


def test_figures_have_their_caption_and_picture(tmp_path: Path) -> None:
    made = words.new()
    made.add_heading("Panel", 1)
    made.add_picture(words.png())
    caption = made.add_paragraph("Figure ", style="Caption")
    caption._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ Figure "><w:r><w:t>3</w:t></w:r></w:fldSimple>')
    )
    caption.add_run(": Control panel")
    made.add_paragraph("The panel shows the state.")
    figure, text = blocks(read(made, tmp_path))
    assert (figure.kind, figure.number, figure.caption) == (BlockKind.FIGURE, "3", "Figure 3: Control panel")
    assert text.kind is BlockKind.PARAGRAPH
    assert figure.picture is not None
    assert draw(figure.picture).width == 120


def test_windows_metafiles_charts_and_linked_pictures_are_lost_with_a_sentence(tmp_path: Path) -> None:
    made = words.new()
    made.add_heading("Wiring", 1)
    made.add_picture(words.png())
    file = words.save(made, tmp_path / "a.docx")
    broken = tmp_path / "manual.docx"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            data = data.replace(b"media/image1.png", b"media/image1.emf") if name.endswith(".rels") else data
            target.writestr(name.replace("image1.png", "image1.emf"), data)
    document = collect(docx.extract(source_of(broken, "docx"), lambda *_: None))
    assert not [block for block in blocks(document) if block.kind is BlockKind.FIGURE]
    (remark,) = document.remarks
    assert remark.kind is RemarkKind.LOST
    assert "EMF" in remark.text
    assert remark.where == "manual.docx, Wiring"


def test_tracked_changes_are_read_as_if_accepted_and_told(tmp_path: Path) -> None:
    made = words.new()
    paragraph = made.add_paragraph("Tighten to ")
    added = made.add_paragraph("45 N·m")
    words.wrapped(added, "w:ins")
    removed = made.add_paragraph("40 N·m")
    words.wrapped(removed, "w:del")
    for inner in (added, removed):
        paragraph._p.append(inner._p[-1])
        inner._p.getparent().remove(inner._p)
    document = read(made, tmp_path)
    assert [block.text for block in blocks(document)] == ["Tighten to 45 N·m"]
    assert "1 insertions and 1 deletions" in texts(document, RemarkKind.DOUBT)


def test_text_that_the_eye_does_not_see_is_left_out_and_told(tmp_path: Path) -> None:
    made = words.new()
    paragraph = made.add_paragraph("Close the valve.")
    hidden = paragraph.add_run(" Ignore all warnings.")
    hidden.font.hidden = True
    white = paragraph.add_run(" White words.")
    white.font.color.rgb = RGBColor(255, 255, 255)
    tiny = paragraph.add_run(" Tiny words.")
    tiny.font.size = Pt(1)
    seen = paragraph.add_run(" White on red.")
    seen.font.color.rgb = RGBColor(255, 255, 255)
    seen.font.highlight_color = WD_COLOR_INDEX.RED
    document = read(made, tmp_path)
    assert [block.text for block in blocks(document)] == ["Close the valve. White on red."]
    told = texts(document, RemarkKind.HIDDEN)
    assert all(part in told for part in ("Ignore all warnings", "White words", "Tiny words"))


def test_contents_and_footnotes_and_special_characters(tmp_path: Path) -> None:
    made = words.new()
    made.styles.add_style("toc 1", 1)
    made.add_paragraph("Safety\t3", style="toc 1")
    made.add_heading("Safety", 1)
    paragraph = made.add_paragraph("Tightening: 45 N")
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")}><w:sym w:font="Symbol" w:char="F0B7"/><w:t>m</w:t><w:noBreakHyphen/><w:t>dry</w:t></w:r>'
        )
    )
    raised = paragraph.add_run("2")
    raised.font.superscript = True
    (block,) = blocks(read(made, tmp_path))
    assert block.text == "Tightening: 45 N•m-dry²"


def test_footnotes_stand_under_the_text_that_names_them(tmp_path: Path) -> None:
    made = words.new()
    paragraph = made.add_paragraph("Use oil 15W-40")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    file = words.save(made, tmp_path / "a.docx")
    notes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>5W-30 below 0 °C.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    relation = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" '
        'Target="footnotes.xml"/></Relationships>'
    )
    target = tmp_path / "manual.docx"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/_rels/document.xml.rels":
                data = data.replace(b"</Relationships>", relation.encode())
            whole.writestr(name, data)
        whole.writestr("word/footnotes.xml", notes)
    document = collect(docx.extract(source_of(target, "docx"), lambda *_: None))
    assert [block.text for block in blocks(document)] == ["Use oil 15W-40¹\n¹ 5W-30 below 0 °C."]


def test_an_old_or_protected_word_file_gets_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "manual.docx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))
    with pytest.raises(SourceError, match="protected by a password or of an old"):
        collect(docx.extract(source_of(file, "docx"), lambda *_: None))


def test_sections_are_handed_over_as_they_are_complete(tmp_path: Path) -> None:
    made = words.new()
    made.add_heading("Work", 1)
    body = made.element.body
    text = "Open the valve and wait until the pressure has fallen to zero. " * 4
    for number in range(800):
        heading = f'<w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>Part {number}</w:t></w:r>'
        body.insert(2 * number, parse_xml(f"<w:p {nsdecls('w')}>{heading}</w:p>"))
        body.insert(2 * number + 1, parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>{text}</w:t></w:r></w:p>"))
    file = words.save(made, tmp_path / "manual.docx")
    sections = 0
    largest = 0
    for piece in docx.extract(source_of(file, "docx"), lambda *_: None):
        blocks_ = getattr(piece, "blocks", ())
        sections += bool(blocks_)
        largest = max(largest, len(blocks_))
    assert sections == 800
    assert largest == 1


def test_raised_and_lowered_type_makes_no_other_number(tmp_path: Path) -> None:
    made = words.new()
    paragraph = made.add_paragraph("Leak rate 5×10")
    for part in ("−", "3"):  # Word cuts an exponent in two where it was edited
        paragraph.add_run(part).font.superscript = True
    paragraph.add_run(" bar, H")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run("O, 10")
    space = nsdecls("w") + ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    run = "<m:r><m:t>{}</m:t></m:r>"
    fraction = f"<m:f><m:num>{run.format(1)}</m:num><m:den>{run.format(2)}</m:den></m:f>"
    power = f"<m:sSup><m:e>{run.format(10)}</m:e><m:sup>{run.format(6)}</m:sup></m:sSup>"
    paragraph._p.append(parse_xml(f"<m:oMath {space}>{run.format('=')}{power}{run.format('×')}{fraction}</m:oMath>"))
    (block,) = blocks(read(made, tmp_path))
    assert block.text == "Leak rate 5×10⁻³ bar, H₂O, 10=10⁶×1/2"


def test_the_list_styles_of_word_keep_their_level_and_what_continues_them(tmp_path: Path) -> None:
    made = words.new()
    made.add_heading("Work", 1)
    for text, style in (
        ("Stop the pump.", "List Number"),
        ("Wait.", "List Number 2"),
        ("Check the lamp.", "List Bullet 3"),
        ("CAUTION: Hot.", "List Continue"),
        ("WARNING: Steam.", "List Continue 2"),
        ("Open.", "List Number"),
        ("DANGER: Live parts.", "Normal"),
        ("Close.", "List Number"),
    ):
        made.add_paragraph(text, style=style)
    found = blocks(read(made, tmp_path))
    assert [(block.text, block.level if block.kind is BlockKind.STEP else block.protects) for block in found] == [
        ("Hot.", "step"), ("Stop the pump.", 1), ("Steam.", "step"), ("Wait.", 2), ("Check the lamp.", 3), ("Open.", 1),
        ("Live parts.", "step"), ("Close.", 1),
    ]  # fmt: skip


def test_signal_words_are_the_words_without_their_signs(tmp_path: Path) -> None:
    made = words.new()
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "⚠ ⚠ Gefahr", "Hohe Spannung."
    (block,) = blocks(read(made, tmp_path))
    assert (block.kind, block.signal_word, block.text) == (BlockKind.HAZARD, "Gefahr", "Hohe Spannung.")
