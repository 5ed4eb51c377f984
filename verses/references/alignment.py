"""Verse numbers of the embedded editions, aligned with the standard versification.

Some numbers are missing from an edition, because it omits the words or has them in another verse,
and some editions have further numbers. Where a verse begins at another word, the same number means
other words. The table was made by comparing the embedded texts verse by verse.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from verses.references.books import BY_USFM
from verses.references.reference import Reference
from verses.references.spans import Span
from verses.references.versification import last_verse_in, verses_in

# Left: standard numbers. Right: the numbers with the same words in the edition; `-` if it omits
# them. Ranges of equal length correspond verse by verse, others only as a whole.
_DIFFERENCES = {
    "kjv": "",
    "web": """
        LUK 17:36 | -
        ACT 8:37 | -
        ACT 15:34 | -
        ACT 24:7 | -
        ROM 16:25-27 | 14:24-26
    """,
    "rv1909": """
        NUM 12:16 | 13:1
        NUM 13:1-33 | 13:2-34
        NUM 29:40 | 30:1
        NUM 30:1-16 | 30:2-17
        JDG 14:18 | 14:18-19
        JDG 14:19-20 | 14:20-21
        1SA 20:42 | 20:42-43
        1SA 23:29 | 24:1
        1SA 24:1-22 | 24:2-23
        2SA 20:25-26 | 20:25
        1KI 22:43 | 22:43-44
        1KI 22:44-53 | 22:45-54
        1CH 1:30-31 | 1:30
        1CH 1:32 | 1:31-32
        1CH 21:15 | 21:15-16
        1CH 21:16-30 | 21:17-31
        2CH 16:14 | 16:14-15
        2CH 33:10-11 | 33:10
        2CH 33:12-25 | 33:11-24
        JOB 35:15-16 | 35:15
        JOB 38:39-41 | 39:1-3
        JOB 39:1-30 | 39:4-33
        JOB 40:1-5 | 39:34-38
        JOB 40:6-24 | 40:1-19
        HOS 11:12 | 12:1
        HOS 12:1-14 | 12:2-15
        JON 1:17 | 2:1
        JON 2:1-10 | 2:2-11
        ACT 19:40-41 | 19:40
        2CO 13:12-13 | 13:12
        2CO 13:14 | 13:13
        3JN 1:14 | 1:14-15
    """,
}


class VerseRange(NamedTuple):
    """Consecutive verses of one chapter."""

    chapter: int
    first: int
    last: int


class _Difference(NamedTuple):
    book: str
    standard: VerseRange
    edition: VerseRange | None


# USFM book id, chapter, verse.
VerseNumber = tuple[str, int, int]


class Alignment(NamedTuple):
    """Differences between the numbering of one edition and the standard versification."""

    edition: str
    missing: frozenset[VerseNumber]
    """Numbers of the standard versification that the edition does not have."""
    added: frozenset[VerseNumber]
    """Numbers of the edition that the standard versification does not have."""
    differences: tuple[_Difference, ...]

    @property
    def chapters(self) -> frozenset[tuple[str, int]]:
        """USFM id and number of the chapters with differences, in either numbering."""
        return frozenset(
            (difference.book, verses.chapter)
            for difference in self.differences
            for verses in (difference.standard, difference.edition)
            if verses is not None
        )

    def missing_from(self, reference: Reference) -> tuple[VerseNumber, ...]:
        """Return the verses of a reference that the edition does not have, in canonical order.

        A whole chapter means every verse that the edition has, so nothing is missing from it.
        """
        spans = [span for span in reference.spans if not span.is_whole_chapters]
        missing = [
            (book, chapter, verse)
            for book, chapter, verse in self.missing
            if any(span.book == book and span.contains(chapter, verse) for span in spans)
        ]
        return tuple(sorted(missing, key=_canonical_order))

    def has(self, number: VerseNumber) -> bool:
        """Return whether the edition has a verse of this number."""
        book, chapter, verse = number
        is_standard = 1 <= verse <= verses_in(book, chapter)
        return number in self.added or (is_standard and number not in self.missing)

    def verses_of(self, book: str, chapter: int) -> list[int]:
        """Return the verse numbers that the edition has in a chapter."""
        numbers = range(1, last_verse_in(book, chapter) + 1)
        return [verse for verse in numbers if self.has((book, chapter, verse))]

    def locate(self, book: str, chapter: int, verse: int) -> VerseRange | None:
        """Return the numbers that have the words of a standard verse; None if they are omitted."""
        number = VerseRange(chapter, verse, verse)
        for difference in self.differences:
            if difference.book == book and _overlaps(difference.standard, number):
                return _corresponding(difference.standard, difference.edition, verse)
        return number

    def to_standard(self, book: str, chapter: int, verse: int) -> VerseRange:
        """Return the standard numbers of the words of one of the edition's verses."""
        number = VerseRange(chapter, verse, verse)
        for difference in self.differences:
            edition = difference.edition
            if difference.book == book and edition is not None and _overlaps(edition, number):
                return _corresponding(edition, difference.standard, verse) or number
        return number


def _canonical_order(number: VerseNumber) -> tuple[int, int, int]:
    return (BY_USFM[number[0]].order, number[1], number[2])


def _overlaps(verses: VerseRange, number: VerseRange) -> bool:
    return verses.chapter == number.chapter and verses.first <= number.first <= verses.last


def _corresponding(source: VerseRange, target: VerseRange | None, verse: int) -> VerseRange | None:
    if target is None or target.last - target.first != source.last - source.first:
        return target
    number = target.first + verse - source.first
    return VerseRange(target.chapter, number, number)


def _parse_difference(line: str) -> _Difference:
    book, standard, _, edition = line.split()
    return _Difference(
        book, _parse_range(standard), None if edition == "-" else _parse_range(edition)
    )


def _parse_range(text: str) -> VerseRange:
    chapter, _, verses = text.partition(":")
    first, _, last = verses.partition("-")
    return VerseRange(int(chapter), int(first), int(last or first))


def _numbers(book: str, verses: VerseRange | None) -> set[VerseNumber]:
    if verses is None:
        return set()
    return {(book, verses.chapter, verse) for verse in range(verses.first, verses.last + 1)}


def _alignment(name: str, table: str) -> Alignment:
    differences = tuple(_parse_difference(line) for line in table.strip().splitlines())
    standard: set[VerseNumber] = set()
    present: set[VerseNumber] = set()
    for difference in differences:
        standard |= _numbers(difference.book, difference.standard)
        present |= _numbers(difference.book, difference.edition)
    added = {number for number in present if number[2] > verses_in(*number[:2])}
    return Alignment(name, frozenset(standard - present), frozenset(added), differences)


# The embedded editions: `kjv`, `web`, `rv1909`.
ALIGNMENTS: Mapping[str, Alignment] = MappingProxyType(
    {name: _alignment(name, table) for name, table in _DIFFERENCES.items()}
)
STANDARD = ALIGNMENTS["kjv"]


def renumber(reference: Reference, *, source: str, target: str) -> Reference | None:
    """Return the numbers that have the same words in another edition; None if it omits them.

    `source` and `target` identify the editions; one without a table has the standard numbers. A
    number that the source does not have is a standard number, else that of any edition with it.
    """
    editions = ALIGNMENTS.get(source, STANDARD), ALIGNMENTS.get(target, STANDARD)
    unequal = editions[0].chapters | editions[1].chapters
    numbers = [number for span in reference.spans for number in _expand(span, editions[0])]
    is_equal = all(editions[0].has(n) and editions[1].has(n) for n in numbers)
    if is_equal and unequal.isdisjoint((book, chapter) for book, chapter, _verse in numbers):
        return reference
    located = dict.fromkeys(
        found
        for number in numbers
        for standard in _standard_numbers(number, editions[0])
        for found in _numbers_in(editions[1], standard)
    )
    spans = _join(located, editions[1])
    return Reference(tuple(spans)) if spans else None


def _expand(span: Span, edition: Alignment) -> Iterator[VerseNumber]:
    for chapter in span.chapters:
        last = max([*edition.verses_of(span.book, chapter), verses_in(span.book, chapter)])
        is_last = chapter == span.end_chapter and not span.is_whole_chapters
        start = span.start_verse if chapter == span.start_chapter else 1
        numbers = range(start, (span.end_verse if is_last else last) + 1)
        for verse in numbers:
            number = (span.book, chapter, verse)
            # A whole chapter is what the edition has in it; other editions may have more of it.
            is_here = edition.has(number) or edition.locate(*number) is None
            if is_here or not span.is_whole_chapters:
                yield number


def _standard_numbers(number: VerseNumber, edition: Alignment) -> Iterator[VerseNumber]:
    known = [one for one in (edition, STANDARD, *ALIGNMENTS.values()) if one.has(number)]
    book = number[0]
    for one in known[:1]:
        yield from sorted(_numbers(book, one.to_standard(*number)))


def _numbers_in(edition: Alignment, standard: VerseNumber) -> list[VerseNumber]:
    return sorted(_numbers(standard[0], edition.locate(*standard)))


def _join(numbers: Iterable[VerseNumber], edition: Alignment) -> list[Span]:
    """Return the spans of verses, in which all that the edition has in a chapter is whole."""
    spans: list[Span] = []
    for book, chapter, verse in numbers:
        if spans and spans[-1].book == book and _follows(spans[-1], chapter, verse, edition):
            spans[-1] = spans[-1]._replace(end_chapter=chapter, end_verse=verse)
        else:
            spans.append(Span(book, chapter, verse, chapter, verse))
    return [_round(span, edition) for span in spans]


def _follows(span: Span, chapter: int, verse: int, edition: Alignment) -> bool:
    numbers = edition.verses_of(span.book, span.end_chapter)
    following = [number for number in numbers if number > span.end_verse]
    if chapter == span.end_chapter:
        return following[:1] == [verse]
    is_first = edition.verses_of(span.book, chapter)[:1] == [verse]
    return not following and chapter == span.end_chapter + 1 and is_first


def _round(span: Span, edition: Alignment) -> Span:
    if (
        span.start_verse == 1
        and span.end_verse == edition.verses_of(span.book, span.end_chapter)[-1]
    ):
        return span._replace(end_verse=verses_in(span.book, span.end_chapter))
    return span
