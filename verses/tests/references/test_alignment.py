"""The tables of differences, compared with the embedded texts."""

import gzip
from functools import cache
from pathlib import Path

import pytest

import verses.editions
from verses.references import ALIGNMENTS, parse, verses_in
from verses.references.alignment import VerseNumber, VerseRange


@cache
def numbers_in(edition: str) -> frozenset[VerseNumber]:
    """Verse numbers that an embedded text has."""
    path = Path(verses.editions.__file__).with_name(f"{edition}.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        cells = [row.split("\t", 3) for row in rows]
    return frozenset((book, int(chapter), int(verse)) for book, chapter, verse, _ in cells[1:])


@pytest.mark.parametrize("edition", ALIGNMENTS)
def test_the_versification_has_every_verse_of_an_edition(edition: str) -> None:
    outside = [(b, c, v) for b, c, v in numbers_in(edition) if not 1 <= v <= verses_in(b, c)]

    assert outside == []


@pytest.mark.parametrize("edition", ALIGNMENTS)
def test_an_edition_lacks_exactly_the_verses_in_its_table(edition: str) -> None:
    assert numbers_in("kjv") - numbers_in(edition) == ALIGNMENTS[edition].missing


@pytest.mark.parametrize("edition", ALIGNMENTS)
def test_located_verses_exist_in_the_edition(edition: str) -> None:
    for book, chapter, verse in numbers_in("kjv"):
        place = ALIGNMENTS[edition].locate(book, chapter, verse)
        if place:
            numbers = {(book, place.chapter, n) for n in range(place.first, place.last + 1)}
            assert numbers <= numbers_in(edition)


def test_verses_that_an_edition_lacks_are_missing() -> None:
    reference = parse("Acts 8:36-38; Luke 17:36; Acts 24:7")

    missing = ALIGNMENTS["web"].missing_from(reference)

    assert missing == (("LUK", 17, 36), ("ACT", 8, 37), ("ACT", 24, 7))


def test_nothing_is_missing_from_a_whole_chapter() -> None:
    assert ALIGNMENTS["rv1909"].missing_from(parse("Job 40")) == ()


def test_nothing_is_missing_from_the_standard_edition() -> None:
    assert ALIGNMENTS["kjv"].missing == frozenset()


@pytest.mark.parametrize(
    ("edition", "verse", "place"),
    [
        ("web", ("ACT", 8, 37), None),
        ("web", ("ROM", 16, 26), VerseRange(14, 23, 23)),
        ("web", ("JHN", 3, 16), VerseRange(3, 16, 16)),
        ("rv1909", ("NUM", 12, 16), VerseRange(13, 1, 1)),
        ("rv1909", ("NUM", 13, 1), VerseRange(13, 2, 2)),
        ("rv1909", ("NUM", 13, 33), VerseRange(13, 33, 33)),
        ("rv1909", ("JDG", 14, 18), VerseRange(14, 18, 19)),
        ("rv1909", ("JOB", 39, 27), VerseRange(39, 30, 30)),
        ("rv1909", ("JOB", 40, 15), VerseRange(40, 10, 10)),
        ("rv1909", ("2CO", 13, 14), VerseRange(13, 13, 13)),
    ],
)
def test_a_standard_verse_is_located_in_the_edition(
    edition: str, verse: VerseNumber, place: VerseRange | None
) -> None:
    assert ALIGNMENTS[edition].locate(*verse) == place
