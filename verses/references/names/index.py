"""Every known name of a book under one key, for exact look-up."""

from collections.abc import Iterable
from typing import NamedTuple

from verses.references.books import BY_USFM, LANGUAGES
from verses.references.folding import strip_accents
from verses.references.names import strangers
from verses.references.names.tables import (
    Naming,
    key_of,
    keys_listed,
    namings,
    numeral_of,
)

STRANGER = "stranger"
"""Stands among the books of an entry for a known name that is not one of a book."""

_NUMERALS = ("", "1", "2", "3", "4")


class Entry(NamedTuple):
    """The books a name may mean, and whether the name is used in Spanish or Portuguese."""

    books: tuple[str, ...]
    continental: bool


def _by_key(names: Iterable[Naming]) -> dict[str, Entry]:
    books: dict[str, dict[str, None]] = {}
    continental: set[str] = set()
    for naming in names:
        books.setdefault(naming.key, {})[naming.book] = None
        if naming.language != "en":
            continental.add(naming.key)
    return {key: Entry(tuple(found), key in continental) for key, found in books.items()}


def _told_apart_by_accents(spelt: list[Naming], plain: dict[str, Entry]) -> dict[str, Entry]:
    accented = [naming for naming in spelt if not naming.key.isascii()]
    unclear = [naming for naming in accented if len(plain[strip_accents(naming.key)].books) > 1]
    return _by_key(unclear)


def _strangers(names: str, numerals: tuple[str, ...] = ("",)) -> dict[str, Entry]:
    entry = Entry((STRANGER,), continental=False)
    return {f"{n}{strip_accents(key)}": entry for key in keys_listed(names) for n in numerals}


def _identifiers() -> dict[str, Entry]:
    return {
        key_of(name): Entry((book.usfm,), continental=False)
        for book in BY_USFM.values()
        for name in (book.usfm, book.osis)
    }


_SPELT = [naming for language in LANGUAGES for naming in namings(language)]

NAMES = [naming._replace(key=strip_accents(naming.key)) for naming in _SPELT]
"""Every name in every language, its key without accents."""

_bare = [naming._replace(key=naming.key[1:]) for naming in NAMES if numeral_of(naming.book)]
_plain = _by_key(NAMES)

FAMILIES: dict[str, Entry] = _by_key(_bare)
"""Names of the numbered books without their numerals."""

_writings = _strangers(strangers.WRITINGS, _NUMERALS)

EXACT: dict[str, Entry] = {
    **_strangers(strangers.PEOPLE_AND_PLACES),
    **_writings,
    **_identifiers(),
    **FAMILIES,
    **_plain,
    **_told_apart_by_accents(_SPELT, _plain),
}
"""Key without spaces (`1samuel`, `jó`) -> what it means. Later sources win: a name of a book over
a family's name without its numeral, over identifiers, over strangers."""

FULL: dict[str, Entry] = {
    **_writings,
    **_by_key(naming for naming in _bare if naming.is_full),
    **_by_key(naming for naming in NAMES if naming.is_full),
}
"""The same for names written in full: what a misspelling or a beginning is compared with."""
