from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldfare import grounding
from fieldfare.domain import BlockKind, Citation, Passage
from fieldfare.grounding.lists import turned

TEXT = (
    "Tighten the drain plug to 45 N·m. Fill in 8.5 L of SAE 15W-40 oil. Do not start the engine without oil. "
    "Fault E22 means generator under-voltage: below 360 V for 5 s. Open valve V3 before you close valve V4. "
    "Change the oil filter every 500 h or 12 months."
)
PASSAGE = Passage(
    id=1,
    pack="p",
    document="Manual",
    section=1,
    heading=("7 Maintenance", "7.3 Oil"),
    text=TEXT,
    kind=BlockKind.PARAGRAPH,
)


def check(sentence: str) -> Citation | None:
    statement = grounding.check(sentence, [PASSAGE])
    return statement.citation if statement else None


@pytest.mark.parametrize(
    "sentence",
    [
        "Tighten the drain plug to 45 N·m.",
        "The drain plug is tightened to 45 Nm.",
        "Fill in 8.5 L of SAE 15W-40 oil.",
        "Fault E22 means generator under-voltage.",
        "Do not start the engine without oil.",
        "Change the oil filter every 500 hours or 12 months.",
    ],
)
def test_a_sentence_of_the_manual_passes_and_cites_it(sentence: str) -> None:
    citation = check(sentence)
    assert citation is not None
    assert TEXT[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "sentence",
    [
        "Tighten the drain plug to 54 N·m.",  # digits swapped
        "Tighten the drain plug to 45 lb·ft.",  # unit swapped
        "Tighten the drain plug to 45.",  # unit dropped
        "Tighten the drain plug to 8.5 N·m.",  # a neighbour's number
        "Fill in 85 L of SAE 15W-40 oil.",  # decimal point lost
        "Fill in 8.5 L of SAE 5W-40 oil.",
        "Start the engine without oil.",  # negation dropped
        "Do not tighten the drain plug to 45 N·m.",  # negation added
        "Fault E21 means generator under-voltage.",  # a neighbour's code
        "Fault E22 means a malfunctioning motor.",  # words that the manual does not have
        "Open valve V3 after you close valve V4.",  # order turned
        "Open valve V4 before you close valve V3.",
        "Close valve V3 before you open valve V4.",
        "Change the oil filter every 500 h or two months.",  # a number as a word
        "The tank holds 1000 liters.",
        "Yes.",
        "",
    ],
)
def test_a_sentence_that_says_anything_else_is_thrown_away(sentence: str) -> None:
    assert check(sentence) is None


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**6), st.sampled_from(re.findall(r"\d+(?:\.\d+)?", TEXT)))
def test_no_changed_number_is_ever_grounded(value: int, printed: str) -> None:
    if str(value) in TEXT:
        return
    for start, end in ((m.start(), m.end()) for m in re.finditer(re.escape(printed), TEXT)):
        changed = TEXT[:start] + str(value) + TEXT[end:]
        sentence = next(part for part in re.split(r"(?<=\.) ", changed) if str(value) in part)
        assert check(sentence) is None


def test_a_unit_in_the_header_of_a_row_counts_for_its_number() -> None:
    row = Passage(
        id=2, pack="p", document="M", section=1, heading=(), kind=BlockKind.TABLE,
        text="Joint: Oil drain plug\nThread: M14\nTorque (N·m): 45",
    )  # fmt: skip
    assert grounding.check("The torque of the oil drain plug is 45 N·m.", [row]) is not None
    assert grounding.check("The torque of the oil drain plug is 45 bar.", [row]) is None


def test_a_quote_must_stand_in_its_passage() -> None:
    with pytest.raises(ValueError, match="verbatim"):
        Citation(passage=PASSAGE, quote="Tighten", start=1, end=8)


def test_quotes_are_verbatim_by_construction() -> None:
    statement = grounding.quote(PASSAGE, 0, 33)
    assert statement.verbatim
    assert statement.text == TEXT[:33]


@pytest.mark.parametrize(
    ("printed", "claimed", "proved"),
    [
        ("The resistance must be at least 10⁶ Ω.", "The resistance must be at least 10⁶ Ω.", True),
        ("The resistance must be at least 10⁶ Ω.", "The resistance must be at least 10 Ω.", False),
        ("The resistance must be at least 10⁶ Ω.", "The resistance must be at least 106 Ω.", False),
        ("The flow is 5×10⁻³ m³/s.", "The flow is 5×10⁻² m³/s.", False),
        ("The flow is 5×10⁻³ m³/s.", "The flow is 5 m³/s.", False),
        ("The length is 25^(0.1) mm.", "The length is 25 mm.", False),
        ("Tighten the bolt to 45¹⁾ N·m.", "Tighten the bolt to 45 N·m.", True),
        ("Fit 3 x 10 mm bolts.", "Fit 3 bolts of 10 mm.", True),
    ],
)
def test_a_number_is_its_whole_power(printed: str, claimed: str, proved: bool) -> None:
    passage = Passage(
        id=1, pack="p", document="d", section=1, heading=("Limits",), text=printed, kind=BlockKind.PARAGRAPH
    )
    assert bool(grounding.check(claimed, [passage])) is proved


def passage(text: str, *heading: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Passage:
    return Passage(id=1, pack="p", document="d", section=1, heading=heading, text=text, kind=kind)


def proved(claim: str, printed: str, *heading: str, kind: BlockKind = BlockKind.PARAGRAPH) -> bool:
    return grounding.check(claim, [passage(printed, *heading, kind=kind)]) is not None


@pytest.mark.parametrize(
    ("printed", "claim", "expected"),
    [
        # a value belongs to its subject
        ("The torque of A is 22 N·m, of B 30 N·m.", "The torque of B is 22 N·m.", False),
        ("The torque of A is 22 N·m, of B 30 N·m.", "The torque of A is 30 N·m.", False),
        ("The torque of A is 22 N·m, of B 30 N·m.", "The torque of A is 22 N·m.", False),  # not without its list
        ("Bolt A: 22 N·m; bolt B: 30 N·m.", "Bolt B: 22 N·m.", False),
        ("Bolt A: 22 N·m; bolt B: 30 N·m.", "Bolt B: 30 N·m.", True),
        ("The pump weighs 5 kg. The motor weighs 7 kg.", "The pump weighs 7 kg.", False),
        ("The pump weighs 5 kg. The motor weighs 7 kg.", "The motor weighs 7 kg.", True),
        ("The radiator is at the front. The panel is at the rear.", "The panel is at the front.", False),
        ("Bolts A, B and C are 5, 6 and 7 mm long.", "Bolt A is 7 mm long.", False),
        ("Tighten the bolts to 20 N·m, then to 45 N·m.", "Tighten the bolts to 45 N·m.", False),
        ("Tighten the bolts to 20 N·m, then to 45 N·m.", "Tighten the bolts to 20 N·m.", False),
        ("Run it at 50 % load for 30 minutes.", "Run it at 30 minutes.", False),
        # ranges, tolerances, bounds, sizes
        ("Set the pressure to 5–10 bar.", "Set the pressure to 5 bar.", False),
        ("Set the pressure to 5–10 bar.", "Set the pressure to between 5 and 10 bar.", True),
        ("Set the pressure to 5 to 10 bar.", "Set the pressure to 5 bar to 10 bar.", True),
        ("The gap is 22 ± 2 mm.", "The gap is 22 mm.", False),
        ("The gap is 22 ± 2 mm.", "The gap is 22 mm ± 2 mm.", True),
        ("The hose is 2 m or less.", "The hose is 2 m or more.", False),
        ("The hose is 2 m or less.", "The hose is at most 2 m.", True),
        ("The hose is 2 m or less.", "The hose is 2 m.", False),
        ("Fit an M8x1.25 bolt.", "Fit an M8x1 bolt.", False),
        ("Fit an M8x1.25 bolt.", "Fit an M8 x 1.25 bolt.", True),
        ("Fit a 1/2 in bolt.", "Fit a ½ in bolt.", True),
        ("Fit a 1/2 in bolt.", "Fit a 2 in bolt.", False),
        ("The weight is 1,234 kg.", "The weight is 1.234 kg.", False),
        ("The gap is 0,5 mm.", "The gap is 0.5 mm.", True),
        ("The output is 3 MW.", "The output is 3 mW.", False),
        ("Turn it by 5 mm.", "Turn it to 5 mm.", False),
        ("Change the oil every 500 h.", "Change the oil after 500 h.", False),
        ("Open it by two turns.", "Open it by 2 turns.", True),
        # polarity, conditions, order, hedges
        ("Do not open the valve.", "Open the valve.", False),
        ("Do not open the valve and remove the cap.", "Remove the cap.", False),
        ("If the lamp is red, stop the engine.", "Stop the engine.", False),
        ("If the lamp is red, stop the engine.", "Stop the engine if the lamp is red.", True),
        ("Do this if A1 shows and the fuses are good.", "Do this if A1 shows.", False),
        ("Use only dry air.", "Use dry air.", False),
        ("The valve does not open and close.", "The valve closes.", False),
        ("You need not stop the engine.", "You must not stop the engine.", False),
        ("The hose may leak.", "The hose leaks.", False),
        ("They are approximately the same.", "They are the same.", False),
        ("Use grease or oil.", "Use grease and oil.", False),
        ("Connect the red wire to the black terminal.", "Connect the black wire to the red terminal.", False),
        ("Move the lever from A to B.", "Move the lever from B to A.", False),
        ("The pump drives the fan.", "The fan drives the pump.", False),
        ("The pump drives the fan.", "The fan is driven by the pump.", True),
        ("The pump drives the fan.", "The pump is driven by the fan.", False),
        ("Öffnen Sie das Ventil nicht.", "Öffnen Sie das Ventil.", False),
        ("No abra la válvula.", "Abra la válvula.", False),
        ("N'ouvrez pas la vanne.", "Ouvrez la vanne.", False),
        # parts and words
        ("Replace the fuel filter housing.", "Replace the fuel filter.", False),
        ("Replace the fuel filter.", "Replace the oil filter.", False),
        ("The engine stops.", "The engine stops because the belt is worn.", False),
        ("The engine stops.", "Yes, the engine stops.", False),
        ("Clean the cover. It holds 2 L.", "The cover holds 2 L.", False),
        # what may be left out or turned
        ("The set (Fig. 3-1, item 2) has six labels.", "The set has six labels.", True),
        ("The tray in the base frame holds 130 L.", "The tray holds 130 L.", False),
        ("The pump does not start at low voltage.", "The pump does not start.", False),
        ("Keep it below 5 bar at full load.", "Keep it below 5 bar.", False),
        ("The set counts the hours and shows A09 when the service is due.", "The set shows A09 when the service is due.", True),
        ("The label set (HG401-0060) contains six labels.", "The part number of the label set is HG401-0060.", True),
        ("Tighten the sensor to 20 N·m.", "The torque of the sensor is 20 N·m.", True),
        ("Tighten the sensor to 20 N·m.", "The pressure of the sensor is 20 N·m.", False),
        ("The torque of the sensor is 20 N·m.", "The sensor torque is 20 N·m.", True),
    ],
)  # fmt: skip
def test_what_is_said_is_bound_as_it_is_printed(printed: str, claim: str, expected: bool) -> None:
    assert proved(claim, printed) is expected


ROW = "Joint: Oil drain plug\nThread: M14\nMin (N·m): 40\nMax (N·m): 45\nAction: Replace the ring"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("The max torque of the oil drain plug is 45 N·m.", True),
        ("The max torque of the oil drain plug is 40 N·m.", False),
        ("The oil drain plug is 45 N·m.", False),  # which of the two columns
        ("The max torque of the drain cock is 45 N·m.", False),
        ("The min of the oil drain plug is 40 N·m and the max is 45 N·m.", True),
        ("The min of the oil drain plug is 45 N·m and the max is 40 N·m.", False),
    ],
)
def test_a_row_is_proved_cell_by_cell(claim: str, expected: bool) -> None:
    assert proved(claim, ROW, kind=BlockKind.TABLE) is expected


def test_a_line_of_a_whole_table_is_a_row_under_its_header() -> None:
    table = "Table 1\nSensor | Torque (N·m) | Thread\nOil pressure sensor | 20 | M12\nCoolant sensor | 25 | M14"
    assert proved("The torque of the coolant sensor is 25 N·m.", table, kind=BlockKind.TABLE)
    assert not proved("The torque of the coolant sensor is 20 N·m.", table, kind=BlockKind.TABLE)
    assert not proved("The torque of the coolant sensor is 25 bar.", table, kind=BlockKind.TABLE)


PARTS = ["drain plug", "pump cover", "fan belt", "relay K2", "oil sensor"]
ACTIONS = ["Tighten", "Loosen", "Open", "Close", "Clean", "Remove"]
VALUES = ["22 N·m", "5–10 bar", "3.5 mm", "at least 40 °C", "22 ± 2 N·m", "12 V"]
TAILS = ["", " before you start the engine", " if the lamp is red", " only by hand"]


@st.composite
def instructions(draw: st.DrawFn) -> tuple[str, str, str, str, str]:
    return (
        draw(st.sampled_from(["", "Do not "])),
        draw(st.sampled_from(ACTIONS)),
        draw(st.sampled_from(PARTS)),
        draw(st.sampled_from(VALUES)),
        draw(st.sampled_from(TAILS)),
    )


def written(no: str, action: str, part: str, value: str, tail: str) -> str:
    return f"{no}{action.lower() if no else action} the {part} to {value}{tail}."


@settings(deadline=None)
@given(st.lists(instructions(), min_size=1, max_size=4, unique=True), instructions())
def test_no_other_combination_of_true_words_is_ever_grounded(
    printed: list[tuple[str, str, str, str, str]], claim: tuple[str, str, str, str, str]
) -> None:
    """Whatever negation, verb, part, value and condition are put together: it passes only if it was printed so."""
    text = " ".join(written(*one) for one in printed)
    assert proved(written(*claim), text) is (claim in printed)


@settings(deadline=None)
@given(instructions())
def test_a_passive_or_a_condition_in_front_says_the_same(one: tuple[str, str, str, str, str]) -> None:
    no, action, part, value, tail = one
    done = {"Open": "opened", "Close": "closed", "Remove": "removed"}.get(action, action.lower() + "ed")
    text = written(*one)
    assert proved(f"The {part} must {'not ' if no else ''}be {done} to {value}{tail}.", text)
    if tail.startswith((" before", " if")):
        assert proved(
            f"{tail[1:].capitalize()}, {written(no, action[0].lower() + action[1:], part, value, '').replace('Do', 'do')}",
            text,
        )


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=300))
def test_no_text_breaks_the_lock(claim: str, printed: str) -> None:
    statement = grounding.check(claim, [passage(printed), passage(printed, kind=BlockKind.TABLE)])
    if statement:
        assert statement.citation.quote in printed


@settings(deadline=None)
@given(st.text(alphabet="AB12 .,:;()|-–±/°%\nmVoxnot", max_size=120))
def test_every_sentence_of_a_passage_proves_itself(printed: str) -> None:
    for start, end in grounding.sentence_spans(printed):
        assert proved(printed[start:end], printed) or turned(printed, start)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Do not:\n• open the cover\n• touch the blade", "Open the cover."),
        ("Do not:\n• open the cover\n• touch the blade", "Touch the blade."),
        ("Never do the following:\nOpen the cover.\nTouch the blade.", "Touch the blade."),
        ("Avoid:\n1. Lifting by the handle.", "Lifting by the handle."),
        ("4. Look for leaks. If there are any:\n   • Stop the engine.\n5. Go on.", "Stop the engine."),
        ("Niemals:\n• die Haube öffnen\n• ohne Öl starten", "Die Haube öffnen."),
        ("Il est interdit de :\n• ouvrir le capot", "Ouvrir le capot."),
    ],
)
def test_a_point_of_a_list_says_nothing_without_what_stands_above_it(text: str, sentence: str) -> None:
    listed = replace(PASSAGE, text=text, kind=BlockKind.STEP)
    assert grounding.check(sentence, [listed]) is None
    allowed = re.sub(r"\A.*?(\w[\w ]*:)", "Proceed so:", text, count=1)
    assert grounding.check(sentence, [replace(listed, text=allowed)]) is not None


def test_what_follows_a_list_stands_by_itself_again() -> None:
    listed = replace(
        PASSAGE, text="Never:\n• open the cover\nClose the valve.\n4. If it leaks:\n   • stop\n5. Go on now."
    )
    assert grounding.check("Close the valve.", [listed]) is not None
    assert grounding.check("Go on now.", [listed]) is not None


def test_a_cell_says_nothing_without_the_thing_of_its_row() -> None:
    row = replace(PASSAGE, text="Joint: Oil drain plug\nTorque: 45 N·m\nGrade: 8.8", kind=BlockKind.TABLE)
    assert grounding.check("Torque: 45 N·m", [row]) is None
    assert grounding.check("The torque is 45 N·m.", [row]) is None
    assert grounding.check("The oil drain plug torque is 45 N·m.", [row]) is not None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Supply: 24 V DC, max. 2 A.", "Supply: 24 V AC, max. 2 A."),
        ("Im Menü wählen Sie links, um zu speichern, und rechts, um abzubrechen.", "Im Menü wählen Sie rechts, um zu speichern."),
        ("The maximum is 10 A (fuse F1) and 5 A (fuse F2).", "The maximum is 10 A."),
    ],
)  # fmt: skip
def test_current_side_and_a_value_in_brackets_are_kept(text: str, sentence: str) -> None:
    assert grounding.check(sentence, [replace(PASSAGE, text=text)]) is None


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("Model | A1 | A2\nVoltage | 12 V | 24 V", "The A2 voltage is 24 V.", "Voltage 12 V."),
        ("Part | Side | Torque\nBolt | left | 10 N·m\nBolt | right | 20 N·m\nNut | left | 5 N·m", "The nut torque is 5 N·m.", "Bolt torque 10 N·m."),
    ],
)  # fmt: skip
def test_a_value_of_a_table_has_its_column_and_a_row_of_its_own(text: str, right: str, wrong: str) -> None:
    table = replace(PASSAGE, text=text, kind=BlockKind.TABLE)
    assert grounding.check(right, [table]) is not None
    assert grounding.check(wrong, [table]) is None


def test_a_row_without_a_cell_proves_nothing() -> None:
    assert (
        grounding.check("The pump is off.", [replace(PASSAGE, text="a | b | c\n |  | ", kind=BlockKind.TABLE)]) is None
    )
