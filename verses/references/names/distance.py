"""How far apart two spellings are.

The restricted Damerau-Levenshtein distance (Damerau 1964; Wagner and Fischer 1974, with swaps of
neighbours) in which the slips of people who write by ear are cheap: a letter doubled or not, a
silent h, one vowel for another, consonants that sound alike in one of the three languages.
"""

from itertools import accumulate, pairwise
from string import ascii_lowercase

EDIT = 4
"""Cost of a full edit; the cheap ones are whole fractions of it."""
_CHEAP = 2
_VOWEL = 3
_SWAP = 3

_VOWELS = "aeiouy"
_SOUND_ALIKE = ("ckqsxz", "bv", "fp", "mn", "iyj", "dt", "gj", "lr", "uvw", _VOWELS)
_ADDED = {**dict.fromkeys(_VOWELS, _VOWEL), "h": _CHEAP}
_REPLACED = {
    letter: {
        other: _CHEAP if letter != other else 0
        for other in "".join((letter, *(group for group in _SOUND_ALIKE if letter in group)))
    }
    for letter in ascii_lowercase
}
_UNLIKE_ANY: dict[str, int] = {}


def distance(typed: str, name: str, most: int) -> int:
    """Cost of turning `typed` into `name`, lower-case ASCII; above `most`, any cost above it."""
    head = _shared(typed, name)
    tail = _shared(typed[:head:-1], name[:head:-1])
    dropped = list(zip(typed, _cost_of_letters(typed), strict=True))[head : len(typed) - tail]
    added = _cost_of_letters(name)[head : len(name) - tail]
    return _cost(dropped, name[head : len(name) - tail], [0, *accumulate(added)], most)


def _shared(one: str, other: str) -> int:
    """Count the letters two words share at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _cost_of_letters(word: str) -> list[int]:
    """Cost of adding or dropping each letter of a word where it stands."""
    padded = f" {word} "
    return [
        _CHEAP if letter in (padded[at], padded[at + 2]) else _ADDED.get(letter, EDIT)
        for at, letter in enumerate(word)
    ]


def _cost(typed: list[tuple[str, int]], name: str, above: list[int], most: int) -> int:
    """Fill the matrix of costs row by row; `above` is its first row, nothing typed yet."""
    added = [right - left for left, right in pairwise(above)]
    before: list[int] = []
    last = ""
    for letter, drop in typed:
        replaced = _REPLACED.get(letter, _UNLIKE_ANY)
        row = [above[0] + drop]
        for column, other in enumerate(name):
            cost = above[column] + replaced.get(other, EDIT)
            row.append(min(cost, above[column + 1] + drop, row[column] + added[column]))
            if other == last != letter == name[column - 1] and column:
                row[-1] = min(row[-1], before[column - 1] + _SWAP)
        if min(row) > most:
            return most + 1
        before, above, last = above, row, letter
    return above[-1]
