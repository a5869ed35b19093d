"""The small words that turn a sentence round, in English, German, French and Spanish, and those that change nothing.

What stands in none of these sets is content: it must stand in the evidence as it is.
"""

from __future__ import annotations

# Each of these must be kept where its clause is used, and may not be brought in. Several spellings share a key.
NEGATIONS = dict.fromkeys(
    """not no never none nor neither without nobody nothing nowhere non\n    nicht kein keine keinen keinem keiner keines nie niemals ohne weder nichts\n    ne pas jamais sans aucun aucune ni rien\n    nunca jamás sin ningún ninguna ninguno tampoco nada""".split(),
    "not",
) | {"neednot": "neednot", "insteadof": "insteadof", "anstatt": "insteadof", "statt": "insteadof"}

# What binds a statement to a condition: none of a sentence may be dropped, whichever of its clauses is used.
CONDITIONS = {
    word: word
    for word in """if unless until only except before after while when whenever whether once although though because
    therefore thus hence since during otherwise provided respectively
    wenn falls sofern bevor nachdem während nur bis außer sobald solange weil damit deshalb sonst ausschließlich vor nach
    si avant après seulement sauf pendant lorsque lorsqu quand parce jusqu uniquement
    antes después solo sólo solamente excepto mientras cuando hasta porque""".split()
} | {"till": "until", "whilst": "while", "solely": "only", "exclusively": "only"}

# Direction, state, degree, modality, order: to be kept and not to be brought in, within the clause.
_POLAR = """open close shut left right clockwise counterclockwise on off up down out over under above below beneath behind
    between inside outside around opposite against toward towards into onto through across from
    minimum maximum least most more less fewer increase decrease raise lower rise drop fall higher highest lowest tighten loosen
    positive negative inlet outlet upper front rear top bottom inner outer inward outward forward backward reverse
    hot cold warm cool wet dry empty full live dead new old used unused loose tight high low large small long short
    fast slow thick thin light heavy hard soft strong weak clean dirty good bad damaged correct incorrect safe unsafe
    connect disconnect attach detach install remove insert fit lock unlock engage disengage enable disable enabled disabled
    start stop run running stopped release press push pull fill drain add subtract lift allow forbid prohibit avoid prevent
    internal external primary secondary male female north south east west vertical horizontal parallel series input output
    first second third fourth fifth last next previous finally once twice again always
    may might could can sometimes often usually normally typically generally rarely seldom hardly barely partly nearly almost occasionally
    possibly perhaps probably likely maybe about too enough some several many few any both either half part majority
    early late earlier later
    offen öffnen geöffnet schließen geschlossen links rechts linke rechte uhrzeigersinn gegen oben unten über unter ein aus auf zu
    mindestens höchstens maximal minimal mehr weniger lösen anziehen festziehen verbinden trennen einschalten ausschalten
    einbauen ausbauen starten stoppen drücken ziehen darf dürfen kann können muss müssen erste zweite letzte immer
    ouvrir fermer ouvert fermé gauche droite horaire antihoraire haut bas dessus dessous serrer desserrer brancher débrancher
    arrêter démarrer plus moins toujours premier dernier peut doit
    abrir cerrar abierto cerrado izquierda derecha arriba abajo apretar aflojar conectar desconectar encender apagar
    más menos siempre primero último puede debe""".split()
POLAR = {word: word for word in _POLAR} | {
    "approximately": "about", "roughly": "about",
    "opened": "open", "opens": "open", "opening": "open", "closed": "close", "closes": "close", "closing": "close",
    "shut": "close", "anticlockwise": "counterclockwise", "max": "maximum", "min": "minimum", "might": "may",
    "increased": "increase", "increases": "increase", "decreased": "decrease", "decreases": "decrease",
    "reduce": "decrease", "reduced": "decrease", "reduces": "decrease", "tightened": "tighten", "tightening": "tighten",
    "loosened": "loosen", "loosening": "loosen", "could": "can", "upwards": "up", "downwards": "down", "upward": "up",
    "downward": "down", "forwards": "forward", "backwards": "backward", "opposites": "opposite", "towards": "toward",
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "raised": "raise", "lowered": "lower",
    "connected": "connect", "connects": "connect", "connecting": "connect", "disconnected": "disconnect",
    "disconnecting": "disconnect", "attached": "attach", "detached": "detach", "installed": "install",
    "installing": "install", "removed": "remove", "removing": "remove", "removes": "remove", "inserted": "insert", "fitted": "fit",
    "locked": "lock", "unlocked": "unlock", "engaged": "engage", "disengaged": "disengage", "starts": "start",
    "started": "start", "starting": "start", "stops": "stop", "stopped": "stop", "stopping": "stop", "runs": "run",
    "running": "run", "released": "release", "releases": "release", "pressed": "press", "pushed": "push", "pulled": "pull",
    "filled": "fill", "drained": "drain", "added": "add", "lifted": "lift", "allowed": "allow", "forbidden": "forbid",
    "prohibited": "prohibit", "enables": "enable", "disables": "disable", "cleaned": "clean", "cleaning": "clean",
    "avoided": "avoid", "prevented": "prevent", "prevents": "prevent", "rises": "rise", "drops": "drop", "falls": "fall",
    "pulls": "pull", "pushes": "push", "presses": "press", "fills": "fill", "drains": "drain", "adds": "add",
}  # fmt: skip

# Words without which a sentence says the same. An instruction and an obligation are one: `Open`, `must be opened`.
FREE = frozenset(
    """a an the is are was were be been being am have has had do does did will would shall should must ought need needs needed
    require requires required you your yours we our us i my also and as at by for in of on to with that there here please its
    which who whom whose where then so such
    der das dem des ist sind wird werden und von zu zum zur im in am für mit bei sie ihr ihre es sich dass
    le la les un une des du de et ou est sont avec dans sur en au aux il se ce que qui
    el los las unos unas y es con por para que se al del su""".split()
) - {"ou"}  # fmt: skip
BE = frozenset("is are was were be been being".split())
OBLIGATION = frozenset("must should shall need needs needed ought has have required".split())
DETERMINERS = frozenset(
    "a an the this these those your its their each every all any der das dem des le la les un une el los las".split()
)
PREPOSITIONS = frozenset(
    """at by for in of on to with from into onto through across between behind inside outside around against toward towards
    over under above below beneath near per via within beside along
    von zu zum zur im am für mit bei aus auf
    de du des avec dans sur en à au por para con""".split()
)
PRONOUNS = frozenset("it they them he she this these those he him her er ils elles ello ellos".split())

# A value says what is measured: `tighten to 45 N·m` speaks of a torque.
DIMENSION_NOUNS: dict[str, frozenset[str]] = {
    "torque": frozenset({"torque"}),
    "pressure": frozenset({"pressure"}),
    "temperature": frozenset({"temperature"}),
    "volume": frozenset({"volume", "amount", "quantity"}),
    "mass": frozenset({"mass", "weight"}),
    "power": frozenset({"power"}),
    "voltage": frozenset({"voltage"}),
    "current": frozenset({"current"}),
    "frequency": frozenset({"frequency"}),
    "resistance": frozenset({"resistance"}),
    "time": frozenset({"time"}),
    "rotation": frozenset({"speed"}),
    "speed": frozenset({"speed"}),
    "angle": frozenset({"angle"}),
}
# In a row of a table the colon says it: `E22: Meaning: under-voltage`.
COPULAS = frozenset("mean indicat stand call nam cod fault part number".split())

PHRASES = tuple(
    (rf"(?<!\w){pattern}(?!\w)", replacement)
    for pattern, replacement in (
        (r"(?:can\s?not|can't)", "can not"),
        (r"won't", "will not"),
        (r"(\w+)n't", r"\1 not"),
        (r"(?:do|does|did|will|would) not (?:need|have) to(?: be)?", "neednot"),
        (r"(?:need not|no need to|not (?:required|necessary|needed))(?: be)?", "neednot"),
        (r"(?:instead of|rather than)", "insteadof"),
        (r"(?:except for|other than|apart from|with the exception of)", "except"),
        (r"(?:counter|anti)[- ]clock-?wise", "counterclockwise"),
        (r"as soon as", "when"),
        (r"as long as", "while"),
        (r"because of|due to", "because"),
        (r"in order to", "to"),
        (r"(?:make sure|be sure|ensure|take care)(?: that| to)?", ""),
        (r"it is (?:necessary|important|essential)(?: that| to)", ""),
        (r"you can", "you"),
        (r"next to", "beside"),
        (r"in front of", "front"),
        (r"on top of", "top"),
        (r"e\.g\.|i\.e\.", ","),
    )
)  # fmt: skip

IRREGULAR = {
    "shown": "show", "driven": "drive", "held": "hold", "given": "give", "taken": "take", "made": "make", "found": "find",
    "kept": "keep", "sent": "send", "built": "build", "broken": "break", "worn": "wear", "known": "know", "drawn": "draw",
    "written": "write", "chosen": "choose", "lost": "lose", "bent": "bend", "wound": "wind", "put": "put", "set": "set",
    "cut": "cut", "read": "read", "litres": "litre", "liter": "litre", "liters": "litre", "center": "centre",
    "color": "colour", "aluminum": "aluminium", "gage": "gauge", "tire": "tyre", "gray": "grey",
}  # fmt: skip
PARTICIPLES = frozenset(
    "shown driven held given taken made found kept sent built broken worn known drawn written chosen lost put set cut read".split()
)
