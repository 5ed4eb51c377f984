"""Words that may stand between the numbers of a reference, in the three languages."""

from collections.abc import Sequence

from verses.references.lexer import NUMBER, WORD, Token


def words(listed: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(listed.split())


CHAPTER_WORDS = words(
    "ch chs chap chaps chapt chapter chapters cap caps capitulo capitulos capítulo capítulos"
)
VERSE_WORDS = words(
    "v vv vs vss ver vers verse verses verso versos versiculo versiculos versículo versículos"
)
AND_WORDS = words("and y e")
TO_WORDS = words("to through thru a al ao à até ate hasta")
NEXT_VERSE = words("f s sq siguiente seguinte")
TO_END_OF_CHAPTER = words(
    "ff ss sqq sig sigs seg segs siguientes seguintes following "
    "sgte sgtes adelante diante onward onwards"
)
FOLLOWING_VERSES = NEXT_VERSE | TO_END_OF_CHAPTER
BEFORE_FOLLOWING = AND_WORDS | words("en em")  # `y siguientes`, `en adelante`
VERSE_LETTERS = frozenset("abcde")
BETWEEN_NUMBERS = CHAPTER_WORDS | VERSE_WORDS | BEFORE_FOLLOWING | TO_WORDS | FOLLOWING_VERSES
ORDINAL_ENDINGS = words("st nd rd th a o er ra ro da do era ero")
NUMERALS = frozenset("1234")

_ROMAN = {"c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5, "iv": 4, "i": 1}


def roman(word: str) -> int:
    """Value of a well-formed Roman numeral up to 399 in lower case; 0 for any other word."""
    value, rest = 0, word
    for letters, worth in _ROMAN.items():
        while rest.startswith(letters):
            value, rest = value + worth, rest[len(letters) :]
    return 0 if rest or to_roman(value) != word else value


def to_roman(value: int) -> str:
    """Write a number as a Roman numeral in lower case."""
    written = ""
    for letters, worth in _ROMAN.items():
        count, value = divmod(value, worth)
        written += letters * count
    return written


def starts_book(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the name of another book begins at a token, after some book was named."""
    token = tokens[at]
    if token.kind == WORD:
        return token.text not in BETWEEN_NUMBERS
    return token.kind == NUMBER and token.text in NUMERALS and _numbers_a_book(tokens, at + 1)


def _numbers_a_book(tokens: Sequence[Token], at: int) -> bool:
    at = after_dot(tokens, at)
    word = tokens[at]
    if word.kind != WORD:
        return False
    if word.text in ORDINAL_ENDINGS and tokens[after_dot(tokens, at + 1)].kind == WORD:
        return True
    letter = not word.spaced and word.text in VERSE_LETTERS
    return not letter and word.text not in BETWEEN_NUMBERS


def after_dot(tokens: Sequence[Token], at: int) -> int:
    """Place of the token at `at`, or of the next one if that is a dot."""
    return at + 1 if tokens[at].kind == "." else at
