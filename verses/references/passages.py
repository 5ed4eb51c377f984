"""What a reference is once it has been read: spans of verses, each inside one book."""

from collections.abc import Iterator
from typing import NamedTuple

from verses.references import formatting
from verses.references.versification import verses_between, verses_in


class Span(NamedTuple):
    """Consecutive verses of one book, both ends included; `book` is a USFM id such as `JHN`.

    A whole chapter is written as its first to its last standard verse and means every verse the
    edition at hand has in it.
    """

    book: str
    start_chapter: int
    start_verse: int
    end_chapter: int
    end_verse: int

    @property
    def is_whole_chapters(self) -> bool:
        """True for John 3 and John 3:1-36, the same passage."""
        last = verses_in(self.book, self.end_chapter)
        return self.start_verse == 1 and self.end_verse == last

    @property
    def start(self) -> tuple[int, int]:
        """First chapter and verse."""
        return (self.start_chapter, self.start_verse)

    @property
    def end(self) -> tuple[int, int]:
        """Last chapter and verse."""
        return (self.end_chapter, self.end_verse)

    @property
    def verse_count(self) -> int:
        """Number of verses by the standard versification."""
        return verses_between(self.book, self.start, self.end)

    @property
    def chapters(self) -> range:
        """Numbers of the chapters it touches."""
        return range(self.start_chapter, self.end_chapter + 1)

    def contains(self, chapter: int, verse: int) -> bool:
        """Tell whether a verse of this book, as numbered by any edition, belongs to the span."""
        if chapter not in self.chapters:
            return False
        if self.is_whole_chapters:
            return True
        return self.start <= (chapter, verse) <= self.end


class Reference(NamedTuple):
    """Spans in the order asked for; spans that touch or overlap in sequence have become one."""

    spans: tuple[Span, ...]

    @property
    def osis(self) -> str:
        """Canonical key: `John.3.16`, `John.3.16-John.3.18`, `John.3`, `John.3.16,Rom.8.28`."""
        return formatting.osis(self.spans)

    def format(self, language: str = "en") -> str:
        """Name it in `en`, `es` or `pt` (English for others): `Juan 3:16-18,20; 4:1`."""
        return formatting.human(self.spans, language)

    def chapters(self) -> Iterator[tuple[str, int]]:
        """Yield each (USFM id, chapter) needed, once, in the order of first need."""
        needed = {(span.book, chapter): None for span in self.spans for chapter in span.chapters}
        yield from needed

    @property
    def verse_count(self) -> int:
        """Number of verses by the standard versification; at most 500."""
        return sum(span.verse_count for span in self.spans)

    def __str__(self) -> str:
        return self.format()
