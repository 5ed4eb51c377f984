"""Two numbers of one chapter, as Bibles print that follow the Latin psalms: `Salmo 22 (23)`."""

from typing import NamedTuple

from verses.references.books import BY_USFM
from verses.references.errors import ErrorCode, ParseError
from verses.references.numbering import Renumbering, renumberings_between
from verses.references.versification import verses_in


class ChapterPair(NamedTuple):
    """A standard chapter named with its number in another numbering."""

    book: str
    chapter: int
    rows: tuple[Renumbering, ...]

    def verse(self, number: int) -> int:
        """Return the standard verse; raises ParseError if the number means two verses."""
        as_printed = {number} if any(row.standard.contains(number) for row in self.rows) else set()
        converted = {row.to_standard(number) for row in self.rows if row.other.contains(number)}
        found = sorted(as_printed | converted) or [number]
        if len(found) > 1:
            name = BY_USFM[self.book].name()
            raise ParseError(
                ErrorCode.AMBIGUOUS_NUMBERS,
                candidates=[f"{name} {self.chapter}:{verse}" for verse in found],
            )
        return found[0]

    def check_whole_chapter(self) -> None:
        """Raise ParseError if the two numbers have only a part of the chapter in common."""
        first, last = self.rows[0].standard.first, self.rows[-1].standard.last
        if (first, last) != (1, verses_in(self.book, self.chapter)):
            opening = f"{BY_USFM[self.book].name()} {self.chapter}"
            candidates = (f"{opening}:{first}-{last}", opening)
            raise ParseError(ErrorCode.AMBIGUOUS_NUMBERS, candidates=candidates)


def chapter_pair(book: str, chapter: int, other: int, rest: str) -> ChapterPair:
    """Return the chapter that has both numbers; `rest` is the text after them.

    Raises ParseError with both chapters as candidates if there is no such chapter.
    """
    rows = renumberings_between(book, chapter, other)
    if not rows:
        name = BY_USFM[book].name()
        verses = f":{rest}" if rest[:1].isdigit() else rest
        candidates = [f"{name} {number}{verses}" for number in (chapter, other)]
        raise ParseError(ErrorCode.AMBIGUOUS_NUMBERS, candidates=candidates)
    return ChapterPair(book, rows[0].standard.chapter, rows)
