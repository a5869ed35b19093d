from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldfare.conversion import asked_units, conversions
from fieldfare.quantities import quantities
from fieldfare.units import UNITS, convert, unit_of


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        # NIST SP 811 (2008), appendix B.8, to the digits printed there.
        ("1", "lbf·ft", "N·m", "1.355818"),
        ("1", "lbf·in", "N·m", "0.1129848"),
        ("1", "psi", "kPa", "6.894757"),
        ("1", "bar", "kPa", "100"),
        ("1", "in", "mm", "25.4"),
        ("1", "ft", "m", "0.3048"),
        ("1", "lb", "kg", "0.4535924"),
        ("1", "oz", "g", "28.34952"),
        ("1", "US gal", "L", "3.785412"),
        ("1", "imp gal", "L", "4.54609"),
        ("1", "US qt", "L", "0.9463529"),
        ("1", "hp", "W", "745.6999"),
        ("1", "PS", "W", "735.4988"),
        ("1", "mi", "km", "1.609344"),
        ("1", "mph", "km/h", "1.609344"),
        ("1", "US gal/min", "L/min", "3.785412"),
        ("1", "kgf·m", "N·m", "9.80665"),
        ("1", "inHg", "kPa", "3.386389"),
        ("-40", "°C", "°F", "-40"),
        ("100", "°C", "°F", "212"),
        ("0", "K", "°C", "-273.15"),
    ],
)
def test_factors_are_those_of_the_tables(value: str, source: str, target: str, expected: str) -> None:
    converted = convert(Fraction(value), UNITS[source], UNITS[target])
    places = len(expected.partition(".")[2])
    assert round(converted * 10**places) == int(Fraction(expected) * 10**places)


@given(
    st.fractions(min_value=-1000, max_value=10**6),
    st.sampled_from(sorted(symbol for symbol, unit in UNITS.items() if unit.factor is not None)),
    st.data(),
)
def test_there_and_back_is_the_same_number(value: Fraction, symbol: str, data: st.DataObject) -> None:
    source = UNITS[symbol]
    others = sorted(
        one.symbol for one in UNITS.values() if one.dimension == source.dimension and one.factor is not None
    )
    target = UNITS[data.draw(st.sampled_from(others))]
    assert convert(convert(value, source, target), target, source) == value


def test_units_of_other_things_are_not_converted() -> None:
    with pytest.raises(ValueError, match="cannot be converted"):
        convert(Fraction(1), UNITS["N·m"], UNITS["bar"])
    with pytest.raises(ValueError, match="cannot be converted"):
        convert(Fraction(1), UNITS["V"], UNITS["V"])


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (
            "What is the torque of the drain plug in ft-lb?",
            "Tighten the drain plug to 45 N·m.",
            ("45 N·m ≈ 33.2 lbf·ft",),
        ),
        ("how many psi?", "The pressure must be 3 to 5 bar.", ("3 to 5 bar ≈ 44 to 72 psi",)),
        ("torque in lb-ft?", "25 N·m ± 2", ("25 ± 2 N·m ≈ 18.4 ± 1.4 lbf·ft",)),
        ("gap in inches", "The gap is 0.25 mm.", ("0.25 mm ≈ 0.0098 in",)),
        ("how many gallons", "Fill 9.5 L of oil.", ("9.5 L ≈ 2.51 US gal",)),
        ("temperature in °F?", "Let it cool below 60 °C.", ("below 60 °C = below 140 °F",)),
        ("how many degrees F", "a rise of 10 °C", ("10 °C = 18 °F",)),
        ("how many degrees F", "a rise to 10 °C", ("10 °C = 50 °F",)),
        ("back pressure in psi", "7.5 kPa or less", ("at most 7.5 kPa ≈ at most 1.087 psi",)),
        ("is 30 ft-lb enough?", "Tighten to 45 N·m.", ("45 N·m ≈ 33.2 lbf·ft",)),
        ("torque in psi", "Tighten to 45 N·m.", ()),
        ("torque of the plug in the cover", "Tighten to 45 N·m.", ()),
        ("how long in m", "The gap is 3/8 in.", ("3/8 in ≈ 0.010 m",)),
        ("in ft-lb", "35 N·m (26 lbf·ft)", ()),  # the manual says it itself
        ("weight in lb", "1,234 kg", ()),  # a decimal comma or thousands
        ("weight in lb", "10⁶ kg", ()),
        ("power in hp", "Use oil 15W-40.", ()),
        ("capacity in quarts?", "Torque (N·m): 45\nCapacity (L): 9.5", ("9.5 L ≈ 10.04 US qt",)),
        ("torque in N·m", "Tighten to 45 N·m.", ()),
    ],
)
def test_what_is_asked_for_in_another_unit_is_converted_source_first(
    question: str, text: str, expected: tuple[str, ...]
) -> None:
    assert conversions(question, text) == expected


@given(
    st.integers(1, 10**5),
    st.integers(0, 3),
    st.sampled_from([("bar", "psi"), ("N·m", "lbf·ft"), ("mm", "in"), ("kW", "hp"), ("L", "US gal")]),
)
def test_rounding_loses_no_precision_of_the_source(number: int, places: int, pair: tuple[str, str]) -> None:
    printed = f"{number / 10**places:.{places}f}"
    source, target = UNITS[pair[0]], UNITS[pair[1]]
    (line,) = conversions(f"in {pair[1]}", f"{printed} {pair[0]}")
    shown = quantities(line)[-1]
    assert shown.unit == target
    back = convert(Fraction(shown.low), target, source)
    assert abs(back - Fraction(printed)) <= Fraction(1, 4 * 10**places)


@given(st.integers(1, 10**4), st.sampled_from(["at most", "at least"]))
def test_a_limit_is_rounded_to_its_safe_side(number: int, bound: str) -> None:
    (line,) = conversions("in psi", f"{bound} {number} kPa")
    exact = convert(Fraction(number), UNITS["kPa"], UNITS["psi"])
    shown = Fraction(quantities(line)[-1].low)
    assert shown <= exact if bound == "at most" else shown >= exact


def test_milli_and_mega_are_not_confused() -> None:
    assert unit_of("mW") == UNITS["mW"]
    assert unit_of("MW") == UNITS["MW"]
    assert unit_of("PSI") == UNITS["psi"]
    assert unit_of("Liters") == UNITS["L"]
    assert unit_of("nm") == UNITS["nm"]
    assert unit_of("Nm") == UNITS["N·m"]


@pytest.mark.parametrize(
    ("question", "symbols"),
    [
        ("torque in ft lbs", ["lbf·ft"]),
        ("pressure (bar)?", ["bar"]),
        ("where is the plug in the box", []),
        ("what is C in the wiring", []),
        ("convert to °F", ["°F"]),
        ("how many litres", ["L"]),
    ],
)
def test_the_unit_asked_for_is_found(question: str, symbols: list[str]) -> None:
    assert [unit.symbol for unit in asked_units(question)] == symbols
