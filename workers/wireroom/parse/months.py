"""The names of months, as newsrooms write them beside a day: language by language, January to December."""

from __future__ import annotations

_MONTHS = """
january jan | february feb | march mar | april apr | may | june jun | july jul | august aug | september sep sept |
october oct | november nov | december dec

januar jänner jaenner jän | februar feber | märz mär mrz maerz | april | mai | juni | juli | august | september |
oktober okt | november | dezember dez

enero ene | febrero | marzo | abril abr | mayo | junio | julio | agosto ago | septiembre setiembre set | octubre |
noviembre | diciembre dic

janvier janv | février févr fév fevrier | mars | avril avr | mai | juin | juillet juil | août aout | septembre |
octobre | novembre | décembre déc decembre

gennaio gen | febbraio febbr | marzo | aprile | maggio mag | giugno giu | luglio lug | agosto | settembre sett |
ottobre ott | novembre | dicembre

janeiro | fevereiro fev | março marco | abril | maio | junho | julho | agosto | setembro | outubro out | novembro |
dezembro

gener | febrer | març | abril | maig | juny | juliol | agost | setembre | octubre | novembre | desembre

ianuarie ian | februarie | martie | aprilie | mai | iunie iun | iulie iul | august | septembrie | octombrie |
noiembrie noi | decembrie

januari | februari | maart mrt | april | mei | juni | juli | augustus | september | oktober | november | december

januar | februar | marts mars | april | maj mai | juni | juli | august | september | oktober | november | december
desember des

januari | februari | mars | april | maj | juni | juli | augusti | september | oktober | november | december

janúar | febrúar | mars | apríl | maí | júní | júlí | ágúst | september | október | nóvember | desember

tammikuuta tammikuu | helmikuuta helmikuu | maaliskuuta maaliskuu | huhtikuuta huhtikuu | toukokuuta toukokuu |
kesäkuuta kesäkuu | heinäkuuta heinäkuu | elokuuta elokuu | syyskuuta syyskuu | lokakuuta lokakuu | marraskuuta
marraskuu | joulukuuta joulukuu

jaanuar | veebruar | märts | aprill | mai | juuni | juuli | august | september | oktoober | november | detsember

janvāris janvārī | februāris februārī | marts martā | aprīlis aprīlī | maijs maijā | jūnijs jūnijā | jūlijs jūlijā |
augusts augustā | septembris septembrī | oktobris oktobrī | novembris novembrī | decembris decembrī

sausio | vasario | kovo | balandžio | gegužės | birželio | liepos | rugpjūčio | rugsėjo | spalio | lapkričio |
gruodžio

stycznia sty | lutego lut | marca | kwietnia kwi | maja | czerwca cze | lipca lip | sierpnia sie | września wrz |
października paź | listopada lis | grudnia gru

ledna | února | března | dubna | května | června | července | srpna | září | října | listopadu | prosince

januára | februára | marca | apríla | mája | júna | júla | augusta | septembra | októbra | novembra | decembra

januara | februara | mart marta | aprila | maja | jun juna | jul jula | avgust avgusta | septembar septembra | oktobar
oktobra | novembar novembra | decembar decembra

siječnja | veljače | ožujka | travnja | svibnja | lipnja | srpnja | kolovoza | rujna | - | studenoga studenog |
prosinca

január | február | március márc | április ápr | május máj | június jún | július júl | augusztus | szeptember szept |
október | november | december

janar | shkurt | mars | prill | maj | qershor | korrik | gusht | shtator | tetor | nëntor | dhjetor

ocak | şubat | mart | nisan | mayıs | haziran | temmuz | ağustos | eylül | ekim | kasım | aralık

januari | februari | maret mac | april | mei | juni jun | juli julai | agustus ogos agu | september | oktober |
november nopember | desember disember

januari | februari | machi | aprili | mei | juni | julai | agosti | septemba | oktoba | novemba | desemba

января янв | февраля фев | марта мар | апреля апр | мая май | июня июн | июля июл | августа авг | сентября сен сент |
октября окт | ноября ноя | декабря дек

січня | лютого | березня | квітня | травня | червня | липня | серпня | вересня | жовтня | листопада | грудня

януари | февруари | март | април | май | юни | юли | август | септември | октомври | ноември | декември

јануар јануара | фебруар фебруара | март марта | април априла | мај маја | јун јуна | јул јула | август августа |
септембар септембра | октобар октобра | новембар новембра | децембар децембра

ιανουαρίου ιαν | φεβρουαρίου φεβ | μαρτίου μαρ | απριλίου απρ | μαΐου μαίου μάιος μαϊ | ιουνίου ιουν | ιουλίου ιουλ |
αυγούστου αυγ | σεπτεμβρίου σεπ | οκτωβρίου οκτ | νοεμβρίου νοε | δεκεμβρίου δεκ

იანვარი იანვარს | თებერვალი | მარტი | აპრილი | მაისი | ივნისი | ივლისი | აგვისტო | სექტემბერი | ოქტომბერი | ნოემბერი |
დეკემბერი

հունվարի | փետրվարի | մարտի | ապրիլի | մայիսի | հունիսի | հուլիսի | օգոստոսի | սեպտեմբերի | հոկտեմբերի | նոյեմբերի |
դեկտեմբերի

ינואר בינואר | פברואר בפברואר | מרץ במרץ | אפריל באפריל | מאי במאי | יוני ביוני | יולי ביולי | אוגוסט באוגוסט | ספטמבר
בספטמבר | אוקטובר באוקטובר | נובמבר בנובמבר | דצמבר בדצמבר

يناير جانفي | فبراير فيفري شباط | مارس آذار اذار | أبريل ابريل إبريل أفريل نيسان | مايو ماي أيار ايار | يونيو يونيه
جوان حزيران | يوليو يوليه جويلية تموز | أغسطس اغسطس أوت آب اب | سبتمبر أيلول ايلول | أكتوبر اكتوبر تشرين_الأول |
نوفمبر تشرين_الثاني | ديسمبر كانون_الأول

كانون_الثاني ژانویه | فوریه | مارس | آوریل | مه | ژوئن | ژوئیه | اوت | سپتامبر | اکتبر | نوامبر | دسامبر

जनवरी | फरवरी फ़रवरी | मार्च | अप्रैल | मई | जून | जुलाई | अगस्त | सितंबर सितम्बर | अक्टूबर अक्तूबर | नवंबर नवम्बर |
दिसंबर दिसम्बर

জানুয়ারি জানুয়ারী | ফেব্রুয়ারি ফেব্রুয়ারী | মার্চ | এপ্রিল | মে | জুন | জুলাই | আগস্ট | সেপ্টেম্বর | অক্টোবর |
নভেম্বর | ডিসেম্বর

જાન્યુઆરી | ફેબ્રુઆરી | માર્ચ | એપ્રિલ | મે | જૂન | જુલાઈ | ઓગસ્ટ | સપ્ટેમ્બર | ઓક્ટોબર | નવેમ્બર | ડિસેમ્બર
"""
_PERSIAN = "فروردین | اردیبهشت | خرداد | تیر | مرداد | شهریور | مهر | آبان | آذر | دی | بهمن | اسفند"


def _numbered(row: str) -> dict[str, int]:
    names = (column.split() for column in row.split("|"))
    return {name.replace("_", " "): number for number, column in enumerate(names, 1) for name in column}


# Of two languages that give one name to different months, the first keeps it; "-" leaves a name to the other.
MONTHS = {
    name: number for row in reversed(_MONTHS.split("\n\n")) for name, number in _numbered(row).items() if name != "-"
}
PERSIAN_MONTHS = _numbered(_PERSIAN)
