"""Units of measure: their spellings, what they measure, and the exact factors between them.

Factors are those of NIST Special Publication 811 (2008), appendix B.8, kept as exact fractions; a gallon is 231 cubic inches
(US) or 4.546 09 litres (imperial).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit: `factor` and `offset` lead to the base unit of its dimension (value × factor + offset).

    A unit without a factor is recognised and never converted. Two units are equal where their symbols are.
    """

    symbol: str
    dimension: str
    factor: Fraction | None = None
    offset: Fraction = Fraction(0)


_INCH = Fraction("0.0254")  # metres
_FOOT = 12 * _INCH
_POUND = Fraction("0.45359237")  # kilograms
_GRAVITY = Fraction("9.80665")  # m/s², standard acceleration of free fall
_POUND_FORCE = _POUND * _GRAVITY  # newtons
_GALLON_US = 231 * _INCH**3  # cubic metres
_GALLON_UK = Fraction("0.00454609")
_LITRE = Fraction(1, 1000)
_HOUR = 3600  # seconds
_MILE = 5280 * _FOOT
_FAHRENHEIT = Fraction(5, 9)  # kelvins

# symbol | dimension | factor to the base unit | spellings beside the symbol itself
_TABLE: tuple[tuple[str, str, Fraction | int | str | None, str], ...] = (
    ("N·m", "torque", 1, "Nm|N.m|N*m|N-m|N m|newton metre|newton metres|newton meter|newton meters|newton-metres|newton-meters"),
    ("mN·m", "torque", "1/1000", "mNm"),
    ("kN·m", "torque", 1000, "kNm"),
    ("kgf·m", "torque", _GRAVITY, "kgfm|kgf-m|kgf m|kg·m|kg-m|kgm|mkg"),
    ("kgf·cm", "torque", _GRAVITY / 100, "kgf-cm|kgf cm|kg·cm|kg-cm|kgcm"),
    ("lbf·ft", "torque", _POUND_FORCE * _FOOT, ("lb·ft|lb-ft|lb.ft|lb ft|lbft|lbf-ft|lbf ft|ft·lb|ft-lb|ft.lb|ft lb|ftlb|ft·lbf|ft-lbf|"
     "ft lbf|ft·lbs|ft-lbs|ft lbs|ft.-lb.|ft.-lbs.|ft. lb.|ft. lbs.|foot-pound|foot-pounds|foot pound|foot pounds|pound-feet|pound feet|pound-foot")),
    ("lbf·in", "torque", _POUND_FORCE * _INCH, ("lb·in|lb-in|lb.in|lb in|lbin|lbf-in|lbf in|in·lb|in-lb|in.lb|in lb|inlb|in·lbf|in-lbf|in lbf|"
     "in·lbs|in-lbs|in lbs|in.-lb.|in.-lbs.|in. lb.|in. lbs.|inch-pound|inch-pounds|inch pound|inch pounds|pound-inches|pound inches")),
    ("ozf·in", "torque", _POUND_FORCE * _INCH / 16, "oz·in|oz-in|in·oz|in-oz"),
    ("Pa", "pressure", 1, "pascal|pascals"),
    ("hPa", "pressure", 100, ""),
    ("kPa", "pressure", 1000, "kpa|KPa|kilopascal|kilopascals"),
    ("MPa", "pressure", 10**6, "megapascal|megapascals"),
    ("mbar", "pressure", 100, "millibar|millibars"),
    ("bar", "pressure", 10**5, "bars|Bar|BAR|bar(g)|barg"),
    ("psi", "pressure", _POUND_FORCE / _INCH**2, "PSI|Psi|psig|lb/in²|lbf/in²|lb/in2|lb/sq in|pound per square inch|pounds per square inch"),
    ("inHg", "pressure", "3386.389", "in Hg|in.Hg|in. Hg|\"Hg|inches of mercury"),
    ("mmHg", "pressure", "133.322387415", "mm Hg"),
    ("atm", "pressure", 101325, ""),
    ("kgf/cm²", "pressure", _GRAVITY * 10**4, "kg/cm²|kg/cm2|kgf/cm2"),
    ("m", "length", 1, "metre|metres|meter|meters|mètre|mètres|metro|metros|metri"),
    ("km", "length", 1000, "kilometre|kilometres|kilometer|kilometers|kilomètre|kilomètres|kilómetros|chilometri|quilômetros"),
    ("dm", "length", "1/10", ""),
    ("cm", "length", "1/100", "centimetre|centimetres|centimeter|centimeters|centimètre|centimètres|centímetro|centímetros|centimetri"),
    ("mm", "length", "1/1000", "MM|millimetre|millimetres|millimeter|millimeters|millimètre|millimètres|milímetro|milímetros|millimetro|millimetri"),
    ("µm", "length", "1/1000000", "μm|um|micron|microns|micrometre|micrometres"),
    ("nm", "length", "1/1000000000", "nanometre|nanometres|nanometer|nanometers"),
    ("in", "length", _INCH, "in.|inch|inches|\"|″|''|Zoll|pouces|pulgadas|pulgada|pouce|pollice|pollici|polegada|polegadas"),
    ("ft", "length", _FOOT, "ft.|foot|feet|′|Fuß|pied|pieds|pies|piede|piedi|pés"),
    ("yd", "length", 3 * _FOOT, "yard|yards"),
    ("mi", "length", _MILE, "mile|miles"),
    ("thou", "length", _INCH / 1000, "mil|mils"),
    ("m²", "area", 1, "m2|sq m|square metres|square meters"),
    ("cm²", "area", "1/10000", "cm2"),
    ("mm²", "area", "1/1000000", "mm2|sq mm"),
    ("in²", "area", _INCH**2, "in2|sq in|sq. in.|square inch|square inches"),
    ("ft²", "area", _FOOT**2, "ft2|sq ft|sq. ft.|square foot|square feet"),
    ("L", "volume", _LITRE, "l|litre|litres|liter|liters|Liter|Litre|ltr|litros|litro|litri"),
    ("mL", "volume", _LITRE / 1000, "ml|millilitre|millilitres|milliliter|milliliters"),
    ("cL", "volume", _LITRE / 100, "cl"),
    ("dL", "volume", _LITRE / 10, "dl"),
    ("m³", "volume", 1, "m3|cubic metre|cubic metres|cubic meters"),
    ("cm³", "volume", "1/1000000", "cm3|cc|ccm"),
    ("mm³", "volume", "1/1000000000", "mm3"),
    ("in³", "volume", _INCH**3, "in3|cu in|cu. in.|cubic inch|cubic inches"),
    ("ft³", "volume", _FOOT**3, "ft3|cu ft|cu. ft.|cubic foot|cubic feet"),
    ("US gal", "volume", _GALLON_US, "gal|gal.|gallon|gallons|US gallon|US gallons|gal (US)|U.S. gal|U.S. gallons"),
    ("imp gal", "volume", _GALLON_UK, "imp. gal|imperial gallon|imperial gallons|UK gal|UK gallons|gal (UK)|gal (imp)"),
    ("US qt", "volume", _GALLON_US / 4, "qt|qt.|qts|quart|quarts|US quart|US quarts"),
    ("imp qt", "volume", _GALLON_UK / 4, "imp. qt|imperial quart|imperial quarts|UK quarts"),
    ("US pt", "volume", _GALLON_US / 8, "pint|pints|US pints"),
    ("US fl oz", "volume", _GALLON_US / 128, "fl oz|fl. oz.|fluid ounce|fluid ounces"),
    ("kg", "mass", 1, "Kg|KG|kgs|kilo|kilos|kilogram|kilograms|kilogramme|kilogrammes|Kilogramm|kilogramos|chilogrammi|quilogramas"),
    ("g", "mass", "1/1000", "gram|grams|gramme|grammes|Gramm|gramos|grammi|gramas"),
    ("mg", "mass", "1/1000000", "milligram|milligrams"),
    ("t", "mass", 1000, "tonne|tonnes"),
    ("lb", "mass", _POUND, "lb.|lbs|lbs.|pound|pounds"),
    ("oz", "mass", _POUND / 16, "oz.|ounce|ounces"),
    ("N", "force", 1, "newton|newtons"),
    ("kN", "force", 1000, "kilonewton|kilonewtons"),
    ("lbf", "force", _POUND_FORCE, "pound-force|pounds-force"),
    ("kgf", "force", _GRAVITY, "kp"),
    ("W", "power", 1, "watt|watts|vatio|vatios"),
    ("mW", "power", "1/1000", "milliwatt|milliwatts"),
    ("kW", "power", 1000, "KW|Kw|kilowatt|kilowatts"),
    ("MW", "power", 10**6, "megawatt|megawatts"),
    ("hp", "power", 550 * _FOOT * _POUND_FORCE, "HP|bhp|BHP|horsepower"),
    ("PS", "power", 75 * _GRAVITY, "metric horsepower|ch"),
    ("BTU/h", "power", Fraction("1055.05585262") / _HOUR, "Btu/h|btu/h|BTU/hr|Btu/hr"),
    ("m/s", "speed", 1, "metres per second|meters per second"),
    ("km/h", "speed", Fraction(1000, _HOUR), "kph|km/hr|kmh|kilometres per hour|kilometers per hour"),
    ("mph", "speed", _MILE / _HOUR, "MPH|mi/h|miles per hour"),
    ("ft/s", "speed", _FOOT, "fps|feet per second"),
    ("ft/min", "speed", _FOOT / 60, "fpm|feet per minute"),
    ("kn", "speed", Fraction(1852, _HOUR), "knot|knots|kt|kts"),
    ("L/min", "flow", _LITRE / 60, "l/min|lpm|LPM|litres per minute|liters per minute|L per minute"),
    ("L/h", "flow", _LITRE / _HOUR, "l/h|L/hr|l/hr|litres per hour|liters per hour|L per hour"),
    ("L/s", "flow", _LITRE, "l/s"),
    ("mL/min", "flow", _LITRE / 60000, "ml/min"),
    ("m³/h", "flow", Fraction(1, _HOUR), "m3/h|m³/hr"),
    ("m³/min", "flow", Fraction(1, 60), "m3/min"),
    ("m³/s", "flow", 1, "m3/s"),
    ("US gal/min", "flow", _GALLON_US / 60, "gpm|GPM|gal/min|gallons per minute"),
    ("US gal/h", "flow", _GALLON_US / _HOUR, "gph|GPH|gal/h|gal/hr|gallons per hour"),
    ("ft³/min", "flow", _FOOT**3 / 60, "cfm|CFM|ft3/min|cubic feet per minute"),
    ("°C", "temperature", 1, "° C|ºC|º C|℃|C|deg C|degC|degree Celsius|degrees Celsius|degrees C|degrees centigrade|Celsius"),
    ("°F", "temperature", _FAHRENHEIT, "° F|ºF|º F|℉|F|deg F|degF|degree Fahrenheit|degrees Fahrenheit|degrees F|Fahrenheit"),
    ("K", "temperature", 1, "kelvin|kelvins"),
    ("V", "voltage", None, "volt|volts|Volt|Volts|voltio|voltios"),
    ("V DC", "voltage", None, "VDC|Vdc|V dc|V d.c.|volts DC"), ("V AC", "voltage", None, "VAC|Vac|V ac|V a.c.|volts AC"), ("mV", "voltage", None, "millivolt|millivolts"), ("µV", "voltage", None, "μV|uV"),
    ("kV", "voltage", None, "KV|kilovolt|kilovolts"),
    ("A", "current", None, "amp|amps|Amp|Amps|ampere|amperes|ampère|ampères|amperio|amperios"), ("mA", "current", None, "milliamp|milliamps|milliampere|milliamperes"),
    ("µA", "current", None, "μA|uA"), ("kA", "current", None, ""),
    ("Ah", "charge", None, "A·h|amp-hours|ampere-hours"), ("mAh", "charge", None, ""),
    ("Ω", "resistance", None, "ohm|ohms|Ohm|Ohms|Ω"), ("kΩ", "resistance", None, "kohm|kOhm|kΩ|kilohms|kilo-ohms"), ("MΩ", "resistance", None, "Mohm|MOhm|MΩ|megohm|megohms"),
    ("mΩ", "resistance", None, "mohm|mOhm|mΩ"),
    ("Hz", "frequency", None, "HZ|hertz|Hertz"), ("kHz", "frequency", None, "KHz|kilohertz"), ("MHz", "frequency", None, "megahertz"), ("GHz", "frequency", None, ""),
    ("VA", "apparent power", None, ""), ("kVA", "apparent power", None, "KVA"), ("MVA", "apparent power", None, ""), ("kvar", "reactive power", None, "kVAr"),
    ("Wh", "energy", None, ""), ("kWh", "energy", None, "KWh|kilowatt-hours|kilowatt hours"), ("MWh", "energy", None, ""), ("J", "energy", None, "joule|joules"), ("kJ", "energy", None, ""),
    ("µF", "capacitance", None, "μF|uF"), ("nF", "capacitance", None, ""), ("pF", "capacitance", None, ""), ("mH", "inductance", None, ""), ("µH", "inductance", None, "μH|uH"),
    ("s", "time", None, "sec|secs|sec.|second|seconds|Sekunden|Sekunde|secondes|segundos|Sek|Sek.|seconde|segundo|secondo|secondi"), ("ms", "time", None, "msec|millisecond|milliseconds|Millisekunde|Millisekunden|milliseconde|millisecondes|milisegundo|milisegundos|millisecondi|milissegundos"),
    ("µs", "time", None, "μs|us|microseconds|microsecond|Mikrosekunden|microsecondes|microsegundos|microsecondi|microssegundos"),
    ("min", "time", None, "min.|mins|minute|minutes|Minuten|Minute|minutos|Min.|minuto|minuti"), ("h", "time", None, "hr|hrs|hr.|hrs.|hour|hours|Stunden|Stunde|Std|Std.|heures|heure|horas|hora|ora|ore"),
    ("day", "time", None, "days|Tage|Tag|Tagen|jours|jour|días|día|giorno|giorni|dia|dias"), ("week", "time", None, "weeks|wk|wks|Wochen|Woche|semaines|semaine|semanas|semana|settimana|settimane"),
    ("month", "time", None, "months|Monate|Monat|Monaten|mois|meses|mes|mese|mesi|mês"), ("year", "time", None, "years|yr|yrs|Jahre|Jahr|Jahren|ans|años|año|anno|anni|ano|anos"),
    ("rpm", "rotation", None, "RPM|r/min|rev/min|min⁻¹|1/min|U/min|tr/min|revolutions per minute"),
    ("%", "share", None, "percent|per cent|Prozent|pct|pour cent|por ciento|per cento|por cento"), ("‰", "share", None, ""), ("ppm", "share", None, ""),
    ("dB", "level", None, "decibel|decibels"), ("dB(A)", "level", None, "dBA|dB (A)"), ("dBm", "level", None, ""),
    ("°", "angle", None, "degree|degrees|deg|º|Grad|degré|degrés|grado|grados|gradi|grau|graus"), ("px", "pixels", None, "pixel|pixels|píxel|píxeles"), ("dpi", "resolution", None, ""),
    ("N/mm²", "stress", None, "N/mm2"), ("g/kWh", "consumption", None, ""), ("kg/m³", "density", None, "kg/m3"), ("mm/s", "feed", None, ""), ("mm/min", "feed", None, ""),
    ("bit", "data", None, "bits"), ("B", "data", None, "byte|bytes"), ("kB", "data", None, "KB"), ("MB", "data", None, "megabytes"), ("GB", "data", None, "gigabytes"), ("TB", "data", None, ""),
    ("AWG", "gauge", None, ""), ("time", "count", None, "times|mal|fois|veces|volta|volte|vez|vezes"), ("turn", "count", None, "turns|revolution|revolutions|Umdrehung|Umdrehungen|vuelta|vueltas|giro|giri|voltas"),
)  # fmt: skip

_OFFSETS = {"°C": Fraction("273.15"), "°F": Fraction("459.67") * _FAHRENHEIT}  # kelvins

UNITS: dict[str, Unit] = {
    symbol: Unit(
        symbol=symbol,
        dimension=dimension,
        factor=None if factor is None else Fraction(factor),
        offset=_OFFSETS.get(symbol, Fraction(0)),
    )
    for symbol, dimension, factor, _ in _TABLE
}
_SPELLINGS = {
    spelling: UNITS[symbol]
    for symbol, _, _, others in _TABLE
    for spelling in (symbol, *filter(None, others.split("|")))
}
_ALIKE: dict[str, dict[str, Unit]] = {}  # spellings that differ by small letters and capitals alone
for _spelling, _unit in _SPELLINGS.items():
    _ALIKE.setdefault(_spelling.casefold(), {})[_spelling] = _unit
# Spelled in capitals or with a capital where no other unit could be meant: `Liters`, `BAR`; never `mW` for `MW`.
_FOLDED = {
    folded: next(iter(alike.values()))
    for folded, alike in _ALIKE.items()
    if len(folded) > 2 and len({one.symbol for one in alike.values()}) == 1
}

_LENGTHS: dict[str, list[int]] = {}  # of the spellings that begin with a character, longest first
for _spelling in sorted(_SPELLINGS, key=len, reverse=True):
    for _first in {_spelling[0], _spelling[0].upper(), _spelling[0].lower()}:
        if len(_spelling) not in _LENGTHS.setdefault(_first, []):
            _LENGTHS[_first].append(len(_spelling))
# `3 in the box` counts no inches.
_NO_INCH = re.compile(
    r"in\s+(?:the|a|an|this|that|these|each|every|any|all|order|case|which|its|their|your|one|from|step|section|table|chapter|figure|fig)\b"
)


def unit_of(printed: str) -> Unit | None:
    """The unit that a spelling stands for, None where it is none."""
    printed = " ".join(printed.split())
    return _SPELLINGS.get(printed) or _FOLDED.get(printed.casefold())


def units_alike(typed: str) -> tuple[Unit, ...]:
    """The units that somebody may mean who does not care for capitals, that which is spelled so first: `nm` is a torque too.

    A leading m is never taken for M where one is milli and the other mega.
    """
    typed = " ".join(typed.split())
    alike = _ALIKE.get(typed.casefold(), {})
    exact = {typed: alike[typed]} if typed in alike else {}
    meant = {
        spelling: unit for spelling, unit in alike.items() if spelling[0] == typed[0] or not _is_milli_or_mega(unit)
    }
    return tuple(dict.fromkeys((exact | meant).values()))


def _is_milli_or_mega(unit: Unit) -> bool:
    base = UNITS.get(unit.symbol[1:])
    return unit.symbol[0] in "mM" and base is not None and base.dimension == unit.dimension


def unit_at(text: str, start: int) -> tuple[Unit, int] | None:
    """The longest unit that is printed at a place of a text, with the place behind it."""
    lengths = _LENGTHS.get(text[start : start + 1], ())
    if not lengths or _NO_INCH.match(text, start):
        return None
    for length in lengths:
        end = start + length
        if end > len(text) or (end < len(text) and text[end].isalnum()):
            continue
        printed = text[start:end]
        if unit := _SPELLINGS.get(printed) or _FOLDED.get(printed.casefold()):
            return unit, end
    return None


def convert(value: Fraction, source: Unit, target: Unit, *, difference: bool = False) -> Fraction:
    """A value in another unit of its dimension, exactly; a temperature `difference` has no zero point.

    Raises ValueError where the units do not measure the same.
    """
    if source.dimension != target.dimension or source.factor is None or target.factor is None:
        raise ValueError(f"{source.symbol} cannot be converted to {target.symbol}")
    if difference:
        return value * source.factor / target.factor
    return (value * source.factor + source.offset - target.offset) / target.factor


_PREFIXES = {
    "µ": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(1000),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
}
_PREFIXED = ("Ω", "V", "A", "Hz", "VA", "Wh", "s")


def prefix_factor(source: Unit, target: Unit) -> Fraction | None:
    """What a value is multiplied by between units that differ by their SI prefix alone (`kΩ` to `Ω`); None for others.

    `V AC` is a volt as `V` is, but none of `V DC`.
    """
    (one, kind), (other, other_kind) = (
        (symbol[0], symbol[1:]) for symbol in (source.symbol.split(), target.symbol.split())
    )
    if kind and other_kind and kind != other_kind:
        return None
    for base in _PREFIXED:
        if one.endswith(base) and other.endswith(base):
            factors = _PREFIXES.get(one.removesuffix(base)), _PREFIXES.get(other.removesuffix(base))
            if factors[0] is not None and factors[1] is not None:
                return factors[0] / factors[1]
    return None
