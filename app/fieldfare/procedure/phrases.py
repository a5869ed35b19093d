"""How manuals say that something is to be measured, and which value is right: in English, German, French, Spanish, Italian
and Portuguese.
"""

from __future__ import annotations

import re


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


_NOUNS = {
    "voltage": r"voltages?|\w*spannung(?:en)?|voltajes?|voltagem",
    "current": r"currents?|\w*strom|stromstärke|courants?|corrientes?|corrent[ei]",
    "resistance": r"resistances?|\w*widerst[aä]nde?s?|résistances?|resistencias?|resistenz[ae]|resistências?",
    "pressure": r"pressures?|\w*dr[uü]cke?|pressions?|presi(?:ón|ones)|pression[ei]|press(?:ão|ões)",
    "temperature": r"temperatures?|\w*temperatur(?:en)?|températures?|temperaturas?|temperatur[ae]",
    "frequency": r"frequenc(?:y|ies)|\w*frequenz(?:en)?|fréquences?|frecuencias?|frequenz[ae]|frequências?",
    "rotation": r"r\.?p\.?m\.?|\w*drehzahl(?:en)?|régime",
    "": (
        r"speeds?|clearances?|gaps?|thickness(?:es)?|deflections?|tensions?|concentrations?|capacitances?|flow|weights?|"
        r"\w*spiel|\w*dicke|\w*konzentration|\w*durchfluss|geschwindigkeit|épaisseurs?|jeux?|débits?|espesor(?:es)?|"
        r"holguras?|caudal|velocidad(?:es)?|tensi(?:ón|ones)|spessor[ei]|giochi|gioco|portata|velocità|espessura|folgas?|vazão"
    ),
}
_DIMENSIONS = [(dimension, _words(words)) for dimension, words in _NOUNS.items()]
_ANY_NOUN = _words(*_NOUNS.values())

# What ends the object of a verb: `measure the voltage | at X1`.
_STOP = (
    r"(?=[.;:(]|,(?!\s+(?:the|der|die|das|den|la|le|les|el|los|il)\s)|$|\s+(?:with|between|after|while|at|on|in|to|from|by|when|until|again|as|"
    r"using|under|across|before|during|for|against|through|over|if|then|and\s+(?!the\b)|mit|zwischen|nach|während|an|am|im|bei|bis|"
    r"avec|entre|après|pendant|à|au|sur|dans|con|después|durante|en|tras|dopo|tra|com|entre|depois|no|na)\b)"
)
_OBJECT = rf"(?=[^\W\d_])[^.;:(]{{2,80}}?{_STOP}"
MEASURE = re.compile(
    r"(?<!\w)(?:(?P<value>(?:read|note|record|write)\s+(?:down\s+)?the\s+(?:measured\s+)?(?:values?|reading)\b)"
    rf"|(?:(?:re-?)?measure|measure\s+again|messen\s+sie|mesure[rz]|mid[ae]|medir|misur(?:are|ate)|meç[ao])\s+(?P<sure>{_OBJECT})"
    rf"|(?:check|read(?:\s+off)?|note|record|monitor|observe|write\s+down|prüfen\s+sie|kontrollieren\s+sie|lesen\s+sie|notieren\s+sie|"
    rf"vérifie[rz]|contrôle[rz]|releve[rz]|note[rz]|lire|comprobar|compruebe|verificar|verifique|anot[ae]r?|lea|leer|"
    rf"controll(?:are|ate)|verific(?:are|ate)|legg(?:ere|ete)|annot(?:are|ate)|leia)\s+"
    rf"(?!that\b|if\b|whether\b|que\b|che\b)(?P<any>{_OBJECT})"
    r")",
    re.IGNORECASE,
)
"""A verb and what is measured: `sure` for every object, `any` only where it is known to be measurable."""
GERMAN_MEASURE = re.compile(
    r"(?:^|[,;:]\s+|\bund\s+)(?P<sure>(?:den|die|das|der)\s+[^.;:,]{2,60}?)(?:\s+(?:mit|an|am|zwischen|nach|bei|im|in|zum|zur)\s[^.;:,]{1,60}?)?"
    r"\s+(?:erneut\s+|nochmals\s+|wieder\s+)?(?:messen|ablesen)\b",
    re.IGNORECASE,
)
AND = re.compile(r",\s*(?:and\s+|und\s+|et\s+|y\s+|e\s+)?|\s+(?:and|und|et|y|e)\s+", re.IGNORECASE)
ARTICLE = re.compile(
    r"^(?:(?:and|then|also|the|an?|all|each|both|this|its|sie|der|die|das|den|dem|ein\w*|alle|dass|le|la|les|une?|el|los|las|una|il|lo|gli|"
    r"que|che|os?|as?|do|da)\s+|l['’])+",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"it|this|that|again|nochmals|erneut|encore|de nuevo|di nuovo|they|these|them|here|es|er|sie|dies(?:er|e|es)?|il|elle|cel(?:le|ui)-ci|esto|este|esta|questo|questa|isto|"
    r"(?:the\s+)?(?:measured\s+)?(?:values?|readings?|results?)|wert|messwert|valeur|valore?|lectura|lettura|leitura",
    re.IGNORECASE,
)
NO_NAME = re.compile(r"(?:\d+\.\s+)?(?:there|how|if|whether|where|to|from|between|one|that|it)\b", re.IGNORECASE)
"""What begins so names nothing."""
CONDITION = _words(
    "if",
    "unless",
    "in case",
    "wenn",
    "falls",
    "sofern",
    "si",
    "s'il",
    "lorsque",
    "quand",
    "cuando",
    "se",
    "quando",
    "caso",
)
"""A value in a sentence with such a word holds only then."""
LEADING_CONDITION = re.compile(r"\s*(?:when|once|where|for|bei|für|pour|para|per)\b", re.IGNORECASE)
MUST = _words(
    "must", "should", "shall", r"(?:has|have|needs?|ought) to", "muss", "müssen", "soll(?:te|ten|en)?", "darf", "dürfen", "doit", "doivent",
    "debe(?:n|rá)?", "deve(?:m|rá)?", "devono", r"tienen? que",
)  # fmt: skip
NOT = _words("not", "never", "nicht", "kein\\w*", "ne", "n'", "jamais", "no", "nunca", "non", "mai", "não")
PERMITTED = _words(
    "permitted", "permissible", "allowed", "allowable", "acceptable", "specified", "specification", "nominal", "expected", "required",
    "limits?", "target", "set ?point", r"zulässig\w*", r"erlaubt\w*", "sollwert", "soll", r"grenzwerte?", "nennwert", "admissible", "autorisée?s?",
    "limites?", "consigne", r"permitid[oa]s?", "admisibles?", r"ammess[oiae]", r"consentit[oiae]", r"prescrit[oiae]?e?s?", r"previst[oaie]",
)  # fmt: skip
MEASURED = _words(
    "measured?(?: value)?", "readings?", "actual(?: value)?", "results?", "recorded", r"gemessen\w*", "messwerte?", r"ist(?:-?wert)?",
    "mesurée?s?", "relevée?s?", r"medid[oa]s?", "lectura", r"misurat[oiae]", r"rilevat[oiae]", "lettura", "leitura",
)  # fmt: skip
_COPULA = (
    r"is|are|be|reads?|shows?|equals?|ist|sind|beträgt|betragen|liegt|est|sont|être|es|son|ser|è|sono|essere|é|são"
)
GOOD = re.compile(
    r"\s*,?\s*(?:a\.\s?c\.\s*|d\.\s?c\.\s*)?(?:is|are|ist|sind|est|sont|es|son|è|sono|é|são)\s+(?:good|correct|normal|ok|permitted|permissible|"
    r"acceptable|allowed|right|gut|richtig|zulässig|in\s+ordnung|bonn?e?|correcte?|normale?|correct[oa]|buen[oa]|buon[oa]|corrett[oa]|bo[ma])\b",
    re.IGNORECASE,
)
COLON = re.compile(
    r"\b(?:measure|read|messen\s+sie|mesure[rz]|mid[ae]|medir|misur(?:are|ate))\b[^.;:]*:\s*$", re.IGNORECASE
)
HEALTHY = re.compile(
    r"\b(?:good|intact|healthy|sound|intakt\w*|gut\w*|einwandfrei\w*)\s[^,;:]{1,40}\b(?:shows?|reads?|has|have|gives?|zeigt|hat)\s*$",
    re.IGNORECASE,
)
UNTIL = _words("until", "till", "bis", "jusqu['’]à ce que", "hasta que", "finché", "até que")
ENSURE = _words(
    r"(?:make|be) sure(?: that)?", r"(?:ensure|check|verify|confirm|see)(?: that)?", r"(?:sicherstellen|prüfen|kontrollieren)(?: sie)?,? dass",
    r"(?:stellen sie sicher|prüfen sie|achten sie darauf),? dass", r"(?:s['’]assurer|assurez-vous|vérifie[rz]|contrôle[rz]) que",
    r"(?:asegúrese|asegurarse|compruebe|comprobar|verifique|verificar)(?: de)? que", r"(?:assicurarsi|verificare|controllare) che",
    r"(?:certifique-se|verifique|verificar)(?: de)? que",
)  # fmt: skip
IS = _words(
    _COPULA,
    "contains?",
    "has",
    "have",
    "stays?",
    "remains?",
    "lies?",
    "enthält",
    "contient",
    "contiene",
    "hält",
    "rises?",
    "falls?",
    "drops?",
)
IS_NEAR = re.compile(rf"(?:{IS.pattern})(?:\s+[^\W\d_]+)?\s*$", re.IGNORECASE)
"""The verb directly before a value, or one word before it: `is set above` says nothing of what is."""
COMPARED = re.compile(
    r"\s+(?:larger|smaller|longer|shorter|wider|narrower|higher|lower|bigger|thicker|thinner|größer|kleiner|länger|kürzer)\b",
    re.IGNORECASE,
)
EXCEED = re.compile(r"exceed", re.IGNORECASE)
VALUE_IS = re.compile(
    rf"(?<!\w)(?:{_COPULA}|(?:rises?|falls?|drops?|increases?|decreases?)\s+to)\s*(?:about|approx\.?|approximately|between|from|zwischen|entre|de|tra|da)?\s*$",
    re.IGNORECASE,
)
"""Directly before a value that says what something is."""
DIRECT = re.compile(r"\b(?:measure|messen\s+sie|mesure[rz]|mid[ae]|medir|misur(?:are|ate))\s*$", re.IGNORECASE)
WITHIN = re.compile(r"\b(?:in|within|innerhalb\s+von|en|dans|entro|em)\s*$", re.IGNORECASE)
_VALUE = r"(?:\s+(?:permitted|permissible|allowed|allowable|value|limit|zulässig\w*|admissible|permitid[oa]))*"
EXTREME = re.compile(
    rf"(?:(?P<max>(?:(?:permitted|permissible|allowed|allowable)\s+)?\b(?:maximum|upper\s+limit|höchstwert|máximo|massimo){_VALUE})"
    rf"|(?P<min>(?:(?:permitted|permissible|allowed|allowable)\s+)?\b(?:minimum|lower\s+limit|mindestwert|mínimo|minimo){_VALUE}))"
    r"\s*(?:is|are|:|=|ist|beträgt|est(?:\s+de)?|es(?:\s+de)?|è(?:\s+di)?|é(?:\s+de)?)\s*$",
    re.IGNORECASE,
)
"""An extreme that is told before its value: `the permitted maximum is`."""
EXTREME_NAME = _words(
    "maximum",
    "minimum",
    "(?:upper|lower) limit",
    "limit",
    "máximo",
    "mínimo",
    "massimo",
    "minimo",
    "höchstwert",
    "mindestwert",
)
VERB = _words(
    _COPULA, "must", "should", "shall", "has", "have", "contains?", "stays?", "remains?", "may", "can", "muss", "müssen", "soll\\w*", "darf", "dürfen",
    "doit", "doivent", "debe(?:n|rá)?", "deve(?:m|rá)?", "devono", "rises?", "falls?", "drops?", "lies?",
)  # fmt: skip


def dimension_of(name: str) -> str | None:
    """What a name says is measured (`voltage`); empty where it is measurable in several units, None where it says nothing."""
    if not _ANY_NOUN.search(name):
        return None
    return next((dimension for dimension, words in _DIMENSIONS if dimension and words.search(name)), "")
