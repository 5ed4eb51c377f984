"""Numbers that other Bibles print for the verses of the standard versification.

The Hebrew text and Bibles that follow it begin some chapters at other verses, and count the titles
of psalms; the Greek and Latin Bibles join or divide some psalms. Sources: the tables of the
Biblia Hebraica Stuttgartensia, the Septuagint (Rahlfs) and the Clementine Vulgate.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from verses.references.versification import verses_in

# Left: standard numbers. Right: the numbers of the same words elsewhere, verse by verse.
_CHAPTERS = """
GEN 31:55 | 32:1
GEN 32:1-32 | 32:2-33
EXO 8:1-4 | 7:26-29
EXO 8:5-32 | 8:1-28
EXO 22:1 | 21:37
EXO 22:2-31 | 22:1-30
LEV 6:1-7 | 5:20-26
LEV 6:8-30 | 6:1-23
NUM 16:36-50 | 17:1-15
NUM 17:1-13 | 17:16-28
NUM 29:40 | 30:1
NUM 30:1-16 | 30:2-17
DEU 12:32 | 13:1
DEU 13:1-18 | 13:2-19
DEU 22:30 | 23:1
DEU 23:1-25 | 23:2-26
DEU 29:1 | 28:69
DEU 29:2-29 | 29:1-28
1SA 21:1-15 | 21:2-16
1SA 23:29 | 24:1
1SA 24:1-22 | 24:2-23
2SA 18:33 | 19:1
2SA 19:1-43 | 19:2-44
1KI 4:21-34 | 5:1-14
1KI 5:1-18 | 5:15-32
1KI 22:44-53 | 22:45-54
2KI 11:21 | 12:1
2KI 12:1-21 | 12:2-22
1CH 6:1-15 | 5:27-41
1CH 6:16-81 | 6:1-66
1CH 12:5-40 | 12:6-41
2CH 2:1 | 1:18
2CH 2:2-18 | 2:1-17
2CH 14:1 | 13:23
2CH 14:2-15 | 14:1-14
NEH 4:1-6 | 3:33-38
NEH 4:7-23 | 4:1-17
NEH 9:38 | 10:1
NEH 10:1-39 | 10:2-40
JOB 41:1-8 | 40:25-32
JOB 41:9-34 | 41:1-26
ECC 5:1 | 4:17
ECC 5:2-20 | 5:1-19
SNG 6:13 | 7:1
SNG 7:1-13 | 7:2-14
ISA 9:1 | 8:23
ISA 9:2-21 | 9:1-20
ISA 64:2-12 | 64:1-11
JER 9:1 | 8:23
JER 9:2-26 | 9:1-25
EZK 20:45-49 | 21:1-5
EZK 21:1-32 | 21:6-37
DAN 3:24-30 | 3:91-97
DAN 4:1-3 | 3:31-33
DAN 4:1-3 | 3:98-100
DAN 4:4-37 | 4:1-34
DAN 5:31 | 6:1
DAN 6:1-28 | 6:2-29
HOS 1:10-11 | 2:1-2
HOS 2:1-23 | 2:3-25
HOS 11:12 | 12:1
HOS 12:1-14 | 12:2-15
HOS 13:16 | 14:1
HOS 14:1-9 | 14:2-10
JOL 2:28-32 | 3:1-5
JOL 3:1-21 | 4:1-21
JON 1:17 | 2:1
JON 2:1-10 | 2:2-11
MIC 5:1 | 4:14
MIC 5:2-15 | 5:1-14
NAM 1:15 | 2:1
NAM 2:1-13 | 2:2-14
ZEC 1:18-21 | 2:1-4
ZEC 2:1-13 | 2:5-17
MAL 4:1-6 | 3:19-24
3JN 1:14 | 1:15
REV 13:1 | 12:18
"""

# Greek and Latin psalms with other limits. The others from 11 to 146 are one lower.
_DIVIDED_PSALMS = """
PSA 10:1-18 | 9:22-39
PSA 114:1-8 | 113:1-8
PSA 115:1-18 | 113:9-26
PSA 116:1-9 | 114:1-9
PSA 116:10-19 | 115:10-19
PSA 147:1-11 | 146:1-11
PSA 147:12-20 | 147:12-20
"""
_ONE_LOWER = (*range(11, 114), *range(117, 147))

# Psalms whose title the Hebrew text counts as one verse, or as two.
_TITLES_OF_ONE = (
    *(3, 4, 5, 6, 7, 8, 9, 12, 13, 18, 19, 20, 21, 22, 30, 31, 34, 36, 38, 39, 40, 41, 42, 44, 45),
    *(46, 47, 48, 49, 53, 55, 56, 57, 58, 59, 61, 62, 63, 64, 65, 67, 68, 69, 70, 75, 76, 77, 80),
    *(81, 83, 84, 85, 88, 89, 92, 102, 108, 140, 142),
)
_TITLES_OF_TWO = (51, 52, 54, 60)


class VerseNumbers(NamedTuple):
    """Consecutive verses of one chapter."""

    chapter: int
    first: int
    last: int

    def contains(self, verse: int) -> bool:
        """Return whether a verse of the chapter is one of them."""
        return self.first <= verse <= self.last


class Renumbering(NamedTuple):
    """Verses with the same words in the standard versification and in another numbering."""

    standard: VerseNumbers
    other: VerseNumbers

    def to_standard(self, verse: int) -> int:
        """Return the standard number of a verse of the other numbering."""
        return self.standard.first + verse - self.other.first


@cache
def _renumberings() -> dict[str, tuple[Renumbering, ...]]:
    """Return the differences by book; built at the first use, which most processes never see."""
    by_book: dict[str, tuple[Renumbering, ...]] = {}
    for line in (_CHAPTERS + _DIVIDED_PSALMS).split("\n"):
        if line:
            book, standard, _, other = line.split()
            row = Renumbering(_parse(standard), _parse(other))
            by_book[book] = (*by_book.get(book, ()), row)
    by_book["PSA"] += (*_psalms_one_lower(), *_titled_psalms())
    return by_book


def _parse(text: str) -> VerseNumbers:
    chapter, _, verses = text.partition(":")
    first, _, last = verses.partition("-")
    return VerseNumbers(int(chapter), int(first), int(last or first))


def _psalms_one_lower() -> Iterator[Renumbering]:
    for psalm in _ONE_LOWER:
        last = verses_in("PSA", psalm)
        yield Renumbering(VerseNumbers(psalm, 1, last), VerseNumbers(psalm - 1, 1, last))


def _titled_psalms() -> Iterator[Renumbering]:
    for psalms, title in ((_TITLES_OF_ONE, 1), (_TITLES_OF_TWO, 2)):
        for psalm in psalms:
            last = verses_in("PSA", psalm)
            yield Renumbering(
                VerseNumbers(psalm, 1, last), VerseNumbers(psalm, 1 + title, last + title)
            )


def renumberings_between(book: str, chapter: int, other: int) -> tuple[Renumbering, ...]:
    """Return the differences that join two chapter numbers, in either order: Psalms 22 and 23."""
    rows = _renumberings().get(book, ())
    return tuple(
        row for row in rows if (row.standard.chapter, row.other.chapter) == (chapter, other)
    ) or (
        tuple(row for row in rows if (row.standard.chapter, row.other.chapter) == (other, chapter))
    )


def standard_verses(book: str, chapter: int, verse: int) -> list[tuple[int, int]]:
    """Return the standard chapters and verses that other Bibles number so."""
    return [
        (row.standard.chapter, row.to_standard(verse))
        for row in _renumberings().get(book, ())
        if row.other.chapter == chapter and row.other.contains(verse)
    ]


def standard_ranges(book: str, chapter: int) -> list[VerseNumbers]:
    """Return the standard verses of a chapter that other Bibles have."""
    rows = _renumberings().get(book, ())
    return [row.standard for row in rows if row.other.chapter == chapter]
