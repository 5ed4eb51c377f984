"""Words of all languages that may stand between the numbers of a reference."""

from collections.abc import Sequence
from functools import lru_cache

from verses.references.languages import all_words
from verses.references.tokens.lexer import NUMBER, WORD, Token

CHAPTER_WORDS = all_words(lambda language: language.chapter_words)
PLURAL_CHAPTER_WORDS = all_words(lambda language: language.plural_chapter_words)
VERSE_WORDS = all_words(lambda language: language.verse_words)
AND_WORDS = all_words(lambda language: language.and_words)
FROM_WORDS = all_words(lambda language: language.from_words)
TO_WORDS = all_words(lambda language: language.to_words)
NEXT_VERSE = all_words(lambda language: language.next_verse_words)
TO_END_OF_CHAPTER = all_words(lambda language: language.to_end_words)
FOLLOWING_VERSES = NEXT_VERSE | TO_END_OF_CHAPTER
# `y siguientes`, `en adelante`
BEFORE_FOLLOWING = AND_WORDS | all_words(lambda language: language.before_to_end_words)
BETWEEN_NUMBERS = CHAPTER_WORDS | VERSE_WORDS | BEFORE_FOLLOWING | TO_WORDS | FOLLOWING_VERSES
ORDINAL_ENDINGS = all_words(lambda language: language.ordinal_endings)
END_WORDS = all_words(lambda language: language.end_words)
BEFORE_END = all_words(lambda language: language.before_end_words)
LEAD_IN_WORDS = all_words(lambda language: language.lead_in_words)
NUMERALS = frozenset("1234")

_ROMAN = {"c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5, "iv": 4, "i": 1}


@lru_cache(maxsize=512)
def roman_value(word: str) -> int:
    """Return the value of a lower-case Roman numeral up to 399; 0 for any other word."""
    value, rest = 0, word
    for letters, worth in _ROMAN.items():
        while rest.startswith(letters):
            value, rest = value + worth, rest[len(letters) :]
    return 0 if rest or to_roman(value) != word else value


def to_roman(value: int) -> str:
    """Return a number as a lower-case Roman numeral."""
    numeral = ""
    for letters, worth in _ROMAN.items():
        count, value = divmod(value, worth)
        numeral += letters * count
    return numeral


def starts_book(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a book name starts at a token that follows an earlier book name."""
    token = tokens[index]
    if token.kind == WORD:
        return token.text not in BETWEEN_NUMBERS
    is_numeral = token.kind == NUMBER and token.text in NUMERALS and not token.letters
    return is_numeral and _numbers_a_book(tokens, index + 1)


def _numbers_a_book(tokens: Sequence[Token], index: int) -> bool:
    """Return whether the token after a numeral makes it that of a book: `1 John`, `1st John`."""
    index = after_dot(tokens, index)
    word = tokens[index]
    if word.kind != WORD:
        return False
    following = tokens[after_dot(tokens, index + 1)]
    if word.text in ORDINAL_ENDINGS and following.kind == WORD:
        return following.text not in BETWEEN_NUMBERS
    return word.text not in BETWEEN_NUMBERS


def after_dot(tokens: Sequence[Token], index: int) -> int:
    """Return the index of the next token if the one at `index` is a dot, else `index`."""
    return index + 1 if tokens[index].kind == "." else index
