"""From the points of a range to spans inside the standard versification."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from verses.references.books import BOOKS, BY_USFM
from verses.references.passages import Span
from verses.references.problems import Code, Problem
from verses.references.versification import chapters_in, verses_in

MAX_VERSES = 500

SpansT = TypeVar("SpansT", bound=Sequence[Span])


class Point(NamedTuple):
    """One end of a range; without a verse it means the whole chapter."""

    book: str
    chapter: int
    verse: int | None


def spans_between(start: Point, end: Point) -> list[Span]:
    """Spans from one point to another, one for each book.

    Raises Problem if a point does not exist, if the end comes before the start, or for a range
    over books that is too long.
    """
    first, last = _check(start), _check(end)
    if start.book == end.book:
        # However long: what follows may show that it is not what was meant.
        return [_within_book(start, end, first, last)]
    return limited(_across_books(start, end, first, last))


def merged(spans: list[Span]) -> tuple[Span, ...]:
    """Join each span with the one before it if they overlap or touch."""
    joined: list[Span] = []
    for span in spans:
        if joined and _continues(joined[-1], span):
            joined[-1] = _joined(joined[-1], span)
        else:
            joined.append(span)
    return tuple(joined)


def limited(spans: SpansT) -> SpansT:
    """Return the spans. Raises Problem if they hold more verses than allowed."""
    if sum(span.verse_count for span in spans) > MAX_VERSES:
        guesses = _chapter_and_verse(spans[0]) if len(spans) == 1 else []
        raise Problem(Code.TOO_MANY_VERSES, {"most": MAX_VERSES}, guesses=guesses)
    return spans


def _chapter_and_verse(span: Span) -> list[str]:
    """`John 3-16` may be a slip for John 3:16."""
    if span.is_whole_chapters and span.end_chapter <= verses_in(span.book, span.start_chapter):
        return [f"{BY_USFM[span.book].name()} {span.start_chapter}:{span.end_chapter}"]
    return []


def _check(point: Point) -> int:
    """Return the number of verses of the chapter."""
    name, verses = BY_USFM[point.book].name(), verses_in(point.book, point.chapter)
    if not verses:
        chapters = chapters_in(point.book)
        values = {"book": point.book, "chapters": chapters}
        raise Problem(Code.ABSENT_CHAPTER, values, guesses=[f"{name} {chapters}"])
    if point.verse is not None and not 1 <= point.verse <= verses:
        values = {"book": point.book, "chapter": point.chapter, "verses": verses}
        raise Problem(Code.ABSENT_VERSE, values, guesses=[f"{name} {point.chapter}"])
    return verses


def _within_book(start: Point, end: Point, first: int, last: int) -> Span:
    span = Span(start.book, start.chapter, start.verse or 1, end.chapter, end.verse or last)
    if span.end < span.start:
        raise Problem(Code.REVERSED, guesses=_turned_round(start, end, first))
    return span


def _turned_round(start: Point, end: Point, verses: int) -> list[str]:
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
        raise Problem(Code.REVERSED)
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


def _continues(before: Span, span: Span) -> bool:
    return before.book == span.book and before.start <= span.start <= _after(before)


def _after(span: Span) -> tuple[int, int]:
    if span.end_verse == verses_in(span.book, span.end_chapter):
        return (span.end_chapter + 1, 1)
    return (span.end_chapter, span.end_verse + 1)


def _joined(before: Span, span: Span) -> Span:
    end = max(before.end, span.end)
    return Span(before.book, *before.start, *end)
