"""The grammar of references: books, chapters and verses in lists and ranges.

    reference = book item {separator [book] item}
    item      = point [dash [book] point | "f" | "ff"]
    point     = [chapter word] chapter [":" verse] | [verse word] verse

Each token is read a bounded number of times, so parsing takes linear time.
"""

from typing import Literal

from verses.references.errors import ErrorCode, ParseError
from verses.references.grammar.ambiguities import (
    chapter_or_verse,
    chapter_or_verse_range,
    chapters_or_verse,
    old_style_chapter_or_verse,
    verse_list_or_chapter,
)
from verses.references.grammar.chapter_pairs import ChapterPair, chapter_pair
from verses.references.grammar.ranges import Point, spans_between
from verses.references.names.reader import NameReader
from verses.references.spans import Span
from verses.references.tokens.cursor import Cursor
from verses.references.tokens.lexer import END, NUMBER, WORD, Token, to_int
from verses.references.tokens.vocabulary import (
    AND_WORDS,
    BEFORE_END,
    BEFORE_FOLLOWING,
    CHAPTER_WORDS,
    END_WORDS,
    FOLLOWING_VERSES,
    NEXT_VERSE,
    TO_END_OF_CHAPTER,
    TO_WORDS,
    VERSE_WORDS,
)
from verses.references.versification import chapters_in, verses_in

SingleChapter = Literal["chapter", "verse"]

# Passages listed in one reference; it bounds the time that a hostile one takes.
MAX_PASSAGES = 24

_SEPARATORS = frozenset(",;&")
# Words such as `at`, `is` and `pm` are as short.
_MIN_NAME_LENGTH_WITHOUT_SEPARATOR = 3
_OLD_STYLE_FIVE = "v"


class ReferenceParser:
    """Parses one reference; book, chapter and last verse are carried over to the next item."""

    def __init__(self, text: str, tokens: list[Token], single_chapter: SingleChapter) -> None:
        self.spans: list[Span] = []
        self.names = NameReader(text, Cursor(tokens))
        self._text = text
        self._cursor = self.names.cursor
        self._single_chapter = single_chapter
        self._book = ""
        self._chapter = 0
        self._verse = 0
        self._pair: ChapterPair | None = None
        self._items = 0
        self._separator = ""
        self._verse_sign = ""

    def parse(self) -> list[Span]:
        """Return the spans in order; raises ParseError."""
        self._cursor.skip(_SEPARATORS)
        if self._cursor.at_end:
            raise ParseError(ErrorCode.EMPTY)
        while not self._cursor.at_end:
            if not self._book or self._cursor.at_book:
                self._read_book()
            self.spans += self._item()
            self._items += 1
            if len(self.spans) > MAX_PASSAGES:
                raise ParseError(ErrorCode.TOO_MANY_PASSAGES, {"limit": MAX_PASSAGES})
            self._read_separator()
        return self.spans

    def _read_book(self) -> None:
        self._book = self.names.read()
        self._chapter = self._verse = self._items = 0
        self._pair = None
        self._separator = self._verse_sign = ""
        has_chapters = chapters_in(self._book) > 1
        if has_chapters and self._cursor.token.text == _OLD_STYLE_FIVE and self._at_numeral():
            self._replace_old_style_five()

    def _at_numeral(self) -> bool:
        """Return whether a word is followed by a dot or colon and a number: `Matt. v. 3`."""
        return self._cursor.peek().kind in ".:" and self._cursor.peek(2).kind == NUMBER

    def _replace_old_style_five(self) -> None:
        self._cursor.replace_with_number(5)
        self.names.has_roman_numeral = True

    def _read_separator(self) -> None:
        lists_verses = self._dot_lists_verses() and self._cursor.peek().kind == NUMBER
        if lists_verses and self._cursor.eat_sign("."):
            self._separator = "."
            return
        self._separator = self._cursor.skip(_SEPARATORS, AND_WORDS)
        if self._cursor.peek().kind == END:
            self._cursor.eat_sign(".")
        if not (self._separator or self._cursor.at_end or self._at_long_name()):
            raise self._not_understood()

    def _at_long_name(self) -> bool:
        """Return whether a name starts that is long enough to follow without a separator."""
        token, following = self._cursor.token, self._cursor.peek()
        is_short = token.kind == WORD and len(token.text) < _MIN_NAME_LENGTH_WITHOUT_SEPARATOR
        return self._cursor.at_book and (not is_short or following.kind == ".")

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
        if self._at_old_style_five():
            self._replace_old_style_five()
        if self._cursor.eat_word(VERSE_WORDS):
            return self._verse_of_chapter()
        in_words = self._cursor.eat_word(CHAPTER_WORDS)
        number, value = self._cursor.token, self._number()
        if self._eat_colon(number) or (not self._verse and self._at_spaced_number()):
            return self._verse_in(self._chapter_number(number))
        return self._whole_chapter(number) if in_words else self._bare(number, value)

    def _at_old_style_five(self) -> bool:
        """Return True for `v` in `Rom. iii. 23; v. 8`; raises ParseError if it may be a verse."""
        is_five = self._cursor.token.text == _OLD_STYLE_FIVE and self.names.has_roman_numeral
        if not (is_five and self._chapter not in (0, 5) and self._at_numeral()):
            return False
        verse = to_int(self._cursor.peek(2).text)
        is_chapter = 1 <= verse <= verses_in(self._book, 5)
        is_verse = self._verse < verse <= verses_in(self._book, self._chapter)
        if is_chapter and is_verse and ";" not in self._separator:
            raise old_style_chapter_or_verse(self._book, self._chapter, verse)
        return is_chapter

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
        self._separator = "-"
        if start.verse and self._eat_end():
            return start._replace(verse=max(start.verse, verses_in(start.book, start.chapter)))
        if self._cursor.at_book:
            self._read_book()
            return self._start()
        self._chapter, self._verse = start.chapter, start.verse or 0
        if not start.verse and self._cursor.token.text in VERSE_WORDS:
            rest = self._text[self._cursor.peek().start :]
            raise chapter_or_verse_range(start.book, start.chapter, rest)
        return self._start()

    def _eat_end(self) -> bool:
        if self._cursor.peek().text in END_WORDS:
            self._cursor.eat_word(BEFORE_END)
        return self._cursor.eat_word(END_WORDS)

    def _bare(self, number: Token, value: int) -> Point:
        if self._verse:
            return self._after_verse(number, value)
        if chapters_in(self._book) == 1 and not self._is_the_only_chapter(number):
            return self._verse_point(1, number)
        self._check_tight_semicolon(number, value)
        return self._whole_chapter(number)

    def _check_tight_semicolon(self, number: Token, value: int) -> None:
        """Raise ParseError for `John 3;16`, where the semicolon may be meant as a colon."""
        is_tight = self._separator == ";" and not number.spaced and self._items == 1
        has_more = self._cursor.token.kind == ";"
        if is_tight and not has_more and value <= verses_in(self._book, self._chapter):
            del self.spans[-1]  # the suggestions repeat the chapter
            raise chapters_or_verse(self._book, self._chapter, value)

    def _after_verse(self, number: Token, value: int) -> Point:
        if ";" in self._separator and self._means_chapter(value):
            return self._whole_chapter(number)
        return self._verse_point(self._chapter, number)

    def _is_the_only_chapter(self, number: Token) -> bool:
        """Return True for `Jude 1`; in `Jude 1-3`, `Jude 1,3` and `Jude 1a` 1 is a verse."""
        is_one = to_int(number.text) == 1 and not number.letters
        is_alone = self._cursor.nothing_follows(_SEPARATORS)
        return is_one and is_alone and self._single_chapter == "chapter"

    def _means_chapter(self, value: int) -> bool:
        """Return whether a number after a verse and a semicolon is a chapter; raise if in doubt."""
        is_verse = 1 <= value <= verses_in(self._book, self._chapter)
        is_chapter = 1 <= value <= chapters_in(self._book) > 1
        if is_verse and is_chapter:
            raise chapter_or_verse(self._book, self._chapter, value)
        return is_chapter

    def _verse_of_chapter(self) -> Point:
        if not self._chapter and chapters_in(self._book) > 1:
            raise self._not_understood()
        return self._verse_in(self._chapter or 1)

    def _verse_in(self, chapter: int) -> Point:
        number = self._cursor.token
        self._number()
        return self._verse_point(chapter, number)

    def _whole_chapter(self, number: Token) -> Point:
        chapter = self._chapter_number(number)
        if self._pair:
            self._pair.check_whole_chapter()
        return Point(self._book, chapter, None)

    def _chapter_number(self, number: Token) -> int:
        """Return the chapter of a number; raises ParseError if it has the letters of a verse."""
        if number.letters:
            raise ParseError(ErrorCode.NOT_UNDERSTOOD, {"fragment": number.letters})
        self._pair = None
        if not number.other:
            return to_int(number.text)
        rest = self._text[self._cursor.token.start :]
        self._pair = chapter_pair(self._book, to_int(number.text), to_int(number.other), rest)
        return self._pair.chapter

    def _verse_point(self, chapter: int, number: Token) -> Point:
        if number.other:
            raise ParseError(ErrorCode.NOT_UNDERSTOOD, {"fragment": number.other})
        verse = to_int(number.text)
        if self._pair and chapter == self._pair.chapter:
            verse = self._pair.verse(verse)
        return Point(self._book, chapter, verse)

    def _number(self) -> int:
        if not self._cursor.at_number:
            raise self._not_understood()
        return self._cursor.eat_number()

    def _eat_colon(self, number: Token) -> bool:
        cursor, following = self._cursor, self._cursor.peek()
        names_verse = following.kind == WORD and following.text in VERSE_WORDS
        if names_verse and not self._verse:
            cursor.eat_sign(",")
        if cursor.token.kind == "." and following.kind == NUMBER and self._dot_lists(number):
            return False
        if cursor.token.kind in ":." and following.kind == NUMBER:
            self._verse_sign = cursor.advance().kind
            return True
        return cursor.eat_word(VERSE_WORDS)

    def _dot_lists(self, number: Token) -> bool:
        """Return whether a dot after a number lists verses: `Jude 17.20`, `63.68` in John 6:63.68.

        Raises ParseError if the number may also be a chapter.
        """
        if chapters_in(self._book) == 1:
            return bool(self._verse) or number.letters != "" or to_int(number.text) != 1
        if not self._dot_lists_verses() or ";" in self._separator:
            return False
        if self._separator == "-" and to_int(number.text) > self._chapter and not number.letters:
            rest = self._text[self._cursor.peek().start :]
            raise verse_list_or_chapter(self._book, self._chapter, self._verse, number.text, rest)
        return True

    def _dot_lists_verses(self) -> bool:
        return bool(self._verse) and self._verse_sign != "."

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
