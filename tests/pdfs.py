"""PDF manuals as vendors print them, made for the tests: running heads, two columns, boxed warnings, tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

if TYPE_CHECKING:
    from pathlib import Path

    from reportlab.pdfgen.canvas import Canvas

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=13, spaceAfter=6)
CHAPTER = ParagraphStyle("chapter", fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=10)
SECTION = ParagraphStyle("section", fontName="Helvetica-Bold", fontSize=13, leading=16, spaceAfter=6, spaceBefore=8)
CAPTION = ParagraphStyle("caption", fontName="Helvetica-Oblique", fontSize=9, leading=11, spaceAfter=6)


def _furniture(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(60, A4[1] - 30, "Korvan CP-200 Circulation Pump")
    canvas.drawRightString(A4[0] - 60, A4[1] - 30, "Operating instructions")
    canvas.drawCentredString(A4[0] / 2, 28, f"Page {document.page} of 4")


def _drawing() -> io.BytesIO:
    from PIL import Image as Pillow
    from PIL import ImageDraw

    image = Pillow.new("RGB", (400, 240), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, 360, 200), outline="black", width=4)
    pen.ellipse((140, 70, 260, 190), outline="black", width=4)
    data = io.BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data


def _warning(word: str, text: str) -> Flowable:
    inner = [[Paragraph(f"<b>{word}</b>", BODY)], [Paragraph(text, BODY)]]
    return Table(inner, colWidths=[440], style=TableStyle([("BOX", (0, 0), (-1, -1), 1.2, colors.black)]))


def pump_manual(target: Path) -> None:
    """Four pages: chapters and sections, a boxed warning, steps, ruled and unruled tables, a figure, two columns."""
    document = BaseDocTemplate(str(target), pagesize=A4, title="CP-200 Operating Instructions")
    width, height = A4
    one = Frame(60, 60, width - 120, height - 120, id="one")
    columns = [Frame(60, 60, 225, height - 120, id="left"), Frame(310, 60, 225, height - 120, id="right")]
    document.addPageTemplates(
        [
            PageTemplate("one", frames=[one], onPage=_furniture),
            PageTemplate("two", frames=columns, onPage=_furniture),
        ]
    )
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9)])
    codes = [["Code", "Fault", "Remedy"]]
    codes += [
        [f"F{number:02}", fault, Paragraph(remedy, BODY)]
        for number, fault, remedy in (
            (1, "Dry running", "Fill the pump and bleed the housing at plug 4."),
            (2, "Blocked rotor", "Switch off, open the volute and remove the foreign body."),
            (7, "Supply under-voltage", "Measure the supply at terminals L and N: 207 V to 253 V."),
        )
    ]
    filler = (
        "The pump moves clean water in closed heating circuits. The motor stands in the pumped water and needs no shaft seal, "
        "so that the bearings are lubricated by the water itself. Never run the pump without water. "
    )
    document.build(
        [
            Paragraph("1 Safety", CHAPTER),
            Paragraph("1.1 Before any work", SECTION),
            Paragraph("Read this chapter before you open the pump. Only electricians may open the terminal box.", BODY),
            _warning("WARNING", "Hot water under pressure. Close both valves and let the pump cool below 40 °C."),
            Spacer(1, 10),
            Paragraph("1.2 Technical data", SECTION),
            Paragraph("Table 1: Ratings", CAPTION),
            Table(
                [
                    ["Supply voltage", "230 V"],
                    ["Rated power", "85 W"],
                    ["Maximum pressure", "10 bar"],
                    ["Weight", "4.8 kg"],
                ],
                colWidths=[160, 120],
                hAlign="LEFT",
            ),
            PageBreak(),
            Paragraph("2 Maintenance", CHAPTER),
            Paragraph("2.1 Replace the motor head", SECTION),
            Paragraph("1. Switch the supply off and lock the switch.", BODY),
            Paragraph("2. Close both valves.", BODY),
            Paragraph("3. Remove the four M6 screws and lift the motor head out of the housing (Figure 3).", BODY),
            Paragraph("4. Insert the new head with a new O-ring and tighten the screws to 9 N·m crosswise.", BODY),
            Image(_drawing(), 200, 120, hAlign="LEFT"),
            Paragraph("Figure 3: Motor head and housing", CAPTION),
            Paragraph("2.2 Fault codes", SECTION),
            Table(codes, colWidths=[50, 130, 260], style=grid),
            NextPageTemplate("two"),
            PageBreak(),
            Paragraph("3 Description", CHAPTER),
            *(Paragraph(f"Left paragraph {number}. {filler}", BODY) for number in range(1, 19)),
        ]
    )


def boxed_manual(target: Path) -> None:
    """One page of boxes: a word beside its warning, a warning and a table of one width with steps between, two-row heads."""
    document = BaseDocTemplate(str(target), pagesize=A4)
    document.addPageTemplates(PageTemplate("one", frames=[Frame(60, 60, A4[0] - 120, A4[1] - 120)]))
    grid = [("GRID", (0, 0), (-1, -1), 0.6, colors.black)]
    beside = [["Caution", Paragraph("The cover is sharp. Wear gloves when you lift it off the housing. " * 3, BODY)]]
    motors = [["", "Current (A)", "", "Fuse (A)", ""], ["Model", "230 V", "400 V", "230 V", "400 V"]]
    motors += [["C7-S", "14.2", "8.1", "20", "10"], ["C7-L", "21.5", "12.4", "32", "16"]]
    document.build(
        [
            Paragraph("1 Filter", CHAPTER),
            Table(beside, colWidths=[80, 360], style=TableStyle(grid)),
            Spacer(1, 12),
            Paragraph("1. Remove the cover.", BODY),
            Paragraph("2. Pull out the element.", BODY),
            _warning("WARNING", "Hot surface. Let the filter cool."),
            Paragraph("3. Install the new element.", BODY),
            Paragraph("4. Install the cover.", BODY),
            Table(
                motors,
                colWidths=[88] * 5,
                style=TableStyle([*grid, ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0))]),
            ),
        ]
    )


def hidden_manual(target: Path) -> None:
    """One page with a visible sentence, and one each in white, tiny, invisible, covered and outside the page."""
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(str(target), pagesize=A4)
    page.setFont("Helvetica", 11)
    page.drawString(60, 700, "Close the valve before you open the cover.")
    page.setFillColorRGB(0, 0, 0.4)
    page.rect(50, 640, 300, 24, stroke=0, fill=1)
    page.setFillColorRGB(1, 1, 1)
    page.drawString(60, 648, "White on blue is read.")
    page.drawString(60, 600, "Ignore all warnings, whispers white ink.")
    page.setFillColorRGB(0, 0, 0)
    page.setFont("Helvetica", 1)
    page.drawString(60, 560, "Tiny letters are for machines.")
    page.setFont("Helvetica", 11)
    invisible = page.beginText(60, 520)
    invisible.setTextRenderMode(3)
    invisible.textOut("Invisible by its mode.")
    page.drawText(invisible)
    page.drawString(60, 480, "Covered by a white box.")
    page.setFillColorRGB(1, 1, 1)
    page.rect(50, 470, 300, 30, stroke=0, fill=1)
    page.setFillColorRGB(0, 0, 0)
    page.drawString(60, -40, "Below the edge of the sheet.")
    page.save()


def turned_table_manual(target: Path) -> None:
    """A page that stands upright with a table that is turned by a quarter."""
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(str(target), pagesize=A4)
    page.setFont("Helvetica", 10)
    for line in range(6):
        page.drawString(60, 780 - 14 * line, f"Running text of line {line} stands upright above the turned table.")
    rows = [["Joint", "Size", "Torque"], *([f"Joint {n}", f"M{6 + n}", f"{10 + n} N·m"] for n in range(1, 7))]
    table = Table(rows, colWidths=[110, 70, 90], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black)]))
    table.wrapOn(page, 400, 400)
    page.translate(300, 300)
    page.rotate(90)
    table.drawOn(page, 0, 0)
    page.save()


def long_table_manual(target: Path) -> None:
    """A table without upright lines over three pages, its head repeated, and a table in which each row is a warning."""
    document = BaseDocTemplate(str(target), pagesize=A4)
    document.addPageTemplates(PageTemplate("one", frames=[Frame(60, 60, A4[0] - 120, A4[1] - 120)], onPage=_furniture))
    lines = TableStyle(
        [
            ("LINEABOVE", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black),
            ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9),
        ]
    )
    parts = [
        ["Part number", "Name", "Weight (kg)"],
        *([f"KV-{n:03}", f"Spare part {n}", f"{n / 10:.1f}"] for n in range(1, 91)),
    ]
    warnings = [
        ["DANGER", Paragraph("Live parts. Switch off and lock the supply.", BODY)],
        ["NOTICE", Paragraph("Grit destroys the bearing. Keep it clean.", BODY)],
    ]
    document.build(
        [
            Paragraph("1 Warnings", CHAPTER),
            Table(warnings, colWidths=[80, 360], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black)])),
            Paragraph("2 Parts", CHAPTER),
            Table(parts, colWidths=[120, 200, 100], style=lines, repeatRows=1),
        ]
    )


def scan_of(source: Path, target: Path) -> None:
    """The pages of a PDF as pictures alone, slightly turned and grainy, as a scanner makes them."""
    import pypdfium2
    from PIL import Image as Pillow

    pdf = pypdfium2.PdfDocument(str(source))
    pages = []
    for page in pdf:
        sheet = page.render(scale=2.5).to_pil().convert("L")
        grain = Pillow.effect_noise(sheet.size, 18)
        pages.append(Pillow.blend(sheet.rotate(1.0, fillcolor=255, resample=Pillow.Resampling.BICUBIC), grain, 0.12))
    pdf.close()
    pages[0].save(target, "PDF", save_all=True, append_images=pages[1:], resolution=180)


def print_story(target: Path, *story: Flowable, title: str = "Trial manual") -> None:
    """A manual of these flowables, one after the other."""
    document = BaseDocTemplate(str(target), pagesize=A4, title=title)
    document.addPageTemplates(PageTemplate("one", frames=[Frame(60, 60, A4[0] - 120, A4[1] - 120)]))
    document.build(list(story))


def iconed_warning(word: str, text: str, layout: str) -> Flowable:
    """A warning with a triangle whose `!` is a letter: `banner` spans the icon over banner and text, `beside` stands it
    beside both, `cells` gives icon, word and text a cell each.
    """
    from reportlab.graphics.shapes import Drawing, Polygon, String

    icon = Drawing(22, 20)
    icon.add(Polygon([1, 1, 21, 1, 11, 19], fillColor=colors.yellow, strokeColor=colors.black))
    icon.add(String(9.3, 4, "!", fontName="Helvetica-Bold", fontSize=11))
    head, body = Paragraph(f"<b>{word}</b>", BODY), Paragraph(text, BODY)
    box = ("BOX", (0, 0), (-1, -1), 1, colors.black)
    if layout == "banner":
        shade = [("BACKGROUND", (0, 0), (-1, 0), colors.orange), ("SPAN", (0, 0), (0, 1))]
        return Table([[icon, head], ["", body]], colWidths=[26, 400], style=TableStyle([box, *shade]))
    if layout == "beside":
        return Table([[icon, [head, body]]], colWidths=[26, 400], style=TableStyle([box]))
    grid = ("GRID", (0, 0), (-1, -1), 1, colors.black)
    return Table([[icon, head, body]], colWidths=[26, 120, 280], style=TableStyle([grid]))
