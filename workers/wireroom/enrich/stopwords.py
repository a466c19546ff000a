"""Words that say nothing of what an article is about, by language: grammar, reporting, days and numbers."""

from __future__ import annotations

_EN = """
a about above according across add added after again against ago all almost along already also although always am
among an and announced another any are aren around as asked at away back be because become been before began begin
behind being below between both but by called came can cannot come could couldn day days despite did didn do does
doesn doing don done down during each early either else end enough even ever every expected far few first five
following for former found four from full further gave get give given go goes going gone got had hadn half has hasn
have haven having he her here hers him himself his hour hours how however i if in including instead into is isn it its
itself just keep kept know last late later least less let like likely ll long made make makes making many may me might
month months more most much must my near nearly need needed never new next no nor not nothing now of off often old on
once one only onto or other others our out over own part people per place put quite rather re really said same saw say
saying says second see seen set seven several she should shouldn show since six so some something soon still such take
taken ten than that the their them themselves then there these they thing things third this those though three through
time times to today together told tomorrow too took toward towards two under until up upon us use used ve very want
wanted was wasn way we week weeks welcomed well went were weren what when where whether which while who whom whose why
will with within without won work would wouldn year years yesterday yet you your million billion percent cent mr mrs
ms dr al bin ibn el bint van von kilometres kilometers metres litres tonnes eleven twelve twenty thirty forty fifty
ones opened opens monday tuesday wednesday thursday friday saturday sunday january february march april june july
august september october november december
"""
_ES = """
a acá además afirmó ahora al algo alguien algún alguna algunas algunos allí ante antes año años anunció aquel aquella
aquellos aquí así aún aunque ayer bajo bien cabe cada casi como con contra cual cuál cuales cualquier cuando cuándo
cuanto de debe deben decir del desde después día días dice dicho dijo donde dónde dos durante e el él ella ellas ellos
en entonces entre era eran es esa esas ese eso esos esta está están estaba estado estas este esto estos estuvo explicó
frente fue fueron gran ha haber había habían hace hacer hacia han hasta hay he hizo hoy incluso indicó informó junto
la las le les lo los luego manera más mayor me mediante mejor menos mes meses mi mientras mil millones mismo mucha
muchas mucho muchos muy nada ni ningún no nos nosotros nuestra nuestro nueva nuevo o otra otras otro otros para parte
pero poco podrá podría por porque primer primera primero pudo puede pueden pues que qué quien quién quienes respondió
se sea según segundo ser será serán si sí sido siempre sin sino sobre solo sólo son su sus también tampoco tan tanto
te tendrá tener tiene tienen toda todas todavía todo todos tras tres tu tuvo último un una unas uno unos va vez veces
ver y ya yo lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto
septiembre octubre noviembre diciembre cuatro cinco seis siete ocho nueve diez señaló ciento advirtió semana semanas
"""
_FR = """
a à affirmé ai ainsi alors an année années annoncé ans après au aucun aucune aujourd aussi autre autres aux avaient
avait avant avec avoir ayant bien car ce ceci cela celle celles celui cent ces cet cette ceux chaque chez ci comme
comment contre côté d dans de déclaré depuis dernier dernière derrière des dès deux devant devrait dire dit doit
doivent donc dont du durant elle elles en encore enfin entre environ es est et étaient était été être eu eux expliqué
façon fait faire fois font grand h heure heures hier hui ici il ils j jamais jour jours jusqu jusque l la là le lequel
les leur leurs lors lorsque lui m ma mais mal malgré me même mêmes mes mettra mettait mille milliards millions moi
moins mois mon n ne ni non nos notre nous nouveau nouvelle on ont ou où par parce parmi partie pas pendant peu peut
peuvent plus plusieurs plutôt pour pourquoi pourrait pourtant pouvoir premier première près presque puis qu quand que
quel quelle quelles quelque quelques quels qui quoi s sa sans se selon semaine semaines sera serait ses seulement si
soit son sont sous souvent sur t ta tandis tant te tel telle tes ton toujours tous tout toute toutes très trois trop
tu un une va vers voir vos votre vous vu y lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars
avril mai juin juillet août septembre octobre novembre décembre quatre cinq six sept huit neuf dix matin soir promis
"""
_DE = """
ab aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus außerdem bei beim
bereits bin bis bisher da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darin darüber
das dass dazu dein dem den denen denn der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch
dort du durch ebenfalls ein eine einem einen einer eines einige einigen einmal er erst erste ersten erster es etwa
etwas euch fast für ganz gegen gegenüber gehen geht gibt ging gut haben habe hat hatte hatten heute hier hin hinter
ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins ist ja jahr jahre jahren jede jedem jeden jeder
jedes jedoch jetzt kann kein keine keinem keinen keiner können könnte konnte kommen kommt laut letzte letzten man mehr
mehrere mein mit möglich müssen muss musste nach nachdem nämlich neben nein neue neuen neuer neues nicht nichts noch
nun nur ob oder ohne sagte sagt sagen schon sehr sei seien sein seine seinem seinen seiner seit selbst sich sie sind
so sogar soll sollen sollte sollten sondern sonst sowie später statt tag tage tagen trotz über um und uns unser unter
vergangenen viel viele vielen vom von vor während war waren warum was weil weiter weitere weiteren welche welcher
wenig weniger wenn wer werde werden wie wieder will wir wird wo woche wochen wohl wollen worden wurde wurden würde
würden zu zum zur zwar zwei zwischen drei vier fünf sechs sieben acht neun zehn prozent millionen milliarden uhr
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september
oktober november dezember
"""
_PT = """
a à acordo afirmou ainda além algo alguém algum alguma algumas alguns ali ano anos anunciou ante antes ao aos apenas
após aquela aquele aquilo aqui as às assim até através bem cada cerca com como contra contudo da das de dela dele
deles depois desde dessa desse desta deste deve devem dia dias disse dois do dos durante e é ela elas ele eles em
enquanto então entre era eram essa essas esse esses está estão estava este esta estas estes estou eu explicou faz
fazer feira foi for foram grande há hoje isso isto já lá lhe logo lo maior mais mas me meio melhor menos mês meses
mesma mesmo meu mil milhões minha muita muito muitos na nada não nas nem nenhum nessa nesse nesta neste no nos nós
nossa nosso nova novo num numa o onde ontem os ou outra outras outro outros para parte pela pelas pelo pelos pode
podem pois por porque pouco primeira primeiro próprio quais qual qualquer quando quanto que quê quem são se segundo
segunda seja sem sempre sendo ser será serão seu seus si sido sob sobre sua suas só também tanto tão te tem têm tempo
ter terá teve tinha toda todas todo todos três tudo um uma umas uns vai vão vez vezes você terça quarta quinta sexta
sábado domingo janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro quatro cinco
seis sete oito nove dez semana semanas cento
"""
_IT = """
a abbiamo ad affermato agli ai al alcune alcuni all alla alle allo allora altra altre altri altro anche ancora anni
anno annunciato appena aveva avevano avere avrà ben c che chi ci ciò circa coi col come con contro cosa così cui d da
dagli dai dal dall dalla dalle dallo de degli dei del dell della delle dello dentro detto deve devono di dice
dichiarato dopo dove due dunque durante e è ed era erano essere fa fare fatto fine fino fra già giorni giorno gli
grande ha hanno ho i ieri il in infatti insieme invece io l la le lei li lo loro lui ma mai me meno mentre mese mesi
mi mila milioni miliardi mio molta molte molti molto n ne negli nei nel nell nella nelle nello nessun nessuna niente
no noi non nostra nostro nulla nuova nuovo o oggi ogni oltre ora ore ormai per perché perciò però più poco poi possono
potrebbe prima primo può pure qua quale quali qualche quando quanto quasi quella quelle quelli quello quest questa
queste questi questo qui quindi s sarà saranno se secondo sei sempre senza si sia siamo sono sopra sotto spiegato
stata state stati stato stessa stesso su sua sue sugli sui sul sull sulla sulle suo suoi tra tre troppo tu tutta tutte
tutti tutto un una uno v va verso vi via volta volte lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio
febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre quattro cinque sette otto nove
dieci settimana settimane
"""
_NL = """
aan al alle als altijd andere ben bij daar dan dat de der deze die dit doch doen door drie dus een eerste en er ge
geen geworden had hadden heb hebben heeft hem het hier hij hoe hun iets ik in is ja jaar jaren je kan komen kon kunnen
maar maken meer men met mij moet na naar niet niets nieuwe nog nu of om omdat onder ons ook op over reeds te tegen
toch toen tot twee uit uw van vanaf veel voor waar waren was wat werd werden wie wil worden wordt zal ze zegt zei zelf
zich zij zijn zo zonder zou zouden volgens
"""
_ID = """
ada adalah akan aku anda antara apa atas atau bagi bahwa banyak baru beberapa belum bisa bukan dalam dan dapat dari
dengan di dia dua hanya harus hari hingga ia ini itu jadi jika juga kami karena kata katanya ke kepada kita lain lebih
masih mereka namun oleh orang pada para pun saat saja sangat satu saya secara sebagai sebelum sebuah sedang sejak
sekitar selain selama seperti serta setelah sudah tahun tak telah tersebut terhadap tiga tidak untuk yang
"""
_TR = """
acaba ama ancak artık aslında az bana bazı belki ben beni benim bile bin bir biri birkaç biz bu buna bunda bundan bunu
bunun çok çünkü da daha de değil diye dolayı en etti gibi göre hem hep her hiç için iki ile ilgili ise işte kadar
karşı kendi ki kim mı mi mu nasıl ne neden o olan olarak oldu olduğu olduğunu olması on ona ondan onlar onu onun önce
özellikle sadece şey siz son sonra şu tarafından tüm üç üzere üzerinde var ve veya ya yani yeni yer yıl yok dedi
"""
_RU = """
а без более больше будет будто бы был была были было быть в вам вас весь во вот все всего всех вы где года году да
даже два для до его ее ей если есть еще же за заявил здесь и из или им их к как какой когда кто ли либо лет между меня
мне много может мы на над надо нас не него нее нет ни них но ну о об однако он она они оно от очень по под после
потому при про раз с сам свою себя сейчас сказал со своей так также такой там тем то того тоже только том тот три тут
ты у уже хотя чего чем через что чтобы эта эти это этого этой этом этот я
"""
STOP_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.casefold().split())
    for code, words in {
        "en": _EN, "es": _ES, "fr": _FR, "de": _DE, "pt": _PT, "it": _IT, "nl": _NL, "id": _ID, "tr": _TR, "ru": _RU,
    }.items()
}  # fmt: skip
"""ISO 639-1 code -> words, folded for case; an elided word stands without its apostrophe."""
