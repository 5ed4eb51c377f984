"""Misspelt names: the closest full name, if it is closer than that of any other book."""

from functools import cache, lru_cache
from heapq import nsmallest
from typing import NamedTuple

from verses.references.names.distance import EDIT, distance
from verses.references.names.index import FULL_NAMES, OUTSIDE, NameEntry

# One full edit is accepted for this number of letters typed.
_LETTERS_PER_EDIT = 5
_MAX_DISTANCE = 5 * EDIT // 2
# Minimum difference to the distance of the closest name of any other book.
_MARGIN = 3 * EDIT // 4
# Names with fewer letters are one edit away from several books.
_MIN_LENGTH = 4
# The initial is rarely wrong, so a name without it needs more letters to be recognized by.
_MIN_LENGTH_WITH_WRONG_INITIAL = 6
_MAX_LENGTH = 24
_MAX_COMPARED = 6
_MAX_SIMILAR = 5


class SpellingMatch(NamedTuple):
    """The books meant (none if no match is unambiguous) and the books with similar names."""

    books: tuple[str, ...] = ()
    comma_separates_verse: bool = False
    similar: tuple[str, ...] = ()


class _KnownName(NamedTuple):
    name: str
    letters: int
    entry: NameEntry


class _Candidate(NamedTuple):
    distance: int
    name: str
    entry: NameEntry


def _letter_bits(name: str) -> int:
    """Return the set of a name's letters as bits."""
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) & 31)
    return bits


def _split(key: str) -> tuple[str, str]:
    return (key[0], key[1:]) if key[:1].isdigit() else ("", key)


@cache
def _names_by_numeral() -> dict[str, list[_KnownName]]:
    """Group the names by numeral, at the first misspelling: most processes never see one."""
    groups: dict[str, list[_KnownName]] = {}
    for key, entry in FULL_NAMES.items():
        numeral, name = _split(key)
        groups.setdefault(numeral, []).append(_KnownName(name, _letter_bits(name), entry))
    return groups


@lru_cache(maxsize=1024)
def closest(key: str) -> SpellingMatch:
    """Compare a key (`1juaan`) with the full names that have the same numeral."""
    numeral, name = _split(key)
    if not _MIN_LENGTH <= len(name) <= _MAX_LENGTH or numeral not in _names_by_numeral():
        return SpellingMatch()
    candidates = _candidates(name, _names_by_numeral()[numeral])
    found = dict.fromkeys(book for candidate in candidates for book in candidate.entry.books)
    similar = tuple(book for book in found if book not in OUTSIDE)[:_MAX_SIMILAR]
    if not candidates or not _is_unambiguous(name, candidates):
        return SpellingMatch(similar=similar)
    return SpellingMatch(*candidates[0].entry, similar=similar)


def _max_distance(name: str) -> int:
    return min(len(name) * EDIT // _LETTERS_PER_EDIT, _MAX_DISTANCE)


def _candidates(name: str, known_names: list[_KnownName]) -> list[_Candidate]:
    """Return the names close enough to be meant or to make another ambiguous, closest first."""
    letters, length = _letter_bits(name), len(name)
    limit = _max_distance(name) + _MARGIN
    # Each letter that only one of the names has costs at least 1, which rules most names out
    # without computing a distance.
    lower_bounds = [
        (different + abs(length - len(known.name)), index)
        for index, known in enumerate(known_names)
        if (different := (letters ^ known.letters).bit_count()) <= limit
    ]
    likely = [known_names[index] for _, index in nsmallest(_MAX_COMPARED, lower_bounds)]
    compared = [
        _Candidate(distance(name, known.name, limit), known.name, known.entry) for known in likely
    ]
    return sorted(candidate for candidate in compared if candidate.distance <= limit)


def _is_unambiguous(name: str, candidates: list[_Candidate]) -> bool:
    best = candidates[0]
    others = [one.distance for one in candidates if one.entry.books != best.entry.books]
    has_margin = not others or others[0] - best.distance >= _MARGIN
    has_initial = best.name[0] == name[0] or len(name) >= _MIN_LENGTH_WITH_WRONG_INITIAL
    is_long_enough = len(best.name) >= _MIN_LENGTH
    return best.distance <= _max_distance(name) and has_margin and has_initial and is_long_enough
