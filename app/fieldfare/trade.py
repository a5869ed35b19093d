"""Synonyms and abbreviations that technicians use in any trade, reviewed by hand; a pack's own terms come from its author.

The first phrase of each line is found by the others too. Only what is unambiguous in a workshop is
listed: `cap` is a capacitor to one and a lid to another, and stays out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fieldfare.stems import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINES = """
rpm | revolutions per minute | engine speed | rotational speed | speed
psu | power supply unit | power supply
temp | temperature
temps | temperatures
bat | battery
batt | battery
volt | voltage | volts
amp | ampere | amps | current
amps | amp | ampere | current
amperage | current
hz | hertz | frequency
spec | specification | specifications
specs | specifications | technical data
tech data | technical data | specifications
max | maximum
min | minimum
qty | quantity
capacity | quantity | volume
quantity | capacity | volume
approx | approximately
temperature range | operating temperature
ac | alternating current
dc | direct current
pcb | printed circuit board | circuit board
ecu | control unit | engine control unit
mcu | microcontroller | micro controller
gen | generator
genset | generating set | generator set
comms | communication
config | configuration
params | parameters
param | parameter
diag | diagnosis | diagnostics
calib | calibration | calibrate
maint | maintenance
assy | assembly
disassembly | take apart | teardown | dismantle | dismantling
removal | remove | take out
replacement | replace | renew | change | swap
install | installation | fit | mount
uninstall | remove | removal
fix | repair
broken | defective | faulty | damaged
weigh | weight | mass
heavy | weight | mass
weight | mass
how often | interval | every
dimensions | size | length width height
size | dimensions
tall | height
wide | width
fluid | liquid
spanner | wrench
screw | bolt
tighten | torque
tightening | torque
tightness | torque
torque | tightening torque
oil change | change the oil
lubricate | grease | lubrication
lube | lubrication | lubricate | oil
fuse | fuses | circuit breaker
breaker | circuit breaker
e stop | emergency stop
estop | emergency stop
emergency off | emergency stop
led | indicator light | lamp | light
display | screen
screen | display
switch on | turn on | power on | start
turn on | switch on | power on | start
switch off | turn off | power off | stop
turn off | switch off | power off | stop
reboot | restart
restart | reboot
hook up | connect
plug in | connect
wire | cable
cord | cable
lid | cover
cover | lid | panel
error code | fault code | alarm code
error | fault | alarm
fault | error | alarm
malfunction | fault
ppe | personal protective equipment | protective equipment
loto | lockout tagout | lock out
gpm | gallons per minute | flow rate
psi | pressure
kpa | pressure
db | noise level | sound level
loud | noise | sound level
noise | sound level
petrol | gasoline | fuel
antifreeze | coolant
firmware | software version
fw | firmware
hw | hardware
sw | software
ev | electric vehicle
evse | wallbox | charging station | charger
pv | photovoltaic | solar
soc | state of charge
wifi | wi fi | wlan | wireless
wlan | wifi
fahrzeug | auto
drehzahl | umdrehungen pro minute | u min
temp | temperatur
batterie | akku | akkumulator
akku | batterie
spannung | volt
strom | ampere
störung | fehler
fehler | störung
austauschen | wechseln | ersetzen
tauschen | wechseln | ersetzen | austauschen
wechsel | austausch
ausbau | demontage | ausbauen | demontieren
einbau | montage | einbauen | montieren
einschalten | anschalten | starten
ausschalten | abschalten | stoppen
anzugsmoment | drehmoment | anziehdrehmoment
anziehen | drehmoment
wartung | instandhaltung
sicherung | leitungsschutzschalter
gewicht | masse
füllmenge | fassungsvermögen | menge
fassungsvermögen | füllmenge | menge | inhalt
not aus | not halt
kabel | leitung
bildschirm | display | anzeige
einstellung | konfiguration | einstellen
konfigurieren | einrichten | einstellen
ladestation | wallbox
wallbox | ladestation
vitesse | régime | tours par minute
couple | couple de serrage
panne | défaut | erreur
remplacer | changer
remplacement | changement
démonter | déposer
démontage | dépose
batterie | accumulateur
vidange | vidanger
entretien | maintenance
allumer | mettre en marche
éteindre | arrêter
poids | masse
capacité | contenance | quantité
contenance | capacité | quantité
arrêt d urgence | coup de poing
avería | fallo | error
fallo | error | avería
cambiar | sustituir | reemplazar
sustitución | cambio | reemplazo
desmontar | retirar | quitar
batería | acumulador
mantenimiento | revisión
encender | poner en marcha
apagar | parar
peso | masa
capacidad | cantidad | volumen
parada de emergencia | seta de emergencia
"""


@cache
def _by_phrase() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for line in _LINES.strip().splitlines():
        phrases = [phrase.strip() for phrase in line.split("|")]
        found.setdefault(tuple(tokens(phrases[0])), []).extend(phrases[1:])
    return {phrase: tuple(dict.fromkeys(others)) for phrase, others in found.items()}


@cache
def _longest() -> int:
    return max(map(len, _by_phrase()))


def meanings(asked: Sequence[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The phrases of a question that the list knows, each with what also means it."""
    known = _by_phrase()
    return [
        (phrase, known[phrase])
        for start in range(len(asked))
        for width in range(1, _longest() + 1)
        if (phrase := tuple(asked[start : start + width])) in known and len(phrase) == width
    ]
