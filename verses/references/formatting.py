"""Format spans as an OSIS key and for display."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from verses.references.books import BY_USFM
from verses.references.spans import Span


def osis(spans: Sequence[Span]) -> str:
    """Return the canonical key: `John.3.16-John.3.18,Rom.8.28`."""
    return ",".join(_osis_span(span) for span in spans)


def _osis_span(span: Span) -> str:
    book = BY_USFM[span.book].osis
    first, last = f"{book}.{span.start_chapter}", f"{book}.{span.end_chapter}"
    if not span.is_whole_chapters:
        first, last = f"{first}.{span.start_verse}", f"{last}.{span.end_verse}"
    return first if first == last else f"{first}-{last}"


def human(spans: Sequence[Span], language: str) -> str:
    """Return the name for display: `John 3:16-18,20; 4:1; Romans 8:28`.

    Book and chapter are repeated only when they change.
    """
    return _with_book(spans[0], language) + "".join(_followers(spans, language))


def _followers(spans: Sequence[Span], language: str) -> Iterator[str]:
    for before, span in pairwise(spans):
        if _shares_chapter(before, span):
            yield "," + _verses(span)
        elif _shares_book(before, span):
            yield "; " + _numbers(span)
        else:
            yield "; " + _with_book(span, language)


def _shares_chapter(before: Span, span: Span) -> bool:
    one_chapter = before.start_chapter == before.end_chapter == span.start_chapter
    partial = not (before.is_whole_chapters or span.is_whole_chapters)
    return (
        before.book == span.book
        and one_chapter
        and partial
        and span.end_chapter == span.start_chapter
    )


def _shares_book(before: Span, span: Span) -> bool:
    # A bare number after a verse would be read as a verse, so a whole chapter names its book again.
    chapter_after_verse = span.is_whole_chapters and not before.is_whole_chapters
    return before.book == span.book and not chapter_after_verse


def _with_book(span: Span, language: str) -> str:
    return f"{BY_USFM[span.book].name(language)} {_numbers(span)}"


def _numbers(span: Span) -> str:
    if span.is_whole_chapters:
        return _range(str(span.start_chapter), str(span.end_chapter))
    if span.start_chapter == span.end_chapter:
        return f"{span.start_chapter}:{_verses(span)}"
    first = f"{span.start_chapter}:{span.start_verse}"
    return _range(first, f"{span.end_chapter}:{span.end_verse}")


def _verses(span: Span) -> str:
    return _range(str(span.start_verse), str(span.end_verse))


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"
