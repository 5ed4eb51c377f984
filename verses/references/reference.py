"""A reference: the passage that a text or a key means."""

from collections.abc import Iterator
from typing import NamedTuple

from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.references import formatting
from verses.references.books import BY_OSIS
from verses.references.messages import gettext_noop as _
from verses.references.spans import Span
from verses.references.versification import last_verse_in, verses_in

# Psalm 150 and Psalm 119:176 are the largest numbers.
_MAX_DIGITS = 3
_INVALID = _("“%(key)s” is not an OSIS key.")
_NOT_FOUND = _("There is no passage %(key)s.")


class Reference(NamedTuple):
    """Spans in the order of the text; spans that touch or overlap in sequence are merged."""

    spans: tuple[Span, ...]

    @classmethod
    def from_osis(cls, key: str) -> "Reference":
        """Return the reference of a canonical key, the inverse of `osis`.

        Raises ReferenceInvalid if it is not such a key, PassageNotFound if a chapter or verse does
        not exist in the standard versification.
        """
        return cls(tuple(_span_from_osis(item, key) for item in key.split(",")))

    @classmethod
    def of_chapter(cls, usfm: str, chapter: int) -> "Reference":
        """Return the reference of a whole chapter.

        Raises KeyError for an unknown book, PassageNotFound if it has no such chapter.
        """
        last = verses_in(usfm, chapter)
        if not last:
            raise PassageNotFound(_NOT_FOUND, values={"key": f"{usfm} {chapter}"})
        return cls((Span(usfm, chapter, 1, chapter, last),))

    @property
    def osis(self) -> str:
        """Canonical key: `John.3.16`, `John.3.16-John.3.18`, `John.3`, `John.3.16,Rom.8.28`."""
        return formatting.osis(self.spans)

    def format(self, language: str = "en") -> str:
        """Return the name in a language, English if it is not known: `Juan 3:16-18,20; 4:1`."""
        return formatting.human(self.spans, language)

    def chapters(self) -> Iterator[tuple[str, int]]:
        """Yield each (USFM id, chapter) once, in the order of the spans."""
        chapters = {(span.book, chapter): None for span in self.spans for chapter in span.chapters}
        yield from chapters

    @property
    def verse_count(self) -> int:
        """Number of verses in the standard versification; at most 500."""
        return sum(span.verse_count for span in self.spans)

    def __str__(self) -> str:
        return self.format()


def _span_from_osis(item: str, key: str) -> Span:
    first, _dash, last = item.partition("-")
    book, start_chapter, start_verse = _point_from_osis(first, key)
    end_book, end_chapter, end_verse = _point_from_osis(last or first, key)
    span = Span(
        book,
        start_chapter,
        start_verse or 1,
        end_chapter,
        end_verse or verses_in(book, end_chapter),
    )
    if book != end_book or span.end < span.start:
        raise ReferenceInvalid(_INVALID, values={"key": key})
    return span


def _point_from_osis(point: str, key: str) -> tuple[str, int, int | None]:
    """Return the USFM id, chapter and verse of `John.3.16`; the verse is None in `John.3`."""
    osis, *numbers = point.split(".")
    if osis not in BY_OSIS or len(numbers) not in (1, 2) or not all(map(_is_number, numbers)):
        raise ReferenceInvalid(_INVALID, values={"key": key})
    usfm, chapter = BY_OSIS[osis].usfm, int(numbers[0])
    verse = int(numbers[1]) if numbers[1:] else None
    if not 1 <= (1 if verse is None else verse) <= last_verse_in(usfm, chapter):
        raise PassageNotFound(_NOT_FOUND, values={"key": key})
    return usfm, chapter, verse


def _is_number(text: str) -> bool:
    return len(text) <= _MAX_DIGITS and text.isascii() and text.isdecimal()
