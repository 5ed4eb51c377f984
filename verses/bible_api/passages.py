"""Passages as bible-api.com answers them: its reference, its order of verses, its errors."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

from verses import popularity
from verses.bible_api import deuterocanon, syntax
from verses.bible_api.errors import (
    ONE_BOUNDARY,
    ONE_CHAPTER,
    Json,
    not_found,
    too_many_chapters,
)
from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.models import Translation
from verses.references import (
    BOOKS,
    MAX_VERSES,
    Reference,
    Span,
    book_name,
    chapters_in,
    parse,
    verses_in,
)
from verses.references.grammar.ranges import merge_adjacent
from verses.services.passages import Passage, PassageVerse, read_passage
from verses.services.random_verse import random_passage

_MAX_CHAPTERS = 2
_MAX_NAME_CHARACTERS = 60
_MIN_PREFIX_CHARACTERS = 5


def build_passage(
    text: str, translation: Translation, *, is_numbered: bool, is_lenient: bool
) -> tuple[Json, Passage | None]:
    """Return the JSON of `GET /{ref}`; `is_lenient` reads `Jude 1` as the chapter, not verse 1.

    Also returns the passage, if the JSON depends on nothing else. Raises BibleApiError,
    UpstreamUnavailable.
    """
    if ":" not in text and re.search(r"[,-]", text):
        raise too_many_chapters(ONE_CHAPTER)
    try:
        name, verses, passage = _find_passage(text, translation, is_lenient=is_lenient)
    except (ReferenceInvalid, PassageNotFound) as error:
        raise not_found() from error
    return passage_json(name, verses, translation, is_numbered=is_numbered), passage


Found = tuple[str, Iterable[PassageVerse], Passage | None]


def _find_passage(text: str, translation: Translation, *, is_lenient: bool) -> Found:
    """Return the name, the verses and the passage that a text means.

    Raises BibleApiError, ReferenceInvalid, PassageNotFound, UpstreamUnavailable.
    """
    reading = syntax.read(text)
    if reading is not None:
        if (usfm := deuterocanon.find_book(reading.book, translation)) is not None:
            return _read_deuterocanonical(reading, usfm, translation)
        if (usfm := _find_book(reading.book[:_MAX_NAME_CHARACTERS])) is not None:
            has_verses = reading.has_chapters_only and ":" not in text
            if has_verses and not is_lenient and chapters_in(usfm) == 1:
                reading = reading.as_verses()
            return _read_parts(reading, usfm, translation)
    reference = parse(text, single_chapter="chapter" if is_lenient else "verse")
    _check_chapter_count(reference.spans[-1].end_chapter - reference.spans[0].start_chapter + 1)
    passage = read_passage(reference, translation)
    return reference.format(translation.language), passage.verses, passage


@lru_cache(512)
def _find_book(name: str) -> str | None:
    """Return the USFM id of a book by its name in any language, or by the start of its name."""
    try:
        (span,) = parse(f"{name} 1:1").spans
    except (ReferenceInvalid, PassageNotFound, ValueError):
        # The real server reads this misspelling, which our parser takes for a person's name.
        start = name.casefold().replace("phillip", "philip")
        found = [book.usfm for book in BOOKS if book.name().casefold().startswith(start)]
        is_unique = len(found) == 1 and len(start) >= _MIN_PREFIX_CHARACTERS
        return found[0] if is_unique else None
    return span.book if span == Span(span.book, 1, 1, 1, 1) else None


def _check_chapter_count(count: int) -> None:
    if count > _MAX_CHAPTERS:
        raise too_many_chapters(ONE_BOUNDARY)


def _read_parts(reading: syntax.Reading, usfm: str, translation: Translation) -> Found:
    _check_chapter_count(reading.chapter_count)
    name = reading.format(book_name(usfm, translation.language))
    spans = list(_spans(reading, usfm))
    if not spans:
        return name, (), None
    # Parsed once more, so that the limits of a reference apply to the merged parts.
    reference = parse(Reference(merge_adjacent(spans)).format())
    passage = read_passage(reference, translation, is_counted=False)
    verses = _select(reading, passage.verses)
    popularity.count(translation.identifier, passage.osis)
    return name, verses, passage


def _spans(reading: syntax.Reading, usfm: str) -> Iterator[Span]:
    """Yield the spans of the parts that have verses; raises BibleApiError for a missing end."""
    for part in reading.parts:
        if not all(_exists(usfm, point) for point in part):
            raise not_found()
        if not part.is_reversed:
            (chapter, verse), (end_chapter, end_verse) = part
            end = end_verse or verses_in(usfm, end_chapter)
            yield Span(usfm, chapter, verse or 1, end_chapter, end)


def _exists(usfm: str, point: syntax.Point) -> bool:
    verses = verses_in(usfm, point.chapter)
    return verses > 0 if point.verse is None else 1 <= point.verse <= verses


def _select(reading: syntax.Reading, verses: Iterable[PassageVerse]) -> list[PassageVerse]:
    """Return the verses of each part in turn, so one that two parts name comes twice.

    Raises BibleApiError if an end of a part does not exist in the translation.
    """
    known = {(verse.chapter, verse.verse): verse for verse in verses}
    places = sorted(known)
    selected: list[PassageVerse] = []
    for part in reading.parts:
        if part.is_reversed:
            continue
        if not all(point.verse is None or point in known for point in part):
            raise not_found()
        # A chapter is every verse between its number and the next.
        start = bisect_left(places, (part.first.chapter, part.first.verse or 0))
        last = part.last
        end = (
            bisect_left(places, (last.chapter + 1, 0))
            if last.verse is None
            else bisect_right(places, (last.chapter, last.verse))
        )
        selected += [known[place] for place in places[start:end]]
        if start == end or len(selected) > MAX_VERSES:
            raise not_found()
    return selected


def _read_deuterocanonical(reading: syntax.Reading, usfm: str, translation: Translation) -> Found:
    _check_chapter_count(reading.chapter_count)
    chapters = {point.chapter for part in reading.parts for point in part}
    if max(chapters) - min(chapters) + 1 > _MAX_CHAPTERS:
        raise not_found()
    verses = [
        verse
        for chapter in sorted(chapters)
        for verse in deuterocanon.read_chapter(translation, usfm, chapter)
    ]
    return reading.format(deuterocanon.name_of(usfm)), _select(reading, verses), None


def passage_json(
    name: str, verses: Iterable[PassageVerse], translation: Translation, *, is_numbered: bool
) -> Json:
    """Return the JSON of verses under a name; `is_numbered` puts their numbers into the text."""
    listed = list(verses)
    numbers = (f"({verse.verse}) " if is_numbered else "" for verse in listed)
    texts = (f"{number}{verse.text}\n" for number, verse in zip(numbers, listed, strict=True))
    return {
        "reference": name,
        "verses": [
            {
                "book_id": verse.book_id,
                "book_name": verse.book_name,
                "chapter": verse.chapter,
                "verse": verse.verse,
                "text": f"{verse.text}\n",
            }
            for verse in listed
        ],
        "text": "".join(texts),
        "translation_id": translation.identifier,
        "translation_name": translation.name,
        "translation_note": translation.license,
    }


def build_random_passage(translation: Translation, *, is_numbered: bool) -> Json:
    """Return the JSON of the older random call, `GET /?random=..`."""
    (verse,) = random_passage(translation=translation.identifier).verses
    name = f"{verse.book_name} {verse.chapter}:{verse.verse}"
    return passage_json(name, (verse,), translation, is_numbered=is_numbered)
