"""Portuguese names and words.

Abbreviations: Almeida and Ave-Maria. They print `Jn` for Jonas, but to English and Spanish readers
it is John, and it is far more often typed for John, so it is left out here.
"""

from verses.references.languages.base import Language, words

_BOOKS = """
GEN | Gênesis | Génesis | Gên, Gn
EXO | Êxodo | Éxodo | Êx, Êxo, Êxd
LEV | Levítico | Levíticos | Lev, Lv
NUM | Números | | Núm, Nm
DEU | Deuteronômio | Deuteronómio | Deut, Dt
JOS | Josué | | Jos, Js
JDG | Juízes | | Juí, Juíz, Jz
RUT | Rute | | Rut, Rt
1SA 2SA | Samuel | | Sam, Sa, Sm, S
1KI 2KI | Reis | | Re, Rs
1CH 2CH | Crônicas | Crónicas, Paralipômenos | Crôn, Crô, Cr
EZR | Esdras | | Esd, Ed
NEH | Neemias | | Ne, Nee
EST | Ester | | Est, Et
JOB | Jó | | Jb
PSA | Salmos | Salmo | Sal, Sl
PRO | Provérbios | Provérbio | Prov, Pro, Pr, Pv
ECC | Eclesiastes | Coélet, Qohélet | Ecl, Ec
SNG | Cânticos | Cântico dos Cânticos, Cantares, Cântico, Cantares de Salomão, \
Cântico de Salomão | Cânt, Cant, Ct, Cnt
ISA | Isaías | | Isa, Is
JER | Jeremias | | Jer, Jr
LAM | Lamentações | Lamentações de Jeremias | Lam, Lm
EZK | Ezequiel | | Ezeq, Eze, Ez
DAN | Daniel | | Dan, Dn
HOS | Oséias | Oseias | Os
JOL | Joel | | Jl
AMO | Amós | | Am
OBA | Obadias | Abdias | Obd, Ob, Oba, Abd
JON | Jonas | | Jon
MIC | Miquéias | Miqueias | Miq, Mq
NAM | Naum | | Na
HAB | Habacuque | Habacuc | Hab, Hc
ZEP | Sofonias | | Sof, Sf
HAG | Ageu | | Ag
ZEC | Zacarias | | Zac, Zc
MAL | Malaquias | | Mal, Ml
MAT | Mateus | | Mat, Mt
MRK | Marcos | | Mar, Mc, Mrc
LUK | Lucas | | Luc, Lc
JHN | João | | Jo
ACT | Atos | Atos dos Apóstolos, Actos, Actos dos Apóstolos | At
ROM | Romanos | | Rom, Rm, Ro
1CO 2CO | Coríntios | | Cor, Co
GAL | Gálatas | | Gál, Gl
EPH | Efésios | | Ef
PHP | Filipenses | | Fil, Fp, Fl, Flp
COL | Colossenses | | Col, Cl
1TH 2TH | Tessalonicenses | | Tess, Ts
1TI 2TI | Timóteo | | Tim, Ti, Tm
TIT | Tito | | Tit, Tt
PHM | Filemom | Filémon, Filêmon | Fm, Flm, Fmn, Flmn
HEB | Hebreus | | Heb, Hb
JAS | Tiago | São Tiago | Tg, Tia
1PE 2PE | Pedro | | Pe, Ped
1JN 2JN 3JN | João | | Jo
JUD | Judas | | Jd, Jud
REV | Apocalipse | Apocalipse de João, Apocalipse de São João, Revelação | Ap, Apoc, Apo, Apc
"""

_APOCRYPHA = """
TOB | Tobias, Tob, Tb
JDT | Judite, Jdt, Jt
ESG | Ester grega
WIS | Sabedoria, Sabedoria de Salomão, Sab, Sb
SIR | Sirac, Eclesiástico, Sirácida, Eclo
BAR | Baruque, Baruc, Bar, Br
SUS | História de Susana
BEL | Bel e o dragão, Bel
S3Y | Azarias, Cântico dos três jovens
MAN | Prece de Manassés
1MA | Macabeus, Mac, Mc
1ES | Esdras
PSS | Salmos de Salomão
ENO | Enoque
JUB | Jubileus
CLE | Clemente
LAO | Laodicenses
THO | Tomé
APE | Apocalipse de Pedro
REI | Reinos
"""

_PROPER_NAMES = """
Davi, Jesus, José, Judá, Marta, Maria, Matias, Moisés, Noé
"""

_NUMBER_WORDS = """
1 um, 2 dois duas, 3 tres, 4 quatro, 5 cinco, 6 seis, 7 sete, 8 oito, 9 nove, 10 dez, 11 onze,
12 doze, 13 treze, 14 catorze quatorze, 15 quinze, 16 dezesseis, 17 dezessete, 18 dezoito,
19 dezenove, 20 vinte, 30 trinta, 40 quarenta, 50 cinquenta, 60 sessenta, 70 setenta, 80 oitenta,
90 noventa, 100 cem cento
"""

PORTUGUESE = Language(
    code="pt",
    comma_separates_verse=True,
    book_table=_BOOKS,
    apocrypha=_APOCRYPHA,
    proper_names=_PROPER_NAMES,
    chapter_words=words("cap caps capitulo capitulos capítulo capítulos"),
    plural_chapter_words=words("caps capitulos capítulos"),
    verse_words=words("v vv vs ver vers verso versos versiculo versiculos versículo versículos"),
    and_words=words("e"),
    from_words=words("de do"),
    to_words=words("a ao à até ate"),
    next_verse_words=words("s seguinte"),
    to_end_words=words("ss seg segs seguintes diante"),
    end_words=words("fim final"),
    before_end_words=words("o"),
    before_to_end_words=words("em"),
    ordinal_endings=words("a o"),
    ordinals={
        "1": words("i primeiro primeira"),
        "2": words("ii segundo segunda"),
        "3": words("iii terceiro terceira"),
    },
    gospel_words=words("evangelho"),
    epistle_words=words("epistola carta"),
    according_words=words("segundo"),
    title_words=words(
        "o a os as ao aos de do da dos das livro santo sao s apostolo paulo profeta profecia nosso "
        "senhor jesus cristo"
    ),
    lead_in_words=words(
        "cf cfr cp veja leia ler leitura proclamação proclamacao início inicio também de do da"
    ),
    number_words=_NUMBER_WORDS,
)
