"""Edit distance of two spellings.

The restricted Damerau-Levenshtein distance (Damerau 1964; Wagner and Fischer 1974, with swaps of
neighbours) with reduced costs for errors of pronunciation: a letter doubled or not, a silent h, one
vowel for another, consonants that sound alike in English, Spanish or Portuguese.
"""

from itertools import accumulate, pairwise
from string import ascii_lowercase

# Cost of a full edit; integers, because they compare faster than fractions.
EDIT = 4
# Below a full edit: these are slips of somebody who knows the name. Two of the cheap ones, such
# as a doubled letter or a silent h, count as one edit.
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


def distance(typed: str, name: str, limit: int) -> int:
    """Return the cost of turning `typed` into `name`, both in lower-case ASCII.

    If it is more than `limit`, any value above `limit` is returned.
    """
    head = _shared_prefix_length(typed, name)
    tail = _shared_prefix_length(typed[:head:-1], name[:head:-1])
    dropped = list(zip(typed, _letter_costs(typed), strict=True))[head : len(typed) - tail]
    added = _letter_costs(name)[head : len(name) - tail]
    return _fill_matrix(dropped, name[head : len(name) - tail], [0, *accumulate(added)], limit)


def _shared_prefix_length(one: str, other: str) -> int:
    """Return the length of the common prefix."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _letter_costs(word: str) -> list[int]:
    """Return the cost of inserting or deleting each letter of a word at its position."""
    padded = f" {word} "
    return [
        _CHEAP if letter in (padded[index], padded[index + 2]) else _ADDED.get(letter, EDIT)
        for index, letter in enumerate(word)
    ]


def _fill_matrix(typed: list[tuple[str, int]], name: str, above: list[int], limit: int) -> int:
    """Fill the cost matrix row by row; `above` is its first row."""
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
        if min(row) > limit:
            return limit + 1
        before, above, last = above, row, letter
    return above[-1]
