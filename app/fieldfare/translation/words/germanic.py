"""The small words of English and German, see `fieldfare.translation.words.language`."""

from __future__ import annotations

from fieldfare.translation.words.language import NOTHING, Language, numbers, pattern, table

ENGLISH = Language(
    name="English",
    comma=False,
    negations=pattern(
        "not cannot never none nor neither nobody nothing nowhere without dont doesnt isnt cant",
        r"n['’]t(?!\w)|(?<!\w)no(?![\w.])(?!\s?\.?\s?\d)|(?<!\w)no\.(?!\s*\d)",
    ),
    echoes=pattern("nor"),
    affixed=pattern(
        """/(?<!\\w)un(?!der|til|it|iq|iv|if|ion|less|lock|plug|load|mount|install|screw|do|dock|pack|wind|seal|clip|fold|cover)\\w+(?:ed|able)(?!\\w) /(?<!\\w)non-\\w+
        unable unavailable unsafe unknown unused unnecessary impossible invalid incorrect* incomplete incompatible inactive improper*
        insufficien* unauthorized unauthorised unprotected unconfigured untested unsupported unlimited unmodified unstable unsuitable
        /(?<!\\w)fail(?!safe)\\w* forbid* forbidden prohibit* uneven unintended unwanted unexpected* unfiltered unsigned unchanged unlikely unbalanced undefined unspecified unintentional*"""
    ),
    weak=pattern(
        """/(?<!\\w)un(?!der|til|it|iq|iv|if|ion|lock|plug|load|mount|install|screw|do|dock|pack|wind|seal|clip|click|fold|cover|hook|latch|wrap|zip|comment|fortun|offici|like|usual|hinge|box|ix|d(?!\\w)|i(?![mn]))\\w+
        /(?<!\\w)fail(?!safe)\\w* invalid impossible incorrect* incomplete* inactive* inaccura* incompatible insufficien* inability illegal avoid*
        miss* lack* absen* disable* rather_than hardly rarely seldom barely except refuse* reject* forbid* forbidden prohibit* exclud*
        /(?<!\\w)\\w+-free(?!\\w)|(?<!\\w)free\\s+(?:of|from)(?!\\w) non* yet /(?<!\\w)(?!regard|neverthe|un)\\w{3,}less(?!\\w) lost rid omit* deni*""",
    ),
    forces={
        "must": pattern("must shall required require requires mandatory need needs needed", r"(?<!\w)(?:have|has|had|having|got)\s+to(?!\w)"),
        "may": pattern("may can could might allowed allows permitted optional optionally possible able let lets"),
        "forbidden": pattern(
            "cannot forbidden prohibited unable",
            r"(?<!\w)(?:can['’]t|(?:must|may|shall|should|can)(?:\s+not|n['’]t))(?!\w)|(?<!\w)not\s+(?:be\s+)?(?:allowed|permitted)(?!\w)"
        ),
        "needless": pattern(
            "unnecessary neednt",
            r"(?<!\w)(?:need\s+not|needn['’]t|no\s+need|(?:do|does|did|will|would)(?:\s+not|n['’]t)\s+(?:\w+\s+)?(?:need|have\s+to|require)|"
            r"not\s+(?:\w+\s+)?(?:necessary|required|needed|necessarily|mandatory)|optional)(?!\w)",
        ),
    },
    concepts=table("""
        open: open opens opened opening
        close: close closes closed closing shut shuts
        left: left lefthand left-hand leftmost
        right: right righthand right-hand rightmost
        sure left: left-hand to_the_left on_the_left left_side left_and upper_left lower_left top_left bottom_left turn_left left_to_right
        sure right: right-hand to_the_right on_the_right right_side and_right upper_right lower_right top_right bottom_right turn_right left_to_right
        clockwise: clockwise clock-wise cw
        counterclockwise: counterclockwise counter-clockwise anticlockwise anti-clockwise counter-clock-wise ccw
        before: before prior beforehand previously
        sure before: before
        sure up: top topmost upper above
        sure down: bottom bottommost underneath beneath below
        sure minimum: at_least no_less_than no_fewer_than
        sure maximum: at_most no_more_than not_more_than
        after: after afterwards afterward
        on: switch_on turn_on turned_on switched_on turns_on turning_on power_on powered_on switches_on
        off: switch_off turn_off turned_off switched_off turns_off turning_off power_off powered_off switches_off switched-off
        up: up upper above upward upwards top
        down: down lower below downward downwards bottom underneath beneath
        increase: increase increases increased increasing raise raises raised higher greater larger highest most increment
        decrease: decrease decreases decreased decreasing reduce reduces reduced reducing lower lowers lowered smaller lowest least
        more: more
        less: less fewer
        minimum: minimum min minimal at_least no_less_than
        maximum: maximum max maximal at_most no_more_than up_to
        tighten: tighten tightens tightened tightening
        loosen: loosen loosens loosened loosening slacken unscrew unscrewed
        connect: connect connects connected connecting connection connections
        disconnect: disconnect disconnects disconnected disconnecting disconnection unplug unplugged
        install: install installs installed installing installation mount mounted mounting insert inserted attach attached
        remove: remove removes removed removing removal detach detached uninstall uninstalled
        start: restart restarts restarted start starts started starting begin begins
        stop: stop stops stopped stopping
        enable: enable enables enabled enabling activate activated activates active
        disable: disable disables disabled disabling deactivate deactivated deactivates inactive
        first: first
        last: last
        positive: positive
        negative: negative
        lock: lock locks locked locking
        unlock: unlock unlocks unlocked unlocking
        push: push pushes pushed pushing
        pull: pull pulls pulled pulling
        fill: fill fills filled filling refill
        drain: drain drains drained draining
        hot: hot warm heat heated hotter warmer
        cold: cold cool cooled colder cooler
        always: always
        never: never
        front: front
        rear: rear back behind
        inlet: inlet input inputs
        outlet: outlet output outputs
        inside: inside internal interior inner
        outside: outside external exterior outer
        longer: longer long longest
        shorter: shorter short shortest
        fast: fast faster fastest quick quickly
        slow: slow slower slowest slowly
        highest: highest maximum max maximal greatest largest
        lowest: lowest minimum min minimal least smallest
        only: only solely exclusively
        unless: unless except
    """),
    numbers=numbers(
        "zero one|~single|~once|~1st|~first two|~both|~twice|~pair|~dual|~double three|~triple|~thrice four five six seven eight nine ten eleven twelve|~dozen"
    ),
    common=frozenset("the of and is are to with for from this that it be not you your will when which have has was".split()),
)  # fmt: skip
GERMAN = Language(
    name="German",
    negations=pattern(
        "nein nicht nicht* kein keine keinen keinem keiner keines keinerlei nie niemals nirgends nirgendwo niemand* nichts ohne weder keinesfalls keineswegs"
    ),
    echoes=NOTHING,
    affixed=pattern(
        """unmöglich* ungültig* unbenutz* unbekannt* unbegrenzt* unzulässig* unvollständig* unpassend* unwirksam* unsicher* unver* unkonfig*
        unbeabsichtigt* unbefugt* ungeeignet* unnötig* inkompatib* inkorrekt* inaktiv*"""
    ),
    weak=pattern(
        """unfähig* unmöglich* ungültig* unbenutz* unbekannt* unbegrenzt* unnötig* unzulässig* unabhängig* unerwart* unerwünscht* unge* unverändert* unwiderruf*
        unvoll* unreif* unfertig* unkonfig* unpass* unwahr* unwichtig* unwirk* unzu* unsich* uner* unbe* unver* unsach* inkorrekt* inkompatib* inaktiv* fehlt fehlen fehlend* fehlgeschlagen* fehlschl*
        vermeid* vermied* verhinder* deaktiv* statt anstatt stattdessen außer kaum selten falsch* miss* verboten*
        verbiet* untersag* /(?<!\\w)(?!kosten|stufen|draht|lücken|problem|naht)\\w{3,}los(?:e[nmrs]?)?(?!\\w) /(?<!\\w)\\w{3,}frei(?:e[nmrs]?)?(?!\\w) frei_von
        scheiter* verzicht* verlor* mangel* ausgeschlossen* verweiger* abgelehnt* entfällt"""
    ),
    forces={
        "must": pattern("muss müssen musst müsst muß mußt erforderlich* notwendig* nötig* zwingend benötig* brauch* verlangt"),
        "may": pattern("kann können kannst könnt könnte könnten darf dürfen darfst dürft erlaub* möglich* optional* lässt lassen zulässig*"),
        "forbidden": pattern(
            "verboten untersagt unzulässig",
            r"(?<!\w)(?:darf|dürfen|darfst|dürft|kann|können|kannst|könnt|sollte\w*)(?!\w)[^.;:!?()]{0,80}?(?<!\w)(?:nicht|kein\w*|nie|niemals|keinesfalls|nur)(?!\w)|"
            r"(?<!\w)(?:nicht|kein\w*|nie|niemals|keinesfalls)(?!\w)[^.;:!?()]{0,80}?(?<!\w)(?:darf|dürfen|darfst|dürft|kann|können|kannst|sollte\w*|erlaubt|zulässig|möglich)(?!\w)",
        ),
        "needless": pattern(
            "unnötig* optional*",
            r"(?<!\w)(?:muss|müssen|musst|müsst|brauch\w*|benötig\w*)(?!\w)[^.;:!?,()]{0,60}?(?<!\w)(?:nicht|kein\w*)(?!\w)|"
            r"(?<!\w)(?:nicht|kein\w*)(?!\w)[^.;:!?,()]{0,60}?(?<!\w)(?:nötig\w*|notwendig\w*|erforderlich\w*|muss|müssen|musst|brauch\w*|zwingend|benötigt)(?!\w)",
        ),
    },
    concepts=table("""
        open: öffn* geöffnet* offen* aufmachen aufklapp* aufgeklappt aufdreh* aufgedreht
        close: schließ* geschlossen* schliess* verschließ* verschlossen* zumachen zugeklappt zuklapp* zudreh* zugedreht
        left: links linke linken linker linkes linksseitig* linksbündig
        right: rechts rechte rechten rechter rechtes rechtsseitig* rechtsbündig
        clockwise: im_uhrzeigersinn rechtsherum rechtsdreh* uhrzeigersinn cw
        counterclockwise: gegen_den_uhrzeigersinn entgegen_dem_uhrzeigersinn gegenuhrzeigersinn linksherum linksdreh* ccw
        sure before: bevor zuvor vorher
        sure after: nachdem danach
        sure inside: innen innere innerer inneren innerhalb intern*
        sure first: erste ersten erster erstes zuerst zunächst
        sure positive: positiv* pluspol* pluskabel* plusklemm*
        sure always: stets /(?<!\\w)immer(?!\\w)(?!\\s(?:noch|wieder|mehr|öfter))
        sure only: nur lediglich ausschließlich*
        sure up: oben oberer obere oberen oberes oberem oberseite oberhalb obig*
        sure down: unten unterer untere unteren unteres unterem unterseite unterhalb darunter boden
        sure minimum: mindestens wenigstens
        sure maximum: höchstens
        before: bevor vor vorher zuvor davor vorab voraus
        after: nach nachdem danach nachher anschließend
        on: einschalt* eingeschaltet* einzuschalten anschalt* angeschaltet* schalt*_ein
        off: ausschalt* ausgeschaltet* auszuschalten abschalt* abgeschaltet* abzuschalten
        up: oben ober* obig* über hoch auf aufwärts oberhalb herauf hinauf höher*
        down: unten unter unterhalb untere unterer unteren unteres abwärts hinunter tiefer* *tiefer*
        increase: erhöh* steiger* vergrößer* höher* größer* anheb* angehoben* steig* gestiegen höchst*
        decrease: verringer* reduzier* senk* vermind* verklein* klein* niedriger* kleiner* abgesenkt* sink* gesunken geringer* absenk* niedrigst* mindest* kleinst* *tiefer*
        more: mehr
        less: weniger minder
        minimum: mindest* minim* min wenigstens zumindest nicht_weniger_als
        maximum: höchst* maxim* max bis_zu nicht_mehr_als nicht_größer_als nicht_überschr*
        tighten: anzieh* angezogen* festzieh* festgezogen* anzuziehen festzuziehen festschraub* zieh* spann*
        loosen: löse* löst gelöst* lösen lockern lockere gelockert* abschraub* herausschraub*
        connect: verbind* verbunden* anschließ* angeschlossen* anschluss* anschlüsse* anzuschließen
        disconnect: trenn* getrennt* abklemm* abgeklemmt* abzieh* abgezogen* ausstecken
        install: install* einbau* eingebaut* montier* einsetz* eingesetzt* montage* anbringen angebracht*
        remove: entfern* ausbau* ausgebaut* demontier* abnehm* abgenommen* deinstallier* herausnehm*
        start: start* gestartet* beginn* begonnen* anlauf* loslegen
        stop: stop* gestoppt* halt* angehalten* anhalt*
        enable: aktivier* aktiv einschalt* eingeschaltet* freigeb* freigegeben* ermöglich* aktive
        disable: deaktivier* inaktiv* ausschalt* ausgeschaltet* sperr* gesperrt* abschalt* abgeschaltet*
        first: erste ersten erster erstes zuerst zunächst erst erstmal*
        last: letzte letzten letzter letztes zuletzt
        positive: positiv* plus pluspol* pluskabel* plusklemm*
        negative: negativ* minus minuspol* minuskabel* minusklemm*
        lock: verriegel* sperr* gesperrt* abschließ* abgeschlossen*
        unlock: entriegel* entsperr* aufschließ*
        push: drück* schieb* geschoben* gedrückt*
        pull: zieh* gezogen* herauszieh*
        fill: füll* gefüllt* befüll* auffüll* einfüll* nachfüll* ausfüll*
        drain: ablass* abgelassen* entleer* abfließ* ablauf*
        hot: heiß* warm* wärm* erhitz* erwärm* heiz*
        cold: kalt* kalte* kühl* abkühl* gekühlt* kälter*
        always: immer stets
        never: nie niemals
        front: vorn* vorder* front*
        rear: hinten hinter* rück* zurück
        inlet: einlass* eingang* eingänge* einlauf*
        outlet: auslass* ausgang* ausgänge* auslauf* ausgabe*
        inside: innen* inner* intern* innere*
        outside: außen* äußer* extern* außerhalb fremdspannung*
        longer: länger* lang lange langer langen langes längst*
        shorter: kürzer* kurz kurze kurzer kurzen kurzes kürzest*
        fast: schnell* rasch*
        slow: langsam*
        highest: höchst* maxim* max größt*
        lowest: niedrigst* mindest* minim* min geringst* kleinst* wenigst*
        only: nur lediglich ausschließlich* allein* bloß einzig* erst
        unless: außer ausgenommen sofern_nicht wenn_nicht sei_denn bis_auf ausnahme* abgesehen sofern_*_nicht sonst /(?:wenn|falls|sofern|solange)\b[^.;:]{0,80}\b(?:nicht|kein)
    """),
    numbers=numbers(
        "null eins|~einzeln|~einzelner|~einzelne|~einmal zwei|~beide|~beiden|~beides|~zweimal|~paar|~doppelt|~doppelte drei|~dreimal vier fünf sechs sieben acht neun "
        "zehn elf zwölf|~dutzend"
    ),
    common=frozenset("der die das und ist sind nicht mit für von zu den dem ein eine einen wird werden sie auf bei wenn auch oder im zum zur".split()),
)  # fmt: skip
