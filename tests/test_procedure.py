from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import pack as fake_pack
from fieldfare import catalogue, library
from fieldfare.domain import Block, BlockKind, Hazard, Limit, Measured, SectionView, StepState
from fieldfare.domain.procedure import Check, Procedure, ProcedureTitle, Step, Wait
from fieldfare.domain.source import Place
from fieldfare.errors import UsageError
from fieldfare.journal import Journal
from fieldfare.procedure import course, readings
from fieldfare.procedure.collection import Procedures
from fieldfare.procedure.durations import waits
from fieldfare.procedure.lists import lists_of
from fieldfare.procedure.steps import compose, is_step, same_hazard
from fieldfare.procedure.words import missing, name_of, said_of, value_of
from fieldfare.text import squeeze
from fieldfare.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldfare.pack.archive import Archive

MANIFEST = fake_pack().manifest
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def step(text: str, number: str = "", level: int = 1) -> Block:
    return Block(kind=BlockKind.STEP, text=text, number=number, level=level)


def text(said: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=said)


def hazard(said: str, protects: str, word: str = "WARNING") -> Block:
    return Block(kind=BlockKind.HAZARD, text=said, signal_word=word, protects=protects)


def view(
    blocks: Sequence[Block], heading: tuple[str, ...] = ("8.2 Oil",), hazards: tuple[Hazard, ...] = ()
) -> SectionView:
    return SectionView(
        document="Manual",
        revision="C",
        heading=heading,
        place=Place(page=1),
        blocks=tuple(blocks),
        figures=(),
        hazards=hazards,
    )


def made(*blocks: Block, views: Sequence[SectionView] = (), heading: tuple[str, ...] = ("8.2 Oil",)) -> Procedure:
    shown = views or [view(blocks)]
    title = ProcedureTitle(
        pack=MANIFEST.id, document="Manual", sections=tuple(range(len(shown))), heading=heading, steps=len(blocks)
    )
    return compose(title, shown, MANIFEST, lambda _: None)


def everything(archive: Archive) -> Iterator[tuple[Procedure, list[SectionView]]]:
    procedures = Procedures([archive])
    for title in procedures.titles():
        views = [archive.section(archive.contents.opening(section)) for section in title.sections]
        yield procedures.open(title), views


def same_text(block: Block) -> tuple[str, ...]:
    return block.kind, block.text, block.caption, block.signal_word, *(cell for row in block.rows for cell in row)


def holds_all(procedure: Procedure, views: Sequence[SectionView]) -> None:
    """What is shown is what the sections hold, in their order, and each of their warnings is acknowledged at one page."""
    told = [same_text(one.block) for one in procedure.pieces()]
    if procedure.title.grouped:
        depth = len(procedure.title.heading)
        printed = []
        for one in views:
            inner = one.heading[depth:]
            if len(inner) == 1:
                printed.append(inner[0])
            elif inner:
                printed.append(inner[-1])
            printed += [same_text(block) for block in one.blocks]
        headings = iter(one for one in printed if isinstance(one, str))
        blocks = iter(told)
        for one in printed:
            block = next(blocks)
            if isinstance(one, str):
                assert block[1] in next(headings)
            else:
                assert block == one
        assert next(blocks, None) is None
    else:
        assert told == [same_text(block) for block in views[0].blocks]
    acknowledged = {same_hazard(one) for one in procedure.hazards}
    acknowledged |= {same_hazard(one) for step in procedure.steps for one in step.hazards}
    for one in views:
        assert {same_hazard(hazard) for hazard in one.hazards} <= acknowledged
        for block in one.blocks:
            if block.kind is BlockKind.HAZARD and block.protects != "row":
                assert any(squeeze(block.text) == said for _, _, said in acknowledged)
    keys = [step.key for step in procedure.steps]
    assert len(set(keys)) == len(keys)
    for index, one in enumerate(procedure.steps):
        assert one.parent is None or (one.parent < index and procedure.steps[one.parent].level < one.level)
        for check in one.checks:
            assert squeeze(check.expected) in squeeze(" ".join([one.instruction, *_printed(one)]))


def _printed(one: Step) -> list[str]:
    pieces = [*one.body, *one.before, *one.mentioned]
    return [
        said for piece in pieces for said in (piece.block.text, *(cell for row in piece.block.rows for cell in row))
    ]


def test_nothing_of_a_section_is_lost_or_moved(pump: Archive) -> None:
    found = list(everything(pump))
    assert found
    for procedure, views in found:
        holds_all(procedure, views)


def test_nothing_of_the_demo_manual_is_lost_or_moved() -> None:
    shelf = library.open_shelf()
    try:
        found = [one for archive in shelf.archives for one in everything(archive)]
        assert not shelf.archives or len(found) > 20
        for procedure, views in found:
            holds_all(procedure, views)
    finally:
        shelf.close()


BLOCKS = st.one_of(
    st.builds(
        step,
        st.sampled_from(["Open.", "Close.", "Wait 5 minutes."]),
        st.sampled_from(["1", "2", "a", "", "•"]),
        st.integers(1, 3),
    ),
    st.builds(text, st.sampled_from(["Note.", "Then:"])),
    st.builds(hazard, st.sampled_from(["Hot.", "Live."]), st.sampled_from(["section", "procedure", "step", "row"])),
    st.just(Block(kind=BlockKind.FIGURE, text="", caption="Fig. 1")),
    st.just(Block(kind=BlockKind.CODE, text="x = 1")),
    st.just(Block(kind=BlockKind.TABLE, text="", rows=(("A", "B"), ("1", "2")), header_rows=1)),
)


@given(st.lists(BLOCKS, max_size=12))
def test_any_order_of_blocks_is_kept(blocks: list[Block]) -> None:
    shown = view(blocks)
    procedure = made(views=[shown])
    holds_all(procedure, [shown]) if any(map(is_step, blocks)) else None
    assert [same_text(one.block) for one in procedure.pieces()] == [same_text(one) for one in blocks]


@given(st.lists(st.lists(BLOCKS, max_size=6), min_size=2, max_size=4))
def test_sections_that_are_steps_keep_their_blocks(sections: list[list[Block]]) -> None:
    views = [view(blocks, ("Gantry", f"Step {number}: Do it")) for number, blocks in enumerate(sections, 1)]
    holds_all(made(views=views, heading=("Gantry",)), views)


def test_a_warning_of_a_step_stands_at_the_next_step_and_the_last_one_at_the_last() -> None:
    procedure = made(
        hazard("All hot.", "section"), step("Open.", "1"), hazard("Jet.", "step"), step("Pull.", "2"), hazard("Late.", "step")
    )  # fmt: skip
    assert [one.text for one in procedure.hazards] == ["All hot."]
    assert [[one.text for one in step.hazards] for step in procedure.steps] == [[], ["Jet.", "Late."]]


def test_substeps_have_a_parent_and_points_of_a_list_belong_to_their_step() -> None:
    procedure = made(
        step("Look:", "1"), step("pipes", "•", 2), step("belt", "•", 2), step("Check:", "2"), step("Run.", "1", 2), step("Stop.", "2", 2), step("End.", "3")
    )  # fmt: skip
    assert [(one.number, one.parent) for one in procedure.steps] == [
        ("1", None),
        ("2", None),
        ("1", 1),
        ("2", 1),
        ("3", None),
    ]
    assert procedure.steps[0].instruction == "Look:\npipes\nbelt"


def test_a_second_count_in_a_section_begins_with_what_introduces_it() -> None:
    procedure = made(step("Stable.", "1"), step("Go.", "2"), text("Nightly:"), step("Risky.", "1"), step("Go.", "2"))
    assert [one.block.text for one in procedure.steps[2].before] == ["Nightly:"]
    assert len({one.key for one in procedure.steps}) == 4


def test_what_stands_below_the_steps_is_no_part_of_the_last() -> None:
    procedure = made(
        step("Open.", "1"), step("Close.", "2"), Block(kind=BlockKind.CODE, text="x"), text("If not, wait.")
    )
    assert [one.block.text for one in procedure.steps[-1].body] == ["x"]
    assert [one.block.text for one in procedure.tail] == ["If not, wait."]


# Readings.


@pytest.mark.parametrize(
    ("said", "name", "expected", "low", "high"),
    [
        ("Measure the voltage after a rest of 2 h: 12.4 V or more is good.", "voltage", "12.4 V or more", "12.4", None),
        ("Measure the resistance of the rod. The permitted maximum is 30 Ω.", "resistance of the rod", "permitted maximum is 30 Ω", None, "30"),
        ("Check that the oil pressure is above 300 kPa after 10 seconds.", "oil pressure", "above 300 kPa", "300", None),
        ("Measure the coil: 0.8 kΩ to 1.1 kΩ is good.", "coil", "0.8 kΩ to 1.1 kΩ", "0.8", "1.1"),
        ("The voltage must be 24 V ± 2 V.", "voltage", "24 V ± 2 V", "22", "26"),
        ("The pressure must not exceed 6 bar.", "pressure", "not exceed 6 bar", None, "6"),
        ("The pressure must not drop below 2 bar.", "pressure", "not drop below 2 bar", "2", None),
        ("Run the engine until the coolant temperature is 60 °C or more.", "coolant temperature", "60 °C or more", "60", None),
        ("Die Spannung muss mindestens 24 V betragen.", "Spannung", "mindestens 24 V", "24", None),
        ("Mesurez la tension : elle doit être de 24 V à 28 V.", "tension", "24 V à 28 V", "24", "28"),
        ("Mida la presión. Debe ser de 2 a 3 bar.", "presión", "2 a 3 bar", "2", "3"),
    ],
)  # fmt: skip
def test_limits_that_a_step_says(said: str, name: str, expected: str, low: str | None, high: str | None) -> None:
    (check,) = readings.checks(said)
    assert (check.name, check.expected) == (name, expected)
    assert (check.low, check.high) == (low and Fraction(low), high and Fraction(high))


@pytest.mark.parametrize(
    "said",
    [
        "Measure the voltage. If it is below 12.4 V, charge the battery.",
        "Measure the voltage. It must be 24 V or more if the battery is new.",
        "Measure the voltage. It must be 24 V or 28 V.",
        "Measure the voltage: about 24 V.",
        "Measure the voltage. It must be 1,234 V or more.",
        "Measure the voltage and the current. It must be 24 V ± 10 %.",
    ],
)
def test_limits_that_are_in_doubt_are_none(said: str) -> None:
    found = readings.checks(said)
    assert found and not any(one.limited for one in found)


@pytest.mark.parametrize(
    "said",
    [
        "Drain the tank to 20 L or less.",
        "Tighten the bolts to 45 N·m.",
        "Use a sling that is rated for 1600 kg or more.",
        "Let the engine cool below 50 °C before you open the cap.",
        "Run the engine without load for 3 minutes at temperatures above 0 °C and for 5 minutes below.",
        "Read the dipstick and correct the level.",
        "Check the level again:",
    ],
)
def test_a_setting_is_no_reading(said: str) -> None:
    assert readings.checks(said) == ()


def test_a_record_asks_for_each_of_its_rows() -> None:
    table = Block(
        kind=BlockKind.TABLE, text="", header_rows=1, caption="Table 5-1: Record",
        rows=(("Value", "Permitted", "Measured"), ("Voltage", "396 V to 404 V", ""), ("Field", "clockwise", ""), ("Earth", "30 Ω or less", "")),
    )  # fmt: skip
    found = readings.checks("Write the values of Table 5-1.", [table])
    assert [(one.name, one.limited) for one in found] == [("Voltage", True), ("Field", False), ("Earth", True)]
    filled = replace(table, rows=(*table.rows[:1], ("Voltage", "396 V to 404 V", "400 V")))
    assert readings.record_checks(filled) == ()


VOLTS = Check(name="voltage", expected="24 V to 28 V", unit="V", low=Fraction(24), high=Fraction(28))
ABOVE = Check(name="p", expected="above 300 kPa", unit="kPa", low=Fraction(300), low_included=False)


@pytest.mark.parametrize(
    ("check", "typed", "verdict", "converted"),
    [
        (VOLTS, "23.5 V", Limit.LOW, ""),
        (VOLTS, "23,5", Limit.LOW, ""),
        (VOLTS, "24", Limit.OK, ""),
        (VOLTS, "28.01v", Limit.HIGH, ""),
        (VOLTS, "24000 mV", Limit.OK, "24 V"),
        (replace(VOLTS, unit="V DC"), "25 V", Limit.OK, ""),
        (ABOVE, "300 kPa", Limit.LOW, ""),
        (ABOVE, "3.2 bar", Limit.OK, "320 kPa"),
        (ABOVE, "43 psi", Limit.LOW, "296 kPa"),
        (Check(name="t", expected="60 °C or more", unit="°C", low=Fraction(60)), "140 °F", Limit.OK, "60 °C"),
        (Check(name="t", unit="°C", high=Fraction(-10)), "-12.5", Limit.OK, ""),
        (VOLTS, ".5 V", Limit.LOW, ""),
        (VOLTS, "-,5", Limit.LOW, ""),
        (VOLTS, "26000 mv", Limit.OK, "26 V"),
        (VOLTS, "0.026 KV", Limit.OK, "26 V"),
        (ABOVE, "320 KPA", Limit.OK, ""),
        (replace(ABOVE, unit="mbar"), "310 mBar", Limit.OK, ""),
        (Check(name="t", unit="°C", low=Fraction(60)), "80 c", Limit.OK, ""),
        (Check(name="t", unit="N·m", high=Fraction(45)), "45 nm", Limit.OK, ""),
        (Check(name="t", unit="N·m", high=Fraction(45)), "46 NM.", Limit.HIGH, ""),
        (Check(name="r", unit="Ω", low=Fraction(10**6)), "5 MOHM", Limit.OK, "5e+06 Ω"),
        (Check(name="n", unit="rpm", low=Fraction(1500)), "1500 1/min", Limit.OK, ""),
        (Check(name="x"), "5", Limit.UNCHECKED, ""),
        (Check(name="x", expected="400 V", unit="V"), "398", Limit.UNCHECKED, ""),
    ],
)
def test_a_reading_is_judged_in_any_unit(check: Check, typed: str, verdict: Limit, converted: str) -> None:
    judged = readings.judge(check, typed)
    assert (judged.verdict, judged.converted) == (verdict, converted)


@pytest.mark.parametrize(
    "typed",
    [
        "", "good", "24 V or 28 V", "24 to 28 V", "1,234 V", "5 bar", "24 V\x1b[2J x", "1e9999999", "9" * 5000, "26 MV", "26 Mv", "26 xV",
        "24 ± 1 V", "at least 24 V",
    ],
)  # fmt: skip
def test_what_is_no_reading_is_said(typed: str) -> None:
    with pytest.raises(UsageError, match=r"\w{3,}.*\."):
        readings.judge(VOLTS, typed)


def test_a_reading_is_shown_with_the_mark_of_the_language_and_kept_as_a_plain_number() -> None:
    at = course.begin(made(step("Measure the voltage: 12.4 V or more is good.", "1")))
    _at, (deed,) = at.measure(at.procedure.steps[0].key, VOLTS, readings.judge(VOLTS, "12,45 V"), "voltage")
    assert isinstance(deed, Measured) and (deed.value, value_of(deed)) == ("12.45", "12.45 V")
    catalogue.use("de")
    try:
        assert value_of(deed) == "12,45 V"
        with pytest.raises(UsageError, match="23,5 V"):
            readings.judge(VOLTS, "much")
    finally:
        catalogue.use("en")


def test_another_reading_is_none_that_a_step_asks_for() -> None:
    at = course.begin(made(step("Measure the voltage: 12.4 V or more is good.", "1")))
    key = at.procedure.steps[0].key
    at, (deed,) = at.measure(key, Check(name=""), readings.judge(Check(name=""), "-3 °C"), "outside")
    assert [name_of(one) for one in missing(at.step_of(key), at.state(key).readings)] == ["voltage"]
    assert isinstance(deed, Measured) and said_of(deed) == "−3 °C" and deed.value == "-3"
    at, _ = at.measure(key, VOLTS, readings.judge(VOLTS, "24"), "voltage")
    assert missing(at.step_of(key), at.state(key).readings) == ()


@pytest.mark.parametrize("symbol", UNITS)
def test_every_unit_can_be_typed_and_milli_is_never_mega(symbol: str) -> None:
    for check in (Check(name="x"), Check(name="x", unit=symbol)):
        for typed in (f"10 000 {symbol}", f"10000{symbol}"):
            judged = readings.judge(check, typed)
            assert (judged.value, judged.unit, judged.converted) == ("10000", symbol, "")
    turned = {"m": "M", "M": "m"}.get(symbol[0], symbol[0]) + symbol[1:]
    if turned not in {symbol, "Mm"} and UNITS[symbol].dimension == readings.unit_dimension(symbol[1:]):
        with contextlib.suppress(UsageError):
            assert readings.judge(Check(name="x"), f"10 {turned}").unit != symbol


@given(st.text(max_size=40))
def test_any_typed_text_is_judged_or_refused(typed: str) -> None:
    for check in (VOLTS, Check(name="x")):
        said = ""
        try:
            said = readings.judge(check, typed).value
        except UsageError as error:
            said = str(error)
        assert said


@given(st.decimals(min_value=-1000, max_value=1000, places=2))
def test_the_verdict_is_the_comparison(value: object) -> None:
    verdict = readings.judge(VOLTS, f"{value} V").verdict
    number = Fraction(str(value))
    assert verdict is (Limit.LOW if number < 24 else Limit.HIGH if number > 28 else Limit.OK)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Wait 5 minutes.", [("5 minutes", 300)]),
        ("Run the engine for 3 minutes, stop it and wait for 5 minutes.", [("3 minutes", 180), ("5 minutes", 300)]),
        ("Let it drain for 5 to 10 min.", [("5 to 10 min", 300)]),
        ("5 Minuten warten.", [("5 Minuten", 300)]),
        ("Attendez pendant 30 secondes.", [("30 secondes", 30)]),
        ("The engine must stop in less than 10 seconds.", []),
        ("Do this every 10 minutes.", []),
        ("Store it for 3 months.", []),
        ("Tighten to 45 N·m.", []),
    ],
)
def test_durations_to_wait_for(said: str, expected: list[tuple[str, int]]) -> None:
    assert [(one.text, one.seconds) for one in waits(said)] == expected


def test_lists_are_what_is_printed_with_its_step() -> None:
    procedure = made(
        text("Tools: 27 mm socket, torque wrench. Parts: oil filter (HG101-0020). Time: 45 minutes."),
        step("Remove the guard (four M6 bolts).", "1"), step("Tighten the plug to 45 N·m (T1).", "2"), step("Fill 8.0 L of oil.", "3"),
    )  # fmt: skip
    found = lists_of(procedure)
    assert [one.text for one in found.tools] == ["Tools: 27 mm socket, torque wrench."]
    assert [one.text for one in found.parts] == ["Parts: oil filter (HG101-0020)."]
    assert [one.value for one in found.fasteners] == ["four M6 bolts"]
    assert [(one.value, one.step) for one in found.torques] == [("45 N·m", procedure.steps[1].key)]
    assert [one.value for one in found.amounts] == ["8.0 L"]


# How far somebody is.

OIL = made(
    hazard("Hot oil.", "section"),
    step("Run it.", "1"),
    hazard("Jet.", "step"),
    step("Open:", "2"),
    step("Pull.", "1", 2),
    step("Close.", "3"),
)


def test_no_step_is_ticked_before_its_warnings_and_those_of_the_procedure() -> None:
    at = course.begin(OIL)
    first, second = OIL.steps[0].key, OIL.steps[1].key
    assert at.unacknowledged(first) == course.START
    at, deeds = at.acknowledge(course.START)
    assert [one.signal_word for one in deeds] == ["WARNING"]
    assert at.unacknowledged(first) == "" and at.unacknowledged(second) == second
    assert at.acknowledge(second)[0].unacknowledged(second) == ""


def test_ticks_skips_and_what_is_left() -> None:
    at = course.begin(OIL)
    one, two, inner, three = (step.key for step in OIL.steps)
    at, deeds = at.tick(one)
    assert at.current == two and deeds[0].state is StepState.DONE and deeds[0].reference.text == "Run it."
    at, deeds = at.skip(two, "not fitted")
    assert [one.number for one in deeds] == ["2", "1"] and at.current == three
    assert [(step.number, reason) for step, reason in at.skipped()] == [("2", "not fitted"), ("1", "not fitted")]
    at, _ = at.tick(three)
    assert at.current == course.END and at.next_open == course.END
    at, _ = at.reopen(inner)
    assert at.next_open == inner and at.counts() == {StepState.OPEN: 1, StepState.DONE: 2, StepState.SKIPPED: 1}


def test_the_last_reading_of_a_name_is_the_one_that_is_out_of_limits() -> None:
    at, key = course.begin(OIL), OIL.steps[0].key
    at, _ = at.measure(key, VOLTS, readings.judge(VOLTS, "23.5"), "voltage")
    assert [(one.value, one.verdict) for _, one in at.out_of_limits()] == [("23.5", Limit.LOW)]
    at, (deed,) = at.measure(key, VOLTS, readings.judge(VOLTS, "25000 mV"), "voltage")
    assert at.out_of_limits() == () and (deed.value, deed.unit, deed.converted) == ("25000", "mV", "25 V")


def test_a_timer_runs_by_the_clock_on_the_wall() -> None:
    at = course.begin(OIL).start_timer(OIL.steps[0].key, Wait(text="5 minutes", seconds=300), NOON)
    (timer,) = at.progress.timers
    assert course.remaining(timer, NOON + timedelta(minutes=2)) == 180
    assert course.remaining(timer, NOON + timedelta(minutes=6)) == -60
    assert at.stop_timer(OIL.steps[0].key).progress.timers == ()


def test_progress_goes_through_the_journal() -> None:
    with Journal(None) as journal:
        at, _ = course.begin(OIL).acknowledge(course.START)
        at, taken = at.measure(OIL.steps[0].key, VOLTS, readings.judge(VOLTS, "23.5"), "voltage")
        at, deeds = at.tick(OIL.steps[0].key)
        journal.save(at.progress, *taken, *deeds)
        kept = journal.progress(at.progress.procedure)
        assert kept is not None
        again, changes = course.resume(OIL, kept)
        assert again == at and not changes


def test_a_changed_manual_opens_what_changed_and_keeps_the_rest() -> None:
    at, _ = course.begin(OIL).acknowledge(course.START)
    for step_ in OIL.steps:
        at, _ = at.tick(step_.key)
    new = made(
        hazard("Hot oil.", "section"), step("New.", "1"), step("Run it.", "2"), hazard("Jet!", "step"), step("Open:", "3"), step("Pull.", "1", 2)
    )  # fmt: skip
    new = replace(new, version="2.0", digest="1" * 64)
    again, changes = course.resume(new, at.progress)
    states = {one.text: again.state(one.key).state for one in new.steps}
    assert states == {
        "New.": StepState.OPEN,
        "Run it.": StepState.DONE,
        "Open:": StepState.OPEN,
        "Pull.": StepState.DONE,
    }
    assert changes.version == MANIFEST.version
    assert changes.changed == ("3",) and changes.added == ("1",) and changes.removed == ("2",)
    assert not again.state(course.START).acknowledged


def test_of_several_steps_with_one_number_none_takes_the_readings_of_another() -> None:
    bullets = [step(f"Check the {name}.", "•") for name in ("left brush", "right brush", "ring")]
    at = course.begin(made(*bullets, step("Close.", "1")))
    for number, one in enumerate(at.procedure.steps):
        at, _ = at.measure(one.key, VOLTS, readings.judge(VOLTS, f"{24 + number}"), "voltage")
        at, _ = at.note(one.key, f"note {number}")
    new = [step(f"Test the {name}.", "•") for name in ("ring", "left brush", "right brush", "cover")]
    changed = replace(made(*new, step("Close it.", "1")), version="2.0", digest="1" * 64)
    again, changes = course.resume(changed, at.progress)
    kept = {one.text: [taken.value for taken in again.state(one.key).readings] for one in changed.steps}
    assert kept == {**{one.text: [] for one in new}, "Close it.": ["27"]}
    assert [again.state(one.key).note for one in changed.steps] == ["", "", "", "", "note 3"]
    assert changes.changed == ("•", "•", "•", "1") and changes.added == ("•",) and changes.removed == ()
