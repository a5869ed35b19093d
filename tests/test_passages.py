from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldfare.domain import Block, BlockKind, Section
from fieldfare.ingest.passages import PARAGRAPH_SIZE, PROCEDURE_SIZE, cut
from strategies import sections

if TYPE_CHECKING:
    from fieldfare.ingest.passages import Cut


def paragraph(text: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=text)


def step(number: int, text: str, level: int = 1) -> Block:
    return Block(kind=BlockKind.STEP, text=text, number=str(number), level=level)


def hazard(text: str, protects: str = "section") -> Block:
    return Block(kind=BlockKind.HAZARD, text=text, signal_word="WARNING", protects=protects)


def cuts(*blocks: Block, path: tuple[str, ...] = ("1 Pump",)) -> list[Cut]:
    return cut(Section(path=path, blocks=blocks), ())


@given(sections())
@settings(deadline=None)
def test_no_text_of_a_section_is_lost(section: Section) -> None:
    found = " ".join(one.text for one in cut(section, ()))
    for block in section.blocks:
        for line in block.text.split("\n") if block.kind is not BlockKind.TABLE else ():
            assert line in found
        for row in block.rows:
            assert all(cell in found for cell in row)


@given(sections())
@settings(deadline=None)
def test_passages_are_of_a_size_that_the_embedder_reads(section: Section) -> None:
    longest = max((len(block.text) for block in section.blocks), default=0)
    for one in cut(section, ()):
        if one.kind is BlockKind.PARAGRAPH:
            assert len(one.text) <= max(PARAGRAPH_SIZE, longest) + 40


@given(sections())
@settings(deadline=None)
def test_every_hazard_protects_at_least_one_passage_and_itself(section: Section) -> None:
    found = cut(section, ())
    for number, block in enumerate(section.blocks):
        if block.kind is BlockKind.HAZARD:
            assert any(number in one.hazards for one in found)


def test_a_procedure_stays_whole_and_carries_the_hazard_before_it() -> None:
    found = cuts(hazard("Hot."), *(step(n, f"Do thing {n}.") for n in range(1, 9)))
    (procedure,) = [one for one in found if one.kind is BlockKind.STEP]
    assert procedure.text.startswith("1. Do thing 1.\n2. Do thing 2.")
    assert procedure.hazards == {0}


def test_a_list_stands_with_the_sentence_that_introduces_it() -> None:
    found = cuts(paragraph("The pump is loud."), paragraph("Never:"), step(1, "Open the cover."), paragraph("Done."))
    assert [(one.kind, one.text, one.first, one.last) for one in found] == [
        (BlockKind.PARAGRAPH, "The pump is loud.", 0, 0),
        (BlockKind.STEP, "Never:\n1. Open the cover.", 1, 2),
        (BlockKind.PARAGRAPH, "Done.", 3, 3),
    ]


def test_a_long_procedure_is_cut_between_top_level_steps_only() -> None:
    blocks = []
    for number in range(1, 31):
        blocks += [step(number, "Turn the handle until it stops. " * 3), step(1, "Hold it.", level=2)]
    procedure = [one for one in cuts(*blocks) if one.kind is BlockKind.STEP]
    assert len(procedure) > 1
    assert all(len(one.text) < PROCEDURE_SIZE + 200 for one in procedure)
    assert all(not one.text.startswith(" ") for one in procedure)


def test_a_step_hazard_protects_its_step_only() -> None:
    long = "Turn the handle until it stops. " * 20
    found = cuts(step(1, long), step(2, long), step(3, long), hazard("High voltage.", "step"), step(4, long))
    protected = [one for one in found if one.kind is BlockKind.STEP and 3 in one.hazards]
    assert len(protected) == 1
    assert "4. Turn" in protected[0].text


def test_a_step_hazard_after_the_last_step_protects_that_step() -> None:
    found = cuts(step(1, "Open."), hazard("High voltage.", "step"))
    assert [1 in one.hazards for one in found] == [True, True]


def test_a_hazard_in_the_middle_protects_its_whole_section() -> None:
    long = "x" * (PARAGRAPH_SIZE - 10)
    found = cuts(paragraph("a" + long), paragraph("b" + long), hazard("Hot."), paragraph("c" + long))
    assert [2 in one.hazards for one in found] == [True, True, True, True]


def test_a_hazard_of_a_procedure_protects_what_follows_it() -> None:
    found = cuts(paragraph("Tools: a socket."), hazard("Hot.", "procedure"), step(1, "Open."), paragraph("Done."))
    assert [1 in one.hazards for one in found] == [False, True, True, True]


def test_rows_carry_their_header_and_units() -> None:
    table = Block(
        kind=BlockKind.TABLE,
        text="",
        caption="Table 2: Torques",
        rows=(("Joint", "Torque (N·m)"), ("Plug", "45"), ("Cap", "12")),
        header_rows=1,
    )
    found = cuts(table)
    assert [one.text for one in found] == [
        "Table 2: Torques\nJoint | Torque (N·m)\nPlug | 45\nCap | 12",
        "Joint: Plug\nTorque (N·m): 45",
        "Joint: Cap\nTorque (N·m): 12",
    ]


def test_a_row_defines_the_code_in_its_first_cell_and_only_mentions_others() -> None:
    table = Block(
        kind=BlockKind.TABLE, text="", rows=(("Code", "Remedy"), ("E21", "See E22"), ("E22", "-")), header_rows=1
    )
    row = next(one for one in cuts(table) if one.row == 1)
    assert row.identifiers == {"E21": True, "E22": False}


def test_a_figure_belongs_to_the_text_that_names_it() -> None:
    figure = Block(kind=BlockKind.FIGURE, text="Fig. 3-1: Panel", caption="Fig. 3-1: Panel", number="3-1")
    found = cuts(paragraph("x" * 600), paragraph("See Fig. 3-1 first." + "z" * 200), paragraph("y" * 650), figure)
    shown = [one for one in found if 3 in one.figures]
    assert [one.kind for one in shown] == [BlockKind.PARAGRAPH, BlockKind.FIGURE]
    assert shown[0].text.startswith("See Fig. 3-1")


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4))
def test_cutting_is_deterministic(letters: list[str]) -> None:
    blocks = [paragraph(letter * 400) for letter in letters]
    assert cuts(*blocks) == cuts(*blocks)


def test_a_warning_after_a_table_in_parts_protects_all_its_parts_and_itself_only_itself() -> None:
    part = Block(kind=BlockKind.TABLE, text="", rows=(("Code", "Remedy"), ("E1", "Reset")), header_rows=1)
    found = cuts(
        paragraph("x" * 800), part, part, hazard("It can start again."), paragraph("y" * 800), hazard("Noise.")
    )
    rows = [one for one in found if one.row is not None]
    assert len(rows) == 2
    assert all(3 in one.hazards for one in rows)
    assert [one.hazards for one in found if one.kind is BlockKind.HAZARD] == [{3}, {5}]
