"""Sentences of manuals in English and German, made by rule: they teach a small translator numbers, units and identifiers.

The parallel text that is open is small and seldom speaks of machines; these pairs are endless, grammatical and dull.
"""

from __future__ import annotations

import random

# English, German, gender (m, f, n), English plural, German plural.
NOUNS = [
    tuple(line.split("|"))
    for line in """pump|Pumpe|f|pumps|Pumpen
motor|Motor|m|motors|Motoren
engine|Motor|m|engines|Motoren
filter|Filter|m|filters|Filter
oil filter|Ölfilter|m|oil filters|Ölfilter
air filter|Luftfilter|m|air filters|Luftfilter
fuel filter|Kraftstofffilter|m|fuel filters|Kraftstofffilter
valve|Ventil|n|valves|Ventile
drain valve|Ablassventil|n|drain valves|Ablassventile
drain plug|Ablassschraube|f|drain plugs|Ablassschrauben
screw|Schraube|f|screws|Schrauben
bolt|Schraube|f|bolts|Schrauben
nut|Mutter|f|nuts|Muttern
washer|Scheibe|f|washers|Scheiben
seal|Dichtung|f|seals|Dichtungen
gasket|Dichtung|f|gaskets|Dichtungen
cover|Abdeckung|f|covers|Abdeckungen
housing|Gehäuse|n|housings|Gehäuse
cable|Kabel|n|cables|Kabel
ground cable|Massekabel|n|ground cables|Massekabel
connector|Stecker|m|connectors|Stecker
plug|Stecker|m|plugs|Stecker
switch|Schalter|m|switches|Schalter
main switch|Hauptschalter|m|main switches|Hauptschalter
button|Taste|f|buttons|Tasten
lever|Hebel|m|levers|Hebel
fuse|Sicherung|f|fuses|Sicherungen
relay|Relais|n|relays|Relais
sensor|Sensor|m|sensors|Sensoren
temperature sensor|Temperatursensor|m|temperature sensors|Temperatursensoren
pressure sensor|Drucksensor|m|pressure sensors|Drucksensoren
battery|Batterie|f|batteries|Batterien
charger|Ladegerät|n|chargers|Ladegeräte
generator|Generator|m|generators|Generatoren
radiator|Kühler|m|radiators|Kühler
fan|Lüfter|m|fans|Lüfter
belt|Riemen|m|belts|Riemen
shaft|Welle|f|shafts|Wellen
bearing|Lager|n|bearings|Lager
coupling|Kupplung|f|couplings|Kupplungen
hose|Schlauch|m|hoses|Schläuche
pipe|Rohr|n|pipes|Rohre
tank|Tank|m|tanks|Tanks
fuel tank|Kraftstofftank|m|fuel tanks|Kraftstofftanks
display|Anzeige|f|displays|Anzeigen
controller|Steuerung|f|controllers|Steuerungen
inverter|Wechselrichter|m|inverters|Wechselrichter
circuit breaker|Leitungsschutzschalter|m|circuit breakers|Leitungsschutzschalter
spring|Feder|f|springs|Federn
bracket|Halterung|f|brackets|Halterungen
frame|Rahmen|m|frames|Rahmen
wheel|Rad|n|wheels|Räder
blade|Messer|n|blades|Messer
nozzle|Düse|f|nozzles|Düsen
cylinder|Zylinder|m|cylinders|Zylinder
gear|Zahnrad|n|gears|Zahnräder
brake|Bremse|f|brakes|Bremsen
door|Tür|f|doors|Türen
panel|Platte|f|panels|Platten
guard|Schutzvorrichtung|f|guards|Schutzvorrichtungen
terminal|Klemme|f|terminals|Klemmen
indicator lamp|Kontrollleuchte|f|indicator lamps|Kontrollleuchten
injector|Einspritzdüse|f|injectors|Einspritzdüsen
thermostat|Thermostat|m|thermostats|Thermostate
machine|Maschine|f|machines|Maschinen
device|Gerät|n|devices|Geräte
unit|Einheit|f|units|Einheiten
tool|Werkzeug|n|tools|Werkzeuge
container|Behälter|m|containers|Behälter
oil level|Ölstand|m|oil levels|Ölstände
coolant level|Kühlmittelstand|m|coolant levels|Kühlmittelstände
pressure|Druck|m|pressures|Drücke
voltage|Spannung|f|voltages|Spannungen
clamp|Schelle|f|clamps|Schellen
jumper|Brücke|f|jumpers|Brücken
handle|Griff|m|handles|Griffe
rail|Schiene|f|rails|Schienen
ring|Ring|m|rings|Ringe
pin|Stift|m|pins|Stifte
hole|Bohrung|f|holes|Bohrungen""".splitlines()
]
# English, its participle, German verb, separated prefix, participle.
VERBS = [
    tuple(line.split("|"))
    for line in """check|checked|Prüfen||geprüft
inspect|inspected|Prüfen||geprüft
clean|cleaned|Reinigen||gereinigt
replace|replaced|Ersetzen||ersetzt
remove|removed|Entfernen||entfernt
install|installed|Bauen|ein|eingebaut
tighten|tightened|Ziehen|an|angezogen
loosen|loosened|Lösen||gelöst
open|opened|Öffnen||geöffnet
close|closed|Schließen||geschlossen
connect|connected|Schließen|an|angeschlossen
disconnect|disconnected|Trennen||getrennt
switch on|switched on|Schalten|ein|eingeschaltet
switch off|switched off|Schalten|aus|ausgeschaltet
adjust|adjusted|Stellen|ein|eingestellt
lubricate|lubricated|Schmieren||geschmiert
measure|measured|Messen||gemessen
drain|drained|Lassen|ab|abgelassen
press|pressed|Drücken||gedrückt
turn|turned|Drehen||gedreht
lift|lifted|Heben|an|angehoben
lower|lowered|Senken|ab|abgesenkt
fasten|fastened|Befestigen||befestigt
touch|touched|Berühren||berührt
start|started|Starten||gestartet
stop|stopped|Stoppen||gestoppt
use|used|Verwenden||verwendet
repair|repaired|Reparieren||repariert
test|tested|Testen||getestet
mark|marked|Markieren||markiert
store|stored|Lagern||gelagert
dry|dried|Trocknen||getrocknet
lock|locked|Sichern||gesichert
hold|held|Halten||gehalten
read|read|Lesen|ab|abgelesen""".splitlines()
]
ADJECTIVES = [
    tuple(pair.split("|"))
    for pair in """new|neu;old|alt;damaged|beschädigt;hot|heiß;cold|kalt;left|link;right|recht;upper|ober;lower|unter;front|vorder;rear|hinter;
worn|verschlissen;clean|sauber;small|klein;large|groß;red|rot;black|schwarz;blue|blau;first|erst;second|zweit;electric|elektrisch;
external|extern;internal|intern;long|lang;short|kurz""".replace("\n", "").split(";")
]
STATES = [
    tuple(pair.split("|"))
    for pair in """hot|heiß;cold|kalt;open|offen;closed|geschlossen;empty|leer;full|voll;damaged|beschädigt;dirty|verschmutzt;loose|lose;
defective|defekt;blocked|blockiert;dry|trocken;wet|nass;clean|sauber;switched off|ausgeschaltet;switched on|eingeschaltet;worn|verschlissen;
under pressure|unter Druck;too high|zu hoch;too low|zu niedrig;safe|sicher;ready|bereit;disconnected|getrennt;locked|verriegelt""".replace(
        "\n", ""
    ).split(";")
]
UNITS = "mm cm m kg g l ml bar kPa V A mA W kW kWh Hz °C % N·m Nm Ω s min h rpm dB".split()
_NOM = {"m": "der", "f": "die", "n": "das"}
_ACC = {"m": "den", "f": "die", "n": "das"}
_DAT = {"m": "dem", "f": "der", "n": "dem"}


class Writer:
    """Writes pairs of sentences, English and German."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def pair(self) -> tuple[str, str]:
        """One pair: a sentence, a heading, a table cell, or two sentences in a row."""
        roll = self._chance.random()
        if roll < 0.05:
            return self._cell()
        if roll < 0.13:
            return self._heading()
        one = self._sentence()
        if roll > 0.93:
            other = self._sentence()
            return f"{one[0]} {other[0]}", f"{one[1]} {other[1]}"
        if roll > 0.88:
            number = self._chance.choice(
                (f"{self._whole(1, 20)}. ", f"{self._whole(1, 9)}.{self._whole(1, 9)} ", "• ", "- ")
            )
            return number + one[0], number + one[1]
        return one

    def _pick(self, many: list) -> tuple:
        return self._chance.choice(many)

    def _whole(self, low: int, high: int) -> int:
        return self._chance.randint(low, high)

    def _number(self) -> tuple[str, str]:
        """A number as either language prints it."""
        roll = self._chance.random()
        if roll < 0.45:
            made = str(self._whole(1, 10 ** self._whole(1, 3)))
            return made, made
        if roll < 0.8:
            made = f"{self._whole(0, 10 ** self._whole(1, 3))}.{self._whole(0, 9)}{self._chance.choice(['', str(self._whole(1, 9))])}"
            return made, made.replace(".", ",")
        if roll < 0.9:
            low = self._whole(1, 90)
            dash = self._chance.choice("-–")
            return (f"{low}{dash}{low + self._whole(1, 60)}",) * 2
        made = f"{self._whole(1, 99)},{self._whole(0, 999):03}"
        return made, made.replace(",", ".")

    def _amount(self) -> tuple[str, str]:
        (en, de), unit = self._number(), self._chance.choice(UNITS)
        return (f"{en}%", f"{de} %") if unit == "%" else (f"{en} {unit}", f"{de} {unit}")

    def _code(self) -> str:
        letters = "".join(self._chance.choices("ABCDEFGHKLMNPRSTUVX", k=self._whole(1, 3)))
        return self._chance.choice(
            (
                f"{letters}{self._whole(1, 999)}",
                f"{letters}-{self._whole(1, 9999)}",
                f"{letters}{self._whole(1, 99)}.{self._whole(1, 9)}",
                f"{letters}-{self._whole(100, 999)}-{self._whole(10, 99)}{letters[0]}",
                f"M{self._whole(3, 30)}x{self._whole(6, 90)}",
                f"{self._whole(10, 9999)}-{self._whole(1, 999)}",
            )
        )

    def _noun(self) -> tuple[str, dict[str, str]]:
        """A noun phrase: English, and German by case; nominative and accusative with the definite article."""
        en, de, gender, *_ = self._pick(NOUNS)
        if self._chance.random() < 0.35:
            adjective, stem = self._pick(ADJECTIVES)
            nominative = f"{_NOM[gender]} {stem}e {de}"
            accusative = f"{_ACC[gender]} {stem}{'en' if gender == 'm' else 'e'} {de}"
            dative = f"{_DAT[gender]} {stem}en {de}"
            en = f"{adjective} {en}"
        else:
            nominative, accusative, dative = (f"{articles[gender]} {de}" for articles in (_NOM, _ACC, _DAT))
        if self._chance.random() < 0.08:
            code = self._code()
            en, nominative, accusative, dative = (f"{one} {code}" for one in (en, nominative, accusative, dative))
        return f"the {en}", {"nom": nominative, "acc": accusative, "dat": dative}

    def _sentence(self) -> tuple[str, str]:
        chance = self._chance
        en, forms = self._noun()
        other, others = self._noun()
        nom, acc, dat = forms["nom"], forms["acc"], forms["dat"]
        nom2, acc2, dat2 = others["nom"], others["acc"], others["dat"]
        verb, past, imperative, prefix, participle = self._pick(VERBS)
        verb2, _past2, imperative2, prefix2, _participle2 = self._pick(VERBS)
        infinitive = prefix + imperative[0].lower() + imperative[1:]
        tail, tail2 = (f" {one}" if one else "" for one in (prefix, prefix2))
        state, zustand = self._pick(STATES)
        (value, wert), (value2, wert2) = self._amount(), self._amount()
        code, count = self._code(), self._whole(2, 500)
        figure, page = self._whole(1, 60), self._whole(1, 300)
        big = f"{en[0].upper()}{en[1:]}"
        gross = f"{nom[0].upper()}{nom[1:]}"
        order = f"{verb.capitalize()} {en}", f"{imperative} Sie {acc}"
        made = [
            (f"{order[0]}.", f"{order[1]}{tail}."),
            (f"{order[0]} and {verb2} {other}.", f"{order[1]}{tail} und {imperative2[0].lower()}{imperative2[1:]} Sie {acc2}{tail2}."),
            (f"{order[0]} every {count} hours.", f"{order[1]} alle {count} Stunden{tail}."),
            (f"{order[0]} after {count} hours of operation.", f"{order[1]} nach {count} Betriebsstunden{tail}."),
            (f"Tighten {en} to {value}.", f"Ziehen Sie {acc} mit {wert} an."),
            (f"Tighten {en} to {value} (see Fig. {figure}).", f"Ziehen Sie {acc} mit {wert} an (siehe Abb. {figure})."),
            (f"Set {en} to {value}.", f"Stellen Sie {acc} auf {wert} ein."),
            (f"Do not {verb} {en}.", f"{imperative} Sie {acc} nicht{tail}."),
            (f"Do not {verb} {en} before {other} is {state}.", f"{imperative} Sie {acc} nicht{tail}, bevor {nom2} {zustand} ist."),
            (f"Never {verb} {en} while the engine is running.", f"{imperative} Sie {acc} niemals{tail}, während der Motor läuft."),
            (f"Never {verb} {en} without {other}.", f"{imperative} Sie {acc} niemals ohne {acc2}{tail}."),
            (f"If {en} is {state}, {verb2} {other}.", f"Wenn {nom} {zustand} ist, {imperative2[0].lower()}{imperative2[1:]} Sie {acc2}{tail2}."),
            (f"If {en} is not {state}, {verb2} {other}.", f"Wenn {nom} nicht {zustand} ist, {imperative2[0].lower()}{imperative2[1:]} Sie {acc2}{tail2}."),
            (f"{big} must be {past}.", f"{gross} muss {participle} werden."),
            (f"{big} must not be {past}.", f"{gross} darf nicht {participle} werden."),
            (f"{big} must be {past} every {count} hours.", f"{gross} muss alle {count} Stunden {participle} werden."),
            (f"{big} is {state}.", f"{gross} ist {zustand}."),
            (f"{big} is not {state}.", f"{gross} ist nicht {zustand}."),
            (f"{big} can be {past}.", f"{gross} kann {participle} werden."),
            (f"Make sure that {en} is {state}.", f"Stellen Sie sicher, dass {nom} {zustand} ist."),
            (f"Make sure that {en} is not {state}.", f"Stellen Sie sicher, dass {nom} nicht {zustand} ist."),
            (f"Fault code {code}: {en} is {state}.", f"Fehlercode {code}: {gross} ist {zustand}."),
            (f"Fault {code} means that {en} is {state}.", f"Fehler {code} bedeutet, dass {nom} {zustand} ist."),
            (f"Part number: {code}", f"Teilenummer: {code}"),
            (f"{order[0]} (part number {code}).", f"{order[1]}{tail} (Teilenummer {code})."),
            (f"The maximum pressure is {value}.", f"Der maximale Druck beträgt {wert}."),
            (f"The minimum temperature is {value}.", f"Die Mindesttemperatur beträgt {wert}."),
            (f"The distance between {en} and {other} is {value}.", f"Der Abstand zwischen {dat} und {dat2} beträgt {wert}."),
            (f"The voltage must be between {value} and {value2}.", f"Die Spannung muss zwischen {wert} und {wert2} liegen."),
            (f"The torque is {value} for {code}.", f"Das Drehmoment für {code} beträgt {wert}."),
            (f"See Fig. {figure} on page {page}.", f"Siehe Abb. {figure} auf Seite {page}."),
            (f"See page {page}.", f"Siehe Seite {page}."),
            (f"Wait {count} minutes.", f"Warten Sie {count} Minuten."),
            (f"Wait until {en} is {state}.", f"Warten Sie, bis {nom} {zustand} ist."),
            (f"Wait at least {count} minutes before you {verb} {en}.", f"Warten Sie mindestens {count} Minuten, bevor Sie {acc} {infinitive}."),
            (f"Before you {verb} {en}, switch off {other}.", f"Bevor Sie {acc} {infinitive}, schalten Sie {acc2} aus."),
            (f"Only {verb} {en} when {other} is {state}.",
             f"{imperative} Sie {acc} nur{tail}, wenn {nom2} {zustand} ist."),
            (f"Turn {en} {count} turns clockwise.", f"Drehen Sie {acc} {count} Umdrehungen im Uhrzeigersinn."),
            (f"Turn {en} counterclockwise.", f"Drehen Sie {acc} gegen den Uhrzeigersinn."),
            (f"Turn {en} to the left.", f"Drehen Sie {acc} nach links."),
            (f"Turn {en} to the right.", f"Drehen Sie {acc} nach rechts."),
            (f"{big} is located behind {other}.", f"{gross} befindet sich hinter {dat2}."),
            (f"{big} is connected to {other}.", f"{gross} ist mit {dat2} verbunden."),
            (f"Warning: {en} is {state}.", f"Warnung: {gross} ist {zustand}."),
            (f"Warning! Do not {verb} {en}.", f"Warnung! {imperative} Sie {acc} nicht{tail}."),
            (f"Danger: {en} can be {state}.", f"Gefahr: {gross} kann {zustand} sein."),
            (f"{big} weighs {value}.", f"{gross} wiegt {wert}."),
            (f"Press {en} for {count} seconds.", f"Drücken Sie {acc} {count} Sekunden lang."),
            (f"How do I {verb} {en}?", f"Wie kann ich {acc} {infinitive}?"),
            (f"What does fault code {code} mean?", f"Was bedeutet der Fehlercode {code}?"),
            (f"When must {en} be {past}?", f"Wann muss {nom} {participle} werden?"),
            (f"Which torque does {en} need?", f"Welches Drehmoment braucht {nom}?"),
            (f"You need {count} {(some := self._pick(NOUNS))[3]}.", f"Sie benötigen {count} {some[4]}."),
            ("There is no power.", "Es ist kein Strom vorhanden."),
            (f"There is no oil in {en}.", f"In {dat} ist kein Öl."),
        ]  # fmt: skip
        return chance.choice(made)

    def _heading(self) -> tuple[str, str]:
        en, de, *_ = self._pick(NOUNS)
        verb, _past, imperative, prefix, _participle = self._pick(VERBS)
        infinitive = prefix + imperative[0].lower() + imperative[1:]
        ending = verb.split()[0]
        ing = ending.removesuffix("e") + "ing"
        ing = {"stoping": "stopping"}.get(ing, ing) + verb[len(ending) :]
        return self._chance.choice(
            (
                (f"{ing.capitalize()} the {en}", f"{de} {infinitive}"),
                (f"{verb.capitalize()} the {en}", f"{de} {infinitive}"),
            )
        )

    def _cell(self) -> tuple[str, str]:
        (value, wert), code = self._amount(), self._code()
        en, de, *_ = self._pick(NOUNS)
        return self._chance.choice(
            (
                (en.capitalize(), de),
                (value, wert),
                (code, code),
                (f"{en.capitalize()} {code}", f"{de} {code}"),
                (f"{en.capitalize()}: {value}", f"{de}: {wert}"),
            )
        )
