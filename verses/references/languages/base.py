"""What the reference reader has to know about a language."""

from collections.abc import Mapping
from typing import NamedTuple


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


class BookNames(NamedTuple):
    """The names of one book, or of a numbered family such as 1 and 2 Samuel without the numerals.

    `books` are USFM ids.
    """

    books: tuple[str, ...]
    display_name: str
    full_names: tuple[str, ...]
    abbreviations: tuple[str, ...]


class Language(NamedTuple):
    """Book names and vocabulary of a language; all words are in lower case.

    A word may occur in several fields and in several languages: the reader uses the union of all
    languages, so that a reference may mix them.
    """

    code: str
    """ISO 639-1 code."""

    comma_separates_verse: bool
    """True if `3,16` is printed for chapter 3, verse 16; False if a comma lists chapters."""

    book_table: str
    """One line a book: `USFM ids | display name | other full names | abbreviations`."""

    apocrypha: str
    """Writings outside the 66 books, which are refused by name. One a line: `id | names`."""

    proper_names: str
    """People and places that must not be read as a misspelt book; by commas and line ends."""

    chapter_words: frozenset[str]

    plural_chapter_words: frozenset[str]
    """Those of `chapter_words` that announce several chapters: `chapters 5, 6 and 7`."""

    verse_words: frozenset[str]
    and_words: frozenset[str]

    from_words: frozenset[str]
    """Words before the first number of a range: `from 16 to 18`."""

    to_words: frozenset[str]

    next_verse_words: frozenset[str]
    """Words that add one verse: `16 f`."""

    to_end_words: frozenset[str]
    """Words that add the rest of the chapter: `16 ff`."""

    end_words: frozenset[str]
    """Words for the last verse of a chapter: `16-end`."""

    before_end_words: frozenset[str]
    """Articles before those of `end_words`."""

    before_to_end_words: frozenset[str]
    """Words before those of `to_end_words`, in addition to `and`: `en` in `en adelante`."""

    ordinal_endings: frozenset[str]
    """Endings of an ordinal in digits: `1st`."""

    ordinals: Mapping[str, frozenset[str]]
    """Ordinals in words by numeral, `1` to `3`."""

    gospel_words: frozenset[str]
    epistle_words: frozenset[str]

    according_words: frozenset[str]
    """Words between `gospel` and the name; they may be ordinals as well (`segundo`)."""

    title_words: frozenset[str]
    """Other words before the name of a book, such as articles and `saint`."""

    lead_in_words: frozenset[str]
    """Words before a reference: `see`, `cf`."""

    number_words: str
    """Numbers without accents, `value word ..`: 1 to 29 in one word, the tens, 100."""

    def book_names(self) -> list[BookNames]:
        """Return the rows of the table of names, in canonical order."""
        return [_book_names(line) for line in self.book_table.strip().splitlines()]

    def display_names(self) -> dict[str, str]:
        """Return the name to display by USFM id: `1SA` -> `1 Samuel`."""
        return {
            book: f"{numeral_of(book)} {row.display_name}".lstrip()
            for row in self.book_names()
            for book in row.books
        }

    def proper_name_list(self) -> tuple[str, ...]:
        """Return the people and places."""
        return _split(self.proper_names.replace("\n", ","))

    def apocrypha_names(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the id and the names of each writing outside the 66 books."""
        rows = (line.partition("|") for line in self.apocrypha.strip().splitlines())
        return [(writing.strip(), _split(names)) for writing, _bar, names in rows]


def numeral_of(book: str) -> str:
    """Return the numeral in front of a numbered book: `1SA` -> `1`, `GEN` -> ``."""
    return book[0] if book[0].isdigit() else ""


def _book_names(line: str) -> BookNames:
    books, display_name, full_names, abbreviations = (cell.strip() for cell in line.split("|"))
    return BookNames(tuple(books.split()), display_name, _split(full_names), _split(abbreviations))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(",") if name.strip())
