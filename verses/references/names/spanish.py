"""Spanish names: USFM ids | name shown | other full names | abbreviations.

The abbreviations are those of the Reina-Valera, the Biblia de Jerusalén and the Nueva Versión
Internacional. `Fil` stands under both books it is used for, so that it is refused.
"""

TABLE = """
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
SNG | Cantares | Cantar de los Cantares, Cantar, Cantar de Salomón | Cant, Can, Cnt, Ct
ISA | Isaías | | Isa, Is
JER | Jeremías | | Jer, Jr
LAM | Lamentaciones | Lamentaciones de Jeremías | Lam, Lm, La
EZK | Ezequiel | | Ezeq, Eze, Ez, Ezq
DAN | Daniel | | Dan, Dn, Da
HOS | Oseas | | Os, Ose
JOL | Joel | | Jl
AMO | Amós | | Am
OBA | Abdías | | Abd, Ab
JON | Jonás | | Jon, Jns, Jo
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
ACT | Hechos | Hechos de los Apóstoles, Actos de los Apóstoles | Hch, Hech
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
JAS | Santiago | | Stg, Sant, St, Sgo
1PE 2PE | Pedro | | Pe, Ped, Pd, P
1JN 2JN 3JN | Juan | | Jn, Jua
JUD | Judas | | Jud, Jds, Ju
REV | Apocalipsis | Apocalipsis de Juan, Apocalipsis de San Juan, Revelación | Apoc, Apo, Ap
"""
