"""Read the text of a reference: every way in which it can be meant, and the only valid one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from verses.references.books import BY_USFM
from verses.references.grammar.comma_conventions import attempts_of, only_valid
from verses.references.grammar.parser import SingleChapter
from verses.references.grammar.preparing import prepare
from verses.references.languages.base import numeral_of
from verses.references.names.index import ALL_NAMES, NUMBERED_FAMILIES
from verses.references.names.titles import TITLE_WORDS
from verses.references.reference import Reference
from verses.references.tokens.lexer import NUMBER, WORD, Token
from verses.references.tokens.normalizing import strip_accents
from verses.references.tokens.vocabulary import NUMERALS, after_dot

_MAY_END_WITH_NUMERAL = re.compile(r"[,-]\s*[1-4]\s*[^\W\d_]")


def parse_text(text: str, single_chapter: SingleChapter = "chapter") -> Reference:
    """Return the reference that a normalized text means; raises ParseError."""
    tokens = prepare(text)
    numerals = list(_last_numbers(tokens)) if _MAY_END_WITH_NUMERAL.search(text) else []
    doubtful = [index for index in numerals if _may_be_either(tokens, index)]
    certain = [index for index in numerals if index not in doubtful]
    as_numerals = attempts_of(text, _separated(tokens, certain), single_chapter)
    if not doubtful:
        return only_valid(as_numerals)
    as_numbers = attempts_of(text, _separated(tokens, numerals), single_chapter)
    # After a comma and a space a numeral of a book is meant, if that is possible.
    is_list = all(tokens[index - 1].kind == "," and tokens[index].spaced for index in doubtful)
    if is_list and any(attempt.reference for attempt in as_numerals):
        return only_valid(as_numerals)
    return only_valid([*as_numbers, *as_numerals])


def _separated(tokens: list[Token], numbers: Sequence[int]) -> list[Token]:
    """Add a semicolon after numbers that do not belong to the name that follows."""
    separated = list(tokens)
    for index in reversed(numbers):
        start = tokens[index + 1].start
        separated.insert(index + 1, Token(";", "", spaced=False, start=start))
    return separated


def _last_numbers(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the numbers before a name that may end the reference before: `1-3 John 1`."""
    named: set[tuple[str, str]] = set()
    for index, (number, word) in enumerate(pairwise(tokens)):
        if number.kind != NUMBER or word.kind != WORD or number.text not in NUMERALS:
            continue
        # `1John.4.8-1John.4.10`
        is_repeated = (number.text, word.text) in named
        named.add((number.text, word.text))
        sign = tokens[index - 1].kind if index > 1 else ""
        # `Gen.1,1John.1`: without a space the numeral is that of the book.
        follows_number = sign == "-" or (sign == "," and word.spaced)
        if (
            follows_number
            and not (is_repeated or number.letters)
            and _is_name_without_numeral(tokens, index + 1)
        ):
            yield index


def _is_name_without_numeral(tokens: Sequence[Token], index: int) -> bool:
    name = _name_after_title(tokens, index)
    return name in ALL_NAMES and any(map(_is_unnumbered, ALL_NAMES[name].books))


def _name_after_title(tokens: Sequence[Token], index: int) -> str:
    """Return the first word of a name after `San`."""
    word = strip_accents(tokens[index].text)
    following = after_dot(tokens, index + 1)
    if word in TITLE_WORDS and tokens[following].kind == WORD:
        return _name_after_title(tokens, following)
    return word


def _is_unnumbered(book: str) -> bool:
    return book in BY_USFM and not numeral_of(book)


def _may_be_either(tokens: Sequence[Token], index: int) -> bool:
    """Return True for `3 John`, False for `3 Romans`, which is no book."""
    name = _name_after_title(tokens, index + 1)
    return name in NUMBERED_FAMILIES or tokens[index].text + name in ALL_NAMES
