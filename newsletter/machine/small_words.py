"""Small words, which name nobody in capitals and say nothing beside a number. Data."""

_TEXT = {
    "en": """
        a about according after all also although among an and another any are as at be because been
        before both but by could despite did does during each earlier either few first following for
        from further had has have he her here his how however if in instead is it its just last
        later less many may meanwhile might more moreover most much nearly neither new no none nor
        not now of on once one only or other others our over several she
        should since so some still such than that the their them then there these they this those
        though through to today together tomorrow too under until up was we were what when where
        whether which while who whose why will with within without would yesterday yet
    """,
    "de": """
        ab aber alle allerdings als also am an andere auch auf aus außerdem bei beide beim bereits
        bis bisher da dabei dadurch dafür dagegen daher damit danach dann daran darauf das dass
        davon dazu dem den denn der deren des dessen deutlich die dies diese dieser dieses doch dort
        durch ein eine einem einen einer eines einige er erst es etwa für gegen haben hat hatte
        hatten hier hinter ihr ihre im in indem insgesamt ist ja jede jeder jetzt kein keine könnte
        laut man mehr mehrere mit nach nachdem neben nicht noch nun nur ob oder ohne schon sein
        seine seit sich sie sind so sobald sogar sollte sollten sondern sowie trotz um und unter
        viele vom von vor wann war waren warum was weil weitere wenn wer werden wie wieder wird wo
        wurde wurden während würde zu zudem zufolge zuletzt zum zur zuvor zwar zwischen über
    """,
    "fr": """
        a afin ainsi alors après au aucun aucune aussi autre autres aux avait avant avec avoir
        beaucoup car ce cela celle celui cependant ces cet cette ceux chaque chez comme comment d
        dans de depuis dernier des donc du elle elles en encore enfin ensuite entre est et face hier
        il ils j jusqu l la le les leur leurs lors lorsque mais malgré moins même n ni non nos notre
        nous on ont or ou outre où par parmi pendant peu plus plusieurs pour pourquoi près puis qu
        quand que quel quelle quelques qui s sa sans se selon sera seront ses si son sont sous sur
        tandis toujours tous tout toute toutefois toutes très un une vers voici y à étaient était
        été être
    """,
    "es": """
        a además adonde ahora al algunas algunos ante antes así aunque ayer aún bajo cada casi como
        con contra cuando de del desde después dicho donde durante e el ella ellas ellos en entre
        era eran es esa ese eso esta estaba este esto estos está están fue fueron ha había hace han
        hasta hay hoy la las le lo los luego mañana mientras mucho muchos más ni no nos nuestro o
        otra otras otro otros para pero poco por porque pues que quien se según ser será serán si
        sin sobre solo son su sus sí también tampoco tan tanto todas todo todos tras tu un una unas
        uno unos varias varios y ya yo él
    """,
    "uk": """
        а або адже але без був буде будуть була були було біля в вже ви вона вони воно все всі втім
        від він для до друга другий ж з за завдяки загалом зараз згідно зі й його коли крім кілька
        лише ми може між на навіть над нам наприклад наш не незважаючи нова нове новий нові ні однак
        окрім оскільки от перед перша перший по поки попри потім при про проте проти під після разом
        раніше та так також там те теж тепер ти тим то тоді тому тут у уже хоча хто це цей ця ці
        через чи чим що щоб щодо я як яка який якщо які є і із інша інший інші їх їхній її
    """,
}

SMALL_WORDS: dict[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in _TEXT.items()}
