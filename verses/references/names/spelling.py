"""Misspelt names: the nearest name in full, if one book is clearly nearer than every other."""

from functools import cache, lru_cache
from heapq import nsmallest
from typing import NamedTuple

from verses.references.names.distance import EDIT, distance
from verses.references.names.index import FULL, STRANGER, Entry

_LETTERS_FOR_EACH_EDIT = 5
"""One full edit is forgiven for so many letters typed."""
_MAX_TOLERATED = 5 * EDIT // 2
_MARGIN = 3 * EDIT // 4
"""How much farther the nearest name of any other book must be."""
_MIN_LENGTH = 4
_MIN_LENGTH_WITH_WRONG_INITIAL = 6
_MAX_LENGTH = 24
_COMPARED = 6
_SIMILAR = 5


class Found(NamedTuple):
    """The books meant (none if none is clearly nearest) and the books with similar names."""

    books: tuple[str, ...] = ()
    continental: bool = False
    similar: tuple[str, ...] = ()


class _Known(NamedTuple):
    name: str
    letters: int
    entry: Entry


class _Neighbour(NamedTuple):
    cost: int
    name: str
    entry: Entry


def _letters(name: str) -> int:
    """Return the set of a name's letters as bits."""
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) & 31)
    return bits


def _split(key: str) -> tuple[str, str]:
    return (key[0], key[1:]) if key[:1].isdigit() else ("", key)


@cache
def _pools() -> dict[str, list[_Known]]:
    """Group the names by numeral; only once a misspelling is met, most imports never need it."""
    pools: dict[str, list[_Known]] = {}
    for key, entry in FULL.items():
        numeral, name = _split(key)
        pools.setdefault(numeral, []).append(_Known(name, _letters(name), entry))
    return pools


@lru_cache(maxsize=1024)
def nearest(key: str) -> Found:
    """Compare a key (`1juaan`) with the names in full that carry the same numeral."""
    numeral, name = _split(key)
    if not _MIN_LENGTH <= len(name) <= _MAX_LENGTH or numeral not in _pools():
        return Found()
    neighbours = _neighbours(name, _pools()[numeral])
    found = dict.fromkeys(book for one in neighbours for book in one.entry.books)
    similar = tuple(book for book in found if book != STRANGER)[:_SIMILAR]
    if not neighbours or not _is_clear(name, neighbours):
        return Found(similar=similar)
    return Found(*neighbours[0].entry, similar=similar)


def _tolerated(name: str) -> int:
    return min(len(name) * EDIT // _LETTERS_FOR_EACH_EDIT, _MAX_TOLERATED)


def _neighbours(name: str, pool: list[_Known]) -> list[_Neighbour]:
    """Return the names that are near enough to be meant or to be a rival, nearest first."""
    letters, length = _letters(name), len(name)
    most = _tolerated(name) + _MARGIN
    # A letter that only one of the names has costs at least one: most names are out at once.
    unlike = [
        (different + abs(length - len(known.name)), place)
        for place, known in enumerate(pool)
        if (different := (letters ^ known.letters).bit_count()) <= most
    ]
    likely = [pool[place] for _, place in nsmallest(_COMPARED, unlike)]
    compared = [_Neighbour(distance(name, one.name, most), one.name, one.entry) for one in likely]
    return sorted(one for one in compared if one.cost <= most)


def _is_clear(name: str, neighbours: list[_Neighbour]) -> bool:
    best = neighbours[0]
    rivals = [one.cost for one in neighbours if one.entry.books != best.entry.books]
    is_alone = not rivals or rivals[0] - best.cost >= _MARGIN
    initial = best.name[0] == name[0] or len(name) >= _MIN_LENGTH_WITH_WRONG_INITIAL
    long_enough = len(best.name) >= _MIN_LENGTH
    return best.cost <= _tolerated(name) and is_alone and initial and long_enough
