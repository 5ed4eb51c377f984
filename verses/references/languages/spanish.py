"""Spanish names and words.

Abbreviations: Reina-Valera, Biblia de Jerusalén, Nueva Versión Internacional. `Fil` is printed for
two books and listed under both, so that it is refused.
"""

from verses.references.languages.base import Language, words

_BOOKS = """
GEN | Génesis | | Gén, Gé, Gn
EXO | Éxodo | | Éxod, Éxo, Éx
LEV | Levítico | | Lev, Lv
NUM | Números | | Núm, Nú, Nm
DEU | Deuteronomio | | Deut, Deu, Dt
JOS | Josué | | Jos
JDG | Jueces | | Jue, Juec, Jc, Jcs
RUT | Rut | | Rt, Ru
1SA 2SA | Samuel | | Sam, Sa, Sm, S
1KI 2KI | Reyes | | Rey, Re, Ry, Rs, R
1CH 2CH | Crónicas | Paralipómenos | Crón, Cró, Cr
EZR | Esdras | | Esd, Esdr
NEH | Nehemías | | Neh, Ne
EST | Ester | Esther | Est, Es
JOB | Job | | Jb
PSA | Salmos | Salmo | Sal, Salm, Slm, Sl
PRO | Proverbios | Proverbio | Prov, Pro, Pr, Prv, Pv
ECC | Eclesiastés | Qohélet, Cohélet | Ecl, Ecles, Ec, Qoh, Qo
SNG | Cantares | Cantar de los Cantares, Cantar de Cantares, Cantar, Cantar de Salomón | \
Cant, Can, Cnt, Ct
ISA | Isaías | | Isa, Is
JER | Jeremías | | Jer, Jr
LAM | Lamentaciones | Lamentaciones de Jeremías | Lam, Lm, La
EZK | Ezequiel | | Ezeq, Eze, Ez, Ezq
DAN | Daniel | | Dan, Dn, Da
HOS | Oseas | | Os, Ose
JOL | Joel | | Jl
AMO | Amós | | Am
OBA | Abdías | | Abd, Ab
JON | Jonás | | Jon, Jns
MIC | Miqueas | | Miq, Mi, Mq
NAM | Nahúm | Nahum | Nah, Na, Nh
HAB | Habacuc | | Hab, Ha
ZEP | Sofonías | | Sof, Sf, So
HAG | Hageo | Ageo | Hag, Ag, Hg
ZEC | Zacarías | | Zac, Za
MAL | Malaquías | | Mal, Ml
MAT | Mateo | | Mat, Mt
MRK | Marcos | | Mar, Mc, Mr, Mrc
LUK | Lucas | | Luc, Lc, Lu
JHN | Juan | | Jn, Jua
ACT | Hechos | Hechos de los Apóstoles, Actos de los Apóstoles | Hch, Hech, Hc
ROM | Romanos | | Rom, Ro, Rm
1CO 2CO | Corintios | | Cor, Co
GAL | Gálatas | | Gál, Gá, Ga
EPH | Efesios | | Ef, Efe, Efes
PHP | Filipenses | | Filip, Fil, Flp
COL | Colosenses | | Col, Cl
1TH 2TH | Tesalonicenses | | Tes, Tesal, Ts, Te
1TI 2TI | Timoteo | | Tim, Ti, Tm
TIT | Tito | | Tit, Tt
PHM | Filemón | | Filem, Flm, Fil, Fm, Fmn, Flmn
HEB | Hebreos | | Heb, He, Hb, Hebr
JAS | Santiago | | Stg, Stgo, Sant, St, Sgo
1PE 2PE | Pedro | | Pe, Ped, Pd, P
1JN 2JN 3JN | Juan | | Jn, Jua
JUD | Judas | | Jud, Jds, Ju
REV | Apocalipsis | Apocalipsis de Juan, Apocalipsis de San Juan, Revelación | Apoc, Apo, Apc, Ap
"""

_APOCRYPHA = """
TOB | Tobías, Tob, Tb
JDT | Judit, Jdt
ESG | Ester griego
WIS | Sabiduría, Sabiduría de Salomón, Sab, Sb
SIR | Eclesiástico, Sirácida, Sirácides, Sirac, Eclo, Si
BAR | Baruc, Bar, Ba
LJE | Carta de Jeremías, Carta Jer
SUS | Susana, Sus
BEL | Bel y el dragón, Bel
S3Y | Azarías, Oración de Azarías, Cántico de Azarías, Sal azar, Salmo de Azarias, Or azar, \
Or az, Canto de los tres jóvenes, Himno de los tres jóvenes, Tres jóvenes
MAN | Manassés, Oración de Manasés, Or man
1MA | Macabeos, Mac, Mc, M
1ES | Esdras, Esd
PSS | Salmos de Salomón
ENO | Henoc
JUB | Jubileos
HER | Hermas
BRN | Bernabé
CLE | Clemente
LAO | Laodicenses
THO | Tomás
APE | Apocalipsis de Pedro
REI | Reinos
"""

_PROPER_NAMES = """
Abraham, David, Israel, Jesús, José, Josías, Juana, Judá, Judea, Marta, María, Matías
Moisés, Noé, Ozías, Pablo
"""

_NUMBER_WORDS = """
1 uno un, 2 dos, 3 tres, 4 cuatro, 5 cinco, 6 seis, 7 siete, 8 ocho, 9 nueve, 10 diez, 11 once,
12 doce, 13 trece, 14 catorce, 15 quince, 16 dieciseis, 17 diecisiete, 18 dieciocho,
19 diecinueve, 20 veinte, 21 veintiuno, 22 veintidos, 23 veintitres, 24 veinticuatro,
25 veinticinco, 26 veintiseis, 27 veintisiete, 28 veintiocho, 29 veintinueve, 30 treinta,
40 cuarenta, 50 cincuenta, 60 sesenta, 70 setenta, 80 ochenta, 90 noventa, 100 cien ciento
"""

SPANISH = Language(
    code="es",
    comma_separates_verse=True,
    book_table=_BOOKS,
    apocrypha=_APOCRYPHA,
    proper_names=_PROPER_NAMES,
    chapter_words=words("cap caps capitulo capitulos capítulo capítulos"),
    plural_chapter_words=words("caps capitulos capítulos"),
    verse_words=words("v vv vs ver vers verso versos versiculo versiculos versículo versículos"),
    and_words=words("y e"),
    from_words=words("de del desde"),
    to_words=words("a al hasta"),
    next_verse_words=words("s siguiente"),
    to_end_words=words("ss sig sigs siguientes sgte sgtes adelante"),
    end_words=words("fin final"),
    before_end_words=words("el"),
    before_to_end_words=words("en"),
    ordinal_endings=words("a o er ra ro da do era ero"),
    ordinals={
        "1": words("i primer primero primera"),
        "2": words("ii segundo segunda"),
        "3": words("iii tercer tercero tercera"),
    },
    gospel_words=words("evangelio"),
    epistle_words=words("epistola carta"),
    according_words=words("segun"),
    title_words=words(
        "el la los las a al de del libro san sn santo s apostol pablo profeta profecia nuestro "
        "senor jesucristo"
    ),
    lead_in_words=words(
        "cf cfr cp ver vea véase vease lee lea leer lectura proclamación proclamacion comienzo "
        "también tambien de del"
    ),
    number_words=_NUMBER_WORDS,
)
