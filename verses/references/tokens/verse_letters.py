"""Letters that name a part of a verse: `4b`, `14ab`, `1a.c`."""

from collections.abc import Sequence

from verses.references.tokens.lexer import NUMBER, WORD, Token
from verses.references.tokens.vocabulary import BETWEEN_NUMBERS, NUMERALS, after_dot

_LETTERS = frozenset("abcde")
# `a` and `e` between spaces are words: `to` and `and`.
_SPACED_LETTERS = frozenset("bcd")
_BETWEEN_LETTERS = frozenset("-.,/&")


def attach_letters(tokens: Sequence[Token]) -> list[Token]:
    """Move the letters of verses into the tokens of their numbers."""
    attached: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.kind == NUMBER and _are_letters(tokens, index):
            token = token._replace(letters=tokens[index].text)
            index = _after_more_letters(tokens, index + 1)
        attached.append(token)
    return attached


def _are_letters(tokens: Sequence[Token], index: int) -> bool:
    word = tokens[index]
    if word.kind != WORD or word.spaced or not _in_order(word.text):
        return False
    # `1a Corintios`, `1a. Corintios`
    following = tokens[after_dot(tokens, index + 1)]
    is_name = following.kind == WORD and following.text not in BETWEEN_NUMBERS | _SPACED_LETTERS
    return not (word.text == "a" and tokens[index - 1].text in NUMERALS and is_name)


def _in_order(word: str) -> bool:
    """Return whether a word is made of different letters of verses in alphabetical order."""
    return _LETTERS.issuperset(word) and "".join(sorted(set(word))) == word


def _after_more_letters(tokens: Sequence[Token], index: int) -> int:
    """Return the index after further letters of the same verse: `1a.c`, `1a-b`."""
    while True:
        letters = index + (tokens[index].kind in _BETWEEN_LETTERS)
        word = tokens[letters]
        if word.kind != WORD or not _in_order(word.text):
            return index
        following = tokens[letters + 1]
        is_letter = word.text in _SPACED_LETTERS or not word.spaced
        if (
            not is_letter
            or following.kind == WORD
            or (following.kind == NUMBER and not following.spaced)
        ):
            return index
        index = letters + 1
