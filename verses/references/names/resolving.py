"""From the words of a name to the books it may mean."""

from bisect import bisect_left
from itertools import takewhile
from typing import NamedTuple

from verses.references.folding import strip_accents
from verses.references.names.index import EXACT, FAMILIES, FULL, Entry
from verses.references.names.spelling import nearest
from verses.references.names.titles import TITLE_WORDS, Title, without_title

_MIN_PREFIX_LENGTH = 3
_SORTED_KEYS = sorted(FULL)


class Meaning(NamedTuple):
    """What a name means: one book, several (it must be refused), or none.

    `continental`: the name is used in Spanish or Portuguese. `nearest`: for an unknown name, the
    books with the most similar names.
    """

    books: tuple[str, ...]
    continental: bool = False
    misspelt: bool = False
    nearest: tuple[str, ...] = ()


def resolve(numeral: str, words: list[str]) -> Meaning:
    """Find the books named by a numeral (`1`..`4` or empty) and folded words."""
    named = [word.replace("'", "") for word in words]
    entry = _known(numeral + "".join(named), words=len(named))
    if entry:
        return Meaning(*entry)
    title = without_title(numeral, named)
    key = strip_accents(title.key)
    entry = _titled(title, key) or _after_roman_numeral(key) or _beginning(key)
    if entry:
        return Meaning(title.fitting(entry.books), entry.continental)
    return _misspelt(title, key)


def _known(key: str, *, words: int) -> Entry | None:
    # Only names in full may be spaced freely: `I Sa` is not Isa., `S of` not Sof.
    known = EXACT if words == 1 else FULL
    return known.get(key) or known.get(strip_accents(key))


def _titled(title: Title, key: str) -> Entry | None:
    if title.is_epistle and key in FAMILIES:
        return FAMILIES[key]
    return _known(title.key, words=title.words)


def _after_roman_numeral(key: str) -> Entry | None:
    """`iijohn` -> 2 John; only in front of a name in full, `isa` is not 1 Sa."""
    name = key.lstrip("i")
    numeral = str(len(key) - len(name))
    return FULL.get(numeral + name) if name != key else None


def _beginning(key: str) -> Entry | None:
    # `San` and `São` begin Santiago and São Tiago, but alone they are a title without its name.
    if len(key) < _MIN_PREFIX_LENGTH + key[:1].isdigit() or key in TITLE_WORDS:
        return None
    rest = _SORTED_KEYS[bisect_left(_SORTED_KEYS, key) :]
    longer = [FULL[name] for name in takewhile(lambda name: name.startswith(key), rest)]
    books = dict.fromkeys(book for entry in longer for book in entry.books)
    if not books:
        return None
    return Entry(tuple(books), any(entry.continental for entry in longer))


def _misspelt(title: Title, key: str) -> Meaning:
    found = nearest(key)
    books, similar = title.fitting(found.books), title.fitting(found.similar)
    return Meaning(books, found.continental, misspelt=bool(books), nearest=similar)
