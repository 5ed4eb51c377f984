"""The tables of differences, compared with the embedded texts."""

import gzip
from functools import cache
from pathlib import Path

import pytest

import verses.editions
from verses.references import ALIGNMENTS, Reference, Span, parse, renumber
from verses.references.alignment import VerseNumber, VerseRange
from verses.references.versification import last_verse_in


@cache
def numbers_in(edition: str) -> frozenset[VerseNumber]:
    """Verse numbers that an embedded text has."""
    path = Path(verses.editions.__file__).with_name(f"{edition}.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        cells = [row.split("\t", 3) for row in rows]
    return frozenset((book, int(chapter), int(verse)) for book, chapter, verse, _ in cells[1:])


@pytest.mark.parametrize("edition", ALIGNMENTS)
def test_the_versification_has_every_verse_of_an_edition(edition: str) -> None:
    outside = [(b, c, v) for b, c, v in numbers_in(edition) if not 1 <= v <= last_verse_in(b, c)]

    assert outside == []


@pytest.mark.parametrize("edition", ALIGNMENTS)
def test_an_edition_lacks_exactly_the_verses_in_its_table(edition: str) -> None:
    assert numbers_in("kjv") - numbers_in(edition) == ALIGNMENTS[edition].missing
    assert numbers_in(edition) - numbers_in("kjv") == ALIGNMENTS[edition].added


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
        ("web", ("ROM", 16, 26), VerseRange(14, 25, 25)),
        ("web", ("JHN", 3, 16), VerseRange(3, 16, 16)),
        ("rv1909", ("NUM", 12, 16), VerseRange(13, 1, 1)),
        ("rv1909", ("NUM", 13, 1), VerseRange(13, 2, 2)),
        ("rv1909", ("NUM", 13, 33), VerseRange(13, 34, 34)),
        ("rv1909", ("JDG", 14, 18), VerseRange(14, 18, 19)),
        ("rv1909", ("JOB", 39, 27), VerseRange(39, 30, 30)),
        ("rv1909", ("JOB", 40, 5), VerseRange(39, 38, 38)),
        ("rv1909", ("JOB", 40, 15), VerseRange(40, 10, 10)),
        ("rv1909", ("2CO", 13, 14), VerseRange(13, 13, 13)),
    ],
)
def test_a_standard_verse_is_located_in_the_edition(
    edition: str, verse: VerseNumber, place: VerseRange | None
) -> None:
    assert ALIGNMENTS[edition].locate(*verse) == place


@pytest.mark.parametrize("edition", ALIGNMENTS)
def test_an_edition_has_the_standard_numbers_of_all_its_verses(edition: str) -> None:
    alignment = ALIGNMENTS[edition]

    for book, chapter, verse in numbers_in(edition):
        standard = alignment.to_standard(book, chapter, verse)
        located = alignment.locate(book, standard.chapter, standard.first)
        assert located is not None
        assert located.chapter == chapter
        assert located.first <= verse <= located.last


@pytest.mark.parametrize("source", ALIGNMENTS)
@pytest.mark.parametrize("target", ALIGNMENTS)
def test_renumbered_verses_exist_and_return(source: str, target: str) -> None:
    """Each verse of every chapter with a difference, there and back."""
    chapters = ALIGNMENTS[source].chapters | ALIGNMENTS[target].chapters
    for number in sorted(one for one in numbers_in(source) if one[:2] in chapters):
        book, chapter, verse = number
        found = renumber(
            Reference((Span(book, chapter, verse, chapter, verse),)), source=source, target=target
        )
        if found is None:
            assert ALIGNMENTS[target].locate(*number) is None
            continue
        (span,) = found.spans
        assert (book, *span.start) in numbers_in(target)
        returned = renumber(found, source=target, target=source)
        assert returned is not None
        assert any(one.contains(chapter, verse) for one in returned.spans)


@pytest.mark.parametrize(
    ("text", "source", "target", "expected"),
    [
        ("Jonah 1:17", "kjv", "rv1909", "Jonah 2:1"),
        ("Jonah 2:1", "rv1909", "kjv", "Jonah 1:17"),
        ("Jonah 1:17", "rv1909", "rv1909", "Jonah 2:1"),
        ("Jonah 2", "rv1909", "kjv", "Jonah 1:17-2:10"),
        ("Jonah 2:11", "web", "asv", "Jonah 2:10"),
        ("Job 40", "kjv", "rv1909", "Job 39:34-40:19"),
        ("Romans 16:24-26", "kjv", "web", "Romans 16:24; 14:24-25"),
        ("Romans 14:24", "rv1909", "rv1909", "Romans 16:25"),
        ("3 John 14", "kjv", "rv1909", "3 John 1:14-15"),
        ("Numbers 12:10-13:3", "kjv", "rv1909", "Numbers 12:10-13:4"),
        ("Acts 8:36-38", "kjv", "web", "Acts 8:36-38"),
        ("Luke 17", "web", "kjv", "Luke 17"),
        ("John 3", "asv", "rv1909", "John 3"),
    ],
)
def test_a_reference_is_renumbered(text: str, source: str, target: str, expected: str) -> None:
    assert renumber(parse(text), source=source, target=target) == parse(expected)


def test_omitted_words_have_no_number() -> None:
    assert renumber(parse("Acts 8:37"), source="kjv", target="web") is None
