"""Bible references: read, checked, named. Pure Python, no dependency.

>>> from verses.references import parse
>>> parse("Jn 3,16").osis
'John.3.16'
>>> parse("1 cor 13:4-7").format("es")
'1 Corintios 13:4-7'
"""

from verses.references.books import BOOKS, BY_USFM, LANGUAGES, Book, book_name
from verses.references.completion import suggest
from verses.references.editions import EDITIONS, Edition
from verses.references.parsing import MAX_CHARACTERS, parse
from verses.references.passages import Reference, Span
from verses.references.ranges import MAX_VERSES
from verses.references.versification import chapters_in, verses_in

__all__ = [
    "BOOKS",
    "BY_USFM",
    "EDITIONS",
    "LANGUAGES",
    "MAX_CHARACTERS",
    "MAX_VERSES",
    "Book",
    "Edition",
    "Reference",
    "Span",
    "book_name",
    "chapters_in",
    "parse",
    "suggest",
    "verses_in",
]
