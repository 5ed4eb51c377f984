"""Read the name of a book off the tokens."""

from collections.abc import Sequence

from verses.references.cursor import Cursor
from verses.references.lexer import NUMBER, WORD
from verses.references.names.index import STRANGER
from verses.references.names.resolving import Meaning, resolve
from verses.references.problems import Code, Problem
from verses.references.vocabulary import (
    CHAPTER_WORDS,
    NUMERALS,
    ORDINAL_ENDINGS,
    VERSE_WORDS,
    roman,
)

_MAX_MISSPELLINGS = 2
_AFTER_NAME = frozenset(",:.")


class NameReader:
    """Reads names, each made of an optional numeral and words, and remembers what they were."""

    def __init__(self, text: str, cursor: Cursor) -> None:
        self.cursor = cursor
        self.continental = True
        self._text = text
        self._misspellings = 0

    def read(self) -> str:
        """Step over a name and return its USFM id.

        Raises Problem if no book, or more than one, can be meant.
        """
        start = self.cursor.token.start
        numeral, words = self._numeral(), self._words()
        if not words:
            raise Problem(Code.NO_BOOK)
        meaning = resolve(numeral, words)
        name = self._text[start : self.cursor.token.start].strip(" .,:")
        if self.cursor.peek().kind in (NUMBER, WORD):
            self.cursor.eat_sign(_AFTER_NAME)
        self._check(meaning, name)
        return meaning.books[0]

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
        word = self.cursor.token.text
        if word in CHAPTER_WORDS or word in VERSE_WORDS:
            return True
        value = 0 if self.cursor.peek().kind == WORD else roman(word)
        if value:
            self.cursor.read_as_number(value)
        return value > 0

    def _check(self, meaning: Meaning, name: str) -> None:
        self.continental = self.continental and meaning.continental
        self._misspellings += meaning.misspelt
        books = [book for book in meaning.books if book != STRANGER]
        if not meaning.books:
            raise self._problem(Code.UNKNOWN_BOOK, name, meaning.nearest)
        if not books:
            raise self._problem(Code.NOT_IN_CANON, name, [])
        if len(meaning.books) > 1:
            raise self._problem(Code.AMBIGUOUS_BOOK, name, books)
        if self._misspellings > _MAX_MISSPELLINGS:
            raise self._problem(Code.TOO_MANY_MISSPELLINGS, name, books)

    def _problem(self, code: Code, name: str, books: Sequence[str]) -> Problem:
        rest = self._text[self.cursor.token.start :]
        return Problem(code, {"name": name}, books=books, rest=rest)
