"""What can be wrong with a reference, before it is worded for the user."""

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verses.references.passages import Reference


class Code(Enum):
    """Kinds of problems; each has its sentence in `messages`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_BOOK = "no_book"
    UNKNOWN_BOOK = "unknown_book"
    AMBIGUOUS_BOOK = "ambiguous_book"
    NOT_IN_CANON = "not_in_canon"
    TOO_MANY_MISSPELLINGS = "too_many_misspellings"
    NO_CHAPTER = "no_chapter"
    NOT_UNDERSTOOD = "not_understood"
    ENDS_EARLY = "ends_early"
    REVERSED = "reversed"
    TWO_READINGS = "two_readings"
    TOO_MANY_VERSES = "too_many_verses"
    TOO_MANY_PARTS = "too_many_parts"
    ABSENT_CHAPTER = "absent_chapter"
    ABSENT_VERSE = "absent_verse"


ABSENT = frozenset({Code.ABSENT_CHAPTER, Code.ABSENT_VERSE})
"""Problems of a well-formed reference: there is no such passage."""


class Problem(Exception):
    """Reading stopped.

    `values` fill the sentence; `books` are USFM ids the name may stand for, with `rest` the text
    after the name; `guesses` are references, some as texts in English, that may have been meant;
    `before` is what could be read ahead of all these.
    """

    before: "Reference | None" = None

    def __init__(
        self,
        code: Code,
        values: dict[str, object] | None = None,
        *,
        books: Sequence[str] = (),
        rest: str = "",
        guesses: "Sequence[str | Reference]" = (),
    ) -> None:
        super().__init__(code)
        self.code = code
        self.values = values or {}
        self.books = tuple(books)
        self.rest = rest
        self.guesses = tuple(guesses)
