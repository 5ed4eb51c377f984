"""Errors of the parser, before suggestions are added for the user."""

from collections.abc import Sequence
from enum import Enum

from verses.references.books import BY_USFM
from verses.references.messages import gettext_noop as _
from verses.references.reference import Reference


class ErrorCode(Enum):
    """Kinds of errors; each has its text in `MESSAGES`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    MISSING_BOOK = "missing_book"
    UNKNOWN_BOOK = "unknown_book"
    AMBIGUOUS_BOOK = "ambiguous_book"
    NOT_IN_CANON = "not_in_canon"
    DEUTEROCANONICAL = "deuterocanonical"
    TOO_MANY_MISSPELLINGS = "too_many_misspellings"
    MISSING_CHAPTER = "missing_chapter"
    NOT_UNDERSTOOD = "not_understood"
    INCOMPLETE = "incomplete"
    REVERSED_RANGE = "reversed_range"
    AMBIGUOUS_NUMBERS = "ambiguous_numbers"
    TOO_MANY_VERSES = "too_many_verses"
    TOO_MANY_PASSAGES = "too_many_passages"
    CHAPTER_NOT_FOUND = "chapter_not_found"
    VERSE_NOT_FOUND = "verse_not_found"


# Codes of a well-formed reference to a passage that does not exist.
NOT_FOUND_CODES = frozenset({ErrorCode.CHAPTER_NOT_FOUND, ErrorCode.VERSE_NOT_FOUND})

MESSAGES = {
    ErrorCode.EMPTY: _("The reference is empty."),
    ErrorCode.TOO_LONG: _("A reference has at most %(limit)s characters."),
    ErrorCode.MISSING_BOOK: _("The reference must begin with the name of a book."),
    ErrorCode.UNKNOWN_BOOK: _("There is no book called “%(name)s”."),
    ErrorCode.AMBIGUOUS_BOOK: _("“%(name)s” may mean more than one book."),
    ErrorCode.NOT_IN_CANON: _("“%(name)s” is not one of the 66 supported books."),
    ErrorCode.DEUTEROCANONICAL: _(
        "“%(name)s” is a deuterocanonical book; only the 66 books of the Protestant canon are "
        "supported."
    ),
    ErrorCode.TOO_MANY_MISSPELLINGS: _(
        "Too many names of books are misspelt; “%(name)s” is one of them."
    ),
    ErrorCode.MISSING_CHAPTER: _("%(book)s has %(chapters)s chapters; add a chapter number."),
    ErrorCode.NOT_UNDERSTOOD: _("The reference is not understood from “%(fragment)s” on."),
    ErrorCode.INCOMPLETE: _("The reference is incomplete; a number is missing at the end."),
    ErrorCode.REVERSED_RANGE: _("The range ends before it begins."),
    ErrorCode.AMBIGUOUS_NUMBERS: _("The reference can be read in more than one way."),
    ErrorCode.TOO_MANY_VERSES: _("A reference has at most %(limit)s verses."),
    ErrorCode.TOO_MANY_PASSAGES: _("A reference lists at most %(limit)s passages."),
    ErrorCode.CHAPTER_NOT_FOUND: _("There is no such chapter: %(book)s has %(chapters)s."),
    ErrorCode.VERSE_NOT_FOUND: _("There is no such verse: %(book)s %(chapter)s has %(verses)s."),
}


class ParseError(Exception):
    """Parsing stopped.

    `values` fill the message; `books` are USFM ids the name may stand for, with `rest` the text
    after the name; `candidates` are references, some as English texts, that may have been meant;
    `parsed_prefix` is the part before the error; `is_renumbered` is true if other Bibles have the
    passage under these numbers.
    """

    parsed_prefix: Reference | None = None
    is_renumbered = False

    def __init__(
        self,
        code: ErrorCode,
        values: dict[str, object] | None = None,
        *,
        books: Sequence[str] = (),
        rest: str = "",
        candidates: Sequence[str | Reference] = (),
    ) -> None:
        super().__init__(code)
        self.code = code
        self.values = values or {}
        self.books = tuple(books)
        self.rest = rest
        self.candidates = tuple(candidates)

    def localized_values(self, language: str) -> dict[str, object]:
        """Return the values of the message with the book's name in a language."""
        book = BY_USFM.get(str(self.values.get("book")))
        if not book:
            return self.values
        return {**self.values, "book": book.name(language), "chapters": book.chapters}
