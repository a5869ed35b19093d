"""Words by which a question shows what it asks for and what it leaves out, in four languages.

A property (`torque`) or an action (`remove`) needs a thing; a pointer (`it`) or an opening (`and the …`) takes the thing from
the question before. What is none of these and no function word is taken for the thing itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fieldfare.text import STOP_WORDS, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language, folded to lower case.

    `openings` begin a question that goes on from another; `pointers` stand for its thing, `owners` for whose something is,
    and `ones` for a thing that a word before tells apart. `asking` are question words and auxiliaries: without one a text is
    no sentence. `impersonal` follow an `it` that stands for nothing. `of` joins a property and its thing, `the` begins one;
    in a language of `compounds` they may be one word.
    """

    openings: tuple[str, ...]
    pointers: frozenset[str]
    owners: frozenset[str]
    ones: frozenset[str]
    impersonal: frozenset[str]
    asking: frozenset[str]
    articles: frozenset[str]
    links: frozenset[str]
    properties: frozenset[str]
    actions: frozenset[str]
    of: str
    the: str
    compounds: bool = False


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = Language(
    openings=(
        "and what about",
        "and how about",
        "what about",
        "how about",
        "what of",
        "and for",
        "and with",
        "same for",
        "and",
        "also",
        "or",
        "but",
        "then",
        "so",
        "ok and",
        "ok",
        "okay",
    ),
    pointers=_set("it they them this that these those"),
    owners=_set("its their"),
    ones=_set("one ones"),
    impersonal=_set(
        "safe possible ok okay necessary allowed normal better best true correct important required enough legal common worth "
        "good bad mandatory permitted"
    ),
    asking=_set(
        "what which who whom whose where when why how is are was were do does did can could should must may might will would "
        "shall has have had"
    ),
    articles=_set("the a an"),
    links=_set("of for on in at to with from by and the a an or between under over near"),
    properties=_set(
        """torque torques tightening voltage voltages current amperage power wattage pressure pressures temperature size sizes
        dimension dimensions length width height depth diameter thickness weight mass volume capacity quantity amount level speed
        rpm frequency resistance impedance gap clearance distance tolerance tension interval intervals schedule time duration
        age limit limits range rating value values setting settings specification specifications spec specs number code type
        grade class colour color material location position direction order sequence cost price part parts tool tools cause
        causes reason remedy symptom symptoms meaning purpose function maximum minimum max min nominal permitted recommended
        required correct right normal default long often much many far high big hot fast deep tight heavy large small wide
        consumption output input load ratio angle flow rate unit units nm difference advantage advantages disadvantages""",
    ),
    actions=_set(
        """replace replaced change changed install installed remove removed clean cleaned adjust adjusted start started stop
        stopped test tested check checked drain drained fill filled bleed calibrate calibrated reset mount mounted attach
        connect connected disconnect assemble disassemble tighten tightened loosen charge charged update lubricate inspect
        prime flush store lift transport fit swap renew measure measured read find found open close use used work works need
        needed do done make made get go take takes put set turn switch repair fix fixed see look say know apply happen fail
        failed break broken call called cost costs wait keep happens happened"""
    ),
    of="of",
    the="the",
)
GERMAN = Language(
    openings=(
        "und was ist mit",
        "und wie sieht es mit",
        "wie sieht es mit",
        "was ist mit",
        "und wie ist es bei",
        "und bei",
        "und mit",
        "und für",
        "und",
        "oder",
        "aber",
        "auch",
        "dann",
        "also",
    ),
    pointers=_set("es ihn ihm ihnen diese dieser dieses diesen diesem davon dafür damit daran darauf darin dazu dort"),
    owners=_set("sein seine seinen seiner ihr ihre ihren ihrer deren dessen"),
    ones=frozenset(),
    impersonal=_set("gibt sicher möglich nötig erlaubt normal besser wichtig richtig geht muss darf"),
    asking=_set(
        "was wer wen wem wessen welche welcher welches welchen welchem wo wann warum wieso weshalb wie wieviel ist sind war "
        "kann können muss müssen soll sollen darf dürfen wird werden hat haben mache macht man"
    ),
    articles=_set("der die das den dem des ein eine einen einem einer eines"),
    links=_set(
        "der die das den dem des ein eine einen einem einer von vom für an am in im bei beim zu zum zur mit und oder"
    ),
    properties=_set(
        """drehmoment anzugsmoment anziehmoment moment spannung strom leistung druck temperatur größe maß maße länge breite höhe
        tiefe durchmesser dicke gewicht masse volumen inhalt füllmenge menge stand drehzahl geschwindigkeit frequenz widerstand
        spalt spiel abstand toleranz intervall frist zeit dauer grenze grenzwert bereich wert werte einstellung nummer
        teilenummer code typ art farbe material werkstoff ort lage position richtung reihenfolge preis teil teile werkzeug ursache
        ursachen grund abhilfe bedeutung zweck funktion maximum minimum maximal minimal zulässig richtig lang oft viel viele weit
        hoch groß heiß schnell tief fest schwer verbrauch unterschied"""
    ),
    actions=_set(
        """baue baut bau wechseln ersetzen tausche stelle prüfe messe löse ziehe öffne schließe reinige starte lade fülle
        lasse komme ersetze wechseln wechsle wechselt tauschen austauschen ausbauen einbauen entfernen reinigen einstellen
        starten stoppen testen prüfen prüfe ablassen füllen auffüllen entlüften kalibrieren zurücksetzen montieren demontieren
        anschließen abklemmen anziehen lösen laden schmieren messen lesen finden öffnen schließen benutzen brauche braucht
        machen tun nehmen drehen schalten reparieren warten funktioniert bedeutet heißt passiert"""
    ),
    of="von",
    the="",
    compounds=True,
)
FRENCH = Language(
    openings=(
        "et qu'en est il de",
        "et qu en est il de",
        "qu'en est il de",
        "qu en est il de",
        "et pour",
        "et avec",
        "et",
        "ou",
        "mais",
        "aussi",
        "alors",
        "donc",
    ),
    pointers=_set("il elle ils elles celui celle ceux celles ça cela ceci y"),
    owners=_set("son sa ses leur leurs"),
    ones=frozenset(),
    impersonal=_set("faut possible nécessaire normal dangereux permis interdit important est a"),
    asking=_set(
        "que qu quoi qui quel quelle quels quelles où quand pourquoi comment combien est sont était peut dois doit faut puis "
        "fait a ont"
    ),
    articles=_set("le la les l un une des du de d"),
    links=_set("le la les l un une des du de d à au aux pour sur dans avec et ou en"),
    properties=_set(
        """couple serrage tension courant puissance pression température taille dimension dimensions longueur largeur hauteur
        profondeur diamètre épaisseur poids masse volume capacité quantité niveau vitesse fréquence résistance jeu écart distance
        tolérance intervalle temps durée limite plage valeur valeurs réglage numéro référence code type couleur matière matériau
        emplacement position sens ordre prix pièce pièces outil outils cause causes raison remède signification but fonction
        maximum minimum maximale minimale long souvent consommation différence"""
    ),
    actions=_set(
        """remplacer remplace changer change installer installe enlever retirer démonter monter nettoyer régler démarrer arrêter
        tester contrôler vérifier vidanger remplir purger calibrer réinitialiser connecter brancher débrancher serrer desserrer
        charger lubrifier graisser mesurer lire trouver ouvrir fermer utiliser faire mettre prendre réparer signifie sert"""
    ),
    of="de",
    the="",
)
SPANISH = Language(
    openings=(
        "y qué hay de",
        "qué hay de",
        "y qué tal",
        "qué tal",
        "y para",
        "y con",
        "y",
        "o",
        "pero",
        "también",
        "entonces",
    ),
    pointers=_set("lo él ella ellos ellas eso esto ese esa este esta"),
    owners=_set("su sus"),
    ones=frozenset(),
    impersonal=_set("posible necesario normal peligroso seguro permitido hay"),
    asking=_set(
        "qué que quién cuál cuáles dónde cuándo cómo cuánto cuánta cuántos cuántas es son está están era puede puedo debe debo "
        "hay tiene tienen se"
    ),
    articles=_set("el la los las un una unos unas"),
    links=_set("el la los las un una unos unas de del al a para por en con y o"),
    properties=_set(
        """par apriete voltaje tensión corriente potencia presión temperatura tamaño dimensión dimensiones longitud anchura altura
        profundidad diámetro espesor grosor peso masa volumen capacidad cantidad nivel velocidad frecuencia resistencia holgura
        juego distancia tolerancia intervalo tiempo duración límite rango valor valores ajuste número referencia código tipo color
        material ubicación posición sentido orden precio pieza piezas herramienta herramientas causa causas razón remedio
        significado propósito función máximo mínimo máxima mínima consumo diferencia"""
    ),
    actions=_set(
        """reemplazar cambiar cambia cambio instalar instala quitar quita desmontar montar limpiar limpia ajustar ajusta arrancar
        parar probar comprobar revisar vaciar llenar purgar calibrar reiniciar conectar desconectar apretar aflojar cargar lubricar
        medir mide leer encontrar abrir cerrar usar hacer poner tomar reparar significa sirve"""
    ),
    of="de",
    the="",
)
LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH)
# Politeness and what a question is wrapped in: says nothing about the thing.
FILLERS = _set(
    """please thanks thank hello hi okay ok yes no well oh ah i'm i'd i've it's that's there's there here know want wanna like
    think really actually just sorry again bitte danke ja nein merci oui non por favor gracias sí exactly instead else too either
    s'il plaît vous je j'ai il y a way side end kind sort bit up down people person thing things stuff problem problems cada
    mal fois vez veces"""
)
# What a technician calls a picture when he wants to see one; in German also at the end of a compound (`Schaltplan`).
_PICTURE = re.compile(
    r"\b(?:fig|figures?|pictures?|photos?|images?|diagrams?|drawings?|schematics?|illustrations?|circuit|wiring|exploded view"
    r"|\w*(?:bild(?:er)?|abbildung(?:en)?|plan|pläne|zeichnung(?:en)?|schema|diagramme?|skizzen?)"
    r"|figuras?|imagen|imágenes|fotos?|esquemas?|diagramas?|planos?|dibujos?"
    r"|schémas?|dessins?|illustrations?|éclatée?)\b", re.I,
)  # fmt: skip


def asks_for_picture(text: str) -> bool:
    """Whether a question names a picture: who asks for the wiring diagram wants to see it."""
    return _PICTURE.search(text) is not None


def language_of(*texts: str) -> Language:
    """The language whose function words stand most often in some texts; English where nothing decides."""
    said = [word for text in texts for word in words(text)]

    def weight(language: Language) -> int:
        return sum(word in language.asking or word in language.links or word in language.pointers for word in said)

    return max(LANGUAGES, key=lambda one: (weight(one), one is ENGLISH))


def is_thing(word: str, language: Language) -> bool:
    """Whether a word can name what a question is about: no function word, property, action or number."""
    return not (
        word in STOP_WORDS
        or word in FILLERS
        or word in language.asking
        or word in language.links
        or word in language.pointers | language.owners | language.ones
        or word in language.properties
        or word in language.actions
        or word.replace(".", "").replace(",", "").isdigit()
    )
