"""Numbers in words, as dictation writes them: only good enough to ask whether they were meant."""

import re
from functools import cache

from verses.references.folding import strip_accents

_UNITS = """
1 one uno un um, 2 two dos dois duas, 3 three tres, 4 four cuatro quatro, 5 five cinco, 6 six seis,
7 seven siete sete, 8 eight ocho oito, 9 nine nueve nove
"""
_TEENS = """
10 ten diez dez, 11 eleven once onze, 12 twelve doce doze, 13 thirteen trece treze,
14 fourteen catorce catorze quatorze, 15 fifteen quince quinze, 16 sixteen dieciseis dezesseis,
17 seventeen diecisiete dezessete, 18 eighteen dieciocho dezoito,
19 nineteen diecinueve dezenove, 21 veintiuno, 22 veintidos, 23 veintitres, 24 veinticuatro,
25 veinticinco, 26 veintiseis, 27 veintisiete, 28 veintiocho, 29 veintinueve
"""
_TENS = """
20 twenty veinte vinte, 30 thirty treinta trinta, 40 forty cuarenta quarenta,
50 fifty cincuenta cinquenta, 60 sixty sesenta sessenta, 70 seventy setenta,
80 eighty ochenta oitenta, 90 ninety noventa
"""
_HUNDRED = "100 hundred cien ciento cem cento"


def _read(table: str) -> dict[str, int]:
    rows = (row.split() for row in table.split(","))
    return {word: int(value) for value, *words in rows for word in words}


_VALUES = _read(_UNITS) | _read(_TEENS) | _read(_TENS) | _read(_HUNDRED)


def _any_of(table: str) -> str:
    return rf"\b(?:{'|'.join(_read(table))})\b"


@cache
def _number() -> re.Pattern[str]:
    """Compile what a number in words looks like, at the first refusal: imports need it not."""
    joint = r"(?:\s+(?:and|y|e)\s+|\s+|-)"
    ten = rf"{_any_of(_TENS)}(?:{joint}{_any_of(_UNITS)})?"
    small = rf"(?:{_any_of(_TEENS)}|{ten}|{_any_of(_UNITS)})"
    hundred = rf"(?:\b(?:a|one)\s+)?{_any_of(_HUNDRED)}"
    return re.compile(rf"{hundred}(?:{joint}{small})?|{small}")


def in_digits(folded: str) -> str:
    """`juan tres dieciséis` -> `juan 3 16`; words that are no numbers stay."""
    return _number().sub(_sum, strip_accents(folded))


def _sum(match: re.Match[str]) -> str:
    words = re.findall(r"\w+", match[0])
    counted = words[1:] if "hundred" in words[1:2] else words
    return str(sum(_VALUES.get(word, 0) for word in counted))
