"""Words that give away what the capitalised words beside them are; folded for case, of several languages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words("""
mr mrs ms miss dr prof professor sir dame lord lady rev reverend father sister sheikh imam mufti maulana pope
president vice-president premier chancellor minister ministers secretary governor mayor senator congressman
congresswoman representative councillor councilor councilwoman councilman commissioner ambassador envoy diplomat
spokesman spokeswoman spokesperson speaker chairman chairwoman chairperson chair chairs director director-general ceo
cfo founder co-founder manager editor coach captain skipper striker goalkeeper midfielder defender forward general
lieutenant colonel major brigadier admiral commander sergeant lt gen col maj inspector superintendent detective officer
constable judge justice magistrate attorney prosecutor lawyer barrister advocate solicitor professor lecturer teacher
headteacher principal rector dean analyst economist historian biologist chemist physicist geologist engineer architect
artist actor actress singer author writer novelist poet journalist reporter photographer conductor conservator curator
composer researcher scientist doctor nurse surgeon farmer fisherman driver activist leader deputy adviser advisor
consultant candidate king queen prince princess emperor emir sultan rabbi bishop archbishop cardinal mp mla mna
presidente presidenta ministro ministra viceministro viceministra alcalde alcaldesa gobernador gobernadora senador
senadora diputado diputada secretario secretaria portavoz directora profesor profesora doctor doctora juez fiscal
don doña señor señora
président présidente ministre maire gouverneur sénateur sénatrice député députée porte-parole directeur directrice
professeur architecte préfet juge monsieur madame mme m
bundeskanzler bundeskanzlerin präsident präsidentin minister ministerin bürgermeister bürgermeisterin senatorin
sprecher sprecherin direktor direktorin kanzler kanzlerin herr frau geschäftsführer geschäftsführerin
prefeito prefeita governador governadora deputado deputada vereador vereadora senhor senhora diretor diretora
sindaco sindaca presidente senatore senatrice deputato direttore direttrice signor signora
""")
"""A word right before a person's name; a person is what follows."""

ABBREVIATED = frozenset({"mr", "mrs", "ms", "dr", "prof", "gen", "lt", "col", "maj", "rev", "sen", "rep", "gov", "st"})
"""Words whose full stop does not end a sentence."""

COMPANIONS = _words("""
colleague wife husband widow brother sister son daughter father mother uncle aunt cousin neighbour neighbor resident
esposa esposo hermano hermana hijo hija colega épouse frère sœur fils fille
""")
"""Words that name a person's relation to another; before a name, in small letters only."""

FIELDS = _words("""
prime foreign deputy vice acting former interim assistant senior chief executive managing defence defense interior
finance health education transport environment energy agriculture justice trade commerce industry labour labor culture
sports tourism housing planning information federal provincial state cabinet home external internal affairs public works
development water power railways religious climate change law
""")
"""What a title is for or of: between it and a name, or right before it."""

ORGANISATIONS = _words("""
ministry university college institute school academy bank fund trust foundation association society federation
confederation league union council committee commission authority agency bureau board department office directorate
secretariat parliament senate congress assembly court tribunal police army navy force forces inc corp corporation co ltd
llc plc gmbh ag company group holdings industries enterprises airlines airways motors systems technologies partners
party movement front alliance coalition cooperative network organisation organization nations club fc cf sc united
hospital clinic centre center museum library archive observatory station laboratory laboratories opera theatre theater
press news times post herald tribune gazette guardian radio television tv service services
ministerio universidad colegio instituto escuela banco fondo fundación asociación federación sindicato consejo comité
comisión autoridad agencia oficina departamento parlamento congreso tribunal policía partido museo biblioteca hospital
ministère université collège école banque fonds fondation syndicat conseil commission autorité agence
parlement tribunal parti musée bibliothèque association
ministerium universität hochschule institut schule stiftung verband verein gesellschaft gewerkschaft rat kommission
behörde amt bundesamt gericht partei bundestag museum
ministério universidade fundo fundação associação federação conselho comissão autoridade agência partido museu
ministero università istituto banca fondazione associazione federazione consiglio commissione agenzia partito
""")
"""The first or last word of an organisation's name."""

LISTED = frozenset({"ministry", "department", "ministerio", "ministère", "ministério", "ministero", "committee"})
"""Organisations whose field may be two things, as `Ministry of Trade and Industry`."""

ACRONYMS = _words("""
UN EU NATO WHO IMF WTO UNESCO UNICEF UNHCR UNDP OPEC OECD ASEAN IAEA ICC ICJ FIFA UEFA ICC FBI CIA NASA ESA BBC CNN AFP
AP APP SAARC OPEC+ BRICS G7 G20 OSCE WFP FAO ILO ECB ICRC AU ECOWAS NGO IOC WADA NBA NFL PTI PPP PML-N BJP ANC IBM CERN
""")

NEVER_NAMES = _words("""
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
november december i the a an
""")
"""Capitalised wherever they stand in English, and no part of a name that is looked for here."""

NOT_PEOPLE = _words("""
street avenue road lane square boulevard highway bridge airport port harbour harbor station river lake sea ocean bay
gulf mount mountain mountains valley island islands park forest beach cup prize award games day week month war treaty
agreement act bill law festival avenida calle plaza río rue avenue place boulevard lac mont straße strasse platz rua
praça via piazza province district county state region city town village north south east west northern southern eastern
western central new old great ms virus road christmas easter ramadan eid internet god
""")

SPEECH = _words("""
said says told tells added adds announced argued asked replied warned explained wrote noted insisted stressed recalled
claimed declared suggested admitted acknowledged promised believes thinks tweeted welcomed urged
dijo afirmó señaló explicó aseguró declaró respondió anunció añadió indicó
dit déclaré affirmé expliqué ajouté assure estime indique réjoui
sagte sagt erklärte betonte teilte
disse afirmou explicou declarou anunciou
""")

LOCATIVES = _words("""
in at near from to towards around outside across into within between via
en desde hacia cerca à dans vers depuis aus nach bei em para
""")
"""Words after which a small town may be meant."""

UNCASED = _words("""
ar arc arz ckb fa ps ur ug sd ks dv he yi am ti hi mr ne sa bn as pa gu or ta te kn ml si th lo my km bo dz zh ja ko ka
""")
"""Languages whose writing has no capitals (or uses them for no names)."""

CUED = frozenset({"en", "es", "fr", "pt", "it", "de", "nl", "id"})
"""Languages whose people these words, and names without endings, let one tell."""

CAPITAL_NOUNS = frozenset({"de", "lb"})
"""Languages in which every noun has a capital, so that a capital says little."""
