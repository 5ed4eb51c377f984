"""Normalize typed text: case, widths, dashes, colons, digits, invisible marks."""

import re
import unicodedata
from itertools import pairwise

_DASHES = (
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u02d7\u2e3a\u2e3b\u2e40\u2e17\u2e1a\u301c"
    "\u3030\u30a0\u058a\u05be\u1400\u1806~"
)
_UNREADABLE = "\ufffd"
_COLONS = "\u2236\ua789\u02d0\u02f8\u05c3\u0589"
_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_COLONS, ":"),
        **dict.fromkeys("\u3001\u060c\u066b", ","),
        **dict.fromkeys("\u061b", ";"),
        **dict.fromkeys("\u00b7\u2027\u3002", "."),
        **dict.fromkeys("\u2019\u02bc`\u00b4", "'"),
        **dict.fromkeys("+_", " "),
        "\u00b0": "o",  # the degree sign, typed instead of the ordinal one: 1\u00b0 Corintios
        **{chr(code): _UNREADABLE for code in range(32) if not chr(code).isspace()},
    }
)
_INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
# Between two digits an invisible mark may be a separator, so it stays and is refused later.
_DROPPED = re.compile(f"(?<![0-9]){_INVISIBLE}|{_INVISIBLE}(?![0-9])")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def normalize(text: str) -> str:
    """Return the text in lower case with ASCII digits and punctuation.

    Accents are kept, because `jó` and `jo` are different names. Control characters and lone
    surrogates become U+FFFD: they cannot be printed in an error message.
    """
    if text.isascii():
        return text.translate(_SPELLINGS).lower()
    text = _LONE_SURROGATE.sub(_UNREADABLE, _separate_numerals(text))
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _DROPPED.sub("", text.translate(_SPELLINGS))
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def strip_accents(word: str) -> str:
    """Return a word without its accents: `joão` -> `joao`."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _separate_numerals(text: str) -> str:
    """Replace a numeral such as a superscript next to a digit: NFKC would make `1²` into 12."""
    if not any(_is_non_decimal_numeral(letter) for letter in text):
        return text
    letters = list(text)
    for index, (left, right) in enumerate(pairwise(text)):
        if left.isnumeric() and right.isnumeric():
            for position in (index, index + 1):
                if _is_non_decimal_numeral(text[position]):
                    letters[position] = _UNREADABLE
    return "".join(letters)


def _is_non_decimal_numeral(letter: str) -> bool:
    return letter.isnumeric() and not letter.isdecimal()
