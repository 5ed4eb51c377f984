"""Errors of numbers with two readings, with both as candidates."""

from verses.references.books import BY_USFM
from verses.references.errors import ErrorCode, ParseError


def _either(*candidates: str) -> ParseError:
    return ParseError(ErrorCode.AMBIGUOUS_NUMBERS, candidates=candidates)


def chapter_or_verse(book: str, chapter: int, value: int) -> ParseError:
    """Return the error of `Gen 2:5; 15`."""
    name = BY_USFM[book].name()
    return _either(f"{name} {chapter}:{value}", f"{name} {value}")


def chapters_or_verse(book: str, chapter: int, value: int) -> ParseError:
    """Return the error of `John 3;16`."""
    name = BY_USFM[book].name()
    return _either(f"{name} {chapter}:{value}", f"{name} {chapter}; {name} {value}")


def chapter_or_verse_range(book: str, chapter: int, rest: str) -> ParseError:
    """Return the error of `John 4 - v22`; `rest` is the text from 22 on."""
    name = BY_USFM[book].name()
    return _either(f"{name} {chapter}:{rest}", f"{name} {chapter}:1-{rest}")


def old_style_chapter_or_verse(book: str, chapter: int, verse: int) -> ParseError:
    """Return the error of `Rev. iii. 20, v. 21`, where `v` is five or stands for verse."""
    name = BY_USFM[book].name()
    return _either(f"{name} {chapter}:{verse}", f"{name} 5:{verse}")


def verse_list_or_chapter(
    book: str, chapter: int, verse: int, number: str, rest: str
) -> ParseError:
    """Return the error of `Gen 1:1-2.3`, where the dot may list or separate."""
    opening = f"{BY_USFM[book].name()} {chapter}:{verse}-{number}"
    return _either(f"{opening}:{rest}", f"{opening},{rest}")
