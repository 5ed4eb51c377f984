"""English names: USFM ids | name shown | other full names | abbreviations.

A numbered family stands on one line without its numerals. The abbreviations are those of the SBL
Handbook, the Chicago Manual, OSIS and USFM, and the ones commonly printed in Bibles.
"""

TABLE = """
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
