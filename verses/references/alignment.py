"""Verse numbers of the embedded editions, aligned with the standard versification.

Every verse of the three editions has a number that exists in the standard versification. Some
numbers are missing from an edition, because it omits the words or has them in another verse; and
where a verse begins at another word, the same number means other words. The table was made by
comparing the embedded texts verse by verse.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from verses.references.books import BY_USFM
from verses.references.reference import Reference

# Left: standard numbers. Right: the numbers with the same words in the edition; `-` if it omits
# them. Ranges of equal length correspond verse by verse, others only as a whole.
_DIFFERENCES = {
    "kjv": "",
    "web": """
        LUK 17:36 | -
        ACT 8:37 | -
        ACT 15:34 | -
        ACT 24:7 | -
        ROM 16:25-27 | 14:23
    """,
    "rv1909": """
        NUM 12:16 | 13:1
        NUM 13:1-31 | 13:2-32
        NUM 13:32-33 | 13:33
        NUM 29:40 | 30:1
        NUM 30:1-14 | 30:2-15
        NUM 30:15-16 | 30:16
        JDG 14:18 | 14:18-19
        JDG 14:19-20 | 14:20
        1SA 23:29 | 24:1
        1SA 24:1-20 | 24:2-21
        1SA 24:21-22 | 24:22
        2SA 20:25-26 | 20:25
        1KI 22:43 | 22:43-44
        1KI 22:44-51 | 22:45-52
        1KI 22:52-53 | 22:53
        1CH 1:30-31 | 1:30
        1CH 1:32 | 1:31-32
        1CH 21:15 | 21:15-16
        1CH 21:16-28 | 21:17-29
        1CH 21:29-30 | 21:30
        2CH 33:10-11 | 33:10
        2CH 33:12-25 | 33:11-24
        JOB 35:15-16 | 35:15
        JOB 38:39-41 | 39:1-3
        JOB 39:1-26 | 39:4-29
        JOB 39:27-30 | 39:30
        JOB 40:1-5 | 39:30
        JOB 40:6-24 | 40:1-19
        HOS 11:12 | 12:1
        HOS 12:1-12 | 12:2-13
        HOS 12:13-14 | 12:14
        JON 1:17 | 2:1
        JON 2:1-8 | 2:2-9
        JON 2:9-10 | 2:10
        ACT 19:40-41 | 19:40
        2CO 13:12-13 | 13:12
        2CO 13:14 | 13:13
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


VerseNumber = tuple[str, int, int]
"""USFM book id, chapter, verse."""


class Alignment(NamedTuple):
    """Differences between the numbering of one edition and the standard versification."""

    edition: str
    missing: frozenset[VerseNumber]
    """Numbers of the standard versification that the edition does not have."""
    differences: tuple[_Difference, ...]

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

    def locate(self, book: str, chapter: int, verse: int) -> VerseRange | None:
        """Return the numbers that have the words of a standard verse; None if they are omitted."""
        for difference in self.differences:
            standard = difference.standard
            is_inside = standard.first <= verse <= standard.last
            if difference.book == book and standard.chapter == chapter and is_inside:
                return _corresponding(difference, verse)
        return VerseRange(chapter, verse, verse)


def _canonical_order(number: VerseNumber) -> tuple[int, int, int]:
    return (BY_USFM[number[0]].order, number[1], number[2])


def _corresponding(difference: _Difference, verse: int) -> VerseRange | None:
    standard, edition = difference.standard, difference.edition
    if edition is None or edition.last - edition.first != standard.last - standard.first:
        return edition
    number = edition.first + verse - standard.first
    return VerseRange(edition.chapter, number, number)


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
    return Alignment(name, frozenset(standard - present), differences)


ALIGNMENTS: Mapping[str, Alignment] = MappingProxyType(
    {name: _alignment(name, table) for name, table in _DIFFERENCES.items()}
)
"""The embedded editions: `kjv`, `web`, `rv1909`."""
