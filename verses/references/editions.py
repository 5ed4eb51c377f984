"""Where the embedded editions depart from the standard versification.

Every verse of the three editions has a number that the standard versification knows. Some numbers
are missing from an edition, either because it leaves the words out or because it counts them to
another verse; and where a border between two verses stands elsewhere, the same number means other
words. All of it was read off the embedded texts verse by verse.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from verses.references.books import BY_USFM
from verses.references.passages import Reference

# Left: standard numbers. Right: the numbers that hold the same words in the edition; `-` if it
# leaves them out. Equally long stretches correspond verse by verse, others only as a whole.
_DEPARTURES = {
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


class Verses(NamedTuple):
    """Consecutive verses of one chapter."""

    chapter: int
    first: int
    last: int


class _Departure(NamedTuple):
    book: str
    standard: Verses
    edition: Verses | None


VerseNumber = tuple[str, int, int]
"""USFM book id, chapter, verse."""


class Edition(NamedTuple):
    """What is peculiar to the numbering of one text."""

    id: str
    lacks: frozenset[VerseNumber]
    """Numbers of the standard versification under which the edition has no words."""
    departures: tuple[_Departure, ...]

    def missing_from(self, reference: Reference) -> tuple[VerseNumber, ...]:
        """List the verses asked for by number that the edition lacks, in canonical order.

        A whole chapter asks for whatever the edition has, so nothing is missing from it.
        """
        asked = [span for span in reference.spans if not span.is_whole_chapters]
        missing = [
            (book, chapter, verse)
            for book, chapter, verse in self.lacks
            if any(span.book == book and span.contains(chapter, verse) for span in asked)
        ]
        return tuple(sorted(missing, key=_canonical))

    def place_of(self, book: str, chapter: int, verse: int) -> Verses | None:
        """Tell under which numbers the edition has the words of a standard verse; None: nowhere."""
        for departure in self.departures:
            standard = departure.standard
            inside = standard.first <= verse <= standard.last
            if departure.book == book and standard.chapter == chapter and inside:
                return _corresponding(departure, verse)
        return Verses(chapter, verse, verse)


def _canonical(number: VerseNumber) -> tuple[int, int, int]:
    return (BY_USFM[number[0]].order, number[1], number[2])


def _corresponding(departure: _Departure, verse: int) -> Verses | None:
    standard, edition = departure.standard, departure.edition
    if edition is None or edition.last - edition.first != standard.last - standard.first:
        return edition
    place = edition.first + verse - standard.first
    return Verses(edition.chapter, place, place)


def _read(line: str) -> _Departure:
    book, standard, _, edition = line.split()
    return _Departure(book, _verses(standard), None if edition == "-" else _verses(edition))


def _verses(text: str) -> Verses:
    chapter, _, verses = text.partition(":")
    first, _, last = verses.partition("-")
    return Verses(int(chapter), int(first), int(last or first))


def _numbers(book: str, verses: Verses | None) -> set[VerseNumber]:
    if verses is None:
        return set()
    return {(book, verses.chapter, verse) for verse in range(verses.first, verses.last + 1)}


def _edition(name: str, table: str) -> Edition:
    departures = tuple(_read(line) for line in table.strip().splitlines())
    standard: set[VerseNumber] = set()
    held: set[VerseNumber] = set()
    for departure in departures:
        standard |= _numbers(departure.book, departure.standard)
        held |= _numbers(departure.book, departure.edition)
    return Edition(name, frozenset(standard - held), departures)


EDITIONS: Mapping[str, Edition] = MappingProxyType(
    {name: _edition(name, table) for name, table in _DEPARTURES.items()}
)
"""The embedded editions: `kjv`, `web`, `rv1909`."""
