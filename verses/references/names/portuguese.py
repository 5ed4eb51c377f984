"""Portuguese names: USFM ids | name shown | other full names | abbreviations.

The abbreviations are those of the Almeida and Ave-Maria Bibles, save one: `Jn`, there Jonas, is
John to English and Spanish readers and far more often typed for it, so it is left out here.
"""

TABLE = """
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
JOB | Jó | | Jo, Jb
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
PHP | Filipenses | | Fil, Fp, Flp
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
REV | Apocalipse | Apocalipse de João, Apocalipse de São João, Revelação | Ap, Apoc, Apo
"""
