"""Read the name of a book from the tokens."""

from collections.abc import Sequence

from verses.references.errors import ErrorCode, ParseError
from verses.references.names.index import NON_CANONICAL
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
_AFTER_NAME = frozenset(",:.")


class NameReader:
    """Reads book names, each an optional numeral and words.

    `comma_separates_verse` is true if every name read so far is used in a language where it does.
    """

    def __init__(self, text: str, cursor: Cursor) -> None:
        self.cursor = cursor
        self.comma_separates_verse = True
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
            words.append(self.cursor.advance().text)
            if self.cursor.peek().kind == WORD:
                self.cursor.eat_sign(".")
        return words

    def _at_chapter(self) -> bool:
        """Return whether the name ends here; a Roman chapter number becomes an Arabic one."""
        word = self.cursor.token.text
        if word in CHAPTER_WORDS or word in VERSE_WORDS:
            return True
        value = 0 if self.cursor.peek().kind == WORD else roman_value(word)
        if value:
            self.cursor.replace_with_number(value)
        return value > 0

    def _check(self, resolved: ResolvedName, name: str) -> None:
        self.comma_separates_verse = self.comma_separates_verse and resolved.comma_separates_verse
        self._misspellings += resolved.is_misspelt
        books = [book for book in resolved.books if book != NON_CANONICAL]
        if not resolved.books:
            raise self._error(ErrorCode.UNKNOWN_BOOK, name, resolved.similar)
        if not books:
            raise self._error(ErrorCode.NOT_IN_CANON, name, [])
        if len(resolved.books) > 1:
            raise self._error(ErrorCode.AMBIGUOUS_BOOK, name, books)
        if self._misspellings > _MAX_MISSPELLINGS:
            raise self._error(ErrorCode.TOO_MANY_MISSPELLINGS, name, books)

    def _error(self, code: ErrorCode, name: str, books: Sequence[str]) -> ParseError:
        rest = self._text[self.cursor.token.start :]
        return ParseError(code, {"name": name}, books=books, rest=rest)
