"""Roman numbers of chapters after the first, as old books print them: `Rom. iii. 23; vi. 23`."""

from collections.abc import Sequence

from verses.references.names.index import ALL_NAMES
from verses.references.tokens.lexer import END, NUMBER, WORD, Token
from verses.references.tokens.vocabulary import AND_WORDS, TO_WORDS, after_dot, roman_value

_BEFORE = frozenset(",;&-")
_AFTER = frozenset((",", ";", "-", END))
# Alone, `v` is a word for verse, and a letter may be one of a verse.
_MIN_LENGTH_ALONE = 2


def replace_roman_chapters(tokens: Sequence[Token]) -> list[Token]:
    """Replace Roman numerals after a separator by numbers, except the names of books.

    A `v` is left alone: it may be a word for verse, which only the grammar can decide.
    """
    return [
        token._replace(kind=NUMBER, text=str(roman_value(token.text)))
        if _is_chapter(tokens, index)
        else token
        for index, token in enumerate(tokens)
    ]


def _is_chapter(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if token.kind != WORD or not index or not roman_value(token.text):
        return False
    if token.text == "v" or token.text in ALL_NAMES or not _is_separator(tokens[index - 1]):
        return False
    following = tokens[after_dot(tokens, index + 1)]
    if following.kind in (NUMBER, ":"):
        return True
    return len(token.text) >= _MIN_LENGTH_ALONE and following.kind in _AFTER


def _is_separator(token: Token) -> bool:
    return token.kind in _BEFORE or token.text in AND_WORDS or token.text in TO_WORDS
