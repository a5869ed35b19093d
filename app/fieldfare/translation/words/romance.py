"""The small words of Spanish, French, Italian and Portuguese, see `fieldfare.translation.words.language`."""

from __future__ import annotations

from fieldfare.translation.words.language import Language, numbers, pattern, table

SPANISH = Language(
    name="Spanish",
    negations=pattern("no nunca jamás ningún ninguna ninguno nadie tampoco ni", r"(?<!\w)sin(?!\w)(?! embargo)"),
    echoes=pattern("nada nunca jamás ningún ninguna ninguno nadie ni tampoco"),
    affixed=pattern("imposible* inválid* incorrect* incomplet* incompatible* inactiv* insuficient* desconocid* insegur* innecesari*"),
    weak=pattern(
        """imposib* imped* impid* inv* incorrect* incap* incompat* insuf* inact* ineces* innec* irrev* desact* desh* descon* fall* evit* falt* ausen* deshabilit* excepto apenas incorrect*
        prohib* omit* rechaz* perd* nada salvo sino libre_de libres_de carec* negar niega excepción"""
    ),
    forces={
        "must": pattern("/(?<!\\w)debe[ns]?(?!\\w|\\sa\\s) deberá deberán deberás debo necesit* hay_que tiene_que tienen_que tienes_que necesari* requier* obligatori* tendr* requerid* precis* hace_falta asegúrese asegúrate"),
        "may": pattern("puede pueden puedes podrá podrán podría podrían pueda puedan permit* opcional* posible* podrás capaz puedas permite* podamos poder"),
        "forbidden": pattern(
            "prohib*",
            r"(?<!\w)(?:no|nunca|jamás|sin)\s+(?:\w+\s+)?(?:deb\w+|pued\w+|podr\w+|permit\w+|poder|es\s+posible)(?!\w)",
        ),
        "needless": pattern(
            "innecesari* opcional*",
            r"(?<!\w)(?:no|sin|ni)\s+(?:(?:es|son|será|se|le|lo|te|hay|resulta)\s+){0,2}(?:necesari\w*|necesit\w+|hace\s+falta|tien\w+\s+que|requier\w+|requer\w+|precis\w+|necesidad|obligator\w+|hay\s+que)",
        ),
    },
    concepts=table("""
        open: abr* abiert* apertura
        close: cerr* cierr* cierre*
        left: izquierd*
        right: derech*
        clockwise: sentido_horario en_el_sentido_de_las_agujas en_sentido_de_las_agujas horario horaria dextrógir* cw
        counterclockwise: antihorari* sentido_contrario_a_las_agujas contrario_al_de_las_agujas sentido_contrario levógir* contrario* ccw
        sure before: antes
        sure after: después
        sure only: solo sólo solamente únicamente exclusivamente
        sure up: arriba encima superior superiores
        sure down: abajo debajo inferior inferiores fondo base bajo
        sure minimum: al_menos por_lo_menos como_mínimo
        sure maximum: como_máximo como_mucho a_lo_sumo
        before: antes previamente anteriormente previo
        after: después tras luego posterior*
        on: encend* encienda enciende* encender conect*_la
        off: apag* apague*
        up: arriba superior* encima subir suba sube
        down: abajo inferior* debajo bajo bajar baja baje
        increase: aument* increment* mayor* elev* sub*
        decrease: reduc* reduzca* dismin* menor* baj* decrement* minúscul* pequeñ*
        more: más
        less: /(?<!al\\s)(?<!lo\\s)(?<!\\ba\\s)(?<!\\w)menos(?!\\w)
        minimum: mínim* mín al_menos por_lo_menos como_mínimo
        maximum: máxim* máx como_mucho hasta a_lo_sumo no_más_de
        tighten: apriet* apret*
        loosen: afloj* desatornill*
        connect: conect* conexi*
        disconnect: desconect* desconexi* desenchuf*
        install: instal* mont* insert* coloc* fij*
        remove: quit* retir* extra* desmont* desinstal* elimin*
        start: inici* arran* comenz* comienz* empez* empiez* comenc* empiec*
        stop: deten* detien* parar pare paren parad* par*se
        enable: habilit* activ*
        disable: deshabilit* desactiv* inhabilit*
        first: primer*
        last: últim*
        positive: positiv*
        negative: negativ*
        lock: bloque*
        unlock: desbloque*
        push: empuj* presion* puls*
        pull: tir* jal*
        fill: llen* rellen*
        drain: vaci* drena* vací*
        hot: calient* calor* calent* cálid*
        cold: frí* enfrí* enfri*
        always: siempre
        never: nunca jamás
        front: frontal* delant* frente
        rear: traser* atrás detrás posterior*
        inlet: entrad*
        outlet: salid*
        inside: dentro interior* intern*
        outside: fuera exterior* extern*
        longer: larg* más_tiempo
        shorter: cort* brev*
        fast: rápid* veloz
        slow: lent* despacio
        highest: máxim* máx más_alt* mayor*
        lowest: mínim* mín más_baj* menor* al_menos por_lo_menos
        only: solo sólo solamente únic* unic* sola solos exclusiv* sino nada_más
        unless: menos_que salvo excepto no_ser_que si_no exceptuando
    """),
    numbers=numbers(
        "cero uno|~único|~única|~primero dos|~ambos|~ambas|~par|~doble tres|~triple cuatro cinco seis siete ocho nueve diez once doce|~docena"
    ),
    common=frozenset("el los las y es para con del se por una que no al está como más puede si su lo esta este son".split()),
)  # fmt: skip
FRENCH = Language(
    name="French",
    # `pas` by itself is a step or a pitch, `ne … que` is only.
    negations=pattern(
        "jamais sans aucun aucune rien ni non nullement",
        r"(?<!\w)n(?:e\s|')(?:(?!(?<!\w)qu[e'])[^.;:!?]){0,60}?(?<!\w)(?:pas|plus|guère|point|jamais|rien|aucun\w*|personne)(?!\w)",
    ),
    echoes=pattern("jamais aucun aucune rien ni"),
    affixed=pattern("impossible* invalide* incorrect* incomplet* incompatible* inacti* insuffisant* inconnu* inutile* indisponible*"),
    weak=pattern(
        """imposs* inv* incorrect* incap* incompat* insuf* inact* inut* irré* désact* déconn* échou* échec* évit* manqu* absen* sauf interdi*
        refus* perd* plutôt empêch* libre_de rarement excepté omet* exclu* rejet* /(?<!à\\s)(?<!moteur\\s)(?<!moteurs\\s)(?<!\\w)pas(?!\\w|\\sà)"""
    ),
    forces={
        "must": pattern("doit doivent devez devra devront devrez faut faudra nécessaire* obligatoire* requis* requise* nécessit* dois exige* besoin veillez assurez-vous"),
        "may": pattern("peut peuvent pouvez pourra pourront pourrez pourrait pourraient puisse* permet* permis* autoris* possible* facultati* optionnel* pourriez capable* puissiez pouvoir"),
        "forbidden": pattern(
            "interdi* défendu proscri*",
            r"(?<!\w)n(?:e\s|['’])(?:\w+\s+){0,2}?(?:doi\w+|dev\w+|peu\w+|pou\w+|pui\w+|faut|faudra|permet\w*|est\s+pas\s+possible)\s+(?:\w+\s+)?(?:pas|jamais|plus|être|aucun\w*|que|qu['’])",
        ),
        "needless": pattern(
            "inutile* superflu* facultati* optionnel*",
            r"(?<!\w)(?:pas|plus|sans|aucun\w*|rien)\s+(?:(?:forcément|absolument|toujours|d['’]être|en)\s+)?(?:nécess\w+|besoin|obligatoire\w*|requis\w*|obligé\w*|utile\w*|indispensable\w*)|"
            r"(?<!\w)n(?:e\s|['’])(?:\w+\s+)?nécessit\w+\s+(?:pas|aucun\w*)|sans\s+(?:avoir\s+)?(?:à|besoin)",
        ),
    },
    concepts=table("""
        open: ouvr* ouvert* ouverture*
        close: ferm* fermet*
        left: gauche*
        right: droit*
        clockwise: sens_horaire sens_des_aiguilles horaire cw
        counterclockwise: antihoraire anti-horaire sens_inverse* contraire_des_aiguilles sens_contraire inverse_des_aiguilles ccw
        sure after: après
        sure inside: intérieur* interne* dedans
        sure positive: positif* positive*
        sure only: seulement uniquement exclusivement
        sure up: dessus supérieur* haut
        sure down: dessous inférieur* bas fond base
        sure minimum: au_moins au_minimum
        sure maximum: au_maximum
        before: avant préalable* auparavant précédemment
        after: après ensuite puis suivant*
        on: allum* mise_sous_tension mettre_sous_tension mettez_sous_tension
        off: étein* mise_hors_tension mettre_hors_tension mettez_hors_tension
        up: haut* supérieur* dessus
        down: bas basse* inférieur* dessous
        increase: augment* supérieur* accroît* élev* mont* relev* hauss*
        decrease: dimin* rédui* inférieur* baiss* bas basse* petit* minuscul* abaiss* décrément*
        more: plus davantage
        less: /(?<!au\\s)(?<!du\\s)(?<!à\\s)(?<!\\w)moins(?!\\w)
        minimum: minim* min au_moins
        maximum: maxim* max au_plus jusqu'à pas_plus_de
        tighten: serr* resserr*
        loosen: desserr* dévis*
        connect: connect* branch* connexion* raccord* reli*
        disconnect: déconnect* débranch* déconnexion*
        install: install* mont* insér* plac* pos* fix*
        remove: retir* enlev* dépos* démont* désinstall* supprim* ôt*
        start: démarr* commenc* lanc* début*
        stop: arrêt* stop*
        enable: activ* habilit* permet*
        disable: désactiv*
        first: premier* première* d'abord
        last: dernier* dernière*
        positive: positi*
        negative: négati*
        lock: verrouill* bloqu*
        unlock: déverrouill* débloqu*
        push: pouss* appuy* press*
        pull: tir*
        fill: rempl*
        drain: vidang* vid* purg*
        hot: chaud* chauff* chaleur*
        cold: froid* refroid*
        always: toujours
        never: jamais
        front: à_l'avant face_avant partie_avant côté_avant panneau_avant front* face devant
        rear: arrière* derrière
        inlet: entrée* admission
        outlet: sortie* échappement
        inside: intérieur* intern* dans
        outside: extérieur* extern* dehors
        longer: long* longtemps
        shorter: court* bref brève*
        fast: rapid* vite
        slow: lent*
        highest: maxim* max plus_haut* plus_élevé* plus_grand* plus_fort*
        lowest: minim* min plus_bas* plus_faible* plus_petit* au_moins
        only: seul* seulement uniqu* uniquement exclusiv* simplement /(?<!\\w)n(?:e\\s|')[^.;:!?]{0,60}?(?<!\\w)qu[e']
        unless: moins_que moins_qu sauf excepté si_*_ne hormis à_part moins_d* sinon
    """),
    numbers=numbers(
        "zéro ~un|~seul|~seule|~premier|~première deux|~double|~paire trois|~triple quatre cinq six sept huit neuf dix onze douze|~douzaine"
    ),
    common=frozenset("le la les des du et est une pour dans avec sur vous pas par au ou qui être ne ce cette sont à".split()),
)  # fmt: skip
ITALIAN = Language(
    name="Italian",
    negations=pattern("no non mai senza nessun nessuna nessuno né nemmeno neppure neanche niente nulla"),
    echoes=pattern("mai nessun nessuna nessuno né nemmeno neppure niente nulla"),
    affixed=pattern("impossibil* invalid* incorrett* incomplet* incompatibil* inattiv* insufficient* sconosciut* inutil*"),
    weak=pattern(
        """imposs* inv* incorr* incap* incompat* insuf* inatt* inutil* irrev* disab* disatt* fall* evit* manc* assen* tranne eccetto viet* rifiut*
        perd* invece piuttosto proib* omet* esclu* scono*"""
    ),
    forces={
        "must": pattern("deve devono devi dovrà dovranno dovrai necess* obbligator* richied* richiest* bisogna occorr* dovrete dovete devo assicurati serve"),
        "may": pattern("può possono puoi potrà potranno potrai potrebbe potrebbero potresti possa possano permett* consent* facoltativ* opzional* possibil* permess* potete possiamo poter* grado potrei"),
        "forbidden": pattern(
            "viet* proib*",
            r"(?<!\w)(?:non|mai|né|senza)\s+(?:(?:si|lo|la|ci|essere|è|più|vi|ti|mai|è\s+stato)\s+)*(?:deve|devono|devi|dov\w+|può|possono|puoi|pot\w+|poss\w+|consent\w+|permess\w+|permett\w+)(?!\w)",
        ),
        "needless": pattern(
            "inutil* opzional* facoltativ* superflu*",
            r"(?<!\w)(?:non|senza|né)\s+(?:(?:è|sono|sarà|si|hai|ha|c'è|vi|essere|stato|più)\s+)*(?:necess\w+|bisogn\w+|occorr\w+|obbligator\w+|richied\w+|richiest\w+|serve|devi\s+necess\w+|deve\s+necess\w+|dover\w*)|"
            r"nessun\w*\s+(?:\w+\s+)?(?:necess\w+|bisogno)",
        ),
    },
    concepts=table("""
        open: apr* apert*
        close: chiud* chius*
        left: sinistr*
        right: destr*
        clockwise: senso_orario orario cw
        counterclockwise: antiorari* ccw
        sure after: dopo
        sure only: solo soltanto solamente unicamente
        sure up: sopra superiore superiori
        sure down: sotto inferiore inferiori fondo basso base
        sure minimum: almeno
        sure maximum: al_massimo
        before: prima precedentemente
        after: dopo poi success*
        on: accend* acces*
        off: spegn* spent* spegnim*
        up: sopra superior* alto alta verso_l'alto
        down: giù sotto inferior* basso bassa
        increase: aument* maggior* incrementa* alz* superior* elev*
        decrease: diminu* ridu* minor* abbass* bass* piccol* minuscol* inferior* decrement*
        more: più
        less: /(?<!\\ba\\s)(?<!per\\slo\\s)(?<!\\w)meno(?!\\w)
        minimum: minim* min almeno
        maximum: massim* max al_massimo fino_a non_più_di
        tighten: serr* string* stringe*
        loosen: allent* svit*
        connect: colleg* connett* conness* connession*
        disconnect: scolleg* disconn* stacc*
        install: install* mont* inser* fiss*
        remove: rimuov* rimoss* rimoz* togli* smont* disinstall* elimin*
        start: avvi* inizi* cominc* part*
        stop: ferm* arrest* stop* interromp*
        enable: abilit* attiv*
        disable: disabilit* disattiv*
        first: prim*
        last: ultim*
        positive: positiv*
        negative: negativ*
        lock: blocc*
        unlock: sblocc*
        push: sping* prem* spint*
        pull: tir*
        fill: riemp* compil*
        drain: svuot* scaric* dren*
        hot: cald* risc* calor*
        cold: fredd* raffredd*
        always: sempre
        never: mai
        front: anterior* front* davanti
        rear: posterior* retro dietro indietro
        inlet: ingress* aspiraz* entrat* input
        outlet: uscit* scaric* output
        inside: intern* dentro
        outside: estern* fuori
        longer: lung* più_a_lungo
        shorter: cort* brev*
        fast: veloc* rapid*
        slow: lent*
        highest: massim* max più_alt* maggior* più_elevat*
        lowest: minim* min più_bass* minor* più_piccol* almeno
        only: solo soltanto solamente sola soli unic* unicamente esclusiv*
        unless: a_meno_che a_meno_di tranne salvo eccetto se_non meno_che eccezione
    """),
    numbers=numbers(
        "zero ~uno|~singolo|~singola|~primo|~prima due|~entrambi|~entrambe|~coppia|~doppio|~doppia tre|~triplo quattro cinque ~sei sette otto nove dieci undici dodici|~dozzina"
    ),
    common=frozenset("il di e che è per con non una del della gli si sono nel alla viene essere da lo questo questa i le".split()),
)  # fmt: skip
PORTUGUESE = Language(
    name="Portuguese",
    negations=pattern("não nunca jamais sem nenhum nenhuma ninguém nem tampouco"),
    echoes=pattern("nada nunca jamais nenhum nenhuma ninguém nem"),
    affixed=pattern("impossível* inválid* incorret* incomplet* incompatíve* inativ* insuficient* desconhecid* inseguro* desnecessári*"),
    weak=pattern(
        """imposs* inv* incorr* incap* incompat* insuf* inat* irrev* desab* desat* descon* desn* falh* evit* falt* ausen* exceto proib* recus* perd* nada
        invés omit* exclu* salvo"""
    ),
    forces={
        "must": pattern("deve devem deverá deverão precis* necess* obrigat* requer* tem_que têm_que tem_de terá_de terá_que requir* exig* tenha_de devo certifique*"),
        "may": pattern("pode podem poderá poderão poderia poderiam possa possam permit* opciona* possív* permiss* consegu* poder* capaz"),
        "forbidden": pattern(
            "proib*",
            r"(?<!\w)(?:não|nunca|jamais|nem|sem)\s+(?:se\s+|é\s+)?(?:deve\w*|pode\w*|poss\w+|permit\w+|possív\w+|consegu\w+)(?!\w)",
        ),
        "needless": pattern(
            "desnecess* opciona* facultativ*",
            r"(?<!\w)(?:não|sem|nem)\s+(?:(?:é|são|será|há|se|seja|ser)\s+)*(?:necess\w+|precis\w+|obrigat\w+|requer\w*|requir\w+|exig\w+|tem\s+(?:que|de)|terá\s+(?:que|de))",
        ),
    },
    concepts=table("""
        open: abr* abert*
        close: fech*
        left: esquerd*
        right: direit*
        clockwise: sentido_horário sentido_dos_ponteiros horário cw
        counterclockwise: anti-horári* antihorári* sentido_contrário ccw
        sure before: antes
        sure after: depois após
        sure only: só somente apenas
        sure up: cima superior superiores acima
        sure down: embaixo inferior inferiores abaixo fundo baixo base
        sure minimum: pelo_menos ao_menos
        sure maximum: no_máximo
        before: antes previam* anteriormente
        after: depois após seguida posterior*
        on: ligue ligar ligado ligada ligados ligadas
        off: deslig*
        up: cima superior* acima
        down: baixo inferior* abaixo
        increase: aument* increment* maior* elev* sub*
        decrease: diminu* reduz* redu* menor* baix* minúscul* pequen* decrement*
        more: mais
        less: /(?<!pelo\\s)(?<!ao\\s)(?<!\\ba\\s)(?<!\\w)menos(?!\\w)
        minimum: mínim* mín pelo_menos ao_menos
        maximum: máxim* máx no_máximo até não_mais_de
        tighten: apert*
        loosen: afroux* solt* desapert*
        connect: conect* conex* ligaç* lig*
        disconnect: desconect* desconex* deslig*
        install: instal* mont* insir* inser* coloc*
        remove: remov* remoç* retir* desmont* desinstal* elimin*
        start: inici* começ* comec* arran*
        stop: parar pare parem parad* parag* deten*
        enable: habilit* ativ* activ*
        disable: desabilit* desativ* desactiv*
        first: primeir*
        last: últim*
        positive: positiv*
        negative: negativ*
        lock: bloque* trav* tranc*
        unlock: desbloque* destrav* destranc*
        push: empurr* pression* prim*
        pull: pux*
        fill: ench* preench*
        drain: dren* esvazi*
        hot: quent* calor aquec*
        cold: fri* arrefec* resfri*
        always: sempre
        never: nunca jamais
        front: frent* frontal* dianteir*
        rear: traseir* trás atrás posterior*
        inlet: entrad*
        outlet: saíd* said*
        inside: dentro interior* intern*
        outside: fora exterior* extern*
        longer: long* mais_tempo
        shorter: curt* brev*
        fast: rápid* veloz*
        slow: lent* devagar
        highest: máxim* máx mais_alt* maior*
        lowest: mínim* mín mais_baix* menor* pelo_menos ao_menos
        only: só somente apenas únic* unicamente exclusiv* sozinh*
        unless: a_menos_que a_não_ser salvo exceto excepto senão menos
    """),
    numbers=numbers(
        "zero ~único|~única|~primeiro dois|duas|~ambos|~ambas|~par|~duplo três|~triplo quatro cinco seis sete oito nove dez onze doze|~dúzia"
    ),
    common=frozenset("o os as e uma é para com do da não em que se por ao você são pode ou na no das dos mais seu".split()),
)  # fmt: skip
