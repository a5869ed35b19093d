"""Word files as authors write them, made for the tests by python-docx, which our reader shares no code with."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Twips
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document
    from docx.text.paragraph import Paragraph

MULTILEVEL = 77  # 1. / a) / bullet
HEADINGS = 78  # 1 / 1.1


def png(width: int = 120, height: int = 80) -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(data, "PNG")
    data.seek(0)
    return data


def new() -> Document:
    """An empty document with a list of steps and a numbering of headings."""
    document = docx.Document()
    _add_numbering(document, MULTILEVEL, [("decimal", "%1.", 360), ("lowerLetter", "%2)", 720), ("bullet", "•", 1080)])
    _add_numbering(document, HEADINGS, [("decimal", "%1", 0), ("decimal", "%1.%2", 0)])
    return document


def _add_numbering(document: Document, id_: int, levels: list[tuple[str, str, int]]) -> None:
    numbering = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:pPr><w:ind w:left="{indent}" w:hanging="360"/></w:pPr></w:lvl>'
        for depth, (form, text, indent) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{id_}">{inner}</w:abstractNum>')
    numbering.insert(0, abstract)
    add_list(document, id_, id_)


def add_list(document: Document, abstract: int, id_: int, *, restart: bool = False) -> None:
    """One more list of the same look, which may count from 1 again."""
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if restart else ""
    num = f'<w:num {nsdecls("w")} w:numId="{id_}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>'
    document.part.numbering_part.element.append(parse_xml(num))


def numbered(paragraph: Paragraph, depth: int = 0, list_: int = MULTILEVEL) -> Paragraph:
    properties = paragraph._p.get_or_add_pPr()
    num = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{list_}"/></w:numPr>'
    properties.append(parse_xml(num))
    return paragraph


def indented(paragraph: Paragraph, twips: int = 360) -> Paragraph:
    paragraph.paragraph_format.left_indent = Twips(twips)
    return paragraph


def bordered(paragraph: Paragraph) -> Paragraph:
    sides = "".join(f'<w:{side} w:val="single" w:sz="8"/>' for side in ("top", "left", "bottom", "right"))
    paragraph._p.get_or_add_pPr().append(parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"))
    return paragraph


def wrapped(paragraph: Paragraph, tag: str) -> None:
    """Put all runs of a paragraph into an element such as w:ins or w:del."""
    holder = OxmlElement(tag)
    for run in list(paragraph._p.findall(qn("w:r"))):
        holder.append(run)
    paragraph._p.append(holder)


def boxed(document: Document, *cells: str) -> Any:
    """A table of one row, as warnings are often framed."""
    table = document.add_table(rows=1, cols=len(cells))
    for cell, text in zip(table.rows[0].cells, cells, strict=True):
        cell.text = text
    return table


def save(document: Document, target: Path) -> Path:
    document.save(str(target))
    return target


def text_box(document: Document, *lines: str) -> None:
    """A floating text box in both of its spellings, as Word writes it."""
    inner = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    names = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    content = f"<w:txbxContent>{inner}</w:txbxContent>"
    run = (
        f"<w:r {nsdecls('w')} {names}><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic>"
        f"<a:graphicData uri='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><wps:wsp><wps:txbx>{content}"
        f"</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph()._p.append(parse_xml(run))
