"""Words for the people and things of a country, and names by which news calls countries."""

from __future__ import annotations

DEMONYMS = """
AE Emirati,Emiratis|AF Afghan,Afghans|AL Albanian,Albanians|AM Armenian,Armenians|AO Angolan,Angolans
AR Argentine,Argentines,Argentinian,Argentinians|AT Austrian,Austrians|AU Australian,Australians|AZ Azerbaijani
BA Bosnian,Bosnians|BB Barbadian|BD Bangladeshi,Bangladeshis|BE Belgian,Belgians|BF Burkinabe|BG Bulgarian,Bulgarians
BH Bahraini,Bahrainis|BI Burundian,Burundians|BJ Beninese|BN Bruneian|BO Bolivian,Bolivians|BR Brazilian,Brazilians
BS Bahamian|BT Bhutanese|BW Botswanan|BY Belarusian,Belarusians,Belarussian|BZ Belizean|CA Canadian,Canadians
CD Congolese|CF Central African|CH Swiss|CI Ivorian,Ivorians|CL Chilean,Chileans|CM Cameroonian,Cameroonians
CN Chinese|CO Colombian,Colombians|CR Costa Rican,Costa Ricans|CU Cuban,Cubans|CV Cape Verdean|CY Cypriot,Cypriots
CZ Czech,Czechs|DE German,Germans|DJ Djiboutian|DK Danish,Dane,Danes|DZ Algerian,Algerians|EC Ecuadorian,Ecuadorians
EE Estonian,Estonians|EG Egyptian,Egyptians|ER Eritrean,Eritreans|ES Spanish,Spaniard,Spaniards
ET Ethiopian,Ethiopians|FI Finnish,Finn,Finns|FJ Fijian,Fijians|FR French,Frenchman,Frenchmen|GA Gabonese
GB British,Briton,Britons,English,Scottish,Welsh,Scots|GE Georgian,Georgians|GH Ghanaian,Ghanaians|GL Greenlandic
GM Gambian,Gambians|GN Guinean,Guineans|GR Greek,Greeks|GT Guatemalan,Guatemalans|GY Guyanese|HN Honduran,Hondurans
HR Croatian,Croatians,Croat,Croats|HT Haitian,Haitians|HU Hungarian,Hungarians|ID Indonesian,Indonesians
IE Irish,Irishman|IL Israeli,Israelis|IN Indian,Indians|IQ Iraqi,Iraqis|IR Iranian,Iranians|IS Icelandic,Icelander
IT Italian,Italians|JM Jamaican,Jamaicans|JO Jordanian,Jordanians|JP Japanese|KE Kenyan,Kenyans|KG Kyrgyz
KH Cambodian,Cambodians|KM Comorian|KP North Korean,North Koreans|KR South Korean,South Koreans|KW Kuwaiti,Kuwaitis
KZ Kazakh,Kazakhstani|LA Laotian,Laotians|LB Lebanese|LK Sri Lankan,Sri Lankans|LR Liberian,Liberians
LT Lithuanian,Lithuanians|LU Luxembourgish|LV Latvian,Latvians|LY Libyan,Libyans|MA Moroccan,Moroccans|MC Monegasque
MD Moldovan,Moldovans|ME Montenegrin,Montenegrins|MG Malagasy|MK Macedonian,Macedonians|ML Malian,Malians
MM Burmese|MN Mongolian,Mongolians|MR Mauritanian,Mauritanians|MT Maltese|MU Mauritian|MV Maldivian,Maldivians
MW Malawian,Malawians|MX Mexican,Mexicans|MY Malaysian,Malaysians|MZ Mozambican,Mozambicans|NA Namibian,Namibians
NE Nigerien|NG Nigerian,Nigerians|NI Nicaraguan,Nicaraguans|NL Dutch,Dutchman|NO Norwegian,Norwegians
NP Nepalese,Nepali,Nepalis|NZ New Zealander,New Zealanders|OM Omani,Omanis|PA Panamanian,Panamanians
PE Peruvian,Peruvians|PG Papua New Guinean|PH Philippine,Filipino,Filipinos,Filipina|PK Pakistani,Pakistanis
PL Polish,Pole,Poles|PR Puerto Rican,Puerto Ricans|PS Palestinian,Palestinians|PT Portuguese|PY Paraguayan,Paraguayans
QA Qatari,Qataris|RO Romanian,Romanians|RS Serbian,Serbians,Serb,Serbs|RU Russian,Russians|RW Rwandan,Rwandans
SA Saudi,Saudis|SD Sudanese|SE Swedish,Swede,Swedes|SG Singaporean,Singaporeans|SI Slovenian,Slovenians,Slovene
SK Slovak,Slovaks,Slovakian|SL Sierra Leonean|SN Senegalese|SO Somali,Somalis,Somalian|SR Surinamese
SS South Sudanese|SV Salvadoran,Salvadorans|SY Syrian,Syrians|TD Chadian,Chadians|TG Togolese|TH Thai,Thais
TJ Tajik,Tajiks|TL Timorese|TM Turkmen|TN Tunisian,Tunisians|TO Tongan,Tongans|TR Turkish,Turk,Turks
TT Trinidadian|TW Taiwanese|TZ Tanzanian,Tanzanians|UA Ukrainian,Ukrainians|UG Ugandan,Ugandans|US American,Americans
UY Uruguayan,Uruguayans|UZ Uzbek,Uzbeks|VE Venezuelan,Venezuelans|VN Vietnamese|WS Samoan,Samoans|XK Kosovar,Kosovars
YE Yemeni,Yemenis|ZA South African,South Africans|ZM Zambian,Zambians|ZW Zimbabwean,Zimbabweans
"""

COUNTRY_NAMES = """
AE UAE,Emirates|BA Bosnia|BO Bolivia|BQ Bonaire|CD DR Congo,DRC,Congo Kinshasa|CG Congo,Congo Brazzaville
CI Côte d'Ivoire,Cote d'Ivoire|CV Cape Verde|CZ Czech Republic|DE Deutschland,Alemania,Allemagne|ES España,Espagne
FR Francia,Frankreich|GB UK,Britain,Great Britain,Reino Unido,Royaume Uni|JP Japón,Japon|KP DPRK|KR Republic of Korea
MK Macedonia|MM Burma|MX México,Mexique|NL Netherlands,Holland|PE Perú|PS Palestine,West Bank,Gaza Strip
RU Russian Federation,Rusia,Russie|SA Saudi|SZ Swaziland|TL East Timor,Timor-Leste|TR Türkiye,Turkiye|UA Ucrania
US USA,US,America,United States of America,Estados Unidos,États-Unis|VA Vatican City,Holy See|VN Viet Nam|BR Brasil
CN People's Republic of China|HK Hongkong|MO Macau|CW Curaçao|RE Réunion|ST São Tomé and Príncipe
SY Syrian Arab Republic
"""


def table(text: str) -> dict[str, list[str]]:
    """ISO 3166 code -> names, of a table written like the ones above."""
    rows = (row.partition(" ") for line in text.strip().splitlines() for row in line.split("|"))
    return {iso: names.split(",") for iso, _, names in rows}
