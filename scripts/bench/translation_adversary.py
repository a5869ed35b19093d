"""An engine that lies: it takes the right translation and changes it as careless models do. Knows nothing of the guard.

Where there is no human translation, `pseudo` makes one: German small words by a list of its own, every other word spelled
backwards. It reads like nothing, but says what its source says, number for number.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
MASK = re.compile(r"XZ\d+|⟦\d+⟧")
CODE = re.compile(r"(?<![\w.])(?!XZ\d|Fig)(?=[\w./-]*\d)(?=[\w./-]*[A-Z])[A-Z][\w./-]*\w")
UNITS = {
    "mm": "cm", "cm": "mm", "m": "ft", "kg": "lb", "g": "kg", "V": "kV", "A": "mA", "mA": "A", "W": "kW", "kW": "W", "kWh": "Wh",
    "Hz": "kHz", "kHz": "Hz", "MHz": "kHz", "°C": "°F", "%": "‰", "bar": "psi", "N·m": "lbf·ft", "Ω": "kΩ", "kΩ": "Ω",
    "minutes": "seconds", "Minuten": "Sekunden", "seconds": "minutes", "Sekunden": "Minuten", "minutos": "segundos",
    "secondes": "minutes", "segundos": "minutos", "secondi": "minuti", "minuti": "secondi", "Stunden": "Tage", "hours": "days",
    "horas": "días", "heures": "jours", "ore": "giorni", "ms": "s", "s": "ms", "MB": "GB", "GB": "MB", "px": "cm", "Zoll": "Fuß",
    "inches": "feet", "pouces": "pieds", "pulgadas": "pies", "pollici": "piedi", "Tage": "Wochen", "days": "weeks", "días": "semanas",
}  # fmt: skip
UNIT = re.compile(
    r"(?<=\d)(?<!XZ\d)(?<!XZ\d\d)(?<![A-Z]\d)(\s?)("
    + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
    + r")(?![\w²³/·])"
)
NOT = {
    "en": r"\b(?:do |does |did )?not\b ?|n't\b|\bnever\b ?|\bno\b ?|\bwithout\b ?",
    "de": r"\bnicht\b ?|\bkeine?[nmrs]?\b ?|\bniemals\b ?|\bnie\b ?|\bohne\b ?",
    "es": r"\b[Nn]o\b ?|\bnunca\b ?|\bsin\b ?",
    "fr": r"\b[Nn]e\b ?|\bn['’]|\bpas\b ?|\bjamais\b ?|\bsans\b ?|\baucune?\b ?",
    "it": r"\b[Nn]on\b ?|\bmai\b ?|\bsenza\b ?",
    "pt": r"\b[Nn]ão\b ?|\bnunca\b ?|\bsem\b ?",
}
ONLY = {
    "de": r"\bnur\b ?|\blediglich\b ?|\bausschließlich\b ?", "es": r"\bs[oó]lo\b ?|\bsolamente\b ?|\búnicamente\b ?",
    "fr": r"\bseulement\b ?|\buniquement\b ?", "it": r"\bsolo\b ?|\bsoltanto\b ?|\bsolamente\b ?",
    "pt": r"\b(?:só|apenas|somente)\b ?", "en": r"\bonly\b ?",
}  # fmt: skip
# Pairs of words of which one is put for the other.
SIDES = {
    "de": "links rechts|linke rechte|linken rechten", "es": "izquierda derecha|izquierdo derecho", "fr": "gauche droite",
    "it": "sinistra destra|sinistro destro", "pt": "esquerda direita|esquerdo direito", "en": "left right",
}  # fmt: skip
POLES = {
    "de": "öffnen schließen|geöffnet geschlossen|einschalten ausschalten|eingeschaltet ausgeschaltet|bevor nachdem|vor nach|oben unten|"
    "aktiviert deaktiviert|aktivieren deaktivieren|erhöhen verringern|höher niedriger|mehr weniger|starten stoppen|verbinden trennen|"
    "maximal minimal|mindestens höchstens|erste letzte|immer nie|verbunden getrennt",
    "es": "abrir cerrar|abierto cerrado|encender apagar|antes después|arriba abajo|superior inferior|activado desactivado|habilitar deshabilitar|"
    "aumentar reducir|mayor menor|más menos|conectar desconectar|máximo mínimo|máxima mínima|primero último|siempre nunca|conectado desconectado",
    "fr": "ouvrir fermer|ouvert fermé|avant après|haut bas|activé désactivé|activer désactiver|augmenter réduire|plus moins|démarrer arrêter|"
    "connecter déconnecter|connecté déconnecté|maximum minimum|maximale minimale|premier dernier|toujours jamais",
    "it": "aprire chiudere|aperto chiuso|prima dopo|superiore inferiore|abilitato disabilitato|abilitare disabilitare|aumentare ridurre|"
    "più meno|avviare fermare|collegare scollegare|massimo minimo|massima minima|sempre mai|primo ultimo",
    "pt": "abrir fechar|aberto fechado|antes depois|superior inferior|habilitado desabilitado|ativar desativar|aumentar diminuir|mais menos|"
    "conectar desconectar|máximo mínimo|máxima mínima|sempre nunca|primeiro último",
    "en": "open close|opened closed|before after|upper lower|enabled disabled|increase decrease|more less|connect disconnect|maximum minimum|always never",
}  # fmt: skip
FORCES = {
    "de": (r"\b(?:darf|dürfen) nicht\b", "muss nicht"), "es": (r"\bno (?:debe|deben|puede|pueden)\b", "no necesita"),
    "fr": (r"\bne (?:doit|doivent|peut|peuvent) pas\b", "n'a pas besoin"), "it": (r"\bnon (?:deve|devono|può|possono)\b", "non è necessario"),
    "pt": (r"\bnão (?:deve|devem|pode|podem)\b", "não precisa"), "en": (r"\b(?:must not|cannot)\b", "need not"),
}  # fmt: skip
INVENTED = {
    "de": "Das Gerät ist danach sofort betriebsbereit.", "es": "El aparato queda listo para funcionar.", "fr": "L'appareil est alors prêt à fonctionner.",
    "it": "L'apparecchio è quindi pronto per l'uso.", "pt": "O aparelho fica então pronto para uso.", "en": "The device is then ready for use.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lie:
    """What a fault made of a right translation, and of what kind it is."""

    text: str
    kind: str


def _one(pattern: re.Pattern[str], text: str, chance: random.Random, put: Callable[[re.Match[str]], str]) -> str:
    """The text with one occurrence changed."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = chance.choice(found)
    return text[: match.start()] + put(match) + text[match.end() :]


def _digit(text: str, _: str, chance: random.Random) -> str:
    def put(match: re.Match[str]) -> str:
        at = chance.choice([n for n, one in enumerate(match.group()) if one.isdigit()])
        new = chance.choice([one for one in "0123456789" if one != match.group()[at]])
        return match.group()[:at] + new + match.group()[at + 1 :]

    return _one(NUMBER, text, chance, put)


def _dropped_digit(text: str, _: str, chance: random.Random) -> str:
    return _one(NUMBER, text, chance, lambda match: match.group()[1:].lstrip(".,"))


def _moved_point(text: str, _: str, chance: random.Random) -> str:
    def put(match: re.Match[str]) -> str:
        digits = re.sub(r"[.,]", "", match.group())
        at = chance.randrange(1, len(digits)) if len(digits) > 1 else 1
        new = f"{digits[:at]},{digits[at:]}" if digits[at:] else digits + ",5"
        return digits + "0" if new == match.group().replace(".", ",") else new  # 2,8 is 2.8

    return _one(NUMBER, text, chance, put)


def _lost_number(text: str, _: str, chance: random.Random) -> str:
    return _one(re.compile(NUMBER.pattern + " ?"), text, chance, lambda _match: "")


def _swapped(pattern: re.Pattern[str], text: str, chance: random.Random) -> str:
    found = list(pattern.finditer(text))
    if len(found) < 2:
        return text
    a, b = sorted(chance.sample(found, 2), key=lambda match: match.start())
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def _unit(text: str, _: str, chance: random.Random) -> str:
    return _one(UNIT, text, chance, lambda match: match[1] + UNITS[match[2]])


def _lost_unit(text: str, _: str, chance: random.Random) -> str:
    return _one(UNIT, text, chance, lambda _match: "")


def _code(text: str, _: str, chance: random.Random) -> str:
    def put(match: re.Match[str]) -> str:
        at = chance.choice([n for n, one in enumerate(match.group()) if one.isalnum()])
        new = chance.choice([one for one in "0123456789ABCDEFGHKLMNPRSTUVWXYZ" if one != match.group()[at].upper()])
        return match.group()[:at] + new + match.group()[at + 1 :]

    return _one(CODE, text, chance, put)


def _pairs(table: str, text: str, chance: random.Random) -> str:
    pairs = dict(tuple(one.split()) for one in table.split("|"))
    both = pairs | {after: before for before, after in pairs.items()}
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, both)) + r")(?!\w)", re.IGNORECASE)

    def put(match: re.Match[str]) -> str:
        new = both[match.group().lower()]
        return new[0].upper() + new[1:] if match.group()[0].isupper() else new

    return _one(pattern, text, chance, put)


def _force(text: str, language: str, chance: random.Random) -> str:
    pattern, new = FORCES[language]
    return _one(re.compile(pattern, re.IGNORECASE), text, chance, lambda _match: new)


def _without_not(text: str, language: str, chance: random.Random) -> str:
    if language == "fr":
        return re.sub(NOT["fr"], "", text, flags=re.IGNORECASE)
    return _one(re.compile(NOT[language], re.IGNORECASE), text, chance, lambda _match: "")


def _added_not(text: str, language: str, chance: random.Random) -> str:
    word = {"de": "nicht", "es": "no", "fr": "jamais", "it": "non", "pt": "não", "en": "not"}[language]
    words = text.split(" ")
    words.insert(chance.randrange(1, len(words) + 1), word)
    return " ".join(words)


def _loop(text: str, _: str, chance: random.Random) -> str:
    words = text.split(" ")
    at = chance.randrange(len(words))
    part = words[at : at + chance.randrange(1, 4)]
    return " ".join([*words[:at], *part * 6, *words[at + len(part) :]])


def _invented(text: str, language: str, _: random.Random) -> str:
    return f"{text} {INVENTED[language]}"


def _cut(text: str, _: str, __: random.Random) -> str:
    words = text.split(" ")
    return " ".join(words[: len(words) // 3])


def _mask_lost(text: str, _: str, chance: random.Random) -> str:
    return _one(re.compile(f"(?:{MASK.pattern}) ?"), text, chance, lambda _match: "")


def _mask_doubled(text: str, _: str, chance: random.Random) -> str:
    return _one(MASK, text, chance, lambda match: f"{match.group()} {match.group()}")


def _only_lost(text: str, language: str, chance: random.Random) -> str:
    return _one(re.compile(ONLY[language], re.IGNORECASE), text, chance, lambda _match: "")


def _version(text: str, _: str, chance: random.Random) -> str:
    return _one(
        re.compile(r"\d\.\d+\.x"), text, chance, lambda match: match.group().replace(".", ",", 1).replace(".x", " x")
    )


FAULTS: dict[str, Callable[[str, str, random.Random], str]] = {
    "digit changed": _digit, "digit dropped": _dropped_digit, "point moved": _moved_point, "number lost": _lost_number,
    "numbers exchanged": lambda text, _, chance: _swapped(NUMBER, text, chance), "unit changed": _unit, "unit lost": _lost_unit,
    "code changed": _code, "codes exchanged": lambda text, _, chance: _swapped(CODE, text, chance), "version torn": _version,
    "mask lost": _mask_lost, "mask doubled": _mask_doubled, "masks exchanged": lambda text, _, chance: _swapped(MASK, text, chance),
    "not dropped": _without_not, "not added": _added_not, "only dropped": _only_lost, "must not → need not": _force,
    "left ↔ right": lambda text, language, chance: _pairs(SIDES[language], text, chance),
    "turned round": lambda text, language, chance: _pairs(POLES[language], text, chance),
    "loop": _loop, "sentence invented": _invented, "cut off": _cut, "foreign script": lambda text, _, __: text[: len(text) // 2] + " нажмите",
    "nothing": lambda _, __, ___: "",
}  # fmt: skip
# Of these nothing may ever be shown: the number, unit or identifier is another one.
EXACT = (
    "digit changed", "digit dropped", "point moved", "number lost", "numbers exchanged", "unit changed", "unit lost", "code changed",
    "codes exchanged", "version torn", "mask lost", "mask doubled", "masks exchanged",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Way:
    digest: str = "adversary"
    direct: bool = True


class Adversary:
    """An engine of which every hypothesis is a lie; what it told is kept, to be recognised on the screen.

    `right` gives the right translation of what it is asked (masks and all), empty where there is none. Of `kinds` one is
    chosen for each hypothesis; honest engines have none and tell the truth.
    """

    def __init__(self, right: Callable[[str], str], kinds: Sequence[str] = tuple(FAULTS), seed: int = 5) -> None:
        self._right = right
        self._kinds = tuple(kinds)
        self._chance = random.Random(seed)
        self.told: dict[str, list[Lie]] = {}

    def route(self, source: str, target: str) -> Way:
        return Way(f"{source}-{target}")

    def translate(
        self, sentences: Sequence[str], source: str, target: str, *, count: int, cancelled: Callable[[], bool]
    ) -> Iterator[list[Said]]:
        del source
        for sentence in sentences:
            if cancelled():
                return
            right = self._right(sentence)
            if not self._kinds:
                yield [Said(right)]
                continue
            lies = [lie for lie in (self._lie(right, target) for _ in range(count)) if lie is not None]
            self.told.setdefault(sentence, []).extend(lies)
            yield [Said(one.text) for one in lies]

    def _lie(self, right: str, target: str) -> Lie | None:
        for kind in self._chance.sample(self._kinds, len(self._kinds)):
            text = FAULTS[kind](right, target, self._chance)
            if " ".join(text.split()) != " ".join(right.split()):
                return Lie(text, kind)
        return None


_PSEUDO = {
    "not": "nicht", "n't": "nicht", "no": "kein", "never": "niemals", "without": "ohne", "cannot": "kann nicht", "none": "keiner", "nothing": "nichts",
    "the": "die", "and": "und", "of": "von", "is": "ist", "are": "sind", "for": "für", "with": "mit", "on": "auf", "a": "eine", "an": "eine",
    "to": "zu", "in": "in", "by": "bei", "if": "wenn", "it": "sie", "be": "werden", "left": "links", "right": "rechts", "only": "nur", "open": "öffnen",
    "opened": "geöffnet", "close": "schließen", "closed": "geschlossen", "before": "bevor", "after": "nachdem", "must": "muss", "may": "kann", "can": "kann",
    "should": "sollte", "required": "erforderlich", "unless": "außer", "except": "außer", "enabled": "aktiviert", "disabled": "deaktiviert",
    "enable": "aktivieren", "disable": "deaktivieren", "minimum": "minimal", "maximum": "maximal", "least": "mindestens", "most": "meist", "more": "mehr",
    "less": "weniger", "upper": "oberer", "lower": "niedriger", "higher": "höher", "first": "erste", "last": "letzte", "connect": "verbinden",
    "connected": "verbunden", "disconnect": "trennen", "disconnected": "getrennt", "start": "starten", "stop": "stoppen", "always": "immer",
    "minutes": "Minuten", "minute": "Minute", "seconds": "Sekunden", "second": "Sekunde", "hours": "Stunden", "hour": "Stunde", "days": "Tage", "day": "Tag",
    "inch": "Zoll", "inches": "Zoll", "feet": "Fuß", "times": "mal", "volts": "Volt", "percent": "Prozent", "weeks": "Wochen", "week": "Woche",
    "months": "Monate", "month": "Monat", "years": "Jahre", "year": "Jahr", "degrees": "Grad", "one": "eine", "two": "zwei", "three": "drei",
    "four": "vier", "five": "fünf", "six": "sechs", "seven": "sieben", "eight": "acht", "nine": "neun", "ten": "zehn", "eleven": "elf", "twelve": "zwölf",
    "both": "beide", "nor": "noch", "neither": "weder", "have": "haben", "need": "muss", "needs": "muss", "or": "oder", "other": "andere", "which": "welche",
    "from": "aus", "at": "an", "pixels": "px", "bits": "bit", "bytes": "Byte", "clockwise": "im Uhrzeigersinn", "counterclockwise": "linksherum",
    "inner": "innere", "internal": "interne", "external": "externe", "outside": "außerhalb", "outer": "äußere", "afterward": "danach", "afterwards": "danach", "insufficient": "unzureichend", "inside": "innen", "fast": "schnell", "faster": "schneller",
    "quick": "schnell", "quickly": "schnell", "slow": "langsam", "slowly": "langsam", "positive": "positiv", "negative": "negativ", "unlimited": "unbegrenzt",
    "incompatible": "inkompatibel", "incorrect": "inkorrekt", "invalid": "ungültig", "unknown": "unbekannt", "unused": "unbenutzt", "unable": "unfähig",
    "impossible": "unmöglich", "shall": "muss", "previously": "zuvor", "every": "jede", "top": "oben", "bottom": "unten", "above": "oben", "below": "unten",
    "front": "vorn", "watts": "W", "meters": "m", "turns": "Umdrehungen", "milliseconds": "ms",
}  # fmt: skip
_TOKEN = re.compile(r"n't\b|(?<![\w.'/\\-])[A-Za-z]+(?:'(?!t\b)[a-z]+)?(?![\w'/-]|\.\w)")


def pseudo(sentence: str) -> str:
    """An English sentence in the German of small words, every other word spelled backwards; codes and numbers as they are."""

    sentence = re.sub(r"(?<=\d) to (?=\d)", " bis ", sentence)
    sentence = re.sub(r"\b(must|may|shall) not\b", "darf nicht", re.sub(r"\bcannot\b", "kann nicht", sentence))

    def put(match: re.Match[str]) -> str:
        word = match.group()
        if word == "n't":
            return " nicht"
        if word in {"darf", "nicht", "bis"} or (
            re.match(r"\.\s?(?:[\da-z(]|$)", sentence[match.end() :]) and len(word) < 7
        ):  # Fig. 3
            return word
        if (
            MASK.fullmatch(word)
            or (not word.islower() and not word.istitle())
            or (len(word) == 1 and word != "a")
            or (re.search(r"\d[\s-]?$", sentence[: match.start()]) and word.lower() not in _PSEUDO and len(word) <= 4)
        ):
            return word
        new = _PSEUDO.get(word.lower()) or word[::-1].lower() + "a"
        return new[0].upper() + new[1:] if word[0].isupper() else new

    return _TOKEN.sub(put, sentence)


def referenced(translations: Mapping[str, str]) -> Callable[[str], str]:
    """The right translation of what is asked by heart; what is not known comes back as it is."""
    return lambda sentence: translations.get(sentence, sentence)
