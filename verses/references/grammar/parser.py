"""The grammar of references: books, chapters and verses in lists and ranges.

    reference = book item {separator [book] item}
    item      = point [dash [book] point | "f" | "ff"]
    point     = [chapter word] chapter [":" verse] | [verse word] verse

Each token is read a bounded number of times, so parsing takes linear time.
"""

from typing import Literal

from verses.references.books import BY_USFM
from verses.references.errors import ErrorCode, ParseError
from verses.references.grammar.ranges import Point, spans_between
from verses.references.names.reader import NameReader
from verses.references.spans import Span
from verses.references.tokens.cursor import Cursor
from verses.references.tokens.lexer import END, NUMBER, WORD, Token
from verses.references.tokens.vocabulary import (
    AND_WORDS,
    BEFORE_FOLLOWING,
    CHAPTER_WORDS,
    FOLLOWING_VERSES,
    NEXT_VERSE,
    TO_END_OF_CHAPTER,
    TO_WORDS,
    VERSE_LETTERS,
    VERSE_WORDS,
)
from verses.references.versification import chapters_in, verses_in

SingleChapter = Literal["chapter", "verse"]

MAX_PASSAGES = 24
"""Passages listed in one reference; it bounds the time that a hostile one takes."""

_SEPARATORS = frozenset(",;&")


class ReferenceParser:
    """Parses one reference; book, chapter and last verse are carried over to the next item."""

    def __init__(self, text: str, tokens: list[Token], single_chapter: SingleChapter) -> None:
        self.spans: list[Span] = []
        self.names = NameReader(text, Cursor(tokens))
        self._cursor = self.names.cursor
        self._single_chapter = single_chapter
        self._book = ""
        self._chapter = 0
        self._verse = 0
        self._after_semicolon = False

    def parse(self) -> list[Span]:
        """Return the spans in order; raises ParseError."""
        self._cursor.skip(_SEPARATORS)
        if self._cursor.at_end:
            raise ParseError(ErrorCode.EMPTY)
        while not self._cursor.at_end:
            if not self._book or self._cursor.at_book:
                self._read_book()
            self.spans += self._item()
            if len(self.spans) > MAX_PASSAGES:
                raise ParseError(ErrorCode.TOO_MANY_PASSAGES, {"limit": MAX_PASSAGES})
            self._read_separator()
        return self.spans

    def _read_book(self) -> None:
        self._book = self.names.read()
        self._chapter = self._verse = 0

    def _read_separator(self) -> None:
        kinds = self._cursor.skip(_SEPARATORS, AND_WORDS)
        self._after_semicolon = ";" in kinds
        if self._cursor.peek().kind == END:
            self._cursor.eat_sign(".")
        if not (kinds or self._cursor.at_end or self._cursor.at_book):
            raise self._not_understood()

    def _item(self) -> list[Span]:
        if self._cursor.nothing_follows(_SEPARATORS):
            return self._whole_book()
        start = self._start()
        end = self._end(start)
        self._chapter, self._verse = end.chapter, end.verse or 0
        return spans_between(start, end)

    def _whole_book(self) -> list[Span]:
        if chapters_in(self._book) > 1:
            raise ParseError(
                ErrorCode.MISSING_CHAPTER, {"book": self._book}, books=[self._book], rest="1"
            )
        whole = Point(self._book, 1, None)
        return spans_between(whole, whole)

    def _start(self) -> Point:
        if self._cursor.eat_word(VERSE_WORDS):
            return self._verse_of_chapter()
        in_words = self._cursor.eat_word(CHAPTER_WORDS)
        value = self._number()
        if self._eat_colon() or (not self._verse and self._at_spaced_number()):
            return self._verse_in(value)
        return Point(self._book, value, None) if in_words else self._bare(value)

    def _end(self, start: Point) -> Point:
        cursor = self._cursor
        if cursor.eat_sign("-") or cursor.eat_word(TO_WORDS):
            return self._range_end(start)
        if start.verse and cursor.eat_word(NEXT_VERSE):
            return start._replace(verse=start.verse + 1)
        if start.verse and self._eat_to_end_of_chapter():
            return start._replace(verse=max(start.verse, verses_in(start.book, start.chapter)))
        return start

    def _range_end(self, start: Point) -> Point:
        if self._cursor.at_book:
            self._read_book()
        else:
            self._chapter, self._verse = start.chapter, start.verse or 0
        self._after_semicolon = False
        return self._start()

    def _bare(self, value: int) -> Point:
        if self._verse:
            return self._after_verse(value)
        if chapters_in(self._book) == 1 and not self._is_the_only_chapter(value):
            return self._with_letter(1, value)
        return Point(self._book, value, None)

    def _after_verse(self, value: int) -> Point:
        if self._after_semicolon and self._means_chapter(value):
            return Point(self._book, value, None)
        return self._with_letter(self._chapter, value)

    def _is_the_only_chapter(self, value: int) -> bool:
        """Return True for `Jude 1`; in `Jude 1-3`, `Jude 1,3` and `Jude 1a` 1 is a verse."""
        alone = self._cursor.nothing_follows(_SEPARATORS)
        return value == 1 and alone and self._single_chapter == "chapter"

    def _means_chapter(self, value: int) -> bool:
        """Return whether a number after a verse and a semicolon is a chapter; raise if in doubt."""
        is_verse = 1 <= value <= verses_in(self._book, self._chapter)
        is_chapter = 1 <= value <= chapters_in(self._book)
        if is_verse and is_chapter and value <= self._verse:
            name = BY_USFM[self._book].name()
            candidates = (f"{name} {self._chapter}:{value}", f"{name} {value}")
            raise ParseError(ErrorCode.AMBIGUOUS_NUMBERS, candidates=candidates)
        return is_chapter and not is_verse

    def _verse_of_chapter(self) -> Point:
        if not self._chapter and chapters_in(self._book) > 1:
            raise self._not_understood()
        return self._verse_in(self._chapter or 1)

    def _verse_in(self, chapter: int) -> Point:
        return self._with_letter(chapter, self._number())

    def _with_letter(self, chapter: int, verse: int) -> Point:
        if not self._cursor.token.spaced:
            self._cursor.eat_word(VERSE_LETTERS)
        return Point(self._book, chapter, verse)

    def _number(self) -> int:
        if not self._cursor.at_number:
            raise self._not_understood()
        return self._cursor.eat_number()

    def _eat_colon(self) -> bool:
        cursor, following = self._cursor, self._cursor.peek()
        names_verse = following.kind == WORD and following.text in VERSE_WORDS
        if names_verse and not self._verse:
            cursor.eat_sign(",")
        if cursor.token.kind in ":." and following.kind == NUMBER:
            cursor.advance()
            return True
        return cursor.eat_word(VERSE_WORDS)

    def _at_spaced_number(self) -> bool:
        return self._cursor.at_number and not self._cursor.at_book

    def _eat_to_end_of_chapter(self) -> bool:
        if self._cursor.peek().text in FOLLOWING_VERSES:
            self._cursor.eat_word(BEFORE_FOLLOWING)
        return self._cursor.eat_word(TO_END_OF_CHAPTER)

    def _not_understood(self) -> ParseError:
        fragment = self._cursor.token.text
        return ParseError(
            ErrorCode.NOT_UNDERSTOOD if fragment else ErrorCode.INCOMPLETE, {"fragment": fragment}
        )
