"""The reference syntax of bible-api.com, and how it writes a reference in its response.

Its grammar knows one book, chapters, verses, ranges and lists with `,` or `&`. Everything else that
`verses.references` reads is an extension of ours. Where both read a text, this module decides which
verses it means, since a client compares the response with that of the real server.
"""

import re
from typing import NamedTuple

# A list of all 176 verses of Psalm 119 has 700 characters.
MAX_CHARACTERS = 2_000
_REFERENCE = re.compile(r"([1-4]?[^0-9]+)([0-9].*)", re.DOTALL)
# The lookbehind keeps a run of spaces from being tried from each of its positions.
_SEPARATOR = re.compile(r", *|(?<! ) *& *")
_PART = re.compile(
    r"(?:(?P<chapter>[0-9]{1,4}):)?(?P<number>[0-9]{1,4})"
    r"(?:-(?:(?P<to_chapter>[0-9]{1,4}):)?(?P<to_number>[0-9]{1,4}))?"
)


class Point(NamedTuple):
    """A verse, or a whole chapter if `verse` is None."""

    chapter: int
    verse: int | None


class Part(NamedTuple):
    """One part of a list: a range, or the same point twice."""

    first: Point
    last: Point

    @property
    def is_reversed(self) -> bool:
        """True for a range that ends before it starts: it has no verses."""
        return (self.last.chapter, self.last.verse or 0) < (
            self.first.chapter,
            self.first.verse or 0,
        )


class Reading(NamedTuple):
    """A text in the syntax of bible-api.com; `book` is the name as written."""

    book: str
    parts: tuple[Part, ...]

    @property
    def chapter_count(self) -> int:
        """Number of chapters as the real server counts them: from the first part to the last."""
        return self.parts[-1].last.chapter - self.parts[0].first.chapter + 1

    def as_verses(self) -> "Reading":
        """Return the reading of `Jude 3`, whose numbers are verses of the only chapter."""
        verses = (Point(1, part.first.chapter) for part in self.parts)
        return Reading(self.book, tuple(Part(verse, verse) for verse in verses))

    @property
    def has_chapters_only(self) -> bool:
        """True for `Jude 1` and `Genesis 1&2`."""
        return all(part.first.verse is None for part in self.parts)

    def format(self, book: str) -> str:
        """Return the reference as the real server writes it: `Romans 12:1-2,4,13:7-8`."""
        chapter = 0
        written = []
        for part in self.parts:
            points = part[:1] if part.first == part.last else part
            numbers = []
            for point in points:
                numbers.append(_point(point, has_chapter=point.chapter != chapter))
                chapter = point.chapter
            written.append("-".join(numbers))
        return f"{book} {','.join(written)}"


def _point(point: Point, *, has_chapter: bool) -> str:
    verse = "" if point.verse is None else str(point.verse)
    if not has_chapter:
        return verse
    return f"{point.chapter}:{verse}" if verse else str(point.chapter)


def read(text: str) -> Reading | None:
    """Return what a text means to the real server; None if it does not read it."""
    match = _REFERENCE.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    if match is None:
        return None
    matches = [_PART.fullmatch(part) for part in _SEPARATOR.split(match[2])]
    written = [part.groupdict() for part in matches if part is not None]
    if len(written) < len(matches) or not _is_valid(written):
        return None
    are_chapters = not re.search("[:-]", match[2])
    return Reading(match[1].strip(), tuple(_parts(written, are_chapters=are_chapters)))


def _is_valid(written: list[dict[str, str | None]]) -> bool:
    """Refuse ranges of chapters, and ranges from a bare number into another chapter."""
    if written[0]["chapter"] is None and written[0]["to_number"] is not None:
        return False
    return all(part["chapter"] or not part["to_chapter"] for part in written)


def _parts(written: list[dict[str, str | None]], *, are_chapters: bool) -> list[Part]:
    parts: list[Part] = []
    chapter = 0
    for numbers in written:
        number = int(numbers["number"] or 0)
        if are_chapters or not (parts or numbers["chapter"]):
            chapter, first = number, Point(number, None)
        else:
            # A range into the next chapter does not change the chapter of the verses that follow.
            chapter = int(numbers["chapter"] or chapter)
            first = Point(chapter, number)
        last = first
        if numbers["to_number"]:
            last = Point(int(numbers["to_chapter"] or chapter), int(numbers["to_number"]))
        parts.append(Part(first, last))
    return parts
