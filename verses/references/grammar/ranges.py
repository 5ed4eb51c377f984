"""From the ends of a range to spans that exist in the standard versification."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from verses.references.books import BOOKS, BY_USFM
from verses.references.errors import ErrorCode, ParseError
from verses.references.numbering import standard_ranges, standard_verses
from verses.references.spans import Span
from verses.references.versification import chapters_in, last_verse_in, verses_in

MAX_VERSES = 500

SpansT = TypeVar("SpansT", bound=Sequence[Span])


class Point(NamedTuple):
    """One end of a range; without a verse it means the whole chapter."""

    book: str
    chapter: int
    verse: int | None


def spans_between(start: Point, end: Point) -> list[Span]:
    """Return the spans from one point to another, one for each book.

    Raises ParseError if a point does not exist, if the end comes before the start, or if a range
    over several books is too long.
    """
    first, last = _checked(start, end)
    if start.book == end.book:
        # Not limited yet: the comma convention may still give the text another meaning.
        return [_within_book(start, end, first, last)]
    return check_verse_limit(_across_books(start, end, first, last))


def merge_adjacent(spans: list[Span]) -> tuple[Span, ...]:
    """Merge each span with the previous one if they overlap or touch."""
    merged: list[Span] = []
    for span in spans:
        if merged and _continues(merged[-1], span):
            previous = merged[-1]
            merged[-1] = Span(span.book, *previous.start, *max(previous.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def check_verse_limit(spans: SpansT) -> SpansT:
    """Return the spans; raises ParseError if they have more than MAX_VERSES verses."""
    if sum(span.verse_count for span in spans) > MAX_VERSES:
        candidates = _chapter_and_verse(spans[0]) if len(spans) == 1 else []
        raise ParseError(ErrorCode.TOO_MANY_VERSES, {"limit": MAX_VERSES}, candidates=candidates)
    return spans


def _chapter_and_verse(span: Span) -> list[str]:
    """Return John 3:16 for `John 3-16`, which may be a typing error."""
    if span.is_whole_chapters and span.end_chapter <= verses_in(span.book, span.start_chapter):
        return [f"{BY_USFM[span.book].name()} {span.start_chapter}:{span.end_chapter}"]
    return []


def _checked(start: Point, end: Point) -> tuple[int, int]:
    """Return the verses of both chapters; the error has the place in the standard versification."""
    try:
        return _check(start), _check(end)
    except ParseError as error:
        renumbered = _renumbered(start, end)
        error.is_renumbered = bool(renumbered)
        error.candidates = (*renumbered, *error.candidates)
        raise


def _renumbered(start: Point, end: Point) -> list[str]:
    """Return the passages that other Bibles number so: Joel 2:28-32 for `Joel 3:1-5`."""
    name = BY_USFM[start.book].name()
    if start.book != end.book:
        return []
    if start.verse is None or end.verse is None:
        ranges = standard_ranges(start.book, start.chapter) if start == end else []
        return [f"{name} {one.chapter}:{one.first}-{one.last}" for one in ranges]
    firsts = standard_verses(start.book, start.chapter, start.verse)
    lasts = standard_verses(end.book, end.chapter, end.verse)
    pairs = zip(firsts, lasts, strict=False)
    return [f"{name} {a[0]}:{a[1]}-{b[0]}:{b[1]}" for a, b in pairs]


def _check(point: Point) -> int:
    """Return the number of verses of the chapter."""
    name, verses = BY_USFM[point.book].name(), verses_in(point.book, point.chapter)
    if not verses:
        chapters = chapters_in(point.book)
        values = {"book": point.book, "chapters": chapters}
        raise ParseError(ErrorCode.CHAPTER_NOT_FOUND, values, candidates=[f"{name} {chapters}"])
    last = last_verse_in(point.book, point.chapter)
    if point.verse is not None and not 1 <= point.verse <= last:
        values = {"book": point.book, "chapter": point.chapter, "verses": verses}
        raise ParseError(ErrorCode.VERSE_NOT_FOUND, values, candidates=[f"{name} {point.chapter}"])
    return verses


def _within_book(start: Point, end: Point, first: int, last: int) -> Span:
    span = Span(start.book, start.chapter, start.verse or 1, end.chapter, end.verse or last)
    if span.end < span.start:
        raise ParseError(
            ErrorCode.REVERSED_RANGE, candidates=_reversed_suggestions(start, end, first)
        )
    return span


def _reversed_suggestions(start: Point, end: Point, verses: int) -> list[str]:
    name = BY_USFM[start.book].name()
    if start.verse is None or end.verse is None:
        return [f"{name} {end.chapter}-{start.chapter}"]
    if start.chapter != end.chapter:
        return [f"{name} {end.chapter}:{end.verse}-{start.chapter}:{start.verse}"]
    swapped = f"{name} {start.chapter}:{end.verse}-{start.verse}"
    shortened = int(str(start.verse)[: -len(str(end.verse))] + str(end.verse))
    if start.verse < shortened <= verses:
        return [f"{name} {start.chapter}:{start.verse}-{shortened}", swapped]
    return [swapped]


def _across_books(start: Point, end: Point, first: int, last: int) -> list[Span]:
    from_order, to_order = BY_USFM[start.book].order, BY_USFM[end.book].order
    if to_order < from_order:
        raise ParseError(ErrorCode.REVERSED_RANGE)
    between = [_whole(book.usfm) for book in BOOKS[from_order : to_order - 1]]
    opening = _whole(start.book)
    closing = _whole(end.book)
    return [
        Span(start.book, start.chapter, start.verse or 1, opening.end_chapter, opening.end_verse),
        *between,
        Span(end.book, closing.start_chapter, 1, end.chapter, end.verse or last),
    ]


def _whole(book: str) -> Span:
    chapters = chapters_in(book)
    return Span(book, 1, 1, chapters, verses_in(book, chapters))


def _continues(previous: Span, span: Span) -> bool:
    return previous.book == span.book and previous.start <= span.start <= _after(previous)


def _after(span: Span) -> tuple[int, int]:
    """Return the chapter and verse that follow a span."""
    if span.end_verse == verses_in(span.book, span.end_chapter):
        return (span.end_chapter + 1, 1)
    return (span.end_chapter, span.end_verse + 1)
