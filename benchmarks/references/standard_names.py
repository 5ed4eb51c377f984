"""Names and abbreviations as reference works print them, one line a book: `USFM: en | es | pt`.

Written down apart from the tables of the product, so that the two can disagree. Full names come
first. English abbreviations: SBL Handbook of Style (2nd ed.), Chicago Manual of Style (both of its
lists), OSIS. Spanish: Reina-Valera 1960, Biblia de Jerusalén. Portuguese: Almeida (SBB).
"""

from collections.abc import Iterator

_LINES = """
GEN: Genesis, Gen, Gn | Génesis, Gn, Gén | Gênesis, Génesis, Gn
EXO: Exodus, Exod, Ex | Éxodo, Ex | Êxodo, Êx
LEV: Leviticus, Lev, Lv | Levítico, Lv | Levítico, Lv
NUM: Numbers, Num, Nm | Números, Nm | Números, Nm
DEU: Deuteronomy, Deut, Dt | Deuteronomio, Dt | Deuteronômio, Deuteronómio, Dt
JOS: Joshua, Josh, Jo | Josué, Jos | Josué, Js
JDG: Judges, Judg, Jgs | Jueces, Jue, Jc | Juízes, Jz
RUT: Ruth, Ru | Rut, Rt | Rute, Rt
1SA: 1 Samuel, 1 Sam, 1 Sm | 1 Samuel, 1 S | 1 Samuel, 1 Sm
2SA: 2 Samuel, 2 Sam, 2 Sm | 2 Samuel, 2 S | 2 Samuel, 2 Sm
1KI: 1 Kings, 1 Kgs | 1 Reyes, 1 R | 1 Reis, 1 Rs
2KI: 2 Kings, 2 Kgs | 2 Reyes, 2 R | 2 Reis, 2 Rs
1CH: 1 Chronicles, 1 Chron, 1 Chr | 1 Crónicas, 1 Cr, 1 Cro | 1 Crônicas, 1 Cr
2CH: 2 Chronicles, 2 Chron, 2 Chr | 2 Crónicas, 2 Cr, 2 Cro | 2 Crônicas, 2 Cr
EZR: Ezra, Ezr | Esdras, Esd | Esdras, Ed
NEH: Nehemiah, Neh | Nehemías, Neh, Ne | Neemias, Ne
EST: Esther, Esth, Est | Ester, Est | Ester, Et
JOB: Job, Jb | Job, Jb | Jó
PSA: Psalms, Psalm, Ps, Pss | Salmos, Salmo, Sal | Salmos, Salmo, Sl
PRO: Proverbs, Prov, Prv | Proverbios, Pr | Provérbios, Pv
ECC: Ecclesiastes, Eccles, Eccl | Eclesiastés, Ec, Qo | Eclesiastes, Ec
SNG: Song of Solomon, Song of Songs, Song, Sg | Cantares, Cantar de los Cantares, Cnt, Ct | \
Cânticos, Cântico dos Cânticos, Cantares, Ct
ISA: Isaiah, Isa, Is | Isaías, Is | Isaías, Is
JER: Jeremiah, Jer | Jeremías, Jer, Jr | Jeremias, Jr
LAM: Lamentations, Lam | Lamentaciones, Lm | Lamentações, Lm
EZK: Ezekiel, Ezek, Ez | Ezequiel, Ez | Ezequiel, Ez
DAN: Daniel, Dan, Dn | Daniel, Dn | Daniel, Dn
HOS: Hosea, Hos | Oseas, Os | Oséias, Os
JOL: Joel, Jl | Joel, Jl | Joel, Jl
AMO: Amos, Am | Amós, Am | Amós, Am
OBA: Obadiah, Obad, Ob | Abdías, Abd, Ab | Obadias, Ob
JON: Jonah, Jon | Jonás, Jon | Jonas, Jn
MIC: Micah, Mic, Mi | Miqueas, Miq, Mi | Miquéias, Mq
NAM: Nahum, Nah, Na | Nahúm, Nah, Na | Naum, Na
HAB: Habakkuk, Hab, Hb | Habacuc, Hab, Ha | Habacuque, Hc
ZEP: Zephaniah, Zeph, Zep | Sofonías, Sof, So | Sofonias, Sf
HAG: Haggai, Hag, Hg | Hageo, Ageo, Hag, Ag | Ageu, Ag
ZEC: Zechariah, Zech, Zec | Zacarías, Zac, Za | Zacarias, Zc
MAL: Malachi, Mal | Malaquías, Mal, Ml | Malaquias, Ml
MAT: Matthew, Matt, Mt | Mateo, Mt | Mateus, Mt
MRK: Mark, Mk | Marcos, Mr, Mc | Marcos, Mc
LUK: Luke, Lk | Lucas, Lc | Lucas, Lc
JHN: John, Jn | Juan, Jn | João, Jo
ACT: Acts, Acts of the Apostles | Hechos, Hechos de los Apóstoles, Hch | \
Atos, Atos dos Apóstolos, At
ROM: Romans, Rom | Romanos, Ro, Rm | Romanos, Rm
1CO: 1 Corinthians, 1 Cor | 1 Corintios, 1 Co | 1 Coríntios, 1 Co
2CO: 2 Corinthians, 2 Cor | 2 Corintios, 2 Co | 2 Coríntios, 2 Co
GAL: Galatians, Gal | Gálatas, Gá, Ga | Gálatas, Gl
EPH: Ephesians, Eph | Efesios, Ef | Efésios, Ef
PHP: Philippians, Phil | Filipenses, Fil, Flp | Filipenses, Fp
COL: Colossians, Col | Colosenses, Col | Colossenses, Cl
1TH: 1 Thessalonians, 1 Thess, 1 Thes | 1 Tesalonicenses, 1 Ts | 1 Tessalonicenses, 1 Ts
2TH: 2 Thessalonians, 2 Thess, 2 Thes | 2 Tesalonicenses, 2 Ts | 2 Tessalonicenses, 2 Ts
1TI: 1 Timothy, 1 Tim, 1 Tm | 1 Timoteo, 1 Ti, 1 Tm | 1 Timóteo, 1 Tm
2TI: 2 Timothy, 2 Tim, 2 Tm | 2 Timoteo, 2 Ti, 2 Tm | 2 Timóteo, 2 Tm
TIT: Titus, Ti | Tito, Tit, Tt | Tito, Tt
PHM: Philemon, Philem, Phlm | Filemón, Flm | Filemom, Filémon, Fm
HEB: Hebrews, Heb | Hebreos, He, Hb | Hebreus, Hb
JAS: James, Jas | Santiago, Stg, St | Tiago, Tg
1PE: 1 Peter, 1 Pet, 1 Pt | 1 Pedro, 1 P | 1 Pedro, 1 Pe
2PE: 2 Peter, 2 Pet, 2 Pt | 2 Pedro, 2 P | 2 Pedro, 2 Pe
1JN: 1 John, 1 Jn | 1 Juan, 1 Jn | 1 João, 1 Jo
2JN: 2 John, 2 Jn | 2 Juan, 2 Jn | 2 João, 2 Jo
3JN: 3 John, 3 Jn | 3 Juan, 3 Jn | 3 João, 3 Jo
JUD: Jude | Judas, Jud | Judas, Jd
REV: Revelation, Rev, Rv | Apocalipsis, Ap | Apocalipse, Ap
"""

LANGUAGES = ("en", "es", "pt")


def standard_names() -> Iterator[tuple[str, str, str]]:
    """Yield (language, USFM id, name) for every printed name."""
    for line in _LINES.strip().splitlines():
        book, _, cells = line.partition(":")
        for language, cell in zip(LANGUAGES, cells.split("|"), strict=True):
            for name in cell.split(","):
                yield language, book, name.strip()
