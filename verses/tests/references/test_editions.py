"""The table of departures against the embedded texts themselves."""

import gzip
from functools import cache
from pathlib import Path

import pytest

import verses.editions
from verses.references import EDITIONS, parse, verses_in
from verses.references.editions import VerseNumber, Verses


@cache
def numbers_in(edition: str) -> frozenset[VerseNumber]:
    """Verse numbers that an embedded text has."""
    path = Path(verses.editions.__file__).with_name(f"{edition}.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        cells = [row.split("\t", 3) for row in rows]
    return frozenset((book, int(chapter), int(verse)) for book, chapter, verse, _ in cells[1:])


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_versification_admits_every_verse_of_an_embedded_edition(edition: str) -> None:
    outside = [(b, c, v) for b, c, v in numbers_in(edition) if not 1 <= v <= verses_in(b, c)]

    assert outside == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_lacks_exactly_the_verses_its_table_says(edition: str) -> None:
    assert numbers_in("kjv") - numbers_in(edition) == EDITIONS[edition].lacks


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_words_of_a_verse_are_told_to_stand_at_verses_the_edition_has(edition: str) -> None:
    for book, chapter, verse in numbers_in("kjv"):
        place = EDITIONS[edition].place_of(book, chapter, verse)
        if place:
            numbers = {(book, place.chapter, n) for n in range(place.first, place.last + 1)}
            assert numbers <= numbers_in(edition)


def test_verses_asked_for_by_number_are_missing_where_the_edition_lacks_them() -> None:
    reference = parse("Acts 8:36-38; Luke 17:36; Acts 24:7")

    missing = EDITIONS["web"].missing_from(reference)

    assert missing == (("LUK", 17, 36), ("ACT", 8, 37), ("ACT", 24, 7))


def test_nothing_is_missing_from_a_whole_chapter() -> None:
    assert EDITIONS["rv1909"].missing_from(parse("Job 40")) == ()


def test_nothing_is_missing_from_the_edition_that_set_the_standard() -> None:
    assert EDITIONS["kjv"].lacks == frozenset()


@pytest.mark.parametrize(
    ("edition", "verse", "place"),
    [
        ("web", ("ACT", 8, 37), None),
        ("web", ("ROM", 16, 26), Verses(14, 23, 23)),
        ("web", ("JHN", 3, 16), Verses(3, 16, 16)),
        ("rv1909", ("NUM", 12, 16), Verses(13, 1, 1)),
        ("rv1909", ("NUM", 13, 1), Verses(13, 2, 2)),
        ("rv1909", ("NUM", 13, 33), Verses(13, 33, 33)),
        ("rv1909", ("JDG", 14, 18), Verses(14, 18, 19)),
        ("rv1909", ("JOB", 39, 27), Verses(39, 30, 30)),
        ("rv1909", ("JOB", 40, 15), Verses(40, 10, 10)),
        ("rv1909", ("2CO", 13, 14), Verses(13, 13, 13)),
    ],
)
def test_the_words_of_a_verse_are_found_where_the_edition_has_them(
    edition: str, verse: VerseNumber, place: Verses | None
) -> None:
    assert EDITIONS[edition].place_of(*verse) == place
