"""Consecutive verses of one book."""

from typing import NamedTuple

from verses.references.versification import verses_between, verses_in


class Span(NamedTuple):
    """Consecutive verses of one book, both ends included; `book` is a USFM id such as `JHN`.

    A whole chapter is stored as its first to its last standard verse and means every verse that
    an edition has in it.
    """

    book: str
    start_chapter: int
    start_verse: int
    end_chapter: int
    end_verse: int

    @property
    def is_whole_chapters(self) -> bool:
        """True for John 3 and for John 3:1-36, which are the same passage."""
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
        """Number of verses in the standard versification."""
        return verses_between(self.book, self.start, self.end)

    @property
    def chapters(self) -> range:
        """Numbers of the chapters, whole or in part."""
        return range(self.start_chapter, self.end_chapter + 1)

    def contains(self, chapter: int, verse: int) -> bool:
        """Return whether a verse of this book, in any edition's numbering, is in the span."""
        if chapter not in self.chapters:
            return False
        if self.is_whole_chapters:
            return True
        return self.start <= (chapter, verse) <= self.end
