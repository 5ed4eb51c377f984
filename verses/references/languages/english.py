"""English names and words.

Abbreviations: SBL Handbook of Style, Chicago Manual of Style, OSIS, USFM, and those commonly
printed in Bibles.
"""

from verses.references.languages.base import Language, words

_BOOKS = """
GEN | Genesis | | Gen, Ge, Gn
EXO | Exodus | | Exod, Exo, Ex, Exd
LEV | Leviticus | | Lev, Le, Lv
NUM | Numbers | | Num, Nu, Nm, Numb
DEU | Deuteronomy | | Deut, Deu, Dt, De
JOS | Joshua | | Josh, Jos, Jsh, Jo
JDG | Judges | | Judg, Jdg, Jg, Jdgs, Jgs
RUT | Ruth | | Rut, Rth, Ru, Rt
1SA 2SA | Samuel | | Sam, Sa, Sm, S
1KI 2KI | Kings | | Kgs, Kin, Ki, Kg, Kng, Kngs, K
1CH 2CH | Chronicles | Paralipomenon | Chron, Chr, Chro, Ch
EZR | Ezra | | Ezr
NEH | Nehemiah | | Neh, Ne
EST | Esther | | Esth, Est, Es
JOB | Job | | Jb, Jo
PSA | Psalms | Psalm, Psalter | Ps, Pss, Psa, Psm, Pslm, Psal
PRO | Proverbs | | Prov, Pro, Prv, Pr, Pv, Prvb
ECC | Ecclesiastes | Qoheleth, Qohelet, Koheleth | Eccl, Eccles, Eccle, Ecc, Ec, Ecl, Qoh, Qo
SNG | Song of Solomon | Song of Songs, Songs, Canticles, Canticle of Canticles | \
Song, Sng, So, Sg, SOS, Cant, Sol
ISA | Isaiah | Isaias | Isa, Is
JER | Jeremiah | Jeremias | Jer, Je, Jr
LAM | Lamentations | Lamentations of Jeremiah | Lam, La, Lm
EZK | Ezekiel | Ezechiel | Ezek, Eze, Ezk
DAN | Daniel | | Dan, Da, Dn
HOS | Hosea | | Hos, Ho
JOL | Joel | | Jol, Jl, Jo
AMO | Amos | | Amo, Am
OBA | Obadiah | Abdias | Obad, Oba, Ob, Obd
JON | Jonah | Jonas | Jon, Jnh, Jo
MIC | Micah | | Mic, Mi
NAM | Nahum | | Nah, Na, Nam
HAB | Habakkuk | | Hab, Hb, Ha
ZEP | Zephaniah | | Zeph, Zep, Zp
HAG | Haggai | | Hag, Hg, Ha
ZEC | Zechariah | | Zech, Zec, Zc
MAL | Malachi | | Mal, Ml, Ma
MAT | Matthew | | Matt, Mat, Mt, Ma
MRK | Mark | | Mrk, Mar, Mk, Mr, Ma
LUK | Luke | | Luk, Lk, Lu
JHN | John | | Joh, Jhn, Jn, Jo
ACT | Acts | Acts of the Apostles | Act, Ac
ROM | Romans | | Rom, Ro, Rm
1CO 2CO | Corinthians | | Cor, Co
GAL | Galatians | | Gal, Ga, Gl
EPH | Ephesians | | Eph, Ephes
PHP | Philippians | | Phil, Php, Pp
COL | Colossians | | Col, Cl
1TH 2TH | Thessalonians | | Thess, Thes, Ths, Th
1TI 2TI | Timothy | | Tim, Ti, Tm
TIT | Titus | | Tit, Ti, Tt
PHM | Philemon | | Phlm, Philem, Phm, Phmn, Pm
HEB | Hebrews | | Heb, He, Hb
JAS | James | | Jas, Jam, Ja, Jm, Jms
1PE 2PE | Peter | | Pet, Pe, Pt, P
1JN 2JN 3JN | John | | Joh, Jhn, Jn, Jo, J
JUD | Jude | | Jud, Jd, Ju
REV | Revelation | Revelations, Apocalypse, Revelation of John, Revelation to John, \
Revelation of Saint John, Revelation of Jesus Christ, Apocalypse of John | Rev, Re, Rv, Apoc
"""

_APOCRYPHA = """
TOB | Tobit, Tobias, Tob, Tb
JDT | Judith, Jdt, Jdth
ESG | Greek Esther, Esther Greek, Est gr, Gr est, Gk esth, Additions to Esther, Rest of Esther
WIS | Wisdom, Wisdom of Solomon, Wis, Ws
SIR | Sirach, Ecclesiasticus, Sir, Ben Sira, Ecclus
BAR | Baruch, Baruk, Bar, Ba
LJE | Letter of Jeremiah, Epistle of Jeremiah, Ep Jer, Letter of Jeremy
SUS | Susanna, Sus
BEL | Bel and the Dragon, Bel
S3Y | Prayer of Azariah, Azariah, Pr azar, Prayers of Azariah, Song of the Three, \
Song of the Three Young Men, Song of the Three Holy Children
MAN | Prayer of Manasseh, Manasseh, Pr man
1MA | Maccabees, Mac, Macc, Mc
1ES | Esdras, Esd, Ezra
ODA | Odes
PSS | Psalms of Solomon
OSS | Odes of Solomon
ENO | Enoch
JUB | Jubilees
HER | Hermas, Shepherd of Hermas
BRN | Barnabas
DID | Didache
CLE | Clement, Clement of Rome
LAO | Laodiceans
THO | Thomas
AMO | Assumption of Moses
TJB | Testament of Job
APE | Apocalypse of Peter
APA | Apocalypse of Paul
ACP | Acts of Paul, Acts of Peter, Acts of John
REI | Kingdoms
"""

_PROPER_NAMES = """
Abdiel, Abraham, Adam, Asaiah, Boaz, David, Easter, Haniel, Hebron, Hoshea, Ishmael, Israel
Jabez, Jael, Jehoshua, Jericho, Jerusalem, Jeshua, Jesus, Jesua, Joanna, Jonathan, Jordan
Jose, Joseph, Josiah, Judah, Judea, Lazarus, Martha, Mary, Matthias, Micaiah, Milcah, Moses
Naomi, Nehum, Noah, Obed, Paul, Salem, Salmon, Samson, Saul, Shephatiah, Silas, Solomon
Uzziah, Zacchaeus, Zebadiah, Zebedee, Zion
"""

_NUMBER_WORDS = """
1 one, 2 two, 3 three, 4 four, 5 five, 6 six, 7 seven, 8 eight, 9 nine, 10 ten, 11 eleven,
12 twelve, 13 thirteen, 14 fourteen, 15 fifteen, 16 sixteen, 17 seventeen, 18 eighteen,
19 nineteen, 20 twenty, 30 thirty, 40 forty, 50 fifty, 60 sixty, 70 seventy, 80 eighty, 90 ninety,
100 hundred
"""

ENGLISH = Language(
    code="en",
    comma_separates_verse=False,
    book_table=_BOOKS,
    apocrypha=_APOCRYPHA,
    proper_names=_PROPER_NAMES,
    chapter_words=words("ch chs chap chaps chapt chapter chapters"),
    plural_chapter_words=words("chs chaps chapters"),
    verse_words=words("v vv vs vss ver vers verse verses"),
    and_words=words("and"),
    from_words=words("from"),
    to_words=words("to through thru"),
    next_verse_words=words("f sq"),
    to_end_words=words("ff sqq following onward onwards"),
    end_words=words("end"),
    before_end_words=words("the"),
    before_to_end_words=words(""),
    ordinal_endings=words("st nd rd th"),
    ordinals={"1": words("i 1st first"), "2": words("ii 2nd second"), "3": words("iii 3rd third")},
    gospel_words=words("gospel"),
    epistle_words=words("epistle letter"),
    according_words=words("according"),
    title_words=words(
        "the of to book holy saint st s apostle paul pauls prophet our lord jesus christ"
    ),
    lead_in_words=words("cf cp see also read a reading from of"),
    number_words=_NUMBER_WORDS,
)
