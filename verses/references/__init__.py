"""Bible references: parsing, checking, formatting. Pure Python without dependencies.

>>> from verses.references import parse
>>> parse("Jn 3,16").osis
'John.3.16'
>>> parse("1 cor 13:4-7").format("es")
'1 Corintios 13:4-7'
"""

from verses.references.alignment import ALIGNMENTS, Alignment, renumber
from verses.references.books import BOOKS, BY_USFM, LANGUAGE_CODES, Book, book_name
from verses.references.finding import FoundReference, find_references
from verses.references.grammar.ranges import MAX_VERSES
from verses.references.parsing import MAX_CHARACTERS, parse
from verses.references.reference import Reference
from verses.references.spans import Span
from verses.references.suggestions.autocomplete import autocomplete
from verses.references.versification import chapters_in, verses_in

__all__ = [
    "ALIGNMENTS",
    "BOOKS",
    "BY_USFM",
    "LANGUAGE_CODES",
    "MAX_CHARACTERS",
    "MAX_VERSES",
    "Alignment",
    "Book",
    "FoundReference",
    "Reference",
    "Span",
    "autocomplete",
    "book_name",
    "chapters_in",
    "find_references",
    "parse",
    "renumber",
    "verses_in",
]
