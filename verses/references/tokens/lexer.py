"""Split normalized text into numbers, words and signs."""

import re
from typing import NamedTuple

NUMBER, WORD, END = "number", "word", "end"

_TOKEN = re.compile(r"\s*(?:([0-9]+)|([^\W\d_](?:[^\W\d_]|['\u0300-\u036f])*)|(-+|\S))")
# No chapter or verse has more than three digits; of a longer number it is enough to know that it
# is too large.
_MAX_NUMBER_LENGTH = 4
TOO_LARGE = 10**_MAX_NUMBER_LENGTH


class Token(NamedTuple):
    """A part of a reference.

    `kind` of a sign is the sign itself; `spaced` is true after white space; `start` is the offset
    in the normalized text. `letters` are those of a verse (`4b`), `other` is the number in
    parentheses after a number: `22 (23)`.
    """

    kind: str
    text: str
    spaced: bool
    start: int
    letters: str = ""
    other: str = ""


def tokenize(text: str) -> list[Token]:
    """Split normalized text; the last token is always of kind END."""
    tokens = [_token(match) for match in _TOKEN.finditer(text)]
    tokens.append(Token(END, "", spaced=True, start=len(text)))
    return tokens


def _token(match: re.Match[str]) -> Token:
    group = match.lastindex or 0
    text, start = match[group], match.start(group)
    kind = (NUMBER, WORD, text[:1])[group - 1]
    return Token(kind, text, start > match.start(), start)


def to_int(text: str) -> int:
    """Return the value of a numeral, TOO_LARGE for one with more digits than any chapter has."""
    digits = text.lstrip("0")
    # int() of 200 digits is slow, and no longer numeral can be valid.
    return int(digits or "0") if len(digits) <= _MAX_NUMBER_LENGTH else TOO_LARGE
