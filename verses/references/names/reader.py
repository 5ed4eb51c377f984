"""Read the name of a book from the tokens."""

from collections.abc import Sequence

from verses.references.errors import ErrorCode, ParseError
from verses.references.names.index import DEUTEROCANONICAL, OUTSIDE
from verses.references.names.resolving import ResolvedName, resolve_name
from verses.references.tokens.cursor import Cursor
from verses.references.tokens.lexer import NUMBER, WORD
from verses.references.tokens.vocabulary import (
    CHAPTER_WORDS,
    NUMERALS,
    ORDINAL_ENDINGS,
    VERSE_WORDS,
    roman_value,
)

_MAX_MISSPELLINGS = 2
_LOOK_ALIKES = frozenset("ilo")
_AFTER_NAME = frozenset(",:.")
# `JUD` is the USFM id of Jude and its abbreviation in Spanish, `Jud` also one of Judges: which is
# meant is clear in `Jud 1:3` but not in `Jud 6`.
_PRINTED_FOR_JUDGES = {"jud": ("JDG", "JUD")}


class NameReader:
    """Reads book names, each an optional numeral and words.

    `comma_separates_verse` is true if every name read so far is used in a language where it does.
    """

    def __init__(self, text: str, cursor: Cursor) -> None:
        self.cursor = cursor
        self.comma_separates_verse = True
        self.has_roman_numeral = False
        """True if a chapter was a Roman numeral, as in old books."""
        self._text = text
        self._misspellings = 0

    def read(self) -> str:
        """Step over a name and return its USFM id.

        Raises ParseError if the name is unknown or ambiguous.
        """
        start = self.cursor.token.start
        numeral, words = self._numeral(), self._words()
        if not words:
            raise ParseError(ErrorCode.MISSING_BOOK)
        resolved = resolve_name(numeral, words)
        name = self._text[start : self.cursor.token.start].strip(" .,:")
        if self.cursor.peek().kind in (NUMBER, WORD):
            self.cursor.eat_sign(_AFTER_NAME)
        self._check(resolved, name)
        return resolved.books[0]

    def _numeral(self) -> str:
        if self.cursor.token.text not in NUMERALS:
            return ""
        numeral = self.cursor.advance().text
        self.cursor.eat_sign(".")
        if self.cursor.peek().kind in (WORD, "."):
            self.cursor.eat_word(ORDINAL_ENDINGS)
        return numeral

    def _words(self) -> list[str]:
        words: list[str] = []
        while self.cursor.token.kind == WORD and not (words and self._at_chapter()):
            if words and self._at_look_alike():
                break
            words.append(self.cursor.advance().text)
            if self.cursor.peek().kind == WORD:
                self.cursor.eat_sign(".")
        return words

    def _at_look_alike(self) -> bool:
        """Return whether letters are joined to a number, where digits are meant: `Psalm l9`."""
        following = self.cursor.peek()
        is_joined = following.kind == NUMBER and not following.spaced
        return is_joined and _LOOK_ALIKES.issuperset(self.cursor.token.text)

    def _at_chapter(self) -> bool:
        """Return whether the name ends here; a Roman chapter number becomes an Arabic one."""
        word = self.cursor.token.text
        if word in CHAPTER_WORDS or word in VERSE_WORDS:
            return True
        follows = self.cursor.peek().kind == WORD or self._at_look_alike()
        value = 0 if follows else roman_value(word)
        if value:
            self.cursor.replace_with_number(value)
            self.has_roman_numeral = True
        return value > 0

    def _check(self, resolved: ResolvedName, name: str) -> None:
        self.comma_separates_verse = self.comma_separates_verse and resolved.comma_separates_verse
        self._misspellings += resolved.is_misspelt
        books = [book for book in resolved.books if book not in OUTSIDE]
        if not resolved.books:
            raise self._error(ErrorCode.UNKNOWN_BOOK, name, resolved.similar)
        if not books:
            is_deuterocanonical = DEUTEROCANONICAL in resolved.books
            code = ErrorCode.DEUTEROCANONICAL if is_deuterocanonical else ErrorCode.NOT_IN_CANON
            raise self._error(code, name, [])
        if name in _PRINTED_FOR_JUDGES and not self._at_first_chapter():
            raise self._error(ErrorCode.AMBIGUOUS_BOOK, name, _PRINTED_FOR_JUDGES[name])
        if len(resolved.books) > 1:
            raise self._error(ErrorCode.AMBIGUOUS_BOOK, name, books)
        if self._misspellings > _MAX_MISSPELLINGS:
            raise self._error(ErrorCode.TOO_MANY_MISSPELLINGS, name, books)

    def _at_first_chapter(self) -> bool:
        """Return whether `1:3` follows, which is written for a book of one chapter as well."""
        sign, verse = self.cursor.peek(), self.cursor.peek(2)
        return self.cursor.token.text == "1" and sign.kind in ":.," and verse.kind == NUMBER

    def _error(self, code: ErrorCode, name: str, books: Sequence[str]) -> ParseError:
        rest = self._text[self.cursor.token.start :]
        return ParseError(code, {"name": name}, books=books, rest=rest)
