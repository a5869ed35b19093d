"""Printed forms that a PDF hides: icons in warnings, heads of tables, raised figures, lists of contents, turned tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reportlab.platypus import Paragraph, Spacer

from documents import Document, collect, source_of
from fieldfare.domain import Block, BlockKind
from fieldfare.ingest.extract import pdf
from pdfs import BODY, CHAPTER, iconed_warning, print_story

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
