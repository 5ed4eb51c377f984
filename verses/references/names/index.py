"""Every known name by its key, for exact look-up."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from verses.references.books import BY_USFM
from verses.references.languages import LANGUAGES, Language
from verses.references.languages.base import BookNames, numeral_of
from verses.references.tokens.normalizing import normalize, strip_accents

NON_CANONICAL = "non-canonical"
DEUTEROCANONICAL = "deuterocanonical"
# They stand for a book in the entry of a known name that is not one of the 66 books.
OUTSIDE = frozenset((NON_CANONICAL, DEUTEROCANONICAL))

_DEUTEROCANONICAL_WRITINGS = frozenset(
    ["TOB", "JDT", "ESG", "WIS", "SIR", "BAR", "LJE", "S3Y", "SUS", "BEL", "1MA"]
)
_MAX_ABBREVIATION_LENGTH = 2

_NUMERALS = ("", "1", "2", "3", "4")


class BookAlias(NamedTuple):
    """One name of one book in one language; `key` keeps accents and starts with the numeral."""

    key: str
    book: str
    language: Language
    is_full: bool


class NameEntry(NamedTuple):
    """The books a name can mean.

    `comma_separates_verse` is true if the name is used in a language where it does.
    """

    books: tuple[str, ...]
    comma_separates_verse: bool


def key_of(name: str) -> str:
    """Return the look-up key of a name: `1 Génesis` -> `1génesis`."""
    return "".join(letter for letter in normalize(name) if letter.isalnum())


def _aliases(language: Language, row: BookNames) -> list[BookAlias]:
    """Return every name of a row; a family's names once for each of its books."""
    keys = [(key_of(name), True) for name in (row.display_name, *row.full_names)]
    keys += [(key_of(name), False) for name in row.abbreviations]
    return [
        BookAlias(numeral_of(book) + key, book, language, is_full)
        for book in row.books
        for key, is_full in keys
    ]


def _by_key(aliases: Iterable[BookAlias]) -> dict[str, NameEntry]:
    books: dict[str, dict[str, None]] = {}
    with_comma: set[str] = set()
    for alias in aliases:
        books.setdefault(alias.key, {})[alias.book] = None
        if alias.language.comma_separates_verse:
            with_comma.add(alias.key)
    return {key: NameEntry(tuple(found), key in with_comma) for key, found in books.items()}


def _distinct_by_accent(
    accented: Sequence[BookAlias], plain: dict[str, NameEntry]
) -> dict[str, NameEntry]:
    """Return the accented names that are ambiguous without their accents: `jó`."""
    return _by_key(
        alias
        for alias in accented
        if not alias.key.isascii() and len(plain[strip_accents(alias.key)].books) > 1
    )


def _outside(
    names: Iterable[str], kind: str = NON_CANONICAL, numerals: Sequence[str] = ("",)
) -> dict[str, NameEntry]:
    entry = NameEntry((kind,), comma_separates_verse=False)
    keys = [strip_accents(key_of(name)) for name in names]
    return {numeral + key: entry for key in keys for numeral in numerals}


def _apocrypha_entries() -> dict[str, NameEntry]:
    """Return the names by writing: the spelling comparison resolves ties by this order."""
    by_writing: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for writing, names in language.apocrypha_names():
            by_writing.setdefault(writing, []).extend(names)
    entries: dict[str, NameEntry] = {}
    for writing, collected in by_writing.items():
        is_deuterocanonical = writing in _DEUTEROCANONICAL_WRITINGS
        kind = DEUTEROCANONICAL if is_deuterocanonical else NON_CANONICAL
        # A numeral changes nothing: `3 Maccabees` is refused by name as well.
        entries |= _outside(collected, kind, _NUMERALS)
    return entries


def _identifiers() -> dict[str, NameEntry]:
    return {
        key_of(name): NameEntry((book.usfm,), comma_separates_verse=False)
        for book in BY_USFM.values()
        for name in (book.usfm, book.osis)
    }


# Every name in every language.
ACCENTED_ALIASES = [
    alias
    for language in LANGUAGES
    for row in language.book_names()
    for alias in _aliases(language, row)
]


# Every name in every language, its key without accents.
ALIASES = [alias._replace(key=strip_accents(alias.key)) for alias in ACCENTED_ALIASES]


def books_printed(name: str, language: str) -> list[str]:
    """Return the books that a language prints a name for; with the same accents first."""
    key = key_of(name)
    same = [alias for alias in ACCENTED_ALIASES if alias.language.code == language]
    exact = [alias.book for alias in same if alias.key == key]
    plain = [alias.book for alias in same if strip_accents(alias.key) == strip_accents(key)]
    return list(dict.fromkeys(exact + plain))


_without_numeral = [
    alias._replace(key=alias.key[1:]) for alias in ALIASES if numeral_of(alias.book)
]
_plain = _by_key(ALIASES)

# Names of the numbered books without their numerals.
NUMBERED_FAMILIES: dict[str, NameEntry] = _by_key(_without_numeral)

_apocrypha = _apocrypha_entries()

# Entries by key without spaces (`1samuel`, `jó`). Later sources override earlier ones, so that a
# book's name has priority over a family's name, an identifier and a non-canonical name.
ALL_NAMES: dict[str, NameEntry] = {
    **_outside(name for language in LANGUAGES for name in language.proper_name_list()),
    **_apocrypha,
    **_identifiers(),
    **NUMBERED_FAMILIES,
    **_plain,
    **_distinct_by_accent(ACCENTED_ALIASES, _plain),
}

# The entries of names that are not abbreviations: prefixes and misspellings are compared with
# these.
FULL_NAMES: dict[str, NameEntry] = {
    **{
        key: entry
        for key, entry in _apocrypha.items()
        if len(key.lstrip("1234")) > _MAX_ABBREVIATION_LENGTH
    },
    **_by_key(alias for alias in _without_numeral if alias.is_full),
    **_by_key(alias for alias in ALIASES if alias.is_full),
}
