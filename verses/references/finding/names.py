"""Names of books in running text: exact ones only, and no ordinary words."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from verses.references.languages import LANGUAGES
from verses.references.languages.base import numeral_of, words
from verses.references.names.index import ACCENTED_ALIASES, ALIASES, ALL_NAMES, BookAlias
from verses.references.names.titles import TITLE_WORDS
from verses.references.tokens.normalizing import normalize, strip_accents
from verses.references.tokens.vocabulary import NUMERALS, ORDINAL_ENDINGS

MAX_NAME_WORDS = 5
_MAX_TITLE_WORDS = 8
_ROMAN = {"I": "1", "II": "2", "III": "3"}
_ORDINALS = {
    word: numeral
    for language in LANGUAGES
    for numeral, ordinals in language.ordinals.items()
    for word in ordinals
    if len(word) > 3  # noqa: PLR2004  # `i` and `ii` are words of a text
}
# `Jud` is printed for Judges and for Jude.
_NEVER = words("jud 1j 2j 3j")

# Names that are also people or things. A chapter of them is found only where a reference is meant.
_PEOPLE_AND_THINGS = words(
    "mark job numbers acts kings judges song songs ruth esther daniel joel amos hosea micah nahum "
    "joshua samuel luke john matthew peter timothy titus philemon james jude ezra jonah isaiah "
    "juan marcos mateo lucas numeros hechos jueces reyes santiago judas tito cantares cantar rut "
    "ester esdras josue jonas pedro timoteo joao mateus atos reis juizes tiago rute cantico "
    "miqueias oseias naum ageu malaquias jeremias isaias ezequiel zacarias numb mar jon dan"
)
# Abbreviations that are also words of the language.
_ORDINARY_WORDS = {
    "en": words("is am he re la so ho de da ob pro sol mi ti song act"),
    "es": words("es la te os mi re de da he mar jue ed can"),
    "pt": words("os na de da ne te re as at mar pro"),
}


class NameInText(NamedTuple):
    """A name that was found: a USFM id, the language it belongs to, and where it ends."""

    book: str
    language: str
    key: str
    is_full: bool
    last: int
    """Index of its last word."""

    @property
    def is_ordinary(self) -> bool:
        """True if the name is also that of a person or thing."""
        return self.key.lstrip("1234") in _PEOPLE_AND_THINGS or self.is_word

    @property
    def is_word(self) -> bool:
        """True if the name is also a word of the language."""
        return self.key in _ORDINARY_WORDS.get(self.language, ())

    @property
    def is_shared(self) -> bool:
        """True if other languages print the name for another book."""
        return len(ALL_NAMES[self.key].books) > 1


class Word(NamedTuple):
    """A word, number or sign of a text."""

    text: str
    start: int
    end: int


@cache
def _table(language: str) -> dict[str, tuple[str, str, bool]]:
    """Return the book, language and kind of each name that a text of a language may have."""
    table: dict[str, tuple[str, str, bool]] = {
        alias.key: (alias.book, alias.language.code, alias.is_full)
        for alias in ALIASES
        if alias.is_full and len(ALL_NAMES[alias.key].books) == 1
    }
    accented: dict[str, list[BookAlias]] = {}
    plain: dict[str, list[BookAlias]] = {}
    for alias in ACCENTED_ALIASES:
        if alias.language.code == language:
            accented.setdefault(alias.key, []).append(alias)
            plain.setdefault(strip_accents(alias.key), []).append(alias)
    # With its accent a name is another one: `Jó` and `Jo`.
    for key, rows in {**plain, **accented}.items():
        table.pop(key, None)
        if len({row.book for row in rows}) == 1 and key not in _NEVER:
            table[key] = (rows[0].book, language, any(row.is_full for row in rows))
    return table


def name_at(text: list[Word], index: int, language: str) -> NameInText | None:
    """Return the longest name that starts at a word."""
    numeral, start = _numeral_at(text, index)
    longest = None
    for key, last in _keys(text, start):
        plain = strip_accents(key)
        row = _table(language).get(numeral + key) or _table(language).get(numeral + plain)
        # Only full names have several words: `S of` is not Sof.
        if row and (row[2] or last <= start + 1) and (bool(numeral) == bool(numeral_of(row[0]))):
            longest = NameInText(*row[:2], numeral + plain, row[2], last)
    return longest


def _keys(text: list[Word], start: int) -> Iterator[tuple[str, int]]:
    key, count = "", 0
    for index in range(start, min(start + 2 * MAX_NAME_WORDS, len(text))):
        word = text[index].text
        if word == ".":
            yield key, index
        elif word[:1].isalpha() and count < MAX_NAME_WORDS:
            key += normalize(word)
            count += 1
            yield key, index
        else:
            return


def _numeral_at(text: list[Word], index: int) -> tuple[str, int]:
    """Return the numeral of a book and the index of the name after it and after a title."""
    word = text[index].text
    ordinal = _ORDINALS.get(strip_accents(normalize(word)), "")
    numeral = word if word in NUMERALS else _ROMAN.get(word, ordinal)
    if not numeral:
        return "", index
    start = index + 1
    while start < len(text) and (text[start].text in ".ªº" or _is_ending(text, start)):
        start += 1
    for _ in range(_MAX_TITLE_WORDS):
        if start + 1 < len(text) and _is_title(text, start):
            start += 1
    return (numeral, start) if start < len(text) else ("", index)


def _is_ending(text: list[Word], index: int) -> bool:
    is_joined = text[index].start == text[index - 1].end
    return is_joined and text[index].text in ORDINAL_ENDINGS


def _is_title(text: list[Word], index: int) -> bool:
    word, following = strip_accents(normalize(text[index].text)), text[index + 1].text
    return word in TITLE_WORDS and following[:1].isalpha()
