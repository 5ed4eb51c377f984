"""The 66 books: identifiers, names, testaments, chapters."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from verses.references.languages import LANGUAGES
from verses.references.versification import VERSES

# Languages whose book names are known; the first is the default for any other.
LANGUAGE_CODES = tuple(language.code for language in LANGUAGES)

_OSIS = """
Gen Exod Lev Num Deut Josh Judg Ruth 1Sam 2Sam 1Kgs 2Kgs 1Chr 2Chr Ezra Neh Esth Job Ps Prov Eccl
Song Isa Jer Lam Ezek Dan Hos Joel Amos Obad Jonah Mic Nah Hab Zeph Hag Zech Mal
Matt Mark Luke John Acts Rom 1Cor 2Cor Gal Eph Phil Col 1Thess 2Thess 1Tim 2Tim Titus Phlm Heb
Jas 1Pet 2Pet 1John 2John 3John Jude Rev
"""
_FIRST_OF_NEW_TESTAMENT = "MAT"


class Book(NamedTuple):
    """A book of the Bible; `usfm` such as `1JN`, `osis` such as `1John`, `order` 1 to 66."""

    usfm: str
    osis: str
    order: int
    testament: Literal["OT", "NT"]
    chapters: int
    names: Mapping[str, str]

    def name(self, language: str = "en") -> str:
        """Return the name in a language, the default language's if it is not known."""
        return self.names.get(language[:2], self.names[LANGUAGE_CODES[0]])


def _build() -> tuple[Book, ...]:
    names = {language.code: language.display_names() for language in LANGUAGES}
    first_new = list(VERSES).index(_FIRST_OF_NEW_TESTAMENT)
    return tuple(
        Book(
            usfm=usfm,
            osis=osis,
            order=index + 1,
            testament="OT" if index < first_new else "NT",
            chapters=len(VERSES[usfm]),
            names=MappingProxyType({code: names[code][usfm] for code in LANGUAGE_CODES}),
        )
        for index, (usfm, osis) in enumerate(zip(VERSES, _OSIS.split(), strict=True))
    )


# All books in canonical order.
BOOKS = _build()

BY_USFM: Mapping[str, Book] = MappingProxyType({book.usfm: book for book in BOOKS})
BY_OSIS: Mapping[str, Book] = MappingProxyType({book.osis: book for book in BOOKS})


def book_name(usfm: str, language: str = "en") -> str:
    """Return the name of a book in a language; raises KeyError for an unknown id."""
    return BY_USFM[usfm].name(language)
