"""From the words of a name to the books it can mean."""

from bisect import bisect_left
from itertools import takewhile
from typing import NamedTuple

from verses.references.names.index import ALL_NAMES, FULL_NAMES, NUMBERED_FAMILIES, NameEntry
from verses.references.names.spelling import closest
from verses.references.names.titles import TITLE_WORDS, Title, strip_title
from verses.references.tokens.normalizing import strip_accents

_MIN_PREFIX_LENGTH = 3
_SORTED_KEYS = sorted(FULL_NAMES)


class ResolvedName(NamedTuple):
    """What a name means: one book, several (ambiguous), or none (unknown).

    `similar` are the books with the most similar names, for an unknown or misspelt name.
    """

    books: tuple[str, ...]
    comma_separates_verse: bool = False
    is_misspelt: bool = False
    similar: tuple[str, ...] = ()


def resolve_name(numeral: str, words: list[str]) -> ResolvedName:
    """Return the books named by a numeral (`1` to `4` or empty) and normalized words."""
    name_words = [word.replace("'", "") for word in words]
    entry = _known(numeral + "".join(name_words), word_count=len(name_words))
    if entry:
        return ResolvedName(*entry)
    title = strip_title(numeral, name_words)
    key = strip_accents(title.key)
    entry = _after_title(title, key) or _after_roman_numeral(key) or _with_prefix(key)
    if entry:
        return ResolvedName(title.filter_books(entry.books), entry.comma_separates_verse)
    match = closest(key)
    books = title.filter_books(match.books)
    return ResolvedName(
        books,
        match.comma_separates_verse,
        is_misspelt=bool(books),
        similar=title.filter_books(match.similar),
    )


def _known(key: str, *, word_count: int) -> NameEntry | None:
    # Only full names may contain spaces anywhere: `I Sa` is not Isa., `S of` is not Sof.
    names = ALL_NAMES if word_count == 1 else FULL_NAMES
    return names.get(key) or names.get(strip_accents(key))


def _after_title(title: Title, key: str) -> NameEntry | None:
    # `Carta de Juan` is one of the three letters, never the gospel.
    if title.is_epistle and key in NUMBERED_FAMILIES:
        return NUMBERED_FAMILIES[key]
    return _known(title.key, word_count=title.words)


def _after_roman_numeral(key: str) -> NameEntry | None:
    """Read `iijohn` as 2 John; only before a full name, because `isa` is not 1 Sa."""
    name = key.lstrip("i")
    numeral = str(len(key) - len(name))
    return FULL_NAMES.get(numeral + name) if name != key else None


def _with_prefix(key: str) -> NameEntry | None:
    # `San` and `São` begin Santiago and São Tiago, but alone they are a title without its name.
    if len(key) < _MIN_PREFIX_LENGTH + key[:1].isdigit() or key in TITLE_WORDS:
        return None
    rest = _SORTED_KEYS[bisect_left(_SORTED_KEYS, key) :]
    entries = [FULL_NAMES[name] for name in takewhile(lambda name: name.startswith(key), rest)]
    books = dict.fromkeys(book for entry in entries for book in entry.books)
    if not books:
        return None
    return NameEntry(tuple(books), any(entry.comma_separates_verse for entry in entries))
