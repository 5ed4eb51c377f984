"""Numbers in words, as dictation writes them.

They are used for suggestions only: words can be split in more than one way, `twenty three` is 23 or
20 and 3.
"""

import re
from functools import cache

from verses.references.languages import LANGUAGES
from verses.references.tokens.normalizing import strip_accents
from verses.references.tokens.vocabulary import AND_WORDS


@cache
def _values() -> dict[str, int]:
    """Return the value of every number word."""
    tables = ",".join(language.number_words for language in LANGUAGES)
    rows = (row.split() for row in tables.split(","))
    return {word: int(value) for value, *words in rows for word in words}


@cache
def _pattern() -> re.Pattern[str]:
    """Compile the pattern of a number at the first error: an import does not need it."""
    unit, ten, hundred = _any_of(range(1, 10)), _any_of(range(20, 100, 10)), _any_of([100])
    # Words such as `eleven` or `veintiuno` cannot be followed by a unit.
    single_word = _any_of([*range(10, 20), *range(21, 30)])
    joint = rf"(?:\s+(?:{'|'.join(sorted(AND_WORDS))})\s+|\s+|-)"
    small = rf"(?:{single_word}|{ten}(?:{joint}{unit})?|{unit})"
    return re.compile(rf"(?:\b(?:a|one)\s+)?{hundred}(?:{joint}{small})?|{small}")


def _any_of(values: range | list[int]) -> str:
    """Return a pattern of the words with one of the values."""
    words = (word for word, value in _values().items() if value in values)
    return rf"\b(?:{'|'.join(words)})\b"


def to_digits(text: str) -> str:
    """Replace number words in a normalized text: `juan tres dieciséis` -> `juan 3 16`."""
    return _pattern().sub(_sum, strip_accents(text))


def _sum(match: re.Match[str]) -> str:
    words = re.findall(r"\w+", match[0])
    counted = words[1:] if "hundred" in words[1:2] else words  # `one hundred` is 100, not 101
    return str(sum(_values().get(word, 0) for word in counted))
