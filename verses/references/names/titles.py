"""Titles before the name of a book: `The First Epistle of Paul to the ...`."""

from typing import NamedTuple

from verses.references.languages import LANGUAGES, all_words
from verses.references.languages.base import words
from verses.references.tokens.normalizing import strip_accents

_NUMERAL_OF = {
    word: numeral
    for language in LANGUAGES
    for numeral, ordinals in language.ordinals.items()
    for word in ordinals
}
_GOSPEL_WORDS = all_words(lambda language: language.gospel_words)
_EPISTLE_WORDS = all_words(lambda language: language.epistle_words)
_ACCORDING_WORDS = all_words(lambda language: language.according_words)
TITLE_WORDS = _GOSPEL_WORDS | _EPISTLE_WORDS | all_words(lambda language: language.title_words)
_GOSPELS = words("MAT MRK LUK JHN")
_EPISTLES = words(
    "ROM 1CO 2CO GAL EPH PHP COL 1TH 2TH 1TI 2TI TIT PHM HEB JAS 1PE 2PE 1JN 2JN 3JN JUD"
)


class Title(NamedTuple):
    """A name without its title.

    `key` keeps accents and starts with the numeral, `words` is the number of words in it.
    """

    key: str
    words: int = 1
    is_gospel: bool = False
    is_epistle: bool = False

    def filter_books(self, books: tuple[str, ...]) -> tuple[str, ...]:
        """Return the books that are of the kind named by the title."""
        if self.is_gospel:
            return tuple(book for book in books if book in _GOSPELS)
        if self.is_epistle:
            return tuple(book for book in books if book in _EPISTLES)
        return books


def strip_title(numeral: str, name_words: list[str]) -> Title:
    """Remove title words from the front of a name; at least the last word is kept."""
    gospel = epistle = False
    for index, accented in enumerate(name_words[:-1]):
        word = strip_accents(accented)
        gospel = gospel or word in _GOSPEL_WORDS
        epistle = epistle or word in _EPISTLE_WORDS
        # `segundo` is "according to" in Portuguese after `evangelho`, otherwise "second".
        if word in _NUMERAL_OF and not numeral and not (gospel and word in _ACCORDING_WORDS):
            numeral = _NUMERAL_OF[word]
        elif not (word in TITLE_WORDS or (gospel and word in _ACCORDING_WORDS)):
            kept = name_words[index:]
            return Title(numeral + "".join(kept), len(kept), gospel, epistle)
    return Title(numeral + name_words[-1], 1, gospel, epistle)
