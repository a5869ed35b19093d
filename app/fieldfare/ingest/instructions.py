"""Lines of a manual that speak to a language model instead of a technician, in en, de, fr, es, pt and it.

A pack is read by a model on the device; a line that orders it about is either an attack or a leftover, and neither belongs
into a manual. Markers of chat templates count in every language.
"""

from __future__ import annotations

import re
import unicodedata

# Patterns are matched on folded text: small letters, no accents, no invisible characters, single spaces.
_FORGET = {
    "en": r"(?:ignore|disregard|forget|override|bypass)\b(?:[^\w.!?]+\w+){0,3}?[^\w.!?]+(?:previous|prior|above|earlier|preceding|foregoing|"
          r"system|all|other|your)[^\w.!?]+(?:\w+[^\w.!?]+){0,2}?(?:instructions?|prompts?|rules|directions|commands|guidelines|messages)",
    "de": r"(?:ignorier\w*|missacht\w*|vergiss|vergessen sie|uberschreib\w*)\b(?:[^\w.!?]+\w+){0,3}?[^\w.!?]+(?:vorherig|bisherig|obig|vorig|fruher|"
          r"vorangegangen|vorangehend|alle|deine|ihre)\w*[^\w.!?]+(?:\w+[^\w.!?]+){0,2}?(?:anweisung|instruktion|regeln|befehl|vorgaben|prompt)\w*",
    "fr": r"(?:ignor|oubli|neglig)(?:e|es|ez|er|ons)\b(?:[^\w.!?]+\w+){0,3}?[^\w.!?]+(?:instructions?|consignes?|directives?|regles|invites?|ordres)"
          r"[^\w.!?]+(?:\w+[^\w.!?]+){0,2}?(?:precedent|anterieur|ci-dessus|systeme|plus haut)\w*",
    "es": r"(?:ignor|olvid|descart)(?:a|e|es|ar|en|ad)\b(?:[^\w.!?]+\w+){0,3}?[^\w.!?]+(?:instrucciones|indicaciones|ordenes|reglas|directrices)"
          r"[^\w.!?]+(?:\w+[^\w.!?]+){0,2}?(?:anterior|previa|de arriba|del sistema)\w*",
    "pt": r"(?:ignor|esquec|desconsider|descart)(?:a|e|es|ar|er|em|am)\b(?:[^\w.!?]+\w+){0,3}?[^\w.!?]+(?:instrucoes|ordens|regras|diretrizes|comandos)"
          r"[^\w.!?]+(?:\w+[^\w.!?]+){0,2}?(?:anterior|previa|acima|do sistema)\w*",
    "it": r"(?:ignora|dimentica|trascura)(?:re|te)?\b(?:[^\w.!?]+\w+){0,3}?[^\w.!?]+(?:istruzioni|indicazioni|regole|direttive|ordini)"
          r"[^\w.!?]+(?:\w+[^\w.!?]+){0,2}?(?:precedent|di cui sopra|sopra|di sistema)\w*",
}  # fmt: skip
_ROLE = {
    "en": r"you are (?:now )?(?:an? )?(?:ai\b|a\.i\.|language model|llm|chat ?bot|(?:helpful |virtual |digital )?assistant|dan\b|gpt)|"
          r"as an? (?:ai|(?:large )?language model|llm|(?:ai|virtual|digital) assistant|chat ?bot)\b|pretend (?:to be|that you|you are)",
    "de": r"du bist (?:jetzt |nun |ab jetzt )?(?:eine? )?(?:ki\b|sprachmodell|chat ?bot|assistent)|als (?:ki|sprachmodell|ki-assistent|chat ?bot)\b",
    "fr": r"(?:tu es|vous etes) (?:maintenant |desormais )?(?:une? )?(?:ia\b|modele de langage|chat ?bot|assistante? (?:virtuel|ia))|"
          r"en tant que? (?:ia\b|modele de langage|assistante? (?:ia|virtuel)|chat ?bot)",
    "es": r"(?:ahora )?(?:eres|usted es) (?:ahora )?(?:una? )?(?:ia\b|modelo de lenguaje|chat ?bot|asistente (?:virtual|de ia))|"
          r"como (?:una? )?(?:ia\b|modelo de lenguaje|asistente (?:virtual|de ia)|chat ?bot)",
    "pt": r"(?:voce|tu) (?:agora )?(?:e|es) (?:agora )?(?:uma? )?(?:ia\b|modelo de linguagem|chat ?bot|assistente (?:virtual|de ia))|"
          r"como (?:uma? )?(?:ia\b|modelo de linguagem|assistente (?:virtual|de ia)|chat ?bot)",
    "it": r"(?:ora |adesso )?(?:sei|lei e) (?:ora |adesso )?(?:una? |un')?(?:ia\b|modello linguistico|chat ?bot|assistente (?:virtuale|ia))|"
          r"come (?:una? )?(?:ia\b|modello linguistico|assistente (?:virtuale|ia)|chat ?bot)",
}  # fmt: skip
_SECRECY = {
    "en": r"(?:do not|don't|never) (?:tell|inform|warn|show|reveal|mention (?:this|it|that) to) (?:this to )?the (?:user|technician|operator) "
    r"(?:that|about|of|any)|do not (?:reveal|mention|disclose) (?:this|these|your|the) (?:prompt|instructions?|line|message)|"
    r"(?:reveal|print|repeat|output|show) (?:your|the) (?:system |hidden |initial )?(?:prompt|instructions)",
    "de": r"(?:sag|sage|sagen sie|verrate|verraten sie) (?:es |dies |das )?dem (?:benutzer|anwender|techniker|nutzer) nicht|"
    r"(?:gib|geben sie|zeige|wiederhole) (?:deine|ihre|den) (?:system)?-?(?:prompt|anweisungen)",
    "fr": r"ne (?:dis|dites|revele|revelez) (?:rien |pas )(?:ceci |cela )?a l.(?:utilisateur|operateur)|ne le (?:dis|dites) pas a l.utilisateur",
    "es": r"no (?:se lo |le |lo )?(?:digas|diga|reveles|revele|menciones) (?:nada |esto )?al (?:usuario|operador|tecnico)",
    "pt": r"nao (?:o |lhe )?(?:diga|digas|revele|mencione) (?:nada |isto |isso )?ao (?:usuario|utilizador|operador|tecnico)",
    "it": r"non (?:lo )?(?:dire|rivelare|dite|riveli) (?:nulla |niente |questo )?all.(?:utente|operatore)",
}
_ANSWER = {
    "en": r"(?:always|only) (?:answer|respond|reply) (?:with|that|only)\b|(?:answer|respond|reply) (?:only|always) (?:with|that|in)\b|"
          r"(?:answer|respond to|reply to) (?:every|all|any) (?:question|prompt|quer)\w*|when (?:asked|the user asks)\b.{0,60}\b(?:answer|say|respond|reply)\b",
    "de": r"(?:antworte|antworten sie) (?:immer|nur|stets|ausschliesslich|auf (?:jede|alle) frage)|wenn (?:der (?:benutzer|nutzer)|du gefragt)\b.{0,60}\bantworte",
    "fr": r"(?:reponds|repondez) (?:toujours|uniquement|seulement|a (?:toute|chaque) question)",
    "es": r"responde (?:siempre|solo|solamente|unicamente|a (?:toda|cada) pregunta)",
    "pt": r"(?:responda|responde) (?:sempre|apenas|somente|so|a (?:toda|cada) pergunta)",
    "it": r"(?:rispondi|rispondere) (?:sempre|solo|soltanto|unicamente|a (?:ogni|qualsiasi) domanda)",
}  # fmt: skip
# A reader that is no person, addressed by what it is; `AI` alone is an analog input unless somebody writes to it.
_ADDRESS = {
    "en": r"\b(?:(?:dear|hello|hey|hi),? (?:all |every )?|(?:note|message|memo|hint|reminder|instructions?|notice|attention) (?:to|for) "
          r"(?:the |any |all |every |an? )?)(?:ai (?:assistant|model|system|agent|reader|tool|bot)s?|artificial intelligence|llms?|"
          r"(?:large )?language models?|chat ?bots?|chat ?gpt|(?:virtual|digital) assistants?)\b|"
          r"\b(?:dear|hello|hey|hi|(?:note|message|memo|hint|reminder|instructions?|notice|attention) to(?: the| any| all)?),? (?:ai\b|a\.i\.)|"
          r"\b(?:ai (?:assistant|model|agent)s?|language models?|llms?|chat ?bots?) (?:that (?:is |are )?|which (?:is |are )?|who (?:is |are )?)?"
          r"(?:read(?:ing|s)?|process(?:ing|es)?|summari[sz](?:ing|es?)|pars(?:ing|es?)|index(?:ing|es)?) this\b",
    "de": r"\b(?:(?:liebe[rs]?|hallo|hey),? |(?:hinweis|anmerkung|anweisung|nachricht|notiz|bemerkung|botschaft)(?:en|e)? (?:fur|an) "
          r"(?:die |den |das |alle |jede[ns]? |einen? )?)(?:kis?\b|kunstliche[nr]? intelligenz|sprachmodell|chat ?bots?\b|llms?\b|"
          r"(?:digitale[nr]?|virtuelle[nr]?) assistent)",
    "fr": r"\b(?:(?:chere?|bonjour|salut),? |(?:note|remarque|message|avis|instructions?|consignes?)(?: destinee?s?)? (?:a l'|a la |aux? |a |"
          r"pour (?:l'|la |les? |toute )?))(?:ia\b|intelligences? artificielle|modeles? de langage|assistante?s? (?:ia|virtuel)|chat ?bots?\b|"
          r"agents? conversationnel|llms?\b)",
    "es": r"\b(?:(?:querid[oa]|estimad[oa]|hola),? |(?:nota|aviso|mensaje|instruccion(?:es)?|indicacion(?:es)?) (?:para|al?) "
          r"(?:la |el |los |las |toda |cualquier )?)(?:ia\b|inteligencias? artificial|modelos? de lenguaje|asistentes? (?:de ia|virtual)|"
          r"chat ?bots?\b|llms?\b)",
    "pt": r"\b(?:(?:car[oa]|prezad[oa]|ola),? |(?:nota|aviso|mensagem|instruc(?:ao|oes)) (?:para|a|aos?) (?:a |o |as |os |qualquer )?)"
          r"(?:ia\b|inteligencias? artificia|modelos? de linguagem|assistentes? (?:de ia|virtua)|chat ?bots?\b|llms?\b)",
    "it": r"\b(?:(?:car[oaie]|gentile|ciao),? |(?:nota|avviso|messaggio|istruzion[ei]|indicazion[ei]) (?:per |all?'? ?|alla |agli )"
          r"(?:l'|la |il |i |gli |le |ogni )?)(?:ia\b|intelligenz[ae] artificial|modell[oi] linguistic|assistent[ei] (?:ia|ai|virtual)|"
          r"chat ?bot\b|llm\b)",
    "system": r"^\W{0,3}(?:system|systeme|sistema|assistant)(?: message)? ?: ?(?:you (?:are|must|will|shall|should)\b|from now on\b|act as\b|"
              r"sie (?:sind|mussen) (?:jetzt|nun|ab sofort)\b|du (?:bist|musst)\b|(?:tu es|vous etes) (?:maintenant|desormais)\b|"
              r"(?:ahora )?(?:eres|estas|usted es)\b|voce (?:agora )?(?:e|esta|deve)\b|(?:ora |adesso )?(?:sei|devi)\b)",
}  # fmt: skip
_MARKERS = (
    r"<\|[a-z_]{2,20}\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|^\W{0,3}###? ?(?:system|instruction|assistant|human|user)\s*:|"
    r"system ?-?prompts?\b|prompts? (?:systeme|del sistema|do sistema|di sistema)|\bjail ?break\b|\bprompt injection\b|"
    r"\bdeveloper mode (?:enabled|on|activated)\b|\bbegin (?:system|hidden) (?:prompt|instructions)\b|\bnew (?:system )?instructions ?:"
)
_ORDER = re.compile(
    "|".join(
        [_MARKERS, *(pattern for group in (_FORGET, _ROLE, _SECRECY, _ANSWER, _ADDRESS) for pattern in group.values())]
    ),
    re.MULTILINE,
)
MAX_LINE = 2000  # characters of a line that are looked at


def spoken_to_model(text: str) -> str:
    """The first line of a text that speaks to a language model, empty where none does."""
    for line in text.split("\n"):
        if _ORDER.search(_folded(line[:MAX_LINE])):
            return line
    return ""


def _folded(text: str) -> str:
    """Small letters without accents and invisible characters, so that spelling it otherwise does not hide a line."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        character
        for character in plain
        if unicodedata.category(character) not in {"Mn", "Cf", "Cc"} or character == "\n"
    )
    return " ".join(kept.replace("’", "'").split())
