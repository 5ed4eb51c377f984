"""The numbers after a name in running text, as far as they can belong to it."""

import re
from typing import NamedTuple

from verses.references.languages.base import words
from verses.references.names.index import NUMBERED_FAMILIES
from verses.references.tokens.normalizing import normalize, strip_accents
from verses.references.tokens.vocabulary import NUMERALS

_MAX_NUMBERS = 24
_SPACE = r"[ \t\u00a0]"
_DASH = r"[-\u2010-\u2015\u2212]"
_CHAPTER = r"(?:(?:chapters?|chaps?\.?|ch\.|cap[ií]tulos?|caps?\.?)[ \t\u00a0]?)?"
_NUMBER = re.compile(
    r"[0-9]{1,3}(?![0-9])(?:(?:[a-e]{1,3}|ff?|ss?)(?![^\W\d_])|(?![^\W\d_]))"
    r"(?:[ \t\u00a0](?:ff|ss)\b)?"
)
_FIRST = re.compile(
    rf"(?:\.|{_SPACE}){{0,2}}{_CHAPTER}[0-9]{{1,3}}(?![0-9])(?![f-z])"
    rf"(?:{_SPACE}?[(\[][0-9]{{1,3}}[AaBb]?[)\]])?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    rf"{_SPACE}?(?:[:.,;&]|{_DASH}){_SPACE}?(?:v{{1,2}}\.{_SPACE}?)?"
    rf"|,?{_SPACE}(?:and|y|e|to|through|al?|ao|at[eé]|hasta){_SPACE}"
    rf"|,?{_SPACE}(?:vv?\.|verses?|vers[ií]culos?|vers\.){_SPACE}?"
)
_DIGIT_FOLLOWS = re.compile(rf"{_SPACE}?[:/]?[0-9]|[.,\-\u2013/][0-9]")
_WORD_FOLLOWS = re.compile(rf"{_SPACE}([^\W\d_]+)")
_UNIT_FOLLOWS = re.compile(
    rf"{_SPACE}?(?:[ap]\.?{_SPACE}?m\b|hs?\b|hrs?\b|horas?\b|o['\u2019]clock|[%\u20ac$°])",
    re.IGNORECASE,
)
_LIST_SIGNS = (", ", "; ", ". ", "& ")
# Words that often follow a reference; any other word after a list may be what the number counts.
_CONTINUATIONS = words(
    "and or too also before after is are was says said tells teaches reads shows in on for with as "
    "that which we he she to when where "
    "y e o u ou dice dicen es son fue en para con como que se nos cuando donde leemos muestra "
    "enseña habla antes después "
    "diz dizem é são foi em com quando onde lemos mostra ensina fala depois"
)


class Number(NamedTuple):
    """A number of a reference: where it ends, and the separator before it."""

    start: int
    end: int
    separator: str


def numbers_after(text: str, position: int) -> list[Number]:
    """Return the numbers after a name, at most 24; none if a unit makes them a time or amount."""
    first = _FIRST.match(text, position)
    if not first:
        return []
    following = _NUMBER.match(text, first.end() - len(_last_digits(first[0])))
    end = max(first.end(), following.end() if following else 0)
    numbers = [Number(first.start(), end, "")]
    while len(numbers) < _MAX_NUMBERS:
        separator = _SEPARATOR.match(text, numbers[-1].end)
        number = _NUMBER.match(text, separator.end()) if separator else None
        if not (separator and number):
            break
        numbers.append(Number(number.start(), number.end(), separator[0]))
    return [] if _UNIT_FOLLOWS.match(text, numbers[-1].end) else numbers


def _last_digits(text: str) -> str:
    match = re.search(r"[0-9]+$", text)
    return match[0] if match else ""


def may_end(text: str, numbers: list[Number]) -> bool:
    """Return whether a reference may end after the last of some numbers."""
    last = numbers[-1]
    if _DIGIT_FOLLOWS.match(text, last.end):
        return False
    if last.separator.strip() == "." and ":" in "".join(one.separator for one in numbers):
        return False  # the end of a sentence
    word = _WORD_FOLLOWS.match(text, last.end)
    is_listed = last.separator.endswith(_LIST_SIGNS) or last.separator.strip().isalpha()
    if not word or not is_listed:
        return True
    if text[last.start : last.end] in NUMERALS and _names_family(word[1]):
        return False
    return not word[1][0].islower() or word[1] in _CONTINUATIONS


def _names_family(word: str) -> bool:
    return strip_accents(normalize(word)) in NUMBERED_FAMILIES
