"""Strip what titles put around the name of a book: `The First Epistle of Paul to the ...`."""

from typing import NamedTuple

from verses.references.folding import strip_accents
from verses.references.vocabulary import words

_ORDINALS = {
    "1": "i 1st first primer primero primera primeiro primeira",
    "2": "ii 2nd second segundo segunda",
    "3": "iii 3rd third tercer tercero tercera terceiro terceira",
}
_NUMERAL_OF = {word: numeral for numeral, listed in _ORDINALS.items() for word in listed.split()}
_GOSPEL_WORDS = words("gospel evangelio evangelho")
_EPISTLE_WORDS = words("epistle letter epistola carta")
_ACCORDING = words("according segun segundo")
_FILLERS = words(
    "the el la los las o a os as of de del do da dos das to al ao aos book libro livro holy "
    "saint st san sn santo sao s apostle apostol apostolo paul pauls pablo paulo"
)
TITLE_WORDS = _GOSPEL_WORDS | _EPISTLE_WORDS | _FILLERS
_GOSPELS = words("MAT MRK LUK JHN")
_EPISTLES = words(
    "ROM 1CO 2CO GAL EPH PHP COL 1TH 2TH 1TI 2TI TIT PHM HEB JAS 1PE 2PE 1JN 2JN 3JN JUD"
)


class Title(NamedTuple):
    """What is left of a name: its key with numeral and accents, and what the title told."""

    key: str
    words: int = 1
    is_gospel: bool = False
    is_epistle: bool = False

    def fitting(self, books: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the books that are of the kind the title told."""
        if self.is_gospel:
            return tuple(book for book in books if book in _GOSPELS)
        if self.is_epistle:
            return tuple(book for book in books if book in _EPISTLES)
        return books


def without_title(numeral: str, named: list[str]) -> Title:
    """Strip titles off the front of a name; one word is always left."""
    gospel = epistle = False
    for place, accented in enumerate(named[:-1]):
        word = strip_accents(accented)
        gospel = gospel or word in _GOSPEL_WORDS
        epistle = epistle or word in _EPISTLE_WORDS
        if word in _NUMERAL_OF and not numeral and not (gospel and word in _ACCORDING):
            numeral = _NUMERAL_OF[word]
        elif not _is_filler(word, after_gospel=gospel):
            return Title(numeral + "".join(named[place:]), len(named) - place, gospel, epistle)
    return Title(numeral + named[-1], 1, gospel, epistle)


def _is_filler(word: str, *, after_gospel: bool) -> bool:
    return word in TITLE_WORDS or (after_gospel and word in _ACCORDING)
